package alert

import "github.com/earshot/earshot"

// Inputs are what an engine looks at. Everything is of event time; what a shell does not know it leaves out.
type Inputs struct {
	// Incidents that changed since the last look, each whole; once more does no harm.
	Incidents []earshot.Incident
	// Gone are incidents of [Engine.Incidents] that nobody knows any more.
	Gone []earshot.ID
	// Tracks are the minutes of people in running meetings, as far back as the longest window: in any order, all that there
	// are each time.
	Tracks []Track
	// HaveMinutes says that Tracks are as of now. Without them, rules about minutes are not looked at.
	HaveMinutes bool
	// Leaves are those of the last 30 minutes. They are part of Tracks' picture.
	Leaves []Leave
	// Calls that ended in the last 30 minutes.
	Calls     []Call
	HaveCalls bool
	// Rates are what burn rules need: how each subject did in their windows.
	Rates     []Rate
	HaveRates bool
	// Health are all readings there are; nil: not looked at this time.
	Health []Reading
	// Versions that were first seen within the last day.
	Versions     []Version
	HaveVersions bool
	// Samples are the results of PromQL rules, by rule; a rule that is not in it was not evaluated this time.
	Samples map[string][]Sample
	// Places and People resolve what scopes name. They are those of now.
	Places map[earshot.ID]Place
	People map[string]earshot.ID // by e-mail address in lower case
	Lists  map[string][]string   // names of lists of people
}

// Track is what one segment went through. Half an hour of ten thousand people is kept in it at once: what does not change
// from minute to minute is said once.
type Track struct {
	Person, Meeting, Series, Site earshot.ID
	Number                        string // of the series
	DataCenter, Version           string
	Minutes                       []Minute // in any order
}

// Minute is one participant-minute of a track.
type Minute struct {
	At    earshot.Instant
	Grade earshot.Grade
	Cell  *earshot.Cell // of its verdict; nil without one
}

// Leave is somebody who left a meeting.
type Leave struct {
	At                            earshot.Instant
	Person, Meeting, Series, Site earshot.ID
	Number                        string
	DataCenter, Version           string
	Dropped                       bool // fell out, rather than left
}

// Call is a phone call that ended.
type Call struct {
	ID      earshot.ID
	At      earshot.Instant
	MOS     float64 // the worst side's average
	Persons []earshot.ID
}

// Rate is how a subject did in both windows of a burn.
type Rate struct {
	Rule        string
	Burn        int // index into the rule's Burns
	Subject     Subject
	Long, Short earshot.GradeCounts
	People      int // in the long window
}

// Reading is one figure of Earshot's own health.
type Reading struct {
	What  What
	Name  string // which of several; "" for the only one
	Value float64
	Text  string // what to do about it, or what it is about
}

// Version is a client version that was not seen before First.
type Version struct {
	Name   string
	First  earshot.Instant
	People int
}

// Sample is one series of a PromQL result.
type Sample struct {
	Labels string // as {a="b", c="d"}
	Value  float64
}

// Place is a site as scopes see it.
type Place struct {
	Name string
	Tags []string
}
