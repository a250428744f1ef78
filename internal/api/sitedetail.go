package api

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/site"
)

// SiteInput is which site, over which span, of whose people. It is exported because huma reads parameters of exported types only.
type SiteInput struct {
	ByID
	Span
	Account idParam `query:"account" doc:"count its people only, here and elsewhere"`
}

const (
	// weekHours is how many hours a week has.
	weekHours = 7 * 24
	// weekSpan is how much the hours of the week are made of unless it is said: whole weeks, so that each hour is as often in it.
	weekSpan = 28 * 24 * time.Hour
	// mostSegments is how many joins are looked up for one question about addresses or gear; what is beyond is left out, the
	// oldest days first, and said so.
	mostSegments = 20_000
)

// siteBy returns a site that is stored or that somebody is at, with who of an account (0: of all) is there now.
func (a *API) siteBy(ctx context.Context, id, account earshot.ID) (Site, *earshot.Site, error) {
	_, byID, err := a.sitesNow(ctx)
	if err != nil {
		return Site{}, nil, err
	}
	var out Site
	s := byID[id]
	if s != nil {
		out = a.placeRow(s)
		listed := a.listed()
		out.Former = listed != nil && !s.Derived && !listed[id]
	}
	for _, n := range a.live.Sites(account) {
		if n.Site != id {
			continue
		}
		if s == nil {
			s = &earshot.Site{ID: id, Name: n.Name, Derived: n.Derived}
			out = a.placeRow(s)
		}
		out.People, out.Now = n.People, gradeCount(n.Now)
	}
	if s == nil {
		return Site{}, nil, errNotFound
	}
	return out, s, nil
}

func (a *API) getSite(ctx context.Context, in *SiteInput) (*SiteDetail, error) {
	known, s, err := a.siteBy(ctx, in.ID.ID, in.Account.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := a.wholeHours(&in.Span, 24*time.Hour)
	if err != nil {
		return nil, err
	}
	d := &SiteDetail{Site: known, From: from.Time(), To: to.Time()}
	q := siteQuestions{a: a, site: s.ID, account: in.Account.ID, from: from, to: to}
	here, all := q.total(ctx, from, to)
	before, _ := q.total(ctx, from-(to-from), from)
	d.Total, d.Before, d.Elsewhere = measured(&here), measured(&before), gradeCount(minus(all.Minutes, here.Minutes))
	d.Networks = q.splits(ctx, facts.ByNetworkType, func(t *facts.Tally) string { return t.NetworkType })
	d.ISPs = q.splits(ctx, facts.ByISP, func(t *facts.Tally) string { return t.ISP })
	d.DataCenters = q.splits(ctx, facts.ByDataCenter, func(t *facts.Tally) string { return t.DataCenter })
	d.Transports = q.splits(ctx, facts.ByTransport, func(t *facts.Tally) string { return t.Transport })
	d.Fallback = fallbackOf(d.Transports)
	d.Busiest = q.busiest(ctx)
	if q.err != nil {
		return nil, fmt.Errorf("site %s: %w", s.ID, q.err)
	}
	return d, nil
}

// siteQuestions asks one question after the other about a site; after an error it asks none.
type siteQuestions struct {
	a             *API
	site, account earshot.ID // account 0: all
	from, to      earshot.Instant
	err           error
}

func (q *siteQuestions) ask(ctx context.Context, at earshot.ID, from, to earshot.Instant, step time.Duration, by ...facts.Dimension) []facts.Tally {
	if q.err != nil {
		return nil
	}
	var out []facts.Tally
	out, q.err = q.a.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: from, To: to, Account: q.account}, Where: earshot.Dimensions{Site: at}, By: by, Step: step,
	})
	return out
}

// total returns what a span amounts to here and everywhere.
func (q *siteQuestions) total(ctx context.Context, from, to earshot.Instant) (here, all facts.Tally) {
	for _, t := range q.ask(ctx, q.site, from, to, 0) {
		here = t
	}
	for _, t := range q.ask(ctx, 0, from, to, 0) {
		all = t
	}
	return here, all
}

