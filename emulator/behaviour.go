package emulator

import (
	"math"
	"strconv"

	"github.com/earshot/earshot"
)

// behave lets people switch cameras, change headsets and fall out of the meeting.
func (m *meeting) behave(w *World) {
	hour := w.rhythm.dt / 3600
	for _, a := range m.guests {
		s := a.seg
		if s == nil || s.away || s.phone {
			continue
		}
		toggle, swap, drop, bad := m.rng.Float64(), m.rng.Float64(), m.rng.Float64(), .012
		if s.lossUp > .15 && s.lossDown > .15 {
			bad = .5
		}
		m.reroute(w, s)
		m.freshen(w, s)
		switch {
		case toggle < .6*hour && !s.silent:
			s.camera = !s.camera
			m.change(w, s, dataEntry{camera: s.p.computer.camera})
		case swap < .05*hour:
			c := &s.p.computer
			if c.microphone != "" {
				c.sound(s.p.rng)
			}
			m.change(w, s, dataEntry{microphone: c.microphone, speaker: c.speaker})
		case swap > 1-.02*hour:
			m.changed(w, s, nil) // an event that says nothing
		case drop < bad*hour && m.parent == nil && !w.o.Calm:
			m.lose(w, a)
		}
	}
}

// talk decides who speaks in this step.
func (m *meeting) talk(w *World) {
	keep, second, amount := m.rng.Float64(), m.rng.Float64(), between(m.rng, .55, .9)
	x, y := m.rng.Float64(), m.rng.Float64()
	if m.speaker == nil || m.speaker.away || keep > math.Exp(-w.rhythm.dt/14) {
		m.speaker = m.voice(x, nil)
	}
	muted := .92
	switch {
	case m.present <= 3:
		muted = .35
	case m.present <= 8:
		muted = .75
	}
	for _, s := range m.segs {
		s.talk = 0
		s.muted = s.bound || s.p.muteAt < muted
	}
	if m.speaker == nil {
		return
	}
	m.speaker.talk, m.speaker.muted = amount, false
	if other := m.voice(y, m.speaker); other != nil && second < .7 {
		other.talk, other.muted = (1-amount)*second, false
	}
}

// voice chooses a speaker by talkativeness; x is a draw from [0, 1).
func (m *meeting) voice(x float64, but *segment) *segment {
	var sum float64
	for _, s := range m.segs {
		sum += m.weight(s, but)
	}
	if x *= sum; sum == 0 {
		return nil
	}
	var last *segment
	for _, s := range m.segs {
		t := m.weight(s, but)
		if t == 0 {
			continue
		}
		last = s
		if x -= t; x < 0 {
			return s
		}
	}
	return last
}

func (m *meeting) weight(s, but *segment) float64 {
	if s == but || s.away || s.silent || s.bound {
		return 0
	}
	t := s.p.talkative
	if s.p.trouble.uplink > 0 || s.p.trouble.headset > 0 {
		t = max(t, 2) // whoever is badly heard is asked to say it again
	}
	return t
}

// share starts and ends the sharing of a screen, and moves its content.
func (m *meeting) share(w *World) {
	x, change, noise := m.rng.Float64(), m.rng.ExpFloat64(), m.rng.NormFloat64()
	state := weighted(m.rng, 60, 30, 10)
	m.shareNoise = noise
	if m.shareLeft -= w.rhythm.dt; m.shareLeft <= 0 {
		m.shareLeft, m.shareKind = 40*change, state
	}
	on := m.shareAt != 0 && w.now >= m.shareAt && w.now < m.shareEnd
	switch {
	case !on:
		m.sharer = nil
	case m.sharer == nil || m.sharer.away:
		m.sharer = nil
		var able []*segment
		for _, s := range m.segs {
			if !s.away && !s.silent && !s.phone && s.p.role != room {
				able = append(able, s)
			}
		}
		if len(able) > 1 {
			m.sharer = able[int(x*float64(len(able)))]
		}
	}
}

func (m *meeting) shareKbps() float64 {
	return []float64{40, 300, 1400}[m.shareKind] * math.Exp(.3*m.shareNoise)
}

func (m *meeting) shareFPS() float64 {
	return max(1, []float64{2, 7, 22}[m.shareKind]+.8*m.shareNoise)
}

