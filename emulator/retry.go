package emulator

import (
	"container/heap"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"time"
)

// retryQueue holds deliveries until they are due: for their next attempt, or because a fault keeps them back.
type retryQueue struct {
	now  func() time.Time
	pass func(*delivery) bool // takes what is due; false when nothing is taken any more
	mu   sync.Mutex
	heap deliveryHeap
	wake chan struct{}
	over bool
}

func newRetryQueue(now func() time.Time, pass func(*delivery) bool) *retryQueue {
	return &retryQueue{now: now, pass: pass, wake: make(chan struct{}, 1)}
}

// add files a delivery; false when the queue is full or closed.
func (q *retryQueue) add(d *delivery) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over || len(q.heap) >= maxRetries {
		return false
	}
	heap.Push(&q.heap, d)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return true
}

func (q *retryQueue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.heap)
}

// abandon empties the queue for good and returns how many there were.
func (q *retryQueue) abandon() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.heap)
	q.heap, q.over = nil, true
	return n
}

// next returns a delivery that is due, or how long until there is one.
func (q *retryQueue) next() (*delivery, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.heap) == 0 {
		return nil, time.Hour
	}
	if d := q.heap[0].due.Sub(q.now()); d > 0 {
		return nil, d
	}
	return heap.Pop(&q.heap).(*delivery), 0
}

// release passes on what is due now, for an owner who moves the time.
func (q *retryQueue) release() {
	for {
		d, _ := q.next()
		if d == nil || !q.pass(d) {
			return
		}
	}
}

// earliest is when the next attempt is due; false when there is none.
func (q *retryQueue) earliest() (time.Time, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.heap) == 0 {
		return time.Time{}, false
	}
	return q.heap[0].due, true
}

// run passes on what is due, until stop is closed.
func (q *retryQueue) run(stop <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		d, wait := q.next()
		if d != nil {
			if !q.pass(d) {
				return
			}
			continue
		}
		timer.Reset(wait)
		select {
		case <-stop:
			return
		case <-q.wake:
		case <-timer.C:
		}
	}
}

type deliveryHeap []*delivery

func (h deliveryHeap) Len() int           { return len(h) }
func (h deliveryHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h deliveryHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *deliveryHeap) Push(x any)        { *h = append(*h, x.(*delivery)) }
func (h *deliveryHeap) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return d
}

// certificateError reports whether a TLS certificate was the problem, after which Zoom does not try again.
func certificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host)
}
