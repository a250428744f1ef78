package alert

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Problem is one thing that is wrong with a rule.
type Problem struct {
	Key  string // "rules[2].share_pct"
	Got  string // what was found, as it stands there
	Want string // what was expected
}

// Error is everything that is wrong with rules.
type Error struct{ Problems []Problem }

// Error lists the problems.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// String returns "KEY is GOT; want WANT".
func (p Problem) String() string { return fmt.Sprintf("%s is %s; want %s", p.Key, p.Got, p.Want) }

var ruleName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// maxWindow is as far as the live view reaches back.
const maxWindow = 30 * time.Minute

// checker collects problems under a prefix.
type checker struct {
	prefix   string
	problems []Problem
}

func (c *checker) add(when bool, key string, got any, want string) {
	if when {
		c.problems = append(c.problems, Problem{c.prefix + key, fmt.Sprintf("%q", fmt.Sprint(got)), want})
	}
}

// Validate returns nothing, or an [*Error] with all that is wrong. promql says whether expressions can be evaluated here.
func (r *Rule) Validate(prefix string, promql bool) error {
	c := &checker{prefix: prefix}
	c.add(!ruleName.MatchString(r.Name), "name", r.Name, "a letter, then at most 63 letters, digits, - and _")
	c.add(!slices.Contains(Kinds(), r.Kind), "kind", r.Kind, "one of "+join(Kinds()))
	c.add(r.Severity != "" && r.Severity.rank() < 0, "severity", r.Severity, "critical, warning or info")
	c.add(r.People < 0, "people", r.People, "a number of people")
	if slices.Contains(Kinds(), r.Kind) {
		r.checkUnused(c)
		r.checkKind(c, promql)
	}
	if len(c.problems) == 0 {
		return nil
	}
	return &Error{c.problems}
}

// uses says which keys each kind has beside the common ones.
var uses = map[Kind][]string{
	KindIncident: {"causes", "personal", "people", "clear_on"},
	KindPerson:   {"window", "minutes"},
	KindShare:    {"per", "window", "share_pct", "people", "clear_pct"},
	KindDrops:    {"per", "window", "share_pct", "people", "clear_pct"},
	KindPhone:    {"window", "mos", "calls"},
	KindBurn:     {"per", "objective_pct", "burns", "people"},
	KindAbsence:  {"what", "threshold", "for"},
	KindVersion:  {"people"},
	KindPromQL:   {"expr", "for"},
}

// checkUnused refuses keys that the kind does not look at: somebody believes in them.
func (r *Rule) checkUnused(c *checker) {
	for _, k := range []struct {
		name string
		set  bool
		got  any
	}{
		{"causes", len(r.Causes) > 0, r.Causes}, {"personal", r.Personal, r.Personal}, {"people", r.People != 0, r.People}, {"clear_on", r.ClearOn != "", r.ClearOn},
		{"per", r.Per != "", r.Per}, {"window", r.Window != 0, r.Window}, {"minutes", r.Minutes != 0, r.Minutes}, {"share_pct", r.SharePct != 0, r.SharePct},
		{"mos", r.MOS != 0, r.MOS}, {"calls", r.Calls != 0, r.Calls}, {"objective_pct", r.ObjectivePct != 0, r.ObjectivePct}, {"burns", len(r.Burns) > 0, len(r.Burns)},
		{"what", r.What != "", r.What}, {"threshold", r.Threshold != 0, r.Threshold}, {"expr", r.Expr != "", r.Expr}, {"for", r.For != 0, r.For},
		{"clear_pct", r.ClearPct != 0, r.ClearPct},
	} {
		c.add(k.set && !slices.Contains(uses[r.Kind], k.name), k.name, k.got, fmt.Sprintf("nothing: rules of kind %s do not look at it (they have %s)", r.Kind, strings.Join(uses[r.Kind], ", ")))
	}
	c.add(len(r.Scope.Subnets) > 0 && r.Kind != KindIncident, "scope.subnets", r.Scope.Subnets, "nothing: only incidents are told apart by subnet")
	c.add(!r.Scope.Empty() && slices.Contains([]Kind{KindAbsence, KindVersion, KindPromQL}, r.Kind), "scope", "set", "nothing: rules of this kind are about all of Earshot, or say it in their expression")
	c.add(len(r.Scope.Sites)+len(r.Scope.Series) > 0 && r.Kind == KindPhone, "scope", "sites or series", "persons or groups: Zoom sends no address for calls")
}

