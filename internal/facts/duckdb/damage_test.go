package duckdb

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

func small() factstest.Traffic { return factstest.Traffic{People: 40, Minutes: 20, Events: 200} }

// reopenable opens with the usual limits, so that a short day stays in the write-ahead log.
func reopenable(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func digests(t testing.TB, s facts.Store) (out []string) {
	t.Helper()
	for _, table := range facts.Tables {
		d, err := s.Digest(t.Context(), table)
		must(t, err)
		out = append(out, table+" "+d)
	}
	return out
}

// crash copies the files of an open store as kill -9 would leave them.
func crash(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	must(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// filled returns a folder with a day in file and log: the first half checkpointed, the second not.
func filled(t testing.TB) (dir string, s *Store) {
	t.Helper()
	dir = t.TempDir()
	s = reopenable(t, dir)
	n := 0
	for b := range small().Batches() {
		must(t, s.Apply(t.Context(), b))
		if n++; n == 2 {
			must(t, s.Maintain(t.Context(), b.Samples[0].At, facts.Retention{}))
		}
	}
	return dir, s
}

func TestDamageIsMovedAside(t *testing.T) {
	truncate := func(name string, keep float64) func(testing.TB, string) {
		return func(t testing.TB, dir string) {
			info, err := os.Stat(filepath.Join(dir, name))
			must(t, err)
			must(t, os.Truncate(filepath.Join(dir, name), int64(float64(info.Size())*keep)))
		}
	}
	overwrite := func(name string, at float64, n int) func(testing.TB, string) {
		return func(t testing.TB, dir string) {
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			must(t, err)
			i := int(float64(len(b)) * at)
			copy(b[i:], bytes.Repeat([]byte{0xa5}, n))
			must(t, os.WriteFile(path, b, 0o600))
		}
	}
	delete := func(names ...string) func(testing.TB, string) {
		return func(t testing.TB, dir string) {
			for _, n := range names {
				must(t, os.Remove(filepath.Join(dir, n)))
			}
		}
	}
	for name, c := range map[string]struct {
		damage func(testing.TB, string)
		reason string
		moved  bool
	}{
		"file cut to half":        {truncate(FileName, 0.5), "", true},
		"file cut to its header":  {truncate(FileName, 0.004), "", true},
		"file garbage":            {overwrite(FileName, 0, 1<<20), "", true},
		"file header garbage":     {overwrite(FileName, 0, 64), "", true},
		"file and log deleted":    {delete(FileName, FileName+".wal"), "missing", false},
		"file deleted, log there": {delete(FileName), "missing", true},
		"log flipped":             {overwrite(FileName+".wal", 0.4, 3), "", true},
		"opening ends the process": {func(t testing.TB, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, openingFile), []byte(strings.Repeat("x", maxOpenings)), 0o600))
		}, "ended the process", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, s := filled(t)
			want := digests(t, s)
			broken := crash(t, dir)
			c.damage(t, broken)
			before := sizes(t, broken)

			r := reopenable(t, broken)
			got := r.Recovered()
			if got == nil {
				t.Fatal("nothing is said of the damage")
			}
			if !strings.Contains(got.Reason, c.reason) || got.Reason == "" {
				t.Errorf("reason %q, want one with %q", got.Reason, c.reason)
			}
			if (got.MovedTo != "") != c.moved {
				t.Errorf("moved to %q, want moved %t", got.MovedTo, c.moved)
			}
			for name, size := range before {
				if !strings.HasPrefix(name, FileName) {
					continue
				}
				kept := filepath.Join(broken, strings.Replace(name, FileName, filepath.Base(got.MovedTo), 1))
				if info, err := os.Stat(kept); err != nil || info.Size() != size {
					t.Errorf("%s of %d bytes is not kept: %v", name, size, err)
				}
			}
			if _, ok, err := r.Applied(t.Context(), facts.CursorFold, "journal"); ok || err != nil {
				t.Errorf("the new store has a position (%v)", err)
			}
			// The same records give the same facts.
			fill(t, r, small())
			if d := strings.Join(digests(t, r), "\n"); d != strings.Join(want, "\n") {
				t.Errorf("filled again:\n%s\nwant\n%s", d, strings.Join(want, "\n"))
			}
			// The outbox goes on beyond every position of the lost one.
			old, err := s.Outbox(t.Context(), facts.OutboxPlace{}, 0)
			must(t, err)
			if again, err := r.Outbox(t.Context(), facts.OutboxPlace{Seq: old[len(old)-1].Seq}, 0); err != nil || len(again) != len(old) {
				t.Errorf("%d of %d entries lie beyond the old sequence (%v)", len(again), len(old), err)
			}
			must(t, r.Close())
			if r := reopenable(t, broken); r.Recovered() != nil {
				t.Errorf("recovered again: %+v", r.Recovered())
			}
		})
	}
}

