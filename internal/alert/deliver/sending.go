package deliver

import (
	"context"
	"log/slog"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
)

// lastAnswer is how long a receiver that is being told at the end may still answer. Given up at once, it may have taken the message, and
// nobody would know: it would be told again, or never that the alert is over.
const lastAnswer = 3 * time.Second

// sending is the stage through which the dispatcher sends. A dispatcher that is stopped does not wait for its groups: end does, so that
// what was taken is noted before the memory is closed.
type sending struct {
	stage notify.Stage

	mu    sync.Mutex // guards the fields below
	ended bool
	now   sync.WaitGroup
}

// Exec implements notify.Stage.
func (s *sending) Exec(ctx context.Context, l *slog.Logger, alerts ...*amalert.Alert) (context.Context, []*amalert.Alert, error) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return ctx, nil, context.Canceled
	}
	s.now.Add(1)
	s.mu.Unlock()
	defer s.now.Done()
	return s.stage.Exec(ctx, l, alerts...)
}

// end lets nothing more begin, and waits for what has begun.
func (s *sending) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.now.Wait()
}

// lasting returns a context that ends when ctx does, but by [lastAnswer] later when that was cancelled rather than came to its deadline.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	at, ok := ctx.Deadline()
	if !ok {
		at = time.Now().Add(time.Hour) // Alertmanager always gives one
	}
	out, cancel := context.WithDeadline(context.WithoutCancel(ctx), at)
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(lastAnswer)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-out.Done():
		}
	})
	return out, func() { stop(); cancel() }
}
