package alert

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// find returns what a rule sees, by subject; false when there is nothing to look at this time.
func (e *Engine) find(r *Rule, in *Inputs) (map[Subject]*finding, bool) {
	switch r.Kind {
	case KindIncident:
		return e.findIncidents(r, in), true
	case KindPerson:
		return e.findPersons(r, in), in.HaveMinutes
	case KindShare:
		return e.findShares(r, in), in.HaveMinutes
	case KindDrops:
		return e.findDrops(r, in), in.HaveMinutes
	case KindPhone:
		return e.findCalls(r, in), in.HaveCalls
	case KindBurn:
		return e.findBurns(r, in), in.HaveRates
	case KindAbsence:
		return findHealth(r, in), in.Health != nil
	case KindVersion:
		return findVersions(r, in), in.HaveVersions
	case KindPromQL:
		samples, ok := in.Samples[r.Name]
		return findSamples(r, samples), ok
	}
	return nil, false
}

// SeverityOf is the severity of alerts about an incident, where the rule has none.
func SeverityOf(s earshot.Severity) Severity {
	switch s {
	case earshot.SeverityCritical:
		return Critical
	case earshot.SeverityMajor:
		return Warning
	}
	return Info
}

func (e *Engine) findIncidents(r *Rule, in *Inputs) map[Subject]*finding {
	m := newMatcher(&r.Scope, in)
	out := map[Subject]*finding{}
	for _, i := range e.live {
		s := Subject{Kind: OfIncident, ID: i.ID}
		// One that fires goes on when the incident turns out to be another: it ends with the incident.
		if t := e.tracks[trackKey{r.Name, s}]; (t == nil || !t.firing()) && (!r.wants(&i) || !m.incident(&i)) {
			continue
		}
		f := &finding{alert: incidentAlert(r, &i)}
		switch i.State {
		case earshot.IncidentOpen:
			f.on = true
		case earshot.IncidentQuiet:
			// It is not raised any more; one that fires goes on, unless the rule clears it here.
			f.over = r.ClearOn == "quiet"
		case earshot.IncidentMerged:
			f.over, f.how, f.note = true, Ended, "turned out to be a part of another incident"
		case earshot.IncidentNoData:
			f.over, f.how, f.note = true, Ended, "nobody there reports any more"
		default:
			f.over = true
		}
		out[s] = f
	}
	for _, id := range in.Gone {
		out[Subject{Kind: OfIncident, ID: id}] = &finding{over: true, how: Ended, note: "the incident is not known any more"}
	}
	return out
}

// wants reports whether an incident is of the rule's sort.
func (r *Rule) wants(i *earshot.Incident) bool {
	return r.Personal == i.Personal() && !i.Causeless() && i.Affected >= r.People && (len(r.Causes) == 0 || slices.Contains(r.Causes, i.Cause.String()))
}

func incidentAlert(r *Rule, i *earshot.Incident) Alert {
	a := Alert{
		Severity: r.Severity, Began: i.Start, Over: i.End, Incident: i.ID, Cause: i.Cause, Candidates: i.Candidates, Cell: i.Cell, Direction: i.Direction,
		Confidence: i.Confidence, Inside: i.Inside, Elsewhere: i.Elsewhere, Affected: i.Affected, Minutes: i.Minutes,
	}
	if a.Severity == "" {
		a.Severity = SeverityOf(i.Severity)
	}
	return a
}

// explainers are what symptoms are explained by: the places and people of incidents that are alerted, or would be but for
// maintenance.
type explainers struct {
	cells  map[earshot.Cell]earshot.ID
	people map[earshot.ID]earshot.ID
}

func (e *Engine) explainers() *explainers {
	x := &explainers{cells: map[earshot.Cell]earshot.ID{}, people: map[earshot.ID]earshot.ID{}}
	causes := e.told()
	maps.Copy(causes, e.held)
	for _, id := range slices.Sorted(maps.Keys(causes)) {
		i := e.live[id]
		if _, ok := x.cells[i.Cell]; !ok {
			x.cells[i.Cell] = i.ID
		}
		for _, p := range i.People {
			if _, ok := x.people[p]; !ok {
				x.people[p] = i.ID
			}
		}
	}
	return x
}

func (x *explainers) of(person earshot.ID, m *Minute) earshot.ID {
	if m.Cell != nil && m.Cell.Scope != earshot.ScopeNone {
		if id := x.cells[*m.Cell]; id != 0 {
			return id
		}
	}
	return x.people[person]
}

