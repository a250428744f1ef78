package obs

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsAtOnce bounds how many scrapes are answered at a time; more than two servers hardly ever ask.
const metricsAtOnce = 4

// NewMetrics returns a registry with the process's own figures (memory, CPU, goroutines) and earshot_build_info. It is
// nobody's default: what is to be seen is registered on it. Names begin with earshot_ and end with their unit; labels have
// few values and none of a person's.
func NewMetrics(process, version string) (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "earshot_build_info",
		Help:        "Which program this is; always 1.",
		ConstLabels: prometheus.Labels{"process": process, "version": version},
	})
	build.Set(1)
	for _, c := range []prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build,
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of process %s: %w", process, err)
		}
	}
	return r, nil
}

// MetricsHandler answers /metrics from a registry. What one collector cannot tell is logged and left out; the rest is told.
func MetricsHandler(r *prometheus.Registry, log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: metricsAtOnce,
		EnableOpenMetrics:   true,
	})
}
