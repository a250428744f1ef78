package export

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Batch is what is sent at once. Logs and Metrics are the same records where a kind leaves as both.
type Batch struct {
	Logs    []*Record
	Metrics []*Record
}

// Destination sends batches to one place. Send and Check are not called concurrently, and not after Close.
type Destination interface {
	// Send returns nil when everything was taken for certain (see [Syncer]). An error without a class of its own (see [RefusedError],
	// [PermanentError], [ThrottledError], [TooOldError]) is retried. A batch may have been taken in part, and is then sent again.
	// It ends when ctx does.
	Send(ctx context.Context, b *Batch) error
	// Check asks the destination something that changes nothing, or as little as there is, and says in words what it answered.
	Check(ctx context.Context) (string, error)
	Close() error
}

// Tidier is a Destination that has something to do when nothing comes as well. Tidy is called every few seconds, never concurrently with
// Send or Check; its error is shown and logged, and it is called again.
type Tidier interface {
	Tidy(ctx context.Context) error
}

// Syncer is a Destination that keeps what it takes on this machine. What Send took is safe once Sync returned nil, which is called before
// a position is stored, never concurrently with Send; after an error of it everything since the last success is sent again.
type Syncer interface {
	Sync() error
}

// PermanentError says that the destination will never take these records. Its batch is halved until the record is found.
type PermanentError struct{ Err error }

// RefusedError says that the destination refuses us, not the records: credentials, a path or a method that are wrong, a topic that does
// not exist. It is retried, and nothing is set aside.
type RefusedError struct{ Err error }

// ThrottledError says that the destination asks for a pause.
type ThrottledError struct {
	After time.Duration // 0: it did not say how long
	Err   error
}

// TooOldError says that the destination took what it could, and refused some of the batch as too old or out of order.
type TooOldError struct{ Err error }

// PartialError says that the destination took the batch but for some records, for good, and did not say which: they cannot be set aside, and
// what is sent again would be there twice.
type PartialError struct {
	Refused int // records, or values of records where that is what it counts; 0 for a warning about a batch that was taken
	Err     error
}

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }
func (e *RefusedError) Error() string   { return e.Err.Error() }
func (e *RefusedError) Unwrap() error   { return e.Err }
func (e *ThrottledError) Error() string { return e.Err.Error() }
func (e *ThrottledError) Unwrap() error { return e.Err }
func (e *TooOldError) Error() string    { return e.Err.Error() }
func (e *TooOldError) Unwrap() error    { return e.Err }
func (e *PartialError) Error() string   { return e.Err.Error() }
func (e *PartialError) Unwrap() error   { return e.Err }

// StatusError classes an HTTP answer that is no success: 429 and 503 ask for a pause, 401, 403, 404, 405 and 407 refuse us, 408 and 5xx
// pass, every other 4xx and 3xx is about the records. after is what Retry-After said, 0 for nothing; text is the answer's body.
func StatusError(status int, after time.Duration, text string) error {
	err := fmt.Errorf("answered %d%s", status, clipped(text))
	switch {
	case status == 429 || status == 503:
		return &ThrottledError{After: after, Err: err}
	case status == 401 || status == 403 || status == 404 || status == 405 || status == 407 || status/100 == 3:
		return &RefusedError{err}
	case status == 408 || status == 425 || status >= 500:
		return err
	}
	return &PermanentError{err}
}

// ParseRetryAfter reads a Retry-After header: seconds, or a date.
func ParseRetryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(strings.TrimSpace(header), 10, 64); err == nil {
		return time.Duration(min(n, 24*3600)) * time.Second
	}
	if at, err := time.Parse(time.RFC1123, header); err == nil && at.After(now) {
		return min(at.Sub(now), 24*time.Hour)
	}
	return 0
}

// clipped is a peer's text for an error: one line, short, valid.
func clipped(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if text == "" {
		return ""
	}
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return ": " + text
}

func isPermanent(err error) bool { var e *PermanentError; return errors.As(err, &e) }
func isRefused(err error) bool   { var e *RefusedError; return errors.As(err, &e) }
func isTooOld(err error) bool    { var e *TooOldError; return errors.As(err, &e) }
