package grade

import (
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"github.com/earshot/earshot"
)

// Rule says where the grades begin for one metric of one medium.
type Rule struct {
	// Media is what the stream carries; [earshot.MediaNone] for rules on the computer and the radio, which apply to their
	// metrics in whatever entry Zoom put them.
	Media  earshot.Media
	Metric earshot.Metric
	// Direction narrows the rule to one way; [earshot.DirectionNone] means both.
	Direction earshot.Direction

	// Fair, Poor and Bad are where each grade begins, in the metric's unit; NaN where the rule knows no such grade.
	Fair, Poor, Bad float64
	// Falling is set where less is worse: frame rate, signal strength.
	Falling bool
	// Inclusive says that a value on the bound has the bound's grade (">=" and "<="), rather than the next better (">" and
	// "<").
	Inclusive bool

	// AboveKbps and MinHeightPx are conditions on each report: its bit rate is greater than the one, its picture at least as
	// high as the other. A report that does not meet them, or does not say, is left out of this rule. 0 is no condition.
	AboveKbps   float64
	MinHeightPx float64
	// Window is how long a value must be beyond a bound before it counts. A minute is the least that is graded: up to one
	// minute means this minute alone, up to two from the second minute in a row in which a lasting rule of the same stream was
	// reached. 0 is one minute.
	Window time.Duration
	// First marks a ladder of metrics, of which the first that is known decides: of a medium's rules with First, only the
	// first that has a value for a stream is applied to it.
	First bool

	// Source is where the bounds come from.
	Source string
}

// MostWindow is the greatest Window of a rule: a minute knows of the one before it, and of no other.
const MostWindow = 2 * time.Minute

// lasting reports whether one minute is not enough.
func (r *Rule) lasting() bool { return r.Window > time.Minute }

// Level returns the grade of a value: Good when it reaches no bound.
func (r *Rule) Level(x float64) earshot.Grade {
	switch {
	case r.reaches(x, r.Bad):
		return earshot.Bad
	case r.reaches(x, r.Poor):
		return earshot.Poor
	case r.reaches(x, r.Fair):
		return earshot.Fair
	}
	return earshot.Good
}

// Bound returns where a grade begins, NaN when the rule knows no such grade.
func (r *Rule) Bound(g earshot.Grade) float64 {
	switch g {
	case earshot.Fair:
		return r.Fair
	case earshot.Poor:
		return r.Poor
	case earshot.Bad:
		return r.Bad
	}
	return math.NaN()
}

// reaches is false for a bound of NaN, as every comparison with NaN is.
func (r *Rule) reaches(x, bound float64) bool {
	if r.Inclusive && x == bound {
		return true
	}
	if r.Falling {
		return x < bound
	}
	return x > bound
}

// Profile is a set of rules with a name. Its fields are read only once it is in use.
type Profile struct {
	Name string
	// About says in a sentence or two what the profile is for, and where it differs from its source.
	About string
	Rules []Rule
	// IdleKbps is the bit rate below which nothing is flowing: muted, camera off.
	IdleKbps float64
	// MinReports and MinSession say what a segment needs for a verdict: distinct report times, and milliseconds between its
	// first and last sign of life.
	MinReports int
	MinSession earshot.Instant
	// Window is the span of reports that the present state of a stream is measured over, and ClearAfter how long, of the
	// time in which it flows, it must be better before the state recovers: see [Steady].
	Window, ClearAfter time.Duration
}

// Extend adds the rules of base on whatever (medium, metric) p has no rule on: for a direction that p leaves out as well. The
// rules of p come first.
func (p *Profile) Extend(base *Profile) {
	own := p.Rules[:len(p.Rules):len(p.Rules)]
	for _, r := range base.Rules {
		left := [...]bool{earshot.DirectionSend: true, earshot.DirectionReceive: true}
		for i := range own {
			if own[i].Media != r.Media || own[i].Metric != r.Metric {
				continue
			}
			if own[i].Direction == earshot.DirectionNone {
				left[earshot.DirectionSend], left[earshot.DirectionReceive] = false, false
			}
			left[own[i].Direction] = false
		}
		send, receive := left[earshot.DirectionSend], left[earshot.DirectionReceive]
		switch {
		case send && receive:
		case send && r.Direction != earshot.DirectionReceive:
			r.Direction = earshot.DirectionSend
		case receive && r.Direction != earshot.DirectionSend:
			r.Direction = earshot.DirectionReceive
		default:
			continue
		}
		p.Rules = append(p.Rules, r)
	}
}

// Fingerprint changes when a verdict of the profile might: it covers all but names and explanations.
func (p *Profile) Fingerprint() string {
	h := fnv.New64a()
	for i := range p.Rules {
		r := p.Rules[i]
		r.Source = ""
		fmt.Fprintf(h, "%+v\n", r)
	}
	fmt.Fprintln(h, p.IdleKbps, p.MinReports, p.MinSession)
	return fmt.Sprintf("%016x", h.Sum64())
}

// Band is where the grades begin for a metric of a medium, for drawing thresholds behind charts. NaN is no such grade.
type Band struct {
	Media              earshot.Media
	Metric             earshot.Metric
	Direction          earshot.Direction // DirectionNone: both
	Fair, Poor, Bad    float64
	Falling, Inclusive bool
	Source             string
}

// Bands returns one band per rule, in the order of the rules.
func (p *Profile) Bands() []Band {
	bands := make([]Band, 0, len(p.Rules))
	for i := range p.Rules {
		r := &p.Rules[i]
		bands = append(bands, Band{r.Media, r.Metric, r.Direction, r.Fair, r.Poor, r.Bad, r.Falling, r.Inclusive, r.Source})
	}
	return bands
}
