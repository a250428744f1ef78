package pipeline

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// SealDelay is how far the watermark must be past a minute's end before the minute is sealed. Reports come about a minute
// after what they report, so three minutes leave room for one that is retried at once or delayed on the way.
const SealDelay = 3 * time.Minute

// SealedAt returns the watermark at which the minute that starts at m is sealed.
func SealedAt(m earshot.Instant) earshot.Instant { return m.Add(time.Minute + SealDelay) }

const minuteMs = 60_000

// usualBytes is what hardly any minute exceeds at one report a minute: ten samples of three media in both directions, the
// computer and the radio, most of them of four to seven metrics.
const usualBytes = 320

// openMinute is a minute of one segment that may still change.
type openMinute struct {
	At      earshot.Instant
	Account earshot.ID
	Meeting earshot.ID
	packed  packedSamples

	// The verdict on these samples, and the context's key under which it was given; not graded since they changed when unset.
	graded  bool
	under   grade.Context
	verdict grade.Verdict

	// What [grade.Profile.Low] says of these samples when the *_inputs run as in lowUnder; it is asked whenever the minute after
	// this one is graded.
	lowKnown bool
	low      grade.SlotSet
	lowUnder [2]earshot.InputMeaning // audio, video
}

// put adds a sample, or merges it into the one with its key. It reports whether the minute changed, and whether it did so by
// merging: then the facts hold two rows under one key, which the hour's recomputation collapses.
func (m *openMinute) put(s *earshot.Sample) (changed, merged bool) {
	changed, merged = m.packed.put(s, m.At)
	m.graded, m.lowKnown = m.graded && !changed, m.lowKnown && !changed
	return changed, merged
}

// openMinutes holds the open minutes of every segment, by segment and by the order in which they will be sealed.
type openMinutes struct {
	bySegment map[earshot.ID][]*openMinute // oldest first; two to four each
	byMinute  map[earshot.Instant][]earshot.ID
	starts    []earshot.Instant // the keys of byMinute, ascending
	unpacked  []earshot.Sample  // of the minute that was looked at last
}

func newOpenMinutes() *openMinutes {
	return &openMinutes{bySegment: map[earshot.ID][]*openMinute{}, byMinute: map[earshot.Instant][]earshot.ID{}}
}

// get returns the segment's open minute, nil when there is none.
func (o *openMinutes) get(segment earshot.ID, minute earshot.Instant) *openMinute {
	for _, m := range o.bySegment[segment] {
		if m.At == minute {
			return m
		}
	}
	return nil
}

// samples returns those of a segment's open minute. They are valid until the next call.
func (o *openMinutes) samples(segment earshot.ID, m *openMinute) []earshot.Sample {
	o.unpacked = m.packed.appendTo(o.unpacked[:0], segment, m.At)
	return o.unpacked
}

// grade judges the minute, or returns the verdict that it has.
func (o *openMinutes) grade(segment earshot.ID, m *openMinute, p *grade.Profile, ctx grade.Context) *grade.Verdict {
	if key := p.Key(ctx); !m.graded || m.under != key {
		m.graded, m.under, m.verdict = true, key, p.Minute(o.samples(segment, m), key)
	}
	return &m.verdict
}

// low returns the slots that reached the bound of a lasting rule in the minute: what the next minute's grade depends on.
func (o *openMinutes) low(segment earshot.ID, m *openMinute, p *grade.Profile, ctx grade.Context) grade.SlotSet {
	if under := [2]earshot.InputMeaning{ctx.AudioInput, ctx.VideoInput}; !m.lowKnown || m.lowUnder != under {
		m.lowKnown, m.lowUnder, m.low = true, under, p.Low(o.samples(segment, m), ctx)
	}
	return m.low
}

// open returns the segment's open minute, beginning it if needed.
func (o *openMinutes) open(segment, meeting, account earshot.ID, minute earshot.Instant) *openMinute {
	if m := o.get(segment, minute); m != nil {
		return m
	}
	m := &openMinute{At: minute, Account: account, Meeting: meeting, packed: make(packedSamples, 0, usualBytes)}
	list := append(o.bySegment[segment], m)
	slices.SortFunc(list, func(a, b *openMinute) int { return int(a.At - b.At) })
	o.bySegment[segment] = list
	segments, known := o.byMinute[minute]
	if !known {
		i, _ := slices.BinarySearch(o.starts, minute)
		o.starts = slices.Insert(o.starts, i, minute)
	}
	o.byMinute[minute] = append(segments, segment)
	return m
}

// seal removes the minutes that the watermark has passed and yields them, oldest minute first and, within a minute, in the
// order in which the segments first reported.
func (o *openMinutes) seal(now earshot.Instant, yield func(earshot.ID, *openMinute)) {
	for len(o.starts) > 0 && SealedAt(o.starts[0]) <= now {
		start := o.starts[0]
		o.starts = o.starts[1:]
		segments := o.byMinute[start]
		delete(o.byMinute, start)
		for _, id := range segments {
			m := o.remove(id, start)
			if m != nil {
				yield(id, m)
			}
		}
	}
}

func (o *openMinutes) remove(segment earshot.ID, minute earshot.Instant) *openMinute {
	list := o.bySegment[segment]
	for i, m := range list {
		if m.At != minute {
			continue
		}
		if len(list) == 1 {
			delete(o.bySegment, segment)
		} else {
			o.bySegment[segment] = slices.Delete(list, i, i+1)
		}
		return m
	}
	return nil
}
