package api

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/earshot/earshot"
)

// cell is one value of a CSV file, already safe to stand in it. Make them with text, number, count and moment only: what is
// not text is written by us and cannot be a formula, so that a negative number stays one.
type cell string

// text makes a cell of words that somebody else chose. A spreadsheet takes a cell for a formula when it begins with = + - @,
// their full-width twins, a tab or a line break; one that splits at another separator than ours, or forgets the quotes, sees
// such a beginning in the middle of a cell, too. So
//
//   - line breaks, tabs and other control characters become spaces: a name is one line;
//   - an apostrophe, which spreadsheets read as "text follows", is put before = + - @ and their twins at the beginning of
//     the text and after each , ; | or quote, spaces and apostrophes before them not counting.
//
// Nothing is taken away, and text without such beginnings stays as it was. The rule is OWASP's for CSV injection, with the
// separators that it names.
func text(s string) cell {
	var b strings.Builder
	b.Grow(len(s) + 1)
	begins := true
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
			r = ' '
		}
		switch {
		case begins && leadsFormula(r):
			b.WriteByte('\'')
			begins = false
		case separates(r):
			begins = true
		case r == '\'' || unicode.IsSpace(r):
		default:
			begins = false
		}
		b.WriteRune(r)
	}
	return cell(b.String())
}

// leadsFormula reports whether a cell that begins with r is taken for a formula.
func leadsFormula(r rune) bool {
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '\u2212':
		return true
	}
	return false
}

// separates reports whether a reader with other settings would begin a new cell after r.
func separates(r rune) bool {
	switch r {
	case ',', ';', '|', '"':
		return true
	}
	return false
}

// number writes a measured value, without digits that it never had; "" for nil.
func number(x *float64) cell {
	if x == nil {
		return ""
	}
	return cell(strconv.FormatFloat(*x, 'f', -1, 64))
}

func metricCell(v *earshot.Values, m earshot.Metric) cell {
	if !v.Has(m) {
		return ""
	}
	x := decimal(v.V[m])
	return number(&x)
}

func count(n int) cell { return cell(strconv.Itoa(n)) }

// moment writes a time as RFC 3339 in UTC; "" for none.
func moment(t *time.Time) cell {
	if t == nil || t.IsZero() {
		return ""
	}
	return cell(t.UTC().Format(time.RFC3339))
}

// word is a word of ours: a grade, a cause. "unclassified" and none are empty cells: a spreadsheet counts them as nothing.
func word(s fmt.Stringer) cell {
	if s == earshot.Unclassified {
		return ""
	}
	return cell(s.String())
}

// table writes rows of cells as RFC 4180 says: quoted where needed, lines ended by CR LF, and in UTF-8 with the mark that
// spreadsheets need to see that it is.
type table struct {
	csv     *csv.Writer
	columns int
}

func newTable(w io.Writer, head ...cell) (*table, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, err
	}
	t := &table{csv: csv.NewWriter(w), columns: len(head)}
	t.csv.UseCRLF = true
	return t, t.row(head...)
}

// row writes one line. Every row of a table is as long as its head.
func (t *table) row(cells ...cell) error {
	if len(cells) != t.columns {
		return fmt.Errorf("write a row of %d cells into a table of %d columns", len(cells), t.columns)
	}
	record := make([]string, len(cells))
	for i, c := range cells {
		record[i] = string(c)
	}
	return t.csv.Write(record)
}

func (t *table) flush() error {
	t.csv.Flush()
	return t.csv.Error()
}
