package identity

import (
	"html"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// joinRoom links the segment of a breakout room with the main meeting: with the segment it continues, and with the one that
// reports on it may come under.
func (s *State) joinRoom(room *segment, main *meeting, ev *zoom.Event, at earshot.Instant) {
	p := &ev.Participant
	if p.ParentUserID != "" {
		// Whoever is in a room is in the main meeting, whether or not their joining it was ever told.
		parent, _ := s.segmentOf(main, p.ParentUserID)
		parent.learn(at, p)
		parent.lifecycle = true
		parent.seen = max(parent.seen, at)
		room.link().parent.set(at, parent.view.ID)
		depend(parent, room)
		s.deriveSegment(parent)
		s.deriveDependents(parent)
	}
	if id := inMeetingID(p); id != "" {
		under := s.keys.Segment(main.view.UUID, id)
		room.link().under.set(at, under)
		twin := s.twins[under]
		twin.set(at, room.view.ID)
		s.twins[under] = twin
		if m := s.segments[under]; m != nil {
			s.pair(m, room)
			s.deriveSegment(m)
			s.deriveDependents(m)
		}
	}
}

// pair makes the segment of a room and the one under the main meeting's uuid follow each other.
func (s *State) pair(main, room *segment) {
	if main == room {
		return
	}
	depend(main, room)
	depend(room, main)
	if p := s.parentOf(room); p != nil {
		depend(p, main)
	}
}

// pairNew does so for a segment that has just been made.
func (s *State) pairNew(main *segment) {
	if len(s.twins) == 0 {
		return
	}
	if room := s.segments[s.twins[main.view.ID].value]; room != nil {
		s.pair(main, room)
	}
}

// roomTwin returns the breakout room's segment that g reports on under the main meeting's uuid, nil when g is what it seems.
func (s *State) roomTwin(g *segment) *segment {
	if len(s.twins) == 0 || g.lifecycle {
		return nil
	}
	if room := s.segments[s.twins[g.view.ID].value]; room != g {
		return room
	}
	return nil
}

// mainTwin returns the segment that reports on g, of a breakout room, under the main meeting's uuid; nil when g has reports
// of its own, or nobody has.
func (s *State) mainTwin(g *segment) *segment {
	if g.links == nil || g.links.under.value == 0 || g.view.FirstReport != 0 {
		return nil
	}
	if main := s.segments[g.links.under.value]; main != nil && s.roomTwin(main) == g {
		return main
	}
	return nil
}

func (s *State) parentOf(g *segment) *segment {
	if g == nil || g.links == nil {
		return nil
	}
	return s.segments[g.links.parent.value]
}

// bindAudio notes that one in-meeting id is the telephone audio of another. The example of participant_bind names the
// telephone in bind_user_id.
func (s *State) bindAudio(owner *segment, home *meeting, ev *zoom.Event, at earshot.Instant) {
	p := &ev.Participant
	if p.BindUserID == "" || p.BindUserID == owner.view.InMeetingID {
		return
	}
	phone, _ := s.segmentOf(home, p.BindUserID)
	phone.link().bound.set(at, owner.view.ID)
	phone.seen = max(phone.seen, at)
	depend(owner, phone)
	s.deriveSegment(phone)
	s.deriveDependents(phone)
}

// depend makes d follow g when g learns who it is.
func depend(g, d *segment) {
	if l := g.link(); g != d && !slices.Contains(l.dependents, d) {
		l.dependents = append(l.dependents, d)
	}
}

func (s *State) deriveDependents(g *segment) {
	if g.links == nil {
		return
	}
	for _, d := range g.links.dependents {
		if s.segments[d.view.ID] == d { // not forgotten meanwhile
			s.deriveSegment(d)
		}
	}
}

// identifierOf returns what the segment's person is known by. A segment that does not say who it is is the person whose
// audio it carries, or whose main room segment it continues, or of whose stay it is the other half.
func (s *State) identifierOf(g *segment) identifier {
	own := g.identifier()
	if g.links == nil && len(s.twins) == 0 || own.strong() {
		return own
	}
	room, main := g, s.mainTwin(g)
	if r := s.roomTwin(g); r != nil {
		room, main = r, g
	}
	var bound *segment
	if g.links != nil {
		bound = s.segments[g.links.bound.value]
	}
	best, found := own, false
	for _, t := range [...]*segment{bound, s.parentOf(room), room, main} {
		if t == nil {
			continue
		}
		if by := t.identifier(); !found || by.rank() < best.rank() {
			best, found = by, true
		}
	}
	return best
}

func (g *segment) identifier() identifier {
	device := ""
	if len(g.view.Devices) > 0 {
		device = g.view.Devices[0].Device
	}
	return g.best(device, g.view.ID)
}

// rank orders identifiers, best first.
func (i identifier) rank() int {
	if i.kind == earshot.PersonByNothing {
		return int(earshot.PersonByNameDevice) + 1
	}
	return int(i.kind)
}

// moveAll notes that what every minute of the segment copies has changed.
func (s *State) moveAll(g *segment) {
	if g.view.FirstReport != 0 {
		s.move(g, g.view.FirstReport, g.view.LastReport)
	}
}

// move notes that what the segment's minutes between two times copy has changed.
func (s *State) move(g *segment, from, to earshot.Instant) {
	for i := range s.moved {
		if m := &s.moved[i]; m.Segment == g.view.ID {
			m.From, m.To = min(m.From, from), max(m.To, to)
			return
		}
	}
	s.moved = append(s.moved, Moved{g.view.ID, from, to})
}

// plain removes the markup from Zoom's leave reasons: "Ann left the meeting.<br>Reason: Host ended the meeting."
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s, '>')
		if end < 0 || !isTag(s) {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		b.WriteByte(' ')
		s = s[end+1:]
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}

// isTag tells "<br>" and "</p>" from a "<" in a name.
func isTag(s string) bool {
	return len(s) > 1 && (s[1] == '/' || s[1]|0x20 >= 'a' && s[1]|0x20 <= 'z')
}
