package incident

import (
	"fmt"
	"slices"

	"github.com/earshot/earshot"
)

// Clue is what the figures of a [Contrast] say about another cause than the incident's own.
type Clue struct {
	Cause earshot.Cause
	// Maybe: the figures cannot part this cause from the incident's. Else they speak against it.
	Maybe bool
	Kind  ClueKind
	// Cell is whom it is about: a carrier, data centre, version or site. Zero for sorts of networks and VPNs.
	Cell earshot.Cell
	// Count are those people who decide it.
	Count earshot.Count
	// Line says that the incident may sit in the line of a site, which can be ill where its carrier is well.
	Line bool
}

// ClueKind is which comparison a clue comes from.
type ClueKind uint8

// The comparisons.
const (
	// ClueOthers: other people of the cell, who are not of the incident's, are well.
	ClueOthers ClueKind = 1
	// ClueToo: people of the incident's cell who are not of this one had it as well.
	ClueToo ClueKind = 2
	// ClueWired: people on wire at the site of an ill Wi-Fi are well.
	ClueWired ClueKind = 3
	// ClueAlone: too few others are of the cell; of Wi-Fi, too few of the incident's people are on wire.
	ClueAlone ClueKind = 4
)

// What it takes to speak against a cause. Wrong blame is worse than silence, and so is a wrong acquittal: whoever reads it does not
// call the one who could mend it.
const (
	// leastWell is how many others must be well, and leastToo how many must have it too: one or two can be lucky, or have trouble of
	// their own.
	leastWell, leastToo = 10, 5
	// wellShare: others are well when they are bad at most half as often as the incident's people are, with both intervals against it.
	wellShare = 0.5
	// tooShare is the clear majority of people who must have it too.
	tooShare = 2. / 3
	// mainShare is the share of the incident's bad people who must be of a carrier, data centre or version for its other people to be
	// asked about.
	mainShare = 0.5
	// nearlyAll is the share from which the incident's people are all of one, so that only others could tell the two apart.
	nearlyAll = 0.9
)

// suspects are the causes that sit in groups which other people are of, too.
var suspects = [...]struct {
	cause  earshot.Cause
	cellOf func(p *Present) earshot.Cell
}{
	{earshot.CauseISP, ispCell}, {earshot.CauseZoomEdge, centerCell}, {earshot.CauseClientVersion, versionCell}, {earshot.CauseLocalNetwork, siteCell},
}

// clues says what the figures speak against, first, and then what they cannot part from the incident. Never about its own cause nor
// one of its candidates, and nothing where its people were not worse than others at that time.
func (c *crowd) clues(own *Split) []Clue {
	if own.Inside.Of < leastInside || own.Elsewhere.Of < leastElsewhere || atLeastWorse(own.Inside, own.Elsewhere) <= 0 {
		return nil
	}
	var out []Clue
	local := c.at.Scope != earshot.ScopeNone
	radio := c.incident.Cell.Scope == earshot.ScopeSiteWifi || c.incident.Cell.Scope == earshot.ScopeSubnetWifi
	add := func(k Clue, ok bool) {
		k.Line = local && !radio
		said := k.Cause == c.incident.Cause || slices.Contains(c.incident.Candidates, k.Cause)
		if ok && !said {
			out = append(out, k)
		}
	}
	for _, s := range &suspects {
		if s.cause != earshot.CauseLocalNetwork || !local { // an incident at a site is where it is
			add(c.suspect(own, s.cause, s.cellOf))
		}
	}
	if radio {
		add(c.wellOnWire(own))
	} else {
		add(c.wifi(own, local))
	}
	add(c.vpn(own))
	slices.SortStableFunc(out, func(a, b Clue) int {
		switch {
		case a.Maybe == b.Maybe:
			return 0
		case b.Maybe:
			return -1
		}
		return 1
	})
	return out
}

// suspect asks the other people of the group that most of the incident's are in, then the incident's people who are not of it.
func (c *crowd) suspect(own *Split, suspected earshot.Cause, cellOf func(p *Present) earshot.Cell) (Clue, bool) {
	cell, main := most(c, cellOf)
	if cell.Scope == earshot.ScopeNone {
		return Clue{}, false
	}
	group := memberOf(cell)
	others, _ := c.count(both(group, not(c.own)))
	rest, _ := c.count(both(c.own, not(group)))
	theirs, _ := c.count(both(c.own, group))
	k := Clue{Cause: suspected, Cell: cell}
	switch {
	case main >= mainShare && well(others, own):
		k.Kind, k.Count = ClueOthers, others
	case hadToo(rest, own):
		k.Kind, k.Count = ClueToo, rest
	case others.Of < leastElsewhere && float64(theirs.Of) >= nearlyAll*float64(own.Inside.Of):
		k.Kind, k.Count, k.Maybe = ClueAlone, others, true
	default:
		return Clue{}, false
	}
	return k, true
}

