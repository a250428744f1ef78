package duckdb

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// adopt copies hour by hour, each in one transaction, so memory stays bounded.
func (s *Store) adopt(ctx context.Context, from *conn, before earshot.Instant) (int, error) {
	if err := withVerdicts(ctx, from); err != nil {
		return 0, err
	}
	var hours []earshot.DirtyHour
	_, hi := bounds(0, before)
	err := from.query(ctx, "SELECT DISTINCT account, at_s - ((at_s % 3600) + 3600) % 3600 FROM minute WHERE at_s < ? ORDER BY 2, 1", []any{hi}, func(r row) error {
		hours = append(hours, earshot.DirtyHour{Account: r.id(0), Hour: fromSeconds(r.i64(1))})
		return nil
	})
	if err != nil {
		return 0, err
	}
	total := 0
	for _, h := range hours {
		n, err := s.adoptHour(ctx, from, h, before)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, s.adoptSummaries(ctx, from, before)
}

// withVerdicts lets the minutes of a backup be read as they are now when it is from before there were verdicts. The backup is
// open for reading only: nothing in it changes.
func withVerdicts(ctx context.Context, from *conn) error {
	v, err := schemaVersion(ctx, from)
	if err != nil || v >= 3 {
		return err
	}
	return from.exec(ctx, `CREATE TEMP VIEW minute_row AS SELECT *, NULL AS cause, NULL AS confidence, NULL AS candidate, NULL AS scope, NULL AS cell,
		NULL AS cell_label, NULL AS bad_direction, NULL AS inside_bad, NULL AS inside_of, NULL AS elsewhere_bad, NULL AS elsewhere_of,
		NULL AS evidence_metric, NULL AS evidence_value, NULL AS ruled_out, NULL AS since_ms FROM minute`)
}

func (s *Store) adoptHour(ctx context.Context, from *conn, h earshot.DirtyHour, before earshot.Instant) (int, error) {
	f := facts.Filter{From: h.Hour, To: min(h.Hour+3_600_000, before), Account: h.Account}
	var found []earshot.Minute
	err := minutes(ctx, from, f, func(m *earshot.Minute) error {
		found = append(found, *m)
		return nil
	})
	if err != nil {
		return 0, err
	}
	added := 0
	err = s.change(ctx, "adopt an hour", func(ctx context.Context, c *conn) error {
		lo, hi := bounds(f.From, h.Hour+3_600_000)
		have, err := c.one(ctx, "SELECT count(*) FROM minute WHERE at_s >= ? AND at_s < ? AND account = ?", lo, hi, uint64(h.Account))
		if err != nil || have > 0 {
			return err
		}
		added = len(found)
		return appendMinutes(c, found, 0)
	})
	return added, err
}

func (s *Store) adoptSummaries(ctx context.Context, from *conn, before earshot.Instant) error {
	var found []earshot.Summary
	err := summaries(ctx, from, facts.Filter{To: before}, func(x *earshot.Summary) error {
		found = append(found, *x)
		return nil
	})
	if err != nil {
		return err
	}
	return s.change(ctx, "adopt summaries", func(ctx context.Context, c *conn) error {
		have := map[uint64]bool{}
		err := c.query(ctx, "SELECT DISTINCT segment FROM summary", nil, func(r row) error { have[r.u64(0)] = true; return nil })
		if err != nil {
			return err
		}
		missing := found[:0]
		for _, x := range found {
			if !have[uint64(x.Segment)] {
				missing = append(missing, x)
			}
		}
		return appendSummaries(c, missing, 0)
	})
}
