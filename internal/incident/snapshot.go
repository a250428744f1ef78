package incident

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// A snapshot is magic with the version, one CBOR item (state), and CRC-32C of both, little-endian.
const magic = "earshot incidents 1\n"

// state is an engine without its options. Its lists are ordered, so that the same engine gives the same bytes.
type state struct {
	Account earshot.ID
	Now     earshot.Instant
	Refused uint64
	Watches []*watch
	Live    []liveState
	Spells  []*spell
	Done    []doneState
}

type liveState struct {
	Live  *live
	Tally []tallyState
}

type tallyState struct {
	Meeting earshot.ID
	Minutes int
}

type doneState struct {
	Cell earshot.Cell
	At   earshot.Instant
}

// AppendBinary appends a snapshot of the engine to b. The same state gives the same bytes.
func (e *Engine) AppendBinary(b []byte) ([]byte, error) {
	s := state{Account: e.account, Now: e.now, Refused: e.refused}
	s.Watches = slices.SortedFunc(maps.Values(e.watches), func(a, b *watch) int { return compareCells(a.Cell, b.Cell) })
	for _, l := range e.sorted() {
		ls := liveState{Live: l}
		for _, id := range slices.Sorted(maps.Keys(l.tally)) {
			ls.Tally = append(ls.Tally, tallyState{id, l.tally[id]})
		}
		s.Live = append(s.Live, ls)
	}
	s.Spells = slices.SortedFunc(maps.Values(e.spells), func(a, b *spell) int { return cmp.Compare(a.Person, b.Person) })
	for cell, at := range e.done {
		s.Done = append(s.Done, doneState{cell, at})
	}
	slices.SortFunc(s.Done, func(a, b doneState) int {
		return cmp.Or(compareCells(a.Cell, b.Cell), cmp.Compare(a.At, b.At))
	})
	body, err := cbor.Marshal(s)
	if err != nil {
		return b, fmt.Errorf("encode incidents: %w", err)
	}
	start := len(b)
	b = append(append(b, magic...), body...)
	return snapcode.Seal(b, start), nil
}

// Restore replaces the engine's state by that of a snapshot of the same account. On an error the engine is as it was.
func (e *Engine) Restore(data []byte) error {
	body, err := snapcode.Open(data, magic)
	if err != nil {
		return fmt.Errorf("restore incidents: %w", err)
	}
	var s state
	if err := cbor.Unmarshal(body, &s); err != nil {
		return fmt.Errorf("restore incidents: %w", err)
	}
	if s.Account != e.account {
		return fmt.Errorf("restore incidents: they are those of account %s, not of %s", s.Account, e.account)
	}
	fresh := New(Options{Account: e.account, Key: e.key, Rules: e.rules})
	fresh.now, fresh.refused = s.Now, s.Refused
	if err := fresh.fill(&s); err != nil {
		return fmt.Errorf("restore incidents: %w", err)
	}
	*e = *fresh
	return nil
}

var errInconsistent = errors.New("the parts contradict each other")

// fill takes over the parts of a snapshot, as far as they fit together.
func (e *Engine) fill(s *state) error {
	for i := range s.Live {
		l := s.Live[i].Live
		if l == nil || l.I.ID == 0 || e.live[l.I.ID] != nil || !whole(l) {
			return errInconsistent
		}
		e.live[l.I.ID] = l
		l.index, l.tally = make(map[earshot.ID]struct{}, len(l.Affected)), make(map[earshot.ID]int, len(s.Live[i].Tally))
		for _, id := range l.Affected {
			l.index[id] = struct{}{}
		}
		for _, t := range s.Live[i].Tally {
			l.tally[t.Meeting] = t.Minutes
		}
		if l.personal() {
			if e.persons[l.I.Cell.ID] != 0 {
				return errInconsistent
			}
			e.persons[l.I.Cell.ID] = l.I.ID
		}
	}
	owned := 0
	for _, w := range s.Watches {
		if w == nil || e.watches[w.Cell] != nil || !slices.IsSorted(w.Troubled) || !finite(w.Minutes) {
			return errInconsistent
		}
		e.watches[w.Cell] = w
		if w.Incident == 0 {
			continue
		}
		if l := e.live[w.Incident]; l == nil || l.I.Cell != w.Cell {
			return errInconsistent
		}
		owned++
	}
	if owned+len(e.persons) != len(e.live) {
		return errInconsistent
	}
	for _, p := range s.Spells {
		if p == nil || e.spells[p.Person] != nil {
			return errInconsistent
		}
		e.spells[p.Person] = p
	}
	for _, d := range s.Done {
		e.done[d.Cell] = d.At
	}
	return nil
}

// whole reports whether an incident is one that an engine can have.
func whole(l *live) bool {
	return (l.I.State == earshot.IncidentOpen && l.I.End == 0 || l.I.State == earshot.IncidentQuiet && l.I.End > l.I.Start) &&
		len(l.I.Timeline) > 0 && finite(l.Minutes)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
