package obs

import (
	"log/slog"
	"sync"
	"time"
)

const (
	// slowAfter is how long something may take before it is told: who starts a program waits that long without a thought.
	slowAfter = time.Second
	// slowAgain is how often it is told from then on.
	slowAgain = 10 * time.Second
)

// Slow tells of what may take long, such as a migration: after a second that it is under way, every ten seconds from then on,
// and once that it is done. What is over sooner says nothing. far, which may be nil, returns how far it has come as keys and
// values; it is called from another goroutine. The function that is returned ends it, and may be called more than once.
func Slow(log *slog.Logger, what string, far func() []any) (done func()) {
	begun := time.Now()
	over, told := make(chan struct{}), make(chan bool)
	go func() { told <- tellSlow(log, what, far, begun, over) }()
	return sync.OnceFunc(func() {
		close(over)
		if <-told {
			log.Info("done "+what, "took", time.Since(begun).Round(time.Millisecond))
		}
	})
}

// tellSlow reports whether it said anything.
func tellSlow(log *slog.Logger, what string, far func() []any, begun time.Time, over <-chan struct{}) (told bool) {
	t := time.NewTimer(slowAfter)
	defer t.Stop()
	for {
		select {
		case <-over:
			return told
		case <-t.C:
		}
		args := []any{"for", time.Since(begun).Round(time.Millisecond)}
		if far != nil {
			args = append(args, far()...)
		}
		log.Info("still "+what, args...)
		told = true
		t.Reset(slowAgain)
	}
}
