package obs

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	windowSlices = 6
	windowSlice  = 10 * time.Second
	windowMost   = time.Hour
)

// Window tells the quantiles of durations over the last minute. Durations are kept to 1 % between 1 µs and an hour. The zero
// Window is not usable; see NewWindow. Safe for concurrent use.
type Window struct {
	mu     sync.Mutex // guards the fields below
	slices [windowSlices]*hdrhistogram.Histogram
	newest int64 // number of the newest slice
	last   time.Duration
}

// WindowStats are a Window's figures at one moment.
type WindowStats struct {
	P50, P99, Max time.Duration // 0 when nothing was observed
	Last          time.Duration // the newest observation, however old
	Count         int64
	PerSecond     float64
}

// NewWindow returns an empty window.
func NewWindow() *Window {
	w := &Window{}
	for i := range w.slices {
		w.slices[i] = hdrhistogram.New(1, windowMost.Microseconds(), 2)
	}
	return w
}

// Observe takes durations that were measured now.
func (w *Window) Observe(now time.Time, durations ...time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn(now)
	h := w.slices[w.newest%windowSlices]
	for _, d := range durations {
		d = max(d, 0)
		w.last = d
		_ = h.RecordValue(min(max(d.Microseconds(), 1), windowMost.Microseconds())) // in range by construction
	}
}

// Stats returns the figures of the minute before now.
func (w *Window) Stats(now time.Time) WindowStats {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn(now)
	all := hdrhistogram.New(1, windowMost.Microseconds(), 2)
	for _, h := range w.slices {
		all.Merge(h)
	}
	s := WindowStats{Last: w.last, Count: all.TotalCount()}
	if s.Count > 0 {
		micro := func(v int64) time.Duration { return time.Duration(v) * time.Microsecond }
		s.P50, s.P99, s.Max = micro(all.ValueAtQuantile(50)), micro(all.ValueAtQuantile(99)), micro(all.Max())
		s.PerSecond = float64(s.Count) / (windowSlices * windowSlice).Seconds()
	}
	return s
}

// turn empties the slices that are older than a minute. mu is held.
func (w *Window) turn(now time.Time) {
	newest := now.UnixNano() / int64(windowSlice)
	for w.newest < newest {
		w.newest = max(w.newest+1, newest-windowSlices+1)
		w.slices[w.newest%windowSlices].Reset()
	}
}
