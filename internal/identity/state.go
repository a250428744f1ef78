package identity

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/earshot/earshot"
)

// State is everything that is known about the meetings and calls in memory. Make one with [NewState]. It is for one
// goroutine at a time.
type State struct {
	keys     Keys
	accounts map[earshot.ID]*account
	series   map[earshot.ID]*series
	meetings map[earshot.ID]*meeting
	segments map[earshot.ID]*segment
	persons  map[earshot.ID]*person
	calls    map[earshot.ID]*call
	// twins maps the id that a breakout room's segment would have under the main meeting's uuid to its segment.
	twins map[earshot.ID]number

	changed   ledgers
	collapsed uint64
	words     words
	moved     []Moved // reused
	account0  *account
}

// account is one account and whether it was told of.
type account struct {
	flags
	view earshot.Account
}

// NewState returns a state that knows nothing.
func NewState(keys Keys) *State {
	return &State{
		keys:     keys,
		accounts: map[earshot.ID]*account{},
		series:   map[earshot.ID]*series{},
		meetings: map[earshot.ID]*meeting{},
		segments: map[earshot.ID]*segment{},
		persons:  map[earshot.ID]*person{},
		calls:    map[earshot.ID]*call{},
		twins:    map[earshot.ID]number{},
	}
}

// Account returns a view of an account, nil when it is not known. Views are read-only and valid until the next Apply.
func (s *State) Account(id earshot.ID) *earshot.Account {
	if a := s.accounts[id]; a != nil {
		return &a.view
	}
	return nil
}

// Series returns a view of a series, nil when it is not in memory.
func (s *State) Series(id earshot.ID) *earshot.Series {
	if r := s.series[id]; r != nil {
		return &r.view
	}
	return nil
}

// Meeting returns a view of a meeting, nil when it is not in memory.
func (s *State) Meeting(id earshot.ID) *earshot.Meeting {
	if m := s.meetings[id]; m != nil {
		return &m.view
	}
	return nil
}

// Segment returns a view of a segment, nil when it is not in memory.
func (s *State) Segment(id earshot.ID) *earshot.Segment {
	if g := s.segments[id]; g != nil {
		return &g.view
	}
	return nil
}

// Person returns a view of a person, nil when none of their segments or calls is in memory.
func (s *State) Person(id earshot.ID) *earshot.Person {
	if p := s.persons[id]; p != nil {
		return &p.view
	}
	return nil
}

// Call returns a view of a call, nil when it is not in memory.
func (s *State) Call(id earshot.ID) *earshot.Call {
	if k := s.calls[id]; k != nil {
		return &k.view
	}
	return nil
}

// SegmentsOf returns the segments of a meeting, ordered by id. A breakout room segment that Zoom reports on under the main
// meeting's uuid is there once: as the segment with the reports (see [Duplicate]).
func (s *State) SegmentsOf(meeting earshot.ID) iter.Seq[*earshot.Segment] {
	return func(yield func(*earshot.Segment) bool) {
		m := s.meetings[meeting]
		if m == nil {
			return
		}
		for _, g := range m.members {
			if g.shadowed {
				continue
			}
			if !yield(&g.view) {
				return
			}
		}
	}
}

// Duplicate reports whether a segment stands for a breakout room stay that another segment tells of. Zoom does not say
// whether QoS in a breakout room names the room or the main meeting. The life cycle names both, so it makes a segment of the
// room; when QoS then comes under the main meeting's uuid, it makes another, since neither id can be taken back. Both are
// the same person's, in the room; the silent one has the other for its parent and is to be left out of lists and counts.
func Duplicate(g, parent *earshot.Segment) bool {
	return parent != nil && g.FirstReport == 0 && g.Parent == parent.ID && g.Meeting == parent.Meeting
}

// LiveMeetings returns the meetings that were running at event time now, ordered by id.
func (s *State) LiveMeetings(now earshot.Instant) iter.Seq[*earshot.Meeting] {
	return func(yield func(*earshot.Meeting) bool) {
		for _, m := range byID(s.meetings) {
			if m.view.Live(now) && !yield(&m.view) {
				return
			}
		}
	}
}

// Calls returns the calls in memory, ordered by id.
func (s *State) Calls() iter.Seq[*earshot.Call] {
	return func(yield func(*earshot.Call) bool) {
		for _, k := range byID(s.calls) {
			if !yield(&k.view) {
				return
			}
		}
	}
}

// Stats counts what is in memory.
type Stats struct {
	Accounts, Series, Meetings, Segments, Persons, Calls int
	// Collapsed counts device changes beyond the bound of a segment, which were merged into its last one.
	Collapsed uint64
}

// Stats returns the present counts.
func (s *State) Stats() Stats {
	return Stats{len(s.accounts), len(s.series), len(s.meetings), len(s.segments), len(s.persons), len(s.calls), s.collapsed}
}

// touchAccount returns the account with a Zoom account id, nil for "".
func (s *State) touchAccount(zoomID string) *account {
	if zoomID == "" {
		return nil
	}
	if s.account0 != nil && s.account0.view.ZoomID == zoomID {
		return s.account0
	}
	id := s.keys.Account(zoomID)
	a := s.accounts[id]
	if a == nil {
		a = &account{view: earshot.Account{ID: id, ZoomID: zoomID}}
		s.accounts[id] = a
		s.changed.accounts.touch(a, hard)
	}
	s.account0 = a
	return a
}

// byID returns the values of a map in the order of their ids, so that no run differs from another.
func byID[E any](m map[earshot.ID]E) []E {
	ids := slices.AppendSeq(make([]earshot.ID, 0, len(m)), maps.Keys(m))
	slices.Sort(ids)
	out := make([]E, len(ids))
	for i, id := range ids {
		out[i] = m[id]
	}
	return out
}

// insert adds an element to a slice ordered by id.
func insert(list []*segment, g *segment) []*segment {
	i, found := slices.BinarySearchFunc(list, g.view.ID, func(e *segment, id earshot.ID) int { return cmp.Compare(e.view.ID, id) })
	if found {
		return list
	}
	return slices.Insert(list, i, g)
}

// remove takes an element out of a slice ordered by id.
func remove(list []*segment, g *segment) []*segment {
	i, found := slices.BinarySearchFunc(list, g.view.ID, func(e *segment, id earshot.ID) int { return cmp.Compare(e.view.ID, id) })
	if !found {
		return list
	}
	return slices.Delete(list, i, i+1)
}
