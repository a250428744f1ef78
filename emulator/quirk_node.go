package emulator

import (
	"fmt"
	"slices"

	"github.com/go-faster/jx"
)

// node is a JSON value that keeps the order of its keys and the spelling of its scalars: what a quirk does not touch stays as it
// was, byte for byte but for white space. The methods accept a nil node and do nothing with it.
type node struct {
	kind jx.Type
	raw  []byte   // scalars
	keys []string // objects
	kids []*node  // objects and arrays
}

// parseNode reads one JSON value.
func parseNode(b []byte) (*node, error) {
	d := jx.DecodeBytes(b)
	n, err := readNode(d)
	if err != nil {
		return nil, fmt.Errorf("parse JSON: %w", err)
	}
	return n, nil
}

func readNode(d *jx.Decoder) (*node, error) {
	n := &node{kind: d.Next()}
	var err error
	switch n.kind {
	case jx.Object:
		err = d.Obj(func(d *jx.Decoder, key string) error {
			kid, err := readNode(d)
			n.keys, n.kids = append(n.keys, key), append(n.kids, kid)
			return err
		})
	case jx.Array:
		err = d.Arr(func(d *jx.Decoder) error {
			kid, err := readNode(d)
			n.kids = append(n.kids, kid)
			return err
		})
	default:
		var raw jx.Raw
		raw, err = d.Raw()
		n.raw = slices.Clone(raw)
	}
	return n, err
}

// write returns the JSON of n.
func (n *node) write() []byte {
	var e jx.Encoder
	n.encode(&e)
	return e.Bytes()
}

func (n *node) encode(e *jx.Encoder) {
	switch n.kind {
	case jx.Object:
		e.ObjStart()
		for i, key := range n.keys {
			e.FieldStart(key)
			n.kids[i].encode(e)
		}
		e.ObjEnd()
	case jx.Array:
		e.ArrStart()
		for _, kid := range n.kids {
			kid.encode(e)
		}
		e.ArrEnd()
	default:
		e.Raw(n.raw)
	}
}

func textNode(s string) *node {
	var e jx.Encoder
	e.Str(s)
	return &node{kind: jx.String, raw: e.Bytes()}
}

// index is the place of a key in an object, -1 if there is none.
func (n *node) index(key string) int {
	if n == nil {
		return -1
	}
	return slices.Index(n.keys, key)
}

// get returns the value of a key, or nil.
func (n *node) get(key string) *node {
	if i := n.index(key); i >= 0 {
		return n.kids[i]
	}
	return nil
}

// at follows a path of keys.
func (n *node) at(path ...string) *node {
	for _, key := range path {
		n = n.get(key)
	}
	return n
}

// items returns the elements of an array, none of anything else.
func (n *node) items() []*node {
	if n == nil || n.kind != jx.Array {
		return nil
	}
	return n.kids
}

// oneOrItems returns the elements of an array, or an object as the only one.
func (n *node) oneOrItems() []*node {
	if n != nil && n.kind == jx.Object {
		return []*node{n}
	}
	return n.items()
}

// text returns a string's value, "" for anything else.
func (n *node) text() string {
	if n == nil || n.kind != jx.String {
		return ""
	}
	s, err := jx.DecodeBytes(n.raw).Str()
	if err != nil {
		return ""
	}
	return s
}

// set replaces the value of a key that is there.
func (n *node) set(key string, v *node) {
	if i := n.index(key); i >= 0 {
		n.kids[i] = v
	}
}

// drop removes a key.
func (n *node) drop(key string) {
	if i := n.index(key); i >= 0 {
		n.keys, n.kids = slices.Delete(n.keys, i, i+1), slices.Delete(n.kids, i, i+1)
	}
}

// rename gives a key another name.
func (n *node) rename(key, to string) {
	if i := n.index(key); i >= 0 {
		n.keys[i] = to
	}
}

// keep removes all keys but those named, unless that leaves none.
func (n *node) keep(keys []string) {
	if !slices.ContainsFunc(keys, func(k string) bool { return n.index(k) >= 0 }) {
		return
	}
	for _, key := range slices.Clone(n.keys) {
		if !slices.Contains(keys, key) {
			n.drop(key)
		}
	}
}

// filter keeps the elements of an array for which f is true.
func (n *node) filter(f func(*node) bool) {
	if n != nil && n.kind == jx.Array {
		n.kids = slices.DeleteFunc(n.kids, func(e *node) bool { return !f(e) })
	}
}

// clear empties an array.
func (n *node) clear() { n.filter(func(*node) bool { return false }) }

// nest puts the value of a key into an object under the same key.
func (n *node) nest(key string) {
	if v := n.get(key); v != nil {
		n.set(key, &node{kind: jx.Object, keys: []string{key}, kids: []*node{v}})
	}
}

// rotate moves the first k keys of an object to its end.
func (n *node) rotate(k int) {
	if k %= len(n.keys); k > 0 {
		n.keys = append(n.keys[k:len(n.keys):len(n.keys)], n.keys[:k]...)
		n.kids = append(n.kids[k:len(n.kids):len(n.kids)], n.kids[:k]...)
	}
}

// unquote makes an integer of a string of decimal digits, with or without a sign.
func (n *node) unquote() {
	s := n.text()
	digits := s
	if len(s) > 1 && s[0] == '-' {
		digits = s[1:]
	}
	if digits == "" || len(digits) > 18 || digits[0] == '0' && len(digits) > 1 || slices.ContainsFunc([]byte(digits), func(c byte) bool { return c < '0' || c > '9' }) {
		return
	}
	n.kind, n.raw = jx.Number, []byte(s)
}

// quote makes a string of a number.
func (n *node) quote() {
	if n != nil && n.kind == jx.Number {
		*n = *textNode(string(n.raw))
	}
}
