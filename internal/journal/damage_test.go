package journal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot/internal/journal"
)

// filled returns the file system of a closed journal with n records of about 1.3 KB.
func filled(t *testing.T, n int) (journal.Options, string) {
	t.Helper()
	o := memory()
	j := mustOpen(t, o)
	for i := range n {
		r := event("")
		r.Body = append(fmt.Appendf(nil, "%06d ", i+1), body(newRand(i))...)
		mustAppend(t, j, r)
	}
	id := j.ID()
	mustClose(t, j)
	return o, id
}

// damage changes bytes in the middle of every file of pebble/ with the given ending and returns how many there were.
func damage(t *testing.T, fs vfs.FS, ending string, change func([]byte)) int {
	t.Helper()
	names, err := fs.List("journal/pebble")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		if !strings.HasSuffix(name, ending) {
			continue
		}
		b, err := fs.(*vfs.MemFS).UnsafeGetFileDataBuffer("journal/pebble/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 100 {
			change(b)
			n++
		}
	}
	return n
}

// readWithGaps reads everything and checks that each record is its own; it returns how many there are and are missing.
func readWithGaps(t *testing.T, j *journal.Journal) (there, missing uint64) {
	t.Helper()
	for after := uint64(0); after < j.Tail(); {
		records, err := j.Read(after, 0, 0)
		var gap *journal.GapError
		switch {
		case errors.As(err, &gap):
			if gap.From != after+1 || gap.To < gap.From {
				t.Fatalf("gap %+v after %d", gap, after)
			}
			missing += gap.To - gap.From + 1
			after = gap.To
			continue
		case err != nil:
			t.Fatalf("read after %d: %v", after, err)
		case len(records) == 0:
			t.Fatalf("read after %d of %d: nothing", after, j.Tail())
		}
		for _, r := range records {
			if r.Seq != after+1 || !strings.HasPrefix(string(r.Body), fmt.Sprintf("%06d ", r.Seq)) && r.Kind == journal.KindEvent && len(r.Body) > 20 {
				t.Fatalf("after %d: record %d %.20q", after, r.Seq, r.Body)
			}
			after = r.Seq
			there++
		}
	}
	return there, missing
}

// TestDamagedTable flips bytes in Pebble's tables: reading reports holes, appending and rolling go on, and a copy of the
// damaged table is kept.
func TestDamagedTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, id := filled(t, 2000)
		o.Retention = time.Hour
		j := mustOpen(t, o) // flushes the log into tables
		mustClose(t, j)
		damaged := 0
		damage(t, o.FS, ".sst", func(b []byte) {
			if len(b) > 100<<10 { // the smaller ones hold what the next tests damage
				b[len(b)/2] ^= 0x55
				damaged++
			}
		})
		if damaged == 0 {
			t.Fatal("no table to damage")
		}
		j = mustOpen(t, o)
		there, missing := readWithGaps(t, j)
		if there+missing != 2000 || missing == 0 || missing > 500 {
			t.Fatalf("%d there, %d missing of 2000", there, missing)
		}
		if s := j.Stats(); s.DamagedTables == 0 {
			t.Error("the damaged table is not counted")
		}
		kept, err := o.FS.List("journal/corrupt")
		if err != nil || len(kept) == 0 {
			t.Errorf("kept: %v, %v", kept, err)
		}
		if res := mustAppend(t, j, event("goes on")); res.Seq != 2001 || j.ID() != id {
			t.Errorf("append after damage: %+v in journal %s, was %s", res, j.ID(), id)
		}
		running(t, j)
		time.Sleep(4 * time.Hour)
		mustAppend(t, j, event("much later"))
		time.Sleep(2 * time.Minute)
		s := j.Stats()
		if s.Rolled != 2001 || s.LostRecords != missing {
			t.Errorf("rolled %d, lost %d; want 2001 and %d", s.Rolled, s.LostRecords, missing)
		}
		if again, missingAgain := readWithGaps(t, j); again != there+2 || missingAgain != missing {
			t.Errorf("from the archive: %d there, %d missing; want %d and %d", again, missingAgain, there+2, missing)
		}
	})
}

