package repolint

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// logging are the methods of a *slog.Logger, and the functions of package slog, that take keys and values; where their keys begin.
var logging = map[string]int{
	"Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2,
	"Log": 3, "With": 0, "Any": 0, "String": 0, "Group": 1,
}

// TestErrorsAreLoggedAsErr holds the key of errors in logs to one word: whoever searches for "err=" finds all of them. It is the one that
// Alertmanager uses, whose lines are in the same stream.
func TestErrorsAreLoggedAsErr(t *testing.T) {
	seen := 0
	for _, f := range load(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			first, logs := 0, false
			if ok {
				first, logs = logging[method.Sel.Name]
			}
			if !logs {
				return true
			}
			for i := first; i+1 < len(call.Args); i++ {
				switch key := text(call.Args[i]); {
				case key == "err":
					seen++
				case slices.Contains([]string{"error", "e", "failure"}, key), key != "" && isError(call.Args[i+1]):
					t.Errorf("%s logs an error as %q: its key is \"err\" everywhere", f.fset.Position(call.Pos()), key)
				}
			}
			return true
		})
	}
	if seen < 50 {
		t.Errorf("only %d errors are logged: this test does not see them", seen)
	}
}

// text is the text of a string literal, "" for anything else.
func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// isError reports whether a variable's name says that it is an error.
func isError(e ast.Expr) bool {
	v, ok := e.(*ast.Ident)
	return ok && (v.Name == "err" || strings.HasSuffix(v.Name, "Err"))
}
