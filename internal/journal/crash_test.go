package journal_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot/internal/journal"
)

var (
	crashSeed  = flag.Uint64("seed", 1, "seed of the crash test")
	crashCount = flag.Int("crashes", 120, "crashes of the crash test")
)

// TestCrash cuts the power at random moments under load, keeping a random share of what was not synced. Afterwards:
// acknowledged ⊆ stored ⊆ issued, every body once, byte for byte, sequences without holes, and the journal goes on.
func TestCrash(t *testing.T) {
	t.Logf("seed %d", *crashSeed)
	rng := rand.New(rand.NewPCG(*crashSeed, 9))
	fs := vfs.NewCrashableMem()
	issued, acked := map[string]bool{}, map[string]uint64{}
	id, total := "", 0
	for crash := range *crashCount {
		if crash%15 == 0 { // a life of fifteen crashes, then another journal: reading all of it each time adds up
			total += len(acked)
			fs, id = vfs.NewCrashableMem(), ""
			clear(issued)
			clear(acked)
		}
		o := journal.Options{Dir: "journal", FS: fs, Heartbeat: -1, MinFreeBytes: -1, MaxBytes: 64 << 20}
		j, err := journal.Open(o)
		if err != nil {
			t.Fatalf("crash %d: open: %v", crash, err)
		}
		if id == "" {
			id = j.ID()
		}
		if j.ID() != id {
			t.Fatalf("crash %d: the journal was begun again", crash)
		}
		checkStored(t, j, issued, acked)
		if t.Failed() {
			t.Fatalf("after crash %d", crash)
		}
		fs = loadUntilCrash(t, j, fs, rng, crash, issued, acked)
	}
	if total < 10*(*crashCount-15) {
		t.Errorf("only %d records were acknowledged in %d runs: the test shows little", total, *crashCount)
	}
}

// loadUntilCrash appends from several callers and clones the file system in the middle. It returns the clone; acked
// holds what was acknowledged before.
func loadUntilCrash(t *testing.T, j *journal.Journal, fs *vfs.MemFS, rng *rand.Rand, crash int, issued map[string]bool, acked map[string]uint64) *vfs.MemFS {
	t.Helper()
	var mu sync.Mutex // guards issued and acked
	var crashed atomic.Bool
	var wg sync.WaitGroup
	trigger := make(chan struct{})
	after := int64(1 + rng.IntN(120))
	var appended atomic.Int64
	for c := range 6 {
		wg.Go(func() {
			for i := 0; !crashed.Load(); i++ {
				text := fmt.Sprintf("crash %d caller %d body %d", crash, c, i)
				mu.Lock()
				issued[text] = true
				mu.Unlock()
				res, err := j.Append(context.Background(), event(text))
				if err != nil {
					if !errors.Is(err, journal.ErrClosed) {
						t.Errorf("append: %v", err)
					}
					return
				}
				mu.Lock() // the lock orders this acknowledgement before or after the crash
				if !crashed.Load() {
					acked[text] = res.Seq
				}
				mu.Unlock()
				if appended.Add(1) == after {
					close(trigger)
				}
			}
		})
	}
	<-trigger
	mu.Lock()
	clone := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: []int{0, 10, 50, 90}[rng.IntN(4)], RNG: rand.New(rand.NewPCG(rng.Uint64(), 1))})
	crashed.Store(true)
	mu.Unlock()
	wg.Wait()
	mustClose(t, j)
	return clone
}

func checkStored(t *testing.T, j *journal.Journal, issued map[string]bool, acked map[string]uint64) {
	t.Helper()
	stored := map[string]uint64{}
	next := uint64(1)
	for _, r := range readAll(t, j, 0) {
		text := string(r.Body)
		if r.Seq != next {
			t.Errorf("record %d follows %d", r.Seq, next-1)
		}
		next = r.Seq + 1
		if !issued[text] {
			t.Errorf("record %d was never issued: %q", r.Seq, text)
		}
		if stored[text] != 0 {
			t.Errorf("%q is stored as %d and %d", text, stored[text], r.Seq)
		}
		stored[text] = r.Seq
	}
	if j.Tail() != next-1 {
		t.Errorf("tail is %d, the last record %d", j.Tail(), next-1)
	}
	retries := 5
	for text, seq := range acked {
		if stored[text] != seq {
			t.Errorf("%q was acknowledged as %d, is stored as %d", text, seq, stored[text])
		}
		if retries--; retries >= 0 { // Zoom sends some again
			if res := mustAppend(t, j, event(text)); !res.Duplicate || res.Seq != seq {
				t.Errorf("%q again: %+v, want a duplicate of %d", text, res, seq)
			}
		}
	}
}

// TestCrashWhileRolling crashes at every step of rolling an hour into the archive: whatever the moment, each record is
// read exactly once afterwards.
func TestCrashWhileRolling(t *testing.T) {
	rng := rand.New(rand.NewPCG(*crashSeed, 3))
	for round := range 6 {
		fs := vfs.NewCrashableMem()
		o := journal.Options{Dir: "journal", FS: fs, Heartbeat: -1, MinFreeBytes: -1}
		j, err := journal.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range 60 {
			r := event(fmt.Sprint("record ", i))
			r.ReceivedAt = r.ReceivedAt.Add(-100*time.Hour + time.Duration(i)*10*time.Minute) // ten hours, long ago
			mustAppend(t, j, r)
			want = append(want, string(r.Body))
		}
		var clones []*vfs.MemFS
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				clones = append(clones, fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(100), RNG: rng}))
				select {
				case <-stop:
					return
				default:
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- j.Run(ctx) }()
		for j.Stats().Rolled < 50 { // spins for milliseconds
			if t.Context().Err() != nil {
				t.Fatal("nothing is rolled")
			}
		}
		close(stop)
		wg.Wait()
		cancel()
		if err := <-ran; err != nil {
			t.Fatal(err)
		}
		mustClose(t, j)
		for n, clone := range clones {
			if n%max(1, len(clones)/6) != 0 {
				continue
			}
			o.FS = clone
			j, err := journal.Open(o)
			if err != nil {
				t.Fatalf("round %d clone %d: %v", round, n, err)
			}
			got := readAll(t, j, 0)
			if len(got) != len(want) {
				t.Errorf("round %d clone %d: %d records, want %d", round, n, len(got), len(want))
			}
			for i, r := range got {
				if r.Seq != uint64(i+1) || string(r.Body) != want[i] {
					t.Fatalf("round %d clone %d: record %d is %d %q", round, n, i, r.Seq, r.Body)
				}
			}
			mustClose(t, j)
		}
	}
}
