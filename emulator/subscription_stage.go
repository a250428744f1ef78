package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// ErrNotSeen says that what a test awaited did not happen within the time given.
var ErrNotSeen = errors.New("not seen")

// Stage is for tests of a receiver: Zoom's side under the test's control. Simulated time stands still except within Advance and
// Await, which return when everything that was due has been delivered and answered, so that no test ever sleeps; retries and
// the 72-hour challenge follow simulated time. Deliveries are made one after the other: the same options give the same
// requests in the same order.
//
// A Stage serves one goroutine. Speed, Duration, MaxInFlight, CatchUp and Progress of the options have no meaning here.
type Stage struct {
	e         *Emulator
	w         *World
	subs      *Subscriptions
	clock     atomic.Int64 // Unix nanoseconds of simulated time
	waiting   []Event      // of the newest step, not yet sent
	challenge time.Time
	asked     int
	said      int
}

// NewStage makes the world and lets every target pass its challenge, once; a target that does not is an error. To test a handler
// without a network, give it as Transport: see [InMemory].
func NewStage(o Options) (*Stage, error) {
	o.MaxInFlight, o.Speed, o.Progress = 1, 1, -1
	e, err := New(o)
	if err != nil {
		return nil, err
	}
	list, err := e.saved()
	if err != nil {
		return nil, err
	}
	s := &Stage{e: e, w: newWorld(e.o), challenge: e.o.From.Add(challengeEvery)}
	s.set(e.o.From)
	common := e.subscriptionsOptions()
	common.ChallengeWait, common.now = 0, s.Now
	s.subs = NewSubscriptions(common)
	for _, sub := range list {
		if _, err := s.subs.Add(context.Background(), sub); err != nil {
			return nil, errors.Join(err, s.subs.Close())
		}
	}
	return s, nil
}

// Now is simulated time.
func (s *Stage) Now() time.Time { return time.Unix(0, s.clock.Load()).UTC() }

func (s *Stage) set(t time.Time) {
	if n := t.UnixNano(); n > s.clock.Load() {
		s.clock.Store(n)
	}
}

// Advance lets that much simulated time pass.
func (s *Stage) Advance(d time.Duration) error {
	_, err := s.play(s.Now().Add(d), func(Event) bool { return false })
	return err
}

// Await lets time pass until the first event for which ok is true has been delivered, which it returns; the error is ErrNotSeen
// when there was none within that much simulated time.
func (s *Stage) Await(within time.Duration, ok func(Event) bool) (Event, error) {
	ev, err := s.play(s.Now().Add(within), ok)
	if err == nil && ev.Name == "" {
		err = fmt.Errorf("await an event for %v of simulated time: %w", within, ErrNotSeen)
	}
	return ev, err
}

// AwaitName is Await for an event of that name.
func (s *Stage) AwaitName(within time.Duration, name string) (Event, error) {
	return s.Await(within, func(ev Event) bool { return ev.Name == name })
}

// Say delivers a notification of the test's own to whoever selects it, now: a sample, or something that never happens.
func (s *Stage) Say(name string, body []byte) error {
	s.said++
	return s.deliver(Event{Time: s.Now(), Name: name, ID: derivedID("said "+strconv.Itoa(s.said), name), Body: body})
}

// BeginTrouble lets something go wrong from the next step on, for the length of the trouble's span.
func (s *Stage) BeginTrouble(t Trouble) error { return s.w.beginTrouble(t) }

// EndTrouble ends the troubles of a kind at a target, and tells how many there were.
func (s *Stage) EndTrouble(kind TroubleKind, target string) int { return s.w.endTrouble(kind, target) }

// Look tells what is happening in the world.
func (s *Stage) Look() View { return s.w.look() }

// Subscriptions is the set that is delivered to; a test may add and remove.
func (s *Stage) Subscriptions() *Subscriptions { return s.subs }

// Counts adds up what has been delivered.
func (s *Stage) Counts() Counts { return s.subs.Counts() }

// Close ends the deliveries. It may be called again.
func (s *Stage) Close() error { return s.subs.Close() }

