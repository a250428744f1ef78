package alert

import (
	"cmp"
	"fmt"
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

// Bucket is what is known of one subject in one minute of the past.
type Bucket struct {
	At                      earshot.Instant
	Subject                 Subject
	Bad, Classified, People int
	PeopleBad               int
}

// Replay tries a rule on the past. Give it buckets in the order of time, or incidents in any order, then ask for its firings.
// It judges as an [Engine] does, with two differences: a subject's people are those of its busiest minute, since the past is
// kept in minutes, and symptoms of incidents are counted, though they would not have been told.
type Replay struct {
	rule    *Rule
	subject map[Subject]*past
	firings []WouldFire
}

// past is one subject's window while the past goes by.
type past struct {
	buckets        []Bucket // of the window
	bad, sum       int
	clear          earshot.Instant
	last, lastSeen earshot.Instant
	firing         int // index + 1 of the firing that goes on
}

// Replayable says why a rule cannot be tried on the past, "" when it can.
func (r *Rule) Replayable() string {
	switch r.Kind {
	case KindIncident, KindPerson, KindShare:
		return ""
	}
	return fmt.Sprintf("rules of kind %s cannot be tried on the past: what they look at is not kept", r.Kind)
}

// NewReplay returns a replay of a valid rule for which [Rule.Replayable] is "".
func NewReplay(r *Rule) *Replay { return &Replay{rule: r, subject: map[Subject]*past{}} }

// WindowLength is how far back the rule counts.
func (r *Rule) WindowLength() time.Duration { return r.window() }

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

// Bucket takes the next minute of a subject.
func (p *Replay) Bucket(b Bucket) {
	s := p.subject[b.Subject]
	if s == nil {
		if b.Bad == 0 {
			return // nothing can begin here, and the window counts from its first bad minute on below
		}
		s = &past{}
		p.subject[b.Subject] = s
	}
	if s.lastSeen != 0 && s.firing != 0 && b.At.Sub(s.lastSeen) > p.rule.clearAfter() {
		p.end(s, s.lastSeen.Add(p.rule.clearAfter()))
	}
	s.lastSeen = b.At
	s.buckets = append(s.buckets, b)
	s.bad, s.sum = s.bad+b.Bad, s.sum+b.Classified
	for len(s.buckets) > 0 && s.buckets[0].At <= b.At.Add(-p.rule.window()) {
		s.bad, s.sum = s.bad-s.buckets[0].Bad, s.sum-s.buckets[0].Classified
		s.buckets = s.buckets[1:]
	}
	p.step(b.At, b.Subject, s)
}

// judge applies the rule to a window.
func (p *Replay) judge(subject Subject, s *past) *finding {
	people, peopleBad := 0, 0
	for i := range s.buckets {
		people, peopleBad = max(people, s.buckets[i].People), max(peopleBad, s.buckets[i].PeopleBad)
	}
	if p.rule.Kind == KindPerson {
		n := 0
		for i := range s.buckets {
			if s.buckets[i].Bad > 0 {
				n++
			}
		}
		return &finding{on: n >= p.rule.minutes(), clear: n < max(1, (p.rule.minutes()+1)/2), alert: Alert{Severity: p.rule.severity(), Affected: 1, Value: float64(n)}}
	}
	f := p.rule.judgeShare(subject, s.bad, s.sum, people)
	f.alert.Affected = peopleBad
	return f
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
	return out
}
