package incident

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// live is an incident that is open or quiet, with what is needed to go on with it. Its exported fields are its state.
type live struct {
	I earshot.Incident // People and Meetings are filled when it is shown
	// LastOn is the last evaluation at which its cell was faulty (a person: in trouble), LastBad the last at which that made
	// somebody bad, QuietSince when it became quiet.
	LastOn, LastBad, QuietSince earshot.Instant
	// Counted is the last minute of which the bad participant-minutes were added to Minutes.
	// Heard is the same for the listeners of a person who sends badly.
	Counted, Heard earshot.Instant
	Minutes        float64
	// Noted is how many bad people the timeline told of last.
	Noted int
	// Other is a cause that is named instead of I.Cause, since OtherSince.
	Other      earshot.Cause
	OtherSince earshot.Instant
	// Reported is a person's newest minute that was looked at.
	Reported earshot.Instant
	Segment  earshot.ID   // of a person's incident: the segment that others may hear badly
	Affected []earshot.ID // persons, in order of appearance

	Recent earshot.Count // inside, at the last evaluation

	index map[earshot.ID]struct{} // of Affected
	tally map[earshot.ID]int      // minutes by meeting
	dirty bool                    // changed since it was last shown; never so between two ticks
}

// set changes a field that is shown.
func set[T comparable](l *live, field *T, v T) {
	if *field != v {
		*field, l.dirty = v, true
	}
}

// personal reports whether the incident is about one person alone.
func (l *live) personal() bool { return l.I.Cell.Scope == earshot.ScopePerson }

// end is the first good minute. A cell is held to be faulty for what was reported in the last minute, so the last
// evaluation that found somebody bad lies in the minute after the last bad one.
func (l *live) end() earshot.Instant {
	return max(l.I.Start.Add(time.Minute), l.LastBad.Minute())
}

// affect adds people to those affected.
func (e *Engine) affect(l *live, people []earshot.ID) {
	for _, id := range people {
		if _, ok := l.index[id]; ok || len(l.Affected) >= e.rules.MaxAffected {
			continue
		}
		l.index[id] = struct{}{}
		l.Affected = append(l.Affected, id)
	}
	set(l, &l.I.Affected, len(l.Affected))
}

// touch counts a minute for each meeting.
func (e *Engine) touch(l *live, meetings []earshot.ID, minutes int) {
	for _, id := range meetings {
		if _, ok := l.tally[id]; !ok && len(l.tally) >= e.rules.MaxTallied {
			continue
		}
		if id != 0 {
			l.tally[id] += minutes
			l.dirty = true
		}
	}
}

// count adds bad participant-minutes.
func (e *Engine) count(l *live, minutes float64) {
	l.Minutes += minutes
	set(l, &l.I.Minutes, int(math.Round(l.Minutes)))
}

// weigh raises the severity by people times minutes, or by how many are bad at once, and tells of growth.
func (e *Engine) weigh(l *live, bad int) {
	r := &e.rules
	s := earshot.SeverityMinor
	switch {
	case l.I.Affected >= r.CriticalPeople && l.I.Minutes >= r.CriticalMinutes, bad >= r.CriticalAtOnce:
		s = earshot.SeverityCritical
	case l.I.Affected >= r.MajorPeople && l.I.Minutes >= r.MajorMinutes, bad >= r.MajorAtOnce:
		s = earshot.SeverityMajor
	}
	grew := bad-l.Noted >= r.GrewPeople && 100*bad >= (100+r.GrewPct)*l.Noted
	if s > l.I.Severity || grew {
		set(l, &l.I.Severity, max(s, l.I.Severity))
		l.Noted = max(bad, l.Noted)
		if l.I.Opened == e.now {
			return // its opening tells
		}
		e.note(l, earshot.IncidentEvent{What: earshot.IncidentGrew, Inside: l.Recent})
	}
}

// trust notes a confidence that changed by a step worth telling.
func (l *live) trust(percent uint8) {
	const step = 5
	if d := int(percent) - int(l.I.Confidence); d >= step || d <= -step {
		set(l, &l.I.Confidence, percent)
	}
}

// mind lets the incident bear the cause that is named now: at once when it had none, else when it is named for long enough.
func (e *Engine) mind(l *live, c earshot.Cause) {
	if c == l.I.Cause || c == earshot.CauseUnknown || c == earshot.CauseNone {
		l.Other, l.OtherSince = earshot.CauseNone, 0
		return
	}
	if l.I.Cause != earshot.CauseUnknown {
		if l.Other != c {
			l.Other, l.OtherSince = c, e.now
		}
		if e.now.Sub(l.OtherSince) < e.rules.RenameAfter {
			return
		}
	}
	l.I.Cause, l.I.Candidates, l.Other, l.OtherSince = c, nil, earshot.CauseNone, 0
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentRenamed, Inside: l.Recent, Cause: c})
}

// shown returns the incidents as others see them.
func (e *Engine) shown(all []*live) []earshot.Incident {
	if len(all) == 0 {
		return nil
	}
	out := make([]earshot.Incident, len(all))
	for k, l := range all {
		i := l.I
		i.Candidates, i.Timeline = slices.Clone(i.Candidates), slices.Clone(i.Timeline)
		i.People = slices.Clone(l.Affected[:min(len(l.Affected), e.rules.MaxPeople)])
		i.Meetings = e.worstMeetings(l)
		out[k] = i
	}
	return out
}

// worstMeetings are those with the most minutes.
func (e *Engine) worstMeetings(l *live) []earshot.ID {
	all := slices.Collect(maps.Keys(l.tally))
	slices.SortFunc(all, func(a, b earshot.ID) int {
		return cmp.Or(cmp.Compare(l.tally[b], l.tally[a]), cmp.Compare(a, b))
	})
	return all[:min(len(all), e.rules.MaxMeetings)]
}
