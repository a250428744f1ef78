package emulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
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
	FailedHostVerify FailedReason = 11 // certificate: for another host
	FailedTLS        FailedReason = 12 // no TLS there, or none that suits
	FailedDNS        FailedReason = 13 // the name has no address
	FailedNoClient   FailedReason = 14 // no token from the receiver's token URL
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
	case errors.Is(err, ErrNoToken):
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

// How much a delivery log keeps. Failures have a ring of their own: they are what somebody looks for, and would be pushed out
// by a few seconds of ordinary traffic. Zoom keeps seven days; the emulator as much as fits.
const (
	keptAttempts = 4_096
	keptFailures = 16_384
)

// DeliveryLog remembers the newest attempts of all subscriptions. All methods may be called concurrently.
type DeliveryLog struct {
	mu       sync.Mutex
	good     ring
	failures ring
}

// ring keeps the newest n attempts.
type ring struct {
	list  []Attempt
	next  int
	limit int
}

func (r *ring) add(a Attempt) {
	if len(r.list) < r.limit {
		r.list = append(r.list, a)
		return
	}
	r.list[r.next] = a
	r.next = (r.next + 1) % r.limit
}

// newest calls yield for what the ring keeps, newest first, until it returns false.
func (r *ring) newest(yield func(*Attempt) bool) {
	for i := range r.list {
		at := (r.next - 1 - i + 2*len(r.list)) % len(r.list)
		if !yield(&r.list[at]) {
			return
		}
	}
}

// NewDeliveryLog makes an empty log.
func NewDeliveryLog() *DeliveryLog {
	return &DeliveryLog{good: ring{limit: keptAttempts}, failures: ring{limit: keptFailures}}
}

func (l *DeliveryLog) add(a Attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a.Failed() {
		l.failures.add(a)
	} else {
		l.good.add(a)
	}
}

// Newest returns at most n attempts for which keep is true (nil is all), the newest by simulated time first.
func (l *DeliveryLog) Newest(n int, keep func(*Attempt) bool) []Attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	take := func(r *ring) (out []Attempt) {
		r.newest(func(a *Attempt) bool {
			if keep == nil || keep(a) {
				out = append(out, *a)
			}
			return len(out) < n
		})
		return out
	}
	good, failures := take(&l.good), take(&l.failures)
	out := make([]Attempt, 0, min(n, len(good)+len(failures)))
	for len(out) < n && len(good)+len(failures) > 0 {
		if len(failures) == 0 || len(good) > 0 && good[0].Time.After(failures[0].Time) {
			out, good = append(out, good[0]), good[1:]
		} else {
			out, failures = append(out, failures[0]), failures[1:]
		}
	}
	return out
}
