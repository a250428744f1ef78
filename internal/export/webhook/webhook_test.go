package webhook_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/webhook"
	"github.com/earshot/earshot/internal/running"
)

// peer takes signed deliveries as somebody would who read docs/export.md. answer may say no.
type peer struct {
	t      *testing.T
	answer func(try int, ids []string, w http.ResponseWriter, r *http.Request) bool

	mu         sync.Mutex
	tries      int
	at         []time.Time
	records    map[string]string
	deliveries map[string][]string // ids by X-Earshot-Delivery
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // gave up
	}
	if want := deliver.Sign("s3cret", r.Header.Get("X-Earshot-Timestamp"), body); r.Header.Get("X-Earshot-Signature") != want {
		p.t.Errorf("signature %q, want %q", r.Header.Get("X-Earshot-Signature"), want)
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			p.t.Error(err)
			return
		}
		body, _ = io.ReadAll(z)
	}
	var m struct {
		Version, Destination string
		Records              []json.RawMessage
	}
	if err := json.Unmarshal(body, &m); err != nil || m.Version != "1" || m.Destination != "hook" {
		p.t.Errorf("%v: %.200s", err, body)
	}
	var ids []string
	for _, raw := range m.Records {
		var rec struct{ ID string }
		if err := json.Unmarshal(raw, &rec); err != nil {
			p.t.Error(err)
		}
		ids = append(ids, rec.ID)
	}
	p.tries++
	p.at = append(p.at, time.Now())
	if had, again := p.deliveries[r.Header.Get("X-Earshot-Delivery")]; again {
		if d := cmp.Diff(had, ids); d != "" {
			p.t.Errorf("the same delivery holds other records: %s", d)
		}
	}
	p.deliveries[r.Header.Get("X-Earshot-Delivery")] = ids
	if p.answer != nil && !p.answer(p.tries, ids, w, r) {
		return
	}
	for i, id := range ids {
		p.records[id] = string(m.Records[i])
	}
}

func start(t *testing.T, answer func(int, []string, http.ResponseWriter, *http.Request) bool) (*peer, string) {
	t.Helper()
	p := &peer{t: t, answer: answer, records: map[string]string{}, deliveries: map[string][]string{}}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return p, s.URL
}

// hook makes a destination of the address that may go to this host.
func hook(t *testing.T, address string, more map[string]any) *webhook.Destination {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	given := map[string]any{"url": address, "secret_file": secret}
	for k, v := range more {
		given[k] = v
	}
	d, err := webhook.New("hook", given, &deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func status(code int) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool { w.WriteHeader(code); return false }
}

// TestAnswers lets the peer answer what peers answer, and wants everything to arrive but what it refuses for good.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(int, []string, http.ResponseWriter, *http.Request) bool
		more   map[string]any
		spec   export.Spec
		aside  uint64
		pause  time.Duration // at least, after the first try
	}{
		"takes everything":    {},
		"takes it compressed": {more: map[string]any{"compression": "gzip"}},
		"429 with Retry-After": {pause: time.Second, answer: func(try int, _ []string, w http.ResponseWriter, _ *http.Request) bool {
			if try > 1 {
				return true
			}
			w.Header().Set("Retry-After", "1")
			return status(http.StatusTooManyRequests)(w)
		}},
		"503": {answer: func(try int, _ []string, w http.ResponseWriter, _ *http.Request) bool {
			return try > 3 || status(http.StatusServiceUnavailable)(w)
		}},
		"takes it and says 500": {answer: func(try int, _ []string, w http.ResponseWriter, _ *http.Request) bool {
			if try == 2 {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return true
		}},
		"400 for one record": {aside: 1, answer: func(_ int, ids []string, w http.ResponseWriter, _ *http.Request) bool {
			for _, id := range ids {
				if strings.HasSuffix(id, "-17") {
					return status(http.StatusBadRequest)(w)
				}
			}
			return true
		}},
		"slower than the patience, once": {spec: export.Spec{Timeout: 300 * time.Millisecond}, answer: func(try int, _ []string, _ http.ResponseWriter, r *http.Request) bool {
			if try == 1 {
				<-r.Context().Done() // until nobody waits any more
			}
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, address := start(t, c.answer)
			w := exporttest.New(t, 60)
			c.spec.Name, c.spec.FromOldest, c.spec.BatchRecords, c.spec.Logs = "hook", true, 25, []export.Kind{export.KindEvent}
			want := w.IDs(export.KindEvent)
			var end export.Status
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: c.spec, Destination: hook(t, address, c.more)}), func(x *export.Exporter) bool {
				end = x.Status()[0]
				return end.Sent+end.Aside >= uint64(len(want))
			})
			if end.Aside != c.aside || end.Sent != uint64(len(want))-c.aside || (end.Failed > 0) != (c.answer != nil && c.aside == 0) {
				t.Errorf("%+v", end)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.records) != len(want)-int(c.aside) {
				t.Errorf("%d of %d arrived", len(p.records), len(want))
			}
			for id, text := range p.records {
				if !want[id] || !strings.Contains(text, `"event":{`) || strings.Contains(text, exporttest.Personal[0]) {
					t.Errorf("%s: %s", id, text)
				}
			}
			if c.pause > 0 && p.at[1].Sub(p.at[0]) < c.pause {
				t.Errorf("tried again after %s, was asked for %s", p.at[1].Sub(p.at[0]), c.pause)
			}
		})
	}
}

func TestCheckSaysWhatWasAnswered(t *testing.T) {
	_, address := start(t, nil)
	d := hook(t, address, nil)
	if said, err := d.Check(t.Context()); err != nil || !strings.Contains(said, "signed") {
		t.Errorf("%q, %v", said, err)
	}
	for want, at := range map[string]string{"connection refused": "http://" + running.FreeAddress() + "/secret-path", "allow_networks": "http://192.168.77.1/secret-path"} {
		d := hook(t, at, nil)
		ctx := t.Context()
		if _, err := d.Check(ctx); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret-path") {
			t.Errorf("want %q in %v", want, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, given := range map[string]map[string]any{
		"url is no address":                 {"url": "example.com", "secret_file": "x"},
		"secret_file is empty":              {"url": "https://example.com"},
		`compression is "br"; want gzip or`: {"url": "https://example.com", "secret_file": "x", "compression": "br"},
		"unknown key uri":                   {"uri": "https://example.com"},
	} {
		if _, err := webhook.New("hook", given, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
