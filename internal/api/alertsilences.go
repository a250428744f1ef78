package api

import (
	"context"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/alert/deliver"
)

func (a *API) listSilences(ctx context.Context, _ *struct{}) (*AlertSilences, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	all, err := a.alerts.Silences(ctx)
	out := &AlertSilences{Items: []AlertSilence{}}
	for _, s := range all {
		row := AlertSilence{ID: s.ID, State: s.State, Starts: s.Starts, Ends: s.Ends, By: s.By, Comment: s.Comment, Matchers: []AlertMatcher{}}
		for _, m := range s.Matchers {
			row.Matchers = append(row.Matchers, AlertMatcher(m))
		}
		out.Items = append(out.Items, row)
	}
	return out, err
}

type silenceInput struct{ Body NewAlertSilence }

func (a *API) putSilence(ctx context.Context, in *silenceInput) (*AlertSilenceMade, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	s := deliver.Silence{ID: in.Body.ID, Matchers: matchersOf(in.Body.Matchers), By: WhoFrom(ctx), Comment: in.Body.Comment}
	begin := time.Now()
	if in.Body.Starts != nil {
		s.Starts, begin = *in.Body.Starts, *in.Body.Starts
	}
	s.Ends = begin.Add(time.Duration(in.Body.DurationMinutes) * time.Minute)
	id, err := a.alerts.SetSilence(ctx, s)
	if err != nil {
		return nil, err
	}
	return &AlertSilenceMade{id}, nil
}

func matchersOf(all []AlertMatcher) []deliver.Matcher {
	out := make([]deliver.Matcher, len(all))
	for i, m := range all {
		out[i] = deliver.Matcher(m)
	}
	return out
}

type previewInput struct {
	Body struct {
		Matchers []AlertMatcher `json:"matchers" minItems:"1" maxItems:"20"`
	}
}

func (a *API) previewSilence(ctx context.Context, in *previewInput) (*AlertsNow, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	all, err := a.alerts.Preview(ctx, matchersOf(in.Body.Matchers))
	if err != nil {
		return nil, err
	}
	out := &AlertsNow{Items: []AlertRow{}}
	for i := range all {
		out.Items = append(out.Items, alertRow(&all[i]))
	}
	return out, nil
}

func (a *API) expireSilence(ctx context.Context, in *ByName) (*Done, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	return done(a.alerts.ExpireSilence(ctx, WhoFrom(ctx), in.Name))
}

func (a *API) listReceivers(context.Context, *struct{}) (*AlertReceivers, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	names, states := a.alerts.Receivers()
	out := &AlertReceivers{Items: []AlertReceiver{}}
	for _, name := range names {
		r := AlertReceiver{Name: name, Integrations: []AlertReceiverAnswers{}}
		for _, s := range states {
			integration, ok := strings.CutPrefix(s.Name, name+"/")
			if !ok {
				continue
			}
			row := AlertReceiverAnswers{Name: integration, Failures: s.Failures, Error: s.Error}
			if !s.LastOK.IsZero() {
				row.LastOK = &s.LastOK
			}
			if !s.FailingSince.IsZero() {
				row.FailingSince = &s.FailingSince
			}
			r.Integrations = append(r.Integrations, row)
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

func (a *API) sampleReceiver(ctx context.Context, in *ByName) (*AlertAnswers, error) {
	if a.alerts == nil {
		return nil, errUnavailable
	}
	all, err := a.alerts.Sample(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	out := &AlertAnswers{Items: []AlertAnswer{}}
	for _, s := range all {
		row := AlertAnswer{Integration: s.Integration, OK: s.Err == nil, TookMs: float64(s.Took.Microseconds()) / 1000}
		if s.Err != nil {
			row.Error = s.Err.Error()
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}
