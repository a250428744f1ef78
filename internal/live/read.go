package live

import (
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Status is the whole of now in figures.
type Status struct {
	Watermark earshot.Instant // event time now
	LastEvent earshot.Instant // event time at Zoom's newest event, 0 before the first
	// CutOff counts the meetings that were being reported when Zoom stopped sending [earshot.Silence] or longer ago, 0 while it
	// sends. They count as over by now, but nobody has said so: of such a silence the night is no reason.
	CutOff     int
	Seq        uint64
	ReceivedAt earshot.Instant // of the newest applied record
	Lag        time.Duration   // from its receipt to its being here
	Meetings   int
	People     int // in running meetings; somebody in two counts twice, as in the list
	Unreported int // people without quality reports
	Calls      int
	ByGrade    earshot.GradeCounts // people
	// MeetingsByGrade counts running meetings.
	MeetingsByGrade earshot.GradeCounts
}

// SegmentNow is a segment as it is now, without its devices.
type SegmentNow struct {
	Segment
	Present bool
	// Grade, Why and Reason are those of the newest minute while present, WhyNoReport where there is no fresh one; of
	// somebody who left, they are those of the worst minute still held.
	Grade   earshot.Grade
	Why     earshot.Why
	Reason  earshot.Reason
	Minutes earshot.GradeCounts // of those still held
}

// SegmentMinutes are the minutes of one segment, oldest first.
type SegmentMinutes struct {
	Segment earshot.ID
	Minutes []Minute
}

// SiteNow is who is at a site now.
type SiteNow struct {
	Site    earshot.ID
	Name    string
	Derived bool
	People  int
	Now     earshot.GradeCounts
}

// Filter narrows meetings. Zero fields do not narrow.
type Filter struct {
	Query   string // part of topic, number, uuid or a participant's name, case-insensitive
	Account earshot.ID
	Series  earshot.ID
	Person  earshot.ID // is or was in it
	Site    earshot.ID // somebody there is in it now
	Kind    earshot.Kind
	Grades  []earshot.Grade
}

// Status returns the figures of now.
func (s *State) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status()
}

func (s *State) status() Status {
	s.refresh()
	r := Status{Watermark: s.watermark, LastEvent: s.lastEvent, CutOff: s.silenced(), Seq: s.seq, ReceivedAt: s.receivedAt, Lag: s.lag, Calls: len(s.calls)}
	for _, m := range s.meetings {
		if !m.view.Live {
			continue
		}
		r.Meetings++
		r.People += m.view.People
		r.Unreported += m.view.Unreported
		r.MeetingsByGrade.Add(m.view.Grade)
		for g, n := range m.view.Now {
			r.ByGrade[g] += n
		}
	}
	return r
}

// Watermark returns event time now, 0 before the first update.
func (s *State) Watermark() earshot.Instant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watermark
}

// Meetings returns the running meetings that pass the filter, by id.
func (s *State) Meetings(f Filter) []*Meeting {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	f.Query = strings.ToLower(f.Query)
	var out []*Meeting
	for _, m := range s.meetings {
		if m.view.Live && m.matches(&f) {
			out = append(out, m.view)
		}
	}
	slices.SortFunc(out, byID)
	return out
}

func byID(a, b *Meeting) int {
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

func (m *meeting) matches(f *Filter) bool {
	if (f.Account != 0 && m.Account != f.Account) || (f.Series != 0 && m.Series != f.Series) || (f.Kind != 0 && m.Kind != f.Kind) {
		return false
	}
	if len(f.Grades) > 0 && !slices.Contains(f.Grades, m.view.Grade) {
		return false
	}
	if f.Person != 0 && !slices.ContainsFunc(m.segments, func(g *segment) bool { return g.Person == f.Person }) {
		return false
	}
	if f.Site != 0 && !slices.ContainsFunc(m.segments, func(g *segment) bool { return g.now.in && g.Site == f.Site }) {
		return false
	}
	if f.Query == "" {
		return true
	}
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), f.Query) }
	return has(m.Topic) || has(m.Number) || has(m.UUID) ||
		slices.ContainsFunc(m.segments, func(g *segment) bool { return strings.Contains(g.search, f.Query) })
}

// names are the texts that a search looks through. Most people have one.
func (g *Segment) names() string {
	names := strings.ToLower(g.name())
	if g.Name != "" && g.Name != g.PersonName {
		names += "\n" + strings.ToLower(g.Name)
	}
	return names
}

// Meeting returns a meeting that is running or has been over for at most a minute.
func (s *State) Meeting(id earshot.ID) (*Meeting, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	m := s.meetings[id]
	if m == nil {
		return nil, false
	}
	if since := over(&m.Meeting, s.watermark); since != 0 && s.watermark-since > readable {
		return nil, false
	}
	return m.view, true
}

