package journal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/journal"
)

// running starts Run and returns what stops it and the journal.
func running(t *testing.T, j *journal.Journal) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		mustClose(t, j)
	})
	t.Cleanup(stop)
	return stop
}

func TestHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Heartbeat = 10 * time.Second
		j := mustOpen(t, o)
		running(t, j)
		start := time.Now()
		time.Sleep(4 * time.Second)
		mustAppend(t, j, event("busy")) // at 4 s: the next heartbeat is due at 14 s
		time.Sleep(31 * time.Second)
		var got []string
		for _, r := range readAll(t, j, 0) {
			got = append(got, fmt.Sprintf("%s at %v", r.Kind, r.ReceivedAt.Time().Sub(start)))
		}
		want := []string{"event at 4s", "heartbeat at 14s", "heartbeat at 24s", "heartbeat at 34s"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if s := j.Stats(); s.Heartbeats != 3 {
			t.Errorf("stats count %d heartbeats", s.Heartbeats)
		}
	})
}

// TestArchive appends for ten hours with a retention of three, and checks that every record can be read all the while,
// that Pebble lets go of what the holding cursor has passed and of nothing else, and that a restart changes nothing.
func TestArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Retention, o.ArchiveRetention = 3*time.Hour, 10*time.Hour
		j := mustOpen(t, o)
		stop := running(t, j)
		if err := j.SetCursor("pipeline", 0, true); err != nil {
			t.Fatal(err)
		}
		if err := j.SetCursor("exporter", 0, false); err != nil {
			t.Fatal(err)
		}
		var want []journal.Record
		add := func() {
			r := event(fmt.Sprintf(`{"n":%d}`, len(want)))
			r.Seq = mustAppend(t, j, r).Seq
			want = append(want, r)
		}
		for range 10 * 6 {
			add()
			time.Sleep(10 * time.Minute)
		}
		if s := j.Stats(); s.ArchiveSegments != 0 || s.Rolled != 0 {
			t.Fatalf("nothing is applied, but %d segments exist, %d records left", s.ArchiveSegments, s.Rolled)
		}
		const applied = 33 // in the middle of an hour
		if err := j.SetCursor("pipeline", applied, true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if s := j.Stats(); s.Rolled != 30 || s.ArchiveSegments != 5 || s.ArchiveBytes == 0 {
			t.Fatalf("with %d applied: %d rolled into %d segments of %d bytes, want the 30 of 5 full hours", applied, s.Rolled, s.ArchiveSegments, s.ArchiveBytes)
		}
		if diff := cmp.Diff(want, readAll(t, j, 0)); diff != "" {
			t.Fatalf("across archive and Pebble (-want +got):\n%s", diff)
		}
		stop()

		j = mustOpen(t, o)
		running(t, j)
		for after := range len(want) {
			got, err := j.Read(uint64(after), 1, 0)
			if err != nil || len(got) != 1 {
				t.Fatalf("after a restart, read after %d: %v, %v", after, got, err)
			}
			if diff := cmp.Diff(want[after], got[0]); diff != "" {
				t.Fatalf("after a restart (-want +got):\n%s", diff)
			}
		}
		if err := j.SetCursor("pipeline", uint64(len(want)), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(90 * time.Minute) // 11 h 32 min after the start: hours that ended 3 h ago leave Pebble, segments go 10 h after their newest record
		s := j.Stats()
		if s.Rolled != 48 || s.First != 7 {
			t.Fatalf("rolled %d, first %d; want 48 and 7", s.Rolled, s.First)
		}
		_, err := j.Read(3, 0, 0)
		var gap *journal.GapError
		if !errors.As(err, &gap) || *gap != (journal.GapError{From: 4, To: 6}) {
			t.Fatalf("read of removed records: %v, want a gap from 4 to 6", err)
		}
		if diff := cmp.Diff(want[6:], readAll(t, j, gap.To)); diff != "" {
			t.Errorf("behind the gap (-want +got):\n%s", diff)
		}
	})
}

func TestDedupAcrossRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Retention = 12 * time.Hour
		j := mustOpen(t, o)
		stop := running(t, j)
		first := mustAppend(t, j, event("once"))
		for i := range 11 {
			time.Sleep(time.Hour)
			mustAppend(t, j, event(fmt.Sprint("other ", i)))
		}
		if got := mustAppend(t, j, event("once")); !got.Duplicate || got.Seq != first.Seq {
			t.Fatalf("after 11 h: %+v, want a duplicate of %d", got, first.Seq)
		}
		stop()
		j = mustOpen(t, o) // filters come from files and Pebble now
		running(t, j)
		time.Sleep(time.Minute)
		if got := mustAppend(t, j, event("once")); !got.Duplicate || got.Seq != first.Seq {
			t.Fatalf("after 11 h and a restart: %+v, want a duplicate of %d", got, first.Seq)
		}
		asked := j.Stats().DedupGets
		for i := range 500 {
			mustAppend(t, j, event(fmt.Sprint("fresh ", i)))
		}
		if n := j.Stats().DedupGets - asked; n > 100 {
			t.Errorf("Pebble was asked %d times for 500 new bodies: the filters do not work", n)
		}
		time.Sleep(20 * time.Hour)
		if got := mustAppend(t, j, event("once")); got.Duplicate {
			t.Fatalf("after 31 h: %+v, want a new record", got)
		}
		names, err := o.FS.List("journal/filters")
		if err != nil || len(names) > 6 {
			t.Errorf("filters %v, %v: those of expired buckets must go", names, err)
		}
	})
}

