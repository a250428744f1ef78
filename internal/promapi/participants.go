package promapi

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

const (
	participants       = "zoom_qos_participants"
	participantMinutes = "zoom_qos_participant_minutes_1h"
	// unreported are the newest minutes: not everybody's report of them is there yet.
	unreported = 2 * time.Minute
	// unsealed are the newest minutes that the facts may not have; the live view keeps a minute more.
	unsealed = 7 * time.Minute
	// repeated is how often the last hour's figure stands in its series: more often than a figure goes stale.
	repeated = earshot.Instant(4 * minuteMs)
)

// counted is one group of participants with its series, one for each grade.
type counted struct {
	series [len(earshot.GradeCounts{})]int // -1: not asked for
	last   earshot.Instant
}

// counting turns tallies into series.
type counting struct {
	s      *selection
	c      *collection
	labels []label
	groups map[facts.Tally]*counted
}

func newCounting(s *selection, c *collection) (*counting, error) {
	ls, err := chosen(s.mentioned, s.aggregated)
	return &counting{s: s, c: c, labels: ls, groups: make(map[facts.Tally]*counted)}, err
}

// question asks for what the labels need.
func (k *counting) question(from, to earshot.Instant, step time.Duration) facts.TallyQuery {
	q := facts.TallyQuery{Filter: facts.Filter{From: from, To: to}, Step: step, MinutesOnly: true}
	for _, l := range k.labels {
		q.By = append(q.By, l.by)
		if v := k.s.equal(l.name); v != "" && l.where != nil {
			l.where(&q, v, k.s.names)
		}
	}
	return q
}

// group returns the series of a group; key is a tally with nothing but what was grouped by.
func (k *counting) group(key facts.Tally) *counted {
	if g := k.groups[key]; g != nil {
		return g
	}
	g := &counted{}
	pairs := []string{model.MetricNameLabel, k.s.name}
	for _, l := range k.labels {
		if v := l.of(&key, k.s.names); v != "" {
			pairs = append(pairs, l.name, v)
		}
	}
	for grade := range g.series {
		g.series[grade] = -1
		if ls := labels.FromStrings(append(slices.Clone(pairs), gradeLabel, earshot.Grade(grade).String())...); k.s.matches(ls) {
			g.series[grade] = k.c.of(ls)
		}
	}
	k.groups[key] = g
	return g
}

// put adds what a group had at a time; times of a group come in order, gap is the distance beyond which one is missing.
func (k *counting) put(key facts.Tally, at, gap earshot.Instant, n *earshot.GradeCounts) error {
	g := k.group(key)
	if g.last != 0 && at-g.last > gap {
		if err := k.stale(g, g.last+gap); err != nil {
			return err
		}
	}
	g.last = at
	for grade, i := range g.series {
		if err := k.c.add(i, point{int64(at), float64(n[grade])}); err != nil {
			return err
		}
	}
	return nil
}

// stale says that a group has nobody from a time on.
func (k *counting) stale(g *counted, at earshot.Instant) error {
	for _, i := range g.series {
		if err := k.c.add(i, ended(at)); err != nil {
			return err
		}
	}
	return nil
}

// finish ends the groups that did not last until the end of the range.
func (k *counting) finish(to, gap earshot.Instant) error {
	for _, g := range k.groups {
		if g.last+gap <= to {
			if err := k.stale(g, g.last+gap); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyOf strips a tally to what it was grouped by.
func (k *counting) keyOf(t *facts.Tally) facts.Tally {
	return facts.Tally{Account: t.Account, Dimensions: t.Dimensions, Kind: t.Kind, Cause: t.Cause}
}

// readParticipants counts people by minute: sealed minutes from the facts, the newest from the live view.
func (a *API) readParticipants(ctx context.Context, s *selection, c *collection) error {
	k, err := newCounting(s, c)
	if err != nil {
		return err
	}
	from := (s.from + minuteMs - 1).Minute()
	to := min(s.to.Minute(), s.now.Add(-unreported).Minute())
	open := s.now.Add(-unsealed).Minute()
	if sealed := min(to+minuteMs, open); from < sealed {
		rows, err := a.o.Facts.Tally(ctx, k.question(from, sealed, time.Minute))
		if err != nil {
			return err
		}
		for i := range rows {
			if err := k.put(k.keyOf(&rows[i]), rows[i].At, minuteMs, &rows[i].Minutes); err != nil {
				return err
			}
		}
	}
	if to >= open && !slices.ContainsFunc(k.labels, func(l label) bool { return !l.live }) {
		if err := k.putLive(a.recent(open, k), max(from, open), to); err != nil {
			return err
		}
	}
	return k.finish(to, minuteMs)
}

// recent sums the live view's groups to those of the labels, by minute from open on.
func (a *API) recent(open earshot.Instant, k *counting) map[facts.Tally]map[earshot.Instant]earshot.GradeCounts {
	out := make(map[facts.Tally]map[earshot.Instant]earshot.GradeCounts)
	for _, g := range a.o.Live.Recent(open) {
		var key facts.Tally
		for _, l := range k.labels {
			facts.CopyDimension(&key.Dimensions, &g.Dimensions, l.by)
		}
		minutes := out[key]
		if minutes == nil {
			minutes = make(map[earshot.Instant]earshot.GradeCounts)
			out[key] = minutes
		}
		for i, n := range g.Minutes {
			if n == (earshot.GradeCounts{}) {
				continue
			}
			at := open + earshot.Instant(i*minuteMs)
			sum := minutes[at]
			for grade := range n {
				sum[grade] += n[grade]
			}
			minutes[at] = sum
		}
	}
	return out
}

func (k *counting) putLive(groups map[facts.Tally]map[earshot.Instant]earshot.GradeCounts, from, to earshot.Instant) error {
	for key, minutes := range groups {
		for at := from; at <= to; at += minuteMs {
			if n, ok := minutes[at]; ok {
				if err := k.put(key, at, minuteMs, &n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readParticipantMinutes repeats the figures of the last whole hour through the next one.
func (a *API) readParticipantMinutes(ctx context.Context, s *selection, c *collection) error {
	k, err := newCounting(s, c)
	if err != nil {
		return err
	}
	const hour = earshot.Instant(60 * minuteMs)
	// An hour's figure is there once its last minute is sealed.
	newest := s.now.Add(-unsealed).Hour()
	rows, err := a.o.Facts.Tally(ctx, k.question(s.from.Hour()-hour, min(s.to.Hour(), newest), time.Hour))
	if err != nil {
		return err
	}
	for i := range rows {
		t := &rows[i]
		for at := t.At + hour; at < t.At+2*hour && at <= s.to; at += repeated {
			if at < s.from-repeated {
				continue
			}
			if err := k.put(k.keyOf(t), at, repeated, &t.Minutes); err != nil {
				return err
			}
		}
	}
	return k.finish(s.to, repeated)
}
