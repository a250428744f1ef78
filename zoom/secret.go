package zoom

import (
	"encoding"
	"fmt"
	"io"
	"log/slog"
)

// Secret is an app's "Secret Token", a password or another text that must not be shown. However it is printed, logged or
// marshalled, the result is "[redacted]" ("" for an empty one); string(s) is the way to the text itself.
type Secret string

const redacted = "[redacted]"

var (
	_ fmt.Formatter          = Secret("")
	_ slog.LogValuer         = Secret("")
	_ encoding.TextMarshaler = Secret("")
)

// String returns "[redacted]".
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter for every verb: a Stringer alone would leave %d to print the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler, and with it JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
