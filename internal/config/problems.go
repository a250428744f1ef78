package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Where string // "earshot.yaml:12", "environment variable PORT", "flag --web-listen"
	Text  string // what it is about, what was found and what was expected
}

// Error is everything that is wrong with the configuration.
type Error struct{ Problems []Problem }

// Error lists the problems, one a line, as WHERE: TEXT.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "configuration: %d problem", len(e.Problems))
	if len(e.Problems) != 1 {
		b.WriteByte('s')
	}
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %s: %s", p.Where, p.Text)
	}
	return b.String()
}

// problems collects.
type problems []Problem

func (p *problems) add(where, format string, args ...any) {
	*p = append(*p, Problem{where, fmt.Sprintf(format, args...)})
}

// err returns nothing, or an Error with all of them.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{p}
}