func (r *Rule) checkKind(c *checker, promql bool) {
	c.add(time.Duration(r.Window) > maxWindow, "window", r.Window, "at most "+Duration(maxWindow).String()+"; for longer spans use kind burn")
	c.add(r.Window != 0 && time.Duration(r.Window) < time.Minute, "window", r.Window, "at least 1m")
	switch r.Kind {
	case KindIncident:
		for i, w := range r.Causes {
			cause, ok := earshot.ParseCause(w)
			c.add(!ok || cause == earshot.CauseNone, fmt.Sprintf("causes[%d]", i), w, "a cause such as device, wifi, local-network, isp, zoom-edge, client-version, vpn or unknown")
		}
		c.add(r.ClearOn != "" && r.ClearOn != "closed" && r.ClearOn != "quiet", "clear_on", r.ClearOn, "closed or quiet")
	case KindPerson:
		c.add(r.Minutes < 0, "minutes", r.Minutes, "a number of minutes")
		c.add(r.window() > maxWindow || time.Duration(r.minutes())*time.Minute > r.window(), "minutes", r.minutes(), "no more minutes than the window has, and a window of at most 30m")
		c.add(len(r.Scope.Persons)+len(r.Scope.Groups)+len(r.Scope.Sites)+len(r.Scope.Series) == 0, "scope", "nothing", "whom it is about: persons, groups, sites or series; everybody's trouble is what incidents are for")
	case KindShare, KindDrops:
		c.add(r.SharePct <= 0 || r.SharePct > 100, "share_pct", r.SharePct, "more than 0 and at most 100")
		c.add(r.ClearPct < 0 || r.ClearPct >= r.SharePct && r.ClearPct != 0, "clear_pct", r.ClearPct, "less than share_pct")
		r.checkPer(c)
	case KindPhone:
		c.add(r.MOS <= 1 || r.MOS > 4.5, "mos", r.MOS, "more than 1 and at most 4.5")
	case KindBurn:
		r.checkPer(c)
		c.add(r.ObjectivePct <= 0 || r.ObjectivePct >= 100, "objective_pct", r.ObjectivePct, "more than 0 and less than 100")
		c.add(len(r.Burns) == 0, "burns", "empty", `pairs of windows such as {long: 1h, short: 5m, factor: 14.4}`)
		for i, b := range r.Burns {
			key := fmt.Sprintf("burns[%d]", i)
			c.add(time.Duration(b.Long) < time.Hour || time.Duration(b.Long) > 30*day, key+".long", b.Long, "1h to 30d")
			c.add(b.Short < Duration(time.Minute) || b.Short >= b.Long, key+".short", b.Short, "at least 1m, and shorter than long")
			c.add(b.Factor < 1, key+".factor", b.Factor, "at least 1")
		}
	case KindAbsence:
		c.add(!slices.Contains(Whats(), r.What), "what", r.What, "one of "+join(Whats()))
		c.add(r.Threshold < 0, "threshold", r.Threshold, "a number of "+readings[r.What].unit)
	case KindPromQL:
		c.add(strings.TrimSpace(r.Expr) == "", "expr", r.Expr, "a PromQL expression")
		c.add(!promql, "kind", r.Kind, "another kind: no PromQL engine runs in this Earshot yet")
	}
}

func (r *Rule) checkPer(c *checker) {
	all := []Per{PerMeeting, PerSeries, PerSite, PerDataCenter, PerVersion, PerEverything}
	if r.Kind == KindBurn {
		all = []Per{PerSite, PerDataCenter, PerVersion, PerEverything}
	}
	c.add(!slices.Contains(all, r.Per), "per", r.Per, "one of "+join(all))
	c.add(r.Kind == KindBurn && (len(r.Scope.Persons) > 0 || len(r.Scope.Series) > 0), "scope", "persons or series", "sites or groups of sites: budgets are kept by place")
}

func join[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}
