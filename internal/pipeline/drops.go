package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// Zoom has no event for "was thrown out". What tells is the same person back under a new in-meeting id at once, Zoom's own
// words on leaving, or reports that stop while the meeting goes on and nobody left.

// Bounds of the rules, in milliseconds as Instants are.
const (
	// BackWithin is how soon somebody must be back for it to count as a drop whatever Zoom says: Microsoft and others take two
	// minutes, too.
	BackWithin = earshot.Instant(120_000)
	// SilentAfter is how long a person must not report, while others do: two reports are missing then, and a margin.
	SilentAfter = earshot.Instant(180_000)
	// parallel is how long the old join may report beside the new one. Beyond that they are two devices of one person.
	parallel = earshot.Instant(90_000)
)

// DropKind says how a drop shows.
type DropKind string

// The kinds.
const (
	DropRejoined     DropKind = "rejoined"     // back under a new in-meeting id within BackWithin
	DropDisconnected DropKind = "disconnected" // Zoom says so
	DropSilent       DropKind = "silent"       // reports stopped, the meeting went on, and nobody left
)

// Drop is one fall out of a meeting.
type Drop struct {
	Segment earshot.ID // the join that ended
	Person  earshot.ID
	At      earshot.Instant // the last sign of it
	Kind    DropKind
	Back    earshot.ID      // the join in which they came back, 0 when they did not
	Away    earshot.Instant // milliseconds until then, 0 when they did not come back or were back before the old join ended
}

// Stays are what drops of a meeting are found in.
type Stays struct {
	Meeting *earshot.Meeting
	// Segments are the joins of the meeting, and of its breakout rooms: whoever is in a room does not report in the main meeting.
	Segments []earshot.Segment
	// Left says whether Zoom summed a segment up (*_summary): it does when somebody leaves, so the leave itself may have been
	// lost on the way. nil: none.
	Left func(segment earshot.ID) bool
	Now  earshot.Instant // event time
}

// Drops finds the drops of a meeting, in the order of their time. It is a pure function.
func Drops(s Stays) []Drop {
	byPerson := make(map[earshot.ID][]*earshot.Segment)
	for i := range s.Segments {
		if g := &s.Segments[i]; g.Meeting == s.Meeting.ID {
			byPerson[g.Person] = append(byPerson[g.Person], g)
		}
	}
	var out []Drop
	for person, joins := range byPerson {
		slices.SortFunc(joins, func(a, b *earshot.Segment) int {
			return cmp.Or(cmp.Compare(began(a), began(b)), cmp.Compare(a.ID, b.ID))
		})
		for i, g := range joins {
			var later []*earshot.Segment
			if person != 0 { // nobody known: two of them need not be the same
				later = joins[i+1:]
			}
			if d, ok := s.drop(g, later); ok {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b Drop) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment)) })
	return out
}

// began is when a join began, as far as is known.
func began(g *earshot.Segment) earshot.Instant { return cmp.Or(g.Join, g.FirstReport) }

// drop judges one join, given the same person's later joins of the meeting.
func (s *Stays) drop(g *earshot.Segment, later []*earshot.Segment) (Drop, bool) {
	end := cmp.Or(g.Leave, g.LastReport)
	if end == 0 || orderly(g.LeaveReason) || s.inRoom(g, end) && !disconnected(g.LeaveReason) {
		return Drop{}, false
	}
	d := Drop{Segment: g.ID, Person: g.Person, At: end}
	for _, h := range later {
		if related(g, h) {
			continue
		}
		gap := began(h) - end
		if gap < 0 && (end-began(h) > BackWithin || g.LastReport > began(h)+parallel) {
			continue // beside the old one: another device
		}
		d.Back, d.Away = h.ID, max(gap, 0)
		break
	}
	switch {
	case d.Back != 0 && d.Away <= BackWithin:
		d.Kind = DropRejoined
	case disconnected(g.LeaveReason):
		d.Kind = DropDisconnected
	case s.silent(g):
		d.Kind = DropSilent
	default:
		return Drop{}, false
	}
	return d, true
}

// related reports whether two joins belong together: a telephone and whose audio it carries, a room and the main meeting.
func related(g, h *earshot.Segment) bool {
	return g.Bound == h.ID || h.Bound == g.ID || g.Parent == h.ID || h.Parent == g.ID
}

// inRoom reports whether somebody was in a breakout room, or went into one, when their join of the main meeting ended.
func (s *Stays) inRoom(g *earshot.Segment, end earshot.Instant) bool {
	for i := range s.Segments {
		h := &s.Segments[i]
		if h.Parent != g.ID || h.Meeting == g.Meeting {
			continue
		}
		from := began(h)
		to := cmp.Or(h.Leave, max(h.LastReport, from)+parallel)
		went := from >= end-parallel && from <= end+parallel
		if was := from <= end && to > end; went || was {
			return true
		}
	}
	return false
}

// silent reports whether reports of a join stopped while the meeting went on without it.
func (s *Stays) silent(g *earshot.Segment) bool {
	switch last := g.LastReport; {
	case last == 0 || g.Leave != 0 || s.Now-last < SilentAfter:
		return false
	case s.Meeting.End != 0 && s.Meeting.End-last < SilentAfter:
		return false
	case s.Left != nil && s.Left(g.ID):
		return false
	}
	for i := range s.Segments {
		h := &s.Segments[i]
		if h.Meeting == g.Meeting && h.ID != g.ID && (h.Person != g.Person || g.Person == 0) && h.LastReport-g.LastReport >= SilentAfter {
			return true
		}
	}
	return false // everybody stopped: that is delivery, or the end
}

// orderly reports whether Zoom's words on leaving tell that nobody was thrown out by the network: somebody decided.
func orderly(reason string) bool {
	reason = strings.ToLower(reason)
	for _, words := range [...]string{"host ended", "host closed", "host started", "host did not join", "removed by host", "waiting room", "breakout", "exceeded free"} {
		if strings.Contains(reason, words) {
			return true
		}
	}
	return false
}

// disconnected reports whether Zoom's words on leaving tell of a broken connection.
func disconnected(reason string) bool {
	reason = strings.ToLower(reason)
	return strings.Contains(reason, "disconnected") || strings.Contains(reason, "connection error")
}
