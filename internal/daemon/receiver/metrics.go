package receiver

import (
	"net/http"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/receive"
)

// MetricsPath is where the socket answers with the receiver's own figures for Prometheus: the monitor passes them on, and they can be asked
// for by hand while there is none.
const MetricsPath = "/metrics"

// metrics adds the figures of this process to what the socket answers.
func (r *receiver) metrics(next http.Handler) (http.Handler, error) {
	version := "development"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	reg, err := obs.NewMetrics("receiver", version)
	if err != nil {
		return nil, err
	}
	if err := reg.Register(told{r}); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+MetricsPath, obs.MetricsHandler(reg, r.log))
	mux.Handle("/", next)
	return mux, nil
}

// told are the receiver's figures as a prometheus.Collector. They name no event, account or address.
type told struct{ r *receiver }

type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(*receive.Figures) float64
}

func counter(name, help string, of func(*receive.Figures) uint64) figure {
	return figure{prometheus.NewDesc("earshot_receiver_"+name, help, nil, nil), prometheus.CounterValue, func(f *receive.Figures) float64 { return float64(of(f)) }}
}

func gauge(name, help string, of func(*receive.Figures) float64) figure {
	return figure{prometheus.NewDesc("earshot_receiver_"+name, help, nil, nil), prometheus.GaugeValue, of}
}

var figures = []figure{
	counter("received_total", "Requests that came.", func(f *receive.Figures) uint64 { return f.Received }),
	counter("accepted_total", "Events that were verified and stored.", func(f *receive.Figures) uint64 { return f.Accepted }),
	counter("duplicate_total", "Events that were there already.", func(f *receive.Figures) uint64 { return f.Duplicate }),
	counter("bad_signature_total", "Requests whose signature was absent or wrong.", func(f *receive.Figures) uint64 { return f.BadSignature }),
	counter("bad_timestamp_total", "Requests signed too long ago or in the future.", func(f *receive.Figures) uint64 { return f.BadTimestamp }),
	counter("too_large_total", "Requests larger than webhook.max_body.", func(f *receive.Figures) uint64 { return f.TooLarge }),
	counter("shed_total", "Requests answered 503.", func(f *receive.Figures) uint64 { return f.Shed }),
	counter("aborted_total", "Requests whose sender left before the answer.", func(f *receive.Figures) uint64 { return f.Aborted }),
	counter("challenges_total", "Times that Zoom checked the endpoint.", func(f *receive.Figures) uint64 { return f.Challenges }),
	gauge("events_per_second", "Events stored, over the last minute.", func(f *receive.Figures) float64 { return f.EventsPerSecond }),
	gauge("ack_p50_seconds", "Median time to acknowledge an event, over the last minute.", func(f *receive.Figures) float64 { return f.AckP50Ms / 1000 }),
	gauge("ack_p99_seconds", "99th percentile of the time to acknowledge an event, over the last minute.", func(f *receive.Figures) float64 { return f.AckP99Ms / 1000 }),
	gauge("last_event_timestamp_seconds", "When the newest event came.", func(f *receive.Figures) float64 { return float64(f.LastEventMs) / 1000 }),
}

// Describe implements prometheus.Collector.
func (told) Describe(to chan<- *prometheus.Desc) {
	for _, f := range figures {
		to <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (t told) Collect(to chan<- prometheus.Metric) {
	now := t.r.figures()
	for _, f := range figures {
		to <- prometheus.MustNewConstMetric(f.desc, f.kind, f.of(&now))
	}
}
