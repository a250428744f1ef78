package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/goleak"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/web"
)

const (
	password = "correct horse battery"
	apiToken = "canary-bearer-0123456789abcdef"
	index    = `<!doctype html><div id="root"></div>`
)

var script = strings.Repeat("console.log('earshot');\n", 200)

// site is a whole web server over a real registry, with everything that it logs.
type site struct {
	*httptest.Server
	api      *api.API
	registry *registry.Registry
	log      *syncBuffer
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSite(t *testing.T, change func(*web.Options)) *site {
	t.Helper()
	s := &site{log: &syncBuffer{}}
	logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	s.registry, err = registry.Open(registry.Options{Dir: t.TempDir(), Logger: logger})
	must(t, err)
	t.Cleanup(func() { must(t, s.registry.Close()) })
	must(t, s.registry.PutUser(t.Context(), "admin", password, registry.RoleAdmin))
	s.api, err = api.New(api.Options{Registry: s.registry, Facts: factstest.NewMemory(), Live: live.New(live.Options{}), Logger: logger})
	must(t, err)
	o := web.Options{
		API: s.api, Users: s.registry, Sessions: s.registry.Sessions(), APIToken: apiToken, Logger: logger,
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "earshot_up 1\n") }),
		UI: fstest.MapFS{
			"index.html": {Data: []byte(index)}, "favicon.svg": {Data: []byte("<svg/>")}, ".keep": {},
			"assets/index-abc123.js": {Data: []byte(script)}, "assets/inter.woff2": {Data: []byte(strings.Repeat("font", 999))},
		},
	}
	if change != nil {
		change(&o)
	}
	server, err := web.New(o)
	must(t, err)
	s.Server = httptest.NewUnstartedServer(server.Handler())
	s.Config.ReadTimeout, s.Config.WriteTimeout = 2*time.Second, 2*time.Second // as a careful daemon has
	s.Start()
	t.Cleanup(func() {
		must(t, s.api.Close())
		s.Close()
	})
	return s
}

// browser is a client with a cookie jar that does not follow redirects.
func (s *site) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	*http.Response
	body string
}

