package obs

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// The formats of logs.
const (
	FormatText = "text" // key=value, for people
	FormatJSON = "json" // one object a line, for machines
)

// LogOptions are what NewLogger needs.
type LogOptions struct {
	Level  string // debug, info, warn or error; "" is info
	Format string // FormatText or FormatJSON; "" is text
}

// NewLogger returns a logger that writes lines to w. Times are UTC with milliseconds, durations are text ("1.5s"), and
// attributes whose name says that they are secret are redacted. A line that cannot be written is lost.
func NewLogger(w io.Writer, o LogOptions) (*slog.Logger, error) {
	level, err := ParseLevel(o.Level)
	if err != nil {
		return nil, err
	}
	h := slog.HandlerOptions{Level: level, ReplaceAttr: replaceAttr}
	switch o.Format {
	case "", FormatText:
		return slog.New(slog.NewTextHandler(w, &h)), nil
	case FormatJSON:
		return slog.New(slog.NewJSONHandler(w, &h)), nil
	}
	return nil, fmt.Errorf("log format %q: want %s or %s", o.Format, FormatText, FormatJSON)
}

// ParseLevel reads a level's name; "" is info.
func ParseLevel(name string) (slog.Level, error) {
	switch name {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("log level %q: want debug, info, warn or error", name)
}

// Component returns a logger for a part of the program: its lines name the part.
func Component(l *slog.Logger, name string) *slog.Logger { return l.With("component", name) }

// redacted stands for what must not be shown, as in zoom.Secret.
const redacted = "[redacted]"

// secretWords are the words of attribute names whose values are never logged.
func secretWords() []string {
	return []string{"password", "secret", "token", "authorization", "cookie", "signature", "bearer", "credential"}
}

// replaceAttr redacts by name, and spells values as the package promises.
func replaceAttr(_ []string, a slog.Attr) slog.Attr {
	if isSecretName(a.Key) && a.Value.Kind() != slog.KindGroup {
		return slog.String(a.Key, redacted)
	}
	switch a.Value.Kind() {
	case slog.KindTime:
		a.Value = slog.StringValue(a.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.KindDuration:
		a.Value = slog.StringValue(a.Value.Duration().Round(time.Microsecond).String())
	}
	return a
}

// isSecretName reports whether a name consists of words one of which says that the value is secret: "api_token", "clientSecret";
// not "tokens", which counts.
func isSecretName(name string) bool {
	words := strings.FieldsFunc(splitCamel(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords(), w) })
}

// splitCamel writes "clientSecret" as "client_secret".
func splitCamel(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	// An upper-case word has become single letters: put it together for names such as "TOKEN".
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	return strings.ToLower(b.String())
}
