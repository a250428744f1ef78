package web_test

import (
	"bufio"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/web"
)

// rights is a row of the table in docs/operating.md: the requests that it names, and who may send them.
type rights struct {
	requests []string
	may      map[string]bool
}

// tableOfRoles reads the table of the documentation.
func tableOfRoles(t *testing.T) []rights {
	t.Helper()
	raw, err := os.ReadFile("../../docs/operating.md")
	must(t, err)
	_, rest, found := strings.Cut(string(raw), "| what | requests | viewer | token | admin |\n")
	if !found {
		t.Fatal("docs/operating.md has no table of what the roles may do")
	}
	table, _, _ := strings.Cut(rest, "\n\n")
	code := regexp.MustCompile("`([A-Z]+ /[^`]*)`")
	var out []rights
	for _, line := range strings.Split(table, "\n")[1:] {
		cells := strings.Split(strings.Trim(line, "| "), "|")
		if len(cells) != 5 {
			t.Fatalf("%d cells, want 5: %s", len(cells), line)
		}
		row := rights{may: map[string]bool{}}
		for i, who := range []string{"viewer", "token", "admin"} {
			word := strings.TrimSpace(cells[2+i])
			if word != "yes" && word != "no" {
				t.Fatalf("%s: %q, want yes or no: %s", who, word, line)
			}
			row.may[who] = word == "yes"
		}
		for _, m := range code.FindAllStringSubmatch(cells[1], -1) {
			row.requests = append(row.requests, m[1])
		}
		out = append(out, row)
	}
	return out
}

// What the documentation says that each role may do is what happens, for every route there is: one that changes something and that
// the table does not name fails here, and so does a request in the table that there is no route for.
func TestRolesAsDocumented(t *testing.T) {
	s := newSite(t, func(o *web.Options) {
		o.Alertmanager = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		o.PromQL = o.Alertmanager
	})
	must(t, s.registry.AddUser(t.Context(), "test", "viewer", password, registry.RoleViewer))
	clients := map[string]*http.Client{"viewer": s.browser(t), "token": s.browser(t), "admin": s.browser(t)}
	for _, name := range []string{"admin", "viewer"} {
		if res := do(t, clients[name], http.MethodPost, s.URL+"/api/v1/session", credentials(name, password)); res.StatusCode != 200 {
			t.Fatalf("log in as %s: %s", name, res.Status)
		}
	}
	table := tableOfRoles(t)
	routes := append([]api.Route{
		{Method: "GET", Path: "/metrics"}, {Method: "GET", Path: "/prometheus/api/v1/query"}, {Method: "POST", Path: "/prometheus/api/v1/query"},
		{Method: "POST", Path: "/prometheus/api/v1/query_range"}, {Method: "POST", Path: "/prometheus/api/v1/series"}, {Method: "POST", Path: "/prometheus/api/v1/labels"},
		{Method: "GET", Path: "/alertmanager/api/v2/alerts"}, {Method: "POST", Path: "/alertmanager/api/v2/silences"}, {Method: "DELETE", Path: "/alertmanager/api/v2/silence/{id}"},
		{Method: "POST", Path: "/alertmanager/api/v2/alerts"},
	}, s.api.Routes()...)
	used := map[string]bool{}
	for _, r := range routes {
		// Reading is one row. What else there is stands in the table by itself.
		request := r.Method + " " + r.Path
		if r.Method == http.MethodGet {
			request = "GET /"
		}
		at := slices.IndexFunc(table, func(row rights) bool { return slices.Contains(row.requests, request) })
		if at < 0 {
			t.Errorf("%s is not in the table of roles in docs/operating.md", request)
			continue
		}
		used[request] = true
		path := strings.NewReplacer("{id}", "00000000000000ff", "{name}", "x", "{what}", "minutes").Replace(r.Path)
		if path == "/api/v1/events" {
			path += "?meeting=1" // refused at once rather than streamed
		}
		for who, may := range table[at].may {
			var headers []string
			if who == "token" {
				headers = []string{"Authorization", "Bearer " + apiToken}
			}
			body := ""
			if r.Method != http.MethodGet {
				body = "{}"
			}
			res := do(t, clients[who], r.Method, s.URL+path, body, headers...)
			if refused := res.StatusCode == http.StatusForbidden; refused == may || res.StatusCode == http.StatusUnauthorized {
				t.Errorf("%s %s as %s: %s; the table says %v", r.Method, r.Path, who, res.Status, may)
			}
		}
	}
	for _, row := range table {
		for _, request := range row.requests {
			if !used[request] {
				t.Errorf("the table names %s, which there is no route for", request)
			}
		}
	}
}

// Whoever is removed, demoted or gets another password is not told anything any more, also not by what was open already; others are.
func TestStreamsEndWithTheirUser(t *testing.T) {
	s := newSite(t, nil)
	ctx := t.Context()
	must(t, s.registry.AddUser(ctx, "test", "stays", password, registry.RoleViewer))
	streams := map[string]*bufio.Scanner{}
	follow := func(name string) {
		c := s.browser(t)
		if res := do(t, c, http.MethodPost, s.URL+"/api/v1/session", credentials(name, password)); res.StatusCode != 200 {
			t.Fatalf("log in as %s: %s", name, res.Status)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/v1/events", nil)
		must(t, err)
		res, err := c.Do(req)
		must(t, err)
		t.Cleanup(func() { _ = res.Body.Close() })
		streams[name] = bufio.NewScanner(res.Body)
		if res.StatusCode != 200 || !streams[name].Scan() {
			t.Fatalf("%s follows nothing: %s", name, res.Status)
		}
	}
	follow("stays")
	edits := map[string]func(name string) error{
		"removed":  func(name string) error { return s.registry.RemoveUser(ctx, "test", name) },
		"demoted":  func(name string) error { return s.registry.SetRole(ctx, "test", name, registry.RoleViewer) },
		"password": func(name string) error { return s.registry.SetPassword(ctx, "test", name, password+"2") },
	}
	for name := range edits {
		must(t, s.registry.AddUser(ctx, "test", name, password, registry.RoleAdmin))
		follow(name)
	}
	for name, edit := range edits {
		must(t, edit(name))
		ended := make(chan struct{})
		go func() {
			for streams[name].Scan() {
			}
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(30 * time.Second): // at once; this is half of what asking again would take
			t.Errorf("%s: the stream goes on", name)
		}
	}
	if !streams["stays"].Scan() {
		t.Errorf("the stream of somebody else has ended: %v", streams["stays"].Err())
	}
}
