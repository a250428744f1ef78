package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/earshot/earshot/internal/api"
)

// policy lets pages load their own files and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// headers sets what every answer carries.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.o.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// observed names each request, logs those that went wrong, and contains panics. Of the address only the path is logged: the
// query may hold a name that somebody looked for, or a login token.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		w.Header().Set("X-Request-Id", id)
		rec := &recorder{ResponseWriter: w}
		began := time.Now()
		defer func() {
			if v := recover(); v != nil {
				if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(v)
				}
				s.log.Error("handler panicked", "request", id, "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
				if rec.status == 0 {
					api.WriteProblem(rec, http.StatusInternalServerError, "This should not have happened; the log of the monitor says more.")
				}
			}
			if rec.status >= http.StatusInternalServerError && !isHealth(r.URL.Path) { // those log by themselves
				s.log.Warn("request did not succeed", "request", id, "method", r.Method, "path", r.URL.Path, "status", rec.status, "took", time.Since(began))
			}
		}()
		next.ServeHTTP(rec, r.WithContext(api.WithRequestID(r.Context(), id)))
	})
}

func isHealth(path string) bool { return path == "/healthz" || path == "/readyz" }

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Flush implements http.Flusher, which is what the compressing writer looks for.
func (r *recorder) Flush() {
	_ = http.NewResponseController(r.ResponseWriter).Flush() // the next write tells what is wrong
}

// Unwrap is for http.ResponseController: the event stream sets deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
