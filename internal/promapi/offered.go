package promapi

import (
	"encoding/json"
	"net/http"
	"strings"
)

// answered are the addresses below /api/v1 that Prometheus' own handlers answer here. The others are about what only a Prometheus has (a
// database, scraping, writing): there is nothing behind them, and some would find that out the hard way.
var answered = map[string]bool{
	"query": true, "query_range": true, "query_exemplars": true, "format_query": true, "parse_query": true, "labels": true, "series": true,
	"targets": true, "scrape_pools": true, "alertmanagers": true, "features": true,
	"status/config": true, "status/flags": true, "status/runtimeinfo": true, "status/buildinfo": true,
}

// offered says of all others that they are not there, as Prometheus words errors.
func offered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		what := strings.TrimPrefix(r.URL.Path, Prefix+"/api/v1/")
		if answered[what] || strings.HasPrefix(what, "label/") && strings.HasSuffix(what, "/values") || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(map[string]string{ // the client is gone, or it is not
			"status": "error", "errorType": "not_found",
			"error": "Earshot answers query, query_range, series, labels, label/NAME/values, metadata, rules and alerts; this is about what only a Prometheus has",
		})
	})
}
