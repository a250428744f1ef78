package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/site"
)

// weekDays is how far back the list of sites looks.
const weekDays = 7

// longestDay is longer than any day at any place: those with a change of clocks have 25 hours.
const longestDay = 26 * time.Hour

// placedStale is how old the figures of the list may be: pages ask for it every few seconds.
const placedStale = 20 * time.Second

// mostPlaced is of how many accounts the figures are held at once; whoever has more of them waits for theirs.
const mostPlaced = 64

// placeCache holds the figures of the list of sites for a while, by account; 0 is all of them.
type placeCache struct {
	mu        sync.Mutex
	byAccount map[earshot.ID]placed
}

// placed is what today and the last week amounted to at each site when it was read.
type placed struct {
	read        time.Time
	today, week map[earshot.ID]facts.Tally
}

type listSitesInput struct {
	Account idParam `query:"account" doc:"count its people only, and leave out where none of them was in 7 days"`
}

// listSites answers with all sites on one page: there are hundreds at most, and derived ones of a week.
func (a *API) listSites(ctx context.Context, in *listSitesInput) (*Page[SiteRow], error) {
	known, _, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	today, week, err := a.placedNow(ctx, in.Account.ID, known)
	if err != nil {
		return nil, err
	}
	now := make(map[earshot.ID]live.SiteNow)
	for _, s := range a.live.Sites(in.Account.ID) {
		now[s.Site] = s
	}
	listed := a.listed()
	out := &Page[SiteRow]{Items: make([]SiteRow, 0, len(known))}
	for i := range known {
		s := &known[i]
		n := now[s.ID]
		delete(now, s.ID)
		w := week[s.ID]
		former := listed != nil && !s.Derived && !listed[s.ID]
		if listed != nil && (former || s.Derived) && n.People == 0 && w.Persons == 0 {
			continue // nothing in a week: it is only kept for facts that name it
		}
		if in.Account.ID != 0 && n.People == 0 && w.Persons == 0 {
			continue // a place of another account's people
		}
		t := today[s.ID]
		row := SiteRow{Site: a.placeRow(s), Today: measured(&t), Week: measured(&w)}
		row.Former, row.People, row.Now = former, n.People, gradeCount(n.Now)
		out.Items = append(out.Items, row)
	}
	for _, n := range now { // not stored yet
		out.Items = append(out.Items, SiteRow{Site: Site{SiteRef: SiteRef{n.Site, n.Name, n.Derived}, People: n.People, Now: gradeCount(n.Now), TargetPct: a.target}, Today: measured(&facts.Tally{}), Week: measured(&facts.Tally{})})
	}
	slices.SortFunc(out.Items, func(a, b SiteRow) int {
		return cmp.Or(
			cmp.Compare(b.Now.Bad, a.Now.Bad), cmp.Compare(b.Now.Poor, a.Now.Poor), cmp.Compare(b.Now.Fair, a.Now.Fair), cmp.Compare(b.People, a.People),
			compareBool(a.Derived, b.Derived), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// table returns the list of sites in force, nil when nobody keeps one here.
func (a *API) table() *site.Table {
	if a.places == nil {
		return nil
	}
	return a.places.Table()
}

// listed returns the ids of the sites in force, nil when nobody keeps a list here.
func (a *API) listed() map[earshot.ID]bool {
	t := a.table()
	if t == nil {
		return nil
	}
	out := make(map[earshot.ID]bool)
	for _, s := range t.Sites() {
		out[s.ID] = true
	}
	return out
}

// placedNow returns what today and the last week amount to at each site, of one account's people or (0) of all. The maps are
// shared: do not modify them.
func (a *API) placedNow(ctx context.Context, account earshot.ID, sites []earshot.Site) (today, week map[earshot.ID]facts.Tally, err error) {
	c := &a.placed
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.byAccount[account]; ok && time.Since(p.read) < placedStale {
		return p.today, p.week, nil
	}
	from, to, err := a.wholeHours(&Span{}, weekDays*24*time.Hour)
	if err != nil {
		return nil, nil, err
	}
	// Of everybody the newest minutes are the live view's, as on the Overview, so that both judge a site alike. It does not tell
	// accounts apart.
	if now := a.live.Watermark(); account == 0 && now != 0 {
		to = max(from, min(to, now.Minute().Add(-openTail)))
	}
	all, err := a.bySite(ctx, facts.Filter{From: from, To: to, Account: account})
	if err != nil {
		return nil, nil, fmt.Errorf("the week of %d sites: %w", len(sites), err)
	}
	week = make(map[earshot.ID]facts.Tally, len(all))
	for i := range all {
		week[all[i].Site] = all[i]
	}
	if account == 0 {
		a.addOpen(week, to, func(earshot.ID) (earshot.Instant, bool) { return from, true })
	}
	if today, err = a.today(ctx, account, sites, to); err != nil {
		return nil, nil, err
	}
	if c.byAccount == nil || len(c.byAccount) >= mostPlaced {
		c.byAccount = make(map[earshot.ID]placed)
	}
	c.byAccount[account] = placed{read: time.Now(), today: today, week: week}
	return today, week, nil
}

func (a *API) bySite(ctx context.Context, f facts.Filter) ([]facts.Tally, error) {
	return a.facts.Tally(ctx, facts.TallyQuery{Filter: f, By: []facts.Dimension{facts.BySite}})
}

// today asks for each zone's day at once: those whose midnight is the same instant are one question.
func (a *API) today(ctx context.Context, account earshot.ID, sites []earshot.Site, to earshot.Instant) (map[earshot.ID]facts.Tally, error) {
	now := a.live.Watermark()
	if now == 0 {
		now = to
	}
	begins := make(map[earshot.ID]earshot.Instant, len(sites))
	midnights := map[earshot.Instant]bool{}
	for i := range sites {
		local := now.Time().In(zoneAt(&sites[i]))
		y, m, d := local.Date()
		begin := max(earshot.InstantOf(time.Date(y, m, d, 0, 0, 0, 0, local.Location())), now.Add(-longestDay))
		begins[sites[i].ID], midnights[begin] = begin, true
	}
	out := make(map[earshot.ID]facts.Tally)
	for begin := range midnights {
		if begin >= to {
			continue
		}
		all, err := a.bySite(ctx, facts.Filter{From: begin, To: to, Account: account})
		if err != nil {
			return nil, fmt.Errorf("today of %d sites: %w", len(sites), err)
		}
		for i := range all {
			if begins[all[i].Site] == begin {
				out[all[i].Site] = all[i]
			}
		}
	}
	if account == 0 {
		a.addOpen(out, to, func(id earshot.ID) (earshot.Instant, bool) { begin, known := begins[id]; return begin, known })
	}
	return out, nil
}

// addOpen adds the minutes from a moment on, which only the live view has, to those of each site since it begins.
func (a *API) addOpen(to map[earshot.ID]facts.Tally, from earshot.Instant, begins func(site earshot.ID) (earshot.Instant, bool)) {
	for _, g := range a.live.Recent(from) {
		begin, wanted := begins(g.Site)
		if !wanted {
			continue
		}
		t := to[g.Site]
		for k, c := range g.Minutes {
			if from.Add(time.Duration(k)*time.Minute) >= begin {
				addCounts(&t.Minutes, c)
			}
		}
		to[g.Site] = t
	}
}

// zoneAt returns a site's time zone, UTC where it has none that is known here.
func zoneAt(s *earshot.Site) *time.Location {
	if s.Zone != "" {
		if z, err := time.LoadLocation(s.Zone); err == nil {
			return z
		}
	}
	return time.UTC
}
