package incident

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// Present is somebody who was there when an incident was at its worst, in one combination of what people share. Who changed it
// meanwhile is there several times, and still one person in every count.
type Present struct {
	Person  earshot.ID
	Grade   earshot.Grade // of the worst minute; Unclassified people are counted nowhere
	Cells   cause.Cells   // an empty field is unknown, and leaves the person out of both sides of that comparison
	Address string        // the public address, "" for unknown
}

// Trait is what a [Split] parts people by.
type Trait string

// The traits, in the order in which equally telling ones are told.
const (
	TraitSite      Trait = "site"
	TraitSubnet    Trait = "subnet"
	TraitAddress   Trait = "address" // public
	TraitISP       Trait = "isp"
	TraitNetwork   Trait = "network" // wired or Wi-Fi
	TraitCenter    Trait = "data-center"
	TraitVersion   Trait = "client-version"
	TraitVPN       Trait = "vpn"
	TraitTransport Trait = "transport"
)

// Split is one way to part the people who were present.
type Split struct {
	By Trait
	// Cell is the group inside; of [TraitNetwork] and [TraitAddress] the place or cell that the group is a part of.
	Cell earshot.Cell
	// Name is of [TraitNetwork] the sort of network ("Wired", "Wifi"), of [TraitAddress] the address.
	Name string
	// Own marks the incident's own cell.
	Own bool
	// Inside are people of the group who had a poor or bad minute, of those with a verdict. Elsewhere are all the others about whom
	// it is known that they are not of it; of [TraitNetwork] those on the same sort of network.
	Inside, Elsewhere earshot.Count
}

// Contrast is where an incident is and where it is not.
type Contrast struct {
	Splits []Split // the most telling first, mostSplits at most; empty where there is nothing to compare
	Clues  []Clue  // causes that the figures speak against, then those that they cannot part from the incident's own
}

// Sizes below which a group says nothing: of fewer people inside, one decides; fewer elsewhere are no yardstick.
const (
	leastInside    = 3
	leastElsewhere = 5
	mostSplits     = 8
	// leastHeld is the share of an incident's bad people that a group must hold.
	leastHeld = 0.25
)

// ContrastOf parts the people who were present when an incident was at its worst. For each way of parting them the group inside is the
// one that most of the incident's bad people are in. The order of present does not matter. Incidents of one person alone, and of
// what is no group (a meeting, a sender), have no contrast.
func ContrastOf(i *earshot.Incident, present []Present) Contrast {
	own := memberOf(i.Cell)
	if own == nil || len(present) == 0 {
		return Contrast{}
	}
	c := crowd{incident: i, present: present, own: own, place: own}
	if isPlace(i.Cell.Scope) {
		c.at = earshot.Cell{Scope: earshot.ScopeSite, ID: i.Cell.ID}
		c.place = memberOf(c.at)
	}
	first := c.split(traitOf(i.Cell.Scope), i.Cell, "", own)
	if first.Inside.Of == 0 {
		return Contrast{}
	}
	first.Own = true
	return Contrast{Splits: telling(append([]Split{first}, c.splits(&first)...)), Clues: c.clues(&first)}
}

// side says how somebody stands to a group.
type side uint8

const (
	hidden side = iota // it is not known
	inside
	outside
)

type member func(p *Present) side

