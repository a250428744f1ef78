package deploy_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	clickhouse "github.com/AfterShip/clickhouse-sql-parser/parser"
	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/export"
)

// clickhouseColumns reads the columns of the schema's tables and views. A view has those of its table, where it selects *, and its aliases.
func clickhouseColumns(t *testing.T) (tables, views map[string][]string) {
	t.Helper()
	tables, views = map[string][]string{}, map[string][]string{}
	table, alias := regexp.MustCompile(`\bearshot\.(\w+) FINAL\b`), regexp.MustCompile(`\bAS (\w+)\b`)
	raw, err := os.ReadFile("grafana/clickhouse/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	all, err := clickhouse.NewParser(string(raw)).ParseStmts()
	if err != nil {
		t.Fatalf("schema.sql: %v", err)
	}
	for _, s := range all {
		switch s := s.(type) {
		case *clickhouse.CreateTable:
			name := strings.TrimPrefix(s.Name.String(), "earshot.")
			for _, c := range s.TableSchema.Columns {
				if d, ok := c.(*clickhouse.ColumnDef); ok {
					tables[name] = append(tables[name], d.Name.String())
				}
			}
		case *clickhouse.CreateView:
			name, query := strings.TrimPrefix(s.Name.String(), "earshot."), s.SubQuery.String()
			if from := table.FindStringSubmatch(query); from == nil {
				t.Errorf("schema.sql: the view %s asks no table with FINAL", name)
			} else if strings.Contains(query, "*") {
				views[name] = slices.Clone(tables[from[1]])
			}
			for _, a := range alias.FindAllStringSubmatch(query, -1) {
				views[name] = append(views[name], a[1])
			}
		}
	}
	return tables, views
}

func TestClickHouseTablesHoldWhatLeaves(t *testing.T) {
	got, _ := clickhouseColumns(t)
	for _, way := range []string{"queue", "lines"} { // through which what leaves arrives
		if d := cmp.Diff([]string{"line"}, got[way]); d != "" {
			t.Errorf("table %s: %s", way, d)
		}
		delete(got, way)
	}
	want := map[string][]string{}
	snake := strings.NewReplacer(".", "_", "/", "_")
	for _, k := range []export.Kind{export.KindSample, export.KindMinute, export.KindSummary, export.KindIncident} {
		columns := []string{"id", "time"}
		if k == export.KindMinute {
			columns = append(columns, "revised")
		}
		keys, values := export.KeysOf(k)
		for _, key := range slices.Concat(keys, values) {
			columns = append(columns, snake.Replace(key))
		}
		want[k.String()] = append(columns, "written")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-leaves +schema.sql:\n%s", d)
	}
}

// notInClickHouse are panels without a query there: alerts leave through no export, and the grades of calls are made by who asks.
var notInClickHouse = []string{"Alerts that fire", "Alerts of this span", "Alerts here", "Bad calls now", "Bad call-minutes", "Calls by grade"}

// macros stand for what Grafana's ClickHouse data source makes of its own.
var macros = []struct {
	macro *regexp.Regexp
	sql   string
}{
	{regexp.MustCompile(`\$__timeFilter\((\w+)\)`), "($1 >= toDateTime(0) AND $1 <= now())"},
	{regexp.MustCompile(`\$__timeInterval\((\w+)\)`), "toStartOfInterval($1, INTERVAL 60 SECOND)"},
	{regexp.MustCompile(`\$\{\w+:sqlstring\}`), "'x'"},
}

func TestClickHouseQueriesAskForWhatIsThere(t *testing.T) {
	columns, views := clickhouseColumns(t)
	maps.Copy(columns, views)
	ours := regexp.MustCompile(`\b(?:zoom|earshot|network|device|enduser)_[a-z_]+\b`)
	table := regexp.MustCompile(`\bearshot\.(\w+)\b`)
	for _, name := range []string{"organisation", "site", "meeting", "participant", "phone"} {
		raw, err := os.ReadFile(filepath.Join("grafana/clickhouse/queries", name+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, part := range strings.Split("\n"+string(raw), "\n-- ")[1:] {
			head, sql, _ := strings.Cut(part, "\n")
			for _, m := range macros {
				sql = m.macro.ReplaceAllString(sql, m.sql)
			}
			if strings.Contains(sql, "$") {
				t.Errorf("%s, %s: a macro or variable that nobody knows: %s", name, head, sql)
			}
			stmts, err := clickhouse.NewParser(sql).ParseStmts()
			if err != nil || len(stmts) != 1 {
				t.Errorf("%s, %s: %v\n%s", name, head, err, sql)
				continue
			}
			var there []string
			for _, m := range table.FindAllStringSubmatch(sql, -1) {
				if columns[m[1]] == nil {
					t.Errorf("%s, %s: there is no table %s", name, head, m[1])
				}
				there = append(there, columns[m[1]]...)
				if views[m[1]] == nil && !strings.Contains(sql, m[0]+" FINAL") {
					t.Errorf("%s, %s: asks %s without FINAL", name, head, m[1])
				}
			}
			for _, c := range ours.FindAllString(sql, -1) {
				if !slices.Contains(there, c) {
					t.Errorf("%s, %s: no column %s in what it asks", name, head, c)
				}
			}
			if title, ok := strings.CutPrefix(head, "panel: "); ok {
				asked[title] = true
			}
		}
		for _, title := range panelsOf(t, name) {
			if asked[title] == slices.Contains(notInClickHouse, title) {
				t.Errorf("%s: panel %q: a query in ClickHouse is %v", name, title, asked[title])
			}
		}
	}
}

// panelsOf are the titles of a dashboard's panels.
func panelsOf(t *testing.T, name string) (titles []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("grafana/dashboards", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct{ Type, Title string }
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		if p.Type != "row" {
			titles = append(titles, p.Title)
		}
	}
	return titles
}
