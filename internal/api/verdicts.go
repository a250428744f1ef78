package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/report"
)

// MinuteCause is what made a poor or bad minute so.
type MinuteCause struct {
	Cause      earshot.Cause `json:"cause"`
	Confidence uint8         `json:"confidence" doc:"percent"`
	Candidate  earshot.Cause `json:"candidate,omitempty" doc:"the best guess where the cause is unknown"`
}

// Verdict is what made a run of poor and bad minutes so, in words.
type Verdict struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to" doc:"the end of the last minute"`
	Minutes int       `json:"minutes" doc:"poor and bad ones"`
	MinuteCause
	Scope     earshot.Scope     `json:"scope,omitempty" doc:"where the cause sits"`
	Name      string            `json:"name,omitempty" doc:"of what is no site and no person: 10.20.4.0/24, a carrier, a data centre, a client version, a VPN"`
	Site      *SiteRef          `json:"site,omitempty"`
	Sender    earshot.ID        `json:"sender,omitempty" doc:"the segment of whom everybody hears badly, where the cause is remote"`
	Direction earshot.Direction `json:"direction,omitempty" doc:"left out for both"`
	Inside    PeopleCount       `json:"inside" doc:"people of the cell"`
	Elsewhere PeopleCount       `json:"elsewhere" doc:"everybody else"`
	Sentence  string            `json:"sentence" doc:"who and where, how many of how many people, compared with whom, since when"`
}

// CauseMinutes is how many poor and bad minutes have a cause.
type CauseMinutes struct {
	Cause   earshot.Cause `json:"cause"`
	Minutes int           `json:"minutes"`
	People  int           `json:"people"`
}

func causeOf(v *earshot.Verdict) *MinuteCause {
	if v.Cause == earshot.CauseNone {
		return nil
	}
	return &MinuteCause{v.Cause, v.Confidence, v.Candidate}
}

// verdicts tells a segment's runs of poor and bad minutes, oldest first, each by its surest minute.
func verdicts(row []live.Minute, names *verdictNames) []Verdict {
	runs := report.Runs(plain(row))
	out := make([]Verdict, len(runs))
	for i := range runs {
		out[i] = Verdict{From: runs[i].From.Time(), To: runs[i].To.Time(), Minutes: runs[i].Minutes}
		names.fill(&out[i], &runs[i].Best)
	}
	return out
}

// verdictNames are the names of what the verdicts on one segment name by id; see [cause.Names].
type verdictNames struct {
	sites map[earshot.ID]*earshot.Site
	joins []join // of the meeting
	zone  *time.Location
}

// namesFor returns the names for a segment, whose site's clock tells the times.
func namesFor(row *SegmentRow, sites map[earshot.ID]*earshot.Site, joins []join) *verdictNames {
	n := &verdictNames{sites: sites, joins: joins}
	if row.Site != nil && sites[row.Site.ID] != nil && sites[row.Site.ID].Zone != "" {
		n.zone, _ = time.LoadLocation(sites[row.Site.ID].Zone) // nil when this machine does not know it: UTC then
	}
	return n
}

func (n *verdictNames) fill(out *Verdict, v *earshot.Verdict) {
	out.MinuteCause = *causeOf(v)
	out.Scope, out.Name, out.Direction = v.Cell.Scope, v.Cell.Name, v.Direction
	out.Inside, out.Elsewhere = PeopleCount(v.Inside), PeopleCount(v.Elsewhere)
	switch v.Cell.Scope {
	case earshot.ScopeSender:
		out.Sender = v.Cell.ID
	case earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeTransport:
		out.Site = siteRef(v.Cell.ID, n.sites)
	}
	out.Sentence = cause.Sentence(*v, n)
}

// Site implements cause.Names; so do the next ones.
func (n *verdictNames) Site(id earshot.ID) string {
	if s := n.sites[id]; s != nil {
		return s.Name
	}
	return ""
}

// Person names the person behind a segment of the meeting.
func (n *verdictNames) Person(segment earshot.ID) string {
	for i := range n.joins {
		if n.joins[i].segment.ID == segment {
			return n.joins[i].name()
		}
	}
	return ""
}

// Zone is that of the segment's site.
func (n *verdictNames) Zone() *time.Location { return n.zone }

// causesOf counts a meeting's poor and bad minutes by cause, most minutes first.
func causesOf(minutes ledger) []CauseMinutes {
	var count [earshot.CauseCount]int
	var people [earshot.CauseCount]map[earshot.ID]struct{}
	for segment, row := range minutes {
		for i := range row {
			c := row[i].Verdict.Cause
			if c == earshot.CauseNone || c >= earshot.CauseCount {
				continue
			}
			count[c]++
			if people[c] == nil {
				people[c] = map[earshot.ID]struct{}{}
			}
			people[c][cmp.Or(row[i].Person, segment)] = struct{}{}
		}
	}
	out := []CauseMinutes{}
	for c := range earshot.Cause(earshot.CauseCount) {
		if count[c] > 0 {
			out = append(out, CauseMinutes{c, count[c], len(people[c])})
		}
	}
	slices.SortStableFunc(out, func(a, b CauseMinutes) int { return cmp.Compare(b.Minutes, a.Minutes) })
	return out
}
