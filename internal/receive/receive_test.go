package receive_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/receive"
	"github.com/earshot/earshot/zoom"
)

const secret, oldSecret, otherSecret = "s3cret-new", "s3cret-old", "s3cret-of-another-app"

// memory is a journal in memory.
type memory struct {
	mu          sync.Mutex
	records     []journal.Record
	quarantined []journal.QuarantinedRequest
	err         error         // what Append answers
	block       chan struct{} // Append waits for it, or for its context
}

func (m *memory) Append(ctx context.Context, r journal.Record) (journal.AppendResult, error) {
	if m.block != nil {
		select {
		case <-m.block:
		case <-ctx.Done():
			return journal.AppendResult{}, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return journal.AppendResult{}, m.err
	}
	r.Body = bytes.Clone(r.Body)
	for i, have := range m.records {
		if bytes.Equal(have.Body, r.Body) {
			return journal.AppendResult{Seq: uint64(i + 1), Duplicate: true}, nil
		}
	}
	m.records = append(m.records, r)
	return journal.AppendResult{Seq: uint64(len(m.records))}, nil
}

func (m *memory) Quarantine(q journal.QuarantinedRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	q.Body = bytes.Clone(q.Body)
	m.quarantined = append(m.quarantined, q)
	return nil
}

func newHandler(t *testing.T, j *memory) *receive.Handler {
	t.Helper()
	h, err := receive.New(receive.Options{Journal: j, Subscriptions: []receive.Subscription{
		{Name: "", Secrets: []zoom.Secret{secret, oldSecret}},
		{Name: "emea", Secrets: []zoom.Secret{otherSecret}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// signed returns a request as Zoom sends it.
func signed(path, key, body string, at time.Time) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	ts := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("x-zm-request-timestamp", ts)
	r.Header.Set("x-zm-signature", zoom.Sign(zoom.Secret(key), ts, []byte(body)))
	r.Header.Set("x-zm-request-id", "6009d653_d487_445d_8406_42b654974899")
	return r
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const event = `{"event":"meeting.started","event_ts":1767778561800,"payload":{}}`

func TestAnswers(t *testing.T) {
	now := time.Now()
	edit := func(r *http.Request, f func(http.Header)) *http.Request { f(r.Header); return r }
	tests := []struct {
		name        string
		request     *http.Request
		journal     error
		want        int
		stored      int
		quarantined int
	}{
		{name: "signed", request: signed("/webhook", secret, event, now), want: 200, stored: 1},
		{name: "signed with the old secret", request: signed("/webhook", oldSecret, event, now), want: 200, stored: 1},
		{name: "signed with another app's secret", request: signed("/webhook", otherSecret, event, now), want: 200, stored: 1},
		{name: "named subscription", request: signed("/webhook/emea", otherSecret, event, now), want: 200, stored: 1},
		{name: "unknown subscription", request: signed("/webhook/nobody", secret, event, now), want: 200, stored: 1},
		{name: "unknown event", request: signed("/webhook", secret, `{"event":"meeting.levitated"}`, now), want: 200, stored: 1},
		{name: "not JSON", request: signed("/webhook", secret, `}{`, now), want: 200, stored: 1},
		{name: "empty body", request: signed("/webhook", secret, ``, now), want: 200, stored: 1},
		{name: "deeply nested", request: signed("/webhook", secret, strings.Repeat("[", 500_000), now), want: 200, stored: 1},
		{name: "two hours old", request: signed("/webhook", secret, event, now.Add(-2*time.Hour)), want: 200, stored: 1},
		{name: "outside the window", request: signed("/webhook", secret, event, now.Add(-25*time.Hour)), want: 401, quarantined: 1},
		{name: "from the future", request: signed("/webhook", secret, event, now.Add(25*time.Hour)), want: 401, quarantined: 1},
		{name: "wrong secret", request: signed("/webhook", "guess", event, now), want: 401, quarantined: 1},
		{name: "no signature", request: edit(signed("/webhook", secret, event, now), func(h http.Header) { h.Del("x-zm-signature") }), want: 401},
		{name: "no timestamp", request: edit(signed("/webhook", secret, event, now), func(h http.Header) { h.Del("x-zm-request-timestamp") }), want: 401},
		{name: "two signatures", request: edit(signed("/webhook", secret, event, now), func(h http.Header) { h.Add("x-zm-signature", "v0=0") }), want: 401, quarantined: 1},
		{name: "body changed on the way", request: func() *http.Request {
			r := signed("/webhook", secret, event, now)
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(event, "started", "stopped", 1)))
			return r
		}(), want: 401, quarantined: 1},
		{name: "journal full", request: signed("/webhook", secret, event, now), journal: journal.ErrFull, want: 503},
		{name: "journal fails", request: signed("/webhook", secret, event, now), journal: errors.New("input/output error"), want: 503},
		{name: "too large", request: signed("/webhook", secret, `"`+strings.Repeat("x", 1<<20), now), want: 413},
		{name: "just not too large", request: signed("/webhook", secret, strings.Repeat("x", 1<<20), now), want: 200, stored: 1},
		{name: "too large without saying so", request: func() *http.Request {
			r := signed("/webhook", secret, strings.Repeat("x", 1<<20+1), now)
			r.ContentLength = -1
			return r
		}(), want: 413},
		{name: "wrong method", request: httptest.NewRequest("GET", "/webhook", nil), want: 405},
		{name: "wrong path", request: httptest.NewRequest("POST", "/", nil), want: 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := &memory{err: tt.journal}
			h := newHandler(t, j)
			w := do(h, tt.request)
			if w.Code != tt.want || len(j.records) != tt.stored || len(j.quarantined) != tt.quarantined {
				t.Errorf("answered %d, stored %d, quarantined %d; want %d, %d, %d", w.Code, len(j.records), len(j.quarantined), tt.want, tt.stored, tt.quarantined)
			}
			balance(t, h)
		})
	}
}

// balance checks that every received request is in exactly one other count.
func balance(t *testing.T, h *receive.Handler) {
	t.Helper()
	f := h.Figures()
	sum := f.Accepted + f.Duplicate + f.BadSignature + f.BadTimestamp + f.TooLarge + f.Shed + f.Aborted + f.Challenges
	if f.Received != sum {
		t.Errorf("received %d, but the answers sum to %d: %+v", f.Received, sum, f)
	}
}

func TestReplayIsHarmless(t *testing.T) {
	j := &memory{}
	h := newHandler(t, j)
	for i := range 50 {
		r := signed("/webhook", secret, event, time.Now())
		r.Header.Set("x-zm-request-id", fmt.Sprint("replayed-", i)) // not signed: must not matter
		if w := do(h, r); w.Code != 200 {
			t.Fatalf("replay %d: %d", i, w.Code)
		}
	}
	if f := h.Figures(); len(j.records) != 1 || f.Accepted != 1 || f.Duplicate != 49 {
		t.Errorf("stored %d, accepted %d, duplicate %d; want 1, 1, 49", len(j.records), f.Accepted, f.Duplicate)
	}
	balance(t, h)
}

func TestNoSecretAndStopping(t *testing.T) {
	h, err := receive.New(receive.Options{Journal: &memory{}})
	if err != nil {
		t.Fatal(err)
	}
	if w := do(h, signed("/webhook", secret, event, time.Now())); w.Code != 503 {
		t.Errorf("without a secret: %d, want 503", w.Code)
	}
	h = newHandler(t, &memory{})
	h.Stop()
	if w := do(h, signed("/webhook", secret, event, time.Now())); w.Code != 503 {
		t.Errorf("stopping: %d, want 503", w.Code)
	}
	balance(t, h)
}

func TestSlowJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &memory{block: make(chan struct{})}
		h := newHandler(t, j)
		start := time.Now()
		w := do(h, signed("/webhook", secret, event, start))
		if took := time.Since(start); w.Code != 503 || took > 2600*time.Millisecond {
			t.Errorf("answered %d after %v, want 503 within 2.6 s", w.Code, took)
		}
	})
}

