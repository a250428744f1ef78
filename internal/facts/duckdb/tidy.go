package duckdb

import (
	"context"
	"fmt"
	"strings"
)

// Sorting recent samples away takes some tenths of a second and runs beside the writer, on a connection of its own: rows may
// be appended and committed meanwhile. What deletes rows (ReplaceHour, Maintain) waits for it. A checkpoint takes as long, and
// then the writer waits: DuckDB allows commits during a checkpoint, but a transaction that appends to several tables and a
// checkpoint that passes over them can wait for each other for ever.
//
// Lock order: tidying, then writing, then mu. While mu is held for reading neither of the others is asked for.

// backlog is how many times sortRows may wait before Apply waits too.
const backlog = 4

// tidyLater begins tidying when there is enough to do and nobody is at it. The caller holds s.writing.
func (s *Store) tidyLater() {
	if s.state.recent < s.limits.sortRows && fileSize(s.path()+".wal") < s.limits.checkpointBytes {
		return
	}
	if !s.tidying.TryLock() {
		return
	}
	go func() {
		defer s.tidying.Unlock()
		// Before a checkpoint as well: what is sorted first is never written to the file as it came.
		if !s.beside("sort recent rows", s.sortBeside) {
			return
		}
		s.writing.Lock()
		defer s.writing.Unlock()
		if s.current() == nil || fileSize(s.path()+".wal") < s.limits.checkpointBytes {
			return
		}
		if err := s.checkpointNow(context.Background()); err != nil {
			s.log.Error("facts: checkpoint", "err", err)
		}
	}()
}

// beside runs fn on the tidying connection and takes the samples that it moved off the count. After an error the file is
// reopened.
func (s *Store) beside(op string, fn func(*database) (moved int64, err error)) bool {
	s.mu.RLock()
	db := s.db
	if db == nil {
		s.mu.RUnlock()
		return false
	}
	moved, err := fn(db)
	stopped := db.ctx.Err() != nil
	s.mu.RUnlock()
	if stopped { // reopened or closed meanwhile: whoever did it reads the state anew
		return false
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.current() != db {
		return false
	}
	if err != nil {
		s.log.Error("facts: "+op, "err", err)
		s.reopen(err)
		return false
	}
	s.state.recent -= moved
	return true
}

func (s *Store) current() *database {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.db
}

// sortBeside is not cancelled when the store is closed, which waits for it: it is soon over, and what was sorted need not be sorted again.
func (s *Store) sortBeside(db *database) (moved int64, err error) {
	err = inTransaction(context.WithoutCancel(db.ctx), db.tidier, func(ctx context.Context, c *conn) (err error) {
		if moved, err = sortRecent(ctx, c); err != nil {
			return err
		}
		return s.settleBeside(ctx, c)
	})
	return moved, err
}

// settleBeside moves the minutes of the hours that are over, when there are enough of them.
func (s *Store) settleBeside(ctx context.Context, c *conn) error {
	newest, err := c.one(ctx, "SELECT coalesce(max(at_s), 0) FROM minute_recent")
	if err != nil {
		return err
	}
	before := settled(newest)
	n, err := c.one(ctx, "SELECT count(*) FROM minute_recent WHERE at_s < ?", before)
	if err != nil || n < s.limits.settleRows {
		return err
	}
	return settleMinutes(ctx, c, before)
}

// checkpoint folds the write-ahead log into the file. One that finds a transaction in its way is left for the next time; it
// is never forced, since that ends other people's transactions.
func checkpoint(ctx context.Context, c *conn) error {
	err := c.exec(ctx, "CHECKPOINT")
	if err != nil && strings.Contains(err.Error(), "other write transactions") && !isFatal(err) {
		return nil
	}
	return err
}

// tidyNow sorts and checkpoints at once. The caller holds s.tidying and s.writing.
func (s *Store) tidyNow(ctx context.Context) error {
	var moved int64
	err := s.changeLocked(ctx, "sort recent rows", func(ctx context.Context, c *conn) (err error) {
		if moved, err = sortRecent(ctx, c); err != nil {
			return err
		}
		return settleMinutes(ctx, c, everything)
	})
	if err != nil {
		return err
	}
	s.state.recent -= moved
	return s.checkpointNow(ctx)
}

// checkpointNow checkpoints unless the file is being copied: then the log grows until the next time. The caller holds
// s.tidying and s.writing, so no transaction writes.
func (s *Store) checkpointNow(ctx context.Context) error {
	if !s.copying.TryLock() {
		return nil
	}
	defer s.copying.Unlock()
	db, err := s.writable()
	if err != nil {
		return err
	}
	// Not cancelled: half a checkpoint would mean reopening.
	if err := checkpoint(context.WithoutCancel(ctx), db.writer); err != nil {
		s.reopen(err)
		return fmt.Errorf("checkpoint facts: %w", err)
	}
	return nil
}
