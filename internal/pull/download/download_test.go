package download_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/earshot/earshot/internal/pull/download"
)

// line is a row of the Parquet that the server sends.
type line struct {
	N int64 `parquet:"n"`
}

const (
	rows  = 100
	apart = 10 // rows a part
)

// server has a hundred rows. The parts in broken break off in the middle, once each; those in refused are answered 503 once.
type server struct {
	t               *testing.T
	broken, refused map[int]bool
	last            int // stops answering after so many parts

	// A connection that breaks off tells the client nothing that orders its next question after what the handler did.
	mu    sync.Mutex
	asked int
}

// again forgets what was asked, stops at no part any more, and returns how many parts were asked for.
func (s *server) again() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.last, s.asked = 0, 0
	return asked
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	from, _ := strconv.Atoi(r.URL.Query().Get("after"))
	switch part := from / apart; {
	case r.URL.Path != "/api/v1/export/minutes" || r.Header.Get("Authorization") != "Bearer secret" || r.URL.Query().Get("limit") == "":
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"detail":"Who are you?"}`)
		return
	case s.last > 0 && part >= s.last:
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	case s.refused[part]:
		delete(s.refused, part)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var body bytes.Buffer
	if r.URL.Query().Get("format") == "parquet" {
		p := parquet.NewGenericWriter[line](&body)
		for n := range apart {
			if _, err := p.Write([]line{{int64(from + n)}}); err != nil {
				s.t.Error(err)
			}
		}
		if err := p.Close(); err != nil {
			s.t.Error(err)
		}
	} else {
		for n := range apart {
			fmt.Fprintf(&body, "%d\n", from+n)
		}
	}
	w.Header().Set("Earshot-Rows", strconv.Itoa(apart))
	w.Header().Set("Earshot-Done", strconv.FormatFloat(float64(from+apart)/rows, 'f', 4, 64))
	if from+apart < rows {
		w.Header().Set("Earshot-Next", strconv.Itoa(from+apart))
	}
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	if s.broken[from/apart] {
		delete(s.broken, from/apart)
		_, _ = w.Write(body.Bytes()[:body.Len()/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body.Bytes())
}

func whole() string {
	var b strings.Builder
	for n := range rows {
		fmt.Fprintln(&b, n)
	}
	return b.String()
}

// world is a server and options that ask it.
func world(t *testing.T, s *server, format string) download.Options {
	s.t = t
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return download.Options{
		Client: web.Client(), Base: web.URL, Token: "secret", What: "minutes", To: filepath.Join(t.TempDir(), "out"), Patience: 20 * time.Second,
		Query: url.Values{"from": {"2026-03-02T09:00:00Z"}, "to": {"2026-03-02T10:00:00Z"}, "format": {format}},
	}
}

func run(t *testing.T, o download.Options) (download.Progress, error) {
	t.Helper()
	d, err := download.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d.Run(t.Context())
}

// left are the files beside the download.
func left(t *testing.T, o download.Options) (out []string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(o.To))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		out = append(out, f.Name())
	}
	return out
}

func TestBrokenAnswersAreAskedAgain(t *testing.T) {
	o := world(t, &server{broken: map[int]bool{0: true, 7: true}, refused: map[int]bool{3: true}}, "csv")
	var seen []float64
	o.Progress = func(p download.Progress) { seen = append(seen, p.Done) }
	p, err := run(t, o)
	if err != nil || p.Rows != rows || len(seen) != 10 || seen[9] != 1 {
		t.Fatalf("%+v, %v, progress %v", p, err, seen)
	}
	if raw, err := os.ReadFile(o.To); err != nil || string(raw) != whole() {
		t.Errorf("%v, %d bytes: not the rows", err, len(raw))
	}
	if got := left(t, o); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func TestInterruptedDownloadsGoOn(t *testing.T) {
	for _, format := range []string{"csv", "parquet"} {
		s := &server{last: 4}
		o := world(t, s, format)
		o.Asked = "the last 30 days"
		if _, err := run(t, o); err == nil {
			t.Fatal("the server stops answering, and nobody notices")
		}
		if _, err := os.Stat(o.To); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("half a file has the name of a whole one: %v", err)
		}
		if format == "csv" { // a crash in the middle of the fifth part
			f, err := os.OpenFile(o.To+".partial", os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteString("40\n41\n4")
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		}
		other := o
		other.Asked = "the last 7 days"
		if _, err := download.New(other); err == nil || !strings.Contains(err.Error(), "another question") {
			t.Errorf("another question goes on with it: %v", err)
		}
		s.again()
		o.Query = url.Values{"from": {"2026-03-02T09:30:00Z"}, "to": {"2026-03-02T10:30:00Z"}, "format": {format}} // the same words, later
		p, err := run(t, o)
		if asked := s.again(); err != nil || p.Rows != rows || !p.Resumed || asked != 6 {
			t.Errorf("%s: %+v, %v, %d parts asked for, want the 6 that were missing", format, p, err, asked)
		}
		raw, err := os.ReadFile(o.To)
		if err != nil {
			t.Fatal(err)
		}
		if format == "parquet" {
			var b strings.Builder
			all, err := parquet.Read[line](bytes.NewReader(raw), int64(len(raw)))
			for _, x := range all {
				fmt.Fprintln(&b, x.N)
			}
			if raw = []byte(b.String()); err != nil {
				t.Error(err)
			}
		}
		if string(raw) != whole() {
			t.Errorf("%s: rows are missing or doubled:\n%s", format, raw)
		}
		if got := left(t, o); len(got) != 1 {
			t.Errorf("left behind: %v", got)
		}
		if _, err := download.New(o); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("a file is written over: %v", err)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := &server{}
	o := world(t, s, "csv")
	o.Token = "wrong"
	_, err := run(t, o)
	if asked := s.again(); err == nil || !strings.Contains(err.Error(), "Who are you?") || !strings.Contains(err.Error(), "EARSHOT_API_TOKEN") || asked != 1 {
		t.Errorf("a wrong token: %v after %d questions, want the answer's words after one", err, asked)
	}
	o = world(t, &server{}, "parquet")
	o.To, o.Out = "-", io.Discard
	if _, err := download.New(o); err == nil {
		t.Error("Parquet goes to standard output")
	}
	o = world(t, &server{broken: map[int]bool{2: true}}, "jsonl")
	var out bytes.Buffer
	o.To, o.Out = "-", &out
	if _, err := run(t, o); err != nil || out.String() != whole() {
		t.Errorf("to standard output: %v, %d bytes", err, out.Len())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o = world(t, &server{}, "csv")
	d, err := download.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