// TestDamagedDedup flips bytes among the keys that tell duplicates: every record stays readable and appending goes on.
func TestDamagedDedup(t *testing.T) {
	o, id := filled(t, 2000)
	mustClose(t, mustOpen(t, o))
	damaged := 0
	damage(t, o.FS, ".sst", func(b []byte) {
		if len(b) > 8<<10 && len(b) < 100<<10 {
			b[len(b)/3] ^= 0x55
			damaged++
		}
	})
	if damaged == 0 {
		t.Fatal("no table to damage")
	}
	j := mustOpen(t, o)
	defer mustClose(t, j)
	if there, missing := readWithGaps(t, j); there != 2000 || missing != 0 || j.ID() != id {
		t.Errorf("%d there, %d missing of 2000", there, missing)
	}
	if res := mustAppend(t, j, event("goes on")); res.Seq != 2001 {
		t.Errorf("append: %+v", res)
	}
}

// TestDamagedState flips bytes in the tables that hold the journal's own id and position: it is moved aside and a new one takes
// its place, for a receiver that does not start loses what Zoom sends.
func TestDamagedState(t *testing.T) {
	o, id := filled(t, 50)
	mustClose(t, mustOpen(t, o))
	damage(t, o.FS, ".sst", func(b []byte) {
		for i := range len(b) / 2 {
			b[i] ^= 0x55
		}
	})
	j := mustOpen(t, o)
	if j.ID() == id || j.Tail() != 0 {
		t.Errorf("journal %s at %d, damaged was %s", j.ID(), j.Tail(), id)
	}
	if res := mustAppend(t, j, event("goes on")); res.Seq != 1 {
		t.Errorf("append: %+v", res)
	}
	kept, err := o.FS.List("journal/corrupt")
	if err != nil || len(kept) == 0 {
		t.Errorf("kept: %v, %v", kept, err)
	}
	mustClose(t, j)
}

// TestDamagedLog flips a byte in the middle of the write-ahead log, in what was synced: the journal keeps its id and
// older records, gives no sequence out twice, and reports the rest as a hole.
func TestDamagedLog(t *testing.T) {
	o, id := filled(t, 300)
	mustClose(t, mustOpen(t, o)) // 300 records are in tables now
	j := mustOpen(t, o)
	for i := range 200 {
		r := event("")
		r.Body = append(fmt.Appendf(nil, "%06d ", 301+i), body(newRand(1000+i))...)
		mustAppend(t, j, r)
	}
	mustClose(t, j)
	if n := damage(t, o.FS, ".log", func(b []byte) {
		for i := len(b) / 3; i < len(b)/3+64; i++ {
			b[i] ^= 0x55
		}
	}); n == 0 {
		t.Fatal("no log to damage")
	}
	j = mustOpen(t, o)
	if j.ID() != id {
		t.Fatalf("the journal was begun again as %s", j.ID())
	}
	res := mustAppend(t, j, event("after"))
	if res.Seq <= 500 {
		t.Errorf("the new record got the sequence %d, which was acknowledged for another", res.Seq)
	}
	there, missing := readWithGaps(t, j)
	if there != 301 || there+missing != res.Seq {
		t.Errorf("%d there, %d missing up to %d; want the 300 old ones and the new one", there, missing, res.Seq)
	}
}

// TestDamagedManifest leaves nothing to open: a new journal begins, the old one is kept.
func TestDamagedManifest(t *testing.T) {
	o, id := filled(t, 50)
	names, err := o.FS.List("journal/pebble")
	if err != nil {
		t.Fatal(err)
	}
	damaged := 0
	for _, name := range names {
		if strings.HasPrefix(name, "MANIFEST-") {
			b, err := o.FS.(*vfs.MemFS).UnsafeGetFileDataBuffer("journal/pebble/" + name)
			if err != nil {
				t.Fatal(err)
			}
			b[10] ^= 0x55
			damaged++
		}
	}
	if damaged == 0 {
		t.Fatal("no manifest to damage")
	}
	j := mustOpen(t, o)
	if j.ID() == id {
		t.Error("the journal that was begun again has the id of the lost one")
	}
	if res := mustAppend(t, j, event("new")); res.Seq != 1 {
		t.Errorf("first record of the new journal: %+v", res)
	}
	kept, err := o.FS.List("journal/corrupt")
	if err != nil || !strings.Contains(strings.Join(kept, " "), "pebble-") {
		t.Errorf("kept: %v, %v", kept, err)
	}
}
