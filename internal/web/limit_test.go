package web_test

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/web"
)

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
