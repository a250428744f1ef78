package deliver

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

// handover gives alerts to Alertmanagers elsewhere. They forget alerts that are not told again: all that fire are told every
// [Resend], those that were cleared until each has taken them.
type handover struct {
	to   []string
	post *poster
	log  *slog.Logger
	wake chan struct{}

	mu      sync.Mutex // guards the fields below
	firing  map[earshot.ID]Alert
	cleared map[string]map[earshot.ID]Alert // by destination
}

// forgetCleared is how long a cleared alert waits for a destination that is down: it forgets the alert by itself before that.
const forgetCleared = time.Hour

func newHandover(to []string, g *Guard, log *slog.Logger) *handover {
	if len(to) == 0 {
		return nil
	}
	h := &handover{to: to, post: newPoster(g), log: log, wake: make(chan struct{}, 1), firing: map[earshot.ID]Alert{}, cleared: map[string]map[earshot.ID]Alert{}}
	for _, t := range to {
		h.cleared[t] = map[earshot.ID]Alert{}
	}
	return h
}

func (h *handover) put(alerts []Alert) {
	h.mu.Lock()
	for _, a := range alerts {
		if a.Ends.IsZero() {
			h.firing[a.ID] = a
			continue
		}
		delete(h.firing, a.ID)
		for _, t := range h.to {
			h.cleared[t][a.ID] = a
		}
	}
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run sends to all destinations, each in a goroutine of its own so that none delays another.
func (h *handover) run(ctx context.Context) {
	var wg sync.WaitGroup
	wakes := make([]chan struct{}, len(h.to))
	for i, to := range h.to {
		wakes[i] = make(chan struct{}, 1)
		wg.Go(func() { h.serve(ctx, to, wakes[i]) })
	}
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
			for _, w := range wakes {
				select {
				case w <- struct{}{}:
				default:
				}
			}
		}
	}
}

func (h *handover) serve(ctx context.Context, to string, wake <-chan struct{}) {
	t := time.NewTicker(Resend)
	defer t.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-t.C:
		}
		err := h.send(ctx, to)
		if err != nil && ctx.Err() == nil && !failing {
			h.log.Warn("hand alerts over to an Alertmanager, trying again every minute", "err", err)
		}
		failing = err != nil
	}
}

// given is an alert as POST /api/v2/alerts wants it.
type given struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

func (h *handover) send(ctx context.Context, to string) error {
	now := time.Now()
	h.mu.Lock()
	out, over := []given{}, []earshot.ID{}
	for _, a := range h.firing {
		out = append(out, given{a.Labels, a.Annotations, a.Starts, now.Add(4 * Resend), a.Link})
	}
	for id, a := range h.cleared[to] {
		if now.Sub(a.Ends) > forgetCleared {
			delete(h.cleared[to], id)
			continue
		}
		out, over = append(out, given{a.Labels, a.Annotations, a.Starts, a.Ends, a.Link}), append(over, id)
	}
	h.mu.Unlock()
	if len(out) == 0 {
		return nil
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("encode alerts: %w", err)
	}
	if _, _, err := h.post.do(ctx, http.MethodPost, strings.TrimRight(to, "/")+"/api/v2/alerts", http.Header{}, body); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range over {
		delete(h.cleared[to], id)
	}
	return nil
}
