package duckdb

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// ReplaceHour implements [facts.Store].
func (s *Store) ReplaceHour(ctx context.Context, h earshot.DirtyHour, minutes []earshot.Minute) error {
	h.Hour = h.Hour.Hour()
	for i := range minutes {
		if m := &minutes[i]; m.Account != h.Account || m.At.Hour() != h.Hour {
			return fmt.Errorf("replace hour %s of account %s: minute %s of account %s is not in it", h.Hour.Time(), h.Account, m.At.Time(), m.Account)
		}
	}
	s.tidying.Lock()
	defer s.tidying.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.changeLocked(ctx, "replace hour", func(ctx context.Context, c *conn) error {
		if err := deleteHour(ctx, c, uint64(h.Account), seconds(h.Hour)); err != nil {
			return err
		}
		entry, err := s.announce(ctx, c, h.Hour, &h)
		if err != nil {
			return err
		}
		if err := appendMinutes(c, minutes, entry); err != nil {
			return err
		}
		if err := s.collapse(ctx, c, h); err != nil {
			return err
		}
		if err := c.exec(ctx, "DELETE FROM dirty WHERE account = ? AND hour_s = ?", uint64(h.Account), seconds(h.Hour)); err != nil {
			return fmt.Errorf("clear dirty mark: %w", err)
		}
		return nil
	})
	return err
}

// collapse merges samples of the hour that are there twice. It rewrites nothing when there are none, which is the rule.
func (s *Store) collapse(ctx context.Context, c *conn, h earshot.DirtyHour) error {
	lo, hi := bounds(h.Hour, h.Hour+3_600_000)
	var doubled []facts.Sample
	m := merger{each: func(x *facts.Sample) error {
		doubled = append(doubled, *x)
		return nil
	}}
	err := c.query(ctx, selectSamples+doubledRows+" ORDER BY r.at_s, c.segment, r.wire", []any{lo, hi, uint64(h.Account), lo, hi}, m.row)
	if err == nil {
		err = m.flush()
	}
	if err != nil {
		return fmt.Errorf("look for doubled samples: %w", err)
	}
	if len(doubled) == 0 {
		return nil
	}
	err = c.exec(ctx, "CREATE OR REPLACE TEMP TABLE doubled AS SELECT r.ref, r.at_s, r.wire FROM sample_row r JOIN context c ON c.ref = r.ref WHERE r.at_s >= ? AND r.at_s < ?"+doubledRows,
		lo, hi, uint64(h.Account), lo, hi)
	for _, statement := range [...]string{
		"DELETE FROM sample_stream WHERE (ref, at_s, wire) IN (SELECT (ref, at_s, wire) FROM doubled)",
		"DELETE FROM sample_device WHERE (ref, at_s, wire) IN (SELECT (ref, at_s, wire) FROM doubled)",
		"DELETE FROM sample_sorted WHERE (ref, at_s, wire) IN (SELECT (ref, at_s, wire) FROM doubled)",
		"DELETE FROM sample_recent WHERE (ref, at_s, wire) IN (SELECT (ref, at_s, wire) FROM doubled)",
		"DROP TABLE doubled",
	} {
		if err == nil {
			err = c.exec(ctx, statement)
		}
	}
	if err != nil {
		return fmt.Errorf("collapse doubled samples: %w", err)
	}
	if _, err := s.appendSamples(c, doubled); err != nil {
		return err
	}
	s.state.recent, err = c.one(ctx, "SELECT count(*) FROM sample_recent")
	return err
}

// doubledRows is the condition for the rows of keys that are there more than once; neighbours when ordered by key.
const doubledRows = ` AND (c.segment, r.at_s, r.wire) IN (
	SELECT (c.segment, r.at_s, r.wire) FROM sample_row r JOIN context c ON c.ref = r.ref
	WHERE c.account = ? AND r.at_s >= ? AND r.at_s < ? GROUP BY c.segment, r.at_s, r.wire HAVING count(*) > 1)`
