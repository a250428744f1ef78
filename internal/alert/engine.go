package alert

import (
	"cmp"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

const (
	// maxActive bounds what fires at once: beyond it nobody reads.
	maxActive = 1000
	// forgetAfter is how long an ended alert is remembered, so that what is told of it once more raises nothing.
	forgetAfter = 24 * time.Hour
	// patience is how long a symptom waits for its cause: causes are looked for every ten seconds, and a broad one is found in
	// two or three looks.
	patience = 30 * time.Second
)

// Engine raises and clears alerts. See the package comment.
type Engine struct {
	rules       []Rule
	maintenance []Maintenance
	now         earshot.Instant
	tracks      map[trackKey]*track
	live        map[earshot.ID]earshot.Incident // open and quiet ones
	places      *Inputs                         // of the present look: what scopes are resolved with
	dropped     int
	held        map[earshot.ID]bool // incidents that maintenance keeps from being raised in the present look
}

type trackKey struct {
	rule    string
	subject Subject
}

// track is what is known of one subject under one rule.
type track struct {
	Since earshot.Instant `json:"since,omitempty"` // the rule has held since; 0 while it does not
	Clear earshot.Instant `json:"clear,omitempty"` // the clear condition has held since
	Last  earshot.Instant `json:"last,omitempty"`  // when its last alert ended
	Alert *Alert          `json:"alert,omitempty"` // that fires, or that was the last
	Told  earshot.Instant `json:"told,omitempty"`  // the minute in which the evidence was told last
}

func (t *track) firing() bool { return t.Alert != nil && t.Alert.State == Firing }

// NewEngine returns an engine that has seen nothing. The rules must be valid.
func NewEngine(rules []Rule, maintenance []Maintenance) *Engine {
	return &Engine{rules: rules, maintenance: maintenance, tracks: map[trackKey]*track{}, live: map[earshot.ID]earshot.Incident{}}
}

// SetRules replaces the rules. Alerts of rules that are gone or off end at the next look.
func (e *Engine) SetRules(rules []Rule, maintenance []Maintenance) {
	e.rules, e.maintenance = rules, maintenance
}

// Rules returns the rules in use. Do not modify them.
func (e *Engine) Rules() []Rule { return e.rules }

// Maintenance returns the spans of maintenance in use. Do not modify them.
func (e *Engine) Maintenance() []Maintenance { return e.maintenance }

// Dropped is how many alerts were not raised because too many fired.
func (e *Engine) Dropped() int { return e.dropped }

// Active returns the alerts that fire, worst first, then by the time they were raised.
func (e *Engine) Active() []Alert {
	var out []Alert
	for _, t := range e.tracks {
		if t.firing() {
			out = append(out, *t.Alert)
		}
	}
	slices.SortFunc(out, func(a, b Alert) int {
		return cmp.Or(cmp.Compare(b.Severity.rank(), a.Severity.rank()), cmp.Compare(a.Raised, b.Raised), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// finding is what a rule sees of one subject.
type finding struct {
	on    bool // the rule holds
	clear bool // the clear condition holds
	over  bool // it is over: the alert ends now
	how   Change
	note  string
	alert Alert // Subject, Severity, evidence
	// explained counts, of the bad minutes, those that an alerted incident explains.
	explained map[earshot.ID]int
	bad       int
}

// Evaluate looks at everything once and returns the alerts that changed, in the order of their ids. A look that is older than
// the last one is ignored.
func (e *Engine) Evaluate(now earshot.Instant, in *Inputs) []Alert {
	if now < e.now {
		return nil
	}
	e.now, e.places, e.held = now, in, map[earshot.ID]bool{}
	changed := map[earshot.ID]Alert{}
	note := func(a *Alert) {
		if a != nil {
			changed[a.ID] = *a
		}
	}
	for i := range in.Incidents {
		e.live[in.Incidents[i].ID] = in.Incidents[i]
	}
	on := map[string]bool{}
	// Causes first: symptoms of this look are explained by them.
	for _, symptoms := range []bool{false, true} {
		for i := range e.rules {
			if r := &e.rules[i]; r.On() && r.Symptom() == symptoms {
				on[r.Name] = true
				e.look(r, in, note)
			}
		}
	}
	e.retire(on, note)
	for id, i := range e.live {
		if i.State != earshot.IncidentOpen && i.State != earshot.IncidentQuiet {
			delete(e.live, id)
		}
	}
	out := make([]Alert, 0, len(changed))
	for _, a := range changed {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Alert) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// look evaluates one rule.
func (e *Engine) look(r *Rule, in *Inputs, note func(*Alert)) {
	found, looked := e.find(r, in)
	if !looked {
		return
	}
	subjects := make([]Subject, 0, len(found))
	for s := range found {
		subjects = append(subjects, s)
	}
	slices.SortFunc(subjects, compareSubjects)
	for _, s := range subjects {
		note(e.step(r, s, found[s]))
	}
	if r.Kind == KindIncident {
		return // an incident that is not told of has not changed
	}
	for _, key := range e.keys(func(k trackKey, t *track) bool { return k.rule == r.Name && (t.firing() || t.Since != 0) }) {
		if found[key.subject] == nil {
			note(e.step(r, key.subject, &finding{clear: true, how: Ended, note: "nothing is reported any more"}))
		}
	}
}

// keys returns the tracks that a condition selects, in order.
func (e *Engine) keys(with func(trackKey, *track) bool) []trackKey {
	var out []trackKey
	for k, t := range e.tracks {
		if with(k, t) {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b trackKey) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), compareSubjects(a.subject, b.subject))
	})
	return out
}

func compareSubjects(a, b Subject) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name))
}

