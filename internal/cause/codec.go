package cause

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/earshot/earshot"
)

// codec writes or reads the primitives of a snapshot with the same calls, so that the two directions cannot disagree. Numbers
// are unsigned varints, instants and floats eight and four bytes as they are: a restored engine must add up the same sums.
type codec struct {
	reading bool
	buf     []byte // written so far, or left to read
	err     error
}

// errDamaged is the first error of a reader; everything read after it is zero.
var errDamaged = errors.New("ends early or holds an impossible number")

func (c *codec) fail() {
	if c.err == nil {
		c.err = errDamaged
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

func (c *codec) fixed(v *uint64) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, *v)
		return
	}
	if len(c.buf) < 8 {
		c.fail()
		*v = 0
		return
	}
	*v = binary.LittleEndian.Uint64(c.buf)
	c.buf = c.buf[8:]
}

func (c *codec) instant(t *earshot.Instant) {
	v := uint64(int64(*t)<<1 ^ int64(*t)>>63)
	c.uint(&v)
	*t = earshot.Instant(int64(v>>1) ^ -int64(v&1))
}

func (c *codec) id(v *earshot.ID) { c.fixed((*uint64)(v)) }

func (c *codec) float(v *float64) {
	x := math.Float64bits(*v)
	c.fixed(&x)
	*v = math.Float64frombits(x)
}

func (c *codec) float32(v *float32) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, math.Float32bits(*v))
		return
	}
	if len(c.buf) < 4 {
		c.fail()
		*v = 0
		return
	}
	*v = math.Float32frombits(binary.LittleEndian.Uint32(c.buf))
	c.buf = c.buf[4:]
}

func (c *codec) byte(v *uint8) {
	if !c.reading {
		c.buf = append(c.buf, *v)
		return
	}
	if len(c.buf) == 0 {
		c.fail()
		*v = 0
		return
	}
	*v = c.buf[0]
	c.buf = c.buf[1:]
}

func (c *codec) bool(v *bool) {
	var x uint8
	if *v {
		x = 1
	}
	c.byte(&x)
	if x > 1 {
		c.fail()
	}
	*v = x == 1
}

func (c *codec) string(s *string) {
	n := c.count(len(*s))
	if !c.reading {
		c.buf = append(c.buf, *s...)
		return
	}
	*s = string(c.buf[:n])
	c.buf = c.buf[n:]
}

// grade codes a grade; what is none is damage.
func (c *codec) grade(g *earshot.Grade) {
	x := uint8(*g)
	c.byte(&x)
	if x > uint8(earshot.Bad) {
		c.fail()
		x = 0
	}
	*g = earshot.Grade(x)
}
