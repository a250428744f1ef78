package cause

import (
	"math"

	"github.com/earshot/earshot"
)

// windows are lengths in minutes: the first finds a fault at once, the last one at a strength of 20 %.
var windows = [...]int{1, 3, 10}

const (
	nWindows = len(windows)
	// slackMs is how far the reports of a window may reach back beyond its minutes: reports come once a minute, late.
	slackMs = 50_000
)

// member is one segment that is live at an evaluation.
type member struct {
	t *track
	// cells are those of the newest minute; older minutes count only as far as they agree with it.
	cells [dims]int32
	place earshot.ID
	// weight of one minute, 0 where there is none, and of all without trouble.
	weight [nWindows][ways]float64
	ok     [nWindows][ways][channels]float64
	// votes are the troubled minutes, as a range of scratch.votes.
	votes, end int32
	// keep is the probability that no fault accepted so far made a minute bad.
	keep     [nWindows][ways][channels]float64
	accepted []int32
}

func (o *member) troubled() bool { return o.end > o.votes }

// suffers reports whether a stream is troubled: a busy computer alone is nobody's network.
func (e *Engine) suffers(o *member) bool {
	for v := o.votes; v < o.end; v++ {
		if e.s.votes[v].way != computing {
			return true
		}
	}
	return false
}

// lateMs is a round trip that is fair or worse; farAway is how well distance explains one that was always so.
const (
	lateMs  = 200
	farAway = .95
)

// vote is one troubled minute in one way and channel.
type vote struct {
	at           earshot.Instant
	way, channel uint8
	window       uint8 // the shortest that holds it
	late         bool  // the round trip takes long, which nobody else's sending can do
	symptom      symptom
	p            float64 // how well the person's own causes explain it
	wired        float64 // without their radio: several weak signals at a time are an access point's
	by, end      int32   // faults that were on at that minute, as a range of scratch.past
}

// past is a fault that was on when an older minute was reported: what it explained then stays explained.
type past struct {
	cell int32
	keep float64 // the probability that it spared the minute, by its rate then
}

// tally is what the members of a cell amount to at one evaluation.
type tally struct {
	members, homes int
	n              [nWindows][ways]int               // members with a classified minute
	ok             [nWindows][ways][channels]float64 // weight of the minutes without trouble
	troubled       []int32                           // members with a vote
	score          score
	stale          bool // what it was scored with has changed
	accepted       bool
	overlap        int // scratch
}

// scratch is reused between evaluations; nothing in it outlives the next.
type scratch struct {
	members  []member
	votes    []vote
	past     []past
	hearings []hearing
	homes    int // members without a configured site
	stamp    uint64
	wide     []int32 // wide cells that were faulty lately, by key
	counts   map[earshot.Instant]*census
}

func (e *Engine) resetScratch() {
	s := &e.s
	s.members, s.votes, s.past, s.counts = s.members[:0], s.votes[:0], s.past[:0], nil
	s.homes = 0
	for _, c := range e.cells {
		c.tally = tally{troubled: c.tally.troubled[:0]}
	}
}

// gather makes members of the segments that are live, and adds them up in their cells.
func (e *Engine) gather() {
	for _, t := range e.tracksInOrder() {
		t.member = -1
		if t.visible == 0 || e.now-t.minutes[t.visible-1].last > liveMs {
			continue
		}
		t.member = int32(len(e.s.members))
		e.s.members = append(e.s.members, member{t: t, votes: int32(len(e.s.votes))})
		o := &e.s.members[t.member]
		newest := &t.minutes[t.visible-1]
		o.cells, o.place = newest.attrs.cells, newest.attrs.place
		o.cells[dimMeeting] = t.meetingCell
		if o.place == 0 {
			o.place = t.person.id
		}
		if newest.attrs.home {
			e.s.homes++
		}
		e.weigh(o, newest.attrs)
	}
}

