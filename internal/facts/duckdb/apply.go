package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Applied implements [facts.Store].
func (s *Store) Applied(ctx context.Context, c facts.Cursor, journal string) (seq uint64, ok bool, err error) {
	err = s.read(ctx, "read applied position", func(ctx context.Context, q *conn) error {
		return q.query(ctx, "SELECT max(seq) FROM applied WHERE cursor = ? AND journal = ?", []any{string(c), journal}, func(r row) error {
			seq, ok = r.u64(0), !r.null(0)
			return nil
		})
	})
	return seq, ok, err
}

// Apply implements [facts.Store]. Now and then it has the recent samples sorted away and the write-ahead log folded into
// the file, beside the batches that follow; when those come faster than that, Apply waits.
func (s *Store) Apply(ctx context.Context, b *facts.Batch) error {
	if s.behind() {
		s.tidying.Lock()
		//lint:ignore SA2001 this waits for the end of the tidying under way, and needs nothing more
		s.tidying.Unlock()
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if _, err := s.writable(); err != nil {
		return fmt.Errorf("apply batch: %w", err)
	}
	at := position{b.Cursor, b.Journal}
	applied, known := s.state.applied[at]
	if known && b.To <= applied {
		return nil
	}
	if known && b.From != applied || b.To < b.From {
		return fmt.Errorf("apply batch (%d, %d] of %s: %w %d", b.From, b.To, b.Journal, facts.ErrOutOfOrder, applied)
	}
	recent := int64(0)
	err := s.changeLocked(ctx, "apply batch", func(ctx context.Context, c *conn) (err error) {
		recent, err = s.appendBatch(ctx, c, b)
		return err
	})
	if err != nil {
		return err
	}
	s.state.applied[at] = b.To
	s.state.recent += recent
	s.tidyLater()
	return nil
}

// behind reports whether tidying does not keep up.
func (s *Store) behind() bool {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.state.recent >= backlog*s.limits.sortRows
}

// appendBatch returns how many of the samples are recent.
func (s *Store) appendBatch(ctx context.Context, c *conn, b *facts.Batch) (recent int64, err error) {
	if recent, err = s.appendSamples(c, b.Samples); err != nil {
		return 0, err
	}
	entry := uint64(0)
	if len(b.Minutes)+len(b.Summaries) > 0 {
		if entry, err = s.announce(ctx, c, newestOf(b), nil); err != nil {
			return 0, err
		}
	}
	if err := appendMinutes(c, b.Minutes, entry); err != nil {
		return 0, err
	}
	if err := appendSummaries(c, b.Summaries, entry); err != nil {
		return 0, err
	}
	if err := appendNotifications(c, b.Notifications); err != nil {
		return 0, err
	}
	if err := appendCallSamples(c, b.CallSamples); err != nil {
		return 0, err
	}
	if err := appendDirty(c, b.Dirty); err != nil {
		return 0, err
	}
	return recent, c.exec(ctx, "INSERT INTO applied VALUES (?, ?, ?)", string(b.Cursor), b.Journal, b.To)
}

// announce adds an entry to the outbox and returns its sequence; rows name it. Nothing is stored twice.
func (s *Store) announce(ctx context.Context, c *conn, at earshot.Instant, replaced *earshot.DirtyHour) (uint64, error) {
	st := &s.state
	st.outboxAt = max(st.outboxAt, seconds(at))
	seq := st.nextOutbox
	st.nextOutbox++
	var err error
	if replaced == nil {
		err = c.exec(ctx, "INSERT INTO outbox VALUES (?, ?, false, NULL, NULL)", seq, st.outboxAt)
	} else {
		err = c.exec(ctx, "INSERT INTO outbox VALUES (?, ?, true, ?, ?)", seq, st.outboxAt, uint64(replaced.Account), seconds(replaced.Hour))
	}
	if err != nil {
		return 0, fmt.Errorf("write outbox: %w", err)
	}
	return seq, nil
}

func newestOf(b *facts.Batch) (at earshot.Instant) {
	for i := range b.Minutes {
		at = max(at, b.Minutes[i].At)
	}
	for i := range b.Summaries {
		at = max(at, b.Summaries[i].At)
	}
	return at
}

// minuteColumns are those of [minuteFields] and the outbox entry.
const minuteColumns = 35

func appendMinutes(c *conn, minutes []earshot.Minute, entry uint64) error {
	// Neighbours that agree compress: people of one site and meeting stand together.
	sorted := make([]*earshot.Minute, len(minutes))
	for i := range minutes {
		sorted[i] = &minutes[i]
	}
	slices.SortStableFunc(sorted, func(a, b *earshot.Minute) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Meeting, b.Meeting),
			cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.At, b.At))
	})
	err := c.appendRows("minute_recent", minuteColumns, len(sorted), func(i int, r row) {
		m := sorted[i]
		r[0], r[1], r[2], r[3] = uint64(m.Account), uint64(m.Meeting), uint64(m.Segment), uint64(m.Person)
		r[4], r[5], r[6] = seconds(m.At), uint8(m.Kind), uint64(m.Site)
		r[7], r[8], r[9] = text(m.NetworkType), text(m.DataCenter), text(m.ClientVersion)
		r[10], r[11], r[12] = text(m.DeviceClass), text(m.ISP), text(m.Transport)
		r[13], r[14] = uint8(m.Grade), uint8(m.Why)
		w := &m.Reason
		r[15], r[16], r[17], r[18], r[19], r[20] = w.Set, uint8(w.Wire), uint8(w.Direction), uint8(w.Metric), w.Value, w.Bound
		for slot, g := range m.Slots {
			r[21+slot] = uint8(g)
		}
		r[29], r[30] = m.Spike, m.Reports
		r[31], r[32], r[33], r[34] = uint8(m.ZoomAudio), uint8(m.ZoomVideo), uint8(m.ZoomShare), entry
	})
	if err != nil {
		return err
	}
	return appendVerdicts(c, sorted)
}

