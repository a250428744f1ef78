package otlp_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/collector"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/otlp"
	"github.com/earshot/earshot/internal/running"
)

// picky takes logs, but refuses those that hold a word for good, and is busy at first.
type picky struct {
	*consumertest.LogsSink
	tries  atomic.Int64
	poison string
}

func (p *picky) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if p.tries.Add(1) == 1 {
		return context.DeadlineExceeded
	}
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				if id, _ := r.Attributes().Get("earshot.record.id"); strings.HasSuffix(id.AsString(), p.poison) {
					return consumererror.NewPermanent(context.Canceled)
				}
			}
		}
	}
	return p.LogsSink.ConsumeLogs(ctx, ld)
}

// collectorReceiver starts the Collector's own receiver of OTLP.
func collectorReceiver(t *testing.T, protocol string, logs consumer.Logs, metrics consumer.Metrics) string {
	t.Helper()
	address := running.FreeAddress()
	keys := map[string]any{"protocols": map[string]any{protocol: map[string]any{"endpoint": address}}}
	exporttest.StartReceiver(t, otlpreceiver.NewFactory(), keys, logs, metrics)
	return address
}

// idsOf are the ids of records that arrived.
func idsOf(all []plog.Logs) map[string]bool {
	out := map[string]bool{}
	for _, batch := range all {
		for _, rl := range batch.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					id, _ := r.Attributes().Get("earshot.record.id")
					out[id.AsString()] = true
				}
			}
		}
	}
	return out
}

func TestTheCollectorsReceiverGetsEverythingButPoison(t *testing.T) {
	for _, protocol := range []string{"http", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			logs, metrics := &picky{LogsSink: new(consumertest.LogsSink), poison: "-77"}, new(consumertest.MetricsSink)
			address := collectorReceiver(t, protocol, logs, metrics)
			w, dir := exporttest.New(t, 100), t.TempDir()
			keys := map[string]any{"endpoint": address, "tls": map[string]any{"insecure": true}}
			if protocol == "http" {
				keys = map[string]any{"endpoint": exporttest.NewDoorkeeper(t, address).URL}
			}
			target := func() export.Target {
				d, err := otlp.New(t.Context(), otlp.Options{GRPC: protocol == "grpc", Keys: keys, Logs: true, Metrics: true})
				if err != nil {
					t.Fatal(err)
				}
				return export.Target{
					Spec:        export.Spec{Name: "otlp", FromOldest: true, BatchRecords: 30, Logs: []export.Kind{export.KindEvent, export.KindIncident}, Metrics: []export.Kind{export.KindMinute}},
					Destination: d,
				}
			}
			exporttest.Follow(t, w.Options(dir, target()), func(*export.Exporter) bool { return logs.LogRecordCount() > 20 })
			want, got := w.IDs(export.KindEvent, export.KindIncident), map[string]bool{}
			var end export.Status
			exporttest.Follow(t, w.Options(dir, target()), func(x *export.Exporter) bool {
				end, got = x.Status()[0], idsOf(logs.AllLogs())
				return end.Aside >= 1 && len(got) >= len(want)-1 && metrics.DataPointCount() >= 300
			})
			missing := 0
			for id := range want {
				if !got[id] {
					missing++
				}
			}
			if missing != 1 || len(got) != len(want)-1 {
				t.Errorf("%d of %d are missing, want the poisonous one; %d arrived", missing, len(want), len(got))
			}
			if end.Aside > 2 { // twice, where the end came between
				t.Errorf("set aside: %d", end.Aside)
			}
		})
	}
}

