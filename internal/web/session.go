package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

const (
	sessionPath     = "/api/v1/session"
	sessionIdle     = 12 * time.Hour
	sessionLifetime = 7 * 24 * time.Hour
	// touchEvery is how often a session in use is written again; each write is an fsync, and pages ask every second.
	touchEvery   = 5 * time.Minute
	maxLoginBody = 8 << 10

	keyUser = "user"
	keyAs   = "as"   // when its user was last changed: after another change it is worth nothing
	keySeen = "seen" // when it was last written, milliseconds since the epoch
)

func newSessions(store scs.CtxStore, secure bool) *scs.SessionManager {
	// Not scs.New, which begins with a store in memory and a goroutine that cleans it.
	m := &scs.SessionManager{
		Store: store, IdleTimeout: sessionIdle, Lifetime: sessionLifetime, Codec: scs.GobCodec{},
		Cookie: scs.SessionCookie{Name: "earshot_session", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure, Persist: true},
	}
	if secure {
		m.Cookie.Name = "__Host-earshot_session"
	}
	return m
}

// errNobody means that a request carries no good session or token.
var errNobody = errors.New("not logged in")

// whoever returns who sent the request, and notes that their session is in use.
func (s *Server) whoever(w http.ResponseWriter, r *http.Request) (api.Session, error) {
	who, session, err := s.identify(r)
	if err != nil || session == nil {
		return who, err
	}
	if now := time.Now(); now.Sub(time.UnixMilli(s.sessions.GetInt64(session, keySeen))) >= touchEvery {
		s.sessions.Put(session, keySeen, now.UnixMilli())
		if err := s.commit(session, w); err != nil {
			return api.Session{}, err
		}
	}
	return who, nil
}

// identify returns who sent the request: by bearer token where there is one, else by session, which is in the context that it
// returns.
func (s *Server) identify(r *http.Request) (api.Session, context.Context, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if s.token == nil || !strings.EqualFold(scheme, "Bearer") {
			return api.Session{}, nil, errNobody
		}
		sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
		if subtle.ConstantTimeCompare(sum[:], s.token[:]) != 1 {
			return api.Session{}, nil, errNobody
		}
		return api.Session{User: "EARSHOT_API_TOKEN", Role: string(registry.RoleViewer)}, nil, nil
	}
	ctx, err := s.load(r)
	if err != nil {
		return api.Session{}, nil, err
	}
	name := s.sessions.GetString(ctx, keyUser)
	if name == "" {
		return api.Session{}, nil, errNobody
	}
	u, ok, err := s.o.Users.User(ctx, name)
	if err != nil {
		return api.Session{}, nil, err
	}
	// Equal, not later: the clock may have been set back, and a password may change while it is compared.
	if as := earshot.Instant(s.sessions.GetInt64(ctx, keyAs)); !ok || u.Changed != as {
		return api.Session{}, nil, errNobody
	}
	return api.Session{User: u.Name, Role: string(u.Role)}, ctx, nil
}

// load reads the session that the cookie names, an empty one when there is none.
func (s *Server) load(r *http.Request) (context.Context, error) {
	token := ""
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("load the session: %w", err)
	}
	return ctx, nil
}

// commit stores the session and sets its cookie.
func (s *Server) commit(ctx context.Context, w http.ResponseWriter) error {
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("store the session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// authenticated lets those pass who are logged in and may do what they ask for.
func (s *Server) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.whoever(w, r)
		if err != nil {
			s.refuse(w, err)
			return
		}
		if !may(who, r.Header.Get("Authorization") != "", r) {
			api.WriteProblem(w, http.StatusForbidden, "Only admins change this; with EARSHOT_API_TOKEN alerts can be silenced and acknowledged.")
			return
		}
		next.ServeHTTP(w, r.WithContext(api.WithWho(r.Context(), who)))
	})
}

// askAgainEvery is how long somebody may be served who has logged out, or whose session has expired, meanwhile.
const askAgainEvery = time.Minute

