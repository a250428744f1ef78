package live

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// scoreLasts is how long a score of a call counts as that of now: Zoom tells one every few seconds.
const scoreLasts = 2 * minuteMs

// CallScore is what one side of a call told of one direction.
type CallScore struct {
	Call      earshot.ID
	Side      earshot.CallSide
	Direction earshot.Direction
	At        earshot.Instant
	MOS       float64
}

// Call is a phone call that runs.
type Call struct {
	earshot.Call
	// MOS is the least of the newest scores of both sides and directions, absent where none is from the last two minutes. Scores are
	// not kept over a restart: the next ones follow within seconds.
	MOS earshot.Opt
}

// call is what is held of one. A leg is a side in a direction.
type call struct {
	earshot.Call
	scores map[leg]CallScore
}

type leg struct {
	side      earshot.CallSide
	direction earshot.Direction
}

func (s *State) putCall(v *earshot.Call) {
	if !callLive(v, s.watermark) {
		delete(s.calls, v.ID)
		return
	}
	c := s.calls[v.ID]
	c.Call = *v
	s.calls[v.ID] = c
}

// putScore takes in a score of a call that runs; one that is older than what is held changes nothing.
func (s *State) putScore(v *CallScore) {
	c, ok := s.calls[v.Call]
	if !ok {
		return
	}
	k := leg{v.Side, v.Direction}
	if old, had := c.scores[k]; had && old.At > v.At {
		return
	}
	if c.scores == nil {
		c.scores = make(map[leg]CallScore, 4)
		s.calls[v.Call] = c
	}
	c.scores[k] = *v
}

func callLive(c *earshot.Call, now earshot.Instant) bool {
	return (c.End == 0 || c.End > now) && now-c.LastSeen <= callSilence
}

// Calls returns the phone calls that run, by id.
func (s *State) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Call, 0, len(s.calls))
	for _, c := range s.calls {
		running := Call{Call: c.Call}
		for _, score := range c.scores {
			if s.watermark-score.At <= scoreLasts && (!running.MOS.Present || score.MOS < running.MOS.Value) {
				running.MOS = earshot.Some(score.MOS)
			}
		}
		out = append(out, running)
	}
	slices.SortFunc(out, func(a, b Call) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
