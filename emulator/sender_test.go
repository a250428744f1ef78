package emulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/zoom"
)

const testSecret = zoom.Secret("kZ8wQ1rT5yU9oP3aS7dF2g")

// request is what a receiver saw, and when.
type request struct {
	at     time.Duration
	id     string
	body   string
	header http.Header
}

// receiver is an endpoint in memory. It answers challenges rightly and everything else as answer says.
type receiver struct {
	mu     sync.Mutex
	begin  time.Time
	seen   []request
	wrong  atomic.Bool                               // answers challenges with another secret's token
	answer func(n int, r *http.Request) (int, error) // n counts from 0
}

func newReceiver(answer func(n int, r *http.Request) (int, error)) *receiver {
	return &receiver{begin: time.Now(), answer: answer}
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(body, []byte(`"endpoint.url_validation"`)) {
		return r.validate(body)
	}
	r.mu.Lock()
	n := len(r.seen)
	r.seen = append(r.seen, request{time.Since(r.begin), req.Header.Get(zoom.HeaderRequestID), string(body), req.Header.Clone()})
	r.mu.Unlock()
	status, err := r.answer(n, req)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}}, nil
}

func (r *receiver) validate(body []byte) (*http.Response, error) {
	var d zoom.Decoder
	var ev zoom.Event
	if err := d.Decode(body, &ev); err != nil {
		return nil, err
	}
	secret := testSecret
	if r.wrong.Load() {
		secret = "another secret"
	}
	answer, err := zoom.Answer(secret, ev.PlainToken)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(answer)), Header: http.Header{}}, nil
}

func (r *receiver) requests() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]request(nil), r.seen...)
}

func status(code int) func(int, *http.Request) (int, error) {
	return func(int, *http.Request) (int, error) { return code, nil }
}

func newTestSender(t *testing.T, r http.RoundTripper, change func(*SenderOptions)) *Sender {
	t.Helper()
	o := SenderOptions{Target: "http://receiver.invalid/webhook/main", Secret: testSecret, MaxInFlight: 4, Transport: r}
	if change != nil {
		change(&o)
	}
	s, err := NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pass lets that much of the bubble's time go by, and everything happen that is due.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func testEvent(id string) Event {
	return Event{Name: "meeting.started", ID: id, Body: []byte(`{"event":"meeting.started","id":"` + id + `"}`)}
}

func TestRetriesFollowZoomsSchedule(t *testing.T) {
	for _, speed := range []float64{1, 60} {
		synctest.Test(t, func(t *testing.T) {
			r := newReceiver(status(503))
			s := newTestSender(t, r, func(o *SenderOptions) { o.Speed = speed })
			if err := s.Send(t.Context(), testEvent("a")); err != nil {
				t.Fatal(err)
			}
			pass(3 * time.Hour)
			var at []time.Duration
			for _, x := range r.requests() {
				at = append(at, time.Duration(float64(x.at)*speed).Round(time.Millisecond))
				if x.id != "a" || x.body != string(testEvent("a").Body) {
					t.Errorf("attempt with id %q and body %s", x.id, x.body)
				}
			}
			want := []time.Duration{0, 5 * time.Minute, 25 * time.Minute, 85 * time.Minute}
			if d := cmp.Diff(want, at); d != "" {
				t.Errorf("speed %v: attempts (-want +got)\n%s", speed, d)
			}
			if got, want := s.Counts(), (Counts{Sent: 1, Attempts: 4, Retried: 3, Lost: 1}); got != want {
				t.Errorf("counts %+v, want %+v", got, want)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	broken := errors.New("connection reset")
	tests := []struct {
		name     string
		status   int
		err      error
		attempts int64
		want     Counts
	}{
		{"200", 200, nil, 1, Counts{Acked: 1}},
		{"204", 204, nil, 1, Counts{Acked: 1}},
		{"201 is too late at first", 201, nil, 1, Counts{Refused: 1}},
		{"302 is not followed", 302, nil, 1, Counts{Refused: 1}},
		{"401", 401, nil, 1, Counts{Refused: 1}},
		{"413", 413, nil, 1, Counts{Refused: 1}},
		{"429", 429, nil, 1, Counts{Refused: 1}},
		{"500", 500, nil, 4, Counts{Lost: 1, Retried: 3}},
		{"network", 0, broken, 4, Counts{Lost: 1, Retried: 3}},
		{"certificate", 0, x509.UnknownAuthorityError{}, 1, Counts{Refused: 1}},
		{"host name", 0, x509.HostnameError{}, 1, Counts{Refused: 1}},
		{"verification", 0, &tls.CertificateVerificationError{Err: errors.New("expired")}, 1, Counts{Refused: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestSender(t, newReceiver(func(int, *http.Request) (int, error) { return test.status, test.err }), nil)
				if err := s.Send(t.Context(), testEvent("a")); err != nil {
					t.Fatal(err)
				}
				pass(2 * time.Hour)
				test.want.Sent, test.want.Attempts = 1, test.attempts
				if got := s.Counts(); got != test.want {
					t.Errorf("counts %+v, want %+v", got, test.want)
				}
				s.Close()
			})
		})
	}
}

func TestAnyTwoHundredCountsOnARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(func(n int, _ *http.Request) (int, error) { return []int{503, 202}[min(n, 1)], nil })
		s := newTestSender(t, r, nil)
		if err := s.Send(t.Context(), testEvent("a")); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if got, want := s.Counts(), (Counts{Sent: 1, Attempts: 2, Retried: 1, Acked: 1}); got != want {
			t.Errorf("counts %+v, want %+v", got, want)
		}
		s.Close()
	})
}

