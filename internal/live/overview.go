package live

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

const (
	// OverviewMinutes is how far the strip and the coverage of an [Overview] look back.
	OverviewMinutes = 30
	// reportDelay is how many minutes after a minute's end its report may still come without being missed.
	reportDelay = 2
	// sufferersKept bounds the people that an [Overview] names.
	sufferersKept = 50
)

// Overview is everybody in running meetings at once, each human counted once, in how many meetings they may be.
type Overview struct {
	Watermark earshot.Instant
	LastEvent earshot.Instant     // event time at Zoom's newest event, 0 before the first
	CutOff    int                 // see [Status]
	Meetings  earshot.GradeCounts // running ones
	People    int
	External  int                 // of the people those whom Zoom sends no reports about
	Now       earshot.GradeCounts // people by their present grade, the worst of all their meetings
	Strip     []StripMinute       // people by grade in the last OverviewMinutes minutes, oldest first, the running one last
	// Bad are the people whose grade is bad now: who has been for longest first, at most 50 of them. Groups counts all of them.
	Bad    []Sufferer
	Groups []Trouble // of those who are bad, most people first
	// Expected are the participant-minutes of the last OverviewMinutes minutes of which a report is due, Reported those of
	// which there is one. People without any reports are in neither.
	Expected, Reported int
	Calls              []earshot.Call // running ones, by id
}

// Sufferer is one person who is bad now.
type Sufferer struct {
	SegmentNow // the join in which it is worst
	// Since is the first of the bad minutes in a row, as far as they are held. One better minute or none in between does not
	// end the row.
	Since   earshot.Instant
	Verdict earshot.Verdict // the newest about those minutes, zero while there is none
}

// Trouble is how many people suffer now from one cause in one place.
type Trouble struct {
	Cause  earshot.Cause // CauseNone while nobody has said
	Cell   earshot.Cell  // zero for what is about single people, and for CauseNone
	People int
}

// seat is one person over all their joins.
type seat struct {
	reported bool
	joined   earshot.Instant
	grade    earshot.Grade
	worst    *segment // of the joins with a fresh grade
}

// Overview looks at everybody.
func (s *State) Overview() Overview {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	o := Overview{Watermark: s.watermark, LastEvent: s.lastEvent, CutOff: s.silenced()}
	for _, m := range s.meetings {
		if m.view.Live {
			o.Meetings.Add(m.view.Grade)
		}
	}
	o.Calls = make([]earshot.Call, 0, len(s.calls))
	for _, c := range s.calls {
		o.Calls = append(o.Calls, c.Call)
	}
	slices.SortFunc(o.Calls, func(a, b earshot.Call) int { return cmp.Compare(a.ID, b.ID) })
	s.everybody(&o)
	s.coverage(&o)
	return o
}

// everybody fills in what is about people.
func (s *State) everybody(o *Overview) {
	current := s.minute()
	first := current - min(current, OverviewMinutes-1)
	seats := make(map[earshot.ID]*seat)
	rows := make(map[earshot.ID]*[OverviewMinutes]uint8) // grade + 1, of everybody with a minute
	for _, g := range s.segments {
		key := cmp.Or(g.Person, g.ID)
		if g.now.in {
			p := seats[key]
			if p == nil {
				p = &seat{joined: g.Join}
				seats[key] = p
			}
			p.reported = p.reported || g.FirstReport != 0
			p.joined = min(p.joined, g.Join)
			if g.now.at != 0 && (p.worst == nil || g.now.grade > p.grade || g.now.grade == p.grade && g.ID < p.worst.ID) {
				p.grade, p.worst = g.now.grade, g
			}
		}
		var row *[OverviewMinutes]uint8
		for i := range g.minutes {
			c := &g.minutes[i]
			if c.at < first || c.at > current {
				continue
			}
			if row == nil {
				if row = rows[key]; row == nil {
					row = new([OverviewMinutes]uint8)
					rows[key] = row
				}
			}
			row[c.at-first] = max(row[c.at-first], c.grade+1)
		}
	}
	if current > 0 {
		o.Strip = make([]StripMinute, current-first+1)
	}
	for k := range o.Strip {
		o.Strip[k].At = earshot.Instant(first+uint32(k)) * minuteMs
		for _, row := range rows {
			if c := row[k]; c != 0 {
				o.Strip[k].Counts[min(c-1, uint8(earshot.Bad))]++
			}
		}
	}
	s.seats(o, seats)
}

