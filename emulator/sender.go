package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/earshot/earshot/zoom"
)

// Deadline is how long Zoom waits for an answer. It is wall time at any speed.
const Deadline = 3 * time.Second

// retryAfter is when Zoom tries again, counted from the first attempt, in simulated time.
var retryAfter = zoom.RetryAfter()

const (
	// maxWaiting is how many events may wait for a free connection; then Send waits.
	maxWaiting = 65_536
	// maxRetries is how many events may wait for their next attempt; what comes on top is lost.
	maxRetries = 200_000
)

// SenderOptions says where and how to send.
type SenderOptions struct {
	Target      string
	Secret      zoom.Secret
	Seed        uint64            // for request, trace and tracking ids
	Speed       float64           // divides the retry schedule and the 72 h of the challenge; 0 is 1
	MaxInFlight int               // concurrent requests; 0 is 256
	Progress    time.Duration     // how often the counters are logged; 0 or less is never
	Ledger      io.Writer         // receives Entries; nil keeps none
	Transport   http.RoundTripper // nil is one of its own
	Logger      *slog.Logger      // nil discards

	Subscription Subscription    // what is added to the requests; its Target and Secret are those above
	Faults       []DeliveryFault // spans are simulated time after From
	From         time.Time
	Log          *DeliveryLog // nil keeps none

	// now, where it is not nil, makes the sender's time one that its owner moves: retries are due by it, and are fetched with
	// release instead of by a timer.
	now func() time.Time
	// shared is the ledger of several senders that write to one Ledger.
	shared *ledger
}

// Sender delivers events as Zoom does: signed, answered within 3 s, tried again only after a network error or a status of
// 500 and above. All methods may be called concurrently.
type Sender struct {
	o        SenderOptions
	client   *http.Client
	signer   *zoom.Signer
	tokens   tokenSource
	faults   injector
	host     string // of the target
	ledger   *ledger
	counters counters
	queue    chan *delivery
	retries  *retryQueue
	stop     chan struct{}      // closed: nothing new
	cancel   context.CancelFunc // requests under way
	ctx      context.Context
	workers  sync.WaitGroup
	others   sync.WaitGroup
	mu       sync.RWMutex
	closed   bool           // under mu: nothing is added to pending any more
	watched  bool           // under mu: challengeAgain runs
	pending  sync.WaitGroup // deliveries that are queued or under way
	done     chan struct{}  // closed: no delivery is left, the workers may go
	once     sync.Once
	newest   atomic.Int64 // Unix milliseconds of simulated time of the newest event taken
	disabled atomic.Bool  // too many challenges failed
	failures atomic.Int64 // challenges failed in a row
}

// delivery is one event on its way.
type delivery struct {
	event   Event
	attempt int // 0 is the first
	first   time.Time
	due     time.Time
}

// NewSender starts the connections of a sender; Close ends them.
func NewSender(o SenderOptions) (*Sender, error) {
	setDefault(&o.Speed, 1)
	setDefault(&o.MaxInFlight, 256)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.shared == nil {
		o.shared = &ledger{w: o.Ledger}
	}
	signer, err := zoom.NewSigner(o.Secret)
	if err != nil {
		return nil, fmt.Errorf("emulator secret: %w", err)
	}
	target, err := url.Parse(o.Target)
	if err != nil {
		return nil, errors.New("emulator target: not a URL")
	}
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: Deadline}).DialContext,
			MaxIdleConnsPerHost: o.MaxInFlight, MaxConnsPerHost: o.MaxInFlight, IdleConnTimeout: time.Minute,
		}
	}
	s := &Sender{
		o: o, signer: signer, ledger: o.shared, queue: make(chan *delivery, maxWaiting), host: target.Host,
		stop: make(chan struct{}), done: make(chan struct{}), faults: injector{seed: o.Seed, from: o.From, faults: o.Faults},
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	s.tokens = tokenSource{header: &s.o.Subscription.Header, client: s.client}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.retries = newRetryQueue(s.now, s.again)
	for range o.MaxInFlight {
		s.workers.Go(s.work)
	}
	if o.now == nil {
		s.others.Go(func() { s.retries.run(s.stop) })
	}
	if o.Progress > 0 {
		s.others.Go(s.progress)
	}
	return s, nil
}

// now is wall time, or that of a sender whose owner moves it.
func (s *Sender) now() time.Time {
	if s.o.now != nil {
		return s.o.now()
	}
	return time.Now()
}

// ErrClosed is what Send says after Close.
var ErrClosed = errors.New("emulator: sender is closed")

