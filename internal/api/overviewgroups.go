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
	by   facts.Dimension
	of   func(d *earshot.Dimensions) groupKey
}

// groupKey is a site's id or another dimension's word; zero for unknown.
type groupKey struct {
	site earshot.ID
	name string
}

var moverDimensions = [...]moverDimension{
	{"site", facts.BySite, func(d *earshot.Dimensions) groupKey { return groupKey{site: d.Site} }},
	{"network", facts.ByNetworkType, func(d *earshot.Dimensions) groupKey { return groupKey{name: d.NetworkType} }},
	{"data-center", facts.ByDataCenter, func(d *earshot.Dimensions) groupKey { return groupKey{name: d.DataCenter} }},
	{"client-version", facts.ByClientVersion, func(d *earshot.Dimensions) groupKey { return groupKey{name: d.ClientVersion} }},
	{"isp", facts.ByISP, func(d *earshot.Dimensions) groupKey { return groupKey{name: d.ISP} }},
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
	var movers []Mover
	for _, d := range moverDimensions {
		today, err := a.groupSums(ctx, d, s.from, s.open)
		if err != nil {
			return nil, err
		}
		addRecent(today, recent, d.of)
		before, err := a.groupSums(ctx, d, s.beforeFrom, s.beforeTo)
		if err != nil {
			return nil, err
		}
		out.HasBefore = out.HasBefore || len(before) > 0
		found := moved(d.word, today, before, sites)
		out.Compared += len(found)
		movers = append(movers, found...)
		if d.by == facts.BySite {
			if out.Sites, err = a.siteSplits(ctx, &s, recent, today, before, sites); err != nil {
				return nil, err
			}
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

func (a *API) groupSums(ctx context.Context, d moverDimension, from, to earshot.Instant) (sums[groupKey], error) {
	out := make(sums[groupKey])
	if to <= from {
		return out, nil
	}
	all, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: from, To: to}, By: []facts.Dimension{d.by}})
	if err != nil {
		return nil, fmt.Errorf("minutes by %s from %s: %w", d.word, from.Time().Format(time.RFC3339), err)
	}
	for i := range all {
		out[d.of(&all[i].Dimensions)] = &all[i]
	}
	return out, nil
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
	return OverviewSum{GradeSum: gradeSum(t.Minutes), People: t.Persons}
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
