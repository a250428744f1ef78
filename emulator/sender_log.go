package emulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// FailedReason is Zoom's failed_reason_type of a delivery without an answer.
type FailedReason int

// The reasons that the emulator can tell apart; Zoom knows 16.
const (
	NoFailure        FailedReason = 0
	FailedTimeout    FailedReason = 1  // no answer within the deadline
	FailedRefused    FailedReason = 2  // nobody listens
	FailedRemote     FailedReason = 7  // the connection broke, or another error on the way
	FailedCert       FailedReason = 9  // certificate: expired, unknown authority
	FailedInstant    FailedReason = 10 // no free connection at Zoom: tried again at once
	FailedHostVerify FailedReason = 11 // certificate: for another host
	FailedTLS        FailedReason = 12 // no TLS there, or none that suits
	FailedDNS        FailedReason = 13 // the name has no address
	FailedNoClient   FailedReason = 14 // no token from the receiver's token URL; no WebSocket client connected
)

// errRefused stands for a connection that was refused.
var errRefused = syscall.ECONNREFUSED

// reasonOf classifies an error of a request.
func reasonOf(err error) FailedReason {
	var host x509.HostnameError
	var dns *net.DNSError
	var timeout net.Error
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return NoFailure
	case errors.Is(err, errNoLease):
		return FailedInstant
	case errors.Is(err, ErrNoToken), errors.Is(err, errNobody):
		return FailedNoClient
	case errors.As(err, &host):
		return FailedHostVerify
	case certificateError(err):
		return FailedCert
	case errors.As(err, &record):
		return FailedTLS
	case errors.As(err, &dns):
		return FailedDNS
	case errors.Is(err, errRefused):
		return FailedRefused
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FailedTimeout
	}
	return FailedRemote
}

// Attempt is one delivery as Zoom's webhook_logs tell it.
type Attempt struct {
	Event        string
	Subscription string // its id
	Endpoint     string
	Status       int // HTTP, or -1 without an answer
	Reason       FailedReason
	RequestID    string
	TraceID      string    // of x-zm-trackingid, another one for every attempt
	Retry        int       // 0 is the first attempt
	Time         time.Time // simulated
	Took         time.Duration
	Body         []byte      // as sent; not to be changed
	Response     http.Header // nil without an answer
	ResponseBody []byte      // its beginning
}

// Failed reports whether Zoom's log lists the attempt among the failures.
func (a *Attempt) Failed() bool { return !accepted(a.Status, a.Retry) }

// LogDays is how long Zoom keeps webhook logs.
const LogDays = 7

// How much memory a delivery log takes at most, in bytes. Failures have a share of their own: they are what somebody looks for,
// and would be pushed out by a few minutes of ordinary traffic. So has what goes over WebSockets: while nobody is connected, all
// of it fails.
const (
	keptBytes        = 32 << 20
	keptFailureBytes = 72 << 20
	keptSocketBytes  = 24 << 20
	// attemptBytes is what an attempt takes beside its bodies, about.
	attemptBytes = 600
)

// DeliveryLog remembers the attempts of all subscriptions for [LogDays] simulated days, or the newest of them where they would take
// more than 128 MB: some 15,000 successes and 30,000 failures. All methods may be called concurrently.
type DeliveryLog struct {
	mu       sync.Mutex
	good     attempts
	failures attempts
	sockets  attempts
}

// attempts is a queue that is bounded by time and by bytes.
type attempts struct {
	list  []Attempt // from first on, in order of arrival
	first int
	bytes int
	limit int
}

func (a *Attempt) size() int { return attemptBytes + len(a.Body) + len(a.ResponseBody) }

func (q *attempts) add(a Attempt, since time.Time) {
	q.list = append(q.list, a)
	q.bytes += a.size()
	for q.first < len(q.list)-1 && (q.bytes > q.limit || q.list[q.first].Time.Before(since)) {
		q.bytes -= q.list[q.first].size()
		q.list[q.first] = Attempt{}
		q.first++
	}
	if q.first > 1024 && q.first > len(q.list)/2 {
		n := copy(q.list, q.list[q.first:])
		clear(q.list[n:])
		q.list, q.first = q.list[:n], 0
	}
}

// newest calls yield for what the queue keeps, newest first, until it returns false.
func (q *attempts) newest(yield func(*Attempt) bool) {
	for i := len(q.list) - 1; i >= q.first; i-- {
		if !yield(&q.list[i]) {
			return
		}
	}
}

// NewDeliveryLog makes an empty log.
func NewDeliveryLog() *DeliveryLog {
	return &DeliveryLog{good: attempts{limit: keptBytes}, failures: attempts{limit: keptFailureBytes}, sockets: attempts{limit: keptSocketBytes}}
}

func (l *DeliveryLog) add(a Attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	since := a.Time.AddDate(0, 0, -LogDays)
	switch {
	case strings.HasPrefix(a.Endpoint, socketEndpoint):
		l.sockets.add(a, since)
	case a.Failed():
		l.failures.add(a, since)
	default:
		l.good.add(a, since)
	}
}

// Newest returns at most n attempts for which keep is true (nil is all), the newest by simulated time first.
func (l *DeliveryLog) Newest(n int, keep func(*Attempt) bool) []Attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	take := func(q *attempts) (out []Attempt) {
		q.newest(func(a *Attempt) bool {
			if keep == nil || keep(a) {
				out = append(out, *a)
			}
			return len(out) < n
		})
		return out
	}
	all := merge(merge(take(&l.good), take(&l.failures)), take(&l.sockets))
	return all[:min(n, len(all))]
}

// merge merges two lists, the newest first.
func merge(a, b []Attempt) []Attempt {
	out := make([]Attempt, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Time.After(b[0].Time) {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
