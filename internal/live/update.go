package live

import "github.com/earshot/earshot"

// Update is what the fold learned from a run of records, in the order of the journal. Meetings, segments and calls come as
// their whole present state; minutes come each time their grade may have changed, and once more when they are sealed.
type Update struct {
	Watermark  earshot.Instant // event time now
	LastEvent  earshot.Instant // event time at the newest event of Zoom's; heartbeats and challenges are none. 0: none ever came
	Seq        uint64          // the last record of the run
	ReceivedAt earshot.Instant // when the receiver took that record in

	Meetings []earshot.Meeting
	Segments []Segment
	Minutes  []Minute
	Calls    []earshot.Call
	Scores   []CallScore // in the order in which they came
	// Gone lists meetings and calls that the fold has put out of memory.
	Gone []earshot.ID
}

// Segment is a segment with the words that a list shows beside it.
type Segment struct {
	earshot.Segment // Devices may be nil here: they are read from the registry
	PersonName      string
	ZoomUserID      string // for matching a meeting's HostID; never shown
	SiteName        string
	SiteDerived     bool
	Device          string // Zoom's word for the sort of device
	earshot.Dimensions
}

// Minute is a graded minute and whether it may still change.
type Minute struct {
	earshot.Minute
	Open bool
}
