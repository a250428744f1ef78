package pull

import (
	"time"

	"github.com/earshot/earshot"
)

// Kind is what a column holds.
type Kind uint8

// The kinds.
const (
	Text   Kind = iota // words; ids are text as well, 16 hexadecimal digits
	Number             // measured
	Count              // whole
	Moment             // UTC, to the millisecond
	Flag
)

// Column is one column of an export.
type Column struct {
	Name string // snake case, with its unit
	Kind Kind
	Doc  string
	// Personal says that it is there only where names are asked for.
	Personal bool
}

// Value is one cell; the zero Value is absent.
type Value struct {
	set    bool
	text   string
	number float64
	count  int64 // also milliseconds since the epoch, and 1 for true
}

// The makers of values. What is empty, 0 or unknown is absent where the comment says so.

// word is absent when it is empty.
func word(s string) Value { return Value{set: s != "", text: s} }

// idValue is absent for 0.
func idValue(id earshot.ID) Value {
	if id == 0 {
		return Value{}
	}
	return Value{set: true, text: id.String()}
}

func opt(o earshot.Opt) Value { return Value{set: o.Present, number: o.Value} }

func count(n int) Value { return Value{set: true, count: int64(n)} }

func flag(b bool) Value {
	v := Value{set: true}
	if b {
		v.count = 1
	}
	return v
}

// moment is absent for 0.
func moment(at earshot.Instant) Value { return Value{set: at != 0, count: int64(at)} }

func (v Value) time() time.Time { return time.UnixMilli(v.count).UTC() }

// row is one row of a table whose columns give every cell from it.
type row []Value

// column is a column and how its cell is made of a T.
type column[T any] struct {
	Column
	of func(*T) Value
}

// chosen returns the columns of a question, and a function that makes rows.
func chosen[T any](all []column[T], names bool) ([]Column, func(*T) row) {
	var kept []column[T]
	var out []Column
	for _, c := range all {
		if !c.Personal || names {
			kept, out = append(kept, c), append(out, c.Column)
		}
	}
	return out, func(x *T) row {
		r := make(row, len(kept))
		for i := range kept {
			r[i] = kept[i].of(x)
		}
		return r
	}
}
