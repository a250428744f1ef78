package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldText returns what is compared when people search: without case (in every script, "Straße" is "strasse"), without
// accents ("Zoë" is found by "zoe"), in one normal form, with single spaces. It is stored beside the text, because SQLite
// itself knows only ASCII. A text that would fold to nothing is kept as it is, so that empty still means unknown.
func foldText(s string) string {
	if isASCII(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(strings.ToValidUTF8(s, ""))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	if folded := strings.Join(strings.Fields(b.String()), " "); folded != "" {
		return folded
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// maxSearchRunes bounds what is searched for; nobody types more, and each row is compared with it.
const maxSearchRunes = 200

// needle is a text to look for, in the spellings that the columns have.
type needle struct {
	given  string // as it was given, without spaces around it
	text   string // folded, for columns that end in _f
	lower  string // ASCII lower case, for identifiers
	number string // digits only when the text is a number as people write it ("853 2211-7788", "+49 (30) 12"), else lower
}

// newNeedle prepares what somebody typed; ok is false when that was nothing.
func newNeedle(q string) (n needle, ok bool) {
	q = strings.TrimSpace(strings.ToValidUTF8(q, ""))
	if q == "" {
		return needle{}, false
	}
	if runes := []rune(q); len(runes) > maxSearchRunes {
		q = string(runes[:maxSearchRunes])
	}
	n = needle{given: q, text: foldText(q), lower: strings.ToLower(q)}
	n.number = n.lower
	if digits := bareDigits(q); digits != "" {
		n.number = digits
	}
	return n, true
}

// bareDigits removes the punctuation of phone and meeting numbers; "" when there is anything else in s.
func bareDigits(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '(' || r == ')' || r == '.' || r == '/' || r == '+' && i == 0:
		default:
			return ""
		}
	}
	return b.String()
}
