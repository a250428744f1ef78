package statuspage

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

var from = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// stage makes a world a Source.
type stage struct {
	*emulator.Stage
	running bool
}

func (s *stage) Look(context.Context) (emulator.View, error) {
	if !s.running {
		return emulator.View{}, emulator.ErrNotRunning
	}
	return s.Stage.Look(), nil
}

func (s *stage) BeginTrouble(_ context.Context, t emulator.Trouble) error {
	return s.Stage.BeginTrouble(t)
}

func (s *stage) EndTrouble(_ context.Context, kind emulator.TroubleKind, target string) (int, error) {
	return s.Stage.EndTrouble(kind, target), nil
}

// world is a small company, a minute old, whose receiver refuses one event in three.
func world(t *testing.T) (*stage, http.Handler) {
	t.Helper()
	n := 0
	receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if token, ok := strings.CutPrefix(string(body), `{"payload":{"plainToken":"`); ok {
			token, _, _ = strings.Cut(token, `"`)
			answer(t, w, token)
			return
		}
		if n++; n%3 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	s, err := emulator.NewStage(emulator.Options{
		Target: "http://receiver.invalid/hook", Secret: secret, Transport: emulator.InMemory(receiver), People: 60, Meetings: 6, Seed: 1, From: from,
		Calm: true, Troubles: []emulator.Trouble{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	src := &stage{Stage: s, running: true}
	recent := NewRecent(slog.NewTextHandler(io.Discard, nil), 50)
	log := slog.New(recent)
	log.Info("a line of the log", "key", "value")
	return src, Handler(Options{Source: src, Log: recent, Logger: log})
}

func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func post(t *testing.T, h http.Handler, target string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func has(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not have %q", text)
		}
	}
}

func TestPageShowsTheWorld(t *testing.T) {
	src, h := world(t)
	w := get(t, h, "/")
	v := src.Stage.Look()
	has(t, w.Body.String(), "09:01:00", "receiver.invalid", "meeting.participant_qos", "503", "a line of the log", "key=value", "waiting for a retry",
		v.Rooms[0].People[0].Name)
	if strings.Contains(w.Body.String(), string(secret)) || strings.Contains(w.Body.String(), "<script") {
		t.Error("the page has the secret, or a script")
	}
	if w.Header().Get("Refresh") == "" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers %v", w.Header())
	}
	last := v.Rooms[len(v.Rooms)-1]
	if len(last.People) > 0 {
		has(t, get(t, h, "/?room="+url.QueryEscape(last.UUID)).Body.String(), last.People[0].Name)
	}
	failures := get(t, h, "/?failures=1").Body.String()
	if strings.Contains(failures, "<td>200</td>") {
		t.Error("successes are among the failures")
	}
	if w := get(t, h, "/style.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %v", w.Code, w.Header())
	}
	if w := get(t, h, "/other"); w.Code != http.StatusNotFound {
		t.Errorf("another page: %d", w.Code)
	}
}

func TestTroublesByHand(t *testing.T) {
	src, h := world(t)
	if w := get(t, h, "/?start=1"); w.Header().Get("Refresh") != "" {
		t.Error("a page with a form reloads itself under one's hands")
	}
	form := url.Values{"kind": {"full-link"}, "target": {"Lisbon office"}, "minutes": {"3"}, "strength": {"1"}, "direction": {"up"}}
	if w := post(t, h, "/troubles", form, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	if err := src.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	has(t, get(t, h, "/").Body.String(), "Stop full-link at Lisbon office")
	stop := url.Values{"kind": {"full-link"}, "target": {"Lisbon office"}}
	if w := post(t, h, "/troubles/stop", stop, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("stop: %d %s", w.Code, w.Body)
	}
	if err := src.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	if left := src.Stage.Look().Troubles; len(left) != 0 {
		t.Errorf("still going on: %+v", left)
	}
	w := post(t, h, "/troubles/stop", stop, nil)
	has(t, w.Body.String(), "may have ended by itself")
	if w.Code != http.StatusConflict {
		t.Errorf("stopping nothing: %d", w.Code)
	}
}

// What is wrong with a form is said in the form, which keeps what was filled in.
func TestFormsAreChecked(t *testing.T) {
	_, h := world(t)
	good := url.Values{"kind": {"full-link"}, "minutes": {"3"}, "strength": {"1"}}
	for key, bad := range map[string]string{"minutes": "soon", "strength": "much", "kind": "sideways", "direction": "left"} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(key, bad)
		w := post(t, h, "/troubles", form, nil)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s=%s: %d", key, bad, w.Code)
		}
		has(t, w.Body.String(), bad, `role="alert"`, `name="minutes"`)
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	_, h := world(t)
	for _, path := range []string{"/troubles", "/troubles/stop", "/subscriptions/enable"} {
		w := post(t, h, path, url.Values{}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
		if w.Code != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, w.Code)
		}
	}
}

