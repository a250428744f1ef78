package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/registry"
)

// What changes something is for admins, from this site, and in JSON. That nobody keeps a list of sites here is what an admin hears.
func TestOnlyAdminsChangeAnything(t *testing.T) {
	s := newSite(t, nil)
	must(t, s.registry.AddUser(t.Context(), "test", "viewer", password, registry.RoleViewer))
	admin, viewer := s.browser(t), s.browser(t)
	for name, c := range map[string]*http.Client{"admin": admin, "viewer": viewer} {
		if res := do(t, c, http.MethodPost, s.URL+"/api/v1/session", credentials(name, password)); res.StatusCode != 200 {
			t.Fatalf("log in as %s: %s", name, res.Status)
		}
	}
	const body = `{"apply":true,"ranges":[{"range":"10.0.0.0/8","site":"x"}]}`
	for _, c := range []struct {
		name    string
		client  *http.Client
		headers []string
		want    int
	}{
		{"an admin", admin, nil, 503},
		{"an admin, by a page of ours", admin, []string{"Sec-Fetch-Site", "same-origin"}, 503},
		{"an admin, by another site", admin, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"an admin, by another site in an old browser", admin, []string{"Origin", "https://evil.example"}, 403},
		{"an admin, by a form", admin, []string{"Content-Type", "text/plain"}, 415},
		{"a viewer", viewer, nil, 403},
		{"the token for scripts", s.browser(t), []string{"Authorization", "Bearer " + apiToken}, 403},
		{"nobody", s.browser(t), nil, 401},
	} {
		for _, r := range s.api.Routes() {
			if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, "/api/v1/sites/") {
				continue
			}
			send := body
			if r.Path == "/api/v1/sites/import" {
				send = `{"apply":true,"csv":"name,range"}`
			}
			if res := do(t, c.client, r.Method, s.URL+r.Path, send, c.headers...); res.StatusCode != c.want {
				t.Errorf("%s %s: %s %s, want %d", r.Path, c.name, res.Status, res.body, c.want)
			}
		}
	}
}
