package zoom

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// enter opens an object or array.
func (d *Decoder) enter(bracket byte) bool {
	if d.depth++; d.depth > MaxDepth {
		d.fail(ErrTooDeep)
	}
	return d.expect(bracket)
}

// fields reads an object and calls field for each key. field must consume the key's value.
func (d *Decoder) fields(field func(key []byte)) {
	if !d.enter('{') {
		return
	}
	for more := !d.accept('}'); more; {
		key := d.str()
		if !d.expect(':') {
			return
		}
		field(key)
		if more = d.accept(','); !more && !d.expect('}') {
			return
		}
	}
	d.depth--
}

// values reads an array and calls value for each element. value must consume it.
func (d *Decoder) values(value func()) {
	if !d.enter('[') {
		return
	}
	for more := !d.accept(']'); more; {
		value()
		if more = d.accept(','); !more && !d.expect(']') {
			return
		}
	}
	d.depth--
}

// elements is values for the array of key name, bounded.
func (d *Decoder) elements(name string, element func()) {
	n := 0
	d.values(func() {
		if n++; n <= MaxEntries {
			element()
			return
		}
		if n == MaxEntries+1 {
			d.note(name, "!many")
		}
		d.skip()
	})
}

// object is fields for the value of key name if that is an object; null is none, anything else is the wrong type.
func (d *Decoder) object(name string, field func(key []byte)) {
	switch d.peek() {
	case '{':
		d.path = append(d.path, name)
		d.fields(field)
		d.path = d.path[:len(d.path)-1]
	case 'n':
		d.literal("null")
	default:
		d.wrongType(name)
	}
}

// objects reads one object or an array of them: for several keys Zoom's documents have both. It calls begin before each
// object and field for each of its keys.
func (d *Decoder) objects(name string, begin func(), field func(key []byte)) {
	one := func() {
		if d.peek() == '{' {
			begin()
		}
		d.object(name, field)
	}
	if d.peek() == '[' {
		d.elements(name, one)
		return
	}
	one()
}

// skip consumes a value of any kind.
func (d *Decoder) skip() {
	switch d.peek() {
	case '{':
		d.fields(func([]byte) { d.skip() })
	case '[':
		d.values(d.skip)
	case '"':
		d.str()
	case 't':
		d.literal("true")
	case 'f':
		d.literal("false")
	case 'n':
		d.literal("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		d.number()
	default:
		d.broken(d.pos)
	}
}

// scalar reads a string or number as text; null is no text.
func (d *Decoder) scalar(key []byte) (text []byte, ok bool) {
	switch c := d.peek(); {
	case c == '"':
		text = d.str()
	case c == '-' || c >= '0' && c <= '9':
		text = d.number()
	case c == 'n':
		d.literal("null")
	default:
		d.wrongType(string(key))
		return nil, false
	}
	return text, d.err == nil
}

// text reads a string that is one of many, or that names a person: every event gets its own copy.
func (d *Decoder) text(key []byte, dst *string) {
	b, _ := d.scalar(key)
	*dst = validString(b)
}

// shared reads a string that many events have in common.
func (d *Decoder) shared(key []byte, dst *string) {
	b, _ := d.scalar(key)
	*dst = d.interns.get(b)
}

// integer reads a whole number; a fraction is cut off.
func (d *Decoder) integer(key []byte, dst *int) {
	*dst = 0
	b, ok := d.scalar(key)
	if b = trim(b); !ok || isAbsent(b) {
		return
	}
	v, n := parseNumber(b)
	if n != len(b) || math.Abs(v) > math.MaxInt32 {
		d.note(string(key), wrongTypeMark)
		return
	}
	*dst = int(v)
}

func (d *Decoder) date(key []byte, dst *int64) {
	*dst = 0
	b, ok := d.scalar(key)
	if !ok {
		return
	}
	if *dst, ok = parseDate(b); !ok {
		d.note(string(key), wrongTypeMark)
	}
}

func (d *Decoder) quantity(key []byte, dst *Quantity, want unit) {
	*dst = Quantity{}
	b, ok := d.scalar(key)
	if !ok {
		return
	}
	if *dst, ok = parseQuantity(b, want); !ok {
		d.note(string(key), wrongTypeMark)
	}
}

// wrongTypeMark ends the path of a value that could not be read as what its key means.
const wrongTypeMark = "!type"

func (d *Decoder) wrongType(key string) {
	d.note(key, wrongTypeMark)
	d.skip()
}

func (d *Decoder) unknown(key []byte) {
	d.note(string(key), "")
	d.skip()
}

// maxPathKey bounds the last key of a path in bytes. Zoom's longest is under 40.
const maxPathKey = 64

// note adds the path of a key to Event.Unknown.
func (d *Decoder) note(key, mark string) {
	if d.err != nil || len(d.ev.Unknown) >= MaxUnknown {
		return
	}
	b := d.scratch[:0]
	for _, k := range d.path {
		b = append(b, k...)
		b = append(b, '.')
	}
	b = append(b, cut([]byte(key), maxPathKey)...)
	b = append(b, mark...)
	d.scratch = b
	if !slices.ContainsFunc(d.ev.Unknown, func(s string) bool { return s == string(b) }) {
		d.ev.Unknown = append(d.ev.Unknown, string(b))
	}
}

// validString copies b, replacing what is not UTF-8.
func validString(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	s := string(b)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// cut returns at most n bytes that b begins with, as valid UTF-8.
func cut(b []byte, n int) []byte {
	b = b[:min(len(b), n)]
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("?")) // as long at most
	}
	return b
}

// interns keeps one copy of strings that come again and again, so that reading them allocates nothing. It is bounded: when it
// is full it starts anew, which costs a few allocations.
type interns struct{ m map[string]string }

const (
	maxInterns   = 4096
	maxInternLen = 96
)

func (t *interns) get(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := t.m[string(b)]; ok {
		return s
	}
	s := validString(b)
	if len(b) > maxInternLen {
		return s
	}
	if t.m == nil || len(t.m) >= maxInterns {
		t.m = make(map[string]string)
	}
	t.m[string(b)] = s
	return s
}
