package promapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"
	v1 "github.com/prometheus/prometheus/web/api/v1"

	"github.com/earshot/earshot"
)

// Alerts tells which rules there are, and what fired.
type Alerts interface {
	// Rules returns the rules that are on.
	Rules(ctx context.Context) ([]AlertRule, error)
	// Fired returns the alerts that fired at some time of [from, to], at most so many, newest first; at a single moment, those that
	// fired then.
	Fired(ctx context.Context, from, to earshot.Instant, most int) ([]Alert, error)
}

// AlertRule is a rule of Earshot's.
type AlertRule struct {
	Name, About, Kind, Severity string
	// Expr is the PromQL of a rule that has one; empty: the rule looks at what no expression says.
	Expr string
	For  time.Duration
}

// Alert is what fires, or fired.
type Alert struct {
	Rule                string
	Labels, Annotations map[string]string // labels name places, never people; annotations may
	Raised, Ended       earshot.Instant   // Ended is 0 while it fires
	Value               float64
}

const (
	alerts = "zoom_qos_alerts"
	// mostAlerts is how many one question reads.
	mostAlerts = 5_000
)

// alertLabels are those of the series; ids of single alerts and incidents are none of them.
var alertLabels = []string{"alertname", "severity", "kind", "cause", "scope", "site"}

// readAlerts counts the alerts that fired, by minute.
func (a *API) readAlerts(ctx context.Context, s *selection, c *collection) error {
	if a.o.Alerts == nil {
		return nil
	}
	all, err := a.o.Alerts.Fired(ctx, s.from.Minute(), s.to, mostAlerts+1)
	if err != nil {
		return err
	}
	if len(all) > mostAlerts {
		return fmt.Errorf("more than %d alerts; ask for a shorter range", mostAlerts)
	}
	k := newPresence(s, c)
	for i := range all {
		pairs := []string{model.MetricNameLabel, alerts}
		for _, name := range alertLabels {
			if v := all[i].Labels[name]; v != "" {
				pairs = append(pairs, name, v)
			}
		}
		k.add(labels.FromStrings(pairs...), all[i].Raised, all[i].Ended)
	}
	return k.put()
}

// serveRules answers /rules as Prometheus does: all rules are alerting rules of one group.
func (a *API) serveRules(w http.ResponseWriter, r *http.Request) {
	group := &v1.RuleGroup{Name: "earshot", File: "earshot", Rules: []v1.Rule{}, Interval: 10}
	out := v1.RuleDiscovery{RuleGroups: []*v1.RuleGroup{group}}
	if err := r.ParseForm(); err != nil || len(r.Form["match[]"]) > 0 || !slices.Contains([]string{"", "alert", "record"}, r.Form.Get("type")) {
		respond(w, http.StatusBadRequest, "bad_data", "want type=alert or record, rule_name[], rule_group[], file[], exclude_alerts; match[] is not offered", nil)
		return
	}
	without, _ := strconv.ParseBool(r.Form.Get("exclude_alerts")) // what is no truth value excludes nothing
	chosen := func(key, value string) bool { return len(r.Form[key]) == 0 || slices.Contains(r.Form[key], value) }
	if a.o.Alerts == nil || r.Form.Get("type") == "record" || !chosen("rule_group[]", group.Name) || !chosen("file[]", group.File) {
		respond(w, http.StatusOK, "", "", v1.RuleDiscovery{RuleGroups: []*v1.RuleGroup{}})
		return
	}
	all, firing, err := a.rules(r.Context())
	if err != nil {
		a.internal(w, "rules", err)
		return
	}
	group.LastEvaluation = a.o.Live.Watermark().Time()
	for i := range all {
		if chosen("rule_name[]", all[i].Name) {
			rule := alertingRule(&all[i], firing[all[i].Name], group.LastEvaluation)
			if without {
				rule.Alerts = []*v1.Alert{}
			}
			group.Rules = append(group.Rules, rule)
		}
	}
	respond(w, http.StatusOK, "", "", out)
}

// serveAlerts answers /alerts: what fires now.
func (a *API) serveAlerts(w http.ResponseWriter, r *http.Request) {
	out := v1.AlertDiscovery{Alerts: []*v1.Alert{}}
	if a.o.Alerts != nil {
		_, firing, err := a.rules(r.Context())
		if err != nil {
			a.internal(w, "alerts", err)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(firing)) {
			out.Alerts = append(out.Alerts, firing[name]...)
		}
	}
	respond(w, http.StatusOK, "", "", out)
}

// rules returns the rules by name, and what fires now by rule.
func (a *API) rules(ctx context.Context) ([]AlertRule, map[string][]*v1.Alert, error) {
	all, err := a.o.Alerts.Rules(ctx)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(all, func(a, b AlertRule) int { return cmp.Compare(a.Name, b.Name) })
	now := a.o.Live.Watermark()
	fired, err := a.o.Alerts.Fired(ctx, now, now, mostAlerts)
	if err != nil {
		return nil, nil, err
	}
	firing := make(map[string][]*v1.Alert)
	for i := range fired {
		x := &fired[i]
		if x.Ended != 0 {
			continue
		}
		raised := x.Raised.Time()
		firing[x.Rule] = append(firing[x.Rule], &v1.Alert{
			Labels: labels.FromMap(x.Labels), Annotations: labels.FromMap(x.Annotations), State: "firing", ActiveAt: &raised,
			Value: strconv.FormatFloat(x.Value, 'e', -1, 64),
		})
	}
	return all, firing, nil
}

// alertingRule says a rule in Prometheus' terms. The query of a rule that has no PromQL is the one that shows when it fires.
func alertingRule(r *AlertRule, firing []*v1.Alert, at time.Time) v1.AlertingRule {
	out := v1.AlertingRule{
		State: "inactive", Name: r.Name, Query: r.Expr, Duration: r.For.Seconds(), Annotations: labels.EmptyLabels(), Alerts: []*v1.Alert{},
		Health: rules.HealthGood, LastEvaluation: at, Type: "alerting",
	}
	pairs := []string{"kind", r.Kind}
	if r.Severity != "" {
		pairs = append(pairs, "severity", r.Severity)
	}
	out.Labels = labels.FromStrings(pairs...)
	if r.About != "" {
		out.Annotations = labels.FromStrings("description", r.About)
	}
	if out.Query == "" {
		out.Query = fmt.Sprintf(`sum(%s{alertname=%q}) > 0`, alerts, r.Name)
	}
	if len(firing) > 0 {
		out.State, out.Alerts = "firing", firing
	}
	return out
}

func (a *API) internal(w http.ResponseWriter, what string, err error) {
	a.o.Logger.Error("could not tell the "+what, "err", err)
	respond(w, http.StatusInternalServerError, "internal", "this should not have happened; the log of the monitor says more", nil)
}

// respond answers in the form of Prometheus' API.
func respond(w http.ResponseWriter, status int, kind, message string, data any) {
	body := map[string]any{"status": "success", "data": data}
	if kind != "" {
		body = map[string]any{"status": "error", "errorType": kind, "error": message}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}
