package identity

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// A snapshot is
//
//	magic      "earshot identity 1\n"
//	body       facts, in the order of facts, coded as codec says
//	checksum   CRC-32C of magic and body, little-endian
//
// It holds facts only: ids are hashes of what is in it, and views are derived.
const magic = "earshot identity 1\n"

// AppendBinary appends a snapshot of the whole state to b. The same state gives the same bytes. It never fails; the error is
// there for encoding.BinaryAppender.
func (s *State) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = slices.Grow(b, len(magic)+256*len(s.segments)) // about what it will be
	c := &codec{Coder: snapcode.Writer(append(b, magic...)), numbers: map[string]uint64{}}
	c.facts(s, &dump{})
	return snapcode.Seal(c.Bytes(), start), nil
}

// Load replaces the state with that of a snapshot, made under the same keys. On an error the state is as it was.
func (s *State) Load(data []byte) error {
	body, err := snapcode.Open(data, magic)
	if err != nil {
		return fmt.Errorf("load identity snapshot: %w", err)
	}
	fresh, err := s.read(body)
	if err != nil {
		return fmt.Errorf("load identity snapshot: %w", err)
	}
	*s = *fresh
	return nil
}

// read decodes a body into a new state.
func (s *State) read(body []byte) (*State, error) {
	fresh := NewState(s.keys)
	c := &codec{Coder: snapcode.Reader(body)}
	var d dump
	c.facts(fresh, &d)
	switch {
	case c.Err() != nil:
		return nil, c.Err()
	case len(c.Bytes()) != 0:
		return nil, fmt.Errorf("%d bytes follow its end", len(c.Bytes()))
	}
	if err := fresh.rebuild(&d); err != nil {
		return nil, err
	}
	return fresh, nil
}

// twin is an entry of State.twins.
type twin struct {
	under earshot.ID
	room  number
}

// dump is the order of the entities in a snapshot, and what of them waits to be taken.
type dump struct {
	accounts []*account
	series   []*series
	meetings []*meeting
	segments []*segment
	persons  []*person
	calls    []*call
	twins    []*twin
}

// facts codes everything. When writing it fills the dump from the state, when reading the state and the dump.
func (c *codec) facts(s *State, d *dump) {
	if !c.Reading() {
		d.accounts, d.series, d.meetings = byID(s.accounts), byID(s.series), byID(s.meetings)
		d.segments, d.persons, d.calls = byID(s.segments), byID(s.persons), byID(s.calls)
		for _, under := range slices.Sorted(maps.Keys(s.twins)) {
			d.twins = append(d.twins, &twin{under, s.twins[under]})
		}
	}
	check := s.keys.Site(magic)
	mine := check
	c.ID(&check)
	if check != mine {
		c.FailWith(errors.New("it was made with another secret: its ids would differ"))
		return
	}
	c.Uint(&s.collapsed)
	codeList(c, &d.accounts, func(a *account) {
		c.Text(&a.view.ZoomID)
		c.flags(&a.flags)
	})
	codeList(c, &d.meetings, c.meeting)
	ordinals := make(map[*meeting]uint64, len(d.meetings))
	for i, m := range d.meetings {
		ordinals[m] = uint64(i)
	}
	codeList(c, &d.segments, func(g *segment) {
		n := ordinals[g.home]
		c.Uint(&n)
		if c.Reading() {
			if n >= uint64(len(d.meetings)) {
				c.Fail()
				return
			}
			g.home = d.meetings[n]
		}
		c.segment(g)
	})
	codeList(c, &d.twins, func(t *twin) {
		c.ID(&t.under)
		c.number(&t.room)
	})
	codeList(c, &d.calls, c.call)
	codeList(c, &d.series, func(r *series) {
		c.ID(&r.view.ID)
		c.text(&r.base)
		c.flags(&r.flags)
	})
	codeList(c, &d.persons, func(p *person) {
		c.ID(&p.view.ID)
		hasBase := p.base != nil
		c.Bool(&hasBase)
		if hasBase {
			if p.base == nil {
				p.base = &who{}
			}
			c.who(p.base)
			c.ID(&p.base.account)
		}
		c.flags(&p.flags)
	})
}

