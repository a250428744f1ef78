package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/earshot/earshot"
)

// The snapshot: magic, then unsigned varints and length-prefixed strings in the order of the functions below; minutes have
// a fixed width. Things are written by id, so equal states give equal bytes. It carries no checksum: whoever stores it does
// that for the whole file.
const snapshotMagic = "earshot live 3\n"

const minuteBytes = 24

var errDamaged = errors.New("damaged: a length or a number does not fit")

// AppendBinary appends a snapshot of the state to b. It implements encoding.BinaryAppender; the error is always nil.
func (s *State) AppendBinary(b []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh() // so that "was live" is that of the watermark
	w := writer{append(b, snapshotMagic...)}
	w.instant(s.watermark)
	w.instant(s.lastEvent)
	w.u(uint64(s.cutOff))
	w.instant(s.cutOffAt)
	w.u(s.seq)
	w.instant(s.receivedAt)
	w.instant(s.swept)
	w.u(uint64(len(s.calls)))
	for _, id := range slices.Sorted(maps.Keys(s.calls)) {
		c := s.calls[id]
		w.call(&c.Call)
	}
	w.u(uint64(len(s.meetings)))
	for _, id := range slices.Sorted(maps.Keys(s.meetings)) {
		w.meeting(s.meetings[id])
	}
	return w.b, nil
}

// Load replaces the state by a snapshot of [State.AppendBinary]. On an error the state is as before.
func (s *State) Load(data []byte) error {
	r := reader{b: data, words: make(map[string]string)}
	if string(r.take(len(snapshotMagic))) != snapshotMagic {
		return fmt.Errorf("live snapshot: it does not begin with %q: another version, or damaged", snapshotMagic)
	}
	n := New(Options{Logger: s.log})
	n.watermark, n.lastEvent, n.cutOff, n.cutOffAt = r.instant(), r.instant(), int(r.small(math.MaxInt32)), r.instant()
	n.seq, n.receivedAt, n.swept = r.u(), r.instant(), r.instant()
	for range r.count(8) {
		c := r.call()
		n.calls[c.ID] = call{Call: c}
	}
	for range r.count(16) {
		m := r.meeting()
		if r.err != nil {
			break
		}
		n.meetings[m.ID] = m
		for _, g := range m.segments {
			n.segments[g.ID] = g
		}
	}
	if r.err == nil && len(r.b) != 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return fmt.Errorf("live snapshot, %d bytes before its end: %w", len(r.b), r.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watermark, s.lastEvent, s.cutOff, s.cutOffAt = n.watermark, n.lastEvent, n.cutOff, n.cutOffAt
	s.seq, s.receivedAt, s.swept, s.lag = n.seq, n.receivedAt, n.swept, 0
	s.meetings, s.segments, s.calls = n.meetings, n.segments, n.calls
	s.version++
	s.floor, s.ended, s.touched, s.next = s.version, nil, nil, 0
	clear(s.marks[:])
	for _, m := range s.meetings {
		s.touch(m)
		for _, g := range m.segments {
			g.changed = s.version
		}
	}
	return nil
}

type writer struct{ b []byte }

func (w *writer) u(x uint64)                { w.b = binary.AppendUvarint(w.b, x) }
func (w *writer) id(x earshot.ID)           { w.b = binary.LittleEndian.AppendUint64(w.b, uint64(x)) }
func (w *writer) instant(x earshot.Instant) { w.b = binary.AppendVarint(w.b, int64(x)) }

func (w *writer) str(x string) {
	w.u(uint64(len(x)))
	w.b = append(w.b, x...)
}

func (w *writer) flags(xs ...bool) {
	var f byte
	for i, x := range xs {
		if x {
			f |= 1 << i
		}
	}
	w.b = append(w.b, f)
}

func (w *writer) call(c *earshot.Call) {
	w.id(c.ID)
	w.id(c.Account)
	w.str(c.ZoomID)
	for _, at := range [...]earshot.Instant{c.Start, c.Connected, c.End, c.FirstSeen, c.LastSeen} {
		w.instant(at)
	}
	for _, p := range [...]*earshot.CallParty{&c.Caller, &c.Callee} {
		w.id(p.Person)
		for _, x := range [...]string{p.ZoomID, p.Email, p.Number, p.Extension, p.Device, p.ConnectionType, p.Network} {
			w.str(x)
		}
	}
}

func (w *writer) meeting(m *meeting) {
	for _, id := range [...]earshot.ID{m.ID, m.Account, m.Series, m.Parent} {
		w.id(id)
	}
	for _, x := range [...]string{m.UUID, m.Number, m.Topic, m.HostID} {
		w.str(x)
	}
	for _, at := range [...]earshot.Instant{m.Start, m.End, m.FirstSeen, m.LastSeen, m.runSince} {
		w.instant(at)
	}
	w.u(uint64(m.Kind))
	w.u(uint64(m.run))
	w.u(uint64(m.folded))
	w.flags(m.live, m.gone)
	w.u(uint64(len(m.segments)))
	for _, g := range m.segments {
		w.segment(g)
	}
}

func (w *writer) segment(g *segment) {
	for _, id := range [...]earshot.ID{g.ID, g.Account, g.Person, g.Parent, g.Bound, g.Site} {
		w.id(id)
	}
	for _, x := range [...]string{
		g.InMeetingID, g.Name, g.LeaveReason, g.PersonName, g.ZoomUserID, g.SiteName, g.Device,
		g.NetworkType, g.DataCenter, g.ClientVersion, g.DeviceClass, g.ISP, g.Transport,
	} {
		w.str(x)
	}
	for _, at := range [...]earshot.Instant{g.Join, g.Leave, g.FirstReport, g.LastReport} {
		w.instant(at)
	}
	w.flags(g.External, g.SiteDerived)
	w.u(uint64(len(g.minutes)))
	for i := range g.minutes {
		c := &g.minutes[i]
		w.b = binary.LittleEndian.AppendUint32(w.b, c.at)
		w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(c.value))
		w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(c.bound))
		w.b = binary.LittleEndian.AppendUint32(w.b, c.slots)
		w.b = append(w.b, c.grade, c.why, c.wire, c.direction, c.metric, c.reports)
		w.b = binary.LittleEndian.AppendUint16(w.b, c.flags)
	}
	w.u(uint64(len(g.said)))
	for i := range g.said {
		w.u(uint64(g.said[i].at))
		w.verdict(&g.said[i].v)
	}
}