// memberOf returns who belongs to a cell, by the rules by which internal/cause forms its cells; nil where a cell is no group
// that people share.
func memberOf(c earshot.Cell) member {
	name := func(of func(p *Present) string) member {
		return func(p *Present) side { return sideOf(of(p), c.Name) }
	}
	switch c.Scope {
	case earshot.ScopeSite:
		return atSite(c.ID, func(*Present) side { return inside })
	case earshot.ScopeSubnet:
		return atSite(c.ID, name(func(p *Present) string { return p.Cells.Subnet }))
	case earshot.ScopeSiteWifi:
		return atSite(c.ID, onNetwork(true))
	case earshot.ScopeSubnetWifi:
		return both(atSite(c.ID, name(func(p *Present) string { return p.Cells.Subnet })), onNetwork(true))
	case earshot.ScopeTransport:
		return atSite(c.ID, overTCP)
	case earshot.ScopeISP:
		return name(func(p *Present) string { return p.Cells.ISP })
	case earshot.ScopeDataCenter:
		return name(func(p *Present) string { return p.Cells.DataCenter })
	case earshot.ScopeVersion:
		return name(func(p *Present) string { return p.Cells.ClientVersion })
	case earshot.ScopeVPN:
		return func(p *Present) side {
			if p.Cells.VPN == "" && (p.Cells.Site != 0 || p.Cells.ISP != "") {
				return outside
			}
			return sideOf(p.Cells.VPN, c.Name)
		}
	}
	return nil
}

func sideOf(value, want string) side {
	switch value {
	case "":
		return hidden
	case want:
		return inside
	}
	return outside
}

// atSite narrows to a site. Behind a VPN nobody is at one: the address is the concentrator's.
func atSite(id earshot.ID, there member) member {
	return func(p *Present) side {
		switch {
		case p.Cells.Site == id && p.Cells.VPN == "":
			return there(p)
		case p.Cells.Site == 0 && p.Cells.VPN == "":
			return hidden
		}
		return outside
	}
}

func both(a, b member) member {
	return func(p *Present) side {
		if s := a(p); s != inside {
			return s
		}
		return b(p)
	}
}

func not(a member) member {
	return func(p *Present) side {
		switch a(p) {
		case inside:
			return outside
		case outside:
			return inside
		}
		return hidden
	}
}

// onNetwork parts people on Wi-Fi from those on wire; anything else, such as a telephone's network, is neither.
func onNetwork(wifi bool) member {
	return func(p *Present) side {
		switch n := strings.ToLower(p.Cells.NetworkType); {
		case n == "":
			return hidden
		case strings.HasPrefix(n, "wired"), n == "ethernet", n == "lan":
			return sideIf(!wifi)
		case strings.Contains(n, "wi"):
			return sideIf(wifi)
		}
		return outside
	}
}

func sideIf(in bool) side {
	if in {
		return inside
	}
	return outside
}

// overTCP finds those whose media fell back from UDP.
func overTCP(p *Present) side {
	switch strings.ToUpper(p.Cells.Transport) {
	case "":
		return hidden
	case "UDP", "RTP":
		return outside
	}
	return inside
}

func isPlace(s earshot.Scope) bool {
	switch s {
	case earshot.ScopeSite, earshot.ScopeSubnet, earshot.ScopeSiteWifi, earshot.ScopeSubnetWifi, earshot.ScopeTransport:
		return true
	}
	return false
}

func traitOf(s earshot.Scope) Trait {
	switch s {
	case earshot.ScopeSubnet:
		return TraitSubnet
	case earshot.ScopeSiteWifi, earshot.ScopeSubnetWifi:
		return TraitNetwork
	case earshot.ScopeTransport:
		return TraitTransport
	case earshot.ScopeISP:
		return TraitISP
	case earshot.ScopeDataCenter:
		return TraitCenter
	case earshot.ScopeVersion:
		return TraitVersion
	case earshot.ScopeVPN:
		return TraitVPN
	}
	return TraitSite
}

// crowd is who was present around an incident.
type crowd struct {
	incident   *earshot.Incident
	present    []Present
	at         earshot.Cell // the site that the incident's cell is or lies in; zero for wide cells
	own, place member       // of the incident's cell; of its site where it lies in one, else of the cell
}

