package rest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxBody bounds what a client may send.
const maxBody = 1 << 20

// Server is Zoom's REST side: an http.Handler. See the package comment.
type Server struct {
	o       Options
	limiter *limiter
	pageKey []byte

	mu     sync.Mutex
	tokens map[[sha256.Size]byte]grant
}

// New makes a server and reports everything that is wrong with the options together.
func New(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	o.Apps = slices.Clone(o.Apps)
	for i := range o.Apps {
		a := &o.Apps[i]
		if a.ID == "" {
			a.ID = a.ClientID
		}
		if a.Scopes == nil {
			a.Scopes = Scopes()
		}
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return &Server{o: o, limiter: newLimiter(), pageKey: key, tokens: map[[sha256.Size]byte]grant{}}, nil
}

// clock is the time of tokens, pages and limits.
func (s *Server) clock() time.Time {
	if s.o.SimulatedClock {
		return s.o.History.Now()
	}
	return s.o.Clock()
}

// now is the simulated time.
func (s *Server) now() time.Time {
	if t := s.o.History.Now(); !t.IsZero() {
		return t
	}
	return s.o.Clock().UTC()
}

// call is one request to the API on its way to its handler.
type call struct {
	s    *Server
	r    *http.Request
	q    url.Values
	vars []string // of the path, decoded once
	app  *App
	at   *route
	// account is whose meetings, webinars and calls are asked about, "" for everybody's.
	account string
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Zm-Trackingid", trackingID())
	path := r.URL.EscapedPath()
	if path == "/oauth/token" {
		if r.Method != http.MethodPost {
			s.unknown(r, "method")
			write(w, http.StatusMethodNotAllowed, fail(0, 405, "Request method '"+r.Method+"' is not supported."))
			return
		}
		s.token(w, r)
		return
	}
	status, answer := s.api(w, r, path)
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	write(w, status, answer)
}

// api finds the route, then checks token, scopes, plan and rate, in this order, and answers.
func (s *Server) api(w http.ResponseWriter, r *http.Request, path string) (int, any) {
	refused := func(e *apiError) (int, any) { return e.status, e }
	app := s.bearer(r)
	if app == nil {
		return refused(noToken())
	}
	at, vars, otherMethod := find(r.Method, path)
	if at == nil {
		s.unknown(r, "route")
		if otherMethod {
			return refused(fail(http.StatusMethodNotAllowed, 405, "Request method '"+r.Method+"' is not supported."))
		}
		return refused(fail(http.StatusNotFound, 2300, "This API endpoint is not recognized."))
	}
	v := s.ask(at)
	v.headers(w.Header())
	if v.refused && !s.o.Unlimited {
		return refused(v.err())
	}
	if !app.allowed(at.scopes) {
		return refused(fail(http.StatusBadRequest, 4711, "Invalid access token, does not contain scopes:["+strings.Join(at.scopes[:1], ", ")+"]."))
	}
	if at.family == dashboard && s.o.Plan != PlanBusiness {
		return refused(fail(http.StatusBadRequest, 200, "Only available for ZMP and Business or higher accounts that have enabled the Dashboard feature."))
	}
	c := &call{s: s, r: r, q: r.URL.Query(), vars: vars, app: app, at: at}
	c.noteParameters()
	if e := c.findAccount(); e != nil {
		return refused(e)
	}
	status, answer, e := at.handle(c)
	if e != nil {
		return refused(e)
	}
	return status, answer
}

// findAccount decides whose data are asked about: those of the account in the path, or of the app's own. Who develops for the Video
// SDK has an account of its own, with keys of its own; here its sessions are everybody's.
func (c *call) findAccount() *apiError {
	if c.at.sub {
		c.account, c.vars = c.vars[0], c.vars[1:]
		if !slices.Contains(c.s.o.History.Accounts(), c.account) {
			return fail(http.StatusNotFound, 2001, "Account does not exist: "+c.account)
		}
		return nil
	}
	if c.at.family != videoSDK {
		c.account = c.s.o.History.AccountID()
	}
	return nil
}

// ours reports whether an account is the one that is asked about.
func (c *call) ours(account string) bool { return c.account == "" || c.account == account }

// Authorize reports whether an access token is valid now, for [emulator.WebSocket].
func (s *Server) Authorize(token string) bool { return s.appOf(token) != nil }

func (s *Server) ask(at *route) verdict {
	lim := planLimits[s.o.Plan][at.label]
	if at.family == phone {
		lim = phoneLimits[s.o.PhonePlan][at.label]
	}
	if s.o.Unlimited {
		return verdict{label: at.label, limit: lim.n, remaining: lim.n}
	}
	family := "account "
	if at.family == phone {
		family = "phone "
	}
	return s.limiter.ask(family, at.label, lim, s.clock())
}

// noteParameters warns of what Zoom would ignore.
func (c *call) noteParameters() {
	for name := range c.q {
		if !slices.Contains(c.at.params, name) {
			c.s.unknown(c.r, "parameter "+name)
		}
	}
}

// unknown logs a request that Zoom does not know, or that this package does not.
func (s *Server) unknown(r *http.Request, what string) {
	s.o.Logger.Warn("REST request with an unknown "+what+": Zoom does not document it, or the emulator does not have it",
		"method", r.Method, "path", r.URL.EscapedPath(), "query", withoutCredentials(r.URL.Query()), "user_agent", r.UserAgent())
}

// warn logs a request that can be answered but is wrong by the documents.
func (c *call) warn(message string) {
	c.s.o.Logger.Warn("REST request: "+message, "method", c.r.Method, "path", c.r.URL.EscapedPath(), "query", withoutCredentials(c.q))
}

func trackingID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return "v=2.0;clid=us02;rid=WEB_" + hex.EncodeToString(raw)
}