func (w *writer) verdict(v *earshot.Verdict) {
	w.b = append(w.b, uint8(v.Cause), v.Confidence, uint8(v.Candidate), uint8(v.Cell.Scope), uint8(v.Direction), uint8(v.Metric), uint8(v.Ruled))
	w.id(v.Cell.ID)
	w.str(v.Cell.Name)
	for _, n := range [...]int{v.Inside.Bad, v.Inside.Of, v.Elsewhere.Bad, v.Elsewhere.Of} {
		w.u(uint64(n))
	}
	w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v.Value))
	w.instant(v.Since)
}

// reader reads what writer wrote. After the first error it returns zeros.
type reader struct {
	b     []byte
	err   error
	words map[string]string // strings that occur in many segments are held once
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = errDamaged
	}
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.fail()
		return nil
	}
	x := r.b[:n]
	r.b = r.b[n:]
	return x
}

func (r *reader) u() uint64 {
	x, n := binary.Uvarint(r.b)
	if r.err != nil || n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *reader) instant() earshot.Instant {
	x, n := binary.Varint(r.b)
	if r.err != nil || n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return earshot.Instant(x)
}

func (r *reader) id() earshot.ID {
	x := r.take(8)
	if x == nil {
		return 0
	}
	return earshot.ID(binary.LittleEndian.Uint64(x))
}

func (r *reader) text() []byte {
	n := r.u()
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	return r.take(int(n))
}

// str reads a text that is hardly shared: a name, an id.
func (r *reader) str() string { return string(r.text()) }

// word reads one that many segments have.
func (r *reader) word() string {
	x := r.text()
	if len(x) == 0 {
		return ""
	}
	if w, ok := r.words[string(x)]; ok {
		return w
	}
	w := string(x)
	r.words[w] = w
	return w
}

// small reads a number that has to fit into limit.
func (r *reader) small(limit uint64) uint64 {
	x := r.u()
	if x > limit {
		r.fail()
		return 0
	}
	return x
}

// count reads how many things follow, each of at least size bytes: a damaged number cannot ask for more memory than there
// is snapshot.
func (r *reader) count(size int) int { return int(r.small(uint64(len(r.b) / size))) }

func (r *reader) flags() byte {
	x := r.take(1)
	if x == nil {
		return 0
	}
	return x[0]
}

func (r *reader) call() earshot.Call {
	c := earshot.Call{ID: r.id(), Account: r.id(), ZoomID: r.str()}
	for _, at := range [...]*earshot.Instant{&c.Start, &c.Connected, &c.End, &c.FirstSeen, &c.LastSeen} {
		*at = r.instant()
	}
	for _, p := range [...]*earshot.CallParty{&c.Caller, &c.Callee} {
		p.Person = r.id()
		for _, x := range [...]*string{&p.ZoomID, &p.Email, &p.Number, &p.Extension, &p.Device, &p.ConnectionType, &p.Network} {
			*x = r.str()
		}
	}
	return c
}

