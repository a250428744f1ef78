package emulator

import (
	"math"

	"github.com/earshot/earshot"
)

// segment is one join of one person (or telephone), from join to leave, under one in-meeting id.
type segment struct {
	p      *person
	who    participantHead
	dc     *dataCentre
	baseMs float64 // round trip by distance alone, through the VPN's detour where there is one
	joined earshot.Instant
	phone  bool // a telephone leg: audio only, no data
	away   bool // in a breakout room: this segment says nothing meanwhile
	silent bool // webinar attendee: receives only
	bound  bool // the audio comes over a telephone

	camera, muted bool
	data          dataEntry // the effective state, for the summary

	up, down         way
	rtt              float64
	jitterUp, jitter float64 // ms, own streams sent, received
	lossUp, lossDown float64 // what this step lost
	audioLoss        float64 // of the audio sent, headset dropouts included
	over             float64 // how much too busy the computer is, 0 to 2.5
	talk             float64 // share of this step
	rssi             float64

	sender, receiver rate
	flows            [streamCount]flow
	acc              reportAcc
	total            summary
	dueIn            int             // steps until the next report
	phase            earshot.Instant // ms into the step
}

// flow is one stream during one step.
type flow struct {
	active                           bool
	kbps, latency, jitter, loss, fps float64 // loss as a share
	width, height                    int
}

// peer is what the other end of the media is called on the wire.
func (s *segment) peer() earshot.Peer {
	switch {
	case s.phone:
		return earshot.PeerClient
	case s.p.computer.crc:
		return earshot.PeerCRC
	case s.p.computer.web:
		return earshot.PeerRWG
	}
	return earshot.PeerClient
}

// travel computes what the network does to this segment in this step. The number of draws from the person's generator
// does not depend on any trouble.
func (s *segment) travel(w *World) {
	p, rh := s.p, &w.rhythm
	s.up.reset()
	s.down.reset()
	s.enter(w)
	access := 2.0
	switch {
	case p.office != nil:
		o := p.office
		hour := w.hourLoad[o.index]
		o.up.step(w.tick, rh, hour, o.troubleUp)
		o.down.step(w.tick, rh, hour, o.troubleDown)
		s.up.cross(o.up.hop)
		s.down.cross(o.down.hop)
	case p.home != nil:
		h := p.home
		access = h.access
		h.up.step(w.tick, rh, 1, 0)
		h.down.step(w.tick, rh, 1, 0)
		s.up.cross(h.up.hop)
		s.down.cross(h.down.hop)
		line := h.lineHop(w.tick, rh)
		s.up.cross(line)
		s.down.cross(line)
	default:
		access = 30
	}
	s.carry(w)
	if x := p.trouble.uplink; x > 0 {
		s.up.cross(hop{delay: 25 * x, dev: 40 * x, loss: .12 * x, kappa: .4, length: 5})
	}
	s.computer(w)
	s.land(access)
}

// enter crosses the access: cable, radio or cellular network.
func (s *segment) enter(w *World) {
	p, rh := s.p, &w.rhythm
	switch p.access {
	case wired:
		s.up.cross(hop{delay: .3, dev: .2, kappa: .5})
	case wifi5, wifi2:
		p.radio = rh.radio.next(p.radio, p.rng)
		dips := rh.dt / 60 / 90
		if p.mover {
			dips = rh.dt / 60 / 4
		}
		start, length, depth := chance(p.rng, dips), 15+50*p.rng.ExpFloat64(), 5+4*p.rng.ExpFloat64()
		if p.dipFor -= rh.dt; start && p.dipFor <= 0 {
			p.dipFor, p.dip = length, depth
		}
		mean := p.rssiMean
		if x := p.trouble.wifi; x > 0 {
			mean = min(mean, -63-20*x)
		}
		s.rssi = mean + p.radio
		if p.dipFor > 0 {
			s.rssi -= p.dip
		}
		s.rssi = clamp(s.rssi, -92, -28)
		var air float64
		if p.office != nil {
			air = p.office.busyAir
		}
		p.point.step(w.tick, rh, air)
		s.up.cross(radioHop(p.point, s.rssi, 0, rh.dt, true))
		s.down.cross(radioHop(p.point, s.rssi, 0, rh.dt, false))
	case cellular:
		p.mobile.x = rh.cell.next(p.mobile.x, p.rng)
		handover, size := chance(p.rng, .012*rh.dt/6), p.rng.ExpFloat64()
		x, e := math.Exp(p.mobile.x), p.mobile.edge
		loss := .0012 * x * e
		if handover {
			loss += .02 * size
		}
		s.up.cross(hop{delay: 10 * x * math.Sqrt(e), dev: 9 * x * math.Sqrt(e), loss: loss, kappa: .7, length: 6})
		s.down.cross(hop{delay: 6 * x * math.Sqrt(e), dev: 6 * x * math.Sqrt(e), loss: .7 * loss, kappa: .7, length: 6})
	}
}

