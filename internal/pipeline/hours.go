package pipeline

import (
	"context"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
)

// hoursEvery is how often the dirty hours are looked at.
const hoursEvery = 5 * time.Second

// hoursAtOnce bounds how many hours are computed in one look.
const hoursAtOnce = 50

// hours computes dirty hours again, in the background, once all their minutes are sealed and stored. The samples are read
// beside the writer; the result is replaced by the writer, and only if no further mark came meanwhile.
type hours struct {
	p *Pipeline

	mu    sync.Mutex // guards the fields below
	marks map[earshot.DirtyHour]uint64
	mark  earshot.Instant // watermark of the last stored snapshot: up to there the registry knows every report's span
	count int
}

// hourItem is a recomputed hour for the writer.
type hourItem struct {
	hour    earshot.DirtyHour
	marks   uint64 // how many marks had come when its samples were read
	minutes []earshot.Minute
}

func newHours(p *Pipeline) *hours {
	return &hours{p: p, marks: map[earshot.DirtyHour]uint64{}}
}

// stored notes the marks of a batch that is now in the facts.
func (h *hours) stored(it *item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range it.facts.Dirty {
		h.marks[d]++
	}
}

// snapshot notes that the registry has everything, the report spans that only move with snapshots included.
func (h *hours) snapshot(mark earshot.Instant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mark = mark
}

// run looks at the dirty hours until ctx ends.
func (h *hours) run(ctx context.Context) {
	t := time.NewTicker(hoursEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := h.look(ctx); err != nil && ctx.Err() == nil {
			h.p.log.Error("compute dirty hours", "err", err)
		}
	}
}

func (h *hours) look(ctx context.Context) error {
	list, err := h.p.o.Facts.DirtyHours(ctx, 0)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.count = len(list)
	mark := h.mark
	h.mu.Unlock()
	if h.p.stats.rebuildTo.Load() != 0 {
		return nil // rows are still being filled in
	}
	done := 0
	for _, hour := range list {
		if SealedAt(hour.Hour+59*60_000) > mark || done >= hoursAtOnce {
			continue
		}
		if err := h.compute(ctx, hour); err != nil {
			return err
		}
		done++
	}
	return nil
}

