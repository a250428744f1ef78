package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// readYAML takes over the file. It walks the syntax tree rather than decoding into a struct, because a struct has no lines:
// every problem must name one, those of validation as well.
func (l *loader) readYAML(text []byte) {
	root, ok := l.parse(text)
	if !ok || root == nil {
		return
	}
	top := l.tree()
	l.section(root, "", top)
}

// parse returns the file's one document, nil for an empty one.
func (l *loader) parse(text []byte) (root ast.Node, ok bool) {
	// The parser is not ours and the text is anybody's.
	defer func() {
		if r := recover(); r != nil {
			l.problems.add(l.at(nil), "the file cannot be read as YAML; want keys and values as in config.example.yaml")
			root, ok = nil, false
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var at yaml.Error
		if !errors.As(err, &at) {
			l.problems.add(l.at(nil), "no valid YAML")
			return nil, false
		}
		// Only the message: the whole error quotes the lines around it.
		l.problems.add(fmt.Sprintf("%s:%d", l.name(), at.GetToken().Position.Line), "no valid YAML: %s", at.GetMessage())
		return nil, false
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, true
	case 1:
		return bodies[0], true
	}
	l.problems.add(l.at(bodies[1]), "a second document begins here; want one")
	return nil, false
}

// name is the file in messages: short, since people know where theirs is.
func (l *loader) name() string { return filepath.Base(l.sources.File) }

// at is the place of a node.
func (l *loader) at(n ast.Node) string {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return l.name()
	}
	return fmt.Sprintf("%s:%d", l.name(), n.GetToken().Position.Line)
}

// reader takes over the value of a key.
type reader func(n ast.Node, path string)

// branch is a section: its keys, in the order of the documentation.
type branch struct {
	names []string
	keys  map[string]reader
}

func newBranch() *branch { return &branch{keys: map[string]reader{}} }

func (b *branch) add(name string, r reader) {
	if _, ok := b.keys[name]; !ok {
		b.names = append(b.names, name)
	}
	b.keys[name] = r
}

// tree builds the sections from the paths of the settings.
func (l *loader) tree() *branch {
	top := newBranch()
	branches := map[string]*branch{"": top}
	var find func(path string) *branch
	find = func(path string) *branch {
		if b, ok := branches[path]; ok {
			return b
		}
		b := newBranch()
		branches[path] = b
		parent, name := splitPath(path)
		find(parent).add(name, func(n ast.Node, path string) { l.section(n, path, b) })
		return b
	}
	for _, s := range l.settings {
		parent, name := splitPath(s.path)
		find(parent).add(name, func(n ast.Node, _ string) { l.value(n, s) })
	}
	find("webhook").add("subscriptions", l.readSubscriptions)
	find("input").add("accounts", l.readAccounts)
	find("grades").add("profiles", l.readProfiles)
	top.add("export", l.readExports)
	return top
}

func splitPath(path string) (parent, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// section reads a mapping whose keys are known.
func (l *loader) section(n ast.Node, path string, b *branch) {
	l.entries(n, path, func(key string, k, v ast.Node) {
		read, ok := b.keys[key]
		if !ok {
			l.problems.add(l.at(k), "unknown key %s; known here are %s", clip(joinPath(path, key)), strings.Join(b.names, ", "))
			return
		}
		read(v, joinPath(path, key))
	})
}

// entries calls each for the entries of a mapping. A null is an empty one: everything in it is commented out.
func (l *loader) entries(n ast.Node, path string, each func(key string, k, v ast.Node)) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		if path == "" {
			path = "the file"
		}
		l.problems.add(l.at(n), "%s is %s; want keys and values, as in config.example.yaml", path, kindOf(n))
		return
	}
	seen := map[string]bool{}
	for _, e := range values {
		key, ok := scalarText(e.Key)
		if !ok {
			l.problems.add(l.at(e), "a key is %s; want a name", kindOf(e.Key))
			continue
		}
		if seen[key] {
			l.problems.add(l.at(e.Key), "key %s appears twice", clip(joinPath(path, key)))
			continue
		}
		seen[key] = true
		each(key, e.Key, e.Value)
	}
}

// value reads a setting.
func (l *loader) value(n ast.Node, s setting) {
	if _, null := n.(*ast.NullNode); null || n == nil {
		return // "key:" with nothing behind it is as if it were commented out
	}
	text, ok := scalarText(n)
	if list, isList := n.(*ast.SequenceNode); isList && s.setItems != nil {
		l.applyItems(s, list)
		return
	} else if isList && s.list {
		text, ok = l.items(list)
		if ok && text == "" { // as by default: no list has anything in it
			l.config.origin[s.path] = l.at(n)
			return
		}
	}
	if !ok {
		l.problems.add(l.at(n), "%s is %s; want %s", s.path, kindOf(n), s.want)
		return
	}
	if s.file && text != "" {
		text = l.resolvePath(text)
	}
	l.apply(s, text, l.at(n))
}

// applyItems takes over a sequence of scalars, in which commas may be.
func (l *loader) applyItems(s setting, list *ast.SequenceNode) {
	var all []string
	for _, v := range list.Values {
		text, ok := scalarText(v)
		if !ok {
			l.problems.add(l.at(v), "%s has %s in it; want %s", s.path, kindOf(v), s.want)
			return
		}
		all = append(all, text)
	}
	if len(all) > 0 && !s.setItems(all) {
		l.problems.add(l.at(list), "%s is %s; want %s", s.path, clip(strings.Join(all, ",")), s.want)
		return
	}
	l.config.origin[s.path] = l.at(list)
}

// items joins a sequence of scalars with commas.
func (l *loader) items(list *ast.SequenceNode) (string, bool) {
	var all []string
	for _, v := range list.Values {
		text, ok := scalarText(v)
		if !ok || strings.Contains(text, ",") {
			return "", false
		}
		all = append(all, text)
	}
	return strings.Join(all, ","), true
}

// scalarText returns a scalar as it is written, without quotation marks.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return strings.TrimSpace(n.GetToken().Value), true
	}
	return "", false
}

// kindOf says what a node is, in a reader's words.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "a YAML anchor or alias, which is not supported here"
	case *ast.TagNode:
		return "a YAML tag, which is not supported here"
	case *ast.NullNode, nil:
		return "empty"
	}
	return "a single value"
}

// readAccounts reads input.accounts: what *_input means in single accounts.
func (l *loader) readAccounts(n ast.Node, path string) {
	l.entries(n, path, func(account string, _, v ast.Node) {
		m := InputMeanings{}
		b := newBranch()
		for _, s := range []setting{
			oneOf(joinPath(path, account)+".audio", "", "", &m.Audio, meanings()...),
			oneOf(joinPath(path, account)+".video", "", "", &m.Video, meanings()...),
		} {
			_, name := splitPath(s.path)
			b.add(name, func(n ast.Node, _ string) { l.value(n, s) })
		}
		l.section(v, joinPath(path, account), b)
		l.config.Input.Accounts[account] = m
	})
}

// sortedNames returns a map's keys in order.
func sortedNames[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
