package live

import (
	"time"

	"github.com/earshot/earshot"
)

// Group is what people with the same dimensions had in recent minutes.
type Group struct {
	earshot.Dimensions
	Minutes []earshot.GradeCounts // by minute, the first one is that which was asked for
}

// Recent counts the participant-minutes since a moment, up to and with the running minute, by the present dimensions of their
// segments, in no order. It reaches back at most [Kept]: so far everything is here, also of meetings that have just ended,
// and what is older has been sealed and is in the facts. So both together are the whole, without a minute twice.
func (s *State) Recent(from earshot.Instant) []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.minute()
	first := max(uint32(max(0, from.Minute())/minuteMs), now-min(now, uint32(Kept/time.Minute)))
	if now < first {
		return nil
	}
	index := make(map[earshot.Dimensions]int)
	var groups []Group
	for _, g := range s.segments {
		at := -1
		for i := len(g.minutes) - 1; i >= 0 && g.minutes[i].at >= first; i-- {
			c := &g.minutes[i]
			if c.at > now {
				continue
			}
			if at < 0 {
				known := false
				if at, known = index[g.Dimensions]; !known {
					at = len(groups)
					index[g.Dimensions] = at
					groups = append(groups, Group{Dimensions: g.Dimensions, Minutes: make([]earshot.GradeCounts, now-first+1)})
				}
			}
			groups[at].Minutes[c.at-first].Add(earshot.Grade(c.grade))
		}
	}
	return groups
}

// Kept is how long every minute stays here at least, whatever becomes of its meeting: longer than it takes to be sealed and
// stored.
const Kept = 8 * time.Minute
