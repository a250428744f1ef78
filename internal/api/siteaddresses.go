package api

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

const (
	mostNetworks = 500 // of one answer
	mostBehind   = 5   // public networks that are named with a private one
)

// AddressesInput is the span of listAddresses, and whose people. It is exported because huma reads parameters of exported types only.
type AddressesInput struct {
	Account idParam `query:"account" doc:"only its people"`
	Span
}

// listAddresses looks the addresses of everybody up in the list that is in force now, whatever was in force when they came.
func (a *API) listAddresses(ctx context.Context, in *AddressesInput) (*Addresses, error) {
	t := a.table()
	if t == nil {
		return nil, errUnavailable
	}
	from, to, err := a.wholeHours(&in.Span, 24*time.Hour)
	if err != nil {
		return nil, err
	}
	joins, err := a.registry.ReportedBetween(ctx, from, to, mostSegments)
	if err != nil {
		return nil, err
	}
	if len(joins) == mostSegments {
		from = max(from, oldest(joins))
	}
	if of := in.Account.ID; of != 0 {
		joins = slices.DeleteFunc(joins, func(s registry.Reported) bool { return s.Account != of })
	}
	last, err := a.networksOf(ctx, joins)
	if err != nil {
		return nil, err
	}
	found := gatherNetworks(t, joins, last)
	out := &Addresses{From: from.Time(), To: to.Time(), People: len(found.people), Everyone: len(found.everyone), Networks: found.rows(), Sites: []AddressTarget{}}
	for _, s := range t.Sites() {
		out.Sites = append(out.Sites, AddressTarget{s.Name})
	}
	return out, nil
}

// oldest returns when the oldest of joins was first reported on.
func oldest(joins []registry.Reported) earshot.Instant {
	at := joins[0].FirstReport
	for i := range joins {
		at = min(at, joins[i].FirstReport)
	}
	return at
}

// lastNetwork is where a join was in the end; addresses that Zoom did not tell are not valid.
type lastNetwork struct {
	public, internal netip.Addr
	wifi             bool
}

// networksOf returns where each join was in the end; one without devices is left out.
func (a *API) networksOf(ctx context.Context, joins []registry.Reported) (map[earshot.ID]lastNetwork, error) {
	out := make(map[earshot.ID]lastNetwork, len(joins))
	byID := make(map[earshot.ID]*registry.Reported, len(joins))
	for i := range joins {
		byID[joins[i].Segment] = &joins[i]
	}
	rows, err := a.registry.LastNetworks(ctx, a.networkKnown.known(maps.Keys(byID), out))
	if err != nil {
		return nil, err
	}
	over, before := map[earshot.ID]lastNetwork{}, a.settledBefore()
	for i := range rows {
		n := lastNetwork{wifi: strings.EqualFold(rows[i].NetworkType, "wifi")}
		n.public, n.internal = parseAddresses(rows[i].PublicIP, rows[i].InternalIP)
		out[rows[i].Segment] = n
		if s := byID[rows[i].Segment]; max(s.Leave, s.LastReport) < before {
			over[s.Segment] = n
		}
	}
	a.networkKnown.remember(over)
	return out, nil
}

// networks are the networks that belong to no site.
type networks struct {
	byRange          map[netip.Prefix]*network
	people, everyone map[earshot.ID]bool
}

type network struct {
	AddressRange
	people map[earshot.ID]bool
	behind map[netip.Prefix]map[earshot.ID]bool
	last   earshot.Instant
}

