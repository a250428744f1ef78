package promapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/earshot/earshot"
)

const minuteMs = 60_000

// metric is one name that can be asked for.
type metric struct {
	help string
	kind string // as Prometheus calls it; empty: gauge
	// labels are those that its series may have.
	labels []string
	// wall says that its samples have the time of the wall's clock, and may be newer than event time.
	wall bool
	// read adds the points of [from, to], both in event time, to c. Labels need not match: the querier looks again.
	read func(ctx context.Context, s *selection, c *collection) error
}

// selection is one selector of an expression, with the range that it needs.
type selection struct {
	name       string
	from, to   earshot.Instant // both inclusive
	now        earshot.Instant
	matchers   []*labels.Matcher
	mentioned  []string
	aggregated bool
	names      *names
}

// equal returns the value that a label must have, "" where any will do.
func (s *selection) equal(name string) string {
	for _, m := range s.matchers {
		if m.Name == name && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return ""
}

func (s *selection) matches(ls labels.Labels) bool {
	for _, m := range s.matchers {
		if !m.Matches(ls.Get(m.Name)) {
			return false
		}
	}
	return true
}

// Querier implements [storage.Queryable]. Times are clamped to what can be there.
func (a *API) Querier(mint, maxt int64) (storage.Querier, error) {
	return &querier{api: a, mint: mint, maxt: maxt}, nil
}

// ChunkQuerier implements [storage.SampleAndChunkQueryable]: remote read is not offered.
func (*API) ChunkQuerier(int64, int64) (storage.ChunkQuerier, error) {
	return nil, errors.New("remote read is not offered: there are no chunks, ask a query instead")
}

type querier struct {
	api        *API
	mint, maxt int64
}

func (q *querier) Close() error { return nil }

// Select implements [storage.Querier].
func (q *querier) Select(ctx context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	c, err := q.gather(ctx, hints, matchers)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	return c.set()
}

// gather reads what all metrics with a matching name have.
func (q *querier) gather(ctx context.Context, hints *storage.SelectHints, matchers []*labels.Matcher) (*collection, error) {
	sites, err := q.api.o.Registry.Sites(ctx)
	if err != nil {
		return nil, fmt.Errorf("names of sites: %w", err)
	}
	s := selection{matchers: matchers, names: newNames(sites), now: q.api.o.Live.Watermark()}
	s.from, s.to = q.clamp(hints, s.now)
	mentioned, told := ctx.Value(mentionedKey{}).([]string)
	if !told { // not through our engine: this selector's own words are all there is
		for _, m := range matchers {
			mentioned = append(mentioned, m.Name)
		}
		if hints != nil && hints.By {
			mentioned = append(mentioned, hints.Grouping...)
		}
	}
	s.mentioned, s.aggregated = mentioned, hints != nil && hints.Func == "sum" && hints.By && len(hints.Grouping) == 0
	c := newCollection(q.api.o.MaxSamples)
	all, known := q.api.all(), s.to
	for _, name := range matching(all, matchers) {
		m := all[name]
		if s.name, s.to = name, known; m.wall {
			s.to = q.wanted(hints)
		}
		if s.from > s.to {
			continue
		}
		if err := m.read(ctx, &s, c); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

// clamp returns the part of a range in which there can be anything: a question without a range asks for the last hour.
func (q *querier) clamp(hints *storage.SelectHints, now earshot.Instant) (from, to earshot.Instant) {
	mint, maxt := q.mint, q.maxt
	if hints != nil {
		mint, maxt = hints.Start, hints.End
	}
	oldest := now.Add(-q.api.o.Longest)
	if mint < -1<<52 {
		oldest = now.Add(-time.Hour)
	}
	return earshot.Instant(max(mint, int64(oldest), 1)), earshot.Instant(min(maxt, int64(now)))
}

// wanted returns the end of what was asked for, whatever event time is.
func (q *querier) wanted(hints *storage.SelectHints) earshot.Instant {
	if hints != nil {
		return earshot.Instant(hints.End)
	}
	return earshot.Instant(q.maxt)
}

// all returns every metric by its name.
func (a *API) all() map[string]metric {
	if a.o.Recorder == nil {
		return a.metrics
	}
	out := maps.Clone(a.metrics)
	maps.Copy(out, a.o.Recorder.metrics())
	return out
}

// matching returns the names of the metrics that matchers allow, in order.
func matching(all map[string]metric, matchers []*labels.Matcher) []string {
	var out []string
	for name := range all {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel && !m.Matches(name) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// LabelValues implements [storage.LabelQuerier]: the values that the range has. Of a label that several metrics have, they are
// those of the first of [homes] unless the question names a metric.
func (q *querier) LabelValues(ctx context.Context, name string, hints *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	all := q.api.all()
	if name == model.MetricNameLabel {
		return limited(matching(all, matchers), hints), nil, nil
	}
	ctx = context.WithValue(ctx, mentionedKey{}, append([]string{name}, namesOf(matchers)...))
	if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }) {
		home := slices.IndexFunc(homes, func(metric string) bool { return slices.Contains(all[metric].labels, name) })
		if home < 0 {
			return nil, nil, nil
		}
		matchers = append(slices.Clone(matchers), labels.MustNewMatcher(labels.MatchEqual, model.MetricNameLabel, homes[home]))
	}
	c, err := q.gather(ctx, nil, matchers)
	if err != nil {
		return nil, nil, err
	}
	var out []string
	for i := range c.series {
		if v := c.series[i].labels.Get(name); v != "" {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return limited(slices.Compact(out), hints), nil, nil
}

// homes are the metrics that tell the values of labels to who names no metric.
var homes = []string{participants, incidents, alerts, calls, meetingParticipants, callPrefix + "mos"}

// LabelNames implements [storage.LabelQuerier]: those that the metrics in question may have.
func (q *querier) LabelNames(_ context.Context, hints *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	out := []string{model.MetricNameLabel}
	all := q.api.all()
	for _, name := range matching(all, matchers) {
		out = append(out, all[name].labels...)
	}
	slices.Sort(out)
	return limited(slices.Compact(out), hints), nil, nil
}

func namesOf(matchers []*labels.Matcher) []string {
	out := make([]string, len(matchers))
	for i, m := range matchers {
		out[i] = m.Name
	}
	return out
}

func limited(all []string, hints *storage.LabelHints) []string {
	if hints != nil && hints.Limit > 0 && len(all) > hints.Limit {
		return all[:hints.Limit]
	}
	return all
}
