// Package promwrite sends samples by Prometheus' remote write, versions 1 and 2: to Prometheus, Mimir, Thanos, VictoriaMetrics. It is the
// Collector's prometheusremotewriteexporter, with its keys; protobuf_message io.prometheus.write.v2.Request chooses version 2.
//
// A [Destination] is used by one goroutine. Prometheus takes a sample of a series once and in the order of time: a minute that was sent
// and is computed again cannot be changed there and stays as it was; what it refuses as too old or out of order counts as too old, and
// the rest of that request is taken (a receiver answers 400 for it all the same). It is tested against Debian's Prometheus.
package promwrite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/golang/snappy"
	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusremotewriteexporter"
	"go.opentelemetry.io/collector/featuregate"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/collector"
)

// Version2 is the message of remote write 2.
const Version2 = "io.prometheus.write.v2.Request"

// version2Gate is the exporter's own switch; without it, protobuf_message is ignored.
const version2Gate = "exporter.prometheusremotewritexporter.enableSendingRW2"

// Options are what a destination is made of.
type Options struct{ Keys map[string]any } // prometheusremotewriteexporter's

// Destination is one receiver of remote write.
type Destination struct {
	*collector.Exporter
	config *prometheusremotewriteexporter.Config
}

// New makes a destination; what is wrong with the keys is said key by key.
func New(ctx context.Context, o Options) (*Destination, error) {
	if o.Keys["protobuf_message"] == Version2 {
		if err := featuregate.GlobalRegistry().Set(version2Gate, true); err != nil {
			return nil, err
		}
	}
	var taken func(collector.Answer) error
	if o.Keys["protobuf_message"] == Version2 {
		taken = knows2
	}
	x, err := collector.New(ctx, collector.Options{
		Taken: taken, Factory: prometheusremotewriteexporter.NewFactory(), Keys: o.Keys, HTTP: true, Metrics: true, CallsAllPermanent: true, Class: classify,
		Defaults: map[string]any{"target_info": map[string]any{"enabled": false}, "max_batch_request_parallelism": 1},
		Forced:   map[string]any{"remote_write_queue": map[string]any{"enabled": false}, "retry_on_failure": map[string]any{"enabled": false}},
	})
	if err != nil {
		return nil, err
	}
	return &Destination{x, x.Config().(*prometheusremotewriteexporter.Config)}, nil
}

// Send implements export.Destination.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	var fresh []*export.Record
	for _, r := range b.Metrics {
		if !r.Revised {
			fresh = append(fresh, r)
		}
	}
	return d.Exporter.Send(ctx, &export.Batch{Metrics: fresh})
}

// tooLate is how receivers say it. Sources: Prometheus' storage package (ErrOutOfOrderSample, ErrOutOfBounds, ErrTooOldSample,
// ErrDuplicateSampleForTimestamp), Mimir's globalerror ("err-mimir-sample-…").
var tooLate = regexp.MustCompile(`out of order|out-of-order|out of bounds|too old|too far in the past|duplicate sample|duplicate-timestamp|timestamp-too-old|already exists with a different value`)

func classify(a collector.Answer) error {
	if a.Status == http.StatusBadRequest && tooLate.MatchString(a.Body) {
		return &export.TooOldError{Err: errors.New("answered 400: some samples are too old or out of order")}
	}
	return nil
}

// written is the header that every receiver of version 2 answers with. Source: Prometheus Remote-Write 2.0, "Required Written Response
// Headers"; the sender has to take its absence for a receiver of version 1.
const written = "X-Prometheus-Remote-Write-Samples-Written"

// knows2 refuses a yes of a receiver that does not know version 2: one of version 1 finds no samples in the message, says yes, and keeps
// nothing (Prometheus before 2.54 is one).
func knows2(a collector.Answer) error {
	if len(a.Header.Values(written)) > 0 {
		return nil
	}
	return &export.RefusedError{Err: fmt.Errorf("answered %d without %s: it does not know remote write 2, and kept nothing; leave protobuf_message out", a.Status, written)}
}

// Check implements export.Destination: a request without samples.
func (d *Destination) Check(ctx context.Context) (string, error) {
	c := d.config.ClientConfig
	header := http.Header{"Content-Encoding": {"snappy"}, "Content-Type": {"application/x-protobuf"}, "X-Prometheus-Remote-Write-Version": {"0.1.0"}}
	said := "takes remote write 1"
	if d.config.RemoteWriteProtoMsg == Version2 {
		header.Set("Content-Type", "application/x-protobuf;proto="+Version2)
		header.Set("X-Prometheus-Remote-Write-Version", "2.0.0")
		said = "takes remote write 2"
	}
	c.Compression = ""
	a, err := d.Post(ctx, &c, c.Endpoint, header, snappy.Encode(nil, nil))
	if err != nil {
		return "", err
	}
	if a.Status/100 != 2 {
		return "", export.StatusError(a.Status, a.After, a.Body)
	}
	if d.config.RemoteWriteProtoMsg == Version2 {
		return said, knows2(a)
	}
	return said, nil
}
