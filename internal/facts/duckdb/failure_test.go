package duckdb

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// TestFailedTransaction lets a transaction fail after it wrote rows and made new contexts: nothing of it is stored, the file
// is reopened, and what is stored next does not lean on what was lost.
func TestFailedTransaction(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	var batches []*facts.Batch
	for b := range small().Batches() {
		batches = append(batches, b)
	}
	boom := errors.New("boom")
	before := s.db
	err := s.change(t.Context(), "fail", func(ctx context.Context, c *conn) error {
		_, err := s.appendBatch(ctx, c, batches[0])
		return errors.Join(err, boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error %v", err)
	}
	if s.db == before {
		t.Error("the file was not reopened")
	}
	for _, table := range []string{"context", "sample_row", "minute", "applied", "outbox"} {
		if n := ask1(t, s, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%d rows of the failed transaction in %s", n, table)
		}
	}
	for _, b := range batches {
		must(t, s.Apply(t.Context(), b))
	}
	model := factstest.NewMemory()
	for _, b := range batches {
		must(t, model.Apply(t.Context(), b))
	}
	if d := cmp.Diff(digests(t, model), digests(t, s)); d != "" {
		t.Errorf("-model +store:\n%s", d)
	}
}

// TestReopeningFails takes the file away while it is closed: calls fail until it is back, then work again.
func TestReopeningFails(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	defer func() { must(t, s.Close()) }()
	fill(t, s, factstest.Traffic{People: 3, Minutes: 3})
	want := digests(t, s)
	s.opts.Dir = filepath.Join(dir, "nowhere")
	if err := s.change(t.Context(), "fail", func(context.Context, *conn) error { return errors.New("boom") }); err == nil {
		t.Fatal("no error")
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("healthy without a file")
	}
	if _, err := s.Minutes(t.Context(), facts.Filter{}); err == nil {
		t.Error("answered without a file")
	}
	s.opts.Dir = dir
	must(t, s.Check(t.Context()))
	if d := cmp.Diff(want, digests(t, s)); d != "" {
		t.Errorf("afterwards: %s", d)
	}
}

// TestFullDisk runs out of space for the file or its log, at a different place each time, in a process of its own: DuckDB may
// end it. What was stored stays, and once there is space again the same records give the same facts.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv("EARSHOT_TEST_FULL"); dir != "" {
		fillWithoutSpace(t, dir, uint64(intFrom(t, "EARSHOT_TEST_LIMIT", 0)))
		return
	}
	model := factstest.NewMemory()
	for b := range small().Batches() {
		must(t, model.Apply(t.Context(), b))
	}
	want := digests(t, model)
	for _, limit := range []string{"30000", "200000", "900000", "1200000"} {
		dir := t.TempDir()
		s := openStore(t, dir)
		must(t, s.Close())
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$")
		c.Env = append(os.Environ(), "EARSHOT_TEST_FULL="+dir, "EARSHOT_TEST_LIMIT="+limit)
		out, err := c.CombinedOutput()
		if err != nil && !strings.Contains(err.Error(), "abort") {
			t.Fatalf("limit %s: %v\n%s", limit, err, out)
		}
		if !strings.Contains(string(out), "full:") {
			t.Errorf("limit %s: never full", limit)
		}
		s = openStore(t, dir)
		fill(t, s, small())
		if d := cmp.Diff(want, digests(t, s)); d != "" {
			t.Errorf("limit %s: %s", limit, d)
		}
		must(t, s.Close())
	}
}

// fillWithoutSpace applies the day with a limit on the size of files, then lifts it and goes on.
func fillWithoutSpace(t *testing.T, dir string, limit uint64) {
	signal.Ignore(syscall.SIGXFSZ)
	s := openStore(t, dir)
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: old.Max}))
	full := false
	for b := range small().Batches() {
		err := s.Apply(t.Context(), b)
		if err != nil && !full {
			full = true
			os.Stdout.WriteString("full: " + err.Error() + "\n")
			must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old))
			must(t, s.Apply(t.Context(), b))
		} else {
			must(t, err)
		}
	}
	if !full {
		os.Stdout.WriteString("full: only beside the batches\n")
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old))
	}
	must(t, s.Check(t.Context()))
	must(t, s.Close())
}

// TestQuestionsCanBeCancelled holds that a question ends with its context, while it waits for a connection and while it runs,
// and that the connection is good afterwards.
func TestQuestionsCanBeCancelled(t *testing.T) {
	s, err := open(Options{Dir: t.TempDir(), Readers: 1}, defaultLimits, migrations)
	must(t, err)
	defer func() { must(t, s.Close()) }()
	fill(t, s, small())
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.read(ctx, "ask", func(ctx context.Context, c *conn) error {
			close(running)
			_, err := c.one(ctx, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7")
			return err
		})
	}()
	<-running
	waiting, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if _, err := s.Minutes(waiting, facts.Filter{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a connection: %v", err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled question: %v", err)
	}
	if ms, err := s.Minutes(t.Context(), facts.Filter{Limit: 3}); err != nil || len(ms) != 3 {
		t.Errorf("afterwards: %d minutes, %v", len(ms), err)
	}
}

// TestFileStaysBounded stores ten days and keeps two: the file stops growing.
func TestFileStaysBounded(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	s.limits.sortRows = 20_000
	keep := 48 * time.Hour
	var first4, largest int64
	for day := range 10 {
		start := earshot.Instant(1772438400_000).Add(time.Duration(day) * 24 * time.Hour)
		fill(t, s, factstest.Traffic{People: 150, Minutes: 60, Start: start, Seed: uint64(day), Journal: start.Time().String()})
		must(t, s.Maintain(t.Context(), start.Add(time.Hour), facts.Retention{Samples: keep, Minutes: keep, Summaries: keep, Outbox: keep}))
		size := fileSize(s.path())
		if day < 4 {
			first4 = max(first4, size) // it goes up and down with what is free at the end
		}
		largest = max(largest, size)
	}
	if largest > first4*3/2 {
		t.Errorf("the file grew from %d bytes in four days to %d, keeping two", first4, largest)
	}
	for _, table := range []string{"context", "outbox", "applied"} {
		if n := ask1(t, s, "SELECT count(*) FROM "+table); n > 2000 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := ask1(t, s, "SELECT count(*) FROM sample_row WHERE ref NOT IN (SELECT ref FROM context)"); n != 0 {
		t.Errorf("%d samples without their context", n)
	}
}
