package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory returns options for a journal in memory without heartbeats.
func memory() journal.Options {
	return journal.Options{Dir: "journal", FS: vfs.NewMem(), Heartbeat: -1, MinFreeBytes: -1}
}

func mustOpen(t testing.TB, o journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, j) })
	return j
}

func mustClose(t testing.TB, j *journal.Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func event(text string) journal.Record {
	return journal.Record{Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(time.Now()), Body: []byte(text)}
}

func mustAppend(t testing.TB, j *journal.Journal, r journal.Record) journal.AppendResult {
	t.Helper()
	res, err := j.Append(t.Context(), r)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return res
}

// readAll reads everything after the sequence after, in small steps, and fails on any hole.
func readAll(t testing.TB, j *journal.Journal, after uint64) []journal.Record {
	t.Helper()
	var all []journal.Record
	for {
		part, err := j.Read(after, 7, 0)
		if err != nil {
			t.Fatalf("read after %d: %v", after, err)
		}
		if len(part) == 0 {
			return all
		}
		all = append(all, part...)
		after = part[len(part)-1].Seq
	}
}

func TestAppendAndRead(t *testing.T) {
	j := mustOpen(t, memory())
	want := []journal.Record{
		{Seq: 1, Kind: journal.KindEvent, ReceivedAt: 1763630000123, Subscription: "emea", RequestID: "r-1", Body: []byte(`{"event":"meeting.started"}`)},
		{Seq: 2, Kind: journal.KindHeartbeat, ReceivedAt: 1763630000124, Body: []byte{}},
		{Seq: 3, Kind: journal.KindEvent, ReceivedAt: -5, Body: []byte("not JSON \x00\xff")},
		{Seq: 4, Kind: journal.KindEvent, ReceivedAt: 1763630000125, Body: []byte{}},
	}
	for i, r := range want {
		r.Seq = 99 // ignored
		if got := mustAppend(t, j, r); got.Seq != uint64(i+1) || got.Duplicate {
			t.Fatalf("append %d: got %+v", i+1, got)
		}
	}
	got, err := j.Read(0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if j.Tail() != 4 || j.First() != 1 {
		t.Errorf("first %d tail %d, want 1 and 4", j.First(), j.Tail())
	}
	for _, after := range []uint64{4, 5, 1 << 63, ^uint64(0)} {
		if got, err := j.Read(after, 0, 0); err != nil || len(got) != 0 {
			t.Errorf("read after %d: %d records, %v; want none", after, len(got), err)
		}
	}
}

func TestReadBounds(t *testing.T) {
	j := mustOpen(t, memory())
	for i := range 10 {
		mustAppend(t, j, event(fmt.Sprintf("%03d%s", i, bytes.Repeat([]byte{'x'}, 997))))
	}
	for _, c := range []struct{ max, bytes, want int }{{3, 0, 3}, {0, 0, 10}, {0, 1, 1}, {0, 2500, 3}, {2, 1 << 20, 2}} {
		got, err := j.Read(0, c.max, c.bytes)
		if err != nil || len(got) != c.want {
			t.Errorf("Read(0, %d, %d): %d records, %v; want %d", c.max, c.bytes, len(got), err, c.want)
		}
	}
}

func TestBodyMayBeReused(t *testing.T) {
	j := mustOpen(t, memory())
	buf := []byte("first body")
	mustAppend(t, j, journal.Record{Kind: journal.KindEvent, ReceivedAt: 1, Body: buf})
	copy(buf, "XXXXXXXXXX")
	if got := readAll(t, j, 0); string(got[0].Body) != "first body" {
		t.Errorf("got %q", got[0].Body)
	}
}

func TestDuplicates(t *testing.T) {
	o := memory()
	j := mustOpen(t, o)
	mustAppend(t, j, event("a"))
	b := mustAppend(t, j, event("b"))
	again := event("b")
	again.Subscription, again.RequestID, again.ReceivedAt = "other", "retry", 77
	if got, want := mustAppend(t, j, again), (journal.AppendResult{Seq: b.Seq, Duplicate: true}); got != want {
		t.Errorf("same process: got %+v, want %+v", got, want)
	}
	mustClose(t, j)

	j = mustOpen(t, o)
	if got, want := mustAppend(t, j, event("b")), (journal.AppendResult{Seq: b.Seq, Duplicate: true}); got != want {
		t.Errorf("after a restart: got %+v, want %+v", got, want)
	}
	if got := mustAppend(t, j, event("c")); got.Seq != 3 || got.Duplicate {
		t.Errorf("new body after a restart: got %+v", got)
	}
	heartbeat := journal.Record{Kind: journal.KindHeartbeat, ReceivedAt: 5}
	if one, two := mustAppend(t, j, heartbeat), mustAppend(t, j, heartbeat); one.Duplicate || two.Duplicate {
		t.Error("heartbeats are no duplicates of each other")
	}
	if s := j.Stats(); s.Duplicates != 1 || s.Appended != 3 {
		t.Errorf("stats %+v", s)
	}
}

// TestConcurrentAppends has many callers, each body twice, and demands sequences without holes, each body once.
func TestConcurrentAppends(t *testing.T) {
	o := memory()
	o.Queue = 16 // full most of the time
	j := mustOpen(t, o)
	const callers, each = 32, 100
	var mu sync.Mutex
	fresh := map[uint64]string{}
	duplicates := 0
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				text := fmt.Sprintf("body %d-%d", c/2, i) // two callers race for every body
				res, err := j.Append(t.Context(), event(text))
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				mu.Lock()
				if res.Duplicate {
					duplicates++
				} else {
					fresh[res.Seq] = text
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(fresh) != callers*each/2 || duplicates != callers*each/2 {
		t.Fatalf("%d stored, %d duplicates, want %d each", len(fresh), duplicates, callers*each/2)
	}
	for i, r := range readAll(t, j, 0) {
		if r.Seq != uint64(i+1) || string(r.Body) != fresh[r.Seq] {
			t.Fatalf("record %d: seq %d body %q, want %q", i, r.Seq, r.Body, fresh[r.Seq])
		}
	}
}

// TestAbandonedAppends lets contexts end at every stage. What was acknowledged is stored; nothing is stored twice or torn.
func TestAbandonedAppends(t *testing.T) {
	j := mustOpen(t, memory())
	var mu sync.Mutex
	acked := map[string]bool{}
	var wg sync.WaitGroup
	for c := range 16 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(c)))
			buf := make([]byte, 0, 64)
			for i := range 200 {
				buf = fmt.Appendf(buf[:0], "caller %d body %d", c, i)
				text := string(buf)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rng.IntN(300))*time.Microsecond)
				_, err := j.Append(ctx, journal.Record{Kind: journal.KindEvent, ReceivedAt: 1, Body: buf})
				cancel()
				clear(buf) // the buffer is ours again
				if err == nil {
					mu.Lock()
					acked[text] = true
					mu.Unlock()
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("append: %v", err)
				}
			}
		})
	}
	wg.Wait()
	stored := map[string]bool{}
	for _, r := range readAll(t, j, 0) {
		text := string(r.Body)
		var c, i int
		if n, err := fmt.Sscanf(text, "caller %d body %d", &c, &i); n != 2 || err != nil {
			t.Fatalf("record %d is torn: %q", r.Seq, text)
		}
		if stored[text] {
			t.Fatalf("%q is stored twice", text)
		}
		stored[text] = true
	}
	for text := range acked {
		if !stored[text] {
			t.Errorf("%q was acknowledged but is not stored", text)
		}
	}
}

