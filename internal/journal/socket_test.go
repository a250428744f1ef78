package journal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/journal"
)

// serve serves j on a fresh socket until the test ends or stop is called.
func serve(t *testing.T, j *journal.Journal) (path string, server *journal.Server, stop func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "journal") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path = filepath.Join(dir, "s")
	server = journal.NewServer(j, func() any { return map[string]int{"accepted": 42} }, nil)
	return path, server, listen(t, path, server)
}

func listen(t *testing.T, path string, h http.Handler) (stop func()) {
	t.Helper()
	l, err := journal.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	hs := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := hs.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	}()
	stop = func() { _ = hs.Close(); <-done }
	t.Cleanup(stop)
	return stop
}

func dial(t *testing.T, path string) *journal.Client {
	t.Helper()
	c, err := journal.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestClient(t *testing.T) {
	j := mustOpen(t, memory())
	path, server, _ := serve(t, j)
	c := dial(t, path)
	ctx := t.Context()
	stat, err := os.Stat(path)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v; want mode 0600", stat.Mode(), err)
	}

	var want []journal.Record
	for i := range 5 {
		r := event(fmt.Sprint("body ", i))
		r.Subscription, r.RequestID = "s", "r"
		r.Seq = mustAppend(t, j, r).Seq
		want = append(want, r)
	}
	got, err := c.Read(ctx, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := c.Read(ctx, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, append(got, rest...)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	info, err := c.Info(ctx)
	if diff := cmp.Diff(journal.Info{Journal: j.ID(), First: 1, Tail: 5, Oldest: want[0].ReceivedAt, Live: true}, info); diff != "" || err != nil {
		t.Errorf("info %v (-want +got):\n%s", err, diff)
	}
	if err := c.SetCursor(ctx, "pipe line/1", 4, true); err != nil {
		t.Error(err)
	}
	if err := c.SetCursor(ctx, "gone", 4, true); err != nil {
		t.Error(err)
	}
	if err := c.DeleteCursor(ctx, "gone"); err != nil {
		t.Error(err)
	}
	stats, err := c.Stats(ctx)
	if diff := cmp.Diff([]journal.Cursor{{Name: "pipe line/1", Seq: 4, Holds: true}}, stats.Cursors); diff != "" || err != nil || stats.Appended != 5 {
		t.Errorf("stats %+v %v (-want +got):\n%s", stats, err, diff)
	}
	var figures map[string]int
	if err := c.Figures(ctx, &figures); err != nil || figures["accepted"] != 42 {
		t.Errorf("figures %v, %v", figures, err)
	}
	if err := j.Quarantine(refused(1)); err != nil {
		t.Fatal(err)
	}
	if list, err := c.Quarantined(ctx, 10); err != nil || len(list) != 1 || string(list[0].Body) != `{"n":1}` {
		t.Errorf("quarantined %v, %v", list, err)
	}
	if _, err := c.Reverify(ctx); err == nil {
		t.Error("reverify without a hook must be an error")
	}
	server.OnReverify(func() (int, error) {
		return j.Reverify(func(journal.QuarantinedRequest) bool { return true })
	})
	if n, err := c.Reverify(ctx); err != nil || n != 1 {
		t.Errorf("reverify: %d, %v", n, err)
	}
	for _, bad := range []string{"/v1/records?after=x", "/v1/follow?after=-1", "/v1/quarantine?max=many"} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, bad, nil))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "expected a number") {
			t.Errorf("%s: %d %s, want 400 and what is wrong", bad, w.Code, w.Body)
		}
	}
}

// TestReadWaits lets a Read without records be woken by the first.
func TestReadWaits(t *testing.T) {
	j := mustOpen(t, memory())
	path, _, _ := serve(t, j)
	c := dial(t, path)
	got := make(chan []journal.Record, 1)
	go func() {
		records, err := c.Read(t.Context(), 0, 0)
		if err != nil {
			t.Error(err)
		}
		got <- records
	}()
	mustAppend(t, j, event("late"))
	if records := <-got; len(records) != 1 || string(records[0].Body) != "late" {
		t.Errorf("got %v", records)
	}
}

