package zoom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// locate finds the place of an error that the decoder met. The reader does not tell offsets, but errors are rare enough to
// read text a second time. base is the offset of text in the body.
func locate(text []byte, base int, err error) *DecodeError {
	if errors.Is(err, ErrTooDeep) {
		return &DecodeError{base + depthOffset(text), ErrTooDeep}
	}
	if errors.Is(err, ErrNotObject) {
		return &DecodeError{base + len(text) - len(trimLeft(text)), ErrNotObject}
	}
	// The error is wherever encoding/json finds the first one.
	at := len(text)
	var syntax *json.SyntaxError
	var raw json.RawMessage
	if errors.As(json.Unmarshal(text, &raw), &syntax) {
		at = min(int(syntax.Offset), len(text))
	}
	switch {
	case errors.Is(err, ErrTrailingData):
		return &DecodeError{base + max(at-1, 0), ErrTrailingData}
	case errors.Is(err, io.ErrUnexpectedEOF) && at == len(text):
		return &DecodeError{base + at, ErrTruncated}
	}
	return &DecodeError{base + max(at-1, 0), ErrSyntax}
}

func trimLeft(s []byte) []byte {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\n' || s[0] == '\t' || s[0] == '\r') {
		s = s[1:]
	}
	return s
}

// depthOffset returns the offset of the first bracket that is nested too deep.
func depthOffset(text []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return len(text)
}
