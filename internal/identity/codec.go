package identity

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// codec writes or reads a snapshot. Beyond what [snapcode.Coder] says:
//
//	instants  0 for none, else 1 + the zigzag varint of the distance from the instant before
//	words     0 and the string at their first occurrence, which gives them the next number from 1; that number after that
type codec struct {
	snapcode.Coder
	last    earshot.Instant
	numbers map[string]uint64
	words   []string
	// partials is scratch: a segment's are needed only until they are folded.
	partials [maxPartials]partial
}

func (c *codec) instant(t *earshot.Instant) {
	var v uint64
	if !c.Reading() {
		if *t != 0 {
			d := int64(*t - c.last)
			v = uint64(d<<1^d>>63) + 1
			c.last = *t
		}
		c.Uint(&v)
		return
	}
	c.Uint(&v)
	*t = 0
	if v != 0 {
		v--
		*t = c.last + earshot.Instant(int64(v>>1)^-int64(v&1))
		c.last = *t
	}
}

// word codes a text that many things share; read, they share its bytes as well.
func (c *codec) word(s *string) {
	if !c.Reading() {
		c.writeWord(*s)
		return
	}
	*s = ""
	var n uint64
	c.Uint(&n)
	switch {
	case n == 0:
		c.Text(s)
		c.words = append(c.words, *s)
	case n <= uint64(len(c.words)):
		*s = c.words[n-1]
	default:
		c.Fail()
	}
}

func (c *codec) writeWord(s string) {
	n, known := c.numbers[s]
	c.Uint(&n)
	if !known {
		c.numbers[s] = uint64(len(c.numbers) + 1)
		c.Text(&s)
	}
}

func (c *codec) text(r *text) {
	c.Text(&r.value)
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
	c.Bool(&known)
	if known {
		c.ID(v)
	} else {
		*v = 0
	}
}

func (c *codec) who(w *who) {
	for _, r := range [...]*text{&w.zoomUser, &w.email, &w.name} {
		c.text(r)
	}
	rich := w.more != nil
	c.Bool(&rich)
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