// count counts people on both sides. Who is on both is inside: nobody is compared with themselves.
func (c *crowd) count(group member) (in, out earshot.Count) {
	type grades struct {
		in, out  earshot.Grade
		isInside bool
	}
	people := make(map[earshot.ID]grades, len(c.present))
	for k := range c.present {
		p := &c.present[k]
		s := group(p)
		if s == hidden {
			continue
		}
		g := people[p.Person]
		if s == inside {
			g.in, g.isInside = earshot.Worse(g.in, p.Grade), true
		} else {
			g.out = earshot.Worse(g.out, p.Grade)
		}
		people[p.Person] = g
	}
	for _, g := range people {
		if g.isInside {
			addPerson(&in, g.in)
		} else {
			addPerson(&out, g.out)
		}
	}
	return in, out
}

func addPerson(n *earshot.Count, g earshot.Grade) {
	if g == earshot.Unclassified {
		return
	}
	n.Of++
	if g >= earshot.Poor {
		n.Bad++
	}
}

func (c *crowd) split(by Trait, cell earshot.Cell, name string, group member) Split {
	s := Split{By: by, Cell: cell, Name: name}
	s.Inside, s.Elsewhere = c.count(group)
	return s
}

// shared are the cells of people that are told of, besides the incident's own: the group of each that holds most of its bad people.
var shared = [...]struct {
	by     Trait
	cellOf func(p *Present) earshot.Cell // zero for none or unknown
}{
	{TraitSite, siteCell}, {TraitSubnet, subnetCell}, {TraitISP, ispCell}, {TraitCenter, centerCell}, {TraitVersion, versionCell}, {TraitVPN, vpnCell},
}

// siteCell is a site that somebody configured: a public prefix that stands in for one is somebody's home, mostly.
func siteCell(p *Present) earshot.Cell {
	if p.Cells.Site == 0 || p.Cells.SiteDerived || p.Cells.VPN != "" {
		return earshot.Cell{}
	}
	return earshot.Cell{Scope: earshot.ScopeSite, ID: p.Cells.Site}
}

func ispCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeISP, Name: p.Cells.ISP})
}

func centerCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeDataCenter, Name: p.Cells.DataCenter})
}

func versionCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeVersion, Name: p.Cells.ClientVersion})
}

func vpnCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeVPN, Name: p.Cells.VPN})
}

func subnetCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeSubnet, ID: p.Cells.Site, Name: p.Cells.Subnet})
}

// addressCell stands for a public address while groups are counted; it is no cell of causes.
func addressCell(p *Present) earshot.Cell {
	return named(earshot.Cell{Scope: earshot.ScopeSubnet, ID: p.Cells.Site, Name: p.Address})
}

func named(c earshot.Cell) earshot.Cell {
	if c.Name == "" {
		return earshot.Cell{}
	}
	return c
}

// splits returns all but the incident's own cell's. A network that has the same people says nothing more.
func (c *crowd) splits(own *Split) []Split {
	var out []Split
	add := func(s Split) {
		again := s.By == TraitSubnet && s.Inside == own.Inside && s.Elsewhere == own.Elsewhere
		if s.Inside.Of >= leastInside && s.Elsewhere.Of >= leastElsewhere && !again {
			out = append(out, s)
		}
	}
	local := c.at.Scope != earshot.ScopeNone
	for _, t := range &shared {
		if t.by == TraitSubnet && !local {
			continue // networks are told apart within one site
		}
		if cell, _ := most(c, t.cellOf); cell.Scope != earshot.ScopeNone && cell != c.incident.Cell && c.holds(cell, own) {
			add(c.split(t.by, cell, "", memberOf(cell)))
		}
	}
	if address, _ := most(c, addressCell); local && address.Scope != earshot.ScopeNone {
		there := atSite(c.at.ID, func(p *Present) side { return sideOf(p.Address, address.Name) })
		add(c.split(TraitAddress, c.at, address.Name, there))
	}
	for _, n := range [...]struct {
		name string
		on   member
	}{{"Wired", onNetwork(false)}, {"Wifi", onNetwork(true)}} {
		cell := c.at
		if !local {
			cell = c.incident.Cell
		}
		add(c.split(TraitNetwork, cell, n.name, both(same(n.on), c.place)))
	}
	return out
}

