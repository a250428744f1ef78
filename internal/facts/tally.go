package facts

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// Dimension is something that participant-minutes can be grouped by.
type Dimension uint8

// The dimensions. ByCause splits poor and bad minutes only: all others are under [earshot.CauseNone].
const (
	ByAccount Dimension = iota
	ByMeeting
	ByPerson
	BySegment
	BySite
	ByNetworkType
	ByDataCenter
	ByClientVersion
	ByDeviceClass
	ByISP
	ByTransport
	ByKind
	ByCause
)

// TallyQuery asks how many participant-minutes had which grade, in all or in groups. Only sealed minutes are in a store: what
// is still open, a few minutes at most, the live view has.
type TallyQuery struct {
	Filter // From and To are needed; Limit bounds the groups, those with the most bad minutes first (0: all, by time and key)
	// Where narrows to minutes with these dimensions; zero fields are open.
	Where earshot.Dimensions
	// Sites, Persons and Meetings narrow to minutes of any of them; empty is open.
	Sites, Persons, Meetings []earshot.ID
	// By are the dimensions of the groups, at most eight; empty asks for one group of everything.
	By []Dimension
	// Step also groups by time, in buckets of this length that begin at whole multiples of it since the Unix epoch (UTC);
	// 0 does not. It is a multiple of a minute; buckets of whole hours are answered from rollups and much faster.
	Step time.Duration
	// MinutesOnly leaves the distinct persons, segments and meetings at 0: they are most of the work, and a line over time or a sum
	// needs none of them.
	MinutesOnly bool
	// Only leaves out the groups (by By alone, so that there must be some) that never had such a spell; of the others all buckets are
	// returned. It needs a Step and goes with no Limit. nil: all.
	Only *Spell
}

// Spell is a stretch of time that was bad enough to be looked at: in the Window that ends with some bucket, minutes of Grade or
// worse are Percent or more of the classified ones, Steps or more buckets have one (0 asks as much as 1), and one bucket has Seen or
// more classified minutes.
type Spell struct {
	Window  time.Duration
	Grade   earshot.Grade
	Percent float64
	Steps   int
	Seen    int
}

// slack lets a share that is just Percent through whichever way it is computed.
const slack = 1e-9

// Enough reports whether sums over a window are such a spell.
func (s *Spell) Enough(bad, classified, steps, seen int) bool {
	return steps >= max(1, s.Steps) && seen >= s.Seen && 100*float64(bad) >= (s.Percent-slack)*float64(classified)
}

// Check says what is wrong with a query, nil for nothing.
func (q *TallyQuery) Check() error {
	switch step := int64(q.Step.Seconds()); {
	case step < 0 || step%60 != 0:
		return fmt.Errorf("a step of %s is not a whole number of minutes", q.Step)
	case q.Only != nil && (step == 0 || len(q.By) == 0 || q.Limit > 0):
		return errors.New("spells need a step and dimensions, and go with no limit")
	}
	return nil
}

// Tally is one group of participant-minutes. Fields that were not grouped by are zero.
type Tally struct {
	At earshot.Instant // the bucket's start; 0 without Step

	Account, Meeting, Person, Segment earshot.ID
	earshot.Dimensions
	Kind  earshot.Kind
	Cause earshot.Cause

	Minutes earshot.GradeCounts
	// Persons, Segments and Meetings are how many distinct ones the group has; PersonsBad how many of the persons had at
	// least one bad minute.
	Persons, PersonsBad, Segments, Meetings int
}

// CompareTallies orders groups by time, then by what they were grouped by, in the order of the fields.
func CompareTallies(a, b Tally) int {
	return cmp.Or(
		cmp.Compare(a.At, b.At), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Meeting, b.Meeting), cmp.Compare(a.Person, b.Person),
		cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Site, b.Site), cmp.Compare(a.NetworkType, b.NetworkType),
		cmp.Compare(a.DataCenter, b.DataCenter), cmp.Compare(a.ClientVersion, b.ClientVersion), cmp.Compare(a.DeviceClass, b.DeviceClass),
		cmp.Compare(a.ISP, b.ISP), cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cause, b.Cause),
	)
}

// StreamTally counts participant-minutes by the grades of their streams.
type StreamTally struct {
	Streams   [earshot.SlotCount]earshot.GradeCounts // by [earshot.StreamSlot]
	Agreement [3]grade.Agreement                     // with Zoom's own verdicts on audio, video and sharing
}

// Add counts n minutes that are graded as m is.
func (t *StreamTally) Add(m *earshot.Minute, n int) {
	for slot, g := range m.Slots {
		if int(g) < len(t.Streams[slot]) {
			t.Streams[slot][g] += n
		}
	}
	for i := range t.Agreement {
		var one grade.Agreement
		one.Add(m, earshot.MediaAudio+earshot.Media(i))
		for ours := range one {
			for zooms := range one[ours] {
				t.Agreement[i][ours][zooms] += n * one[ours][zooms]
			}
		}
	}
}

// CopyDimension copies the dimension that by names, where it is one of [earshot.Dimensions].
func CopyDimension(to, from *earshot.Dimensions, by Dimension) {
	switch by {
	case BySite:
		to.Site = from.Site
	case ByNetworkType:
		to.NetworkType = from.NetworkType
	case ByDataCenter:
		to.DataCenter = from.DataCenter
	case ByClientVersion:
		to.ClientVersion = from.ClientVersion
	case ByDeviceClass:
		to.DeviceClass = from.DeviceClass
	case ByISP:
		to.ISP = from.ISP
	case ByTransport:
		to.Transport = from.Transport
	}
}
