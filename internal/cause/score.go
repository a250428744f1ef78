package cause

import (
	"math"

	"github.com/earshot/earshot"
)

// grid are the rates at which a faulty cell is supposed to make its people's minutes bad.
var grid = [...]float64{.05, .1, .2, .3, .45, .6, .75, .9, .97}

const nGrid = len(grid)

// The vote of a bad minute depends on its odds alone, so it is looked up: sixteen steps an octave, from 2^-8 to 2^8.
const (
	oddsSteps   = 16 * 16
	oddsOctave  = 8
	oddsShift   = 48 // sign, exponent and four bits of the mantissa stay
	mostPrivate = .995
)

type voteTable struct {
	first uint64
	vote  [oddsSteps][nGrid]float64
	veto  [nGrid]float64
}

// votes is a table of constants, computed once by the compiler's rules for package variables.
var votes = newVoteTable()

func newVoteTable() *voteTable {
	t := &voteTable{first: math.Float64bits(math.Exp2(-oddsOctave)) >> oddsShift}
	for i := range t.vote {
		low := math.Float64frombits((t.first + uint64(i)) << oddsShift)
		odds := low * (1 + 1./64) // the middle of the step, nearly
		for k, q := range grid {
			t.vote[i][k] = math.Log1p(q * odds)
		}
	}
	for k, q := range grid {
		t.veto[k] = math.Log(1 - q)
	}
	return t
}

// of returns what a bad minute that is explained with probability p says for each rate.
func (t *voteTable) of(p float64) *[nGrid]float64 {
	i := math.Float64bits((1-p)/p) >> oddsShift
	return &t.vote[min(max(i, t.first)-t.first, oddsSteps-1)]
}

// score is what speaks for a cell.
type score struct {
	odds    float64 // posterior log-odds that it is faulty, with what being on already is worth; -Inf: it cannot be
	bonus   float64 // what being on is worth
	window  int     // index of the window that shows it best
	people  int     // with trouble that nothing else explains, in that window and channel
	channel int
	// rate is the posterior mean of the share of minutes that the cell makes bad.
	rate [nWindows][ways][channels]float64
}

// ballot is one cell's votes while they are counted.
type ballot struct {
	like [nWindows][ways][channels][nGrid]float64
	// raw is the plain rate of unexplained trouble in the last minute.
	raw [ways][channels]float64
	// uneven counts the votes whose packets come unevenly more than they are lost or late, lossy the others.
	uneven, lossy float64
	who           [nWindows][channels]struct {
		people, meetings, places int
		meeting                  earshot.ID
		place                    [3]earshot.ID
	}
}

// unexplained is how well a minute may be explained to count as one more person in trouble.
const unexplained = .4

// judge returns how probable it is that a cell is faulty, given what was accepted before.
func (e *Engine) judge(i int32, live int) score {
	return e.judgeTally(i, live, &e.cells[i].tally)
}

// judgeTally does so by the members in a tally.
func (e *Engine) judgeTally(i int32, live int, y *tally) score {
	c := e.cells[i]
	var b ballot
	for x := range b.like {
		for way := range ways {
			for ch := range channels {
				for k := range grid {
					b.like[x][way][ch][k] = y.ok[x][way][ch] * votes.veto[k]
				}
			}
		}
	}
	e.s.stamp++
	for _, j := range y.troubled {
		e.count(&b, i, &e.s.members[j])
	}
	for way := range ways {
		for ch := range channels {
			if n := y.n[0][way]; n > 0 {
				b.raw[way][ch] /= float64(n)
			}
		}
	}
	s := score{odds: math.Inf(-1)}
	prior := math.Log(e.p.Prior.of(c.key.dim) / float64(max(1, live)))
	if c.on {
		s.bonus = e.p.Open - e.p.Hold
	}
	prior += s.bonus + b.signature(c.key.dim)
	for x := range windows {
		for ch := range channels {
			e.decide(&s, &b, c, y, x, ch, prior)
		}
	}
	return s
}

// count adds one member's votes.
func (e *Engine) count(b *ballot, i int32, o *member) {
	var in [nWindows][channels]bool
	for v := o.votes; v < o.end; v++ {
		w := &e.s.votes[v]
		way, ch := int(w.way), int(w.channel)
		switch w.symptom {
		case symptomShaky:
			b.uneven++
		case symptomLoss, symptomLate:
			b.lossy++
		}
		if w.late && e.cells[i].key.dim == dimMeeting {
			continue
		}
		for x := int(w.window); x < nWindows; x++ {
			p := e.explained(o, w, i, x)
			if x == 0 {
				b.raw[way][ch] += 1 - p
			}
			say := votes.of(p)
			like, weight := &b.like[x][way][ch], o.weight[x][way]
			for k := range like {
				like[k] += weight * say[k]
			}
			if p < unexplained {
				in[x][ch] = in[x][ch] || way != computing || e.cells[i].key.dim == dimVersion
			}
		}
	}
	for x := range in {
		for ch := range channels {
			if in[x][ch] {
				b.enter(e, o, x, ch)
			}
		}
	}
}

