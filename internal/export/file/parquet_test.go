package file

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
)

// nine is 2026-03-02 09:00 UTC.
const nine earshot.Instant = 1_772_442_000_000

var parquetKinds = []export.Kind{export.KindMinute, export.KindSummary, export.KindIncident}

func folderOf(t testing.TB, dir string, more map[string]any) *Destination {
	t.Helper()
	given := map[string]any{"path": dir, "format": "parquet"}
	maps.Copy(given, more)
	d, err := New(given, parquetKinds)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// some are records of all kinds, from one number on, a minute apart.
func some(from, n int) *export.Batch {
	b := &export.Batch{}
	for i := from; i < from+n; i++ {
		kind := parquetKinds[i%3]
		r := &export.Record{ID: fmt.Sprintf("%s-%d", kind, i), Kind: kind, At: nine.Add(time.Duration(i) * time.Minute), Name: "earshot." + kind.String()}
		key := "zoom.account.id"
		if kind == export.KindIncident {
			key = "earshot.incident.id"
		}
		r.Attributes = []export.Attribute{{Key: key, Value: fmt.Sprintf("a%d", i)}}
		if kind == export.KindMinute {
			r.Values = []export.Value{{Metric: export.MinuteGrade, Number: float64(i % 5)}}
			r.Revised = i%2 == 0
		}
		b.Logs = append(b.Logs, r)
	}
	return b
}

// whole reads every file that a reader would look for, with parquet-go, and returns ids by file. One that is not whole fails the test.
func whole(t interface{ Fatalf(string, ...any) }, dir string) map[string][]string {
	out := map[string][]string{}
	names, err := filepath.Glob(filepath.Join(dir, "day=*", "*.parquet"))
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatalf("%v", err)
		}
		r := parquet.NewGenericReader[struct {
			ID   string `parquet:"id,optional"`
			Time int64  `parquet:"time,optional,timestamp(millisecond:utc)"`
		}](f)
		rows := make([]struct {
			ID   string `parquet:"id,optional"`
			Time int64  `parquet:"time,optional,timestamp(millisecond:utc)"`
		}, r.NumRows())
		if n, err := r.Read(rows); n != len(rows) || err != nil && !errors.Is(err, io.EOF) {
			t.Fatalf("%s is not whole: %d of %d rows, %v", name, n, len(rows), err)
		}
		_ = f.Close()
		rel, _ := filepath.Rel(dir, name)
		for _, row := range rows {
			out[rel] = append(out[rel], row.ID)
			if day := time.UnixMilli(row.Time).UTC().Format(time.DateOnly); !strings.HasPrefix(rel, "day="+day) || !strings.Contains(rel, strings.Split(row.ID, "-")[0]) {
				t.Fatalf("%s of %s lies in %s", row.ID, day, rel)
			}
		}
	}
	return out
}

// TestParquetByDay reads what an exporter wrote with DuckDB and with parquet-go, and compares it with the same records as JSON.
func TestParquetByDay(t *testing.T) {
	w, dir, lines := exporttest.New(t, 60), t.TempDir(), filepath.Join(t.TempDir(), "out.jsonl")
	d := folderOf(t, dir, nil)
	asLines, err := New(map[string]any{"path": lines}, nil)
	if err != nil {
		t.Fatal(err)
	}
	spec := export.Spec{Name: "parquet", FromOldest: true, BatchRecords: 7, Logs: parquetKinds}
	beside := spec
	beside.Name = "lines"
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}, export.Target{Spec: beside, Destination: asLines}), exporttest.AllSent(66))
	if err := d.Send(t.Context(), some(0, 30)); err != nil { // summaries as well, and two days
		t.Fatal(err)
	}
	if err := asLines.Send(t.Context(), some(0, 30)); err != nil {
		t.Fatal(err)
	}
	if n := len(whole(t, dir)); n != 0 {
		t.Fatalf("%d files before their time", n)
	}
	d.now = func() time.Time { return time.Now().Add(time.Hour) }
	if err := d.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]any{} // by kind and id: what is there, by column
	for text := range bytes.Lines(raw) {
		var r struct {
			row
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse(time.RFC3339Nano, r.Time)
		cells := map[string]any{"id": r.ID, "time": at.UTC()}
		if r.Kind == "minutes" {
			cells["revised"] = r.Revised
		}
		for k, v := range r.Attributes {
			cells[snake(k)] = v
		}
		for k, v := range r.Values {
			cells[snake(k)] = v
		}
		want[r.ID] = cells
	}
	got := map[string]map[string]any{}
	for _, k := range parquetKinds {
		maps.Copy(got, duckRows(t, fmt.Sprintf("%s/day=*/%s-*.parquet", dir, k)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-JSON +DuckDB:\n%.3000s", diff)
	}
	ids := slices.Concat(slices.Collect(maps.Values(whole(t, dir)))...)
	slices.Sort(ids)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), ids); diff != "" {
		t.Errorf("-JSON +parquet-go:\n%.3000s", diff)
	}
}

