package incident

import (
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// known returns the incident in which most of a cell's troubled people already are, nil for none.
func (e *Engine) known(s suspect) *live {
	var best *live
	most := e.rules.KnownShare * float64(len(s.Troubled))
	for _, l := range e.sorted() {
		if l.personal() || len(s.Troubled) == 0 {
			continue
		}
		n := 0
		own := e.watches[l.I.Cell]
		for _, id := range s.Troubled {
			if _, ok := l.index[id]; ok || own != nil && contains(own.Troubled, id) {
				n++
			}
		}
		if float64(n) >= most && (best == nil || float64(n) > most) {
			best, most = l, float64(n)
		}
	}
	return best
}

// apart reports whether a cell is a fault of its own although its people are in an incident already: another cause, strong
// and wide, that was guilty beside the incident's own cell for long, or that lasts while that one has been innocent for so
// long that it is over, and is too old to move to the cell.
func (e *Engine) apart(s suspect, l *live) bool {
	own := e.watches[l.I.Cell]
	if own == nil || s.fault.Cause == l.I.Cause || l.I.Cause == earshot.CauseUnknown || !e.broad(s.fault) {
		return false
	}
	over := e.now.Sub(own.LastOn) >= e.rules.MergeAfter && e.now.Sub(l.I.Opened) > e.rules.RenameWithin
	return besides(s.watch, own) > e.rules.Together || over && s.lasts(&e.rules)
}

// takeOver lets an incident whose own cell turned out to be innocent take the cell that joined it.
func (e *Engine) takeOver(guilty []suspect) {
	for _, s := range guilty {
		l := e.live[s.Joined]
		if l == nil || s.Incident != 0 || e.now.Sub(l.I.Opened) > e.rules.RenameWithin {
			continue
		}
		own := e.watches[l.I.Cell]
		if own == nil || !e.yields(own, s.watch) || !s.lasts(&e.rules) || !e.strong(s.fault) {
			continue
		}
		e.release(own, l.I.ID)
		s.Incident, s.Joined = l.I.ID, 0
		if l.I.State == earshot.IncidentQuiet {
			e.reopen(l)
		}
		e.rename(l, s)
		e.grow(l, s, s.Minutes)
		s.Minutes = 0
	}
}

// yields reports whether one cell has been innocent for long enough while the other was guilty, and never for long beside it.
func (e *Engine) yields(own, other *watch) bool {
	return e.now.Sub(own.LastOn) >= e.rules.MergeAfter && besides(own, other) <= e.rules.Together
}

// release takes a cell's incident away from it. Its people are in the given one.
func (e *Engine) release(w *watch, to earshot.ID) {
	w.Incident, w.Joined = 0, to
	e.done[w.Cell] = e.now.Minute()
}

// rename gives an incident the cell, and the cause, of a fault.
func (e *Engine) rename(l *live, s suspect) {
	l.I.Cell, l.Recent = s.Cell, s.fault.Inside
	if c := s.fault.Cause; 100*s.fault.Confidence >= e.rules.SurePct && c != earshot.CauseNone && c != earshot.CauseUnknown {
		l.I.Cause, l.I.Candidates = c, nil
	}
	l.Other, l.OtherSince = earshot.CauseNone, 0
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentRenamed, Inside: l.Recent, Cell: s.Cell, Cause: l.I.Cause})
}

// merge makes one of incidents of which one turned out to be a part of the other.
func (e *Engine) merge(guilty []suspect) {
	for _, s := range guilty {
		for _, child := range e.sorted() {
			parent := e.live[s.Incident] // it may just have become a part of an older one
			if parent == nil || child == parent || e.live[child.I.ID] != child || !e.part(child, s) {
				continue
			}
			if child.personal() || compareLive(parent, child) < 0 {
				e.absorb(parent, child)
			} else {
				e.succeed(child, parent, s)
			}
		}
	}
}

// part reports whether an incident is a part of what a guilty cell explains.
func (e *Engine) part(child *live, s suspect) bool {
	if width(child.I.Cell.Scope) >= width(s.Cell.Scope) {
		return false
	}
	if child.personal() {
		waited := e.now.Sub(child.LastOn) >= e.rules.MergeAfter
		return waited && child.I.Cause != earshot.CauseDevice && contains(s.fault.BadPeople, child.I.Cell.ID)
	}
	w := e.watches[child.I.Cell]
	if w == nil || len(w.Troubled) == 0 || !e.yields(w, s.watch) || s.RunStart.Sub(w.LastOn) > e.rules.MergeAfter {
		return false // what began when the other was over is another fault
	}
	n := 0
	for _, id := range w.Troubled {
		if contains(s.fault.Troubled, id) {
			n++
		}
	}
	return float64(n) >= e.rules.KnownShare*float64(len(w.Troubled))
}

// absorb makes the younger incident a part of the older one.
func (e *Engine) absorb(parent, child *live) {
	e.add(parent, child)
	if w := e.watches[child.I.Cell]; w != nil && w.Incident == child.I.ID {
		e.release(w, parent.I.ID)
	}
	child.LastBad = e.now
	e.finish(child, earshot.IncidentMerged, parent.I.ID)
}

// succeed lets the older incident, of the narrower cell, go on as that of the wider one, and ends the younger.
func (e *Engine) succeed(child, parent *live, s suspect) {
	if w := e.watches[child.I.Cell]; w != nil {
		e.release(w, child.I.ID)
	}
	s.Incident = child.I.ID
	if child.I.State == earshot.IncidentQuiet {
		e.reopen(child)
	}
	child.LastOn, child.LastBad = e.now, max(child.LastBad, parent.LastBad)
	child.I.Cause, child.I.Candidates = parent.I.Cause, slices.Clone(parent.I.Candidates)
	e.rename(child, s)
	if parent.I.Opened == e.now { // nobody has heard of it
		delete(e.live, parent.I.ID)
		e.inherit(child, parent)
		return
	}
	e.add(child, parent)
	parent.LastBad = e.now
	e.finish(parent, earshot.IncidentMerged, child.I.ID)
}

// add tells in an incident that another one was a part of it.
func (e *Engine) add(to, from *live) {
	e.inherit(to, from)
	if from.I.Inside.Bad > to.I.Inside.Bad {
		to.I.Inside, to.I.Elsewhere = from.I.Inside, from.I.Elsewhere
	}
	e.note(to, earshot.IncidentEvent{What: earshot.IncidentJoined, Inside: to.Recent, Other: from.I.ID})
	e.weigh(to, to.Recent.Bad)
	to.dirty = true
}

// inherit adds people, meetings and minutes alone.
func (e *Engine) inherit(to, from *live) {
	e.affect(to, from.Affected)
	for _, id := range slices.Sorted(maps.Keys(from.tally)) {
		e.touch(to, []earshot.ID{id}, from.tally[id])
	}
	e.count(to, from.Minutes)
}

// contains looks for an id in an ascending list.
func contains(ids []earshot.ID, id earshot.ID) bool {
	_, ok := slices.BinarySearch(ids, id)
	return ok
}

// closeAfter is how long a cell must be innocent.
func (e *Engine) closeAfter(s earshot.Scope) time.Duration {
	if width(s) == width(earshot.ScopeISP) {
		return e.rules.CloseAfterWide
	}
	return e.rules.CloseAfter
}
