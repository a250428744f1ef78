package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

const (
	lyonID earshot.ID = 0x51
	osloID earshot.ID = 0x52
)

// town is a place full of people.
type town struct {
	all  []incident.Present
	next earshot.ID
}

// add puts so many people with the same traits there, of whom some are bad.
func (w *town) add(bad, of int, cells cause.Cells, address string) *town {
	for k := range of {
		w.next++
		g := earshot.Good
		if k < bad {
			g = earshot.Bad
		}
		w.all = append(w.all, incident.Present{Person: w.next, Grade: g, Cells: cells, Address: address})
	}
	return w
}

func cellsAt(site earshot.ID, network, isp, center, version string) cause.Cells {
	return cause.Cells{Site: site, NetworkType: network, ISP: isp, DataCenter: center, ClientVersion: version, Subnet: fmt.Sprintf("10.%d.4.0/24", uint64(site))}
}

// linkDown is a site whose link is ill: wired and Wi-Fi people alike; others of its carrier and data centre are well.
func linkDown() *town {
	w := &town{}
	w.add(30, 33, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "198.51.100.24").add(11, 11, cellsAt(lyonID, "Wifi", "Arvel", "EU", "6.6.10"), "198.51.100.24")
	w.add(0, 40, cellsAt(osloID, "Wired", "Arvel", "EU", "6.6.11"), "198.51.100.99").add(3, 200, cellsAt(osloID, "Wifi", "Norn", "EU", "6.6.11"), "198.51.100.99")
	home := cellsAt(0x99, "Wifi", "Norn", "US", "6.6.10")
	home.SiteDerived = true
	return w.add(4, 600, home, "203.0.113.9")
}

func site(id earshot.ID) string { return map[earshot.ID]string{lyonID: "Lyon", osloID: "Oslo"}[id] }

// behind is a data centre that fails for 18 people on wire and some on Wi-Fi behind a VPN.
func behind(n int) *town {
	pool := cause.Cells{VPN: "Pool", NetworkType: "Wifi", DataCenter: "EU", ClientVersion: "6.6.11"}
	w := (&town{}).add(18, 18, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").add(n, n, pool, "")
	return w.add(1, 100, cellsAt(osloID, "Wired", "Norn", "US", "6.6.11"), "")
}

// told are the splits and clues of a contrast as lines.
func told(c incident.Contrast) (splits, clues []string) {
	for _, s := range c.Splits {
		name := s.Name
		if name == "" {
			name = s.Cell.Name
		}
		if name == "" {
			name = site(s.Cell.ID)
		}
		own := ""
		if s.Own {
			own = ", own"
		}
		splits = append(splits, fmt.Sprintf("%s %s: %d of %d, %d of %d%s", s.By, name, s.Inside.Bad, s.Inside.Of, s.Elsewhere.Bad, s.Elsewhere.Of, own))
	}
	for _, k := range c.Clues {
		word := "not "
		if k.Maybe {
			word = "maybe "
		}
		clues = append(clues, word+k.Cause.String()+": "+k.Words(site))
	}
	return splits, clues
}

func siteIncident() earshot.Incident {
	return earshot.Incident{Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: lyonID}}
}

