package api_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// A series names who is bad again and again before who was bad once for long, and what it was.
func TestSeriesDetail(t *testing.T) {
	w := newWorld(t).fill(t)
	const weekly earshot.ID = 0x7001
	c := identity.Changes{Series: []earshot.Series{{ID: weekly, Account: account, Number: "84219075536", Topic: "Weekly"}}}
	var minutes []earshot.Minute
	for week := range earshot.ID(3) {
		begin := -60 * 24 * 7 * int(week+1)
		m := earshot.Meeting{ID: 0x7100 + week, Account: account, Series: weekly, Number: "84219075536", Topic: "Weekly", Start: at(begin), FirstSeen: at(begin), LastSeen: at(begin + 10), End: at(begin + 10)}
		c.Meetings = append(c.Meetings, m)
		for k := range 10 {
			a, b := minute(0x7200+week, m.ID, ann, begin+k, earshot.Good), minute(0x7300+week, m.ID, bob, begin+k, earshot.Good)
			if k == 0 {
				a = minute(0x7200+week, m.ID, ann, begin, earshot.Poor)
				a.Verdict.Cause = earshot.CauseWifi
			}
			if week == 0 {
				b = minute(0x7300+week, m.ID, bob, begin+k, earshot.Bad)
				b.Verdict.Cause = earshot.CauseISP
			}
			minutes = append(minutes, a, b)
		}
	}
	must(t, w.registry.Apply(t.Context(), &registry.Changes{Journal: "j", To: 2, Changes: c}))
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: minutes}))
	got := read[struct {
		Number, Topic string
		OKPct         float64 `json:"ok_pct"`
		Meetings      []struct {
			ID, Series string
			TroublePct float64 `json:"trouble_pct"`
		}
		Older  bool
		People []struct {
			Person             struct{ Name string }
			Meetings, Troubled int
			Minutes            api.GradeCount
			Cause              string
		}
		Causes []struct {
			Cause           string
			Minutes, People int
		}
	}](t, w, "/api/v1/series/"+weekly.String())
	var all []string
	for _, m := range got.Meetings {
		all = append(all, fmt.Sprintf("%s of %s: %g %%", m.ID, m.Series, m.TroublePct))
	}
	for _, p := range got.People {
		all = append(all, fmt.Sprintf("%s: %d of %d, %d bad, %d poor, %s", p.Person.Name, p.Troubled, p.Meetings, p.Minutes.Bad, p.Minutes.Poor, p.Cause))
	}
	for _, x := range got.Causes {
		all = append(all, fmt.Sprintf("%s: %d of %d people", x.Cause, x.Minutes, x.People))
	}
	want := []string{
		"0000000000007100 of 0000000000007001: 55 %", "0000000000007101 of 0000000000007001: 5 %", "0000000000007102 of 0000000000007001: 5 %",
		"Ann Ångström: 3 of 3, 0 bad, 3 poor, wifi", "Bob: 1 of 3, 10 bad, 0 poor, isp", "isp: 10 of 1 people", "wifi: 3 of 1 people",
	}
	if diff := cmp.Diff(want, all); diff != "" || got.Number != "84219075536" || got.Older {
		t.Errorf("got %+v (-want +got):\n%s", got, diff)
	}
	if status, _, _ := get(t, w, "/api/v1/series/00000000000000ff"); status != 404 {
		t.Errorf("a series that is none: %d, want 404", status)
	}
}

