// Package otlp sends logs and metrics by OTLP, over HTTP or gRPC: to an OpenTelemetry Collector, Grafana, Datadog's agent, or whatever
// else takes it. It is the Collector's own exporters, with their keys.
//
// What it makes is used by one goroutine. Of a partial success, which OTLP's receivers may answer, the refused part is counted and not sent
// again, as the protocol wants it. It is tested against the Collector's own receiver.
package otlp

import (
	"compress/gzip"
	"context"
	"net/http"

	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/collector"
)

// Options are what a destination is made of.
type Options struct {
	GRPC          bool           // rather than HTTP
	Keys          map[string]any // otlphttpexporter's, or otlpexporter's
	Logs, Metrics bool
}

// Destination is one receiver of OTLP.
type Destination struct{ *collector.Exporter }

// New makes a destination; what is wrong with the keys is said key by key.
func New(ctx context.Context, o Options) (*Destination, error) {
	c := collector.Options{
		Keys: o.Keys, Logs: o.Logs, Metrics: o.Metrics,
		Forced: map[string]any{"sending_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false}},
	}
	if o.GRPC {
		c.Factory = otlpexporter.NewFactory()
	} else {
		c.Factory, c.HTTP, c.Class = otlphttpexporter.NewFactory(), true, classify
		if _, chosen := o.Keys["compression"]; !chosen {
			// gzip is the exporter's default, at level 6: that takes most of what sending costs, and saves little more than level 1.
			c.Defaults = map[string]any{"compression_params": map[string]any{"level": gzip.BestSpeed}}
		}
	}
	x, err := collector.New(ctx, c)
	if err != nil {
		return nil, err
	}
	return &Destination{x}, nil
}

// classify knows that 500 is no passing trouble in OTLP: only 429, 502, 503 and 504 are to be tried again. Source: the OTLP specification
// 1.9, "OTLP/HTTP Response", "Retryable Response Codes".
func classify(a collector.Answer) error {
	if a.Status == http.StatusInternalServerError || a.Status == http.StatusNotImplemented {
		return &export.PermanentError{Err: export.StatusError(a.Status, 0, a.Body)}
	}
	return nil
}

// Check implements export.Destination.
func (d *Destination) Check(ctx context.Context) (string, error) { return d.CheckEmpty(ctx) }