func do(t *testing.T, c *http.Client, method, url, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	must(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return answer{res, string(b)}
}

func credentials(user, password string) string {
	b, _ := json.Marshal(api.Login{User: user, Password: password}) // strings always encode
	return string(b)
}

func (s *site) login(t *testing.T, c *http.Client) {
	t.Helper()
	if res := do(t, c, http.MethodPost, s.URL+"/api/v1/session", credentials("admin", password)); res.StatusCode != http.StatusOK {
		t.Fatalf("log in: %s %s", res.Status, res.body)
	}
}

// Every route, for everybody. The API's routes come from its own router, so that a new one is tested without being listed.
func TestAuthorizationMatrix(t *testing.T) {
	s := newSite(t, nil)
	ctx := t.Context()

	admin := s.browser(t)
	s.login(t, admin)
	must(t, s.registry.PutUser(ctx, "leaver", password, registry.RoleViewer))
	leaver := s.browser(t)
	if res := do(t, leaver, http.MethodPost, s.URL+"/api/v1/session", credentials("leaver", password)); res.StatusCode != 200 {
		t.Fatalf("leaver: %s", res.Status)
	}
	must(t, s.registry.DeleteUser(ctx, "leaver"))
	must(t, s.registry.PutUser(ctx, "changed", password, registry.RoleViewer))
	changed := s.browser(t)
	if res := do(t, changed, http.MethodPost, s.URL+"/api/v1/session", credentials("changed", password)); res.StatusCode != 200 {
		t.Fatalf("changed: %s", res.Status)
	}
	for since := time.Now().UnixMilli(); time.Now().UnixMilli() <= since; { // the registry counts milliseconds
	}
	must(t, s.registry.PutUser(ctx, "changed", password+"2", registry.RoleViewer))
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

func TestLogin(t *testing.T) {
	s := newSite(t, nil)
	c := s.browser(t)
	// A token that somebody planted is not taken over.
	res := do(t, c, http.MethodPost, s.URL+"/api/v1/session", credentials("admin", password), "Cookie", "earshot_session=planted")
	var got api.Session
	must(t, json.Unmarshal([]byte(res.body), &got))
	if res.StatusCode != 200 || got != (api.Session{User: "admin", Role: "admin"}) {
		t.Fatalf("%s: %+v", res.Status, got)
	}
	cookie := res.Cookies()[0]
	if cookie.Name != "earshot_session" || cookie.Value == "planted" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie: %s", cookie)
	}
	if left := time.Until(cookie.Expires); left > 12*time.Hour+time.Minute || left < 11*time.Hour {
		t.Errorf("the cookie lives %v, want the idle time of 12 h", left)
	}
	if res := do(t, c, http.MethodGet, s.URL+"/api/v1/session", ""); res.StatusCode != 200 || !strings.Contains(res.body, `"admin"`) {
		t.Errorf("session: %s %s", res.Status, res.body)
	}
	// Logging in again ends the session before.
	url, _ := http.NewRequest(http.MethodGet, s.URL, nil)
	before := c.Jar.Cookies(url.URL)
	s.login(t, c)
	old := s.browser(t)
	old.Jar.SetCookies(url.URL, before)
	if res := do(t, old, http.MethodGet, s.URL+"/api/v1/session", ""); res.StatusCode != 401 {
		t.Errorf("the session before: %s", res.Status)
	}
	if res := do(t, c, http.MethodDelete, s.URL+"/api/v1/session", ""); res.StatusCode != 204 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("log out: %s", res.Status)
	}
	if res := do(t, c, http.MethodGet, s.URL+"/api/v1/session", ""); res.StatusCode != 401 {
		t.Errorf("after it: %s", res.Status)
	}
	if res := do(t, s.browser(t), http.MethodDelete, s.URL+"/api/v1/session", ""); res.StatusCode != 204 {
		t.Errorf("log out without a session: %s", res.Status)
	}
	for body, want := range map[string]int{
		`{"user":"admin"}`:                          422,
		`{"user":"admin","password":"x","y":1}`:     422,
		`[]`:                                        422,
		credentials("admin", "wrong"):               401,
		credentials("nobody", password):             401,
		`{"password":"` + strings.Repeat("x", 9000): 422,
	} {
		res := do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", body)
		if res.StatusCode != want || len(res.Cookies()) > 0 || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.40s: got %s %s, want %d", body, res.Status, res.body, want)
		}
	}
	if res := do(t, c, http.MethodPost, s.URL+"/api/v1/session", credentials("admin", password), "Content-Type", "text/plain"); res.StatusCode != 415 {
		t.Errorf("as a form could send it: %s", res.Status)
	}
}

// A session in use lives on, written again now and then, but never beyond its seven days.
func TestSessionIsProlonged(t *testing.T) {
	s := newSite(t, nil)
	now := time.Now()
	for name, c := range map[string]struct {
		seen     time.Time
		deadline time.Duration
		want     time.Duration // 0: no new cookie
	}{
		"just written":      {now.Add(-time.Minute), 100 * time.Hour, 0},
		"in use":            {now.Add(-10 * time.Minute), 100 * time.Hour, 12 * time.Hour},
		"close to its end":  {now.Add(-10 * time.Minute), 3 * time.Hour, 3 * time.Hour},
		"never written yet": {time.UnixMilli(0), 100 * time.Hour, 12 * time.Hour},
	} {
		data, err := scs.GobCodec{}.Encode(now.Add(c.deadline), map[string]any{"user": "admin", "since": now.UnixMilli(), "seen": c.seen.UnixMilli()})
		must(t, err)
		must(t, s.registry.Sessions().CommitCtx(t.Context(), name, data, now.Add(time.Hour)))
		res := do(t, s.browser(t), http.MethodGet, s.URL+"/api/v1/session", "", "Cookie", `earshot_session="`+name+`"`)
		if res.StatusCode != 200 || len(res.Cookies()) != min(1, int(c.want)) {
			t.Fatalf("%s: %s, %d cookies", name, res.Status, len(res.Cookies()))
		}
		if c.want != 0 {
			if left := time.Until(res.Cookies()[0].Expires); left > c.want+time.Minute || left < c.want-time.Minute {
				t.Errorf("%s: now lives %v, want %v", name, left, c.want)
			}
		}
	}
}

func TestSecureCookie(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Secure = true })
	res := do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", credentials("admin", password))
	if c := res.Cookies()[0]; c.Name != "__Host-earshot_session" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie: %s", c)
	}
	if !strings.HasPrefix(res.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("no HSTS")
	}
}

// strangers are people who do not know the password; they find that out at once, so that the machine's pace plays no part.
type strangers struct{ *registry.Registry }

