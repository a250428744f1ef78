package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	apiv2 "github.com/prometheus/alertmanager/api/v2"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/marker"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot"
)

const (
	// Resend is how often alerts that fire are put again: an alert that is not ends after four times that, as Prometheus' do.
	Resend = time.Minute
	// remember is how long it is known what was told to whom; longer than any repeat interval that makes sense.
	remember = 120 * time.Hour
	// collectEvery is how often what has expired is dropped.
	collectEvery = 10 * time.Minute
)

// Alert is one alert as receivers see it.
type Alert struct {
	ID          earshot.ID
	Labels      map[string]string
	Annotations map[string]string
	// Starts is when it was raised, Ends when it was cleared (zero while it fires), in wall time.
	Starts, Ends time.Time
	Link         string // its page
}

// Outcome is what came of telling a receiver.
type Outcome struct {
	At          time.Time
	Receiver    string
	Integration string // slack, email, servicenow
	Alerts      []earshot.ID
	Resolved    bool  // all of them were cleared
	Err         error // nil: it took the message
}

// Options configure a Deliverer. Setup, Memory and Logger are required.
type Options struct {
	Setup  *Setup
	Memory Memory
	Guard  Guard
	// ExternalURL is where people reach Earshot, for links in messages.
	ExternalURL string
	// External are Alertmanagers elsewhere, http://host:9093: alerts are handed over to all of them, beside the receivers.
	External []string
	// Alerts fire now, or were cleared lately: they are put before anything is sent.
	Alerts []Alert
	// Outcome is told what came of each delivery; nil: nobody is. It must not block for long.
	Outcome func(Outcome)
	// Acknowledged says whether somebody has taken an alert on: it is not repeated then. nil: nobody has.
	Acknowledged func(earshot.ID) bool
	Metrics      prometheus.Registerer // nil: none
	Logger       *slog.Logger
}

// Deliverer tells people. Make it with New, Run it once, Close it.
type Deliverer struct {
	o        Options
	log      *slog.Logger
	alerts   *mem.Alerts
	silences *silence.Silences
	silencer *silence.Silencer
	nflog    *nflog.Log
	groups   marker.GroupMarker
	inhib    *inhibit.Inhibitor
	disp     *dispatch.Dispatcher
	sending  *sending
	api      *apiv2.API
	tmpl     *template.Template
	health   *health
	external *handover
	// receivers are the integrations by receiver, for samples.
	receivers map[string][]notify.Integration
	// believed are the hashes of the alerts that some receiver was last told to fire, as of the start.
	believed  map[uint64]bool
	closeOnce sync.Once
	started   sync.WaitGroup
}

