package emulator

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/earshot/earshot"
)

// call is a Zoom Phone call: one of ours with another, or with a number outside, whose last leg Zoom does not know.
type call struct {
	head           callHead
	rng            *rand.Rand
	caller, callee *person // callee nil: outside
	segs           [2]*segment
	readings       [2][]callReading
	end            earshot.Instant
	answered, done bool
	steps          int
}

// maxSummaryReadings bounds the summary of a long call.
const maxSummaryReadings = 240

// stepCalls keeps a few calls going and lives through one step of each.
func (w *World) stepCalls() {
	want := max(1, int(w.busy*float64(w.o.People/150)))
	gap, yes := w.rng.ExpFloat64(), w.rng.Float64()
	if len(w.calls) < want && w.now >= w.callGap && yes < .7 {
		w.startCall()
		w.callGap = w.now + earshot.Instant(gap*20_000/float64(want))
	}
	for _, c := range w.calls {
		c.step(w)
	}
	kept := w.calls[:0]
	for _, c := range w.calls {
		if !c.done {
			kept = append(kept, c)
		}
	}
	clear(w.calls[len(kept):])
	w.calls = kept
}

func (w *World) startCall() {
	r := w.rng
	a := w.freePerson(nil)
	if a == nil {
		return
	}
	a.busy = true
	c := &call{caller: a, rng: newRand(w.o.Seed, "call", int(r.Uint64()>>1))}
	number := 7_000_000_000_000_000_000 + r.Int64N(999_999_999_999_999_999)
	c.head = callHead{account: a.account.id, id: strconv.FormatInt(number, 10), caller: partyOf(a, r)}
	outside, seconds := chance(r, .5), clamp(lognormal(r, 200, .8), 20, 3600)
	c.head.callee = partyHead{phone: fmt.Sprintf("+%s555%05d", pick(r, cities).phone, r.IntN(100_000))}
	if !outside {
		if b := w.freePerson(nil); b != nil {
			b.busy = true
			c.callee = b
			c.head.callee = partyOf(b, r)
		}
	}
	c.head.ringing = w.now + earshot.Instant(r.Int64N(int64(w.step)))
	c.head.answered = c.head.ringing + earshot.Instant(between(r, 3000, 12_000))
	c.end = c.head.answered + earshot.Instant(1000*seconds)
	for i, p := range []*person{c.caller, c.callee} {
		if p != nil {
			c.segs[i] = &segment{p: p, dc: nearest(w.people.centres, p.city.lat, p.city.lon), phone: true}
			c.segs[i].baseMs = c.segs[i].distance(w)
		}
	}
	ringing := c.head
	ringing.answered = 0
	c.tell(w, "ringing", "ringing", &ringing, c.head.ringing)
	w.calls = append(w.calls, c)
}

func partyOf(p *person, r *rand.Rand) partyHead {
	return partyHead{
		userID: p.userID, email: p.email, extensionID: zoomUserID(r), phone: p.phone, timezone: p.city.zone, extension: p.extension,
		deviceType: p.computer.device + "_Client(" + p.computer.version + ")", deviceID: zoomUserID(r),
	}
}

// tell emits the caller's event and, where the callee is one of ours, the callee's.
func (c *call) tell(w *World, caller, callee string, h *callHead, at earshot.Instant) {
	ts := w.stamp(at, 300)
	w.emit(ts, w.enc.call("caller_"+caller, h, ts))
	if c.callee != nil {
		ts = w.stamp(at, 300)
		w.emit(ts, w.enc.call("callee_"+callee, h, ts))
	}
}

func (c *call) step(w *World) {
	until := w.now + w.step
	if !c.answered {
		if c.head.answered >= until {
			return
		}
		c.answered = true
		c.tell(w, "connected", "answered", &c.head, c.head.answered)
		return
	}
	if c.end < until {
		c.finish(w)
		return
	}
	for _, s := range c.segs {
		if s == nil {
			continue
		}
		s.draw(&w.rhythm, false)
		s.travel(w, 0)
		s.flows[audioSend] = flow{active: true, kbps: 62 + 3*c.rng.NormFloat64(), latency: s.rtt, jitter: s.jitterUp, loss: s.audioLoss}
		s.account()
	}
	for i, s := range c.segs {
		if s == nil {
			continue
		}
		heard := 0.0
		if o := c.segs[1-i]; o != nil {
			heard = .6 * o.audioLoss
		}
		heard = 1 - (1-s.lossDown)*(1-heard)
		s.flows[audioReceive] = flow{active: true, kbps: 60 + 4*c.rng.NormFloat64(), latency: s.rtt, jitter: s.jitter, loss: heard}
		s.observe()
	}
	if c.steps++; c.steps%2 == 0 {
		c.report(w, until)
	}
}

// report tells either side's two directions, every second step.
func (c *call) report(w *World, at earshot.Instant) {
	for i, s := range c.segs {
		if s == nil {
			continue
		}
		r := s.report(at, 1)
		for _, d := range []streamIndex{audioSend, audioReceive} {
			q := &r.streams[d]
			reading := callReading{at: at, sending: d == audioSend, kbps: q.kbps, lossAvgPct: q.lossAvgPct, lossMaxPct: q.lossMaxPct,
				jitterMs: q.jitterMs, delayMs: q.latencyMs, mos: audioScore(q), network: c.network(s.p)}
			if len(c.readings[i]) < maxSummaryReadings {
				c.readings[i] = append(c.readings[i], reading)
			}
			ts := w.stamp(at, 900)
			w.emit(ts, w.enc.callQoS(&c.head, c.sideName(i), c.party(i), &reading, ts))
		}
	}
}

func (c *call) network(p *person) string {
	switch {
	case p.index%5 == 0: // older clients do not tell
		return ""
	case p.vpn != nil:
		return "VPN"
	case p.access == wired:
		return "LAN"
	case p.access == cellular:
		return "Cellular"
	}
	return "WiFi"
}

func (c *call) sideName(i int) string { return [...]string{"caller", "callee"}[i] }

func (c *call) party(i int) *partyHead {
	if i == 0 {
		return &c.head.caller
	}
	return &c.head.callee
}

func (c *call) finish(w *World) {
	c.done = true
	c.head.ended = c.end
	if c.segs[0].acc.steps > 0 {
		c.report(w, c.end) // the last report knows the end
	}
	c.tell(w, "ended", "ended", &c.head, c.end)
	var sides []callSide
	for i, p := range []*person{c.caller, c.callee} {
		if p == nil {
			continue
		}
		p.busy = false
		sides = append(sides, callSide{c.sideName(i), c.party(i), c.readings[i]})
	}
	ts := w.stamp(c.end, 2500)
	w.emit(ts, w.enc.callQoSSummary(&c.head, sides, ts))
}
