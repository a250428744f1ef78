package identity

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// flags says what of an entity was not taken yet.
type flags uint8

const (
	hard       flags = 1 << iota // something changed that somebody waits for
	soft                         // only a last-seen time moved
	listedHard                   // stands in the ledger's list
	listedSoft
	gone      // nothing refers to it any more, and nothing ever told of it: not worth telling
	savedHard // hard and soft while a snapshot is being read
	savedSoft
)

func (f *flags) bits() *flags { return f }

// pending reports whether something was not taken yet.
func (f *flags) pending() bool { return *f&(hard|soft) != 0 }

// ledger lists the entities of one sort that changed.
type ledger[E interface{ bits() *flags }] struct {
	hard, soft []E
	noted      []E // touched by the event at hand, in no order, some more than once
}

func (l *ledger[E]) touch(e E, what flags) {
	b := e.bits()
	*b |= what
	l.noted = append(l.noted, e)
	if what == hard && *b&listedHard == 0 {
		*b |= listedHard
		l.hard = append(l.hard, e)
	}
	if what == soft && *b&listedSoft == 0 {
		*b |= listedSoft
		l.soft = append(l.soft, e)
	}
}

// take hands out what changed and forgets it.
func (l *ledger[E]) take(withSoft bool, emit func(E)) {
	for _, e := range l.hard {
		b := e.bits()
		if *b&gone == 0 {
			emit(e)
		}
		*b &^= hard | soft | listedHard
	}
	clear(l.hard)
	l.hard = l.hard[:0]
	if !withSoft {
		return
	}
	for _, e := range l.soft {
		b := e.bits()
		if *b&soft != 0 && *b&gone == 0 {
			emit(e)
		}
		*b &^= soft | listedSoft
	}
	clear(l.soft)
	l.soft = l.soft[:0]
}

// forget begins a new event.
func (l *ledger[E]) forget() {
	clear(l.noted)
	l.noted = l.noted[:0]
}

// ledgers holds one ledger per sort.
type ledgers struct {
	accounts ledger[*account]
	series   ledger[*series]
	meetings ledger[*meeting]
	persons  ledger[*person]
	segments ledger[*segment]
	calls    ledger[*call]
}

func (l *ledgers) forget() {
	l.accounts.forget()
	l.series.forget()
	l.meetings.forget()
	l.persons.forget()
	l.segments.forget()
	l.calls.forget()
}

// others appends the ids of what the event at hand touched, each once, without the one that it is about.
func others[E interface{ bits() *flags }](ids []earshot.ID, noted []E, about earshot.ID, id func(E) earshot.ID) []earshot.ID {
	for _, e := range noted {
		if i := id(e); i != about && !slices.Contains(ids, i) {
			ids = append(ids, i)
		}
	}
	return ids
}

// TakeChanges returns the present state of everything that changed since the last call, ordered by id, and forgets that it
// changed. What only has a new Meeting.LastSeen, Segment.LastReport or Call.LastSeen waits for a call with soft, since
// every QoS event moves those; it is not lost.
//
// The result belongs to the caller, except that the elements of Segment.Devices are shared: they are never changed.
func (s *State) TakeChanges(soft bool) Changes {
	var c Changes
	s.changed.accounts.take(soft, func(a *account) { c.Accounts = append(c.Accounts, a.view) })
	s.changed.series.take(soft, func(r *series) { c.Series = append(c.Series, r.view) })
	s.changed.meetings.take(soft, func(m *meeting) { c.Meetings = append(c.Meetings, m.view) })
	s.changed.persons.take(soft, func(p *person) { c.Persons = append(c.Persons, p.view) })
	s.changed.segments.take(soft, func(g *segment) { c.Segments = append(c.Segments, g.view) })
	s.changed.calls.take(soft, func(k *call) { c.Calls = append(c.Calls, k.view) })

	slices.SortFunc(c.Accounts, func(a, b earshot.Account) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Series, func(a, b earshot.Series) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Meetings, func(a, b earshot.Meeting) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Persons, func(a, b earshot.Person) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Segments, func(a, b earshot.Segment) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Calls, func(a, b earshot.Call) int { return cmp.Compare(a.ID, b.ID) })
	return c
}