// carry crosses what lies between the line and Zoom: VPN, provider, data centre.
func (s *segment) carry(w *World) {
	p := s.p
	if v := p.vpn; v != nil {
		v.up.step(w.tick, &w.rhythm, 1, v.troubleUp)
		v.down.step(w.tick, &w.rhythm, 1, v.troubleDown)
		s.up.cross(v.up.hop)
		s.down.cross(v.down.hop)
	}
	up, down := p.provider.up, p.provider.down
	if !p.provider.reaches(p) {
		up, down = p.provider.calm, p.provider.calm
	}
	s.up.cross(up)
	s.down.cross(down)
	s.up.cross(s.dc.hop)
	s.down.cross(s.dc.hop)
}

// computer advances the other programs and says how much too busy the machine is.
func (s *segment) computer(w *World) {
	p := s.p
	p.load = w.rhythm.cpu.next(p.load, p.rng)
	start, length, wobble := chance(p.rng, .25*w.rhythm.dt/3600), between(p.rng, 120, 500), p.rng.NormFloat64()
	if p.spike -= w.rhythm.dt; start && p.spike <= 0 {
		p.spike = length
	}
	other := 5 + 9*math.Exp(.5*p.load) + 2*wobble
	if p.spike > 0 {
		other = max(other, 78+4*wobble)
	}
	other += p.trouble.cpu * (80 + 8*wobble)
	zoom := 3 + .35*float64(min(25, w.tiles))
	if s.camera {
		zoom += 4
	}
	if s.flows[shareSend].active {
		zoom += 4
	}
	if s.flows[shareReceive].active {
		zoom += 2
	}
	zoom = max(1, zoom*p.computer.factor+wobble)
	demand := zoom + max(0, other)
	s.over = clamp((demand-88)/12, 0, 2.5)
	s.acc.cpu(zoom*min(1, 100/demand), min(100, demand))
}

// land turns the path into what is measured: a round trip, a jitter and a loss for either direction.
func (s *segment) land(access float64) {
	p := s.p
	s.rtt = s.baseMs + access + 8 + s.up.delay + s.down.delay + 25*s.over
	own := p.computer.ownJitterMs * math.Exp(.15*p.rng.NormFloat64())
	s.jitterUp = s.up.jitter(own) + 6*s.over
	s.jitter = s.down.jitter(own) + 6*s.over
	a, b := p.rng.Uint64(), p.rng.Uint64()
	s.lossUp = bursts(a, 400, s.up.loss(), s.up.burst())
	s.lossDown = bursts(b, 400, s.down.loss(), s.down.burst())
	s.audioLoss = s.lossUp
	if x := p.trouble.headset; x > 0 {
		s.jitterUp += 48 * x
		s.audioLoss = 1 - (1-s.audioLoss)*(1-.05*x)
	}
	if p.tcp { // what is lost is sent again: late instead
		s.rtt += 15 + 300*(s.lossUp+s.lossDown)
		s.jitterUp += 6 + 300*s.lossUp
		s.jitter += 6 + 300*s.lossDown
		s.lossUp, s.lossDown, s.audioLoss = 0, 0, 0
	}
}

// line is the link that the segment shares with its neighbours in either direction, nil on the move.
func (s *segment) line() (up, down *link) {
	switch {
	case s.p.office != nil:
		return &s.p.office.up, &s.p.office.down
	case s.p.home != nil:
		return &s.p.home.up, &s.p.home.down
	}
	return nil, nil
}

// account records the step's traffic on the lines that it used.
func (s *segment) account() {
	up, down := s.line()
	if up == nil {
		return
	}
	sent := s.flows[audioSend].kbps + s.flows[videoSend].kbps + s.flows[shareSend].kbps
	got := s.flows[audioReceive].kbps + s.flows[videoReceive].kbps + s.flows[shareReceive].kbps
	up.use(sent)
	down.use(got)
	if v := s.p.vpn; v != nil {
		v.up.use(sent)
		v.down.use(got)
	}
}
