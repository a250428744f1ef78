package cause

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// What the emulator's worlds showed: each of these was once answered wrongly.

// An office reports before the rest of its carrier's customers: what was said of the office is taken back.
func TestOfficeIsHeardBeforeItsCarrier(t *testing.T) {
	w := carriers(t)
	for _, p := range w.people {
		if in(p, "home") || in(p, "nice") {
			p.phase = 40 + p.n%20
		} else if in(p, "lyon") {
			p.phase = p.n % 15
		}
	}
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && p.cells.ISP == "Orange" {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.found("isp Orange", 8*time.Minute)
	w.onlyFaults("isp Orange")
	w.mostly(.95, "everybody", func(string, int) bool { return true }, earshot.CauseISP)
}

// When the homes hang up, an established fault of the carrier does not become the office's.
func TestEstablishedFaultKeepsItsPeople(t *testing.T) {
	w := carriers(t)
	w.run(26, func(m int, p *citizen) state {
		gone := m >= 14 && (in(p, "home") && p.n%4 != 0 || in(p, "nice"))
		switch {
		case gone:
			return state{absent: true}
		case during(m, 5, 22) && p.cells.ISP == "Orange":
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.mostly(.95, "lyon, late", func(n string, m int) bool { return named("lyon")(n, m) && m >= 15 }, earshot.CauseISP)
}

// Somebody whose round trip was always long is far away, not in trouble; when it grows for everybody, something is wrong.
func TestDistanceIsNobodysFault(t *testing.T) {
	w := usual(t)
	far := func(p *citizen) bool { return p.cells.ISP == "Telia" }
	slow := func(ms float64) func(*Direct) { return func(d *Direct) { d.LatencyMs = ms } }
	w.run(30, func(m int, p *citizen) state {
		switch {
		case during(m, 20, 26) && p.cells.DataCenter == "DE":
			return state{receive: earshot.Poor, send: earshot.Poor, direct: func(d *Direct) { late(d); d.LatencyMs = 420 }}
		case far(p):
			return state{receive: earshot.Fair, send: earshot.Fair, direct: slow(230)}
		}
		return state{}
	})
	w.onlyFaults("data-center DE")
	w.found("data-center DE", 23*time.Minute)
}

// A site whose people all sit in one meeting: a bad sender would be heard by all, a fault of the site hits some.
func TestSiteInOneMeeting(t *testing.T) {
	w := usual(t)
	w.add("bern", 24, 24, office(9, "Swisscom", "DE"), func(i int, p *citizen) { p.cam, p.talk = false, false })
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && in(p, "bern") && p.n%5 < 3 {
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.mostly(.9, "members", named("bern"), earshot.CauseLocalNetwork)
}

// Where everybody is on Wi-Fi, symptoms choose between the air and the line behind it.
func TestSymptomsOfAirAndLine(t *testing.T) {
	for _, x := range []struct {
		name string
		bad  func(*Direct)
		want earshot.Cause
	}{
		{"lossy", func(d *Direct) { d.SendLossPct, d.ReceiveLossPct = 8, 8 }, earshot.CauseLocalNetwork},
		{"uneven", func(d *Direct) {
			d.SendLossPct, d.ReceiveLossPct, d.AudioSendLossPct, d.VideoSendLossPct, d.SendJitterMs, d.ReceiveJitter = .2, .2, .2, .2, 52, 50
		}, earshot.CauseWifi},
	} {
		w := usual(t)
		w.add("bern", 20, 4, office(9, "Orange", "DE"), func(i int, p *citizen) { p.cells.NetworkType = "Wifi" })
		w.mingle(5)
		w.run(16, func(m int, p *citizen) state {
			if during(m, 5, 12) && in(p, "bern") {
				return state{receive: earshot.Bad, send: earshot.Bad, direct: x.bad}
			}
			return state{}
		})
		w.mostly(.9, x.name, named("bern"), x.want)
	}
}

// A signal that is always weak, and harmless, does not take a fault's blame.
func TestChronicallyWeakSignal(t *testing.T) {
	w := usual(t)
	w.run(24, func(m int, p *citizen) state {
		s := state{}
		if p.name == "home-2" {
			s.rssi = -80
		}
		if during(m, 14, 20) && p.cells.DataCenter == "FR" {
			s.receive, s.send = earshot.Bad, earshot.Bad
		}
		return s
	})
	w.mostly(.9, "the weak one", is("home-2"), earshot.CauseZoomEdge)
}