// weigh counts a member's minutes in its windows, and adds it to its cells.
func (e *Engine) weigh(o *member, a *attrs) {
	t := o.t
	var n [nWindows][ways]int
	var ok [nWindows][ways][channels]int
	for k := range windows[nWindows-1] {
		i := t.visible - 1 - k
		if i < 0 {
			break
		}
		m := &t.minutes[i]
		w, in := windowOf(k, e.now-m.last)
		if !in || !m.attrs.agrees(a) {
			break
		}
		for way := range ways {
			if !m.classified(way) {
				continue
			}
			for x := w; x < nWindows; x++ {
				n[x][way]++
				for ch := range channels {
					if !m.trouble(way, ch) {
						ok[x][way][ch]++
					}
				}
			}
		}
		if m.troubled() {
			e.vote(o, i, w)
		}
	}
	o.end = int32(len(e.s.votes))
	for x := range n {
		for way := range ways {
			if k := n[x][way]; k > 0 {
				o.weight[x][way] = 1 / (1 + float64(k-1)*e.p.Rho)
			}
			for ch := range channels {
				o.keep[x][way][ch] = 1
				o.ok[x][way][ch] = float64(ok[x][way][ch]) * o.weight[x][way]
			}
		}
	}
	e.enrol(o, a.home)
}

// windowOf returns the shortest window that holds the k-th newest minute, reported so long ago.
func windowOf(k int, age earshot.Instant) (int, bool) {
	for w, n := range windows {
		if k < n && age <= earshot.Instant(n)*minuteMs+slackMs {
			return w, true
		}
	}
	return 0, false
}

// vote records what is troubled in a minute, and what explains it already.
func (e *Engine) vote(o *member, i, window int) {
	m := &o.t.minutes[i]
	for way := range ways {
		if !m.trouble(way, fair) {
			continue
		}
		h := e.private(o.t, i, way)
		p := 1 - math.Exp(-h.sum())
		wired := 1 - math.Exp(h[earshot.CauseWifi]-h.sum())
		if m.symptomOf(way) == symptomLate && e.isFar(o.t, m) {
			p, wired = max(p, farAway), max(wired, farAway)
		}
		for ch := range channels {
			if m.trouble(way, ch) {
				by := int32(len(e.s.past))
				e.pastOf(o.t, m, way, ch)
				end := int32(len(e.s.past))
				e.s.votes = append(e.s.votes, vote{
					at: m.at, way: uint8(way), channel: uint8(ch), window: uint8(window), late: m.latency >= lateMs, symptom: m.symptomOf(way),
					wired: min(.97, max(wired, e.baseRate(o.t, way, ch))),
					p:     min(.97, max(p, e.baseRate(o.t, way, ch))), by: by, end: end,
				})
			}
		}
	}
}

// A young fault's past does not explain anything yet: it competes with its rivals afresh.
const (
	pastFromMs = 75_000
	youngMs    = 240_000
)

// pastOf records the faults that were on when a minute was reported, with their rates then. What a fault explained while it
// lasted stays explained by it: else its relatives would take its minutes over after its end.
func (e *Engine) pastOf(t *track, m *minute, way, ch int) {
	if m.last > e.now-pastFromMs {
		return
	}
	for d := range dims {
		i := m.attrs.cells[d]
		if d == dimMeeting {
			i = t.meetingCell
		}
		if i < 0 || len(e.cells[i].log) == 0 {
			continue
		}
		c := e.cells[i]
		until := c.log[len(c.log)-1].at
		if c.on {
			until = e.now
		}
		if until-c.since(until) < youngMs {
			continue
		}
		for j := len(c.log) - 1; j >= 0 && c.log[j].at >= m.last-15_000; j-- {
			if x := &c.log[j]; x.at <= m.last+pastFromMs {
				e.s.past = append(e.s.past, past{i, 1 - min(.97, max(x.q[way][ch], x.q1[way][ch]))})
				break
			}
		}
	}
}

// enrol counts a member in its cells.
func (e *Engine) enrol(o *member, home bool) {
	media := o.troubled() && e.suffers(o)
	for d, i := range o.cells {
		if i < 0 {
			continue
		}
		y := &e.cells[i].tally
		y.add(o)
		if home {
			y.homes++
		}
		if media || dim(d) == dimVersion && o.troubled() {
			y.troubled = append(y.troubled, o.t.member)
		}
	}
}

// add counts a member.
func (y *tally) add(o *member) {
	y.members++
	for x := range o.weight {
		for way := range ways {
			if o.weight[x][way] == 0 {
				continue
			}
			y.n[x][way]++
			for ch := range channels {
				y.ok[x][way][ch] += o.ok[x][way][ch]
			}
		}
	}
}
