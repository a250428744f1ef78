package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	amreceiver "github.com/prometheus/alertmanager/config/receiver"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	commoncfg "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

// openTemplates reads Alertmanager's templates, ours over them, and those of the file over both.
func (d *Deliverer) openTemplates() (err error) {
	if d.tmpl, err = template.FromGlobs(nil); err != nil {
		return fmt.Errorf("read the templates of messages: %w", err)
	}
	d.tmpl.ExternalURL = d.o.link()
	if err := d.tmpl.Parse(strings.NewReader(messages)); err != nil {
		return fmt.Errorf("read the templates of messages: %w", err)
	}
	for _, glob := range d.o.Setup.am.Templates {
		if err := d.tmpl.FromGlob(glob); err != nil {
			return fmt.Errorf("read the templates %s: %w", glob, err)
		}
	}
	return nil
}

// openReceivers makes the integrations of all receivers, each behind what notes its answers.
func (d *Deliverer) openReceivers() error {
	for _, r := range d.o.Setup.am.Receivers {
		stock, err := amreceiver.BuildReceiverIntegrations(r, d.tmpl, d.log, commoncfg.WithDialContextFunc(d.o.Guard.DialContext))
		if err != nil {
			return fmt.Errorf("receiver %q: %w", r.Name, err)
		}
		var all []notify.Integration
		for i := range stock {
			o := &observed{d: d, receiver: r.Name, name: stock[i].Name(), index: stock[i].Index(), inner: &stock[i]}
			if stock[i].Name() == "email" {
				o.host = smarthost(r, stock[i].Index())
			}
			all = append(all, notify.NewIntegration(o, &stock[i], stock[i].Name(), stock[i].Index(), r.Name))
		}
		if mine := d.o.Setup.own[r.Name]; mine != nil {
			all = append(all, d.ownIntegrations(r.Name, mine)...)
		}
		d.receivers[r.Name] = all
	}
	return nil
}

func smarthost(r config.Receiver, i int) string {
	if i < len(r.EmailConfigs) {
		return r.EmailConfigs[i].Smarthost.Host
	}
	return ""
}

// sends says whether a receiver is told of cleared alerts.
type sends bool

// SendResolved implements notify.ResolvedSender.
func (s sends) SendResolved() bool { return bool(s) }

func (d *Deliverer) ownIntegrations(receiver string, o *own) []notify.Integration {
	var all []notify.Integration
	add := func(name string, i int, resolved bool, n notify.Notifier) {
		w := &observed{d: d, receiver: receiver, name: name, index: i, inner: n}
		all = append(all, notify.NewIntegration(w, sends(resolved), name, i, receiver))
	}
	for i, c := range o.serviceNow {
		add("servicenow", i, true, newServiceNow(c, &d.o.Guard, d.tmpl))
	}
	for i, c := range o.signedWebhook {
		add("signed_webhook", i, c.resolved(), newSignedWebhook(c, &d.o.Guard, d.tmpl))
	}
	for i, c := range o.syslog {
		add("syslog", i, c.resolved(), newSyslog(c, &d.o.Guard))
	}
	return all
}

// observed notes what a receiver answers.
type observed struct {
	d        *Deliverer
	receiver string
	name     string
	index    int
	host     string // that the integration dials by itself; "" when it goes through the guard
	inner    notify.Notifier
}

// Notify implements notify.Notifier.
func (o *observed) Notify(ctx context.Context, alerts ...*amalert.Alert) (retry bool, err error) {
	if reason, _ := notify.NotificationReason(ctx); reason == notify.ReasonRepeatIntervalElapsed && o.d.taken(alerts) {
		return false, nil // somebody is on it
	}
	telling, cancel := lasting(ctx)
	defer cancel()
	if o.host != "" {
		err = o.d.o.Guard.CheckHost(telling, o.host)
	}
	if err == nil {
		retry, err = o.inner.Notify(telling, alerts...)
	}
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return retry, err // we are ending, the receiver is not to blame
	}
	now := time.Now()
	if !o.d.health.note(now, fmt.Sprintf("%s/%s[%d]", o.receiver, o.name, o.index), err) {
		return retry, err
	}
	out := Outcome{At: now, Receiver: o.receiver, Integration: o.name, Err: err, Resolved: true}
	for _, a := range alerts {
		if id, idErr := earshot.ParseID(string(a.Labels[alert.LabelID])); idErr == nil {
			out.Alerts = append(out.Alerts, id)
		}
		out.Resolved = out.Resolved && a.Resolved()
	}
	if o.d.o.Outcome != nil && len(out.Alerts) > 0 {
		o.d.o.Outcome(out)
	}
	return retry, err
}

