package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/promapi"
)

// openPromQL makes what answers PromQL, for Grafana and for alert rules.
func (m *Monitor) openPromQL() (err error) {
	m.promql, err = promapi.New(promapi.Options{
		Facts: m.facts, Live: m.live, Registry: m.registry, Input: m.pipeline.Input, Version: m.o.Version, Logger: m.log.With("component", "promql"),
	})
	if err != nil {
		return fmt.Errorf("open PromQL: %w", err)
	}
	return nil
}

// promQuerier evaluates the PromQL of alert rules.
type promQuerier struct{ api *promapi.API }

// Instant implements watch.Querier.
func (q promQuerier) Instant(ctx context.Context, expr string, at earshot.Instant) ([]alert.Sample, error) {
	values, err := q.api.Query(ctx, expr, at.Time())
	if err != nil {
		return nil, err
	}
	out := make([]alert.Sample, len(values))
	for i, v := range values {
		pairs := make([]string, 0, len(v.Labels))
		for _, name := range slices.Sorted(maps.Keys(v.Labels)) {
			pairs = append(pairs, fmt.Sprintf("%s=%q", name, v.Labels[name]))
		}
		out[i] = alert.Sample{Labels: "{" + strings.Join(pairs, ", ") + "}", Value: v.Value}
	}
	return out, nil
}
