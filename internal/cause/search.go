package cause

import (
	"math"
	"slices"

	"github.com/earshot/earshot"
)

// retractMs is how long after its beginning a fault can turn out to be a part of another.
const retractMs = 5 * minuteMs

// mostFaults bounds how many faults are accepted at once: real ones are few.
const mostFaults = 14

// search accepts faulty cells, the most probable first, each raising how well its members' trouble is explained before the
// next is chosen. What is explained can only speak less for other cells, so an old score is an upper bound: only the best is
// judged again.
func (e *Engine) search() {
	var live [dims]int
	var candidates []int32
	for _, i := range e.sorted {
		y := &e.cells[i].tally
		if y.members < 2 {
			continue
		}
		live[e.cells[i].key.dim]++
		if len(y.troubled) >= 2 {
			candidates = append(candidates, i)
		}
	}
	for _, i := range candidates {
		e.cells[i].tally.score = e.judge(i, live[e.cells[i].key.dim])
	}
	for range mostFaults {
		i := e.best(candidates, &live)
		if i < 0 {
			break
		}
		e.accept(i, candidates, &live)
	}
	for _, i := range e.sorted {
		c := e.cells[i]
		if c.on && !c.tally.accepted {
			e.retract(c)
		}
		c.on = c.tally.accepted
	}
	e.settle()
}

// retract takes back what was said of a cell whose people's trouble turns out, soon after, to be another's: an office is heard
// before the rest of its carrier's customers.
func (e *Engine) retract(c *cell) {
	n := len(c.log)
	if n == 0 {
		return
	}
	since := c.since(c.log[n-1].at)
	if e.now-since > retractMs {
		return
	}
	taken, all := 0, 0
	for _, j := range c.tally.troubled {
		all++
		for _, a := range e.s.members[j].accepted {
			if e.cells[a].key.dim != dimMeeting {
				taken++
				break
			}
		}
	}
	if all == 0 || float64(taken) < sameTrouble*float64(all) {
		return
	}
	for n > 0 && c.log[n-1].at >= since {
		n--
	}
	c.log = c.log[:n]
}

// settle lists the cells that are faulty, and the wide ones that were lately.
func (e *Engine) settle() {
	e.faulty, e.s.wide = e.faulty[:0], e.s.wide[:0]
	for _, i := range e.sorted {
		c := e.cells[i]
		if c.on {
			e.faulty = append(e.faulty, i)
		}
		if c.key.dim.isWide() && len(c.log) > 0 {
			e.s.wide = append(e.s.wide, i)
		}
	}
}

// best returns the candidate with the greatest odds, -1 when none reaches Open.
func (e *Engine) best(candidates []int32, live *[dims]int) int32 {
	for {
		best, most := int32(-1), 0.
		for _, i := range candidates {
			y := &e.cells[i].tally
			if y.accepted || y.score.odds < e.p.Open {
				continue
			}
			odds := y.score.odds
			if e.established(e.cells[i]) {
				odds += seniority
			}
			if best < 0 || odds > most {
				best, most = i, odds
			}
		}
		switch {
		case best < 0:
			return best
		case e.cells[best].tally.stale:
			e.refresh(best, live)
		case !e.established(e.cells[best]) && e.oneSided(best, live):
			e.cells[best].tally.score.odds = math.Inf(-1)
		default:
			return best
		}
	}
}

// oneSided reports whether the trouble of a cell is that of one place or meeting in it: without that, nothing speaks for the
// rest. A place at the beginning of its outage does not cover enough of itself yet, and its carrier must not step in; a bad
// talker who is heard late makes everybody bad who listens, and whatever they share. Who sends badly does so not because
// of the meeting: a place whose people do is not asked.
func (e *Engine) oneSided(i int32, live *[dims]int) bool {
	c := e.cells[i]
	s := &c.tally.score
	switch d := c.key.dim; {
	case d == dimMeeting:
		return false
	case !d.isWide():
		return s.rate[s.window][sending][s.channel] < .2 && e.restsOnMeeting(i, live)
	}
	_, yes := e.restsOn(i, live, func(o *member) earshot.ID { return o.place })
	return yes || e.restsOnMeeting(i, live)
}

// allHear is the share of a meeting that is troubled at once when it is one sender's doing: what one sends, all hear.
const allHear = .75

// restsOnMeeting reports whether the trouble is that of one meeting: of all in it, not only of those who are in the cell, too.
func (e *Engine) restsOnMeeting(i int32, live *[dims]int) bool {
	id, yes := e.restsOn(i, live, e.listensTo)
	if !yes {
		return false
	}
	d := e.cells[i].key.dim
	var others, othersHit, all, hit float64
	tracks := e.meetings[id].tracks
	since := e.now // who reported before anybody was in trouble says nothing yet
	for _, t := range tracks {
		if t.member >= 0 && e.s.members[t.member].hears() == fair {
			since = min(since, t.minutes[t.visible-1].last)
		}
	}
	for _, t := range tracks {
		if t.member < 0 {
			continue
		}
		o := &e.s.members[t.member]
		if x := o.hears(); x >= 0 && t.minutes[t.visible-1].last >= since {
			all++
			if x == fair {
				hit++
			}
		}
		if o.cells[d] != i {
			others++
			if e.suffers(o) {
				othersHit++
			}
		}
	}
	return hit >= allHear*all && (others < 2 || 3*othersHit > others)
}

// listensTo returns the meeting of somebody who may suffer from what is heard there: who sends badly, or has a long round
// trip, does so because of something else.
func (e *Engine) listensTo(o *member) earshot.ID {
	for v := o.votes; v < o.end; v++ {
		if w := &e.s.votes[v]; w.late || w.way != receiving {
			return 0
		}
	}
	return o.t.meeting
}

