package identity

import (
	"errors"

	"github.com/earshot/earshot"
)

// rebuild derives everything from the facts that were read.
func (s *State) rebuild(d *dump) error {
	s.meetings = make(map[earshot.ID]*meeting, len(d.meetings))
	s.segments = make(map[earshot.ID]*segment, len(d.segments))
	s.persons = make(map[earshot.ID]*person, len(d.persons))
	for _, a := range d.accounts {
		a.view.ID = s.keys.Account(a.view.ZoomID)
		s.accounts[a.view.ID] = a
	}
	for _, m := range d.meetings {
		m.view.ID = s.keys.Meeting(m.view.UUID)
		s.meetings[m.view.ID] = m
	}
	for _, g := range d.segments {
		g.view.ID = s.keys.Segment(g.home.view.UUID, g.view.InMeetingID)
		s.segments[g.view.ID] = g
	}
	for _, k := range d.calls {
		k.view.ID = s.keys.Call(k.view.ZoomID)
		s.calls[k.view.ID] = k
	}
	if len(s.accounts) != len(d.accounts) || len(s.meetings) != len(d.meetings) ||
		len(s.segments) != len(d.segments) || len(s.calls) != len(d.calls) {
		return errors.New("it holds a thing twice")
	}
	s.rebuildMeetings(d)
	s.rebuildSegments(d)
	for _, k := range d.calls {
		k.view.Account = k.account.value
		s.deriveParty(&k.caller, &k.view.Caller, k.view.Account)
		s.deriveParty(&k.callee, &k.view.Callee, k.view.Account)
	}
	s.rebuildBases(d)
	s.restoreFlags(d)
	return nil
}

// rebuildMeetings joins rooms to their meetings and meetings to their series.
func (s *State) rebuildMeetings(d *dump) {
	for _, m := range d.meetings {
		if main := s.meetings[m.parent.value]; main != nil && main != m {
			m.main = main
			main.rooms = append(main.rooms, m)
		}
	}
	for _, m := range d.meetings {
		s.deriveMeeting(m)
	}
}

// rebuildSegments joins segments to each other, to their meetings and to persons.
func (s *State) rebuildSegments(d *dump) {
	for _, g := range d.segments {
		g.in = g.home
		g.home.members = insert(g.home.members, g)
		if g.links == nil {
			continue
		}
		if p := s.parentOf(g); p != nil {
			depend(p, g)
		}
		if owner := s.segments[g.links.bound.value]; owner != nil {
			depend(owner, g)
		}
	}
	for _, t := range d.twins {
		s.twins[t.under] = t.room
		if main, room := s.segments[t.under], s.segments[t.room.value]; main != nil && room != nil {
			s.pair(main, room)
		}
	}
	for _, g := range d.segments {
		s.deriveSegment(g)
	}
}

// rebuildBases gives series and persons what members that left memory said.
func (s *State) rebuildBases(d *dump) {
	for _, saved := range d.series {
		if r := s.series[saved.view.ID]; r != nil {
			r.base = saved.base
			r.flags |= saved.flags
			s.deriveSeries(r)
		}
	}
	for _, saved := range d.persons {
		if p := s.persons[saved.view.ID]; p != nil {
			p.base = saved.base
			p.flags |= saved.flags
			s.derivePerson(p)
		}
	}
}

// restoreFlags forgets that deriving touched everything, and lists again what was waiting when the snapshot was made.
func (s *State) restoreFlags(d *dump) {
	restore(&s.changed.accounts, d.accounts)
	restore(&s.changed.series, byID(s.series))
	restore(&s.changed.meetings, d.meetings)
	restore(&s.changed.persons, byID(s.persons))
	restore(&s.changed.segments, d.segments)
	restore(&s.changed.calls, d.calls)
}

func restore[E interface{ bits() *flags }](l *ledger[E], list []E) {
	*l = ledger[E]{}
	for _, e := range list {
		f := *e.bits()
		*e.bits() = 0
		if f&savedHard != 0 {
			l.touch(e, hard)
		}
		if f&savedSoft != 0 {
			l.touch(e, soft)
		}
	}
}
