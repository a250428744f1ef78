package promapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/promapi"
)

// Every address that Prometheus documents has an answer in its form; what Earshot does not have is said, and never falls over.
func TestEveryAddressOfPrometheusHasAnAnswer(t *testing.T) {
	a := office(t).api(promapi.Options{Alerts: firing()})
	for address, want := range map[string]int{
		"GET query?query=1": 200, "POST query?query=1": 200, "GET query_range?query=1&start=0&end=60&step=60": 200, "GET query_exemplars?query=x&start=0&end=1": 200,
		"GET format_query?query=x": 200, "GET parse_query?query=x": 200, "GET labels": 200, "POST labels": 200, "GET label/site/values": 200,
		"GET label/no%20such/values": 200, "GET series?match[]=zoom_qos_participants": 200, "GET scrape_pools": 200, "GET targets": 200, "GET alertmanagers": 200,
		"GET metadata": 200, "GET rules": 200, "GET alerts": 200, "GET status/config": 200, "GET status/flags": 200, "GET status/runtimeinfo": 200,
		"GET status/buildinfo": 200, "GET features": 200,
		"GET query": 400, "GET query_range?query=1&start=0&end=60&step=0": 400, "GET query_range?query=1&start=60&end=0&step=1": 400,
		"GET query_range?query=1&start=0&end=11001&step=1": 400, "GET query_range?query=1&start=0&end=60&step=NaN": 400, "GET query?query=1&time=noon": 400,
		"GET query?query={a=~%22(%22}": 400, "GET series": 400, "GET series?match[]={}": 400, "GET labels?limit=x": 400, "GET rules?type=x": 400,
		"GET status/tsdb": 404, "GET status/tsdb/blocks": 404, "GET status/walreplay": 404, "GET status/self_metrics": 404, "GET targets/metadata": 404,
		"GET targets/relabel_steps": 404, "GET scrape_pools/config": 404, "GET notifications": 404, "GET notifications/live": 404, "POST read": 404,
		"POST write": 404, "POST otlp/v1/metrics": 404, "GET search/metric_names": 404, "POST admin/tsdb/delete_series": 404, "PUT admin/tsdb/snapshot": 404,
		"GET openapi.yaml": 404, "GET nope": 404, "GET ": 404, "GET label/a/b/values": 404,
	} {
		method, path, _ := strings.Cut(address, " ")
		path, query, _ := strings.Cut(path, "?")
		r := httptest.NewRequestWithContext(t.Context(), method, promapi.Prefix+"/api/v1/"+path+"?"+query, nil)
		if method == http.MethodPost { // forms are read as well
			form, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			r = httptest.NewRequestWithContext(t.Context(), method, promapi.Prefix+"/api/v1/"+path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer := httptest.NewRecorder()
		a.Handler().ServeHTTP(answer, r)
		var said struct{ Status, ErrorType, Error string }
		err := json.Unmarshal(answer.Body.Bytes(), &said)
		switch {
		case answer.Code != want:
			t.Errorf("%s: %d, want %d: %.200s", address, answer.Code, want, answer.Body)
		case path == "label/a/b/values": // a label's name has no such sign, and the router says so
		case err != nil || (said.Status == "success") != (want == 200) || (said.Error == "") != (want == 200):
			t.Errorf("%s: %v: %.200s", address, err, answer.Body)
		}
	}
}
