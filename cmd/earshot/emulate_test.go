package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/earshot/earshot/zoom"
)

// hook is a webhook that answers challenges and takes down what comes.
type hook struct {
	*httptest.Server
	mu    sync.Mutex
	names map[string]int
	auth  map[string]int // by authorization
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{names: map[string]int{}, auth: map[string]int{}}
	verifier, err := zoom.NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var dec zoom.Decoder
		var ev zoom.Event
		if err != nil || dec.Decode(body, &ev) != nil || verifier.VerifyHeader(r.Header, body) != nil {
			t.Errorf("%s is no signed notification (%v)", body, err)
			return
		}
		if ev.Class == zoom.ClassURLValidation {
			answer, err := zoom.Answer(secret, ev.PlainToken)
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(answer)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.names[ev.Name]++
		h.auth[r.Header.Get("Authorization")]++
	}))
	t.Cleanup(h.Close)
	return h
}

// got is what came so far: a request that the emulator gave up at its end may still be answered.
func (h *hook) got() (names, auth map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.names), maps.Clone(h.auth)
}

func TestEmulateServesSubscriptions(t *testing.T) {
	fromFile, fromFlag := newHook(t), newHook(t)
	file := filepath.Join(t.TempDir(), "subs.yaml")
	text := "subscriptions:\n  - {target: \"" + fromFile.URL + "\", events: [meeting.participant_joined, meeting.participant_left], header: {basic: {user: zoom, password: $ZOOM_WEBHOOK_SECRET_TOKEN}}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, true, "emulate", "--people", "30", "--speed", "300", "--duration", "1s", "--subscriptions", file, "--subscription", fromFlag.URL+" meeting.participant_qos")
	if n, auth := fromFile.got(); n["meeting.participant_joined"] == 0 || len(n) > 2 || len(auth) != 1 || auth["Basic em9vbTptYWluLXRlc3Qtc2VjcmV0"] == 0 {
		t.Errorf("the file's subscription got %v with %v", n, auth)
	}
	if n, auth := fromFlag.got(); n["meeting.participant_qos"] == 0 || len(n) != 1 || auth[""] == 0 {
		t.Errorf("the flag's subscription got %v with %v", n, auth)
	}
}

func TestEmulateExplainsItself(t *testing.T) {
	file := filepath.Join(t.TempDir(), "subs.yaml")
	if err := os.WriteFile(file, []byte("subscriptions:\n  - {target: nowhere, secret: oops}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := output(t, false, "emulate", "--subscriptions", file)
	if !strings.Contains(out, "subs.yaml:2: subscriptions[0].secret: want the name of an environment variable") || strings.Contains(out, "oops") {
		t.Errorf("a secret in the file: %s", out)
	}
	help := output(t, true, "emulate", "--help")
	for _, want := range []string{"subs.yaml", "--subscription=", "--rest-listen", "--scenario=", "ZOOM_WEBHOOK_SECRET_TOKEN"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help lacks %s", want)
		}
	}
}
