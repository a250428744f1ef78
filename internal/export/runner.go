package export

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/priority"
)

const (
	// mostWait is the longest pause between two tries.
	mostWait = 5 * time.Minute
	// pollEvery is how often an outbox without news is asked again.
	pollEvery = 2 * time.Second
)

// runner feeds one destination.
type runner struct {
	spec     Spec
	to       Destination
	progress *progress
	aside    *aside
	log      *slog.Logger
	now      func() time.Time
	streams  []*stream
	turn     chan struct{} // held while Send runs: streams take turns
	storing  sync.Mutex    // held while positions are stored
	stuck    atomic.Bool   // they cannot be: streams wait, for going on would promise what a crash takes back
	stored   time.Time     // guarded by storing
	unstored atomic.Int64  // records that were delivered, or left out, since

	directory Directory // nil: nobody looks whether the names of the filter are somebody's
	looked    time.Time // by measure's goroutine

	mu        sync.Mutex
	trouble   map[Stream]trouble // of streams that are being retried
	lastError string
	errorAt   time.Time
	sentAt    time.Time
	warnings  []string
	inARow    int // records set aside since the last one that was taken
	full      bool
}

// trouble is why a stream waits.
type trouble struct {
	state State
	since time.Time
}

// stream is one queue of a runner.
type stream struct {
	name    Stream
	source  source
	mu      sync.Mutex
	at      position // where it stands; what is stored may be a little before, by entries that nothing was sent for
	begun   bool
	oldest  earshot.Instant // receipt of the oldest record that is not delivered, 0 for none
	backlog uint64
	again   bool // what was delivered since the stored position may be lost: it is delivered again
}

// run delivers until ctx ends.
func (r *runner) run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range r.streams {
		all.Go(func() {
			// Receiving comes first; what a destination gets a little later costs nobody anything.
			if err := priority.Background(); err != nil {
				r.log.Info("exports compete with everything else for this machine", "stream", s.name, "err", err)
			}
			r.follow(ctx, s)
		})
	}
	all.Go(func() { r.measure(ctx) })
	all.Go(func() { r.keepStoring(ctx) })
	all.Wait()
	_ = r.store(context.WithoutCancel(ctx)) // a restart repeats what was not stored
}

// follow delivers one stream until ctx ends.
func (r *runner) follow(ctx context.Context, s *stream) {
	at, ok := r.begin(ctx, s)
	if !ok {
		return
	}
	wait := r.backOff()
	for ctx.Err() == nil {
		if r.stuck.Load() {
			pause(ctx, pollEvery)
			continue
		}
		at = r.standing(s, at)
		c, err := s.source.read(ctx, at)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			r.failed(s.name, StateWaiting, err)
			pause(ctx, wait.NextBackOff())
			continue
		}
		wait.Reset()
		r.readAgain(s.name)
		if c.next == at {
			s.delivered(false)
			pause(ctx, pollEvery)
			continue
		}
		s.reading(&c, r.now())
		r.progress.count(func(t *Totals) { t.Skipped += c.skipped })
		r.leaveOut(s, c.gap)
		if err := r.deliverAll(ctx, s, c.records); err != nil {
			return // ctx ended: the position stays
		}
		at = r.standing(s, c.next)
		if r.unstored.Add(int64(len(c.records))+int64(min(c.gap, 1))) >= mostUnstored {
			_ = r.store(ctx) // what is wrong is noted, and the stream waits
		}
		s.delivered(c.full)
		if !c.full {
			pause(ctx, r.spec.Linger)
		}
	}
}

// standing notes where a stream stands, or sends it back to what is stored.
func (r *runner) standing(s *stream, at position) position {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.progress.stand(s.name, s.again)
	if s.again {
		at, _ = r.progress.position(s.name)
	}
	s.at, s.begun, s.again = at, true, false
	return at
}

