package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	mnoop "go.opentelemetry.io/otel/metric/noop"
	tnoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"github.com/earshot/earshot/internal/export"
)

// Options are what an exporter is made of.
type Options struct {
	Factory exporter.Factory
	Keys    map[string]any // what the operator wrote under config
	// Defaults hold where the operator wrote nothing, Forced in any case. Queues and retries are for the package that knows their
	// keys to turn off, in Forced.
	Defaults, Forced map[string]any
	HTTP             bool // observe answers by the middleware of HTTP clients
	Logs, Metrics    bool // what it will be given
	Shape            Shape
	// Class may turn an HTTP answer into an error of package export; nil, or a nil result, is export.StatusError.
	Class func(Answer) error
	// Taken may turn an answer that says yes into an error of package export; nil: yes is yes.
	Taken func(Answer) error
	// CallsAllPermanent says that the exporter calls every error permanent, those of the network as well.
	CallsAllPermanent bool
}

// Exporter is a destination made of one of the Collector's.
type Exporter struct {
	o       Options
	host    *host
	logs    exporter.Logs
	metrics exporter.Metrics
	config  component.Config
}

// observerID names the middleware that observes answers.
var observerID = component.MustNewID("earshot_observer")

// New makes and starts an exporter. What is wrong with the keys is said key by key.
func New(ctx context.Context, o Options) (*Exporter, error) {
	x := &Exporter{o: o, host: &host{seen: &observer{taken: o.Taken}}, config: o.Factory.CreateDefaultConfig()}
	forced := map[string]any{}
	for k, v := range o.Forced {
		forced[k] = v
	}
	if o.HTTP {
		forced["middlewares"] = []any{map[string]any{"id": observerID.String()}}
	}
	if err := configure(x.config, o.Keys, o.Defaults, forced); err != nil {
		return nil, err
	}
	if o.HTTP {
		if err := checkAddresses(o.Keys); err != nil {
			return nil, err
		}
	}
	set := exporter.Settings{
		ID: component.NewID(o.Factory.Type()), BuildInfo: component.BuildInfo{Command: "earshot", Description: "Earshot", Version: "1"},
		TelemetrySettings: component.TelemetrySettings{
			// Failures are told by package export; the exporters' own lines would repeat them, and may quote records.
			// One is read: what a receiver says about a part that it refused.
			Logger: zap.New(&x.host.partly), TracerProvider: tnoop.NewTracerProvider(), MeterProvider: mnoop.NewMeterProvider(), Resource: pcommon.NewResource(),
		},
	}
	var err error
	if o.Logs {
		if x.logs, err = o.Factory.CreateLogs(ctx, set, x.config); err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
		if err := x.logs.Start(context.WithoutCancel(ctx), x.host); err != nil {
			return nil, errors.Join(fmt.Errorf("config: %w", err), x.Close())
		}
	}
	if o.Metrics {
		if x.metrics, err = o.Factory.CreateMetrics(ctx, set, x.config); err != nil {
			return nil, errors.Join(fmt.Errorf("config: %w", err), x.Close())
		}
		if err := x.metrics.Start(context.WithoutCancel(ctx), x.host); err != nil {
			return nil, errors.Join(fmt.Errorf("config: %w", err), x.Close())
		}
	}
	return x, nil
}

// Config returns the exporter's own configuration, decoded.
func (x *Exporter) Config() component.Config { return x.config }

// Send implements export.Destination.
func (x *Exporter) Send(ctx context.Context, b *export.Batch) error {
	return x.SendShaped(ctx, &x.o.Shape, b)
}

// SendShaped sends a batch in another shape than the exporter's own.
func (x *Exporter) SendShaped(ctx context.Context, shape *Shape, b *export.Batch) error {
	x.host.partly.reset()
	if x.logs != nil && len(b.Logs) > 0 {
		if err := x.push(ctx, func() error { return x.logs.ConsumeLogs(ctx, shape.Logs(b.Logs)) }); err != nil {
			return err
		}
	}
	if x.metrics != nil && len(b.Metrics) > 0 {
		if err := x.push(ctx, func() error { return x.metrics.ConsumeMetrics(ctx, shape.Metrics(b.Metrics)) }); err != nil {
			return err
		}
	}
	return x.host.partly.told()
}

// push sends, and classes what was answered.
func (x *Exporter) push(ctx context.Context, send func() error) error {
	x.host.seen.reset()
	if err := send(); err != nil {
		return x.classify(ctx, err)
	}
	return x.host.seen.refusal()
}

// Close implements export.Destination.
func (x *Exporter) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	if x.logs != nil {
		err = x.logs.Shutdown(ctx)
		x.logs = nil
	}
	if x.metrics != nil {
		err = errors.Join(err, x.metrics.Shutdown(ctx))
		x.metrics = nil
	}
	return err
}

// host is what the exporters run in: it has one extension, the observer.
type host struct {
	seen   *observer
	partly partly
}

// GetExtensions implements component.Host.
func (h *host) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{observerID: h.seen}
}

// Answer is what a peer said to a request. Status is 0 where it said nothing.
type Answer struct {
	Status int
	After  time.Duration // Retry-After
	Body   string        // the beginning of it
	Header http.Header
}

// observer keeps the worst answer of the requests of one send.
type observer struct {
	taken   func(Answer) error
	mu      sync.Mutex
	worst   Answer
	refused error // what is wrong with an answer that says yes
}

// Start and Shutdown implement component.Component.
func (o *observer) Start(context.Context, component.Host) error { return nil }

// Shutdown implements component.Component.
func (o *observer) Shutdown(context.Context) error { return nil }

func (o *observer) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.worst, o.refused = Answer{}, nil
}

func (o *observer) refusal() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refused
}

func (o *observer) answer() Answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.worst
}

// GetHTTPRoundTripper implements extensionmiddleware.HTTPClient.
func (o *observer) GetHTTPRoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(req)
		yes := err == nil && resp.StatusCode/100 == 2
		if err != nil || yes && o.taken == nil {
			return resp, err
		}
		a := Answer{Status: resp.StatusCode, After: export.ParseRetryAfter(resp.Header.Get("Retry-After"), time.Now()), Header: resp.Header}
		a.Body, resp.Body = peek(resp.Body)
		o.mu.Lock()
		defer o.mu.Unlock()
		if yes {
			o.refused = cmp.Or(o.refused, o.taken(a))
		} else if a.Status > o.worst.Status {
			o.worst = a
		}
		return resp, nil
	}), nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
