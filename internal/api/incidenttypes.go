package api

import (
	"time"

	"github.com/earshot/earshot"
)

// PeopleCount is people (never minutes) in whom something was seen, of those about whom anything was known.
type PeopleCount struct {
	Bad int `json:"bad"`
	Of  int `json:"of"`
}

// MeetingRef names a meeting.
type MeetingRef struct {
	ID    earshot.ID `json:"id"`
	Topic string     `json:"topic,omitempty"`
	Start *time.Time `json:"start,omitempty"`
}

// CellRef is where a cause sits: a group of people that can fail together, or one person.
type CellRef struct {
	Scope  earshot.Scope `json:"scope"`
	Name   string        `json:"name,omitempty" doc:"of what is no site and no person: 10.20.4.0/24, a carrier, a data centre, a client version, a VPN"`
	Site   *SiteRef      `json:"site,omitempty" doc:"the site, or the one that the cell lies in"`
	Person *PersonRef    `json:"person,omitempty" doc:"of the scope person"`
}

// IncidentRow is an incident in a list.
type IncidentRow struct {
	ID         earshot.ID            `json:"id"`
	Account    earshot.ID            `json:"account,omitempty" doc:"left out where the people of several accounts were compared"`
	Sentence   string                `json:"sentence" doc:"in one line, with times by the clock of its site where it has one, which it names: Lyon office link, 41 people, since 09:41 CET"`
	Cause      earshot.Cause         `json:"cause"`
	Candidates []earshot.Cause       `json:"candidates,omitempty" doc:"between which the evidence cannot choose, where the cause is unknown"`
	Confidence uint8                 `json:"confidence" doc:"percent"`
	Cell       CellRef               `json:"cell"`
	Personal   bool                  `json:"personal,omitempty" doc:"about one person alone"`
	Causeless  bool                  `json:"causeless,omitempty" doc:"one person's trouble without a known cause: nobody is alerted"`
	Severity   earshot.Severity      `json:"severity"`
	State      earshot.IncidentState `json:"state"`
	Start      *time.Time            `json:"start,omitempty" doc:"the first bad minute"`
	End        *time.Time            `json:"end,omitempty" doc:"the first good minute; left out while it is open"`
	Opened     *time.Time            `json:"opened,omitempty" doc:"when it was found"`
	Updated    *time.Time            `json:"updated,omitempty"`
	Direction  earshot.Direction     `json:"direction,omitempty" doc:"left out for both"`
	Metric     *earshot.Metric       `json:"metric,omitempty" doc:"that decided most of its minutes"`
	Inside     PeopleCount           `json:"inside" doc:"people of the cell at the worst moment"`
	Elsewhere  PeopleCount           `json:"elsewhere" doc:"everybody else of the account at that moment"`
	Now        *PeopleCount          `json:"now,omitempty" doc:"of the people it reached (500 at most) those who are in a meeting with a verdict at this moment, and who of them are poor or bad; only of an open one about several people"`
	Affected   int                   `json:"affected" doc:"everybody who had a bad minute because of it"`
	Minutes    int                   `json:"minutes" doc:"poor and bad participant-minutes because of it, estimated while it runs"`
	MergedInto earshot.ID            `json:"merged_into,omitempty" doc:"the incident that this one turned out to be a part of"`
}

// IncidentLine is one line of an incident's timeline.
type IncidentLine struct {
	At     time.Time              `json:"at"`
	What   earshot.IncidentChange `json:"what"`
	Inside PeopleCount            `json:"inside" doc:"at that time; of calmed and ended when its cause was seen last"`
	Other  earshot.ID             `json:"other,omitempty" doc:"the incident that joined, or into which this one was merged"`
	Cell   *CellRef               `json:"cell,omitempty" doc:"from then on"`
	Cause  earshot.Cause          `json:"cause,omitempty" doc:"from then on"`
}

// IncidentDetail is one incident with everything on its page.
type IncidentDetail struct {
	IncidentRow
	Evidence string         `json:"evidence,omitempty" doc:"how many of how many people, compared with whom; of what several people share"`
	Timeline []IncidentLine `json:"timeline" doc:"oldest first"`
	People   []PersonRef    `json:"people" doc:"affected, in order of appearance, 500 at most"`
	Meetings []MeetingRef   `json:"meetings" doc:"touched, worst first, 50 at most"`
}
