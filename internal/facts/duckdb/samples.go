package duckdb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// selectSamples gives the columns that sampleOf reads; conditions follow.
var selectSamples = "SELECT c.account, c.meeting, c.segment, c.site, c.network_type, c.data_center, r.at_s, r.wire, " + metricColumns("r.") +
	" FROM sample_row r JOIN context c ON c.ref = r.ref WHERE r.at_s >= ? AND r.at_s < ?"

func metricColumns(prefix string) string {
	var names []string
	for m := range earshot.Metric(earshot.MetricCount) {
		names = append(names, prefix+m.String())
	}
	return strings.Join(names, ", ")
}

func sampleOf(r row) (s facts.Sample) {
	s.Account, s.Meeting, s.Segment, s.Site = r.id(0), r.id(1), r.id(2), r.id(3)
	s.NetworkType, s.DataCenter = r.text(4), r.text(5)
	s.At, s.Wire = fromSeconds(r.i64(6)), earshot.Wire(r.u8(7))
	r.values(8, &s.Values)
	return s
}

// question is SQL of constant pieces and the arguments of its placeholders.
type question struct {
	sql  strings.Builder
	args []any
}

func ask(sql string, args ...any) *question {
	q := &question{args: args}
	q.sql.WriteString(sql)
	return q
}

// where adds a condition when the id is set.
func (q *question) where(condition string, id earshot.ID) *question {
	if id != 0 {
		q.sql.WriteString(condition)
		q.args = append(q.args, uint64(id))
	}
	return q
}

func (q *question) add(sql string, args ...any) *question {
	q.sql.WriteString(sql)
	q.args = append(q.args, args...)
	return q
}

func (q *question) ask(ctx context.Context, c *conn, each func(row) error) error {
	return c.query(ctx, q.sql.String(), q.args, each)
}

// Samples implements [facts.Store].
func (s *Store) Samples(ctx context.Context, f facts.Filter) ([]facts.Sample, error) {
	var out []facts.Sample
	err := s.read(ctx, "read samples", func(ctx context.Context, c *conn) error {
		return samples(ctx, c, f, func(x *facts.Sample) error {
			if f.Limit > 0 && len(out) == f.Limit {
				return errStop
			}
			out = append(out, *x)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// samples hands over the samples in order, doubles merged.
func samples(ctx context.Context, c *conn, f facts.Filter, each func(*facts.Sample) error) error {
	lo, hi := bounds(f.From, f.To)
	q := ask(selectSamples, lo, hi).where(" AND c.account = ?", f.Account).where(" AND c.meeting = ?", f.Meeting).where(" AND c.segment = ?", f.Segment)
	q.add(" ORDER BY r.at_s, c.segment, r.wire")
	m := merger{each: each}
	if err := q.ask(ctx, c, m.row); err != nil {
		return err
	}
	return m.flush()
}

// merger merges neighbours with the same key.
type merger struct {
	held facts.Sample
	full bool
	each func(*facts.Sample) error
}

func (m *merger) row(r row) error {
	x := sampleOf(r)
	if m.full && m.held.Key() == x.Key() {
		facts.MergeSamples(&m.held, &x)
		return nil
	}
	if m.full {
		if err := m.each(&m.held); err != nil {
			return err
		}
	}
	m.held, m.full = x, true
	return nil
}

func (m *merger) flush() error {
	if !m.full {
		return nil
	}
	m.full = false
	if err := m.each(&m.held); err != errStop {
		return err
	}
	return nil
}

// HourSamples implements [facts.Store]. An hour of thousands of people is hundreds of megabytes this way; see
// [Store.EachHourSegment].
func (s *Store) HourSamples(ctx context.Context, h earshot.DirtyHour) ([]facts.Sample, error) {
	var out []facts.Sample
	err := s.EachHourSegment(ctx, h, func(segment []facts.Sample) error {
		out = append(out, segment...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// segmentsAtOnce bounds what EachHourSegment asks for at a time: 256 segments of an hour are some 130,000 rows.
const segmentsAtOnce = 256

// EachHourSegment hands over an hour's samples segment by segment, in the order of their ids, each segment's samples as
// [facts.Store.HourSamples] would give them. Memory stays bounded whatever the account's size. The slice is reused.
func (s *Store) EachHourSegment(ctx context.Context, h earshot.DirtyHour, each func([]facts.Sample) error) error {
	return s.read(ctx, "read samples of an hour", func(ctx context.Context, c *conn) error {
		return eachHourSegment(ctx, c, h, each)
	})
}

func eachHourSegment(ctx context.Context, c *conn, h earshot.DirtyHour, each func([]facts.Sample) error) error {
	lo, hi := bounds(h.Hour.Hour(), h.Hour.Hour()+3_600_000)
	var segments []uint64
	err := c.query(ctx, `SELECT DISTINCT segment FROM context WHERE account = ? AND ref IN
		(SELECT DISTINCT ref FROM sample_row WHERE at_s >= ? AND at_s < ?) ORDER BY segment`, []any{uint64(h.Account), lo, hi}, func(r row) error {
		segments = append(segments, r.u64(0))
		return nil
	})
	if err != nil {
		return err
	}
	var buf []facts.Sample
	for chunk := range slices.Chunk(segments, segmentsAtOnce) {
		q := ask(selectSamples, lo, hi)
		q.add(" AND c.account = ? AND c.segment >= ? AND c.segment <= ? ORDER BY c.segment, r.at_s, r.wire", uint64(h.Account), chunk[0], chunk[len(chunk)-1])
		buf = buf[:0]
		m := merger{each: func(x *facts.Sample) error {
			if len(buf) > 0 && buf[0].Segment != x.Segment {
				if err := each(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
			buf = append(buf, *x)
			return nil
		}}
		if err := q.ask(ctx, c, m.row); err != nil {
			return err
		}
		if err := m.flush(); err != nil {
			return err
		}
		if len(buf) > 0 {
			if err := each(buf); err != nil {
				return err
			}
		}
	}
	return nil
}

// DirtyHours implements [facts.Store].
func (s *Store) DirtyHours(ctx context.Context, limit int) ([]earshot.DirtyHour, error) {
	var out []earshot.DirtyHour
	err := s.read(ctx, "read dirty hours", func(ctx context.Context, c *conn) error {
		var err error
		out, err = dirtyHours(ctx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

func dirtyHours(ctx context.Context, c *conn) ([]earshot.DirtyHour, error) {
	var out []earshot.DirtyHour
	err := c.query(ctx, "SELECT DISTINCT account, hour_s FROM dirty", nil, func(r row) error {
		out = append(out, earshot.DirtyHour{Account: r.id(0), Hour: fromSeconds(r.i64(1))})
		return nil
	})
	slices.SortFunc(out, func(a, b earshot.DirtyHour) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Account, b.Account))
	})
	return out, err
}

// MarkDirty implements [facts.Store].
func (s *Store) MarkDirty(ctx context.Context, hours []earshot.DirtyHour) error {
	if len(hours) == 0 {
		return nil
	}
	return s.change(ctx, "mark dirty hours", func(_ context.Context, c *conn) error { return appendDirty(c, hours) })
}
