package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// medianColumns are the metrics of the three steps of a median: doubled samples merged as [earshot.Values.Merge] does, a
// segment's mean in a minute, the median over segments where enough have one.
func medianColumns() (merged, mean, median string) {
	var a, b, c []string
	for _, m := range facts.MedianMetrics {
		a = append(a, fmt.Sprintf("max(r.%[1]s) AS %[1]s", m))
		b = append(b, fmt.Sprintf("avg(%[1]s) AS %[1]s", m))
		c = append(c, fmt.Sprintf("CASE WHEN count(%[1]s) >= ? THEN median(%[1]s)::FLOAT END", m))
	}
	return strings.Join(a, ", "), strings.Join(b, ", "), strings.Join(c, ", ")
}

// Medians implements [facts.Store].
func (s *Store) Medians(ctx context.Context, f facts.MedianQuery) ([]facts.Median, error) {
	lo, hi := bounds(f.From, f.To)
	merged, mean, median := medianColumns()
	q := ask("WITH own AS (SELECT c.segment, r.at_s, r.wire, " + merged + " FROM sample_row r JOIN context c ON c.ref = r.ref")
	q.add(" WHERE r.at_s >= ? AND r.at_s < ? AND r.wire <> ?", lo, hi, int64(earshot.WireNotification))
	q.where(" AND c.account = ?", f.Account).where(" AND c.meeting = ?", f.Meeting)
	for _, id := range f.Except {
		q.where(" AND c.segment <> ?", id)
	}
	q.add(" GROUP BY 1, 2, 3), minute AS (SELECT segment, at_s // 60 * 60 AS at_s, wire, " + mean + " FROM own GROUP BY 1, 2, 3)")
	q.add(" SELECT at_s, wire, count(*), " + median + " FROM minute GROUP BY 1, 2 ORDER BY 1, 2")
	for range facts.MedianMetrics {
		q.args = append(q.args, int64(max(1, f.Least)))
	}
	var out []facts.Median
	err := s.read(ctx, "read medians", func(ctx context.Context, c *conn) error {
		return q.ask(ctx, c, func(r row) error {
			m := facts.Median{At: fromSeconds(r.i64(0)), Wire: earshot.Wire(r.u8(1)), Segments: int(r.i64(2))}
			for k, metric := range facts.MedianMetrics {
				if x, ok := r[3+k].(float32); ok {
					m.Set(metric, float64(x))
				}
			}
			out = append(out, m)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