// Breakouts returns the running breakout rooms of a meeting, by id.
func (s *State) Breakouts(parent earshot.ID) []*Meeting {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	var out []*Meeting
	for _, m := range s.meetings {
		if parent != 0 && m.Parent == parent && m.view.Live {
			out = append(out, m.view)
		}
	}
	slices.SortFunc(out, byID)
	return out
}

// Segments returns a meeting's segments, by id: everybody of whom Earshot knows, present or not, for as long as the
// meeting is held. Of an unknown meeting there are none.
func (s *State) Segments(meeting earshot.ID) []SegmentNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	m := s.meetings[meeting]
	if m == nil {
		return nil
	}
	out := make([]SegmentNow, len(m.segments))
	for i, g := range m.segments {
		out[i] = s.now(g)
	}
	return out
}

// Segment returns one segment of a meeting that is held.
func (s *State) Segment(id earshot.ID) (SegmentNow, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	g := s.segments[id]
	if g == nil {
		return SegmentNow{}, false
	}
	return s.now(g), true
}

func (s *State) now(g *segment) SegmentNow {
	v := SegmentNow{Segment: g.Segment, Present: g.now.in, Grade: g.now.grade, Why: g.now.why}
	var worst *compactMinute
	first := s.first()
	for i := range g.minutes {
		c := &g.minutes[i]
		if c.at < first {
			continue
		}
		v.Minutes.Add(earshot.Grade(c.grade))
		if worst == nil || c.grade > worst.grade {
			worst = c
		}
	}
	switch {
	case g.now.in && g.now.at != 0:
		v.Reason = g.newest(g.now.at, g.now.at).reason()
	case !g.now.in && worst != nil:
		v.Grade, v.Why, v.Reason = earshot.Grade(worst.grade), earshot.Why(worst.why), worst.reason()
	}
	return v
}

// first is the oldest minute of the history.
func (s *State) first() uint32 {
	now := s.minute()
	return now - min(now, s.history-1)
}

// Minutes returns the recent minutes of a meeting or of one segment, by segment and time, those still open included. What
// is older is in the facts; a minute in both is the same, but while it is open only this one is right.
func (s *State) Minutes(meetingOrSegment earshot.ID) []SegmentMinutes {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	if g := s.segments[meetingOrSegment]; g != nil {
		return []SegmentMinutes{s.minutesOf(g, 0)}
	}
	m := s.meetings[meetingOrSegment]
	if m == nil {
		return nil
	}
	out := make([]SegmentMinutes, 0, len(m.segments))
	for _, g := range m.segments {
		if len(g.minutes) > 0 {
			out = append(out, s.minutesOf(g, 0))
		}
	}
	return out
}

// minutesOf returns the minutes that changed after a version.
func (s *State) minutesOf(g *segment, after uint64) SegmentMinutes {
	out := SegmentMinutes{Segment: g.ID}
	kind := earshot.KindUnknown
	if m := s.meetings[g.Meeting]; m != nil {
		kind = m.Kind
	}
	first := s.first()
	for i := range g.minutes {
		if c := &g.minutes[i]; c.at >= first && (after == 0 || c.changed > after) {
			out.Minutes = append(out.Minutes, c.expand(g, kind))
		}
	}
	return out
}

// Grades returns the present grade of those of the people who are in a running meeting, the worst of all their meetings.
func (s *State) Grades(people []earshot.ID) map[earshot.ID]earshot.Grade {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	asked := make(map[earshot.ID]bool, len(people))
	for _, id := range people {
		asked[id] = true
	}
	out := make(map[earshot.ID]earshot.Grade, len(asked))
	for _, g := range s.segments {
		if g.now.in && g.Person != 0 && asked[g.Person] {
			out[g.Person] = earshot.Worse(out[g.Person], g.now.grade)
		}
	}
	return out
}

// Sites returns the sites with people in running meetings, by id; people whose site is unknown are left out. An account narrows
// to the people of its meetings; 0 does not.
func (s *State) Sites(account earshot.ID) []SiteNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	type seat struct{ site, person earshot.ID }
	sites := make(map[earshot.ID]*SiteNow)
	worst := make(map[seat]earshot.Grade)
	for _, g := range s.segments {
		if !g.now.in || g.Site == 0 || (account != 0 && g.Account != account) {
			continue
		}
		if sites[g.Site] == nil {
			sites[g.Site] = &SiteNow{Site: g.Site}
		}
		if n := sites[g.Site]; g.SiteName != "" && (n.Name == "" || g.SiteName < n.Name) {
			n.Name, n.Derived = g.SiteName, g.SiteDerived
		}
		at := seat{g.Site, g.Person}
		if g.Person == 0 {
			at.person = g.ID
		}
		worst[at] = earshot.Worse(worst[at], g.now.grade)
	}
	for at, g := range worst {
		n := sites[at.site]
		n.People++
		n.Now.Add(g)
	}
	out := make([]SiteNow, 0, len(sites))
	for _, n := range sites {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b SiteNow) int {
		if a.Site < b.Site {
			return -1
		}
		return 1
	})
	return out
}
