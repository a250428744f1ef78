package incident

import (
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// age calms what has been innocent for long enough, and ends what has been quiet, or without data, for long enough.
func (e *Engine) age(p *cause.Picture) {
	heard := make(map[earshot.Cell]earshot.Instant, len(p.Heard))
	for _, h := range p.Heard {
		heard[h.Cell] = h.Last
	}
	listed := make(map[earshot.ID]*cause.Trouble, len(e.persons))
	for i := range p.People {
		if t := &p.People[i]; e.persons[t.Person] != 0 {
			listed[t.Person] = t
		}
	}
	for _, l := range e.sorted() {
		if l.I.State == earshot.IncidentQuiet {
			if e.now.Sub(l.QuietSince) >= e.rules.ReopenWithin {
				e.finish(l, earshot.IncidentClosed, 0)
			}
			continue
		}
		last, known := heard[l.I.Cell]
		if l.personal() {
			if t := listed[l.I.Cell.ID]; t != nil {
				e.wait(l, t)
				continue
			}
		}
		e.rest(l, last, known)
	}
}

// wait ends the incident of a person who is still in the picture when no minute of theirs came for long. It is calmed in
// follow, which counts the good ones.
func (e *Engine) wait(l *live, t *cause.Trouble) {
	silent := t.Last != 0 && e.now.Sub(t.Last) >= e.rules.NoDataAfter
	if off := e.now.Sub(l.LastOn); silent && off >= e.rules.NoDataAfter || off >= e.rules.NoDataAfter+e.rules.ReopenWithin {
		e.finish(l, earshot.IncidentNoData, 0)
	}
}

// rest looks at an open incident whose cell is innocent. Only who was heard since can have recovered; of whom nothing is
// known, that is assumed.
func (e *Engine) rest(l *live, last earshot.Instant, known bool) {
	off := e.now.Sub(l.LastOn)
	need := e.closeAfter(l.I.Cell.Scope)
	recovered := !known || last > l.LastBad
	if l.personal() && known {
		// A person's good minutes are counted, as far as one can from afar.
		recovered = last.Sub(l.LastBad) >= time.Duration(e.rules.PersonClean)*time.Minute
	}
	switch {
	case recovered && off >= need:
		e.calm(l)
	case known && off >= e.rules.NoDataAfter && e.now.Sub(last) >= e.rules.NoDataAfter:
		e.finish(l, earshot.IncidentNoData, 0)
	case known && off >= e.rules.NoDataAfter+e.rules.ReopenWithin: // a clock that stands still must not keep it open for ever
		e.finish(l, earshot.IncidentNoData, 0)
	}
}
