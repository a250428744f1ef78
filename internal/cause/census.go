package cause

import "github.com/earshot/earshot"

// anyWay is the column of a census that counts people one of whose streams is bad.
const anyWay = ways

// column counts people in each way, and in any.
type column [ways + 1]earshot.Count

// census counts the people of one minute, in every cell.
type census struct {
	all   column
	cells []column
}

// censusOf returns the census of a minute as of the last evaluation.
func (e *Engine) censusOf(at earshot.Instant) *census {
	if c := e.s.counts[at]; c != nil {
		return c
	}
	c := &census{cells: make([]column, len(e.cells))}
	e.s.stamp++
	for _, t := range e.tracksInOrder() {
		if t.visible == 0 {
			continue
		}
		m := t.find(at)
		if m == nil || m.last > e.now || t.person.seen[0] == e.s.stamp {
			continue
		}
		t.person.seen[0] = e.s.stamp // somebody with two segments is one person
		c.all.add(m)
		for d := range dims {
			if i := e.cellIn(t, m, d); i >= 0 {
				c.cells[i].add(m)
			}
		}
	}
	if e.s.counts == nil {
		e.s.counts = map[earshot.Instant]*census{}
	}
	e.s.counts[at] = c
	return c
}

func (c *column) add(m *minute) {
	some, hit := false, false
	for way := range ways {
		if m.classified(way) {
			some = some || way != computing
			hit = hit || way != computing && m.trouble(way, bad)
			c[way].Of++
			if m.trouble(way, bad) {
				c[way].Bad++
			}
		}
	}
	if some {
		c[anyWay].Of++
		if hit {
			c[anyWay].Bad++
		}
	}
}

// cellIn returns the cell of a sort that a minute belongs to, -1 for none.
func (e *Engine) cellIn(t *track, m *minute, d dim) int32 {
	if d == dimMeeting {
		return t.meetingCell
	}
	return m.attrs.cells[d]
}

// rateAround is the plain share of a cell's people who are bad around a minute, without that person, drawn towards q as if
// two more had been seen.
func (e *Engine) rateAround(i int32, m *minute, way int, q float64) float64 {
	n, x := -1., -1.
	for _, at := range [...]earshot.Instant{m.at - minuteMs, m.at, m.at + minuteMs} {
		if c := e.censusOf(at); int(i) < len(c.cells) {
			n += float64(c.cells[i][way].Of)
			x += float64(c.cells[i][way].Bad)
		}
	}
	return (max(x, 0) + 2*q) / (max(n, 0) + 2)
}
