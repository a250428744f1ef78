package duckdb

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Streams implements [facts.Store]. Minutes with the same grades in every place are counted first: there are few sorts of them.
func (s *Store) Streams(ctx context.Context, f facts.Filter) (facts.StreamTally, error) {
	lo, hi := bounds(f.From, f.To)
	q := ask(`SELECT audio_send, audio_receive, video_send, video_receive, share_send, share_receive, cpu, wifi,
		zoom_audio, zoom_video, zoom_share, count(*) FROM minute WHERE at_s >= ? AND at_s < ?`, lo, hi)
	q.where(" AND account = ?", f.Account).where(" AND meeting = ?", f.Meeting).where(" AND segment = ?", f.Segment).where(" AND person = ?", f.Person)
	q.add(" GROUP BY ALL")
	var out facts.StreamTally
	err := s.read(ctx, "tally streams", func(ctx context.Context, c *conn) error {
		return q.ask(ctx, c, func(r row) error {
			var m earshot.Minute
			for slot := range m.Slots {
				m.Slots[slot] = earshot.Grade(r.u8(slot))
			}
			const zoom = earshot.SlotCount
			m.ZoomAudio, m.ZoomVideo, m.ZoomShare = earshot.Grade(r.u8(zoom)), earshot.Grade(r.u8(zoom+1)), earshot.Grade(r.u8(zoom+2))
			out.Add(&m, int(r.i64(zoom+3)))
			return nil
		})
	})
	if err != nil {
		return facts.StreamTally{}, err
	}
	return out, nil
}