// whileGood ends answers that take long (event streams, downloads) once whoever is served may not be any more: at once when a user is
// changed or removed.
func (s *Server) whileGood(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		go func() {
			t := time.NewTicker(askAgainEvery)
			defer t.Stop()
			for {
				changed := s.o.Users.UsersChanged() // before it is asked, so that no change falls between
				if _, _, err := s.identify(r); errors.Is(err, errNobody) {
					cancel()
					return
				}
				select {
				case <-changed:
				case <-t.C:
				case <-ctx.Done():
					return
				}
			}
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, errNobody) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Earshot"`)
		api.WriteProblem(w, http.StatusUnauthorized, "Log in first: at /login, or with the bearer token in EARSHOT_API_TOKEN.")
		return
	}
	s.log.Error("session", "err", err)
	api.WriteProblem(w, http.StatusServiceUnavailable, "Sessions cannot be read now; the log of the monitor says why.")
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) {
	session, err := s.whoever(w, r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	writeSession(w, session)
}

func writeSession(w http.ResponseWriter, session api.Session) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(session) // the client may be gone
}

func (s *Server) postSession(w http.ResponseWriter, r *http.Request) {
	// A form of another site cannot send this type; the browser's own word was checked before.
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		api.WriteProblem(w, http.StatusUnsupportedMediaType, "Send application/json.")
		return
	}
	var login api.Login
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLoginBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&login); err != nil || d.Decode(&struct{}{}) != io.EOF || login.User == "" || login.Password == "" {
		api.WriteProblem(w, http.StatusUnprocessableEntity, `Send {"user": …, "password": …}.`)
		return
	}
	address := s.clientAddress(r)
	if ok, wait := s.limits.allow(address, login.User); !ok {
		tooMany(w, wait)
		return
	}
	u, err := s.o.Users.Verify(r.Context(), login.User, login.Password)
	switch {
	case errors.Is(err, registry.ErrTooManyLogins):
		tooMany(w, 5*time.Second)
		return
	case errors.Is(err, registry.ErrBadLogin):
		s.log.Warn("login refused", "network", networkOf(address))
		api.WriteProblem(w, http.StatusUnauthorized, "Wrong user or password.")
		return
	case err != nil:
		s.refuse(w, err)
		return
	}
	if err := s.begin(w, r, u); err != nil {
		s.refuse(w, err)
		return
	}
	s.limits.forgive(address, login.User)
	writeSession(w, api.Session{User: u.Name, Role: string(u.Role)})
}

func tooMany(w http.ResponseWriter, wait time.Duration) {
	seconds := int(wait/time.Second) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	api.WriteProblem(w, http.StatusTooManyRequests, fmt.Sprintf("Too many attempts. Try again in %d s.", seconds))
}

// begin makes a new session, whatever token the browser brought: nobody can have planted it.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, u registry.User) error {
	if old, err := s.load(r); err == nil && s.sessions.Token(old) != "" {
		if err := s.sessions.Destroy(old); err != nil {
			return fmt.Errorf("end the session before: %w", err)
		}
	}
	ctx, err := s.sessions.Load(r.Context(), "")
	if err != nil {
		return fmt.Errorf("make a session: %w", err)
	}
	s.sessions.Put(ctx, keyUser, u.Name)
	s.sessions.Put(ctx, keyAs, int64(u.Changed))
	s.sessions.Put(ctx, keySeen, time.Now().UnixMilli())
	return s.commit(ctx, w)
}

// loginOnce is the link that a demonstration prints. The token is used up; the page that follows does not have it in its
// address.
func (s *Server) loginOnce(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if ok, wait := s.limits.allow(s.clientAddress(r), ""); !ok {
		tooMany(w, wait)
		return
	}
	u, err := s.o.Users.UseLoginToken(r.Context(), r.URL.Query().Get("once"))
	if errors.Is(err, registry.ErrBadLogin) {
		http.Redirect(w, r, "/login?expired=1", http.StatusSeeOther)
		return
	}
	if err == nil {
		err = s.begin(w, r, u)
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request) {
	ctx, err := s.load(r)
	if err == nil && s.sessions.Token(ctx) != "" {
		err = s.sessions.Destroy(ctx)
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	s.sessions.WriteSessionCookie(r.Context(), w, "", time.Time{})
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