// duckRows reads files with DuckDB: by id, what is there, by column.
func duckRows(t *testing.T, glob string) map[string]map[string]any {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), "SELECT * EXCLUDE (day) FROM read_parquet('"+glob+"', hive_partitioning = true)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for rows.Next() {
		cells, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			to[i] = &cells[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		r := map[string]any{}
		for i, c := range columns {
			if at, ok := cells[i].(time.Time); ok {
				cells[i] = at.UTC()
			}
			if cells[i] != nil {
				r[c] = cells[i]
			}
		}
		out[r["id"].(string)] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A process that ends anywhere, and begins again: a reader sees whole files only, and in the end each record once that was taken, but for
// those that were sent again, which are in two files at most as often as they were sent.
func TestParquetAfterAnyCrash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "earshot-parquet-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		now := nine.Time()
		open := func() *Destination {
			d, err := New(map[string]any{"path": dir, "format": "parquet", "parquet": map[string]any{"max_rows": 9}}, parquetKinds)
			if err != nil {
				t.Fatal(err)
			}
			d.now = func() time.Time { return now }
			return d
		}
		d, sent, next := open(), map[string]int{}, 0
		send := func(from, n int) {
			b := some(from, n)
			if err := d.Send(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			for _, r := range b.Logs {
				sent[r.ID]++
			}
		}
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"send", "send", "again", "late", "crash", "torn", "crash in between"}).Draw(t, "step") {
			case "send":
				n := rapid.IntRange(1, 6).Draw(t, "records")
				send(next, n)
				next += n
			case "again": // as after an answer that was lost
				if next > 0 {
					from := rapid.IntRange(0, next-1).Draw(t, "from")
					send(from, next-from)
				}
			case "late":
				now = now.Add(usualInterval)
				if err := d.Tidy(t.Context()); err != nil {
					t.Fatal(err)
				}
			case "crash":
				d = open()
			case "torn":
				tear(t, d)
				d = open()
			case "crash in between":
				half(t, d, rapid.Bool().Draw(t, "the next was begun"))
				d = open()
			}
			whole(t, dir)
		}
		for range 2 { // one that has just begun does not know how long they have waited
			if err := d.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			now = now.Add(usualInterval)
		}
		got := map[string]int{}
		for _, ids := range whole(t, dir) {
			for _, id := range ids {
				got[id]++
			}
		}
		for id, n := range sent {
			if got[id] == 0 || got[id] > n {
				t.Fatalf("%s is there %d times, and was sent %d times", id, got[id], n)
			}
		}
		if len(got) != len(sent) {
			t.Fatalf("%d are there, %d were sent", len(got), len(sent))
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*", "*"+unfinished)); len(left) > 0 {
			t.Fatalf("left over: %v", left)
		}
	})
}

// tear leaves a line as a crash does that came while it was written.
func tear(t *rapid.T, d *Destination) {
	p := d.parquet
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.spool.WriteAt([]byte(`{"id":"torn","kind":"minu`), p.size); err != nil {
		t.Fatal(err)
	}
}

