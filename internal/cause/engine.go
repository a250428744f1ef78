package cause

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// Engine explains the bad minutes of one account. It is a state machine in event time: the same calls give the same
// answers. It is not safe for concurrent use.
type Engine struct {
	p   Params
	now earshot.Instant

	tracks   map[earshot.ID]*track
	order    []*track // by segment; nil when tracks changed
	persons  map[earshot.ID]*person
	meetings map[earshot.ID]*meeting
	attrs    map[attrsKey]*attrs
	routes   map[route]roundTrip
	cells    []*cell
	index    map[cellKey]int32
	sorted   []int32   // cells by key; nil when they changed
	troubled []*person // by id
	faulty   []int32   // cells accepted by the last evaluation, by key

	s scratch
}

// New returns an engine that has seen nothing.
func New(p Params) *Engine {
	return &Engine{
		p: p, tracks: map[earshot.ID]*track{}, persons: map[earshot.ID]*person{}, meetings: map[earshot.ID]*meeting{},
		attrs: map[attrsKey]*attrs{}, index: map[cellKey]int32{}, routes: map[route]roundTrip{},
	}
}

// Put adds or replaces a minute. Minutes older than what the engine keeps are ignored, and those without a segment or time.
func (e *Engine) Put(o *Observation) {
	if o.Segment == 0 || o.At <= 0 || o.At < e.now-keepMs {
		return
	}
	m := compress(o)
	k := keyOf(&o.Cells)
	if k.network == "wired" && known(m.rssi) {
		k.network = "" // stale: a cable has no signal strength
	}
	m.attrs = e.attrsOf(k)
	t := e.trackOf(o)
	t.put(&m)
	e.meetings[t.meeting].touch(o.At)
	t.person.last = max(t.person.last, o.At)
}

// trackOf returns the segment's track, and lets it follow to another person or meeting.
func (e *Engine) trackOf(o *Observation) *track {
	t := e.tracks[o.Segment]
	if t == nil {
		t = &track{segment: o.Segment, member: -1}
		e.tracks[o.Segment] = t
		e.order = nil
	} else if t.meeting != o.Meeting {
		e.leave(t)
	}
	t.guest = o.Guest
	id := o.Person
	if id == 0 {
		id = o.Segment
	}
	if t.person == nil || t.person.id != id {
		p := e.persons[id]
		if p == nil {
			p = &person{id: id}
			e.persons[id] = p
		}
		t.person = p
	}
	if x := e.meetings[o.Meeting]; x == nil || t.meeting != o.Meeting || len(t.minutes) == 0 {
		t.meeting = o.Meeting
		e.join(t)
	}
	return t
}

// Evaluate looks for faulty cells as of event time now, which must not decrease: only what was put and reported at or
// before now counts. Callers evaluate every ten seconds of event time. An evaluation before the last is ignored.
func (e *Engine) Evaluate(now earshot.Instant) {
	if now < e.now {
		return
	}
	e.now = now
	e.prune()
	e.arrange()
	e.resetScratch()
	e.findSenders()
	e.gather()
	e.search()
	e.learn()
	e.listen()
}

// prune forgets what is too old.
func (e *Engine) prune() {
	oldest := e.now - keepMs
	for _, t := range e.tracksInOrder() {
		n := 0
		for n < len(t.minutes) && t.minutes[n].at < oldest {
			n++
		}
		if n == len(t.minutes) {
			e.leave(t)
			delete(e.tracks, t.segment)
			e.order = nil
			continue
		}
		if n > 0 {
			t.minutes = slices.Delete(t.minutes, 0, n)
		}
	}
	for _, c := range e.cells {
		n := 0
		for n < len(c.log) && c.log[n].at < e.now-heardMs {
			n++
		}
		c.log = slices.Delete(c.log, 0, n)
	}
	e.sweep()
}

// sweep drops combinations of attributes and cells that nobody has any more, once there are many.
func (e *Engine) sweep() {
	if len(e.cells) < 1024+8*len(e.tracks) && len(e.attrs) < 1024+8*len(e.tracks) {
		return
	}
	old := e.cells
	e.attrs, e.index, e.cells, e.sorted = map[attrsKey]*attrs{}, map[cellKey]int32{}, nil, nil
	for _, c := range old {
		if len(c.log) > 0 {
			e.index[c.key] = int32(len(e.cells))
			e.cells = append(e.cells, c)
		}
	}
	for _, t := range e.tracksInOrder() {
		t.meetingCell = e.cellOf(cellKey{dimMeeting, t.meeting, ""})
		for i := range t.minutes {
			t.minutes[i].attrs = e.attrsOf(t.minutes[i].attrs.key)
		}
	}
}

// arrange brings cells into the order in which everything is counted and settles what can be seen at the time.
func (e *Engine) arrange() {
	if e.sorted == nil {
		e.sorted = make([]int32, len(e.cells))
		for i := range e.sorted {
			e.sorted[i] = int32(i)
		}
		slices.SortFunc(e.sorted, func(a, b int32) int { return e.cells[a].key.compare(e.cells[b].key) })
	}
	for _, t := range e.tracksInOrder() {
		t.visible = 0
		for i := len(t.minutes); i > 0; i-- {
			if t.minutes[i-1].last <= e.now {
				t.visible = i
				break
			}
		}
	}
}

func (e *Engine) tracksInOrder() []*track {
	if e.order == nil {
		e.order = make([]*track, 0, len(e.tracks))
		for _, t := range e.tracks {
			e.order = append(e.order, t)
		}
		slices.SortFunc(e.order, func(a, b *track) int { return cmp.Compare(a.segment, b.segment) })
	}
	return e.order
}

// Forget drops what was learnt about people who have not been seen since before. It changes nothing for anybody else.
func (e *Engine) Forget(before earshot.Instant) {
	inUse := map[*person]bool{}
	for _, t := range e.tracks {
		inUse[t.person] = true
	}
	for _, p := range e.troubled {
		inUse[p] = true
	}
	for id, p := range e.persons {
		if p.last < before && !inUse[p] {
			delete(e.persons, id)
		}
	}
}

// Bad returns the keys of the poor and bad minutes that are kept, ordered by time and segment.
func (e *Engine) Bad() []earshot.MinuteKey {
	var out []earshot.MinuteKey
	for _, t := range e.tracksInOrder() {
		for i := range t.seen() {
			if m := &t.minutes[i]; m.isBad() {
				out = append(out, earshot.MinuteKey{Segment: t.segment, At: m.at})
			}
		}
	}
	slices.SortFunc(out, func(a, b earshot.MinuteKey) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment))
	})
	return out
}
