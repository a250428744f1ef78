package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// fleet fills a world with people of two versions; the newer one is worse for everybody who has it, and has been seen for
// two days. The headsets of the older one's people are of two makes.
func fleet(t testing.TB, w *world) {
	t.Helper()
	b := &facts.Batch{Cursor: facts.CursorFold, Journal: "fleet", To: 1}
	c := &registry.Changes{Journal: "fleet", To: 1, Changes: identity.Changes{Meetings: []earshot.Meeting{{ID: townHall, Account: account, Topic: "Town hall", FirstSeen: at(-60), LastSeen: at(0)}}}}
	for i := range 40 {
		id := earshot.ID(0x8000 + i)
		version, mic := "6.1.0", "Jabra"
		if i < 15 {
			version = "6.2.0"
		} else if i%2 == 0 {
			mic = "=cmd()"
		}
		c.Persons = append(c.Persons, earshot.Person{ID: id, Account: account, KeyKind: earshot.PersonByEmail, Name: fmt.Sprint("Person ", i)})
		c.Segments = append(c.Segments, earshot.Segment{
			ID: id + 0x1000, Meeting: townHall, Account: account, Person: id, InMeetingID: fmt.Sprint(i), FirstReport: at(-60), LastReport: at(-10),
			Devices: []earshot.DeviceSnapshot{{At: at(-60), Microphone: mic, DeviceDetail: "Windows 11"}},
		})
		add := func(m int, version string, bad bool) {
			x := minute(id+0x1000, townHall, id, m, earshot.Good)
			if bad {
				x = minute(id+0x1000, townHall, id, m, earshot.Bad)
			}
			x.ClientVersion = version
			b.Minutes = append(b.Minutes, x)
		}
		for m := range 20 {
			add(m-60, version, version == "6.2.0" && m < 5 || i == 20 && m < 3)
			add(m-5*24*60, "6.1.0", m == 0)
		}
	}
	must(t, w.registry.Apply(t.Context(), c))
	must(t, w.facts.Apply(t.Context(), b))
	w.live.Apply(liveUpdate())
}

type deviceGroup struct {
	Name, Compared string
	People         int
	TooFew         bool     `json:"too_few"`
	BadPct         *float64 `json:"bad_pct"`
	Low, High      *float64
	RestBadPct     *float64 `json:"rest_bad_pct"`
	BeforePct      *float64 `json:"before_pct"`
	FirstSeen      string   `json:"first_seen"`
}

func (g deviceGroup) String() string {
	out := fmt.Sprintf("%s %d people %s", g.Name, g.People, g.Compared)
	for _, x := range []struct {
		name string
		v    *float64
	}{{"bad", g.BadPct}, {"rest", g.RestBadPct}, {"before", g.BeforePct}} {
		if x.v != nil {
			out += fmt.Sprintf(" %s %.2f", x.name, *x.v)
		}
	}
	return strings.TrimSpace(out + " " + g.FirstSeen)
}

func lines(groups []deviceGroup) (out []string) {
	for _, g := range groups {
		out = append(out, g.String())
	}
	return out
}

func TestDevices(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo))
	fleet(t, w)
	type answer struct {
		Versions, Devices, Networks []deviceGroup
	}
	day := "?from=" + at(-24*60).Time().Format("2006-01-02T15:04:05Z")
	got := read[answer](t, w, "/api/v1/devices"+day)
	if diff := cmp.Diff([]string{
		"6.2.0 15 people worse bad 25.00 rest 0.60 2026-11-13T00:00:00Z",
		"6.1.0 25 people better bad 0.60 rest 25.00",
	}, lines(got.Versions)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	if v := got.Versions[0]; v.Low == nil || v.High == nil || *v.Low > 25 || *v.High < 25 {
		t.Errorf("interval of %s: %v to %v", v.Name, v.Low, v.High)
	}
	if diff := cmp.Diff([]string{"Windows 40 people too-few bad 9.75"}, lines(got.Devices)); diff != "" {
		t.Errorf("a group of everybody has no rest (-want +got):\n%s", diff)
	}
	// The week before last: nothing. The week: five days ago everybody had the older one, and one bad minute of twenty.
	got = read[answer](t, w, "/api/v1/devices")
	if diff := cmp.Diff([]string{
		"6.2.0 15 people worse bad 25.00 rest 3.31 2026-11-13T00:00:00Z",
		"6.1.0 40 people better bad 3.31 rest 25.00",
	}, lines(got.Versions)); diff != "" {
		t.Errorf("versions of a week (-want +got):\n%s", diff)
	}
	// Nobody at another site.
	if got := read[answer](t, w, "/api/v1/devices?site="+prefix.String()); len(got.Versions) != 0 {
		t.Errorf("elsewhere: %v", got.Versions)
	}
}

