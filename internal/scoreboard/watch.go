package main

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// watch notes when incidents are opened.
type watch struct {
	incidents []opened
	lastSeen  map[watched]earshot.Instant
}

// watched is a cell of one account.
type watched struct {
	account earshot.ID
	cell    earshot.Cell
	cause   earshot.Cause
}

func newWatch() watch { return watch{lastSeen: map[watched]earshot.Instant{}} }

// sureEnough is the confidence from which a fault is told to people.
const sureEnough = .75

// look takes a fault that the engine is sure of for an incident, a new one when it was not there for ten minutes.
func (w *watch) look(account earshot.ID, p cause.Picture) {
	for i := range p.Faults {
		f := &p.Faults[i]
		if f.Confidence < sureEnough || f.Cell.Scope == earshot.ScopeMeeting || f.Cell.Scope == earshot.ScopeSender {
			continue
		}
		key := watched{account, f.Cell, f.Cause}
		if last, known := w.lastSeen[key]; !known || p.Now-last > 10*60_000 {
			w.incidents = append(w.incidents, opened{
				At: p.Now, Cause: f.Cause, Candidates: f.Rivals, Cell: f.Cell, Confidence: f.Confidence, Inside: f.Inside,
			})
		}
		w.lastSeen[key] = p.Now
	}
}
