package cause

import "github.com/earshot/earshot"

// Engine explains the bad minutes of one account. It is a state machine in event time: the same calls give the same
// answers. It is not safe for concurrent use.
type Engine struct{}

// New returns an engine that has seen nothing.
func New(p Params) *Engine { return &Engine{} }

// Params are the numbers of the model; [DefaultParams] has their sources.
type Params struct{}

// Put adds or replaces a minute. Minutes older than what the engine keeps are ignored.
func (e *Engine) Put(o *Observation) {}

// Evaluate looks for faulty cells as of event time now, which must not decrease: only what was put and reported at or
// before now counts. Callers evaluate every ten seconds of event time.
func (e *Engine) Evaluate(now earshot.Instant) {}

// Explain returns the verdict on a minute that was put and not yet forgotten, as of the last evaluation.
func (e *Engine) Explain(key earshot.MinuteKey) earshot.Verdict { return earshot.Verdict{} }

// Bad returns the keys of the poor and bad minutes that are kept, ordered by time and segment.
func (e *Engine) Bad() []earshot.MinuteKey { return nil }

// Picture returns what incidents are made of, as of the last evaluation.
func (e *Engine) Picture() Picture { return Picture{} }

// Picture is what the engine holds to be going on.
type Picture struct {
	Now    earshot.Instant
	Faults []Fault // ordered by cell
	People []Trouble
	// Heard tells recovery from silence. It holds cells that were among the faults, and persons (as cells of ScopePerson) that
	// were in People, within the last twenty minutes. Ordered by cell. Of what is not listed nothing is known.
	Heard []Heard
}

// Heard is when something was last heard of the people of a cell.
type Heard struct {
	Cell earshot.Cell
	Last earshot.Instant // the end of the newest classified minute of anybody in it
}

// Fault is a cell that is held to be faulty.
type Fault struct {
	Cell       earshot.Cell
	Cause      earshot.Cause
	Rivals     []earshot.Cause // that explain the same people as well
	Direction  earshot.Direction
	Confidence float64         // 0 to 1
	Score      float64         // log-odds
	Rate       float64         // share of its people that the fault makes bad, in the last minute
	Since      earshot.Instant // first bad minute that it explains
	Inside     earshot.Count
	Elsewhere  earshot.Count
	Troubled   []earshot.ID // persons with a fair or worse minute in the last three, ascending
	BadPeople  []earshot.ID // persons with a poor or bad minute that it explains, ascending
	Meetings   []earshot.ID
}

// Trouble is one person whose last minutes were bad for a reason of their own.
type Trouble struct {
	Person, Segment, Meeting earshot.ID
	Verdict                  earshot.Verdict // of the newest bad minute
	// BadMinutes and Minutes count the last five classified minutes; BaseRate is the person's own, shrunk share of bad
	// minutes in the past.
	BadMinutes, Minutes int
	BaseRate            float64
	Clean               int // classified minutes in a row without trouble, up to now
	Last                earshot.Instant
}
