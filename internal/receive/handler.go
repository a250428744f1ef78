package receive

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/zoom"
)

// Handler answers Zoom's webhooks. See the package comment.
type Handler struct {
	o         Options
	known     map[string]*subscription
	all       []*subscription // in the order of the options
	inFlight  *semaphore.Weighted
	breaker   breaker
	deadlines deadlines
	clock     clock
	figures   *figures
	stopping  atomic.Bool
	buffers   sync.Pool // of *[]byte
	mux       *http.ServeMux
}

// subscription is a Subscription that can verify.
type subscription struct {
	Subscription
	verifier *zoom.Verifier // nil when it has no secret
	figures  subscriptionFigures
}

// New returns a handler for POST /webhook and POST /webhook/{subscription}.
func New(o Options) (*Handler, error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	h := &Handler{
		o: o, known: map[string]*subscription{}, inFlight: semaphore.NewWeighted(o.MaxInFlightBytes), figures: newFigures(),
		buffers: sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }},
		mux:     http.NewServeMux(),

		deadlines: deadlines{after: o.Deadline, slot: min(deadlineSlot, o.Deadline/20)},
	}
	for _, s := range o.Subscriptions {
		sub := &subscription{Subscription: s}
		if len(s.Secrets) > 0 {
			v, err := zoom.NewVerifier(s.Secrets...)
			if err != nil {
				return nil, err
			}
			sub.verifier = v
		}
		h.known[s.Name] = sub
		h.all = append(h.all, sub)
	}
	h.mux.HandleFunc("POST /webhook", h.receive)
	h.mux.HandleFunc("POST /webhook/{subscription}", h.receive)
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Stop makes every further request be answered 503: Zoom will send it again. Call it before the server is shut down.
func (h *Handler) Stop() { h.stopping.Store(true) }

// request is one request on its way through the table.
type request struct {
	started   time.Time
	name      string
	signature string
	timestamp string
	requestID string
	body      []byte
	sub       *subscription // whose secret signed it
	secret    zoom.Secret
}

func (h *Handler) receive(w http.ResponseWriter, r *http.Request) {
	q := request{
		started: time.Now(), name: r.PathValue("subscription"),
		signature: r.Header.Get(zoom.HeaderSignature), timestamp: r.Header.Get(zoom.HeaderTimestamp), requestID: r.Header.Get(zoom.HeaderRequestID),
	}
	h.figures.received.Add(1)
	if h.stopping.Load() || !h.canVerify() {
		h.shed(w)
		return
	}
	if r.ContentLength > h.o.MaxBodyBytes {
		h.tooLarge(w)
		return
	}
	buffer := h.buffers.Get().(*[]byte)
	body, reserved, err := h.read((*buffer)[:0], http.MaxBytesReader(w, r.Body, h.o.MaxBodyBytes))
	defer h.inFlight.Release(reserved)
	if cap(body) <= 64<<10 { // a rare large body must not stay in the pool
		*buffer = body[:0]
		defer h.buffers.Put(buffer)
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		h.tooLarge(w)
		return
	case errors.Is(err, errFull):
		h.shed(w)
		return
	case err != nil: // the sender went away, or was too slow; should somebody between pass the answer on, Zoom sends it again
		h.figures.aborted.Add(1)
		later(w)
		return
	}
	q.body = body
	h.judge(w, r, &q)
}

// mostChallengeBytes is several times what a challenge with the longest token takes; larger bodies are not searched for one.
const mostChallengeBytes = 1024

// deadlineSlot is how much sooner than the deadline a slow journal may be given up.
const deadlineSlot = 50 * time.Millisecond

// judge decides about a request that was read whole.
func (h *Handler) judge(w http.ResponseWriter, r *http.Request, q *request) {
	if err := h.verify(q, r.Header); err != nil {
		h.refuse(w, q, &h.figures.badSignature, err, h.breaker.failed(q.started, plausible(q)))
		return
	}
	skew, err := zoom.CheckTimestamp(q.timestamp, q.started, h.o.Window)
	suspect := h.clock.note(skew, err != nil)
	h.breaker.succeeded(q.started)
	if err != nil {
		h.refuse(w, q, &h.figures.badTimestamp, err, suspect)
		return
	}
	if len(q.body) <= mostChallengeBytes && bytes.Contains(q.body, []byte(`endpoint.url_validation`)) && h.challenge(w, r.Context(), q) {
		return
	}
	h.store(w, q)
}