func TestErrors(t *testing.T) {
	o := memory()
	j := mustOpen(t, o)
	if _, err := journal.Open(o); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("second open: %v, want ErrLocked", err)
	}
	if _, err := j.Append(t.Context(), journal.Record{Kind: journal.KindEvent, Body: make([]byte, journal.MaxRecordBytes+1)}); !errors.Is(err, journal.ErrTooLarge) {
		t.Errorf("large record: %v, want ErrTooLarge", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ended, event("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v, want Canceled", err)
	}
	mustAppend(t, j, event("y"))
	mustClose(t, j)
	mustClose(t, j)
	if _, err := j.Append(t.Context(), event("z")); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("append after close: %v, want ErrClosed", err)
	}
	if _, err := j.Read(0, 0, 0); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("read after close: %v, want ErrClosed", err)
	}
	if err := j.Wait(t.Context(), 5); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("wait after close: %v, want ErrClosed", err)
	}

	r, err := journal.OpenReadOnly(o)
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, r)
	if _, err := r.Append(t.Context(), event("z")); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("append to a read-only journal: %v, want ErrReadOnly", err)
	}
	if got := readAll(t, r, 0); len(got) != 1 || string(got[0].Body) != "y" {
		t.Errorf("read-only read: %v", got)
	}
	other := memory()
	if _, err := journal.OpenReadOnly(other); err == nil {
		t.Error("opening a journal that does not exist for reading must fail")
	}
	if names, _ := other.FS.List(""); len(names) != 0 {
		t.Errorf("opening for reading made %v", names)
	}
	if _, err := journal.Open(journal.Options{Retention: -1}); err == nil {
		t.Error("bad options must be refused")
	}
}

