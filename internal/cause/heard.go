package cause

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// heardMs is how long it is told when a cell or person with trouble was heard last.
const heardMs = 20 * minuteMs

// Heard is when something was last heard of the people of a cell.
type Heard struct {
	Cell earshot.Cell
	Last earshot.Instant // the end of the newest classified minute of anybody in it
}

// listen notes when cells and people were heard, and which people are in trouble.
func (e *Engine) listen() {
	for j := range e.s.members {
		o := &e.s.members[j]
		t := o.t
		var last earshot.Instant
		isBad := false
		for i := t.visible - 1; i >= 0 && i >= t.visible-5; i-- {
			m := &t.minutes[i]
			if last == 0 && (m.classified(receiving) || m.classified(sending) || m.classified(computing)) {
				last = m.last
			}
			isBad = isBad || m.isBad()
		}
		t.person.heard = max(t.person.heard, last)
		for _, i := range o.cells {
			if i >= 0 {
				e.cells[i].heard = max(e.cells[i].heard, last)
			}
		}
		if isBad {
			if t.person.troubled == 0 {
				e.troubled = append(e.troubled, t.person)
			}
			t.person.troubled = e.now
		}
	}
	e.troubled = slices.DeleteFunc(e.troubled, func(p *person) bool {
		old := p.troubled < e.now-heardMs
		if old {
			p.troubled = 0
		}
		return old
	})
	slices.SortFunc(e.troubled, func(a, b *person) int { return cmp.Compare(a.id, b.id) })
}

// heard lists the cells that were faulty and the people who were in trouble lately.
func (e *Engine) heard() (out []Heard) {
	for _, i := range e.sorted {
		if c := e.cells[i]; len(c.log) > 0 {
			out = append(out, Heard{c.key.public(), c.heard})
		}
	}
	for _, p := range e.troubled {
		out = append(out, Heard{earshot.Cell{Scope: earshot.ScopePerson, ID: p.id}, p.heard})
	}
	slices.SortFunc(out, func(a, b Heard) int { return compareCells(a.Cell, b.Cell) })
	return out
}

func compareCells(a, b earshot.Cell) int {
	return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name))
}
