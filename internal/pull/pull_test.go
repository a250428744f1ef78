package pull_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/pull"
	"github.com/earshot/earshot/internal/registry"
)

// nine is 2026-03-02 09:00 UTC.
const (
	nine   earshot.Instant = 1_772_442_000_000
	minute                 = 60_000
	lyon   earshot.ID      = 0x51
)

// people is a registry in memory; its cursors are numbers.
type people struct {
	meetings  []earshot.Meeting // newest first
	segments  []earshot.Segment
	persons   []earshot.Person
	calls     []earshot.Call
	incidents []earshot.Incident
	looked    int // how often persons were looked up
}

func (p *people) Sites(context.Context) ([]earshot.Site, error) {
	return []earshot.Site{{ID: lyon, Name: "Lyon"}}, nil
}

func page[T any](all []T, after string, limit int) ([]T, string) {
	from, _ := strconv.Atoi(after)
	to := min(from+limit, len(all))
	if to == len(all) {
		return all[from:to], ""
	}
	return all[from:to], strconv.Itoa(to)
}

func (p *people) Meetings(_ context.Context, q registry.MeetingQuery) (out registry.MeetingPage, _ error) {
	out.Items, out.Next = page(p.meetings, q.After, q.Limit)
	return out, nil
}

func (p *people) MeetingsByID(_ context.Context, ids []earshot.ID) ([]earshot.Meeting, error) {
	return slices.DeleteFunc(slices.Clone(p.meetings), func(m earshot.Meeting) bool { return !slices.Contains(ids, m.ID) }), nil
}

func (p *people) SegmentsOf(_ context.Context, meeting earshot.ID) ([]earshot.Segment, error) {
	return slices.DeleteFunc(slices.Clone(p.segments), func(s earshot.Segment) bool { return s.Meeting != meeting }), nil
}

func (p *people) SegmentsByID(_ context.Context, ids []earshot.ID) ([]earshot.Segment, error) {
	return slices.DeleteFunc(slices.Clone(p.segments), func(s earshot.Segment) bool { return !slices.Contains(ids, s.ID) }), nil
}

func (p *people) PersonsByID(_ context.Context, ids []earshot.ID) ([]earshot.Person, error) {
	p.looked++
	return slices.DeleteFunc(slices.Clone(p.persons), func(x earshot.Person) bool { return !slices.Contains(ids, x.ID) }), nil
}

func (p *people) Calls(_ context.Context, q registry.CallQuery) (out registry.CallPage, _ error) {
	out.Items, out.Next = page(p.calls, q.After, q.Limit)
	return out, nil
}

func (p *people) Incidents(_ context.Context, q registry.IncidentQuery) (out registry.IncidentPage, _ error) {
	out.Items, out.Next = page(p.incidents, q.After, q.Limit)
	return out, nil
}