func TestNewerFormatIsRefusedUntouched(t *testing.T) {
	o := memory()
	mustClose(t, mustOpen(t, o))
	f, err := o.FS.Create("journal/FORMAT", "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("earshot journal 2\n")); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	before := o.FS.(*vfs.MemFS).String()
	if _, err := journal.Open(o); err == nil {
		t.Fatal("a newer format was opened")
	}
	if after := o.FS.(*vfs.MemFS).String(); after != before {
		t.Errorf("a refused journal was changed:\n%s\n%s", before, after)
	}
}

func TestIDAndCursorsSurviveRestart(t *testing.T) {
	o := memory()
	j := mustOpen(t, o)
	id := j.ID()
	if len(id) != 16 {
		t.Errorf("id %q", id)
	}
	for name, c := range map[string]journal.Cursor{"pipeline": {Seq: 5, Holds: true}, "export/splunk": {Seq: 2}, "old": {Seq: 1, Holds: true}} {
		if err := j.SetCursor(name, c.Seq, c.Holds); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.DeleteCursor("old"); err != nil {
		t.Fatal(err)
	}
	if err := j.SetCursor("", 1, true); err == nil {
		t.Error("a cursor without a name was accepted")
	}
	mustClose(t, j)
	j = mustOpen(t, o)
	if j.ID() != id {
		t.Errorf("id changed from %s to %s", id, j.ID())
	}
	want := []journal.Cursor{{Name: "export/splunk", Seq: 2}, {Name: "pipeline", Seq: 5, Holds: true}}
	if diff := cmp.Diff(want, j.Cursors()); diff != "" {
		t.Errorf("cursors (-want +got):\n%s", diff)
	}
	if fresh := mustOpen(t, memory()); fresh.ID() == id {
		t.Error("two journals have the same id")
	}
}

func TestWait(t *testing.T) {
	j := mustOpen(t, memory())
	woken := make(chan error)
	go func() { woken <- j.Wait(t.Context(), 1) }()
	mustAppend(t, j, event("1"))
	select {
	case err := <-woken:
		t.Fatalf("woken by record 1: %v", err)
	default:
	}
	mustAppend(t, j, event("2"))
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { woken <- j.Wait(ctx, 9) }()
	cancel()
	if err := <-woken; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled wait: %v", err)
	}
	go func() { woken <- j.Wait(t.Context(), 9) }()
	mustClose(t, j)
	if err := <-woken; !errors.Is(err, journal.ErrClosed) {
		t.Errorf("wait across close: %v", err)
	}
}