// wellOnWire speaks for a site's network where only its Wi-Fi is ill.
func (c *crowd) wellOnWire(own *Split) (Clue, bool) {
	wired, _ := c.count(both(both(c.place, not(c.own)), onNetwork(false)))
	return Clue{Cause: earshot.CauseLocalNetwork, Kind: ClueWired, Cell: c.at, Count: wired}, well(wired, own)
}

// wifi asks the incident's people on wire. One site's may all be on one Wi-Fi.
func (c *crowd) wifi(own *Split, local bool) (Clue, bool) {
	wired, _ := c.count(both(c.own, onNetwork(false)))
	radio, _ := c.count(both(c.own, onNetwork(true)))
	k := Clue{Cause: earshot.CauseWifi, Kind: ClueToo, Count: wired}
	if hadToo(wired, own) {
		return k, true
	}
	k.Kind, k.Maybe = ClueAlone, true
	return k, local && wired.Of < leastInside && radio.Of >= leastToo && float64(radio.Of) >= nearlyAll*float64(own.Inside.Of)
}

// vpn asks the incident's people who are behind none, where a part of them is behind one.
func (c *crowd) vpn(own *Split) (Clue, bool) {
	cell, _ := most(c, vpnCell)
	if cell.Scope == earshot.ScopeNone || !c.holds(cell, own) {
		return Clue{}, false
	}
	direct, _ := c.count(both(c.own, func(p *Present) side { return sideIf(p.Cells.VPN == "" && (p.Cells.Site != 0 || p.Cells.ISP != "")) }))
	return Clue{Cause: earshot.CauseVPN, Kind: ClueToo, Count: direct}, hadToo(direct, own)
}

// well reports whether people are clearly better off than an incident's.
func well(others earshot.Count, own *Split) bool {
	_, high := wilson(others)
	low, _ := wilson(own.Inside)
	return others.Of >= leastWell && high <= wellShare*low
}

// hadToo reports whether a part of an incident's people had it as well: most of them, and clearly more than people elsewhere.
func hadToo(part earshot.Count, own *Split) bool {
	return part.Of >= leastToo && share(part) >= tooShare && atLeastWorse(part, own.Elsewhere) > 0
}

// Words says what a clue rests on. Site names a site, "" for one that is not known.
func (k *Clue) Words(site func(earshot.ID) string) string {
	switch k.Kind {
	case ClueOthers:
		words := howMany(k.Count, "other ", k.group(site))
		if k.Cause == earshot.CauseISP && k.Line {
			words += "; the site's own line is not ruled out"
		}
		return words
	case ClueToo:
		return howMany(k.Count, "", k.without(site))
	case ClueWired:
		return howMany(k.Count, "", "on wire in "+orElse(site(k.Cell.ID), "the site"))
	}
	nobody, one, some := "nobody else", "other person", "other people"
	if k.Cause == earshot.CauseWifi {
		nobody, one, some = "nobody there", "person there", "people there"
	}
	switch k.Count.Of {
	case 0:
		return nobody + " is " + k.group(site) + ": the figures cannot tell the two apart"
	case 1:
		return "only 1 " + one + " is " + k.group(site) + ": too few to tell the two apart"
	}
	return fmt.Sprintf("only %d %s are %s: too few to tell the two apart", k.Count.Of, some, k.group(site))
}

// howMany tells a count: "3 of 267 other people on EU (Frankfurt) had it".
func howMany(n earshot.Count, other, group string) string {
	switch {
	case n.Bad == 0:
		return fmt.Sprintf("none of %d %speople %s had it", n.Of, other, group)
	case n.Bad == n.Of:
		return fmt.Sprintf("all %d %speople %s had it", n.Of, other, group)
	}
	return fmt.Sprintf("%d of %d %speople %s had it", n.Bad, n.Of, other, group)
}

// group names who is of a clue's cell: people …
func (k *Clue) group(site func(earshot.ID) string) string {
	switch {
	case k.Cause == earshot.CauseWifi:
		return "on wire"
	case k.Cause == earshot.CauseLocalNetwork:
		return "in " + orElse(site(k.Cell.ID), "the site")
	case k.Cause == earshot.CauseClientVersion:
		return "with client " + k.Cell.Name
	}
	return "on " + k.Cell.Name
}

// without names who is not of it.
func (k *Clue) without(site func(earshot.ID) string) string {
	switch k.Cause {
	case earshot.CauseWifi:
		return "on wire"
	case earshot.CauseVPN:
		return "who are behind no VPN"
	case earshot.CauseISP:
		return "of other carriers"
	case earshot.CauseZoomEdge:
		return "on other data centres"
	case earshot.CauseClientVersion:
		return "with other clients"
	}
	return "outside " + orElse(site(k.Cell.ID), "the site")
}
