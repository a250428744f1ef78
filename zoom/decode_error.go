package zoom

import (
	"errors"
	"fmt"
)

// The ways in which a body is no notification. A [*DecodeError] wraps one of them.
var (
	ErrNotObject    = errors.New("not a JSON object")
	ErrSyntax       = errors.New("invalid JSON")
	ErrTruncated    = errors.New("JSON ends too early")
	ErrTrailingData = errors.New("data after the JSON object")
	ErrTooDeep      = fmt.Errorf("JSON nested deeper than %d levels", MaxDepth)
)

// DecodeError says where a body stopped being a notification, and why. It quotes nothing of the body, which is full of
// personal data.
type DecodeError struct {
	Offset int   // of the first byte that cannot be, from 0; the body's length if it ends too early
	Err    error // one of the errors above
}

// Error implements error.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("decode notification: %v at byte %d", e.Err, e.Offset)
}

// Unwrap returns the kind of the error.
func (e *DecodeError) Unwrap() error { return e.Err }
