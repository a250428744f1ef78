package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// killer stands before the monitor. It asks for small parts whatever the program asks for, and kills the program that downloads: before it
// gets an answer, in the middle of one, or a moment after it has one, while it is being stored. Who is to be killed gets no further answer.
type killer struct {
	next http.Handler

	mu    sync.Mutex
	spare int // answers before the next kill; negative: nobody is killed
	kill  func()
	parts int
}

const killerRows = 60

func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	q.Set("limit", strconv.Itoa(killerRows))
	r.URL.RawQuery = q.Encode()
	k.mu.Lock()
	k.parts++
	k.spare--
	hit, doomed, kill := k.spare == 0, k.spare < 0 && k.kill != nil, k.kill
	k.mu.Unlock()
	if doomed {
		<-r.Context().Done() // it goes with the program
		return
	}
	answer := httptest.NewRecorder()
	k.next.ServeHTTP(answer, r)
	for name, v := range answer.Header() {
		w.Header()[name] = v
	}
	body := answer.Body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.Code)
	if !hit {
		_, _ = w.Write(body)
		return
	}
	switch rand.IntN(3) {
	case 0:
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		kill()
	case 1:
		_, _ = w.Write(body)
		_ = http.NewResponseController(w).Flush()
		time.AfterFunc(time.Duration(rand.IntN(8000))*time.Microsecond, kill)
	default:
		kill()
	}
}

// aim kills c after so many answers.
func (k *killer) aim(answers int, kill func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spare, k.kill = answers, kill
}

// asked returns how many parts were asked for since the last call.
func (k *killer) asked() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.parts
	k.parts = 0
	return n
}

// TestAKilledDownloadGoesOn kills earshot export with SIGKILL, again and again. Until it is whole there is no file; then it is the same as
// that of a download that nobody disturbed.
func TestAKilledDownloadGoesOn(t *testing.T) {
	t.Setenv("EARSHOT_API_TOKEN", "a-token-of-one-test")
	s := serve(t)
	const events = 300
	begun := time.Now().Add(-20 * time.Minute).Truncate(time.Second)
	for i := range events {
		at := begun.Add(time.Duration(i) * time.Second).UTC()
		body := fmt.Sprintf(`{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u==","participant":{"user_id":"1","qos":[`+
			`{"date_time":"%s","type":"audio_input","details":{"jitter":"%d ms"}},{"date_time":"%s","type":"audio_output","details":{"jitter":"4 ms"}},`+
			`{"date_time":"%s","type":"cpu_usage","details":{"zoom_avg_cpu_usage":"6%%"}}]}}}}`,
			at.UnixMilli(), at.Format(time.RFC3339), i%90, at.Format(time.RFC3339), at.Format(time.RFC3339))
		if got := s.post(body); got != http.StatusOK {
			t.Fatalf("event %d: %d", i, got)
		}
	}
	span := []string{"export", "samples", "--from", begun.Add(-time.Minute).UTC().Format(time.RFC3339), "--to", begun.Add(time.Hour).UTC().Format(time.RFC3339)}
	rows := func(address, format, out string) *exec.Cmd {
		return command(t.Context(), append(span, "--url", address, "--format", format, "--out", out)...)
	}
	whole := filepath.Join(t.TempDir(), "whole.csv")
	s.await("all samples can be downloaded", func() bool {
		_ = os.Remove(whole)
		if out, err := rows("http://"+s.web, "csv", whole).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		raw, _ := os.ReadFile(whole)
		return bytes.Count(raw, []byte("\r\n")) == 1+3*events
	})
	k := &killer{next: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: s.web})}
	front := httptest.NewServer(k)
	defer front.Close()
	for _, format := range []string{"csv", "parquet"} {
		out := filepath.Join(t.TempDir(), "killed."+format)
		k.aim(-1, nil)
		if said, err := rows(front.URL, format, filepath.Join(t.TempDir(), "undisturbed")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		least := k.asked()
		kills := downloadUnderFire(t, k, out, func() *exec.Cmd { return rows(front.URL, format, out) })
		if parts := k.asked(); kills < 3 || parts > least+kills {
			t.Errorf("%s: %d kills, %d parts asked of at least %d: it begins anew, and does not go on", format, kills, parts, least)
		}
		if format == "csv" {
			want, _ := os.ReadFile(whole)
			if got, err := os.ReadFile(out); err != nil || !bytes.Equal(want, got) {
				t.Errorf("%d bytes and not the %d of a download that nobody disturbed: %v", len(got), len(want), err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
		if format == "parquet" {
			if d := cmp.Diff(timesOfCSV(t, whole), timesOfParquet(t, out)); d != "" {
				t.Errorf("-undisturbed CSV +Parquet:\n%.1000s", d)
			}
		}
	}
}

// downloadUnderFire runs a download until it ends by itself, and returns how often it was killed.
func downloadUnderFire(t *testing.T, k *killer, out string, download func() *exec.Cmd) (kills int) {
	t.Helper()
	for {
		c := download()
		var said bytes.Buffer
		c.Stderr = &said
		started := make(chan struct{})
		if kills < 4 {
			k.aim(1+rand.IntN(2), func() { <-started; _ = c.Process.Kill() })
		} else {
			k.aim(-1, nil)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		close(started)
		err := c.Wait()
		if err == nil {
			return kills
		}
		if _, there := os.Stat(out); there == nil {
			t.Fatalf("the file is there though the download was killed: %v", err)
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("it was not killed: %v: %s", err, said.String())
		}
		kills++
	}
}

func timesOfCSV(t *testing.T, path string) (all []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(string(raw), "\uFEFF")), "\r\n")
	column := -1
	for i, name := range strings.Split(lines[0], ",") {
		if name == "at" {
			column = i
		}
	}
	for _, line := range lines[1:] {
		at, err := time.Parse(time.RFC3339Nano, strings.Split(line, ",")[column])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at.UTC().String())
	}
	return all
}

func timesOfParquet(t *testing.T, path string) (all []string) {
	t.Helper()
	type row struct {
		At int64 `parquet:"at,optional,timestamp(millisecond:utc)"`
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := parquet.NewGenericReader[row](f)
	rows := make([]row, r.NumRows())
	if n, err := r.Read(rows); n != len(rows) || err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("%d of %d rows: %v", n, len(rows), err)
	}
	for _, x := range rows {
		all = append(all, time.UnixMilli(x.At).UTC().String())
	}
	return all
}
