package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// silence is how long a stream may say nothing at all before it is taken for dead: three times idleEvery.
const silence = 3 * idleEvery

// ErrSilent says that the server sent nothing for too long, not even that it is idle.
var ErrSilent = errors.New("the journal's server is silent")

// Client reads a journal over its socket. It may be used concurrently, retries nothing and returns every error. Once it
// knows the journal's id, from the first answer, an answer of another journal is ErrJournalChanged: dial again then.
type Client struct {
	http *http.Client
	base string
	id   atomic.Pointer[string]
}

// Dial returns a client for the unix socket. It does not connect yet.
func Dial(socketPath string) (*Client, error) {
	if socketPath == "" {
		return nil, errors.New("dial journal: the socket's path is empty")
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return NewClient(&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socketPath)
		},
		ResponseHeaderTimeout: silence,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       time.Minute,
		DisableCompression:    true,
	}}, "http://journal"), nil
}

// NewClient returns a client over any transport, such as TLS. base is scheme and host, without a slash at the end.
func NewClient(c *http.Client, base string) *Client { return &Client{http: c, base: base} }

// Close gives up idle connections. Calls that run are ended by their contexts.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// do sends a request and returns the body of a good answer.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, body any) (io.ReadCloser, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, payload)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask journal: %w", err)
	}
	err = c.check(resp)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = answerError(resp)
	}
	if err != nil {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return resp.Body, nil
}

// check compares the journal that answered with the one that answered first.
func (c *Client) check(resp *http.Response) error {
	got := resp.Header.Get(journalHeader)
	if got == "" {
		return errors.New("the answer names no journal: is this the journal's socket?")
	}
	if c.id.CompareAndSwap(nil, &got) {
		return nil
	}
	if want := *c.id.Load(); got != want {
		return fmt.Errorf("%w: from %s to %s", ErrJournalChanged, want, got)
	}
	return nil
}

func answerError(resp *http.Response) error {
	var a errorAnswer
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&a); err != nil {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	switch {
	case resp.StatusCode == http.StatusGone && a.To > 0:
		return &GapError{From: a.From, To: a.To}
	case resp.StatusCode == http.StatusServiceUnavailable:
		return fmt.Errorf("%w: %s", ErrClosed, a.Error)
	default:
		return fmt.Errorf("status %d: %s", resp.StatusCode, a.Error)
	}
}

func (c *Client) getJSON(ctx context.Context, method, path string, query url.Values, body, into any) error {
	answer, err := c.do(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Close() }()
	if into == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(answer, 1<<20))
	} else {
		err = json.NewDecoder(answer).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("%s %s: decode answer: %w", method, path, err)
	}
	return nil
}

// Info says which journal it is and what it holds.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var info Info
	return info, c.getJSON(ctx, http.MethodGet, "/v1/info", nil, nil, &info)
}

// Stats returns the journal's figures.
func (c *Client) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	return s, c.getJSON(ctx, http.MethodGet, "/v1/stats", nil, nil, &s)
}

// Figures decodes the receiver's own figures.
func (c *Client) Figures(ctx context.Context, into any) error {
	return c.getJSON(ctx, http.MethodGet, "/v1/figures", nil, nil, into)
}

// SetCursor is Journal.SetCursor.
func (c *Client) SetCursor(ctx context.Context, name string, seq uint64, holds bool) error {
	return c.getJSON(ctx, http.MethodPut, "/v1/cursors/"+url.PathEscape(name), nil, cursorBody{Seq: seq, Holds: holds}, nil)
}

// DeleteCursor is Journal.DeleteCursor.
func (c *Client) DeleteCursor(ctx context.Context, name string) error {
	return c.getJSON(ctx, http.MethodDelete, "/v1/cursors/"+url.PathEscape(name), nil, nil, nil)
}

// Quarantined is Journal.Quarantined.
func (c *Client) Quarantined(ctx context.Context, max int) ([]QuarantinedRequest, error) {
	var list []QuarantinedRequest
	return list, c.getJSON(ctx, http.MethodGet, "/v1/quarantine", url.Values{"max": {strconv.Itoa(max)}}, nil, &list)
}

// Reverify lets the receiver verify its quarantine again, with its present secrets, and returns how many it accepted.
func (c *Client) Reverify(ctx context.Context) (accepted int, err error) {
	var a reverifyAnswer
	err = c.getJSON(ctx, http.MethodPost, "/v1/reverify", nil, nil, &a)
	return a.Accepted, err
}

// Read returns up to max records (1000 when 0) after the sequence after: at once when there are some, else it waits up
// to 5 s and returns none. Records are the caller's own. A hole is a *GapError.
func (c *Client) Read(ctx context.Context, after uint64, max int) ([]Record, error) {
	body, err := c.do(ctx, http.MethodGet, "/v1/records", url.Values{
		"after": {strconv.FormatUint(after, 10)}, "max": {strconv.Itoa(max)}, "wait_ms": {strconv.FormatInt(maxPoll.Milliseconds(), 10)},
	}, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	records, err := newFrameReader(body).next()
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read records after %d: %w", after, err)
	}
	return records, nil
}

// Follow calls fn with every record after the sequence after, in order and without holes, first those that are there,
// then each within milliseconds of its commit. The slice and its bodies are valid during the call only. While fn works
// the server waits: the connection holds back, nothing is dropped. Follow ends with fn's error as it is, with ctx's, with a
// *GapError, or when the connection does; call it again from the last record that fn took.
func (c *Client) Follow(ctx context.Context, after uint64, fn func([]Record) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := c.do(ctx, http.MethodGet, "/v1/follow", url.Values{"after": {strconv.FormatUint(after, 10)}}, nil)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	watchdog := time.AfterFunc(silence, func() { cancel(ErrSilent) })
	defer watchdog.Stop()
	frames := newFrameReader(body)
	for {
		records, err := frames.next()
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return fmt.Errorf("follow journal after %d: %w", after, err)
		}
		watchdog.Stop() // fn may take its time
		if len(records) > 0 {
			if records[0].Seq != after+1 {
				return fmt.Errorf("follow journal: record %d came after %d", records[0].Seq, after)
			}
			if err := fn(records); err != nil {
				return err
			}
			after = records[len(records)-1].Seq
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("follow journal after %d: %w", after, context.Cause(ctx))
		}
		watchdog.Reset(silence)
	}
}
