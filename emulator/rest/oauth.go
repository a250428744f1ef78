package rest

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// tokenLife is the documented life of a token (expires_in 3600).
	tokenLife = time.Hour
	// maxTokens bounds what is remembered; beyond it, the tokens that end first stop being valid.
	maxTokens = 10_000
)

type oauthError struct {
	Reason string `json:"reason"`
	Error  string `json:"error"`
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	Scope       string `json:"scope"`
	APIURL      string `json:"api_url"`
}

// grant is what an access token stands for.
type grant struct {
	app  *App
	ends time.Time
}

// token answers POST /oauth/token. Parameters come in the query or as a form; both are in use.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(reason, code string) { write(w, http.StatusBadRequest, oauthError{reason, code}) }
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		refuse("Bad Request", "invalid_request")
		return
	}
	app := s.client(r)
	if app == nil {
		refuse("Invalid client_id or client_secret", "invalid_client")
		return
	}
	switch r.Form.Get("grant_type") {
	case "account_credentials":
		account := s.o.AccountID
		if account == "" {
			account = s.o.History.AccountID()
		}
		if r.Form.Get("account_id") == "" || account != "" && r.Form.Get("account_id") != account {
			refuse("Bad Request", "invalid_request")
			return
		}
	case "client_credentials":
	default:
		refuse("unsupported grant type", "unsupported_grant_type")
		return
	}
	write(w, http.StatusOK, tokenAnswer{
		AccessToken: s.issue(app), TokenType: "bearer", ExpiresIn: int(tokenLife / time.Second), Scope: strings.Join(app.Scopes, " "), APIURL: s.o.APIURL,
	})
}

// client returns the app that a request's Basic authentication proves, nil for none. The parts may be form-encoded (RFC 6749
// §2.3.1), which Zoom's ids never need.
func (s *Server) client(r *http.Request) *App {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return nil
	}
	for i := range s.o.Apps {
		a := &s.o.Apps[i]
		if a.ClientID == id && subtle.ConstantTimeCompare([]byte(a.ClientSecret), []byte(secret)) == 1 {
			return a
		}
	}
	return nil
}

// issue makes a token. Only its hash is kept.
func (s *Server) issue(app *App) string {
	raw := make([]byte, 48)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	token := "eyJzdiI6IjAwMDAwMiJ9." + base64.RawURLEncoding.EncodeToString(raw[:32]) + "." + base64.RawURLEncoding.EncodeToString(raw[32:])
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tokens) >= maxTokens {
		s.forgetTokens(now)
	}
	s.tokens[sha256.Sum256([]byte(token))] = grant{app, now.Add(tokenLife)}
	return token
}

// forgetTokens drops what has ended, and if that is not enough, whatever ends first.
func (s *Server) forgetTokens(now time.Time) {
	var oldest [sha256.Size]byte
	var ends time.Time
	for key, g := range s.tokens {
		if !g.ends.After(now) {
			delete(s.tokens, key)
		} else if ends.IsZero() || g.ends.Before(ends) {
			oldest, ends = key, g.ends
		}
	}
	if len(s.tokens) >= maxTokens {
		delete(s.tokens, oldest)
	}
}

// bearer returns the app of a request's access token. A token in the query is not accepted, as at Zoom since 2023.
func (s *Server) bearer(r *http.Request) *App {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return nil
	}
	return s.appOf(strings.TrimSpace(token))
}

// appOf returns the app of a token that is valid, nil for none.
func (s *Server) appOf(token string) *App {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.tokens[sha256.Sum256([]byte(token))]
	if !ok || !g.ends.After(s.clock()) {
		return nil
	}
	return g.app
}

// allowed reports whether an app has one of the scopes.
func (a *App) allowed(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(a.Scopes, s) })
}

// withoutCredentials is a query that can be logged.
func withoutCredentials(q url.Values) string {
	c := url.Values{}
	for k, v := range q {
		switch k {
		case "access_token", "client_secret", "jwt":
			v = []string{"…"}
		}
		c[k] = v
	}
	return c.Encode()
}
