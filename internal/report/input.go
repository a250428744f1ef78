package report

import (
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// Who names somebody in a meeting. Name is the best that is known, "" for nothing.
type Who struct {
	Segment, Person earshot.ID
	Name            string
	External        bool
}

// Stay is one join of one person with what is known of it.
type Stay struct {
	Who
	Email   string
	Segment earshot.Segment
	Minutes []earshot.Minute // oldest first
	// The rest is of the participant that a bundle is about; other stays leave it empty.
	Samples       []earshot.Sample // oldest first
	Summaries     []earshot.Summary
	Notifications []earshot.Notification
	Drops         []Drop
	Others        []Median // oldest first
}

// Median is what the others in the meeting had in one minute: of each metric the median, absent where too few were reported.
type Median struct {
	At   earshot.Instant // the minute's start
	Wire earshot.Wire
	earshot.Values
}

// Drop is one fall out of the meeting.
type Drop struct {
	At   earshot.Instant
	Kind string        // rejoined, disconnected, silent
	Away time.Duration // until they were back; 0 when they never were, or at once
}

// RawEvent is a notification as it was received.
type RawEvent struct {
	Name         string
	At, Received earshot.Instant
	Body         string
}

// Raw are the notifications about one participant in a span of time.
type Raw struct {
	Who
	From, To earshot.Instant
	Events   []RawEvent
	// Note says what is missing: "" for nothing.
	Note string
}

// Input is everything that a bundle is made of. Exactly one thing is its subject: the incident where one is given, else the only
// participant of Participant, else the meeting.
type Input struct {
	Redact bool
	Key    []byte // of pseudonyms
	// Made is when it was made, Zone the one that times are told in (nil: UTC), Version the program's.
	Made    earshot.Instant
	Zone    *time.Location
	Version string
	Profile *grade.Profile
	Sites   map[earshot.ID]*earshot.Site
	// Audio and Video say how Zoom's "input" is read.
	Audio, Video earshot.InputMeaning

	Participant *Stay
	Meeting     *earshot.Meeting  // of the participant, or the subject; nil of an incident
	Incident    *earshot.Incident // nil of others
	Stays       []Stay            // everybody in the meeting, or those whom the incident touched; worst first
	Meetings    []earshot.Meeting // those that the incident touched
	Contrast    *Contrast         // of the incident; nil where there is nothing to compare
	Senders     map[earshot.ID]Who
	Raw         *Raw
}
