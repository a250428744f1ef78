package pull

import (
	"strings"
	"unicode"
)

// CellText makes words that somebody else chose safe to stand in a cell of CSV. A spreadsheet takes a cell for a formula when it
// begins with = + - @, their full-width twins, a tab or a line break; one that splits at another separator than ours, or
// forgets the quotes, sees such a beginning in the middle of a cell, too. So
//
//   - line breaks, tabs and other control characters become spaces: a name is one line;
//   - an apostrophe, which spreadsheets read as "text follows", is put before = + - @ and their twins at the beginning of
//     the text and after each , ; | or quote, spaces and apostrophes before them not counting.
//
// Nothing is taken away, and text without such beginnings stays as it was. The rule is OWASP's for CSV injection, with the
// separators that it names.
func CellText(s string) string {
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
	return b.String()
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
