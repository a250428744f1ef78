package obs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// probeTimeout is how long a probe may take. Load balancers give up after a few seconds.
const probeTimeout = 2 * time.Second

// ErrStarting is the state of a condition that was not reported yet.
var ErrStarting = errors.New("starting")

// Health collects what must be well for the process to do its work. The zero Health is not usable; see NewHealth.
type Health struct {
	mu     sync.Mutex // guards the list, not the checks
	checks []*check
}

// NewHealth returns a Health without checks: it is ready.
func NewHealth() *Health { return &Health{} }

// Condition is a check that its owner reports: something happened, or is happening.
type Condition struct{ c *check }

// Condition adds a check that is not well until it is reported. A name that exists gives a condition of the same name
// beside it; both must be well.
func (h *Health) Condition(name string) Condition {
	return Condition{h.add(&check{name: name, err: ErrStarting, since: time.Now()})}
}

// Report says how it is: nil is well.
func (c Condition) Report(err error) { c.c.set(err) }

// Probe adds a check that is asked whenever somebody wants to know, for at most two seconds. While one question is not
// answered it is not asked again, and counts as not well.
func (h *Health) Probe(name string, probe func(context.Context) error) {
	h.add(&check{name: name, probe: probe, err: ErrStarting, since: time.Now()})
}

func (h *Health) add(c *check) *check {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks = append(h.checks, c)
	return c
}

// State is one check at one moment.
type State struct {
	Name  string
	Err   error     // nil: well
	Since time.Time // since when it is well, or not
}

// States asks all probes and returns all checks, in the order in which they were added.
func (h *Health) States(ctx context.Context) []State {
	h.mu.Lock()
	checks := append([]*check(nil), h.checks...)
	h.mu.Unlock()
	states := make([]State, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { states[i] = c.state(ctx) })
	}
	wg.Wait()
	return states
}

// Ready returns nil when every check is well, else what is not.
func (h *Health) Ready(ctx context.Context) error {
	var errs []error
	for _, s := range h.States(ctx) {
		if s.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Name, s.Err))
		}
	}
	return errors.Join(errs...)
}

// LiveHandler answers /healthz: 200 as long as the process can answer at all. Restarting it would not help with more.
func (h *Health) LiveHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "ok\n")
	})
}

// ReadyHandler answers /readyz: 200 when every check is well, else 503; a line for each check says which and why.
func (h *Health) ReadyHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, text := http.StatusOK, ""
		for _, s := range h.States(r.Context()) {
			if s.Err != nil {
				status = http.StatusServiceUnavailable
				text += fmt.Sprintf("%s: not ready since %s: %v\n", s.Name, s.Since.UTC().Format(time.RFC3339), s.Err)
				continue
			}
			text += s.Name + ": ok\n"
		}
		if text == "" {
			text = "ok\n"
		}
		answer(w, status, text)
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // whoever asked has gone
}

// check is one thing that must be well.
type check struct {
	name  string
	probe func(context.Context) error // nil: it is reported

	mu    sync.Mutex // guards the fields below
	err   error
	since time.Time     // of the last change between well and not
	asked chan struct{} // closed when the probe that is running has answered; nil: none is
}

func (c *check) set(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.setLocked(err)
}

func (c *check) setLocked(err error) {
	if (err == nil) != (c.err == nil) {
		c.since = time.Now()
	}
	c.err = err
}

// state returns the state, after asking.
func (c *check) state(ctx context.Context) State {
	if c.probe != nil {
		c.ask(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return State{c.name, c.err, c.since}
}

// ask runs the probe, or waits for the one that is running.
func (c *check) ask(ctx context.Context) {
	c.mu.Lock()
	if c.asked == nil {
		c.asked = make(chan struct{})
		go c.run(c.asked)
	}
	asked := c.asked
	c.mu.Unlock()
	timeout := time.NewTimer(probeTimeout)
	defer timeout.Stop()
	select {
	case <-asked:
	case <-timeout.C:
		c.mu.Lock()
		if c.asked == asked { // still not answered
			c.setLocked(fmt.Errorf("no answer within %s", probeTimeout))
		}
		c.mu.Unlock()
	case <-ctx.Done(): // who asked has gone; the last known state will do
	}
}

// run asks once. Its context does not depend on who asked first: others may be waiting for the same answer.
func (c *check) run(asked chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	err := c.probe(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.setLocked(err)
	c.asked = nil
	close(asked)
}
