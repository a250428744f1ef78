package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/earshot/earshot"
)

const (
	// journalHeader names the journal in every answer: a position belongs to it.
	journalHeader = "Earshot-Journal"
	// idleEvery is the pause after which a stream without records says that it lives.
	idleEvery = 5 * time.Second
	// maxPoll bounds how long a Read waits for the first record.
	maxPoll = 5 * time.Second
	// coalesce is how long a stream waits for company after the first new record: it saves most of the system calls at a
	// thousand events a second, and costs nothing that a person or an alert would notice.
	coalesce = 2 * time.Millisecond
	// maxStreams bounds concurrent Follows: each has a buffer of about a megabyte.
	maxStreams = 32
)

// Info says which journal it is and what it holds.
type Info struct {
	Journal string          `json:"journal"`
	First   uint64          `json:"first"`  // oldest readable record; tail+1 when there is none
	Tail    uint64          `json:"tail"`   // last durable record; 0 when there is none
	Oldest  earshot.Instant `json:"oldest"` // receipt of the first record; 0 when there is none
	Live    bool            `json:"live"`   // a receiver is appending
}

// Server is the journal's socket protocol as an http.Handler. Who can reach it can read everything: serve it on a socket
// of mode 0600 ([Listen]) or behind client certificates.
type Server struct {
	j        *Journal
	figures  func() any
	log      *slog.Logger
	mux      *http.ServeMux
	streams  chan struct{}
	frames   sync.Pool // of *frameWriter, for records
	reverify atomic.Pointer[func() (int, error)]
}

// NewServer serves j. figures returns the receiver's own figures, encoded as JSON; nil serves none. Once j is closed
// every stream ends; end j's streams before http.Server.Shutdown, which waits for them, or use http.Server.Close.
func NewServer(j *Journal, figures func() any, logger *slog.Logger) *Server {
	s := &Server{j: j, figures: figures, log: logger, mux: http.NewServeMux(), streams: make(chan struct{}, maxStreams)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /v1/info":              s.info,
		"GET /v1/records":           s.records,
		"GET /v1/follow":            s.follow,
		"GET /v1/stats":             s.stats,
		"GET /v1/figures":           s.showFigures,
		"PUT /v1/cursors/{name}":    s.setCursor,
		"DELETE /v1/cursors/{name}": s.deleteCursor,
		"GET /v1/quarantine":        s.quarantined,
		"POST /v1/reverify":         s.runReverify,
	} {
		s.mux.Handle(pattern, s.handle(h))
	}
	return s
}

// OnReverify sets what a client's Reverify runs: Journal.Reverify with the receiver's secrets. Without it 501 is answered.
func (s *Server) OnReverify(fn func() (accepted int, err error)) { s.reverify.Store(&fn) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// statusError is an error with its HTTP status.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func badRequest(format string, args ...any) error {
	return &statusError{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

// handle turns an error that came before the answer into a status and a JSON body.
func (s *Server) handle(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(journalHeader, s.j.ID())
		err := h(w, r)
		if err == nil {
			return
		}
		status := http.StatusInternalServerError
		var withStatus *statusError
		var gap *GapError
		switch {
		case errors.As(err, &withStatus):
			status = withStatus.status
		case errors.As(err, &gap):
			status = http.StatusGone
		case errors.Is(err, ErrClosed):
			status = http.StatusServiceUnavailable
		case r.Context().Err() != nil:
			return // the client is gone
		default:
			s.log.Error("journal request", slog.String("path", r.URL.Path), slog.Any("err", err))
		}
		answer := errorAnswer{Error: err.Error()}
		if gap != nil {
			answer.From, answer.To = gap.From, gap.To
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	})
}

// errorAnswer is the body of every answer that is not 200.
type errorAnswer struct {
	Error string `json:"error"`
	From  uint64 `json:"from,omitempty"` // of a gap
	To    uint64 `json:"to,omitempty"`
}

func writeJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // a client that went away notices itself
	return nil
}

func (s *Server) info(w http.ResponseWriter, _ *http.Request) error {
	info := infoOf(s.j)
	info.Live = true
	return writeJSON(w, info)
}

func infoOf(j *Journal) Info {
	st := j.Stats()
	return Info{Journal: st.Journal, First: st.First, Tail: st.Tail, Oldest: st.Oldest}
}

func (s *Server) stats(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, s.j.Stats())
}

func (s *Server) showFigures(w http.ResponseWriter, _ *http.Request) error {
	if s.figures == nil {
		return writeJSON(w, struct{}{})
	}
	return writeJSON(w, s.figures())
}

func uintParam(r *http.Request, name string) (uint64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, badRequest("parameter %s is %q, expected a number", name, text)
	}
	return n, nil
}

// records answers one frame, or none when nothing came within the wait.
func (s *Server) records(w http.ResponseWriter, r *http.Request) error {
	after, err := uintParam(r, "after")
	if err != nil {
		return err
	}
	most, err := uintParam(r, "max")
	if err != nil {
		return err
	}
	wait, err := uintParam(r, "wait_ms")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(time.Duration(min(wait, 1<<20))*time.Millisecond, maxPoll))
	defer cancel()
	if err := s.j.Wait(ctx, after); err != nil && ctx.Err() == nil {
		return err
	}
	f, ok := s.frames.Get().(*frameWriter)
	if !ok {
		f = &frameWriter{}
	}
	defer s.frames.Put(f)
	f.begin()
	err = s.j.scan(after, int(min(most, 100_000)), defaultReadBytes, f.add)
	if f.count == 0 {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.finish())
	return nil
}

