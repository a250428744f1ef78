package main

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/incident"
)

// watch follows the incidents of one account and notes what they were when they were opened and what became of them.
type watch struct {
	engine *incident.Engine
	list   []*opened
	byID   map[earshot.ID]*opened
}

func newWatch(account earshot.ID, keys identity.Keys) *watch {
	return &watch{byID: map[earshot.ID]*opened{}, engine: incident.New(incident.Options{
		Account: account,
		Key: func(account earshot.ID, cell earshot.Cell, since earshot.Instant) earshot.ID {
			return keys.Segment(account.String()+cell.String(), since.Time().String())
		},
	})}
}

// look tells the incidents what is going on.
func (w *watch) look(p cause.Picture) {
	for _, i := range w.engine.Tick(p) {
		now := state{At: p.Now, Cause: i.Cause, Candidates: i.Candidates, Cell: i.Cell}
		o := w.byID[i.ID]
		if i.State != earshot.IncidentOpen {
			if o != nil && o.current().Until == 0 {
				o.current().Until = p.Now
			}
			continue
		}
		if o == nil {
			o = &opened{state: now, Confidence: float64(i.Confidence) / 100, Inside: i.Inside}
			if i.Cell.Scope == earshot.ScopePerson {
				o.Person = i.Cell.ID
			}
			w.byID[i.ID] = o
			w.list = append(w.list, o)
			continue
		}
		last := o.current()
		if changed := last.Cause != now.Cause || last.Cell != now.Cell; changed || last.Until != 0 { // another name, or reopened
			if last.Until == 0 {
				last.Until = p.Now
			}
			o.Later = append(o.Later, now)
		}
	}
}