// play lets everything happen up to a moment, in order of time, and stops after the first event that is wanted.
func (s *Stage) play(until time.Time, wanted func(Event) bool) (Event, error) {
	for {
		for len(s.waiting) == 0 && s.w.Now().Before(until) {
			s.waiting = append(s.waiting[:0], s.w.Step()...)
		}
		event := len(s.waiting) > 0 && !s.waiting[0].Time.After(until)
		due, retry := s.earliest()
		retry = retry && !due.After(until) && (!event || due.Before(s.waiting[0].Time))
		switch {
		case !s.challenge.After(until) && !(retry && due.Before(s.challenge)) && !(event && s.waiting[0].Time.Before(s.challenge)):
			s.set(s.challenge)
			s.challengeAll()
			s.challenge = s.challenge.Add(challengeEvery)
		case retry:
			s.set(due)
			s.release()
		case event:
			ev := s.waiting[0]
			s.waiting = s.waiting[1:]
			s.set(ev.Time)
			ev.Body = applyQuirks(s.e.o.Quirks, ev.Name, ev.Body)
			if err := s.deliver(ev); err != nil || wanted(ev) {
				return ev, err
			}
		default:
			s.set(until)
			return Event{}, nil
		}
	}
}

func (s *Stage) deliver(ev Event) error {
	return s.subs.Send(context.Background(), ev)
}

// earliest is when the next retry, or event held back, is due.
func (s *Stage) earliest() (first time.Time, ok bool) {
	for _, one := range s.subs.all() {
		if due, has := one.late().earliest(); has && (!ok || due.Before(first)) {
			first, ok = due, true
		}
	}
	return first, ok
}

func (s *Stage) release() {
	for _, one := range s.subs.all() {
		one.late().release()
		one.settle(true)
	}
}

func (s *Stage) challengeAll() {
	s.asked++
	for _, one := range s.subs.all() {
		if one.sender != nil && !one.sender.Disabled() {
			one.sender.challengeOnce(1_000 + s.asked)
		}
	}
}

// InMemory is a transport that calls a handler instead of opening a connection. The handler runs on the caller's goroutine; its
// request context ends with the deadline, as a connection would.
func InMemory(h http.Handler) http.RoundTripper { return inMemory{h} }

type inMemory struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr, in.Host = r.URL.RequestURI(), "192.0.2.1:443", r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := &answerWriter{header: http.Header{}}
	t.handler.ServeHTTP(out, in)
	if err := r.Context().Err(); err != nil {
		return nil, err // the answer came too late
	}
	if out.status == 0 {
		out.status = http.StatusOK
	}
	return &http.Response{
		StatusCode: out.status, Status: strconv.Itoa(out.status) + " " + http.StatusText(out.status), Header: out.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(out.body.Len()), Body: io.NopCloser(&out.body),
	}, nil
}

// answerWriter keeps what a handler answers.
type answerWriter struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (w *answerWriter) Header() http.Header { return w.header }

func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *answerWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// saved returns the subscriptions that the options ask for, the short form first, with the ids of accounts and users.
func (e *Emulator) saved() ([]Subscription, error) {
	list := slices.Clone(e.o.Subscriptions)
	if e.o.Target != "" {
		list = slices.Insert(list, 0, Subscription{Name: "main", Target: e.o.Target, Secret: e.o.Secret})
	}
	if len(list) == 0 {
		return nil, errors.New("emulator: a target and a secret, or a subscription, are needed to send")
	}
	var people *population
	for i := range list {
		if list[i].Scope != ScopeAccount && list[i].Scope != ScopeUser {
			continue
		}
		if people == nil {
			people = newWorld(e.o).people
		}
		if err := list[i].identify(people); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// identify puts ids where words and e-mail addresses stand.
func (s *Subscription) identify(people *population) error {
	switch s.Account {
	case "", OwnAccount:
		s.Account = people.accounts[0].id
	case SubAccount:
		s.Account = people.accounts[1].id
	}
	s.Users = slices.Clone(s.Users)
	for i, user := range s.Users {
		if !strings.Contains(user, "@") {
			continue
		}
		at := slices.IndexFunc(people.people, func(p *person) bool { return p.email == user })
		if at < 0 {
			return fmt.Errorf("subscription %q: nobody in this world has the address %s", s.label(), user)
		}
		s.Users[i] = people.people[at].userID
	}
	return nil
}

func (e *Emulator) subscriptionsOptions() SubscriptionsOptions {
	return SubscriptionsOptions{
		Secret: e.o.Secret, Seed: e.o.Seed, Speed: e.o.Speed, MaxInFlight: e.o.MaxInFlight, Progress: e.o.Progress,
		ChallengeWait: e.o.ChallengeWait, Ledger: e.o.Ledger, Transport: e.o.Transport, Logger: e.o.Logger,
		Faults: e.o.Delivery, From: e.o.From,
	}
}