// half leaves what a crash leaves after the Parquet files were written and before the lines were deleted.
func half(t *rapid.T, d *Destination, begun bool) {
	p := d.parquet
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	number := p.number
	lines, err := os.ReadFile(p.spoolName(number))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.spoolName(number), lines, 0o600); err != nil {
		t.Fatal(err)
	}
	if !begun {
		if err := os.Remove(p.spoolName(number + 1)); err != nil {
			t.Fatal(err)
		}
		names, _ := filepath.Glob(filepath.Join(p.dir, "*", fmt.Sprintf("*%020d.parquet", number)))
		if len(names) > 0 { // and one of them was begun only
			if err := os.Rename(names[0], names[0]+unfinished); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A reader that looks all the time sees whole files only.
func TestAReaderNeverSeesHalfAFile(t *testing.T) {
	d := folderOf(t, t.TempDir(), map[string]any{"parquet": map[string]any{"max_rows": 40}})
	done := make(chan error, 1)
	go func() {
		for i := range 20 {
			if err := d.Send(t.Context(), some(i*20, 20)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for looks := 0; ; looks++ {
		files := whole(t, d.c.Path)
		select {
		case err := <-done:
			if err != nil || looks == 0 {
				t.Fatalf("after %d looks: %v", looks, err)
			}
			if n := len(slices.Concat(slices.Collect(maps.Values(whole(t, d.c.Path)))...)); n != 400 {
				t.Errorf("%d of 400 records in %d files", n, len(files))
			}
			return
		default:
		}
	}
}

func TestOldDaysAreDeletedOnlyWhereAsked(t *testing.T) {
	for name, c := range map[string]struct{ days, left int }{"kept": {0, 3}, "two days": {2, 2}} {
		dir := t.TempDir()
		d := folderOf(t, dir, map[string]any{"rotation": map[string]any{"max_days": c.days}})
		d.now = func() time.Time { return nine.Time() }
		for day := range 3 { // today, and the days before
			b := some(0, 1)
			b.Logs[0].At = nine.Add(-time.Duration(day) * 36 * time.Hour)
			if err := d.Send(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			b.Logs[0].ID = fmt.Sprint("minutes-", day)
			if err := d.parquet.finish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, "day=2020-01-01"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "day=2020-01-01", "mine.parquet"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		left, _ := filepath.Glob(filepath.Join(dir, "day=*", "minutes-*.parquet"))
		if len(left) != c.left {
			t.Errorf("%s: %v, want %d", name, left, c.left)
		}
		if _, err := os.Stat(filepath.Join(dir, "day=2020-01-01", "mine.parquet")); err != nil {
			t.Errorf("%s: what is not ours is gone: %v", name, err)
		}
	}
}

// The query in docs/export.md finds the newest of each record.
func TestTheDocumentedQuestionFindsTheNewest(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	_, question, _ := strings.Cut(string(raw), "```sql\n")
	question, _, ok := strings.Cut(question, ";\n```")
	dir := t.TempDir()
	d := folderOf(t, dir, nil)
	for grade := range 3 {
		b := some(0, 1)
		b.Logs[0].At = 1_767_778_560_000 // 2026-01-07
		b.Logs[0].Values[0].Number = float64(grade)
		if err := d.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if err := d.parquet.finish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var n, grade float64
	asked := strings.ReplaceAll(question, "/srv/lake/earshot", dir)
	if err := db.QueryRowContext(t.Context(), "SELECT count(*), max(zoom_qos_minute_grade) FROM ("+asked+")").Scan(&n, &grade); err != nil || !ok || n != 1 || grade != 2 {
		t.Errorf("%v rows, grade %v, %v: want the last of one\n%s", n, grade, err, asked)
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, given := range map[string]map[string]any{
		`format is "csv"; want json or parquet`:                 {"path": "x", "format": "csv"},
		"path is empty; want":                                   {"format": "parquet"},
		"parquet.max_rows is 0; want 1 to 1000000":              {"path": "x", "parquet": map[string]any{"max_rows": 0}},
		"parquet.interval is 1ms; want 1s to 24h":               {"path": "x", "parquet": map[string]any{"interval": "1ms"}},
		"rotation.max_backups is 3; want none":                  {"path": "x", "format": "parquet", "rotation": map[string]any{"max_backups": 3}},
		"unknown key parquet.rows":                              {"path": "x", "parquet": map[string]any{"rows": 3}},
		"logs has samples; want minutes, summaries and inciden": {"path": "x", "format": "parquet"},
	} {
		if _, err := New(given, []export.Kind{export.KindMinute, export.KindSample}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
