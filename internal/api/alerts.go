package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/registry"
)

// Alerts answers about alerts, and changes what people may change. *watch.Watcher is one.
type Alerts interface {
	Active(ctx context.Context) ([]watch.Told, error)
	Alerts(ctx context.Context, q registry.AlertQuery) (watch.Page, error)
	Alert(ctx context.Context, id earshot.ID) (watch.Told, bool, error)
	Acknowledge(ctx context.Context, id earshot.ID, who, comment string) error
	Rules(ctx context.Context) ([]watch.RuleInfo, error)
	PutRule(ctx context.Context, who string, r alert.Rule) error
	DeleteRule(ctx context.Context, who, name string) error
	Maintenance(ctx context.Context) ([]watch.MaintenanceInfo, error)
	PutMaintenance(ctx context.Context, who string, m alert.Maintenance) error
	DeleteMaintenance(ctx context.Context, who, name string) error
	PreviewMaintenance(ctx context.Context, m alert.Maintenance) (*watch.MaintenancePreview, error)
	Silences(ctx context.Context) ([]deliver.Silence, error)
	SetSilence(ctx context.Context, s deliver.Silence) (string, error)
	ExpireSilence(ctx context.Context, who, id string) error
	Preview(ctx context.Context, matchers []deliver.Matcher) ([]watch.Told, error)
	Receivers() ([]string, []deliver.ReceiverState)
	Sample(ctx context.Context, receiver string) ([]deliver.Answer, error)
	Try(ctx context.Context, r alert.Rule, days int) (*watch.BackTest, error)
}

// backTestPatience is how long trying rules on the past may take.
const backTestPatience = 60 * time.Second

func (a *API) registerAlerts() {
	get(a, "/alerts", "list-alerts", "Alerts that fire, worst first, or past ones, newest first", a.listAlerts)
	get(a, "/alerts/{id}", "get-alert", "One alert with its timeline", a.getAlert)
	act(a, http.MethodPost, "/alerts/{id}/ack", "acknowledge-alert", "Take an alert on: it is not repeated any more", a.ackAlert)
	get(a, "/alert-rules", "list-alert-rules", "All rules, and where each comes from", a.listRules)
	act(a, http.MethodPut, "/alert-rules/{name}", "put-alert-rule", "Make or change a rule", a.putRule)
	act(a, http.MethodDelete, "/alert-rules/{name}", "delete-alert-rule", "Remove a rule that was typed", a.deleteRule)
	act(a, http.MethodPost, "/alert-backtests", "try-alert-rules", "What one or two rules would have done in the last days", a.tryRules)
	get(a, "/alert-maintenance", "list-alert-maintenance", "Spans in which nobody is told", a.listMaintenance)
	act(a, http.MethodPut, "/alert-maintenance/{name}", "put-alert-maintenance", "Make or change a span of maintenance", a.putMaintenance)
	act(a, http.MethodPost, "/alert-maintenance/preview", "preview-alert-maintenance", "What a span of maintenance covers, and what it would have kept back", a.previewMaintenance)
	act(a, http.MethodDelete, "/alert-maintenance/{name}", "delete-alert-maintenance", "Remove a span that was typed", a.deleteMaintenance)
	get(a, "/alert-silences", "list-alert-silences", "Silences, active ones first", a.listSilences)
	act(a, http.MethodPost, "/alert-silences", "put-alert-silence", "Make or change a silence", a.putSilence)
	act(a, http.MethodPost, "/alert-silences/preview", "preview-alert-silence", "Which alerts that fire a silence would select", a.previewSilence)
	act(a, http.MethodDelete, "/alert-silences/{name}", "expire-alert-silence", "End a silence", a.expireSilence)
	get(a, "/alert-receivers", "list-alert-receivers", "Where alerts go, and how that goes", a.listReceivers)
	act(a, http.MethodPost, "/alert-receivers/{name}/sample", "sample-alert-receiver", "Send a sample to a receiver and say what it answered", a.sampleReceiver)
}

// act registers what changes something, or takes long. The web server lets only those pass who may; who it was is in the
// context ([WhoFrom]).
func act[I, O any](a *API, method, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: base + path, Summary: summary, Description: descriptions[id], MaxBodyBytes: 256 << 10,
		Errors: []int{401, 403, 404, 422, 503, 504},
	}
	a.routes = append(a.routes, Route{op.Method, op.Path})
	type output struct{ Body *O }
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*output, error) {
		ctx, cancel := context.WithTimeout(ctx, backTestPatience)
		defer cancel()
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.alertProblem(ctx, id, err)
		}
		return &output{out}, nil
	})
}

