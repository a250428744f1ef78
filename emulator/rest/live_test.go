package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

const hookSecret = zoom.Secret("a secret of the tests")

// receiver answers challenges, and everything else with its status.
func receiver(t *testing.T, status *atomic.Int32) *httptest.Server {
	t.Helper()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var ev zoom.Event
		var dec zoom.Decoder
		if err != nil || dec.Decode(body, &ev) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if ev.Class == zoom.ClassURLValidation {
			answer, err := zoom.Answer(hookSecret, ev.PlainToken)
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(answer)
			return
		}
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(hook.Close)
	return hook
}

func TestTheAPIActsOnARunningEmulator(t *testing.T) {
	var status atomic.Int32
	status.Store(http.StatusNotFound)
	hook := receiver(t, &status)
	e, err := emulator.New(emulator.Options{
		Target: hook.URL, Secret: hookSecret, People: 10, Meetings: 1, Seed: 1, From: begin, Progress: -1, ChallengeWait: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	subs := e.Subscriptions()
	t.Cleanup(func() { subs.Close() })
	c := connect(t, func(o *Options) { o.Deliveries, o.Subscriptions = OfEmulator(e) })

	post := func(url, header string) *httptest.ResponseRecorder {
		return c.do("POST", subscriptionPath, `{"events":["meeting.started"],"event_subscription_name":"n","event_webhook_url":"`+url+
			`","subscription_scope":"master_account","custom_header":`+header+`}`)
	}
	w := post(hook.URL, `{"custom_header_type":3,"custom_header_key":"x-api-key","custom_header_value":"v"}`)
	var made struct {
		ID string `json:"event_subscription_id"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 201 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if states := subs.States(); len(states) != 1 || states[0].ID != made.ID || states[0].Header.Key != "x-api-key" || states[0].Header.Value != "v" {
		t.Fatalf("the emulator has %+v", states)
	}
	if w := post("http://127.0.0.1:1/nobody", `{"custom_header_type":0}`); w.Code != 404 || !strings.Contains(w.Body.String(), "1701") {
		t.Errorf("a URL where nobody listens: %d %s", w.Code, w.Body)
	}
	oauth := `{"custom_header_type":2,"client_id":"i","client_secret":"s","token_url":"` + hook.URL + `"}` // it gives no token
	if w := post(hook.URL, oauth); w.Code != 404 || !strings.Contains(w.Body.String(), "1702") {
		t.Errorf("a token URL without tokens: %d %s", w.Code, w.Body)
	}

	at := begin.Add(44 * time.Minute)
	ev := emulator.Event{Time: at, Name: "meeting.started", ID: "1c9e7f02_5ab4_4e1d_8f36_d0b2a7c45e91", Body: []byte(`{"event":"meeting.started","event_ts":1,"payload":{"account_id":"a","object":{}}}`)}
	if err := subs.Send(t.Context(), ev); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(2 * time.Minute); subs.Counts().Refused == 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("nothing was delivered")
		}
	}
	if w := c.do("PATCH", subscriptionPath+"/"+made.ID, `{"account_id":"a","user_ids":["`+someUsers(t)[0]+`"]}`); w.Code != 204 {
		t.Errorf("PATCH: %d %s", w.Code, w.Body)
	}
	if states := subs.States(); len(states) != 1 || states[0].ID != made.ID || len(states[0].Users) != 1 || states[0].Header.Key != "x-api-key" || states[0].Counts.Challenges != 1 {
		t.Errorf("after PATCH the emulator has %+v", states)
	}
	logs := c.all("/v2/marketplace/apps/app/webhook_logs", "webhook_logs")
	if len(logs) != 1 || logs[0]["status"] != 404. || logs[0]["event"] != "meeting.started" || logs[0]["request_body"] != string(ev.Body) || logs[0]["request_id"] != ev.ID {
		t.Errorf("webhook_logs: %v", logs)
	}
	if w := c.do("DELETE", subscriptionPath+"/"+made.ID, ""); w.Code != 204 || len(subs.States()) != 0 {
		t.Errorf("DELETE: %d %s; %d subscriptions", w.Code, w.Body, len(subs.States()))
	}
}
