package cause

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// codec writes or reads a snapshot.
type codec struct{ snapcode.Coder }

// grade codes a grade; what is none is damage.
func (c *codec) grade(g *earshot.Grade) {
	x := uint8(*g)
	c.Byte(&x)
	if x > uint8(earshot.Bad) {
		c.Fail()
		x = 0
	}
	*g = earshot.Grade(x)
}
