package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
)

// world is everything around a pipeline that outlives it.
type world struct {
	dir      string
	journal  *memoryJournal
	facts    facts.Store
	registry *memoryRegistry
}

func newWorld(t *testing.T, records []journal.Record) *world {
	return &world{t.TempDir(), newMemoryJournal("j1", records), factstest.NewMemory(), newMemoryRegistry()}
}

func (w *world) options() Options {
	return Options{
		Dir: w.dir, Rules: testRules(), Journal: w.journal, Facts: w.facts, Registry: w.registry,
		Live: live.New(live.Options{}), Logger: slog.New(slog.DiscardHandler),
	}
}

// run runs a pipeline until until says so, or for d of fake time, and then stops it in the middle of whatever it does.
func (w *world) run(t *testing.T, d time.Duration) *Pipeline {
	t.Helper()
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := p.Run(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return p
}

// digest returns what the facts hold, without duplicates by key.
func (w *world) digest(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range []string{"sample", "minute", "summary", "call_sample", "notification"} {
		d, err := w.facts.Digest(context.Background(), table)
		if err != nil {
			t.Fatal(err)
		}
		out[table] = d
	}
	return out
}

// undisturbed returns the digest of a run from the first record to the last without any interruption.
func undisturbed(t *testing.T, records []journal.Record) map[string]string {
	t.Helper()
	var out map[string]string
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, records)
		w.run(t, time.Minute)
		out = w.digest(t)
	})
	return out
}

func TestKilledAtRandomMoments(t *testing.T) {
	records := traffic(t, 30, 15*time.Minute, 6)
	records = append(records, quiet(records, 3*time.Hour)...)
	want := undisturbed(t, records)
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 5))
				w := newWorld(t, nil)
				rest := records
				for len(rest) > 0 {
					n := min(len(rest), 1+rng.IntN(len(records)/6))
					w.journal.add(rest[:n]...)
					rest = rest[n:]
					w.run(t, time.Duration(rng.Int64N(int64(15*time.Second))))
				}
				w.run(t, 2*time.Minute)
				if diff := gocmp.Diff(want, w.digest(t)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestALostFactsStoreIsFilledAgain(t *testing.T) {
	records := traffic(t, 30, 15*time.Minute, 7)
	records = append(records, quiet(records, 3*time.Hour)...)
	want := undisturbed(t, records)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		half := len(records) / 2
		w.journal.add(records[:half]...)
		w.run(t, 30*time.Second)
		w.facts = factstest.NewMemory() // all of it
		w.run(t, 300*time.Millisecond)  // and the filling is interrupted
		w.journal.add(records[half:]...)
		p := w.run(t, 2*time.Minute)
		if diff := gocmp.Diff(want, w.digest(t)); diff != "" {
			t.Error(diff)
		}
		if s := p.Stats(); s.RebuildTo != 0 || s.Alarm != "" {
			t.Errorf("afterwards: %+v", s)
		}
		if _, err := os.Stat(filepath.Join(w.dir, "rebuild.json")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the rebuild's mark is still there: %v", err)
		}
	})
}

// tail is a facts store that lost its newest batches, as a truncated write-ahead log does.
type tail struct {
	*factstest.Memory
	mu      sync.Mutex
	batches []facts.Batch
}

func (s *tail) Apply(ctx context.Context, b *facts.Batch) error {
	s.mu.Lock()
	s.batches = append(s.batches, *b)
	s.mu.Unlock()
	return s.Memory.Apply(ctx, b)
}

