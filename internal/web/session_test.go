package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/web"
)

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
	admin, _, err := s.registry.User(t.Context(), "admin")
	must(t, err)
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
		data, err := scs.GobCodec{}.Encode(now.Add(c.deadline), map[string]any{"user": "admin", "as": int64(admin.Changed), "seen": c.seen.UnixMilli()})
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
