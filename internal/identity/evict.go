package identity

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// Evict forgets what ended, or fell silent, more than keep before the watermark, and returns the ids, ordered. What changed
// and was not taken yet stays until the next time. Whatever is heard of it later makes it anew, with what that event says;
// who stores the changes must therefore never let an empty field overwrite a known one.
//
// A segment goes when its participant left or its reports ended; one that never reported and was never told to have left
// goes with its meeting, since it may well be there. One that others take their person from goes with them. The same watermark forgets the same things on every run.
func (s *State) Evict(watermark earshot.Instant, keep time.Duration) (meetings, segments, calls []earshot.ID) {
	before := watermark.Add(-keep)
	all := byID(s.meetings)
	slices.SortStableFunc(all, roomsFirst) // a meeting stays while it has rooms
	for _, m := range all {
		over := max(m.view.LastSeen, m.view.End) < before
		for _, g := range slices.Clone(m.members) {
			if s.removable(g, before, maxDependence) {
				s.removeSegment(g)
				segments = append(segments, g.view.ID)
			}
		}
		if over && len(m.members) == 0 && len(m.rooms) == 0 && !m.pending() && (m.series == nil || !m.series.pending()) {
			s.removeMeeting(m)
			meetings = append(meetings, m.view.ID)
		}
	}
	for _, k := range byID(s.calls) {
		if max(k.view.LastSeen, k.view.End) < before && !k.pending() && !k.caller.unsaid() && !k.callee.unsaid() {
			s.release(&k.caller.who)
			s.release(&k.callee.who)
			delete(s.calls, k.view.ID)
			calls = append(calls, k.view.ID)
		}
	}
	slices.Sort(meetings)
	slices.Sort(segments)
	return meetings, segments, calls
}

func roomsFirst(a, b *meeting) int {
	switch {
	case a.main != nil && b.main == nil:
		return -1
	case a.main == nil && b.main != nil:
		return 1
	}
	return 0
}

// unsaid reports whether the person behind w changed and was not taken yet.
func (w *who) unsaid() bool { return w.person != nil && w.person.pending() }

// removable reports whether a segment may be forgotten: it is over, was told of, and nobody who stays is who it is. Those
// who are may depend on it in turn (the halves of a breakout room stay do), so depth bounds the search.
func (s *State) removable(g *segment, before earshot.Instant, depth int) bool {
	v, m := &g.view, &g.in.view
	ended := v.Leave != 0 || v.LastReport != 0 || max(m.LastSeen, m.End) < before
	if !ended || max(g.seen, v.Leave, v.LastReport) >= before || g.pending() || g.unsaid() {
		return false
	}
	if g.links == nil || depth == 0 {
		return true
	}
	for _, d := range g.links.dependents {
		if s.segments[d.view.ID] == d && !s.removable(d, before, depth-1) {
			return false
		}
	}
	return true
}

// maxDependence is more than the longest chain there is: main room, breakout room, its other half, a telephone.
const maxDependence = 5

func (s *State) removeSegment(g *segment) {
	g.in.members = remove(g.in.members, g)
	s.release(&g.who)
	delete(s.segments, g.view.ID)
	if g.links == nil {
		return
	}
	if under := g.links.under.value; s.twins[under].value == g.view.ID {
		delete(s.twins, under)
	}
	for _, d := range g.links.dependents {
		if d.links != nil {
			d.links.dependents = without(d.links.dependents, g)
		}
	}
	for _, id := range [...]earshot.ID{g.links.parent.value, g.links.bound.value} {
		if t := s.segments[id]; t != nil && t.links != nil {
			t.links.dependents = without(t.links.dependents, g)
		}
	}
}

func (s *State) removeMeeting(m *meeting) {
	if m.main != nil {
		// What the room was the last to say stays said.
		m.main.first, m.main.last = earlier(m.main.first, m.first), max(m.main.last, m.last)
		m.main.rooms = without(m.main.rooms, m)
	}
	if r := m.series; r != nil {
		r.base.merge(&m.topic)
		s.leaveSeries(m)
	}
	delete(s.meetings, m.view.ID)
}

// release takes w out of its person, who stays what they were.
func (s *State) release(w *who) {
	p := w.person
	if p == nil {
		return
	}
	if p.base == nil {
		p.base = &who{}
	}
	p.base.merge(w)
	s.forsake(w)
}
