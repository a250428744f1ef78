package api

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/incident"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/report"
	"github.com/earshot/earshot/internal/site"
)

// worstWindow is the time that is compared: as long as the engine looks back when it counts who is bad ([cause.Fault]). Over hours
// nearly everybody has one bad minute.
const worstWindow = 3 * time.Minute

// IncidentSplits are where an incident is and where it is not.
type IncidentSplits struct {
	From   *time.Time      `json:"from,omitempty" doc:"the worst three minutes of those whom it reached, of an incident over twelve hours those of its worst hour; left out where none is kept"`
	To     *time.Time      `json:"to,omitempty"`
	People int             `json:"people" doc:"everybody with a verdict then, of its account, or of all where the people of several were compared"`
	Splits []IncidentSplit `json:"splits" doc:"most telling first, eight at most; empty for one person alone"`
	Clues  []IncidentClue  `json:"clues" doc:"what the figures speak against, then what they cannot tell apart from its cause; never about its own cause"`
}

// IncidentSplit is one way to part everybody who was present.
type IncidentSplit struct {
	By        incident.Trait `json:"by" enum:"site,subnet,address,isp,network,data-center,client-version,vpn,transport"`
	Cell      CellRef        `json:"cell" doc:"who is inside; of address and network those of this place or group with that name, compared with others on the same sort of network"`
	Name      string         `json:"name,omitempty" doc:"of address and network: 198.51.100.24, Wired, Wifi"`
	Own       bool           `json:"own,omitempty" doc:"the incident's own cell"`
	Inside    PeopleCount    `json:"inside" doc:"people with a poor or bad minute, of those with a verdict"`
	Elsewhere PeopleCount    `json:"elsewhere" doc:"all others of whom it is known that they are not inside"`
}

// IncidentClue is what the figures say about another cause.
type IncidentClue struct {
	Cause earshot.Cause `json:"cause"`
	Holds string        `json:"holds" enum:"not,maybe"`
	Text  string        `json:"text" doc:"the figures: 3 of 267 other people on EU had it"`
	Count PeopleCount   `json:"count" doc:"the people who decide it"`
}

