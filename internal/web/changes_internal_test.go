package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

// Who may change what: viewers read, the token silences and acknowledges, admins do everything; nobody posts alerts.
func TestWhoMayChangeWhat(t *testing.T) {
	admin, viewer := api.Session{User: "a", Role: string(registry.RoleAdmin)}, api.Session{User: "v", Role: string(registry.RoleViewer)}
	for request, want := range map[string]struct{ admin, viewer, token bool }{
		"GET /api/v1/alerts":                       {true, true, true},
		"PUT /api/v1/alert-rules/X":                {true, false, false},
		"DELETE /api/v1/alert-maintenance/X":       {true, false, false},
		"PUT /api/v1/alert-maintenance/X":          {true, false, false},
		"POST /api/v1/alert-maintenance/preview":   {true, true, true},
		"POST /api/v1/alert-backtests":             {true, true, true},
		"POST /api/v1/alert-silences":              {true, false, true},
		"POST /api/v1/alert-silences/preview":      {true, true, true},
		"DELETE /api/v1/alert-silences/1":          {true, false, true},
		"POST /api/v1/alerts/0000000000000001/ack": {true, false, true},
		"POST /api/v1/alert-receivers/x/sample":    {true, false, false},
		"POST /alertmanager/api/v2/silences":       {true, false, true},
		"DELETE /alertmanager/api/v2/silence/1":    {true, false, true},
		"GET /alertmanager/api/v2/alerts":          {true, true, true},
	} {
		method, path, _ := cutRequest(request)
		r := httptest.NewRequest(method, path, nil)
		for name, c := range map[string]struct{ got, want bool }{
			"admin": {may(admin, false, r), want.admin}, "viewer": {may(viewer, false, r), want.viewer}, "token": {may(viewer, true, r), want.token},
		} {
			if c.got != c.want {
				t.Errorf("%s by %s: %v, want %v", request, name, c.got, c.want)
			}
		}
	}
	s := &Server{o: Options{Alertmanager: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Path", r.URL.Path) })}}
	w := httptest.NewRecorder()
	s.alertmanager().ServeHTTP(w, httptest.NewRequest("POST", "/alertmanager/api/v2/alerts", nil))
	if w.Code != http.StatusForbidden {
		t.Errorf("posting alerts: got %d, want 403", w.Code)
	}
	w = httptest.NewRecorder()
	s.alertmanager().ServeHTTP(w, httptest.NewRequest("GET", "/alertmanager/api/v2/alerts", nil))
	if w.Header().Get("Path") != "/api/v2/alerts" {
		t.Errorf("Alertmanager's API was asked for %q, want /api/v2/alerts", w.Header().Get("Path"))
	}
}

func cutRequest(s string) (method, path string, ok bool) {
	for i := range s {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return "", s, false
}
