package live_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

func strips(all []live.StripMinute, from earshot.Instant) (out [][5]uint32) {
	for _, m := range all {
		if m.At >= from {
			out = append(out, m.Counts)
		}
	}
	return out
}

func TestOverview(t *testing.T) {
	s := live.New(live.Options{})
	other := meeting(2, at(9, 30))
	guest := segment(14, 1, 0, at(0, 0))
	guest.FirstReport = 0
	u := live.Update{
		Watermark: at(9, 30), Meetings: []earshot.Meeting{meeting(1, at(9, 30)), other},
		// Person 21 is in both meetings at once, and well in one of them.
		Segments: []live.Segment{segment(11, 1, 21, at(0, 0)), segment(12, 2, 21, at(0, 0)), segment(13, 1, 22, at(0, 0)), guest},
	}
	for k := range 10 {
		g := earshot.Good
		if k >= 4 && k != 6 {
			g = earshot.Bad
		}
		for _, m := range []live.Minute{minute(11, at(k, 0), g, k > 5), minute(12, at(k, 0), earshot.Good, k > 5), minute(13, at(k, 0), earshot.Fair, k > 5)} {
			if k == 9 && m.Segment == 11 {
				m.Verdict = earshot.Verdict{} // nobody has looked at the newest minute yet
			}
			if k != 2 || m.Segment != 13 { // a report that never came
				u.Minutes = append(u.Minutes, m)
			}
		}
	}
	s.Apply(u)
	o := s.Overview()

	if o.People != 3 || o.External != 1 || o.Now != counts(0, 1, 0, 1, 1) || o.Meetings != counts(1, 0, 0, 1, 0) {
		t.Errorf("%d people, %d external, now %v, meetings %v", o.People, o.External, o.Now, o.Meetings)
	}
	if len(o.Bad) != 1 || o.Bad[0].ID != 11 || o.Bad[0].Since != at(4, 0) || o.Bad[0].Verdict.Cause != earshot.CauseLocalNetwork {
		t.Errorf("suffering: %+v; want segment 11 since minute 4, one better minute between", o.Bad)
	}
	want := []live.Trouble{{Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.20.4.0/24"}, People: 1}}
	if d := cmp.Diff(want, o.Groups); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][5]uint32{{0, 1, 1, 0, 0}, {0, 1, 1, 0, 0}, {0, 1, 0, 0, 0}, {0, 1, 1, 0, 0}, {0, 0, 1, 0, 1}}, strips(o.Strip, at(0, 0))[:5]); d != "" {
		t.Errorf("strip (-want +got):\n%s", d)
	}
	if n := len(o.Strip); n != live.OverviewMinutes || o.Strip[n-1].At != at(9, 0) {
		t.Errorf("the strip has %d minutes and ends at %v", n, o.Strip[n-1].At)
	}
	// Minutes 0 to 6 are due of the three who report: one is missing.
	if o.Expected != 21 || o.Reported != 20 {
		t.Errorf("%d of %d minutes reported, want 20 of 21", o.Reported, o.Expected)
	}
}

func TestOverviewGroupsThoseWithoutAPlace(t *testing.T) {
	s := live.New(live.Options{})
	u := live.Update{Watermark: at(3, 0), Meetings: []earshot.Meeting{meeting(1, at(3, 0))}}
	for i := range earshot.ID(6) {
		u.Segments = append(u.Segments, segment(11+i, 1, 21+i, at(0, 0)))
		m := minute(11+i, at(2, 0), earshot.Bad, true)
		switch i {
		case 0, 1, 2: // each a person of their own
			m.Verdict = earshot.Verdict{Cause: earshot.CauseDevice, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 21 + i}}
		case 3, 4:
			m.Verdict = earshot.Verdict{Cause: earshot.CauseUnknown, Candidate: earshot.CauseISP, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: string(rune('A' + i))}}
		case 5:
			m.Verdict = earshot.Verdict{}
		}
		u.Minutes = append(u.Minutes, m)
	}
	s.Apply(u)
	want := []live.Trouble{{Cause: earshot.CauseDevice, People: 3}, {Cause: earshot.CauseUnknown, People: 2}, {People: 1}}
	if d := cmp.Diff(want, s.Overview().Groups); d != "" {
		t.Error(d)
	}
}

// A report at a cadence of a minute may come a second before one minute's end and two after the next one's.
func TestOverviewForgivesReportsThatWereALittleLate(t *testing.T) {
	for name, test := range map[string]struct {
		reports []uint8
		missing int
	}{
		"every minute":                {[]uint8{1, 1, 1, 1, 1, 1, 1}, 0},
		"late":                        {[]uint8{1, 1, 0, 2, 1, 1, 1}, 0},
		"early":                       {[]uint8{1, 2, 0, 1, 1, 1, 1}, 0},
		"one lost":                    {[]uint8{1, 1, 0, 1, 1, 1, 1}, 1},
		"a minute of four lost":       {[]uint8{4, 4, 0, 4, 5, 4, 4}, 1},
		"nothing but the first":       {[]uint8{1, 0, 0, 0, 0, 0, 0}, 6},
		"two lost, four in a minute ": {[]uint8{4, 4, 0, 0, 4, 4, 4}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := live.New(live.Options{})
			u := live.Update{Watermark: at(9, 30), Meetings: []earshot.Meeting{meeting(1, at(9, 30))}, Segments: []live.Segment{segment(11, 1, 21, at(0, 0))}}
			for k, n := range test.reports {
				if n > 0 {
					m := minute(11, at(k, 0), earshot.Good, false)
					m.Reports = n
					u.Minutes = append(u.Minutes, m)
				}
			}
			s.Apply(u)
			if o := s.Overview(); o.Expected != 7 || o.Expected-o.Reported != test.missing {
				t.Errorf("%d of %d missing, want %d of 7", o.Expected-o.Reported, o.Expected, test.missing)
			}
		})
	}
}