// follow streams frames until the client goes, the journal closes, or a gap.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) error {
	after, err := uintParam(r, "after")
	if err != nil {
		return err
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return &statusError{http.StatusServiceUnavailable, fmt.Errorf("%d streams are open already", maxStreams)}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	out := &stream{w: w, flush: http.NewResponseController(w).Flush}
	if err := out.send(smallFrame(frameIdle, "", s.j.Tail())); err != nil {
		return nil
	}
	var f frameWriter // its memory serves all frames of the stream
	for {
		var gap *GapError
		switch after, err = s.sendFrom(out, &f, after); {
		case err == nil:
		case errors.As(err, &gap):
			_ = out.send(smallFrame(frameGap, "", gap.From, gap.To))
			return nil
		case out.broken != nil:
			return nil
		default:
			_ = out.send(smallFrame(frameError, err.Error()))
			return nil
		}
		if err := s.pause(r.Context(), out, after); err != nil {
			if out.broken == nil && r.Context().Err() == nil {
				_ = out.send(smallFrame(frameError, err.Error()))
			}
			return nil
		}
	}
}

// stream writes frames at once.
type stream struct {
	w      http.ResponseWriter
	flush  func() error
	broken error
}

func (o *stream) send(frame []byte) error {
	if _, err := o.w.Write(frame); err != nil {
		o.broken = err
		return err
	}
	if err := o.flush(); err != nil {
		o.broken = err
		return err
	}
	return nil
}

// sendFrom sends everything after the sequence after that is there now and returns where it came to.
func (s *Server) sendFrom(out *stream, f *frameWriter, after uint64) (uint64, error) {
	for {
		f.begin()
		if err := s.j.scan(after, frameRecordCount, frameBytes, f.add); err != nil && f.count == 0 {
			return after, err
		}
		if f.count == 0 {
			return after, nil
		}
		if err := out.send(f.finish()); err != nil {
			return after, err
		}
		after = f.last()
		if after >= s.j.Tail() {
			return after, nil
		}
	}
}

// pause waits for a record after the sequence after, and says that the stream lives while none comes.
func (s *Server) pause(ctx context.Context, out *stream, after uint64) error {
	for {
		short, cancel := context.WithTimeout(ctx, idleEvery)
		err := s.j.Wait(short, after)
		late := short.Err() != nil
		cancel()
		switch {
		case err == nil:
			return sleep(ctx, coalesce)
		case ctx.Err() != nil || !late:
			return err
		}
		if err := out.send(smallFrame(frameIdle, "", s.j.Tail())); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// cursorBody is the body of PUT /v1/cursors/{name}.
type cursorBody struct {
	Seq   uint64 `json:"seq"`
	Holds bool   `json:"holds"`
}

func (s *Server) setCursor(w http.ResponseWriter, r *http.Request) error {
	var b cursorBody
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&b); err != nil {
		return badRequest("decode cursor: %w", err)
	}
	if err := s.j.SetCursor(r.PathValue("name"), b.Seq, b.Holds); err != nil {
		return err
	}
	return writeJSON(w, struct{}{})
}

func (s *Server) deleteCursor(w http.ResponseWriter, r *http.Request) error {
	if err := s.j.DeleteCursor(r.PathValue("name")); err != nil {
		return err
	}
	return writeJSON(w, struct{}{})
}

func (s *Server) quarantined(w http.ResponseWriter, r *http.Request) error {
	most, err := uintParam(r, "max")
	if err != nil {
		return err
	}
	list, err := s.j.Quarantined(int(min(most, 1<<20)))
	if err != nil {
		return err
	}
	return writeJSON(w, list)
}

func (s *Server) runReverify(w http.ResponseWriter, _ *http.Request) error {
	fn := s.reverify.Load()
	if fn == nil {
		return &statusError{http.StatusNotImplemented, errors.New("this receiver does not verify again")}
	}
	n, err := (*fn)()
	if err != nil {
		return err
	}
	return writeJSON(w, reverifyAnswer{Accepted: n})
}

type reverifyAnswer struct {
	Accepted int `json:"accepted"`
}

// Listen makes a unix socket that only this user can connect to, in place of one that an ended process left. Open the
// journal first: its lock keeps a second receiver from taking the socket of the first.
func Listen(path string) (net.Listener, error) {
	fresh := fmt.Sprintf("%s.%d", path, os.Getpid())
	_ = os.Remove(fresh)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen on %s (a socket's path has at most 107 bytes): %w", fresh, err)
	}
	l.SetUnlinkOnClose(false) // it would remove the temporary name
	if err := errors.Join(os.Chmod(fresh, 0o600), os.Rename(fresh, path)); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, errors.Join(err, l.Close(), os.Remove(fresh)))
	}
	return l, nil
}