// sum is what is counted of a subject.
type sum struct {
	classified, bad int
	people          map[earshot.ID]bool // true: had a bad minute
	explained       map[earshot.ID]int
	began           earshot.Instant
	badAt           map[earshot.Instant]bool
}

func newSum() *sum {
	return &sum{people: map[earshot.ID]bool{}, explained: map[earshot.ID]int{}, badAt: map[earshot.Instant]bool{}}
}

func (s *sum) add(v *Track, m *Minute, x *explainers) {
	if m.Grade == earshot.Unclassified {
		return
	}
	s.classified++
	bad := m.Grade == earshot.Bad
	s.people[v.Person] = s.people[v.Person] || bad
	if !bad {
		return
	}
	s.bad++
	s.badAt[m.At] = true
	if s.began == 0 || m.At < s.began {
		s.began = m.At
	}
	if id := x.of(v.Person, m); id != 0 {
		s.explained[id]++
	}
}

func (s *sum) peopleBad() int {
	n := 0
	for _, bad := range s.people {
		if bad {
			n++
		}
	}
	return n
}

func (e *Engine) findPersons(r *Rule, in *Inputs) map[Subject]*finding {
	m, x := newMatcher(&r.Scope, in), e.explainers()
	sums := map[Subject]*sum{}
	for i := range in.Tracks {
		v := &in.Tracks[i]
		if v.Person != 0 && m.who(v.Person, v.Site, v.Number) {
			e.addTo(sums, Subject{Kind: OfPerson, ID: v.Person}, v, r.window(), x)
		}
	}
	out := map[Subject]*finding{}
	for s, c := range sums {
		n := len(c.badAt)
		out[s] = &finding{
			on: n >= r.minutes(), clear: n < max(1, (r.minutes()+1)/2), explained: c.explained, bad: c.bad,
			alert: Alert{Severity: r.severity(), Began: c.began, Affected: 1, Minutes: n, Value: float64(n), Bound: float64(r.minutes()), Unit: "minutes",
				Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: s.ID}},
		}
	}
	return out
}

// addTo adds what a track has in the window to the sum of a subject.
func (e *Engine) addTo(sums map[Subject]*sum, s Subject, v *Track, window time.Duration, x *explainers) {
	c := sums[s]
	for i := range v.Minutes {
		m := &v.Minutes[i]
		if !e.within(m.At, window) {
			continue
		}
		if c == nil {
			c = newSum()
			sums[s] = c
		}
		c.add(v, m, x)
	}
}

// within reports whether a minute lies in the window that ends now.
func (e *Engine) within(at earshot.Instant, window time.Duration) bool {
	return at > e.now.Add(-window-time.Minute) && at <= e.now
}

// subjectOf returns what a minute counts for; false for none.
func (p Per) subjectOf(meeting, series, site earshot.ID, center, version string) (Subject, bool) {
	switch p {
	case PerMeeting:
		return Subject{Kind: OfMeeting, ID: meeting}, meeting != 0
	case PerSeries:
		return Subject{Kind: OfSeries, ID: series}, series != 0
	case PerSite:
		return Subject{Kind: OfSite, ID: site}, site != 0
	case PerDataCenter:
		return Subject{Kind: OfDataCenter, Name: center}, center != ""
	case PerVersion:
		return Subject{Kind: OfVersion, Name: version}, version != ""
	}
	return Subject{Kind: OfEverything}, true
}

// SubjectOf returns what a track counts for under a rule about people, shares, drops or budgets; false for nothing.
func (r *Rule) SubjectOf(m *Track) (Subject, bool) {
	if r.Kind == KindPerson {
		return Subject{Kind: OfPerson, ID: m.Person}, m.Person != 0
	}
	return r.Per.subjectOf(m.Meeting, m.Series, m.Site, m.DataCenter, m.Version)
}

func (e *Engine) findShares(r *Rule, in *Inputs) map[Subject]*finding {
	m, x := newMatcher(&r.Scope, in), e.explainers()
	sums := map[Subject]*sum{}
	for i := range in.Tracks {
		v := &in.Tracks[i]
		if s, ok := r.Per.subjectOf(v.Meeting, v.Series, v.Site, v.DataCenter, v.Version); ok && m.who(v.Person, v.Site, v.Number) {
			e.addTo(sums, s, v, r.window(), x)
		}
	}
	out := map[Subject]*finding{}
	for s, c := range sums {
		out[s] = r.judgeShare(s, c.bad, c.classified, len(c.people))
		f := out[s]
		f.explained, f.bad = c.explained, c.bad
		f.alert.Began, f.alert.Affected = c.began, c.peopleBad()
		f.alert.Inside = earshot.Count{Bad: f.alert.Affected, Of: len(c.people)}
	}
	return out
}

