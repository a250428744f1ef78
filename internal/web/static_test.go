package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/earshot/earshot/internal/web"
)

func TestStaticFiles(t *testing.T) {
	s := newSite(t, nil)
	c := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer c.CloseIdleConnections()
	for path, want := range map[string]struct {
		status      int
		contentType string
		cache       string
		body        string
	}{
		"/":                             {200, "text/html; charset=utf-8", "no-cache", index},
		"/index.html":                   {200, "text/html; charset=utf-8", "no-cache", index},
		"/live":                         {200, "text/html; charset=utf-8", "no-cache", index},
		"/meetings/00000000000000ff":    {200, "text/html; charset=utf-8", "no-cache", index},
		"/assets/index-abc123.js":       {200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", script},
		"/assets/gone-000000.js":        {404, "text/plain; charset=utf-8", "no-store", "There is no such file.\n"},
		"/robots.txt":                   {404, "text/plain; charset=utf-8", "no-store", "There is no such file.\n"},
		"/favicon.svg":                  {200, "image/svg+xml", "no-cache", "<svg/>"},
		"/.keep":                        {404, "text/plain; charset=utf-8", "no-store", "There is no such file.\n"},
		"/assets/..%2f..%2f/etc/passwd": {200, "text/html; charset=utf-8", "no-cache", index}, // no file: a page
	} {
		res := do(t, c, http.MethodGet, s.URL+path, "")
		if res.StatusCode != want.status || res.Header.Get("Content-Type") != want.contentType || res.Header.Get("Cache-Control") != want.cache || res.body != want.body {
			t.Errorf("GET %s: %s, %s, %s, %.60q", path, res.Status, res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), res.body)
		}
	}
	for accept, zipped := range map[string]bool{"gzip": true, "br, gzip;q=0.8": true, "*": true, "gzip;q=0": false, "*;q=0": false, "identity": false, "": false} {
		res := do(t, c, http.MethodGet, s.URL+"/assets/index-abc123.js", "", "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding") == "gzip"; got != zipped || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: compressed %v, Vary %q", accept, got, res.Header.Get("Vary"))
		}
		if zipped {
			z, err := gzip.NewReader(strings.NewReader(res.body))
			must(t, err)
			plain, err := io.ReadAll(z)
			must(t, err)
			if string(plain) != script || len(res.body) >= len(script) {
				t.Errorf("compressed: %d bytes of %d", len(res.body), len(script))
			}
		}
		again := do(t, c, http.MethodGet, s.URL+"/assets/index-abc123.js", "", "Accept-Encoding", accept, "If-None-Match", `"x", W/`+res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || again.body != "" {
			t.Errorf("again: %s", again.Status)
		}
	}
	if res := do(t, c, http.MethodHead, s.URL+"/live", ""); res.StatusCode != 200 || res.ContentLength != int64(len(index)) {
		t.Errorf("HEAD: %s, %d bytes", res.Status, res.ContentLength)
	}
	if res := do(t, c, http.MethodPost, s.URL+"/live", ""); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", res.Status)
	}
}

func TestUIThatIsNotBuilt(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.UI = fstest.MapFS{".keep": {}} })
	if res := do(t, s.browser(t), http.MethodGet, s.URL+"/live", ""); res.StatusCode != 200 || !strings.Contains(res.body, "make build") {
		t.Errorf("%s %s", res.Status, res.body)
	}
}