func (strangers) Verify(context.Context, string, string) (registry.User, error) {
	return registry.User{}, registry.ErrBadLogin
}

func TestGuessingIsSlow(t *testing.T) {
	s := newSite(t, func(o *web.Options) {
		o.Users = strangers{}
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	attempt := func(user, from string) int {
		t.Helper()
		res := do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", credentials(user, "wrong"), "X-Forwarded-For", "198.51.100.7, "+from)
		if res.StatusCode == 429 && res.Header.Get("Retry-After") == "" {
			t.Errorf("429 without Retry-After")
		}
		return res.StatusCode
	}
	for i := range 5 {
		if got := attempt("admin", "203.0.113.1"); got != 401 {
			t.Errorf("attempt %d: %d", i+1, got)
		}
	}
	if got := attempt("ADMIN", "203.0.113.1"); got != 429 {
		t.Errorf("the sixth in a minute: %d", got)
	}
	if got := attempt("admin", "203.0.113.2"); got != 401 {
		t.Errorf("from another address: %d", got)
	}
	for i := range 14 {
		attempt("user-"+strconv.Itoa(i), "203.0.113.1")
	}
	if got := attempt("somebody-else", "203.0.113.1"); got != 429 {
		t.Errorf("another name from the address that tried twenty times: %d", got)
	}
	if log := s.log.String(); !strings.Contains(log, "network=203.0.113.0/24") || strings.Contains(log, "203.0.113.1") {
		t.Errorf("the log must tell the network, not the machine: %.500s", log)
	}
	// Neighbours in one IPv6 network are one.
	for range 5 {
		attempt("admin", "2001:db8::1")
	}
	if got := attempt("admin", "2001:db8::2"); got != 429 {
		t.Errorf("from the same /64: %d", got)
	}
}

func TestForwardedForIsNotBelievedFromAnybody(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Users = strangers{} })
	last := 0
	for i := range 6 {
		res := do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", credentials("admin", "wrong"), "X-Forwarded-For", "203.0.113."+string(rune('1'+i)))
		last = res.StatusCode
	}
	if last != 429 {
		t.Errorf("the sixth attempt under another forged address: %d", last)
	}
}

func TestLoginOnce(t *testing.T) {
	s := newSite(t, nil)
	token, err := s.registry.NewLoginToken(t.Context(), "admin", time.Minute)
	must(t, err)
	c := s.browser(t)
	if res := do(t, c, http.MethodHead, s.URL+"/login?once="+token, ""); res.StatusCode != 200 || len(res.Cookies()) > 0 {
		t.Errorf("HEAD, as a preview sends it: %s", res.Status)
	}
	res := do(t, c, http.MethodGet, s.URL+"/login?once="+token, "")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" || len(res.Cookies()) != 1 {
		t.Fatalf("got %s to %q", res.Status, res.Header.Get("Location"))
	}
	if res := do(t, c, http.MethodGet, s.URL+"/api/v1/session", ""); res.StatusCode != 200 {
		t.Errorf("session: %s", res.Status)
	}
	for _, bad := range []string{token, "nonsense", ""} {
		res := do(t, s.browser(t), http.MethodGet, s.URL+"/login?once="+bad, "")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/login") || len(res.Cookies()) > 0 {
			t.Errorf("token %q: %s to %q", bad, res.Status, res.Header.Get("Location"))
		}
	}
	do(t, s.browser(t), http.MethodGet, s.URL+"/api/v1/meetings?q=canary-name", "", "Authorization", "Bearer canary-wrong")
	do(t, s.browser(t), http.MethodPost, s.URL+"/api/v1/session", credentials("canary-user", "canary-password"))
	for _, secret := range []string{token, apiToken, "canary", password} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
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
	s := newSite(t, nil)
	for _, zipped := range []bool{false, true} {
		c := &http.Client{Transport: &http.Transport{DisableCompression: !zipped}}
		defer c.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/events", nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+apiToken)
		res, err := c.Do(req)
		must(t, err)
		defer res.Body.Close() //nolint:errcheck // ends with the server
		if res.StatusCode != 200 || res.Uncompressed != zipped {
			t.Fatalf("%s, compressed %v, want %v", res.Status, res.Uncompressed, zipped)
		}
		began, n := time.Now(), 0
		lines := bufio.NewScanner(res.Body)
		for n < 4 && lines.Scan() {
			if lines.Text() == "event: status" {
				if n++; n == 1 && time.Since(began) > 2*time.Second {
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