// alertProblem turns the errors of alerts into what the caller may know.
func (a *API) alertProblem(ctx context.Context, id string, err error) error {
	var rule *alert.Error
	var silence *deliver.SilenceError
	var replay *watch.ErrNotReplayable
	switch {
	case errors.Is(err, watch.ErrNotFound), errors.Is(err, deliver.ErrNoSilence), errors.Is(err, deliver.ErrNoReceiver):
		return huma.NewError(http.StatusNotFound, "There is none of that name or id.")
	case errors.As(err, &rule):
		details := make([]error, len(rule.Problems))
		for i, p := range rule.Problems {
			details[i] = &huma.ErrorDetail{Message: "want " + p.Want, Location: "body." + p.Key, Value: p.Got}
		}
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed", details...)
	case errors.As(err, &silence):
		return huma.NewError(http.StatusUnprocessableEntity, silence.Text)
	case errors.As(err, &replay):
		return huma.NewError(http.StatusUnprocessableEntity, replay.Text)
	}
	return a.problem(ctx, id, err)
}

type listAlertsInput struct {
	State    string  `query:"state" enum:"firing,past" default:"firing" doc:"past: all of a span, those that still fire as well, newest first"`
	Rule     string  `query:"rule" maxLength:"64" doc:"past: of this rule"`
	Severity string  `query:"severity" enum:"critical,warning,info" doc:"past: of this severity"`
	Incident idParam `query:"incident" doc:"past: about this incident, or explained by it"`
	Person   idParam `query:"person" doc:"past: about this person, or about an incident that touched them"`
	Meeting  idParam `query:"meeting" doc:"past: about this meeting, or about an incident that touched it"`
	Span
	Paging
}

func (a *API) listAlerts(ctx context.Context, in *listAlertsInput) (*Page[AlertRow], error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	out := &Page[AlertRow]{Items: []AlertRow{}}
	if in.State != "past" && in.Incident.ID == 0 && in.Person.ID == 0 && in.Meeting.ID == 0 && in.Rule == "" && in.Severity == "" {
		all, err := a.alerts.Active(ctx)
		for i := range all {
			out.Items = append(out.Items, alertRow(&all[i]))
		}
		return out, err
	}
	q := registry.AlertQuery{Rule: in.Rule, Severity: in.Severity, Incident: in.Incident.ID, After: in.Cursor, Limit: in.Limit}
	if in.State != "past" {
		firing := true
		q.Firing = &firing
	}
	var err error
	if q.From, q.To, err = in.within(0, 0); err != nil {
		return nil, err
	}
	if q.About, err = a.aboutOf(ctx, in, q.From, q.To); err != nil {
		return nil, err
	}
	page, err := a.alerts.Alerts(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range page.Items {
		out.Items = append(out.Items, alertRow(&page.Items[i]))
	}
	out.NextCursor = page.Next
	return out, nil
}

// mostTouching is how many incidents that touched a person or a meeting are looked at for alerts, the newest first.
const mostTouching = 200

// aboutOf returns what alerts about a person and a meeting are about: themselves, and the incidents that touched them. nil
// where neither was asked for.
func (a *API) aboutOf(ctx context.Context, in *listAlertsInput, from, to earshot.Instant) ([]earshot.ID, error) {
	var about []earshot.ID
	for _, q := range []registry.IncidentQuery{{Person: in.Person.ID}, {Meeting: in.Meeting.ID}} {
		of := cmp.Or(q.Person, q.Meeting)
		if of == 0 {
			continue
		}
		about = append(about, of)
		q.From, q.To, q.Limit = from, to, mostTouching
		touching, err := a.registry.Incidents(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range touching.Items {
			about = append(about, touching.Items[i].ID)
		}
	}
	return about, nil
}

func alertRow(t *watch.Told) AlertRow {
	count := func(c earshot.Count) *PeopleCount {
		if c.Of == 0 {
			return nil
		}
		p := PeopleCount(c)
		return &p
	}
	r := AlertRow{
		ID: t.ID, Rule: t.Rule, Kind: t.Kind, Severity: t.Severity, State: t.State, Title: t.Words.Title, Evidence: t.Words.Evidence,
		Raised: t.Raised.Time(), Began: timeOf(t.Began), Updated: t.Updated.Time(), Ended: timeOf(t.Ended), Incident: t.Incident, Explained: t.Explained,
		SubjectKind: t.Subject.Kind, Subject: t.Subject.ID, Cause: t.Cause, Inside: count(t.Inside), Elsewhere: count(t.Elsewhere),
		Affected: t.Affected, Minutes: t.Minutes, Labels: t.Labels, SilencedBy: t.SilencedBy, Inhibited: t.Inhibited,
	}
	for _, n := range t.Notes {
		if n.What == string(alert.Acknowledged) {
			r.Ack = &AlertAck{At: n.At.Time(), Who: n.Who, Comment: n.Text}
		}
		if n.What == string(alert.Notified) && !slices.Contains(r.Told, n.Who) {
			r.Told = append(r.Told, n.Who)
		}
	}
	return r
}

func (a *API) getAlert(ctx context.Context, in *ByID) (*AlertDetail, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	t, ok, err := a.alerts.Alert(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	d := &AlertDetail{AlertRow: alertRow(&t), Timeline: []AlertLine{}}
	for _, l := range t.Timeline {
		d.Timeline = append(d.Timeline, AlertLine{At: l.At.Time(), What: l.What, Text: l.Text})
	}
	for _, n := range t.Notes {
		d.Timeline = append(d.Timeline, AlertLine{At: n.At.Time(), What: alert.Change(n.What), Who: n.Who, Text: n.Text})
	}
	slices.SortStableFunc(d.Timeline, func(x, y AlertLine) int { return x.At.Compare(y.At) })
	return d, nil
}

type ackInput struct {
	ByID
	Body AlertComment
}

func (a *API) ackAlert(ctx context.Context, in *ackInput) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	if err := a.alerts.Acknowledge(ctx, in.ID.ID, WhoFrom(ctx), in.Body.Comment); err != nil {
		return nil, err
	}
	return &Done{true}, nil
}

func (a *API) listRules(ctx context.Context, _ *struct{}) (*AlertRules, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	all, err := a.alerts.Rules(ctx)
	out := &AlertRules{Items: []AlertRule{}}
	for i := range all {
		r := &all[i]
		out.Items = append(out.Items, AlertRule{
			Rule: r.Rule, Origin: string(r.Origin), Who: r.Who, Changed: timeOf(r.Changed), Hides: r.Hides, Replayable: r.Rule.Replayable() == "",
			LastFired: timeOf(r.Fired), FiredTimes: r.Times,
		})
	}
	return out, err
}

// ByName names a rule, a span of maintenance, a silence or a receiver.
type ByName struct {
	Name string `path:"name" maxLength:"64"`
}

type putRuleInput struct {
	ByName
	Body alert.Rule
}

func (a *API) putRule(ctx context.Context, in *putRuleInput) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	if in.Body.Name != in.Name {
		return nil, &alert.Error{Problems: []alert.Problem{{Key: "name", Got: fmt.Sprintf("%q", in.Body.Name), Want: "the name in the address, " + in.Name}}}
	}
	return done(a.alerts.PutRule(ctx, WhoFrom(ctx), in.Body))
}

func done(err error) (*Done, error) {
	if err != nil {
		return nil, err
	}
	return &Done{true}, nil
}

func (a *API) deleteRule(ctx context.Context, in *ByName) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	return done(a.alerts.DeleteRule(ctx, WhoFrom(ctx), in.Name))
}