// judgeShare says whether a share of bad minutes raises or clears. The back-test uses it, too.
func (r *Rule) judgeShare(s Subject, bad, classified, people int) *finding {
	pct := 0.0
	if classified > 0 {
		pct = 100 * float64(bad) / float64(classified)
	}
	return &finding{
		on: classified > 0 && pct >= r.SharePct && people >= max(1, r.People), clear: pct < r.clearPct(),
		alert: Alert{Severity: r.severity(), Minutes: bad, Value: round1(pct), Bound: r.SharePct, Unit: "percent", Cell: cellOf(s)},
	}
}

// cellOf is the place of a subject, where it has one.
func cellOf(s Subject) earshot.Cell {
	switch s.Kind {
	case OfSite:
		return earshot.Cell{Scope: earshot.ScopeSite, ID: s.ID}
	case OfDataCenter:
		return earshot.Cell{Scope: earshot.ScopeDataCenter, Name: s.Name}
	case OfVersion:
		return earshot.Cell{Scope: earshot.ScopeVersion, Name: s.Name}
	case OfMeeting:
		return earshot.Cell{Scope: earshot.ScopeMeeting, ID: s.ID}
	case OfPerson:
		return earshot.Cell{Scope: earshot.ScopePerson, ID: s.ID}
	}
	return earshot.Cell{}
}

// findDrops compares who fell out with who is or was there.
func (e *Engine) findDrops(r *Rule, in *Inputs) map[Subject]*finding {
	m, x := newMatcher(&r.Scope, in), e.explainers()
	there, fell := map[Subject]map[earshot.ID]bool{}, map[Subject]map[earshot.ID]bool{}
	explained := map[Subject]map[earshot.ID]int{}
	add := func(to map[Subject]map[earshot.ID]bool, s Subject, person earshot.ID) {
		if to[s] == nil {
			to[s] = map[earshot.ID]bool{}
		}
		to[s][person] = true
	}
	for i := range in.Tracks {
		v := &in.Tracks[i]
		s, ok := r.Per.subjectOf(v.Meeting, v.Series, v.Site, v.DataCenter, v.Version)
		if ok && m.who(v.Person, v.Site, v.Number) && slices.ContainsFunc(v.Minutes, func(m Minute) bool { return e.within(m.At, r.window()) }) {
			add(there, s, v.Person)
		}
	}
	for i := range in.Leaves {
		v := &in.Leaves[i]
		s, ok := r.Per.subjectOf(v.Meeting, v.Series, v.Site, v.DataCenter, v.Version)
		if !ok || !e.within(v.At, r.window()) || !m.who(v.Person, v.Site, v.Number) {
			continue
		}
		add(there, s, v.Person)
		if !v.Dropped {
			continue
		}
		add(fell, s, v.Person)
		if id := x.people[v.Person]; id != 0 {
			if explained[s] == nil {
				explained[s] = map[earshot.ID]int{}
			}
			explained[s][id]++
		}
	}
	out := map[Subject]*finding{}
	for s, people := range there {
		n := len(fell[s])
		f := r.judgeShare(s, n, len(people), len(people))
		f.explained, f.bad = explained[s], n
		f.alert.Minutes, f.alert.Affected, f.alert.Inside = 0, n, earshot.Count{Bad: n, Of: len(people)}
		out[s] = f
	}
	return out
}

func (e *Engine) findCalls(r *Rule, in *Inputs) map[Subject]*finding {
	m := newMatcher(&r.Scope, in)
	low, all := 0, 0
	for i := range in.Calls {
		c := &in.Calls[i]
		inScope := m.all || slices.ContainsFunc(c.Persons, func(p earshot.ID) bool { return m.who(p, 0, "") })
		if c.MOS <= 0 || !e.within(c.At, r.window()) || !inScope {
			continue
		}
		all++
		if c.MOS < r.MOS {
			low++
		}
	}
	return map[Subject]*finding{{Kind: OfEverything}: r.judgeCalls(low, all)}
}

