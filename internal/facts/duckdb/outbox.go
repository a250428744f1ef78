package duckdb

import (
	"context"
	"math"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Outbox implements [facts.Store]. An entry's rows are those that name it, or for a replaced hour all minutes of the hour as
// they are now; so an old entry whose hour was replaced since has fewer minutes, and the replacement's entry has them.
func (s *Store) Outbox(ctx context.Context, after facts.OutboxPlace, rows int) ([]facts.OutboxEntry, error) {
	if rows <= 0 {
		rows = math.MaxInt32
	}
	var out []facts.OutboxEntry
	err := s.read(ctx, "read outbox", func(ctx context.Context, c *conn) error {
		return inTransaction(ctx, c, func(ctx context.Context, c *conn) error {
			var err error
			out, err = outbox(ctx, c, after, rows)
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

// outboxEntries is how many entries are read at once where few rows are asked for: most entries have few.
const outboxEntries = 256

func outbox(ctx context.Context, c *conn, after facts.OutboxPlace, rows int) ([]facts.OutboxEntry, error) {
	q := ask("SELECT seq, replaced, account, hour_s FROM outbox WHERE seq >= ?", after.Seq)
	if after.Within == (facts.OutboxRow{}) {
		q.add(" AND seq > ?", after.Seq)
	}
	q.add(" ORDER BY seq")
	if rows < math.MaxInt32 {
		q.add(" LIMIT ?", int64(outboxEntries))
	}
	var all []facts.OutboxEntry
	err := q.ask(ctx, c, func(r row) error {
		e := facts.OutboxEntry{Seq: r.u64(0)}
		if r.flag(1) {
			e.Replaced = &earshot.DirtyHour{Account: r.id(2), Hour: fromSeconds(r.i64(3))}
		}
		all = append(all, e)
		return nil
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if all[0].Seq > after.Seq {
		after.Within = facts.OutboxRow{} // the entry went with its retention
	}
	if after.Within != (facts.OutboxRow{}) {
		return outboxPart(ctx, c, &all[0], after.Within, rows)
	}
	var out []facts.OutboxEntry
	for len(all) > 0 {
		some, err := outboxNext(ctx, c, all, rows)
		if err != nil || rows < math.MaxInt32 {
			return some, err
		}
		out, all = append(out, some...), all[len(some):]
	}
	return out, nil
}

// outboxNext returns the first entries that have at most so many rows together, or the first alone: a replaced hour, one of many rows.
func outboxNext(ctx context.Context, c *conn, all []facts.OutboxEntry, rows int) ([]facts.OutboxEntry, error) {
	n, err := outboxRun(ctx, c, all, rows)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return outboxPart(ctx, c, &all[0], facts.OutboxRow{}, rows)
	}
	return all[:n], outboxWhole(ctx, c, all[:n])
}

// outboxRun returns how many of the entries are no replaced hours and have at most so many rows together.
func outboxRun(ctx context.Context, c *conn, all []facts.OutboxEntry, rows int) (n int, err error) {
	for n < len(all) && all[n].Replaced == nil {
		n++
	}
	if n == 0 {
		return 0, nil
	}
	count, first, last := map[uint64]int{}, all[0].Seq, all[n-1].Seq
	for _, table := range []string{"minute", "summary"} {
		sql := "SELECT outbox, count(*) FROM " + table + " WHERE outbox >= ? AND outbox <= ? GROUP BY outbox"
		err := c.query(ctx, sql, []any{first, last}, func(r row) error {
			count[r.u64(0)] += int(r.i64(1))
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	held := 0
	for i := range n {
		if held += count[all[i].Seq]; held > rows {
			return i, nil
		}
	}
	return n, nil
}

// outboxWhole fills in the rows of entries that are no replaced hours.
func outboxWhole(ctx context.Context, c *conn, all []facts.OutboxEntry) error {
	at := make(map[uint64]*facts.OutboxEntry, len(all))
	for i := range all {
		at[all[i].Seq] = &all[i]
	}
	first, last := all[0].Seq, all[len(all)-1].Seq
	err := c.query(ctx, selectMinutes+" WHERE outbox >= ? AND outbox <= ? ORDER BY at_s, segment", []any{first, last}, func(r row) error {
		if e := at[r.u64(minuteColumns-1)]; e != nil {
			e.Minutes = append(e.Minutes, minuteOf(r))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return outboxSummaries(ctx, c, first, last, at)
}

func outboxSummaries(ctx context.Context, c *conn, first, last uint64, at map[uint64]*facts.OutboxEntry) error {
	return c.query(ctx, selectSummaries+" WHERE outbox >= ? AND outbox <= ? ORDER BY at_ms, segment, wire", []any{first, last}, func(r row) error {
		if e := at[r.u64(summaryColumns-1)]; e != nil {
			e.Summaries = append(e.Summaries, summaryOf(r))
		}
		return nil
	})
}

// outboxPart returns an entry with its minutes behind a row, at most so many; its summaries come with the last of them.
func outboxPart(ctx context.Context, c *conn, e *facts.OutboxEntry, behind facts.OutboxRow, rows int) ([]facts.OutboxEntry, error) {
	q := ask(selectMinutes+" WHERE outbox = ?", e.Seq)
	if h := e.Replaced; h != nil {
		lo, hi := bounds(h.Hour, h.Hour+3_600_000)
		q = ask(selectMinutes+" WHERE at_s >= ? AND at_s < ? AND account = ?", lo, hi, uint64(h.Account))
	}
	if behind != (facts.OutboxRow{}) { // at_s alone as well: it is what row groups are told apart by
		s := seconds(behind.At)
		q.add(" AND at_s >= ? AND (at_s > ? OR segment > ?)", s, s, uint64(behind.Segment))
	}
	q.add(" ORDER BY at_s, segment LIMIT ?", int64(rows)+1)
	err := q.ask(ctx, c, func(r row) error {
		e.Minutes = append(e.Minutes, minuteOf(r))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(e.Minutes) > rows {
		e.Minutes, e.More = e.Minutes[:rows], true
	} else if e.Replaced == nil {
		err = outboxSummaries(ctx, c, e.Seq, e.Seq, map[uint64]*facts.OutboxEntry{e.Seq: e})
	}
	return []facts.OutboxEntry{*e}, err
}
