// Package post sends requests over HTTP for destinations that the Collector has no exporter for, and classes the answers.
//
// A [Client] may be used concurrently. Redirects are not followed: credentials must not follow. No error holds the address: it may be a
// secret. What fails has the class that package export goes by: refused where the guard forbids the address or the status says so,
// throttled, permanent, or none, which is tried again. The tests of datadog and webhook drive it with peers that answer all of these.
package post

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/export"
)

// maxAnswerBytes bounds what is read of an answer.
const maxAnswerBytes = 64 << 10

// Client sends requests.
type Client struct{ client *http.Client }

// New returns a client; with a guard it goes only where the guard allows.
func New(g *deliver.Guard) *Client {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true}
	if g != nil {
		t.DialContext, t.Proxy = g.DialContext, nil // a proxy would be checked in place of the address
	}
	return &Client{&http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Do sends a request and returns the answer's body. An answer that is no success is an error of package export.
func (c *Client) Do(ctx context.Context, method, address string, header http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address is no URL")
	}
	req.Header = header.Clone()
	req.Header.Set("User-Agent", "Earshot")
	resp, err := c.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		var blocked *deliver.BlockedError
		if errors.As(err, &blocked) {
			return nil, &export.RefusedError{Err: err}
		}
		return nil, fmt.Errorf("send: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, export.StatusError(resp.StatusCode, export.ParseRetryAfter(resp.Header.Get("Retry-After"), time.Now()), string(answer))
	}
	return answer, nil
}

// Close gives up idle connections.
func (c *Client) Close() { c.client.CloseIdleConnections() }

// Gzip compresses a body, for little of a processor's time.
func Gzip(body []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(body) / 4)
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