// TestFollow follows across a backlog and live records, and measures how long a record takes from its acknowledgement.
func TestFollow(t *testing.T) {
	j := mustOpen(t, memory())
	path, _, _ := serve(t, j)
	c := dial(t, path)
	const backlog, live = 3000, 100
	for i := range backlog {
		mustAppend(t, j, event(fmt.Sprint("backlog ", i)))
	}
	seen := make(chan uint64, backlog+live)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		next := uint64(1)
		done <- c.Follow(ctx, 0, func(records []journal.Record) error {
			for _, r := range records {
				if r.Seq != next {
					return fmt.Errorf("record %d, want %d", r.Seq, next)
				}
				next++
				seen <- r.Seq
			}
			return nil
		})
	}()
	for want := uint64(1); want <= backlog; want++ {
		if got := <-seen; got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	delays := make([]time.Duration, 0, live)
	for i := range live {
		mustAppend(t, j, event(fmt.Sprint("live ", i)))
		acknowledged := time.Now()
		<-seen
		delays = append(delays, time.Since(acknowledged))
	}
	slices.Sort(delays)
	t.Logf("acknowledged to followed: p50 %v, p99 %v", delays[live/2], delays[live*99/100])
	if p50 := delays[live/2]; p50 > 2*time.Second { // milliseconds, but for a machine that does something else; who looks now and then takes 5 s
		t.Errorf("half of the records took longer than %v", p50)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled follow: %v", err)
	}
}

// TestFollowEnds covers each way a stream ends.
func TestFollowEnds(t *testing.T) {
	o := memory()
	j := mustOpen(t, o)
	path, _, stop := serve(t, j)
	c := dial(t, path)
	mustAppend(t, j, event("one"))

	stopped := errors.New("enough")
	if err := c.Follow(t.Context(), 0, func([]journal.Record) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("fn's error: got %v", err)
	}

	got := make(chan struct{}, 1)
	done := make(chan error, 1)
	follow := func(c *journal.Client, after uint64) {
		done <- c.Follow(t.Context(), after, func([]journal.Record) error { got <- struct{}{}; return nil })
	}
	go follow(c, 0)
	<-got
	stop()
	if err := <-done; err == nil {
		t.Error("the connection was lost, Follow returned nil")
	}

	listen(t, path, journal.NewServer(j, nil, nil)) // the receiver is back; so is the client
	go follow(c, 0)
	<-got
	mustAppend(t, j, event("two"))
	<-got
	mustClose(t, j)
	if err := <-done; err == nil {
		t.Error("the journal was closed, Follow returned nil")
	}
}

func TestJournalChanged(t *testing.T) {
	one, two := mustOpen(t, memory()), mustOpen(t, memory())
	path, _, stop := serve(t, one)
	c := dial(t, path)
	if _, err := c.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	listen(t, path, journal.NewServer(two, nil, nil))
	if err := c.Follow(t.Context(), 0, func([]journal.Record) error { return nil }); !errors.Is(err, journal.ErrJournalChanged) {
		t.Errorf("follow another journal: %v, want ErrJournalChanged", err)
	}
	if _, err := dial(t, path).Info(t.Context()); err != nil {
		t.Errorf("a new client: %v", err)
	}
}

// TestSlowFollower reads nothing for a while: the server must hold back, not the appends, and nothing is lost.
func TestSlowFollower(t *testing.T) {
	j := mustOpen(t, memory())
	path, _, _ := serve(t, j)
	c := dial(t, path)
	const records, size = 400, 50_000 // 20 MB, more than all buffers on the way
	pad := strings.Repeat("x", size)
	mustAppend(t, j, event("first"+pad))
	release := make(chan struct{})
	done := make(chan error, 1)
	all := errors.New("all")
	go func() {
		done <- c.Follow(t.Context(), 0, func(rs []journal.Record) error {
			<-release
			if rs[len(rs)-1].Seq == records {
				return all
			}
			return nil
		})
	}()
	for i := range records - 1 {
		mustAppend(t, j, event(fmt.Sprint(i, pad)))
	}
	close(release)
	if err := <-done; !errors.Is(err, all) {
		t.Errorf("follow: %v", err)
	}
}
