package web

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

//go:embed all:dist
var dist embed.FS

// Users is who may log in. *registry.Registry is one.
type Users interface {
	// Verify returns registry.ErrBadLogin for a wrong name or password, in constant time, and registry.ErrTooManyLogins.
	Verify(ctx context.Context, name, password string) (registry.User, error)
	User(ctx context.Context, name string) (registry.User, bool, error)
	// UseLoginToken uses up a token for a single login; registry.ErrBadLogin when it is not good.
	UseLoginToken(ctx context.Context, token string) (registry.User, error)
	// UsersChanged returns a channel that is closed when a user is next changed or removed.
	UsersChanged() <-chan struct{}
}

// API is what is served below /api/v1/ to whoever is logged in. *api.API is one.
type API interface {
	Handler() http.Handler
}

// Options configure a Server. API, Users and Sessions are required.
type Options struct {
	API      API
	Users    Users
	Sessions scs.CtxStore // Registry.Sessions()
	// Secure says that browsers come over TLS, here or at a proxy in front: the cookie is Secure and __Host-, and browsers
	// are told to stay with TLS.
	Secure bool
	// APIToken is EARSHOT_API_TOKEN, for scripts; "" accepts no bearer token.
	APIToken string
	// TrustedProxies may say in X-Forwarded-For where a request came from; that is only used to slow down guessing.
	TrustedProxies []netip.Prefix
	// Alertmanager is Alertmanager's API v2, at /api/v2/; it is served below /alertmanager/. nil: there is none.
	Alertmanager http.Handler
	// PromQL is Prometheus' query API, at /prometheus/api/v1/; nil: there is none.
	PromQL  http.Handler
	Metrics http.Handler                // of /metrics and what is below; nil: 404
	Healthy func(context.Context) error // nil: always
	Ready   func(context.Context) error // nil: always
	// UI is what dist/ holds; nil: what was built into the binary.
	UI     fs.FS
	Logger *slog.Logger // nil discards
}

// Server answers browsers and scripts.
type Server struct {
	o        Options
	log      *slog.Logger
	sessions *scs.SessionManager
	token    *[sha256.Size]byte // of the bearer token, nil for none
	limits   *limiter
	handler  http.Handler
}

// New returns a server.
func New(o Options) (*Server, error) {
	if o.API == nil || o.Users == nil || o.Sessions == nil {
		return nil, errors.New("web: API, Users and Sessions are required")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, log: o.Logger, sessions: newSessions(o.Sessions, o.Secure), limits: newLimiter()}
	if o.APIToken != "" {
		sum := sha256.Sum256([]byte(o.APIToken))
		s.token = &sum
	}
	if o.UI == nil {
		ui, err := fs.Sub(dist, "dist")
		if err != nil {
			return nil, fmt.Errorf("web: open the built UI: %w", err)
		}
		o.UI = ui
	}
	ui, err := newStatic(o.UI)
	if err != nil {
		return nil, fmt.Errorf("web: read the built UI: %w", err)
	}
	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	// Rows of the event stream are much alike: compressed they are a tenth, which matters where a thousand meetings run.
	zipEvents, err := gzhttp.NewWrapper(gzhttp.MinSize(0), gzhttp.EnableZstd(false), gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.handler = s.routes(ui, zip, zipEvents)
	return s, nil
}

// routes is the table of everything that is served.
func (s *Server) routes(ui http.Handler, zip, zipEvents func(http.Handler) http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.check(s.o.Healthy))
	mux.HandleFunc("GET /readyz", s.check(s.o.Ready))
	mux.Handle("GET /metrics", s.authenticated(s.metrics()))
	mux.Handle("GET /metrics/", s.authenticated(s.metrics()))
	mux.HandleFunc("GET "+sessionPath, s.getSession)
	mux.HandleFunc("POST "+sessionPath, s.postSession)
	mux.HandleFunc("DELETE "+sessionPath, s.deleteSession)
	reads := s.o.API.Handler()
	mux.Handle("/api/", s.authenticated(zip(reads)))
	mux.Handle("GET /api/v1/events", s.authenticated(s.whileGood(zipEvents(reads))))
	mux.Handle("GET /api/v1/export/", s.authenticated(s.whileGood(zip(reads))))
	if s.o.PromQL != nil {
		mux.Handle(promQLPath, s.authenticated(s.o.PromQL))
	}
	if s.o.Alertmanager != nil {
		mux.Handle(alertmanagerPath+"api/v2/", s.authenticated(s.alertmanager()))
	}
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("once") && r.Method == http.MethodGet {
			s.loginOnce(w, r)
			return
		}
		ui.ServeHTTP(w, r)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			ui.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", "GET, HEAD")
		api.WriteProblem(w, http.StatusMethodNotAllowed, "Nothing is changed here.")
	})

	sites := http.NewCrossOriginProtection()
	sites.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		api.WriteProblem(w, http.StatusForbidden, "The browser says that another site sent this request.")
	}))
	return s.observed(s.headers(sites.Handler(mux)))
}

// Handler serves everything.
func (s *Server) Handler() http.Handler { return s.handler }

func (s *Server) metrics() http.Handler {
	if s.o.Metrics != nil {
		return s.o.Metrics
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		api.WriteProblem(w, http.StatusNotFound, "Metrics are not served here.")
	})
}

// check answers a health check. What is wrong stands in the log: anybody may ask.
func (s *Server) check(fn func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		w.Header().Set("Cache-Control", "no-store")
		if fn != nil {
			if err := fn(ctx); err != nil {
				s.log.Info("health check", "path", r.URL.Path, "err", err)
				api.WriteProblem(w, http.StatusServiceUnavailable, "Not now; the log of the monitor says why.")
				return
			}
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // the client may be gone
	}
}