func TestTrendAgainstTheSpanBefore(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo))
	fleet(t, w)
	span := fmt.Sprintf("?from=%s&to=%s", at(-4*24*60).Time().Format("2006-01-02T15:04:05Z"), at(0).Time().Format("2006-01-02T15:04:05Z"))
	got := read[struct{ Versions []deviceGroup }](t, w, "/api/v1/devices"+span)
	if diff := cmp.Diff([]string{
		"6.2.0 15 people worse bad 25.00 rest 0.60 2026-11-13T00:00:00Z",
		"6.1.0 25 people better bad 0.60 rest 25.00 before 5.00",
	}, lines(got.Versions)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestGearAndWhoIsBehind(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo))
	fleet(t, w)
	gear := read[struct {
		Systems, Microphones, Speakers, Cameras []deviceGroup
	}](t, w, "/api/v1/devices/gear")
	if len(gear.Microphones) != 2 || gear.Microphones[0].Name != "Jabra" || gear.Microphones[0].People != 28 || gear.Microphones[0].Compared != "worse" {
		t.Errorf("microphones: %v", lines(gear.Microphones))
	}
	if len(gear.Systems) != 1 || gear.Systems[0].Name != "Windows 11" || len(gear.Cameras) != 0 {
		t.Errorf("systems %v, cameras %v", lines(gear.Systems), lines(gear.Cameras))
	}
	type behind struct {
		People []struct {
			Person struct{ Name string }
		}
		PeopleOf int `json:"people_of"`
		Meetings []struct {
			Meeting struct{ Topic string }
			People  int
		}
	}
	for query, want := range map[string]int{"by=version&name=6.2.0": 15, "by=microphone&name=Jabra": 28, "by=microphone&name=%3Dcmd()": 12, "by=camera&name=": 40, "by=network&name=": 0, "by=device&name=Windows": 40} {
		got := read[behind](t, w, "/api/v1/devices/behind?"+query)
		if got.PeopleOf != want || want > 0 && (got.People[0].Person.Name == "" || got.Meetings[0].Meeting.Topic != "Town hall" || got.Meetings[0].People != want) {
			t.Errorf("%s: %+v, want %d people", query, got, want)
		}
	}
	if status, _, _ := get(t, w, "/api/v1/devices/behind?by=colour&name=x"); status != 422 {
		t.Errorf("by colour: %d", status)
	}
}

// With an account only its people are counted, and compared with one another; what was told of one is not told of another.
func TestDevicesOfAnAccount(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo))
	fleet(t, w)
	const other = earshot.ID(0xff)
	theirs := minute(0xa001, review, 0xa002, -50, earshot.Bad)
	theirs.Account, theirs.ClientVersion = other, "6.2.0"
	must(t, w.registry.Apply(t.Context(), &registry.Changes{Journal: "theirs", To: 1, Changes: identity.Changes{Segments: []earshot.Segment{{
		ID: 0xa001, Meeting: review, Account: other, Person: 0xa002, InMeetingID: "t", FirstReport: at(-60), LastReport: at(-10),
		Devices: []earshot.DeviceSnapshot{{At: at(-60), Microphone: "Jabra"}},
	}}}}))
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "theirs", To: 1, Minutes: []earshot.Minute{theirs}}))
	for of, want := range map[string]struct{ version, everyone, mic int }{
		"":                             {16, 41, 29},
		"account=" + account.String():  {15, 40, 28},
		"account=" + other.String():    {1, 1, 1},
		"account=" + townHall.String(): {},
	} {
		day := "?from=" + at(-24*60).Time().Format("2006-01-02T15:04:05Z") + "&" + of
		got := read[struct {
			Total    measured
			Versions []deviceGroup
		}](t, w, "/api/v1/devices"+day)
		if got.Total.People != want.everyone || peopleOf(got.Versions, "6.2.0") != want.version {
			t.Errorf("%q: %d people, %v", of, got.Total.People, lines(got.Versions))
		}
		gear := read[struct {
			Total       measured
			Microphones []deviceGroup
		}](t, w, "/api/v1/devices/gear"+day)
		if gear.Total.People != want.everyone || peopleOf(gear.Microphones, "Jabra") != want.mic {
			t.Errorf("%q: gear of %d people, %v", of, gear.Total.People, lines(gear.Microphones))
		}
		for by, n := range map[string]int{"by=version&name=6.2.0": want.version, "by=microphone&name=Jabra": want.mic} {
			if behind := read[struct {
				PeopleOf int `json:"people_of"`
			}](t, w, "/api/v1/devices/behind"+day+"&"+by); behind.PeopleOf != n {
				t.Errorf("%q: %d people behind %s, want %d", of, behind.PeopleOf, by, n)
			}
		}
	}
}

func peopleOf(groups []deviceGroup, name string) int {
	for _, g := range groups {
		if g.Name == name {
			return g.People
		}
	}
	return 0
}
