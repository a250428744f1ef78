package api

import (
	"time"

	"github.com/earshot/earshot"
)

// Measured is what a group of participant-minutes amounts to. Rates are of minutes with a verdict.
type Measured struct {
	MinuteSum
	People    int      `json:"people"`
	PeopleBad int      `json:"people_bad" doc:"with at least one bad minute"`
	Meetings  int      `json:"meetings"`
	BadPct    *float64 `json:"bad_pct,omitempty" doc:"bad minutes, percent of those with a verdict; absent when there are none"`
	TooFew    bool     `json:"too_few,omitempty" doc:"fewer than 10 people or 60 minutes with a verdict: not to be compared or coloured"`
}

// Site is a place.
type Site struct {
	SiteRef
	Ranges   []string   `json:"ranges,omitempty"`
	Zone     string     `json:"zone,omitempty"`
	ISP      string     `json:"isp,omitempty"`
	LinkMbps float64    `json:"link_mbps,omitempty"`
	VPN      bool       `json:"vpn,omitempty"`
	Tags     []string   `json:"tags,omitempty"`
	Former   bool       `json:"former,omitempty" doc:"it is not in the list of sites any more; minutes of before still name it"`
	People   int        `json:"people" doc:"present in live meetings"`
	Now      GradeCount `json:"now"`
	// TargetPct is grades.target_pct, which every site is held against.
	TargetPct float64 `json:"target_pct" doc:"what ok_pct should at least be"`
}

// SiteRow is a site in the list.
type SiteRow struct {
	Site
	Today Measured `json:"today" doc:"since midnight in the site's zone, UTC where it has none"`
	Week  Measured `json:"week" doc:"the last 7 days"`
}

// SiteDetail is a site over a span.
type SiteDetail struct {
	Site
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"`
	Total       Measured   `json:"total"`
	Before      Measured   `json:"before" doc:"the span of the same length before"`
	Elsewhere   GradeCount `json:"elsewhere" doc:"minutes of everybody at other sites, or at none"`
	Networks    []Split    `json:"networks" doc:"by network type, as Zoom spells it"`
	ISPs        []Split    `json:"isps"`
	DataCenters []Split    `json:"data_centers"`
	Transports  []Split    `json:"transports" doc:"by connection type, as Zoom spells it"`
	Fallback    Fallback   `json:"fallback"`
	Busiest     *BusyHour  `json:"busiest,omitempty" doc:"the hour with the most people; absent when nobody was there"`
}

// Split is a part of a site's minutes, beside the same part at all other sites.
type Split struct {
	Name string `json:"name" doc:"empty: Zoom did not say"`
	Measured
	ElsewhereMinutes int      `json:"elsewhere_minutes" doc:"with a verdict"`
	ElsewhereBadPct  *float64 `json:"elsewhere_bad_pct,omitempty"`
	ElsewhereOKPct   *float64 `json:"elsewhere_ok_pct,omitempty"`
}

// Fallback is how much media did not go over UDP, as it should, but over TCP, SSL, HTTP or a proxy. Minutes whose transport
// Zoom did not say are left out.
type Fallback struct {
	Minutes      int      `json:"minutes" doc:"over anything but UDP or peer to peer"`
	Of           int      `json:"of"`
	Pct          *float64 `json:"pct,omitempty"`
	ElsewherePct *float64 `json:"elsewhere_pct,omitempty"`
}

// BusyHour is an hour with the most people.
type BusyHour struct {
	At     time.Time `json:"at"`
	People int       `json:"people"`
}

// SiteWeek is a site by hour of the week, in its own zone.
type SiteWeek struct {
	From  time.Time  `json:"from"`
	To    time.Time  `json:"to"`
	Zone  string     `json:"zone" doc:"IANA; UTC where the site has none"`
	Hours []WeekHour `json:"hours" doc:"168, from Monday midnight on"`
}

// WeekHour is one hour of the week.
type WeekHour struct {
	Minutes int      `json:"minutes" doc:"with a verdict"`
	Bad     int      `json:"bad"`
	Poor    int      `json:"poor"`
	People  int      `json:"people" doc:"the most in one such hour"`
	BadPct  *float64 `json:"bad_pct,omitempty" doc:"absent with fewer than 60 minutes with a verdict"`
}

// SiteSubnets are the networks within a site.
type SiteSubnets struct {
	From    time.Time `json:"from" doc:"later than asked for when there was too much"`
	To      time.Time `json:"to"`
	Subnets []Subnet  `json:"subnets" doc:"most bad minutes first"`
}

// Subnet is one network within a site: the /24 of the internal address, of IPv6 the /64, else of the public one.
type Subnet struct {
	Range string `json:"range" doc:"empty: Zoom told no address"`
	Measured
	Wifi int `json:"wifi" doc:"minutes with a verdict over Wi-Fi"`
}

// Addresses are networks that belong to no site.
type Addresses struct {
	From     time.Time       `json:"from" doc:"later than asked for when there was too much"`
	To       time.Time       `json:"to"`
	People   int             `json:"people" doc:"distinct, in all of them"`
	Everyone int             `json:"everyone" doc:"distinct people with an address in that time, anywhere"`
	Networks []AddressRange  `json:"networks" doc:"most people first; at most 500"`
	Sites    []AddressTarget `json:"sites" doc:"to which they can be given"`
}

// AddressTarget is a site that a range can be given to.
type AddressTarget struct {
	Name string `json:"name"`
}

