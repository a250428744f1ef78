package cause

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// Picture is what the engine holds to be going on.
type Picture struct {
	Now    earshot.Instant
	Faults []Fault   // ordered by cell
	People []Trouble // ordered by person, one per person
	// Heard tells recovery from silence. It holds cells that were among the faults, and persons (as cells of ScopePerson) who
	// were in trouble, within the last twenty minutes. Ordered by cell. Of what is not listed nothing is known.
	Heard []Heard
	// Senders are those whom others hear badly, ordered by segment.
	Senders []Sender
}

// Fault is a cell that is held to be faulty.
type Fault struct {
	Cell       earshot.Cell
	Cause      earshot.Cause
	Rivals     []earshot.Cause // that explain the same people as well
	Direction  earshot.Direction
	Confidence float64         // 0 to 1
	Score      float64         // log-odds
	Rate       float64         // share of its people that the fault makes bad, in the last minute
	Since      earshot.Instant // first bad minute that it explains
	Inside     earshot.Count   // people who were bad in the last three minutes, of those who were live
	Elsewhere  earshot.Count
	Troubled   []earshot.ID // persons with a fair or worse minute in the last three, ascending
	BadPeople  []earshot.ID // persons with a poor or bad minute that it explains, ascending
	Meetings   []earshot.ID // of the troubled, ascending
}

// Trouble is one person whose last minutes were bad for a reason of their own.
type Trouble struct {
	Person, Segment, Meeting earshot.ID
	Verdict                  earshot.Verdict // of the newest bad minute
	// BadMinutes and Minutes count the last five classified minutes; BaseRate is the person's own, shrunk share of bad
	// minutes in the past.
	BadMinutes, Minutes int
	BaseRate            float64
	// Harmed counts those of the bad minutes in which a stream was poor or bad: a busy computer alone harms nobody. Clean
	// counts classified minutes in a row in which none was, up to now.
	Harmed, Clean int
	Last          earshot.Instant
}

// describe fills in the fault of a cell that is being accepted. It runs before the members' trouble is counted as explained.
func (e *Engine) describe(c *cell, x *mark, rivals []earshot.Cause) {
	y := &c.tally
	f := Fault{
		Cell: c.key.public(), Cause: dimCause[c.key.dim], Rivals: rivals, Confidence: x.conf, Score: y.score.odds,
		Rate: max(x.q1[receiving][bad], x.q1[sending][bad], x.q1[computing][bad]), Direction: lean(x),
	}
	began := e.now
	for _, j := range y.troubled {
		o := &e.s.members[j]
		worst, recent := false, false
		for v := o.votes; v < o.end; v++ {
			w := &e.s.votes[v]
			if w.window > 1 {
				continue
			}
			recent = true
			if w.channel == bad && e.explained(o, w, e.index[c.key], int(w.window)) < .9 {
				worst = true
				began = min(began, w.at)
			}
		}
		id := o.t.person.id
		if recent {
			f.Troubled = append(f.Troubled, id)
			f.Meetings = append(f.Meetings, o.t.meeting)
		}
		if worst {
			f.BadPeople = append(f.BadPeople, id)
		}
	}
	f.Troubled, f.BadPeople, f.Meetings = distinct(f.Troubled), distinct(f.BadPeople), distinct(f.Meetings)
	if n := len(c.log); c.began == 0 || n == 0 || e.now-c.log[n-1].at > 300_000 {
		c.began = began
	}
	c.began = min(c.began, began)
	f.Since = c.began
	if e.now-c.began < 3*minuteMs {
		f.Rate = max(f.Rate, e.freshRate(c))
	}
	c.fault = f
}

// freshRate is the share of those who are bad among the people of a cell who have reported since the first of them was: in
// the first minute of a fault most of the reports at hand are from before it. 0 when fewer than five have.
func (e *Engine) freshRate(c *cell) float64 {
	worse := func(o *member) bool {
		for v := o.votes; v < o.end; v++ {
			w := &e.s.votes[v]
			if w.channel == bad && w.window == 0 && w.way != computing && e.explained(o, w, e.index[c.key], 0) < .9 {
				return true
			}
		}
		return false
	}
	reported := func(o *member) earshot.Instant { return o.t.minutes[o.t.visible-1].last }
	first := e.now
	for _, j := range c.tally.troubled {
		if o := &e.s.members[j]; worse(o) {
			first = min(first, reported(o))
		}
	}
	i, n, hit := e.index[c.key], 0., 0.
	for j := range e.s.members {
		if o := &e.s.members[j]; o.cells[c.key.dim] == i && reported(o) >= first {
			n++
			if worse(o) {
				hit++
			}
		}
	}
	if n < 5 {
		return 0
	}
	return hit / n
}

