package receive

import (
	"context"
	"sync/atomic"
	"time"
)

// deadlines hands out contexts that end a time after a request began. A timer for each request costs more than verifying its
// signature's hash, so requests that begin within a slot share the context of the first, and have up to a slot less.
type deadlines struct {
	after, slot time.Duration
	last        atomic.Pointer[sharedDeadline]
}

type sharedDeadline struct {
	ctx   context.Context
	began time.Time
}

// of returns the context of a request that began at started. Whoever comes first in a slot makes it; should two do so at
// once, both contexts are right.
func (d *deadlines) of(started time.Time) context.Context {
	if s := d.last.Load(); s != nil {
		if age := started.Sub(s.began); age >= 0 && age < d.slot {
			return s.ctx
		}
	}
	ctx, cancel := context.WithDeadline(context.Background(), started.Add(d.after))
	context.AfterFunc(ctx, cancel)
	d.last.Store(&sharedDeadline{ctx, started})
	return ctx
}
