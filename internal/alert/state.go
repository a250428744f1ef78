package alert

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/earshot/earshot"
)

// savedState is an engine's state. Times are event time.
type savedState struct {
	Version int                `json:"version"`
	Now     earshot.Instant    `json:"now"`
	Tracks  []savedTrack       `json:"tracks"`
	Live    []earshot.Incident `json:"-"` // the registry has them
	Dropped int                `json:"dropped,omitempty"`
}

type savedTrack struct {
	Rule    string  `json:"rule"`
	Subject Subject `json:"subject"`
	track
}

const stateVersion = 1

// State returns the engine's state but for the incidents, which the shell tells of again after a restart ([Engine.Incidents]
// names those that it must).
func (e *Engine) State() ([]byte, error) {
	s := savedState{Version: stateVersion, Now: e.now, Dropped: e.dropped}
	for _, k := range e.keys(func(trackKey, *track) bool { return true }) {
		s.Tracks = append(s.Tracks, savedTrack{k.rule, k.subject, *e.tracks[k]})
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode the state of alerts: %w", err)
	}
	return raw, nil
}

// Restore takes a state over. After an error the engine is as before.
func (e *Engine) Restore(raw []byte) error {
	var s savedState
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read the state of alerts: %w", err)
	}
	if s.Version != stateVersion {
		return fmt.Errorf("read the state of alerts: version %d: want %d", s.Version, stateVersion)
	}
	tracks := make(map[trackKey]*track, len(s.Tracks))
	for i := range s.Tracks {
		t := s.Tracks[i].track
		tracks[trackKey{s.Tracks[i].Rule, s.Tracks[i].Subject}] = &t
	}
	e.now, e.tracks, e.dropped = s.Now, tracks, s.Dropped
	return nil
}

// Incidents are the incidents of alerts that fire: after a restart their present state must be told.
func (e *Engine) Incidents() []earshot.ID {
	ids := map[earshot.ID]bool{}
	for k, t := range e.tracks {
		if k.subject.Kind == OfIncident && t.firing() {
			ids[k.subject.ID] = true
		}
	}
	return slices.SortedFunc(maps.Keys(ids), cmp.Compare[earshot.ID])
}
