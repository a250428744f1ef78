package export

import "github.com/prometheus/client_golang/prometheus"

// The figures of /metrics. A destination's name is the operator's own word.
var (
	descLag     = desc("lag_seconds", "How long the oldest record that is not delivered has waited.")
	descBacklog = desc("backlog", "Entries that are not delivered: events, outbox entries, incidents.")
	descSent    = desc("sent_total", "Records that the destination took.")
	descFailed  = desc("failed_total", "Tries that failed.")
	descTooOld  = desc("too_old_total", "Records left out because the destination takes none so old.")
	descGap     = desc("gap_total", "Records left out because they were older than max_backlog, or gone.")
	descAside   = desc("aside_total", "Records refused for good: set aside, or only counted where the destination did not say which.")
	descOK      = desc("ok", "1 while the destination takes what is sent.")
)

func desc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("earshot_export_"+name, help, []string{"destination"}, nil)
}

// Describe implements prometheus.Collector.
func (x *Exporter) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descLag, descBacklog, descSent, descFailed, descTooOld, descGap, descAside, descOK} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (x *Exporter) Collect(to chan<- prometheus.Metric) {
	for _, s := range x.Status() {
		ok := 0.0
		if s.State == StateOK {
			ok = 1
		}
		gauge := func(d *prometheus.Desc, v float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, s.Name)
		}
		counter := func(d *prometheus.Desc, v uint64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), s.Name)
		}
		gauge(descLag, s.Lag.Seconds())
		gauge(descBacklog, float64(s.Backlog))
		gauge(descOK, ok)
		counter(descSent, s.Sent)
		counter(descFailed, s.Failed)
		counter(descTooOld, s.TooOld)
		counter(descGap, s.Gap)
		counter(descAside, s.Aside)
	}
}
