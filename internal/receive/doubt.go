package receive

import (
	"slices"
	"sync"
	"time"
)

// When everything that looks like Zoom's fails, the fault is probably ours: a rotated secret, a lost setting. 401 would lose
// those events; 503 makes Zoom send them again, at +5, +25 and +85 minutes.
const (
	doubtAfter    = time.Minute // without a valid signature
	doubtFailures = 20          // plausible failures within doubtAfter, more than which open the doubt
)

// breaker is open while everything fails. Safe for concurrent use.
type breaker struct {
	mu          sync.Mutex // guards the fields below
	lastValid   time.Time
	failures    int
	failedSince time.Time
}

// failed notes a refused request and reports whether everything fails.
func (b *breaker) failed(now time.Time, plausible bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if plausible {
		if now.Sub(b.failedSince) > doubtAfter {
			b.failedSince, b.failures = now, b.failures/2 // a steady stream of failures keeps the doubt open
		}
		b.failures++
	}
	return b.failures > doubtFailures && now.Sub(b.lastValid) > doubtAfter
}

// succeeded notes a valid signature: it closes the doubt.
func (b *breaker) succeeded(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lastValid, b.failures = now, 0
}

// clockSample is how many of the newest signed requests the clock is judged by, and clockQuorum how many it takes.
const (
	clockSample = 32
	clockQuorum = 8
)

// clock judges our own clock by what is signed: when half of the newest signed timestamps are outside the window, it is ours
// that is wrong. Safe for concurrent use.
type clock struct {
	mu      sync.Mutex // guards the fields below
	outside []bool
	skews   []time.Duration
	next    int
}

// note takes a signed request's skew and whether it is outside the window, and reports whether our clock is suspect.
func (c *clock) note(skew time.Duration, outside bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.outside) < clockSample {
		c.outside, c.skews = append(c.outside, outside), append(c.skews, skew)
	} else {
		c.outside[c.next], c.skews[c.next] = outside, skew
		c.next = (c.next + 1) % clockSample
	}
	if !outside {
		return false
	}
	n := 0
	for _, out := range c.outside {
		if out {
			n++
		}
	}
	return len(c.outside) >= clockQuorum && 2*n >= len(c.outside)
}

// median returns the median skew of the newest signed requests, 0 for none. A request that travelled long has a positive skew.
func (c *clock) median() time.Duration {
	c.mu.Lock()
	sorted := slices.Clone(c.skews)
	c.mu.Unlock()
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
