package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/promapi"
	"github.com/earshot/earshot/internal/registry"
)

// openPromQL makes what answers PromQL, for Grafana and for alert rules. The monitor's own metrics are remembered for it.
func (m *Monitor) openPromQL() (err error) {
	log := obs.Component(m.log, "promql")
	if m.metrics, err = m.newMetrics(); err != nil {
		return err
	}
	if m.recorder, err = promapi.NewRecorder(promapi.RecorderOptions{Gatherer: m.metrics, Logger: log}); err != nil {
		return err
	}
	m.promql, err = promapi.New(promapi.Options{
		Facts: m.facts, Live: m.live, Registry: m.registry, Input: m.pipeline.Input, Alerts: promAlerts{m}, Recorder: m.recorder, Version: m.o.Version, Logger: log,
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

// promAlerts tells PromQL about rules and alerts. They are made after it, since rules may ask it.
type promAlerts struct{ m *Monitor }

// Rules implements promapi.Alerts.
func (p promAlerts) Rules(ctx context.Context) ([]promapi.AlertRule, error) {
	all, err := p.m.alerts.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var out []promapi.AlertRule
	for i := range all {
		if r := &all[i].Rule; r.On() {
			out = append(out, promapi.AlertRule{
				Name: r.Name, About: r.About, Kind: string(r.Kind), Severity: string(r.Severity), Expr: r.Expr, For: time.Duration(r.For),
			})
		}
	}
	return out, nil
}

// Fired implements promapi.Alerts.
func (p promAlerts) Fired(ctx context.Context, from, to earshot.Instant, most int) ([]promapi.Alert, error) {
	q := registry.AlertQuery{From: from, To: to + 1, Limit: 500}
	var out []promapi.Alert
	for {
		page, err := p.m.alerts.Alerts(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			a := &page.Items[i]
			out = append(out, promapi.Alert{
				Rule: a.Rule, Labels: a.Labels, Annotations: map[string]string{"summary": a.Words.Title, "description": a.Words.Evidence},
				Raised: a.Raised, Ended: a.Ended, Value: a.Value,
			})
		}
		if page.Next == "" || len(out) >= most {
			return out[:min(most, len(out))], nil
		}
		q.After = page.Next
	}
}
