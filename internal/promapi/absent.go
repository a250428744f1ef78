package promapi

import (
	"cmp"
	"context"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
)

// What Prometheus has and Earshot has not: its API answers with empty lists.

type noExemplars struct{}

func (noExemplars) ExemplarQuerier(context.Context) (storage.ExemplarQuerier, error) {
	return noExemplars{}, nil
}
func (noExemplars) Select(int64, int64, ...[]*labels.Matcher) ([]exemplar.QueryResult, error) {
	return nil, nil
}

type noTargets struct{}

func (noTargets) TargetsActive() map[string][]*scrape.Target            { return nil }
func (noTargets) TargetsDropped() map[string][]*scrape.Target           { return nil }
func (noTargets) TargetsDroppedCounts() map[string]int                  { return nil }
func (noTargets) ScrapePools() []string                                 { return nil }
func (noTargets) ScrapePoolConfig(string) (*config.ScrapeConfig, error) { return nil, nil }
func (noTargets) Alertmanagers() []*url.URL                             { return nil }
func (noTargets) DroppedAlertmanagers() []*url.URL                      { return nil }

type noRules struct{}

func (noRules) RuleGroups() []*rules.Group           { return nil }
func (noRules) AlertingRules() []*rules.AlertingRule { return nil }

// metadata says what each metric is; Grafana shows it while one types.
func (a *API) metadata(w http.ResponseWriter, r *http.Request) {
	type entry struct {
		Type string `json:"type"`
		Help string `json:"help"`
		Unit string `json:"unit"`
	}
	only, most := r.FormValue("metric"), math.MaxInt
	if n, err := strconv.Atoi(r.FormValue("limit")); err == nil && n >= 0 {
		most = n
	}
	data := make(map[string][]entry)
	all := a.all()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if m := all[name]; (only == "" || only == name) && len(data) < most {
			data[name] = []entry{{cmp.Or(m.kind, "gauge"), m.help, ""}}
		}
	}
	respond(w, http.StatusOK, "", "", data)
}
