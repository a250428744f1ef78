package incident

import (
	"math"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// update lets the incidents of guilty cells take what their faults say now, and counts minutes of cells without one.
func (e *Engine) update(guilty []suspect) {
	for _, s := range guilty {
		minutes := s.minutes(e.now)
		l := e.live[s.Incident]
		if l == nil {
			s.Minutes += minutes
			continue
		}
		if l.I.State == earshot.IncidentQuiet {
			e.reopen(l)
		}
		e.grow(l, s, minutes)
	}
}

// grow adds to an incident what its cell's fault says now.
func (e *Engine) grow(l *live, s suspect, minutes float64) {
	f := s.fault
	l.LastOn, l.Recent = e.now, f.Inside
	if f.Rate > 0 {
		l.LastBad = e.now
	}
	if s.Since != 0 && s.Since.Minute() < l.I.Start {
		set(l, &l.I.Start, max(s.Since, l.I.Opened.Add(-longestSince), e.done[s.Cell]).Minute())
	}
	e.affect(l, f.BadPeople)
	if e.now.Minute() != l.Counted {
		l.Counted = e.now.Minute()
		e.touch(l, f.Meetings, 1)
	}
	e.count(l, minutes)
	if f.Inside.Bad > l.I.Inside.Bad {
		set(l, &l.I.Inside, f.Inside)
		set(l, &l.I.Elsewhere, f.Elsewhere)
		set(l, &l.I.Direction, f.Direction)
	}
	l.trust(percent(f.Confidence))
	if 100*f.Confidence >= e.rules.SurePct {
		e.mind(l, f.Cause)
	}
	e.weigh(l, f.Inside.Bad)
}

// minutes estimates the bad participant-minutes of the minute that begins with this evaluation, once a minute: the share
// of people that the fault makes bad, times people. The facts have them exactly.
func (s *suspect) minutes(now earshot.Instant) float64 {
	if now.Minute() == s.Counted {
		return 0
	}
	s.Counted = now.Minute()
	return s.fault.Rate * float64(s.fault.Inside.Of)
}

// open opens incidents for guilty cells that have none and whose people are in none.
func (e *Engine) open(guilty []suspect) {
	for _, s := range guilty {
		if e.live[s.Incident] != nil {
			continue
		}
		s.Incident, s.Joined = 0, 0
		named, candidates, ok := e.news(s)
		l := e.known(s)
		if l != nil && !(ok && e.apart(s, l)) {
			s.Joined = l.I.ID
			continue
		}
		if !ok {
			continue
		}
		if l = e.begin(s.Cell, s.Since); l == nil {
			continue
		}
		s.Incident = l.I.ID
		l.I.Cause, l.I.Candidates, l.I.Confidence = named, candidates, percent(s.fault.Confidence)
		l.I.Direction, l.I.Inside, l.I.Elsewhere = s.fault.Direction, s.fault.Inside, s.fault.Elsewhere
		l.Recent, l.Noted = s.fault.Inside, s.fault.Inside.Bad
		e.note(l, earshot.IncidentEvent{What: earshot.IncidentOpened, Inside: l.Recent, Cell: s.Cell, Cause: named})
		e.grow(l, s, s.Minutes)
		s.Minutes = 0
	}
}

// news reports whether a guilty cell deserves an incident, and under which name.
func (e *Engine) news(s suspect) (named earshot.Cause, candidates []earshot.Cause, ok bool) {
	f, r := s.fault, &e.rules
	sure := 100*f.Confidence >= r.SurePct && f.Cause != earshot.CauseUnknown && f.Cause != earshot.CauseNone
	lasts := s.lasts(r)
	if !e.enough(f) {
		return 0, nil, false
	}
	switch {
	case sure && (lasts || e.broad(f)):
		return f.Cause, nil, true
	case 100*f.Confidence >= r.SayPct && lasts:
		return earshot.CauseUnknown, candidatesOf(f), true
	}
	return 0, nil, false
}

// enough reports whether enough people, in enough meetings, suffer from a fault now.
func (e *Engine) enough(f *cause.Fault) bool {
	r := &e.rules
	people, meetings := r.MinPeople, r.MinMeetings
	if width(f.Cell.Scope) == width(earshot.ScopeISP) {
		people = r.MinPeopleWide
		if len(f.Troubled) > r.SmallCell {
			meetings = r.MinMeetingsWide
		}
	}
	if f.Inside.Of <= r.SmallCell {
		people = r.MinPeopleSmall
	}
	anyMeeting := f.Direction != earshot.DirectionReceive && width(f.Cell.Scope) < width(earshot.ScopeISP) && e.broad(f)
	return len(f.BadPeople) >= people && (len(f.Meetings) >= meetings || anyMeeting) && e.harms(f)
}

// harms reports whether a fault makes people bad, not only a little worse: where it hardly does, more of its people must be bad
// than elsewhere.
func (e *Engine) harms(f *cause.Fault) bool {
	if f.Rate >= e.rules.MinRate {
		return true
	}
	inside, elsewhere := float64(f.Inside.Bad)*float64(f.Elsewhere.Of), float64(f.Elsewhere.Bad)*float64(f.Inside.Of)
	return f.Inside.Bad > 0 && inside >= e.rules.MinLift*elsewhere
}

// broad reports whether a fault is strong and wide enough not to wait for.
func (e *Engine) broad(f *cause.Fault) bool {
	return len(f.BadPeople) >= e.rules.AtOncePeople && e.strong(f)
}

// strong reports whether a fault is more than a guess, and more than what is left of one.
func (e *Engine) strong(f *cause.Fault) bool {
	return 100*f.Confidence >= e.rules.SurePct && f.Score >= e.rules.AtOnceScore && f.Rate >= e.rules.AtOnceRate
}

// candidatesOf are the causes between which the evidence cannot choose, the likeliest first.
func candidatesOf(f *cause.Fault) []earshot.Cause {
	var out []earshot.Cause
	for _, c := range append([]earshot.Cause{f.Cause}, f.Rivals...) {
		if c != earshot.CauseNone && c != earshot.CauseUnknown && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// percent rounds a share.
func percent(share float64) uint8 {
	return uint8(math.Round(100 * min(max(share, 0), 1)))
}
