package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot"
)

// idParam is an id in a path or query. huma reads integers itself; within a struct the id reads its own text.
type idParam struct{ earshot.ID }

// Schema implements huma.SchemaProvider.
func (idParam) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9a-f]{16}$", PatternDescription: "16 hexadecimal digits"}
}

// ByID is the id in a path. It and the next ones are exported because huma reads embedded parameters of exported types only.
type ByID struct {
	ID idParam `path:"id"`
}

// Span is a stretch of time, each end open when it is not given.
type Span struct {
	From time.Time `query:"from" doc:"not before"`
	To   time.Time `query:"to" doc:"before"`
}

// within returns the span, open ends replaced by the given ones. It is an error for it to be empty.
func (s *Span) within(from, to earshot.Instant) (earshot.Instant, earshot.Instant, error) {
	if !s.From.IsZero() {
		from = earshot.InstantOf(s.From)
	}
	if !s.To.IsZero() {
		to = earshot.InstantOf(s.To)
	}
	if from != 0 && to != 0 && to <= from {
		if s.From.IsZero() || s.To.IsZero() {
			return from, from, nil // asked for beyond the end: nothing there
		}
		return 0, 0, badInput("to", "it is not after from")
	}
	return from, to, nil
}

// Paging is the page that is asked for.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"at most that many items; a page may hold fewer"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before, with the other parameters unchanged"`
}