// Send queues an event for delivery. It returns as soon as there is room, not when there is an answer; with 65,536 events
// waiting it waits too. Injected faults may swallow the event, hold it back or send it twice.
func (s *Sender) Send(ctx context.Context, ev Event) error {
	f := s.faults.fate(&ev)
	if f.dropped {
		s.counters.dropped.Add(1)
		return nil
	}
	if f.again {
		s.counters.duplicated.Add(1)
		s.hold(ev, f.late+f.gap)
	}
	if f.late > 0 {
		s.hold(ev, f.late)
		return nil
	}
	if !s.admit() {
		return ErrClosed
	}
	select {
	case s.queue <- &delivery{event: ev}:
		s.counters.sent.Add(1)
		s.newest.Store(ev.Time.UnixMilli())
		return nil
	case <-ctx.Done():
		s.pending.Done()
		return ctx.Err()
	case <-s.stop:
		s.pending.Done()
		return ErrClosed
	}
}

// hold keeps an event back for a while.
func (s *Sender) hold(ev Event, late time.Duration) {
	s.counters.sent.Add(1)
	if !s.retries.add(&delivery{event: ev, due: s.now().Add(s.scaled(late))}) {
		s.counters.lost.Add(1)
	}
}

// again queues a delivery that has become due; false after Close, which counts as lost.
func (s *Sender) again(d *delivery) bool {
	if !s.admit() {
		s.counters.lost.Add(1)
		return false
	}
	select {
	case s.queue <- d:
		return true
	case <-s.stop:
		s.pending.Done()
		s.counters.lost.Add(1)
		return false
	}
}

// admit reserves a place among the pending deliveries; false after Close.
func (s *Sender) admit() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return false
	}
	s.pending.Add(1)
	return true
}

// Close stops taking events, waits for those under way no longer than their deadline, and gives up the retries that are
// still due, which count as lost. It may be called again.
func (s *Sender) Close() error {
	s.once.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		close(s.stop)
		idle := make(chan struct{})
		go func() { s.pending.Wait(); close(idle) }()
		timer := time.NewTimer(2 * Deadline)
		select {
		case <-idle:
			timer.Stop()
		case <-timer.C:
		}
		s.cancel()
		<-idle
		close(s.done)
		s.workers.Wait()
		s.others.Wait()
		s.counters.lost.Add(int64(s.retries.abandon()))
		s.o.Logger.Info("sender closed", s.counters.snapshot().attrs()...)
		s.client.CloseIdleConnections()
	})
	return s.ledger.err()
}

// Counts returns what has happened so far.
func (s *Sender) Counts() Counts {
	c := s.counters.snapshot()
	c.Waiting, c.Retrying = int64(len(s.queue)), int64(s.retries.size())
	return c
}

func (s *Sender) work() {
	for {
		var d *delivery
		select {
		case d = <-s.queue:
		case <-s.done:
			return
		}
		if s.ctx.Err() != nil || s.disabled.Load() { // closed with events still waiting, or nobody to send to
			s.counters.lost.Add(1)
		} else {
			s.deliver(d)
		}
		s.pending.Done()
	}
}

// deliver makes one attempt and decides what follows.
func (s *Sender) deliver(d *delivery) {
	begun := s.now()
	if d.attempt == 0 {
		d.first = begun
	} else {
		s.counters.retried.Add(1)
	}
	at := d.event.Time.Add(time.Duration(float64(begun.Sub(d.first)) * s.o.Speed)) // simulated
	if s.faults.noLease(d.event.ID, d.attempt, at) {
		s.ledger.write(d, Unknown, 0, s.o.Subscription.ID)
		s.record(d, &response{}, errNoLease, at)
	}
	var res response
	err := error(errOutage)
	if !s.faults.away(d.event.ID, d.attempt, at) {
		res, err = s.post(d.event.Body, d.event.ID, d.attempt)
	}
	state := Acked
	switch {
	case err != nil:
		state = Unknown
	case !accepted(res.status, d.attempt):
		state = Refused
	}
	s.ledger.write(d, state, res.status, s.o.Subscription.ID)
	s.record(d, &res, err, at)
	switch {
	case state == Acked:
		s.counters.acked.Add(1)
	case !retryable(res.status, err):
		s.counters.refused.Add(1)
	case d.attempt == len(retryAfter):
		s.counters.lost.Add(1)
	default:
		d.due = d.first.Add(s.scaled(retryAfter[d.attempt]))
		d.attempt++
		if !s.retries.add(d) {
			s.counters.lost.Add(1)
		}
	}
}