// AddressRange is a network that belongs to no site.
type AddressRange struct {
	Range    string    `json:"range"`
	Public   bool      `json:"public" doc:"what the Internet sees; else the network behind"`
	ISP      string    `json:"isp,omitempty"`
	People   int       `json:"people"`
	Joins    int       `json:"joins"`
	Wifi     int       `json:"wifi" doc:"joins over Wi-Fi"`
	Behind   []string  `json:"behind,omitempty" doc:"of a private network: the public ones in front of it, most people first, at most 5"`
	BehindOf int       `json:"behind_of,omitempty" doc:"how many those are"`
	LastSeen time.Time `json:"last_seen"`
	Site     *SiteRef  `json:"site,omitempty" doc:"the derived site that stands in"`
}

// TypedSites is what people typed about sites, and the file that it lies over.
type TypedSites struct {
	Revision  string      `json:"revision" doc:"of the list in force"`
	File      bool        `json:"file" doc:"there is a sites file with sites in it"`
	Ranges    int         `json:"ranges" doc:"in force"`
	Typed     int         `json:"typed" doc:"ranges and descriptions that people typed"`
	Overruled []Overruled `json:"overruled" doc:"what the file says and what does not count, because somebody typed otherwise"`
}

// Overruled is one thing that the sites file says and that does not count.
type Overruled struct {
	Line  int       `json:"line" doc:"of the file"`
	Range string    `json:"range,omitempty" doc:"empty: it is the site's details"`
	Site  string    `json:"site" doc:"to whom the file gives the range, or whose details it gives"`
	Typed string    `json:"typed,omitempty" doc:"to whom it was given instead"`
	Who   string    `json:"who"`
	At    time.Time `json:"at"`
}

// SiteChanges is what somebody wants to be so.
type SiteChanges struct {
	Revision string            `json:"revision,omitempty" maxLength:"64" doc:"of the list that was looked at: 409 when it is another one now; empty: whatever it is"`
	Apply    bool              `json:"apply" doc:"false: only say what would change"`
	Ranges   []SiteRangeChange `json:"ranges,omitempty" maxItems:"20000"`
	Sites    []SiteDescription `json:"sites,omitempty" maxItems:"5000"`
}

// SiteRangeChange gives a range to a site.
type SiteRangeChange struct {
	Range string `json:"range" maxLength:"64"`
	Site  string `json:"site" maxLength:"500" doc:"a name; a site that is not there is made; empty takes the range away"`
}

// SiteDescription describes a site anew, whole.
type SiteDescription struct {
	Name     string   `json:"name" maxLength:"500"`
	Zone     string   `json:"zone,omitempty" maxLength:"64"`
	ISP      string   `json:"isp,omitempty" maxLength:"200"`
	LinkMbps float64  `json:"link_mbps,omitempty"`
	VPN      bool     `json:"vpn,omitempty"`
	Tags     []string `json:"tags,omitempty" maxItems:"50"`
}

// SiteImport is a CSV of sites.
type SiteImport struct {
	Revision string `json:"revision,omitempty" maxLength:"64" doc:"as in change-sites"`
	Apply    bool   `json:"apply" doc:"false: only say what would change"`
	CSV      string `json:"csv"`
	Keep     bool   `json:"keep,omitempty" doc:"what the CSV does not name stays; else the CSV is the whole list"`
}

// SitePlan is what a change does, or did when applied.
type SitePlan struct {
	Revision string        `json:"revision" doc:"of the list that it was planned for, or that it made when applied"`
	Applied  bool          `json:"applied"`
	Problems []SiteProblem `json:"problems" doc:"why it cannot be applied"`
	Entries  []SiteEntry   `json:"entries" doc:"by line; at most 2,000"`
	New      int           `json:"new"`
	Changed  int           `json:"changed"`
	Removed  int           `json:"removed"`
	Same     int           `json:"same" doc:"ranges that were named and already are so"`
	Overlaps []SiteOverlap `json:"overlaps" doc:"allowed: the longer prefix wins; at most 500"`
	Overlaid int           `json:"overlaid" doc:"how many those are"`
}

// SiteProblem is one thing that is wrong.
type SiteProblem struct {
	Line int    `json:"line" doc:"of the CSV, or which entry of the change, from 1"`
	Text string `json:"text"`
}

// SiteEntry is one thing that changes.
type SiteEntry struct {
	Kind   string      `json:"kind" enum:"new,changed,removed"`
	Line   int         `json:"line,omitempty"`
	Range  string      `json:"range,omitempty" doc:"empty: it is the site's details"`
	Site   string      `json:"site,omitempty" doc:"to whom the range will belong"`
	Was    string      `json:"was,omitempty" doc:"to whom it belongs"`
	Fields []SiteField `json:"fields,omitempty"`
}

// SiteField is a detail that changes, as the file spells it.
type SiteField struct {
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// SiteOverlap is a range within one of another site.
type SiteOverlap struct {
	Inner     string `json:"inner"`
	InnerSite string `json:"inner_site" doc:"who gets its addresses"`
	InnerLine int    `json:"inner_line,omitempty" doc:"0: it is there already"`
	Outer     string `json:"outer"`
	OuterSite string `json:"outer_site"`
	OuterLine int    `json:"outer_line,omitempty"`
}

// placeRow is what is known of a site, without who is there.
func (a *API) placeRow(s *earshot.Site) Site {
	return Site{
		SiteRef: SiteRef{s.ID, s.Name, s.Derived}, Ranges: s.Ranges, Zone: s.Zone, ISP: s.ISP, LinkMbps: s.LinkMbps, VPN: s.VPN, Tags: s.Tags,
		TargetPct: a.target,
	}
}
