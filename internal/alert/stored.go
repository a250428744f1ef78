package alert

import (
	"encoding/json"

	"github.com/earshot/earshot"
)

// stored is an alert as it is kept: causes and the like as numbers, which never change, where the API shows words, which may.
type stored struct {
	*plain
	Cause      uint8  `json:"cause,omitempty"`
	Candidates []int  `json:"candidates,omitempty"`
	Cell       placed `json:"cell,omitzero"`
	Direction  uint8  `json:"direction,omitempty"`
	Inside     [2]int `json:"inside,omitzero"`
	Elsewhere  [2]int `json:"elsewhere,omitzero"`
}

type plain Alert

type placed struct {
	Scope uint8      `json:"scope,omitempty"`
	ID    earshot.ID `json:"id,omitempty"`
	Name  string     `json:"name,omitempty"`
}

// MarshalJSON writes the stored form.
func (a Alert) MarshalJSON() ([]byte, error) {
	s := stored{
		plain: (*plain)(&a), Cause: uint8(a.Cause), Cell: placed{uint8(a.Cell.Scope), a.Cell.ID, a.Cell.Name}, Direction: uint8(a.Direction),
		Inside: [2]int{a.Inside.Bad, a.Inside.Of}, Elsewhere: [2]int{a.Elsewhere.Bad, a.Elsewhere.Of},
	}
	for _, c := range a.Candidates {
		s.Candidates = append(s.Candidates, int(c))
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads the stored form.
func (a *Alert) UnmarshalJSON(raw []byte) error {
	s := stored{plain: (*plain)(a)}
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	a.Cause, a.Cell, a.Direction = earshot.Cause(s.Cause), earshot.Cell{Scope: earshot.Scope(s.Cell.Scope), ID: s.Cell.ID, Name: s.Cell.Name}, earshot.Direction(s.Direction)
	a.Inside, a.Elsewhere = earshot.Count{Bad: s.Inside[0], Of: s.Inside[1]}, earshot.Count{Bad: s.Elsewhere[0], Of: s.Elsewhere[1]}
	a.Candidates = nil
	for _, c := range s.Candidates {
		a.Candidates = append(a.Candidates, earshot.Cause(c))
	}
	return nil
}
