package collector

import (
	"fmt"
	"strings"
	"sync"

	"go.uber.org/zap/zapcore"

	"github.com/earshot/earshot/internal/export"
)

// partly is a logger that hears what OTLP's exporters say of a partial success, which they say nowhere else, and nothing more. Source: the OTLP
// specification 1.9, "Partial Success": such a request must not be sent again.
type partly struct {
	mu      sync.Mutex
	heard   bool
	refused int
	said    string
}

// partialSuccess is the line, in otlpexporter and otlphttpexporter.
const partialSuccess = "Partial success response"

func (p *partly) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard, p.refused, p.said = false, 0, ""
}

// told returns what was heard since the last reset: an [export.PartialError], or nil.
func (p *partly) told() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.heard {
		return nil
	}
	return &export.PartialError{Refused: p.refused, Err: fmt.Errorf("took a part: %d were refused: %s", p.refused, p.said)}
}

// Enabled implements zapcore.Core.
func (p *partly) Enabled(l zapcore.Level) bool { return l >= zapcore.WarnLevel }

// With implements zapcore.Core.
func (p *partly) With([]zapcore.Field) zapcore.Core { return p }

// Check implements zapcore.Core.
func (p *partly) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if e.Message == partialSuccess {
		return to.AddCore(e, p)
	}
	return to
}

// Write implements zapcore.Core.
func (p *partly) Write(_ zapcore.Entry, fields []zapcore.Field) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = true
	for _, f := range fields {
		switch {
		case f.Type == zapcore.Int64Type && strings.HasPrefix(f.Key, "dropped_"):
			p.refused += int(f.Integer)
		case f.Key == "message":
			p.said = f.String
		}
	}
	return nil
}

// Sync implements zapcore.Core.
func (p *partly) Sync() error { return nil }
