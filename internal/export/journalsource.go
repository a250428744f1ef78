package export

import (
	"context"
	"errors"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
)

// journalSource makes records of raw events for one destination. What it reads comes from a feed that all destinations share.
type journalSource struct {
	spec *Spec
	feed *journalFeed
	own  *maker // while it is behind
	now  func() time.Time
}

func (s *journalSource) start(ctx context.Context, oldest bool) (position, error) {
	info, err := s.feed.info(ctx)
	if err != nil {
		return position{}, err
	}
	p := position{Position: earshot.Position{Journal: info.Journal, Seq: info.Tail}}
	if oldest {
		p.Seq = max(info.First, 1) - 1
	}
	return p, nil
}

func (s *journalSource) behind(ctx context.Context, after position) (uint64, error) {
	info, err := s.feed.info(ctx)
	if err != nil {
		return 0, err
	}
	if info.Journal != after.Journal {
		return info.Tail, nil
	}
	return info.Tail - min(after.Seq, info.Tail), nil
}

func (s *journalSource) read(ctx context.Context, after position) (chunk, error) {
	out := chunk{next: after}
	j, err := s.feed.journal(ctx)
	if err != nil {
		return out, err
	}
	if j.id != after.Journal { // the old one was lost, and what was not sent of it with it
		out.next, out.gap, out.full = position{Position: earshot.Position{Journal: j.id}}, 1, true
		return out, nil
	}
	events, more, err := s.feed.read(ctx, j, s, after.Seq)
	var gap *journal.GapError
	switch {
	case errors.As(err, &gap):
		out.next.Seq, out.gap, out.full = gap.To, gap.To-max(gap.From, after.Seq+1)+1, true
		return out, nil
	case err != nil:
		return out, err
	}
	n := 0
	for i := range events {
		n += 1 + len(events[i].samples)
	}
	out.records = make([]*Record, 0, n)
	limit := s.oldest()
	for i := range events {
		out.next.Seq = events[i].seq
		s.take(&events[i], limit, &out)
	}
	out.full = more
	return out, nil
}

// take adds what leaves of an event.
func (s *journalSource) take(e *eventRecords, limit earshot.Instant, out *chunk) {
	switch {
	case e.what == nothing:
		return
	case e.what == unreadable:
		out.skipped++
		return
	case !s.spec.Filter.event(e.name, e.account): // what does not leave is not missing, however old
		return
	}
	if out.oldest == 0 && e.receivedAt >= limit {
		out.oldest = e.receivedAt
	}
	switch {
	case !s.spec.wants(KindEvent):
	case e.what == unsendable:
		out.skipped++
	default:
		out.add(e.event, limit)
	}
	if s.spec.wants(KindSample) {
		for _, rec := range e.samples {
			out.add(rec, limit)
		}
	}
}

func (s *journalSource) oldest() earshot.Instant {
	return earshot.InstantOf(s.now().Add(-s.spec.MaxBacklog))
}
