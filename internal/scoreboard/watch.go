package main

import "github.com/earshot/earshot"

// watch follows incidents and notes what they were when they were opened and what became of them.
type watch struct {
	list []*opened
	byID map[earshot.ID]*opened
}

func newWatch() watch { return watch{byID: map[earshot.ID]*opened{}} }

// look takes the incidents that changed.
func (w *watch) look(at earshot.Instant, changed []earshot.Incident) {
	for i := range changed {
		w.follow(at, &changed[i])
	}
}

func (w *watch) follow(at earshot.Instant, i *earshot.Incident) {
	now := state{At: at, Cause: i.Cause, Candidates: i.Candidates, Cell: i.Cell}
	o := w.byID[i.ID]
	if i.State != earshot.IncidentOpen {
		if o != nil && o.current().Until == 0 {
			o.current().Until = at
		}
		return
	}
	if o == nil {
		o = &opened{ID: i.ID, state: now, Confidence: float64(i.Confidence) / 100, Inside: i.Inside}
		if i.Cell.Scope == earshot.ScopePerson {
			o.Person = i.Cell.ID
		}
		w.byID[i.ID] = o
		w.list = append(w.list, o)
		return
	}
	last := o.current()
	if changed := last.Cause != now.Cause || last.Cell != now.Cell; changed || last.Until != 0 { // another name, or reopened
		if last.Until == 0 {
			last.Until = at
		}
		o.Later = append(o.Later, now)
	}
}
