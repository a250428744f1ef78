package cause

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// A snapshot is
//
//	magic      "earshot cause 1\n"
//	body       persons, routes, attributes, cells that were faulty, segments with their minutes, coded as codec says
//	checksum   CRC-32C of magic and body, little-endian
//
// Params are not in it. What an evaluation derives is derived again, from everything that was put: after [Engine.Restore] the
// engine goes on exactly as the original would have, and answers as it did unless something was put after its last evaluation.
const magic = "earshot cause 1\n"

// AppendBinary appends a snapshot of the whole state to dst. The same state gives the same bytes. It never fails; the error
// is there for encoding.BinaryAppender.
func (e *Engine) AppendBinary(dst []byte) ([]byte, error) {
	start := len(dst)
	c := &codec{snapcode.Writer(append(dst, magic...))}
	e.code(c)
	return snapcode.Seal(c.Bytes(), start), nil
}

// Restore replaces the state with that of a snapshot. On an error the engine is as it was.
func (e *Engine) Restore(data []byte) error {
	body, err := snapcode.Open(data, magic)
	if err != nil {
		return fmt.Errorf("restore causes: %w", err)
	}
	fresh := New(e.p)
	c := &codec{snapcode.Reader(body)}
	fresh.code(c)
	switch {
	case c.Err() != nil:
		return fmt.Errorf("restore causes: %w", c.Err())
	case len(c.Bytes()) != 0:
		return fmt.Errorf("restore causes: %d bytes follow the snapshot's end", len(c.Bytes()))
	}
	fresh.revive()
	*e = *fresh
	return nil
}

// code writes the state, or reads it into an empty engine.
func (e *Engine) code(c *codec) {
	c.Instant(&e.now)
	e.codePersons(c)
	e.codeRoutes(c)
	combinations := e.codeAttrs(c)
	e.codeCells(c)
	e.codeTracks(c, combinations)
}

func (e *Engine) codePersons(c *codec) {
	ids := slices.Sorted(maps.Keys(e.persons))
	for i := range c.Count(len(ids)) {
		p := &person{}
		if !c.Reading() {
			p = e.persons[ids[i]]
		}
		c.ID(&p.id)
		c.Instant(&p.last)
		c.Instant(&p.heard)
		c.Instant(&p.troubled)
		for way := range ways {
			c.Float(&p.minutes[way])
			for ch := range channels {
				c.Float(&p.trouble[way][ch])
			}
		}
		if c.Err() != nil {
			return
		}
		e.persons[p.id] = p
	}
}

// codeRoutes codes what round trips are usual.
func (e *Engine) codeRoutes(c *codec) {
	routes := slices.SortedFunc(maps.Keys(e.routes), func(a, b route) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.site, b.site), cmp.Compare(a.center, b.center))
	})
	for i := range c.Count(len(routes)) {
		var r route
		var u roundTrip
		if !c.Reading() {
			r, u = routes[i], e.routes[routes[i]]
		}
		c.Text(&r.from)
		c.ID(&r.site)
		c.Text(&r.center)
		c.Float(&u.n)
		c.Float(&u.ms)
		if c.Err() != nil {
			return
		}
		e.routes[r] = u
	}
}

// codeAttrs codes the combinations of attributes that minutes have, and returns their order.
func (e *Engine) codeAttrs(c *codec) []*attrs {
	var list []*attrs
	if !c.Reading() {
		seen := map[*attrs]bool{}
		for _, t := range e.tracksInOrder() {
			for i := range t.minutes {
				if a := t.minutes[i].attrs; !seen[a] {
					seen[a] = true
					list = append(list, a)
				}
			}
		}
	}
	n := c.Count(len(list))
	for i := range n {
		var k attrsKey
		if !c.Reading() {
			k = list[i].key
		}
		c.ID(&k.site)
		c.Bool(&k.derived)
		for _, s := range []*string{&k.subnet, &k.network, &k.isp, &k.center, &k.version, &k.vpn, &k.via} {
			c.Text(s)
		}
		if c.Err() != nil {
			return nil
		}
		if c.Reading() {
			list = append(list, e.attrsOf(k))
		}
	}
	return list
}

// codeCells codes the cells that were faulty lately; the others have nothing to remember.
func (e *Engine) codeCells(c *codec) {
	var list []*cell
	for _, x := range e.cells {
		if len(x.log) > 0 {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *cell) int { return a.key.compare(b.key) })
	for i := range c.Count(len(list)) {
		var k cellKey
		if !c.Reading() {
			k = list[i].key
		}
		c.Byte((*uint8)(&k.dim))
		c.ID(&k.id)
		c.Text(&k.name)
		if k.dim >= dims {
			c.Fail()
		}
		if c.Err() != nil {
			return
		}
		x := e.cells[e.cellOf(k)]
		c.Bool(&x.on)
		c.Float(&x.share)
		c.Instant(&x.began)
		c.Instant(&x.heard)
		codeList(c, &x.log, (*mark).code)
		if x.on {
			x.fault.code(c)
		}
	}
}

