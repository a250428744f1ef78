package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/earshot/earshot/zoom"
)

const secret = "chaos-secret-token"

// ledger is the sender's own account of what happened to each body.
type ledger struct {
	mu      sync.Mutex       // guards the fields below
	issued  map[[32]byte]int // number of the event
	acked   map[[32]byte]bool
	refused int
	unknown int
}

func newLedger() *ledger { return &ledger{issued: map[[32]byte]int{}, acked: map[[32]byte]bool{}} }

// sender sends one event after the other at a rate, as Zoom does: what is answered 5xx or not at all is sent again.
type sender struct {
	url    string
	signer *zoom.Signer
	client *http.Client
	ledger *ledger
	rate   float64
	start  time.Time
}

func newSender(url string, rate float64) (*sender, error) {
	signer, err := zoom.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	return &sender{
		url: url, signer: signer, ledger: newLedger(), rate: rate, start: time.Now(),
		client: &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}},
	}, nil
}

// run issues events until ctx ends, then sends again what has no answer yet, until everything is acknowledged.
func (s *sender) run(ctx context.Context, last context.Context) {
	var wg sync.WaitGroup
	room := make(chan struct{}, 256)
	for n := 0; ctx.Err() == nil; n++ {
		due := s.start.Add(time.Duration(float64(n) / s.rate * float64(time.Second)))
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(due)):
		}
		body := event(n)
		sum := sha256.Sum256(body)
		s.ledger.mu.Lock()
		s.ledger.issued[sum] = n
		s.ledger.mu.Unlock()
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			s.deliver(last, sum, body)
		})
	}
	wg.Wait()
}

// deliver tries until the body is acknowledged or last ends.
func (s *sender) deliver(last context.Context, sum [32]byte, body []byte) {
	for last.Err() == nil {
		status, err := s.post(last, body)
		s.ledger.mu.Lock()
		switch {
		case err != nil:
			s.ledger.unknown++
		case status == http.StatusOK:
			s.ledger.acked[sum] = true
			s.ledger.mu.Unlock()
			return
		default:
			s.ledger.refused++
		}
		s.ledger.mu.Unlock()
		select {
		case <-last.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *sender) post(ctx context.Context, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, "POST", s.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set(zoom.HeaderTimestamp, ts)
	req.Header.Set(zoom.HeaderSignature, s.signer.Sign(ts, body))
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp.StatusCode, err
}

// The population of the load: each event is one person's report, and event time runs much faster than life, so that minutes
// are sealed and hours end while the test runs.
const (
	people        = 400
	samplesPerQoS = 3
)

// event is the nth report: person n%people, report n/people of that person, a minute after the last.
func event(n int) []byte {
	person, report := n%people, n/people
	at := epoch.Add(time.Duration(report)*time.Minute + time.Duration(person%40)*time.Second)
	when := at.UTC().Format(time.RFC3339)
	loss := (n * 31) % 23
	return fmt.Appendf(nil, `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"chaos","object":{"uuid":"%022d==","participant":{"user_id":"%d","participant_user_id":"u%d","email":"","qos":[`+
		`{"date_time":"%s","type":"audio_input","details":{"bitrate":"%d kbps","latency":"%d ms","jitter":"%d ms","avg_loss":"%d.5%%","max_loss":"%d.9%%"}},`+
		`{"date_time":"%s","type":"audio_output","details":{"bitrate":"%d kbps","latency":"%d ms","jitter":"%d ms","avg_loss":"0.%d%%","max_loss":"1.0%%"}},`+
		`{"date_time":"%s","type":"cpu_usage","details":{"zoom_avg_cpu_usage":"%d%%","system_max_cpu_usage":"%d%%"}}]}}}}`,
		at.UnixMilli(), person/10, 16777216+1024*(person%10+1), person,
		when, 50+n%30, 20+n%200, n%50, loss, loss,
		when, 60+n%20, 25+n%100, n%20, n%10,
		when, n%40, n%100)
}

var epoch = time.Date(2026, 11, 12, 8, 0, 0, 0, time.UTC)
