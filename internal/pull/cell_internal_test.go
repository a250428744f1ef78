package pull

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestCellText(t *testing.T) {
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
		if got := CellText(in); got != want {
			t.Errorf("CellText(%q) = %q, want %q", in, got, want)
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
		out := CellText(in)
		if part := formulaIn(out); part != "" {
			t.Fatalf("%q became %q, in which %q is a formula", in, out, part)
		}
		if again := CellText(out); strings.ReplaceAll(again, "'", "") != strings.ReplaceAll(out, "'", "") {
			t.Fatalf("%q lost something the second time: %q", out, again)
		}
	})
}
