package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/earshot/earshot/zoom"
)

// secret signs the load.
const secret = "bench-secret-token"

// load is a set of requests that were signed before: each is the bytes of a whole HTTP request with a body of its own.
type load struct {
	requests [][]byte
	next     atomic.Int64
	again    bool // begin again when all were sent: for a server that stores nothing
}

// errRanOut says that a run was faster than was prepared for.
var errRanOut = errors.New("the load ran out: prepare more bodies")

// sign makes requests of bodies.
func sign(bodies [][]byte) *load {
	signer, err := zoom.NewSigner(secret)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	l := &load{requests: make([][]byte, len(bodies))}
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	for i, body := range bodies {
		l.requests[i] = fmt.Appendf(nil, "POST /webhook HTTP/1.1\r\nhost: zoom.example.com\r\nuser-agent: %s\r\ncontent-type: %s\r\n%s: %s\r\n%s: %s\r\n%s: %08x_d487_445d_8406_42b654974899\r\ncontent-length: %d\r\n\r\n%s",
			zoom.UserAgent, zoom.ContentType, zoom.HeaderTimestamp, ts, zoom.HeaderSignature, signer.Sign(ts, body), zoom.HeaderRequestID, i, len(body), body)
	}
	return l
}

// take returns the next request, nil when all were sent.
func (l *load) take() []byte {
	i := l.next.Add(1) - 1
	if l.again {
		i %= int64(len(l.requests))
	}
	if i >= int64(len(l.requests)) {
		return nil
	}
	return l.requests[i]
}

// left returns how many requests were not sent.
func (l *load) left() int { return max(0, len(l.requests)-int(l.next.Load())) }

// result is what a run measured.
type result struct {
	sent, ok, refused int64
	took              time.Duration
	cpu               time.Duration           // of the server, for each request
	latency           *hdrhistogram.Histogram // microseconds, from the moment a request was due
	late              *hdrhistogram.Histogram // microseconds, from then until it was sent: for want of a connection, or of the sender's own
}

func (r *result) perSecond() float64 { return float64(r.ok) / r.took.Seconds() }

func (r *result) p99() time.Duration {
	return time.Duration(r.latency.ValueAtQuantile(99)) * time.Microsecond
}

// run sends over connections for d, as fast as answers come (rate 0) or at a rate of requests a second, whatever the
// answers do: a late answer does not make the next request late.
func (l *load) run(ctx context.Context, address string, connections int, rate float64, d time.Duration) (*result, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	total := &result{latency: microseconds(), late: microseconds()}
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	start := time.Now()
	var due <-chan time.Time
	if rate > 0 {
		due = pace(ctx, start, rate, d)
	}
	for range connections {
		wg.Go(func() {
			one, err := l.connection(ctx, address, due)
			mu.Lock()
			defer mu.Unlock()
			if !errors.Is(failed, err) { // most fail alike
				failed = errors.Join(failed, err)
			}
			if one != nil {
				total.sent, total.ok, total.refused = total.sent+one.sent, total.ok+one.ok, total.refused+one.refused
				total.latency.Merge(one.latency)
				total.late.Merge(one.late)
			}
		})
	}
	wg.Wait()
	total.took = time.Since(start)
	return total, failed
}

// connection sends one request after the other over one connection: whenever one is due, or as soon as the last was answered (due nil).
func (l *load) connection(ctx context.Context, address string, due <-chan time.Time) (*result, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	r := bufio.NewReaderSize(c, 4096)
	out := &result{latency: microseconds(), late: microseconds()}
	for ctx.Err() == nil {
		at := time.Now()
		if due != nil {
			next, more := <-due
			if !more {
				return out, nil
			}
			at = next
		}
		request := l.take()
		if request == nil {
			return out, errRanOut
		}
		out.sent++
		record(out.late, time.Since(at))
		if _, err := c.Write(request); err != nil {
			return out, fmt.Errorf("send: %w", err)
		}
		status, err := answer(r)
		if err != nil {
			return out, fmt.Errorf("read answer: %w", err)
		}
		if status == 200 {
			out.ok++
		} else {
			out.refused++
		}
		record(out.latency, time.Since(at))
	}
	return out, nil
}

// longest is the most that a histogram below tells, in microseconds.
const longest = 60_000_000

func microseconds() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, 3) }

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 1), longest)) // in range by construction
}

// answer reads one response: the status and as many body bytes as it says. It understands what net/http writes.
func answer(r *bufio.Reader) (status int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, fmt.Errorf("status line %q", line)
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return status, err
		}
		if len(line) <= 2 {
			break
		}
		const name = "Content-Length: "
		if len(line) > len(name) && string(line[:len(name)]) == name {
			if length, err = strconv.Atoi(string(line[len(name) : len(line)-2])); err != nil {
				return status, fmt.Errorf("header %q", line)
			}
		}
	}
	_, err = r.Discard(length)
	return status, err
}

// bareServer answers what a webhook endpoint must at least: read the body, 200; with the settings of the endpoint's own server.
// Everything is measured against it.
func bareServer(address string) error {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	return (&http.Server{Addr: address, ReadHeaderTimeout: 5 * time.Second, Handler: handler}).ListenAndServe()
}
