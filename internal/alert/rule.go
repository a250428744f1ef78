package alert

import (
	"net/netip"
	"slices"
	"time"
)

// Kind is what a rule looks at.
type Kind string

// The kinds.
const (
	KindIncident Kind = "incident" // an incident by cause, place and people
	KindPerson   Kind = "person"   // one person bad for some minutes
	KindShare    Kind = "share"    // share of bad participant-minutes of something over a window
	KindDrops    Kind = "drops"    // people who fell out of meetings, of those who left or are there
	KindPhone    Kind = "phone"    // calls with a low MOS
	KindBurn     Kind = "burn"     // the error budget of poor and bad minutes is used up too fast
	KindAbsence  Kind = "absence"  // something that should be there is not: see What
	KindVersion  Kind = "version"  // a client version that was never seen before
	KindPromQL   Kind = "promql"   // an expression gives samples
)

// Kinds are all kinds, in the order of the documentation.
func Kinds() []Kind {
	return []Kind{KindIncident, KindPerson, KindShare, KindDrops, KindPhone, KindBurn, KindAbsence, KindVersion, KindPromQL}
}

// Severity is how much an alert matters: the words of the tools that it is sent to.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// rank orders severities; a greater one matters more.
func (s Severity) rank() int { return slices.Index([]Severity{Info, Warning, Critical}, s) }

// Per is what the alerts of a rule about shares are about: one for each.
type Per string

// What alerts can be about.
const (
	PerMeeting    Per = "meeting"
	PerSeries     Per = "series"
	PerSite       Per = "site"
	PerDataCenter Per = "data-center"
	PerVersion    Per = "client-version"
	PerEverything Per = "everything"
)

// What names a health reading that a rule about absence looks at.
type What string

// The readings, with the unit of their threshold.
const (
	WhatNoEvents    What = "no-events"   // minutes without an event while meetings run
	WhatChallenge   What = "challenge"   // hours since Zoom last checked the endpoint
	WhatCertificate What = "certificate" // days until a certificate ends
	WhatClock       What = "clock"       // seconds between this machine's clock and Zoom's, either way
	WhatLag         What = "lag"         // seconds from receipt to live view
	WhatJournal     What = "journal"     // percent of the journal's room that is used
	WhatExporter    What = "exporter"    // minutes that an exporter is behind
	WhatReceiver    What = "receiver"    // minutes that the receiver has not answered
	WhatDelivery    What = "delivery"    // minutes that a receiver of alerts has refused or not answered
)

// reading says how a reading is judged.
type reading struct {
	unit  string
	below bool // bad when below the threshold
	def   float64
}

var readings = map[What]reading{
	WhatNoEvents: {"minutes", false, 5}, WhatChallenge: {"hours", false, 80}, WhatCertificate: {"days", true, 14},
	WhatClock: {"seconds", false, 60}, WhatLag: {"seconds", false, 60}, WhatJournal: {"percent", false, 85},
	WhatExporter: {"minutes", false, 30}, WhatReceiver: {"minutes", false, 2}, WhatDelivery: {"minutes", false, 15},
}

// Whats are all readings, in the order of the documentation.
func Whats() []What {
	return []What{WhatNoEvents, WhatChallenge, WhatCertificate, WhatClock, WhatLag, WhatJournal, WhatExporter, WhatReceiver, WhatDelivery}
}

// Scope narrows a rule. Fields that are empty do not narrow; those that are set must all hold, each by any of its entries.
type Scope struct {
	Sites   []string       `json:"sites,omitempty" doc:"names of sites"`
	Subnets []netip.Prefix `json:"subnets,omitempty" doc:"ranges of addresses such as 10.20.4.0/22; of incidents only"`
	Groups  []string       `json:"groups,omitempty" doc:"tags of sites, or names of lists of people"`
	Series  []string       `json:"series,omitempty" doc:"numbers of recurring meetings"`
	Persons []string       `json:"persons,omitempty" doc:"e-mail addresses, or ids of people"`
}

// Empty reports whether nothing is narrowed.
func (s *Scope) Empty() bool {
	return len(s.Sites)+len(s.Subnets)+len(s.Groups)+len(s.Series)+len(s.Persons) == 0
}

// Burn is one pair of windows of a rule about an error budget: it holds when both use the budget up Factor times as fast as
// the objective allows. The short one makes it clear soon. Source: Google's SRE Workbook, "Alerting on SLOs".
type Burn struct {
	Long   Duration `json:"long" doc:"such as 1h"`
	Short  Duration `json:"short" doc:"such as 5m"`
	Factor float64  `json:"factor" doc:"times the speed that uses the budget up exactly in its period"`
}

