package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	// channelRoom is how many events may wait for a slow client; what comes on top is lost, as there is no backlog.
	channelRoom = 4_096
	// heartbeatEvery is how often a client says that it is there.
	heartbeatEvery = 30 * time.Second
	// heartbeatMissed is how long the emulator waits for one. Zoom does not say how long it does.
	heartbeatMissed = 3 * heartbeatEvery
)

// socketEndpoint and the subscription's id are where Zoom's clients connect.
const socketEndpoint = "wss://ws.zoom.us/ws?subscriptionId="

// WebSocket serves the connections of WebSocket subscriptions: GET /ws?subscriptionId=…&access_token=…. What happens while
// nobody is connected is not sent later. A second connection to a subscription takes the first one's place (Zoom documents
// neither that nor the opposite). Injected faults touch these deliveries as they do webhooks, except that there are no retries:
// what a ReceiverOutage hits is lost. The delivery log has them, too.
type WebSocket struct {
	// Subscriptions has the subscriptions; those with WebSocket set can be connected to.
	Subscriptions *Subscriptions
	// Authorize tells whether an access token is good; nil accepts every token that is not empty.
	Authorize func(token string) bool
	// Logger is for connections; nil discards. Tokens are not logged.
	Logger *slog.Logger
}

// frame is what goes over the connection, in both directions.
type frame struct {
	Module  string   `json:"module"`
	Success *bool    `json:"success,omitempty"`
	Content string   `json:"content"`
	Header  struct{} `json:"header"`
}

// answer is a frame that says how something went.
func answer(module string, success bool, content string) frame {
	return frame{Module: module, Success: &success, Content: content}
}

// ServeHTTP implements http.Handler. A connection that is not allowed is told so in its first frame, and closed.
func (h *WebSocket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	log := h.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	query := r.URL.Query()
	id, token := query.Get("subscriptionId"), query.Get("access_token")
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // no cookies: any origin may present a token
	if err != nil {
		log.Info("no WebSocket handshake", "err", err)
		return
	}
	defer conn.CloseNow()
	one := h.Subscriptions.find(id)
	refusal := ""
	switch {
	case token == "" || h.Authorize != nil && !h.Authorize(token):
		refusal = "Invalid access token."
	case one == nil || one.channel == nil:
		refusal = "Invalid subscription."
	}
	ctx := r.Context()
	if refusal != "" {
		log.Warn("WebSocket connection refused", "reason", refusal, "subscription", id)
		if write(ctx, conn, answer("build_connection", false, refusal)) == nil {
			conn.Close(websocket.StatusPolicyViolation, refusal)
		}
		return
	}
	log.Info("WebSocket client connected", "subscription", one.label())
	err = one.channel.serve(ctx, conn)
	log.Info("WebSocket client gone", "subscription", one.label(), "err", err)
}

func write(ctx context.Context, conn *websocket.Conn, f frame) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, b)
}

// channelOptions say what a channel is for.
type channelOptions struct {
	id         string // of the subscription
	log        *slog.Logger
	deliveries *DeliveryLog // nil keeps none
	faults     injector
	speed      float64
	now        func() time.Time // nil is wall time; otherwise the owner calls late.release
}

// channel is a WebSocket subscription's delivery: to the client that is connected now, or to nobody.
type channel struct {
	o        channelOptions
	counters counters
	late     *retryQueue // what faults keep back
	stop     chan struct{}
	timer    sync.WaitGroup
	mu       sync.Mutex
	client   *client
	closed   bool
}

// client is one connection.
type client struct {
	events chan Event
	gone   chan struct{} // closed: another one took its place, or the subscription ended
}

func newChannel(o channelOptions) *channel {
	setDefault(&o.speed, 1)
	c := &channel{o: o, stop: make(chan struct{})}
	moved := o.now != nil
	if !moved {
		c.o.now = time.Now
	}
	c.late = newRetryQueue(c.o.now, func(d *delivery) bool {
		c.pass(d.event)
		return true
	})
	if !moved && len(o.faults.faults) > 0 {
		c.timer.Go(func() { c.late.run(c.stop) })
	}
	return c
}

// errNobody says that no client was connected.
var errNobody = errors.New("no WebSocket client is connected, or it is too slow")

// send lets the faults have their way with an event and passes it on.
func (c *channel) send(ev Event) {
	f := c.o.faults.fate(&ev)
	if f.dropped {
		c.counters.dropped.Add(1)
		return
	}
	if f.again {
		c.counters.duplicated.Add(1)
		c.hold(ev, f.late+f.gap)
	}
	if f.late > 0 {
		c.hold(ev, f.late)
		return
	}
	c.counters.sent.Add(1)
	c.pass(ev)
}

