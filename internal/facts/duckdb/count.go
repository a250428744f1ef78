package duckdb

import (
	"context"
	"fmt"

	"github.com/earshot/earshot/internal/facts"
)

// Count returns how many rows a table of [facts.Tables] holds, exactly: doubles that reading would merge are counted each.
// [Store.Stats] estimates, which is enough for a page.
func (s *Store) Count(ctx context.Context, table string) (int64, error) {
	questions := map[string]string{
		facts.TableSample:       "SELECT count(*) FROM sample_row",
		facts.TableMinute:       "SELECT count(*) FROM minute",
		facts.TableSummary:      "SELECT count(*) FROM summary",
		facts.TableNotification: "SELECT count(*) FROM notification",
		facts.TableCallSample:   "SELECT count(*) FROM call_sample",
	}
	question, ok := questions[table]
	if !ok {
		return 0, fmt.Errorf("count rows: unknown table %q", table)
	}
	var n int64
	err := s.read(ctx, "count rows of "+table, func(ctx context.Context, c *conn) (err error) {
		n, err = c.one(ctx, question)
		return err
	})
	return n, err
}
