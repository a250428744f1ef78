package live

import (
	"encoding/binary"
	"hash/maphash"
	"math"

	"github.com/earshot/earshot"
)

// Meeting is a meeting as it is now. It never changes; a later look gives another one. Do not modify it.
type Meeting struct {
	earshot.Meeting
	Live bool   // running at event time
	Host string // the host's name where a segment revealed it
	// People are in the meeting now; Unreported are those of them whom Zoom sends no quality reports about.
	People, Unreported int
	// Grade is the worst present person's, Since when the meeting has been that bad (0 unknown), Reason what decided it for
	// the person ReasonSegment belongs to.
	Grade         earshot.Grade
	Since         earshot.Instant
	Reason        earshot.Reason
	ReasonSegment earshot.ID
	Now           earshot.GradeCounts // people by their newest grade
	Minutes       earshot.GradeCounts // participant-minutes of the strip
	Affected      earshot.GradeCounts // people by their worst minute in the strip
	Strip         []StripMinute       // at most StripMinutes, oldest first, without holes
}

// StripMinute is one minute of a meeting: people by grade.
type StripMinute struct {
	At     earshot.Instant
	Counts [5]uint32
}

// scratch is the working memory of a view. Its parts are reused, so that looking at a thousand meetings allocates little.
type scratch struct {
	index   map[earshot.ID]int
	persons []person
	cells   []uint8 // persons × columns: grade + 1, 0 for no minute
	worst   []uint8 // by column, over all persons, carried
	buf     []byte
}

// person collects the segments of one human in one meeting.
type person struct {
	present, reported bool
	joined            earshot.Instant
	now               earshot.Grade
	reason            earshot.Reason
	segment           earshot.ID // which decided
	worst             uint8      // in the strip: grade + 1
}

// refresh brings the views of all touched meetings up to date and moves their versions where anything differs.
func (s *State) refresh() {
	for _, m := range s.touched {
		m.touched = false
		if s.meetings[m.ID] != m {
			continue
		}
		v := s.look(m)
		if m.live && !v.Live {
			s.end(m.ID)
		}
		m.live = v.Live
		p := s.print(v)
		if m.view == nil || p != m.print {
			m.print, m.changed = p, s.version
		}
		m.view = v
	}
	clear(s.touched)
	s.touched = s.touched[:0]
}

// look works out a meeting's view. Columns are minutes: the history, the running one, and one ahead of it for clocks that
// are a little fast.
func (s *State) look(m *meeting) *Meeting {
	v := &Meeting{Meeting: m.Meeting, Live: m.Live(s.watermark)}
	columns := int(s.history) + 1
	current := s.minute()
	first := uint32(max(0, int64(current)+2-int64(columns))) // the minute of column 0
	s.gather(m, v, first, columns)
	s.count(v)
	s.strip(v, first, columns)
	if v.Live {
		v.Since = s.since(m, v.Grade, first, int(current-first))
	}
	return v
}

// gather fills the scratch with the meeting's people and their minutes, and brings the segments' present state up to date.
func (s *State) gather(m *meeting, v *Meeting, first uint32, columns int) {
	w := &s.scratch
	if w.index == nil {
		w.index = make(map[earshot.ID]int)
	}
	clear(w.index)
	w.persons, w.cells = w.persons[:0], w.cells[:0]
	for _, g := range m.segments {
		s.settle(g, v.Live)
		if v.Host == "" && m.HostID != "" && g.ZoomUserID == m.HostID {
			v.Host = g.name()
		}
		key := g.Person
		if key == 0 {
			key = g.ID
		}
		i, known := w.index[key]
		if !known {
			i = len(w.persons)
			w.index[key] = i
			w.persons = append(w.persons, person{})
			for range columns {
				w.cells = append(w.cells, 0)
			}
		}
		p := &w.persons[i]
		if g.now.in {
			if !p.present || g.Join < p.joined {
				p.joined = g.Join
			}
			p.present = true
			p.reported = p.reported || g.FirstReport != 0
			if g.now.at != 0 && (p.segment == 0 || g.now.grade > p.now) {
				p.now, p.segment = g.now.grade, g.ID
				p.reason = g.newest(g.now.at, g.now.at).reason()
			}
		}
		row := w.cells[i*columns : (i+1)*columns]
		for k := range g.minutes {
			if c := &g.minutes[k]; c.at >= first && int(c.at-first) < columns {
				row[c.at-first] = max(row[c.at-first], c.grade+1)
			}
		}
	}
}

// settle works out what a segment is now and moves its version where that differs: time alone can make a grade stale.
func (s *State) settle(g *segment, live bool) {
	now := present{in: live && g.Leave == 0} // who has left has left, though the watermark may be a little behind
	if now.in {
		current := s.minute()
		now.why = earshot.WhyNoReport
		if c := g.newest(current-min(current, fresh-1), current+1); c != nil {
			now.grade, now.why, now.at = earshot.Grade(c.grade), earshot.Why(c.why), c.at
		}
	}
	if now != g.now {
		g.now, g.changed = now, s.version
	}
}

func (g *Segment) name() string {
	if g.PersonName != "" {
		return g.PersonName
	}
	return g.Name
}

