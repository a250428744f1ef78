package cause

import (
	"math"

	"github.com/earshot/earshot"
)

// A minute is explained by the faults that were on shortly before it until the seal after it: that also covers the minute or
// two before a fault was noticed.
const (
	beforeMs = 15_000
	sealMs   = 180_000
)

// account is how a minute's badness is shared out.
type account struct {
	h hazards
	// cell is the cell that contributes most to each cause, of how much; -1: the person's own.
	cell [earshot.CauseCount]int32
	most [earshot.CauseCount]float64
}

func (a *account) charge(c earshot.Cause, h float64, cell int32) {
	a.h[c] += h
	if cell >= 0 && h > a.most[c] {
		a.cell[c], a.most[c] = cell, h
	}
}

// Explain returns the verdict on a minute that was put and not yet forgotten, as of the last evaluation. For a minute that
// is not bad, not known or not yet reported then it is the zero Verdict.
//
// A remote verdict names the sender's segment in Cell.ID; what ails the sender, Explain says of that segment's own minutes.
func (e *Engine) Explain(key earshot.MinuteKey) earshot.Verdict {
	t := e.tracks[key.Segment]
	if t == nil {
		return earshot.Verdict{}
	}
	for i := range t.seen() {
		if m := &t.minutes[i]; m.at == key.At {
			if !m.isBad() {
				return earshot.Verdict{}
			}
			return e.verdict(t, i)
		}
	}
	return earshot.Verdict{}
}

// verdict explains one bad minute.
func (e *Engine) verdict(t *track, i int) earshot.Verdict {
	m := &t.minutes[i]
	a := e.accountOf(t, i)
	total, best := a.h.sum(), earshot.CauseUnknown
	candidate := earshot.CauseNone
	for c := earshot.CauseUnknown; c < earshot.CauseCount; c++ {
		if a.h[c] > a.h[best] {
			best = c
		}
		if c != earshot.CauseUnknown && a.h[c] > 0 && (candidate == earshot.CauseNone || a.h[c] > a.h[candidate]) {
			candidate = c
		}
	}
	v := earshot.Verdict{Cause: best, Direction: direction(m), Metric: earshot.MetricCount, Since: e.since(t, i)}
	if total == 0 || best == earshot.CauseUnknown || a.h[best]/total < e.p.Say {
		v.Cause, v.Candidate = earshot.CauseUnknown, candidate
	}
	if total > 0 && candidate != earshot.CauseNone {
		v.Confidence = percent(a.h[candidate] / total)
	}
	e.place(&v, &a, t, m)
	e.evidence(&v, m)
	v.Ruled = e.ruledOut(t, m)
	return v
}

func percent(x float64) uint8 { return uint8(math.Round(100 * min(max(x, 0), 1))) }

// direction returns which way a minute is bad, none for both or neither.
func direction(m *minute) earshot.Direction {
	switch got, sent := m.trouble(receiving, bad), m.trouble(sending, bad); {
	case got && !sent:
		return earshot.DirectionReceive
	case sent && !got:
		return earshot.DirectionSend
	}
	return earshot.DirectionNone
}

// accountOf shares out what made a minute bad.
func (e *Engine) accountOf(t *track, i int) account {
	var a account
	for c := range a.cell {
		a.cell[c] = -1
	}
	m := &t.minutes[i]
	if m.trouble(computing, bad) {
		e.chargeComputer(&a, t, i)
	}
	for _, way := range [...]int{receiving, sending} {
		if !m.trouble(way, bad) {
			continue
		}
		own := e.private(t, i, way)
		var shared float64
		for d := range dims {
			if c := e.cellIn(t, m, d); c >= 0 {
				shared += e.chargeCell(&a, t, i, way, c, 1)
			}
		}
		for _, c := range e.s.wide {
			if x := e.cells[c]; m.attrs.hidden[x.key.dim] && m.attrs.cells[x.key.dim] != c {
				shared += e.chargeCell(&a, t, i, way, c, x.share)
			}
		}
		if shared > .3 { // the more surely the own way is faulty, the less it takes somebody else
			own[earshot.CauseRemote] *= math.Exp(-shared)
		}
		if own[earshot.CauseRemote] > 0 && e.sameFault(t, i) {
			own[earshot.CauseRemote] *= .2
		}
		own[earshot.CauseDevice] *= e.ownComputer(t, i)
		for c, h := range own {
			a.charge(earshot.Cause(c), h, -1)
		}
	}
	return a
}

