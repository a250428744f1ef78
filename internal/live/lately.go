package live

import "github.com/earshot/earshot"

// LateMinute is a minute as rules about the last half hour see it.
type LateMinute struct {
	At    earshot.Instant
	Grade earshot.Grade
	Cell  earshot.Cell // of the verdict on a poor or bad one
}

// Lately calls each for every segment that is held with its meeting and its minutes from a time on, oldest
// first, those still open included; also for those without minutes who left since. It holds the state while it runs: each must
// be quick, and may keep none of its arguments.
func (s *State) Lately(from earshot.Instant, each func(g *Segment, m *earshot.Meeting, minutes []LateMinute)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := uint32(max(0, from.Minute()) / minuteMs)
	var row []LateMinute
	for _, m := range s.meetings {
		for _, g := range m.segments {
			row = row[:0]
			for i := range g.minutes {
				if c := &g.minutes[i]; c.at >= first {
					row = append(row, LateMinute{c.instant(), earshot.Grade(c.grade), g.verdict(c.at).Cell})
				}
			}
			if len(row) > 0 || g.Leave >= from {
				each(&g.Segment, &m.Meeting, row)
			}
		}
	}
}
