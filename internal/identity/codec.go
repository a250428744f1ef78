package identity

import (
	"encoding/binary"
	"errors"

	"github.com/earshot/earshot"
)

// codec writes or reads the primitives of a snapshot with the same calls, so that the two directions cannot disagree:
//
//	numbers   unsigned varint
//	instants  0 for none, else 1 + the zigzag varint of the distance from the instant before
//	strings   length, bytes
//	words     0 and the string at their first occurrence, which gives them the next number from 1; that number after that
type codec struct {
	reading bool
	buf     []byte // written so far, or left to read
	err     error
	last    earshot.Instant
	numbers map[string]uint64
	words   []string
	// partials is scratch: a segment's are needed only until they are folded.
	partials [maxPartials]partial
}

// errTruncated is the first error of a reader; everything read after it is zero.
var errTruncated = errors.New("ends early or holds an impossible number")

func (c *codec) fail() {
	if c.err == nil {
		c.err = errTruncated
	}
	c.buf = nil
}

func (c *codec) uint(v *uint64) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, *v)
		return
	}
	x, n := binary.Uvarint(c.buf)
	if n <= 0 {
		c.fail()
		x, n = 0, 0
	}
	c.buf = c.buf[n:]
	*v = x
}

// count codes a length. Each element takes at least one byte, so a length beyond what is left is damage, not a reason to
// allocate.
func (c *codec) count(n int) int {
	v := uint64(n)
	c.uint(&v)
	if c.reading && v > uint64(len(c.buf)) {
		c.fail()
		return 0
	}
	return int(v)
}

func (c *codec) instant(t *earshot.Instant) {
	var v uint64
	if !c.reading {
		if *t != 0 {
			d := int64(*t - c.last)
			v = uint64(d<<1^d>>63) + 1
			c.last = *t
		}
		c.uint(&v)
		return
	}
	c.uint(&v)
	*t = 0
	if v != 0 {
		v--
		*t = c.last + earshot.Instant(int64(v>>1)^-int64(v&1))
		c.last = *t
	}
}

// id codes an id as it is: hashes do not shrink.
func (c *codec) id(v *earshot.ID) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, uint64(*v))
		return
	}
	*v = 0
	if len(c.buf) < 8 {
		c.fail()
		return
	}
	*v = earshot.ID(binary.LittleEndian.Uint64(c.buf))
	c.buf = c.buf[8:]
}

func (c *codec) bool(b *bool) {
	var v uint64
	if *b {
		v = 1
	}
	c.uint(&v)
	*b = v != 0
}

// string codes a text that is rarely said twice.
func (c *codec) string(s *string) {
	size := c.count(len(*s))
	if !c.reading {
		c.buf = append(c.buf, *s...)
		return
	}
	*s = string(c.buf[:size])
	c.buf = c.buf[size:]
}

// word codes a text that many things share; read, they share its bytes as well.
func (c *codec) word(s *string) {
	if !c.reading {
		c.writeWord(*s)
		return
	}
	*s = ""
	var n uint64
	c.uint(&n)
	switch {
	case n == 0:
		c.string(s)
		c.words = append(c.words, *s)
	case n <= uint64(len(c.words)):
		*s = c.words[n-1]
	default:
		c.fail()
	}
}

func (c *codec) writeWord(s string) {
	if n, ok := c.numbers[s]; ok {
		c.buf = binary.AppendUvarint(c.buf, n)
		return
	}
	c.numbers[s] = uint64(len(c.numbers) + 1)
	c.buf = append(c.buf, 0)
	c.string(&s)
}

func (c *codec) text(r *text) {
	c.string(&r.value)
	if r.value != "" {
		c.instant(&r.at)
	}
}

func (c *codec) number(r *number) {
	v := r.value
	c.maybeID(&v)
	r.value = v
	if v != 0 {
		c.instant(&r.at)
	}
}

// maybeID codes an id that is often none.
func (c *codec) maybeID(v *earshot.ID) {
	known := *v != 0
	c.bool(&known)
	if known {
		c.id(v)
	} else {
		*v = 0
	}
}

func (c *codec) who(w *who) {
	for _, r := range [...]*text{&w.zoomUser, &w.email, &w.name} {
		c.text(r)
	}
	rich := w.more != nil
	c.bool(&rich)
	if !rich {
		return
	}
	if w.more == nil {
		w.more = &more{}
	}
	for _, r := range [...]*text{&w.more.registrant, &w.more.customerKey, &w.more.phone} {
		c.text(r)
	}
}