func (r *reader) meeting() *meeting {
	m := &meeting{}
	for _, id := range [...]*earshot.ID{&m.ID, &m.Account, &m.Series, &m.Parent} {
		*id = r.id()
	}
	for _, x := range [...]*string{&m.UUID, &m.Number, &m.Topic, &m.HostID} {
		*x = r.str()
	}
	for _, at := range [...]*earshot.Instant{&m.Start, &m.End, &m.FirstSeen, &m.LastSeen, &m.runSince} {
		*at = r.instant()
	}
	m.Kind = earshot.Kind(r.small(math.MaxUint8))
	m.run = earshot.Grade(r.small(uint64(earshot.Bad)))
	m.folded = uint32(r.small(math.MaxUint32))
	f := r.flags()
	m.live, m.gone = f&1 != 0, f&2 != 0
	n := r.count(48)
	m.segments = make([]*segment, 0, n)
	for range n {
		g := r.segment(m.ID)
		if r.err != nil {
			break
		}
		m.insert(g)
	}
	return m
}

func (r *reader) segment(meeting earshot.ID) *segment {
	g := &segment{}
	g.Meeting = meeting
	for _, id := range [...]*earshot.ID{&g.ID, &g.Account, &g.Person, &g.Parent, &g.Bound, &g.Site} {
		*id = r.id()
	}
	for _, x := range [...]*string{&g.InMeetingID, &g.Name} {
		*x = r.str()
	}
	g.LeaveReason = r.word()
	for _, x := range [...]*string{&g.PersonName, &g.ZoomUserID} {
		*x = r.str()
	}
	for _, x := range [...]*string{&g.SiteName, &g.Device, &g.NetworkType, &g.DataCenter, &g.ClientVersion, &g.DeviceClass, &g.ISP, &g.Transport} {
		*x = r.word()
	}
	for _, at := range [...]*earshot.Instant{&g.Join, &g.Leave, &g.FirstReport, &g.LastReport} {
		*at = r.instant()
	}
	f := r.flags()
	g.External, g.SiteDerived = f&1 != 0, f&2 != 0
	g.search = g.names()
	n := r.count(minuteBytes)
	g.minutes = make([]compactMinute, 0, n)
	for range n {
		x := r.take(minuteBytes)
		if x == nil {
			break
		}
		g.minutes = append(g.minutes, compactMinute{
			at:    binary.LittleEndian.Uint32(x),
			value: math.Float32frombits(binary.LittleEndian.Uint32(x[4:])), bound: math.Float32frombits(binary.LittleEndian.Uint32(x[8:])),
			slots: binary.LittleEndian.Uint32(x[12:]),
			grade: min(x[16], uint8(earshot.Bad)), why: x[17], wire: x[18], direction: x[19], metric: x[20], reports: x[21],
			flags: binary.LittleEndian.Uint16(x[22:]),
		})
		if k := len(g.minutes); k > 1 && g.minutes[k-1].at <= g.minutes[k-2].at {
			r.fail()
		}
	}
	for range r.count(verdictBytes) {
		x := said{at: uint32(r.small(math.MaxUint32)), v: r.verdict()}
		if k := len(g.said); k > 0 && g.said[k-1].at >= x.at {
			r.fail()
			break
		}
		g.said = append(g.said, x)
	}
	return g
}

// verdictBytes is the least that a verdict and its minute take.
const verdictBytes = 26

func (r *reader) verdict() (v earshot.Verdict) {
	x := r.take(7)
	if x == nil {
		return v
	}
	v.Cause, v.Confidence, v.Candidate, v.Cell.Scope = earshot.Cause(x[0]), x[1], earshot.Cause(x[2]), earshot.Scope(x[3])
	v.Direction, v.Metric, v.Ruled = earshot.Direction(x[4]), earshot.Metric(x[5]), earshot.RuledOut(x[6])
	v.Cell.ID, v.Cell.Name = r.id(), r.word()
	for _, n := range [...]*int{&v.Inside.Bad, &v.Inside.Of, &v.Elsewhere.Bad, &v.Elsewhere.Of} {
		*n = int(r.small(math.MaxInt32))
	}
	if f := r.take(4); f != nil {
		v.Value = math.Float32frombits(binary.LittleEndian.Uint32(f))
	}
	v.Since = r.instant()
	return v
}