func TestEnableByHand(t *testing.T) {
	src, h := world(t)
	id := src.Subscriptions().States()[0].ID
	if w := post(t, h, "/subscriptions/enable", url.Values{"id": {id}}, nil); w.Code != http.StatusSeeOther {
		t.Errorf("enable: %d %s", w.Code, w.Body)
	}
	if w := post(t, h, "/subscriptions/enable", url.Values{"id": {"x"}}, nil); w.Code != http.StatusConflict {
		t.Errorf("enable nothing: %d", w.Code)
	}
}

func TestPageWithoutAWorld(t *testing.T) {
	src, h := world(t)
	src.running = false
	has(t, get(t, h, "/").Body.String(), "No world is running yet.", "receiver.invalid")
}

// An Emulator that runs is looked at and acted upon between its events.
func TestRunningEmulator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if token, ok := strings.CutPrefix(string(body), `{"payload":{"plainToken":"`); ok {
				token, _, _ = strings.Cut(token, `"`)
				answer(t, w, token)
			}
		})
		e, err := emulator.New(emulator.Options{
			Target: "http://receiver.invalid/hook", Secret: secret, Transport: emulator.InMemory(receiver), People: 40, Meetings: 4, From: from, Duration: time.Minute,
			Calm: true, Troubles: []emulator.Trouble{},
		})
		if err != nil {
			t.Fatal(err)
		}
		h := Handler(Options{Source: e})
		has(t, get(t, h, "/").Body.String(), "No world is running yet.")
		done := make(chan error)
		go func() { done <- e.Run(t.Context()) }()
		<-time.After(10 * time.Second)
		form := url.Values{"kind": {"weak-wifi"}, "minutes": {"3"}, "strength": {"1"}}
		if w := post(t, h, "/troubles", form, nil); w.Code != http.StatusSeeOther {
			t.Fatalf("start: %d %s", w.Code, w.Body)
		}
		<-time.After(20 * time.Second)
		has(t, get(t, h, "/").Body.String(), "Stop weak-wifi at ")
		if err := <-done; err != nil {
			t.Error(err)
		}
		has(t, get(t, h, "/").Body.String(), "No world is running yet.")
	})
}

// Groups and attributes of the log appear as they would in a text log, and only the newest lines are kept.
func TestRecent(t *testing.T) {
	r := NewRecent(slog.NewTextHandler(io.Discard, nil), 3)
	log := slog.New(r).With("a", 1)
	for i := range 5 {
		log.Info("line", "i", i)
	}
	if err := r.WithAttrs([]slog.Attr{slog.String("b", "x")}).WithGroup("g").Handle(t.Context(), record("last", "c", 2)); err != nil {
		t.Fatal(err)
	}
	got := r.Newest(10)
	if len(got) != 3 || got[0].Text != "last" || got[0].Attrs != "b=x g.c=2" || got[1].Attrs != "a=1 i=4" {
		t.Errorf("lines %+v", got)
	}
	if len(r.Newest(1)) != 1 {
		t.Error("more lines than wanted")
	}
}

func record(text string, attrs ...any) slog.Record {
	rec := slog.NewRecord(from, slog.LevelWarn, text, 0)
	rec.Add(attrs...)
	return rec
}

const secret = zoom.Secret("the app's secret token")

// answer passes a challenge.
func answer(t *testing.T, w http.ResponseWriter, token string) {
	t.Helper()
	b, err := zoom.Answer(secret, token)
	if err != nil {
		t.Error(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Error(err)
	}
}
