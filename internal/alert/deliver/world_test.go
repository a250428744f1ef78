package deliver_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/registry"
)

// memory is a registry's memory of alerts. A copy of it is what a killed process leaves behind.
type memory struct {
	mu  sync.Mutex
	all map[string]registry.AlertMemory
}

func newMemory() *memory { return &memory{all: map[string]registry.AlertMemory{}} }

func (m *memory) PutAlertMemory(_ context.Context, kind string, e registry.AlertMemory) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[kind+"\x00"+e.Key] = e
	return nil
}

func (m *memory) AlertMemory(_ context.Context, kind string, now earshot.Instant) (out []registry.AlertMemory, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, e := range m.all {
		if strings.HasPrefix(k, kind+"\x00") && e.Expires > now {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) PruneAlertMemory(_ context.Context, now earshot.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.all, func(_ string, e registry.AlertMemory) bool { return e.Expires <= now })
	return nil
}

func (m *memory) copy() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &memory{all: maps.Clone(m.all)}
}

// wire is a network in memory: hosts that listen, and what each was sent. It works in a synctest bubble.
type wire struct {
	mu    sync.Mutex
	hosts map[string]*host
}

type host struct {
	dead   bool
	slow   time.Duration // until it answers
	bodies []string
	header []http.Header
	at     []time.Time
	listen *pipes
	server *http.Server
}

type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func newWire(t *testing.T, names ...string) *wire {
	w := &wire{hosts: map[string]*host{}}
	for _, name := range names {
		h := &host{listen: &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}}
		h.server = &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.mu.Lock()
			slow := h.slow
			if h.dead {
				rw.WriteHeader(http.StatusServiceUnavailable)
			} else {
				h.bodies, h.header, h.at = append(h.bodies, string(body)), append(h.header, r.Header), append(h.at, time.Now())
			}
			w.mu.Unlock()
			select {
			case <-time.After(slow):
			case <-r.Context().Done():
			}
		})}
		w.hosts[name+":80"] = h
		go h.server.Serve(h.listen) //nolint:errcheck // ends with the test
		t.Cleanup(func() { h.server.Close() })
	}
	return w
}

func (w *wire) dial(ctx context.Context, _, address string) (net.Conn, error) {
	h := w.hosts[address]
	if h == nil {
		return nil, &net.DNSError{Err: "no such host", Name: address}
	}
	client, server := net.Pipe()
	select {
	case h.listen.accept <- server:
		return client, nil
	case <-h.listen.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) kill(name string, dead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[name+":80"].dead = dead
}

// delay lets a host take what it is told at once, and say so later.
func (w *wire) delay(name string, slow time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[name+":80"].slow = slow
}

// got returns how many messages a host took that say a text.
func (w *wire) got(name, text string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.hosts[name+":80"].bodies {
		if strings.Contains(b, text) {
			n++
		}
	}
	return n
}

// headers are the values of one header of what a host took.
func (w *wire) headers(name, key string) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.hosts[name+":80"].header {
		out = append(out, h.Get(key))
	}
	return out
}

// bodies are what a host took.
func (w *wire) bodies(name string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.hosts[name+":80"].bodies)
}

func (w *wire) count(name string) int { return w.got(name, "") }

// close ends the servers, for bubbles that must end with their test.
func (w *wire) close() {
	for _, h := range w.hosts {
		h.server.Close()
	}
}

const twoReceivers = `
route:
  receiver: a
  routes:
    - {matchers: [severity="critical"], receiver: b, continue: true}
    - {receiver: a}
receivers:
  - {name: a, webhook_configs: [{url: "http://a/hook"}]}
  - {name: b, webhook_configs: [{url: "http://b/hook"}]}
`

func setup(t *testing.T, text string) *deliver.Setup {
	t.Helper()
	s, err := deliver.ParseSetup([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run starts a deliverer and returns what ends it.
func run(t *testing.T, o deliver.Options) (*deliver.Deliverer, func()) {
	t.Helper()
	o.Logger, o.ExternalURL = slog.New(slog.DiscardHandler), "https://earshot.example.com"
	d, err := deliver.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	return d, func() {
		cancel()
		<-done
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func put(t *testing.T, d *deliver.Deliverer, all ...deliver.Alert) {
	t.Helper()
	if err := d.Put(context.Background(), all); err != nil {
		t.Fatal(err)
	}
}

// raised is an alert that fires from now on.
func raised(id earshot.ID, severity alert.Severity, site string, more ...string) deliver.Alert {
	a := deliver.Alert{
		ID: id, Starts: time.Now(), Link: "https://earshot.example.com/alerts/" + id.String(),
		Labels: map[string]string{alert.LabelName: "Incident", alert.LabelID: id.String(), alert.LabelSeverity: string(severity), alert.LabelSite: site},
		Annotations: map[string]string{"summary": site + " link, 41 people, since 09:41", "description": "17 of 19 people in " + site + " received badly; 2 of 311 elsewhere.",
			"link": "https://earshot.example.com/alerts/" + id.String()},
	}
	for i := 0; i+1 < len(more); i += 2 {
		a.Labels[more[i]] = more[i+1]
	}
	return a
}

func over(a deliver.Alert) deliver.Alert {
	a.Ends = time.Now()
	return a
}

var loopback = deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