// Rule says when an alert is raised and cleared. Times are event time. What is 0 or empty has the default of its kind.
type Rule struct {
	Name     string   `json:"name" pattern:"^[A-Za-z][A-Za-z0-9_-]{0,63}$" doc:"unique; it is the alertname that routes see"`
	About    string   `json:"about,omitempty" maxLength:"500" doc:"why there is this rule"`
	Disabled bool     `json:"disabled,omitempty"`
	Kind     Kind     `json:"kind" enum:"incident,person,share,drops,phone,burn,absence,version,promql"`
	Severity Severity `json:"severity,omitempty" enum:"critical,warning,info" doc:"left out: of incidents their own (critical, major as warning, minor as info), else warning"`
	Scope    Scope    `json:"scope,omitzero"`

	Causes   []string `json:"causes,omitempty" doc:"incident: only these causes"`
	Personal bool     `json:"personal,omitempty" doc:"incident: of one person, instead of what people share"`
	People   int      `json:"people,omitempty" minimum:"0" doc:"incident: at least so many people affected; share, drops, version: at least so many people seen"`
	ClearOn  string   `json:"clear_on,omitempty" enum:"closed,quiet" doc:"incident: cleared when it is closed (ten minutes after the last bad one; the default), or already when it is quiet"`

	Per      Per      `json:"per,omitempty" enum:"meeting,series,site,data-center,client-version,everything" doc:"share, drops, burn: what each alert is about"`
	Window   Duration `json:"window,omitempty" doc:"person, share, drops, phone: how far back is counted, at most 30m"`
	Minutes  int      `json:"minutes,omitempty" minimum:"0" doc:"person: bad minutes in the window"`
	SharePct float64  `json:"share_pct,omitempty" minimum:"0" maximum:"100" doc:"share: percent of participant-minutes that are bad; drops: percent of people who fell out"`
	MOS      float64  `json:"mos,omitempty" minimum:"0" maximum:"4.5" doc:"phone: calls whose worst average is below"`
	Calls    int      `json:"calls,omitempty" minimum:"0" doc:"phone: so many such calls"`

	ObjectivePct float64 `json:"objective_pct,omitempty" minimum:"0" maximum:"100" doc:"burn: percent of participant-minutes that are to be good or fair"`
	Burns        []Burn  `json:"burns,omitempty" maxItems:"4" doc:"burn: pairs of windows; any of them raises"`

	What      What    `json:"what,omitempty" enum:"no-events,challenge,certificate,clock,lag,journal,exporter,receiver,delivery" doc:"absence: what is looked at"`
	Threshold float64 `json:"threshold,omitempty" doc:"absence: where it begins, in the unit of what is looked at"`

	Expr string   `json:"expr,omitempty" maxLength:"2000" doc:"promql: each series of the result is an alert"`
	For  Duration `json:"for,omitempty" doc:"absence, promql: it has to hold for so long"`

	ClearPct   float64  `json:"clear_pct,omitempty" minimum:"0" maximum:"100" doc:"share, drops: cleared below this; left out: 70 % of share_pct"`
	ClearAfter Duration `json:"clear_after,omitempty" doc:"the clear condition has to hold for so long; left out: 5m"`
	Cooldown   Duration `json:"cooldown,omitempty" doc:"not raised again for the same subject within; left out: 15m"`
}

// On reports whether the rule is in use.
func (r *Rule) On() bool { return !r.Disabled }

func (r *Rule) clearAfter() time.Duration { return r.ClearAfter.or(5 * time.Minute) }
func (r *Rule) cooldown() time.Duration   { return r.Cooldown.or(15 * time.Minute) }

// window is how far back a rule counts.
func (r *Rule) window() time.Duration {
	switch r.Kind {
	case KindPerson:
		return r.Window.or(time.Duration(r.minutes()+r.minutes()/2) * time.Minute)
	case KindPhone, KindDrops:
		return r.Window.or(30 * time.Minute)
	}
	return r.Window.or(10 * time.Minute)
}

func (r *Rule) minutes() int {
	if r.Minutes == 0 {
		return 5
	}
	return r.Minutes
}

// clearPct is where a share counts as over.
func (r *Rule) clearPct() float64 {
	if r.ClearPct > 0 {
		return r.ClearPct
	}
	return 0.7 * r.SharePct
}

func (r *Rule) threshold() float64 {
	if r.Threshold > 0 {
		return r.Threshold
	}
	return readings[r.What].def
}

// severity is that of alerts that have none of their own.
func (r *Rule) severity() Severity {
	if r.Severity == "" {
		return Warning
	}
	return r.Severity
}

// Symptom reports whether the rule tells what people feel, not what made it so: an incident explains it.
func (r *Rule) Symptom() bool {
	switch r.Kind {
	case KindPerson, KindShare, KindDrops, KindBurn:
		return true
	}
	return false
}
