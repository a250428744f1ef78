package grade

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// Whatever is longer than a minute (a stream's or a person's stay, a meeting, a series, a site) is graded from its minutes, and
// from nothing else: an average of averages would let a short bad stay weigh as much as a long good one. The rules are those
// of the proposed defaults: a tenth of the minutes makes the whole, and for one person three in a row do, too.
const (
	// tenth is the part of the classified minutes that gives the whole its grade, one in so many.
	tenth = 10
	// inARow is how many minutes of one person in a row do so.
	inARow = 3
)

// Whole returns the worst grade that at least a tenth of the classified minutes have or exceed, Unclassified for none. It is the
// grade of a meeting, a series, a site, or of one stream of any of them: of counts of participant-minutes, however many people
// they are of.
func Whole(c earshot.GradeCounts) earshot.Grade {
	n := 0
	for g := earshot.Bad; g > earshot.Unclassified; g-- {
		if n += c[g]; n > 0 && n*tenth >= c.Classified() {
			return g
		}
	}
	return earshot.Unclassified
}

// Overall is what a number of minutes amount to.
type Overall struct {
	Grade   earshot.Grade
	Minutes earshot.GradeCounts
	Slots   [earshot.SlotCount]earshot.GradeCounts // by stream
	// Reason is the observation that decided most of the minutes that are as bad as Grade or worse, with its worst value, and
	// Decided how many minutes it did. Not Set where Grade is Good or Unclassified. ReasonGrade is the grade of the minute with
	// that value, which may be worse than Grade.
	Reason      earshot.Reason
	ReasonGrade earshot.Grade
	Decided     int
}

// OKPct returns the share of classified minutes that are good or fair, in percent; false for none.
func (o *Overall) OKPct() (float64, bool) {
	n := o.Minutes.Classified()
	if n == 0 {
		return 0, false
	}
	return 100 * float64(o.Minutes[earshot.Good]+o.Minutes[earshot.Fair]) / float64(n), true
}

// Stay grades the minutes of one person in one meeting, which are in order of time: by the tenth, or by three minutes in a row.
// Minutes without a verdict neither count nor break a row; minutes of which nothing is known at all break it.
func Stay(minutes []earshot.Minute) Overall {
	return overall(minutes, earshot.Worse(Whole(counts(minutes)), row(minutes)))
}

// Many grades the minutes of any number of people: of a meeting, a person over time, a series, a site.
func Many(minutes []earshot.Minute) Overall { return overall(minutes, Whole(counts(minutes))) }

func counts(minutes []earshot.Minute) (c earshot.GradeCounts) {
	for i := range minutes {
		c.Add(minutes[i].Grade)
	}
	return c
}

// row returns the worst grade that three minutes in a row have or exceed.
func row(minutes []earshot.Minute) earshot.Grade {
	worst := earshot.Unclassified
	var last []earshot.Grade // the newest verdicts in a row, at most inARow
	for i := range minutes {
		m := &minutes[i]
		if i > 0 && m.At.Sub(minutes[i-1].At) > time.Minute {
			last = last[:0]
		}
		if m.Grade == earshot.Unclassified {
			continue
		}
		if len(last) == inARow {
			last = slices.Delete(last, 0, 1)
		}
		if last = append(last, m.Grade); len(last) == inARow {
			worst = earshot.Worse(worst, slices.Min(last))
		}
	}
	return worst
}

// decider names an observation without its value.
type decider struct {
	wire      earshot.Wire
	direction earshot.Direction
	metric    earshot.Metric
}

func overall(minutes []earshot.Minute, grade earshot.Grade) Overall {
	o := Overall{Grade: grade}
	byDecider := make(map[decider]*Overall) // only the reason is used
	for i := range minutes {
		m := &minutes[i]
		o.Minutes.Add(m.Grade)
		for slot, g := range m.Slots {
			o.Slots[slot].Add(g)
		}
		if m.Grade < grade || !m.Reason.Set || grade <= earshot.Good {
			continue
		}
		key := decider{m.Reason.Wire, m.Reason.Direction, m.Reason.Metric}
		d := byDecider[key]
		if d == nil {
			d = &Overall{Reason: m.Reason, ReasonGrade: m.Grade}
			byDecider[key] = d
		}
		d.Decided++
		if worse(&m.Reason, &d.Reason) {
			d.Reason, d.ReasonGrade = m.Reason, m.Grade
		}
	}
	for _, d := range byDecider {
		if d.Decided > o.Decided || d.Decided == o.Decided && less(&d.Reason, &o.Reason) {
			o.Reason, o.ReasonGrade, o.Decided = d.Reason, d.ReasonGrade, d.Decided
		}
	}
	return o
}

// worse reports whether a's value is the worse of two of the same metric.
func worse(a, b *earshot.Reason) bool {
	if a.Value == b.Value {
		return a.Bound > b.Bound // any order, so that none of the minutes shows
	}
	return (a.Value < b.Value) == lessIsWorse(a.Metric)
}

// less orders observations that decided as many minutes each.
func less(a, b *earshot.Reason) bool {
	switch {
	case a.Wire != b.Wire:
		return a.Wire < b.Wire
	case a.Metric != b.Metric:
		return a.Metric < b.Metric
	}
	return a.Direction < b.Direction
}
