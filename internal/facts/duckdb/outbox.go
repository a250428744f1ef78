package duckdb

import (
	"context"
	"math"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Outbox implements [facts.Store]. An entry's rows are those that name it, or for a replaced hour all minutes of the hour as
// they are now; so an old entry whose hour was replaced since has fewer minutes, and the replacement's entry has them.
func (s *Store) Outbox(ctx context.Context, after uint64, limit int) ([]facts.OutboxEntry, error) {
	var out []facts.OutboxEntry
	err := s.read(ctx, "read outbox", func(ctx context.Context, c *conn) error {
		return inTransaction(ctx, c, func(ctx context.Context, c *conn) error {
			var err error
			out, err = outbox(ctx, c, after, limit)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// OutboxTail implements [facts.Store].
func (s *Store) OutboxTail(ctx context.Context) (tail uint64, err error) {
	err = s.read(ctx, "read outbox", func(ctx context.Context, c *conn) error {
		return c.query(ctx, "SELECT max(seq) FROM outbox", nil, func(r row) error {
			tail = r.u64(0)
			return nil
		})
	})
	return tail, err
}

func outbox(ctx context.Context, c *conn, after uint64, limit int) ([]facts.OutboxEntry, error) {
	if limit <= 0 {
		limit = math.MaxInt32
	}
	var out []facts.OutboxEntry
	err := c.query(ctx, "SELECT seq, replaced, account, hour_s FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", []any{after, int64(limit)}, func(r row) error {
		e := facts.OutboxEntry{Seq: r.u64(0)}
		if r.flag(1) {
			e.Replaced = &earshot.DirtyHour{Account: r.id(2), Hour: fromSeconds(r.i64(3))}
		}
		out = append(out, e)
		return nil
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	at := make(map[uint64]*facts.OutboxEntry, len(out))
	for i := range out {
		at[out[i].Seq] = &out[i]
	}
	first, last := out[0].Seq, out[len(out)-1].Seq
	err = c.query(ctx, selectMinutes+" WHERE outbox >= ? AND outbox <= ? ORDER BY at_s, segment", []any{first, last}, func(r row) error {
		if e := at[r.u64(minuteColumns-1)]; e != nil && e.Replaced == nil {
			e.Minutes = append(e.Minutes, minuteOf(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.query(ctx, selectSummaries+" WHERE outbox >= ? AND outbox <= ? ORDER BY at_ms, segment, wire", []any{first, last}, func(r row) error {
		if e := at[r.u64(summaryColumns-1)]; e != nil {
			e.Summaries = append(e.Summaries, summaryOf(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		h := out[i].Replaced
		if h == nil {
			continue
		}
		f := facts.Filter{From: h.Hour, To: h.Hour + 3_600_000, Account: h.Account}
		err := minutes(ctx, c, f, func(m *earshot.Minute) error {
			out[i].Minutes = append(out[i].Minutes, *m)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