// lean is the direction in which a fault does nearly all of its harm, none for both.
func lean(x *mark) earshot.Direction {
	got, sent := max(x.q[receiving][bad], x.q1[receiving][bad]), max(x.q[sending][bad], x.q1[sending][bad])
	switch {
	case got > .1 && sent < got/4:
		return earshot.DirectionReceive
	case sent > .1 && got < sent/4:
		return earshot.DirectionSend
	}
	return earshot.DirectionNone
}

func distinct(ids []earshot.ID) []earshot.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Picture returns what incidents are made of, as of the last evaluation.
func (e *Engine) Picture() Picture {
	p := Picture{Now: e.now, Heard: e.heard(), Senders: e.senders()}
	all := e.countLive(nil)
	for _, i := range e.faulty {
		c := e.cells[i]
		f := c.fault
		f.Inside = e.countLive(func(o *member) bool { return o.cells[c.key.dim] == i })
		f.Elsewhere = earshot.Count{Bad: all.Bad - f.Inside.Bad, Of: all.Of - f.Inside.Of}
		f.Rivals, f.Troubled = slices.Clone(f.Rivals), slices.Clone(f.Troubled)
		f.BadPeople, f.Meetings = slices.Clone(f.BadPeople), slices.Clone(f.Meetings)
		p.Faults = append(p.Faults, f)
	}
	for j := range e.s.members {
		if t, ok := e.troubleOf(&e.s.members[j]); ok {
			p.People = append(p.People, t)
		}
	}
	slices.SortFunc(p.Faults, func(a, b Fault) int { return compareCells(a.Cell, b.Cell) })
	slices.SortFunc(p.People, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(b.BadMinutes, a.BadMinutes), cmp.Compare(a.Segment, b.Segment))
	})
	p.People = slices.CompactFunc(p.People, func(a, b Trouble) bool { return a.Person == b.Person })
	return p
}

// countLive counts the people who are live, and those of them with a bad minute among the last three.
func (e *Engine) countLive(in func(*member) bool) (n earshot.Count) {
	e.s.stamp++
	for j := range e.s.members {
		o := &e.s.members[j]
		if in != nil && !in(o) {
			continue
		}
		p := o.t.person
		if p.seen[0] != e.s.stamp {
			p.seen[0], p.seen[1] = e.s.stamp, 0
			n.Of++
		}
		for v := o.votes; v < o.end; v++ {
			if w := &e.s.votes[v]; w.channel == bad && w.way != computing && w.window <= 1 && p.seen[1] != e.s.stamp {
				p.seen[1] = e.s.stamp
				n.Bad++
			}
		}
	}
	return n
}

// troubleOf describes a member whose newest bad minute has a cause of their own.
func (e *Engine) troubleOf(o *member) (Trouble, bool) {
	t := o.t
	x := Trouble{Person: t.person.id, Segment: t.segment, Meeting: t.meeting, Last: t.minutes[t.visible-1].last}
	if !o.troubled() {
		return x, false
	}
	newest, clean := -1, true
	for i := t.visible - 1; i >= 0 && x.Minutes < 5; i-- {
		m := &t.minutes[i]
		if !m.classified(receiving) && !m.classified(sending) && !m.classified(computing) {
			continue
		}
		x.Minutes++
		if m.isBad() {
			x.BadMinutes++
			newest = max(newest, i)
		}
		harmed := m.trouble(receiving, bad) || m.trouble(sending, bad)
		if harmed {
			x.Harmed++
		}
		if clean = clean && !harmed; clean {
			x.Clean++
		}
	}
	if newest < 0 {
		return x, false
	}
	x.Verdict = e.verdict(t, newest)
	x.BaseRate = max(e.baseRate(t, receiving, bad), e.baseRate(t, sending, bad), e.baseRate(t, computing, bad))
	if x.Verdict.Cell.Scope != earshot.ScopePerson {
		return x, false
	}
	return x, true
}