// sameFault reports whether a fault of a cell that the receiver is in, too, is what makes the sender send badly: then the
// receiver has it at first hand.
func (e *Engine) sameFault(t *track, i int) bool {
	m := &t.minutes[i]
	s := e.tracks[m.offender]
	if s == nil {
		return false
	}
	begin := t.begins(i)
	for j := s.visible - 1; j >= 0 && s.minutes[j].last > begin; j-- {
		o := &s.minutes[j]
		if s.begins(j) >= m.last || !o.trouble(sending, fair) {
			continue
		}
		for d := range dimMeeting {
			c := o.attrs.cells[d]
			if c < 0 || c != m.attrs.cells[d] {
				continue
			}
			if _, x, on := e.cells[c].around(o, sending); on && max(x.q[sending][fair], x.q1[sending][fair]) > .2 {
				return true
			}
		}
	}
	return false
}

// chargeComputer shares out a busy computer: the person's own affair, unless a client version starves computers.
func (e *Engine) chargeComputer(a *account, t *track, i int) {
	weight := 1.5 // about what a stream that is bad for sure weighs
	if m := &t.minutes[i]; m.trouble(receiving, bad) || m.trouble(sending, bad) {
		weight = .3 // the streams say whether it was felt
	}
	own := e.ownComputer(t, i)
	a.charge(earshot.CauseDevice, weight*own, -1)
	if c := t.minutes[i].attrs.cells[dimVersion]; c >= 0 && own < 1 {
		a.charge(earshot.CauseClientVersion, weight*(1-own), c)
	}
}

// ownComputer is how far a busy computer is the person's own affair: their base rate against the version's.
func (e *Engine) ownComputer(t *track, i int) float64 {
	m := &t.minutes[i]
	c := m.attrs.cells[dimVersion]
	if c < 0 {
		return 1
	}
	x, _, ok := e.cells[c].around(m, computing)
	if !ok || x < .05 {
		return 1
	}
	base := e.baseRate(t, computing, bad)
	return base / (base + x)
}

// around returns the rate that a fault had nearest to a minute, and what is known of it; false: it was not on.
func (c *cell) around(m *minute, way int) (rate float64, best mark, ok bool) {
	near := earshot.Instant(math.MaxInt64)
	for j := len(c.log) - 1; j >= 0 && c.log[j].at >= m.last-beforeMs; j-- {
		x := &c.log[j]
		if x.at > m.last+sealMs {
			continue
		}
		if !ok || x.conf > best.conf {
			best = *x
		}
		ok = true
		if d := max(x.at-m.last-30_000, m.last+30_000-x.at); d < near {
			near, rate = d, x.q1[way][bad]
		}
	}
	if near > minuteMs {
		rate = -1 // the fault was found later
	}
	return rate, best, ok
}

// chargeCell charges a fault of a cell, in proportion to share for somebody who may belong to it. It returns the hazard.
func (e *Engine) chargeCell(a *account, t *track, i, way int, ci int32, share float64) float64 {
	c := e.cells[ci]
	if len(c.log) == 0 {
		return 0
	}
	m := &t.minutes[i]
	rate, x, ok := c.around(m, way)
	if !ok {
		return 0
	}
	if rate < 0 {
		rate = e.rateAround(ci, m, way, x.q[way][bad])
	}
	own := e.ownRecord(t, i, way, c.since(m.last), rate*share)
	if share == 1 {
		own = min(own, mostOwn*rate)
	}
	rate = own
	if other := 1 - way; m.classified(other) && !m.trouble(other, fair) {
		_, y, _ := c.around(m, other)
		rate *= max(.4, 1-y.q1[other][bad]) // the other way bears witness: the fault would mostly have hit it, too
	}
	h := hazard(min(.97, max(0, rate-.01)))
	a.charge(dimCause[c.key.dim], h*x.conf, ci)
	a.charge(earshot.CauseUnknown, h*(1-x.conf), -1)
	return h
}

// mostOwn is how far above its rate in the cell a fault can weigh on one person: who is bad all the time while few others are
// has trouble of their own.
const mostOwn = 3

// ownRecord draws the rate of a fault towards the person's own minutes since it began: not everybody in a cell is hit.
func (e *Engine) ownRecord(t *track, i, way int, since earshot.Instant, rate float64) float64 {
	m := &t.minutes[i]
	var n, x float64
	for j := range t.seen() {
		o := &t.minutes[j]
		if j == i || o.last < since+30_000 || !o.classified(way) || o.last-m.last > 10*minuteMs || m.last-o.last > 10*minuteMs {
			continue
		}
		n++
		if o.trouble(way, bad) {
			h := e.private(t, j, way)
			h[earshot.CauseRemote] = 0 // else a bad sender would acquit the fault of all minutes, and then be blamed for this one
			x += math.Exp(-h.sum())
		}
	}
	return (x + 3*rate) / (n + 3)
}

// since returns the first of the bad minutes that a bad minute continues; up to two others may lie between.
func (e *Engine) since(t *track, i int) earshot.Instant {
	first := t.minutes[i].at
	for j := i - 1; j >= 0 && first-t.minutes[j].at <= 3*minuteMs; j-- {
		if t.minutes[j].isBad() {
			first = t.minutes[j].at
		}
	}
	return first
}
