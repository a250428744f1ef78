package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Maintain implements [facts.Store]. A retention of 0 keeps everything.
func (s *Store) Maintain(ctx context.Context, now earshot.Instant, r facts.Retention) error {
	s.tidying.Lock()
	defer s.tidying.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.changeLocked(ctx, "drop old facts", func(ctx context.Context, c *conn) error { return s.dropOld(ctx, c, now, r) })
	if err != nil {
		return err
	}
	if err := s.tidyNow(ctx); err != nil {
		return err
	}
	return s.giveBack(ctx)
}

// dropOld deletes what is older than its retention: always the oldest rows, which lie together and whose blocks become free.
func (s *Store) dropOld(ctx context.Context, c *conn, now earshot.Instant, r facts.Retention) error {
	for _, t := range [...]struct {
		statement string
		keep      time.Duration
		ms        bool
	}{
		{"DELETE FROM sample_stream WHERE at_s < ?", r.Samples, false},
		{"DELETE FROM sample_device WHERE at_s < ?", r.Samples, false},
		{"DELETE FROM sample_sorted WHERE at_s < ?", r.Samples, false},
		{"DELETE FROM sample_recent WHERE at_s < ?", r.Samples, false},
		{"DELETE FROM summary WHERE at_ms < ?", r.Summaries, true},
		{"DELETE FROM call_sample WHERE at_ms < ?", r.CallSamples, true},
		{"DELETE FROM notification WHERE at_ms < ?", r.Notifications, true},
		// The last entry stays: it remembers the sequence.
		{"DELETE FROM outbox WHERE at_s < ? AND seq < (SELECT max(seq) FROM outbox)", r.Outbox, false},
	} {
		if t.keep <= 0 {
			continue
		}
		before := int64(now.Add(-t.keep))
		if !t.ms {
			before = seconds(now.Add(-t.keep))
		}
		if err := c.exec(ctx, t.statement, before); err != nil {
			return fmt.Errorf("%s: %w", t.statement, err)
		}
	}
	if r.Minutes > 0 {
		if err := dropMinutes(ctx, c, seconds(now.Add(-r.Minutes))); err != nil {
			return err
		}
	}
	if r.Samples > 0 {
		if err := c.exec(ctx, "DELETE FROM context WHERE ref NOT IN (SELECT ref FROM sample_row)"); err != nil {
			return fmt.Errorf("drop contexts without samples: %w", err)
		}
		clear(s.state.contexts) // a dropped one may come back
	}
	// Only the greatest position of each cursor and journal counts.
	err := c.exec(ctx, `CREATE OR REPLACE TEMP TABLE position AS SELECT cursor, journal, max(seq) AS seq FROM applied GROUP BY cursor, journal;
		DELETE FROM applied; INSERT INTO applied SELECT cursor, journal, seq FROM position; DROP TABLE position`)
	if err != nil {
		return fmt.Errorf("compact applied positions: %w", err)
	}
	s.state.recent, err = c.one(ctx, "SELECT count(*) FROM sample_recent")
	return err
}

// Stats implements [facts.Store]. Rows are what DuckDB estimates.
func (s *Store) Stats(ctx context.Context) (facts.Stats, error) {
	st := facts.Stats{Rows: map[string]int64{}, FileBytes: fileSize(s.path()), WALBytes: fileSize(s.path() + ".wal")}
	err := s.read(ctx, "read facts statistics", func(ctx context.Context, c *conn) error {
		return c.query(ctx, "SELECT table_name, estimated_size FROM duckdb_tables() WHERE NOT internal AND NOT temporary", nil, func(r row) error {
			name := r.text(0)
			switch name {
			case streamSamples.name, deviceSamples.name, sortedSamples.name, recentSamples.name:
				name = facts.TableSample
			case "minute_sorted", "minute_recent":
				name = facts.TableMinute
			}
			st.Rows[name] += r.i64(1)
			return nil
		})
	})
	if err != nil {
		return facts.Stats{}, errors.Join(err)
	}
	return st, nil
}
