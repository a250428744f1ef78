package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lines is a log that a test reads.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

// headerSamples are the documented header sets by mode.
func headerSamples(t *testing.T) map[string]map[string]string {
	t.Helper()
	var sets map[string]map[string]string
	if err := json.Unmarshal(sample(t, "transport/webhook_request_headers.json"), &sets); err != nil {
		t.Fatal(err)
	}
	return sets
}

type exchange struct {
	Method  string
	Headers map[string]string
}

func exchangeSample(t *testing.T) exchange {
	t.Helper()
	var s struct{ Request exchange }
	if err := json.Unmarshal(sample(t, "transport/webhook_oauth_token_exchange.json"), &s); err != nil {
		t.Fatal(err)
	}
	return s.Request
}

// faulty sends n events, one a second from the beginning, past a fault from second 100 to 300.
func faulty(t *testing.T, n int, f DeliveryFault) ([]request, Counts) {
	t.Helper()
	f.Start, f.End = 100*time.Second, 300*time.Second
	r := newReceiver(status(200))
	s := newTestSender(t, r, func(o *SenderOptions) { o.Faults, o.From, o.Seed = []DeliveryFault{f}, testFrom, 5 })
	for i := range n {
		ev := testEvent(fmt.Sprint(i))
		ev.Time = testFrom.Add(time.Duration(i) * time.Second)
		if err := s.Send(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
	}
	pass(2 * time.Hour)
	c := s.Counts()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return r.requests(), c
}

// arrivals are the moments, in seconds, at which each event came.
func arrivals(seen []request) map[string][]float64 {
	m := map[string][]float64{}
	for _, x := range seen {
		m[x.id] = append(m[x.id], x.at.Seconds())
	}
	return m
}

// hit counts events of the span and outside of it for which is is true.
func hit(seen map[string][]float64, n int, is func(sent float64, at []float64) bool) (inside, outside int) {
	for i := range n {
		if is(float64(i), seen[fmt.Sprint(i)]) {
			if i >= 100 && i < 300 {
				inside++
			} else {
				outside++
			}
		}
	}
	return inside, outside
}

func TestInjectedFaults(t *testing.T) {
	const n = 400
	tests := []struct {
		fault DeliveryFault
		least int // of the 200 events of the span
		most  int
		is    func(sent float64, at []float64) bool
	}{
		{DeliveryFault{Kind: DropDelivery, Share: .5}, 75, 125, func(_ float64, at []float64) bool { return len(at) == 0 }},
		{DeliveryFault{Kind: DuplicateDelivery, Share: .5}, 75, 125, func(_ float64, at []float64) bool { return len(at) == 2 && at[1]-at[0] < 1 }},
		{DeliveryFault{Kind: DelayDelivery, Share: 1, Delay: 20 * time.Second}, 200, 200, func(sent float64, at []float64) bool {
			return len(at) == 1 && at[0]-sent > 19.9 && at[0]-sent < 20.1
		}},
		{DeliveryFault{Kind: ReorderDelivery, Share: 1, Delay: 30 * time.Second}, 150, 199, func(sent float64, at []float64) bool {
			return len(at) == 1 && at[0]-sent > 1 && at[0]-sent <= 30
		}},
		{DeliveryFault{Kind: ReceiverOutage, Share: 1}, 200, 200, func(sent float64, at []float64) bool { return len(at) == 1 && at[0]-sent > 299 }},
		{DeliveryFault{Kind: ReceiverOutage, Share: .3}, 40, 80, func(sent float64, at []float64) bool { return len(at) == 1 && at[0]-sent > 299 }},
	}
	for _, test := range tests {
		t.Run(string(test.fault.Kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen, c := faulty(t, n, test.fault)
				inside, outside := hit(arrivals(seen), n, test.is)
				if inside < test.least || inside > test.most || outside != 0 {
					t.Errorf("%d of 200 in the span were hit, want %d to %d; %d outside of it", inside, test.least, test.most, outside)
				}
				if c.Sent != c.Acked+c.Refused+c.Lost || c.Sent+c.Dropped-c.Duplicated != n || int(c.Acked) != len(seen) {
					t.Errorf("counts do not add up: %+v for %d requests", c, len(seen))
				}
				again, _ := faulty(t, n, test.fault)
				if !slices.EqualFunc(seen, again, func(a, b request) bool { return a.id == b.id }) {
					t.Error("the same seed hit other events")
				}
			})
		})
	}
}

