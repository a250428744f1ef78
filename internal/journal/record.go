package journal

import (
	"errors"
	"fmt"

	"github.com/earshot/earshot"
)

// Kind says what a record is. The numbers are stored.
type Kind uint8

// The kinds.
const (
	KindEvent     Kind = 1 // a webhook body
	KindHeartbeat Kind = 2 // appended when nothing else was, so that time passes for readers too; has no body
)

// String returns the kind's name, or kind(n) for a number that this version does not know.
func (k Kind) String() string {
	switch k {
	case KindEvent:
		return "event"
	case KindHeartbeat:
		return "heartbeat"
	default:
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
}

// Record is one entry of the journal.
type Record struct {
	Seq          uint64 // given by Append, from 1
	Kind         Kind
	ReceivedAt   earshot.Instant
	Subscription string // the {subscription} of /webhook/{subscription}; "" for /webhook
	RequestID    string // x-zm-request-id: a hint only, since Zoom does not promise that it is unique
	Body         []byte // exactly as received
}

// AppendResult says where a record went.
type AppendResult struct {
	Seq       uint64 // of the record, or of the first record with the same body; never 0 without an error
	Duplicate bool   // nothing was written: the body is known
}

// Errors that callers tell apart.
var (
	// ErrFull says that the size limit or the reserve of free disk space is reached: nothing was written; a later try may succeed.
	ErrFull = errors.New("journal is full")
	// ErrClosed says that the journal is closed or closing: nothing was written.
	ErrClosed = errors.New("journal is closed")
	// ErrReadOnly says that the journal was opened for reading.
	ErrReadOnly = errors.New("journal is open for reading only")
	// ErrTooLarge says that a record exceeds MaxRecordBytes.
	ErrTooLarge = errors.New("record is too large")
	// ErrLocked says that another process, usually a running receiver, has the journal open.
	ErrLocked = errors.New("journal is in use by another process")
	// ErrJournalChanged says that the server behind a Client now has another journal: positions of the old one mean nothing.
	ErrJournalChanged = errors.New("journal id changed")
	// ErrQuarantineBusy says that requests arrive faster than the quarantine keeps them; the request was counted, not kept.
	ErrQuarantineBusy = errors.New("quarantine takes no more requests for the moment")
)

// GapError says that records From to To, both included, cannot be read any more: retention removed them or damage took them.
// Reading goes on after To.
type GapError struct{ From, To uint64 }

// Error implements error.
func (e *GapError) Error() string {
	return fmt.Sprintf("journal records %d to %d are gone (retention or damage)", e.From, e.To)
}