// codeList codes the elements of a list, making new ones when reading.
func codeList[E any](c *codec, list *[]*E, code func(*E)) {
	n := c.Count(len(*list))
	if c.Reading() {
		*list = make([]*E, 0, n)
	}
	for i := range n {
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			*list = append(*list, new(E))
		}
		code((*list)[i])
	}
}

// flags codes what was not taken yet. What is read comes back as savedHard and savedSoft.
func (c *codec) flags(f *flags) {
	v := uint64(*f & (hard | soft))
	c.Uint(&v)
	if c.Reading() {
		*f = 0
		if flags(v)&hard != 0 {
			*f |= savedHard
		}
		if flags(v)&soft != 0 {
			*f |= savedSoft
		}
	}
}

func (c *codec) meeting(m *meeting) {
	c.Text(&m.view.UUID)
	for _, r := range [...]*number{&m.account, &m.kind, &m.parent} {
		c.number(r)
	}
	for _, r := range [...]*text{&m.number, &m.topic, &m.host} {
		c.text(r)
	}
	for _, t := range [...]*earshot.Instant{&m.started, &m.start, &m.end, &m.first, &m.last} {
		c.instant(t)
	}
	c.flags(&m.flags)
}

func (c *codec) segment(g *segment) {
	v := &g.view
	c.Text(&v.InMeetingID)
	c.who(&g.who)
	for _, t := range [...]*earshot.Instant{&v.Join, &g.rejoined, &g.left, &g.seen, &v.FirstReport, &v.LastReport} {
		c.instant(t)
	}
	c.text(&g.reason)
	c.Bool(&g.lifecycle)
	linked := g.links != nil
	c.Bool(&linked)
	if linked {
		l := g.link()
		for _, r := range [...]*number{&l.parent, &l.bound, &l.under} {
			c.number(r)
		}
	}
	c.devices(g)
	c.flags(&g.flags)
}

// devices codes the partials: their times and the fields they have.
func (c *codec) devices(g *segment) {
	var partials []partial
	if g.gear != nil && !c.Reading() {
		partials = g.gear.expand(c.partials[:0], g.view.Devices)
	}
	n := c.Count(len(partials))
	if c.Reading() {
		if n > maxPartials {
			c.Fail()
			return
		}
		clear(c.partials[:n])
		partials = c.partials[:n]
	}
	for i := range partials {
		c.partial(&partials[i])
	}
	if !c.Reading() || c.Err() != nil || n == 0 {
		return
	}
	for i := range partials {
		if i > 0 && partials[i].at <= partials[i-1].at || partials[i].late != nil && i != n-1 {
			c.Fail()
			return
		}
	}
	g.gear = &gear{}
	g.view.Devices = g.gear.collapse(partials)
}

func (c *codec) partial(p *partial) {
	c.instant(&p.at)
	fields := uint64(p.fields)
	c.Uint(&fields)
	p.fields = uint32(fields & (1<<deviceFields - 1))
	collapsed := p.late != nil
	c.Bool(&collapsed)
	if collapsed && p.late == nil {
		p.late = new([deviceFields]earshot.Instant)
	}
	for f := range deviceFields {
		if p.fields&(1<<f) == 0 {
			continue
		}
		if sharedFields&(1<<f) != 0 {
			c.word(deviceField(&p.v, f))
		} else {
			c.Text(deviceField(&p.v, f))
		}
		if collapsed {
			c.instant(&p.late[f])
		}
	}
}

func (c *codec) call(k *call) {
	v := &k.view
	c.Text(&v.ZoomID)
	c.number(&k.account)
	for _, t := range [...]*earshot.Instant{&v.Start, &v.Connected, &v.End, &v.FirstSeen, &v.LastSeen} {
		c.instant(t)
	}
	for _, p := range [...]*party{&k.caller, &k.callee} {
		c.who(&p.who)
		for _, r := range [...]*text{&p.id, &p.line, &p.extension, &p.device, &p.connection, &p.network} {
			c.text(r)
		}
	}
	c.flags(&k.flags)
}
