package obs_test

import (
	"testing"
	"time"

	"github.com/earshot/earshot/internal/obs"
)

func TestWindowTellsTheLastMinute(t *testing.T) {
	w := obs.NewWindow()
	now := time.Unix(1_700_000_000, 0)
	for i := range 100 {
		w.Observe(now, time.Duration(i+1)*time.Millisecond)
	}
	s := w.Stats(now)
	if s.Count != 100 || s.P50 < 49*time.Millisecond || s.P50 > 52*time.Millisecond || s.P99 < 98*time.Millisecond || s.P99 > 101*time.Millisecond {
		t.Errorf("stats of 1..100 ms: %+v", s)
	}
	if s := w.Stats(now.Add(45 * time.Second)); s.Count != 100 {
		t.Errorf("after 45 s: %d observations, want 100", s.Count)
	}
	if s := w.Stats(now.Add(90 * time.Second)); s.Count != 0 || s.P99 != 0 || s.Last != 100*time.Millisecond {
		t.Errorf("after 90 s: %+v, want none but the last", s)
	}
}

func TestWindowTakesAnyDuration(t *testing.T) {
	w := obs.NewWindow()
	now := time.Unix(1_700_000_000, 0)
	w.Observe(now, -time.Second, 0, 48*time.Hour)
	if s := w.Stats(now); s.Count != 3 {
		t.Errorf("count %d, want 3", s.Count)
	}
}
