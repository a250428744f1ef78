// Package snapcode writes and reads the primitives of binary snapshots with the same calls, so that the two directions of a format
// cannot disagree: a function that codes a thing is given a [Coder], and writes the thing or fills it in. [Seal] and [Open] put
// magic words and a checksum around it. The formats themselves are their owners'.
//
// Reading never panics and never allocates for a length that the bytes left cannot hold. After the first thing that does not fit
// everything is read as zero, and [Coder.Err] says so once, at the end. A Coder serves one goroutine.
//
// It is tested by whoever has a format, with round trips and fuzzing; the tests here hold the bytes of each primitive, which are on
// people's disks.
package snapcode

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/earshot/earshot"
)

// Coder codes primitives. Numbers are unsigned varints; ids and floats eight or four bytes, least first, as they are: hashes do not
// shrink, and whoever is restored must add up the same sums.
type Coder struct {
	reading bool
	buf     []byte // written so far, or left to read
	err     error
}

// ErrDamaged is what [Coder.Err] returns for bytes that are none of these snapshots.
var ErrDamaged = errors.New("ends early or holds an impossible number")

// Writer returns a coder that appends to b.
func Writer(b []byte) Coder { return Coder{buf: b} }

// Reader returns a coder that reads b.
func Reader(b []byte) Coder { return Coder{reading: true, buf: b} }

// Reading reports which way the coder goes.
func (c *Coder) Reading() bool { return c.reading }

// Bytes are what was written so far, or what is left to read.
func (c *Coder) Bytes() []byte { return c.buf }

// Err returns the first error; nil while there was none.
func (c *Coder) Err() error { return c.err }

// Fail ends reading: what was read cannot be.
func (c *Coder) Fail() { c.FailWith(ErrDamaged) }

// FailWith ends reading with an error of the caller's, unless there was one before.
func (c *Coder) FailWith(err error) {
	if c.err == nil {
		c.err = err
	}
	c.buf = nil
}

// Uint codes a number.
func (c *Coder) Uint(v *uint64) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, *v)
		return
	}
	x, n := binary.Uvarint(c.buf)
	if n <= 0 {
		c.Fail()
		x, n = 0, 0
	}
	c.buf = c.buf[n:]
	*v = x
}

// Int codes a number that may be negative: nearer to zero is shorter.
func (c *Coder) Int(v *int64) {
	x := uint64(*v<<1 ^ *v>>63)
	c.Uint(&x)
	*v = int64(x>>1) ^ -int64(x&1)
}

// Count codes a length and returns it. Each element takes at least one byte, so a length beyond what is left is damage, not a reason
// to allocate.
func (c *Coder) Count(n int) int {
	v := uint64(n)
	c.Uint(&v)
	if c.reading && v > uint64(len(c.buf)) {
		c.Fail()
		return 0
	}
	return int(v)
}

// take returns the next n bytes to read, nil when there are not so many.
func (c *Coder) take(n int) []byte {
	if len(c.buf) < n {
		c.Fail()
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

// Fixed codes a number in eight bytes.
func (c *Coder) Fixed(v *uint64) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, *v)
		return
	}
	*v = 0
	if b := c.take(8); b != nil {
		*v = binary.LittleEndian.Uint64(b)
	}
}

// ID codes an id.
func (c *Coder) ID(v *earshot.ID) { c.Fixed((*uint64)(v)) }

// Instant codes a time.
func (c *Coder) Instant(t *earshot.Instant) { c.Int((*int64)(t)) }

// Float codes a float.
func (c *Coder) Float(v *float64) {
	x := math.Float64bits(*v)
	c.Fixed(&x)
	*v = math.Float64frombits(x)
}

// Float32 codes a float of four bytes.
func (c *Coder) Float32(v *float32) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, math.Float32bits(*v))
		return
	}
	*v = 0
	if b := c.take(4); b != nil {
		*v = math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
}

// Byte codes a byte.
func (c *Coder) Byte(v *uint8) {
	if !c.reading {
		c.buf = append(c.buf, *v)
		return
	}
	*v = 0
	if b := c.take(1); b != nil {
		*v = b[0]
	}
}

// Bool codes yes or no; a byte that is neither is damage.
func (c *Coder) Bool(v *bool) {
	var x uint8
	if *v {
		x = 1
	}
	c.Byte(&x)
	if x > 1 {
		c.Fail()
	}
	*v = x == 1
}

// Text codes a string with its length.
func (c *Coder) Text(s *string) {
	n := c.Count(len(*s))
	if !c.reading {
		c.buf = append(c.buf, *s...)
		return
	}
	*s = string(c.take(n))
}
