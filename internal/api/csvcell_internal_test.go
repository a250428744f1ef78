package api

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// formulaIn returns what of a cell a spreadsheet could take for a formula, whatever it splits at.
func formulaIn(s string) string {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(`,;|"`, r) || unicode.IsControl(r) }) {
		part = strings.TrimSpace(part)
		if part != "" && strings.ContainsRune("=+-@＝＋－＠\u2212", []rune(part)[0]) {
			return part
		}
	}
	return ""
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"=1+1", "a\r\n=b", `"`, `",=x`, "-75", "\x00"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var out bytes.Buffer
		minus := -75.5
		table, err := newTable(&out, "one", "two", "number")
		if err == nil {
			err = table.row(text(a), text(b), number(&minus))
		}
		if err == nil {
			err = table.flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\uFEFF")))).ReadAll()
		if err != nil {
			t.Fatalf("%q is no CSV: %v", out.String(), err)
		}
		want := [][]string{{"one", "two", "number"}, {string(text(a)), string(text(b)), "-75.5"}}
		if d := cmp.Diff(want, rows); d != "" {
			t.Fatal(d)
		}
		for _, c := range rows[1][:2] {
			if part := formulaIn(c); part != "" {
				t.Fatalf("%q holds the formula %q", c, part)
			}
		}
	})
}