// codeList codes a list element by element: damage is noticed before much is allocated.
func codeList[T any](c *codec, list *[]T, code func(*T, *codec)) {
	for i := range c.Count(len(*list)) {
		if c.Reading() {
			var zero T
			*list = append(*list, zero)
		}
		code(&(*list)[i], c)
		if c.Err() != nil {
			return
		}
	}
}

func codeID(id *earshot.ID, c *codec) { c.ID(id) }

// code codes what a picture tells of a fault, except what it counts itself.
func (f *Fault) code(c *codec) {
	c.Byte((*uint8)(&f.Cell.Scope))
	c.ID(&f.Cell.ID)
	c.Text(&f.Cell.Name)
	c.Byte((*uint8)(&f.Cause))
	c.Byte((*uint8)(&f.Direction))
	c.Float(&f.Confidence)
	c.Float(&f.Score)
	c.Float(&f.Rate)
	c.Instant(&f.Since)
	codeList(c, &f.Rivals, func(x *earshot.Cause, c *codec) { c.Byte((*uint8)(x)) })
	codeList(c, &f.Troubled, codeID)
	codeList(c, &f.BadPeople, codeID)
	codeList(c, &f.Meetings, codeID)
}

func (x *mark) code(c *codec) {
	c.Instant(&x.at)
	c.Float(&x.conf)
	for way := range ways {
		for ch := range channels {
			c.Float(&x.q[way][ch])
			c.Float(&x.q1[way][ch])
		}
	}
}

func (e *Engine) codeTracks(c *codec, combinations []*attrs) {
	order := make(map[*attrs]uint64, len(combinations))
	for i, a := range combinations {
		order[a] = uint64(i)
	}
	tracks := e.tracksInOrder()
	for i := range c.Count(len(tracks)) {
		t := &track{member: -1}
		var who earshot.ID
		if !c.Reading() {
			t = tracks[i]
			who = t.person.id
		}
		c.ID(&t.segment)
		c.ID(&t.meeting)
		c.ID(&who)
		c.Bool(&t.guest)
		n := c.Count(len(t.minutes))
		if c.Reading() {
			t.minutes = make([]minute, min(n, mostMinutes))
			if t.person = e.persons[who]; t.person == nil || n > mostMinutes || n == 0 || e.tracks[t.segment] != nil {
				c.Fail()
			}
		}
		for j := range t.minutes {
			a := order[t.minutes[j].attrs]
			c.Uint(&a)
			if a >= uint64(len(combinations)) {
				c.Fail()
			}
			if c.Err() != nil {
				return
			}
			t.minutes[j].attrs = combinations[a]
			t.minutes[j].code(c)
			if j > 0 && t.minutes[j].at <= t.minutes[j-1].at {
				c.Fail()
			}
		}
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			e.tracks[t.segment], e.order = t, nil
		}
	}
	e.codeDirty(c)
}

// code codes everything but the attributes.
func (m *minute) code(c *codec) {
	c.Instant(&m.at)
	c.Instant(&m.first)
	c.Instant(&m.last)
	for way := range ways {
		c.grade(&m.grades[way])
	}
	c.grade(&m.grade)
	c.Byte((*uint8)(&m.flags))
	for _, x := range []*float32{
		&m.cpu, &m.zoom, &m.pressure, &m.rssi, &m.audio.kbps, &m.audio.loss, &m.audio.jitter, &m.audio.fps, &m.video.kbps, &m.video.loss,
		&m.video.jitter, &m.video.fps, &m.sendLoss, &m.receiveLoss, &m.sendJitter, &m.receiveJitter, &m.latency, &m.remote,
	} {
		c.Float32(x)
	}
	c.ID(&m.offender)
}

// codeDirty codes which meetings have minutes whose senders were not weighed yet.
func (e *Engine) codeDirty(c *codec) {
	var list []*meeting
	for _, x := range e.meetings {
		if x.dirty != 0 {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *meeting) int { return cmp.Compare(a.id, b.id) })
	for i := range c.Count(len(list)) {
		x := &meeting{}
		if !c.Reading() {
			x = list[i]
		}
		c.ID(&x.id)
		c.Instant(&x.dirty)
		if c.Err() != nil {
			return
		}
		e.meetings[x.id] = x
	}
}

// revive derives what a snapshot does not hold, by looking again at what the original saw last.
func (e *Engine) revive() {
	for _, t := range e.tracksInOrder() {
		e.join(t)
	}
	for id, x := range e.meetings {
		if len(x.tracks) == 0 {
			delete(e.meetings, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.persons)) {
		if p := e.persons[id]; p.troubled != 0 {
			e.troubled = append(e.troubled, p)
		}
	}
	e.arrange()
	e.resetScratch()
	e.gather()
	e.settle()
}
