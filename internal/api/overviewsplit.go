package api

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// elsewhere stands for all small places together; no id is that.
const elsewhere = ^earshot.ID(0)

// placeKey is people at one site on one sort of network.
type placeKey struct {
	site    earshot.ID
	network string
}

func placeOf(d *earshot.Dimensions) placeKey { return placeKey{d.Site, d.NetworkType} }

// siteSplits splits today's minutes by site and network type. Places that nobody configured stand for themselves when many
// people are there, and together when not: most are somebody's home.
func siteSplits(parts sums[placeKey], today, before sums[groupKey], sites map[earshot.ID]*earshot.Site) []SiteSplit {
	own := ownRows(today, sites)
	home := func(site earshot.ID) earshot.ID {
		if site == 0 || own[site] {
			return site
		}
		return elsewhere
	}
	whole, last, networks := make(sums[earshot.ID]), make(sums[earshot.ID]), make(sums[placeKey])
	places := 0
	for key, t := range today {
		if home(key.site) == elsewhere {
			places++
		}
		addTally(whole.of(home(key.site)), t)
	}
	for key, t := range before {
		addTally(last.of(home(key.site)), t)
	}
	for key, t := range parts {
		addTally(networks.of(placeKey{home(key.site), key.network}), t)
	}
	return splitRows(whole, last, networks, places, sites)
}

// addTally adds the people, too: of places that are put together, somebody at two of them counts twice.
func addTally(to, t *facts.Tally) {
	addCounts(&to.Minutes, t.Minutes)
	to.Persons += t.Persons
}

// ownRows are the sites that stand for themselves: configured ones, and others with many people; those with most minutes.
func ownRows(today sums[groupKey], sites map[earshot.ID]*earshot.Site) map[earshot.ID]bool {
	var found []groupKey
	for key, t := range today {
		if s := sites[key.site]; key.site != 0 && (t.Persons >= leastPeople || s != nil && !s.Derived) {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b groupKey) int {
		return cmp.Or(cmp.Compare(today[b].Minutes.Classified(), today[a].Minutes.Classified()), cmp.Compare(a.site, b.site))
	})
	own := make(map[earshot.ID]bool)
	for _, key := range found[:min(len(found), mostSplit)] {
		own[key.site] = true
	}
	return own
}

// splitRows makes the rows: least good minutes first, those with too few people after them.
func splitRows(whole, last sums[earshot.ID], networks sums[placeKey], places int, sites map[earshot.ID]*earshot.Site) []SiteSplit {
	out := make([]SiteSplit, 0, len(whole))
	for site, t := range whole {
		row := SiteSplit{All: overviewSum(t), Networks: []NetworkPart{}}
		if site == elsewhere {
			row.Places = places
		} else {
			row.Site = siteRef(site, sites)
		}
		if b := last[site]; b != nil {
			sum := overviewSum(b)
			row.Before = &sum
		}
		for key, n := range networks {
			if key.site == site {
				row.Networks = append(row.Networks, NetworkPart{key.network, overviewSum(n)})
			}
		}
		slices.SortFunc(row.Networks, func(a, b NetworkPart) int {
			return cmp.Or(cmp.Compare(total(b.Minutes), total(a.Minutes)), cmp.Compare(a.Network, b.Network))
		})
		out = append(out, row)
	}
	few := func(s *SiteSplit) bool { return s.All.People < fewestPeople || graded(s.All.Minutes) < fewestMinutes }
	share := func(s *SiteSplit) float64 {
		if s.All.OKPct == nil {
			return 101
		}
		return *s.All.OKPct
	}
	slices.SortFunc(out, func(a, b SiteSplit) int {
		return cmp.Or(compareBool(few(&a), few(&b)), cmp.Compare(share(&a), share(&b)), cmp.Compare(total(b.All.Minutes), total(a.All.Minutes)), cmp.Compare(siteName(&a), siteName(&b)))
	})
	return out
}

func siteName(s *SiteSplit) string {
	if s.Site == nil {
		return ""
	}
	return s.Site.Name
}

func graded(c GradeCount) int { return c.Good + c.Fair + c.Poor + c.Bad }

func total(c GradeCount) int { return graded(c) + c.Unclassified }
