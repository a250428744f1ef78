package obs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshot/earshot/internal/obs"
)

// ask returns what a handler answers.
func ask(t *testing.T, h http.Handler) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(text)
}

func TestHealth(t *testing.T) {
	h := obs.NewHealth()
	if status, text := ask(t, h.ReadyHandler()); status != 200 || text != "ok\n" {
		t.Errorf("without checks: %d %q", status, text)
	}
	journal := h.Condition("journal")
	var broken atomic.Bool
	h.Probe("registry", func(context.Context) error {
		if broken.Load() {
			return errors.New("disk is full")
		}
		return nil
	})
	if status, text := ask(t, h.ReadyHandler()); status != 503 || !strings.HasPrefix(text, "journal: not ready since ") || !strings.Contains(text, ": starting\nregistry: ok\n") {
		t.Errorf("starting: %d %q", status, text)
	}
	journal.Report(nil)
	if status, text := ask(t, h.ReadyHandler()); status != 200 || text != "journal: ok\nregistry: ok\n" {
		t.Errorf("well: %d %q", status, text)
	}
	if err := h.Ready(context.Background()); err != nil {
		t.Errorf("Ready: %v", err)
	}
	broken.Store(true)
	journal.Report(errors.New("socket is gone"))
	if status, text := ask(t, h.ReadyHandler()); status != 503 || !strings.Contains(text, "socket is gone") || !strings.Contains(text, "disk is full") {
		t.Errorf("not well: %d %q", status, text)
	}
	if err := h.Ready(context.Background()); err == nil || err.Error() != "journal: socket is gone\nregistry: disk is full" {
		t.Errorf("Ready: %v", err)
	}
	if status, text := ask(t, h.LiveHandler()); status != 200 || text != "ok\n" {
		t.Errorf("alive: %d %q", status, text)
	}
}

// Since is when it became well or not, not when it was last heard of.
func TestHealthSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obs.NewHealth()
		c := h.Condition("x")
		since := func() time.Duration { return time.Since(h.States(context.Background())[0].Since) }
		time.Sleep(time.Minute)
		c.Report(errors.New("a"))
		if got := since(); got != time.Minute {
			t.Errorf("not well since %s, want 1m: it never was", got)
		}
		c.Report(nil)
		time.Sleep(time.Hour)
		c.Report(nil)
		if got := since(); got != time.Hour {
			t.Errorf("well since %s, want 1h", got)
		}
		c.Report(errors.New("b"))
		if got := since(); got != 0 {
			t.Errorf("not well since %s, want 0", got)
		}
	})
}

// A probe that hangs is one goroutine, however many ask, and does not hold them longer than two seconds.
func TestHealthProbeHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obs.NewHealth()
		hang := make(chan struct{})
		var calls atomic.Int32
		h.Probe("store", func(context.Context) error {
			calls.Add(1)
			<-hang
			return nil
		})
		for range 3 {
			start := time.Now()
			var wg sync.WaitGroup
			for range 5 {
				wg.Go(func() {
					if err := h.Ready(context.Background()); err == nil || !strings.Contains(err.Error(), "no answer within 2s") {
						t.Errorf("Ready: %v", err)
					}
				})
			}
			wg.Wait()
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("asking took %s, want 2s", took)
			}
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("the probe was called %d times, want once", n)
		}
		close(hang)
		synctest.Wait()
		if err := h.Ready(context.Background()); err != nil {
			t.Errorf("after the answer: %v", err)
		}
		if n := calls.Load(); n != 2 {
			t.Errorf("the probe was called %d times, want again", n)
		}
	})
}

// A probe that keeps its deadline is heard.
func TestHealthProbeDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := obs.NewHealth()
		h.Probe("store", func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		err := h.Ready(context.Background())
		if err == nil {
			t.Error("want an error")
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		start := time.Now()
		if err := h.Ready(ctx); err == nil || time.Since(start) != 0 {
			t.Errorf("who has gone is answered at once with the last known state: %v after %s", err, time.Since(start))
		}
		synctest.Wait()
		time.Sleep(3 * time.Second) // the probe ends before the bubble does
	})
}

func TestMetrics(t *testing.T) {
	r, err := obs.NewMetrics("monitor", "v1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := obs.NewMetrics("monitor", "v1"); err != nil {
		t.Errorf("a second registry in one process: %v", err)
	}
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "earshot_test_total", Help: "x"})
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	c.Add(3)
	status, text := ask(t, obs.MetricsHandler(r, slog.New(slog.DiscardHandler)))
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{`earshot_build_info{process="monitor",version="v1"} 1`, "earshot_test_total 3", "process_resident_memory_bytes ", "go_goroutines "} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in the metrics", want)
		}
	}
}
