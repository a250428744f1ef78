package alert

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Maintenance is a span in which rules raise nothing: once, or every week. What still holds when it ends is raised then.
type Maintenance struct {
	Name  string   `json:"name" minLength:"1" maxLength:"64"`
	Rules []string `json:"rules,omitempty" doc:"only these rules"`
	Scope Scope    `json:"scope,omitzero" doc:"only what is within"`
	// Once: From and To. Every week: Days, Start, End and Zone.
	From  time.Time `json:"from,omitzero" doc:"once: the beginning"`
	To    time.Time `json:"to,omitzero" doc:"once: the end"`
	Days  []string  `json:"days,omitempty" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"every week: on these days; left out: on all"`
	Start string    `json:"start,omitempty" doc:"every week: 22:00"`
	End   string    `json:"end,omitempty" doc:"every week: 04:00; at or before start it is the next day"`
	Zone  string    `json:"zone,omitempty" doc:"every week: an IANA zone such as Europe/Paris; left out: UTC"`
}

// Span is one time that maintenance takes place, To excluded.
type Span struct{ From, To earshot.Instant }

var (
	clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	weekdays  = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

// Validate returns nothing, or an [*Error] with all that is wrong.
func (m *Maintenance) Validate(prefix string) error {
	c := &checker{prefix: prefix}
	c.add(m.Name == "", "name", m.Name, "a name")
	once, weekly := !m.From.IsZero() || !m.To.IsZero(), m.Start != "" || m.End != "" || len(m.Days) > 0
	c.add(once == weekly, "from", m.From.Format(time.RFC3339), "either from and to, or start and end of every week")
	if once {
		c.add(!m.From.Before(m.To), "to", m.To.Format(time.RFC3339), "a time after from")
	}
	if weekly {
		c.add(!clockTime.MatchString(m.Start), "start", m.Start, "a time of day such as 22:00")
		c.add(!clockTime.MatchString(m.End), "end", m.End, "a time of day such as 04:00")
		for _, d := range m.Days {
			c.add(!slices.Contains(weekdays, d), "days", d, join(weekdays))
		}
		_, err := time.LoadLocation(m.Zone)
		c.add(err != nil, "zone", m.Zone, "an IANA zone such as Europe/Paris")
	}
	if len(c.problems) > 0 {
		return &Error{c.problems}
	}
	return nil
}

// Spans returns when it takes place, as far as that overlaps [from, to): oldest first, the first most of them. Days are those of
// its zone: where the clock changes, a span is as much shorter or longer. A zone that this machine does not know has none.
func (m *Maintenance) Spans(from, to earshot.Instant, most int) (out []Span) {
	if !m.From.IsZero() {
		if s := (Span{earshot.InstantOf(m.From), earshot.InstantOf(m.To)}); s.From < to && s.To > from && most > 0 {
			out = append(out, s)
		}
		return out
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil || !clockTime.MatchString(m.Start) || !clockTime.MatchString(m.End) {
		return nil
	}
	first := from.Time().In(zone)
	next := 0
	if m.End <= m.Start {
		next = 1
	}
	for k := -2; len(out) < most; k++ { // one that began the day before may still run, and days may be longer than 24 hours
		s := Span{m.at(first, k, m.Start), m.at(first, k+next, m.End)}
		if s.From >= to {
			break
		}
		if s.From < s.To && s.To > from && m.on(first.AddDate(0, 0, k).Weekday()) {
			out = append(out, s)
		}
	}
	return out
}

// at is a time of day so many days after a moment's, in that moment's zone.
func (m *Maintenance) at(day time.Time, after int, clock string) earshot.Instant {
	t, _ := time.Parse("15:04", clock) // checked before
	return earshot.InstantOf(time.Date(day.Year(), day.Month(), day.Day()+after, t.Hour(), t.Minute(), 0, 0, day.Location()))
}

func (m *Maintenance) on(day time.Weekday) bool {
	return len(m.Days) == 0 || slices.Contains(m.Days, weekdays[day])
}

// holds reports whether it is maintenance at a moment.
func (m *Maintenance) holds(now earshot.Instant) bool { return len(m.Spans(now, now+1, 1)) > 0 }

// Covers reports whether nobody is to be told of an alert while it takes place: the alert's rule and place. Places, People and
// Lists of in resolve the scope; its Tracks and Leaves say which series a meeting is of.
func (m *Maintenance) Covers(a *Alert, in *Inputs) bool {
	return m.names(a.Rule) && (m.Scope.Empty() || a.within(&m.Scope, in))
}

func (m *Maintenance) names(rule string) bool {
	return len(m.Rules) == 0 || slices.Contains(m.Rules, rule)
}

// Reaches reports whether it can cover alerts of a rule at all: alerts about one person are at no site, those about meetings are
// of a series only, and those about Earshot itself are nowhere.
func (m *Maintenance) Reaches(r *Rule) bool {
	if !m.names(r.Name) || m.Scope.Empty() {
		return m.names(r.Name)
	}
	s := &m.Scope
	bySite, byPerson, bySeries, bySubnet := len(s.Sites) > 0, len(s.Persons) > 0, len(s.Series) > 0, len(s.Subnets) > 0
	switch {
	case r.Kind == KindPerson, r.Kind == KindIncident && r.Personal:
		return !bySite && !bySeries && !bySubnet
	case r.Kind == KindIncident:
		return !byPerson && !bySeries
	case r.Per == PerSite:
		return !byPerson && !bySeries && !bySubnet
	case r.Per == PerMeeting, r.Per == PerSeries:
		return bySeries && !bySite && !byPerson && !bySubnet && len(s.Groups) == 0
	}
	return false
}

// Unknown returns the words of its rules and scope that nothing here is called, those of series left out.
func (m *Maintenance) Unknown(rules []Rule, in *Inputs) []string {
	out := []string{}
	add := func(words []string, known func(string) bool) {
		for _, w := range words {
			if !known(w) {
				out = append(out, w)
			}
		}
	}
	add(m.Rules, func(w string) bool { return slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == w }) })
	anywhere := func(is func(Place) bool) bool {
		for _, p := range in.Places {
			if is(p) {
				return true
			}
		}
		return false
	}
	add(m.Scope.Sites, func(w string) bool { return anywhere(func(p Place) bool { return p.Name == w }) })
	add(m.Scope.Groups, func(w string) bool {
		return len(in.Lists[w]) > 0 || anywhere(func(p Place) bool { return slices.Contains(p.Tags, w) })
	})
	add(m.Scope.Persons, func(w string) bool {
		_, err := earshot.ParseID(w)
		return err == nil || in.People[strings.ToLower(w)] != 0
	})
	return out
}
