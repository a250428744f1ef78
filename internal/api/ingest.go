package api

import "context"

func (a *API) getIngest(ctx context.Context, _ *struct{}) (*Ingest, error) {
	if a.ingest == nil {
		return nil, errUnavailable
	}
	in, err := a.ingest.Ingest(ctx)
	if err != nil {
		return nil, err
	}
	// Lists are never null.
	if in.Subscriptions == nil {
		in.Subscriptions = []SubscriptionIngest{}
	}
	if in.Events == nil {
		in.Events = []EventIngest{}
	}
	if in.Drift == nil {
		in.Drift = []DriftIngest{}
	}
	if in.Notices == nil {
		in.Notices = []Notice{}
	}
	if in.Input == nil {
		in.Input = []InputReading{}
	}
	if in.Facts.Rows == nil {
		in.Facts.Rows = map[string]int64{}
	}
	return &in, nil
}
