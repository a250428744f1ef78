package receive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"

	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/zoom"
)

// nowhere is a journal that keeps nothing.
type nowhere struct{}

func (nowhere) Append(context.Context, journal.Record) (journal.AppendResult, error) {
	return journal.AppendResult{Seq: 1}, nil
}
func (nowhere) Quarantine(journal.QuarantinedRequest) error { return nil }

func handlerOf(t *testing.T, most, inFlight int64) *Handler {
	t.Helper()
	h, err := New(Options{Journal: nowhere{}, MaxBodyBytes: most, MaxInFlightBytes: inFlight, Subscriptions: []Subscription{{Secrets: []zoom.Secret{"s"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestBodiesOfEveryLength(t *testing.T) {
	const most = 40_000
	whole := bytes.Repeat([]byte("earshot "), most/8+1)
	for _, n := range []int{0, 1, firstBytes - 1, firstBytes, firstBytes + 1, 2 * firstBytes, 20_000, most - 1, most, most + 1} {
		for name, reader := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "in halves": iotest.HalfReader, "with its end": iotest.DataErrReader} {
			h := handlerOf(t, most, most)
			body, reserved, err := h.read(nil, http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(reader(bytes.NewReader(whole[:n]))), most))
			var large *http.MaxBytesError
			if tooLong := n > most; errors.As(err, &large) != tooLong || !tooLong && (err != nil || !bytes.Equal(body, whole[:n])) {
				t.Errorf("%d bytes, %s: %d came, %v", n, name, len(body), err)
			}
			if reserved < int64(min(n, most)) || reserved > most {
				t.Errorf("%d bytes, %s: %d reserved", n, name, reserved)
			}
		}
	}
}

// TestWhoAnnouncesMuchKeepsNobodyOut has a hundred requests under way that announce a megabyte each, of which nothing comes.
func TestWhoAnnouncesMuchKeepsNobodyOut(t *testing.T) {
	h := handlerOf(t, 1<<20, 2<<20)
	reading := make(chan struct{})
	ended := make(chan struct{})
	senders := make([]*io.PipeWriter, 100)
	for i := range senders {
		r, w := io.Pipe()
		senders[i] = w
		go func() {
			req := httptest.NewRequest(http.MethodPost, "/webhook", io.MultiReader(signal(reading), r))
			req.ContentLength = 1 << 20
			h.ServeHTTP(httptest.NewRecorder(), req)
			ended <- struct{}{}
		}()
		<-reading
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/webhook", bytes.NewReader(make([]byte, 100_000))))
	if w.Code == http.StatusServiceUnavailable {
		t.Errorf("an event beside them is answered %d", w.Code)
	}
	for _, s := range senders {
		s.CloseWithError(io.ErrUnexpectedEOF)
		<-ended
	}
	if !h.inFlight.TryAcquire(2 << 20) {
		t.Error("they are gone, and what was reserved for them is not free")
	}
}

func TestBodiesAreBoundedTogether(t *testing.T) {
	h := handlerOf(t, 1<<20, 1<<20)
	if !h.inFlight.TryAcquire(1<<20 - firstBytes) {
		t.Fatal("nothing is free at the beginning")
	}
	for n, want := range map[int]bool{firstBytes - 1: false, 2 * firstBytes: true} {
		_, reserved, err := h.read(nil, bytes.NewReader(make([]byte, n)))
		if errors.Is(err, errFull) != want || reserved != firstBytes {
			t.Errorf("%d bytes: %d reserved, %v", n, reserved, err)
		}
		h.inFlight.Release(reserved)
	}
}

// signal is an empty reader that tells when it is read.
type signal chan struct{}

func (s signal) Read([]byte) (int, error) {
	s <- struct{}{}
	return 0, io.EOF
}
