package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// State is what one attempt to deliver came to.
type State string

// The states.
const (
	Acked   State = "ACKED"   // accepted: the receiver answers for it from now on
	Refused State = "REFUSED" // answered otherwise: the receiver says that it does not have it
	Unknown State = "UNKNOWN" // no answer: it may have it or not
)

// Entry is one line of the ledger: one attempt. An event counts as acknowledged when any of its lines says ACKED.
type Entry struct {
	ID      string    `json:"id"`     // x-zm-request-id, the same in all attempts
	Event   string    `json:"event"`  // its name
	SHA256  string    `json:"sha256"` // of the body, hexadecimal
	State   State     `json:"state"`
	Status  int       `json:"status,omitempty"` // HTTP, 0 without an answer
	Attempt int       `json:"attempt"`          // 0 is the first
	Time    time.Time `json:"time"`             // wall clock, when the answer was there
	// Subscription is whose delivery it was; "" where there is only the one of Options.Target.
	Subscription string `json:"subscription,omitempty"`
}

// ledger writes entries; after an error it writes no more and keeps the error.
type ledger struct {
	mu     sync.Mutex
	w      io.Writer
	failed error
}

func (l *ledger) write(d *delivery, state State, status int, subscription string) {
	if l.w == nil {
		return
	}
	sum := sha256.Sum256(d.event.Body)
	line, err := json.Marshal(Entry{
		ID: d.event.ID, Event: d.event.Name, SHA256: hex.EncodeToString(sum[:]), State: state, Status: status,
		Attempt: d.attempt, Time: time.Now().UTC(), Subscription: subscription,
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return
	}
	if err == nil {
		_, err = l.w.Write(append(line, '\n'))
	}
	if err != nil {
		l.failed = fmt.Errorf("write ledger: %w", err)
	}
}

func (l *ledger) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}
