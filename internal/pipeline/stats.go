package pipeline

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/obs"
)

// stats are the pipeline's figures. Safe for concurrent use.
type stats struct {
	ready       atomic.Bool
	seq         atomic.Uint64
	facts       atomic.Uint64
	snapshot    atomic.Uint64
	mark        atomic.Int64
	lastReceipt atomic.Int64
	rebuildSeq  atomic.Uint64
	rebuildTo   atomic.Uint64
	storeErrors atomic.Uint64

	lag *obs.Window // receipt to stored row

	mu      sync.Mutex // guards the fields below
	events  []EventStats
	counted time.Time
}

// EventStats counts one event name.
type EventStats struct {
	Name  string
	Count uint64
	Last  earshot.Instant
}

// Stats are the figures of a pipeline at one moment.
type Stats struct {
	Seq, Facts, Snapshot  uint64
	Watermark             earshot.Instant
	LastReceived          earshot.Instant
	LagP50, LagP99        time.Duration // receipt to stored row, of the last minute
	LastLag               time.Duration // of the newest stored event
	EventsPerSecond       float64       // stored, over the last minute
	RebuildSeq, RebuildTo uint64        // RebuildTo is 0 while nothing is rebuilt
	DirtyHours            int
	StoreErrors           uint64
	Events                []EventStats // most frequent first
	Alarm                 string       // "" or what must not go unnoticed
}

func newStats() *stats { return &stats{lag: obs.NewWindow()} }

// folded notes how far the fold is; once a second it copies the counts by event.
func (s *stats) folded(seq uint64, mark, receivedAt earshot.Instant, counts map[string]*EventCount) {
	s.seq.Store(seq)
	s.mark.Store(int64(mark))
	s.lastReceipt.Store(max(s.lastReceipt.Load(), int64(receivedAt)))
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.counted) < time.Second {
		return
	}
	s.counted = now
	s.events = s.events[:0]
	for name, c := range counts {
		s.events = append(s.events, EventStats{name, c.Count, c.Last})
	}
}

// stored notes the lag of a batch whose rows can now be read.
func (s *stats) stored(it *item, now time.Time) {
	s.facts.Store(it.facts.To)
	lags := make([]time.Duration, len(it.receipts))
	for i, at := range it.receipts {
		lags[i] = now.Sub(at.Time())
	}
	s.lag.Observe(now, lags...)
}

// Stats returns the present figures.
func (p *Pipeline) Stats() Stats {
	s := p.stats
	out := Stats{
		Seq: s.seq.Load(), Facts: s.facts.Load(), Snapshot: s.snapshot.Load(), Watermark: earshot.Instant(s.mark.Load()),
		LastReceived: earshot.Instant(s.lastReceipt.Load()), RebuildSeq: s.rebuildSeq.Load(), RebuildTo: s.rebuildTo.Load(),
		StoreErrors: s.storeErrors.Load(),
	}
	if text := p.alarm.Load(); text != nil {
		out.Alarm = *text
	}
	p.hours.mu.Lock()
	out.DirtyHours = p.hours.count
	p.hours.mu.Unlock()
	lag := s.lag.Stats(time.Now())
	out.LagP50, out.LagP99, out.LastLag, out.EventsPerSecond = lag.P50, lag.P99, lag.Last, lag.PerSecond
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Events = slices.Clone(s.events)
	slices.SortFunc(out.Events, func(a, b EventStats) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return out
}
