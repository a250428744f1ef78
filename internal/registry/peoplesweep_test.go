package registry_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// past is a random world of what was: ids of one sort begin with the same digit, times are small numbers.
type past struct {
	registry.Changes
	alerts  []registry.AlertRow
	watched registry.Watched
}

// The first ids of each sort.
const (
	somePerson  earshot.ID = 0x2000
	someMeeting earshot.ID = 0x1000
	someSegment earshot.ID = 0x3000
	someCall    earshot.ID = 0x4000
	someSeries  earshot.ID = 0x9000
)

func drawPast(t *rapid.T) past {
	small := func(what string, most int) int { return rapid.IntRange(0, most).Draw(t, what) }
	at := func(what string) earshot.Instant { return earshot.Instant(1 + small(what, 99)) }
	var p past
	p.Now = at("now")
	people := small("people", 6) + 1
	person := func() earshot.ID { return somePerson + earshot.ID(small("person", people-1)) }
	for i := range people {
		v := earshot.Person{ID: somePerson + earshot.ID(i), Account: 1, Name: fmt.Sprint("Person ", i), KeyKind: earshot.PersonByEmail, Email: fmt.Sprintf("p%d@example.com", i)}
		p.Persons = append(p.Persons, v)
	}
	for i := range 3 {
		p.Series = append(p.Series, earshot.Series{ID: someSeries + earshot.ID(i), Account: 1, Number: fmt.Sprint(100000 + i), Topic: "Weekly"})
	}
	meetings := small("meetings", 6)
	for i := range meetings {
		m := earshot.Meeting{ID: someMeeting + earshot.ID(i), Account: 1, UUID: fmt.Sprint("uuid-", i), FirstSeen: at("first")}
		m.LastSeen = m.FirstSeen + earshot.Instant(small("long", 40))
		if rapid.Bool().Draw(t, "series") {
			m.Series = someSeries + earshot.ID(small("which", 2))
		}
		if i > 0 && small("room", 2) == 0 && p.Meetings[0].Parent == 0 {
			m.Parent = someMeeting
		}
		p.Meetings = append(p.Meetings, m)
	}
	for i := range small("segments", 12) {
		if meetings == 0 {
			break
		}
		m := p.Meetings[small("in", meetings-1)]
		address := netip.AddrFrom4([4]byte{10, 0, 0, byte(small("address", 3))}).String()
		p.Segments = append(p.Segments, earshot.Segment{ID: someSegment + earshot.ID(i), Meeting: m.ID, Account: 1, Person: person(), Join: m.FirstSeen,
			Devices: []earshot.DeviceSnapshot{{At: m.FirstSeen, PublicIP: address, PCName: fmt.Sprintf("pc-%02d", i)}}})
	}
	for i := range small("calls", 4) {
		c := earshot.Call{ID: someCall + earshot.ID(i), Account: 1, ZoomID: fmt.Sprint(700000 + i), FirstSeen: at("rang")}
		c.LastSeen = c.FirstSeen + earshot.Instant(small("talk", 40))
		c.Caller.Person = person()
		if rapid.Bool().Draw(t, "inside") {
			c.Callee.Person = person()
		}
		p.Calls = append(p.Calls, c)
	}
	for i := range small("incidents", 3) {
		v := over(earshot.ID(0x500+i), at("over"))
		v.People, v.Meetings = []earshot.ID{person()}, nil
		if meetings > 0 {
			v.Meetings = []earshot.ID{someMeeting + earshot.ID(small("touched", meetings-1))}
		}
		p.Incidents = append(p.Incidents, v)
	}
	for i := range small("alerts", 2) {
		about := rapid.SampledFrom([]earshot.ID{person(), someMeeting, someSeries + 1, someCall}).Draw(t, "about")
		p.alerts = append(p.alerts, registry.AlertRow{ID: earshot.ID(0x600 + i), Rule: "r", Raised: 1, Ended: 2, Body: []byte(fmt.Sprintf(`{"subject":{"kind":"x","id":%q}}`, about))})
	}
	if rapid.Bool().Draw(t, "watch") {
		p.watched = registry.Watched{IDs: []earshot.ID{person()}, Emails: []string{fmt.Sprintf("P%d@Example.com", small("watched", people-1))}}
	}
	return p
}