// hold keeps an event back for a while of simulated time.
func (c *channel) hold(ev Event, late time.Duration) {
	c.counters.sent.Add(1)
	ev.Time = ev.Time.Add(late)
	if !c.late.add(&delivery{event: ev, due: c.o.now().Add(time.Duration(float64(late) / c.o.speed))}) {
		c.counters.lost.Add(1)
	}
}

// pass gives an event to the client; without one, or with one that is too slow, it is lost.
func (c *channel) pass(ev Event) {
	if c.o.faults.away(ev.ID, 0, ev.Time) || !c.offer(ev) {
		c.lost(ev)
	}
}

func (c *channel) offer(ev Event) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil {
		return false
	}
	select {
	case c.client.events <- ev:
		return true
	default:
		return false
	}
}

// lost counts and logs an event that nobody got.
func (c *channel) lost(ev Event) {
	c.counters.lost.Add(1)
	c.record(ev, errNobody)
}

// record enters a delivery into the log: 200 where it was written, for there is no answer.
func (c *channel) record(ev Event, err error) {
	if c.o.deliveries == nil {
		return
	}
	a := Attempt{
		Event: ev.Name, Subscription: c.o.id, Endpoint: socketEndpoint + c.o.id, Status: http.StatusOK,
		Reason: reasonOf(err), RequestID: ev.ID, TraceID: trackingID(textHash(ev.ID + c.o.id)), Time: ev.Time, Body: ev.Body,
	}
	if err != nil {
		a.Status = -1
	}
	c.o.deliveries.add(a)
}

func (c *channel) connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client != nil
}

func (c *channel) counts() Counts {
	n := c.counters.snapshot()
	n.Retrying = int64(c.late.size())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		n.Waiting = int64(len(c.client.events))
	}
	return n
}

// attach makes cl the client; false when the subscription has ended.
func (c *channel) attach(cl *client) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.detachLocked()
	c.client = cl
	return true
}

// detach takes cl away if it is still the client, and counts what it was not sent.
func (c *channel) detach(cl *client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == cl {
		c.detachLocked()
	}
}

func (c *channel) detachLocked() {
	if c.client == nil {
		return
	}
	close(c.client.gone)
	c.client = nil
}

// close ends the connection and gives up what is kept back. It may be called again.
func (c *channel) close() {
	c.mu.Lock()
	if !c.closed {
		close(c.stop)
	}
	c.closed = true
	c.detachLocked()
	c.mu.Unlock()
	c.timer.Wait()
	c.counters.lost.Add(int64(c.late.abandon()))
}

// The reasons for which a connection ends.
var (
	errReplaced = errors.New("another client connected, or the subscription ended")
	errSilent   = errors.New("no heartbeat")
)

// serve is the life of one connection.
func (c *channel) serve(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cl := &client{events: make(chan Event, channelRoom), gone: make(chan struct{})}
	if !c.attach(cl) { // before the client is told: from then on nothing may be missed
		return errReplaced
	}
	defer func() {
		c.detach(cl)
		for len(cl.events) > 0 { // nobody else reads or, once it is detached, writes
			c.lost(<-cl.events)
		}
	}()
	if err := write(ctx, conn, answer("build_connection", true, "")); err != nil {
		return err
	}
	beats, failed := make(chan struct{}), make(chan error, 1)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	reader.Go(func() { failed <- listen(ctx, conn, beats) })
	silence := time.NewTimer(heartbeatMissed)
	defer silence.Stop()
	for {
		var err error
		select {
		case ev := <-cl.events:
			c.counters.attempts.Add(1)
			if err = write(ctx, conn, frame{Module: "message", Content: string(ev.Body)}); err == nil {
				c.counters.acked.Add(1) // there is no answer: what was written counts
				c.record(ev, nil)
			} else {
				c.lost(ev)
			}
		case <-beats:
			silence.Reset(heartbeatMissed)
			err = write(ctx, conn, answer("heartbeat", true, "live"))
		case err = <-failed:
		case <-silence.C:
			err = errSilent
			conn.Close(websocket.StatusPolicyViolation, err.Error())
		case <-cl.gone:
			err = errReplaced
			conn.Close(websocket.StatusNormalClosure, err.Error())
		}
		if err != nil {
			return err
		}
	}
}

// listen reads what the client says until it says no more.
func listen(ctx context.Context, conn *websocket.Conn, beats chan<- struct{}) error {
	for {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		var f frame
		if json.Unmarshal(b, &f) != nil || f.Module != "heartbeat" {
			continue // Zoom knows nothing else that a client says
		}
		select {
		case beats <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