// truncated returns a store with only the first n batches.
func (s *tail) truncated(t *testing.T, n int) facts.Store {
	t.Helper()
	out := factstest.NewMemory()
	for i := range s.batches[:n] {
		if err := out.Apply(context.Background(), &s.batches[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestAFactsStoreThatLostItsTailIsFilledAgain(t *testing.T) {
	records := traffic(t, 30, 15*time.Minute, 8)
	records = append(records, quiet(records, 3*time.Hour)...)
	want := undisturbed(t, records)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		s := &tail{Memory: factstest.NewMemory()}
		w.facts = s
		for i := range 8 {
			w.journal.add(records[i*len(records)/16 : (i+1)*len(records)/16]...)
			w.run(t, 12*time.Second)
		}
		w.facts = s.truncated(t, len(s.batches)/2)
		w.journal.add(records[8*len(records)/16:]...)
		w.run(t, 2*time.Minute)
		if diff := gocmp.Diff(want, w.digest(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMinutesBeyondTheArchive: the journal has forgotten the first half, and the facts are lost. Older minutes come from the
// backup; those that are filled again equal what they were, although the joins that told who people are were forgotten.
func TestMinutesBeyondTheArchive(t *testing.T) {
	records := traffic(t, 30, 100*time.Minute, 12)
	records = append(records, quiet(records, 4*time.Hour)...)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, records)
		w.run(t, time.Minute)
		want, backup := unexplained(storedMinutes(t, w)), w.facts

		w.journal.gone = slices.IndexFunc(records, func(r journal.Record) bool { return r.ReceivedAt > earshot.InstantOf(testStart.Add(45*time.Minute)) })
		w.facts = factstest.NewMemory()
		o := w.options()
		o.Adopt = func(ctx context.Context, before earshot.Instant) error {
			minutes, err := backup.Minutes(ctx, facts.Filter{To: before})
			if err != nil {
				return err
			}
			return w.facts.Apply(ctx, &facts.Batch{Cursor: "backup", Journal: "j1", To: 1, Minutes: minutes})
		}
		p, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if err := p.Run(ctx); err != nil {
			t.Fatal(err)
		}
		// The engine of causes begins anew, and what it would have compared with is gone.
		if diff := gocmp.Diff(want, unexplained(storedMinutes(t, w))); diff != "" {
			t.Errorf("the minutes are not what they were: %s", diff)
		}
	})
}

func TestAJournalThatBeganAgainRaisesAnAlarm(t *testing.T) {
	records := traffic(t, 20, 5*time.Minute, 9)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, records)
		w.run(t, 30*time.Second)
		before := w.digest(t)

		w.journal = newMemoryJournal("j2", records[:len(records)/2])
		if s := w.run(t, 30*time.Second).Stats(); !strings.Contains(s.Alarm, "new one") {
			t.Errorf("alarm %q", s.Alarm)
		}
		w.journal = newMemoryJournal("j2", records[:len(records)/4]) // restored from an older copy
		p := w.run(t, 30*time.Second)
		if s := p.Stats(); !strings.Contains(s.Alarm, "older copy") {
			t.Errorf("alarm %q", s.Alarm)
		}
		w.journal.add(traffic(t, 20, 5*time.Minute, 90)...)
		w.run(t, 30*time.Second)
		if after := w.digest(t); after["sample"] == before["sample"] {
			t.Error("nothing was stored after the alarm")
		}
	})
}

// failing is a facts store that refuses every other batch, once each.
type failing struct {
	*factstest.Memory
	calls int
}

func (s *failing) Apply(ctx context.Context, b *facts.Batch) error {
	s.calls++
	if s.calls%2 == 1 {
		return errors.New("disk is full")
	}
	return s.Memory.Apply(ctx, b)
}

func TestAStoreThatFailsIsTriedAgain(t *testing.T) {
	records := traffic(t, 20, 10*time.Minute, 10)
	records = append(records, quiet(records, 3*time.Hour)...)
	want := undisturbed(t, records)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, records)
		w.facts = &failing{Memory: factstest.NewMemory()}
		p := w.run(t, 2*time.Minute)
		if diff := gocmp.Diff(want, w.digest(t)); diff != "" {
			t.Error(diff)
		}
		if p.Stats().StoreErrors == 0 {
			t.Error("no error was counted")
		}
	})
}

func TestLateSamplesChangeTheirHour(t *testing.T) {
	records := traffic(t, 30, 30*time.Minute, 11)
	sorted := append(slices.Clone(records), quiet(records, 4*time.Hour)...)
	var want []earshot.Minute
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sorted)
		w.run(t, 2*time.Minute)
		want = unexplained(storedMinutes(t, w))
	})
	wantSamples := byKey(foldAll(NewFold(testRules()), sorted).Samples)
	// A twentieth of the events come after everything else, long after their minutes were sealed.
	var onTime, late []journal.Record
	for i, r := range records {
		if i%20 == 7 {
			r.ReceivedAt = records[len(records)-1].ReceivedAt
			late = append(late, r)
		} else {
			onTime = append(onTime, r)
		}
	}
	shuffled := append(append(onTime, quiet(onTime, 10*time.Minute)...), late...)
	shuffled = append(shuffled, quiet(shuffled, 4*time.Hour)...)
	for i := range shuffled {
		shuffled[i].Seq = uint64(i + 1)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, shuffled)
		w.run(t, 2*time.Minute)
		if diff := gocmp.Diff(want, unexplained(storedMinutes(t, w))); diff != "" {
			t.Errorf("the minutes differ from the sorted input's: %s", diff)
		}
		samples, err := w.facts.Samples(context.Background(), facts.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(wantSamples, byKey(samples)); diff != "" {
			t.Errorf("the samples differ from the sorted input's: %s", diff)
		}
		hours, err := w.facts.DirtyHours(context.Background(), 0)
		if err != nil || len(hours) != 0 {
			t.Errorf("hours still dirty: %v %v", hours, err)
		}
	})
}

func TestDamagedSnapshotIsMovedAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fold.snapshot")
	s := &snapshotState{Position: earshot.Position{Journal: "j", Seq: 7}}
	for range 2 {
		if err := saveSnapshot(path, s); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string][]byte{"cut": raw[:len(raw)/2], "flipped": append(slices.Clone(raw[:len(raw)-1]), raw[len(raw)-1]^1), "empty": {}} {
		if err := os.WriteFile(path, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := loadSnapshot(path)
		if err != nil || got.Position.Seq != 7 {
			t.Errorf("%s: %v, %v; want the one before", name, got, err)
		}
		if _, err := os.Stat(path + ".damaged"); err != nil {
			t.Errorf("%s: not kept: %v", name, err)
		}
	}
	if err := os.Remove(path + ".old"); err != nil {
		t.Fatal(err)
	}
	if _, err := loadSnapshot(path); !errors.Is(err, errNoSnapshot) {
		t.Errorf("without any: %v", err)
	}
}

func FuzzDecodeMinutes(f *testing.F) {
	o := newOpenMinutes()
	s := earshot.Sample{Segment: 1, At: 60_000, Wire: earshot.WireAudioInput}
	s.Set(earshot.JitterMs, 5)
	o.open(1, 2, 3, 60_000).put(&s)
	f.Add(o.appendBinary(nil))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := decodeMinutes(b)
		if err != nil {
			return
		}
		if _, err := decodeMinutes(o.appendBinary(nil)); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}