// count fills what is about the people who are here now. Among those with the worst grade, the one who has had it for most
// minutes names the reason.
func (s *State) count(v *Meeting) {
	w := &s.scratch
	if len(w.persons) == 0 {
		return
	}
	columns := len(w.cells) / len(w.persons)
	longest := -1
	for i := range w.persons {
		p := &w.persons[i]
		if !p.present {
			continue
		}
		v.People++
		if !p.reported && s.watermark.Minute()-p.joined.Minute() >= grace*minuteMs {
			v.Unreported++
		}
		v.Now.Add(p.now)
		if p.now < v.Grade || p.segment == 0 {
			continue
		}
		if p.now > v.Grade {
			v.Grade, longest = p.now, -1
			v.Reason, v.ReasonSegment = earshot.Reason{}, 0
		}
		if !p.reason.Set {
			continue
		}
		n := 0
		for _, c := range w.cells[i*columns : (i+1)*columns] {
			if c == uint8(p.now)+1 {
				n++
			}
		}
		if n > longest {
			longest = n
			v.Reason, v.ReasonSegment = p.reason, p.segment
		}
	}
}

// strip counts people by grade for each of the last minutes.
func (s *State) strip(v *Meeting, first uint32, columns int) {
	w := &s.scratch
	if len(w.persons) == 0 {
		return
	}
	from, to := columns, -1 // columns with anything
	for i := range w.cells {
		if w.cells[i] != 0 {
			k := i % columns
			from, to = min(from, k), max(to, k)
		}
	}
	if to < 0 {
		return
	}
	from = max(from, max(to, columns-2)-StripMinutes+1)
	if from > to {
		return
	}
	v.Strip = make([]StripMinute, to-from+1)
	for k := range v.Strip {
		v.Strip[k].At = earshot.Instant(first+uint32(from+k)) * minuteMs
	}
	for i := range w.persons {
		p := &w.persons[i]
		for k, c := range w.cells[i*columns+from : i*columns+to+1] {
			if c == 0 {
				continue
			}
			g := min(c-1, uint8(earshot.Bad))
			v.Strip[k].Counts[g]++
			v.Minutes.Add(earshot.Grade(g))
			p.worst = max(p.worst, c)
		}
		if p.worst != 0 {
			v.Affected.Add(earshot.Grade(p.worst - 1))
		}
	}
}

// since walks back through the minutes as long as the meeting was as bad as it is now. A person without a minute counts
// with the one before, as they do now, for as long as that is fresh.
func (s *State) since(m *meeting, grade earshot.Grade, first uint32, current int) earshot.Instant {
	w := &s.scratch
	if len(w.persons) == 0 {
		return 0
	}
	columns := len(w.cells) / len(w.persons)
	w.worst = append(w.worst[:0], make([]uint8, columns)...)
	for i := range w.persons {
		row := w.cells[i*columns : (i+1)*columns]
		for k := range row {
			for back := 0; back < fresh && back <= k; back++ {
				if c := row[k-back]; c != 0 {
					w.worst[k] = max(w.worst[k], c)
					break
				}
			}
		}
	}
	k := min(current, columns-1)
	for k > 0 && w.worst[k] == 0 {
		k-- // the running minute may have said nothing yet
	}
	if w.worst[k] == 0 {
		return 0
	}
	for k > 0 && w.worst[k-1] == uint8(grade)+1 {
		k--
	}
	at := earshot.Instant(first+uint32(k)) * minuteMs
	if first+uint32(k) <= m.folded && m.runSince != 0 && m.run == grade {
		return m.runSince
	}
	return at
}

// print hashes what a list shows of a meeting, so that an update which changes nothing visible is not sent.
func (s *State) print(v *Meeting) uint64 {
	b := s.scratch.buf[:0]
	u := func(x uint64) { b = binary.LittleEndian.AppendUint64(b, x) }
	str := func(x string) { u(uint64(len(x))); b = append(b, x...) }
	flag := func(x bool) {
		if x {
			u(1)
		} else {
			u(0)
		}
	}
	flag(v.Live)
	str(v.UUID)
	str(v.Number)
	str(v.Topic)
	str(v.Host)
	for _, x := range [...]uint64{
		uint64(v.Account), uint64(v.Kind), uint64(v.Series), uint64(v.Parent), uint64(v.Start), uint64(v.End), uint64(v.FirstSeen),
		uint64(v.People), uint64(v.Unreported), uint64(v.Grade), uint64(v.Since), uint64(v.ReasonSegment),
		uint64(v.Reason.Wire), uint64(v.Reason.Direction), uint64(v.Reason.Metric),
		uint64(math.Float32bits(v.Reason.Value)), uint64(math.Float32bits(v.Reason.Bound)),
	} {
		u(x)
	}
	flag(v.Reason.Set)
	for _, c := range [...]*earshot.GradeCounts{&v.Now, &v.Affected} {
		for _, n := range c {
			u(uint64(n))
		}
	}
	for i := range v.Strip {
		u(uint64(v.Strip[i].At))
		for _, n := range v.Strip[i].Counts {
			u(uint64(n))
		}
	}
	s.scratch.buf = b
	return maphash.Bytes(s.seed, b)
}
