package emulator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot/zoom"
)

const (
	// shortestToken is the least expires_in that Zoom accepts, in seconds; its own example has 3599.
	shortestToken = 3599
	// tokenMargin is how long before its end a token is no longer used.
	tokenMargin = 30 * time.Second
)

// ErrNoToken says that the receiver's token URL gave no token: Zoom's CanNotGetAccessToken, after which it tries again.
var ErrNoToken = errors.New("no token from the receiver's token URL")

// tokenSource fetches the token of HeaderOAuth and keeps it for expires_in, in wall time. It serves many goroutines; they wait
// for one exchange together.
type tokenSource struct {
	header *OwnHeader
	client *http.Client
	mu     sync.Mutex
	token  string
	until  time.Time
}

// get returns a token that is still valid.
func (t *tokenSource) get(ctx context.Context) (string, error) {
	if t.header.Mode != HeaderOAuth {
		return "", nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && time.Now().Before(t.until) {
		return t.token, nil
	}
	token, life, err := t.exchange(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoToken, err)
	}
	t.token, t.until = token, time.Now().Add(life-tokenMargin)
	return token, nil
}

// exchange makes the documented request: a POST with everything in the query and no body; with ClientInBody the client's id
// and secret are a form.
func (t *tokenSource) exchange(ctx context.Context) (string, time.Duration, error) {
	req, err := t.request(ctx)
	if err != nil {
		return "", 0, err
	}
	res, err := t.client.Do(req)
	if err != nil {
		return "", 0, withoutURL(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return "", 0, fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("status %d, want 200", res.StatusCode)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   any    `json:"expires_in"` // text in Zoom's example, a number in RFC 6749
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", 0, errors.New("the answer is not a JSON object with access_token and expires_in")
	}
	seconds, err := strconv.ParseFloat(fmt.Sprint(answer.ExpiresIn), 64)
	switch {
	case answer.AccessToken == "":
		return "", 0, errors.New("the answer has no access_token")
	case err != nil || !(seconds >= shortestToken && seconds < 1e9):
		return "", 0, fmt.Errorf("expires_in %v: Zoom wants at least %d seconds", answer.ExpiresIn, shortestToken)
	}
	return answer.AccessToken, time.Duration(seconds) * time.Second, nil
}

func (t *tokenSource) request(ctx context.Context) (*http.Request, error) {
	h := t.header
	u, err := url.Parse(h.TokenURL)
	if err != nil {
		return nil, errors.New("the token URL is none")
	}
	query := u.Query()
	query.Set("grant_type", "client_credentials")
	if h.Scope != "" {
		query.Set("scope", h.Scope)
	}
	if h.State != "" {
		query.Set("state", h.State)
	}
	u.RawQuery = query.Encode()
	var form string
	if h.ClientIn == ClientInBody {
		form = url.Values{"client_id": {h.ClientID}, "client_secret": {string(h.ClientSecret)}}.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form))
	if err != nil {
		return nil, errors.New("the token URL is none")
	}
	req.Header.Set("User-Agent", zoom.UserAgent)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Encoding", "gzip")
	if h.ClientIn != ClientInBody {
		req.Header.Set("Authorization", basic(h.ClientID, h.ClientSecret))
	}
	return req, nil
}

func basic(user string, password zoom.Secret) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+string(password)))
}

// withoutURL takes the address out of a client's error: it may carry a secret in its query.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