// step moves one subject on and returns its alert when that changed.
func (e *Engine) step(r *Rule, s Subject, f *finding) *Alert {
	key := trackKey{r.Name, s}
	t := e.tracks[key]
	if t == nil {
		if !f.on {
			return nil
		}
		t = &track{}
		e.tracks[key] = t
	}
	if t.firing() {
		return e.proceed(r, t, f)
	}
	if !f.on {
		t.Since = 0
		return nil
	}
	if t.Since == 0 {
		t.Since = e.now
	}
	if e.now.Sub(t.Since) < e.wait(r, f) || e.cooling(r, t, f) || e.inMaintenance(r, s, f) {
		return nil
	}
	if e.active() >= maxActive {
		e.dropped++
		return nil
	}
	return e.raise(r, s, t, f)
}

// wait is how long a rule has to hold.
func (e *Engine) wait(r *Rule, f *finding) time.Duration {
	switch {
	case r.For != 0:
		return time.Duration(r.For)
	case r.Kind == KindShare || r.Kind == KindDrops:
		return patience
	}
	return 0
}

func (e *Engine) raise(r *Rule, s Subject, t *track, f *finding) *Alert {
	a := f.alert
	a.Rule, a.Kind, a.Subject, a.State = r.Name, r.Kind, s, Firing
	a.ID = idOf(r.Name, s, e.now)
	if t.Alert != nil && t.Alert.ID == a.ID {
		return nil // told already, and over
	}
	a.Raised, a.Updated = e.now, e.now
	if a.Began == 0 {
		a.Began = t.Since
	}
	if r.Symptom() {
		a.Incident, a.Explained = f.explanation()
	}
	a.line(e.now, Raised, "")
	t.Alert, t.Clear, t.Told = &a, 0, e.now.Minute()
	return t.Alert
}

// explanation is the incident that explains most of what is bad, if it is half of it.
func (f *finding) explanation() (earshot.ID, bool) {
	best, most := earshot.ID(0), 0
	for id, n := range f.explained {
		if n > most || n == most && id < best {
			best, most = id, n
		}
	}
	if most*2 < f.bad || most == 0 {
		return 0, false
	}
	return best, true
}

// proceed goes on with an alert that fires.
func (e *Engine) proceed(r *Rule, t *track, f *finding) *Alert {
	if f.over {
		return e.resolve(t, f)
	}
	switch {
	case f.on || !f.clear:
		t.Clear = 0
	case t.Clear == 0:
		t.Clear = e.now
	case e.now.Sub(t.Clear) >= r.clearAfter():
		return e.resolve(t, f)
	}
	if !f.on {
		return e.calm(t, f.alert.Over)
	}
	return e.update(t, &f.alert)
}

// calm notes when the trouble of an alert that still fires seems to have been over: its incident is quiet.
func (e *Engine) calm(t *track, over earshot.Instant) *Alert {
	if t.Alert.Over == over {
		return nil
	}
	a := *t.Alert
	a.Over, a.Updated = over, e.now
	t.Alert = &a
	return t.Alert
}

