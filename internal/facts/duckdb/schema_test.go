package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// TestSchemaRules holds the rules of the package comment: no keys, constraints, indexes or nested columns, and the metrics
// in every table that has them under their own names, in their own order.
func TestSchemaRules(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	for what, question := range map[string]string{
		"constraints":      "SELECT count(*) FROM duckdb_constraints()",
		"indexes":          "SELECT count(*) FROM duckdb_indexes()",
		"nested columns":   "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND (data_type LIKE '%[%' OR data_type LIKE 'STRUCT%' OR data_type LIKE 'MAP%' OR data_type = 'BLOB')",
		"zoned timestamps": "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND data_type LIKE '%WITH TIME ZONE%'",
		"personal columns": "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND regexp_matches(column_name, 'email|name|_ip|mac|device_detail')",
	} {
		if n := ask1(t, s, question); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	var metrics []string
	for m := range earshot.Metric(earshot.MetricCount) {
		metrics = append(metrics, m.String())
	}
	names := columnsOf(t, s, "summary")
	if len(names) != summaryColumns {
		t.Fatalf("summary has %d columns, the appender fills %d", len(names), summaryColumns)
	}
	if d := cmp.Diff(metrics, names[summaryValues:summaryValues+earshot.MetricCount]); d != "" {
		t.Errorf("metrics of summary:\n%s", d)
	}
	for _, table := range []*sampleTable{recentSamples, sortedSamples, streamSamples, deviceSamples} {
		want := []string{"ref", "at_s", "wire"}
		for _, m := range table.metrics {
			want = append(want, m.String())
		}
		if d := cmp.Diff(want, columnsOf(t, s, table.name)); d != "" {
			t.Errorf("columns of %s: -appender +table\n%s", table.name, d)
		}
	}
	if d := cmp.Diff(append([]string{"ref", "at_s", "wire"}, metrics...), columnsOf(t, s, "sample_row")); d != "" {
		t.Errorf("columns of sample_row: -want +view\n%s", d)
	}
	for _, table := range []string{"minute_sorted", "minute_recent"} {
		if n := len(columnsOf(t, s, table)); n != minuteColumns {
			t.Errorf("%s has %d columns, the appender fills %d", table, n, minuteColumns)
		}
	}
	if d := cmp.Diff(columnsOf(t, s, "minute_recent"), columnsOf(t, s, "minute_sorted")); d != "" {
		t.Errorf("the tables of minutes differ:\n%s", d)
	}
	slots := columnsOf(t, s, "minute")[21:29]
	for i := range earshot.StreamSlot(earshot.SlotCount) {
		if slots[i] != i.String() {
			t.Errorf("slot %d is column %s, want %s", i, slots[i], i)
		}
	}
}

func columnsOf(t testing.TB, s *Store, table string) (names []string) {
	t.Helper()
	must(t, s.read(t.Context(), "ask", func(ctx context.Context, c *conn) error {
		return c.query(ctx, "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", []any{table}, func(r row) error {
			names = append(names, r.text(0))
			return nil
		})
	}))
	return names
}

// TestMigrations brings a file of version 1, made from the schema as it was released, to a later version and back to what
// the older Earshot says to it.
func TestMigrations(t *testing.T) {
	v1, err := os.ReadFile("testdata/version_1.sql")
	must(t, err)
	released := []migration{{1, func(ctx context.Context, c *conn) error { return c.exec(ctx, string(v1)) }}}
	dir := t.TempDir()
	s, err := open(Options{Dir: dir}, defaultLimits, released)
	must(t, err)
	exec := func(statement string) {
		t.Helper()
		must(t, s.changeLocked(t.Context(), "make it old", func(ctx context.Context, c *conn) error { return c.exec(ctx, statement) }))
	}
	exec("ALTER TABLE minute RENAME TO minute_recent") // which is what it is called now
	day := small()
	day.Unexplained = true
	fill(t, s, day)
	// Absent values were NULL then.
	var set []string
	for m := range earshot.Metric(earshot.MetricCount) {
		set = append(set, fmt.Sprintf("%s = nullif(%s, -32768)", m, m))
	}
	exec("UPDATE sample_recent SET " + strings.Join(set, ", "))
	exec("ALTER TABLE minute_recent RENAME TO minute")
	must(t, s.Close())
	same := factstest.NewMemory()
	for b := range day.Batches() {
		must(t, same.Apply(t.Context(), b))
	}
	want := digests(t, same)

	// This Earshot reads what that one wrote.
	s = reopenable(t, dir)
	if d := cmp.Diff(want, digests(t, s)); d != "" || s.Recovered() != nil {
		t.Fatalf("recovered %+v; -version 1 +now:\n%s", s.Recovered(), d)
	}
	must(t, s.Close())

	step := func(statement string) func(context.Context, *conn) error {
		return func(ctx context.Context, c *conn) error { return c.exec(ctx, statement) }
	}
	later := append(migrations[:len(migrations):len(migrations)],
		migration{101, step("ALTER TABLE notification ADD COLUMN extra BIGINT")},
		migration{102, step("UPDATE notification SET extra = 7; CREATE TABLE more (x BIGINT); INSERT INTO more VALUES (1)")},
	)
	// One that fails changes nothing, not even what it did before it failed.
	failing := append(later[:len(later)-1:len(later)-1], migration{102, step("CREATE TABLE more (x BIGINT); INSERT INTO nowhere VALUES (1)")})
	if _, err := open(Options{Dir: dir}, defaultLimits, failing); err == nil || !strings.Contains(err.Error(), "version 102") {
		t.Fatalf("a failing migration: %v", err)
	}
	s, err = open(Options{Dir: dir}, defaultLimits, later)
	must(t, err)
	if v := ask1(t, s, "SELECT value FROM meta WHERE key = 'schema_version'"); v != 102 {
		t.Errorf("version %d", v)
	}
	if n := ask1(t, s, "SELECT count(*) FROM more"); n != 1 {
		t.Errorf("the last migration ran %d times", n)
	}
	must(t, s.Close())
	s, err = open(Options{Dir: dir}, defaultLimits, later) // nothing to do
	must(t, err)
	must(t, s.Close())

	before, err := os.ReadFile(filepath.Join(dir, FileName))
	must(t, err)
	_, err = Open(Options{Dir: dir})
	var newer *NewerError
	if !errors.As(err, &newer) || newer.Found != 102 {
		t.Fatalf("an older Earshot on a newer file: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, FileName))
	must(t, err)
	if string(before) != string(after) {
		t.Error("refusing a newer file changed it")
	}
	if n := fileSize(filepath.Join(dir, FileName+".wal")); n != 0 {
		t.Errorf("refusing a newer file wrote %d bytes of log", n)
	}
}

// TestSandbox holds that SQL, should any get in, reaches no other file and cannot open the door.
func TestSandbox(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	defer func() { must(t, s.Close()) }()
	outside := filepath.Join(t.TempDir(), "secret.csv")
	must(t, os.WriteFile(outside, []byte("a,b\n1,2\n"), 0o600))
	beside := filepath.Join(dir, "beside.csv")
	must(t, os.WriteFile(beside, []byte("a,b\n1,2\n"), 0o600))
	for _, statement := range []string{
		"SELECT * FROM read_text('" + outside + "')", "SELECT * FROM read_csv('" + beside + "')", "SELECT * FROM '" + outside + "'",
		"SELECT * FROM glob('/*')", "COPY minute TO '" + outside + ".out'", "COPY minute TO '" + dir + "/../x.csv'", "COPY minute FROM '" + outside + "'",
		"ATTACH '" + outside + ".db' AS x", "EXPORT DATABASE '" + dir + "/export'", "INSTALL httpfs", "LOAD httpfs", "LOAD '" + outside + "'",
		"SET enable_external_access = true", "SET lock_configuration = false", "SET memory_limit = '10GB'", "SET allowed_directories = ['/']",
		"SET temp_directory = '/'", "SELECT getenv('HOME')",
	} {
		for name, c := range map[string]*conn{"writer": s.db.writer, "reader": <-s.db.readers} {
			if err := c.exec(t.Context(), statement); err == nil {
				t.Errorf("the %s ran: %s", name, statement)
			}
			if name == "reader" {
				s.db.readers <- c
			}
		}
	}
	if _, err := os.Stat(outside + ".out"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was written: %v", err)
	}
	must(t, s.Check(t.Context()))
}

// TestStringsAreData puts SQL and bytes that are no UTF-8 where strings go.
func TestStringsAreData(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	b := &facts.Batch{Cursor: facts.CursorFold, Journal: "'; DROP TABLE minute; --", To: 1}
	m := earshot.Minute{Segment: 1, Account: 1, At: 60_000}
	m.ISP, m.DataCenter = "\xff\xfe\x00x", "'); DELETE FROM minute; --"
	b.Minutes = []earshot.Minute{m}
	must(t, s.Apply(t.Context(), b))
	got, err := s.Minutes(t.Context(), facts.Filter{})
	must(t, err)
	if len(got) != 1 || got[0].DataCenter != m.DataCenter || got[0].ISP != "\uFFFD\x00x" {
		t.Fatalf("%+v", got)
	}
}

// TestZones opens the same file under clocks of different zones: the answers are the same.
func TestZones(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for _, zone := range []string{"UTC", "Asia/Kolkata", "America/St_Johns"} {
		t.Setenv("TZ", zone)
		s := openStore(t, dir)
		if want == nil {
			fill(t, s, small())
			want = digests(t, s)
		}
		if d := cmp.Diff(want, digests(t, s)); d != "" {
			t.Errorf("%s: %s", zone, d)
		}
		if n := ask1(t, s, "SELECT count(*) FROM sample WHERE reported_at < TIMESTAMP '2026-03-02 08:00:00'"); n != 0 {
			t.Errorf("%s: %d samples lie before the day", zone, n)
		}
		if n := ask1(t, s, "SELECT count(*) FROM sample WHERE reported_at < TIMESTAMP '2026-03-02 08:01:00'"); n == 0 {
			t.Errorf("%s: no samples in the day's first minute", zone)
		}
		must(t, s.Close())
	}
}

// TestSecondProcess opens a store that another process holds: refused with words, and nothing is moved.
func TestSecondProcess(t *testing.T) {
	if dir := os.Getenv("EARSHOT_TEST_OPEN"); dir != "" {
		_, err := Open(Options{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), "lock") {
			t.Fatalf("opened beside another process: %v", err)
		}
		return
	}
	dir := t.TempDir()
	s := openStore(t, dir)
	defer func() { must(t, s.Close()) }()
	fill(t, s, factstest.Traffic{People: 3, Minutes: 3})
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecondProcess$")
	c.Env = append(os.Environ(), "EARSHOT_TEST_OPEN="+dir)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	must(t, s.Check(t.Context()))
	for name := range sizes(t, dir) {
		if strings.Contains(name, "damaged") {
			t.Errorf("%s was moved aside", name)
		}
	}
}
