package api

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/watch"
)

// AlertSpan is one time that maintenance takes place, event time.
type AlertSpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// AlertOccurrences are when maintenance takes place.
type AlertOccurrences struct {
	Running bool        `json:"running,omitempty" doc:"it takes place now: next begins with it"`
	Next    []AlertSpan `json:"next" doc:"that takes place now and those that come, at most five"`
	Last    *AlertSpan  `json:"last,omitempty" doc:"the newest that is over, of those of every week within the last one"`
}

// AlertMaintenance is a span of maintenance, where it comes from, and when it takes place.
type AlertMaintenance struct {
	alert.Maintenance
	AlertOccurrences
	Origin  string     `json:"origin" enum:"file,typed" doc:"what is of the file is changed there"`
	Who     string     `json:"who,omitempty" doc:"typed: by whom"`
	Changed *time.Time `json:"changed,omitempty" doc:"typed: when"`
}

// AlertMaintenances are all spans of maintenance.
type AlertMaintenances struct {
	Items []AlertMaintenance `json:"items"`
}

// AlertMaintenancePreview is what a span of maintenance would do.
type AlertMaintenancePreview struct {
	AlertOccurrences
	Rules   []string   `json:"rules" doc:"rules in use that have alerts which it can cover"`
	RulesOn int        `json:"rules_on" doc:"rules in use"`
	Unknown []string   `json:"unknown" doc:"words of its rules and scope that nothing here is called"`
	From    time.Time  `json:"from" doc:"the days that were looked at"`
	To      time.Time  `json:"to"`
	Spans   int        `json:"spans" doc:"how often it took place in those days"`
	Shifted bool       `json:"shifted,omitempty" doc:"it has not been yet: the same hours of the weeks before were looked at"`
	Covered int        `json:"covered" doc:"alerts of those days that it covers, whenever they were raised"`
	Held    int        `json:"held" doc:"those of them that were raised while it took place"`
	Late    int        `json:"late" doc:"those of held that still fired at its end: they would have been told then"`
	Newest  []AlertRow `json:"newest" doc:"the newest 20 of held, newest first"`
}

func (a *API) listMaintenance(ctx context.Context, _ *struct{}) (*AlertMaintenances, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	all, err := a.alerts.Maintenance(ctx)
	out := &AlertMaintenances{Items: []AlertMaintenance{}}
	for i := range all {
		out.Items = append(out.Items, AlertMaintenance{all[i].Maintenance, occurrences(&all[i].Occurrences), string(all[i].Origin), all[i].Who, timeOf(all[i].Changed)})
	}
	return out, err
}

func occurrences(o *watch.Occurrences) AlertOccurrences {
	span := func(s alert.Span) AlertSpan { return AlertSpan{s.From.Time(), s.To.Time()} }
	out := AlertOccurrences{Running: len(o.Next) > 0 && o.Next[0].From <= o.Now, Next: []AlertSpan{}}
	for _, s := range o.Next {
		out.Next = append(out.Next, span(s))
	}
	if o.Last.To != 0 {
		last := span(o.Last)
		out.Last = &last
	}
	return out
}

type putMaintenanceInput struct {
	ByName
	Body alert.Maintenance
}

func (a *API) putMaintenance(ctx context.Context, in *putMaintenanceInput) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	if in.Body.Name != in.Name {
		return nil, &alert.Error{Problems: []alert.Problem{{Key: "name", Got: fmt.Sprintf("%q", in.Body.Name), Want: "the name in the address, " + in.Name}}}
	}
	return done(a.alerts.PutMaintenance(ctx, WhoFrom(ctx), in.Body))
}

type previewMaintenanceInput struct{ Body alert.Maintenance }

func (a *API) previewMaintenance(ctx context.Context, in *previewMaintenanceInput) (*AlertMaintenancePreview, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	p, err := a.alerts.PreviewMaintenance(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := &AlertMaintenancePreview{
		AlertOccurrences: occurrences(&p.Occurrences), Rules: p.Rules, RulesOn: p.On, Unknown: p.Unknown, From: p.From.Time(), To: p.To.Time(),
		Spans: p.Spans, Shifted: p.Shifted, Covered: p.Covered, Held: p.Held, Late: p.Late, Newest: []AlertRow{},
	}
	for i := range p.Newest {
		out.Newest = append(out.Newest, alertRow(&p.Newest[i]))
	}
	return out, nil
}

func (a *API) deleteMaintenance(ctx context.Context, in *ByName) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	return done(a.alerts.DeleteMaintenance(ctx, WhoFrom(ctx), in.Name))
}
