package main

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

const (
	// afterglow is how long after a fault's end an incident may still be about it: its last reports come a minute later, and a
	// place that is closed with care stays open for a while.
	afterglow = 10 * time.Minute
	// foresight allows for minutes: a fault that begins at :40 spoils the minute that began at :00.
	foresight = time.Minute
	// leastVictims is how many people must have a truly bad minute by a fault before anybody can be asked to find it.
	leastVictims = 2
)

// about reports whether an incident is about a fault: cause and place are right at its opening or in the end, at a time when
// the fault can be seen.
func (o *opened) about(f *fault) bool {
	return o.state.about(f) || o.current().about(f)
}

// named returns when an incident first named a fault; false: never.
func (o *opened) named(f *fault) (earshot.Instant, bool) {
	if o.state.about(f) {
		return o.At, true
	}
	for i := range o.Later {
		if s := &o.Later[i]; s.about(f) {
			return s.At, true
		}
	}
	return 0, false
}

func (s *state) about(f *fault) bool {
	return (s.Until == 0 || s.Until > f.Start) && s.At <= f.End.Add(afterglow) && s.matches(f)
}

// wonders reports whether an incident cannot choose between a fault's cause and others.
func (o *opened) wonders(f *fault) bool {
	s := o.current()
	return s.Cause == earshot.CauseUnknown && slices.Contains(s.Candidates, f.Cause) && s.At >= f.Start.Add(-foresight) && s.At <= f.End.Add(afterglow)
}

// matches reports whether a state names a fault's cause and place. A part of a place, or the whole that it is in, is the
// place: a subnet for its site, the Wi-Fi of a site for one of its access points.
func (s *state) matches(f *fault) bool {
	if s.Cause != f.Cause {
		return false
	}
	switch s.Cell.Scope {
	case earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeTransport:
		return f.Place.Any || f.Place.Site != 0 && s.Cell.ID == f.Place.Site
	case earshot.ScopeISP, earshot.ScopeDataCenter, earshot.ScopeVersion, earshot.ScopeVPN:
		return f.Place.Any || f.Place.Name != "" && s.Cell.Name == f.Place.Name
	}
	return false
}

// sufferers counts the people to whom a fault gave a truly bad minute on their own path.
func sufferers(r *run, f *fault) int {
	people := map[earshot.ID]bool{}
	for i := range r.Minutes {
		m := &r.Minutes[i]
		if m.Truly && slices.ContainsFunc(m.Parts, func(p part) bool {
			return p.Fault == f.Number && p.Cause == f.Cause && p.Share >= leastShare
		}) {
			people[m.Person] = true
		}
	}
	return len(people)
}

// detections finds the first incident about every shared fault that enough people felt.
func (s *score) detections(r *run) {
	for i := range r.Faults {
		f := &r.Faults[i]
		n := sufferers(r, f)
		if n < leastVictims {
			continue
		}
		d := detection{Run: r.Name, Fault: *f, Victims: n}
		for j := range r.Incidents {
			o := &r.Incidents[j]
			if o.Person != 0 {
				continue
			}
			if when, ok := o.named(f); ok && (!d.Found || when.Sub(f.Onset) < d.After) {
				d.Found, d.After = true, max(0, when.Sub(f.Onset))
			}
		}
		s.Detect = append(s.Detect, d)
	}
}

// alarms sorts the incidents into true and false ones. One about several people is true when it is about a fault; one about a
// person, when a trouble on that person's own path made a minute worse in the time before.
func (s *score) alarms(r *run) {
	for _, o := range r.Incidents {
		if o.Person == 0 {
			s.Shared++
			switch {
			case slices.ContainsFunc(r.Faults, func(f fault) bool { return o.about(&f) }):
			case slices.ContainsFunc(r.Faults, func(f fault) bool { return o.wonders(&f) }):
				s.Undecided++
			default:
				s.False = append(s.False, falseAlarm{r.Name, o})
			}
			continue
		}
		s.Personal++
		if !r.touched(o.Person, o.At) {
			s.FalsePersonal = append(s.FalsePersonal, falseAlarm{r.Name, o})
		}
	}
}

// leastOwn is how many truly bad minutes somebody must have of a trouble of their own before anybody can be asked to tell of it.
const leastOwn = 6

// ownTroubles finds, for every person who had enough bad minutes of a trouble that they share with nobody, the incident about
// that person.
func (s *score) ownTroubles(r *run) {
	type trouble struct {
		person earshot.ID
		fault  int
	}
	type spell struct {
		minutes     int
		first, last earshot.Instant
	}
	shared := map[int]bool{}
	for i := range r.Faults {
		shared[r.Faults[i].Number] = true
	}
	spells := map[trouble]*spell{}
	for i := range r.Minutes {
		m := &r.Minutes[i]
		for _, p := range m.Parts {
			if !m.Truly || shared[p.Fault] || p.Cause == earshot.CauseRemote || p.Share < leastShare {
				continue
			}
			x := spells[trouble{m.Person, p.Fault}]
			if x == nil {
				x = &spell{first: m.Key.At}
				spells[trouble{m.Person, p.Fault}] = x
			}
			x.minutes++
			x.last = m.Key.At
		}
	}
	for t, x := range spells {
		if x.minutes < leastOwn {
			continue
		}
		s.Own++
		for j := range r.Incidents { // in order of time
			o := &r.Incidents[j]
			if o.Person == t.person && o.At >= x.first && o.At <= x.last.Add(afterglow) {
				s.OwnFound = append(s.OwnFound, o.At.Sub(x.first))
				break
			}
		}
	}
}

// touched reports whether a trouble on a person's own path made one of the minutes before a time worse.
func (r *run) touched(person earshot.ID, at earshot.Instant) bool {
	return slices.ContainsFunc(r.Minutes, func(m minute) bool {
		return m.Person == person && m.Key.At <= at && m.Key.At >= at.Add(-afterglow) && slices.ContainsFunc(m.Parts, func(p part) bool {
			return p.Cause != earshot.CauseRemote
		})
	})
}

// detectTimes returns the times to detect of the faults of a least strength that were found, and how many were not.
func (s *score) detectTimes(least float64) (found []time.Duration, missed int) {
	for _, d := range s.Detect {
		switch {
		case d.Fault.Strength < least:
		case d.Found:
			found = append(found, d.After)
		default:
			missed++
		}
	}
	return found, missed
}
