package api

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"Ann Ångström":            "Ann Ångström",
		"Jean-Luc":                "Jean-Luc",
		"a=b":                     "a=b",
		"ann@example.com":         "ann@example.com",
		`=HYPERLINK("http://x")`:  `'=HYPERLINK("http://x")`,
		"+1 555 0100":             "'+1 555 0100",
		"-2+3":                    "'-2+3",
		"@SUM(1)":                 "'@SUM(1)",
		"＝1":                      "'＝1",
		"  =1":                    "  '=1",
		"'=1":                     "''=1",
		"\t=1":                    " '=1",
		"\r\n=1":                  "  '=1",
		"a\r\nb":                  "a  b",
		"a,=1":                    "a,'=1",
		"a; =1":                   "a; '=1",
		`a",=1`:                   `a",'=1`,
		`a"=1`:                    `a"'=1`,
		"a|@x":                    "a|'@x",
		"\uFEFF=1":                " '=1",
		"bad \xff bytes":          "bad \uFFFD bytes",
		"<img src=x onerror=y()>": "<img src=x onerror=y()>",
	} {
		if got := string(text(in)); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
}

// formulaIn returns what of a cell a spreadsheet could take for a formula, whatever it splits at.
func formulaIn(s string) string {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return separates(r) || unicode.IsControl(r) }) {
		part = strings.TrimSpace(part)
		if part != "" && leadsFormula([]rune(part)[0]) {
			return part
		}
	}
	return ""
}

func TestNoTextBecomesAFormula(t *testing.T) {
	nasty := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("=+-@＝＋－＠,;|\"' \t\r\n\u2028\uFEFFa1")), rapid.Rune()))
	rapid.Check(t, func(t *rapid.T) {
		in := nasty.Draw(t, "in")
		out := string(text(in))
		if part := formulaIn(out); part != "" {
			t.Fatalf("%q became %q, in which %q is a formula", in, out, part)
		}
		if again := string(text(out)); strings.ReplaceAll(again, "'", "") != strings.ReplaceAll(out, "'", "") {
			t.Fatalf("%q lost something the second time: %q", out, again)
		}
	})
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