// seats counts the people who are here, and names those who are bad.
func (s *State) seats(o *Overview, seats map[earshot.ID]*seat) {
	groups := make(map[Trouble]int)
	for _, p := range seats {
		o.People++
		if !p.reported && s.watermark.Minute()-p.joined.Minute() >= grace*minuteMs {
			o.External++
		}
		o.Now.Add(p.grade)
		if p.grade != earshot.Bad {
			continue
		}
		since, v := p.worst.suffering(s.minute())
		o.Bad = append(o.Bad, Sufferer{SegmentNow: s.now(p.worst), Since: since, Verdict: v})
		t := Trouble{Cause: v.Cause, Cell: v.Cell}
		if t.Cause == earshot.CauseUnknown || t.Cell.Scope == earshot.ScopePerson {
			t.Cell = earshot.Cell{}
		}
		groups[t]++
	}
	slices.SortFunc(o.Bad, func(a, b Sufferer) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID)) })
	o.Bad = o.Bad[:min(len(o.Bad), sufferersKept)]
	for t, n := range groups {
		t.People = n
		o.Groups = append(o.Groups, t)
	}
	slices.SortFunc(o.Groups, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Cell.Scope, b.Cell.Scope), cmp.Compare(a.Cell.ID, b.Cell.ID), cmp.Compare(a.Cell.Name, b.Cell.Name))
	})
}

// suffering walks back from now as long as it was bad, and returns since when, with the newest verdict on the way.
func (g *segment) suffering(now uint32) (since earshot.Instant, v earshot.Verdict) {
	last := now + 1
	for i := len(g.minutes) - 1; i >= 0; i-- {
		c := &g.minutes[i]
		if c.at > now+1 || c.grade != uint8(earshot.Bad) {
			continue
		}
		if since != 0 && last-c.at > 2 {
			break
		}
		last, since = c.at, c.instant()
		if v.Cause == earshot.CauseNone {
			v = g.verdict(c.at)
		}
	}
	return since, v
}

// coverage counts the minutes of which a report was due, and those of which one came. Whoever is in a breakout room reports
// there.
func (s *State) coverage(o *Overview) {
	current := s.minute()
	if current <= reportDelay {
		return
	}
	first, end := current-min(current, OverviewMinutes), current-reportDelay
	away := make(map[earshot.ID][]*segment) // by the join in the main meeting
	for _, g := range s.segments {
		if main := s.segments[g.Parent]; g.Parent != 0 && main != nil && main.Meeting != g.Meeting {
			away[g.Parent] = append(away[g.Parent], g)
		}
	}
	for _, g := range s.segments {
		if g.FirstReport == 0 {
			continue
		}
		from, to := g.stay(end)
		reports := g.reports(first)
		usual := reports.usual()
		for at := max(first, from); at < to; at++ {
			k := int(at-first) + 1
			if reports[k] == 0 && slices.ContainsFunc(away[g.ID], func(room *segment) bool {
				begin, over := room.stay(end)
				return at+1 >= begin && at <= over
			}) {
				continue
			}
			o.Expected++
			// A report that was a little early or late stands in the next minute or the one before, which then has too many.
			if reports[k] > 0 || reports[k-1] >= 2*usual || reports[k+1] >= 2*usual {
				o.Reported++
			}
		}
	}
}

// reportCounts are how many reports there were in each minute of an overview, with one minute more at both ends.
type reportCounts [OverviewMinutes + 2]uint8

func (g *segment) reports(first uint32) (n reportCounts) {
	for i := range g.minutes {
		if c := &g.minutes[i]; c.at+1 >= first && c.at+1-first < uint32(len(n)) {
			n[c.at+1-first] = max(1, c.reports)
		}
	}
	return n
}

// usual is the median of the minutes with reports.
func (n *reportCounts) usual() uint8 {
	sorted := *n
	slices.Sort(sorted[:])
	from := 0
	for from < len(sorted) && sorted[from] == 0 {
		from++
	}
	if from == len(sorted) {
		return 1
	}
	return sorted[(from+len(sorted))/2]
}

// stay returns the whole minutes, from one up to before the other, that a join lasted before end.
func (g *segment) stay(end uint32) (from, to uint32) {
	begin := cmp.Or(g.Join, g.FirstReport)
	from = uint32((max(0, begin) + minuteMs - 1) / minuteMs)
	if g.Leave != 0 {
		end = min(end, uint32(max(0, g.Leave)/minuteMs))
	}
	return from, end
}
