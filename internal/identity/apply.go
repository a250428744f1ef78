package identity

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// Apply folds one event in. Its time is event_ts, or receivedAt where Zoom sent none. Events may come in any order and any
// number of times: what is known afterwards is the same.
//
// It never fails: an event that says nothing useful changes nothing. Result.Moved is valid until the next Apply, and so are
// all views; the event's strings are kept, its slices are not.
func (s *State) Apply(ev *zoom.Event, receivedAt earshot.Instant) Result {
	s.moved = s.moved[:0]
	s.changed.forget()
	at := or(earshot.Instant(ev.TimeMs), receivedAt)
	var r Result
	if a := s.touchAccount(ev.AccountID); a != nil {
		r.Account = a.view.ID
	}
	switch ev.Family {
	case zoom.FamilyPhone:
		r.Call = s.applyCall(ev, at, r.Account)
	case zoom.FamilyMeeting, zoom.FamilyWebinar, zoom.FamilySession:
		s.applyMeeting(ev, at, &r)
	}
	if len(s.moved) > 0 {
		r.Moved = s.moved
	}
	r.Meetings = others(nil, s.changed.meetings.noted, r.Meeting, func(m *meeting) earshot.ID { return m.view.ID })
	r.Segments = others(nil, s.changed.segments.noted, r.Segment, func(g *segment) earshot.ID { return g.view.ID })
	return r
}

// applyMeeting folds an event about a meeting, webinar or session in.
func (s *State) applyMeeting(ev *zoom.Event, at earshot.Instant, r *Result) {
	switch ev.Class {
	case zoom.ClassUnknown, zoom.ClassNeighbour, zoom.ClassURLValidation:
		return
	}
	if ev.Meeting.UUID == "" {
		return
	}
	m := s.meetingOf(ev.Meeting.UUID)
	s.learnMeeting(m, ev, at, r.Account, false)
	s.see(m, at)
	r.Meeting = m.view.ID

	main, inRoom := m, false
	if room := ev.Meeting.BreakoutRoomUUID; room != "" && room != ev.Meeting.UUID {
		m, inRoom = s.meetingOf(room), true
		s.linkRoom(m, main, at)
		s.learnMeeting(m, ev, at, r.Account, true)
		s.see(m, at)
		r.Meeting = m.view.ID
	}
	id := inMeetingID(&ev.Participant)
	if id == "" {
		return
	}
	g, created := s.segmentOf(m, id)
	if inRoom {
		s.joinRoom(g, main, ev, at)
	}
	s.learnSegment(g, created || inRoom, ev, at, inRoom)
	if ev.Class == zoom.ClassBind {
		s.bindAudio(g, m, ev, at)
	}
	r.Segment, r.Meeting = g.view.ID, g.view.Meeting
}
