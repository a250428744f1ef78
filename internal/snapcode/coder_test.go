package snapcode

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
)

// things is one of each primitive.
type things struct {
	Number uint64
	Signed int64
	Length int
	Fixed  uint64
	ID     earshot.ID
	At     earshot.Instant
	Wide   float64
	Narrow float32
	Byte   uint8
	Yes    bool
	No     bool
	Text   string
}

func (x *things) code(c *Coder) {
	c.Uint(&x.Number)
	c.Int(&x.Signed)
	x.Length = c.Count(x.Length)
	c.Fixed(&x.Fixed)
	c.ID(&x.ID)
	c.Instant(&x.At)
	c.Float(&x.Wide)
	c.Float32(&x.Narrow)
	c.Byte(&x.Byte)
	c.Bool(&x.Yes)
	c.Bool(&x.No)
	c.Text(&x.Text)
}

var sample = things{
	Number: 300, Signed: -3, Length: 2, Fixed: 1, ID: 0x0102030405060708, At: 1000, Wide: 1.5, Narrow: -2, Byte: 7, Yes: true, Text: "aé",
}

// sampleBytes are sample as it lies on disks.
const sampleBytes = "ac02" + "05" + "02" + "0100000000000000" + "0807060504030201" + "d00f" + "000000000000f83f" + "000000c0" + "07" + "01" + "00" + "0361c3a9"

// TestBytes holds the format of each primitive, in both directions.
func TestBytes(t *testing.T) {
	in := sample
	w := Writer([]byte("magic"))
	in.code(&w)
	if got := hex.EncodeToString(w.Bytes()[5:]); got != sampleBytes || !bytes.HasPrefix(w.Bytes(), []byte("magic")) {
		t.Fatalf("wrote %s, want %s", got, sampleBytes)
	}
	var out things
	r := Reader(w.Bytes()[5:])
	out.code(&r)
	if d := cmp.Diff(sample, out); d != "" || r.Err() != nil || len(r.Bytes()) != 0 {
		t.Errorf("error %v, %d bytes left, -wrote +read:\n%s", r.Err(), len(r.Bytes()), d)
	}
}

// TestCutShort reads every beginning of a snapshot: an error, and what was not there is zero.
func TestCutShort(t *testing.T) {
	whole, err := hex.DecodeString(sampleBytes)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		var out things
		r := Reader(whole[:n])
		out.code(&r)
		if !errors.Is(r.Err(), ErrDamaged) || out.Text != "" || len(r.Bytes()) != 0 {
			t.Errorf("%d bytes: error %v, text %q, %d bytes left", n, r.Err(), out.Text, len(r.Bytes()))
		}
	}
}

// TestDamage reads what nobody writes.
func TestDamage(t *testing.T) {
	for name, x := range map[string]struct {
		bytes []byte
		read  func(*Coder)
	}{
		"a length beyond the end": {[]byte{200, 1, 1}, func(c *Coder) {
			if n := c.Count(0); n != 0 {
				t.Errorf("a count of %d", n)
			}
		}},
		"a number of eleven bytes": {bytes.Repeat([]byte{0x80}, 11), func(c *Coder) { var v uint64; c.Uint(&v) }},
		"neither yes nor no":       {[]byte{2}, func(c *Coder) { var v bool; c.Bool(&v) }},
	} {
		r := Reader(x.bytes)
		if x.read(&r); !errors.Is(r.Err(), ErrDamaged) {
			t.Errorf("%s: error %v", name, r.Err())
		}
	}
	own := errors.New("of another secret")
	r := Reader([]byte{1})
	r.FailWith(own)
	if r.Fail(); !errors.Is(r.Err(), own) {
		t.Errorf("the first error is %v", r.Err())
	}
}

// TestExtremes codes the ends of the ranges.
func TestExtremes(t *testing.T) {
	for _, v := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		w := Writer(nil)
		x := v
		w.Int(&x)
		var got int64
		if r := Reader(w.Bytes()); true {
			r.Int(&got)
		}
		if got != v {
			t.Errorf("%d became %d", v, got)
		}
	}
}
