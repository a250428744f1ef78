package duckdb

import (
	"context"
	"maps"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// selectMinutes gives the columns in the order of [appendMinutes], and those of [appendVerdicts].
const selectMinutes = `SELECT account, meeting, segment, person, at_s, kind, site, network_type, data_center, client_version, device_class, isp,
	transport, grade, why, reason_set, reason_wire, reason_direction, reason_metric, reason_value, reason_bound,
	audio_send, audio_receive, video_send, video_receive, share_send, share_receive, cpu, wifi,
	spike, reports, zoom_audio, zoom_video, zoom_share, outbox,
	cause, confidence, candidate, scope, cell, cell_label, bad_direction, inside_bad, inside_of, elsewhere_bad, elsewhere_of,
	evidence_metric, evidence_value, ruled_out, since_ms FROM minute_row`

func minuteOf(r row) (m earshot.Minute) {
	m.Account, m.Meeting, m.Segment, m.Person = r.id(0), r.id(1), r.id(2), r.id(3)
	m.At, m.Kind, m.Site = fromSeconds(r.i64(4)), earshot.Kind(r.u8(5)), r.id(6)
	m.NetworkType, m.DataCenter, m.ClientVersion = r.text(7), r.text(8), r.text(9)
	m.DeviceClass, m.ISP, m.Transport = r.text(10), r.text(11), r.text(12)
	m.Grade, m.Why = earshot.Grade(r.u8(13)), earshot.Why(r.u8(14))
	m.Reason = earshot.Reason{
		Set: r.flag(15), Wire: earshot.Wire(r.u8(16)), Direction: earshot.Direction(r.u8(17)), Metric: earshot.Metric(r.u8(18)),
		Value: r.f32(19), Bound: r.f32(20),
	}
	for slot := range m.Slots {
		m.Slots[slot] = earshot.Grade(r.u8(21 + slot))
	}
	m.Spike, m.Reports = r.flag(29), r.u8(30)
	m.ZoomAudio, m.ZoomVideo, m.ZoomShare = earshot.Grade(r.u8(31)), earshot.Grade(r.u8(32)), earshot.Grade(r.u8(33))
	if !r.null(minuteColumns) {
		m.Verdict = verdictOf(r[minuteColumns:])
	}
	return m
}

func verdictOf(r row) (v earshot.Verdict) {
	v.Cause, v.Confidence, v.Candidate = earshot.Cause(r.u8(0)), r.u8(1), earshot.Cause(r.u8(2))
	v.Cell = earshot.Cell{Scope: earshot.Scope(r.u8(3)), ID: r.id(4), Name: r.text(5)}
	v.Direction = earshot.Direction(r.u8(6))
	v.Inside = earshot.Count{Bad: int(r.i64(7)), Of: int(r.i64(8))}
	v.Elsewhere = earshot.Count{Bad: int(r.i64(9)), Of: int(r.i64(10))}
	v.Metric, v.Value, v.Ruled, v.Since = earshot.Metric(r.u8(11)), r.f32(12), earshot.RuledOut(r.u8(13)), earshot.Instant(r.i64(14))
	return v
}

// Minutes implements [facts.Store], in order of time and segment.
func (s *Store) Minutes(ctx context.Context, f facts.Filter) ([]earshot.Minute, error) {
	var out []earshot.Minute
	err := s.read(ctx, "read minutes", func(ctx context.Context, c *conn) error {
		return minutes(ctx, c, f, func(m *earshot.Minute) error {
			out = append(out, *m)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func minutes(ctx context.Context, c *conn, f facts.Filter, each func(*earshot.Minute) error) error {
	lo, hi := bounds(f.From, f.To)
	q := ask(selectMinutes+" WHERE at_s >= ? AND at_s < ?", lo, hi)
	q.where(" AND account = ?", f.Account).where(" AND meeting = ?", f.Meeting).where(" AND segment = ?", f.Segment).where(" AND person = ?", f.Person)
	q.add(" ORDER BY at_s, segment")
	if f.Limit > 0 {
		q.add(" LIMIT ?", int64(f.Limit))
	}
	return q.ask(ctx, c, func(r row) error {
		m := minuteOf(r)
		return each(&m)
	})
}

// meetingsNamed is how many meetings a question names; for more than that all of the span are counted, and those that were asked
// for taken out.
const meetingsNamed = 200

// MeetingGrades implements [facts.Store].
func (s *Store) MeetingGrades(ctx context.Context, meetings []earshot.ID, from, to earshot.Instant) ([]facts.MeetingGrades, error) {
	wanted := make(map[earshot.ID]bool, len(meetings))
	for _, id := range meetings {
		wanted[id] = true
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	q := gradesQuestion(slices.Collect(maps.Keys(wanted)), from, to)
	var out []facts.MeetingGrades
	err := s.read(ctx, "read grades of meetings", func(ctx context.Context, c *conn) error {
		return q.ask(ctx, c, func(r row) error {
			if !wanted[r.id(0)] {
				return nil
			}
			g := facts.MeetingGrades{Meeting: r.id(0), People: int(r.i64(1)), AffectedBad: int(r.i64(2)), AffectedPoor: int(r.i64(3))}
			for i := range g.Minutes {
				g.Minutes[i] = int(r.i64(4 + i))
			}
			out = append(out, g)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// gradesQuestion counts by person first, and then by meeting.
func gradesQuestion(meetings []earshot.ID, from, to earshot.Instant) *question {
	q := ask(`SELECT meeting, count(*), count(*) FILTER (n4 > 0), count(*) FILTER (n4 = 0 AND n3 > 0),
		CAST(sum(n0) AS BIGINT), CAST(sum(n1) AS BIGINT), CAST(sum(n2) AS BIGINT), CAST(sum(n3) AS BIGINT), CAST(sum(n4) AS BIGINT)
		FROM (SELECT meeting, person, sum(n0) AS n0, sum(n1) AS n1, sum(n2) AS n2, sum(n3) AS n3, sum(n4) AS n4 FROM (`)
	q.parts(&facts.TallyQuery{Filter: facts.Filter{From: from, To: to}}, func(q *question) {
		if len(meetings) > meetingsNamed {
			return
		}
		q.add(" AND meeting IN (?", uint64(meetings[0]))
		for _, id := range meetings[1:] {
			q.add(", ?", uint64(id))
		}
		q.add(")")
	})
	return q.add(") GROUP BY meeting, person) GROUP BY meeting")
}
