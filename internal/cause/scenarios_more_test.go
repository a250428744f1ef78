package cause

import (
	"math"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// small is a site of three beside a company that is fine.
func small(t *testing.T, meetings bool) *town {
	w := usual(t)
	n := len(w.people)
	w.add("bern", 3, 3, office(9, "Swisscom", "DE"), nil)
	if meetings {
		w.people[n].meeting = w.people[0].meeting
		w.people[n+1].meeting = w.people[20].meeting
	}
	return w
}

func TestSiteOfThree(t *testing.T) {
	w := small(t, true)
	w.run(16, func(m int, p *citizen) state {
		if during(m, 5, 14) && in(p, "bern") {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	if d, ok := w.detected[site(9)]; !ok || d > 9*time.Minute {
		t.Errorf("the site was found after %v (%v), want within four minutes; found %v", d, ok, w.faults)
	}
	late := func(n string, m int) bool { return named("bern")(n, m) && m >= 9 }
	w.mostly(.9, "members", late, earshot.CauseLocalNetwork)
}

func TestSiteOfThreeInOneMeeting(t *testing.T) {
	w := small(t, false)
	w.run(16, func(m int, p *citizen) state {
		if during(m, 5, 14) && in(p, "bern") {
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.onlyFaults()
	w.mostly(.9, "members", named("bern"), earshot.CauseUnknown, earshot.CauseRemote)
}

func TestGoneHomeWithStaleAttributes(t *testing.T) {
	w := usual(t)
	w.run(30, func(m int, p *citizen) state {
		if p.name != "lyon-2" || m < 5 {
			return state{}
		}
		s := state{receive: earshot.Bad, send: earshot.Bad, rssi: -79} // a signal, on what is said to be a cable
		if m >= 20 {
			c := home("Free", "FR")
			c.NetworkType = "Wifi"
			s.cells = &c
		}
		return s
	})
	w.onlyFaults()
	for s, v := range w.sealed {
		if v.Cause == earshot.CauseLocalNetwork {
			t.Errorf("%v: the office is blamed for a home", s)
		}
	}
	known := func(n string, m int) bool { return m >= 21 }
	w.mostly(1, "at home, known", known, earshot.CauseWifi, earshot.CauseUnknown)
	w.mostly(.4, "at home, known", known, earshot.CauseWifi)
}

func TestChronicLine(t *testing.T) {
	w := usual(t)
	w.run(90, func(m int, p *citizen) state {
		switch {
		case p.name == "home-1" && (m%12 == 0 || during(m, 60, 80)):
			return state{receive: earshot.Bad, send: earshot.Poor}
		}
		return state{}
	})
	w.onlyFaults()
	if n := w.troubles["home-1"]; n < 5 {
		t.Errorf("a breakdown of twenty minutes shows %d bad minutes of the last five, want 5", n)
	}
	rate := w.e.baseRate(w.e.tracks[w.people[71].segment], receiving, bad)
	if w.people[71].name != "home-1" || rate < .1 {
		t.Errorf("base rate of %s is %.3f after a bad line, want over 0.1", w.people[71].name, rate)
	}
}

// noisy makes a minute fair with one probability and bad with another.
func (w *town) noisy(fairly, badly float64) state {
	switch x := w.r.Float64(); {
	case x < badly:
		return state{receive: earshot.Poor, send: earshot.Poor}
	case x < badly+fairly:
		return state{receive: earshot.Fair}
	}
	return state{}
}

func TestWeakFault(t *testing.T) {
	w := newTown(t, 5)
	w.add("graz", 100, 5, office(1, "A1", "DE"), nil)
	w.add("home", 150, 5, home("", "DE"), func(i int, p *citizen) { p.cells.ISP = []string{"A1", "Magenta", "Drei"}[i%3] })
	w.mingle(5)
	w.run(45, func(m int, p *citizen) state {
		if during(m, 5, 30) && in(p, "graz") {
			return w.noisy(.35, .07)
		}
		return w.noisy(.02, .004)
	})
	w.found("subnet 10.20.4.0/24", 15*time.Minute) // all of the site: nobody can tell them apart
	w.onlyFaults(site(1), "subnet 10.20.4.0/24")
	for k, l := range w.faults {
		if last := l[len(l)-1]; last > 33 {
			t.Errorf("%s is still held to be faulty in minute %d, three after the end", k, last)
		}
	}
}

func TestTwoFaultsOneEnds(t *testing.T) {
	w := carriers(t)
	w.run(40, func(m int, p *citizen) state {
		if during(m, 5, 18) && in(p, "oslo") || during(m, 8, 32) && p.cells.ISP == "Orange" {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	const oslo = "subnet 10.20.4.0/24" // all of the site
	w.onlyFaults(oslo, "isp Orange")
	if l := w.faults[oslo]; len(l) == 0 || l[len(l)-1] > 21 {
		t.Errorf("oslo was faulty in %v, want until 18 or little longer", l)
	}
	if l := w.faults["isp Orange"]; len(l) == 0 || l[len(l)-1] < 31 {
		t.Errorf("the carrier was faulty in %v, want until 32", l)
	}
}

func TestGuestsOnly(t *testing.T) {
	w := newTown(t, 6)
	w.add("known", 60, 5, home("", "FR"), func(i int, p *citizen) {
		p.cells.DataCenter, p.cells.ISP = []string{"FR", "DE"}[i%2], []string{"Orange", "Free", "Telia"}[i%3]
	})
	w.add("guest", 20, 5, Cells{}, func(i int, p *citizen) { p.guest = true })
	w.mingle(4)
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && (p.cells.DataCenter == "FR" || p.guest && p.n%2 == 0) {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.onlyFaults("data-center FR")
	w.mostly(.9, "guests", named("guest"), earshot.CauseZoomEdge, earshot.CauseUnknown)
	w.mostly(.5, "guests", named("guest"), earshot.CauseZoomEdge)
	if n := len(w.e.persons); n != 80 {
		t.Errorf("%d persons are remembered, want 80", n)
	}
	for _, p := range w.people {
		if x := w.e.persons[p.id]; p.guest && x.minutes[receiving] != 0 {
			t.Fatal("something was learnt about a guest")
		}
	}
}

func TestMutedListeners(t *testing.T) {
	w := usual(t)
	for _, p := range w.people {
		p.cam, p.talk = false, false
	}
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && in(p, "lyon") {
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.found(site(1), 7*time.Minute)
	w.onlyFaults(site(1))
	w.mostly(.95, "members", named("lyon"), earshot.CauseLocalNetwork)
}

func TestCadenceOfFifteenSeconds(t *testing.T) {
	w := usual(t)
	w.cadence = 4
	lyon := func(p *citizen) bool { return in(p, "lyon") }
	w.run(20, func(m int, p *citizen) state {
		switch {
		case during(m, 5, 15) && lyon(p):
			return state{receive: earshot.Bad, send: earshot.Bad}
		case during(m, 5, 15) && w.hears(p, lyon):
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.found(site(1), 7*time.Minute)
	w.onlyFaults(site(1))
	w.mostly(.95, "members", named("lyon"), earshot.CauseLocalNetwork)
}

func TestBlockedUDP(t *testing.T) {
	w := usual(t)
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && in(p, "oslo") {
			c := p.cells
			c.Transport = "TCP"
			return state{cells: &c, receive: earshot.Poor, send: earshot.Poor, direct: late}
		}
		return state{}
	})
	w.onlyFaults(site(2), "transport TCP", "subnet 10.20.4.0/24")
	w.mostly(.95, "members", named("oslo"), earshot.CauseLocalNetwork)
}

// late is trouble without loss.
func late(d *Direct) {
	d.SendLossPct, d.ReceiveLossPct, d.AudioSendLossPct, d.VideoSendLossPct = 0, 0, 0, 0
	d.LatencyMs, d.SendJitterMs, d.ReceiveJitter = 320, 50, 50
}

func TestHeadset(t *testing.T) {
	w := usual(t)
	w.people[74].talk = true
	sick := func(p *citizen) bool { return p.n == 74 }
	w.run(16, func(m int, p *citizen) state {
		switch {
		case during(m, 5, 12) && sick(p):
			return state{send: earshot.Poor, direct: func(d *Direct) {
				d.AudioSendKbps, d.AudioSendLossPct, d.AudioSendJitterMs = 12, 5.5, 52
				d.SendLossPct, d.SendJitterMs, d.VideoSendLossPct = 5.5, 52, .1
			}}
		case during(m, 5, 12) && w.hears(p, sick):
			return state{receive: earshot.Poor, direct: func(d *Direct) { d.ReceiveLossPct, d.ReceiveJitter = 3, 41 }}
		}
		return state{}
	})
	w.onlyFaults()
	w.mostly(.95, "the headset", is(w.people[74].name), earshot.CauseDevice)
	w.mostly(.8, "the listeners", func(n string, _ int) bool { return n != w.people[74].name }, earshot.CauseRemote)
}

// One's own detour through the VPN is nobody else's.
func TestDetourOfOnePerson(t *testing.T) {
	w := usual(t)
	w.run(16, func(m int, p *citizen) state {
		if p.name == "home-9" && during(m, 5, 14) {
			c := Cells{VPN: "pool", DataCenter: "FR", ClientVersion: "6.6.1", NetworkType: "Wired", Transport: "UDP"}
			return state{cells: &c, receive: earshot.Poor, send: earshot.Poor, direct: late}
		}
		return state{}
	})
	w.mostly(.9, "the detour", is("home-9"), earshot.CauseVPN)
}

func TestLostReportsOpenNothing(t *testing.T) {
	w := usual(t)
	w.keep = func(m int, o *Observation) bool { return w.r.Float64() > .1 }
	w.late = func(c *citizen) time.Duration {
		if c.n%4 == 0 {
			return time.Duration(c.n) * 3 * time.Second
		}
		return 0
	}
	w.run(30, func(int, *citizen) state { return state{} })
	w.onlyFaults()
	if len(w.sealed) != 0 {
		t.Errorf("%d verdicts in a world without a bad minute", len(w.sealed))
	}
}

func TestHealthyDays(t *testing.T) {
	const days, minutes = 2, 45
	for day := range days {
		w := newTown(t, uint64(100+day))
		for s := range 6 {
			w.add([]string{"a", "b", "c", "d", "e", "f"}[s], []int{40, 20, 12, 8, 4, 3}[s], 5, office(s, []string{"Orange", "Telia"}[s%2], []string{"FR", "DE"}[s%2]), func(i int, p *citizen) {
				if i%2 == 0 {
					p.cells.NetworkType = "Wifi"
				}
			})
		}
		w.add("home", 90, 5, home("", ""), func(i int, p *citizen) {
			p.cells.ISP, p.cells.DataCenter = []string{"Orange", "Free", "Telia", "Bouygues"}[i%4], []string{"FR", "DE"}[i%2]
			p.cells.ClientVersion = []string{"6.6.1", "6.5.0", "6.4.2"}[i%3]
		})
		w.mingle(5)
		spell := map[int]int{} // some lines are bad for a few minutes
		w.run(minutes, func(m int, p *citizen) state {
			if w.r.Float64() < .002 {
				spell[p.n] = m + 1 + w.r.IntN(6)
			}
			s := w.noisy(.02, .005)
			if m < spell[p.n] {
				s = w.noisy(.3, .5)
			}
			s.cpu = math.Min(100, 35+20*w.r.ExpFloat64())
			bad := func(o *citizen) bool { return m < spell[o.n] }
			if w.hears(p, bad) && w.r.Float64() < .5 {
				s.receive = earshot.Poor
			}
			return s
		})
		w.onlyFaults()
	}
}