// TestFull fills a journal whose consumer stands still, then lets the consumer catch up.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.MaxBytes = 2 << 20
		j := mustOpen(t, o)
		running(t, j)
		if err := j.SetCursor("pipeline", 0, true); err != nil {
			t.Fatal(err)
		}
		appendUntilFull := func() (n int) {
			for ; ; n++ {
				if n > 20_000 {
					t.Fatal("20,000 records went into 2 MiB")
				}
				r := event("")
				rng := newRand(n)
				for range 250 { // 4 KB that hardly compress
					r.Body = fmt.Appendf(r.Body, "%016x", rng.Uint64())
				}
				_, err := j.Append(t.Context(), r)
				if errors.Is(err, journal.ErrFull) {
					return n
				}
				if err != nil {
					t.Fatal(err)
				}
				if n%20 == 0 {
					time.Sleep(time.Second)
				}
			}
		}
		appendUntilFull()
		all := readAll(t, j, 0)
		if uint64(len(all)) != j.Tail() {
			t.Fatalf("%d records readable, %d acknowledged: the limit removed something that is not applied", len(all), j.Tail())
		}
		if s := j.Stats(); s.Full == "" || s.Refused != 1 {
			t.Errorf("stats of a full journal: %+v", s)
		}
		if err := j.SetCursor("pipeline", j.Tail(), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if _, err := j.Append(t.Context(), event("after relief")); err != nil {
			t.Fatalf("5 s after the consumer caught up: %v", err)
		}
		if s := j.Stats(); s.PebbleBytes > o.MaxBytes/2 || s.Rolled < uint64(len(all)) {
			t.Errorf("applied records were not packed into the archive: %v", s)
		}
		if got := readAll(t, j, j.First()-1); len(got) != int(j.Tail()-j.First()+1) {
			t.Errorf("%d records from %d to %d", len(got), j.First(), j.Tail())
		}
		got, err := j.Read(j.Tail()-1, 0, 0)
		if err != nil || string(got[0].Body) != "after relief" {
			t.Errorf("read after relief: %v, %v", got, err)
		}
	})
}

func TestLowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.MinFreeBytes = 0 // the default: the smaller of 512 MiB and 5 %
		fs := o.FS.(*vfs.MemFS)
		set := func(avail uint64) {
			fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: avail, TotalBytes: 100 << 30})
		}
		set(1 << 30)
		j := mustOpen(t, o)
		running(t, j)
		mustAppend(t, j, event("roomy"))
		set(500 << 20)
		time.Sleep(2 * time.Second)
		_, err := j.Append(t.Context(), event("tight"))
		if !errors.Is(err, journal.ErrFull) || !strings.Contains(err.Error(), "free") {
			t.Fatalf("with 500 MiB free: %v, want ErrFull with its reason", err)
		}
		set(600 << 20)
		time.Sleep(2 * time.Second)
		mustAppend(t, j, event("roomy again"))
	})
}

// TestClockInDoubt opens a journal with a clock that stands far in the future: nothing may be removed at once.
func TestClockInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.ArchiveRetention = 100 * time.Hour
		j := mustOpen(t, o)
		mustAppend(t, j, event("a"))
		time.Sleep(2 * time.Hour)
		mustAppend(t, j, event("b"))
		mustClose(t, j)
		time.Sleep(300 * 24 * time.Hour)
		j = mustOpen(t, o)
		running(t, j)
		time.Sleep(50 * time.Minute)
		if got := j.First(); got != 1 {
			t.Fatalf("records were removed within the hour of doubt: first is %d", got)
		}
		time.Sleep(20 * time.Minute)
		if got := j.First(); got != 2 {
			t.Errorf("after the hour of doubt first is %d, want 2: hour of the first record rolled and expired", got)
		}
	})
}

// TestWrongClocks lets the receiver's clock stand in 1970 and in 2040 for a few records. They are read as they were
// received, and neither end the retention of the others nor outlive them.
func TestWrongClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Retention, o.ArchiveRetention = 2*time.Hour, 12*time.Hour
		j := mustOpen(t, o)
		running(t, j)
		var want []journal.Record
		for i := range 8 * 6 {
			r := event(fmt.Sprint("record ", i))
			switch {
			case i == 0 || i >= 20 && i < 24:
				r.ReceivedAt = 2_208_988_800_000 // 2040
			case i >= 10 && i < 14:
				r.ReceivedAt = 60_000 // 1970
			}
			r.Seq = mustAppend(t, j, r).Seq
			want = append(want, r)
			time.Sleep(10 * time.Minute)
		}
		time.Sleep(2 * time.Minute)
		if diff := cmp.Diff(want, readAll(t, j, 0)); diff != "" {
			t.Fatalf("after 8 h (-want +got):\n%s", diff)
		}
		if s := j.Stats(); s.Rolled != 36 || s.First != 1 {
			t.Fatalf("after 8 h rolled %d, first %d; want the 36 of six hours and 1", s.Rolled, s.First)
		}
		mustAppend(t, j, event("last"))
		time.Sleep(10*time.Hour + 30*time.Minute) // 18.5 h: what came before 6.5 h is gone
		if s := j.Stats(); s.First != 37 {
			t.Errorf("after 18 h first is %d, want 37", s.First)
		}
	})
}