func (a *API) getIncidentSplits(ctx context.Context, in *ByID) (*IncidentSplits, error) {
	i, ok, err := a.registry.Incident(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	return a.incidentSplits(ctx, &i)
}

func (a *API) incidentSplits(ctx context.Context, i *earshot.Incident) (*IncidentSplits, error) {
	out := &IncidentSplits{Splits: []IncidentSplit{}, Clues: []IncidentClue{}}
	c, people, err := a.contrast(ctx, i)
	if err != nil || c == nil {
		return out, err
	}
	n, err := a.namesOf(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	out.From, out.To, out.People = timeOf(c.From), timeOf(c.To), people
	for k := range c.Splits {
		s := &c.Splits[k]
		out.Splits = append(out.Splits, IncidentSplit{
			By: s.By, Cell: n.cell(s.Cell), Name: s.Name, Own: s.Own, Inside: PeopleCount(s.Inside), Elsewhere: PeopleCount(s.Elsewhere),
		})
	}
	for k := range c.Clues {
		clue := IncidentClue{Cause: c.Clues[k].Cause, Holds: "not", Text: c.Clues[k].Words(sentenceNames{n, nil}.Site), Count: PeopleCount(c.Clues[k].Count)}
		if c.Clues[k].Maybe {
			clue.Holds = "maybe"
		}
		out.Clues = append(out.Clues, clue)
	}
	return out, nil
}

// contrast compares those who were present when an incident was at its worst, and counts those of them with a verdict; nil of one
// person alone, and where no minute of that time is kept.
func (a *API) contrast(ctx context.Context, i *earshot.Incident) (*report.Contrast, int, error) {
	if i.Personal() || len(i.People) == 0 {
		return nil, 0, nil
	}
	p := presence{a: a, incident: i, now: a.live.Watermark()}
	if p.now == 0 {
		p.now = earshot.InstantOf(time.Now()) // nothing received yet, and all there is is sealed
	}
	p.sealed = p.now.Minute().Add(-openTail)
	at, err := p.worst(ctx)
	if err != nil || at == 0 {
		return nil, 0, err
	}
	p.from, p.to = at, at.Add(worstWindow)
	present, err := p.everybody(ctx)
	if err != nil {
		return nil, 0, err
	}
	return &report.Contrast{Contrast: incident.ContrastOf(i, present), From: p.from, To: p.to}, classified(present), nil
}

// classified counts people with a verdict.
func classified(present []incident.Present) int {
	people := make(map[earshot.ID]bool, len(present))
	for k := range present {
		if present[k].Grade != earshot.Unclassified {
			people[present[k].Person] = true
		}
	}
	return len(people)
}

// presence finds out who was present around an incident: sealed minutes are in the facts, what came since is in the live view.
type presence struct {
	a        *API
	incident *earshot.Incident
	now      earshot.Instant
	sealed   earshot.Instant // the end of what the facts have
	from, to earshot.Instant
}

// worst returns the beginning of the stretch in which those whom the incident reached had most poor and bad minutes, the earliest of
// several; 0 when none is kept.
func (p *presence) worst(ctx context.Context) (earshot.Instant, error) {
	i := p.incident
	from, to := i.Start.Minute(), cmp.Or(i.End.Minute(), p.now.Minute().Add(time.Minute))
	if to-from > longestIncident {
		hours, err := p.troubled(ctx, from.Hour(), to, time.Hour)
		if err != nil {
			return 0, err
		}
		worst := greatest(hours, from.Hour(), to.Add(time.Hour-1).Hour(), time.Hour, 1)
		if worst == 0 {
			return 0, nil
		}
		from, to = max(from, worst), min(to, worst.Add(time.Hour))
	}
	minutes, err := p.troubled(ctx, from, to, time.Minute)
	if err != nil {
		return 0, err
	}
	return greatest(minutes, from, to, time.Minute, int(worstWindow/time.Minute)), nil
}

// greatest returns the first of so many steps that have the greatest sum together, 0 when nothing is there at all. Together they end
// with to, where that many fit in.
func greatest(counts map[earshot.Instant]int, from, to earshot.Instant, step time.Duration, together int) (best earshot.Instant) {
	most := 0
	last := max(from, to.Add(-time.Duration(together)*step))
	for at := from; at <= last; at = at.Add(step) {
		sum := 0
		for k := range together {
			sum += counts[at.Add(time.Duration(k)*step)]
		}
		if sum > most {
			best, most = at, sum
		}
	}
	return best
}

// troubled counts poor and bad minutes of those whom the incident reached, by step.
func (p *presence) troubled(ctx context.Context, from, to earshot.Instant, step time.Duration) (map[earshot.Instant]int, error) {
	out := make(map[earshot.Instant]int)
	if end := min(to, p.sealed); from < end {
		q := facts.TallyQuery{Filter: facts.Filter{From: from, To: end, Account: p.incident.Account}, Persons: p.incident.People, Step: step, MinutesOnly: true}
		all, err := p.a.facts.Tally(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("minutes of incident %s: %w", p.incident.ID, err)
		}
		for k := range all {
			out[all[k].At] += all[k].Minutes[earshot.Poor] + all[k].Minutes[earshot.Bad]
		}
	}
	if to <= p.sealed {
		return out, nil
	}
	reached := make(map[earshot.ID]bool, len(p.incident.People))
	for _, id := range p.incident.People {
		reached[id] = true
	}
	p.lately(max(from, p.sealed), to, func(g *live.Segment, m live.LateMinute) {
		if m.Grade >= earshot.Poor && reached[g.Person] {
			out[m.At-m.At%earshot.Instant(step.Milliseconds())]++
		}
	})
	return out, nil
}

// lately calls each with the minutes of the live view in a span, of people of the incident's account. It holds the live view: each
// must be quick.
func (p *presence) lately(from, to earshot.Instant, each func(g *live.Segment, m live.LateMinute)) {
	p.a.live.Lately(from, func(g *live.Segment, _ *earshot.Meeting, minutes []live.LateMinute) {
		if of := p.incident.Account; g.Person == 0 || of != 0 && g.Account != of {
			return
		}
		for _, m := range minutes {
			if m.At < to {
				each(g, m)
			}
		}
	})
}

// part is one join of somebody in one combination of dimensions.
type part struct {
	person, segment earshot.ID
	earshot.Dimensions
}

// everybody returns who was present in the window, with what they shared.
func (p *presence) everybody(ctx context.Context) ([]incident.Present, error) {
	parts := make(map[part]earshot.Grade)
	if end := min(p.to, p.sealed); p.from < end {
		all, err := p.a.facts.Tally(ctx, facts.TallyQuery{
			Filter: facts.Filter{From: p.from, To: end, Account: p.incident.Account}, MinutesOnly: true,
			By: []facts.Dimension{
				facts.ByPerson, facts.BySegment, facts.BySite, facts.ByNetworkType, facts.ByDataCenter, facts.ByClientVersion, facts.ByISP, facts.ByTransport,
			},
		})
		if err != nil {
			return nil, fmt.Errorf("people of %s: %w", p.from.Time().Format(time.RFC3339), err)
		}
		for k := range all {
			if t := &all[k]; t.Person != 0 {
				parts[part{t.Person, t.Segment, t.Dimensions}] = t.Minutes.Worst()
			}
		}
	}
	p.lately(max(p.from, p.sealed), p.to, func(g *live.Segment, m live.LateMinute) {
		d := g.Dimensions
		d.DeviceClass = "" // nothing is compared by it
		k := part{g.Person, g.ID, d}
		parts[k] = earshot.Worse(parts[k], m.Grade)
	})
	return p.present(ctx, parts)
}

// present looks up what facts do not hold: which places are VPN pools or somebody's home and, of those at the incident's site, their
// addresses.
func (p *presence) present(ctx context.Context, parts map[part]earshot.Grade) ([]incident.Present, error) {
	_, sites, err := p.a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	addresses, err := p.addresses(ctx, parts)
	if err != nil {
		return nil, err
	}
	out := make([]incident.Present, 0, len(parts))
	for k, g := range parts {
		c := cause.Cells{NetworkType: k.NetworkType, DataCenter: k.DataCenter, ClientVersion: release(k.ClientVersion), Transport: k.Transport}
		if s := sites[k.Site]; s != nil && s.VPN {
			c.VPN = s.Name // the addresses are the pool's
		} else {
			c.Site, c.ISP, c.SiteDerived = k.Site, k.ISP, s == nil || s.Derived
		}
		x := incident.Present{Person: k.person, Grade: g, Cells: c}
		if d, ok := addresses[k.segment]; ok && k.Site == p.incident.Cell.ID {
			x.Cells.Subnet = subnetOf(d, c.SiteDerived)
			if site.IsPublic(d.public) {
				x.Address = d.public.String()
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// addresses returns the addresses in the window of those at the incident's site; of wide incidents none.
func (p *presence) addresses(ctx context.Context, parts map[part]earshot.Grade) (map[earshot.ID]lastNetwork, error) {
	var there []facts.Tally
	for k := range parts {
		if p.incident.Cell.ID != 0 && k.Site == p.incident.Cell.ID {
			there = append(there, facts.Tally{Segment: k.segment})
		}
	}
	if len(there) == 0 {
		return nil, nil
	}
	known, err := p.a.segmentsOf(ctx, there)
	if err != nil {
		return nil, fmt.Errorf("addresses of %d joins: %w", len(there), err)
	}
	out := make(map[earshot.ID]lastNetwork, len(known))
	for id, g := range known {
		if d := g.Device(p.from); d != nil {
			var n lastNetwork
			n.public, n.internal = addressesOf(d)
			out[id] = n
		}
	}
	return out, nil
}

// subnetOf returns the network that causes are looked for in: the private one within a site, else the public prefix.
func subnetOf(n lastNetwork, derived bool) string {
	prefix := site.Subnet(n.public)
	if !derived && n.internal.IsValid() {
		prefix = site.Subnet(n.internal)
	} else if n.public.Is6() {
		prefix, _ = n.public.Prefix(publicBits6)
	}
	if !prefix.IsValid() {
		return ""
	}
	return prefix.String()
}

// publicBits6 is what a provider gives to one customer.
const publicBits6 = 48

// release is a client's version without the build, which is the same to everybody who rolls it out.
func release(version string) string {
	parts := strings.SplitN(version, ".", 4)
	return strings.Join(parts[:min(3, len(parts))], ".")
}
