package daemon

import (
	"fmt"
	"math"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/grade"
)

// chooseProfile returns the profile that the configuration names: a shipped one, or one of its own.
func chooseProfile(g *config.Grades) (*grade.Profile, error) {
	if made, ok := g.Profiles[g.Profile]; ok {
		return makeProfile(g.Profile, &made), nil
	}
	if p := grade.Named(g.Profile); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("BUG: the configuration let the profile %q pass, which does not exist", g.Profile)
}

// makeProfile turns what the configuration says into rules. It has been checked: nothing can be wrong with it.
func makeProfile(name string, c *config.Profile) *grade.Profile {
	base := grade.Named(c.Extends)
	from := base
	if from == nil {
		from = grade.Earshot() // for what is not about rules
	}
	p := &grade.Profile{
		Name: name, About: c.About, IdleKbps: from.IdleKbps, MinReports: from.MinReports, MinSession: from.MinSession,
		Window: from.Window, ClearAfter: from.ClearAfter,
	}
	if c.IdleKbps.Present {
		p.IdleKbps = c.IdleKbps.Value
	}
	if c.MinReports.Present {
		p.MinReports = int(c.MinReports.Value)
	}
	if c.MinSession > 0 {
		p.MinSession = earshot.Instant(c.MinSession / time.Millisecond)
	}
	if c.Window > 0 {
		p.Window = c.Window
	}
	if c.ClearAfter > 0 {
		p.ClearAfter = c.ClearAfter
	}
	for i := range c.Rules {
		p.Rules = append(p.Rules, makeRules(&c.Rules[i], name)...)
	}
	if base != nil {
		p.Extend(base)
	}
	return p
}

// makeRules returns one rule for each medium.
func makeRules(c *config.Rule, profile string) []grade.Rule {
	bound := func(o earshot.Opt) float64 {
		if !o.Present {
			return math.NaN()
		}
		return o.Value
	}
	rule := grade.Rule{
		Metric: c.Metric, Direction: c.Direction, Fair: bound(c.Fair), Poor: bound(c.Poor), Bad: bound(c.Bad),
		Falling: config.LessIsWorse(c.Metric), Inclusive: !c.Strict, AboveKbps: c.AboveKbps, MinHeightPx: c.MinHeightPx,
		Window: c.Window, Source: c.Source,
	}
	if rule.Source == "" {
		rule.Source = "configuration, profile " + profile
	}
	if len(c.Media) == 0 {
		return []grade.Rule{rule}
	}
	rules := make([]grade.Rule, len(c.Media))
	for i, m := range c.Media {
		rules[i] = rule
		rules[i].Media = m
	}
	return rules
}