// While a meeting of a series runs, the series counts what the meeting's own page does: also the minutes that may still change,
// and those who have left.
func TestSeriesDetailOfARunningMeeting(t *testing.T) {
	w := newWorld(t).fill(t)
	const weekly earshot.ID = 0x7001
	m := meetings()[0]
	m.Series = weekly
	must(t, w.registry.Apply(t.Context(), &registry.Changes{Journal: "j", To: 2, Changes: identity.Changes{
		Series: []earshot.Series{{ID: weekly, Account: account, Number: m.Number, Topic: m.Topic}}, Meetings: []earshot.Meeting{m},
	}}))
	left := live.Segment{Segment: segments()[1], PersonName: "Bob"}
	left.Leave = at(0)
	w.live.Apply(live.Update{Watermark: at(1), Meetings: []earshot.Meeting{m}, Segments: []live.Segment{left}})
	type counted struct {
		Minutes  api.GradeCount
		Meetings []struct {
			Live       bool
			Grade      string
			People     int
			Minutes    api.GradeCount
			Affected   api.GradeCount
			TroublePct float64 `json:"trouble_pct"`
		}
		People []struct {
			Person  struct{ Name string }
			Minutes api.GradeCount
		}
	}
	got := read[counted](t, w, "/api/v1/series/"+weekly.String())
	var want api.GradeCount
	for _, s := range read[struct{ Segments []segmentRow }](t, w, "/api/v1/meetings/"+townHall.String()).Segments {
		want.Good, want.Bad = want.Good+s.Minutes.Good, want.Bad+s.Minutes.Bad
	}
	if want.Bad != 9 || want.Good != 71 {
		t.Fatalf("the meeting's own page tells of %+v", want)
	}
	if len(got.Meetings) != 1 || got.Minutes != want {
		t.Fatalf("got %+v, want one meeting with %+v", got, want)
	}
	// Ann was in bad minutes; Bob has left; of the guest nothing is known, and they are there.
	row := got.Meetings[0]
	if !row.Live || row.Grade != "bad" || row.People != 3 || row.Minutes != want || row.TroublePct != 11.3 || row.Affected != (api.GradeCount{Bad: 1, Good: 1, Unclassified: 0}) {
		t.Errorf("the meeting's row: %+v", row)
	}
	if len(got.People) != 2 || got.People[0].Person.Name != "Ann Ångström" || got.People[0].Minutes != (api.GradeCount{Good: 31, Bad: 9}) {
		t.Errorf("people: %+v", got.People)
	}
}

// Past and running meetings are narrowed to a site, a cause and a host.
func TestMeetingsFilters(t *testing.T) {
	w := newWorld(t).fill(t)
	wifi := minute(annReview, review, ann, -119, earshot.Bad)
	wifi.Verdict.Cause = earshot.CauseWifi
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: []earshot.Minute{wifi}}))
	for query, want := range map[string][]string{
		"state=past&site=" + lyon.String():    {"Design review", "Planning", "Short one"},
		"state=past&site=" + prefix.String():  nil,
		"state=past&cause=wifi":               {"Design review"},
		"state=past&cause=isp,vpn":            nil,
		"state=past&cause=wifi&host=ann":      {"Design review"},
		"state=past&host=ANN@example":         {"Design review"},
		"state=past&host=bob":                 nil,
		"state=live&host=bob":                 {"Town hall"},
		"state=live&cause=wifi":               nil,
		"state=past&sort=start&host=%C3%85ng": {"Design review"},
	} {
		var topics []string
		for _, m := range read[page[meetingRow]](t, w, "/api/v1/meetings?"+query).Items {
			topics = append(topics, m.Topic)
		}
		slices.Sort(topics)
		if diff := cmp.Diff(want, topics); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

// A person's weeks, places and causes add up to the minutes of the month.
func TestPersonGroups(t *testing.T) {
	w := newWorld(t).fill(t)
	got := read[struct {
		Minutes                  api.GradeCount
		Weeks                    []api.WeekMinutes
		Sites, Networks, Devices []api.NamedMinutes
	}](t, w, "/api/v1/persons/"+ann.String())
	if len(got.Weeks) != 1 || got.Weeks[0].From.Weekday() != 1 || got.Weeks[0].Minutes != got.Minutes {
		t.Errorf("weeks %+v, want one that begins on a Monday with all of %+v", got.Weeks, got.Minutes)
	}
	for name, groups := range map[string][]api.NamedMinutes{"Lyon": got.Sites, "Wifi": got.Networks, "Windows 6.2.1": got.Devices} {
		var sum api.GradeCount // the live minutes do not tell the device
		for _, g := range groups {
			sum.Good, sum.Poor, sum.Bad = sum.Good+g.Minutes.Good, sum.Poor+g.Minutes.Poor, sum.Bad+g.Minutes.Bad
		}
		if len(groups) == 0 || groups[0].Name != name || sum != got.Minutes {
			t.Errorf("groups %+v, want %s first and %+v in all", groups, name, got.Minutes)
		}
	}
}
