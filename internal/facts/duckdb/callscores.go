package duckdb

import (
	"context"

	"github.com/earshot/earshot"
)

// CallScores implements [facts.Store]. A score of zero is none.
func (s *Store) CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error) {
	out := make(map[earshot.ID]float64)
	err := s.read(ctx, "read call scores", func(ctx context.Context, c *conn) error {
		lo, hi := boundsMs(from, to)
		q := ask("SELECT call, min(mos) FROM call_sample WHERE at_ms >= ? AND at_ms < ? AND mos > 0 GROUP BY call", lo, hi)
		return q.ask(ctx, c, func(r row) error {
			if score := r.opt(1); score.Present {
				out[r.id(0)] = score.Value
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
