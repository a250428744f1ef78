package emulator

// view is one step of one segment, as it is under the troubles that are imposed: what its path does and what its streams
// are. A step can be viewed several times, with and without a trouble, and only the first view counts; the others are for
// the truth (see hindsight).
type view struct {
	up, down         way
	rtt              float64
	jitterUp, jitter float64 // ms, own streams sent, received
	lossUp, lossDown float64 // what this step lost
	audioLoss        float64 // of the audio sent, headset dropouts included
	over             float64 // how much too busy the computer is, 0 to 2.5
	zoom, system     float64 // percent of the CPU: the client's, everything's
	rssi             float64
	tcp              bool    // media goes over TCP: what is lost is sent again
	fairUp, fairDown float64 // kbps that the line has for one caller

	sender, receiver rate
	flows            [streamCount]flow
}

// luck is what chance has in store for one segment in one step. It is drawn once and read by every view of the step, and how
// much is drawn depends on no trouble.
type luck struct {
	handover  float64 // extra loss of a change of cell
	wobble    float64 // of the computer's load
	own       float64 // of the device's own jitter
	up, down  uint64  // bursts of loss
	sending   [3]float64
	receiving [2]float64
}

// draw advances what is this person's alone, radio, cell and computer, and draws the step's luck. inMeeting is false for
// telephone calls, whose streams have noise of their own.
func (s *segment) draw(rh *rhythm, inMeeting bool) {
	p, l := s.p, &s.luck
	if rh.blip > 0 && inMeeting {
		p.blip.draw(p.rng, rh.blip, rh.dt)
	}
	switch p.access {
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
	case cellular:
		p.mobile.x = rh.cell.next(p.mobile.x, p.rng)
		change, size := chance(p.rng, .012*rh.dt/6), p.rng.ExpFloat64()
		l.handover = 0
		if change {
			l.handover = .02 * size
		}
	}
	p.load = rh.cpu.next(p.load, p.rng)
	start, length, wobble := chance(p.rng, .25*rh.dt/3600), between(p.rng, 120, 500), p.rng.NormFloat64()
	if p.spike -= rh.dt; start && p.spike <= 0 {
		p.spike = length
	}
	l.wobble, l.own = wobble, p.rng.NormFloat64()
	l.up, l.down = p.rng.Uint64(), p.rng.Uint64()
	if !inMeeting {
		return
	}
	for i := range l.sending {
		l.sending[i] = p.rng.NormFloat64()
	}
	for i := range l.receiving {
		l.receiving[i] = p.rng.NormFloat64()
	}
}
