package cause

import (
	"math"

	"github.com/earshot/earshot"
)

// hazards are −log(1−probability) by cause; CauseUnknown's is the person's own background.
type hazards [earshot.CauseCount]float64

func (h *hazards) sum() (s float64) {
	for _, v := range h {
		s += v
	}
	return s
}

func hazard(q float64) float64 { return -math.Log1p(-q) }

// baseRate is the person's own share of minutes with trouble, shrunk towards everybody's: a chronically poor line at home
// must not vote for its carrier every day.
func (e *Engine) baseRate(t *track, way, channel int) float64 {
	base := [channels]float64{e.p.BaseBad, e.p.BaseFair}[channel]
	p := t.person
	x := (p.trouble[way][channel] + e.p.BaseWeight*base) / (p.minutes[way] + e.p.BaseWeight)
	return min(max(x, e.p.BaseLeast), e.p.BaseMost)
}

// around is what the two minutes on either side of a minute look like.
type around struct{ hot, bothWays, oneWay, minutes int }

func (e *Engine) lookAround(t *track, i int) (a around) {
	at := t.minutes[i].last
	for j := range t.seen() {
		m := &t.minutes[j]
		if d := m.last - at; d > 130_000 || d < -130_000 {
			continue
		}
		a.minutes++
		if e.isHot(m) {
			a.hot++
		}
		switch {
		case m.trouble(receiving, bad) && (m.trouble(sending, bad) || !m.classified(sending)):
			a.bothWays++
		case m.trouble(sending, bad) && !m.trouble(receiving, fair):
			a.oneWay++
		}
	}
	return a
}

// despite is how far evidence still counts when the same was there in other minutes and harmed nobody: somebody whose signal
// is always weak does not suffer from it today.
func (t *track) despite(i int, same func(*minute) bool) float64 {
	const doubt = 4 // harmless minutes that halve it
	harmless := 0.
	for j := range t.seen() {
		m := &t.minutes[j]
		if j != i && same(m) && (m.classified(receiving) || m.classified(sending)) && !m.trouble(receiving, fair) && !m.trouble(sending, fair) {
			harmless++
		}
	}
	return doubt / (doubt + harmless)
}

// isHot reports whether the computer was starved; unknown is not.
func (e *Engine) isHot(m *minute) bool {
	return float64(m.cpu) >= e.p.BusyCPU || float64(m.pressure) >= e.p.Pressure
}

// private returns the hazards of the person's own causes in one way of one minute.
func (e *Engine) private(t *track, i, way int) (h hazards) {
	m := &t.minutes[i]
	h[earshot.CauseUnknown] = hazard(min(.35, e.baseRate(t, way, bad)))
	if way == computing {
		return h
	}
	if m.symptomOf(way) == symptomLate && e.isFar(t, m) {
		h[earshot.CauseUnknown] += hazard(.5) // nobody's fault
	}
	a := e.lookAround(t, i)
	if e.isHot(m) {
		x := hazard(e.p.QCPU) * t.despite(i, e.isHot)
		if a.hot < 2 {
			x *= e.p.SingleHot
		}
		h[earshot.CauseDevice] += x
	}
	if way == sending {
		h[earshot.CauseDevice] += e.capture(m)
	}
	h[earshot.CauseWifi] = e.radio(m, a, h[earshot.CauseUnknown])
	if known(m.rssi) && h[earshot.CauseWifi] > 0 {
		h[earshot.CauseWifi] *= t.despite(i, func(o *minute) bool { return o.rssi <= m.rssi+2 })
	}
	if m.isOnlyLate() { // weak radios and busy computers lose and shake packets, too
		h[earshot.CauseWifi] *= .2
		h[earshot.CauseDevice] *= .3
	}
	e.ownPath(m, a, way, &h)
	if m.flags.has(flagLowBandwidth) {
		h[earshot.CauseDevice] *= .5
		h[earshot.CauseWifi] *= 2
		h[earshot.CauseISP] *= 2
	}
	if way == receiving && m.remote > 0 {
		h[earshot.CauseRemote] = hazard(float64(m.remote))
	}
	return h
}

// capture is the hazard of a broken microphone or camera: its stream is bad while the other and everything received are
// fine. Without the other stream a microphone shows by what little it sends, unevenly more than lossily, over a network that
// brings everything evenly.
func (e *Engine) capture(m *minute) float64 {
	if m.trouble(receiving, bad) {
		return 0
	}
	if !known(m.video.kbps) && m.audio.kbps < 40 && m.audio.jitter >= 35 && m.audio.loss < 8 && m.receiveJitter < 18 && m.receiveLoss < 3 {
		if m.rssi <= float32(e.p.WeakDBm) {
			return hazard(e.p.QCapture / 4)
		}
		return hazard(e.p.QCapture / 2)
	}
	videoClean := known(m.video.kbps) && m.video.kbps > 0 && m.video.loss < 1
	audioClean := !(m.audio.loss >= 1) && !(m.audio.jitter >= 30) // also a muted one
	switch {
	case videoClean && m.receiveJitter < 20 && !(m.sendJitter > 1.05*m.audio.jitter) && (m.audio.loss >= 2 || m.audio.jitter >= 30):
		return hazard(e.p.QCapture)
	case audioClean && m.video.fps <= 12 && videoClean && !(m.sendJitter >= 30) && !e.isHot(m):
		return hazard(e.p.QCapture)
	}
	return 0
}

// radio is the hazard of the person's own Wi-Fi. Without a signal reading it is what Wi-Fi people have more than wired ones
// of lasting trouble both ways with a machine that is fine.
func (e *Engine) radio(m *minute, a around, background float64) float64 {
	if !m.attrs.wifi {
		return 0
	}
	switch rssi := float64(m.rssi); {
	case rssi <= e.p.VeryWeakDBm:
		return hazard(e.p.QVeryWeak)
	case rssi <= e.p.WeakDBm:
		return hazard(e.p.QWeak)
	case known(m.rssi):
		return 0
	}
	if a.bothWays >= 3 && known(m.cpu) && m.cpu < 85 {
		return background * e.p.WifiShare / (1 - e.p.WifiShare)
	}
	return .003
}

// ownPath are the hazards of what lies between one person and Zoom: a long way through a VPN, a fallback from UDP, the line
// at home.
func (e *Engine) ownPath(m *minute, a around, way int, h *hazards) {
	late := m.latency >= 200
	lossy := m.sendLoss >= 2 || m.receiveLoss >= 2
	k := &m.attrs.key
	switch {
	case k.vpn != "" && late && !lossy:
		h[earshot.CauseVPN] += hazard(e.p.QVPN)
	case k.via != "" && !lossy && (late || m.sendJitter >= 30 || m.receiveJitter >= 30):
		h[earshot.CauseLocalNetwork] += hazard(e.p.QTransport)
	case way == sending && k.derived && k.vpn == "" && a.oneWay >= 2 && m.symptomOf(sending) == symptomLoss && m.sendLoss >= 2 && !e.isHot(m) && h[earshot.CauseDevice] == 0:
		if !m.attrs.wifi || float64(m.rssi) > e.p.WeakDBm {
			h[earshot.CauseISP] += hazard(e.p.QLine)
		}
	}
}
