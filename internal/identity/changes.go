package identity

import "github.com/earshot/earshot"

// Changes is the whole present state of each thing that the reducer touched since the last [State.TakeChanges].
type Changes struct {
	Accounts []earshot.Account
	Series   []earshot.Series
	Meetings []earshot.Meeting
	Persons  []earshot.Person
	Segments []earshot.Segment
	Calls    []earshot.Call
}

// Empty reports whether nothing changed.
func (c *Changes) Empty() bool {
	return len(c.Accounts)+len(c.Series)+len(c.Meetings)+len(c.Persons)+len(c.Segments)+len(c.Calls) == 0
}

// Result says what one event was about and what it changed that fact rows copy.
type Result struct {
	Account earshot.ID
	Meeting earshot.ID // 0: the event concerns no meeting
	Segment earshot.ID // 0: no segment
	Call    earshot.ID // 0: no call
	// Moved lists segments whose copied facts (person, device, network, report span) changed for times that may already be
	// sealed: their minutes in [From, To] must be computed again.
	Moved []Moved
	// Meetings and Segments are what else now looks different: the main meeting that a breakout room keeps alive, the rooms
	// that end with their meeting, the telephone that turns out to be a participant's. Meeting and Segment are not repeated.
	Meetings, Segments []earshot.ID
}

// Moved is a span of one segment's minutes whose copied facts changed.
type Moved struct {
	Segment  earshot.ID
	From, To earshot.Instant
}
