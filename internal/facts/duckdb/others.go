package duckdb

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// selectSummaries gives the columns in the order of [appendSummaries].
var selectSummaries = `SELECT account, segment, at_ms, wire,
	bitrate_min_kbps, bitrate_avg_kbps, bitrate_max_kbps, latency_min_ms, latency_avg_ms, latency_max_ms,
	jitter_min_ms, jitter_avg_ms, jitter_max_ms, loss_min_pct, loss_avg_of_pct, loss_max_of_pct,
	frame_rate_min_fps, frame_rate_avg_fps, frame_rate_max_fps, rssi_min_of_dbm, rssi_avg_of_dbm, rssi_max_of_dbm,
	` + metricColumns("") + `, outbox FROM summary`

func summaryOf(r row) (s earshot.Summary) {
	s.Account, s.Segment, s.At, s.Wire = r.id(0), r.id(1), earshot.Instant(r.i64(2)), earshot.Wire(r.u8(3))
	for k, stat := range statsOf(&s) {
		*stat = earshot.SummaryStat{Min: r.opt(summaryStats + 3*k), Avg: r.opt(summaryStats + 3*k + 1), Max: r.opt(summaryStats + 3*k + 2)}
	}
	r.values(summaryValues, &s.Values)
	return s
}

// Summaries implements [facts.Store], in order of time. A later summary of a key replaces an earlier one, also when only the
// later lies beyond f.To: then the key is not answered at all.
func (s *Store) Summaries(ctx context.Context, f facts.Filter) ([]earshot.Summary, error) {
	var out []earshot.Summary
	err := s.read(ctx, "read summaries", func(ctx context.Context, c *conn) error {
		return summaries(ctx, c, f, func(x *earshot.Summary) error {
			out = append(out, *x)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func summaries(ctx context.Context, c *conn, f facts.Filter, each func(*earshot.Summary) error) error {
	lo, hi := boundsMs(f.From, f.To)
	q := ask("SELECT * FROM (" + selectSummaries + " WHERE true")
	q.where(" AND account = ?", f.Account).where(" AND segment = ?", f.Segment)
	q.where(" AND segment IN (SELECT segment FROM context WHERE meeting = ?)", f.Meeting)
	// A summary that replaces another is minutes later, not days; so old ones need not be looked at.
	q.add(" AND at_ms >= ? QUALIFY row_number() OVER (PARTITION BY segment, wire ORDER BY at_ms DESC, outbox DESC, rowid DESC) = 1)", lo)
	q.add(" WHERE at_ms < ? ORDER BY at_ms, segment, wire", hi)
	if f.Limit > 0 {
		q.add(" LIMIT ?", int64(f.Limit))
	}
	return q.ask(ctx, c, func(r row) error {
		x := summaryOf(r)
		return each(&x)
	})
}

// Notifications implements [facts.Store], in order of time; doubles are left out.
func (s *Store) Notifications(ctx context.Context, f facts.Filter) ([]earshot.Notification, error) {
	var out []earshot.Notification
	err := s.read(ctx, "read notifications", func(ctx context.Context, c *conn) error {
		return notifications(ctx, c, f, func(n *earshot.Notification) error {
			out = append(out, *n)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func notifications(ctx context.Context, c *conn, f facts.Filter, each func(*earshot.Notification) error) error {
	lo, hi := boundsMs(f.From, f.To)
	q := ask("SELECT max(account), meeting, segment, at_ms, code FROM notification WHERE at_ms >= ? AND at_ms < ?", lo, hi)
	q.where(" AND account = ?", f.Account).where(" AND meeting = ?", f.Meeting).where(" AND segment = ?", f.Segment)
	q.add(" GROUP BY meeting, segment, at_ms, code ORDER BY at_ms, meeting, segment, code")
	if f.Limit > 0 {
		q.add(" LIMIT ?", int64(f.Limit))
	}
	return q.ask(ctx, c, func(r row) error {
		return each(&earshot.Notification{Account: r.id(0), Meeting: r.id(1), Segment: r.id(2), At: earshot.Instant(r.i64(3)), Code: r.text(4)})
	})
}

// CallSamples implements [facts.Store], in order of time, side and direction; doubles are merged.
func (s *Store) CallSamples(ctx context.Context, call earshot.ID) ([]earshot.CallSample, error) {
	var out []earshot.CallSample
	err := s.read(ctx, "read call samples", func(ctx context.Context, c *conn) error {
		return callSamples(ctx, c, call, func(x *earshot.CallSample) error {
			out = append(out, *x)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// callSamples reads one call's, or with 0 every call's.
func callSamples(ctx context.Context, c *conn, call earshot.ID, each func(*earshot.CallSample) error) error {
	q := ask(`SELECT max(account), call, at_ms, side, direction, max(bitrate_kbps), max(loss_avg_pct), max(loss_max_pct), max(jitter_ms),
		max(network_delay_ms), max(mos) FROM call_sample WHERE true`)
	q.where(" AND call = ?", call).add(" GROUP BY call, at_ms, side, direction ORDER BY at_ms, call, side, direction")
	return q.ask(ctx, c, func(r row) error {
		x := earshot.CallSample{
			Account: r.id(0), Call: r.id(1), At: earshot.Instant(r.i64(2)), Side: earshot.CallSide(r.u8(3)), Direction: earshot.Direction(r.u8(4)),
		}
		for k, o := range []*earshot.Opt{&x.BitrateKbps, &x.LossAvgPct, &x.LossMaxPct, &x.JitterMs, &x.NetworkDelayMs, &x.MOS} {
			*o = r.opt(5 + k)
		}
		return each(&x)
	})
}
