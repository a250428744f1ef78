// Package splunk sends to Splunk's HTTP Event Collector: events with sourcetype zoom:qss, the other kinds as zoom:earshot, numbers as
// multi-metric events for a metrics index. It is the Collector's splunkhecexporter, with its keys.
//
// A [Destination] is used by one goroutine. HEC answers 200 when an event is in a queue of Splunk's, not when it is indexed: the
// exporter has no indexer acknowledgement. It is tested against the Collector's own receiver of HEC.
package splunk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/splunkhecexporter"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/collector"
)

// Source types: Zoom's events are as Zoom wrote them, so that searches written for other collectors of QSS fit.
const (
	SourceTypeEvents = "zoom:qss"
	SourceTypeOther  = "zoom:earshot"
)

// Options are what a destination is made of.
type Options struct {
	Keys          map[string]any // splunkhecexporter's
	Logs, Metrics bool
}

// Destination is one Splunk.
type Destination struct {
	*collector.Exporter
	config *splunkhecexporter.Config
	named  bool // the operator chose a sourcetype
}

// New makes a destination; what is wrong with the keys is said key by key.
func New(ctx context.Context, o Options) (*Destination, error) {
	_, named := o.Keys["sourcetype"]
	x, err := collector.New(ctx, collector.Options{
		Factory: splunkhecexporter.NewFactory(), Keys: o.Keys, HTTP: true, Logs: o.Logs, Metrics: o.Metrics,
		Defaults: map[string]any{"source": "earshot", "splunk_app_name": "earshot", "use_multi_metric_format": true},
		Forced: map[string]any{
			"sending_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false}, "health_check_enabled": false,
		},
		Class: classify, Taken: taken,
	})
	if err != nil {
		return nil, err
	}
	return &Destination{x, x.Config().(*splunkhecexporter.Config), named}, nil
}

// Send implements export.Destination. Raw events and what Earshot made have different source types, so they go apart.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	var events, others []*export.Record
	for _, r := range b.Logs {
		if r.Kind == export.KindEvent {
			events = append(events, r)
		} else {
			others = append(others, r)
		}
	}
	for _, part := range []struct {
		records    []*export.Record
		sourceType string
	}{{events, SourceTypeEvents}, {others, SourceTypeOther}} {
		if len(part.records) == 0 {
			continue
		}
		shape := collector.Shape{Resource: map[string]string{"com.splunk.sourcetype": part.sourceType}}
		if d.named {
			shape.Resource = nil
		}
		if err := d.SendShaped(ctx, &shape, &export.Batch{Logs: part.records}); err != nil {
			return err
		}
	}
	return d.SendShaped(ctx, &collector.Shape{}, &export.Batch{Metrics: b.Metrics})
}

// classify reads HEC's answers. Source: "Troubleshoot HTTP Event Collector", the table of status codes: 400 with code 7 (incorrect
// index), 10 (channel missing), 11 (invalid channel) and 14 (ACK is disabled) are about the set-up, not about the event.
func classify(a collector.Answer) error {
	if a.Status != http.StatusBadRequest {
		return nil
	}
	var hec struct {
		Text string `json:"text"`
		Code int    `json:"code"`
	}
	if json.Unmarshal([]byte(a.Body), &hec) != nil {
		return nil
	}
	switch hec.Code {
	case 7, 10, 11, 14:
		return &export.RefusedError{Err: fmt.Errorf("answered 400, code %d: %s", hec.Code, hec.Text)}
	}
	return nil
}

// taken reads HEC's body beside a 200: a code other than 0 is a no, which something between here and there made a 200 of.
func taken(a collector.Answer) error {
	var hec struct {
		Text string `json:"text"`
		Code int    `json:"code"`
	}
	if json.Unmarshal([]byte(a.Body), &hec) != nil || hec.Code == 0 {
		return nil
	}
	a.Status = http.StatusBadRequest
	if err := classify(a); err != nil {
		return err
	}
	switch hec.Code {
	case 1, 2, 3, 4: // token disabled, required, authorization invalid, token invalid
		return &export.RefusedError{Err: fmt.Errorf("answered 200, but code %d: %s", hec.Code, hec.Text)}
	case 8, 9: // internal error, busy
		return fmt.Errorf("answered 200, but code %d: %s", hec.Code, hec.Text)
	}
	return &export.PermanentError{Err: fmt.Errorf("answered 200, but code %d: %s", hec.Code, hec.Text)}
}

// Check implements export.Destination: an empty request is answered with code 5, "No data", by a HEC that takes the token.
func (d *Destination) Check(ctx context.Context) (string, error) {
	c := d.config.ClientConfig
	header := http.Header{"Authorization": {"Splunk " + string(d.config.Token)}}
	address := strings.TrimSuffix(c.Endpoint, "/")
	if !strings.Contains(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://"), "/") {
		address += "/services/collector"
	}
	a, err := d.Post(ctx, &c, address, header, nil)
	if err != nil {
		return "", err
	}
	if a.Status/100 == 2 || a.Status == http.StatusBadRequest && bytes.Contains(bytes.ToLower([]byte(a.Body)), []byte("no data")) {
		return "HEC answers and takes the token", nil
	}
	if err := errors.Join(classify(a)); err != nil {
		return "", err
	}
	return "", export.StatusError(a.Status, a.After, a.Body)
}