// signature is what the symptoms say about whether it is the air or the cable behind it: where everybody is on Wi-Fi, nothing
// else does. Crowded air delays packets by turns, radios repeat what they lose; a full line drops and delays them.
func (b *ballot) signature(d dim) float64 {
	if !d.isPlace() || b.uneven+b.lossy == 0 {
		return 0
	}
	uneven := b.uneven / (b.uneven + b.lossy)
	if dimCause[d] == earshot.CauseWifi {
		return math.Log(.25 + .5*uneven)
	}
	return math.Log(.75 - .5*uneven)
}

// enter counts the person behind a member, once.
func (b *ballot) enter(e *Engine, o *member, x, ch int) {
	w := &b.who[x][ch]
	if mark := &o.t.person.seen[x*channels+ch]; *mark != e.s.stamp {
		*mark = e.s.stamp
		w.people++
	}
	if w.meetings == 0 || w.meetings == 1 && w.meeting != o.t.meeting {
		w.meeting = o.t.meeting
		w.meetings++
	}
	for k := range w.place {
		if k == w.places {
			w.place[k] = o.place
			w.places++
			break
		}
		if w.place[k] == o.place {
			break
		}
	}
}

// explained is how well a troubled minute is explained by everything but the cell.
func (e *Engine) explained(o *member, w *vote, cell int32, x int) float64 {
	keep := o.keep[x][w.way][w.channel]
	for k := w.by; k < w.end; k++ {
		by := &e.s.past[k]
		for _, a := range o.accepted {
			if a == by.cell { // its rate at that minute is known: the mean over the window does not count, too
				keep /= 1 - e.cells[a].tally.score.rate[x][w.way][w.channel]
			}
		}
		if by.cell != cell {
			keep *= by.keep
		}
	}
	p := w.p
	if d := e.cells[cell].key.dim; d == dimSubnetWifi || d == dimSiteWifi {
		p = w.wired
	}
	return min(mostPrivate, 1-(1-p)*keep)
}

// decide computes the odds in one window and channel, and keeps the best.
func (e *Engine) decide(best *score, b *ballot, c *cell, y *tally, x, ch int, prior float64) {
	d := c.key.dim
	var like [ways]float64
	for way := range ways {
		sum := logSumExp(b.like[x][way][ch][:])
		like[way] = e.p.Temper*sum - math.Log(float64(nGrid))
		switch {
		case d == dimMeeting && way != receiving, d != dimVersion && way == computing:
			like[way] = math.Inf(-1)
			continue
		case y.n[x][way] == 0:
			like[way] = -9 // nobody can say
		}
		for k, q := range grid {
			best.rate[x][way][ch] += q * math.Exp(b.like[x][way][ch][k]-sum)
		}
	}
	w := &b.who[x][ch]
	need := e.p.MinBad
	if y.members <= e.p.SmallCell {
		need = e.p.MinBadSmall
	}
	rate := max(best.rate[x][receiving][ch], best.rate[x][sending][ch], best.rate[x][computing][ch])
	places := min(e.p.MinPlaces, need)
	if c.on {
		places = min(places, 2)
	}
	cover := e.p.MinCoverWide
	switch {
	case d.isPlace() || d == dimVPN:
		cover = e.p.MinCover
	case d == dimMeeting:
		cover = e.p.MinCoverMeeting
	}
	switch {
	case w.people < need, rate < cover,
		d != dimMeeting && w.meetings < 2 && w.people < e.p.ManyBad,
		d.isWide() && w.places < places,
		x > 0 && max(b.raw[receiving][ch], b.raw[sending][ch], b.raw[computing][ch]) < still(c.on, rate):
		return
	}
	odds := logSumExp([]float64{like[receiving], like[sending], like[receiving] + like[sending]}) - math.Log(3)
	if d == dimVersion { // a client that starves computers does so beside or without spoiling media
		odds = logSumExp([]float64{odds, like[computing], odds + like[computing]}) - math.Log(3)
	}
	odds += prior - math.Log(float64(nWindows*channels))
	if odds > best.odds {
		best.odds, best.window, best.channel, best.people = odds, x, ch, w.people
	}
}

// still is how much trouble the last minute must show for a longer window to count: a window of ten minutes must not fire
// after the recovery.
func still(on bool, rate float64) float64 {
	if on {
		return max(.03, .15*rate)
	}
	return max(.06, .33*rate)
}

func logSumExp(x []float64) float64 {
	most := math.Inf(-1)
	for _, v := range x {
		most = max(most, v)
	}
	if math.IsInf(most, -1) {
		return most
	}
	sum := 0.
	for _, v := range x {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum)
}
