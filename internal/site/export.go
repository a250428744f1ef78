package site

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/earshot/earshot"
)

// formulaStarts are the characters that make spreadsheets calculate instead of showing, "#", which begins a comment in the sites
// file, and the apostrophe. A cell that begins with one gets an apostrophe before it, which spreadsheets do not show and the
// reader takes off again (OWASP, "CSV injection").
const formulaStarts = "=+-@＝＋－＠\u2212#'"

// guarded makes a text safe as a cell.
func guarded(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + text
	}
	return text
}

// unguarded takes the apostrophe off again.
func unguarded(text string) string {
	rest, ok := strings.CutPrefix(text, "'")
	if first, _ := utf8.DecodeRuneInString(rest); ok && rest != "" && strings.ContainsRune(formulaStarts, first) {
		return rest
	}
	return text
}

// WriteCSV writes sites in the form of the sites file: a row for each range, the details in each.
func WriteCSV(out io.Writer, sites []earshot.Site) error {
	w := csv.NewWriter(out)
	rows := [][]string{columnNames()}
	for i := range sites {
		s := &sites[i]
		d := detailsOf(s)
		for _, r := range s.Ranges {
			row := []string{guarded(s.Name), r}
			for _, f := range d.fields() {
				row = append(row, guarded(f.text))
			}
			rows = append(rows, row)
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write %d sites: %w", len(sites), err)
	}
	return nil
}
