package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// listSites answers with all sites on one page: there are hundreds at most.
func (a *API) listSites(ctx context.Context, _ *struct{}) (*Page[Site], error) {
	known, _, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	now := make(map[earshot.ID]live.SiteNow)
	for _, s := range a.live.Sites() {
		now[s.Site] = s
	}
	out := &Page[Site]{Items: make([]Site, 0, len(known))}
	for i := range known {
		s := &known[i]
		n := now[s.ID]
		delete(now, s.ID)
		out.Items = append(out.Items, Site{
			SiteRef: SiteRef{s.ID, s.Name, s.Derived}, Ranges: s.Ranges, Zone: s.Zone, ISP: s.ISP, LinkMbps: s.LinkMbps, VPN: s.VPN,
			Tags: s.Tags, People: n.People, Now: gradeCount(n.Now),
		})
	}
	for _, n := range now { // not stored yet
		out.Items = append(out.Items, Site{SiteRef: SiteRef{n.Site, n.Name, n.Derived}, People: n.People, Now: gradeCount(n.Now)})
	}
	slices.SortFunc(out.Items, func(a, b Site) int {
		return cmp.Or(
			cmp.Compare(b.Now.Bad, a.Now.Bad), cmp.Compare(b.Now.Poor, a.Now.Poor), cmp.Compare(b.Now.Fair, a.Now.Fair), cmp.Compare(b.People, a.People),
			compareBool(a.Derived, b.Derived), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}
