package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever is asked, the answer is Zoom's: JSON with a status that says what it is, and no panic.
func FuzzRequest(f *testing.F) {
	for _, r := range routes {
		f.Add(r.method, strings.ReplaceAll(r.pattern, "{}", "%252Fab%253D"), days+"&type=past&page_size=3&next_page_token=x", "{}")
	}
	f.Add("GET", "/v2/metrics/meetings/%2F%2F/participants/", "from=2026-11-12 09:00:00&to=", "")
	f.Add("POST", "/oauth/token", "grant_type=account_credentials", "account_id=%")
	f.Add("POST", subscriptionPath, "", `{"events":[null],"custom_header":{"custom_header_type":"x"}}`)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		c := connect(t, func(o *Options) { o.Deliveries = fixedLog{} })
		u, err := url.Parse("http://zoom.example" + path)
		if err != nil {
			return
		}
		u.RawQuery = query
		r, err := http.NewRequestWithContext(t.Context(), method, u.String(), strings.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		c.s.ServeHTTP(w, r)
		if w.Code == http.StatusNoContent && w.Body.Len() == 0 {
			return
		}
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code < 200 || w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, u, w.Code, w.Body)
		}
		_, coded := answer["code"]
		if _, oauth := answer["reason"]; w.Code >= 400 && !coded && !oauth {
			t.Errorf("%s %s: an error without a code: %s", method, u, w.Body)
		}
	})
}
