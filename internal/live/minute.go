package live

import (
	"slices"
	"sort"

	"github.com/earshot/earshot"
)

const minuteMs = 60_000

// compactMinute is a Minute in 32 bytes. Ids and dimensions are the segment's; at thirty minutes a participant they would
// be most of the memory.
type compactMinute struct {
	changed      uint64 // version of the state when it last changed
	at           uint32 // minutes since the epoch
	value, bound float32
	slots        uint32 // eight grades, four bits each
	grade        uint8
	why          uint8
	wire         uint8
	direction    uint8
	metric       uint8
	reports      uint8
	flags        uint16 // open, spike, reason set, and three bits for each of Zoom's grades
}

const (
	flagOpen   = 1 << 0
	flagSpike  = 1 << 1
	flagReason = 1 << 2
	zoomShift  = 3
)

func compact(m *Minute) compactMinute {
	c := compactMinute{
		at:    uint32(m.At.Minute() / minuteMs),
		value: m.Reason.Value, bound: m.Reason.Bound,
		grade: uint8(m.Grade), why: uint8(m.Why),
		wire: uint8(m.Reason.Wire), direction: uint8(m.Reason.Direction), metric: uint8(m.Reason.Metric),
		reports: m.Reports,
	}
	for i, g := range m.Slots {
		c.slots |= uint32(g&0xf) << (4 * i)
	}
	if m.Open {
		c.flags |= flagOpen
	}
	if m.Spike {
		c.flags |= flagSpike
	}
	if m.Reason.Set {
		c.flags |= flagReason
	}
	for i, g := range [3]earshot.Grade{m.ZoomAudio, m.ZoomVideo, m.ZoomShare} {
		c.flags |= uint16(g&7) << (zoomShift + 3*i)
	}
	return c
}

// same compares everything but the version.
func (c compactMinute) same(o compactMinute) bool {
	c.changed, o.changed = 0, 0
	return c == o
}

func (c *compactMinute) instant() earshot.Instant { return earshot.Instant(c.at) * minuteMs }

func (c *compactMinute) reason() earshot.Reason {
	return earshot.Reason{
		Wire: earshot.Wire(c.wire), Direction: earshot.Direction(c.direction), Metric: earshot.Metric(c.metric),
		Value: c.value, Bound: c.bound, Set: c.flags&flagReason != 0,
	}
}

// expand makes the minute whole again with the present facts of its segment.
func (c *compactMinute) expand(s *segment, kind earshot.Kind) Minute {
	m := Minute{
		Minute: earshot.Minute{
			Segment: s.ID, Meeting: s.Meeting, Person: s.Person, Account: s.Account, At: c.instant(), Kind: kind,
			Dimensions: s.Dimensions,
			Grade:      earshot.Grade(c.grade), Why: earshot.Why(c.why), Reason: c.reason(),
			Spike: c.flags&flagSpike != 0, Reports: c.reports,
			ZoomAudio: c.zoom(0), ZoomVideo: c.zoom(1), ZoomShare: c.zoom(2),
			Verdict: s.verdict(c.at),
		},
		Open: c.flags&flagOpen != 0,
	}
	for i := range m.Slots {
		m.Slots[i] = earshot.Grade(c.slots >> (4 * i) & 0xf)
	}
	return m
}

func (c *compactMinute) zoom(i int) earshot.Grade {
	return earshot.Grade(c.flags >> (zoomShift + 3*i) & 7)
}

// segment is a join and its recent minutes, oldest first.
type segment struct {
	Segment
	said    []said // about the poor and bad minutes, oldest first: few, so that minutes stay small
	search  string // the names in lower case, for looking through all of them under the lock
	minutes []compactMinute
	now     present
	changed uint64
}

// present is what a segment shows at the watermark. It is worked out with its meeting's view.
type present struct {
	in    bool // in a running meeting
	grade earshot.Grade
	why   earshot.Why
	at    uint32 // the minute that decided, 0 for none
}

// said is the verdict on a minute.
type said struct {
	at uint32
	v  earshot.Verdict
}

// verdict returns what was said about a minute, the zero Verdict for nothing.
func (s *segment) verdict(at uint32) (v earshot.Verdict) {
	for i := range s.said {
		if s.said[i].at == at {
			return s.said[i].v
		}
	}
	return v
}

// say stores the verdict on a minute and reports whether it changed.
func (s *segment) say(at uint32, v earshot.Verdict) bool {
	i := sort.Search(len(s.said), func(k int) bool { return s.said[k].at >= at })
	known := i < len(s.said) && s.said[i].at == at
	switch {
	case known && s.said[i].v == v, !known && v == earshot.Verdict{}:
		return false
	case v == earshot.Verdict{}:
		s.said = slices.Delete(s.said, i, i+1)
	case known:
		s.said[i].v = v
	default:
		s.said = slices.Insert(s.said, i, said{at, v})
	}
	return true
}

// put stores a minute with its verdict and reports whether anything changed. A sealed minute replaces an open one, never the reverse: an
// update that is applied twice must not reopen it.
func (s *segment) put(c compactMinute, v earshot.Verdict) bool {
	i := len(s.minutes)
	if i > 0 && s.minutes[i-1].at >= c.at {
		i = sort.Search(i, func(k int) bool { return s.minutes[k].at >= c.at })
	}
	if i < len(s.minutes) && s.minutes[i].at == c.at {
		old := s.minutes[i]
		if old.flags&flagOpen == 0 && c.flags&flagOpen != 0 {
			return false
		}
		if new := s.say(c.at, v); old.same(c) && !new {
			return false
		}
		s.minutes[i] = c
		return true
	}
	s.say(c.at, v)
	s.minutes = append(s.minutes, compactMinute{})
	copy(s.minutes[i+1:], s.minutes[i:])
	s.minutes[i] = c
	return true
}

// prune drops the minutes before cut, keeping the space for those to come.
func (s *segment) prune(cut uint32) {
	n := 0
	for n < len(s.minutes) && s.minutes[n].at < cut {
		n++
	}
	s.said = slices.DeleteFunc(s.said, func(x said) bool { return x.at < cut })
	switch {
	case n == 0:
	case n == len(s.minutes):
		s.minutes = nil // somebody who left: no more to come
	default:
		s.minutes = s.minutes[:copy(s.minutes, s.minutes[n:])]
	}
}

// newest returns the newest minute in [from, to], or nil.
func (s *segment) newest(from, to uint32) *compactMinute {
	for i := len(s.minutes) - 1; i >= 0; i-- {
		c := &s.minutes[i]
		if c.at > to {
			continue
		}
		if c.at < from {
			return nil
		}
		return c
	}
	return nil
}

// sameRow reports whether two states of a segment look the same in a list: the time of the last report, which moves with
// every event, is not shown.
func sameRow(a, b *Segment) bool {
	return a.Person == b.Person && a.Name == b.Name && a.PersonName == b.PersonName && a.Join == b.Join && a.Leave == b.Leave &&
		a.LeaveReason == b.LeaveReason && a.Parent == b.Parent && a.Bound == b.Bound && a.External == b.External &&
		(a.FirstReport == 0) == (b.FirstReport == 0) && a.SiteName == b.SiteName && a.SiteDerived == b.SiteDerived &&
		a.Device == b.Device && a.ZoomUserID == b.ZoomUserID && a.InMeetingID == b.InMeetingID && a.Dimensions == b.Dimensions
}