// splits returns the parts of the site's minutes, those with the most bad minutes first, beside the same parts elsewhere.
func (q *siteQuestions) splits(ctx context.Context, by facts.Dimension, name func(*facts.Tally) string) []Split {
	everywhere := make(map[string]earshot.GradeCounts)
	for _, t := range q.ask(ctx, 0, q.from, q.to, 0, by) {
		everywhere[name(&t)] = t.Minutes
	}
	out := []Split{}
	for _, t := range q.ask(ctx, q.site, q.from, q.to, 0, by) {
		elsewhere := minus(everywhere[name(&t)], t.Minutes)
		out = append(out, Split{
			Name: name(&t), Measured: measured(&t), ElsewhereMinutes: elsewhere.Classified(),
			ElsewhereBadPct: percent(elsewhere[earshot.Bad], elsewhere.Classified()),
			ElsewhereOKPct:  percent(elsewhere[earshot.Good]+elsewhere[earshot.Fair], elsewhere.Classified()),
		})
	}
	slices.SortFunc(out, func(a, b Split) int {
		return cmp.Or(worstMinutes(&a.Measured, &b.Measured), strings.Compare(a.Name, b.Name))
	})
	return out
}

// worstMinutes orders by bad minutes, then by poor ones, then by people, most first.
func worstMinutes(a, b *Measured) int {
	return cmp.Or(cmp.Compare(b.Minutes.Bad, a.Minutes.Bad), cmp.Compare(b.Minutes.Poor, a.Minutes.Poor), cmp.Compare(b.People, a.People))
}

// fallbackOf adds up what did not go over UDP. Peer to peer is UDP, too. The minutes are all, with and without a verdict at the
// site; elsewhere those with one, which is what the parts tell.
func fallbackOf(transports []Split) Fallback {
	var f Fallback
	away, of := 0, 0
	for i := range transports {
		t := &transports[i]
		if t.Name == "" {
			continue
		}
		m := t.Minutes
		n := m.Good + m.Fair + m.Poor + m.Bad
		f.Of += n
		of += t.ElsewhereMinutes
		if isFallback(t.Name) {
			f.Minutes += n
			away += t.ElsewhereMinutes
		}
	}
	f.Pct, f.ElsewherePct = percent(f.Minutes, f.Of), percent(away, of)
	return f
}

// isFallback reports whether a connection type, as Zoom spells it, is what clients resort to where UDP does not get through.
func isFallback(transport string) bool {
	switch strings.ToUpper(transport) {
	case "", "UDP", "RTP", "P2P":
		return false
	}
	return true
}

func (q *siteQuestions) busiest(ctx context.Context) *BusyHour {
	var most facts.Tally
	for _, t := range q.ask(ctx, q.site, q.from, q.to, time.Hour) {
		if t.Persons > most.Persons {
			most = t
		}
	}
	if most.Persons == 0 {
		return nil
	}
	return &BusyHour{most.At.Time(), most.Persons}
}

// getSiteWeek adds the hours of some weeks up by hour of the week. Facts are kept by UTC hours: where a zone is half an hour
// off, an hour counts as the one that its middle lies in.
func (a *API) getSiteWeek(ctx context.Context, in *SiteInput) (*SiteWeek, error) {
	_, s, err := a.siteBy(ctx, in.ID.ID, in.Account.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := a.wholeHours(&in.Span, weekSpan)
	if err != nil {
		return nil, err
	}
	zone := zoneAt(s)
	hours, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: from, To: to, Account: in.Account.ID}, Where: earshot.Dimensions{Site: s.ID}, Step: time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("the week of site %s: %w", s.ID, err)
	}
	out := &SiteWeek{From: from.Time(), To: to.Time(), Zone: zone.String(), Hours: make([]WeekHour, weekHours)}
	for i := range hours {
		h := &hours[i]
		local := h.At.Add(30 * time.Minute).Time().In(zone)
		day := (int(local.Weekday()) + 6) % 7 // Monday first
		cell := &out.Hours[day*24+local.Hour()]
		cell.Minutes += h.Minutes.Classified()
		cell.Bad += h.Minutes[earshot.Bad]
		cell.Poor += h.Minutes[earshot.Poor]
		cell.People = max(cell.People, h.Persons)
	}
	for i := range out.Hours {
		if c := &out.Hours[i]; c.Minutes >= fewestMinutes {
			c.BadPct = percent(c.Bad, c.Minutes)
		}
	}
	return out, nil
}

