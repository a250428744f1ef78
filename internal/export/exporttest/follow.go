package exporttest

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/export"
)

// patience is how long an export may take that is retried a few times.
const patience = 3 * time.Minute

// Follow runs an exporter until done says so, which is asked often, then ends and closes it. It fails the test when that never comes.
func Follow(t testing.TB, o export.Options, done func(x *export.Exporter) bool) {
	t.Helper()
	for i := range o.Targets {
		o.Targets[i].Spec.FirstPause = cmp.Or(o.Targets[i].Spec.FirstPause, 50*time.Millisecond)
	}
	x, err := export.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = x.Run(ctx) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done(x) {
		select {
		case <-ctx.Done():
			t.Errorf("not done after %s: %+v", patience, x.Status())
			<-ended
			_ = x.Close()
			return
		case <-tick.C:
		}
	}
	stop()
	<-ended
	if err := x.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// AllSent says that every destination has taken so many records.
func AllSent(n uint64) func(*export.Exporter) bool {
	return func(x *export.Exporter) bool {
		for _, s := range x.Status() {
			if s.Sent < n || s.Backlog > 0 {
				return false
			}
		}
		return true
	}
}
