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
