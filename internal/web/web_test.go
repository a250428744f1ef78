package web_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/web"
)

// Every route, for everybody. The API's routes come from its own router, so that a new one is tested without being listed.
func TestAuthorizationMatrix(t *testing.T) {
	s := newSite(t, nil)
	ctx := t.Context()

	admin := s.browser(t)
	s.login(t, admin)
	must(t, s.registry.AddUser(ctx, "test", "leaver", password, registry.RoleViewer))
	leaver := s.browser(t)
	if res := do(t, leaver, http.MethodPost, s.URL+"/api/v1/session", credentials("leaver", password)); res.StatusCode != 200 {
		t.Fatalf("leaver: %s", res.Status)
	}
	must(t, s.registry.RemoveUser(ctx, "test", "leaver"))
	must(t, s.registry.AddUser(ctx, "test", "changed", password, registry.RoleViewer))
	changed := s.browser(t)
	if res := do(t, changed, http.MethodPost, s.URL+"/api/v1/session", credentials("changed", password)); res.StatusCode != 200 {
		t.Fatalf("changed: %s", res.Status)
	}
	must(t, s.registry.SetPassword(ctx, "test", "changed", password+"2"))
	must(t, s.registry.AddUser(ctx, "test", "demoted", password, registry.RoleAdmin))
	demoted := s.browser(t)
	if res := do(t, demoted, http.MethodPost, s.URL+"/api/v1/session", credentials("demoted", password)); res.StatusCode != 200 {
		t.Fatalf("demoted: %s", res.Status)
	}
	must(t, s.registry.SetRole(ctx, "test", "demoted", registry.RoleViewer))
	again := s.browser(t) // removed, and made anew under the same name
	must(t, s.registry.AddUser(ctx, "test", "again", password, registry.RoleViewer))
	if res := do(t, again, http.MethodPost, s.URL+"/api/v1/session", credentials("again", password)); res.StatusCode != 200 {
		t.Fatalf("again: %s", res.Status)
	}
	must(t, s.registry.RemoveUser(ctx, "test", "again"))
	must(t, s.registry.AddUser(ctx, "test", "again", password, registry.RoleViewer))
	out := s.browser(t)
	s.login(t, out)
	url, _ := http.NewRequest(http.MethodGet, s.URL, nil)
	stolen := out.Jar.Cookies(url.URL)
	if res := do(t, out, http.MethodDelete, s.URL+"/api/v1/session", ""); res.StatusCode != http.StatusNoContent {
		t.Fatalf("log out: %s", res.Status)
	}
	out.Jar.SetCookies(url.URL, stolen)

	expired := s.browser(t)
	s.login(t, expired)
	token := expired.Jar.Cookies(url.URL)[0].Value
	data, ok, err := s.registry.Sessions().FindCtx(ctx, token)
	if !ok || err != nil {
		t.Fatalf("the session is not stored: %v", err)
	}
	must(t, s.registry.Sessions().CommitCtx(ctx, token, data, time.Now().Add(-time.Second)))

	type who struct {
		client  *http.Client
		headers []string
		good    bool
	}
	everybody := map[string]who{
		"anonymous":            {client: s.browser(t)},
		"wrong bearer":         {client: s.browser(t), headers: []string{"Authorization", "Bearer " + apiToken + "x"}},
		"basic":                {client: s.browser(t), headers: []string{"Authorization", "Basic YWRtaW46YWRtaW4="}},
		"made-up cookie":       {client: s.browser(t), headers: []string{"Cookie", "earshot_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}},
		"user is gone":         {client: leaver},
		"password changed":     {client: changed},
		"demoted":              {client: demoted},
		"another of that name": {client: again},
		"logged out":           {client: out},
		"expired":              {client: expired},
		"wrong bearer, cookie": {client: admin, headers: []string{"Authorization", "Bearer nonsense"}},
		"session":              {client: admin, good: true},
		"bearer":               {client: s.browser(t), headers: []string{"Authorization", "bearer " + apiToken}, good: true},
	}
	closed := []api.Route{{Method: "GET", Path: "/metrics"}, {Method: "GET", Path: "/api/v1/session"}, {Method: "GET", Path: "/api/v1/added-later"}, {Method: "POST", Path: "/api/v1/added-later"}, {Method: "GET", Path: "/api/v2"}}
	closed = append(closed, s.api.Routes()...)
	if len(closed) < 15 {
		t.Fatalf("only %d routes: the router does not tell them all", len(closed))
	}
	for _, r := range closed {
		path := strings.ReplaceAll(r.Path, "{id}", "00000000000000ff")
		if r.Path == "/api/v1/events" {
			path += "?meeting=1" // refused at once rather than streamed
		}
		for name, w := range everybody {
			res := do(t, w.client, r.Method, s.URL+path, "", w.headers...)
			if w.good == (res.StatusCode == http.StatusUnauthorized) {
				t.Errorf("%s %s as %s: %s", r.Method, r.Path, name, res.Status)
			}
			if !w.good && (res.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(res.body, "items")) {
				t.Errorf("%s %s as %s: %s", r.Method, r.Path, name, res.body)
			}
		}
	}
	for _, path := range []string{"/", "/live", "/login", "/meetings/00000000000000ff", "/assets/index-abc123.js", "/favicon.svg", "/healthz", "/readyz"} {
		if res := do(t, s.browser(t), http.MethodGet, s.URL+path, ""); res.StatusCode != http.StatusOK {
			t.Errorf("GET %s without a login: %s", path, res.Status)
		}
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t, func(o *web.Options) {
		o.Ready = func(context.Context) error { return errors.New("open /secret/facts.duckdb: no such file") }
	})
	if res := do(t, s.browser(t), http.MethodGet, s.URL+"/healthz", ""); res.StatusCode != 200 || res.body != "ok\n" {
		t.Errorf("healthz: %s %s", res.Status, res.body)
	}
	if res := do(t, s.browser(t), http.MethodGet, s.URL+"/readyz", ""); res.StatusCode != 503 || strings.Contains(res.body, "secret") {
		t.Errorf("readyz: %s %s", res.Status, res.body)
	}
	if res := do(t, s.browser(t), http.MethodGet, s.URL+"/metrics", "", "Authorization", "Bearer "+apiToken); res.body != "earshot_up 1\n" {
		t.Errorf("metrics: %s %s", res.Status, res.body)
	}
}

// The event stream runs through every layer: it is not held back, compressed or not, and the server's limits for ordinary
// requests do not end it.
func TestEventsFlow(t *testing.T) {
	s := newSiteWith(t, 2*time.Second, nil)
	for _, zipped := range []bool{false, true} {
		c := &http.Client{Transport: &http.Transport{DisableCompression: !zipped}}
		defer c.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/events", nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+apiToken)
		began, n := time.Now(), 0
		res, err := c.Do(req)
		must(t, err)
		defer res.Body.Close() //nolint:errcheck // ends with the server
		if res.StatusCode != 200 || res.Uncompressed != zipped {
			t.Fatalf("%s, compressed %v, want %v", res.Status, res.Uncompressed, zipped)
		}
		lines := bufio.NewScanner(res.Body)
		for n < 4 && lines.Scan() {
			if lines.Text() == "event: status" {
				if n++; n == 1 && time.Since(began) > 20*time.Second { // held back, for what fills a buffer comes within minutes
					t.Errorf("compressed %v: the first event came after %v", zipped, time.Since(began))
				}
			}
		}
		if took := time.Since(began); n != 4 || took < 2500*time.Millisecond {
			t.Errorf("compressed %v: %d events within %v, want one a second beyond the server's limit of 2 s", zipped, n, took)
		}
	}
}

type panicking struct{}

func (panicking) Handler() http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary@example.com") })
}

func TestPanicsAreContained(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.API = panicking{} })
	res := do(t, s.browser(t), http.MethodGet, s.URL+"/api/v1/meetings", "", "Authorization", "Bearer "+apiToken)
	if res.StatusCode != 500 || res.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(res.body, "canary") {
		t.Errorf("%s %s", res.Status, res.body)
	}
	if log := s.log.String(); !strings.Contains(log, res.Header.Get("X-Request-Id")) || strings.Contains(log, "canary@") {
		t.Errorf("log: %s", log)
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := web.New(web.Options{}); err == nil {
		t.Error("nothing at all: accepted")
	}
}