// holds reports whether enough of an incident's bad people are of a cell for it to be worth a look: the three of forty who are behind
// a VPN are not.
func (c *crowd) holds(cell earshot.Cell, own *Split) bool {
	theirs, _ := c.count(both(c.own, memberOf(cell)))
	return float64(theirs.Bad) >= leastHeld*float64(own.Inside.Bad)
}

// same hides whoever is not of a group, so that its people are compared among themselves.
func same(group member) member {
	return func(p *Present) side {
		if group(p) == inside {
			return inside
		}
		return hidden
	}
}

// most returns the group that most of the incident's bad people are in, and which share of those whose group is known: of several
// the one with more people of the incident's, then the first. Zero where none is known.
func most(c *crowd, groupOf func(p *Present) earshot.Cell) (best earshot.Cell, share float64) {
	type tally struct{ bad, all map[earshot.ID]bool }
	groups, bad := make(map[earshot.Cell]*tally), make(map[earshot.ID]bool)
	for k := range c.present {
		p := &c.present[k]
		g := groupOf(p)
		if g.Scope == earshot.ScopeNone || p.Grade == earshot.Unclassified || c.own(p) != inside {
			continue
		}
		if groups[g] == nil {
			groups[g] = &tally{map[earshot.ID]bool{}, map[earshot.ID]bool{}}
		}
		groups[g].all[p.Person] = true
		if p.Grade >= earshot.Poor {
			groups[g].bad[p.Person], bad[p.Person] = true, true
		}
	}
	if len(bad) == 0 {
		return earshot.Cell{}, 0
	}
	best = slices.MinFunc(slices.Collect(maps.Keys(groups)), func(a, b earshot.Cell) int {
		x, y := groups[a], groups[b]
		return cmp.Or(cmp.Compare(len(y.bad), len(x.bad)), cmp.Compare(len(y.all), len(x.all)), compareCells(a, b))
	})
	return best, float64(len(groups[best].bad)) / float64(len(bad))
}

// telling puts the most telling ways first and keeps mostSplits of them, the incident's own cell always. A way tells as much as the
// share of bad people is greater inside than elsewhere at the least: the lower end of the 95 % interval of the difference. A plain
// difference would put 3 of 3 before 41 of 44, and a test's p-value large groups with a small difference before both.
func telling(all []Split) []Split {
	slices.SortStableFunc(all, func(a, b Split) int {
		return cmp.Compare(atLeastWorse(b.Inside, b.Elsewhere), atLeastWorse(a.Inside, a.Elsewhere))
	})
	if own := slices.IndexFunc(all, func(s Split) bool { return s.Own }); own >= mostSplits {
		all[mostSplits-1] = all[own]
	}
	return all[:min(len(all), mostSplits)]
}

// atLeastWorse returns the lower end of the 95 % interval of the difference between two shares, made of the intervals of both
// (Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10).
func atLeastWorse(a, b earshot.Count) float64 {
	p, q := share(a), share(b)
	low, _ := wilson(a)
	_, high := wilson(b)
	return p - q - math.Hypot(p-low, high-q)
}

func share(n earshot.Count) float64 { return float64(n.Bad) / float64(max(1, n.Of)) }

// wilson returns the 95 % interval of a share of people; everything is possible of nobody.
func wilson(n earshot.Count) (low, high float64) {
	if n.Of == 0 {
		return 0, 1
	}
	const z2 = 1.959964 * 1.959964
	p, of := share(n), float64(n.Of)
	middle := (p + z2/(2*of)) / (1 + z2/of)
	half := math.Sqrt(z2*(p*(1-p)/of+z2/(4*of*of))) / (1 + z2/of)
	return max(0, middle-half), min(1, middle+half)
}