// update takes newer evidence over: at once when it is worth a line, else once a minute.
func (e *Engine) update(t *track, n *Alert) *Alert {
	old := t.Alert
	a := *old
	a.Cause, a.Candidates, a.Cell, a.Direction, a.Confidence = n.Cause, n.Candidates, n.Cell, n.Direction, n.Confidence
	a.Inside, a.Elsewhere, a.Minutes, a.Value, a.Text = n.Inside, n.Elsewhere, n.Minutes, n.Value, n.Text
	a.Affected = max(old.Affected, n.Affected)
	// What seemed over may have come back.
	a.Over = n.Over
	worth := a.Over != old.Over
	if n.Severity.rank() > old.Severity.rank() {
		a.Severity = n.Severity
		a.line(e.now, Escalated, string(n.Severity))
		worth = true
	}
	if told := t.people(); a.Affected >= told+3 && a.Affected*2 >= told*3 {
		a.line(e.now, Grew, plural(a.Affected, "person", "people"))
		worth = true
	}
	if !worth && (e.now.Minute() <= t.Told || sameEvidence(&a, old)) {
		return nil
	}
	a.Updated, t.Told = e.now, e.now.Minute()
	t.Alert = &a
	return t.Alert
}

// people is how many were affected when that was last a line of the timeline.
func (t *track) people() int {
	if t.Alert.Affected == 0 {
		return 0
	}
	n := 0
	for _, l := range t.Alert.Timeline {
		if l.What == Grew {
			n = leadingNumber(l.Text)
		}
	}
	if n == 0 {
		return t.Alert.Affected
	}
	return n
}

func sameEvidence(a, b *Alert) bool {
	return a.Cause == b.Cause && a.Cell == b.Cell && a.Inside == b.Inside && a.Elsewhere == b.Elsewhere && a.Affected == b.Affected &&
		a.Minutes == b.Minutes && a.Value == b.Value && a.Text == b.Text && a.Severity == b.Severity && a.Confidence == b.Confidence
}

func (e *Engine) resolve(t *track, f *finding) *Alert {
	a := *t.Alert
	a.State, a.Ended, a.Updated = Resolved, e.now, e.now
	if f.alert.Affected > 0 {
		a.Affected, a.Minutes = max(a.Affected, f.alert.Affected), max(a.Minutes, f.alert.Minutes)
	}
	if f.alert.Over != 0 {
		a.Over = f.alert.Over
	}
	how := f.how
	if how == "" {
		how = Cleared
	}
	a.line(e.now, how, f.note)
	t.Alert, t.Last, t.Since, t.Clear = &a, e.now, 0, 0
	return t.Alert
}

// cooling reports whether the subject, or an incident's place, had an alert of the rule just now.
func (e *Engine) cooling(r *Rule, t *track, f *finding) bool {
	if t.Last != 0 && e.now.Sub(t.Last) < r.cooldown() {
		return true
	}
	if r.Kind != KindIncident {
		return false
	}
	for k, o := range e.tracks {
		if k.rule == r.Name && o != t && o.Last != 0 && o.Alert != nil && o.Alert.Cell == f.alert.Cell && e.now.Sub(o.Last) < r.cooldown() {
			return true
		}
	}
	return false
}

func (e *Engine) active() int {
	n := 0
	for _, t := range e.tracks {
		if t.firing() {
			n++
		}
	}
	return n
}

// told are the incidents that an alert is told of.
func (e *Engine) told() map[earshot.ID]bool {
	out := map[earshot.ID]bool{}
	for k, t := range e.tracks {
		if k.subject.Kind == OfIncident && t.firing() {
			out[k.subject.ID] = true
		}
	}
	return out
}

// retire ends the alerts of rules that are gone and symptoms whose cause is not told any more (they would be told in its
// place; what is still bad after the cooldown is raised anew), and forgets what is long over.
func (e *Engine) retire(on map[string]bool, note func(*Alert)) {
	causes := e.told()
	for _, k := range e.keys(func(_ trackKey, t *track) bool { return t.firing() && t.Alert.Explained && !causes[t.Alert.Incident] }) {
		note(e.resolve(e.tracks[k], &finding{how: Ended, note: "its cause is over"}))
	}
	for _, k := range e.keys(func(k trackKey, t *track) bool { return t.firing() && !on[k.rule] }) {
		note(e.resolve(e.tracks[k], &finding{how: Ended, note: "the rule is gone or off"}))
	}
	for k, t := range e.tracks {
		if !t.firing() && t.Since == 0 && e.now.Sub(t.Last) > forgetAfter {
			delete(e.tracks, k)
		}
	}
}
