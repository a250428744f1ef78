package pipeline

import (
	"context"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
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

	replayed replayedHour // the newest of this look; used by run alone
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
	h.replayed = replayedHour{}
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
	if err := h.explainTurned(ctx, hour.Hour, minutes, keepVerdicts(minutes, stored)); err != nil {
		return err
	}
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

// gradeAtOnce bounds how many samples of an hour are in memory: a company of 5,000 people has 2.4 million in one hour.
const gradeAtOnce = 50_000

// grade grades an hour, a number of segments at a time.
func (h *hours) grade(ctx context.Context, hour earshot.DirtyHour, before []facts.Sample) ([]earshot.Minute, error) {
	var minutes []earshot.Minute
	var samples []facts.Sample
	flush := func() error {
		part, err := gradeHour(ctx, &h.p.settled, h.p.o.Registry, hour.Hour, samples, before)
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

// gradeHour grades samples of an hour that are ordered by segment and time, with what the registry now knows of their segments.
// before are the samples of the minute before the hour, in any order: some rules look back one minute.
func gradeHour(ctx context.Context, rules *Rules, reg Registry, hour earshot.Instant, samples, before []facts.Sample) ([]earshot.Minute, error) {
	look := newLookUp(reg)
	if err := look.learn(ctx, samples); err != nil {
		return nil, err
	}
	var out []earshot.Minute
	g := hourGrader{
		rules: rules, places: newPlaces(rules.Sites), segments: look.segments, kinds: look.kinds, before: bySegment(before),
		beforeAt: hour.Add(-time.Minute),
		emit:     func(row *earshot.Minute, _ []earshot.Sample, _ *earshot.Segment) { out = append(out, *row) },
	}
	g.grade(samples)
	return out, nil
}