// office is one meeting of five for two hours, and what else there is.
func office(t testing.TB) (*pull.Exporter, *people) {
	t.Helper()
	store := factstest.NewMemory()
	batch := facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1}
	p := &people{}
	for i := range 40 {
		m := earshot.Meeting{ID: earshot.ID(1000 - i), Account: 3, Topic: "Plan", FirstSeen: nine + earshot.Instant(120-3*i)*minute, LastSeen: nine + earshot.Instant(121-3*i)*minute}
		p.meetings = append(p.meetings, m)
		p.segments = append(p.segments, earshot.Segment{ID: earshot.ID(5000 + i), Meeting: m.ID, Account: 3, Person: 1, Join: m.FirstSeen, Name: "Ann"})
		p.calls = append(p.calls, earshot.Call{ID: earshot.ID(7000 + i), Account: 3, FirstSeen: m.FirstSeen, LastSeen: m.LastSeen, Caller: earshot.CallParty{Person: 1, Number: "+1 555 0100", Network: "LAN"}})
		p.incidents = append(p.incidents, earshot.Incident{ID: earshot.ID(8000 + i), Account: 3, Cause: earshot.CauseWifi, Start: m.FirstSeen, Affected: i})
	}
	p.meetings[0].ID, p.meetings[0].FirstSeen, p.segments[0].Meeting = 7, nine, 7
	for person := range earshot.ID(5) {
		p.persons = append(p.persons, earshot.Person{ID: person + 1, Name: "=cmd|' /C calc'!A0", Email: fmt.Sprintf("p%d@example.com", person)})
		p.segments = append(p.segments, earshot.Segment{ID: 100 + person, Meeting: 7, Person: person + 1, Name: "Ann, of \"Lyon\""})
		for at := nine; at < nine+120*minute; at += minute {
			if at > nine+30*minute && at < nine+70*minute {
				continue // a break
			}
			g := earshot.Grade(1 + (int(at/minute)+int(person))%4)
			batch.Minutes = append(batch.Minutes, earshot.Minute{
				Segment: 100 + person, Meeting: 7, Person: person + 1, Account: 3, At: at, Kind: earshot.KindMeeting, Dimensions: earshot.Dimensions{Site: lyon, NetworkType: "Wifi", ISP: "=Orange"},
				Grade: g, Reports: 2, Reason: earshot.Reason{Set: g == earshot.Bad, Wire: earshot.WireAudioInput, Metric: earshot.LossMaxPct, Value: 12.1, Bound: 10},
			})
			s := facts.Sample{Sample: earshot.Sample{Segment: 100 + person, At: at + 5000, Wire: earshot.WireAudioInput}, Account: 3, Meeting: 7, Dimensions: earshot.Dimensions{Site: lyon}}
			s.Set(earshot.LossMaxPct, 0.1)
			batch.Samples = append(batch.Samples, s)
		}
	}
	if err := store.Apply(t.Context(), &batch); err != nil {
		t.Fatal(err)
	}
	e, err := pull.New(pull.Options{Facts: store, Registry: p})
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

func question(what pull.What) pull.Question {
	return pull.Question{What: what, From: nine, To: nine + 180*minute}
}

// encoded gathers a question in parts and writes them one after the other, as a download does.
func encoded(t testing.TB, e *pull.Exporter, q pull.Question, f pull.Format, want int) (text string, parts int) {
	t.Helper()
	var out bytes.Buffer
	for after := ""; ; parts++ {
		p, err := e.Part(t.Context(), q, after, want)
		if err != nil {
			t.Fatal(err)
		}
		enc, err := pull.NewEncoder(&out, f, p.Columns, after == "")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(enc.Part(p), enc.Close()); err != nil {
			t.Fatal(err)
		}
		if p.Next == "" {
			if p.Done != 1 {
				t.Errorf("the last part says that %v of the span is told", p.Done)
			}
			return out.String(), parts + 1
		}
		after = p.Next
	}
}

// TestPartsAreTheWhole: however large the parts, together they are the same rows, none twice.
func TestPartsAreTheWhole(t *testing.T) {
	e, _ := office(t)
	for what, rows := range map[pull.What]int{pull.Minutes: 405, pull.Samples: 405, pull.Meetings: 40, pull.Segments: 45, pull.Calls: 40, pull.Incidents: 40} {
		whole, _ := encoded(t, e, question(what), pull.JSONL, pull.MostRows)
		lines := strings.Split(strings.TrimSuffix(whole, "\n"), "\n")
		if unique := slices.Compact(slices.Sorted(slices.Values(lines))); len(lines) != rows || len(unique) != rows {
			t.Errorf("%s: %d rows, %d of them different, want %d", what, len(lines), len(unique), rows)
		}
		for _, want := range []int{1, 7, 50, 333} {
			if got, parts := encoded(t, e, question(what), pull.JSONL, want); got != whole {
				t.Errorf("%s in %d parts of %d rows differs from all at once", what, parts, want)
			}
		}
	}
}

