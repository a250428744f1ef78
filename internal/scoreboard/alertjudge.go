package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

// The rhythm of messages that a route has unless it says otherwise.
const (
	groupWait     = 2 * time.Second
	groupInterval = time.Minute
)

// alertScore counts what people would have been told. Scores add up.
type alertScore struct {
	// Faults are the shared faults that enough people felt, each with what was told of it.
	Faults []faultTold
	Rules  map[string]*ruleScore
	// False are alerts that are about no shared fault; those of runs without any are Healthy.
	False   []falseTold
	Healthy int
	// Days and HealthyDays are of the whole company: eight hours are one.
	Days, HealthyDays float64
	Messages          int
}

// faultTold is what was told of one fault.
type faultTold struct {
	Run      string
	Fault    fault
	Victims  int
	Alerts   int // told, about it
	Messages int // that raise one of those, or say that it has become worse
	After    time.Duration
}

// ruleScore counts the alerts of one rule.
type ruleScore struct {
	Raised, Explained, True, Undecided, Lone, False int
}

// falseTold is an alert that nobody should have been told of.
type falseTold struct {
	Run   string
	Alert *raised
}

func newAlertScore() *alertScore { return &alertScore{Rules: map[string]*ruleScore{}} }

// judgeAlerts scores one run.
func judgeAlerts(r *run) *alertScore {
	s := newAlertScore()
	s.Days = float64(r.Span) / float64(workday)
	var told []*raised
	about := map[*raised]int{} // a fault's index + 1
	for _, a := range r.Alerts {
		rule := s.Rules[a.Rule]
		if rule == nil {
			rule = &ruleScore{}
			s.Rules[a.Rule] = rule
		}
		rule.Raised++
		if a.Explained {
			rule.Explained++
			continue
		}
		told = append(told, a)
		i, undecided := r.faultOf(a)
		switch {
		case i >= 0:
			rule.True++
			about[a] = i + 1
		case undecided:
			rule.Undecided++
		case r.lone(a):
			rule.Lone++
		default:
			rule.False++
			s.False = append(s.False, falseTold{r.Name, a})
		}
	}
	messages := messagesOf(told)
	s.Messages = len(messages)
	for i := range r.Faults {
		if n := sufferers(r, &r.Faults[i]); n >= leastVictims {
			s.Faults = append(s.Faults, tellingsOf(r, i, n, told, messages, about))
		}
	}
	if len(r.Faults) == 0 {
		s.HealthyDays, s.Healthy = s.Days, len(s.False)
	}
	return s
}

// tellingsOf counts what was told of one fault.
func tellingsOf(r *run, i, victims int, told []*raised, messages [][]*raised, about map[*raised]int) faultTold {
	f := faultTold{Run: r.Name, Fault: r.Faults[i], Victims: victims}
	for _, a := range told {
		if about[a] != i+1 {
			continue
		}
		if after := max(0, a.Raised.Sub(f.Fault.Onset)); f.Alerts == 0 || after < f.After {
			f.After = after
		}
		f.Alerts++
	}
	for _, m := range messages {
		if slices.ContainsFunc(m, func(a *raised) bool { return about[a] == i+1 }) {
			f.Messages++
		}
	}
	return f
}