// Duplicates and retries carry the id of the first delivery, and the trackings of their own.
func TestIDsOfDuplicatesAndRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(503))
		s := newTestSender(t, r, func(o *SenderOptions) {
			o.Faults, o.From = []DeliveryFault{{Kind: DuplicateDelivery, Share: 1, End: time.Hour}}, testFrom
		})
		ev := testEvent("a")
		ev.Time = testFrom
		if err := s.Send(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
		pass(3 * time.Hour)
		seen := r.requests()
		if len(seen) != 8 {
			t.Fatalf("%d requests, want four attempts of two deliveries", len(seen))
		}
		for _, x := range seen {
			if x.id != "a" || x.body != seen[0].body {
				t.Errorf("id %q", x.id)
			}
		}
		if a, b := seen[0].header.Get("X-Zm-Trackingid"), seen[7].header.Get("X-Zm-Trackingid"); a == b {
			t.Error("the first attempt and a retry have one tracking id")
		}
		s.Close()
	})
}

// During an outage the challenge fails too.
func TestOutageFailsTheChallenge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSender(t, newReceiver(status(200)), func(o *SenderOptions) {
			o.Faults, o.From = []DeliveryFault{{Kind: ReceiverOutage, Share: 1, Start: time.Hour, End: 2 * time.Hour}}, testFrom
		})
		if err := s.Challenge(1); err != nil {
			t.Fatal(err)
		}
		ev := testEvent("a")
		ev.Time = testFrom.Add(90 * time.Minute)
		if err := s.Send(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
		if err := s.Challenge(2); err == nil || reasonOf(err) != FailedRefused {
			t.Errorf("challenge during the outage: %v", err)
		}
		s.Close()
	})
}

// The log keeps seven days, and no more memory than it may; ordinary traffic does not push out failures.
func TestDeliveryLogKeepsSevenDays(t *testing.T) {
	l := NewDeliveryLog()
	at := func(i int) time.Time { return testFrom.Add(time.Duration(i) * time.Minute) }
	const all = 20_000 // minutes: two weeks
	body := make([]byte, 2000)
	for i := range all {
		a := Attempt{Status: 200, Time: at(i), Body: body}
		if i%1000 == 5 {
			a.Status, a.Reason = -1, FailedTimeout
		}
		l.add(a)
	}
	for i, a := range l.Newest(10, nil) {
		if want := at(all - 1 - i); !a.Time.Equal(want) {
			t.Errorf("attempt %d of %v, want %v", i, a.Time, want)
		}
	}
	oldest := at(19_005).AddDate(0, 0, -LogDays) // from the newest failure on
	failed := l.Newest(all, (*Attempt).Failed)
	if want := 11; len(failed) != want || failed[want-1].Time.Before(oldest) {
		t.Errorf("%d failures, the oldest of %v; want those of the seven days from %v on", len(failed), failed[len(failed)-1].Time, oldest)
	}
	good := l.Newest(all, func(a *Attempt) bool { return !a.Failed() })
	if n, most := len(good), 7*24*60+1; n < most-12 || n > most {
		t.Errorf("%d successes kept, want those of seven days", n)
	}
	body = make([]byte, 1<<20)
	for i := range 200 {
		l.add(Attempt{Status: 200, Time: at(all), Retry: i, Body: body})
	}
	if n := len(l.Newest(all, func(a *Attempt) bool { return !a.Failed() })); n < 30 || n > 32 {
		t.Errorf("%d large successes kept, want as many as 32 MB hold", n)
	}
	if again := l.Newest(all, (*Attempt).Failed); len(again) != len(failed) {
		t.Errorf("%d failures left of %d", len(again), len(failed))
	}
}

// An attempt that finds no connection at Zoom is told as reason 10 and made again at once, outside of the schedule.
func TestInstantRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := NewDeliveryLog()
		r := newReceiver(status(200))
		s := newTestSender(t, r, func(o *SenderOptions) {
			o.Faults, o.From, o.Log = []DeliveryFault{{Kind: LeaseTimeout, Share: .5, End: time.Hour}}, testFrom, log
		})
		for i := range 200 {
			ev := testEvent(fmt.Sprint("instant ", i))
			ev.Time = testFrom
			if err := s.Send(t.Context(), ev); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		failed := log.Newest(1000, func(a *Attempt) bool { return a.Reason == FailedInstant && a.Status == -1 && a.Retry == 0 })
		if n := len(failed); n < 70 || n > 130 {
			t.Errorf("%d of 200 had no connection, want half", n)
		}
		if c := s.Counts(); c.Acked != 200 || c.Attempts != 200 || c.Retried != 0 || len(r.requests()) != 200 {
			t.Errorf("counts %+v", c)
		}
		s.Close()
	})
}
