package site

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// Edits are what people typed about sites, over what the file says. They are sparse: what the file says, too, is not in them,
// so that whoever types what the file says gives the row back to the file.
//
// What was typed wins over the file, range by range and site by site, because somebody looked at what the file led to and
// said otherwise; the file goes on to decide everything else, also when it changes. Between different ranges the longer
// prefix wins, whoever said it.
type Edits struct {
	Ranges  []RangeEdit  // by range
	Details []DetailEdit // by site
}

// RangeEdit gives a range to a site.
type RangeEdit struct {
	Range netip.Prefix
	Site  string // "": to none, although the file gives it to one
	Who   string // who typed it
	At    earshot.Instant
}

// DetailEdit is everything that describes a site beside its ranges, in place of all that the file says of it.
type DetailEdit struct {
	Site string
	Details
	Who string // who typed it
	At  earshot.Instant
}

// Details describe a site; empty is unknown.
type Details struct {
	Zone     string // IANA
	ISP      string
	LinkMbps float64
	VPN      bool
	Tags     []string
}

func detailsOf(s *earshot.Site) Details {
	return Details{s.Zone, s.ISP, s.LinkMbps, s.VPN, s.Tags}
}

func (d *Details) describe(s *earshot.Site) {
	s.Zone, s.ISP, s.LinkMbps, s.VPN, s.Tags = d.Zone, d.ISP, d.LinkMbps, d.VPN, d.Tags
}

func (d *Details) equal(o *Details) bool {
	return d.Zone == o.Zone && d.ISP == o.ISP && d.LinkMbps == o.LinkMbps && d.VPN == o.VPN && slices.Equal(d.Tags, o.Tags)
}

// Overruled is something that the file says and that does not count, because somebody typed otherwise.
type Overruled struct {
	Range netip.Prefix // the range in question; invalid: it is the site's details
	Site  string       // to whom the file gives the range, or whose details it gives
	Line  int          // of the file
	Typed string       // to whom the range was given instead; "" to nobody, or when it is details
	Who   string
	At    earshot.Instant
}

// claim is to whom a range belongs and who says so.
type claim struct {
	site string
	line int // of the file or of the CSV that is imported; 0 when it was typed
}

// description is what describes a site, and where it stands.
type description struct {
	Details
	line int
}

// content is a list of sites: each range's owner and each site's details. Only sites with a range count.
type content struct {
	owners  map[netip.Prefix]claim
	details map[string]description
}

func contentOf(s *sheet) content {
	c := content{make(map[netip.Prefix]claim), make(map[string]description)}
	for i := range s.places {
		p := &s.places[i]
		c.details[p.site.Name] = description{detailsOf(&p.site), p.line}
		for _, r := range p.ranges {
			c.owners[r] = claim{p.site.Name, s.lines[r]}
		}
	}
	return c
}

func (c *content) clone() content {
	out := content{make(map[netip.Prefix]claim, len(c.owners)), make(map[string]description, len(c.details))}
	for r, owner := range c.owners {
		out.owners[r] = owner
	}
	for name, d := range c.details {
		out.details[name] = d
	}
	return out
}

// edited returns the content with edits over it, and what they overrule.
func (c *content) edited(e *Edits) (content, []Overruled) {
	out := c.clone()
	var overruled []Overruled
	spelled := spelling(c, e)
	for _, r := range e.Ranges {
		if file, ok := c.owners[r.Range]; ok && file.site != spelled(r.Site) {
			overruled = append(overruled, Overruled{Range: r.Range, Site: file.site, Line: file.line, Typed: r.Site, Who: r.Who, At: r.At})
		}
		if r.Site == "" {
			delete(out.owners, r.Range)
			continue
		}
		out.owners[r.Range] = claim{site: spelled(r.Site)}
	}
	for _, d := range e.Details {
		name := spelled(d.Site)
		if file, ok := c.details[name]; ok && !file.Details.equal(&d.Details) {
			overruled = append(overruled, Overruled{Site: name, Line: file.line, Who: d.Who, At: d.At})
		}
		out.details[name] = description{Details: d.Details}
	}
	out.drop()
	slices.SortFunc(overruled, func(a, b Overruled) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), a.Range.Compare(b.Range), strings.Compare(a.Site, b.Site))
	})
	return out, overruled
}

// spelling returns the one spelling of a name: the file's where it has the site, since the site's id is made of it. A file
// may begin to name a site that somebody typed in other capitals, after it was typed.
func spelling(c *content, e *Edits) func(string) string {
	one := make(map[string]string)
	for _, r := range e.Ranges {
		one[foldName(r.Site)] = r.Site
	}
	for name := range c.details {
		one[foldName(name)] = name
	}
	return func(name string) string { return cmp.Or(one[foldName(name)], name) }
}

// drop forgets the details of sites without a range.
func (c *content) drop() {
	has := make(map[string]bool)
	for _, owner := range c.owners {
		has[owner.site] = true
	}
	for name := range c.details {
		if !has[name] {
			delete(c.details, name)
		}
	}
}

// places returns the sites by name, each with its ranges in order.
func (c *content) places() []place {
	byName := make(map[string]*place)
	for r, owner := range c.owners {
		p := byName[owner.site]
		if p == nil {
			p = &place{site: earshot.Site{Name: owner.site}}
			d := c.details[owner.site]
			d.describe(&p.site)
			byName[owner.site] = p
		}
		p.ranges = append(p.ranges, r)
	}
	out := make([]place, 0, len(byName))
	for _, p := range byName {
		slices.SortFunc(p.ranges, netip.Prefix.Compare)
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b place) int { return strings.Compare(a.site.Name, b.site.Name) })
	return out
}

// editsTowards returns the edits that make the content of the file into another. What was typed before and still holds keeps
// its author.
func (c *content) editsTowards(target *content, before *Edits, who string, at earshot.Instant) Edits {
	ranges, details := make(map[netip.Prefix]RangeEdit), make(map[string]DetailEdit)
	for _, e := range before.Ranges {
		ranges[e.Range] = e
	}
	for _, e := range before.Details {
		details[e.Site] = e
	}
	var out Edits
	put := func(r netip.Prefix, site string) {
		e := ranges[r]
		if !e.Range.IsValid() || e.Site != site {
			e = RangeEdit{r, site, who, at}
		}
		out.Ranges = append(out.Ranges, e)
	}
	for r, owner := range target.owners {
		if file, ok := c.owners[r]; !ok || file.site != owner.site {
			put(r, owner.site)
		}
	}
	for r := range c.owners {
		if _, ok := target.owners[r]; !ok {
			put(r, "")
		}
	}
	for name, d := range target.details {
		file := c.details[name]
		if file.Details.equal(&d.Details) {
			continue
		}
		e, ok := details[name]
		if !ok || !e.Details.equal(&d.Details) {
			e = DetailEdit{name, d.Details, who, at}
		}
		out.Details = append(out.Details, e)
	}
	slices.SortFunc(out.Ranges, func(a, b RangeEdit) int { return a.Range.Compare(b.Range) })
	slices.SortFunc(out.Details, func(a, b DetailEdit) int { return strings.Compare(a.Site, b.Site) })
	return out
}
