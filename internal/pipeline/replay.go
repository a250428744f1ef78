package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/facts"
)

// replayLead is how long before an hour its replay begins: as long as the engine's longest window, and a margin for the
// stretch of trouble that the hour may begin in.
const replayLead = 15 * time.Minute

// replayedHour is what a replay of an hour said. Of the accounts of one hour, which are computed one after the other, the
// first has it made for all of them.
type replayedHour struct {
	hour earshot.Instant
	said map[earshot.MinuteKey]earshot.Verdict // poor and bad minutes
}

// explainTurned gives verdicts to minutes of an hour that another profile, or another direction, made bad. turned are their
// indexes. The looks of the time are gone, and so is what was learnt about people before; the samples of everybody are
// there, and a new engine looks at them.
func (h *hours) explainTurned(ctx context.Context, hour earshot.Instant, minutes []earshot.Minute, turned []int) error {
	if len(turned) == 0 {
		return nil
	}
	if h.replayed.hour != hour {
		said, err := h.replay(ctx, hour)
		if err != nil {
			return err
		}
		h.replayed = replayedHour{hour, said}
	}
	for _, i := range turned {
		if v, ok := h.replayed.said[minutes[i].Key()]; ok {
			minutes[i].Verdict = v
		}
	}
	return nil
}

// replay lives through an hour of all accounts once more, minute by minute, from shortly before it until its last minute would
// have been sealed, and returns what is then said of its poor and bad minutes. The samples of two minutes are in memory, and
// what the engine keeps. The same samples give the same verdicts, whatever the order in which they once arrived.
func (h *hours) replay(ctx context.Context, hour earshot.Instant) (map[earshot.MinuteKey]earshot.Verdict, error) {
	r := newReplay(&h.p.settled, h.p.o.Registry)
	said := map[earshot.MinuteKey]earshot.Verdict{}
	end := hour.Add(time.Hour)
	for at := hour.Add(-replayLead); at < SealedAt(end); at = at.Add(time.Minute) {
		samples, err := h.p.o.Facts.Samples(ctx, facts.Filter{From: at, To: at.Add(time.Minute)})
		if err != nil {
			return nil, err
		}
		if err := r.minute(ctx, at, samples); err != nil {
			return nil, err
		}
		sealed := at.Add(-SealDelay)
		if sealed < hour || sealed >= end {
			continue
		}
		for _, key := range r.engine.Bad() {
			if key.At == sealed {
				said[key] = r.engine.Explain(key)
			}
		}
	}
	return said, nil
}

// replay puts one minute after the other before an engine of its own.
type replay struct {
	rules  *Rules
	places *places
	look   *lookUp
	engine *cause.Engine
	before map[earshot.ID][]earshot.Sample // the minute before's
}

func newReplay(rules *Rules, reg Registry) *replay {
	params := rules.Causes
	if params == (cause.Params{}) {
		params = cause.DefaultParams()
	}
	return &replay{rules: rules, places: newPlaces(rules.Sites), look: newLookUp(reg), engine: cause.New(params)}
}

// minute tells the engine of one minute, and lets it look twice: reports come all through a minute, and whatever is slower
// than half of one is noticed as before.
func (r *replay) minute(ctx context.Context, at earshot.Instant, samples []facts.Sample) error {
	if err := r.look.learn(ctx, samples); err != nil {
		return err
	}
	slices.SortFunc(samples, func(a, b facts.Sample) int { return facts.CompareHourSamples(&a, &b) })
	g := hourGrader{
		rules: r.rules, places: r.places, segments: r.look.segments, kinds: r.look.kinds, before: r.before, beforeAt: at.Add(-time.Minute),
		emit: func(row *earshot.Minute, samples []earshot.Sample, seg *earshot.Segment) {
			o := observe(row, samples, seg, r.rules, r.places)
			r.engine.Put(&o)
		},
	}
	g.grade(samples)
	r.before = bySegment(samples)
	r.engine.Evaluate(at.Add(30 * time.Second))
	r.engine.Evaluate(at.Add(time.Minute))
	return nil
}

// verdictFits reports whether a verdict speaks of a minute as it is graded now: one about hearing does not fit a minute in
// which somebody was not heard.
func verdictFits(v *earshot.Verdict, m *earshot.Minute) bool {
	bad := func(slots ...earshot.StreamSlot) bool { return worstOf(m, slots...) >= earshot.Poor }
	sent := bad(earshot.SlotAudioSend, earshot.SlotVideoSend, earshot.SlotShareSend)
	received := bad(earshot.SlotAudioReceive, earshot.SlotVideoReceive, earshot.SlotShareReceive)
	switch {
	case sent && !received:
		return v.Direction == earshot.DirectionSend
	case received && !sent:
		return v.Direction == earshot.DirectionReceive
	}
	return v.Direction == earshot.DirectionNone
}

// keepVerdicts gives poor and bad minutes the verdicts that they have, and returns the indexes of those that need another
// one: their reports are the same as before, but by another profile or direction they only turned bad now, or are so in
// another direction. Who turned bad by a late report stays unknown: with whom it would have been compared at the time
// depends on the order in which reports came, and the stored hour must not.
func keepVerdicts(minutes, stored []earshot.Minute) (turned []int) {
	was := make(map[earshot.MinuteKey]*earshot.Minute, len(stored))
	for i := range stored {
		was[stored[i].Key()] = &stored[i]
	}
	for i := range minutes {
		m := &minutes[i]
		if m.Grade < earshot.Poor {
			continue
		}
		old := was[m.Key()]
		if old != nil {
			m.Verdict = old.Verdict
		}
		said := m.Verdict.Cause != earshot.CauseNone
		if old != nil && old.Reports == m.Reports && !(said && verdictFits(&m.Verdict, m)) {
			turned = append(turned, i)
		}
		if !said {
			m.Verdict = earshot.Verdict{Cause: earshot.CauseUnknown, Metric: earshot.MetricCount}
		}
	}
	return turned
}