// verdictColumns are those of the minute that a verdict repeats, and those of [verdictOf].
const verdictColumns = 21

func appendVerdicts(c *conn, minutes []*earshot.Minute) error {
	var bad []*earshot.Minute
	for _, m := range minutes {
		if m.Verdict.Cause != earshot.CauseNone {
			bad = append(bad, m)
		}
	}
	return c.appendRows("verdict", verdictColumns, len(bad), func(i int, r row) {
		m, v := bad[i], &bad[i].Verdict
		r[0], r[1], r[2], r[3] = uint64(m.Account), uint64(m.Meeting), uint64(m.Segment), uint64(m.Person)
		r[4], r[5] = seconds(m.At), uint64(m.Site)
		r[6], r[7], r[8] = uint8(v.Cause), v.Confidence, uint8(v.Candidate)
		r[9], r[10], r[11], r[12] = uint8(v.Cell.Scope), uint64(v.Cell.ID), text(v.Cell.Name), uint8(v.Direction)
		r[13], r[14], r[15], r[16] = int64(v.Inside.Bad), int64(v.Inside.Of), int64(v.Elsewhere.Bad), int64(v.Elsewhere.Of)
		r[17], r[18], r[19], r[20] = uint8(v.Metric), v.Value, uint8(v.Ruled), int64(v.Since)
	})
}

// summaryValues is where the metrics of a summary begin.
const (
	summaryStats   = 4
	summaryValues  = summaryStats + 6*3
	summaryColumns = summaryValues + earshot.MetricCount + 1
)

func statsOf(s *earshot.Summary) [6]*earshot.SummaryStat {
	return [6]*earshot.SummaryStat{&s.Bitrate, &s.Latency, &s.Jitter, &s.Loss, &s.FrameRate, &s.RSSI}
}

func appendSummaries(c *conn, summaries []earshot.Summary, entry uint64) error {
	return c.appendRows("summary", summaryColumns, len(summaries), func(i int, r row) {
		x := &summaries[i]
		r[0], r[1], r[2], r[3] = uint64(x.Account), uint64(x.Segment), int64(x.At), uint8(x.Wire)
		for k, stat := range statsOf(x) {
			r.setOpt(summaryStats+3*k, stat.Min)
			r.setOpt(summaryStats+3*k+1, stat.Avg)
			r.setOpt(summaryStats+3*k+2, stat.Max)
		}
		r.setValues(summaryValues, &x.Values)
		r[summaryColumns-1] = entry
	})
}

func appendNotifications(c *conn, ns []earshot.Notification) error {
	return c.appendRows("notification", 5, len(ns), func(i int, r row) {
		n := &ns[i]
		r[0], r[1], r[2], r[3], r[4] = uint64(n.Account), uint64(n.Meeting), uint64(n.Segment), int64(n.At), text(n.Code)
	})
}

func appendCallSamples(c *conn, cs []earshot.CallSample) error {
	return c.appendRows("call_sample", 11, len(cs), func(i int, r row) {
		x := &cs[i]
		r[0], r[1], r[2], r[3], r[4] = uint64(x.Account), uint64(x.Call), int64(x.At), uint8(x.Side), uint8(x.Direction)
		for k, o := range []earshot.Opt{x.BitrateKbps, x.LossAvgPct, x.LossMaxPct, x.JitterMs, x.NetworkDelayMs, x.MOS} {
			r.setOpt(5+k, o)
		}
	})
}

func appendDirty(c *conn, hours []earshot.DirtyHour) error {
	return c.appendRows("dirty", 2, len(hours), func(i int, r row) {
		r[0], r[1] = uint64(hours[i].Account), seconds(hours[i].Hour)
	})
}