// record enters an attempt into the delivery log.
func (s *Sender) record(d *delivery, res *response, err error, at time.Time) {
	if s.o.Log == nil {
		return
	}
	a := Attempt{
		Event: d.event.Name, Subscription: s.o.Subscription.ID, Endpoint: s.o.Target, Status: res.status, Reason: reasonOf(err),
		RequestID: d.event.ID, TraceID: trackingID(s.trace(d.event.ID, d.attempt)), Retry: d.attempt, Time: at, Took: res.took,
		Body: d.event.Body, Response: res.header, ResponseBody: res.body,
	}
	if err != nil {
		a.Status = -1
	}
	s.o.Log.add(a)
}

// accepted reports whether a status ends the matter well: 200 or 204 at first, any 2xx on a retry.
func accepted(status, attempt int) bool {
	if attempt == 0 {
		return status == http.StatusOK || status == http.StatusNoContent
	}
	return status >= 200 && status < 300
}

// retryable reports whether Zoom tries again: after a status of 500 and above, and after network errors other than those of
// certificates. Never after 3xx and 4xx, 429 included. A token that was not to be had is Zoom's CanNotGetAccessToken, which it
// tries again whatever the cause.
func retryable(status int, err error) bool {
	if err != nil {
		return errors.Is(err, ErrNoToken) || !certificateError(err)
	}
	return status >= 500
}

func (s *Sender) scaled(simulated time.Duration) time.Duration {
	return time.Duration(float64(simulated) / s.o.Speed)
}

// response is what came back.
type response struct {
	status int
	header http.Header
	body   []byte // at most 4 KiB of it
	took   time.Duration
}

// post makes one signed request.
func (s *Sender) post(body []byte, id string, attempt int) (response, error) {
	ctx, cancel := context.WithTimeout(s.ctx, Deadline)
	defer cancel()
	token, err := s.tokens.get(ctx)
	if err != nil {
		return response{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.Target, bytes.NewReader(body))
	if err != nil {
		return response{}, fmt.Errorf("make request: %w", err)
	}
	s.header(req.Header, body, id, attempt)
	s.o.Subscription.Header.set(req.Header, token)
	s.o.Subscription.forwarded(req.Header, s.host)
	s.counters.attempts.Add(1)
	begun := time.Now()
	res, err := s.client.Do(req)
	if err != nil {
		return response{}, withoutURL(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return response{}, fmt.Errorf("read answer: %w", err)
	}
	return response{status: res.StatusCode, header: res.Header, body: answer, took: time.Since(begun)}, nil
}

// header sets what Zoom's requests carry. The time is the wall clock's: signatures are about real requests.
func (s *Sender) header(h http.Header, body []byte, id string, attempt int) {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	h.Set("User-Agent", zoom.UserAgent)
	h.Set("Content-Type", zoom.ContentType)
	h.Set("Accept-Encoding", "gzip")
	h.Set(zoom.HeaderTimestamp, timestamp)
	h.Set(zoom.HeaderSignature, s.signer.Sign(timestamp, body))
	h.Set(zoom.HeaderRequestID, id)
	trace := s.trace(id, attempt)
	h.Set(zoom.HeaderTrackingID, "v=2.0;clid=us06;rid="+trackingID(trace))
	b := append(make([]byte, 0, 64), "00-"...)
	b = appendHex(appendHex(b, splitmix(trace+2)), splitmix(trace+3))
	b = appendHex(append(b, '-'), splitmix(trace+4))
	h.Set("Traceparent", string(append(b, "-01"...)))
}

// trace is where the ids of one attempt come from.
func (s *Sender) trace(id string, attempt int) uint64 {
	trace := splitmix(s.o.Seed + uint64(len(id)+attempt))
	for i := range len(id) {
		trace = (trace ^ uint64(id[i])) * 1099511628211
	}
	return trace
}

func trackingID(trace uint64) string {
	b := append(make([]byte, 0, 40), "WEB_"...)
	return string(appendHex(appendHex(b, splitmix(trace)), splitmix(trace+1)))
}

// appendHex appends 16 digits.
func appendHex(b []byte, x uint64) []byte {
	const digits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, digits[x>>shift&15])
	}
	return b
}

// progress logs the counters from time to time.
func (s *Sender) progress() {
	ticker := time.NewTicker(s.o.Progress)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			simulated := slog.Time("simulated", time.UnixMilli(s.newest.Load()).UTC())
			s.o.Logger.Info("sending", append(s.Counts().attrs(), simulated)...)
		}
	}
}
