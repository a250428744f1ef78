package alert

import (
	"cmp"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// WouldFire is one alert that a rule would have raised.
type WouldFire struct {
	Subject  Subject
	Cell     earshot.Cell
	Severity Severity
	From, To earshot.Instant // To is 0 when it still would
	Affected int
	Value    float64
}

// Bucket is what is known of one subject in one minute of the past. Of phones, minutes are calls that ended in it.
type Bucket struct {
	At                            earshot.Instant
	Subject                       Subject
	Bad, Poor, Classified, People int
	PeopleBad                     int
}

// Replay tries a rule on the past. Give it each subject's buckets in the order of time, or incidents in any order, then ask for
// its firings. It judges as an [Engine] does; [Rule.Caveats] says where the past knows less than the present did.
type Replay struct {
	rule    *Rule
	spans   []time.Duration // that are summed up: one, or of budgets a long and a short one for each pair
	subject map[Subject]*past
	firings []WouldFire
}

// past is one subject's windows while the past goes by.
type past struct {
	buckets        []Bucket // of the longest window
	sums           []sums   // by span
	clear          earshot.Instant
	last, lastSeen earshot.Instant
	firing         int // index + 1 of the firing that goes on
}

// sums are those of the buckets of one span: all from first on.
type sums struct{ first, bad, poor, classified, withBad int }

func (s *sums) add(b *Bucket, n int) {
	s.bad, s.poor, s.classified = s.bad+n*b.Bad, s.poor+n*b.Poor, s.classified+n*b.Classified
	if b.Bad > 0 {
		s.withBad += n
	}
}

// Replayable says why a rule cannot be tried on the past, "" when it can.
func (r *Rule) Replayable() string {
	switch r.Kind {
	case KindDrops:
		return "rules of kind drops cannot be tried on the past: who fell out is found while meetings run and is not counted by the minute"
	case KindAbsence:
		return "rules of kind absence cannot be tried on the past: Earshot's own readings are not kept"
	case KindPromQL:
		return "rules of kind promql cannot be tried on the past: ask the expression over a range instead, at /prometheus"
	}
	return ""
}

// Caveats say where trying the rule on the past may differ from what it would have done.
func (r *Rule) Caveats() []string {
	switch r.Kind {
	case KindIncident:
		return []string{"Incidents are judged by what they became: the people that they touched in the end, their last cause and severity."}
	case KindShare:
		out := []string{
			"The people of a window are those of its busiest minute.",
			"What an incident explains is counted here, and would not have been told beside it.",
		}
		if r.Per == PerSeries {
			out = append(out, "Windows do not reach from one meeting of a series into the next.")
		}
		return out
	case KindPerson:
		return []string{"What an incident explains is counted here, and would not have been told beside it."}
	case KindBurn:
		return []string{"The people of a window are those of its busiest minute.", "What an incident explains is counted here, and would not have been told beside it."}
	case KindVersion:
		return []string{"A version counts as new by days (UTC), compared with the thirty days before."}
	}
	return nil
}

// NewReplay returns a replay of a valid rule for which [Rule.Replayable] is "".
func NewReplay(r *Rule) *Replay {
	p := &Replay{rule: r, subject: map[Subject]*past{}}
	if r.Kind != KindBurn {
		p.spans = []time.Duration{r.window()}
	}
	for _, b := range r.Burns {
		p.spans = append(p.spans, time.Duration(b.Long), time.Duration(b.Short))
	}
	return p
}

// WindowLength is how far back the rule counts.
func (r *Rule) WindowLength() time.Duration { return slices.Max(NewReplay(r).spans) }

// Incident takes an incident as it ended, or as it is.
func (p *Replay) Incident(i *earshot.Incident, in *Inputs) {
	r := p.rule
	if !r.wants(i) || i.State == earshot.IncidentMerged || !newMatcher(&r.Scope, in).incident(i) {
		return
	}
	a := incidentAlert(r, i)
	f := WouldFire{Subject: Subject{Kind: OfIncident, ID: i.ID}, Cell: i.Cell, Severity: a.Severity, From: i.Opened, To: i.End, Affected: i.Affected}
	p.firings = append(p.firings, f)
}

// Version takes a client version that was new on a day.
func (p *Replay) Version(name string, day earshot.Instant, people int) {
	s := Subject{Kind: OfVersion, Name: name}
	p.firings = append(p.firings, WouldFire{Subject: s, Cell: cellOf(s), Severity: p.rule.severity(), From: day, To: day.Add(24 * time.Hour), Affected: people})
}

// Bucket takes the next minute of a subject; one that is not after the last is known already.
func (p *Replay) Bucket(b Bucket) {
	s := p.subject[b.Subject]
	if s == nil {
		s = &past{sums: make([]sums, len(p.spans))}
		p.subject[b.Subject] = s
	}
	if s.lastSeen != 0 && b.At <= s.lastSeen {
		return
	}
	if s.lastSeen != 0 && s.firing != 0 && b.At.Sub(s.lastSeen) > p.rule.clearAfter() {
		p.end(s, s.lastSeen.Add(p.rule.clearAfter()))
	}
	s.lastSeen = b.At
	s.push(&b, p.spans)
	p.step(b.At, b.Subject, s)
}

// push adds a bucket and takes those out that have left their windows.
func (s *past) push(b *Bucket, spans []time.Duration) {
	s.buckets = append(s.buckets, *b)
	gone := len(s.buckets)
	for i, span := range spans {
		c := &s.sums[i]
		c.add(b, 1)
		for s.buckets[c.first].At <= b.At.Add(-span) {
			c.add(&s.buckets[c.first], -1)
			c.first++
		}
		gone = min(gone, c.first)
	}
	if gone > 256 && gone*2 > len(s.buckets) { // in one go, so that each is moved but seldom
		s.buckets = append(s.buckets[:0], s.buckets[gone:]...)
		for i := range s.sums {
			s.sums[i].first -= gone
		}
	}
}

// people are those of the busiest minute of a window, and those of its worst.
func (s *past) people(c *sums) (seen, bad int) {
	for i := c.first; i < len(s.buckets); i++ {
		seen, bad = max(seen, s.buckets[i].People), max(bad, s.buckets[i].PeopleBad)
	}
	return seen, bad
}

// judge applies the rule to the windows.
func (p *Replay) judge(subject Subject, s *past) *finding {
	r, c := p.rule, &s.sums[0]
	switch r.Kind {
	case KindPerson:
		n := c.withBad
		return &finding{on: n >= r.minutes(), clear: n < max(1, (r.minutes()+1)/2), alert: Alert{Severity: r.severity(), Affected: 1, Value: float64(n)}}
	case KindPhone:
		return r.judgeCalls(c.bad, c.classified)
	case KindBurn:
		return p.judgeBurns(subject, s)
	}
	if c.bad == 0 {
		return &finding{clear: true}
	}
	people, bad := s.people(c)
	f := r.judgeShare(subject, c.bad, c.classified, people)
	f.alert.Affected = bad
	return f
}

func (p *Replay) judgeBurns(subject Subject, s *past) *finding {
	best := &finding{clear: true}
	for k := range p.rule.Burns {
		long, short := &s.sums[2*k], &s.sums[2*k+1]
		if long.bad+long.poor == 0 {
			continue
		}
		counts := func(c *sums) (g earshot.GradeCounts) {
			g[earshot.Poor], g[earshot.Bad], g[earshot.Good] = c.poor, c.bad, c.classified-c.poor-c.bad
			return g
		}
		people, _ := s.people(long)
		f := p.rule.judgeBurn(&Rate{Rule: p.rule.Name, Burn: k, Subject: subject, Long: counts(long), Short: counts(short), People: people})
		clear := f.clear && best.clear
		if f.on && !best.on {
			best = f
		}
		best.clear = clear
	}
	return best
}

func (p *Replay) step(now earshot.Instant, subject Subject, s *past) {
	f := p.judge(subject, s)
	if s.firing != 0 {
		g := &p.firings[s.firing-1]
		g.Affected = max(g.Affected, f.alert.Affected)
		switch {
		case f.on || !f.clear:
			s.clear = 0
		case s.clear == 0:
			s.clear = now
		case now.Sub(s.clear) >= p.rule.clearAfter():
			p.end(s, now)
		}
		return
	}
	if !f.on || s.last != 0 && now.Sub(s.last) < p.rule.cooldown() {
		return
	}
	p.firings = append(p.firings, WouldFire{
		Subject: subject, Cell: cellOf(subject), Severity: f.alert.Severity, From: now, Affected: f.alert.Affected, Value: f.alert.Value,
	})
	s.firing, s.clear = len(p.firings), 0
}

func (p *Replay) end(s *past, at earshot.Instant) {
	p.firings[s.firing-1].To = at
	s.firing, s.last, s.clear = 0, at, 0
}

// Firings returns what would have been raised, oldest first.
func (p *Replay) Firings(now earshot.Instant) []WouldFire {
	for _, s := range p.subject {
		if s.firing != 0 && now.Sub(s.lastSeen) > p.rule.clearAfter() {
			p.end(s, s.lastSeen.Add(p.rule.clearAfter()))
		}
	}
	out := slices.Clone(p.firings)
	slices.SortFunc(out, func(a, b WouldFire) int {
		return cmp.Or(cmp.Compare(a.From, b.From), compareSubjects(a.Subject, b.Subject))
	})
	if p.rule.Kind == KindIncident {
		return p.cooled(out)
	}
	return out
}

// cooled leaves out the incidents of a place that had one just before, as long as the cooldown goes on.
func (p *Replay) cooled(all []WouldFire) (out []WouldFire) {
	last := map[earshot.Cell]earshot.Instant{}
	for _, f := range all {
		if end, ok := last[f.Cell]; ok && f.From < end.Add(p.rule.cooldown()) {
			f.From = max(f.From, end.Add(p.rule.cooldown()))
		}
		if f.To != 0 && f.From >= f.To {
			continue
		}
		if f.To != 0 {
			last[f.Cell] = f.To
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b WouldFire) int { return cmp.Compare(a.From, b.From) })
	return out
}

// Spell is what a window of a rule about people or shares must reach before the rule can hold: steps with a bad minute, percent of
// bad ones, classified ones in one minute.
func (r *Rule) Spell() (steps int, percent float64, seen int) {
	if r.Kind == KindPerson {
		return r.minutes(), 0, 0
	}
	return 1, r.SharePct, max(1, r.People)
}