func challenge(token string) string {
	return `{"payload":{"plainToken":"` + token + `"},"event_ts":1654503849680,"event":"endpoint.url_validation"}`
}

func TestChallenge(t *testing.T) {
	j := &memory{err: journal.ErrFull} // a full journal must not cost the subscription
	h := newHandler(t, j)
	mac := func(key, text string) string {
		m := hmac.New(sha256.New, []byte(key))
		m.Write([]byte(text))
		return hex.EncodeToString(m.Sum(nil))
	}
	tests := []struct {
		name, key, body string
		want            int
		answer          string
	}{
		{"signed", secret, challenge("qgg8vlvZRS6UYooatFL8Aw"), 200, `{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"` + mac(secret, "qgg8vlvZRS6UYooatFL8Aw") + `"}`},
		{"answered with the secret that signed", oldSecret, challenge("abc"), 200, `{"plainToken":"abc","encryptedToken":"` + mac(oldSecret, "abc") + `"}`},
		{"unsigned", "guess", challenge("abc"), 401, ""},
		{"a signature as token", secret, challenge("v0:1767778201:{}"), 400, ""},
		{"empty token", secret, challenge(""), 400, ""},
		{"endless token", secret, challenge(strings.Repeat("a", 129)), 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := do(h, signed("/webhook", tt.key, tt.body, time.Now()))
			if w.Code != tt.want || w.Body.String() != tt.answer {
				t.Errorf("answered %d %q, want %d %q", w.Code, w.Body, tt.want, tt.answer)
			}
		})
	}
	balance(t, h)
}

