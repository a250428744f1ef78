package pipeline

import (
	"context"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
)

// bySegment sorts samples into segments, in their order.
func bySegment(samples []facts.Sample) map[earshot.ID][]earshot.Sample {
	out := map[earshot.ID][]earshot.Sample{}
	for i := range samples {
		out[samples[i].Segment] = append(out[samples[i].Segment], samples[i].Sample)
	}
	return out
}

// lookUp remembers the segments, and the kinds of meetings, that samples name.
type lookUp struct {
	registry Registry
	segments map[earshot.ID]*earshot.Segment // nil for those that the registry does not know
	kinds    map[earshot.ID]earshot.Kind
}

func newLookUp(r Registry) *lookUp {
	return &lookUp{r, map[earshot.ID]*earshot.Segment{}, map[earshot.ID]earshot.Kind{}}
}

// learn reads what samples name and is not known yet.
func (l *lookUp) learn(ctx context.Context, samples []facts.Sample) error {
	var segmentIDs, meetingIDs []earshot.ID
	for i := range samples {
		s := &samples[i]
		if _, ok := l.segments[s.Segment]; !ok {
			l.segments[s.Segment] = nil
			segmentIDs = append(segmentIDs, s.Segment)
		}
		if _, ok := l.kinds[s.Meeting]; !ok {
			l.kinds[s.Meeting] = earshot.KindUnknown
			meetingIDs = append(meetingIDs, s.Meeting)
		}
	}
	if len(segmentIDs)+len(meetingIDs) == 0 {
		return nil
	}
	found, err := l.registry.SegmentsByID(ctx, segmentIDs)
	if err != nil {
		return err
	}
	for i := range found {
		l.segments[found[i].ID] = &found[i]
		if _, ok := l.kinds[found[i].Meeting]; !ok {
			l.kinds[found[i].Meeting] = earshot.KindUnknown
			meetingIDs = append(meetingIDs, found[i].Meeting)
		}
	}
	meetings, err := l.registry.MeetingsByID(ctx, meetingIDs)
	if err != nil {
		return err
	}
	for i := range meetings {
		l.kinds[meetings[i].ID] = meetings[i].Kind
	}
	return nil
}

// hourGrader grades one minute after the other.
type hourGrader struct {
	rules    *Rules
	places   *places
	segments map[earshot.ID]*earshot.Segment
	kinds    map[earshot.ID]earshot.Kind
	// before are samples of the minute beforeAt, which lasting rules of the next one look back at.
	before   map[earshot.ID][]earshot.Sample
	beforeAt earshot.Instant
	emit     func(row *earshot.Minute, samples []earshot.Sample, seg *earshot.Segment)
	open     openMinute // its samples are beside it
	samples  []earshot.Sample
	segment  earshot.ID // of the minute graded last
	low      lowMinute  // of the minute graded last
}

// grade takes samples that are ordered by segment and time.
func (g *hourGrader) grade(samples []facts.Sample) {
	for i := range samples {
		s := &samples[i]
		minute := s.At.Minute()
		if len(g.samples) > 0 && (g.samples[0].Segment != s.Segment || g.open.At != minute) {
			g.flush()
		}
		g.open.At, g.open.Account, g.open.Meeting = minute, s.Account, s.Meeting
		g.samples = append(g.samples, s.Sample)
	}
	g.flush()
}

func (g *hourGrader) flush() {
	if len(g.samples) == 0 {
		return
	}
	id := g.samples[0].Segment
	seg := g.segments[id]
	if seg == nil { // the registry lost it: grade what can be graded
		seg = &earshot.Segment{ID: id}
	} else if seg.Meeting != 0 {
		g.open.Meeting = seg.Meeting
	}
	var prev grade.SlotSet
	switch last := g.open.At.Add(-time.Minute); {
	case g.segment == id && g.low.At == last:
		prev = g.low.Low
	case last == g.beforeAt && len(g.before[id]) > 0:
		prev = g.rules.Profile.Low(g.before[id], gradeContext(g.rules, seg, g.open.Account, 0))
	}
	v := g.rules.Profile.Minute(g.samples, g.rules.Profile.Key(gradeContext(g.rules, seg, g.open.Account, prev)))
	row := minuteRow(g.places, seg, g.kinds[g.open.Meeting], &g.open, &v)
	g.emit(&row, g.samples, seg)
	g.segment, g.low = id, lowMinute{g.open.At, v.Low}
	g.samples = g.samples[:0]
}
