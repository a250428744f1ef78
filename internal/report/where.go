package report

import (
	"cmp"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/incident"
)

// Contrast is where an incident is and where it is not, by the people who were present from From to To.
type Contrast struct {
	incident.Contrast
	From, To earshot.Instant
}

// wherePart is the table of where an incident is and where it is not.
type wherePart struct {
	When  string
	Rows  []whereRow
	Clues []field // what the figures speak against, then what they cannot part from the incident's cause
}

// whereRow is one way to part the people who were present.
type whereRow struct {
	Own                                       bool
	By, Here, Inside, Share, Against, Outside string
	OutsideShare                              string
}

// where tells a contrast; nil where there is nothing to compare.
func (b *builder) where(c *Contrast) *wherePart {
	if c == nil || len(c.Splits) == 0 {
		return nil
	}
	out := &wherePart{When: b.in.span(c.From, c.To)}
	for k := range c.Splits {
		s := &c.Splits[k]
		out.Rows = append(out.Rows, whereRow{
			Own: s.Own, By: traitTitles[s.By], Here: b.here(s), Against: b.against(s),
			Inside: outOf(s.Inside), Share: percentOf(s.Inside), Outside: outOf(s.Elsewhere), OutsideShare: percentOf(s.Elsewhere),
		})
	}
	for k := range c.Clues {
		clue := c.Clues[k]
		clue.Cell = b.cell(clue.Cell)
		if clue.Cell.Scope == earshot.ScopeVersion {
			clue.Cell.Name = b.version(clue.Cell.Name)
		}
		title := "Not: "
		if clue.Maybe {
			title = "Maybe: "
		}
		words := clue.Words(func(id earshot.ID) string { return b.site(b.in.Sites[id]) })
		out.Clues = append(out.Clues, field{title + causeTitle(clue.Cause), capital(words)})
	}
	return out
}

var traitTitles = map[incident.Trait]string{
	incident.TraitSite: "Site", incident.TraitSubnet: "Network", incident.TraitAddress: "Public address", incident.TraitISP: "Internet provider",
	incident.TraitNetwork: "Network type", incident.TraitCenter: "Data centre", incident.TraitVersion: "Client version", incident.TraitVPN: "VPN",
	incident.TraitTransport: "Transport",
}

// here names who is inside.
func (b *builder) here(s *incident.Split) string {
	switch {
	case s.By == incident.TraitAddress:
		return b.secret("address", s.Name)
	case s.By == incident.TraitNetwork && s.Name != "":
		if site := b.site(b.in.Sites[s.Cell.ID]); site != "" {
			return b.networkType(s.Name) + " in " + site
		}
		return b.networkType(s.Name) + " here"
	case s.By == incident.TraitVersion:
		return b.version(s.Cell.Name)
	}
	return cmp.Or(b.cellName(s.Cell), "a place without a name")
}

// against names with whom they are compared.
func (b *builder) against(s *incident.Split) string {
	switch s.By {
	case incident.TraitNetwork:
		if s.Name != "" {
			return b.networkType(s.Name) + " elsewhere"
		}
	case incident.TraitSite:
		return "other sites"
	case incident.TraitISP:
		return "other providers"
	case incident.TraitCenter:
		return "other data centres"
	case incident.TraitVersion:
		return "other versions"
	case incident.TraitVPN:
		return "not behind it"
	}
	return "everybody else"
}

func outOf(n earshot.Count) string { return fmt.Sprintf("%d of %d", n.Bad, n.Of) }

// percentOf is a share of people, "" of nobody.
func percentOf(n earshot.Count) string {
	if n.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f\u00a0%%", 100*float64(n.Bad)/float64(n.Of))
}
