package main

import (
	"context"
	"runtime"
	"time"
)

// pace tells the times at which requests are due, at a rate, from start until ctx ends, and closes the channel then. It has a thread
// that sleeps in the kernel: Go's own timers wake up to a millisecond late, about as much as an acknowledgement takes. The channel
// holds what is due while all connections wait for answers.
func pace(ctx context.Context, start time.Time, rate float64, d time.Duration) <-chan time.Time {
	due := make(chan time.Time, int(rate*d.Seconds())+1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		defer close(due)
		for i := 0; ctx.Err() == nil; i++ {
			at := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
			if wait := time.Until(at); wait > 0 {
				sleep(wait)
			}
			select {
			case due <- at:
			case <-ctx.Done():
			}
		}
	}()
	return due
}