// getSiteSubnets joins the minutes of the joins at a site with the addresses that the registry has of them: facts have none.
func (a *API) getSiteSubnets(ctx context.Context, in *SiteInput) (*SiteSubnets, error) {
	_, s, err := a.siteBy(ctx, in.ID.ID, in.Account.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := a.wholeHours(&in.Span, 24*time.Hour)
	if err != nil {
		return nil, err
	}
	joins, from, err := a.joinsOf(ctx, facts.Filter{From: from, To: to, Account: in.Account.ID}, earshot.Dimensions{Site: s.ID}, facts.ByNetworkType)
	if err != nil {
		return nil, fmt.Errorf("subnets of site %s: %w", s.ID, err)
	}
	segments, err := a.segmentsOf(ctx, joins)
	if err != nil {
		return nil, err
	}
	groups := make(map[netip.Prefix]*crowd)
	wifi := make(map[netip.Prefix]int)
	for i := range joins {
		prefix := subnetAt(segments[joins[i].Segment], a.table(), s)
		if groups[prefix] == nil {
			groups[prefix] = newCrowd()
		}
		groups[prefix].add(&joins[i])
		if strings.EqualFold(joins[i].NetworkType, "wifi") {
			wifi[prefix] += joins[i].Minutes.Classified()
		}
	}
	out := &SiteSubnets{From: from.Time(), To: to.Time(), Subnets: []Subnet{}}
	for prefix, g := range groups {
		n := Subnet{Measured: g.measured(), Wifi: wifi[prefix]}
		if prefix.IsValid() {
			n.Range = prefix.String()
		}
		out.Subnets = append(out.Subnets, n)
	}
	slices.SortFunc(out.Subnets, func(a, b Subnet) int {
		return cmp.Or(worstMinutes(&a.Measured, &b.Measured), strings.Compare(a.Range, b.Range))
	})
	return out, nil
}

// subnetAt returns the network that somebody was in at a site: of the addresses that lead there, the newest ones.
func subnetAt(g *earshot.Segment, t *site.Table, s *earshot.Site) netip.Prefix {
	if g == nil || len(g.Devices) == 0 {
		return netip.Prefix{}
	}
	chosen := &g.Devices[len(g.Devices)-1]
	for i := range g.Devices {
		public, internal := addressesOf(&g.Devices[i])
		if t != nil && (public.IsValid() || internal.IsValid()) {
			if m := t.Lookup(public, internal); m.Site != nil && m.Site.ID == s.ID {
				chosen = &g.Devices[i]
			}
		}
	}
	public, internal := addressesOf(chosen)
	if internal.IsValid() {
		return site.Subnet(internal)
	}
	if !public.IsValid() {
		return netip.Prefix{}
	}
	return site.Subnet(public)
}

// addressesOf reads the addresses of a snapshot; what is none is invalid.
func addressesOf(d *earshot.DeviceSnapshot) (public, internal netip.Addr) {
	return parseAddresses(d.PublicIP, d.InternalIP)
}

// parseAddresses reads what Zoom told; what is no address is not valid.
func parseAddresses(publicIP, internalIP string) (public, internal netip.Addr) {
	public, _ = netip.ParseAddr(publicIP)
	internal, _ = netip.ParseAddr(internalIP)
	return public.Unmap().WithZone(""), internal.Unmap().WithZone("")
}
