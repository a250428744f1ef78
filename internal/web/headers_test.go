package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestHeadersEverywhere(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/", "/assets/index-abc123.js", "/assets/gone.js", "/api/v1/meetings", "/healthz", "/login?once=x"} {
		h := do(t, s.browser(t), http.MethodGet, s.URL+path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		} {
			if h.Get(name) != want {
				t.Errorf("GET %s: %s is %q", path, name, h.Get(name))
			}
		}
		if h.Get("X-Request-Id") == "" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s: request %q, allowed origin %q", path, h.Get("X-Request-Id"), h.Get("Access-Control-Allow-Origin"))
		}
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	s := newSite(t, nil)
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"no browser", nil, 401},
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 401},
		{"typed by hand", []string{"Sec-Fetch-Site", "none"}, 401},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a neighbour", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an old browser, here", []string{"Origin", "HOST"}, 401},
		{"an old browser, elsewhere", []string{"Origin", "https://evil.example"}, 403},
		{"a sandbox", []string{"Origin", "null"}, 403},
	} {
		for i := range c.headers {
			c.headers[i] = strings.Replace(c.headers[i], "HOST", s.URL, 1)
		}
		res := do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", credentials(c.name, "wrong"), c.headers...)
		if res.StatusCode != c.want {
			t.Errorf("log in, %s: %s, want %d", c.name, res.Status, c.want)
		}
		want := 204
		if c.want == 403 {
			want = 403
		}
		if res := do(t, s.browser(t), http.MethodDelete, s.URL+"/api/v1/session", "", c.headers...); res.StatusCode != want {
			t.Errorf("log out, %s: %s, want %d", c.name, res.Status, want)
		}
	}
	if res := do(t, s.browser(t), http.MethodGet, s.URL+"/live", "", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 200 {
		t.Errorf("a link from elsewhere: %s", res.Status)
	}
}
