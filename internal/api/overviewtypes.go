package api

import (
	"time"

	"github.com/earshot/earshot"
)

// OverviewNow is everybody in running meetings at once. A human in two meetings counts once, with the worse grade.
type OverviewNow struct {
	Received        bool          `json:"received" doc:"false: not one event has ever come, so that there is nothing to tell"`
	Watermark       *time.Time    `json:"watermark,omitempty" doc:"event time now"`
	LastEvent       *time.Time    `json:"last_event,omitempty" doc:"what event time was when the newest event came from Zoom; a challenge is none"`
	CutOff          int           `json:"cut_off,omitempty" doc:"meetings that were being reported when Zoom stopped sending, five minutes ago or longer"`
	People          int           `json:"people"`
	External        int           `json:"external" doc:"of the people those whom Zoom sends no reports about"`
	ByGrade         GradeCount    `json:"by_grade" doc:"people by their present grade; external ones are unclassified"`
	Meetings        int           `json:"meetings"`
	MeetingsByGrade GradeCount    `json:"meetings_by_grade" doc:"by their worst person"`
	Calls           int           `json:"calls" doc:"Zoom Phone calls that are running"`
	CallsBad        int           `json:"calls_bad" doc:"of these, those whose score was under 3.5 in the last three minutes"`
	CallsScored     int           `json:"calls_scored" doc:"of these, those that had a score in the last three minutes"`
	Strip           []StripMinute `json:"strip" doc:"people by grade in each of the last 30 minutes, oldest first; the last one is running"`
	Groups          []NowGroup    `json:"groups" doc:"the people who are bad now, by cause and place, most people first"`
	Sites           []NowSite     `json:"sites" doc:"where people are bad now, most people first, at most 10"`
	Bad             []NowPerson   `json:"bad" doc:"who is bad now, for longest first, at most 50"`
	// Coverage says how much of what should have been reported was.
	Coverage Coverage `json:"coverage"`
}

// Coverage is how many reports came of those that were due.
type Coverage struct {
	Minutes    int      `json:"minutes" doc:"how many minutes it looks back; the last two are left out, reports about them may still come"`
	Expected   int      `json:"expected" doc:"participant-minutes of people whom Zoom reports"`
	Reported   int      `json:"reported" doc:"of these, those with a report"`
	MissingPct *float64 `json:"missing_pct,omitempty"`
}

// NowGroup is how many people are bad now for one reason.
type NowGroup struct {
	Cause  earshot.Cause `json:"cause,omitempty" doc:"left out while nobody has said"`
	Cell   *CellRef      `json:"cell,omitempty" doc:"where the cause sits, when several people may share it"`
	People int           `json:"people"`
}

// NowSite is a site with people who are bad now.
type NowSite struct {
	Site   SiteRef `json:"site"`
	Bad    int     `json:"bad"`
	People int     `json:"people" doc:"everybody there who is in a meeting"`
}

// NowPerson is somebody who is bad now.
type NowPerson struct {
	Segment earshot.ID  `json:"segment" doc:"the join in which it is worst"`
	Meeting MeetingRef  `json:"meeting"`
	Person  PersonRef   `json:"person"`
	Site    *SiteRef    `json:"site,omitempty"`
	Network string      `json:"network,omitempty"`
	Since   *time.Time  `json:"since,omitempty" doc:"the first of the bad minutes in a row"`
	Reason  *Reason     `json:"reason,omitempty"`
	Cause   MinuteCause `json:"cause" doc:"its cause is left out while nobody has said"`
}

// OverviewDay is the day so far: what was graded, and the same span of the same weekday a week ago.
type OverviewDay struct {
	Zone      string     `json:"zone" doc:"whose midnight the day begins with"`
	From      *time.Time `json:"from,omitempty" doc:"left out while nothing was received"`
	To        *time.Time `json:"to,omitempty" doc:"event time now"`
	TargetPct float64    `json:"target_pct" doc:"how many of 100 classified minutes should be good or fair"`
	Profile   string     `json:"profile" doc:"that graded"`
	Today     DaySum     `json:"today" doc:"with the minutes that are still open"`
	Before    *DaySum    `json:"before,omitempty" doc:"a week ago up to the same time of day; left out where there is nothing"`
	// BeforeFrom is the midnight a week ago.
	BeforeFrom  *time.Time `json:"before_from,omitempty"`
	BeforeTo    *time.Time `json:"before_to,omitempty" doc:"the same time of day a week ago"`
	StepSeconds int        `json:"step_seconds" doc:"of the timelines"`
	Timeline    []DayStep  `json:"timeline" doc:"today, oldest first; steps without minutes are left out"`
	// BeforeTimeline is the whole day a week ago.
	BeforeTimeline []DayStep `json:"before_timeline" doc:"the whole day a week ago"`
}

// DaySum is what the minutes of a span amount to, and whose they are.
type DaySum struct {
	MinuteSum
	People   int `json:"people" doc:"distinct, of the sealed minutes: the last few minutes may bring more"`
	Meetings int `json:"meetings" doc:"the same"`
}

// DayStep is participant-minutes by grade between At and the next step.
type DayStep struct {
	At time.Time `json:"at"`
	GradeCount
}

// OverviewGroups compares the groups of today with the same ones a week ago.
type OverviewGroups struct {
	Zone         string      `json:"zone"`
	From         *time.Time  `json:"from,omitempty"`
	To           *time.Time  `json:"to,omitempty"`
	BeforeFrom   *time.Time  `json:"before_from,omitempty"`
	BeforeTo     *time.Time  `json:"before_to,omitempty"`
	LeastPeople  int         `json:"least_people" doc:"groups of fewer people are not compared, and should not be graded"`
	LeastMinutes int         `json:"least_minutes" doc:"groups with fewer classified minutes on either day are not compared"`
	HasBefore    bool        `json:"has_before" doc:"there are minutes of a week ago"`
	Compared     int         `json:"compared" doc:"groups that are large enough on both days"`
	Movers       []Mover     `json:"movers" doc:"at most 8, by how many minutes are better or worse than they would be at last week's share; the worst change first"`
	Sites        []SiteSplit `json:"sites" doc:"least good minutes first, small ones last"`
}

// OverviewSum is what a group's minutes amount to.
type OverviewSum struct {
	MinuteSum
	People int `json:"people" doc:"distinct, of the sealed minutes"`
}

// Mover is a group whose share of good and fair minutes changed.
type Mover struct {
	Dimension string      `json:"dimension" enum:"site,network,data-center,client-version,isp"`
	Name      string      `json:"name"`
	Site      *SiteRef    `json:"site,omitempty"`
	Now       OverviewSum `json:"now"`
	Before    OverviewSum `json:"before"`
	Change    float64     `json:"change" doc:"of the share of good and fair minutes, in percentage points"`
}

// SiteSplit is a site by network type.
type SiteSplit struct {
	Site     *SiteRef      `json:"site,omitempty" doc:"left out for small places that nobody configured, which are together, and for people whose address is not known"`
	Places   int           `json:"places,omitempty" doc:"how many are together; their people are added up; left out for unknown addresses"`
	All      OverviewSum   `json:"all"`
	Before   *OverviewSum  `json:"before,omitempty"`
	Networks []NetworkPart `json:"networks" doc:"most minutes first"`
}

// NetworkPart is the people of a site on one sort of network.
type NetworkPart struct {
	Network string `json:"network,omitempty" doc:"as Zoom spells it: Wired, Wifi, Cellular; left out for unknown"`
	OverviewSum
}