// New puts the parts together, takes over what was remembered, and puts o.Alerts. Nothing is sent before Run.
func New(o Options) (*Deliverer, error) {
	if o.Setup == nil || o.Memory == nil || o.Logger == nil {
		return nil, errors.New("deliver: BUG: an option is missing")
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	compat.InitFromFlags(o.Logger, featurecontrol.NoopFlags{})
	d := &Deliverer{o: o, log: o.Logger, groups: marker.NewGroupMarker(), health: newHealth(), receivers: map[string][]notify.Integration{}, believed: map[uint64]bool{}}
	if err := d.openMemory(); err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	if err := d.openTemplates(); err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	if err := d.openReceivers(); err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	if err := d.assemble(); err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	d.external = newHandover(o.External, &d.o.Guard, o.Logger)
	before, err := d.untold(o.Alerts)
	if err == nil {
		err = d.put(context.Background(), before)
	}
	if err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	if d.external != nil { // Alertmanagers elsewhere have notification logs of their own
		d.external.put(o.Alerts)
	}
	return d, nil
}

// assemble wires Alertmanager's parts as its own app does.
func (d *Deliverer) assemble() (err error) {
	rec, flags := eventrecorder.NopRecorder(), featurecontrol.NoopFlags{}
	d.silencer = silence.NewSilencer(d.silences, d.log, rec)
	d.alerts, err = mem.NewAlerts(context.Background(), 30*time.Minute, 0, d.silencer, d.log, rec, d.o.Metrics, flags)
	if err != nil {
		return err
	}
	intervals := map[string][]timeinterval.TimeInterval{}
	for _, t := range d.o.Setup.am.TimeIntervals {
		intervals[t.Name] = t.TimeIntervals
	}
	for _, t := range d.o.Setup.am.MuteTimeIntervals {
		intervals[t.Name] = t.TimeIntervals
	}
	d.inhib = inhibit.NewInhibitor(d.alerts, d.o.Setup.am.InhibitRules, d.log, rec)
	stages := notify.NewPipelineBuilder(d.o.Metrics, flags, rec).New(d.receivers, func() time.Duration { return 0 }, d.inhib, d.silencer,
		timeinterval.NewIntervener(intervals), d.groups, d.nflog, nil)
	timeout := func(t time.Duration) time.Duration { return max(t, notify.MinTimeout) }
	d.sending = &sending{stage: stages}
	d.disp = dispatch.NewDispatcher(d.alerts, dispatch.NewRoute(d.o.Setup.am.Route, nil), d.sending, d.groups, timeout, 30*time.Second, nil, d.log, rec,
		dispatch.NewDispatcherMetrics(false, d.o.Metrics, flags), d.tmpl)
	d.api, err = apiv2.NewAPI(d.alerts, d.disp.Groups, d.groups.Muted, d.silences, nil, d.log, d.o.Metrics)
	if err != nil {
		return err
	}
	d.api.Update(d.o.Setup.am, func(ctx context.Context, l model.LabelSet) {
		d.inhib.Mutes(ctx, l)
		d.silencer.Mutes(ctx, l)
	})
	return nil
}

// Run sends until ctx ends.
func (d *Deliverer) Run(ctx context.Context) error {
	d.started.Go(d.inhib.Run)
	d.inhib.WaitForLoading()
	d.started.Go(func() { d.disp.Run(time.Now()) })
	d.disp.WaitForLoading()
	if d.external != nil {
		d.started.Go(func() { d.external.run(ctx) })
	}
	t := time.NewTicker(collectEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			d.collect(ctx)
		}
	}
}

// Close ends what is being sent, after Run has returned. A receiver that is being told may still answer for a moment ([lastAnswer]), and what it
// took is noted; what was not taken is sent after the next start. It is idempotent.
func (d *Deliverer) Close() error {
	d.closeOnce.Do(func() {
		d.disp.Stop()
		d.sending.end()
		d.inhib.Stop()
		d.started.Wait()
		d.alerts.Close()
	})
	return nil
}

// Put tells of alerts: new ones, changed ones, cleared ones, and, every [Resend], those that still fire.
func (d *Deliverer) Put(ctx context.Context, alerts []Alert) error {
	if d.external != nil {
		d.external.put(alerts)
	}
	if err := d.put(ctx, alerts); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	return nil
}

// put gives alerts to the receivers here.
func (d *Deliverer) put(ctx context.Context, alerts []Alert) error {
	now := time.Now()
	out := make([]*amalert.Alert, 0, len(alerts))
	for i := range alerts {
		out = append(out, convert(&alerts[i], now))
	}
	if err := d.alerts.Put(ctx, out...); err != nil {
		return fmt.Errorf("put %d alerts: %w", len(alerts), err)
	}
	return nil
}

func convert(a *Alert, now time.Time) *amalert.Alert {
	out := &amalert.Alert{UpdatedAt: now}
	out.Labels, out.Annotations = labelSet(a.Labels), labelSet(a.Annotations)
	out.StartsAt, out.EndsAt, out.GeneratorURL = a.Starts, a.Ends, a.Link
	if a.Ends.IsZero() {
		out.EndsAt = now.Add(4 * Resend)
	}
	return out
}

func labelSet(m map[string]string) model.LabelSet {
	out := make(model.LabelSet, len(m))
	for k, v := range m {
		out[model.LabelName(k)] = model.LabelValue(v)
	}
	return out
}

// Handler is Alertmanager's API v2, at /api/v2/. It does not authenticate.
func (d *Deliverer) Handler() http.Handler { return d.api.Handler }

// link is the external URL as Alertmanager wants it.
func (o *Options) link() *url.URL {
	if u, err := url.Parse(o.ExternalURL); err == nil && u.Host != "" {
		return u
	}
	return &url.URL{Scheme: "http", Host: "localhost:8080"}
}
