package api

import (
	"context"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/site"
)

// The most that a plan tells; it does all.
const (
	mostEntries  = 2_000
	mostOverlaps = 500
	mostProblems = 500
)

// ChangeSitesInput is the body of changeSites. It and the next one are exported because huma reads bodies of exported types only.
type ChangeSitesInput struct{ Body SiteChanges }

// ImportSitesInput is the body of importSites.
type ImportSitesInput struct{ Body SiteImport }

func (a *API) changeSites(ctx context.Context, who string, in *ChangeSitesInput) (*SitePlan, error) {
	t := a.table()
	if t == nil {
		return nil, errUnavailable
	}
	var c site.Change
	for _, r := range in.Body.Ranges {
		c.Ranges = append(c.Ranges, site.RangeChange{Range: r.Range, Site: r.Site})
	}
	for _, s := range in.Body.Sites {
		c.Sites = append(c.Sites, site.SiteChange{Name: s.Name, Details: site.Details{Zone: s.Zone, ISP: s.ISP, LinkMbps: s.LinkMbps, VPN: s.VPN, Tags: s.Tags}})
	}
	p := t.Plan(c, who, earshot.InstantOf(time.Now()))
	return a.finish(ctx, who, &p, in.Body.Revision, in.Body.Apply)
}

func (a *API) importSites(ctx context.Context, who string, in *ImportSitesInput) (*SitePlan, error) {
	t := a.table()
	if t == nil {
		return nil, errUnavailable
	}
	p, err := t.PlanCSV(strings.NewReader(in.Body.CSV), in.Body.Keep, who, earshot.InstantOf(time.Now()))
	if err != nil {
		return nil, err
	}
	return a.finish(ctx, who, &p, in.Body.Revision, in.Body.Apply)
}

// finish tells a plan, and applies it when that is wanted and nothing is wrong.
func (a *API) finish(ctx context.Context, who string, p *site.Plan, revision string, apply bool) (*SitePlan, error) {
	if revision != "" && revision != p.Revision {
		return nil, site.ErrStale
	}
	out := planOf(p)
	if !apply || len(p.Problems) > 0 {
		return out, nil
	}
	if err := a.places.Apply(ctx, who, p); err != nil {
		return nil, err
	}
	a.sites.forget()
	a.placed.forget()
	out.Applied, out.Revision = true, a.table().Revision()
	return out, nil
}

// forget makes the next question read anew.
func (c *siteCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID = nil
}

// forget makes the next question read anew.
func (c *placeCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byAccount = nil
}

// planOf spells a plan.
func planOf(p *site.Plan) *SitePlan {
	out := &SitePlan{Revision: p.Revision, Problems: []SiteProblem{}, Entries: []SiteEntry{}, Overlaps: []SiteOverlap{}, Same: p.Same, Overlaid: len(p.Parts)}
	for _, x := range p.Problems[:min(len(p.Problems), mostProblems)] {
		out.Problems = append(out.Problems, SiteProblem{x.Line, x.Text})
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		switch e.Kind {
		case site.New:
			out.New++
		case site.Changed:
			out.Changed++
		case site.Removed:
			out.Removed++
		}
		if i >= mostEntries {
			continue
		}
		row := SiteEntry{Kind: string(e.Kind), Line: e.Line, Site: e.Site, Was: e.Was}
		if e.Range.IsValid() {
			row.Range = e.Range.String()
		}
		for _, f := range e.Fields {
			row.Fields = append(row.Fields, SiteField(f))
		}
		out.Entries = append(out.Entries, row)
	}
	for _, x := range p.Parts[:min(len(p.Parts), mostOverlaps)] {
		out.Overlaps = append(out.Overlaps, SiteOverlap{
			Inner: x.Inner.String(), InnerSite: x.InnerSite, InnerLine: x.InnerLine, Outer: x.Outer.String(), OuterSite: x.OuterSite, OuterLine: x.OuterLine,
		})
	}
	return out
}
