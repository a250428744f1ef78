package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

// socket is a WebSocket subscription and a server for it.
func socket(t *testing.T) (*Subscriptions, string) {
	t.Helper()
	s, _ := newTestSet(t, nil)
	sub := add(t, s, Subscription{Name: "socket", WebSocket: true, Events: []string{"meeting.started"}})
	server := httptest.NewServer(&WebSocket{Subscriptions: s, Authorize: func(token string) bool { return token == "good" }})
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	return s, "ws" + strings.TrimPrefix(server.URL, "http") + "/ws?subscriptionId=" + sub.ID + "&access_token="
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return c
}

// next reads a frame.
func next(t *testing.T, c *websocket.Conn) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	_, b, err := c.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var f map[string]any
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return f
}

// The frames are those of the sample, one by one.
func TestWebSocketFrames(t *testing.T) {
	var want struct {
		Frames []struct {
			Dir  string
			Data map[string]any
		}
	}
	if err := json.Unmarshal(sample(t, "transport/websocket_frames.json"), &want); err != nil {
		t.Fatal(err)
	}
	s, url := socket(t)
	c := dial(t, url+"good")
	for i, f := range want.Frames {
		if f.Dir == "out" {
			b, err := json.Marshal(f.Data)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Write(t.Context(), websocket.MessageText, b); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if f.Data["module"] == "message" {
			for _, ev := range []Event{eventOf("meeting.ended", "main", "not selected"), {Name: "meeting.started", ID: "1", Body: []byte(f.Data["content"].(string))}} {
				if err := s.Send(t.Context(), ev); err != nil {
					t.Fatal(err)
				}
			}
		}
		if d := cmp.Diff(f.Data, next(t, c)); d != "" {
			t.Errorf("frame %d (-want +got)\n%s", i, d)
		}
	}
	if got := s.Counts(); got.Sent != 1 || got.Attempts != 1 || !s.States()[0].Connected {
		t.Errorf("counts %+v", got)
	}
}

// What happens while nobody is connected is lost, and counted.
func TestWebSocketLosesWhatNobodyHears(t *testing.T) {
	s, url := socket(t)
	send := func(id string) {
		t.Helper()
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", id)); err != nil {
			t.Fatal(err)
		}
	}
	send("before")
	c := dial(t, url+"good")
	next(t, c)
	send("meanwhile")
	f := next(t, c)
	if got := s.Counts(); got.Sent != 2 || got.Lost != 1 || f["module"] != "message" {
		t.Errorf("counts %+v after %v", got, f)
	}
	if lost := s.Log().Newest(10, (*Attempt).Failed); len(lost) != 1 || lost[0].Reason != FailedNoClient {
		t.Errorf("the log has %+v, want the event that nobody heard", lost)
	}
	second := dial(t, url+"good")
	next(t, second)
	if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the first connection after a second one: %v", err)
	}
	send("to the second")
	if f := next(t, second); f["module"] != "message" {
		t.Errorf("frame %v", f)
	}
}

func TestWebSocketRefuses(t *testing.T) {
	_, url := socket(t)
	for _, bad := range []string{url + "bad", url, strings.Replace(url, "subscriptionId=", "subscriptionId=x", 1) + "good"} {
		c := dial(t, bad)
		if f := next(t, c); f["module"] != "build_connection" || f["success"] != false || f["content"] == "" {
			t.Errorf("frame %v", f)
		}
		if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("then %v", err)
		}
	}
}

// Faults of delivery hit a WebSocket as they hit webhooks, without retries, and the log tells what became of every event.
func TestWebSocketFaultsAndLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newTestSet(t, func(o *SubscriptionsOptions) {
			o.Speed = 60
			o.Faults = []DeliveryFault{
				{Kind: DropDelivery, Share: 1, End: time.Minute},
				{Kind: DuplicateDelivery, Share: 1, Start: time.Minute, End: 2 * time.Minute},
				{Kind: DelayDelivery, Share: 1, Start: 2 * time.Minute, End: 3 * time.Minute, Delay: 30 * time.Minute},
				{Kind: ReceiverOutage, Share: 1, Start: 3 * time.Minute, End: 4 * time.Minute},
			}
		})
		sub := add(t, s, Subscription{WebSocket: true})
		channel := s.find(sub.ID).channel
		cl := &client{events: make(chan Event, 10), gone: make(chan struct{})}
		channel.attach(cl)
		for minute := range 4 {
			ev := eventOf("meeting.started", "main", fmt.Sprint(minute))
			ev.Time = testFrom.Add(time.Duration(minute)*time.Minute + time.Second)
			if err := s.Send(t.Context(), ev); err != nil {
				t.Fatal(err)
			}
		}
		got := func() (ids []string) {
			for len(cl.events) > 0 {
				ids = append(ids, (<-cl.events).ID)
			}
			return ids
		}
		if ids := got(); len(ids) != 1 {
			t.Errorf("at once came %q, want one", ids)
		}
		pass(time.Second)
		if ids := got(); len(ids) != 1 {
			t.Errorf("then came %q, want the second of two", ids)
		}
		pass(30 * time.Second)
		if ids := got(); len(ids) != 1 {
			t.Errorf("half an hour later came %q, want what was late", ids)
		}
		if c := s.Counts(); c.Dropped != 1 || c.Duplicated != 1 || c.Lost != 1 || c.Sent != 4 {
			t.Errorf("counts %+v", c)
		}
		s.Close()
		lost := s.Log().Newest(10, (*Attempt).Failed)
		if len(lost) != 1 || lost[0].Reason != FailedNoClient || lost[0].Status != -1 || !strings.HasPrefix(lost[0].Endpoint, "wss://") {
			t.Errorf("the log has %+v", lost)
		}
	})
}
