package analyst_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/analyst"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// snapshot is a copy of a store with an hour of a hundred people.
func snapshot(t *testing.T) string {
	t.Helper()
	store, err := duckdb.Open(duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	traffic := factstest.Traffic{Minutes: 30}
	last := uint64(0)
	for b := range traffic.Batches() {
		if err := store.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		last = b.To
	}
	one := facts.Batch{Cursor: facts.CursorFold, Journal: "journal", From: last, To: last + 1, CallSamples: []earshot.CallSample{
		{Call: 0xca11, Account: 3, At: 1_772_442_000_000, Side: earshot.SideCallee, Direction: earshot.DirectionSend, MOS: earshot.Some(4.2)},
	}}
	if err := store.Apply(t.Context(), &one); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := store.Backup(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, duckdb.FileName)
}

func open(t *testing.T, file string) *analyst.Session {
	t.Helper()
	s, err := analyst.Open(t.Context(), analyst.Options{File: file, MemoryMB: 256})
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

func ask(t *testing.T, s *analyst.Session, question, format string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	w, err := analyst.NewWriter(&out, format, func(s string) string { return "'" + s })
	if err != nil {
		t.Fatal(err)
	}
	err = s.Ask(t.Context(), question, w)
	return out.String(), err
}

func TestSQL(t *testing.T) {
	file := snapshot(t)
	s := open(t, file)
	docs, err := os.ReadFile("../../../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the questions of the documentation have answers", func(t *testing.T) {
		all := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(docs), -1)
		if len(all) < 5 {
			t.Fatalf("%d questions", len(all))
		}
		for _, q := range all {
			if out, err := ask(t, s, q[1], "table"); err != nil || strings.Count(out, "\n") < 2 {
				t.Errorf("%s\n%v, %q", q[1], err, out)
			}
		}
	})
	t.Run("the columns are those of the documentation", func(t *testing.T) {
		for _, table := range []string{"minutes", "samples", "summaries", "notifications", "call_reports"} {
			out, err := ask(t, s, "SELECT column_name FROM (DESCRIBE "+table+")", "csv")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range strings.Fields(out)[1:] {
				c = strings.Trim(c, "'")
				if _, metric := earshot.ParseMetric(c); metric && table == "samples" || strings.HasPrefix(c, "grade_") {
					continue
				}
				if !strings.Contains(string(docs), "`"+c+"`") {
					t.Errorf("docs/sql.md does not tell of %s.%s", table, c)
				}
			}
		}
	})
	t.Run("rows say words", func(t *testing.T) {
		out, err := ask(t, s, "SELECT * FROM call_reports", "jsonl")
		var got map[string]any
		if err := errors.Join(err, json.Unmarshal([]byte(out), &got)); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"ts": "2026-03-02T09:00:00Z", "account": "0000000000000003", "call": "000000000000ca11", "side": "callee", "direction": "send", "mos": 4.2,
			"jitter_ms": nil, "network_delay_ms": nil, "loss_avg_pct": nil, "loss_max_pct": nil, "bitrate_kbps": nil}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		grades, err := ask(t, s, "SELECT DISTINCT grade FROM minutes ORDER BY 1", "csv")
		if err != nil || !strings.Contains(grades, "'good") || strings.ContainsAny(grades, "0123456789") {
			t.Errorf("grades: %q, %v", grades, err)
		}
	})
	t.Run("there is no way out", func(t *testing.T) { tryToEscape(t, s, file) })
	t.Run("a question ends with its time", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := s.Ask(ctx, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3", discard{})
		if err == nil || time.Since(began) > 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

type discard struct{}

func (discard) Head([]string) error      { return nil }
func (discard) Row([]driver.Value) error { return nil }
func (discard) Close() error             { return nil }

// tryToEscape wants an error for everything that reads or writes outside, or changes anything.
func tryToEscape(t *testing.T, s *analyst.Session, file string) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside.csv")
	if err := os.WriteFile(outside, []byte("secret\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"COPY minutes TO '" + dir + "/out.csv'",
		"COPY (SELECT 1) TO '/dev/stdout'",
		"EXPLAIN ANALYZE COPY (SELECT 1) TO '" + dir + "/explained.csv'",
		"EXPORT DATABASE '" + dir + "/all'",
		"ATTACH '" + dir + "/new.duckdb' AS other",
		"ATTACH '" + file + "' AS again",
		"DETACH facts",
		"SELECT * FROM read_csv('" + outside + "')",
		"SELECT * FROM '" + outside + "'",
		"SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM read_blob('/proc/self/environ')",
		"SELECT * FROM glob('/*')",
		"SELECT * FROM read_csv('https://example.com/x.csv')",
		"SELECT * FROM sniff_csv('" + outside + "')",
		"SELECT * FROM read_parquet('s3://bucket/x.parquet')",
		"INSTALL httpfs", "LOAD httpfs", "INSTALL httpfs FROM community",
		"SET enable_external_access = true", "RESET enable_external_access", "SET lock_configuration = false", "SET memory_limit = '100GB'", "PRAGMA memory_limit='100GB'",
		"PRAGMA enable_profiling", "SET allowed_directories = ['/']",
		"SELECT 1; SELECT 2", "SELECT 1; COPY (SELECT 1) TO '" + dir + "/second.csv'",
		"DELETE FROM facts.minute_sorted", "INSERT INTO facts.meta VALUES ('x', 1)", "UPDATE facts.meta SET value = 0", "DROP TABLE facts.meta",
		"EXPLAIN ANALYZE DELETE FROM facts.meta",
		"CREATE TABLE facts.x (i INT)", "CREATE TABLE x AS SELECT 1", "DROP VIEW minutes", "CHECKPOINT facts", "CALL force_checkpoint('facts')", "USE facts",
		"SELECT getenv('HOME')",
		"CREATE SECRET (TYPE s3, KEY_ID 'x')",
		"PREPARE p AS COPY (SELECT 1) TO '" + dir + "/prepared.csv'", "EXECUTE p",
		"BEGIN", "VACUUM facts", "IMPORT DATABASE '" + dir + "'",
	} {
		if out, err := ask(t, s, q, "csv"); err == nil {
			t.Errorf("%s runs, and says %.100q", q, out)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the snapshot is not what it was: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("files appeared: %v, %v", left, err)
	}
	if out, err := ask(t, s, "SELECT 1 AS one", "csv"); err != nil || out != "'one\n1\n" {
		t.Errorf("afterwards: %q, %v", out, err)
	}
}
