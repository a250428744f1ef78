package promapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/grafana/regexp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/route"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/features"
	v1 "github.com/prometheus/prometheus/web/api/v1"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// Facts is what is read of the column store.
type Facts interface {
	Tally(ctx context.Context, q facts.TallyQuery) ([]facts.Tally, error)
	Samples(ctx context.Context, f facts.Filter) ([]facts.Sample, error)
	Minutes(ctx context.Context, f facts.Filter) ([]earshot.Minute, error)
	CallSamples(ctx context.Context, call earshot.ID) ([]earshot.CallSample, error)
	CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error)
}

// Live is what is read of the live view.
type Live interface {
	Watermark() earshot.Instant
	Recent(from earshot.Instant) []live.Group
}

// Registry is what is read of the registry.
type Registry interface {
	Sites(ctx context.Context) ([]earshot.Site, error)
	Incidents(ctx context.Context, q registry.IncidentQuery) (registry.IncidentPage, error)
	Calls(ctx context.Context, q registry.CallQuery) (registry.CallPage, error)
}

// Options are what an API needs. Facts, Live, Registry and Input are required.
type Options struct {
	Facts    Facts
	Live     Live
	Registry Registry
	// Input says which way *_input of an account runs.
	Input    func(account earshot.ID) (audio, video earshot.InputMeaning)
	Alerts   Alerts    // nil: there are no rules, and nothing fires
	Recorder *Recorder // of the monitor's own figures; nil: they cannot be asked for
	Version  string    // what build information says; may be empty
	// MaxSamples bounds what one query holds in memory; 0: 5 million, about 200 MB at worst.
	MaxSamples int
	// Timeout bounds one query; 0: 30 s.
	Timeout time.Duration
	// Longest is how far back a question reaches; 0: 400 days.
	Longest time.Duration
	// Concurrent is how many queries run at once, the others wait; 0: 2.
	Concurrent int
	Logger     *slog.Logger // nil: silent
}

// API answers PromQL. See the package comment.
type API struct {
	o       Options
	metrics map[string]metric
	engine  *engine
	handler http.Handler
	slots   chan struct{}
}

// New returns an API. It reads nothing until it is asked.
func New(o Options) (*API, error) {
	if o.Facts == nil || o.Live == nil || o.Registry == nil || o.Input == nil {
		return nil, errors.New("promapi: BUG: an option is missing")
	}
	o.MaxSamples, o.Timeout = orElse(o.MaxSamples, 5_000_000), orElse(o.Timeout, 30*time.Second)
	o.Longest, o.Concurrent = orElse(o.Longest, 400*24*time.Hour), orElse(o.Concurrent, 2)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{o: o, slots: make(chan struct{}, o.Concurrent)}
	a.metrics = a.list()
	p := parser.NewParser(parser.Options{})
	a.engine = &engine{parser: p, Engine: promql.NewEngine(promql.EngineOpts{
		Logger: o.Logger, MaxSamples: o.MaxSamples, Timeout: o.Timeout, LookbackDelta: 5 * time.Minute, EnableAtModifier: true, EnableNegativeOffset: true, Parser: p,
	})}
	a.handler = a.routes(p)
	return a, nil
}

// list is what can be asked for, beside what the recorder holds.
func (a *API) list() map[string]metric {
	counted := []string{gradeLabel}
	for i := range countLabels {
		counted = append(counted, countLabels[i].name)
	}
	networks := []string{"account", "caller_network", "callee_network"}
	out := map[string]metric{
		participants:        {help: "People with a minute of the grade.", labels: counted, read: a.readParticipants},
		participantMinutes:  {help: "Participant-minutes of the grade in the last whole hour, UTC.", labels: counted, read: a.readParticipantMinutes},
		incidents:           {help: "Incidents that are open.", labels: []string{"cause", "severity", "scope", "cell"}, read: a.readIncidents},
		alerts:              {help: "Alerts that fire.", labels: alertLabels, read: a.readAlerts},
		calls:               {help: "Calls that go on, by the grade of their least mean opinion score.", labels: append([]string{gradeLabel}, networks...), read: a.readCalls},
		callsMOS:            {help: "Sum of the least mean opinion scores of the calls that go on and have one.", labels: networks, read: a.readCalls},
		meetingParticipants: {help: "People of one meeting with a minute of the grade.", labels: []string{"meeting", gradeLabel}, read: a.readMeeting},
		segmentGrade:        {help: "Grade of a participant's minute: 0 unclassified, 1 good, 2 fair, 3 poor, 4 bad.", labels: []string{"meeting", "segment", "person"}, read: a.readGrades},
	}
	for _, m := range callMetrics {
		out[callPrefix+m.name] = metric{help: "A report about a side of a call: " + m.help + ".", labels: []string{"call", "side", "direction"}, read: a.readCall}
	}
	for m := range earshot.Metric(earshot.MetricCount) {
		out[streamPrefix+m.String()] = metric{
			help: "A report about a stream, a computer or a radio: " + m.String() + ".", labels: []string{"meeting", "segment", "media", "direction", "peer"}, read: a.readStreams,
		}
	}
	return out
}

