package emulator

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func stageOptions(r http.RoundTripper) Options {
	return Options{
		Target: "http://receiver.invalid/webhook", Secret: testSecret, Transport: r, People: 40, Meetings: 5, Seed: 3, From: testFrom, Calm: true, Troubles: []Trouble{},
	}
}

func newTestStage(t *testing.T, o Options) *Stage {
	t.Helper()
	s, err := NewStage(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A stage delivers what the world makes, in order, and returns when all of it was answered.
func TestStagePlaysInOrder(t *testing.T) {
	r := newReceiver(status(200))
	o := stageOptions(r)
	s := newTestStage(t, o)
	if err := s.Advance(5 * time.Minute); err != nil {
		t.Fatal(err)
	}
	seen := r.requests()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ev := range e.Generate(testFrom, testFrom.Add(5*time.Minute)) {
		if n >= len(seen) || seen[n].id != ev.ID || seen[n].body != string(ev.Body) {
			t.Fatalf("event %d, %s of %v, was not delivered in its place", n, ev.Name, ev.Time)
		}
		n++
	}
	if n != len(seen) || n < 40 || !s.Now().Equal(testFrom.Add(5*time.Minute)) {
		t.Errorf("%d events, %d requests, now %v", n, len(seen), s.Now())
	}
}

// Retries follow simulated time to the minute, without anybody waiting.
func TestStageRetries(t *testing.T) {
	t.Parallel()
	r := newReceiver(status(503))
	s := newTestStage(t, stageOptions(r))
	ev, err := s.AwaitName(10*time.Minute, "meeting.participant_qos")
	if err != nil {
		t.Fatal(err)
	}
	begun := s.Now()
	for _, after := range []time.Duration{5 * time.Minute, 25 * time.Minute, 85 * time.Minute} {
		for _, step := range []struct {
			until time.Duration
			more  int
		}{{after - time.Second, 0}, {after, 1}} {
			before := attemptsOf(r, ev.ID)
			if err := s.Advance(begun.Add(step.until).Sub(s.Now())); err != nil {
				t.Fatal(err)
			}
			if got := attemptsOf(r, ev.ID) - before; got != step.more {
				t.Errorf("%d attempts up to %v, want %d", got, step.until, step.more)
			}
		}
	}
}

func attemptsOf(r *receiver, id string) (n int) {
	for _, x := range r.requests() {
		if x.id == id {
			n++
		}
	}
	return n
}

func TestStageChallenges(t *testing.T) {
	r := newReceiver(status(200))
	s := newTestStage(t, stageOptions(r))
	if want := testFrom.Add(72 * time.Hour); !s.challenge.Equal(want) {
		t.Errorf("the second challenge is due at %v, want %v", s.challenge, want)
	}
	s.challenge = testFrom.Add(10 * time.Minute) // three days would take seconds
	for _, want := range []int64{1, 2} {
		if err := s.Advance(9 * time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := s.Counts().Challenges; got != want {
			t.Errorf("%d challenges after %v, want %d", got, s.Now().Sub(testFrom), want)
		}
	}
	if want := testFrom.Add(10*time.Minute + 72*time.Hour); !s.challenge.Equal(want) {
		t.Errorf("the third challenge is due at %v, want %v", s.challenge, want)
	}
}

func TestStageIsScripted(t *testing.T) {
	r := newReceiver(status(200))
	s := newTestStage(t, stageOptions(r))
	if err := s.BeginTrouble(Trouble{Kind: WeakWiFi, End: time.Hour, Strength: 1}); err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	active := s.Look().Troubles
	if len(active) != 1 || active[0].Kind != WeakWiFi || active[0].Target == "" {
		t.Fatalf("troubles %+v", active)
	}
	if n := s.EndTrouble(WeakWiFi, active[0].Target); n != 1 {
		t.Errorf("ended %d", n)
	}
	if err := s.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	v := s.Look()
	if len(v.Troubles) != 0 || len(v.Rooms) < 3 || len(v.Rooms[0].People) < len(v.Rooms[len(v.Rooms)-1].People) || len(v.Sites) == 0 {
		t.Errorf("view %+v", v)
	}
	if err := s.BeginTrouble(Trouble{Kind: "sideways", End: 1}); err == nil {
		t.Error("a trouble that does not exist was started")
	}
	if err := s.BeginTrouble(Trouble{Kind: FullLink, Target: "Atlantis office", End: time.Hour, Strength: 1}); err == nil {
		t.Error("a trouble at a site that does not exist was started")
	}
	before := len(r.requests())
	if err := s.Say("meeting.alert", sample(t, "webhooks/meeting.alert.json")); err != nil {
		t.Fatal(err)
	}
	if got := r.requests()[before:]; len(got) != 1 || !strings.Contains(got[0].body, "High CPU") {
		t.Errorf("said %v", got)
	}
	if _, err := s.AwaitName(time.Minute, "zoomroom.alert"); !errors.Is(err, ErrNotSeen) {
		t.Errorf("awaiting what never comes: %v", err)
	}
}

// A target that fails its challenge is told at once.
func TestStageNeedsAPassedChallenge(t *testing.T) {
	r := newReceiver(status(200))
	r.wrong.Store(true)
	if _, err := NewStage(stageOptions(r)); !errors.Is(err, ErrChallenge) {
		t.Errorf("new stage: %v", err)
	}
	if _, err := NewStage(Options{Secret: testSecret}); err == nil {
		t.Error("a stage without a target")
	}
}

// BenchmarkSendLoopback is BenchmarkSend over TCP to a bare handler of the same process, which takes its share of the core.
func BenchmarkSendLoopback(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	benchmarkSend(b, nil, server.URL)
}

// BenchmarkSend tells what signing and sending one event costs: all of the sender, and a handler that reads the body, without a
// network. Run it on one core: -cpu 1.
func BenchmarkSend(b *testing.B) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Body.Read(make([]byte, 4096)); err != nil && r.ContentLength == 0 {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	benchmarkSend(b, InMemory(handler), "http://receiver.invalid/webhook")
}

func benchmarkSend(b *testing.B, transport http.RoundTripper, target string) {
	e, err := New(Options{People: 400, Seed: 1, From: testFrom})
	if err != nil {
		b.Fatal(err)
	}
	var events []Event
	bytes := 0
	for ev := range e.Generate(testFrom, testFrom.Add(10*time.Minute)) {
		events = append(events, ev)
		bytes += len(ev.Body)
	}
	s, err := NewSender(SenderOptions{Target: target, Secret: testSecret, MaxInFlight: 32, Transport: transport, Log: NewDeliveryLog()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(bytes / len(events)))
	b.ResetTimer()
	for n := range b.N { // not b.Loop: its time ends with the loop, when many events still wait in the queue
		if err := s.Send(b.Context(), events[n%len(events)]); err != nil {
			b.Fatal(err)
		}
	}
	s.pending.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if got := s.Counts(); got.Acked != int64(b.N) {
		b.Fatalf("%d of %d events acknowledged", got.Acked, b.N)
	}
}

// What a fault keeps back from a WebSocket follows simulated time, too.
func TestStageKeepsBackFromWebSockets(t *testing.T) {
	o := stageOptions(newReceiver(status(200)))
	o.Delivery = []DeliveryFault{{Kind: DelayDelivery, Share: 1, End: time.Hour, Delay: 10 * time.Minute}}
	o.Target, o.Subscriptions = "", []Subscription{{ID: "qss", WebSocket: true}}
	s := newTestStage(t, o)
	said := s.Now()
	if err := s.Say("meeting.started", []byte(`{"event":"meeting.started"}`)); err != nil {
		t.Fatal(err)
	}
	told := func() []Attempt {
		return s.Subscriptions().Log().Newest(1000, func(a *Attempt) bool { return string(a.Body) == `{"event":"meeting.started"}` })
	}
	if err := s.Advance(10*time.Minute - time.Second); err != nil || len(told()) != 0 {
		t.Fatalf("%d deliveries before their time (%v)", len(told()), err)
	}
	if err := s.Advance(time.Second); err != nil {
		t.Fatal(err)
	}
	if got := told(); len(got) != 1 || !got[0].Time.Equal(said.Add(10*time.Minute)) || got[0].Reason != FailedNoClient {
		t.Errorf("ten minutes later the log has %+v", got)
	}
}
