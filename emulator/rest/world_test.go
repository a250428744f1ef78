package rest

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

var begin = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

// lived is a history of 45 minutes, made once: nobody writes to it afterwards. It is that of the first world that has one of
// everything, so that the tests do not depend on the numbers of the model.
var lived = sync.OnceValue(func() *emulator.History {
	for seed := range uint64(12) {
		w, err := emulator.NewWorld(emulator.Options{People: 110, Meetings: 12, Seed: 8 + seed, From: begin})
		if err != nil {
			panic(err)
		}
		h := emulator.NewHistory(emulator.HistoryOptions{})
		for w.Now().Before(begin.Add(45 * time.Minute)) {
			h.Observe(w, w.Step())
		}
		if hasEverything(h) {
			return h
		}
	}
	panic("no world has a webinar, a session, a rejoiner, a large meeting and an internal call that ended")
})

func hasEverything(h *emulator.History) bool {
	reported := func(in *emulator.Instance) bool {
		return slices.ContainsFunc(in.Members, func(m *emulator.Member) bool {
			return m.Summary != nil && len(m.Reports) > 3 && slices.ContainsFunc(m.Reports, func(r emulator.MinuteReport) bool { return r.RSSI != nil })
		})
	}
	for _, want := range []struct {
		kind  earshot.Kind
		suits func(*emulator.Instance) bool
	}{
		{earshot.KindWebinar, reported}, {earshot.KindSession, reported}, {earshot.KindMeeting, rejoined},
		{earshot.KindMeeting, func(in *emulator.Instance) bool { return len(in.Members) > 12 && reported(in) }},
		{earshot.KindMeeting, func(in *emulator.Instance) bool {
			return slices.ContainsFunc(in.Members, func(m *emulator.Member) bool { return m.PhoneNumber != "" })
		}},
	} {
		if !slices.ContainsFunc(h.List(want.kind, false, time.Time{}, begin.AddDate(1, 0, 0)), func(k emulator.InstanceKey) bool {
			in, ok := h.Instance(k.UUID)
			return ok && (in.AccountID == h.AccountID() || in.Kind == earshot.KindSession) && want.suits(&in)
		}) {
			return false
		}
	}
	return slices.ContainsFunc(h.Calls(begin, begin.Add(time.Hour)), func(p emulator.PhoneCall) bool {
		return p.AccountID == h.AccountID() && !p.Ended.IsZero() && slices.ContainsFunc(p.QoS, func(q zoom.CallQoS) bool { return q.Side == "callee" })
	})
}

// rejoined reports whether somebody of the account joined an ended meeting twice.
func rejoined(in *emulator.Instance) bool {
	seen := map[string]bool{}
	for _, m := range in.Members {
		if m.UserID != "" && m.BreakoutUUID == "" {
			if seen[m.UserID] {
				return !in.Live()
			}
			seen[m.UserID] = true
		}
	}
	return false
}

// fakeClock is wall time under the test's control.
type fakeClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *fakeClock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *fakeClock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// client is somebody with a token.
type client struct {
	t     *testing.T
	s     *Server
	token string
	clock *fakeClock
	log   *strings.Builder
}

// connect makes a server over lived and gets a token.
func connect(t *testing.T, change func(*Options)) *client {
	t.Helper()
	c := &client{t: t, clock: &fakeClock{t: begin.Add(45 * time.Minute)}, log: &strings.Builder{}}
	o := Options{
		History: lived(), Apps: []App{{ID: "app", ClientID: "id", ClientSecret: "secret"}}, Unlimited: true, Clock: c.clock.now,
		Logger: slog.New(slog.NewTextHandler(c.log, nil)),
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.s = s
	c.token = c.newToken()
	return c
}

func (c *client) newToken() string {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/oauth/token?grant_type=account_credentials&account_id="+url.QueryEscape(c.s.o.History.AccountID()), nil)
	r.SetBasicAuth("id", "secret")
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	var a tokenAnswer
	if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &a) != nil {
		c.t.Fatalf("token: %d %s", w.Code, w.Body)
	}
	return a.AccessToken
}

// do sends a request and returns the answer.
func (c *client) do(method, path, body string) *httptest.ResponseRecorder {
	c.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, in)
	r.Header.Set("Authorization", "Bearer "+c.token)
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	return w
}

// get expects 200 and JSON.
func (c *client) get(path string) map[string]any {
	c.t.Helper()
	w := c.do(http.MethodGet, path, "")
	if w.Code != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		c.t.Fatalf("GET %s: %v in %s", path, err, w.Body)
	}
	return v
}

// refused expects an error with that status, code and message.
func (c *client) refused(path string, status, code int, message string) {
	c.t.Helper()
	w := c.do(http.MethodGet, path, "")
	var e apiError
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != status || e.Code != code || e.Message != message {
		c.t.Errorf("GET %s: %d %s, want %d with code %d and %q", path, w.Code, w.Body, status, code, message)
	}
}

// all follows next_page_token and returns every element.
func (c *client) all(path, key string) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	token := ""
	for range 1000 {
		v := c.get(path + token)
		for _, x := range v[key].([]any) {
			out = append(out, x.(map[string]any))
		}
		next := v["next_page_token"].(string)
		if next == "" {
			return out
		}
		sep := "&"
		if !strings.Contains(path, "?") {
			sep = "?"
		}
		token = sep + "next_page_token=" + next
	}
	c.t.Fatalf("GET %s: pages without end", path)
	return nil
}

const days = "from=2026-11-11&to=2026-11-12"

// once encodes an id for a path; twice as Zoom wants it for UUIDs that begin with a slash or have two in a row.
func once(id string) string  { return url.PathEscape(id) }
func twice(id string) string { return url.PathEscape(url.PathEscape(id)) }

// past returns an ended instance of the app's account that suits, or a live one.
func past(t *testing.T, kind earshot.Kind, suits func(*emulator.Instance) bool) emulator.Instance {
	t.Helper()
	for _, live := range []bool{false, true} {
		for _, k := range lived().List(kind, live, begin.AddDate(0, 0, -1), begin.AddDate(0, 0, 1)) {
			in, ok := lived().Instance(k.UUID)
			if ok && (in.AccountID == lived().AccountID() || in.Kind == earshot.KindSession) && suits(&in) {
				return in
			}
		}
	}
	t.Fatal("the world has no such instance")
	return emulator.Instance{}
}

func ended(in *emulator.Instance) bool { return !in.Live() && len(in.Members) > 2 }
