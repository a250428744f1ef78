package cause

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	"github.com/earshot/earshot"
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

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendBinary appends a snapshot of the whole state to dst. The same state gives the same bytes. It never fails; the error
// is there for encoding.BinaryAppender.
func (e *Engine) AppendBinary(dst []byte) ([]byte, error) {
	start := len(dst)
	c := &codec{buf: append(dst, magic...)}
	e.code(c)
	sum := crc32.Checksum(c.buf[start:], castagnoli)
	return binary.LittleEndian.AppendUint32(c.buf, sum), nil
}

// Restore replaces the state with that of a snapshot. On an error the engine is as it was.
func (e *Engine) Restore(data []byte) error {
	if len(data) < len(magic)+4 || string(data[:len(magic)]) != magic {
		return errors.New("restore causes: the snapshot does not begin as one of this version does; begin without one")
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if got := crc32.Checksum(body, castagnoli); got != sum {
		return fmt.Errorf("restore causes: the snapshot's checksum is %08x, its content has %08x: it is damaged", sum, got)
	}
	fresh := New(e.p)
	c := &codec{reading: true, buf: body[len(magic):]}
	fresh.code(c)
	switch {
	case c.err != nil:
		return fmt.Errorf("restore causes: %w", c.err)
	case len(c.buf) != 0:
		return fmt.Errorf("restore causes: %d bytes follow the snapshot's end", len(c.buf))
	}
	fresh.revive()
	*e = *fresh
	return nil
}

// code writes the state, or reads it into an empty engine.
func (e *Engine) code(c *codec) {
	c.instant(&e.now)
	e.codePersons(c)
	e.codeRoutes(c)
	combinations := e.codeAttrs(c)
	e.codeCells(c)
	e.codeTracks(c, combinations)
}

func (e *Engine) codePersons(c *codec) {
	ids := slices.Sorted(maps.Keys(e.persons))
	for i := range c.count(len(ids)) {
		p := &person{}
		if !c.reading {
			p = e.persons[ids[i]]
		}
		c.id(&p.id)
		c.instant(&p.last)
		c.instant(&p.heard)
		c.instant(&p.troubled)
		for way := range ways {
			c.float(&p.minutes[way])
			for ch := range channels {
				c.float(&p.trouble[way][ch])
			}
		}
		if c.err != nil {
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
	for i := range c.count(len(routes)) {
		var r route
		var u roundTrip
		if !c.reading {
			r, u = routes[i], e.routes[routes[i]]
		}
		c.string(&r.from)
		c.id(&r.site)
		c.string(&r.center)
		c.float(&u.n)
		c.float(&u.ms)
		if c.err != nil {
			return
		}
		e.routes[r] = u
	}
}

// codeAttrs codes the combinations of attributes that minutes have, and returns their order.
func (e *Engine) codeAttrs(c *codec) []*attrs {
	var list []*attrs
	if !c.reading {
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
	n := c.count(len(list))
	for i := range n {
		var k attrsKey
		if !c.reading {
			k = list[i].key
		}
		c.id(&k.site)
		c.bool(&k.derived)
		for _, s := range []*string{&k.subnet, &k.network, &k.isp, &k.center, &k.version, &k.vpn, &k.via} {
			c.string(s)
		}
		if c.err != nil {
			return nil
		}
		if c.reading {
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
	for i := range c.count(len(list)) {
		var k cellKey
		if !c.reading {
			k = list[i].key
		}
		c.byte((*uint8)(&k.dim))
		c.id(&k.id)
		c.string(&k.name)
		if k.dim >= dims {
			c.fail()
		}
		if c.err != nil {
			return
		}
		x := e.cells[e.cellOf(k)]
		c.bool(&x.on)
		c.float(&x.share)
		c.instant(&x.began)
		c.instant(&x.heard)
		codeList(c, &x.log, (*mark).code)
		if x.on {
			x.fault.code(c)
		}
	}
}

// codeList codes a list element by element: damage is noticed before much is allocated.
func codeList[T any](c *codec, list *[]T, code func(*T, *codec)) {
	for i := range c.count(len(*list)) {
		if c.reading {
			var zero T
			*list = append(*list, zero)
		}
		code(&(*list)[i], c)
		if c.err != nil {
			return
		}
	}
}

func codeID(id *earshot.ID, c *codec) { c.id(id) }

// code codes what a picture tells of a fault, except what it counts itself.
func (f *Fault) code(c *codec) {
	c.byte((*uint8)(&f.Cell.Scope))
	c.id(&f.Cell.ID)
	c.string(&f.Cell.Name)
	c.byte((*uint8)(&f.Cause))
	c.byte((*uint8)(&f.Direction))
	c.float(&f.Confidence)
	c.float(&f.Score)
	c.float(&f.Rate)
	c.instant(&f.Since)
	codeList(c, &f.Rivals, func(x *earshot.Cause, c *codec) { c.byte((*uint8)(x)) })
	codeList(c, &f.Troubled, codeID)
	codeList(c, &f.BadPeople, codeID)
	codeList(c, &f.Meetings, codeID)
}

func (x *mark) code(c *codec) {
	c.instant(&x.at)
	c.float(&x.conf)
	for way := range ways {
		for ch := range channels {
			c.float(&x.q[way][ch])
			c.float(&x.q1[way][ch])
		}
	}
}

func (e *Engine) codeTracks(c *codec, combinations []*attrs) {
	order := make(map[*attrs]uint64, len(combinations))
	for i, a := range combinations {
		order[a] = uint64(i)
	}
	tracks := e.tracksInOrder()
	for i := range c.count(len(tracks)) {
		t := &track{member: -1}
		var who earshot.ID
		if !c.reading {
			t = tracks[i]
			who = t.person.id
		}
		c.id(&t.segment)
		c.id(&t.meeting)
		c.id(&who)
		c.bool(&t.guest)
		n := c.count(len(t.minutes))
		if c.reading {
			t.minutes = make([]minute, min(n, mostMinutes))
			if t.person = e.persons[who]; t.person == nil || n > mostMinutes || n == 0 || e.tracks[t.segment] != nil {
				c.fail()
			}
		}
		for j := range t.minutes {
			a := order[t.minutes[j].attrs]
			c.uint(&a)
			if a >= uint64(len(combinations)) {
				c.fail()
			}
			if c.err != nil {
				return
			}
			t.minutes[j].attrs = combinations[a]
			t.minutes[j].code(c)
			if j > 0 && t.minutes[j].at <= t.minutes[j-1].at {
				c.fail()
			}
		}
		if c.err != nil {
			return
		}
		if c.reading {
			e.tracks[t.segment], e.order = t, nil
		}
	}
	e.codeDirty(c)
}

// code codes everything but the attributes.
func (m *minute) code(c *codec) {
	c.instant(&m.at)
	c.instant(&m.first)
	c.instant(&m.last)
	for way := range ways {
		c.grade(&m.grades[way])
	}
	c.grade(&m.grade)
	c.byte((*uint8)(&m.flags))
	for _, x := range []*float32{
		&m.cpu, &m.zoom, &m.pressure, &m.rssi, &m.audio.kbps, &m.audio.loss, &m.audio.jitter, &m.audio.fps, &m.video.kbps, &m.video.loss,
		&m.video.jitter, &m.video.fps, &m.sendLoss, &m.receiveLoss, &m.sendJitter, &m.receiveJitter, &m.latency, &m.remote,
	} {
		c.float32(x)
	}
	c.id(&m.offender)
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
	for i := range c.count(len(list)) {
		x := &meeting{}
		if !c.reading {
			x = list[i]
		}
		c.id(&x.id)
		c.instant(&x.dirty)
		if c.err != nil {
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