// verify finds the secret that signed a request: the subscription's own first, then any other. It also makes the checks
// that the subscription was set up with.
func (h *Handler) verify(q *request, header http.Header) error {
	if len(header.Values(zoom.HeaderSignature)) > 1 {
		return zoom.ErrMalformedSignature
	}
	if len(header.Values(zoom.HeaderTimestamp)) > 1 {
		return zoom.ErrMalformedTimestamp
	}
	err := error(zoom.ErrSignatureMismatch)
	own := h.known[q.name]
	if own != nil {
		err = h.try(own, q)
	}
	for _, s := range h.all {
		if q.sub != nil {
			break
		}
		if s != own {
			if e := h.try(s, q); own == nil {
				err = e
			}
		}
	}
	if q.sub == nil {
		return err
	}
	for _, check := range q.sub.Checks {
		if err := check(header); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) try(s *subscription, q *request) error {
	if s.verifier == nil {
		return zoom.ErrNoSecret
	}
	i, err := s.verifier.Which(q.signature, q.timestamp, q.body)
	if err != nil {
		return err
	}
	q.sub, q.secret = s, s.Secrets[i]
	return nil
}

// store appends the body and acknowledges it once it is durable.
func (h *Handler) store(w http.ResponseWriter, q *request) {
	result, err := h.o.Journal.Append(h.deadlines.of(q.started), q.record())
	if err != nil {
		h.shed(w)
		return
	}
	now := time.Now()
	q.sub.figures.accept(now)
	if result.Duplicate {
		h.figures.duplicate.Add(1)
	} else {
		h.figures.accepted.Add(1)
	}
	h.figures.lastEvent.Store(now.UnixMilli())
	h.figures.ack.Observe(now, now.Sub(q.started))
	w.WriteHeader(http.StatusOK)
}

func (q *request) record() journal.Record {
	return journal.Record{
		Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(q.started), Subscription: clip(q.name), RequestID: clip(q.requestID), Body: q.body,
	}
}

// challenge answers endpoint.url_validation, and reports false for an event that merely mentions it. The answer does not
// wait for the journal: Zoom disables an endpoint that misses six of them.
func (h *Handler) challenge(w http.ResponseWriter, ctx context.Context, q *request) bool {
	var d zoom.Decoder
	var ev zoom.Event
	if err := d.Decode(q.body, &ev); err != nil || ev.Class != zoom.ClassURLValidation {
		return false
	}
	h.figures.challenges.Add(1)
	h.figures.lastChallenge.Store(q.started.UnixMilli())
	q.sub.figures.lastChallenge.Store(q.started.UnixMilli())
	answer, err := zoom.Answer(q.secret, ev.PlainToken)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest) // Zoom sends no such token; whoever does gets nothing signed
		return true
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), q.started.Add(h.o.Deadline/5))
	defer cancel()
	if _, err := h.o.Journal.Append(ctx, q.record()); err != nil {
		h.figures.challengeUnstored.Add(1)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(answer) // a sender that is gone asks again in 72 hours
	return true
}

// refuse answers 401 and keeps a plausible request for later; while doubt is open the fault is probably ours, and 503 makes
// Zoom send the event again.
func (h *Handler) refuse(w http.ResponseWriter, q *request, counter *atomic.Uint64, cause error, doubt bool) {
	if doubt {
		h.shed(w)
		return
	}
	counter.Add(1)
	if s := h.known[q.name]; s != nil {
		s.figures.refused.Add(1)
	}
	if plausible(q) {
		err := h.o.Journal.Quarantine(journal.QuarantinedRequest{
			ReceivedAt: earshot.InstantOf(q.started), Subscription: clip(q.name), Signature: clip(q.signature), Timestamp: clip(q.timestamp),
			RequestID: clip(q.requestID), Reason: cause.Error(), Body: q.body,
		})
		if err != nil {
			h.figures.unquarantined.Add(1)
		}
	}
	w.WriteHeader(http.StatusUnauthorized)
}

func (h *Handler) shed(w http.ResponseWriter) {
	h.figures.shed.Add(1)
	later(w)
}

// later answers that Zoom should send the event again.
func later(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	w.Header().Set("Retry-After", "300")
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (h *Handler) tooLarge(w http.ResponseWriter) {
	h.figures.tooLarge.Add(1)
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
}

// canVerify reports whether any secret is loaded.
func (h *Handler) canVerify() bool {
	for _, s := range h.all {
		if s.verifier != nil {
			return true
		}
	}
	return false
}

// plausible reports whether a refused request looks like Zoom's: it has both headers in their form and a JSON body. Only
// such requests are worth keeping, and only they say something about our secret.
func plausible(q *request) bool {
	body := bytes.TrimLeft(q.body, " \t\r\n")
	return len(q.signature) == 67 && len(q.timestamp) >= 9 && len(q.timestamp) <= 13 && len(body) > 2 && body[0] == '{'
}

// clip bounds text from a header or path that is stored.
func clip(s string) string {
	const most = 128
	if len(s) > most {
		return s[:most]
	}
	return s
}
