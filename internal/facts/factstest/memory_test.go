package factstest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/facts"
)

func TestMemory(t *testing.T) {
	stores := map[string]*Memory{}
	Test(t, func(_ testing.TB, dir string) facts.Store {
		m := stores[dir]
		if m == nil {
			m = NewMemory()
		} else {
			m = m.Reopen()
		}
		stores[dir] = m
		return m
	})
}

func TestMemoryBackup(t *testing.T) {
	m, dir := NewMemory(), t.TempDir()
	for b := range (Traffic{People: 5, Minutes: 5}).Batches() {
		must(t, m.Apply(t.Context(), b))
	}
	must(t, m.Backup(t.Context(), dir))
	loaded := get(LoadMemory(dir))(t)
	for _, table := range facts.Tables {
		if d := cmp.Diff(get(m.Digest(t.Context(), table))(t), get(loaded.Digest(t.Context(), table))(t)); d != "" {
			t.Errorf("%s: %s", table, d)
		}
	}
}

// TestTraffic holds what the measurements rest on: seven to nine samples an event, a minute row for each report at a
// cadence of 60 s, and the same day every time.
func TestTraffic(t *testing.T) {
	day := func(seed uint64) (*Memory, int) {
		m, events := NewMemory(), uint64(0)
		for b := range (Traffic{People: 50, Minutes: 20, Events: 100, Seed: seed}).Batches() {
			must(t, m.Apply(t.Context(), b))
			events = b.To
		}
		return m, int(events) - 1
	}
	m, events := day(1)
	if events != 50*20 {
		t.Errorf("%d events, want %d", events, 50*20)
	}
	if n := float64(len(m.d.Samples)) / float64(events); n < 6.5 || n > 9 {
		t.Errorf("%.1f samples an event", n)
	}
	if n := len(m.d.Minutes); n < events || n > events+events/10 {
		t.Errorf("%d minutes of %d events", n, events)
	}
	again, _ := day(1)
	other, _ := day(2)
	a, b, c := get(m.Digest(t.Context(), facts.TableSample))(t), get(again.Digest(t.Context(), facts.TableSample))(t), get(other.Digest(t.Context(), facts.TableSample))(t)
	if a != b || a == c {
		t.Errorf("digests %s, %s, other seed %s", a, b, c)
	}
}