// stay says what must be left of a world after a sweep, told another way than in SQL.
func (p *past) stay(before earshot.Instant) map[earshot.ID]bool {
	out := map[earshot.ID]bool{}
	named := map[earshot.ID]bool{}
	for i := range p.Incidents {
		for _, id := range slices.Concat(p.Incidents[i].Meetings, p.Incidents[i].People) {
			named[id] = true
		}
	}
	for _, a := range p.alerts {
		for _, id := range []earshot.ID{someMeeting, someCall, someSeries + 1} {
			named[id] = named[id] || string(a.Body) == fmt.Sprintf(`{"subject":{"kind":"x","id":%q}}`, id)
		}
		for i := range p.Persons {
			id := p.Persons[i].ID
			named[id] = named[id] || string(a.Body) == fmt.Sprintf(`{"subject":{"kind":"x","id":%q}}`, id)
		}
	}
	family := func(m *earshot.Meeting) earshot.ID { return cmp.Or(m.Parent, m.ID) }
	for i := range p.Meetings {
		if m := &p.Meetings[i]; named[m.ID] || m.LastSeen >= before || m.FirstSeen >= before {
			out[family(m)] = true
		}
	}
	for i := range p.Meetings {
		m := &p.Meetings[i]
		if out[family(m)] {
			out[m.ID] = true
			out[m.Series] = true
		}
	}
	for i := range p.Series {
		id := p.Series[i].ID
		used := slices.ContainsFunc(p.Meetings, func(m earshot.Meeting) bool { return m.Series == id })
		out[id] = out[id] || named[id] || !used // one that never had a meeting is not looked at
	}
	for i := range p.Segments {
		if s := &p.Segments[i]; out[s.Meeting] {
			out[s.ID], out[s.Person] = true, true
		}
	}
	for i := range p.Calls {
		if c := &p.Calls[i]; named[c.ID] || c.LastSeen >= before || c.FirstSeen >= before {
			out[c.ID], out[c.Caller.Person], out[c.Callee.Person] = true, true, true
		}
	}
	for i := range p.Persons {
		v := &p.Persons[i]
		watched := slices.Contains(p.watched.IDs, v.ID) || slices.ContainsFunc(p.watched.Emails, func(e string) bool { return e == fmt.Sprintf("P%d@Example.com", v.ID-somePerson) })
		out[v.ID] = out[v.ID] || named[v.ID] || watched || p.Now >= before
	}
	delete(out, 0)
	maps.DeleteFunc(out, func(_ earshot.ID, stays bool) bool { return !stays })
	return out
}

// left reads what a registry has of a world, and fails when something in it names what is not there, or cannot be found.
func (p *past) left(t *rapid.T, r *registry.Registry) map[earshot.ID]bool {
	ctx := context.Background()
	out := map[earshot.ID]bool{}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	persons, err := r.Persons(ctx, registry.PersonQuery{})
	must(err)
	for _, v := range persons.Items {
		out[v.ID] = true
	}
	meetings, err := r.Meetings(ctx, registry.MeetingQuery{})
	must(err)
	for _, m := range meetings.Items {
		out[m.ID] = true
	}
	series, err := r.SeriesByID(ctx, []earshot.ID{someSeries, someSeries + 1, someSeries + 2})
	must(err)
	for _, s := range series {
		out[s.ID] = true
	}
	calls, err := r.Calls(ctx, registry.CallQuery{})
	must(err)
	for _, c := range calls.Items {
		out[c.ID] = true
		if !out[c.Caller.Person] || c.Callee.Person != 0 && !out[c.Callee.Person] {
			t.Fatalf("call %s names somebody who is gone", c.ID)
		}
	}
	for _, m := range meetings.Items {
		if m.Series != 0 && !out[m.Series] || m.Parent != 0 && !out[m.Parent] {
			t.Fatalf("meeting %s names a series or a main meeting that is gone", m.ID)
		}
		segments, err := r.SegmentsOf(ctx, m.ID)
		must(err)
		for _, s := range segments {
			out[s.ID] = true
			if !out[s.Person] || len(s.Devices) != 1 {
				t.Fatalf("segment %s: person %s there %v, %d devices", s.ID, s.Person, out[s.Person], len(s.Devices))
			}
			found, err := r.Find(ctx, registry.FindQuery{Text: s.Devices[0].PCName, To: 1000})
			must(err)
			if len(found.Segments) != 1 {
				t.Fatalf("segment %s is not found by its host name", s.ID)
			}
		}
	}
	for i := range p.Incidents {
		v, ok, err := r.Incident(ctx, p.Incidents[i].ID)
		must(err)
		for _, id := range slices.Concat(v.People, v.Meetings) {
			if !ok || !out[id] {
				t.Fatalf("incident %s (there: %v) names %s, which is gone", p.Incidents[i].ID, ok, id)
			}
		}
	}
	return out
}

