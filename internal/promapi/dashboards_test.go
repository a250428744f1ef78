package promapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/earshot/earshot/internal/promapi"
)

// dashboard is what these tests read of Grafana's JSON.
type dashboard struct {
	UID, Title    string
	SchemaVersion int
	Panels        []panel
	Templating    struct{ List []variable }
}

type panel struct {
	ID          int
	Type, Title string
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		Expr    string
		Instant bool
	}
	FieldConfig struct{ Overrides []any }
}

type variable struct {
	Name, Type, Definition string
	Query                  any // an object of variables that are asked for, else a text
}

// dashboards reads all that are in deploy/grafana.
func dashboards(t testing.TB) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("../../deploy/grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("dashboards: %v, %v", files, err)
	}
	out := map[string]dashboard{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[filepath.Base(file)] = d
	}
	return out
}

// macros are what Grafana puts into a query, for a span of an hour.
var macros = strings.NewReplacer("$__range", "1h", "$__rate_interval", "4m", "$__interval", "1m")

// filled puts macros and values of variables into a query.
func filled(query string, values map[string]string) string {
	query = macros.Replace(query)
	for name, v := range values {
		query = strings.NewReplacer("${"+name+"}", v, "$"+name, v).Replace(query)
	}
	return query
}

// labelValues is the only way in which the dashboards ask for the values of a variable.
var labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)

// selectors are the metric and the labels of every selector of a query.
func selectors(t testing.TB, query string) (out [][]*labels.Matcher) {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		t.Errorf("%s: %v", query, err)
		return nil
	}
	return parser.ExtractSelectors(expr)
}

func TestDashboardsAreWhole(t *testing.T) {
	all := dashboards(t)
	if diff := cmp.Diff([]string{"ingest.json", "meeting.json", "organisation.json", "participant.json", "phone.json", "site.json"}, slices.Sorted(maps.Keys(all))); diff != "" {
		t.Error(diff)
	}
	uids := map[string]string{}
	for file, d := range all {
		if other := uids[d.UID]; d.UID == "" || other != "" || !strings.HasPrefix(d.Title, "Earshot / ") {
			t.Errorf("%s: uid %q (that of %q), title %q", file, d.UID, other, d.Title)
		}
		uids[d.UID] = file
		ids, taken := map[int]bool{}, map[[2]int]string{}
		for _, p := range d.Panels {
			if ids[p.ID] || p.Title == "" || p.GridPos.X+p.GridPos.W > 24 || p.Type != "row" && len(p.Targets) == 0 {
				t.Errorf("%s: panel %d %q: its id is taken, or it has no title, place or query", file, p.ID, p.Title)
			}
			ids[p.ID] = true
			for x := range p.GridPos.W {
				for y := range p.GridPos.H {
					at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
					if taken[at] != "" {
						t.Fatalf("%s: %q lies over %q", file, p.Title, taken[at])
					}
					taken[at] = p.Title
				}
			}
		}
	}
}

// TestDashboardsAskWhatThereIs parses every query and looks up its metrics and labels. That they answer is asked of a running
// monitor: see scripts/grafanacheck.sh.
func TestDashboardsAskWhatThereIs(t *testing.T) {
	api, _ := official(t, office(t).api(promapi.Options{}))
	meta, err := api.Metadata(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/promql.md")
	if err != nil {
		t.Fatal(err)
	}
	check := func(where, query string) {
		for _, matchers := range selectors(t, query) {
			name := ""
			for _, m := range matchers {
				if m.Name == model.MetricNameLabel {
					name = m.Value
				}
			}
			if strings.HasPrefix(name, "earshot_") || strings.HasPrefix(name, "process_") {
				if !strings.Contains(string(docs), "`"+name+"`") {
					t.Errorf("%s: docs/promql.md does not tell of %s", where, name)
				}
				continue // recorded: there are as many as the monitor has
			}
			if len(meta[name]) == 0 {
				t.Errorf("%s: there is no metric %s", where, name)
			}
			known, _, err := api.LabelNames(t.Context(), []string{name}, nine.Time(), now.Time())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range matchers {
				if !slices.ContainsFunc(known, func(n model.LabelName) bool { return string(n) == m.Name }) {
					t.Errorf("%s: %s has no label %s", where, name, m.Name)
				}
			}
		}
	}
	for file, d := range dashboards(t) {
		values := map[string]string{}
		for _, v := range d.Templating.List {
			if v.Type == "query" {
				values[v.Name] = "x"
				parts := labelValues.FindStringSubmatch(v.Definition)
				if q, ok := v.Query.(map[string]any); len(parts) != 3 || !ok || q["query"] != v.Definition {
					t.Errorf("%s: variable %s asks %q and %v, want label_values(…, label) in both", file, v.Name, v.Definition, v.Query)
					continue
				}
				check(file+" $"+v.Name, filled(parts[1], map[string]string{"meeting": "x"}))
			}
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				query := filled(q.Expr, values)
				check(fmt.Sprintf("%s %q", file, p.Title), query)
				if strings.Contains(query, "$") {
					t.Errorf("%s %q: %s asks for a variable that there is not", file, p.Title, q.Expr)
				}
			}
		}
	}
}
