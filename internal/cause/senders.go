package cause

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// Sender is a segment that others in its meeting hear badly, for reasons of its own or of its cells.
type Sender struct {
	Segment, Meeting earshot.ID
	// Listeners are the persons who received badly in their newest minute because of it, ascending; Of counts everybody else
	// who is live in the meeting.
	Listeners []earshot.ID
	Of        int
}

// senders lists who is heard badly now, by segment.
func (e *Engine) senders() []Sender {
	by := map[earshot.ID]*Sender{}
	inside := map[earshot.ID]int{}
	for j := range e.s.members {
		t := e.s.members[j].t
		inside[t.meeting]++
		m := &t.minutes[t.visible-1]
		if m.offender == 0 || m.remote < .5 || !m.trouble(receiving, bad) {
			continue
		}
		s := by[m.offender]
		if s == nil {
			s = &Sender{Segment: m.offender, Meeting: t.meeting}
			by[m.offender] = s
		}
		s.Listeners = append(s.Listeners, t.person.id)
	}
	out := make([]Sender, 0, len(by))
	for _, s := range by {
		s.Listeners = distinct(s.Listeners)
		s.Of = max(inside[s.Meeting]-1, len(s.Listeners))
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sender) int { return cmp.Compare(a.Segment, b.Segment) })
	if len(out) == 0 {
		return nil
	}
	return out
}