type tryInput struct{ Body BackTestRequest }

func (a *API) tryRules(ctx context.Context, in *tryInput) (*BackTests, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	out := &BackTests{}
	for _, r := range in.Body.Rules {
		b, err := a.alerts.Try(ctx, r, in.Body.Days)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, backTest(b, in.Body.Days))
	}
	return out, nil
}

func backTest(b *watch.BackTest, days int) BackTest {
	out := BackTest{
		Rule: b.Rule.Name, From: b.From.Time(), To: b.To.Time(), Fired: b.Fired, BySite: []BackTestSite{}, ByDay: []BackTestDay{}, Firings: []BackTestFiring{},
		TookMs: float64(b.Took.Microseconds()) / 1000, Caveats: append([]string{}, b.Caveats...),
	}
	for _, s := range b.BySite {
		out.BySite = append(out.BySite, BackTestSite(s))
	}
	for _, d := range b.ByDay {
		out.ByDay = append(out.ByDay, BackTestDay{d.Day.Time(), d.Fired})
	}
	for i := range b.Firings {
		f := &b.Firings[i]
		row := BackTestFiring{Title: f.Title, Severity: f.Severity, From: f.From.Time(), To: timeOf(f.To), Affected: f.Affected, Value: f.Value}
		if f.Subject.Kind == alert.OfIncident {
			row.Incident = f.Subject.ID
		}
		out.Firings = append(out.Firings, row)
	}
	times := func(n int) string {
		if n == 1 {
			return "once"
		}
		return fmt.Sprintf("%d times", n)
	}
	var parts []string
	for _, s := range b.BySite {
		if s.Site != "" && len(parts) < 3 {
			parts = append(parts, fmt.Sprintf("%d in %s", s.Fired, s.Site))
		}
	}
	span := "day"
	if days > 1 {
		span = fmt.Sprintf("%d days", days)
	}
	out.Sentence = strings.Join(append([]string{fmt.Sprintf("would have fired %s in the last %s", times(b.Fired), span)}, parts...), ", ")
	if b.Fired == 0 {
		out.Sentence = "would not have fired in the last " + span
	}
	return out
}
