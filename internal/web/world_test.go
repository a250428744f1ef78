package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

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
	return newSiteWith(t, time.Minute, change)
}

// newSiteWith makes a site whose server gives an ordinary request so much time.
func newSiteWith(t *testing.T, limits time.Duration, change func(*web.Options)) *site {
	t.Helper()
	s := &site{log: &syncBuffer{}}
	logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	s.registry, err = registry.Open(registry.Options{Dir: t.TempDir(), Logger: logger})
	must(t, err)
	t.Cleanup(func() { must(t, s.registry.Close()) })
	must(t, s.registry.AddUser(t.Context(), "test", "admin", password, registry.RoleAdmin))
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
	s.Config.ReadTimeout, s.Config.WriteTimeout = limits, limits // as a careful daemon has
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