// judgeCalls says whether calls with a low MOS raise or clear. The back-test uses it, too.
func (r *Rule) judgeCalls(low, all int) *finding {
	need := max(1, r.Calls)
	return &finding{
		on: low >= need, clear: low < max(1, (need+1)/2),
		alert: Alert{Severity: r.severity(), Value: float64(low), Bound: float64(need), Unit: "calls", Inside: earshot.Count{Bad: low, Of: all}, Text: strconv.FormatFloat(r.MOS, 'f', -1, 64)},
	}
}

func (e *Engine) findBurns(r *Rule, in *Inputs) map[Subject]*finding {
	m := newMatcher(&r.Scope, in)
	out := map[Subject]*finding{}
	for i := range in.Rates {
		v := &in.Rates[i]
		if v.Rule != r.Name || v.Burn >= len(r.Burns) || !m.all && !m.who(0, v.Subject.ID, "") {
			continue
		}
		f := r.judgeBurn(v)
		if old := out[v.Subject]; old != nil {
			f.clear = f.clear && old.clear
			if old.on || !f.on {
				old.clear = f.clear
				continue
			}
		}
		out[v.Subject] = f
	}
	return out
}

// judgeBurn says whether both windows use the budget up too fast.
func (r *Rule) judgeBurn(v *Rate) *finding {
	b := r.Burns[v.Burn]
	speed := func(c *earshot.GradeCounts) float64 {
		if n := c.Classified(); n > 0 {
			return 100 * float64(c[earshot.Poor]+c[earshot.Bad]) / float64(n) / (100 - r.ObjectivePct)
		}
		return 0
	}
	long, short := speed(&v.Long), speed(&v.Short)
	return &finding{
		on: long >= b.Factor && short >= b.Factor && v.People >= r.People, clear: short < b.Factor,
		alert: Alert{Severity: r.severity(), Value: round1(long), Bound: b.Factor, Unit: "times", Cell: cellOf(v.Subject), Affected: v.People,
			Minutes: v.Long[earshot.Poor] + v.Long[earshot.Bad], Text: b.Long.String()},
	}
}

func findHealth(r *Rule, in *Inputs) map[Subject]*finding {
	out := map[Subject]*finding{}
	for _, v := range in.Health {
		if v.What != r.What {
			continue
		}
		name := string(v.What)
		if v.Name != "" {
			name += "/" + v.Name
		}
		kind, bound := readings[v.What], r.threshold()
		on := v.Value > bound
		if kind.below {
			on = v.Value < bound
		}
		out[Subject{Kind: OfHealth, Name: name}] = &finding{
			on: on, clear: !on, alert: Alert{Severity: r.severity(), Value: round1(v.Value), Bound: bound, Unit: kind.unit, Text: v.Text},
		}
	}
	return out
}

func findVersions(r *Rule, in *Inputs) map[Subject]*finding {
	out := map[Subject]*finding{}
	for _, v := range in.Versions {
		out[Subject{Kind: OfVersion, Name: v.Name}] = &finding{
			on: v.People >= max(1, r.People), clear: true,
			alert: Alert{Severity: r.severity(), Began: v.First, Affected: v.People, Cell: earshot.Cell{Scope: earshot.ScopeVersion, Name: v.Name}},
		}
	}
	return out
}

func findSamples(r *Rule, samples []Sample) map[Subject]*finding {
	out := map[Subject]*finding{}
	for _, v := range samples {
		out[Subject{Kind: OfSeriesSet, Name: v.Labels}] = &finding{on: true, alert: Alert{Severity: r.severity(), Value: v.Value, Text: r.Expr}}
	}
	return out
}

func round1(x float64) float64 { return float64(int64(x*10+0.5)) / 10 }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func leadingNumber(text string) int {
	word, _, _ := strings.Cut(text, " ")
	n, _ := strconv.Atoi(word)
	return n
}

// inMaintenance reports whether nothing is to be raised now about a subject: it is covered, or what explains it is, which
// would be told in its cause's place otherwise.
func (e *Engine) inMaintenance(r *Rule, s Subject, f *finding) bool {
	a := f.alert
	a.Rule, a.Subject = r.Name, s
	for i := range e.maintenance {
		m := &e.maintenance[i]
		if m.Covers(&a, e.places) && m.holds(e.now) {
			if s.Kind == OfIncident {
				e.held[s.ID] = true
			}
			return true
		}
	}
	if !r.Symptom() || len(e.held) == 0 {
		return false
	}
	cause, ok := f.explanation()
	return ok && e.held[cause] && !e.told()[cause]
}