func sizes(t testing.TB, dir string) map[string]int64 {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	out := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		out[e.Name()] = info.Size()
	}
	return out
}

// TestTruncatedLog cuts the write-ahead log at many places. DuckDB opens it without an error and with fewer rows, so what is
// promised is that rows and position agree: applying again from the position gives everything exactly once.
func TestTruncatedLog(t *testing.T) {
	dir, s := filled(t)
	want := digests(t, s)
	wal := sizes(t, dir)[FileName+".wal"]
	if wal < 10_000 {
		t.Fatalf("the log has only %d bytes", wal)
	}
	for i := range int64(8) {
		broken := crash(t, dir)
		must(t, os.Truncate(filepath.Join(broken, FileName+".wal"), wal*i/8+i))
		r := reopenable(t, broken)
		at, _, err := r.Applied(t.Context(), facts.CursorFold, "journal")
		must(t, err)
		if at == 0 && r.Recovered() == nil {
			t.Error("the checkpointed half is gone")
		}
		fill(t, r, small())
		if got := digests(t, r); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("log cut to %d of %d bytes, applied %d:\n%s\nwant\n%s", wal*i/8+i, wal, at, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		must(t, r.Close())
	}
}

// TestCrashAnywhere leaves the store as a crash would after each batch, sorting and checkpoints running beside, and goes on
// in the copy.
func TestCrashAnywhere(t *testing.T) {
	whole := openStore(t, t.TempDir())
	defer func() { must(t, whole.Close()) }()
	fill(t, whole, small())
	want := strings.Join(digests(t, whole), "\n")

	dir := t.TempDir()
	s := openStore(t, dir)
	for b := range small().Batches() {
		must(t, s.Apply(t.Context(), b))
		s.tidying.Lock() // copying two files is no crash: they must not change between
		next := crash(t, dir)
		s.tidying.Unlock()
		must(t, s.Close())
		dir = next
		s = openStore(t, dir)
		must(t, s.Apply(t.Context(), b)) // the writer does not know that it was stored
	}
	defer func() { must(t, s.Close()) }()
	if got := strings.Join(digests(t, s), "\n"); got != want {
		t.Errorf("after crashes:\n%s\nwant\n%s", got, want)
	}
}

// TestSoundButUnusable holds that what is no damage stays where it is.
func TestSoundButUnusable(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, FileName, "kept"), 0o700))
	if s, err := Open(Options{Dir: dir}); err == nil {
		t.Fatalf("opened a folder, recovered %+v", s.Recovered())
	}
	if _, err := os.Stat(filepath.Join(dir, FileName, "kept")); err != nil {
		t.Errorf("the folder was moved: %v", err)
	}
	if _, err := Open(Options{Dir: filepath.Join(t.TempDir(), "what?")}); err == nil {
		t.Error("a path that the driver cuts short was opened")
	}
	for text, want := range map[string]bool{
		`IO Error: Could not set lock on file "facts.duckdb": Conflicting lock is held in PID 7`:                                                                                                        false,
		`IO Error: Cannot open file "facts.duckdb": Permission denied`:                                                                                                                                  false,
		`IO Error: Could not write file "facts.duckdb.wal": No space left on device`:                                                                                                                    false,
		`IO Error: Trying to read a database file with version number 68, but we can only read versions between 64 and 67.`:                                                                             false,
		`Error opening "facts.duckdb": file was written with a storage version greater than the latest version supported by this DuckDB instance. Try opening the file with a newer version of DuckDB.`: false,
		`IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 0`:                                                                                  true,
		`IO Error: The file "facts.duckdb" exists, but it is not a valid DuckDB database file!`:                                                                                                         true,
		`Serialization Error: Failed to deserialize: field id mismatch`:                                                                                                                                 true,
		`INTERNAL Error: Failure while replaying WAL file "facts.duckdb.wal"`:                                                                                                                           true,
	} {
		if got := isDamage(errors.New(text)); got != want {
			t.Errorf("damage %t: %s", got, text)
		}
	}
}
