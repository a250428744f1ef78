package export_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/webhook"
	"github.com/earshot/earshot/internal/journal"
)

// envChild tells the test's binary that it is the process to be killed.
const envChild = "EARSHOT_TEST_EXPORT_CHILD"

// TestMain runs the child, or the tests.
func TestMain(m *testing.M) {
	if address := os.Getenv(envChild); address != "" {
		if err := child(address, os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

type openJournal struct {
	journal.Source
	j *journal.Journal
}

func (o openJournal) Close() error { return o.j.Close() }

// child exports a journal to an address until it is killed.
func child(address, dir string) error {
	d, err := webhook.New("there", map[string]any{"url": address, "secret_file": filepath.Join(dir, "secret")}, &deliver.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		return err
	}
	x, err := export.New(export.Options{
		Dir: filepath.Join(dir, "exports"), Key: []byte("key"),
		Journal: func() (export.Journal, error) {
			j, err := journal.OpenReadOnly(journal.Options{Dir: filepath.Join(dir, "journal")})
			if err != nil {
				return nil, err
			}
			return openJournal{journal.NewSource(j), j}, nil
		},
		Targets: []export.Target{{
			Spec:        export.Spec{Name: "there", FromOldest: true, BatchRecords: 100, Linger: time.Millisecond, StoreEvery: time.Millisecond, Logs: []export.Kind{export.KindEvent}},
			Destination: d,
		}},
	})
	if err != nil {
		return err
	}
	return x.Run(context.Background())
}

// ledger is the peer: it notes every record, and says when it is time to kill.
type ledger struct {
	mu       sync.Mutex
	records  map[string]string
	repeated int
	differ   int
	requests int
	kill     func()
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m struct {
		Records []json.RawMessage `json:"records"`
	}
	if err != nil || json.Unmarshal(body, &m) != nil || r.Header.Get("X-Earshot-Signature") != deliver.Sign("s", r.Header.Get("X-Earshot-Timestamp"), body) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	for _, raw := range m.Records {
		var rec struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &rec)
		if before, seen := l.records[rec.ID]; seen {
			l.repeated++
			if before != string(raw) {
				l.differ++
			}
		}
		l.records[rec.ID] = string(raw)
	}
	l.requests++
	kill := l.kill
	before := l.requests%2 == 0
	l.mu.Unlock()
	if kill != nil && before {
		kill() // taken, and the answer never arrives
	}
	w.WriteHeader(http.StatusOK)
	if kill != nil && !before {
		kill()
	}
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.records)
}

// killedEvents is how many there are to export.
const killedEvents = 3000

// TestKilledInTheMiddle kills the exporting process with SIGKILL again and again: nothing is missing, and what came twice is the same.
func TestKilledInTheMiddle(t *testing.T) {
	const events, kills = killedEvents, 6
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(journal.Options{Dir: filepath.Join(dir, "journal"), Heartbeat: -1, MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	var appended sync.WaitGroup
	for i := range events {
		appended.Go(func() {
			body := fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u%d==","topic":"t"}}}`, 1767778561800+i, i)
			if _, err := j.Append(t.Context(), journal.Record{Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(time.Now()), Body: body}); err != nil {
				t.Error(err)
			}
		})
	}
	appended.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	l := &ledger{records: map[string]string{}}
	s := httptest.NewServer(l)
	defer s.Close()
	for run := range kills + 1 {
		runUntilKilled(t, l, s.URL, dir, run < kills)
	}
	if n := l.count(); n != events {
		t.Errorf("%d of %d arrived", n, events)
	}
	if l.differ > 0 {
		t.Errorf("%d records came twice and differ", l.differ)
	}
	if l.repeated == 0 {
		t.Error("nothing was repeated: the kills met nothing")
	}
}

// runUntilKilled starts the child and kills it after some requests, or lets it finish.
func runUntilKilled(t *testing.T, l *ledger, address, dir string, kill bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], dir)
	c.Env = append(os.Environ(), envChild+"="+address)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	dead := make(chan struct{})
	var once sync.Once
	stop := func() { once.Do(func() { _ = c.Process.Kill(); close(dead) }) }
	defer func() { stop(); _ = c.Wait() }()
	if kill {
		left := 1 + rand.IntN(7)
		l.mu.Lock()
		l.kill = func() {
			l.mu.Lock()
			left--
			last := left == 0
			l.mu.Unlock()
			if last {
				stop()
			}
		}
		l.mu.Unlock()
	} else {
		l.mu.Lock()
		l.kill = nil
		l.mu.Unlock()
	}
	patience := time.NewTimer(3 * time.Minute)
	defer patience.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-dead:
			return
		case <-patience.C:
			t.Fatal("the child neither finished nor was killed")
		case <-tick.C:
			if l.count() == killedEvents {
				return
			}
		}
	}
}
