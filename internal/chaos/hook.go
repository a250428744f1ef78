package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot/internal/alert/deliver"
)

// toldAlert is one alert in a message.
type toldAlert struct {
	Status string            `json:"status"`
	Labels map[string]string `json:"labels"`
}

// identity is what a receiver knows an alert by: its labels.
func (a *toldAlert) identity() string {
	keys := []string{}
	for k, v := range a.Labels {
		keys = append(keys, k+"="+v)
	}
	slices.Sort(keys)
	return strings.Join(keys, ",")
}

// message is what one request to a receiver said.
type message struct {
	group    string
	delivery string // of the signed webhook
	alerts   []toldAlert
}

// says is what tells one message from another: which alerts of which group fire and which are over.
func (m *message) says() string {
	lines := []string{m.group}
	for i := range m.alerts {
		lines = append(lines, m.alerts[i].identity()+" "+m.alerts[i].Status)
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n")
}

// hook is a receiver of alerts: a real server with Alertmanager's webhook at /plain and Earshot's at /signed. It answers when it
// has thought about it for a while, so that a process can be killed between a message and its answer.
type hook struct {
	url string

	mu       sync.Mutex // guards the fields below
	rng      *rand.Rand
	messages map[string][]message // by path
	wrong    []string
}

func newHook(rng *rand.Rand) (*hook, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &hook{url: "http://" + l.Addr().String(), rng: rng, messages: map[string][]message{}}
	go func() { _ = http.Serve(l, h) }() // ends with the program
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return // it was killed while it sent: a receiver takes nothing of that
	}
	var body struct {
		GroupKey  string      `json:"groupKey"`
		GroupKey2 string      `json:"group_key"`
		Alerts    []toldAlert `json:"alerts"`
	}
	wrong := ""
	if err := json.Unmarshal(raw, &body); err != nil {
		wrong = fmt.Sprintf("%s: not JSON: %v", r.URL.Path, err)
	}
	if got := r.Header.Get("X-Earshot-Signature"); r.URL.Path == "/signed" && got != deliver.Sign(secret, r.Header.Get("X-Earshot-Timestamp"), raw) {
		wrong = "/signed: a wrong signature"
	}
	h.mu.Lock()
	if wrong != "" {
		h.wrong = append(h.wrong, wrong)
	}
	h.messages[r.URL.Path] = append(h.messages[r.URL.Path], message{body.GroupKey + body.GroupKey2, r.Header.Get("X-Earshot-Delivery"), body.Alerts})
	pause := time.Duration(h.rng.IntN(400)) * time.Millisecond
	h.mu.Unlock()
	time.Sleep(pause)
}

// history is what became of one alert as a receiver saw it.
type history struct{ raised, over int }

// judge reads what one path took: every message once, but for repeats that say the same (and, signed, have the same name); each
// identity raised, then over once, then never heard of. It returns the identities and how many messages were repeats.
func (h *hook) judge(path string) (seen map[string]*history, repeats int, wrong []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen, names := map[string]*history{}, map[string]string{}
	for i := range h.messages[path] {
		m := &h.messages[path][i]
		says := m.says()
		if name, known := names[says]; known {
			repeats++
			if name != m.delivery {
				wrong = append(wrong, path+": the same message has two names: "+says)
			}
			continue
		}
		names[says] = m.delivery
		for k := range m.alerts {
			a := &m.alerts[k]
			x := seen[a.identity()]
			if x == nil {
				x = &history{}
				seen[a.identity()] = x
			}
			switch {
			case x.over > 0:
				wrong = append(wrong, fmt.Sprintf("%s: told as %s after it was over: %s", path, a.Status, a.identity()))
			case a.Status == "resolved" && x.raised == 0:
				wrong = append(wrong, fmt.Sprintf("%s: over, and never raised: %s", path, a.identity()))
			}
			if a.Status == "resolved" {
				x.over++
			} else {
				x.raised++
			}
		}
	}
	return seen, repeats, wrong
}
