//go:build peers

package promapi_test

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/api"
	clientv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// bearer adds the token to requests.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// tried is how many values of a variable are tried: a meeting may be without screen sharing, a person without Wi-Fi.
const tried = 25

// TestDashboardsOnDemo asks every query of every panel of a running monitor, as Grafana would, and wants data for each with some
// choice of the variables. scripts/grafanacheck.sh starts the monitor.
func TestDashboardsOnDemo(t *testing.T) {
	base, token := os.Getenv("EARSHOT_URL"), os.Getenv("EARSHOT_API_TOKEN")
	if base == "" || token == "" {
		t.Fatal("EARSHOT_URL and EARSHOT_API_TOKEN say where to ask; run scripts/grafanacheck.sh")
	}
	c, err := client.NewClient(client.Config{Address: base + "/prometheus", RoundTripper: bearer(token)})
	if err != nil {
		t.Fatal(err)
	}
	g := &grafana{t, clientv1.NewAPI(c), time.Now()}
	for file, d := range dashboards(t) {
		choices := g.choices(d.Templating.List)
		if len(choices) == 0 {
			t.Errorf("%s: there is nothing to choose from for its variables", file)
		}
		asked := 0
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				asked++
				if !g.anyData(q.Expr, q.Instant, choices) {
					t.Errorf("%s: panel %q has no data: %s", file, p.Title, q.Expr)
				}
			}
		}
		t.Logf("%s: %d queries, %d choices of its variables", file, asked, len(choices))
	}
}

// grafana asks as Grafana does, for the last hour.
type grafana struct {
	t   *testing.T
	api clientv1.API
	now time.Time
}

// choices are values for the variables, each as Grafana would offer it given those before it.
func (g *grafana) choices(vars []variable) []map[string]string {
	out := []map[string]string{{}}
	for _, v := range vars {
		if v.Type != "query" {
			continue
		}
		var next []map[string]string
		for _, chosen := range out {
			parts := labelValues.FindStringSubmatch(v.Definition)
			values, _, err := g.api.LabelValues(context.Background(), parts[2], []string{filled(parts[1], chosen)}, g.now.Add(-time.Hour), g.now)
			if err != nil {
				g.t.Fatalf("variable %s: %v", v.Name, err)
			}
			for _, value := range values[:min(len(values), tried)] {
				more := map[string]string{v.Name: string(value)}
				for name, x := range chosen {
					more[name] = x
				}
				next = append(next, more)
			}
		}
		out = next
	}
	return out
}

// anyData reports whether a query gives data for any of the choices.
func (g *grafana) anyData(expr string, instant bool, choices []map[string]string) bool {
	for _, chosen := range choices {
		query := filled(expr, chosen)
		var value model.Value
		var err error
		if instant {
			value, _, err = g.api.Query(g.t.Context(), query, g.now)
		} else {
			value, _, err = g.api.QueryRange(g.t.Context(), query, clientv1.Range{Start: g.now.Add(-time.Hour), End: g.now, Step: time.Minute})
		}
		if err != nil {
			g.t.Errorf("%s: %v", query, err)
			return true
		}
		switch v := value.(type) {
		case model.Vector:
			if len(v) > 0 {
				return true
			}
		case model.Matrix:
			if len(v) > 0 {
				return true
			}
		}
	}
	return false
}