// tell sends the data event of somebody who has just joined.
func (m *meeting) tell(w *World, s *segment, a *attendance) {
	if !s.p.reported || s.phone || s.p.hidden.data {
		return
	}
	d := s.data
	d.full = s.p.role != guest || splitmix(uint64(s.p.index))%2 == 0
	ts := w.stamp(s.joined, 2600)
	w.emit(ts, w.enc.dataEvent(&m.head, &s.who, ts, &d))
}

// dataOf is what Zoom knows about a participant's computer and network.
func (m *meeting) dataOf(s *segment, now earshot.Instant) dataEntry {
	p, c := s.p, &s.p.computer
	network, public, internal, stale := p.told(now)
	s.stale = stale
	port := 49_152 + int(splitmix(uint64(p.index)*977+uint64(len(s.who.id))+uint64(m.root().nextID))%12_000)
	d := dataEntry{
		full: true, device: c.device, location: p.city.name + " (" + p.city.country + ")", networkType: network, microphone: c.microphone,
		speaker: c.speaker, camera: c.camera, dataCentre: s.dc.name, connectionType: "UDP", pcName: c.pcName, mac: c.mac, disk: c.disk,
		version: c.version, public: public.String(), internal: internal.String(), signalPort: strconv.Itoa(port),
		audioPort: strconv.Itoa(port + 2), videoPort: strconv.Itoa(port + 3), sharePort: strconv.Itoa(port + 4),
		destination: s.dc.address.Next().String(), destinationPort: "8801", detail: c.detail, client: c.client,
	}
	s.route = p.route()
	if s.route.tcp {
		d.connectionType, d.destinationPort = "SSL", "443"
	}
	if p.role == staff && c.device == "Windows" && !c.web {
		d.domain = "CORP"
	}
	if p.role == guest {
		d.device = ""
	}
	if p.hidden.centre { // nor the address from which it could be told
		d.dataCentre, d.destination, d.destinationPort = "", "", ""
	}
	return d
}

// reroute tells when somebody's media has begun to take another way: over TCP, through a VPN, or back.
func (m *meeting) reroute(w *World, s *segment) {
	r := s.p.route()
	if r == s.route {
		return
	}
	var d dataEntry
	if r.vpn != s.route.vpn {
		public, internal := s.p.addresses()
		d.public, d.internal = public.String(), internal.String()
		s.data.public, s.data.internal = d.public, d.internal
	}
	if r.tcp != s.route.tcp {
		d.connectionType, d.destinationPort = "UDP", "8801"
		if r.tcp {
			d.connectionType, d.destinationPort = "SSL", "443"
		}
		s.data.connectionType, s.data.destinationPort = d.connectionType, d.destinationPort
	}
	s.route = r
	if s.p.reported && !s.p.hidden.data {
		ts := w.stamp(w.now, 700)
		w.emit(ts, w.enc.dataEvent(&m.head, &s.who, ts, &d))
	}
}

// freshen tells the network that somebody has been in for a while, once Zoom notices.
func (m *meeting) freshen(w *World, s *segment) {
	if !s.stale {
		return
	}
	network, public, internal, stale := s.p.told(w.now)
	if stale {
		return
	}
	s.stale = false
	d := dataEntry{networkType: network, public: public.String(), internal: internal.String()}
	s.data.networkType, s.data.public, s.data.internal = d.networkType, d.public, d.internal
	m.changed(w, s, &d)
}

// change applies and tells a partial change of somebody's data.
func (m *meeting) change(w *World, s *segment, d dataEntry) {
	if d.microphone == "" && d.camera == "" {
		return // a guest's devices are not told
	}
	if d.microphone != "" {
		s.data.microphone, s.data.speaker = d.microphone, d.speaker
	}
	m.changed(w, s, &d)
}

func (m *meeting) changed(w *World, s *segment, d *dataEntry) {
	if !s.p.reported || s.phone || s.p.hidden.data {
		return
	}
	ts := w.stamp(w.now+earshot.Instant(m.rng.Int64N(int64(w.step))), 700)
	w.emit(ts, w.enc.dataEvent(&m.head, &s.who, ts, d))
}
