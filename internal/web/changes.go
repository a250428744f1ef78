package web

import (
	"net/http"
	"strings"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

// alertmanagerPath is below which Alertmanager's API is served, for amtool and Grafana: --alertmanager.url=https://HOST/alertmanager.
const alertmanagerPath = "/alertmanager/"

// promQLPath is below which Prometheus' query API is served: a data source's URL is https://HOST/prometheus.
const promQLPath = "/prometheus/"

// reading are requests that change nothing although their method could. Grafana posts its queries.
var reading = []string{
	"POST /api/v1/alert-backtests", "POST /api/v1/alert-silences/preview", "POST /api/v1/alert-maintenance/preview",
	"POST /prometheus/api/v1/query", "POST /prometheus/api/v1/query_range", "POST /prometheus/api/v1/series", "POST /prometheus/api/v1/labels",
}

// byToken are the paths below which scripts may change something: what amtool and on-call tools do.
var byToken = []string{"/api/v1/alert-silences", "/api/v1/alerts/", "/alertmanager/api/v2/silence"}

// may reports whether somebody may send a request. Viewers read. Admins change whatever can be changed. Whoever has the token
// of the monitor's environment may silence and acknowledge, as well as read.
func may(who api.Session, token bool, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	for _, p := range reading {
		if r.Method+" "+r.URL.Path == p {
			return true
		}
	}
	if token {
		for _, p := range byToken {
			if strings.HasPrefix(r.URL.Path, p) {
				return true
			}
		}
		return false
	}
	return who.Role == string(registry.RoleAdmin)
}

// alertmanager serves Alertmanager's API v2. Alerts come from Earshot alone: nobody posts any.
func (s *Server) alertmanager() http.Handler {
	inner := http.StripPrefix(strings.TrimSuffix(alertmanagerPath, "/"), s.o.Alertmanager)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/alerts") {
			api.WriteProblem(w, http.StatusForbidden, "Alerts are raised by Earshot's own rules only.")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
		inner.ServeHTTP(w, r)
	})
}
