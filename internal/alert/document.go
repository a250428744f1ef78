package alert

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/earshot/earshot"
)

// Document is a file of rules.
type Document struct {
	// Defaults says whether the rules of [Defaults] hold as well, unless one of Rules has the name; nil is yes.
	Defaults *bool `json:"defaults,omitempty"`
	Rules    []Rule
	// Maintenance are spans in which nobody is told.
	Maintenance []Maintenance
	// Lists name people: e-mail addresses or ids, for scope.groups.
	Lists map[string][]string
}

// ParseDocument reads YAML. Keys that it does not know are an error; the rules are not validated: see [Document.Validate].
func ParseDocument(text []byte) (doc *Document, err error) {
	// The parser is not ours and the text is anybody's.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("the rules cannot be read as YAML")
		}
	}()
	doc = &Document{}
	if err := yaml.UnmarshalWithOptions(text, doc, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the rules: %s", yaml.FormatError(err, false, false))
	}
	return doc, nil
}

// Validate returns nothing, or an [*Error] with everything that is wrong.
func (d *Document) Validate(promql bool) error {
	var all []Problem
	seen := map[string]bool{}
	for i := range d.Rules {
		prefix := fmt.Sprintf("rules[%d].", i)
		if err, ok := d.Rules[i].Validate(prefix, promql).(*Error); ok {
			all = append(all, err.Problems...)
		}
		if name := d.Rules[i].Name; seen[name] {
			all = append(all, Problem{prefix + "name", fmt.Sprintf("%q", name), "a name that no other rule has"})
		}
		seen[d.Rules[i].Name] = true
	}
	for i := range d.Maintenance {
		if err, ok := d.Maintenance[i].Validate(fmt.Sprintf("maintenance[%d].", i)).(*Error); ok {
			all = append(all, err.Problems...)
		}
	}
	if len(all) > 0 {
		return &Error{all}
	}
	return nil
}

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

// holds reports whether it is maintenance at a moment.
func (m *Maintenance) holds(now earshot.Instant) bool {
	t := now.Time()
	if !m.From.IsZero() {
		return !t.Before(m.From) && t.Before(m.To)
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return false
	}
	t = t.In(zone)
	clock := t.Format("15:04")
	on := func(day time.Weekday) bool { return len(m.Days) == 0 || slices.Contains(m.Days, weekdays[day]) }
	if m.Start < m.End {
		return on(t.Weekday()) && clock >= m.Start && clock < m.End
	}
	return on(t.Weekday()) && clock >= m.Start || on((t.Weekday()+6)%7) && clock < m.End
}
