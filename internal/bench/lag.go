package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	lagRate  = 1000.0
	lagRun   = 30 * time.Second
	lagProbe = 100 * time.Millisecond
)

// probes are meetings that begin one after the other while the load runs; each is looked for by the time of its
// acknowledgement.
type probes struct {
	mu    sync.Mutex // guards the fields below
	acked map[string]time.Time
	api   *hdrhistogram.Histogram // microseconds
	sse   *hdrhistogram.Histogram
	seen  map[string]bool // by the event stream
}

// lag measures, at 1,000 events a second, how long after its acknowledgement an event can be seen over the API and over the
// event stream.
func lag(ctx context.Context) (err error) {
	l := sign(qosBodies(int(lagRate*(lagRun.Seconds()+5)), people, time.Now().Add(-2*time.Minute)))
	e, err := start(ctx, binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	p := &probes{acked: map[string]time.Time{}, seen: map[string]bool{}, api: hdrhistogram.New(1, 60_000_000, 3), sse: hdrhistogram.New(1, 60_000_000, 3)}
	streamCtx, stopStream := context.WithCancel(ctx)
	defer stopStream()
	streamErr := make(chan error, 1)
	go func() { streamErr <- p.listen(streamCtx, e) }()

	var wg sync.WaitGroup
	var r *result
	wg.Go(func() { r, err = l.run(ctx, e.webhook, 32, lagRate, lagRun) })
	var probeErr error
	for i := range int((lagRun - 3*time.Second) / lagProbe) {
		topic := fmt.Sprintf("probe-%d-%d", time.Now().UnixNano(), i)
		if probeErr = p.send(ctx, e, topic); probeErr != nil {
			break
		}
		wg.Go(func() { p.poll(ctx, e, topic) })
		time.Sleep(lagProbe)
	}
	wg.Wait()
	stopStream()
	if err := errors.Join(err, probeErr, <-streamErr); err != nil {
		return err
	}
	micro := func(h *hdrhistogram.Histogram, q float64) time.Duration {
		return (time.Duration(h.ValueAtQuantile(q)) * time.Microsecond).Round(time.Millisecond)
	}
	fmt.Printf("  at %.0f events/s, acknowledgement p99 %v, refused %d\n", r.perSecond(), r.p99().Round(100*time.Microsecond), r.refused)
	fmt.Printf("  acknowledged to visible over the API          p50 %v   p99 %v   of %d probes (p99 under 2 s)\n", micro(p.api, 50), micro(p.api, 99), p.api.TotalCount())
	fmt.Printf("  acknowledged to visible in the event stream   p50 %v   p99 %v   of %d of %d probes (p99 under 2 s)\n", micro(p.sse, 50), micro(p.sse, 99), p.sse.TotalCount(), len(p.acked))
	return nil
}

// send begins a meeting with a topic of its own.
func (p *probes) send(ctx context.Context, e *earshot, topic string) error {
	now := time.Now().UTC()
	body := fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"q7Rk2mVxTDyLw0PbN4sHgA","object":{"id":"84512367790","uuid":"%s==","host_id":"hUe6VbQ2RkWm8yTzXcN1Lw","topic":"%s","type":2,"start_time":"%s","timezone":"UTC","duration":30}}}`,
		now.UnixMilli(), topic, topic, now.Format(time.RFC3339))
	one := sign([][]byte{body})
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+e.webhook+"/webhook", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	head, _, _ := strings.Cut(string(one.requests[0]), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n")[2:] {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("probe: %s", resp.Status)
	}
	p.mu.Lock()
	p.acked[topic] = time.Now()
	p.mu.Unlock()
	return nil
}

// poll asks the API for a probe until it is there.
func (p *probes) poll(ctx context.Context, e *earshot, topic string) {
	p.mu.Lock()
	acked := p.acked[topic]
	p.mu.Unlock()
	for time.Since(acked) < 30*time.Second && ctx.Err() == nil {
		var page struct {
			Items []struct {
				Topic string `json:"topic"`
			} `json:"items"`
		}
		if err := e.GetJSON(ctx, "/api/v1/meetings?state=live&q="+url.QueryEscape(topic), &page); err == nil && len(page.Items) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.api.RecordValue(time.Since(acked).Microseconds()) // at most 30 s
}

// listen reads the event stream until ctx ends and notes when each probe appears.
func (p *probes) listen(ctx context.Context, e *earshot) error {
	req, err := e.Request(ctx, "/api/v1/events")
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("event stream: %s", resp.Status)
	}
	scanner := bufio.NewScanner(resp.Body)
	scanner.Buffer(nil, 64<<20)
	for scanner.Scan() {
		data, ok := strings.CutPrefix(scanner.Text(), "data: ")
		if !ok {
			data, ok = strings.CutPrefix(scanner.Text(), "data:")
		}
		if ok && strings.Contains(data, "probe-") {
			p.note(data)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("event stream ended: %w", scanner.Err())
}

func (p *probes) note(data string) {
	now := time.Now()
	var msg struct {
		Rows []struct {
			Topic string `json:"topic"`
		} `json:"rows"`
	}
	if json.Unmarshal([]byte(data), &msg) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, row := range msg.Rows {
		at, ok := p.acked[row.Topic]
		if ok && !p.seen[row.Topic] {
			p.seen[row.Topic] = true
			_ = p.sse.RecordValue(max(now.Sub(at).Microseconds(), 1)) // within the run
		}
	}
}
