package emulator

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// scenario is a scenario file while it is read. It is read from the syntax tree rather than decoded into a struct, because a
// struct has no lines and every problem must name one.
type scenario struct {
	name     string
	o        Options
	problems []problem
	targets  []ast.Node // of o.Troubles
}

type problem struct {
	line int
	text string
}

// wrong notes a problem with a node: what it is, what is there, what is wanted.
func (s *scenario) wrong(n ast.Node, format string, args ...any) {
	line := 1
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		line = n.GetToken().Position.Line
	}
	s.problems = append(s.problems, problem{line, fmt.Sprintf("%s:%d: ", s.name, line) + fmt.Sprintf(format, args...)})
}

// parse returns the one document of the text, nil after a problem.
func (s *scenario) parse(text []byte) (root ast.Node) {
	defer func() { // the parser is not ours and the text is anybody's
		if recover() != nil {
			s.wrong(nil, "cannot be read as YAML")
			root = nil
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, message := 1, "no valid YAML"
		var at yaml.Error
		if errors.As(err, &at) {
			message += ": " + at.GetMessage()
			if t := at.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		s.problems = append(s.problems, problem{line, fmt.Sprintf("%s:%d: %s", s.name, line, message)})
		return nil
	}
	for _, d := range file.Docs {
		switch {
		case d.Body == nil:
		case root != nil:
			s.wrong(d.Body, "a second document begins here; want one")
			return nil
		default:
			root = d.Body
		}
	}
	if root == nil {
		s.wrong(nil, "got an empty file, want at least a population or faults")
	}
	return root
}

// key is what a section may contain.
type key struct {
	name string
	read func(n ast.Node, path string)
}

// section reads a mapping whose keys are known, each at most once.
func (s *scenario) section(n ast.Node, path string, keys []key) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		if path == "" {
			path = "the file"
		}
		s.wrong(n, "%s: got %s, want keys and values", path, got(n))
		return
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	seen := map[string]bool{}
next:
	for _, v := range values {
		name, _ := scalar(v.Key)
		if seen[name] {
			s.wrong(v.Key, "%s appears twice", dotted(path, name))
			continue
		}
		seen[name] = true
		for _, k := range keys {
			if k.name == name {
				k.read(v.Value, dotted(path, name))
				continue next
			}
		}
		hint := ""
		if near := nearestName(name, names); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		s.wrong(v.Key, "%s: unknown key, want one of %s%s", dotted(path, name), strings.Join(names, ", "), hint)
	}
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// scalar returns a scalar as it is written, without quotation marks.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), true
	}
	return "", false
}

// got says what a node is, shortly.
func got(n ast.Node) string {
	if text, ok := scalar(n); ok {
		if len(text) > 60 {
			text = strings.ToValidUTF8(text[:60], "") + "…"
		}
		return strconv.Quote(text)
	}
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	}
	return "nothing"
}

// text reads any scalar.
func (s *scenario) text(to func(string)) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		if t, ok := scalar(n); ok {
			to(t)
		} else {
			s.wrong(n, "%s: got %s, want a text", path, got(n))
		}
	}
}

// oneOf reads one of some words.
func oneOf[T ~string](s *scenario, to *T, words ...T) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		t, _ := scalar(n)
		var names []string
		for _, w := range words {
			if string(w) == t {
				*to = w
				return
			}
			names = append(names, string(w))
		}
		hint := ""
		if near := nearestName(t, names); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		s.wrong(n, "%s: got %s, want one of %s%s", path, got(n), strings.Join(names, ", "), hint)
	}
}

// whole reads a number without fraction from lo to hi.
func (s *scenario) whole(to *int, lo, hi int) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		t, _ := scalar(n)
		x, err := strconv.Atoi(t)
		if _, is := n.(*ast.IntegerNode); !is || err != nil || x < lo || x > hi {
			s.wrong(n, "%s: got %s, want a whole number from %d to %d", path, got(n), lo, hi)
			return
		}
		*to = x
	}
}

// number reads a number from lo to hi.
func (s *scenario) number(to *float64, lo, hi float64) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		t, _ := scalar(n)
		x, err := strconv.ParseFloat(t, 64)
		if err != nil || math.IsNaN(x) || x < lo || x > hi {
			s.wrong(n, "%s: got %s, want a number from %v to %v", path, got(n), lo, hi)
			return
		}
		*to = x
	}
}

func (s *scenario) yesNo(to *bool) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			s.wrong(n, "%s: got %s, want true or false", path, got(n))
			return
		}
		*to = b.Value
	}
}

// duration reads a span of time of at least lo and at most a year.
func (s *scenario) duration(to *time.Duration, lo time.Duration) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		t, _ := scalar(n)
		d, err := time.ParseDuration(t)
		if err != nil || d < lo || d > 366*24*time.Hour {
			s.wrong(n, "%s: got %s, want a span of %v or more, such as 90s, 5m or 1h30m", path, got(n), lo)
			return
		}
		*to = d
	}
}

// clock reads a time of day, "08:30".
func (s *scenario) clock(to *time.Duration) func(ast.Node, string) {
	return func(n ast.Node, path string) {
		t, _ := scalar(n)
		hours, minutes, ok := strings.Cut(t, ":")
		h, err1 := strconv.ParseUint(hours, 10, 8)
		m, err2 := strconv.ParseUint(minutes, 10, 8)
		if !ok || err1 != nil || err2 != nil || m > 59 || h*60+m > 24*60 {
			s.wrong(n, "%s: got %s, want a time of day such as \"08:30\"", path, got(n))
			return
		}
		*to = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	}
}