func TestOverviewExpectsNoReportsFromTheMainMeetingDuringABreakout(t *testing.T) {
	s := live.New(live.Options{})
	main, room := segment(11, 1, 21, at(0, 0)), segment(12, 2, 21, at(3, 0))
	room.Parent, room.Leave = 11, at(6, 0)
	u := live.Update{Watermark: at(12, 0), Meetings: []earshot.Meeting{meeting(1, at(12, 0)), meeting(2, at(6, 0))}, Segments: []live.Segment{main, room}}
	for k := range 10 {
		if k < 3 || k > 6 {
			u.Minutes = append(u.Minutes, minute(11, at(k, 0), earshot.Good, false))
		} else if k < 6 {
			u.Minutes = append(u.Minutes, minute(12, at(k, 0), earshot.Good, false))
		}
	}
	s.Apply(u)
	if o := s.Overview(); o.Reported != o.Expected || o.Expected < 8 {
		t.Errorf("%d of %d reported; nobody reports twice", o.Reported, o.Expected)
	}
}

// Whatever the story, a look at everybody agrees with a look at each: nobody is lost, and none is counted twice.
func TestOverviewAgreesWithTheMeetings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := live.New(live.Options{})
		for _, u := range story(t) {
			s.Apply(u)
		}
		o := s.Overview()
		people, meetings, bad := map[earshot.ID]earshot.Grade{}, 0, 0
		for _, m := range s.Meetings(live.Filter{}) {
			meetings++
			for _, g := range s.Segments(m.ID) {
				if !g.Present {
					continue
				}
				key := g.Person
				if key == 0 {
					key = g.ID
				}
				people[key] = earshot.Worse(people[key], g.Grade)
			}
		}
		var now earshot.GradeCounts
		for _, g := range people {
			now.Add(g)
		}
		for _, g := range o.Groups {
			bad += g.People
		}
		sum := 0
		for _, n := range o.Meetings {
			sum += n
		}
		if o.People != len(people) || o.Now != now || sum != meetings || bad != now[earshot.Bad] || o.Reported > o.Expected {
			t.Fatalf("%d people %v, %d meetings, %d bad in groups, %d of %d reported; want %d people %v, %d meetings", o.People, o.Now, sum, bad, o.Reported, o.Expected, len(people), now, meetings)
		}
		// The minutes since a moment are those of all segments since then, whoever was asked for them.
		from := o.Watermark.Minute() - 5*minuteMs
		var recent, each earshot.GradeCounts
		for _, g := range s.Recent(from) {
			for _, c := range g.Minutes {
				for k, n := range c {
					recent[k] += n
				}
			}
		}
		seen := map[earshot.MinuteKey]bool{}
		for id := range earshot.ID(64) {
			for _, row := range s.Minutes(id) {
				for i := range row.Minutes {
					m := &row.Minutes[i]
					if !seen[m.Key()] && m.At >= from && m.At <= o.Watermark.Minute() {
						each.Add(m.Grade)
					}
					seen[m.Key()] = true
				}
			}
		}
		if recent != each {
			t.Fatalf("recent minutes %v, want %v", recent, each)
		}
	})
}

func TestRecentGoesByDimensionsAndReachesBackAsFarAsItHasEverything(t *testing.T) {
	s := live.New(live.Options{})
	wired, wifi := segment(11, 1, 21, at(0, 0)), segment(12, 1, 22, at(0, 0))
	wired.Dimensions, wifi.Dimensions = earshot.Dimensions{Site: 7, NetworkType: "Wired"}, earshot.Dimensions{Site: 7, NetworkType: "Wifi"}
	u := live.Update{Watermark: at(20, 10), Meetings: []earshot.Meeting{meeting(1, at(20, 10))}, Segments: []live.Segment{wired, wifi}}
	for k := range 22 { // one clock is a little fast
		u.Minutes = append(u.Minutes, minute(11, at(k, 0), earshot.Good, true), minute(12, at(k, 0), earshot.Bad, true))
	}
	s.Apply(u)
	got := s.Recent(at(18, 30))
	slices.SortFunc(got, func(a, b live.Group) int { return len(b.NetworkType) - len(a.NetworkType) })
	want := []live.Group{
		{Dimensions: wired.Dimensions, Minutes: []earshot.GradeCounts{counts(1, 0, 0, 0, 0), counts(1, 0, 0, 0, 0), counts(1, 0, 0, 0, 0)}},
		{Dimensions: wifi.Dimensions, Minutes: []earshot.GradeCounts{counts(0, 0, 0, 1, 0), counts(0, 0, 0, 1, 0), counts(0, 0, 0, 1, 0)}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, g := range s.Recent(0) {
		if len(g.Minutes) != 9 {
			t.Errorf("%d minutes, want the running one and the 8 before it", len(g.Minutes))
		}
	}
}
