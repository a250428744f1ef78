package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 64 << 10

// poster sends requests through the guard. Redirects are not followed: a receiver that moved is for somebody to look at, and
// credentials must not follow.
type poster struct{ client *http.Client }

func newPoster(g *Guard) *poster {
	return &poster{&http.Client{
		Transport:     &http.Transport{DialContext: g.DialContext, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}}
}

// answerError is an answer that is no success.
type answerError struct {
	status int
	body   string
}

func (e *answerError) Error() string {
	if e.body == "" {
		return fmt.Sprintf("answered %d %s", e.status, http.StatusText(e.status))
	}
	return fmt.Sprintf("answered %d %s: %s", e.status, http.StatusText(e.status), e.body)
}

// do sends a request and returns the answer's body. The error holds no address: it may be a secret.
func (p *poster) do(ctx context.Context, method, address string, header http.Header, body []byte) (answer []byte, retry bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, false, errors.New("the address is no URL")
	}
	req.Header = header.Clone()
	req.Header.Set("User-Agent", "Earshot")
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := p.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		var blocked *BlockedError
		return nil, !errors.As(err, &blocked), fmt.Errorf("%s: %w", strings.ToLower(method), err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return nil, true, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		text := strings.Join(strings.Fields(string(answer)), " ")
		if len(text) > 200 {
			text = text[:200] + "…"
		}
		retry := resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout
		return nil, retry, &answerError{resp.StatusCode, strings.ToValidUTF8(text, "?")}
	}
	return answer, false, nil
}

// secret reads a secret from a file each time it is used, so that it can be changed.
func secret(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	s := strings.TrimSpace(string(raw))
	if s == "" || len(s) > 4096 {
		return "", fmt.Errorf("file %s: want one line with a secret", file)
	}
	return s, nil
}

// checkURL says what is wrong with an address of a receiver.
func checkURL(key, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s is not an address; want one such as https://host.example.com/path", key)
	}
	return nil
}
