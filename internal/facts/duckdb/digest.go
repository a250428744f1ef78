package duckdb

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Digest implements [facts.Store] for [facts.Tables]. Samples are read hour by hour, so memory stays bounded.
func (s *Store) Digest(ctx context.Context, table string) (string, error) {
	var sum string
	err := s.read(ctx, "digest "+table, func(ctx context.Context, c *conn) error {
		return inTransaction(ctx, c, func(ctx context.Context, c *conn) error {
			d := facts.NewDigest()
			if err := digest(ctx, c, table, d); err != nil {
				return err
			}
			sum = d.Sum()
			return nil
		})
	})
	return sum, err
}

func digest(ctx context.Context, c *conn, table string, d *facts.Digest) error {
	var all facts.Filter
	switch table {
	case facts.TableSample:
		return eachHour(ctx, c, "SELECT DISTINCT at_s - at_s % 3600 FROM sample_row ORDER BY 1", func(f facts.Filter) error {
			return samples(ctx, c, f, func(x *facts.Sample) error { d.Sample(x); return nil })
		})
	case facts.TableMinute:
		return eachHour(ctx, c, "SELECT DISTINCT at_s - at_s % 3600 FROM minute ORDER BY 1", func(f facts.Filter) error {
			return minutes(ctx, c, f, func(x *earshot.Minute) error { d.Minute(x); return nil })
		})
	case facts.TableSummary:
		return summaries(ctx, c, all, func(x *earshot.Summary) error { d.Summary(x); return nil })
	case facts.TableNotification:
		return notifications(ctx, c, all, func(x *earshot.Notification) error { d.Notification(x); return nil })
	case facts.TableCallSample:
		return callSamples(ctx, c, 0, func(x *earshot.CallSample) error { d.CallSample(x); return nil })
	case facts.TableDirty:
		hours, err := dirtyHours(ctx, c)
		for _, h := range hours {
			d.DirtyHour(h)
		}
		return err
	}
	return fmt.Errorf("unknown table %q: want one of %v", table, facts.Tables)
}

// eachHour asks which hours hold rows and hands over a filter for each. Hours begin at multiples of 3,600 s; times before
// 1970 are rounded towards it, so the filter of such an "hour" reaches back a whole one.
func eachHour(ctx context.Context, c *conn, question string, each func(facts.Filter) error) error {
	var hours []int64
	if err := c.query(ctx, question, nil, func(r row) error { hours = append(hours, r.i64(0)); return nil }); err != nil {
		return err
	}
	for _, h := range hours {
		if err := each(facts.Filter{From: fromSeconds(h), To: fromSeconds(h + 3600)}); err != nil {
			return err
		}
	}
	return nil
}
