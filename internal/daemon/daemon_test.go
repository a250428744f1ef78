package daemon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/running"
	"github.com/earshot/earshot/zoom"
)

const (
	secret   = "daemon-test-secret"
	apiToken = "daemon-test-api-token"
)

// processes are a receiver and a monitor in this process, on one data folder.
type processes struct {
	t    *testing.T
	cfg  *config.Config
	stop map[string]func()
}

func newProcesses(t *testing.T, data string) *processes {
	t.Helper()
	env := map[string]string{"ZOOM_WEBHOOK_SECRET_TOKEN": secret, "EARSHOT_API_TOKEN": apiToken}
	cfg, err := config.Load(config.Sources{
		Environment: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Flags:       map[string]string{"--data": data, "--webhook-listen": running.FreeAddress(), "--web-listen": running.FreeAddress()},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &processes{t: t, cfg: cfg, stop: map[string]func(){}}
	t.Cleanup(p.stopAll)
	return p
}

// start runs a process until it is stopped.
func (p *processes) start(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	p.stop[name] = func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			p.t.Errorf("%s: %v", name, err)
		}
	}
}

func (p *processes) startReceiver() {
	p.start("receiver", func(ctx context.Context) error { return receiver.Run(ctx, p.cfg, slog.New(slog.DiscardHandler)) })
}

