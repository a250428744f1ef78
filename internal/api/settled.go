package api

import (
	"iter"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

const (
	// mostSettled bounds what a settled remembers: a day of 5,000 people is some 25,000 joins, of about 100 bytes each.
	mostSettled = 100_000
	// settlesAfter is how long after its end everything counts as told of a join.
	settlesAfter = time.Hour
)

// settled remembers something of joins that are over and do not change any more, since to read it takes a tenth of a second for each
// five to ten thousand. Safe for concurrent use.
type settled[T any] struct {
	mu        sync.Mutex
	bySegment map[earshot.ID]T
}

// known fills in what is remembered of joins and returns those of which nothing is, each once.
func (m *settled[T]) known(joins iter.Seq[earshot.ID], out map[earshot.ID]T) (missing []earshot.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := map[earshot.ID]bool{}
	for id := range joins {
		if _, had := out[id]; had || asked[id] {
			continue
		}
		if v, ok := m.bySegment[id]; ok {
			out[id] = v
			continue
		}
		asked[id] = true
		missing = append(missing, id)
	}
	return missing
}

// remember adds to what is remembered; where that would be too much, it forgets all that was before.
func (m *settled[T]) remember(more map[earshot.ID]T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bySegment == nil || len(m.bySegment)+len(more) > mostSettled {
		m.bySegment = make(map[earshot.ID]T, len(more))
	}
	for id, v := range more {
		if len(m.bySegment) == mostSettled {
			return
		}
		m.bySegment[id] = v
	}
}

// settledBefore returns the time before which a join must have ended for nothing to be told of it any more.
func (a *API) settledBefore() earshot.Instant { return a.live.Watermark().Add(-settlesAfter) }
