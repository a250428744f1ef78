package duckdb

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A checkpoint leaves blocks free wherever old rows lay, and DuckDB gives back to the disk only those at the end of the file. So
// what lies at the end is moved into the free blocks before it, row group by row group. That also returns what a retention dropped.

const (
	givingPasses = 4                // each halves what is free, or more
	movedAtMost  = 96               // blocks in a pass: batches wait meanwhile
	givingTime   = 10 * time.Second // after which no pass is begun: the next night goes on
)

// movable are the tables that grow, with the queries that name them: SQL is constant.
var movable = [...]struct{ table, insert, remove string }{
	{"sample_stream", "INSERT INTO sample_stream SELECT * FROM sample_stream WHERE rowid >= ? AND rowid < ?", "DELETE FROM sample_stream WHERE rowid >= ? AND rowid < ?"},
	{"sample_device", "INSERT INTO sample_device SELECT * FROM sample_device WHERE rowid >= ? AND rowid < ?", "DELETE FROM sample_device WHERE rowid >= ? AND rowid < ?"},
	{"sample_sorted", "INSERT INTO sample_sorted SELECT * FROM sample_sorted WHERE rowid >= ? AND rowid < ?", "DELETE FROM sample_sorted WHERE rowid >= ? AND rowid < ?"},
	{"minute_sorted", "INSERT INTO minute_sorted SELECT * FROM minute_sorted WHERE rowid >= ? AND rowid < ?", "DELETE FROM minute_sorted WHERE rowid >= ? AND rowid < ?"},
	{"verdict", "INSERT INTO verdict SELECT * FROM verdict WHERE rowid >= ? AND rowid < ?", "DELETE FROM verdict WHERE rowid >= ? AND rowid < ?"},
	{"tally", "INSERT INTO tally SELECT * FROM tally WHERE rowid >= ? AND rowid < ?", "DELETE FROM tally WHERE rowid >= ? AND rowid < ?"},
	{"summary", "INSERT INTO summary SELECT * FROM summary WHERE rowid >= ? AND rowid < ?", "DELETE FROM summary WHERE rowid >= ? AND rowid < ?"},
	{"call_sample", "INSERT INTO call_sample SELECT * FROM call_sample WHERE rowid >= ? AND rowid < ?", "DELETE FROM call_sample WHERE rowid >= ? AND rowid < ?"},
	{"context", "INSERT INTO context SELECT * FROM context WHERE rowid >= ? AND rowid < ?", "DELETE FROM context WHERE rowid >= ? AND rowid < ?"},
	{"notification", "INSERT INTO notification SELECT * FROM notification WHERE rowid >= ? AND rowid < ?", "DELETE FROM notification WHERE rowid >= ? AND rowid < ?"},
	{"outbox", "INSERT INTO outbox SELECT * FROM outbox WHERE rowid >= ? AND rowid < ?", "DELETE FROM outbox WHERE rowid >= ? AND rowid < ?"},
}

// giveBack makes the file shorter. The caller holds s.tidying and s.writing, and has just made a checkpoint.
func (s *Store) giveBack(ctx context.Context) error {
	begun := time.Now()
	for range givingPasses {
		if time.Since(begun) > givingTime {
			return nil
		}
		total, free, err := s.blocks(ctx)
		if err != nil || free <= s.limits.spareBlocks {
			return err
		}
		moved := int64(0)
		err = s.changeLocked(ctx, "give free blocks back", func(ctx context.Context, c *conn) (err error) {
			moved, err = moveTail(ctx, c, total-free, min(free, movedAtMost))
			return err
		})
		if err != nil || moved == 0 {
			return err
		}
		// The first checkpoint frees the blocks, and the second, which needs something to write, finds them free at the end.
		for range 2 {
			if err := s.checkpointNow(ctx); err != nil {
				return err
			}
			if err := s.changeLocked(ctx, "give free blocks back", knownAnswer); err != nil {
				return err
			}
		}
		if err := s.checkpointNow(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) blocks(ctx context.Context) (total, free int64, err error) {
	db, err := s.writable()
	if err != nil {
		return 0, 0, err
	}
	err = db.writer.query(ctx, "SELECT total_blocks, free_blocks FROM pragma_database_size()", nil, func(r row) error {
		total, free = r.i64(0), r.i64(1)
		return nil
	})
	return total, free, err
}

// moveTail stores row groups anew that have something at or beyond a block, as many as fill so many free ones.
func moveTail(ctx context.Context, c *conn, border, room int64) (moved int64, err error) {
	for _, m := range movable {
		type span struct{ from, to, blocks int64 }
		var spans []span
		err := c.query(ctx, `SELECT CAST(sum(n) OVER (ORDER BY g) - n AS BIGINT), CAST(n AS BIGINT), blocks, last FROM (
			SELECT row_group_id AS g, max(start + count) AS n, count(DISTINCT block_id) FILTER (block_id >= 0) AS blocks, max(block_id) AS last
			FROM pragma_storage_info(?) GROUP BY row_group_id) ORDER BY g`, []any{m.table}, func(r row) error {
			if r.i64(3) >= border {
				spans = append(spans, span{r.i64(0), r.i64(0) + r.i64(1), r.i64(2)})
			}
			return nil
		})
		if err != nil {
			return moved, fmt.Errorf("look where %s lies: %w", m.table, err)
		}
		for _, x := range spans {
			if moved += x.blocks; moved > room {
				return moved - x.blocks, nil
			}
			if err := errors.Join(c.exec(ctx, m.insert, x.from, x.to), c.exec(ctx, m.remove, x.from, x.to)); err != nil {
				return moved, fmt.Errorf("move rows of %s: %w", m.table, err)
			}
		}
	}
	return moved, nil
}
