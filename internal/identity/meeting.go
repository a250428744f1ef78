package identity

import (
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// meeting is the facts about one meeting and the view derived from them.
type meeting struct {
	flags
	view earshot.Meeting

	account, kind, parent number
	number, topic, host   text
	started               earshot.Instant // least start_time of *.started
	start                 earshot.Instant // least start_time of other life cycle events
	end                   earshot.Instant // greatest end_time of *.ended
	first, last           earshot.Instant // event times of what named this uuid

	main    *meeting   // of a breakout room
	rooms   []*meeting // of a main meeting
	members []*segment // those whose view says so, ordered by id
	series  *series
}

// series is one recurring number and the meetings in memory that share it.
type series struct {
	flags
	view    earshot.Series
	members []*meeting
	base    text // topics of members that left memory
}

// meetingOf returns the meeting with a uuid, a new one when there is none.
func (s *State) meetingOf(uuid string) *meeting {
	id := s.keys.Meeting(uuid)
	m := s.meetings[id]
	if m == nil {
		m = &meeting{view: earshot.Meeting{ID: id, UUID: uuid}}
		s.meetings[id] = m
		s.changed.meetings.touch(m, hard)
	}
	return m
}

// see notes that something was received about the meeting. A breakout room keeps its main meeting alive: while everybody is
// in rooms, nothing else does.
func (s *State) see(m *meeting, at earshot.Instant) {
	if at == 0 {
		return
	}
	m.first, m.last = earlier(m.first, at), max(m.last, at)
	s.widen(m, at)
	if m.main != nil {
		s.widen(m.main, at)
	}
}

func (s *State) widen(m *meeting, at earshot.Instant) {
	v := &m.view
	if first := earlier(v.FirstSeen, at); first != v.FirstSeen {
		v.FirstSeen = first
		s.changed.meetings.touch(m, hard)
	}
	if at > v.LastSeen {
		v.LastSeen = at
		s.changed.meetings.touch(m, soft)
		if m.end == 0 && m.main != nil && m.main.end != 0 { // a room's end is derived from this
			s.deriveMeeting(m)
		}
	}
}

// learnMeeting takes the facts of payload.object. room is set when they are about the main meeting of a room: the room
// shares its account, number, topic and host, but not its times.
func (s *State) learnMeeting(m *meeting, ev *zoom.Event, at earshot.Instant, account earshot.ID, room bool) {
	o := &ev.Meeting
	changed := m.account.set(at, account)
	changed = m.kind.set(at, earshot.ID(kindOf(ev.Family))) || changed
	if o.ID != "" && ev.Family != zoom.FamilySession { // a session's id is no meeting number
		c, _ := m.number.set(at, o.ID)
		changed = changed || c
	}
	c, bumped := m.topic.set(at, o.Topic)
	changed = changed || c
	c, _ = m.host.set(at, o.HostID)
	changed = changed || c
	if !room {
		changed = m.learnTimes(ev, at) || changed
	}
	if changed {
		s.deriveMeeting(m)
	} else if bumped && m.series != nil && m.series.view.Topic != m.topic.value {
		s.deriveSeries(m.series)
	}
}

// learnTimes takes start and end; where the event that should say them does not, its own time stands in.
func (m *meeting) learnTimes(ev *zoom.Event, at earshot.Instant) bool {
	started, start, end := m.started, m.start, m.end
	said := earshot.Instant(ev.Meeting.StartMs)
	switch ev.Class {
	case zoom.ClassStarted:
		m.started = earlier(m.started, or(said, at))
	case zoom.ClassEnded:
		m.end = max(m.end, or(earshot.Instant(ev.Meeting.EndMs), at))
		m.start = earlier(m.start, said)
	case zoom.ClassJoined, zoom.ClassLeft, zoom.ClassBind, zoom.ClassAlert:
		m.start = earlier(m.start, said)
	}
	return m.started != started || m.start != start || m.end != end
}

// or returns the first time, or the second when there is no first.
func or(a, b earshot.Instant) earshot.Instant {
	if a != 0 {
		return a
	}
	return b
}

func kindOf(f zoom.Family) earshot.Kind {
	switch f {
	case zoom.FamilyMeeting:
		return earshot.KindMeeting
	case zoom.FamilyWebinar:
		return earshot.KindWebinar
	case zoom.FamilySession:
		return earshot.KindSession
	}
	return earshot.KindUnknown
}

// linkRoom notes that room is a breakout room of main.
func (s *State) linkRoom(room, main *meeting, at earshot.Instant) {
	if !room.parent.set(at, main.view.ID) {
		return
	}
	s.attachRoom(room, main)
}

func (s *State) attachRoom(room, main *meeting) {
	old := room.main
	if old != nil {
		old.rooms = without(old.rooms, room)
		s.deriveMeeting(old)
	}
	room.main = main
	main.rooms = append(main.rooms, room)
	s.deriveMeeting(main)
	s.deriveMeeting(room)
}

// deriveMeeting computes the view from the facts and carries on what changed.
func (s *State) deriveMeeting(m *meeting) {
	v := m.view
	v.Account, v.Kind, v.Parent = m.account.value, earshot.Kind(m.kind.value), m.parent.value
	v.Number, v.Topic, v.HostID = m.number.value, m.topic.value, m.host.value
	v.Start, v.End = or(m.started, m.start), m.end
	v.FirstSeen, v.LastSeen = m.first, m.last
	for _, room := range m.rooms {
		v.FirstSeen, v.LastSeen = earlier(v.FirstSeen, room.first), max(v.LastSeen, room.last)
	}
	if m.main != nil && v.End == 0 && m.main.end != 0 {
		// Nothing tells that a room closed, but it cannot outlast its meeting, nor what was last heard of it.
		v.End = min(m.main.end, v.LastSeen)
	}
	v.Series = 0
	if v.Account != 0 && v.Number != "" {
		v.Series = s.keys.Series(v.Account, v.Kind, v.Number)
	}
	if v == m.view {
		return
	}
	old := m.view
	m.view = v
	s.changed.meetings.touch(m, hard)
	s.joinSeries(m)
	if v.Account != old.Account || v.Kind != old.Kind {
		for _, g := range slices.Clone(m.members) {
			s.deriveSegment(g)
			s.moveAll(g)
		}
	}
	if v.End != old.End {
		for _, room := range m.rooms {
			s.deriveMeeting(room)
		}
	}
}

// joinSeries moves the meeting to the series that its view names, and keeps the series' topic.
func (s *State) joinSeries(m *meeting) {
	if m.series != nil && m.series.view.ID != m.view.Series {
		s.leaveSeries(m)
	}
	if m.view.Series == 0 {
		return
	}
	if m.series == nil {
		r := s.series[m.view.Series]
		if r == nil {
			r = &series{view: earshot.Series{ID: m.view.Series, Account: m.view.Account, Number: m.view.Number}}
			s.series[m.view.Series] = r
			s.changed.series.touch(r, hard)
		}
		r.members = append(r.members, m)
		m.series = r
	}
	s.deriveSeries(m.series)
}

// leaveSeries takes the meeting out of its series. A series that nothing refers to was a mistake and is forgotten.
func (s *State) leaveSeries(m *meeting) {
	r := m.series
	m.series = nil
	r.members = without(r.members, m)
	if len(r.members) > 0 {
		s.deriveSeries(r)
		return
	}
	delete(s.series, r.view.ID)
	r.flags |= gone
}

func (s *State) deriveSeries(r *series) {
	topic := r.base
	for _, m := range r.members {
		topic.merge(&m.topic)
	}
	if topic.value != r.view.Topic {
		r.view.Topic = topic.value
		s.changed.series.touch(r, hard)
	}
}

// without returns the list without an element.
func without[E comparable](list []E, e E) []E {
	for i := range list {
		if list[i] == e {
			last := len(list) - 1
			list[i] = list[last]
			clear(list[last:])
			return list[:last]
		}
	}
	return list
}