func TestAnEventThatMentionsTheChallengeIsStored(t *testing.T) {
	j := &memory{}
	h := newHandler(t, j)
	body := `{"event":"meeting.started","payload":{"object":{"topic":"endpoint.url_validation"}}}`
	if w := do(h, signed("/webhook", secret, body, time.Now())); w.Code != 200 || len(j.records) != 1 {
		t.Errorf("answered %d, stored %d; want 200, 1", w.Code, len(j.records))
	}
}

func TestDoubtAnswers503WhileEverythingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &memory{}
		h := newHandler(t, j)
		if w := do(h, signed("/webhook", secret, event, time.Now())); w.Code != 200 {
			t.Fatal(w.Code)
		}
		time.Sleep(2 * time.Minute) // fake time
		var codes []int
		for i := range 30 {
			codes = append(codes, do(h, signed("/webhook", "rotated", fmt.Sprintf(`{"n":%d}`, i), time.Now())).Code)
		}
		if codes[0] != 401 || codes[19] != 401 || codes[20] != 503 || codes[29] != 503 {
			t.Errorf("codes %v: want 401 for the first 20, then 503", codes)
		}
		for i := range 5 { // forged rubbish says nothing about our secret
			r := httptest.NewRequest("POST", "/webhook", strings.NewReader("x"))
			_ = i
			do(h, r)
		}
		if w := do(h, signed("/webhook", secret, event, time.Now())); w.Code != 200 {
			t.Errorf("a valid request: %d", w.Code)
		}
		if w := do(h, signed("/webhook", "rotated", `{"n":99}`, time.Now())); w.Code != 401 {
			t.Errorf("after a valid request: %d, want 401 again", w.Code)
		}
		balance(t, h)
	})
}

func TestOurClockSuspect(t *testing.T) {
	h := newHandler(t, &memory{})
	var codes []int
	for i := range 12 {
		codes = append(codes, do(h, signed("/webhook", secret, fmt.Sprintf(`{"n":%d}`, i), time.Now().Add(-48*time.Hour))).Code)
	}
	if codes[0] != 401 || codes[11] != 503 {
		t.Errorf("codes %v: a single old request is refused; when all are, our clock is suspect and they are asked for again", codes)
	}
	balance(t, h)
}

func TestChecksOfASubscription(t *testing.T) {
	j := &memory{}
	h, err := receive.New(receive.Options{Journal: j, Subscriptions: []receive.Subscription{{
		Secrets: []zoom.Secret{secret},
		Checks: []func(http.Header) error{func(h http.Header) error {
			if h.Get("authorization") != "Bearer t" {
				return errors.New("authorization is not the configured bearer token")
			}
			return nil
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if w := do(h, signed("/webhook", secret, event, time.Now())); w.Code != 401 || len(j.quarantined) != 1 {
		t.Errorf("without the header: %d, quarantined %d", w.Code, len(j.quarantined))
	}
	r := signed("/webhook", secret, event, time.Now())
	r.Header.Set("authorization", "Bearer t")
	if w := do(h, r); w.Code != 200 {
		t.Errorf("with the header: %d", w.Code)
	}
}

// FuzzRequest: whatever comes, the answer is one of the table's, nothing unsigned is stored, and the counts balance.
func FuzzRequest(f *testing.F) {
	f.Add("/webhook", "v0=00", "1767778201", []byte(event))
	f.Add("/webhook/emea", zoom.Sign(secret, "1767778201", []byte(event)), "1767778201", []byte(event))
	f.Add("/webhook/%2e%2e", "", "", []byte{0xff, 0})
	f.Fuzz(func(t *testing.T, path, signature, timestamp string, body []byte) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n\x00\x7f#?%") {
			return
		}
		j := &memory{}
		h := newHandler(t, j)
		r, err := http.NewRequest("POST", path, bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header["X-Zm-Signature"], r.Header["X-Zm-Request-Timestamp"] = []string{signature}, []string{timestamp}
		w := do(h, r)
		switch w.Code {
		case 200, 401, 404, 413, 503, 307, 308, 301:
		default:
			t.Errorf("answered %d", w.Code)
		}
		if len(j.records) > 0 {
			valid := false
			for _, key := range []zoom.Secret{secret, oldSecret, otherSecret} {
				valid = valid || strings.EqualFold(zoom.Sign(key, timestamp, body), signature)
			}
			if !valid {
				t.Errorf("stored a body whose signature is %q", signature)
			}
		}
		balance(t, h)
	})
}