// compute grades one hour from its stored samples and queues the result.
func (h *hours) compute(ctx context.Context, hour earshot.DirtyHour) error {
	h.mu.Lock()
	marks := h.marks[hour]
	h.mu.Unlock()
	before, err := h.p.o.Facts.Samples(ctx, facts.Filter{From: hour.Hour.Add(-time.Minute), To: hour.Hour, Account: hour.Account})
	if err != nil {
		return err
	}
	minutes, err := h.grade(ctx, hour, before)
	if err != nil {
		return err
	}
	stored, err := h.p.o.Facts.Minutes(ctx, facts.Filter{From: hour.Hour, To: hour.Hour.Add(time.Hour), Account: hour.Account})
	if err != nil {
		return err
	}
	keepVerdicts(minutes, stored)
	minutes = keepUnsampled(minutes, stored)
	it := item{hour: &hourItem{hour, marks, minutes}, done: make(chan struct{})}
	if err := h.p.send(ctx, it); err != nil {
		return err
	}
	select {
	case <-it.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keepVerdicts gives poor and bad minutes the verdicts that they have. One that only turned bad now, because of a late report or
// another profile, has none: who it would have to be compared with is not at hand any more.
func keepVerdicts(minutes, stored []earshot.Minute) {
	said := map[earshot.MinuteKey]earshot.Verdict{}
	for i := range stored {
		if v := stored[i].Verdict; v.Cause != earshot.CauseNone {
			said[stored[i].Key()] = v
		}
	}
	for i := range minutes {
		m := &minutes[i]
		if m.Grade < earshot.Poor {
			continue
		}
		m.Verdict = said[m.Key()]
		if m.Verdict.Cause == earshot.CauseNone {
			m.Verdict = earshot.Verdict{Cause: earshot.CauseUnknown, Metric: earshot.MetricCount}
		}
	}
}

// gradeAtOnce bounds how many samples of an hour are in memory: a company of 5,000 people has 2.4 million in one hour.
const gradeAtOnce = 50_000

// grade grades an hour, a number of segments at a time.
func (h *hours) grade(ctx context.Context, hour earshot.DirtyHour, before []facts.Sample) ([]earshot.Minute, error) {
	var minutes []earshot.Minute
	var samples []facts.Sample
	flush := func() error {
		part, err := gradeHour(ctx, &h.p.settled, h.p.o.Registry, samples, before)
		minutes, samples = append(minutes, part...), samples[:0]
		return err
	}
	err := h.p.o.Facts.EachHourSegment(ctx, hour, func(of []facts.Sample) error {
		samples = append(samples, of...)
		if len(samples) < gradeAtOnce {
			return nil
		}
		return flush()
	})
	if err != nil {
		return nil, err
	}
	return minutes, flush()
}

// replace is called by the writer.
func (h *hours) replace(ctx context.Context, it *hourItem) {
	h.mu.Lock()
	fresh := h.marks[it.hour] == it.marks
	h.mu.Unlock()
	if !fresh {
		return // changed meanwhile; the next look computes it again
	}
	h.p.insist(ctx, "facts", func() error { return h.p.o.Facts.ReplaceHour(ctx, it.hour, it.minutes) })
	h.mu.Lock()
	delete(h.marks, it.hour)
	h.mu.Unlock()
}

// gradeHour grades samples that are ordered by segment and time, with what the registry now knows of their segments. before
// are the samples of the minute before the hour, in any order: some rules look back one minute.
func gradeHour(ctx context.Context, rules *Rules, reg Registry, samples, before []facts.Sample) ([]earshot.Minute, error) {
	segments, kinds, err := lookUp(ctx, reg, samples)
	if err != nil {
		return nil, err
	}
	g := hourGrader{rules: rules, places: newPlaces(rules.Sites), segments: segments, kinds: kinds, before: map[earshot.ID][]earshot.Sample{}}
	for i := range before {
		g.before[before[i].Segment] = append(g.before[before[i].Segment], before[i].Sample)
	}
	for i := range samples {
		s := &samples[i]
		minute := s.At.Minute()
		if len(g.open.Samples) > 0 && (g.open.Samples[0].Segment != s.Segment || g.open.At != minute) {
			g.flush()
		}
		g.open.At, g.open.Account, g.open.Meeting = minute, s.Account, s.Meeting
		g.open.Samples = append(g.open.Samples, s.Sample)
	}
	g.flush()
	return g.out, nil
}

// hourGrader grades one minute after the other.
type hourGrader struct {
	rules    *Rules
	places   *places
	segments map[earshot.ID]*earshot.Segment
	kinds    map[earshot.ID]earshot.Kind
	before   map[earshot.ID][]earshot.Sample
	open     openMinute
	segment  earshot.ID // of the minute graded last
	low      lowMinute  // of the minute graded last
	out      []earshot.Minute
}

func (g *hourGrader) flush() {
	if len(g.open.Samples) == 0 {
		return
	}
	id := g.open.Samples[0].Segment
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
	case last < g.open.At.Hour() && len(g.before[id]) > 0:
		prev = g.rules.Profile.Low(g.before[id], gradeContext(g.rules, seg, g.open.Account, 0))
	}
	row, low := gradeMinute(g.rules, g.places, seg, g.kinds[g.open.Meeting], &g.open, prev)
	g.out = append(g.out, row)
	g.segment, g.low = id, lowMinute{g.open.At, low}
	g.open.Samples, g.open.graded = g.open.Samples[:0], false
}

// lookUp reads the segments and the kinds of the meetings that samples name.
func lookUp(ctx context.Context, reg Registry, samples []facts.Sample) (map[earshot.ID]*earshot.Segment, map[earshot.ID]earshot.Kind, error) {
	segments, kinds := map[earshot.ID]*earshot.Segment{}, map[earshot.ID]earshot.Kind{}
	var segmentIDs, meetingIDs []earshot.ID
	for i := range samples {
		s := &samples[i]
		if _, ok := segments[s.Segment]; !ok {
			segments[s.Segment] = nil
			segmentIDs = append(segmentIDs, s.Segment)
		}
		if _, ok := kinds[s.Meeting]; !ok {
			kinds[s.Meeting] = earshot.KindUnknown
			meetingIDs = append(meetingIDs, s.Meeting)
		}
	}
	found, err := reg.SegmentsByID(ctx, segmentIDs)
	if err != nil {
		return nil, nil, err
	}
	for i := range found {
		segments[found[i].ID] = &found[i]
		if _, ok := kinds[found[i].Meeting]; !ok {
			kinds[found[i].Meeting] = earshot.KindUnknown
			meetingIDs = append(meetingIDs, found[i].Meeting)
		}
	}
	meetings, err := reg.MeetingsByID(ctx, meetingIDs)
	if err != nil {
		return nil, nil, err
	}
	for i := range meetings {
		kinds[meetings[i].ID] = meetings[i].Kind
	}
	return segments, kinds, nil
}
