package daemon

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/obs"
)

// metricsHandler answers /metrics, and /metrics/receiver with what the receiver says of itself on its socket.
func (m *Monitor) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", obs.MetricsHandler(m.metrics, m.log))
	mux.Handle("GET /metrics/receiver", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { // nothing of the request goes there but what it accepts: it holds credentials
			accept := r.In.Header["Accept"]
			r.Out.URL, r.Out.Host, r.Out.Header = &url.URL{Scheme: "http", Host: "receiver", Path: receiver.MetricsPath}, "receiver", http.Header{"Accept": accept}
		},
		Transport: &http.Transport{
			MaxIdleConns: 1, ResponseHeaderTimeout: ingestPatience,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{Timeout: ingestPatience}).DialContext(ctx, "unix", receiver.SocketPath(m.cfg.DataDir))
			},
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			api.WriteProblem(w, http.StatusServiceUnavailable, "The receiver does not answer on its socket.")
		},
	})
	return mux
}

// newMetrics returns the monitor's own figures for Prometheus. They name no person, meeting or address.
func (m *Monitor) newMetrics() (*prometheus.Registry, error) {
	r, err := obs.NewMetrics("monitor", m.o.Version)
	if err != nil {
		return nil, err
	}
	gauge := func(name, help string, f func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "earshot_" + name, Help: help}, f))
	}
	gauge("pipeline_applied_sequence", "Last journal record whose rows are in the facts.", func() float64 { return float64(m.pipeline.Stats().Facts) })
	gauge("pipeline_folded_sequence", "Last journal record that was folded.", func() float64 { return float64(m.pipeline.Stats().Seq) })
	gauge("pipeline_lag_p99_seconds", "Receipt to stored row, of the last minute.", func() float64 { return m.pipeline.Stats().LagP99.Seconds() })
	gauge("pipeline_to_recompute", "Hours that wait to be computed again.", func() float64 { return float64(m.pipeline.Stats().DirtyHours) })
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "earshot_pipeline_store_errors_total", Help: "Batches that a store refused at first."},
		func() float64 { return float64(m.pipeline.Stats().StoreErrors) }))
	gauge("live_people", "People present in live meetings.", func() float64 { return float64(m.live.Status().People) })
	gauge("live_meetings", "Meetings that are live.", func() float64 { return float64(m.live.Status().Meetings) })
	gauge("live_cut_off_meetings", "Meetings that were being reported when Zoom stopped sending, 0 while it sends.", func() float64 { return float64(m.live.Status().CutOff) })
	gauge("receiver_up", "1 while the receiver answers on its socket.", func() float64 {
		if m.ingest.receiverUp() {
			return 1
		}
		return 0
	})
	if err := r.Register(ingestFigures{m}); err != nil {
		return nil, err
	}
	m.alertMetrics = prometheus.NewRegistry()
	if err := r.Register(m.alertMetrics); err != nil {
		return nil, err
	}
	if m.exports != nil {
		if err := r.Register(m.exports); err != nil {
			return nil, err
		}
	}
	return r, nil
}
