package analyst_test

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/facts/analyst"
	"github.com/earshot/earshot/internal/facts/duckdb"
)

// empty is a snapshot of a store where nothing is.
func empty(t *testing.T) string {
	t.Helper()
	store, err := duckdb.Open(duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	dir := t.TempDir()
	if err := store.Backup(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir + "/" + duckdb.FileName
}

// An answer that is larger than what a question may take is an error, not memory: DuckDB's own answers are beyond its limit.
func TestAnAnswerKeepsToItsMemory(t *testing.T) {
	s, err := analyst.Open(t.Context(), analyst.Options{File: empty(t), MemoryMB: 64, SpillMB: 16})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const wide = "SELECT hash(i), hash(i + 1), hash(i + 2), hash(i + 3) FROM range(5000000) t(i)" // 160 MB
	if err := s.Ask(t.Context(), wide, discard{}); err == nil || !strings.Contains(err.Error(), "Out of Memory") {
		t.Errorf("160 MB within 80: %v", err)
	}
	if out, err := ask(t, s, "SELECT 1 AS one", "csv"); err != nil || out != "'one\n1\n" {
		t.Errorf("afterwards: %q, %v", out, err)
	}
}

// ordered wants the numbers from n down to 1.
type ordered struct {
	t       *testing.T
	columns []string
	next    int64
	closed  bool
}

func (o *ordered) Head(columns []string) error { o.columns = columns; return nil }
func (o *ordered) Close() error                { o.closed = true; return nil }
func (o *ordered) Row(values []driver.Value) error {
	if values[0] != o.next || values[1] != o.next {
		o.t.Fatalf("%v where %d was to come", values, o.next)
	}
	o.next--
	return nil
}

// An answer that comes in many pieces has every row, in its order, and its columns' own names.
func TestALongAnswerComesInItsOrder(t *testing.T) {
	s := open(t, empty(t))
	w := &ordered{t: t, next: 170_000}
	if err := s.Ask(t.Context(), "-- downwards\nSELECT i AS n, i AS n FROM range(1, 170001) t(i) ORDER BY i DESC; -- so", w); err != nil {
		t.Fatal(err)
	}
	if w.next != 0 || !w.closed || strings.Join(w.columns, " ") != "n n" {
		t.Errorf("%d rows are missing, closed %v, columns %q", w.next, w.closed, w.columns)
	}
}

// What is asked in other words than SELECT is answered as well.
func TestWordsThatQuestionsBeginWith(t *testing.T) {
	s := open(t, empty(t))
	for question, want := range map[string]string{
		"SHOW TABLES": "minutes", "DESCRIBE minutes": "client_version", "SUMMARIZE SELECT 7 AS seven": "seven", "VALUES (41), (42)": "42",
		"FROM (VALUES (43))": "43", "WITH x AS (SELECT 44) FROM x": "44", "(SELECT 45)": "45", "/* why */ EXPLAIN SELECT 46": "46", "SELECT NULL AS n": "n",
		"SELECT [1, 2] AS l, {'a': 5} AS s, 'x'::BLOB, TRUE, 1.5::DECIMAL(4, 1), INTERVAL 3 DAYS": "1.5", "TABLE minutes": "meeting",
	} {
		if out, err := ask(t, s, question, "csv"); err != nil || !strings.Contains(out, want) {
			t.Errorf("%s: %q, %v", question, out, err)
		}
	}
}

func TestWhatIsNoQuestionIsSaidWithoutASnapshot(t *testing.T) {
	for question, want := range map[string]string{
		"": "there is no question", "  -- nothing": "there is no question", ".tables": "SHOW TABLES", " .open x": "SHOW TABLES", "/* unfinished": "there is no question",
		"DELETE FROM minutes": analyst.ErrOnlyReads.Error(), "copy minutes TO 'x'": analyst.ErrOnlyReads.Error(), "ATTACH 'x'": analyst.ErrOnlyReads.Error(),
		"/* a */ INSTALL httpfs": analyst.ErrOnlyReads.Error(), "SELEC 1": analyst.ErrOnlyReads.Error(), "PRAGMA memory_limit='9GB'": analyst.ErrOnlyReads.Error(),
	} {
		if err := analyst.CheckQuestion(question); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", question, err, want)
		}
	}
	for _, question := range []string{"select 1", "\n\t(SELECT 1)", "--x\nFROM minutes", "with a as (select 1) from a"} {
		if err := analyst.CheckQuestion(question); err != nil {
			t.Errorf("%q: %v", question, err)
		}
	}
}

// broken is an output that nobody reads any more.
type broken struct{}

var errBroken = errors.New("nobody reads")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestAnOutputThatIsGoneEndsTheAnswer(t *testing.T) {
	s := open(t, empty(t))
	w, err := analyst.NewWriter(broken{}, "csv", strings.ToUpper)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ask(t.Context(), "SELECT i FROM range(1000000) t(i)", w); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	var out bytes.Buffer
	w, _ = analyst.NewWriter(&out, "csv", strings.ToUpper)
	if err := s.Ask(t.Context(), "SELECT 'a' AS a", w); err != nil || out.String() != "A\nA\n" {
		t.Errorf("afterwards: %q, %v", out.String(), err)
	}
}