func (p *processes) startMonitor() {
	p.start("monitor", func(ctx context.Context) error {
		return daemon.RunMonitor(ctx, daemon.Options{Config: p.cfg, Logger: slog.New(slog.DiscardHandler)})
	})
	p.await("the monitor is ready", func() bool {
		resp, err := http.Get("http://" + p.cfg.Web.Listen + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func (p *processes) stopOne(name string) {
	if stop := p.stop[name]; stop != nil {
		delete(p.stop, name)
		stop()
	}
}

func (p *processes) stopAll() {
	p.stopOne("monitor")
	p.stopOne("receiver")
}

// await waits until f says so; it looks again when a short timer fires.
func (p *processes) await(what string, f func() bool) {
	p.t.Helper()
	deadline := time.After(3 * time.Minute) // on a machine that does something else
	for !f() {
		select {
		case <-deadline:
			p.t.Fatalf("waited in vain until %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// get reads a path of the API.
func (p *processes) get(path string, v any) {
	p.t.Helper()
	req, err := http.NewRequest("GET", "http://"+p.cfg.Web.Listen+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %s: %s", path, resp.Status, raw)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		p.t.Fatalf("GET %s: %v: %s", path, err, raw)
	}
}

// noHourWaits waits until every hour that was marked is computed again.
func (p *processes) noHourWaits() {
	p.t.Helper()
	p.await("no hour waits", func() bool {
		n, err := daemon.HoursWaiting(p.t.Context(), p.cfg.DataDir)
		if err != nil {
			p.t.Fatal(err)
		}
		return n == 0
	})
}

// ingest is what the tests read of the way in.
type ingest struct {
	Accepted uint64 `json:"accepted"`
	Journal  struct {
		Tail uint64 `json:"tail"`
	} `json:"journal"`
	Applied struct {
		Facts      uint64          `json:"facts"`
		Snapshot   uint64          `json:"snapshot"`
		Rebuilding json.RawMessage `json:"rebuilding"`
	} `json:"applied"`
	Facts struct {
		Rows      map[string]int64 `json:"rows"`
		Recovered string           `json:"recovered"`
	} `json:"facts"`
	Drift []json.RawMessage `json:"drift"`
}

// settle waits until everything that was sent is received and stored.
func (p *processes) settle(sent int) ingest {
	p.t.Helper()
	var in ingest
	p.await("everything is applied", func() bool {
		in = ingest{}
		p.get("/api/v1/ingest", &in)
		return int(in.Accepted) >= sent && in.Applied.Facts >= in.Journal.Tail && in.Applied.Rebuilding == nil
	})
	return in
}

// newPast starts both processes and has them store and seal eight minutes that began at from, four hours ago. sent is how many events
// they were, beside the seals.
func newPast(t *testing.T) (p *processes, from time.Time, sent int) {
	t.Helper()
	from = time.Now().Add(-4 * time.Hour).UTC().Truncate(time.Hour)
	p = newProcesses(t, t.TempDir())
	p.startReceiver()
	p.startMonitor()
	sent = p.send(from, 8*time.Minute)
	p.seal(from.Add(3 * time.Hour))
	p.settle(sent + seals)
	return p, from, sent
}

// send posts a stretch of an emulated organisation's events, signed.
func (p *processes) send(from time.Time, d time.Duration) (sent int) {
	p.t.Helper()
	e, err := emulator.New(emulator.Options{People: 40, Seed: 5, From: from})
	if err != nil {
		p.t.Fatal(err)
	}
	for ev := range e.Generate(from, from.Add(d)) {
		p.post(ev.Body)
		sent++
	}
	return sent
}

func (p *processes) post(body []byte) {
	p.t.Helper()
	req, err := http.NewRequest("POST", "http://"+p.cfg.Webhook.Listen+"/webhook", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set(zoom.HeaderTimestamp, ts)
	req.Header.Set(zoom.HeaderSignature, zoom.Sign(secret, ts, body))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("webhook: %s", resp.Status)
	}
}

// pastMeetings returns the meetings with everybody's minutes, as the API tells them.
func (p *processes) pastMeetings(from time.Time) string {
	p.t.Helper()
	type meeting struct {
		ID      string         `json:"id"`
		Topic   string         `json:"topic"`
		Minutes map[string]int `json:"minutes"`
	}
	var page struct {
		Items []meeting `json:"items"`
	}
	p.get(fmt.Sprintf("/api/v1/meetings?state=past&sort=start&limit=200&from=%s", from.Add(-24*time.Hour).UTC().Format(time.RFC3339)), &page)
	// Meetings without minutes, the seals among them, are over at some later moment.
	page.Items = slices.DeleteFunc(page.Items, func(m meeting) bool {
		return m.Minutes["good"]+m.Minutes["fair"]+m.Minutes["poor"]+m.Minutes["bad"]+m.Minutes["unclassified"] == 0
	})
	raw, err := json.MarshalIndent(page, "", " ")
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}

// digests returns what the facts of a data folder hold, while no monitor runs on it.
func digests(t *testing.T, data string) map[string]string {
	t.Helper()
	s, err := duckdb.Open(duckdb.Options{Dir: filepath.Join(data, "facts")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out := map[string]string{}
	for _, table := range []string{"sample", "minute", "summary", "call_sample", "notification"} {
		if out[table], err = s.Digest(t.Context(), table); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

const seals = 80

// seal sends events from much later, so that all that was sent before is over and sealed.
func (p *processes) seal(at time.Time) {
	p.t.Helper()
	for i := range seals {
		p.post(fmt.Appendf(nil, `{"event":"meeting.ended","event_ts":%d,"payload":{"account_id":"seal","object":{"uuid":"seal%d==","id":"1"}}}`, at.Add(time.Duration(i)*time.Second).UnixMilli(), i))
	}
}

func TestFromWebhookToAPIAndBackAfterRestore(t *testing.T) {
	from := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Hour)
	p := newProcesses(t, t.TempDir())
	p.startReceiver()
	p.startMonitor()
	sent := p.send(from, 12*time.Minute)
	p.seal(from.Add(2 * time.Hour))
	in := p.settle(sent + seals)
	if got := int(in.Accepted); got != sent+seals {
		t.Errorf("accepted %d, want %d", got, sent+seals)
	}
	if in.Facts.Rows["sample"] == 0 || in.Facts.Rows["minute"] == 0 || in.Facts.Rows["summary"] == 0 {
		t.Fatalf("rows %v", in.Facts.Rows)
	}
	want := p.pastMeetings(from)
	if len(want) < 200 {
		t.Fatalf("hardly any meeting: %s", want)
	}
	p.sameRows(from)

	backup := filepath.Join(t.TempDir(), "backup")
	if err := daemon.RunBackup(t.Context(), daemon.Options{Config: p.cfg, Logger: slog.New(slog.DiscardHandler)}, backup); err != nil {
		t.Fatal(err)
	}
	data := p.cfg.DataDir
	p.stopOne("monitor")
	rows := digests(t, data)
	for _, name := range []string{"facts", "registry", "fold.snapshot", "fold.snapshot.old"} {
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := daemon.Restore(t.Context(), backup, data); err != nil {
		t.Fatal(err)
	}
	p.startMonitor()
	p.settle(sent + seals)
	if got := p.pastMeetings(from); got != want {
		t.Errorf("after the restore the meetings differ:\n%s\nwant\n%s", got, want)
	}
	p.stopOne("monitor")
	if got := digests(t, data); !maps.Equal(got, rows) {
		t.Errorf("after the restore the rows are %v, before %v", got, rows)
	}
}

func TestALostRegistryAndDamagedFactsComeBack(t *testing.T) {
	from := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Hour)
	p := newProcesses(t, t.TempDir())
	p.startReceiver()
	p.startMonitor()
	sent := p.send(from, 8*time.Minute)
	p.seal(from.Add(2 * time.Hour))
	before := p.settle(sent + seals)
	want := p.pastMeetings(from)
	p.await("the fold is saved", func() bool {
		var in ingest
		p.get("/api/v1/ingest", &in)
		return in.Applied.Snapshot >= before.Journal.Tail
	})
	p.stopOne("monitor")
	rows := digests(t, p.cfg.DataDir)
	if err := os.RemoveAll(filepath.Join(p.cfg.DataDir, "registry")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.cfg.DataDir, "facts", "facts.duckdb"), []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.startMonitor()
	p.await("the rebuild is over", func() bool {
		_, err := os.Stat(filepath.Join(p.cfg.DataDir, "rebuild.json"))
		return errors.Is(err, os.ErrNotExist)
	})
	after := p.settle(sent + seals)
	if after.Facts.Recovered == "" {
		t.Error("the page does not say that the facts were damaged")
	}
	if got := p.pastMeetings(from); got != want {
		t.Errorf("after the rebuild the meetings differ:\n%s\nwant\n%s", got, want)
	}
	p.stopOne("monitor")
	if got := digests(t, p.cfg.DataDir); !maps.Equal(got, rows) {
		t.Errorf("after the rebuild the rows are %v, before %v", got, rows)
	}
}

func TestLoginAddressWorksOnce(t *testing.T) {
	p := newProcesses(t, t.TempDir())
	p.startReceiver()
	p.startMonitor()
	address, err := daemon.LoginAddress(t.Context(), p.cfg.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i, want := range []bool{true, false} {
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := len(resp.Cookies()) > 0; got != want {
			t.Errorf("use %d: cookie %v, want %v (%s)", i+1, got, want, resp.Status)
		}
	}
	if _, err := daemon.LoginAddress(t.Context(), t.TempDir()); !errors.Is(err, daemon.ErrNotRunning) {
		t.Errorf("without a monitor: %v", err)
	}
}