// An answer after 3 s is no answer, at any speed.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waited []time.Duration
		r := newReceiver(func(n int, req *http.Request) (int, error) {
			if n > 0 {
				return 200, nil
			}
			begin := time.Now()
			select {
			case <-req.Context().Done():
				waited = append(waited, time.Since(begin))
				return 0, req.Context().Err()
			case <-time.After(time.Minute):
				return 200, nil
			}
		})
		s := newTestSender(t, r, func(o *SenderOptions) { o.Speed = 100 })
		if err := s.Send(t.Context(), testEvent("a")); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		s.Close()
		if d := cmp.Diff([]time.Duration{Deadline}, waited); d != "" {
			t.Errorf("waited (-want +got)\n%s", d)
		}
		if got, want := s.Counts(), (Counts{Sent: 1, Attempts: 2, Retried: 1, Acked: 1}); got != want {
			t.Errorf("counts %+v, want %+v", got, want)
		}
	})
}

// Events arrive when they happen, however slow the receiver is; only so many requests are open at once.
func TestArrivalIsOpenLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		open, most := 0, 0
		r := newReceiver(func(int, *http.Request) (int, error) {
			mu.Lock()
			open++
			most = max(most, open)
			mu.Unlock()
			<-time.After(time.Second)
			mu.Lock()
			open--
			mu.Unlock()
			return 200, nil
		})
		s := newTestSender(t, r, nil)
		begin := time.Now()
		for range 40 {
			if err := s.Send(t.Context(), testEvent("a")); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("sending 40 events took %v", d)
		}
		pass(10500 * time.Millisecond)
		s.Close()
		if got := s.Counts(); got.Acked != 40 || most != 4 {
			t.Errorf("%d acked with at most %d open; want 40 and 4", got.Acked, most)
		}
	})
}

// Senders and Close may meet: every event that was taken is accounted for.
func TestCloseAmongSenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSender(t, newReceiver(func(n int, _ *http.Request) (int, error) {
			<-time.After(time.Millisecond)
			return []int{200, 503, 400}[n%3], nil
		}), func(o *SenderOptions) { o.Speed = 100_000 })
		var senders sync.WaitGroup
		for range 8 {
			senders.Go(func() {
				for s.Send(context.Background(), testEvent("a")) == nil {
					<-time.After(time.Millisecond)
				}
			})
		}
		pass(200 * time.Millisecond)
		s.Close()
		senders.Wait()
		c := s.Counts()
		if c.Sent < 500 || c.Sent != c.Acked+c.Refused+c.Lost || c.Waiting != 0 || c.Retrying != 0 {
			t.Errorf("counts do not add up: %+v", c)
		}
	})
}

func TestRequestsLookLikeZooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		s := newTestSender(t, r, nil)
		if err := s.Send(t.Context(), testEvent("a")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := r.requests()[0]
		verifier, err := zoom.NewVerifier(testSecret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.VerifyHeader(got.header, []byte(got.body)); err != nil {
			t.Error(err)
		}
		for key, want := range map[string]string{
			"User-Agent": "Zoom Marketplace/1.0a", "Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "gzip", "X-Zm-Request-Id": "a",
		} {
			if got.header.Get(key) != want {
				t.Errorf("%s: %q, want %q", key, got.header.Get(key), want)
			}
		}
		for _, key := range []string{"Traceparent", "X-Zm-Trackingid"} {
			if got.header.Get(key) == "" {
				t.Errorf("no %s", key)
			}
		}
		s.Close()
	})
}

func TestLedgerTellsEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(func(n int, _ *http.Request) (int, error) {
			if n == 0 {
				return 0, io.ErrUnexpectedEOF
			}
			return []int{0, 503, 200}[n], nil
		})
		var book bytes.Buffer
		s := newTestSender(t, r, func(o *SenderOptions) { o.Ledger = &book })
		if err := s.Send(t.Context(), testEvent("a")); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var states []State
		for line := range strings.Lines(book.String()) {
			var e Entry
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			if e.ID != "a" || e.Event != "meeting.started" || len(e.SHA256) != 64 || e.Attempt != len(states) {
				t.Errorf("entry %+v", e)
			}
			states = append(states, e.State)
		}
		if d := cmp.Diff([]State{Unknown, Refused, Acked}, states); d != "" {
			t.Errorf("states (-want +got)\n%s", d)
		}
	})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestCloseGivesUpRetriesAndReportsTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSender(t, newReceiver(status(503)), func(o *SenderOptions) { o.Ledger = fullDisk{} })
		for range 3 {
			if err := s.Send(t.Context(), testEvent("a")); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := s.Counts(); got.Retrying != 3 {
			t.Fatalf("counts %+v, want three waiting for a retry", got)
		}
		for range 2 {
			if err := s.Close(); err == nil || !strings.Contains(err.Error(), "disk full") {
				t.Errorf("close: %v, want the ledger's error", err)
			}
		}
		if got := s.Counts(); got.Lost != 3 || got.Retrying != 0 {
			t.Errorf("counts %+v, want three lost", got)
		}
		if err := s.Send(t.Context(), testEvent("b")); !errors.Is(err, ErrClosed) {
			t.Errorf("send after close: %v", err)
		}
	})
}
