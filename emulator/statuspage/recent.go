package statuspage

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Line is one record of the log.
type Line struct {
	Time  time.Time
	Level slog.Level
	Text  string
	Attrs string // "key=value key=value"
}

// Recent is a slog.Handler that passes records on and remembers the newest. All methods may be called concurrently.
type Recent struct {
	next   slog.Handler
	prefix string // attributes of WithAttrs, formatted
	group  string // of WithGroup, with a dot
	kept   *kept
}

// kept is what a Recent and those derived from it share.
type kept struct {
	mu    sync.Mutex
	lines []Line
	limit int
}

// NewRecent remembers the newest n records that next takes.
func NewRecent(next slog.Handler, n int) *Recent {
	return &Recent{next: next, kept: &kept{limit: max(1, n)}}
}

// Enabled implements slog.Handler.
func (r *Recent) Enabled(ctx context.Context, level slog.Level) bool {
	return r.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (r *Recent) Handle(ctx context.Context, rec slog.Record) error {
	var b strings.Builder
	b.WriteString(r.prefix)
	rec.Attrs(func(a slog.Attr) bool {
		write(&b, r.group, a)
		return true
	})
	r.kept.mu.Lock()
	if len(r.kept.lines) >= r.kept.limit {
		r.kept.lines = slices.Delete(r.kept.lines, 0, 1)
	}
	r.kept.lines = append(r.kept.lines, Line{rec.Time, rec.Level, rec.Message, b.String()})
	r.kept.mu.Unlock()
	return r.next.Handle(ctx, rec)
}

// WithAttrs implements slog.Handler.
func (r *Recent) WithAttrs(attrs []slog.Attr) slog.Handler {
	var b strings.Builder
	b.WriteString(r.prefix)
	for _, a := range attrs {
		write(&b, r.group, a)
	}
	return &Recent{next: r.next.WithAttrs(attrs), prefix: b.String(), group: r.group, kept: r.kept}
}

// WithGroup implements slog.Handler.
func (r *Recent) WithGroup(name string) slog.Handler {
	if name == "" {
		return r
	}
	return &Recent{next: r.next.WithGroup(name), prefix: r.prefix, group: r.group + name + ".", kept: r.kept}
}

// write adds an attribute; its value is resolved, so that secrets redact themselves.
func write(b *strings.Builder, group string, a slog.Attr) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	fmt.Fprintf(b, "%s%s=%v", group, a.Key, a.Value.Resolve())
}

// Newest returns at most n records, the newest first.
func (r *Recent) Newest(n int) []Line {
	r.kept.mu.Lock()
	defer r.kept.mu.Unlock()
	out := slices.Clone(r.kept.lines[max(0, len(r.kept.lines)-n):])
	slices.Reverse(out)
	return out
}