// Whatever there was, and however often a sweep was cut short before: what stays is what the rule says and no more, everything that it
// names stays, and of what is gone nothing is found. What comes again is stored again, whole, under the ids of before.
func TestSweepPeople(t *testing.T) {
	// A hundred worlds take minutes under the race detector.
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		check(t, flag.Set("rapid.checks", "30"))
		defer func() { check(t, flag.Set("rapid.checks", f.DefValue)) }()
	}
	begun := t.TempDir() // copied for each world: making one takes longer than all that is done with it
	r, err := registry.Open(registry.Options{Dir: begun})
	check(t, err)
	check(t, r.Close())
	empty, err := os.ReadFile(filepath.Join(begun, registry.FileName))
	check(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, registry.FileName), empty, 0o600))
		r, err := registry.Open(registry.Options{Dir: dir})
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close() //nolint:errcheck // thrown away
		ctx := context.Background()
		p := drawPast(rt)
		p.Journal, p.To = "j", 1
		for _, err := range []error{r.Apply(ctx, &p.Changes), r.SaveAlerts(ctx, []byte("{}"), p.alerts, nil)} {
			if err != nil {
				rt.Fatal(err)
			}
		}
		all := p.left(rt, r)
		before := earshot.Instant(rapid.IntRange(0, 150).Draw(rt, "before"))
		// A sweep that is ended between its transactions leaves no name without its bearer either.
		if steps := rapid.IntRange(0, 3).Draw(rt, "cut short after"); steps > 0 {
			registry.SweepPeopleUntil(rt, r, before, p.watched, steps)
			p.left(rt, r)
		}
		if _, err := r.SweepPeople(ctx, before, p.watched); err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(p.stay(before), p.left(rt, r)); diff != "" {
			rt.Fatalf("what is left before %d (-want +got):\n%s", before, diff)
		}
		if n := registry.Dangling(rt, r); n != 0 {
			rt.Fatalf("%d rows of devices or marks are of segments that are gone", n)
		}
		if again, err := r.SweepPeople(ctx, before, p.watched); err != nil || again != (registry.SweptPeople{}) {
			rt.Fatalf("again: %+v, %v; want nothing left to drop", again, err)
		}
		p.To++
		if err := r.Apply(ctx, &p.Changes); err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(all, p.left(rt, r)); diff != "" {
			rt.Fatalf("told again (-want +got):\n%s", diff)
		}
	})
}

// More than one piece of everything, and what a sweep counts.
func TestSweepPeopleInPieces(t *testing.T) {
	r, ctx := open(t, t.TempDir()), t.Context()
	const meetings, each, people = 230, 11, 1200
	var c registry.Changes
	c.Now = 10
	for i := range people {
		c.Persons = append(c.Persons, earshot.Person{ID: somePerson + earshot.ID(i), Account: 1, Name: fmt.Sprint("Person ", i)})
	}
	for i := range meetings {
		id := 0x100000 + earshot.ID(i)
		c.Meetings = append(c.Meetings, earshot.Meeting{ID: id, Account: 1, UUID: fmt.Sprint(i), FirstSeen: 10, LastSeen: 20})
		for k := range each {
			n := i*each + k
			c.Segments = append(c.Segments, earshot.Segment{ID: 0x200000 + earshot.ID(n), Meeting: id, Account: 1, Person: somePerson + earshot.ID(n%people), Join: 10,
				Devices: []earshot.DeviceSnapshot{{At: 10, PublicIP: "198.51.100.7", PCName: fmt.Sprint("pc-", n)}}})
		}
	}
	for i := range 600 {
		c.Calls = append(c.Calls, earshot.Call{ID: 0x400000 + earshot.ID(i), Account: 1, FirstSeen: 10, LastSeen: 20})
	}
	// One meeting is newer, and one person of it.
	c.Meetings[meetings-1].LastSeen = 1000
	apply(t, r, 1, c)
	swept, err := r.SweepPeople(ctx, 500, registry.Watched{})
	check(t, err)
	want := registry.SweptPeople{Meetings: meetings - 1, Segments: (meetings - 1) * each, Calls: 600, Persons: people - each, Marks: (meetings - 1) * each * 2}
	if swept != want {
		t.Errorf("swept %+v, want %+v", swept, want)
	}
	check(t, r.CheckDeep(ctx))
	// Who comes back is who they were by id, and is known by what is told from then on.
	apply(t, r, 2, registry.Changes{Now: 2000, Changes: identity.Changes{Persons: []earshot.Person{{ID: somePerson, Account: 1, Name: "Person 0, married"}}}})
	if v, ok, err := r.Person(ctx, somePerson); err != nil || !ok || v.Name != "Person 0, married" {
		t.Errorf("who came back: %+v, %v, %v", v, ok, err)
	}
	if swept, err := r.SweepPeople(ctx, 1999, registry.Watched{}); err != nil || swept.Persons != each {
		t.Errorf("later: %+v, %v; want those of the last meeting gone, and who came back kept", swept, err)
	}
}

func TestSweepPeopleEnds(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, world())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if swept, err := r.SweepPeople(ctx, 1<<40, registry.Watched{}); err == nil || swept != (registry.SweptPeople{}) {
		t.Errorf("swept %+v, %v; want nothing and why", swept, err)
	}
	if _, ok, err := r.Meeting(t.Context(), 10); !ok || err != nil {
		t.Errorf("meeting: %v, %v", ok, err)
	}
}
