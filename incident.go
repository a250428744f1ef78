package earshot

// Incident is grades that share one cause: it is what people are told about, once.
type Incident struct {
	// ID is a keyed hash of account, cell and first bad minute: the same records give the same incident.
	ID      ID
	Account ID
	Cause   Cause
	// Candidates are the causes between which the evidence cannot choose, where Cause is CauseUnknown.
	Candidates []Cause
	Cell       Cell
	Severity   Severity
	State      IncidentState
	// Start is the first bad minute, End the first good one after the last bad (0 while it is open), Opened when it was
	// decided to be one, Updated when anything of it changed last, all in event time.
	Start, End, Opened, Updated Instant
	Direction                   Direction
	Confidence                  uint8 // percent
	// Inside and Elsewhere are people, at the worst tick so far; Affected is everybody who had a bad minute because of it.
	Inside, Elsewhere Count
	Affected          int
	Minutes           int // poor and bad participant-minutes because of it
	// Metric is the one that decided most of its minutes, MetricCount for none.
	Metric Metric
	// MergedInto is the incident that this one turned out to be a part of; 0 for none.
	MergedInto ID
	// Meetings are the meetings touched, at most 50, worst first; People those affected, at most 500. Both are ids.
	Meetings, People []ID
	Timeline         []IncidentEvent
}

// Severity says how much an incident matters, by people times minutes, or by how many suffer at once.
type Severity uint8

// The severities. The numbers are stored; never renumber.
const (
	SeverityMinor    Severity = 1 // one person, or few for a short time
	SeverityMajor    Severity = 2
	SeverityCritical Severity = 3
)

var severityNames = [...]string{"", "minor", "major", "critical"}

// String returns the severity's word.
func (s Severity) String() string { return nameOf(severityNames[:], uint8(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// IncidentState is where an incident is in its life.
type IncidentState uint8

// The states. The numbers are stored; never renumber.
const (
	IncidentOpen   IncidentState = 1
	IncidentQuiet  IncidentState = 2 // nothing bad any more; reopened when it comes back within ten minutes
	IncidentClosed IncidentState = 3 // recovered
	IncidentNoData IncidentState = 4 // closed because nobody reported any more, which is not a recovery
	IncidentMerged IncidentState = 5 // turned out to be a part of another
)

var incidentStateNames = [...]string{"", "open", "quiet", "closed", "no-data", "merged"}

// String returns the state's word.
func (s IncidentState) String() string { return nameOf(incidentStateNames[:], uint8(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s IncidentState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// IncidentEvent is one line of an incident's timeline.
type IncidentEvent struct {
	At     Instant
	What   IncidentChange
	Inside Count // at that time; when it calms or ends, as the cause was seen last
	Other  ID    // the incident merged with
	Cell   Cell  // the cell after a widening or narrowing
	Cause  Cause // the cause after a change of mind
}

// IncidentChange is what a line of a timeline tells.
type IncidentChange uint8

// The changes. The numbers are stored; never renumber.
const (
	IncidentOpened   IncidentChange = 1
	IncidentGrew     IncidentChange = 2 // more people, or a greater severity
	IncidentRenamed  IncidentChange = 3 // cause or cell changed
	IncidentJoined   IncidentChange = 4 // another incident turned out to be a part of this one
	IncidentCalmed   IncidentChange = 5
	IncidentReopened IncidentChange = 6
	IncidentEnded    IncidentChange = 7
)

var incidentChangeNames = [...]string{"", "opened", "grew", "renamed", "joined", "calmed", "reopened", "ended"}

// String returns the change's word.
func (c IncidentChange) String() string { return nameOf(incidentChangeNames[:], uint8(c)) }

// MarshalText implements encoding.TextMarshaler.
func (c IncidentChange) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Personal reports whether the incident is about one person alone.
func (i *Incident) Personal() bool { return i.Cell.Scope == ScopePerson }

// Causeless reports whether it is one person's trouble without a known cause: worth a line in a list, not a page at night.
// Alerting leaves such incidents out.
func (i *Incident) Causeless() bool { return i.Personal() && i.Cause == CauseUnknown }
