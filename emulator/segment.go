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
	here   bool // takes part in this step
	silent bool // webinar attendee: receives only
	bound  bool // the audio comes over a telephone

	camera, muted bool
	stale         bool      // Zoom still tells the network that the person was in before
	data          dataEntry // the effective state, for the summary

	talk   float64 // share of this step
	luck   luck
	view              // how this step is
	kept   view       // the same, while another view of the step is looked at
	before view       // how the step before was; only where the truth is kept
	hind   *hindsight // nil: no trouble touches the meeting
	route  route      // as last told on the wire

	acc   reportAcc
	total summary
	dueIn int             // steps until the next report
	phase earshot.Instant // ms into the step
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

// travel computes what the network and the computer do to this segment in this step. It draws nothing: see draw.
func (s *segment) travel(w *World, tiles int) {
	p, rh := s.p, &w.rhythm
	s.up.reset()
	s.down.reset()
	s.enter(w)
	access := 2.0
	switch {
	case p.office != nil:
		o := p.office
		hour := w.hourLoad[o.index]
		o.up.step(w.tick, rh, hour)
		o.down.step(w.tick, rh, hour)
		b := o.burdens.on(p)
		s.up.cross(o.up.under(b.up))
		s.down.cross(o.down.under(b.down))
	case p.home != nil:
		h := p.home
		access = h.access
		h.up.step(w.tick, rh, 1)
		h.down.step(w.tick, rh, 1)
		s.up.cross(h.up.under(0))
		s.down.cross(h.down.under(0))
		line := h.lineHop(w.tick, rh)
		s.up.cross(line)
		s.down.cross(line)
	default:
		access = 30
	}
	s.fairUp, s.fairDown = fairShare(s.line())
	s.carry(w)
	if up, down, on := p.blip.hops(); on {
		s.up.cross(up)
		s.down.cross(down)
	}
	if x := p.trouble.uplink; x > 0 {
		s.up.cross(hop{delay: 25 * x, dev: 40 * x, loss: .12 * x, kappa: .4, length: 5})
	}
	s.computer(tiles)
	s.land(access)
}

// enter crosses the access: cable, radio or cellular network.
func (s *segment) enter(w *World) {
	p := s.p
	switch p.access {
	case wired:
		s.up.cross(hop{delay: .3, dev: .2, kappa: .5})
	case wifi5, wifi2:
		b := p.point.burdens.on(p)
		weak, busy := p.trouble.wifi+b.weak, b.busy
		if p.office != nil {
			b = p.office.burdens.on(p)
			weak += b.weak
			busy += b.busy
		}
		mean := p.rssiMean
		if weak > 0 {
			mean = min(mean, -63-20*weak)
		}
		s.rssi = mean + p.radio
		if p.dipFor > 0 {
			s.rssi -= p.dip
		}
		s.rssi = clamp(s.rssi, -92, -28)
		p.point.step(w.tick, &w.rhythm)
		u := p.point.utilisation(busy)
		s.up.cross(radioHop(p.point.ghz2, u, s.rssi, true))
		s.down.cross(radioHop(p.point.ghz2, u, s.rssi, false))
	case cellular:
		x, e := math.Exp(p.mobile.x), p.mobile.edge
		loss := .0012*x*e + s.luck.handover
		s.up.cross(hop{delay: 10 * x * math.Sqrt(e), dev: 9 * x * math.Sqrt(e), loss: loss, kappa: .7, length: 6})
		s.down.cross(hop{delay: 6 * x * math.Sqrt(e), dev: 6 * x * math.Sqrt(e), loss: .7 * loss, kappa: .7, length: 6})
	}
}

// carry crosses what lies between the line and Zoom: VPN, provider, data centre.
func (s *segment) carry(w *World) {
	p := s.p
	v, x := p.vpn, p.trouble.detour
	if v == nil && x > 0 {
		v = p.trouble.via
	}
	if v != nil {
		v.up.step(w.tick, &w.rhythm, 1)
		v.down.step(w.tick, &w.rhythm, 1)
		b := v.burdens.on(p)
		s.up.cross(v.up.under(b.up))
		s.down.cross(v.down.under(b.down))
	}
	if x > 0 { // a concentrator far away
		far := hop{delay: 90 * x, dev: 9 * x, loss: .001 * x, kappa: .5, length: 4}
		s.up.cross(far)
		s.down.cross(far)
	}
	up, down := p.provider.hops(p)
	s.up.cross(up)
	s.down.cross(down)
	centre := s.dc.hop(p)
	s.up.cross(centre)
	s.down.cross(centre)
}

// computer says how much too busy the machine is: with other programs, with Zoom and tiles cameras to show.
func (s *segment) computer(tiles int) {
	p, wobble := s.p, s.luck.wobble
	other := 5 + 9*math.Exp(.5*p.load) + 2*wobble
	if p.spike > 0 {
		other = max(other, 78+4*wobble)
	}
	other += p.trouble.cpu * (80 + 8*wobble)
	zoom := 3 + .35*float64(min(25, tiles))
	if s.camera {
		zoom += 4
	}
	if s.flows[shareSend].active {
		zoom += 4
	}
	if s.flows[shareReceive].active {
		zoom += 2
	}
	zoom = max(1, zoom*p.computer.factor*(1+.8*p.trouble.version)+wobble)
	demand := zoom + max(0, other)
	s.over = clamp((demand-88)/12, 0, 2.5)
	s.zoom, s.system = zoom*min(1, 100/demand), min(100, demand)
}

// land turns the path into what is measured: a round trip, a jitter and a loss for either direction.
func (s *segment) land(access float64) {
	p, l := s.p, &s.luck
	s.rtt = s.baseMs + access + 8 + s.up.delay + s.down.delay + 25*s.over
	own := p.computer.ownJitterMs * math.Exp(.15*l.own)
	s.jitterUp = s.up.jitter(own) + 6*s.over
	s.jitter = s.down.jitter(own) + 6*s.over
	s.lossUp = bursts(l.up, 400, s.up.loss(), s.up.burst())
	s.lossDown = bursts(l.down, 400, s.down.loss(), s.down.burst())
	s.audioLoss = s.lossUp
	if x := p.trouble.headset; x > 0 {
		s.jitterUp += 48 * x
		s.audioLoss = 1 - (1-s.audioLoss)*(1-.05*x)
	}
	if x := p.trouble.version; x > 0 { // a client that paces and buffers badly
		s.rtt += 60 * x
		s.jitterUp += 32 * x
		s.jitter += 32 * x
	}
	if s.tcp = p.tcp || p.trouble.blocked > 0; !s.tcp {
		return
	}
	// What is lost is sent again: late instead. Where the fallback is a trouble, a proxy makes it worse.
	x := 0.0
	if !p.tcp {
		x = p.trouble.blocked
	}
	s.rtt += 15 + 60*x + 300*(s.lossUp+s.lossDown)
	s.jitterUp += 6 + 30*x + 300*s.lossUp
	s.jitter += 6 + 30*x + 300*s.lossDown
	s.lossUp, s.lossDown, s.audioLoss = 0, 0, 0
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

// fairShare is what one caller may use of a line, either way; a lot where there is none.
func fairShare(up, down *link) (kbpsUp, kbpsDown float64) {
	if up == nil {
		return 12_000, 12_000
	}
	return up.fairKbps, down.fairKbps
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
