package registry

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// loginBurst and loginEvery bound the guesses at one name: ten at once, then one in five seconds. At that rate the
	// weakest password that is allowed (12 characters) outlasts its owner.
	loginBurst = 10
	loginEvery = 5 * time.Second
	// loginBuckets is how many names are told apart. Names share a bucket by chance; a list of names that forgets the
	// oldest could be flushed by trying made-up ones.
	loginBuckets = 1024
	// hashesAtOnce bounds argon2's work: each takes 19 MiB and tens of milliseconds of a core.
	hashesAtOnce = 2
)

// loginThrottle slows guessing at passwords. It does not know where requests come from: who does (the web) should bound
// each address as well, since somebody who guesses at a name keeps its owner waiting, too.
type loginThrottle struct {
	seed    maphash.Seed
	slots   chan struct{}
	mu      sync.Mutex
	buckets [loginBuckets]*rate.Limiter // nil: nobody tried
}

func newLoginThrottle() *loginThrottle {
	return &loginThrottle{seed: maphash.MakeSeed(), slots: make(chan struct{}, hashesAtOnce)}
}

func (t *loginThrottle) bucket(name string) **rate.Limiter {
	return &t.buckets[maphash.String(t.seed, name)%loginBuckets]
}

// allow reports whether another guess at name may be made now.
func (t *loginThrottle) allow(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.bucket(name)
	if *b == nil {
		*b = rate.NewLimiter(rate.Every(loginEvery), loginBurst)
	}
	return (*b).Allow()
}

// forgive forgets the guesses at a name: its owner has logged in.
func (t *loginThrottle) forgive(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.bucket(name) = nil
}

// enter waits for a slot to hash in; leave gives it back.
func (t *loginThrottle) enter(ctx context.Context) error {
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *loginThrottle) leave() { <-t.slots }
