package analyst

import (
	"errors"
	"strings"
	"unicode"
)

// ErrOnlyReads is returned for what is no question.
var ErrOnlyReads = errors.New("only SELECT and EXPLAIN are answered, one statement at a time")

// ErrShellCommand is returned for commands of DuckDB's own shell.
var ErrShellCommand = errors.New("commands of a shell, such as .tables, are not known here: ask SHOW TABLES, DESCRIBE minutes, or see docs/sql.md")

// asks are the words that questions begin with; DuckDB decides about the rest of them.
var asks = map[string]bool{
	"SELECT": true, "WITH": true, "FROM": true, "VALUES": true, "TABLE": true, "EXPLAIN": true, "SHOW": true, "DESCRIBE": true, "DESC": true, "SUMMARIZE": true,
	"PIVOT": true, "UNPIVOT": true,
}

// shortAnswers are of questions whose answers are a few rows.
var shortAnswers = map[string]bool{"SHOW": true, "DESCRIBE": true, "DESC": true, "SUMMARIZE": true}

// CheckQuestion says what can be said of a question before there is a snapshot: whether it begins as one. It is pure.
func CheckQuestion(question string) error {
	word := firstWord(question)
	switch {
	case word == "" && strings.HasPrefix(strings.TrimSpace(question), "."):
		return ErrShellCommand
	case word == "":
		return errors.New("there is no question; want one such as SELECT grade, count(*) FROM minutes GROUP BY ALL")
	case !asks[word]:
		return ErrOnlyReads
	}
	return nil
}

// firstWord returns the first word of a statement in capitals, behind space, comments and parentheses; "" for none.
func firstWord(statement string) string {
	rest := statement
	for {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })
		end := ""
		switch {
		case strings.HasPrefix(rest, "--"):
			end = "\n"
		case strings.HasPrefix(rest, "/*"):
			end = "*/"
		default:
			n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
			if n < 0 {
				n = len(rest)
			}
			return strings.ToUpper(rest[:n])
		}
		_, after, found := strings.Cut(rest, end)
		if !found {
			return ""
		}
		rest = after
	}
}
