package emulator

import (
	"math"
	"math/rand/v2"
)

// The path model: every element that several people share (line, access point, provider, VPN, data centre) has one state per
// step, and everybody who crosses it reads that state. So trouble shows in the right streams, directions and people
// without anybody arranging it. Up and down have a state each; only latency, which is a round trip, mixes them.

// hop is what one element does to packets in one direction during one step.
type hop struct {
	delay  float64 // ms, mean
	dev    float64 // ms, deviation of the delay
	loss   float64 // probability
	kappa  float64 // share of dev that differs between successive packets, and so becomes jitter
	length float64 // packets in a burst of losses
}

// rhythm holds the coefficients that depend on the length of a step.
type rhythm struct {
	dt                          float64 // seconds
	linkFast, linkSlow          ar
	radio, air, cell, cpu, line ar
	blip                        float64 // probability that one begins in a step
}

func newRhythm(dt float64) rhythm {
	return rhythm{
		dt: dt, linkFast: newAR(.35, 30, dt), linkSlow: newAR(.35, 900, dt), radio: newAR(3, 20, dt), air: newAR(.45, 180, dt),
		cell: newAR(.6, 60, dt), cpu: newAR(1, 180, dt), line: newAR(.9, 600, dt),
	}
}

// link is one direction of a line.
type link struct {
	rng         *rand.Rand
	mbps        float64
	buffer      float64 // ms when full
	base        float64 // ordinary load, share of mbps
	bulkPerHour float64
	bulkLeft    float64 // seconds
	fast, slow  float64
	callers     int     // in the last step
	kbps        float64 // what the calls used in the last step
	nowCallers  int
	nowKbps     float64
	fairKbps    float64 // what one caller may use
	tick        int64
	background  float64 // load of others, share of mbps, now
	calls       float64 // load of the calls, likewise
	known       bool    // hop and fairKbps are those of fault
	fault       float64
	hop         hop
}

func newLink(r *rand.Rand, mbps, buffer, base, bulkPerHour float64) link {
	return link{rng: r, mbps: mbps, buffer: buffer, base: base, bulkPerHour: bulkPerHour,
		fast: .35 * r.NormFloat64(), slow: .35 * r.NormFloat64()}
}

// step advances the line once per tick, however many people cross it. hour is the share of the day's peak load.
func (l *link) step(tick int64, rh *rhythm, hour float64) {
	if l.tick == tick {
		return
	}
	l.tick = tick
	l.callers, l.kbps, l.nowCallers, l.nowKbps = l.nowCallers, l.nowKbps, 0, 0
	l.fast, l.slow = rh.linkFast.next(l.fast, l.rng), rh.linkSlow.next(l.slow, l.rng)
	start, length := chance(l.rng, l.bulkPerHour*rh.dt/3600), lognormal(l.rng, 25, 1.2)
	if l.bulkLeft -= rh.dt; start {
		l.bulkLeft = max(l.bulkLeft, length)
	}
	l.calls = l.kbps / 1000 / l.mbps
	l.background = l.base * hour * math.Exp(l.fast+l.slow-.125)
	l.known = false
}

// under returns what the line does to packets while a trouble of that strength fills it. It draws nothing, so that one step
// can be looked at with and without the trouble.
func (l *link) under(fault float64) hop {
	if l.known && l.fault == fault {
		return l.hop
	}
	l.known, l.fault = true, fault
	calls, background := l.calls, l.background
	buffer := l.buffer
	rho := background + calls
	full := normalCDF((rho - 1) / 0.12)
	if l.bulkLeft > 0 {
		full = max(full, .85)
	}
	inelastic := .25*background + calls
	if fault > 0 { // more is offered than the line carries, and it does not yield
		full = max(full, 1-.5*math.Exp(-4*fault))
		buffer = max(buffer, 160*math.Pow(fault, .7))
		inelastic = max(inelastic, .97+.075*fault)
		rho = max(rho, .95)
	}
	r := min(rho, .95)
	l.hop = hop{
		delay: .7*buffer*full + .2*r/(1-r),
		dev:   .5 * buffer * min(1, 1.2*math.Sqrt(full*(1-full))+.6*full),
		loss:  .008*full + max(0, (inelastic-.97)/inelastic), kappa: .35, length: 3,
	}
	free := max(.05, 1-.25*background)
	if l.bulkLeft > 0 || fault > 0 {
		free = .6
	}
	l.fairKbps = l.mbps * 1000 * free / float64(max(1, l.callers))
	return l.hop
}

// use records a caller's traffic for the next step.
func (l *link) use(kbps float64) {
	l.nowCallers++
	l.nowKbps += kbps
}

// accessPoint is a Wi-Fi cell; its channel's load is shared by its clients.
type accessPoint struct {
	name    string // "Lisbon office ap 2"; "" at home
	rng     *rand.Rand
	ghz2    bool    // 2.4 GHz: slower, busier, reaches further
	u0      float64 // ordinary channel utilisation
	x       float64
	tick    int64
	burdens burdens // the troubles of this one, now
}

func newAccessPoint(r *rand.Rand, ghz2, atHome bool) *accessPoint {
	median := .11
	if ghz2 {
		median = .22
	}
	if atHome {
		median *= 1.2
	}
	return &accessPoint{rng: r, ghz2: ghz2, u0: min(.7, median*math.Exp(.6*r.NormFloat64())), x: .45 * r.NormFloat64()}
}

