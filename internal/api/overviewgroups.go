package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
)

const (
	// leastPeople and leastMinutes are how large a group must be on both days to be compared: of fewer people, one decides.
	leastPeople  = 10
	leastMinutes = 100
	// leastChange is in percentage points; less is weather.
	leastChange = 0.5
	mostMovers  = 8
	mostSplit   = 40 // sites on their own
)

// moverDimension is something by which people share a fate.
type moverDimension struct {
	word string
	of   func(d *earshot.Dimensions) groupKey
}

// groupKey is a site's id or another dimension's word; zero for unknown.
type groupKey struct {
	site earshot.ID
	name string
}

// moverDimensions begin with the site.
var moverDimensions = [...]moverDimension{
	{"site", func(d *earshot.Dimensions) groupKey { return groupKey{site: d.Site} }},
	{"network", func(d *earshot.Dimensions) groupKey { return groupKey{name: d.NetworkType} }},
	{"data-center", func(d *earshot.Dimensions) groupKey { return groupKey{name: d.DataCenter} }},
	{"client-version", func(d *earshot.Dimensions) groupKey { return groupKey{name: d.ClientVersion} }},
	{"isp", func(d *earshot.Dimensions) groupKey { return groupKey{name: d.ISP} }},
}

func (a *API) getOverviewGroups(ctx context.Context, in *ZoneInput) (*OverviewGroups, error) {
	zone, err := zoneOf(in.TZ)
	if err != nil {
		return nil, err
	}
	return a.overviews.groups.get(ctx, zone.String(), groupsFresh, func(ctx context.Context) (*OverviewGroups, error) {
		return a.overviewGroups(ctx, zone)
	})
}

func (a *API) overviewGroups(ctx context.Context, zone *time.Location) (*OverviewGroups, error) {
	out := &OverviewGroups{Zone: zone.String(), LeastPeople: leastPeople, LeastMinutes: leastMinutes, Movers: []Mover{}, Sites: []SiteSplit{}}
	now := a.live.Watermark()
	if now == 0 {
		return out, nil
	}
	s := spanOf(now, zone)
	out.From, out.To, out.BeforeFrom, out.BeforeTo = timeOf(s.from), timeOf(s.to), timeOf(s.beforeFrom), timeOf(s.beforeTo)
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	recent := a.live.Recent(s.open)
	ofToday, err := a.fates(ctx, s.from, s.open)
	if err != nil {
		return nil, err
	}
	ofBefore, err := a.fates(ctx, s.beforeFrom, s.beforeTo)
	if err != nil {
		return nil, err
	}
	out.HasBefore = len(ofBefore) > 0
	var movers []Mover
	for i, d := range moverDimensions {
		today, before := sumUp(ofToday, d.of), sumUp(ofBefore, d.of)
		addRecent(today, recent, d.of)
		found := moved(d.word, today, before, sites)
		out.Compared += len(found)
		movers = append(movers, found...)
		if i == 0 {
			parts := sumUp(ofToday, placeOf)
			addRecent(parts, recent, placeOf)
			out.Sites = siteSplits(parts, today, before, sites)
		}
	}
	out.Movers = topMovers(movers)
	return out, nil
}

// sums are what groups had.
type sums[K comparable] map[K]*facts.Tally

func (s sums[K]) of(key K) *facts.Tally {
	if s[key] == nil {
		s[key] = &facts.Tally{}
	}
	return s[key]
}

// fates are a span's minutes of each person by all that is shared with others: one pass over them, of which every dimension is
// added up.
func (a *API) fates(ctx context.Context, from, to earshot.Instant) ([]facts.Tally, error) {
	if to <= from {
		return nil, nil
	}
	all, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: from, To: to}, MinutesOnly: true,
		By: []facts.Dimension{facts.BySite, facts.ByNetworkType, facts.ByDataCenter, facts.ByClientVersion, facts.ByISP, facts.ByPerson},
	})
	if err != nil {
		return nil, fmt.Errorf("minutes by what people share, from %s: %w", from.Time().Format(time.RFC3339), err)
	}
	return all, nil
}

// sumUp adds up by one of the dimensions. Who is in several parts of a group is one person of it.
func sumUp[K comparable](fates []facts.Tally, of func(*earshot.Dimensions) K) sums[K] {
	crowds := make(map[K]*crowd)
	for i := range fates {
		key := of(&fates[i].Dimensions)
		if crowds[key] == nil {
			crowds[key] = newCrowd()
		}
		crowds[key].add(&fates[i])
	}
	out := make(sums[K], len(crowds))
	for key, c := range crowds {
		t := c.tally()
		out[key] = &t
	}
	return out
}

// addRecent adds the minutes that only the live view has.
func addRecent[K comparable](to sums[K], recent []live.Group, of func(*earshot.Dimensions) K) {
	for i := range recent {
		t := to.of(of(&recent[i].Dimensions))
		for _, c := range recent[i].Minutes {
			addCounts(&t.Minutes, c)
		}
	}
}

func enough(t *facts.Tally) bool {
	return t != nil && t.Persons >= leastPeople && t.Minutes.Classified() >= leastMinutes
}

// okPct is the share of the classified minutes that are good or fair.
func okPct(c *earshot.GradeCounts) float64 {
	return 100 * float64(c[earshot.Good]+c[earshot.Fair]) / float64(max(1, c.Classified()))
}

func overviewSum(t *facts.Tally) OverviewSum {
	return OverviewSum{MinuteSum: minuteSum(t.Minutes), People: t.Persons}
}

// moved compares the groups of one dimension that are large enough on both days.
func moved(word string, today, before sums[groupKey], sites map[earshot.ID]*earshot.Site) []Mover {
	var out []Mover
	for key, t := range today {
		b := before[key]
		if key == (groupKey{}) || !enough(t) || !enough(b) {
			continue
		}
		m := Mover{Dimension: word, Name: key.name, Now: overviewSum(t), Before: overviewSum(b), Change: tenths(okPct(&t.Minutes) - okPct(&b.Minutes))}
		if key.site != 0 {
			m.Site = siteRef(key.site, sites)
			m.Name = m.Site.Name
		}
		out = append(out, m)
	}
	return out
}

// topMovers keeps those that moved most people's minutes, the worst change first.
func topMovers(all []Mover) []Mover {
	all = slices.DeleteFunc(all, func(m Mover) bool { return math.Abs(m.Change) < leastChange })
	weight := func(m *Mover) float64 {
		n := m.Now.Minutes
		return math.Abs(m.Change) * float64(n.Good+n.Fair+n.Poor+n.Bad)
	}
	same := func(a, b *Mover) int {
		return cmp.Or(cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.Name, b.Name))
	}
	slices.SortFunc(all, func(a, b Mover) int { return cmp.Or(cmp.Compare(weight(&b), weight(&a)), same(&a, &b)) })
	all = all[:min(len(all), mostMovers)]
	slices.SortFunc(all, func(a, b Mover) int { return cmp.Or(cmp.Compare(a.Change, b.Change), same(&a, &b)) })
	return append([]Mover{}, all...)
}
