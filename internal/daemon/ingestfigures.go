package daemon

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/receive"
)

// ingestFigures are the state of the way in as metrics of the monitor: what the receiver last said of itself, and what became
// of it here. It is a prometheus.Collector.
type ingestFigures struct{ m *Monitor }

// eventsTold bounds the names of events that are told, most frequent first: they come from outside.
const eventsTold = 50

// wayIn is what the figures are read from.
type wayIn struct {
	receiver receive.Figures
	journal  journal.Stats
	pipeline pipeline.Stats
}

// figure is one of them.
type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(w *wayIn) float64
}

func newFigure(name, help string, kind prometheus.ValueType, of func(w *wayIn) float64) figure {
	return figure{prometheus.NewDesc("earshot_ingest_"+name, help, nil, nil), kind, of}
}

var figures = []figure{
	newFigure("received_total", "Requests that the receiver took.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.Received) }),
	newFigure("accepted_total", "Events that were verified and stored.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.Accepted) }),
	newFigure("duplicate_total", "Events that were there already.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.Duplicate) }),
	newFigure("bad_signature_total", "Requests whose signature was absent or wrong.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.BadSignature) }),
	newFigure("bad_timestamp_total", "Requests signed too long ago or in the future.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.BadTimestamp) }),
	newFigure("shed_total", "Requests answered 503.", prometheus.CounterValue, func(w *wayIn) float64 { return float64(w.receiver.Shed) }),
	newFigure("events_per_second", "Events stored in the journal, over the last minute.", prometheus.GaugeValue, func(w *wayIn) float64 { return w.receiver.EventsPerSecond }),
	newFigure("ack_p50_seconds", "Median time to acknowledge an event, over the last minute.", prometheus.GaugeValue, func(w *wayIn) float64 { return w.receiver.AckP50Ms / 1000 }),
	newFigure("ack_p99_seconds", "99th percentile of the time to acknowledge an event, over the last minute.", prometheus.GaugeValue, func(w *wayIn) float64 { return w.receiver.AckP99Ms / 1000 }),
	newFigure("clock_skew_seconds", "This machine's clock minus Zoom's.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.receiver.ClockSkewMs) / 1000 }),
	newFigure("last_event_timestamp_seconds", "When the newest event came.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.receiver.LastEventMs) / 1000 }),
	newFigure("last_challenge_timestamp_seconds", "When Zoom last checked the endpoint.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.receiver.LastChallengeMs) / 1000 }),
	newFigure("quarantined", "Refused requests that are kept to be verified again.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.journal.QuarantineHeld) }),
	newFigure("journal_bytes", "Size of the journal.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.journal.PebbleBytes) }),
	newFigure("archive_bytes", "Size of the archive.", prometheus.GaugeValue, func(w *wayIn) float64 { return float64(w.journal.ArchiveBytes) }),
	newFigure("backlog_records", "Records in the journal that are not folded yet.", prometheus.GaugeValue, func(w *wayIn) float64 {
		return float64(max(w.journal.Tail, w.pipeline.Seq) - w.pipeline.Seq)
	}),
	newFigure("lag_p50_seconds", "Median time from receipt to stored row, over the last minute.", prometheus.GaugeValue, func(w *wayIn) float64 { return w.pipeline.LagP50.Seconds() }),
}

var eventsFigure = prometheus.NewDesc("earshot_ingest_events_total", "Events that were folded, by name; the most frequent names.", []string{"event"}, nil)

// Describe implements prometheus.Collector.
func (ingestFigures) Describe(out chan<- *prometheus.Desc) {
	for i := range figures {
		out <- figures[i].desc
	}
	out <- eventsFigure
}

// Collect implements prometheus.Collector.
func (c ingestFigures) Collect(out chan<- prometheus.Metric) {
	s := c.m.ingest
	s.mu.Lock()
	w := wayIn{receiver: s.figures, journal: s.journal}
	s.mu.Unlock()
	w.pipeline = c.m.pipeline.Stats()
	for i := range figures {
		out <- prometheus.MustNewConstMetric(figures[i].desc, figures[i].kind, figures[i].of(&w))
	}
	for _, e := range w.pipeline.Events[:min(len(w.pipeline.Events), eventsTold)] {
		out <- prometheus.MustNewConstMetric(eventsFigure, prometheus.CounterValue, float64(e.Count), e.Name)
	}
}