func (a *accessPoint) step(tick int64, rh *rhythm) {
	if a.tick == tick {
		return
	}
	a.tick = tick
	a.x = rh.air.next(a.x, a.rng)
}

// utilisation is how full the channel is, 0 to .95, with a trouble of that strength. Without one it stays below where
// everybody there would feel it: what several people feel together is a fault, and the truth must know it.
func (a *accessPoint) utilisation(fault float64) float64 {
	return clamp(min(a.u0*math.Exp(a.x), .75)+.72*fault, 0, .95)
}

// radioHop turns signal and channel load u into delay and loss: a knee around the sensitivity of the radio, not a slope.
func radioHop(ghz2 bool, u, rssi float64, up bool) hop {
	r50 := -81.0
	if ghz2 {
		r50 = -84
	}
	q := 1 - (1-1/(1+math.Exp((rssi-r50)/2.5)))*(1-.03-.35*u*u)
	q = min(q, .9)
	m := min(150, .7*(1+math.Exp2((-65-rssi)/6))/(1-u)*(1+2.5*q/(1-q)))
	sat := normalCDF((u - .95) / .05)
	h := hop{delay: m + 40*sat, dev: .8*m + 2 + 15*sat, loss: min(.9, math.Pow(q, 8)+.0001+.01*sat), kappa: .8, length: 4}
	if !up {
		h.dev *= .8
		h.loss *= .85
	}
	return h
}

// spell is a trouble at a provider while it lasts.
type spell struct {
	city     *city // nil: everywhere
	reach    reach
	up, down float64
}

// reaches reports whether a provider's trouble reaches that customer: seven in ten of those in its region, where nothing else
// is said.
func (x *spell) reaches(q *person) bool {
	if x.city != nil && x.city != q.city {
		return false
	}
	key := uint64(q.role)<<32 | uint64(q.index)
	if q.office != nil { // one line, one answer
		key = 1<<40 | uint64(q.office.index)
	}
	if x.reach.share > 0 {
		return float64(splitmix(x.reach.key^key)>>11)/(1<<53) < x.reach.share
	}
	return splitmix(x.reach.key^key)%10 < 7
}

// step advances a provider. Its ordinary state is nearly perfect, with rare bumps.
func (p *isp) step(rh *rhythm) {
	bump, size := chance(p.noise.rng, rh.dt/12_000), p.noise.rng.ExpFloat64()
	loss := 7e-5
	if bump {
		loss += .03 * size
	}
	p.calm = hop{dev: .5, loss: loss, kappa: .5, length: 4}
}

// hops is what the provider does to a customer's packets, either way.
func (p *isp) hops(q *person) (up, down hop) {
	var sent, got float64
	for i := range p.spells {
		if x := &p.spells[i]; x.reaches(q) {
			sent += x.up
			got += x.down
		}
	}
	return p.calm.lossy(sent), p.calm.lossy(got)
}

// lossy is the hop with a provider's trouble of that strength.
func (h hop) lossy(strength float64) hop {
	if strength > 0 {
		h.loss += .075 * strength
		h.delay += 8 * strength
		h.dev += 6 * strength
		h.length = 8
	}
	return h
}

// hop is what a data centre does to somebody's packets now, either way.
func (dc *dataCentre) hop(p *person) hop {
	h := hop{delay: 1, dev: .3, loss: 2e-5, kappa: .5, length: 4}
	if x := dc.burdens.on(p).up; x > 0 {
		h.delay += 90 * x
		h.dev += 45 * x
		h.loss += .03 * x
	}
	return h
}

// lineHop is the wire between a home and its provider.
func (h *home) lineHop(tick int64, rh *rhythm) hop {
	if h.noise.tick != tick {
		h.noise.tick = tick
		h.noise.x = rh.line.next(h.noise.x, h.noise.rng)
	}
	return hop{dev: .5, loss: h.noisy * math.Exp(h.noise.x), kappa: .5, length: 4}
}

// hourLoad is an office line's share of its peak load by local hour.
func hourLoad(hour int) float64 {
	table := [24]float64{.08, .12, .12, .12, .1, .08, .1, .2, .55, .9, 1, .95, .7, .75, .95, .95, .8, .5, .25, .12, .08, .08, .08, .08}
	return table[hour]
}

// way is one direction of one person's path, all hops together.
type way struct {
	delay, variance, pass, lambda, length float64
}

func (w *way) reset() { *w = way{pass: 1} }

// cross adds a hop.
func (w *way) cross(h hop) {
	w.delay += h.delay
	j := h.kappa * h.dev
	w.variance += j * j
	loss := min(h.loss, .95)
	w.pass *= 1 - loss
	if h.length > 0 {
		w.lambda += loss / h.length
		w.length += loss
	}
}

func (w *way) loss() float64 { return 1 - w.pass }

// burst is the mean burst length over all hops, weighted by their loss.
func (w *way) burst() float64 {
	if w.lambda <= 0 {
		return 1
	}
	return max(1.01, w.length/w.lambda)
}

func (w *way) jitter(own float64) float64 { return own + 1.13*math.Sqrt(w.variance) }
