package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// longestSince is how far before its opening an incident may begin, whatever a fault says of its first bad minute. The end
// of a cell's last incident is remembered for longer, so that the next never begins before it.
const (
	longestSince = 75 * time.Minute
	watchFor     = 80 * time.Minute
	// sameRun is the gap in a cell's guilt that does not make it another run.
	sameRun = time.Minute
)

// watch follows a shared cell that was faulty lately.
type watch struct {
	Cell earshot.Cell
	Hist []evaluations // by minute, newest last
	// RunStart is when the present, or last, run of guilt began, LastOn the last guilty evaluation, Since the first bad
	// minute that the run explains.
	RunStart, LastOn, Since earshot.Instant
	// Minutes estimates the bad participant-minutes up to Counted that belong to no incident yet.
	Counted  earshot.Instant
	Minutes  float64
	Troubled []earshot.ID // at the last guilty evaluation, ascending
	Incident earshot.ID   // the cell's own, 0 for none
	Joined   earshot.ID   // the incident in which its people already are, 0 for none
}

// evaluations counts those of one minute, and those that found the cell guilty.
type evaluations struct {
	At         earshot.Instant
	On, Looked int
}

// suspect is a guilty cell.
type suspect struct {
	*watch
	fault *cause.Fault
}

// opens reports whether cells of a scope have incidents. A meeting and a sender have none: their trouble is that of the
// person who sends badly.
func opens(s earshot.Scope) bool {
	switch s {
	case earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeISP,
		earshot.ScopeDataCenter, earshot.ScopeVersion, earshot.ScopeVPN, earshot.ScopeTransport:
		return true
	}
	return false
}

// width orders scopes by what can be a part of what; equal ones are not parts of each other.
func width(s earshot.Scope) int {
	switch s {
	case earshot.ScopePerson:
		return 1
	case earshot.ScopeSubnetWifi:
		return 2
	case earshot.ScopeSubnet, earshot.ScopeSiteWifi, earshot.ScopeTransport:
		return 3
	case earshot.ScopeSite:
		return 4
	}
	return 5 // ISP, data centre, version, VPN
}

// observe notes which cells are guilty now and returns them, strongest first.
func (e *Engine) observe(faults []cause.Fault) []suspect {
	on := make(map[earshot.Cell]*cause.Fault, len(faults))
	for i := range faults {
		f := &faults[i]
		if !opens(f.Cell.Scope) {
			continue
		}
		on[f.Cell] = f
		if e.watches[f.Cell] == nil {
			e.watches[f.Cell] = &watch{Cell: f.Cell}
		}
	}
	guilty := make([]suspect, 0, len(on))
	for cell, w := range e.watches {
		f := on[cell]
		w.look(e.now, f != nil, e.rules.Window)
		if f != nil {
			w.found(e.now, f)
			guilty = append(guilty, suspect{w, f})
		}
	}
	slices.SortFunc(guilty, func(a, b suspect) int {
		return cmp.Or(cmp.Compare(b.fault.Score, a.fault.Score), compareCells(a.Cell, b.Cell))
	})
	return guilty
}

// look counts an evaluation.
func (w *watch) look(now earshot.Instant, on bool, window int) {
	minute := now.Minute()
	if n := len(w.Hist); n == 0 || w.Hist[n-1].At != minute {
		w.Hist = append(w.Hist, evaluations{At: minute})
	}
	last := &w.Hist[len(w.Hist)-1]
	last.Looked++
	if on {
		last.On++
	}
	oldest := minute.Add(-time.Duration(window-1) * time.Minute)
	w.Hist = slices.DeleteFunc(w.Hist, func(m evaluations) bool { return m.At < oldest })
}

// found notes what a guilty evaluation says.
func (w *watch) found(now earshot.Instant, f *cause.Fault) {
	if w.LastOn == 0 || now.Sub(w.LastOn) > sameRun {
		w.RunStart, w.Since = now, f.Since
	} else if f.Since != 0 && (w.Since == 0 || f.Since < w.Since) {
		w.Since = f.Since
	}
	w.LastOn = now
	w.Troubled = append(w.Troubled[:0], f.Troubled...)
}

// lasts reports whether the cell was guilty for long enough.
func (w *watch) lasts(r *Rules) bool {
	n := 0
	for _, m := range w.Hist {
		if 2*m.On >= m.Looked {
			n++
		}
	}
	return n >= r.Persist
}

// besides returns for how long two cells were guilty at the same time, in their last runs.
func besides(a, b *watch) time.Duration {
	return max(0, min(a.LastOn, b.LastOn).Sub(max(a.RunStart, b.RunStart)))
}

// forget puts watches out of memory that serve nothing any more.
func (e *Engine) forget() {
	for cell, w := range e.watches {
		if e.live[w.Joined] == nil {
			w.Joined = 0
		}
		if w.Incident == 0 && e.now.Sub(w.LastOn) > watchFor {
			delete(e.watches, cell)
		}
	}
	for cell, end := range e.done {
		if e.now.Sub(end) > watchFor {
			delete(e.done, cell)
		}
	}
}

// compareCells orders cells by scope, then by what they are.
func compareCells(a, b earshot.Cell) int {
	return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.ID, b.ID), strings.Compare(a.Name, b.Name))
}