// hears returns 1 (fair, or worse) for who received badly in the last minute, 0 for who did not, -1 for nothing known.
func (o *member) hears() int {
	switch {
	case o.weight[0][receiving] == 0:
		return -1
	case o.ok[0][receiving][fair] == 0:
		return fair
	}
	return 0
}

// restsOn returns the most troubled part of a cell, and whether it has most of the trouble and nothing speaks for the rest.
func (e *Engine) restsOn(i int32, live *[dims]int, part func(*member) earshot.ID) (earshot.ID, bool) {
	c := e.cells[i]
	count := map[earshot.ID]int{}
	most := earshot.ID(0)
	for _, j := range c.tally.troubled {
		k := part(&e.s.members[j])
		if k == 0 {
			continue
		}
		count[k]++
		if n := count[k]; n > count[most] || n == count[most] && k < most {
			most = k
		}
	}
	if 2*count[most] <= len(c.tally.troubled) || count[most] < 2 {
		return most, false
	}
	rest := tally{}
	for j := range e.s.members {
		if o := &e.s.members[j]; o.cells[c.key.dim] == i && part(o) != most {
			rest.add(o)
			if o.troubled() {
				rest.troubled = append(rest.troubled, int32(j))
			}
		}
	}
	return most, e.judgeTally(i, live[c.key.dim], &rest).odds < 0
}

// seniority is how many log-odds a fault that goes on comes before those that would take its people over: who is present
// changes from minute to minute, and a carrier's fault does not become an office's because the people at home hung up.
const seniority = 15

// established reports whether a fault has been going on for longer than it takes to tell it from its relatives.
func (e *Engine) established(c *cell) bool {
	return c.on && e.now-c.since(e.now) >= youngMs
}

// refresh judges a cell again when something that it shares members with was accepted.
func (e *Engine) refresh(i int32, live *[dims]int) {
	if y := &e.cells[i].tally; y.stale {
		y.score, y.stale = e.judge(i, live[e.cells[i].key.dim]), false
	}
}

// accept holds a cell to be faulty.
func (e *Engine) accept(i int32, candidates []int32, live *[dims]int) {
	c := e.cells[i]
	y := &c.tally
	y.accepted = true
	conf, rivals := e.rivals(i, candidates, live)
	s := &y.score
	x := mark{at: e.now, conf: conf}
	for way := range ways {
		x.q[way], x.q1[way] = s.rate[s.window][way], s.rate[0][way]
	}
	if n := len(c.log); n > 0 && c.log[n-1].at == e.now {
		c.log = c.log[:n-1]
	}
	e.describe(c, &x, rivals)
	c.log = append(c.log, x)
	for _, j := range y.troubled {
		o := &e.s.members[j]
		o.accepted = append(o.accepted, i)
		o.spare(s, 1)
		for _, k := range o.cells {
			if k >= 0 {
				e.cells[k].tally.stale = true
			}
		}
	}
	if c.key.dim.isWide() {
		e.soften(i)
	}
}

// spare multiplies the probability that nothing accepted explains a member's trouble.
func (o *member) spare(s *score, share float64) {
	for x := range o.keep {
		for way := range ways {
			for ch := range channels {
				o.keep[x][way][ch] *= 1 - s.rate[x][way][ch]*share
			}
		}
	}
}

// soften lets people whose attribute is not known belong to a faulty cell in proportion to those whose is.
func (e *Engine) soften(i int32) {
	c := e.cells[i]
	d := c.key.dim
	mine, all := 0, 0
	for _, k := range e.sorted {
		if e.cells[k].key.dim != d {
			continue
		}
		y := &e.cells[k].tally
		n := y.members
		if d == dimISP || d == dimVPN { // those with a hidden one are at home
			n = y.homes
		}
		all += n
		if k == i {
			mine = n
		}
	}
	if d == dimVPN {
		all = e.s.homes
	}
	c.share = float64(mine) / float64(max(1, all))
	for j := range e.s.members {
		o := &e.s.members[j]
		if o.troubled() && o.attrs().hidden[d] && o.cells[d] != i {
			o.spare(&c.tally.score, c.share)
			for _, k := range o.cells {
				if k >= 0 {
					e.cells[k].tally.stale = true
				}
			}
		}
	}
}

func (o *member) attrs() *attrs { return o.t.minutes[o.t.visible-1].attrs }

// sameTrouble is the share of a cell's troubled people that another must hold to be able to explain them instead.
const sameTrouble = .7

// rivals returns the confidence that it is this cell's cause and not another that explains the same people, and those.
func (e *Engine) rivals(i int32, candidates []int32, live *[dims]int) (float64, []earshot.Cause) {
	y := &e.cells[i].tally
	for _, k := range candidates {
		e.cells[k].tally.overlap = 0
	}
	for _, j := range y.troubled {
		for _, k := range e.s.members[j].cells {
			if k >= 0 {
				e.cells[k].tally.overlap++
			}
		}
	}
	same, other := 1., 0.
	mine := dimCause[e.cells[i].key.dim]
	var names []earshot.Cause
	for _, k := range candidates {
		z := &e.cells[k].tally
		if k == i || z.accepted || float64(z.overlap) < sameTrouble*float64(len(y.troubled)) || z.score.odds < y.score.odds-20 {
			continue
		}
		e.refresh(k, live)
		w := math.Exp(z.score.odds - z.score.bonus - (y.score.odds - y.score.bonus))
		if its := dimCause[e.cells[k].key.dim]; its == mine {
			same += w
		} else {
			other += w
			if w >= .2 && !slices.Contains(names, its) {
				names = append(names, its)
			}
		}
	}
	slices.Sort(names)
	return same / (same + other) / (1 + math.Exp(-y.score.odds)), names
}