// begin returns where to go on; false when ctx ended.
func (r *runner) begin(ctx context.Context, s *stream) (position, bool) {
	wait := r.backOff()
	for {
		at, ok := r.progress.position(s.name)
		if ok {
			return at, true
		}
		at, err := s.source.start(ctx, r.spec.FromOldest)
		if err == nil {
			return at, r.advance(ctx, s, at)
		}
		if ctx.Err() != nil {
			return at, false
		}
		r.failed(s.name, StateWaiting, err)
		pause(ctx, wait.NextBackOff())
	}
}

// advance stores the first position, however long it takes; false when ctx ended.
func (r *runner) advance(ctx context.Context, s *stream, at position) bool {
	wait := r.backOff()
	for {
		err := r.progress.advance(map[Stream]place{s.name: {at: at}})
		if err == nil {
			r.well(s.name)
			return true
		}
		r.failed(s.name, StateWaiting, err)
		if pause(ctx, wait.NextBackOff()) != nil {
			return false
		}
	}
}

// note remembers an error for the status, and reports whether it is another than the last.
func (r *runner) note(err error) (other bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.lastError
	r.lastError, r.errorAt = Scrub(err.Error()), r.now()
	return before != r.lastError
}

// The names under which there may be trouble that is of no stream.
const (
	storingPositions Stream = "positions"
	tidying          Stream = "tidying"
)

// failed notes a try that failed. The first of a row is logged; the status shows the others. It is counted last: whoever reads a count reads
// its reason, too.
func (r *runner) failed(what Stream, state State, err error) {
	r.note(err)
	r.mu.Lock()
	before, was := r.trouble[what]
	if !was {
		before.since = r.now()
	}
	r.trouble[what] = trouble{state, before.since}
	r.mu.Unlock()
	r.progress.count(func(t *Totals) { t.Failed++ })
	if !was || before.state != state {
		r.log.Warn("a destination gets nothing", "of", what, "state", state, "err", Scrub(err.Error()))
	}
}

// well forgets trouble.
func (r *runner) well(what Stream) {
	r.mu.Lock()
	t, was := r.trouble[what]
	delete(r.trouble, what)
	r.mu.Unlock()
	if was {
		r.log.Info("a destination gets again what there is", "of", what, "after", r.now().Sub(t.since).Round(time.Second))
	}
}

// readAgain forgets that a stream could not be read. What a destination said last holds until it says something else: a backlog that
// grew too old for it is no sign that it is back.
func (r *runner) readAgain(s Stream) {
	r.mu.Lock()
	waited := r.trouble[s].state == StateWaiting
	r.mu.Unlock()
	if waited {
		r.well(s)
	}
}

// measureEvery is how often it is counted what waits.
const measureEvery = 5 * time.Second

// measure counts what waits until ctx ends.
func (r *runner) measure(ctx context.Context) {
	for {
		for _, s := range r.streams {
			s.mu.Lock()
			at, ok := s.at, s.begun
			s.mu.Unlock()
			if ok {
				if n, err := s.source.behind(ctx, at); err == nil {
					s.mu.Lock()
					s.backlog = n
					s.mu.Unlock()
				}
			}
		}
		r.look(ctx)
		if pause(ctx, measureEvery) != nil {
			return
		}
		r.tidy(ctx)
	}
}

// tidy lets a destination do what it has to do besides taking batches.
func (r *runner) tidy(ctx context.Context) {
	d, ok := r.to.(Tidier)
	if !ok {
		return
	}
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-r.turn }()
	ctx, cancel := context.WithTimeout(ctx, r.spec.Timeout)
	defer cancel()
	switch err := d.Tidy(ctx); {
	case err == nil:
		r.well(tidying)
	case ctx.Err() == nil:
		r.failed(tidying, StateWaiting, err)
	}
}

// reading notes how old what was read is.
func (s *stream) reading(c *chunk, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.oldest != 0:
		s.oldest = c.oldest
	case s.oldest == 0 && len(c.records) > 0:
		s.oldest = earshot.InstantOf(now)
	}
}

// delivered notes that what was read is delivered; more says that there is more.
func (s *stream) delivered(more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !more {
		s.oldest, s.backlog = 0, 0
	}
}

func (r *runner) backOff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: r.spec.FirstPause, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: mostWait}
}

// pause waits; its error is ctx's.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
