// Package supervised is what a process does that a supervisor started: it ends when the supervisor is gone, even when that
// was killed. It is apart from the supervisor itself so that the receiver alone stays free of everything that the monitor needs.
//
// Watch is called once, early in main. A process that nobody supervises is not affected.
package supervised

import (
	"context"
	"errors"
	"io"
	"os"
)

// Env is set for a child whose standard input is the supervisor's hand: when it closes, the supervisor is gone.
const Env = "EARSHOT_SUPERVISED"

// Watch returns a context that ends with ctx, or when this process is supervised and the supervisor is gone.
func Watch(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if os.Getenv(Env) == "" {
		return ctx, cancel
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel(errors.New("the supervisor is gone"))
	}()
	return ctx, cancel
}
