package factstest

import (
	"cmp"
	"context"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Medians implements [facts.Store].
func (m *Memory) Medians(ctx context.Context, q facts.MedianQuery) ([]facts.Median, error) {
	type minute struct {
		at   earshot.Instant
		wire earshot.Wire
	}
	rows := map[minute]map[earshot.ID][]facts.Sample{}
	err := m.with(ctx, func() error {
		for _, s := range m.samples() {
			f := facts.Filter{From: q.From, To: q.To}
			if !within(&f, s.At) || !is(q.Account, s.Account) || !is(q.Meeting, s.Meeting) || s.Wire == earshot.WireNotification || slices.Contains(q.Except, s.Segment) {
				continue
			}
			k := minute{s.At.Minute(), s.Wire}
			if rows[k] == nil {
				rows[k] = map[earshot.ID][]facts.Sample{}
			}
			rows[k][s.Segment] = append(rows[k][s.Segment], s)
		}
		return nil
	})
	var out []facts.Median
	for k, segments := range rows {
		x := facts.Median{At: k.at, Wire: k.wire, Segments: len(segments)}
		for _, metric := range facts.MedianMetrics {
			var means []float64
			for _, samples := range segments {
				if mean, ok := meanOf(samples, metric); ok {
					means = append(means, mean)
				}
			}
			if len(means) >= max(1, q.Least) {
				slices.Sort(means)
				x.Set(metric, (means[(len(means)-1)/2]+means[len(means)/2])/2)
			}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b facts.Median) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Wire, b.Wire)) })
	return out, err
}

func meanOf(samples []facts.Sample, metric earshot.Metric) (float64, bool) {
	sum, n := 0.0, 0
	for i := range samples {
		if x, ok := samples[i].Get(metric); ok {
			sum, n = sum+x, n+1
		}
	}
	return sum / float64(max(1, n)), n > 0
}
