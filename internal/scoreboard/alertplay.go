package main

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	alertwatch "github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/site"
)

// alertPlayer lets the default rules look at what the fold sees, as the monitor does. Rules about Earshot's own health, calls
// and new client versions have nothing to look at here.
type alertPlayer struct {
	engine *alert.Engine
	live   *live.State
	window alertwatch.Window
	places map[earshot.ID]alert.Place
	list   []*raised
	byID   map[earshot.ID]*raised
	looked earshot.Instant // the minute in which budgets were looked at last
	sealed map[earshot.Instant]*sealedMinute
}

// sealedMinute is what budgets count of one minute.
type sealedMinute struct {
	grades  earshot.GradeCounts
	persons []earshot.ID
}

// raised is an alert from its beginning to its end.
type raised struct {
	alert.Alert                   // as it was raised
	Over        earshot.Instant   // 0 while it fires
	Changed     []earshot.Instant // when its severity rose
	Evidence    []evidenceOf
}

// evidenceOf is a bad minute of somebody, or their falling out, that an alert is about.
type evidenceOf struct {
	Person earshot.ID
	At     earshot.Instant
}

func newAlertPlayer(table *site.Table, rules []alert.Rule) *alertPlayer {
	a := &alertPlayer{
		engine: alert.NewEngine(rules, nil), live: live.New(live.Options{}), places: map[earshot.ID]alert.Place{}, byID: map[earshot.ID]*raised{},
		sealed: map[earshot.Instant]*sealedMinute{},
	}
	for _, s := range table.Sites() {
		a.places[s.ID] = alert.Place{Name: s.Name, Tags: s.Tags}
	}
	return a
}

// seal takes a minute that changes no more.
func (a *alertPlayer) seal(m *earshot.Minute) {
	s := a.sealed[m.At]
	if s == nil {
		s = &sealedMinute{}
		a.sealed[m.At] = s
	}
	s.grades[m.Grade]++
	s.persons = append(s.persons, m.Person)
}

// look evaluates the rules.
func (a *alertPlayer) look(now earshot.Instant, update live.Update, changed []earshot.Incident) {
	a.live.Apply(update)
	in := &alert.Inputs{Incidents: changed, Places: a.places}
	a.window.Read(a.live, now, in, true)
	if now.Minute() != a.looked {
		a.looked, in.HaveRates = now.Minute(), true
		in.Rates = a.rates(now.Add(-4 * time.Minute).Minute())
	}
	for _, x := range a.engine.Evaluate(now, in) {
		r := a.byID[x.ID]
		switch {
		case r == nil:
			r = &raised{Alert: x, Evidence: a.evidence(&x, now, in)}
			a.byID[x.ID] = r
			a.list = append(a.list, r)
		case x.Severity != r.Severity && (len(r.Changed) == 0 || x.State == alert.Firing):
			r.Severity = x.Severity
			r.Changed = append(r.Changed, now)
		}
		if x.State == alert.Resolved {
			r.Over = now
		}
	}
}

// rates counts how budgets were used up to a minute.
func (a *alertPlayer) rates(to earshot.Instant) (out []alert.Rate) {
	for _, r := range a.engine.Rules() {
		if r.Kind != alert.KindBurn || !r.On() || r.Per != alert.PerEverything {
			continue
		}
		for k, b := range r.Burns {
			v := alert.Rate{Rule: r.Name, Burn: k, Subject: alert.Subject{Kind: alert.OfEverything}}
			people := map[earshot.ID]bool{}
			for at := to.Add(-time.Duration(b.Long)); at < to; at = at.Add(time.Minute) {
				s := a.sealed[at]
				if s == nil {
					continue
				}
				sum(&v.Long, &s.grades)
				if at >= to.Add(-time.Duration(b.Short)) {
					sum(&v.Short, &s.grades)
				}
				if len(people) < r.People {
					for _, p := range s.persons {
						people[p] = true
					}
				}
			}
			v.People = len(people)
			out = append(out, v)
		}
	}
	return out
}

// evidence collects what a symptom's alert was raised for.
func (a *alertPlayer) evidence(x *alert.Alert, now earshot.Instant, in *alert.Inputs) (out []evidenceOf) {
	i := slices.IndexFunc(a.engine.Rules(), func(r alert.Rule) bool { return r.Name == x.Rule })
	r := a.engine.Rules()[i]
	from := now.Add(-r.WindowLength())
	if r.Kind == alert.KindDrops {
		for _, l := range in.Leaves {
			if s, ok := r.SubjectOf(&alert.Track{Person: l.Person, Meeting: l.Meeting, Series: l.Series, Site: l.Site, DataCenter: l.DataCenter, Version: l.Version}); ok && s == x.Subject && l.Dropped && l.At >= from {
				out = append(out, evidenceOf{l.Person, l.At.Minute()})
			}
		}
		return out
	}
	for k := range in.Tracks {
		t := &in.Tracks[k]
		if s, ok := r.SubjectOf(t); !ok || s != x.Subject {
			continue
		}
		for _, m := range t.Minutes {
			if m.Grade >= earshot.Poor && m.At >= from {
				out = append(out, evidenceOf{t.Person, m.At})
			}
		}
	}
	return out
}

func sum(to, c *earshot.GradeCounts) {
	for g, n := range c {
		to[g] += n
	}
}
