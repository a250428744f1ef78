package journal_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/journal"
)

var updateGolden = flag.Bool("update", false, "write testdata/journal-1 anew; only when format 1 is not released yet")

const golden = "testdata/journal-1"

// goldenRecords are what the golden journal holds.
func goldenRecords() (list []journal.Record) {
	for i := range 20 {
		r := journal.Record{
			Seq: uint64(i + 1), Kind: journal.KindEvent, ReceivedAt: 946684800000, Subscription: "emea", RequestID: fmt.Sprint("r-", i),
			Body: fmt.Appendf(nil, `{"event":"meeting.participant_qos","n":%d}`, i),
		}
		r.ReceivedAt = r.ReceivedAt.Add(time.Duration(i) * 20 * time.Minute)
		if i == 7 {
			r.Kind, r.Subscription, r.RequestID, r.Body = journal.KindHeartbeat, "", "", []byte{}
		}
		list = append(list, r)
	}
	return list
}

// TestGolden opens a directory that format 1 wrote: every later version must read it, records in the archive, in tables
// and in the log, dedup keys, cursors and quarantine alike.
func TestGolden(t *testing.T) {
	if *updateGolden {
		writeGolden(t)
	}
	dir := filepath.Join(t.TempDir(), "journal")
	if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	j := mustOpen(t, journal.Options{Dir: dir, Heartbeat: -1, MinFreeBytes: -1})
	if diff := cmp.Diff(goldenRecords(), readAll(t, j, 0)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if s := j.Stats(); s.Rolled != 12 || s.ArchiveSegments != 4 {
		t.Errorf("rolled %d, segments %d; want 12 and 4", s.Rolled, s.ArchiveSegments)
	}
	if diff := cmp.Diff([]journal.Cursor{{Name: "pipeline", Seq: 18, Holds: true}}, j.Cursors()); diff != "" {
		t.Errorf("cursors (-want +got):\n%s", diff)
	}
	if q, err := j.Quarantined(0); err != nil || len(q) != 1 || q[0].Signature != "v0=abc" {
		t.Errorf("quarantine %v, %v", q, err)
	}
	for _, seq := range []uint64{11, 15, 20} { // those of the first three hours have expired
		if res := mustAppend(t, j, goldenRecords()[seq-1]); !res.Duplicate || res.Seq != seq {
			t.Errorf("record %d again: %+v, want a duplicate", seq, res)
		}
	}
	if res := mustAppend(t, j, event("new")); res.Seq != 21 {
		t.Errorf("a new record: %+v, want 21", res)
	}
}

func writeGolden(t *testing.T) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Retention, o.MaxBytes = 2*time.Hour, 16<<20
		j := mustOpen(t, o)
		stop := running(t, j)
		if err := j.SetCursor("pipeline", 18, true); err != nil {
			t.Fatal(err)
		}
		for i, r := range goldenRecords() {
			if i == 19 {
				stop()
				j = mustOpen(t, o)
			}
			mustAppend(t, j, r)
			time.Sleep(20 * time.Minute)
		}
		if err := j.Quarantine(refused(1)); err != nil {
			t.Fatal(err)
		}
		mustClose(t, j)
		if err := os.RemoveAll(golden); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if ok, err := vfs.Clone(o.FS, vfs.Default, "journal", golden); err != nil || !ok {
			t.Fatal(ok, err)
		}
	})
}