// taken reports whether somebody has acknowledged all alerts that fire.
func (d *Deliverer) taken(alerts []*amalert.Alert) bool {
	if d.o.Acknowledged == nil {
		return false
	}
	for _, a := range alerts {
		id, err := earshot.ParseID(string(a.Labels[alert.LabelID]))
		if err != nil || a.Status() == model.AlertFiring && !d.o.Acknowledged(id) {
			return false
		}
	}
	return true
}

// ReceiverState is how a receiver does.
type ReceiverState struct {
	Name   string    // receiver/integration[index]
	LastOK time.Time // zero: nothing was taken yet
	// FailingSince is when it began to refuse or not to answer; zero while it takes what it is told.
	FailingSince time.Time
	Failures     int    // since then
	Error        string // of the last one
}

// health remembers how receivers do.
type health struct {
	mu  sync.Mutex // guards all
	all map[string]*ReceiverState
	// said is when a failure was last told to Outcome: retries would fill timelines.
	said map[string]time.Time
}

// sayAgain is how often a receiver that goes on refusing is noted in timelines.
const sayAgain = 5 * time.Minute

func newHealth() *health {
	return &health{all: map[string]*ReceiverState{}, said: map[string]time.Time{}}
}

// note takes an answer in and reports whether it is worth a line.
func (h *health) note(now time.Time, name string, err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.all[name]
	if s == nil {
		s = &ReceiverState{Name: name}
		h.all[name] = s
	}
	if err == nil {
		s.LastOK, s.FailingSince, s.Failures, s.Error = now, time.Time{}, 0, ""
		delete(h.said, name)
		return true
	}
	if s.FailingSince.IsZero() {
		s.FailingSince = now
	}
	s.Failures++
	s.Error = err.Error()
	if last, ok := h.said[name]; ok && now.Sub(last) < sayAgain {
		return false
	}
	h.said[name] = now
	return true
}

// Receivers says how each integration that was used does, in no order.
func (d *Deliverer) Receivers() []ReceiverState {
	d.health.mu.Lock()
	defer d.health.mu.Unlock()
	var out []ReceiverState
	for _, s := range d.health.all {
		out = append(out, *s)
	}
	return out
}

// Answer is what one integration of a receiver said to a sample.
type Answer struct {
	Integration string
	Took        time.Duration
	Err         error // nil: it took the sample
}

// ErrNoReceiver says that there is no receiver of a name.
var ErrNoReceiver = errors.New("no such receiver")

// Sample sends a sample, and that it is cleared, to every integration of a receiver, and returns what each answered. It leaves
// no trace in what was told.
func (d *Deliverer) Sample(ctx context.Context, receiver string) ([]Answer, error) {
	all, ok := d.receivers[receiver]
	if !ok {
		names := d.o.Setup.Receivers()
		if len(names) == 0 {
			return nil, fmt.Errorf("%w: %q; none is configured, see alerts.receivers", ErrNoReceiver, receiver)
		}
		return nil, fmt.Errorf("%w: %q; there are %s", ErrNoReceiver, receiver, strings.Join(names, ", "))
	}
	var out []Answer
	for i := range all {
		start := time.Now()
		err := d.sample(ctx, receiver, &all[i])
		out = append(out, Answer{Integration: all[i].String(), Took: time.Since(start), Err: err})
	}
	return out, nil
}

func (d *Deliverer) sample(ctx context.Context, receiver string, to *notify.Integration) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := time.Now()
	a := convert(&Alert{
		Labels: map[string]string{alert.LabelName: "Sample", alert.LabelSeverity: string(alert.Info), alert.LabelSite: "Lyon"},
		Annotations: map[string]string{
			"summary":     "This is a sample from Earshot: Lyon link, 41 people, since 09:41",
			"description": "17 of 19 people in Lyon received badly since 09:41; 2 of 311 elsewhere. Nothing is wrong: somebody tries whether messages arrive here.",
			"link":        d.o.link().JoinPath("alerts").String(),
		},
		Starts: now, Link: d.o.link().JoinPath("alerts").String(),
	}, now)
	group := model.LabelSet{alert.LabelName: "Sample"}
	ctx = notify.WithGroupKey(ctx, fmt.Sprintf("sample:%d", now.UnixNano()))
	ctx = notify.WithGroupLabels(ctx, group)
	ctx = notify.WithReceiverName(ctx, receiver)
	ctx = notify.WithNow(ctx, now)
	ctx = notify.WithRepeatInterval(ctx, time.Hour)
	ctx = notify.WithNotificationReason(ctx, notify.ReasonFirstNotification)
	if _, err := to.Notify(ctx, a); err != nil {
		return err
	}
	if !to.SendResolved() {
		return nil
	}
	cleared := *a
	cleared.EndsAt = now
	_, err := to.Notify(notify.WithNotificationReason(ctx, notify.ReasonAllAlertsResolved), &cleared)
	return err
}
