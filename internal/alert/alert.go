package alert

import (
	"encoding/binary"
	"hash/fnv"

	"github.com/earshot/earshot"
)

// SubjectKind is what sort of thing an alert is about.
type SubjectKind string

// The kinds of subjects.
const (
	OfIncident   SubjectKind = "incident"
	OfPerson     SubjectKind = "person"
	OfMeeting    SubjectKind = "meeting"
	OfSeries     SubjectKind = "series"
	OfSite       SubjectKind = "site"
	OfDataCenter SubjectKind = "data-center"
	OfVersion    SubjectKind = "client-version"
	OfEverything SubjectKind = "everything"
	OfHealth     SubjectKind = "health" // Name is a What, Detail names one of several
	OfSeriesSet  SubjectKind = "labels" // of a PromQL result; Name is its labels
)

// Subject is what an alert is about. It is comparable and holds nothing personal.
type Subject struct {
	Kind SubjectKind `json:"kind"`
	ID   earshot.ID  `json:"id,omitempty"`
	Name string      `json:"name,omitempty"` // of what has no id
}

// State is where an alert is in its life.
type State string

// The states.
const (
	Firing   State = "firing"
	Resolved State = "resolved"
)

// Change is what a line of an alert's timeline tells.
type Change string

// The changes. Those from Acknowledged on are written by the shell.
const (
	Raised       Change = "raised"
	Escalated    Change = "escalated" // a greater severity
	Grew         Change = "grew"      // more people
	Cleared      Change = "cleared"
	Ended        Change = "ended" // without recovery: nobody reports, the meeting is over, the rule is gone
	Acknowledged Change = "acknowledged"
	Notified     Change = "notified"
	Refused      Change = "refused" // by a receiver
)

// Line is one line of a timeline.
type Line struct {
	At   earshot.Instant `json:"at"`
	What Change          `json:"what"`
	Text string          `json:"text,omitempty"` // nothing personal but who acknowledged
}

// Alert is one thing that people are told of. It holds ids: a sentence is made by [Describe].
type Alert struct {
	ID       earshot.ID `json:"id"`
	Rule     string     `json:"rule"`
	Kind     Kind       `json:"kind"`
	Subject  Subject    `json:"subject"`
	Severity Severity   `json:"severity"`
	State    State      `json:"state"`
	// Raised is when it was, Began when the trouble did, Ended when it was cleared (0 while it fires): event time.
	Raised  earshot.Instant `json:"raised"`
	Began   earshot.Instant `json:"began"`
	Updated earshot.Instant `json:"updated"`
	Ended   earshot.Instant `json:"ended,omitempty"`
	// Over is the first good minute of an incident that is quiet or has ended: the alert is cleared later, once it has stayed so. 0 while
	// it goes on, and where that is not known.
	Over earshot.Instant `json:"over,omitempty"`
	// Incident is the one that it is about, or that explains it.
	Incident  earshot.ID `json:"incident,omitempty"`
	Explained bool       `json:"explained,omitempty"` // a symptom of Incident: not told beside it

	// Evidence. Inside and Elsewhere are people; Affected everybody so far.
	Cause      earshot.Cause     `json:"cause,omitempty"`
	Candidates []earshot.Cause   `json:"candidates,omitempty"`
	Cell       earshot.Cell      `json:"cell,omitzero"`
	Direction  earshot.Direction `json:"direction,omitempty"`
	Confidence uint8             `json:"confidence,omitempty"`
	Inside     earshot.Count     `json:"inside,omitzero"`
	Elsewhere  earshot.Count     `json:"elsewhere,omitzero"`
	Affected   int               `json:"affected,omitempty"`
	Minutes    int               `json:"minutes,omitempty"` // bad participant-minutes
	Value      float64           `json:"value,omitempty"`   // what was seen, in the unit of the rule
	Bound      float64           `json:"bound,omitempty"`   // where the rule begins
	Unit       string            `json:"unit,omitempty"`
	Text       string            `json:"text,omitempty"` // of health: what it is about

	Timeline []Line `json:"timeline"`
}

// maxLines bounds a timeline; lines in the middle go first.
const maxLines = 50

func (a *Alert) line(at earshot.Instant, what Change, text string) {
	if len(a.Timeline) >= maxLines {
		half := maxLines / 2
		a.Timeline = append(a.Timeline[:half:half], a.Timeline[half+1:]...)
	}
	a.Timeline = append(a.Timeline[:len(a.Timeline):len(a.Timeline)], Line{at, what, text})
}

// idOf makes the id of an alert: the same rule, subject and moment give the same.
func idOf(rule string, s Subject, raised earshot.Instant) earshot.ID {
	h := fnv.New64a()
	text := func(x string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(x)))
		h.Write(n[:])
		h.Write([]byte(x))
	}
	text(rule)
	text(string(s.Kind))
	text(s.ID.String())
	text(s.Name)
	if s.Kind != OfIncident { // an incident has its own beginning
		text(raised.Time().Format("20060102T150405.000"))
	}
	if id := h.Sum64(); id != 0 {
		return earshot.ID(id)
	}
	return 1
}
