package incident

import (
	"cmp"
	"maps"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// Options configure an engine.
type Options struct {
	Account earshot.ID
	// Key makes an incident's id: a keyed hash of the account, the cell in which it began and its first bad minute. It must
	// never return 0, and is required.
	Key func(account earshot.ID, cell earshot.Cell, since earshot.Instant) earshot.ID
	// Rules are the rules; the zero value means [DefaultRules].
	Rules Rules
}

// Engine makes the incidents of one account. See the package comment.
type Engine struct {
	account earshot.ID
	key     func(account earshot.ID, cell earshot.Cell, since earshot.Instant) earshot.ID
	rules   Rules

	now     earshot.Instant
	watches map[earshot.Cell]*watch
	live    map[earshot.ID]*live
	persons map[earshot.ID]earshot.ID        // a person's incident
	spells  map[earshot.ID]*spell            // by person: trouble that is not an incident yet
	done    map[earshot.Cell]earshot.Instant // when a cell's last incident ended
	ended   []*live                          // in this tick
	refused uint64
}

// New returns an engine that has seen nothing.
func New(o Options) *Engine {
	if o.Rules == (Rules{}) {
		o.Rules = DefaultRules()
	}
	return &Engine{
		account: o.Account, key: o.Key, rules: o.Rules,
		watches: map[earshot.Cell]*watch{}, live: map[earshot.ID]*live{}, persons: map[earshot.ID]earshot.ID{},
		spells: map[earshot.ID]*spell{}, done: map[earshot.Cell]earshot.Instant{},
	}
}

// Refused counts incidents that were not opened because Rules.MaxLive were open or quiet.
func (e *Engine) Refused() uint64 { return e.refused }

// Live returns the incidents that are open or quiet, by start and id. They share no memory with the engine.
func (e *Engine) Live() []earshot.Incident {
	return e.shown(e.sorted())
}

// Tick takes what is going on as of p.Now and returns the incidents that changed since the last call, by start and id, each
// whole. They share no memory with the engine nor with the picture. A picture that is not newer than the last one changes
// nothing.
func (e *Engine) Tick(p cause.Picture) []earshot.Incident {
	if p.Now <= e.now {
		return nil
	}
	if e.now != 0 && p.Now.Sub(e.now) >= e.rules.NoDataAfter {
		e.blind(p.Now)
	}
	e.now = p.Now
	guilty := e.observe(p.Faults)
	e.update(guilty)
	e.open(guilty)
	e.takeOver(guilty)
	e.personal(p.People, p.Senders)
	e.merge(guilty)
	e.age(&p)
	e.forget()
	return e.take()
}

// take returns what changed, and stamps it.
func (e *Engine) take() []earshot.Incident {
	changed := e.ended
	e.ended = nil
	for _, l := range e.live {
		if l.dirty {
			changed = append(changed, l)
		}
	}
	for _, l := range changed {
		l.dirty, l.I.Updated = false, e.now
	}
	slices.SortFunc(changed, compareLive)
	return e.shown(changed)
}

// sorted returns the incidents that are open or quiet in a fixed order: what is decided must not depend on a map's.
func (e *Engine) sorted() []*live {
	return slices.SortedFunc(maps.Values(e.live), compareLive)
}

// compareLive orders older incidents first.
func compareLive(a, b *live) int {
	return cmp.Or(cmp.Compare(a.I.Start, b.I.Start), cmp.Compare(a.I.ID, b.I.ID))
}

// begin makes a new incident, nil when there are too many.
func (e *Engine) begin(cell earshot.Cell, since earshot.Instant) *live {
	if len(e.live) >= e.rules.MaxLive {
		e.refused++
		return nil
	}
	if since <= 0 || since > e.now {
		since = e.now
	}
	start := max(since, e.now.Add(-longestSince), e.done[cell]).Minute()
	l := &live{
		I: earshot.Incident{
			ID: e.key(e.account, cell, start), Account: e.account, Cell: cell, Start: start, Opened: e.now,
			State: earshot.IncidentOpen, Severity: earshot.SeverityMinor, Metric: earshot.MetricCount,
		},
		LastOn: e.now, LastBad: e.now,
		index: map[earshot.ID]struct{}{}, tally: map[earshot.ID]int{}, dirty: true,
	}
	e.live[l.I.ID] = l
	return l
}

// calm makes an incident quiet.
func (e *Engine) calm(l *live) {
	l.I.State, l.I.End, l.QuietSince = earshot.IncidentQuiet, l.end(), e.now
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentCalmed, Inside: l.Recent})
}

// reopen wakes a quiet incident.
func (e *Engine) reopen(l *live) {
	l.I.State, l.I.End, l.QuietSince = earshot.IncidentOpen, 0, 0
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentReopened, Inside: l.Recent})
}

// finish ends an incident for good.
func (e *Engine) finish(l *live, state earshot.IncidentState, into earshot.ID) {
	if l.I.End == 0 {
		l.I.End = l.end()
	}
	l.I.State, l.I.MergedInto = state, into
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentEnded, Inside: l.Recent, Other: into})
	delete(e.live, l.I.ID)
	if l.personal() {
		delete(e.persons, l.I.Cell.ID)
		e.done[l.I.Cell] = l.I.End
	} else if w := e.watches[l.I.Cell]; w != nil && w.Incident == l.I.ID {
		w.Incident = 0
		e.done[l.I.Cell] = l.I.End
	}
	e.ended = append(e.ended, l)
}

// blind ends everything after a time in which nothing was looked at: what comes now says nothing about it.
func (e *Engine) blind(now earshot.Instant) {
	e.now = now
	for _, l := range e.sorted() {
		if l.I.State == earshot.IncidentQuiet {
			e.finish(l, earshot.IncidentClosed, 0)
		} else {
			e.finish(l, earshot.IncidentNoData, 0)
		}
	}
}

// note adds a line to the timeline. When it is full, the oldest line about growth goes, else the oldest but the first.
func (e *Engine) note(l *live, ev earshot.IncidentEvent) {
	ev.At = e.now
	l.dirty = true
	t := append(l.I.Timeline, ev)
	if len(t) > max(e.rules.MaxTimeline, 2) {
		i := slices.IndexFunc(t, func(ev earshot.IncidentEvent) bool { return ev.What == earshot.IncidentGrew })
		t = slices.Delete(t, max(i, 1), max(i, 1)+1)
	}
	l.I.Timeline = t
}