func TestContrast(t *testing.T) {
	wifiOnly := (&town{}).add(9, 10, cellsAt(lyonID, "Wifi", "Arvel", "EU", "6.6.11"), "").add(0, 30, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").
		add(1, 100, cellsAt(osloID, "Wifi", "Norn", "EU", "6.6.11"), "")
	carrier := (&town{}).add(14, 20, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").add(10, 14, cellsAt(osloID, "Wifi", "Arvel", "EU", "6.6.11"), "").
		add(0, 40, cellsAt(lyonID, "Wired", "Norn", "EU", "6.6.11"), "").add(1, 300, cellsAt(osloID, "Wifi", "Norn", "EU", "6.6.11"), "")
	center := (&town{}).add(14, 20, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").add(10, 14, cellsAt(osloID, "Wifi", "Norn", "EU", "6.6.11"), "").
		add(1, 300, cellsAt(osloID, "Wired", "Norn", "US", "6.6.11"), "")
	alone := (&town{}).add(9, 10, cellsAt(lyonID, "Wifi", "Arvel", "EU", "6.6.11"), "").add(1, 100, cellsAt(osloID, "Wired", "Norn", "EU", "6.6.11"), "")
	unlike := (&town{}).add(2, 40, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").add(20, 400, cellsAt(osloID, "Wired", "Norn", "EU", "6.6.11"), "")
	unknown := siteIncident()
	unknown.Cause, unknown.Candidates = earshot.CauseUnknown, []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP}
	for _, x := range []struct {
		name          string
		incident      earshot.Incident
		present       *town
		splits, clues []string
	}{
		{
			"a site's link", siteIncident(), linkDown(),
			[]string{
				"site Lyon: 41 of 44, 7 of 840, own", "address 198.51.100.24: 41 of 44, 7 of 840", "network Wired: 30 of 33, 0 of 40", "network Wifi: 11 of 11, 7 of 800",
				"isp Arvel: 41 of 84, 7 of 800", "data-center EU: 44 of 284, 4 of 600", "client-version 6.6.11: 33 of 273, 15 of 611",
			},
			[]string{
				"not isp: none of 40 other people on Arvel had it; the site's own line is not ruled out", "not zoom-edge: 3 of 240 other people on EU had it",
				"not client-version: 3 of 240 other people with client 6.6.11 had it", "not wifi: 30 of 33 people on wire had it",
			},
		},
		{
			"a site's link, of which the carrier may be the cause", unknown, linkDown(),
			[]string{
				"site Lyon: 41 of 44, 7 of 840, own", "address 198.51.100.24: 41 of 44, 7 of 840", "network Wired: 30 of 33, 0 of 40", "network Wifi: 11 of 11, 7 of 800",
				"isp Arvel: 41 of 84, 7 of 800", "data-center EU: 44 of 284, 4 of 600", "client-version 6.6.11: 33 of 273, 15 of 611",
			},
			[]string{
				"not zoom-edge: 3 of 240 other people on EU had it", "not client-version: 3 of 240 other people with client 6.6.11 had it", "not wifi: 30 of 33 people on wire had it",
			},
		},
		{
			"the Wi-Fi of a site", earshot.Incident{Cause: earshot.CauseWifi, Cell: earshot.Cell{Scope: earshot.ScopeSiteWifi, ID: lyonID}}, wifiOnly,
			[]string{
				"network Lyon: 9 of 10, 1 of 130, own", "network Wifi: 9 of 10, 1 of 100", "site Lyon: 9 of 40, 1 of 100", "subnet 10.81.4.0/24: 9 of 40, 1 of 100", "isp Arvel: 9 of 40, 1 of 100",
			},
			[]string{
				"not isp: none of 30 other people on Arvel had it", "not zoom-edge: 1 of 130 other people on EU had it", "not client-version: 1 of 130 other people with client 6.6.11 had it",
				"not local-network: none of 30 people on wire in Lyon had it",
			},
		},
		{
			"a carrier", earshot.Incident{Cause: earshot.CauseISP, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Arvel"}}, carrier,
			[]string{"isp Arvel: 24 of 34, 1 of 340, own", "network Wired: 14 of 20, 0 of 40", "network Wifi: 10 of 14, 1 of 300", "site Lyon: 14 of 60, 11 of 314"},
			[]string{
				"not zoom-edge: 1 of 340 other people on EU had it", "not client-version: 1 of 340 other people with client 6.6.11 had it", "not local-network: none of 40 other people in Lyon had it",
				"not wifi: 14 of 20 people on wire had it",
			},
		},
		{
			"a data centre", earshot.Incident{Cause: earshot.CauseZoomEdge, Cell: earshot.Cell{Scope: earshot.ScopeDataCenter, Name: "EU"}}, center,
			[]string{"data-center EU: 24 of 34, 1 of 300, own", "network Wired: 14 of 20, 1 of 300", "site Lyon: 14 of 20, 11 of 314", "isp Arvel: 14 of 20, 11 of 314"},
			[]string{
				"not isp: 10 of 14 people of other carriers had it", "not client-version: 1 of 300 other people with client 6.6.11 had it",
				"not local-network: 10 of 14 people outside Lyon had it", "not wifi: 14 of 20 people on wire had it",
			},
		},
		{
			"a data centre, of which a few are behind a VPN", earshot.Incident{Cause: earshot.CauseZoomEdge, Cell: earshot.Cell{Scope: earshot.ScopeDataCenter, Name: "EU"}}, behind(3),
			[]string{"data-center EU: 21 of 21, 1 of 100, own", "isp Arvel: 18 of 18, 1 of 100", "network Wired: 18 of 18, 1 of 100", "site Lyon: 18 of 18, 4 of 103"},
			[]string{"not client-version: 1 of 100 other people with client 6.6.11 had it", "not wifi: all 18 people on wire had it"},
		},
		{
			"a data centre, of which a part is behind a VPN", earshot.Incident{Cause: earshot.CauseZoomEdge, Cell: earshot.Cell{Scope: earshot.ScopeDataCenter, Name: "EU"}}, behind(10),
			[]string{
				"data-center EU: 28 of 28, 1 of 100, own", "isp Arvel: 18 of 18, 1 of 100", "network Wired: 18 of 18, 1 of 100", "site Lyon: 18 of 18, 11 of 110", "vpn Pool: 10 of 10, 19 of 118",
			},
			[]string{
				"not client-version: 1 of 100 other people with client 6.6.11 had it", "not local-network: all 10 people outside Lyon had it", "not wifi: all 18 people on wire had it",
				"not vpn: all 18 people who are behind no VPN had it",
			},
		},
		{
			"nobody else to compare with", siteIncident(), alone,
			[]string{"site Lyon: 9 of 10, 1 of 100, own", "isp Arvel: 9 of 10, 1 of 100"},
			[]string{
				"not zoom-edge: 1 of 100 other people on EU had it", "not client-version: 1 of 100 other people with client 6.6.11 had it",
				"maybe isp: nobody else is on Arvel: the figures cannot tell the two apart", "maybe wifi: nobody there is on wire: the figures cannot tell the two apart",
			},
		},
		{
			"no worse than elsewhere", siteIncident(), unlike,
			[]string{"site Lyon: 2 of 40, 20 of 400, own", "isp Arvel: 2 of 40, 20 of 400", "network Wired: 2 of 40, 20 of 400"}, nil,
		},
		{
			"too few", siteIncident(), (&town{}).add(2, 2, cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), "").add(0, 4, cellsAt(osloID, "Wired", "Norn", "EU", "6.6.11"), ""),
			[]string{"site Lyon: 2 of 2, 0 of 4, own"}, nil,
		},
		{"one person alone", earshot.Incident{Cause: earshot.CauseDevice, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 1}}, linkDown(), nil, nil},
		{"nobody there", siteIncident(), (&town{}).add(0, 30, cellsAt(osloID, "Wired", "Norn", "EU", "6.6.11"), ""), nil, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			splits, clues := told(incident.ContrastOf(&x.incident, x.present.all))
			if diff := cmp.Diff(x.splits, splits); diff != "" {
				t.Errorf("splits (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(x.clues, clues); diff != "" {
				t.Errorf("clues (-want +got):\n%s", diff)
			}
		})
	}
}

// TestContrastCountsPeople: who was there in two ways is one person, by the worst minute, and is compared with nobody but others.
func TestContrastCountsPeople(t *testing.T) {
	wired, wifi := cellsAt(lyonID, "Wired", "Arvel", "EU", "6.6.11"), cellsAt(osloID, "Wifi", "Norn", "EU", "6.6.11")
	w := (&town{}).add(3, 5, wired, "").add(1, 20, wifi, "")
	w.all = append(w.all,
		incident.Present{Person: 1, Grade: earshot.Good, Cells: wired},                                            // bad before, on the same wire
		incident.Present{Person: 2, Grade: earshot.Bad, Cells: wifi},                                              // went to Oslo
		incident.Present{Person: 900, Cells: wired},                                                               // without a verdict
		incident.Present{Person: 901, Grade: earshot.Poor},                                                        // of whom nothing is known
		incident.Present{Person: 902, Grade: earshot.Poor, Cells: wired},                                          // poor is bad enough
		incident.Present{Person: 903, Grade: earshot.Fair, Cells: cause.Cells{VPN: "Pool", NetworkType: "Wired"}}, // at no site
	)
	i := siteIncident()
	splits, _ := told(incident.ContrastOf(&i, w.all))
	if want := []string{"site Lyon: 4 of 6, 1 of 21, own", "isp Arvel: 4 of 6, 1 of 20"}; !cmp.Equal(splits[:2], want) {
		t.Errorf("got %q, want %q first", splits, want)
	}
}

// TestContrastHolds: whoever is there, counts are of people, what is said does not depend on the order in which they are told, and
// nothing is said against the incident's own cause.
func TestContrastHolds(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "A", "B"})
	rapid.Check(t, func(t *rapid.T) {
		present := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) incident.Present {
			c := cause.Cells{
				Site: rapid.SampledFrom([]earshot.ID{0, lyonID, osloID, 0x99}).Draw(t, "site"), NetworkType: rapid.SampledFrom([]string{"", "Wired", "Wifi", "Cellular"}).Draw(t, "network"),
				Subnet: words.Draw(t, "subnet"), ISP: words.Draw(t, "isp"), DataCenter: words.Draw(t, "center"), ClientVersion: words.Draw(t, "version"),
				VPN: rapid.SampledFrom([]string{"", "", "", "A"}).Draw(t, "vpn"), Transport: rapid.SampledFrom([]string{"", "UDP", "TCP"}).Draw(t, "transport"),
			}
			c.SiteDerived = c.Site == 0x99
			return incident.Present{
				Person: earshot.ID(rapid.IntRange(1, 60).Draw(t, "person")), Grade: earshot.Grade(rapid.IntRange(0, 4).Draw(t, "grade")), Cells: c, Address: words.Draw(t, "address"),
			}
		}), 0, 150).Draw(t, "present")
		i := earshot.Incident{
			Cause:      earshot.Cause(rapid.IntRange(1, 9).Draw(t, "cause")),
			Candidates: rapid.SliceOfN(rapid.Map(rapid.IntRange(2, 9), func(c int) earshot.Cause { return earshot.Cause(c) }), 0, 2).Draw(t, "candidates"),
			Cell:       earshot.Cell{Scope: earshot.Scope(rapid.IntRange(0, earshot.ScopeCount).Draw(t, "scope")), ID: lyonID, Name: "A"},
		}
		people := map[earshot.ID]bool{}
		for _, p := range present {
			if p.Grade != earshot.Unclassified {
				people[p.Person] = true
			}
		}
		got := incident.ContrastOf(&i, present)
		own := 0
		for _, s := range got.Splits {
			if s.Own {
				own++
			}
			for _, n := range []earshot.Count{s.Inside, s.Elsewhere} {
				if n.Bad < 0 || n.Bad > n.Of {
					t.Fatalf("%+v: more are bad than there are", s)
				}
			}
			if s.Inside.Of+s.Elsewhere.Of > len(people) {
				t.Fatalf("%+v: somebody of %d people counts twice", s, len(people))
			}
		}
		if n := len(got.Splits); n > 8 || n > 0 && own != 1 || n == 0 && len(got.Clues) > 0 {
			t.Fatalf("%d splits, %d of them the incident's own, %d clues", n, own, len(got.Clues))
		}
		for _, k := range got.Clues {
			if k.Cause == i.Cause || slices.Contains(i.Candidates, k.Cause) {
				t.Fatalf("%+v speaks about the incident's own cause", k)
			}
			if k.Words(site) == "" || strings.Contains(k.Words(site), "  ") {
				t.Fatalf("%+v: %q", k, k.Words(site))
			}
		}
		slices.Reverse(present)
		if diff := cmp.Diff(got, incident.ContrastOf(&i, present)); diff != "" {
			t.Fatalf("in another order (-first +second):\n%s", diff)
		}
	})
}