func TestCheckSaysWhatWasAnswered(t *testing.T) {
	for _, protocol := range []string{"http", "grpc"} {
		logs := &picky{LogsSink: new(consumertest.LogsSink), poison: "none"}
		logs.tries.Store(1)
		address := collectorReceiver(t, protocol, logs, new(consumertest.MetricsSink))
		for endpoint, fails := range map[string]bool{address: false, running.FreeAddress(): true} {
			keys := map[string]any{"endpoint": endpoint, "tls": map[string]any{"insecure": true}, "timeout": "20s"}
			if protocol == "http" {
				keys["endpoint"] = "http://" + endpoint
			}
			d, err := otlp.New(t.Context(), otlp.Options{GRPC: protocol == "grpc", Keys: keys, Logs: true, Metrics: true})
			if err != nil {
				t.Fatal(err)
			}
			if said, err := d.Check(t.Context()); (err != nil) != fails {
				t.Errorf("%s, nobody there %v: %q, %v", protocol, fails, said, err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// pointsOf are the different points that arrived.
func pointsOf(all []pmetric.Metrics) map[string]bool {
	points := map[string]bool{}
	for _, batch := range all {
		for _, rm := range batch.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, m := range sm.Metrics().All() {
					for _, p := range m.Gauge().DataPoints().All() {
						a := p.Attributes().AsRaw()
						points[fmt.Sprint(m.Name(), " ", a["zoom.stream"], " ", a["earshot.segment.id"], " ", p.DoubleValue())] = true
					}
				}
			}
		}
	}
	return points
}

// TestSummariesArrive has what Zoom sums up of people who left as logs and as metrics, with an end in the middle.
func TestSummariesArrive(t *testing.T) {
	for _, protocol := range []string{"http", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			logs, metrics := new(consumertest.LogsSink), new(consumertest.MetricsSink)
			address := collectorReceiver(t, protocol, logs, metrics)
			w, dir := exporttest.New(t, 10), t.TempDir()
			w.AddSummaries(t, 100)
			keys := map[string]any{"endpoint": address, "tls": map[string]any{"insecure": true}}
			if protocol == "http" {
				keys = map[string]any{"endpoint": exporttest.NewDoorkeeper(t, address).URL}
			}
			target := func() export.Target {
				d, err := otlp.New(t.Context(), otlp.Options{GRPC: protocol == "grpc", Keys: keys, Logs: true, Metrics: true})
				if err != nil {
					t.Fatal(err)
				}
				kinds := []export.Kind{export.KindSummary}
				return export.Target{Spec: export.Spec{Name: "otlp", FromOldest: true, BatchRecords: 30, Logs: kinds, Metrics: kinds}, Destination: d}
			}
			exporttest.Follow(t, w.Options(dir, target()), func(*export.Exporter) bool { return logs.LogRecordCount() > 20 })
			want, got, points := w.IDs(export.KindSummary), map[string]bool{}, map[string]bool{}
			exporttest.Follow(t, w.Options(dir, target()), func(*export.Exporter) bool {
				got, points = idsOf(logs.AllLogs()), pointsOf(metrics.AllMetrics())
				return len(got) >= len(want) && len(points) >= len(want)*exporttest.SummaryValues
			})
			if diff := cmp.Diff(want, got); diff != "" || len(want) != 200 {
				t.Errorf("of %d (-want +got):\n%s", len(want), diff)
			}
			wanted := map[string]bool{}
			for i := range 100 {
				for _, stream := range []string{"audio_input", "audio_output"} {
					for name, v := range map[string]float64{"bitrate.minimum": 20, "bitrate.average": 40, "bitrate.maximum": 60, "loss.average": 0.5} {
						wanted[fmt.Sprint("zoom.qos.summary.", name, " ", stream, " ", earshot.ID(i+1), " ", v)] = true
					}
				}
			}
			if diff := cmp.Diff(wanted, points); diff != "" {
				t.Errorf("points (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMetricsArriveHoweverTheyLeave has everything that an operator may choose for metrics over HTTP.
func TestMetricsArriveHoweverTheyLeave(t *testing.T) {
	for name, keys := range map[string]map[string]any{
		"nothing chosen":        {},
		"gzip":                  {"compression": "gzip", "compression_params": map[string]any{"level": 9}},
		"only a level":          {"compression_params": map[string]any{"level": 9}},
		"zstd":                  {"compression": "zstd"},
		"no compression":        {"compression": "none"},
		"JSON":                  {"encoding": "json"},
		"an address of its own": {"metrics_endpoint": "/v1/metrics"},
	} {
		t.Run(name, func(t *testing.T) {
			metrics := new(consumertest.MetricsSink)
			address := "http://" + collectorReceiver(t, "http", new(consumertest.LogsSink), metrics)
			keys["endpoint"] = address + "/"
			if path, ok := keys["metrics_endpoint"].(string); ok {
				keys["metrics_endpoint"], keys["endpoint"] = address+path, address+"/nowhere"
			}
			d, err := otlp.New(t.Context(), otlp.Options{Keys: keys, Metrics: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			r := &export.Record{
				ID: "s-1", Kind: export.KindSample, At: 1_767_778_440_000, Attributes: []export.Attribute{{Key: "zoom.stream", Value: "audio_input"}},
				Values: []export.Value{{Metric: export.SampleMetric(earshot.JitterMs), Number: 4.5}},
			}
			for range 2 { // buffers are used again
				if err := d.Send(t.Context(), &export.Batch{Metrics: []*export.Record{r}}); err != nil {
					t.Fatal(err)
				}
			}
			want := (&collector.Shape{}).Metrics([]*export.Record{r})
			for _, got := range metrics.AllMetrics() {
				if diff := cmp.Diff(text(t, want), text(t, got)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			if n := metrics.DataPointCount(); n != 2 {
				t.Errorf("%d points arrived, want 2", n)
			}
		})
	}
}

func text(t *testing.T, m pmetric.Metrics) string {
	raw, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