// messagesOf puts what is raised and what becomes worse into messages, as a route that groups by rule and site does: the first
// after a short wait, then one a minute as long as something of the group fires.
func messagesOf(told []*raised) (out [][]*raised) {
	type event struct {
		at earshot.Instant
		a  *raised
	}
	groups := map[string][]event{}
	for _, a := range told {
		key := a.Rule + "/" + alert.SiteOf(a.Cell).String()
		groups[key] = append(groups[key], event{a.Raised, a})
		for _, at := range a.Changed {
			groups[key] = append(groups[key], event{at, a})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		all := groups[key]
		slices.SortStableFunc(all, func(x, y event) int { return cmp.Compare(x.at, y.at) })
		flush := earshot.Instant(0)
		for i := 0; i < len(all); {
			if flush = flush.Add(groupInterval); flush < all[i].at {
				flush = all[i].at.Add(groupWait)
			}
			var message []*raised
			for ; i < len(all) && all[i].at <= flush; i++ {
				message = append(message, all[i].a)
			}
			if len(message) > 0 {
				out = append(out, message)
			}
		}
	}
	return out
}

// faultOf returns the index of the fault that an alert is about: of an incident by its cause and place, of a symptom by the
// greater part of the truth of what it was raised for. -1: none; undecided when the incident names no cause, but has the right
// one among its candidates.
func (r *run) faultOf(a *raised) (i int, undecided bool) {
	if a.Kind != alert.KindIncident {
		return r.faultBehind(a.Evidence), false
	}
	k := slices.IndexFunc(r.Incidents, func(o opened) bool { return o.ID == a.Incident })
	if k < 0 {
		return -1, false
	}
	o := &r.Incidents[k]
	if i := slices.IndexFunc(r.Faults, func(f fault) bool { return o.about(&f) }); i >= 0 {
		return i, false
	}
	return -1, slices.ContainsFunc(r.Faults, func(f fault) bool { return o.wonders(&f) })
}

// faultBehind returns the shared fault that is part of the truth of half of the evidence, -1 for none. Who fell out has no
// minute any more: the ones before count.
func (r *run) faultBehind(all []evidenceOf) int {
	truth := r.truth()
	count := make([]int, len(r.Faults))
	for _, e := range all {
		parts := truth[e]
		for back := 1; parts == nil && back <= 2; back++ {
			parts = truth[evidenceOf{e.Person, e.At.Add(-time.Duration(back) * time.Minute)}]
		}
		for i := range r.Faults {
			if slices.ContainsFunc(parts, func(p part) bool { return p.Fault == r.Faults[i].Number && p.Share >= leastShare }) {
				count[i]++
			}
		}
	}
	best := -1
	for i, n := range count {
		if n*2 >= len(all) && n > 0 && (best < 0 || n > count[best]) {
			best = i
		}
	}
	return best
}

// lone reports whether half of what a symptom was raised for is some single person's trouble: a meeting that goes badly for most
// because of one who speaks. That is true, though no shared fault.
func (r *run) lone(a *raised) bool {
	if a.Kind == alert.KindIncident {
		return false
	}
	n := 0
	truth := r.truth()
	for _, e := range a.Evidence {
		if slices.ContainsFunc(truth[e], func(p part) bool { return p.Share >= leastShare }) {
			n++
		}
	}
	return n > 0 && n*2 >= len(a.Evidence)
}

// truth are the parts of every minute that was bad.
func (r *run) truth() map[evidenceOf][]part {
	out := map[evidenceOf][]part{}
	for i := range r.Minutes {
		out[evidenceOf{r.Minutes[i].Person, r.Minutes[i].Key.At}] = r.Minutes[i].Parts
	}
	return out
}

func (s *alertScore) add(o *alertScore) {
	s.Faults, s.False = append(s.Faults, o.Faults...), append(s.False, o.False...)
	s.Healthy, s.Days, s.HealthyDays, s.Messages = s.Healthy+o.Healthy, s.Days+o.Days, s.HealthyDays+o.HealthyDays, s.Messages+o.Messages
	for name, r := range o.Rules {
		t := s.Rules[name]
		if t == nil {
			t = &ruleScore{}
			s.Rules[name] = t
		}
		t.Raised, t.Explained, t.True, t.Undecided, t.Lone, t.False = t.Raised+r.Raised, t.Explained+r.Explained, t.True+r.True, t.Undecided+r.Undecided, t.Lone+r.Lone, t.False+r.False
	}
}

// print writes what the scenarios of one set came to.
func (s *alertScore) print(w io.Writer, title string, names []string) {
	fmt.Fprintf(w, "\n=== %s: %d scenarios (%s)\n", title, len(names), strings.Join(names, ", "))
	for _, least := range []int{leastVictims, 10} {
		told, alerts, messages, most := 0, 0, 0, 0
		var after []time.Duration
		faults := 0
		for _, f := range s.Faults {
			if f.Victims < least {
				continue
			}
			faults++
			if f.Alerts > 0 {
				told++
				after = append(after, f.After)
			}
			alerts, messages, most = alerts+f.Alerts, messages+f.Messages, max(most, f.Messages)
		}
		if faults == 0 {
			continue
		}
		fmt.Fprintf(w, "shared faults with %d victims or more: %d, told %d, missed %d; for each that was told %.2f alerts in %.2f messages, %d at most; told after %v (median), %v (p95)\n",
			least, faults, told, faults-told, ratio(alerts, told), ratio(messages, told), most, percentile(after, .5).Round(time.Second), percentile(after, .95).Round(time.Second))
	}
	perDay := 0.0
	if s.HealthyDays > 0 {
		perDay = float64(s.Healthy) / s.HealthyDays
	}
	fmt.Fprintf(w, "false alerts: %d in %.1f days of a company; %d in %.1f healthy days (%.2f a day)\n", len(s.False), s.Days, s.Healthy, s.HealthyDays, perDay)
	fmt.Fprintf(w, "%-18s %7s %10s %6s %10s %6s %6s\n", "rule", "raised", "explained", "true", "undecided", "lone", "false")
	for _, name := range slices.Sorted(maps.Keys(s.Rules)) {
		r := s.Rules[name]
		fmt.Fprintf(w, "%-18s %7d %10d %6d %10d %6d %6d\n", name, r.Raised, r.Explained, r.True, r.Undecided, r.Lone, r.False)
	}
	for _, f := range s.Faults {
		if f.Alerts == 0 {
			fmt.Fprintf(w, "  missed: %s %s at %s, strength %.2f, %v, %d victims\n", f.Run, f.Fault.Kind, f.Fault.Target, f.Fault.Strength, f.Fault.End.Sub(f.Fault.Start), f.Victims)
		}
	}
	for _, f := range s.False {
		a := f.Alert
		fmt.Fprintf(w, "  false: %s %s %s %s, %d of %d people, %g %s, incident %v\n", f.Run, a.Raised.Time().Format("15:04:05"), a.Rule, a.Cell, a.Inside.Bad, a.Inside.Of, a.Value, a.Unit, a.Incident)
	}
}
