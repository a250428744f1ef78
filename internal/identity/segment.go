package identity

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// segment is the facts about one join and the view derived from them. Fields of the view that are facts themselves:
// InMeetingID, Join (the least), FirstReport, LastReport, Devices.
type segment struct {
	flags
	view earshot.Segment
	who

	home      *meeting // the meeting whose uuid stood beside the in-meeting id
	in        *meeting // the meeting of the view
	rejoined  earshot.Instant
	left      earshot.Instant
	seen      earshot.Instant
	reason    text
	lifecycle bool // joined or left the home meeting itself, rather than a room of it
	shadowed  bool // another segment tells of this stay; see Duplicate
	links     *links
	gear      *gear
}

// links is how a segment hangs together with others; most do not.
type links struct {
	parent, bound number
	// under is the id that a breakout room's segment would have under the main meeting's uuid.
	under number
	// dependents take their person from this segment when they have no better one.
	dependents []*segment
}

func (g *segment) link() *links {
	if g.links == nil {
		g.links = &links{}
	}
	return g.links
}

// segmentOf returns the segment with an in-meeting id in a meeting, a new one when there is none.
func (s *State) segmentOf(m *meeting, inMeetingID string) (g *segment, created bool) {
	id := s.keys.Segment(m.view.UUID, inMeetingID)
	if g = s.segments[id]; g != nil {
		return g, false
	}
	g = &segment{view: earshot.Segment{ID: id, InMeetingID: inMeetingID, Meeting: m.view.ID}, home: m, in: m}
	s.segments[id] = g
	m.members = insert(m.members, g)
	s.changed.segments.touch(g, hard)
	s.pairNew(g)
	return g, true
}

// inMeetingID returns what names the participant within the meeting; the per-join GUID stands in where there is no id.
func inMeetingID(p *zoom.Participant) string {
	if p.InMeetingID != "" {
		return p.InMeetingID
	}
	return p.UUID
}

// learnSegment takes everything that an event says about its participant.
func (s *State) learnSegment(g *segment, created bool, ev *zoom.Event, at earshot.Instant, room bool) {
	changed, contested := g.learn(at, &ev.Participant)
	changed = changed || created
	g.seen = max(g.seen, at)
	wasShort := g.short()
	switch ev.Class {
	case zoom.ClassJoined, zoom.ClassLeft:
		changed = s.learnStay(g, ev, at, room) || changed
	case zoom.ClassQoS:
		changed = s.learnReports(g, ev) || changed
	case zoom.ClassData, zoom.ClassDataSummary:
		changed = s.learnDevice(g, ev.Data, at) || changed
	}
	if changed {
		s.deriveSegment(g)
		s.deriveDependents(g)
	} else if contested {
		s.widenPerson(&g.who)
	}
	if first, last := g.view.FirstReport, g.view.LastReport; first != 0 && g.short() != wasShort {
		s.move(g, first, last)
	}
}

// learnStay takes join and leave. Join is the least join time; a leave before the newest join time is an old one that was
// delivered late.
func (s *State) learnStay(g *segment, ev *zoom.Event, at earshot.Instant, room bool) (changed bool) {
	p := &ev.Participant
	join, leave := earshot.Instant(p.JoinMs), earshot.Instant(p.LeaveMs)
	if ev.Class == zoom.ClassJoined {
		join, leave = or(join, at), 0
	} else {
		leave = or(leave, at)
	}
	assign(&g.view.Join, earlier(g.view.Join, join), &changed)
	if changed {
		s.changed.segments.touch(g, hard)
	}
	assign(&g.rejoined, max(g.rejoined, join), &changed)
	assign(&g.left, max(g.left, leave), &changed)
	c, _ := g.reason.set(at, plain(p.LeaveReason))
	changed = changed || c
	if !room {
		assign(&g.lifecycle, true, &changed)
	}
	return changed
}

// learnReports widens the span of reports. It returns true for the first report ever, from which more follows than a span.
func (s *State) learnReports(g *segment, ev *zoom.Event) bool {
	first, last := g.view.FirstReport, g.view.LastReport
	silent := first == 0
	for i := range ev.QoS {
		t := ReportTime(ev, ev.QoS[i].TimeMs)
		first, last = earlier(first, t), max(last, t)
	}
	if first != g.view.FirstReport {
		g.view.FirstReport = first
		s.changed.segments.touch(g, hard)
	}
	if last != g.view.LastReport {
		g.view.LastReport = last
		s.changed.segments.touch(g, soft)
	}
	return silent && first != 0
}

// MaxReportSkew is how far a date_time may be from the time of the event that carries it before it is taken for a mistake.
const MaxReportSkew = 24 * 3_600_000 // milliseconds

// ReportTime returns the time of one report of a QoS event: its date_time, or the event's own time when the report has none
// or one that is more than [MaxReportSkew] away: one broken clock must not stretch a segment over decades. The event's time
// does not change when Zoom delivers it late, so late delivery does no harm. 0 when neither is known.
func ReportTime(ev *zoom.Event, dateTimeMs int64) earshot.Instant {
	if dateTimeMs == 0 || ev.TimeMs != 0 && (dateTimeMs < ev.TimeMs-MaxReportSkew || dateTimeMs > ev.TimeMs+MaxReportSkew) {
		return earshot.Instant(ev.TimeMs)
	}
	return earshot.Instant(dateTimeMs)
}

// shortSession is the length under which minutes have no verdict, whatever the profile; crossing it moves them.
const shortSession = 60_000 // milliseconds

// short reports whether what is known of the segment is too short for a verdict.
func (g *segment) short() bool {
	v := &g.view
	return v.FirstReport == v.LastReport || max(v.LastReport, v.Leave)-earlier(v.FirstReport, v.Join) < shortSession
}

// deriveSegment computes the view from the facts and carries on what changed.
func (s *State) deriveSegment(g *segment) {
	v, changed := &g.view, false
	in, parent, bound := g.home, earshot.ID(0), earshot.ID(0)
	if g.links != nil {
		parent, bound = g.links.parent.value, g.links.bound.value
	}
	if room := s.roomTwin(g); room != nil {
		in = room.home
		if room.links.parent.value != 0 {
			parent = room.links.parent.value
		}
	}
	main := s.mainTwin(g)
	if main != nil {
		parent = main.view.ID
	}
	g.shadowed = main != nil
	if in != g.in {
		g.in.members = remove(g.in.members, g)
		in.members = insert(in.members, g)
		g.in = in
		s.moveAll(g)
	}
	leave, reason := g.left, g.reason.value
	if leave < g.rejoined {
		leave, reason = 0, ""
	}
	assign(&v.Meeting, in.view.ID, &changed)
	assign(&v.Account, in.view.Account, &changed)
	assign(&v.Parent, parent, &changed)
	assign(&v.Bound, bound, &changed)
	assign(&v.Leave, leave, &changed)
	assign(&v.LeaveReason, reason, &changed)
	assign(&v.Name, g.name.value, &changed)
	by := s.identifierOf(g)
	known := g.person != nil
	if s.identify(&g.who, v.Account, by) && known {
		s.moveAll(g)
	}
	assign(&v.Person, g.person.view.ID, &changed)
	// Outside is who has no identifier that this account, or its app, gave out. An e-mail alone may be anybody's. Video SDK
	// apps name their users or not as they like: nobody is outside there.
	external := by.kind != earshot.PersonByZoomUser && by.kind != earshot.PersonByRegistrant &&
		by.kind != earshot.PersonByCustomerKey && in.view.Kind != earshot.KindSession
	assign(&v.External, external, &changed)
	if changed {
		s.changed.segments.touch(g, hard)
	}
}