func gatherNetworks(t *site.Table, joins []registry.Reported, last map[earshot.ID]lastNetwork) *networks {
	all := &networks{byRange: map[netip.Prefix]*network{}, people: map[earshot.ID]bool{}, everyone: map[earshot.ID]bool{}}
	for i := range joins {
		s := &joins[i]
		who := cmp.Or(s.Person, s.Segment) // whom nobody knows is somebody all the same
		d := last[s.Segment]
		public, internal := d.public, d.internal
		if !public.IsValid() && !internal.IsValid() {
			continue
		}
		all.everyone[who] = true
		m := t.Lookup(public, internal)
		if m.Site != nil && !m.Site.Derived {
			continue
		}
		all.people[who] = true
		var front netip.Prefix
		if m.Site != nil {
			front = netip.MustParsePrefix(m.Site.Ranges[0]) // a derived site has its own prefix
			n := all.at(front, who, s, d.wifi)
			n.Public, n.ISP, n.Site = true, m.ISP, siteRefOf(m.Site)
		}
		if internal.IsValid() && !site.IsPublic(internal) && !internal.IsLoopback() && !internal.IsLinkLocalUnicast() {
			n := all.at(site.Subnet(internal), who, s, d.wifi)
			if front.IsValid() {
				if n.behind[front] == nil {
					n.behind[front] = map[earshot.ID]bool{}
				}
				n.behind[front][who] = true
			}
		}
	}
	return all
}

func siteRefOf(s *earshot.Site) *SiteRef { return &SiteRef{s.ID, s.Name, s.Derived} }

// at counts a join in a network.
func (all *networks) at(prefix netip.Prefix, who earshot.ID, s *registry.Reported, wifi bool) *network {
	n := all.byRange[prefix]
	if n == nil {
		n = &network{AddressRange: AddressRange{Range: prefix.String()}, people: map[earshot.ID]bool{}, behind: map[netip.Prefix]map[earshot.ID]bool{}}
		all.byRange[prefix] = n
	}
	n.people[who] = true
	n.Joins++
	if wifi {
		n.Wifi++
	}
	n.last = max(n.last, s.LastReport)
	return n
}

// rows returns the networks with the most people first.
func (all *networks) rows() []AddressRange {
	out := make([]AddressRange, 0, len(all.byRange))
	for _, n := range all.byRange {
		n.People, n.LastSeen, n.BehindOf = len(n.people), n.last.Time(), len(n.behind)
		fronts := make([]netip.Prefix, 0, len(n.behind))
		for p := range n.behind {
			fronts = append(fronts, p)
		}
		slices.SortFunc(fronts, func(a, b netip.Prefix) int {
			return cmp.Or(cmp.Compare(len(n.behind[b]), len(n.behind[a])), a.Compare(b))
		})
		for _, p := range fronts[:min(len(fronts), mostBehind)] {
			n.Behind = append(n.Behind, p.String())
		}
		out = append(out, n.AddressRange)
	}
	slices.SortFunc(out, func(a, b AddressRange) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Joins, a.Joins), strings.Compare(a.Range, b.Range))
	})
	return out[:min(len(out), mostNetworks)]
}

// getTypedSites says what lies over the sites file.
func (a *API) getTypedSites(context.Context, *struct{}) (*TypedSites, error) {
	t := a.table()
	if t == nil {
		return nil, errUnavailable
	}
	typed := t.Typed()
	out := &TypedSites{
		Revision: t.Revision(), File: t.HasFile(), Ranges: len(t.Ranges()), Typed: len(typed.Ranges) + len(typed.Details), Overruled: []Overruled{},
	}
	for _, o := range t.Overruled() {
		row := Overruled{Line: o.Line, Site: o.Site, Typed: o.Typed, Who: o.Who, At: o.At.Time()}
		if o.Range.IsValid() {
			row.Range = o.Range.String()
		}
		out.Overruled = append(out.Overruled, row)
	}
	return out, nil
}

// csvSites writes the list out, in the form in which it is read.
func (a *API) csvSites(context.Context, *struct{}) (*download, error) {
	t := a.table()
	if t == nil {
		return nil, errUnavailable
	}
	now := time.Now()
	return &download{fileName("sites", &now, 0, ".csv"), func(_ context.Context, w io.Writer) error { return site.WriteCSV(w, t.Sites()) }}, nil
}
