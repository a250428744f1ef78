package main

import (
	"time"

	"github.com/earshot/earshot"
)

// run is what one scenario came to: what happened, and what Earshot said about it.
type run struct {
	Name    string
	Minutes []minute
	Faults  []fault
	// Incidents are those that were opened, in order.
	Incidents []opened
	// Alerts are those that were raised, in order, when they were asked for.
	Alerts []*raised
	// Persons is how many distinct people Zoom reported on, Span the length of the run in simulated time.
	Persons int
	Span    time.Duration
	// PersonMinutes counts the classified participant-minutes, Noise those of them that are poor or bad without any trouble.
	PersonMinutes int
	// Ticks is what every evaluation cost: observations put, causes found, verdicts asked for.
	Ticks []time.Duration
	// Events counts the bodies delivered, Took is the wall time of the whole run.
	Events int
	Took   time.Duration
}

// workday is the length of a person-day: a run of four hours of a thousand people is five hundred of them.
const workday = 8 * time.Hour

// personDays is how much opportunity for false alarms the run gave.
func (r *run) personDays() float64 { return float64(r.Persons) * float64(r.Span) / float64(workday) }

// minute is one participant-minute that the truth or Earshot calls poor or bad.
type minute struct {
	Key    earshot.MinuteKey
	Person earshot.ID
	// Truly: its truth is poor or bad, and worse than without any trouble. Only such minutes have rates.
	Truly bool
	// Parts are the causes of the truth, worst first; Ordinary is the share of what would have been wrong anyhow. Without
	// Truly they may be empty.
	Parts    []part
	Ordinary float64
	// Graded: Earshot graded it poor or bad as well, so that there is a verdict.
	Graded bool
	Said   earshot.Verdict
	// Early is what was said half a minute after the minute was first known to be bad; EarlyKnown whether it was asked.
	Early      earshot.Verdict
	EarlyKnown bool
}

// part is one trouble's share of a minute.
type part struct {
	Cause earshot.Cause // for the person: CauseRemote where it came from others
	Fault int           // the truth's number
	Share float64
}

// fault is a trouble of the scenario that several people share and that Earshot can place.
type fault struct {
	Number     int
	Kind       string
	Cause      earshot.Cause
	Target     string
	Place      place
	Strength   float64
	Start, End earshot.Instant
	// Onset is when somebody felt it first: its start, or the first minute that it touched.
	Onset earshot.Instant
}

// place is where a fault or a cell sits: a site, or a name.
type place struct {
	Site earshot.ID
	Name string
	Any  bool // there is only one
}

// state is what an incident said for a time in which it was open.
type state struct {
	At, Until earshot.Instant // Until is 0 while it goes on
	Cause     earshot.Cause
	// Candidates are those between which it could not choose, where Cause is CauseUnknown.
	Candidates []earshot.Cause
	Cell       earshot.Cell
}

// opened is an incident: what it said at the moment of its opening, and later.
type opened struct {
	ID earshot.ID
	state
	Later []state
	// Person is set where it is about one person.
	Person     earshot.ID
	Confidence float64
	Inside     earshot.Count
}

// current is what the incident said last.
func (o *opened) current() *state {
	if n := len(o.Later); n > 0 {
		return &o.Later[n-1]
	}
	return &o.state
}
