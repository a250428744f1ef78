package cause

import (
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// office is a configured site with its attributes.
func office(n int, isp, dc string) Cells {
	return Cells{Site: siteID(n), Subnet: "10.20.4.0/24", NetworkType: "Wired", ISP: isp, DataCenter: dc, ClientVersion: "6.6.1", Transport: "UDP"}
}

func home(isp, dc string) Cells {
	return Cells{NetworkType: "Wired", ISP: isp, DataCenter: dc, ClientVersion: "6.6.1", Transport: "UDP"}
}

func in(p *citizen, prefix string) bool { return strings.HasPrefix(p.name, prefix+"-") }

// usual is a world in order: two offices and people at home with three carriers.
func usual(t *testing.T) *town {
	w := newTown(t, 1)
	w.add("lyon", 40, 5, office(1, "Orange", "FR"), func(i int, p *citizen) {
		if i%2 == 1 {
			p.cells.NetworkType = "Wifi"
		}
		if i >= 20 {
			p.cells.Subnet = "10.20.5.0/24"
		}
	})
	w.add("oslo", 30, 5, office(2, "Telenor", "DE"), func(i int, p *citizen) {
		if i%3 == 0 {
			p.cells.NetworkType = "Wifi"
		}
	})
	w.add("home", 60, 5, home("", "FR"), func(i int, p *citizen) {
		p.cells.ISP = []string{"Orange", "Free", "Telia"}[i%3]
		p.cells.Site, p.cells.SiteDerived = siteID(1000+i), true
		p.cells.DataCenter = []string{"FR", "DE"}[i%2]
		p.cells.ClientVersion = []string{"6.6.1", "6.5.0", "6.6.1", "6.4.2"}[i%4]
		if i%2 == 0 {
			p.cells.NetworkType = "Wifi"
		}
	})
	w.mingle(5)
	return w
}

func site(n int) string { return "site " + siteID(n).String() }

func during(m, from, to int) bool { return m >= from && m < to }

func (w *town) hears(p *citizen, bad func(*citizen) bool) bool {
	for _, o := range w.people {
		if o != p && o.meeting == p.meeting && o.talk && bad(o) {
			return true
		}
	}
	return false
}

func TestSiteOutageBothWays(t *testing.T) {
	w := usual(t)
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
	w.mostly(.9, "listeners elsewhere", func(n string, _ int) bool { return !named("lyon")(n, 0) }, earshot.CauseRemote)
}

func TestSiteUplinkOnly(t *testing.T) {
	w := usual(t)
	lyon := func(p *citizen) bool { return in(p, "lyon") }
	w.run(20, func(m int, p *citizen) state {
		switch {
		case during(m, 5, 15) && lyon(p):
			return state{send: earshot.Bad}
		case during(m, 5, 15) && w.hears(p, lyon):
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.found(site(1), 7*time.Minute)
	w.onlyFaults(site(1))
	w.mostly(.95, "members", named("lyon"), earshot.CauseLocalNetwork)
	w.mostly(.95, "listeners elsewhere", func(n string, _ int) bool { return !named("lyon")(n, 0) }, earshot.CauseRemote)
	for s, v := range w.sealed {
		if named("lyon")(s.name, 0) && v.Direction != earshot.DirectionSend {
			t.Fatalf("direction %v of %v, want send", v.Direction, s)
		}
	}
}

func TestOneSubnetOfASite(t *testing.T) {
	w := usual(t)
	sick := func(p *citizen) bool { return p.cells.Subnet == "10.20.5.0/24" }
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && sick(p) {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.found("subnet 10.20.5.0/24", 8*time.Minute)
	w.onlyFaults("subnet 10.20.5.0/24")
	w.mostly(.9, "members", named("lyon"), earshot.CauseLocalNetwork)
}

func TestCrowdedAir(t *testing.T) {
	w := usual(t)
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && p.cells.Subnet == "10.20.5.0/24" && p.cells.NetworkType == "Wifi" {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.onlyFaults("subnet-wifi 10.20.5.0/24", "site-wifi "+siteID(1).String())
	w.mostly(.9, "members", named("lyon"), earshot.CauseWifi)
}

func TestWeakSignalDuringASiteOutage(t *testing.T) {
	w := usual(t)
	w.run(20, func(m int, p *citizen) state {
		s := state{}
		if p.name == "lyon-1" {
			s.rssi = -80
		}
		if during(m, 5, 15) && in(p, "lyon") {
			s.receive, s.send = earshot.Bad, earshot.Bad
		}
		return s
	})
	w.onlyFaults(site(1))
	w.mostly(.8, "the weak one", is("lyon-1"), earshot.CauseLocalNetwork)
}

func TestWeakSignalAlone(t *testing.T) {
	w := usual(t)
	w.run(20, func(m int, p *citizen) state {
		switch {
		case p.name == "lyon-1" && during(m, 5, 15):
			return state{rssi: -80, receive: earshot.Bad, send: earshot.Poor}
		case p.name == "lyon-3":
			return state{rssi: -80} // weak and fine: nothing at all
		}
		return state{}
	})
	w.onlyFaults()
	w.mostly(.95, "the weak one", is("lyon-1"), earshot.CauseWifi)
	v := w.sealed[spot{"lyon-1", 8}]
	if v.Metric != earshot.RSSIAvgDBm || v.Value != -80 || v.Cell.Scope != earshot.ScopePerson {
		t.Errorf("evidence %v %v in %v, want RSSI -80 in the person", v.Metric, v.Value, v.Cell)
	}
	if len(w.causes) != 1 {
		t.Errorf("verdicts on %v, want on lyon-1 alone", w.causes)
	}
}

func is(name string) func(string, int) bool { return func(n string, _ int) bool { return n == name } }

func TestBusyComputer(t *testing.T) {
	w := usual(t)
	w.run(20, func(m int, p *citizen) state {
		s := state{}
		if p.name == "oslo-4" && m == 8 {
			s.cpu = 97 // one minute, inside the fault of the data centre
		}
		if p.name == "oslo-5" && during(m, 14, 20) {
			s.cpu, s.receive, s.send = 96, earshot.Poor, earshot.Poor
		}
		if p.cells.DataCenter == "DE" && during(m, 5, 12) {
			s.receive, s.send = earshot.Bad, earshot.Bad
		}
		return s
	})
	w.onlyFaults("data-center DE")
	if v := w.sealed[spot{"oslo-4", 8}]; v.Cause != earshot.CauseZoomEdge {
		t.Errorf("one hot minute in a fault of the data centre: %v, want zoom-edge", v.Cause)
	}
	late := func(n string, m int) bool { return n == "oslo-5" && m >= 14 }
	w.mostly(.8, "the busy computer", late, earshot.CauseDevice)
}

func TestComputerSlotAlone(t *testing.T) {
	w := usual(t)
	w.run(10, func(m int, p *citizen) state {
		if p.name == "home-5" && during(m, 4, 8) {
			return state{cpu: 99, device: earshot.Bad}
		}
		return state{}
	})
	w.mostly(1, "the busy computer", is("home-5"), earshot.CauseDevice)
	if v := w.sealed[spot{"home-5", 5}]; v.Metric != earshot.CPUSystemMaxPct || v.Direction != earshot.DirectionNone {
		t.Errorf("evidence %v, direction %v; want CPU, none", v.Metric, v.Direction)
	}
}

func TestCenterAtHalfCoverageWhileASiteIsDown(t *testing.T) {
	w := usual(t)
	w.run(25, func(m int, p *citizen) state {
		if during(m, 5, 18) && in(p, "lyon") || during(m, 8, 18) && p.cells.DataCenter == "DE" && p.n/2%2 == 0 {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.found(site(1), 7*time.Minute)
	w.found("data-center DE", 10*time.Minute)
	w.onlyFaults(site(1), "data-center DE")
	w.mostly(.9, "oslo", named("oslo"), earshot.CauseZoomEdge)
	w.mostly(.9, "lyon", named("lyon"), earshot.CauseLocalNetwork, earshot.CauseZoomEdge)
}

// carriers is a world in which several sites and homes have the same carrier.
func carriers(t *testing.T) *town {
	w := newTown(t, 2)
	w.add("lyon", 20, 5, office(1, "Orange", "FR"), nil)
	w.add("nice", 12, 4, office(2, "Orange", "FR"), nil)
	w.add("oslo", 20, 5, office(3, "Telenor", "DE"), nil)
	w.add("home", 60, 5, home("", "FR"), func(i int, p *citizen) {
		p.cells.ISP = []string{"Orange", "Free", "Telia"}[i%3]
		p.cells.DataCenter = []string{"FR", "DE"}[i%2]
		p.cells.Site, p.cells.SiteDerived = siteID(1000+i), true
	})
	w.add("away", 24, 4, Cells{NetworkType: "Wifi", VPN: "pool", DataCenter: "FR", ClientVersion: "6.6.1", Transport: "UDP"}, nil)
	w.mingle(4)
	return w
}

func TestCarrier(t *testing.T) {
	w := carriers(t)
	sick := func(p *citizen) bool { return p.cells.ISP == "Orange" || in(p, "away") && p.n%3 == 0 }
	w.run(25, func(m int, p *citizen) state {
		if during(m, 5, 20) && sick(p) {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.found("isp Orange", 7*time.Minute)
	w.onlyFaults("isp Orange")
	open := func(n string, _ int) bool { return !named("away")(n, 0) }
	w.mostly(.95, "open ones", open, earshot.CauseISP)
	w.mostly(.9, "those behind the VPN", named("away"), earshot.CauseISP, earshot.CauseUnknown)
}

func TestVPN(t *testing.T) {
	w := carriers(t)
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && in(p, "away") {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	w.found("vpn pool", 7*time.Minute)
	w.onlyFaults("vpn pool")
	w.mostly(.95, "members", named("away"), earshot.CauseVPN)
}

func TestCarrierOfOneSiteOnly(t *testing.T) {
	w := newTown(t, 3)
	w.add("bonn", 12, 4, office(1, "Vodafone", "DE"), nil)
	w.add("lyon", 40, 4, office(2, "Orange", "FR"), nil)
	w.add("home", 30, 5, home("Free", "FR"), nil)
	w.mingle(4)
	w.run(20, func(m int, p *citizen) state {
		if during(m, 5, 15) && in(p, "bonn") {
			return state{receive: earshot.Bad, send: earshot.Bad}
		}
		return state{}
	})
	// Nobody can tell the site from its carrier: a place alone is by far the more frequent of the two, so it may be named;
	// the carrier may not.
	for s, v := range w.sealed {
		if v.Cause == earshot.CauseISP || v.Cause == earshot.CauseZoomEdge {
			t.Errorf("%v: %v, want local-network or unknown", s, v.Cause)
		}
	}
}

func TestVersion(t *testing.T) {
	w := usual(t)
	w.run(25, func(m int, p *citizen) state {
		if during(m, 5, 20) && p.cells.ClientVersion == "6.5.0" && (p.n+m)%2 == 0 {
			return state{receive: earshot.Bad, send: earshot.Poor}
		}
		return state{}
	})
	w.found("client-version 6.5.0", 9*time.Minute)
	w.onlyFaults("client-version 6.5.0")
	w.mostly(.9, "members", named("home"), earshot.CauseClientVersion)
}

func TestVersionThatStarvesComputers(t *testing.T) {
	w := usual(t)
	w.run(25, func(m int, p *citizen) state {
		if during(m, 5, 20) && p.cells.ClientVersion == "6.5.0" {
			return state{receive: earshot.Poor, send: earshot.Poor, cpu: 95, device: earshot.Bad}
		}
		return state{}
	})
	w.found("client-version 6.5.0", 9*time.Minute)
	w.mostly(.9, "members", named("home"), earshot.CauseClientVersion)
}

func TestAllHandsWithABadTalker(t *testing.T) {
	w := usual(t)
	w.add("crowd", 250, 250, home("Free", "FR"), func(i int, p *citizen) {
		p.cells.NetworkType = "Wifi"
		p.cam = i == 0
	})
	w.run(16, func(m int, p *citizen) state {
		switch {
		case p.name == "crowd-0" && during(m, 5, 8):
			return state{send: earshot.Bad, rssi: -82}
		case in(p, "crowd") && during(m, 5, 8) && p.name != "crowd-0":
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.onlyFaults()
	w.mostly(.99, "the listeners", func(n string, _ int) bool { return n != "crowd-0" }, earshot.CauseRemote)
	w.mostly(.9, "the talker", is("crowd-0"), earshot.CauseWifi)
	v := w.sealed[spot{"crowd-7", 6}]
	var talker *citizen
	for _, p := range w.people {
		if p.name == "crowd-0" {
			talker = p
		}
	}
	if v.Cell.Scope != earshot.ScopeSender || v.Cell.ID != talker.segment || v.Inside.Bad != 249 || v.Inside.Of != 249 {
		t.Errorf("verdict %v of %v, %v inside; want the sender %v, 249 of 249", v.Cell, v.Cause, v.Inside, talker.segment)
	}
}

func TestTwoBadTalkersInTurn(t *testing.T) {
	w := usual(t)
	w.add("panel", 12, 12, home("Free", "FR"), func(i int, p *citizen) { p.talk, p.phase = i < 2, 5 })
	w.run(24, func(m int, p *citizen) state {
		if !in(p, "panel") || !during(m, 6, 18) {
			return state{}
		}
		turn := "panel-0"
		if m%6 >= 3 {
			turn = "panel-1"
		}
		if p.name == turn {
			return state{send: earshot.Bad, direct: func(d *Direct) { d.Talking = true }}
		}
		return state{receive: earshot.Bad, direct: func(d *Direct) { d.Talking = false }}
	})
	w.onlyFaults()
	heard := func(n string, m int) bool { return named("panel")(n, m) && n != "panel-0" && n != "panel-1" }
	w.mostly(.95, "the listeners", heard, earshot.CauseRemote)
	for _, x := range []struct{ minute, talker int }{{7, 0}, {10, 1}, {13, 0}, {16, 1}} {
		v := w.sealed[spot{"panel-5", x.minute}]
		for _, p := range w.people {
			if p.segment == v.Cell.ID && p.name != []string{"panel-0", "panel-1"}[x.talker] {
				t.Errorf("minute %d: %s is blamed, want panel-%d", x.minute, p.name, x.talker)
			}
		}
	}
}

func TestTalkerHeardLate(t *testing.T) {
	w := usual(t)
	w.add("crowd", 60, 60, home("Free", "FR"), func(i int, p *citizen) { p.cam = i == 0 })
	w.late = func(c *citizen) time.Duration {
		if c.name == "crowd-0" {
			return time.Minute
		}
		return 0
	}
	w.run(16, func(m int, p *citizen) state {
		switch {
		case p.name == "crowd-0" && during(m, 5, 9):
			return state{send: earshot.Bad, rssi: -82}
		case in(p, "crowd") && during(m, 5, 9):
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	w.onlyFaults()
	w.mostly(.99, "the listeners", func(n string, _ int) bool { return n != "crowd-0" }, earshot.CauseRemote)
	for s, v := range w.first {
		if v.Cause != earshot.CauseRemote && v.Cause != earshot.CauseUnknown && s.name != "crowd-0" {
			t.Errorf("first verdict on %v is %v, want remote or unknown", s, v.Cause)
		}
	}
}