func orElse[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Close ends the engine; queries after it fail.
func (a *API) Close() error { return a.engine.Close() }

// Value is one element of an instant query's answer.
type Value struct {
	Labels map[string]string
	Value  float64
}

// Query evaluates an expression at a moment. A scalar is one value without labels. Errors are the parser's and the stores'.
func (a *API) Query(ctx context.Context, expr string, at time.Time) ([]Value, error) {
	q, err := a.engine.NewInstantQuery(ctx, a, nil, expr, at)
	if err != nil {
		return nil, fmt.Errorf("PromQL %q: %w", expr, err)
	}
	defer q.Close()
	r := q.Exec(ctx)
	if r.Err != nil {
		return nil, fmt.Errorf("PromQL %q: %w", expr, r.Err)
	}
	switch v := r.Value.(type) {
	case promql.Vector:
		out := make([]Value, len(v))
		for i, x := range v {
			out[i] = Value{x.Metric.Map(), x.F}
		}
		return out, nil
	case promql.Scalar:
		return []Value{{map[string]string{}, v.V}}, nil
	}
	return nil, fmt.Errorf("PromQL %q: gives a %s, want a vector or a number", expr, r.Value.Type())
}

// Check reports whether an expression is one, without evaluating it.
func (a *API) Check(expr string) error {
	if _, err := a.engine.parser.ParseExpr(expr); err != nil {
		return fmt.Errorf("PromQL %q: %w", expr, err)
	}
	return nil
}

// Prefix is where [API.Handler] expects to be: an address that ends with it is what Grafana calls the data source's URL.
const Prefix = "/prometheus"

// Handler serves Prometheus' HTTP API below Prefix + "/api/v1". It checks no credentials; whoever mounts it does.
func (a *API) Handler() http.Handler { return a.handler }

func (a *API) routes(p parser.Parser) http.Handler {
	reg := prometheus.NewRegistry()
	api := v1.NewAPI(a.engine, a, nil, nil, noExemplars{},
		func(context.Context) v1.ScrapePoolsRetriever { return noTargets{} },
		func(context.Context) v1.TargetRetriever { return noTargets{} },
		func(context.Context) v1.AlertmanagerRetriever { return noTargets{} },
		func() config.Config { return config.DefaultConfig }, nil, v1.GlobalURLOptions{},
		func(h http.HandlerFunc) http.HandlerFunc { return h }, nil, "", false, false, 0, a.o.Logger,
		func(context.Context) v1.RulesRetriever { return noRules{} }, 0, 0, 0, false, regexp.MustCompile("^$"),
		func() (v1.RuntimeInfo, error) { return v1.RuntimeInfo{}, nil }, &v1.PrometheusVersion{Version: "3.15.0", Revision: "earshot " + a.o.Version}, nil, nil,
		reg, reg, nil, false, nil, false, false, false, false, 5*time.Minute, false, false, nil, features.NewRegistry(), v1.OpenAPIOptions{}, p)
	r := route.New()
	api.Register(r.WithPrefix(Prefix + "/api/v1"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"/api/v1/metadata", a.metadata)
	mux.HandleFunc("GET "+Prefix+"/api/v1/rules", a.serveRules)
	mux.HandleFunc("GET "+Prefix+"/api/v1/alerts", a.serveAlerts)
	mux.Handle(Prefix+"/", offered(a.bounded(r)))
	return mux
}

// bounded lets few requests in at once: each may hold millions of samples.
func (a *API) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case a.slots <- struct{}{}:
			defer func() { <-a.slots }()
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}