func TestQuestions(t *testing.T) {
	e, _ := office(t)
	narrow := question(pull.Minutes)
	narrow.Grade, narrow.Person = earshot.Bad, 2
	text, _ := encoded(t, e, narrow, pull.JSONL, 10)
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"grade":"bad"`) || !strings.Contains(line, `"person":"0000000000000002"`) || !strings.Contains(line, `"reason_value":12.1,`) {
			t.Fatalf("%s is not what was asked for", line)
		}
	}
	if text == "" {
		t.Error("nothing, want the bad minutes of one person")
	}
	first, err := e.Part(t.Context(), question(pull.Minutes), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	wrong := question(pull.Calls)
	wrong.Site = lyon
	for name, c := range map[string]struct {
		q     pull.Question
		after string
		want  string
	}{
		"no table":                     {pull.Question{What: "nothing", From: 1, To: 2}, "", "what"},
		"no span":                      {pull.Question{What: pull.Minutes, From: nine, To: nine}, "", "to"},
		"a filter that is not known":   {wrong, "", "site"},
		"another question's next part": {narrow, first.Next, "after"},
		"a continuation that is none":  {question(pull.Minutes), "bm8", "after"},
	} {
		var q *pull.QuestionError
		if _, err := e.Part(t.Context(), c.q, c.after, 0); !errors.As(err, &q) || q.Parameter != c.want {
			t.Errorf("%s: %v, want an error about %s", name, err, c.want)
		}
	}
}

func TestNamesComeOnlyWhenAsked(t *testing.T) {
	e, p := office(t)
	for _, what := range pull.Whats() {
		text, _ := encoded(t, e, question(what), pull.JSONL, 0)
		for _, personal := range []string{"example.com", "Ann", "555", "Plan", "calc"} {
			if strings.Contains(text, personal) {
				t.Errorf("%s tells %q without being asked for names", what, personal)
			}
		}
	}
	if p.looked != 0 {
		t.Errorf("persons were looked up %d times", p.looked)
	}
	q := question(pull.Minutes)
	q.Names = true
	text, _ := encoded(t, e, q, pull.CSV, 100)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 406 {
		t.Fatalf("%d rows, %v, want 405 and a head", len(rows), err)
	}
	at := func(name string) string { return rows[1][slices.Index(rows[0], name)] }
	if at("person_name") != "'=cmd|' /C calc'!A0" || at("isp") != "'=Orange" || at("site_name") != "Lyon" || at("person_email") != "p0@example.com" || at("at") != "2026-03-02T09:00:00Z" {
		t.Errorf("%q", rows[1])
	}
}

// TestParquet lets DuckDB and parquet-go read what JSON lines say.
func TestParquet(t *testing.T) {
	e, _ := office(t)
	for _, what := range pull.Whats() {
		q := question(what)
		q.Names = true
		path := filepath.Join(t.TempDir(), string(what)+".parquet")
		var out bytes.Buffer
		var enc pull.Encoder
		for after := ""; ; {
			p, err := e.Part(t.Context(), q, after, 50)
			if err != nil {
				t.Fatal(err)
			}
			if enc == nil {
				if enc, err = pull.NewEncoder(&out, pull.Parquet, p.Columns, true); err != nil {
					t.Fatal(err)
				}
			}
			if err := enc.Part(p); err != nil {
				t.Fatal(err)
			}
			if after = p.Next; after == "" {
				break
			}
		}
		if err := errors.Join(enc.Close(), os.WriteFile(path, out.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		text, _ := encoded(t, e, q, pull.JSONL, 0)
		want := rowsOf(t, text)
		columns := pull.Columns(what, true)
		if diff := cmp.Diff(want, duckRows(t, path, columns)); diff != "" {
			t.Errorf("%s, read by DuckDB (-JSON +Parquet):\n%.2000s", what, diff)
		}
		if diff := cmp.Diff(want, parquetRows(t, out.Bytes(), columns)); diff != "" {
			t.Errorf("%s, read by parquet-go (-JSON +Parquet):\n%.2000s", what, diff)
		}
	}
}

func rowsOf(t *testing.T, text string) (out []map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var r map[string]any
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out = append(out, r)
	}
}

// duckRows reads a file with DuckDB, which makes JSON of each row itself.
func duckRows(t *testing.T, path string, columns []pull.Column) (out []map[string]any) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var cells []string
	for _, c := range columns {
		cell := `"` + c.Name + `"`
		if c.Kind == pull.Moment {
			cell = fmt.Sprintf(`strftime(%s AT TIME ZONE 'UTC', '%%Y-%%m-%%dT%%H:%%M:%%SZ')`, cell)
		}
		cells = append(cells, fmt.Sprintf(`CASE WHEN "%s" IS NULL THEN '' ELSE CAST(%s AS VARCHAR) END`, c.Name, cell))
	}
	rows, err := db.QueryContext(t.Context(), "SELECT "+strings.Join(cells, ", ")+" FROM read_parquet('"+path+"')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		r := map[string]any{}
		for i, c := range columns {
			if values[i] == "" {
				continue
			}
			r[c.Name] = values[i]
			switch c.Kind {
			case pull.Number, pull.Count:
				x, err := strconv.ParseFloat(values[i], 64)
				if err != nil {
					t.Fatal(err)
				}
				r[c.Name] = narrow(x)
			case pull.Flag:
				r[c.Name] = values[i] == "true"
			}
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// narrow takes off the digits that a float32 never had, as JSON lines do.
func narrow(x float64) float64 {
	if float64(float32(x)) != x {
		return x
	}
	out, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', -1, 32), 64)
	return out
}

func parquetRows(t *testing.T, raw []byte, columns []pull.Column) (out []map[string]any) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Schema().Columns() {
		if len(c) != 1 || c[0] != columns[i].Name {
			t.Fatalf("column %d is %v, want %s", i, c, columns[i].Name)
		}
	}
	for _, g := range f.RowGroups() {
		rows := g.Rows()
		buf := make([]parquet.Row, 64)
		for {
			n, err := rows.ReadRows(buf)
			for _, x := range buf[:n] {
				r := map[string]any{}
				for _, v := range x {
					if c := columns[v.Column()]; !v.IsNull() {
						switch c.Kind {
						case pull.Number:
							r[c.Name] = narrow(v.Double())
						case pull.Count:
							r[c.Name] = float64(v.Int64())
						case pull.Flag:
							r[c.Name] = v.Boolean()
						case pull.Moment:
							r[c.Name] = earshot.Instant(v.Int64()).Time().UTC().Format("2006-01-02T15:04:05Z")
						default:
							r[c.Name] = string(v.ByteArray())
						}
					}
				}
				out = append(out, r)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func FuzzContinuation(f *testing.F) {
	f.Add("bm8")
	f.Add("eyJhIjoxNzcyNDQyMDAwMDAwLCJ3IjotMSwicSI6IngifQ")
	e, _ := office(f)
	f.Fuzz(func(t *testing.T, after string) {
		p, err := e.Part(t.Context(), question(pull.Minutes), after, 50)
		var q *pull.QuestionError
		if err != nil && !errors.As(err, &q) {
			t.Fatal(err)
		}
		if err == nil && p.Rows() > 500 {
			t.Fatalf("%d rows", p.Rows())
		}
	})
}

// TestDocs holds the list of columns in docs/pull.md to what there is.
func TestDocs(t *testing.T) {
	docs, err := os.ReadFile("../../docs/pull.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range pull.Whats() {
		var names []string
		for _, c := range pull.Columns(what, true) {
			name := "`" + c.Name + "`"
			if c.Personal {
				name += `\*`
			}
			names = append(names, name)
		}
		if want := fmt.Sprintf("### %s\n\n%s\n", what, strings.Join(names, ", ")); !strings.Contains(string(docs), want) {
			t.Errorf("docs/pull.md lacks:\n%s", want)
		}
	}
}
