package export

import (
	"context"
	"strconv"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Outbox is what minutes and summaries leave through. Every facts.Store is one.
type Outbox interface {
	Outbox(ctx context.Context, after uint64, limit int) ([]facts.OutboxEntry, error)
	OutboxTail(ctx context.Context) (uint64, error)
}

// places remembers accounts and sites for a while: they are many and hardly change.
type places struct {
	names *names
	until time.Time
}

// placesLast is how long they are remembered.
const placesLast = time.Minute

// outboxSource makes records of sealed minutes and summaries.
type outboxSource struct {
	spec      *Spec
	redact    *Redactor
	outbox    Outbox
	directory Directory
	watermark func() earshot.Instant // event time now, which MaxBacklog is compared with
	now       func() time.Time
	places    places
}

// outboxChunk is how many entries are read at once. An entry is a few seconds' minutes, or all of an account's hour that was computed
// again.
const outboxChunk = 16

func (s *outboxSource) start(ctx context.Context, oldest bool) (earshot.Position, error) {
	if oldest {
		return earshot.Position{}, nil
	}
	tail, err := s.outbox.OutboxTail(ctx)
	return earshot.Position{Seq: tail}, err
}

func (s *outboxSource) behind(ctx context.Context, after earshot.Position) (uint64, error) {
	tail, err := s.outbox.OutboxTail(ctx)
	return tail - min(after.Seq, tail), err
}

func (s *outboxSource) read(ctx context.Context, after earshot.Position) (chunk, error) {
	out := chunk{next: after}
	entries, err := s.outbox.Outbox(ctx, after.Seq, outboxChunk)
	if err != nil {
		return out, err
	}
	if len(entries) == 0 {
		return out, s.rewound(ctx, &out)
	}
	if after.Seq > 0 && entries[0].Seq > after.Seq+1 { // retention of the outbox took them
		out.gap += entries[0].Seq - after.Seq - 1
	}
	n, err := s.names(ctx, entries)
	if err != nil {
		return out, err
	}
	var limit earshot.Instant
	if mark := s.watermark(); mark != 0 {
		limit = mark.Add(-s.spec.MaxBacklog)
	}
	for i := range entries {
		e := &entries[i]
		out.next.Seq = e.Seq
		for k := range e.Minutes {
			switch m := &e.Minutes[k]; {
			case !s.spec.wants(KindMinute):
			case m.At < limit && e.Replaced == nil:
				out.gap++
			case m.At >= limit:
				s.minute(m, e, n, &out)
			}
		}
		for k := range e.Summaries {
			switch u := &e.Summaries[k]; {
			case !s.spec.wants(KindSummary):
			case u.At < limit:
				out.gap++
			default:
				s.summary(u, n, &out)
			}
		}
	}
	out.full = len(entries) == outboxChunk
	return out, nil
}

// rewound goes back where the outbox ends before the position: a backup was restored. What follows is sent again, with the same ids.
func (s *outboxSource) rewound(ctx context.Context, out *chunk) error {
	tail, err := s.outbox.OutboxTail(ctx)
	if err == nil && tail < out.next.Seq {
		out.next.Seq, out.gap = tail, 1
	}
	return err
}

// names looks up what the entries name.
func (s *outboxSource) names(ctx context.Context, entries []facts.OutboxEntry) (*names, error) {
	persons, meetings := map[earshot.ID]bool{}, map[earshot.ID]bool{}
	segments := map[earshot.ID]bool{}
	for i := range entries {
		if s.spec.wants(KindMinute) {
			for k := range entries[i].Minutes {
				persons[entries[i].Minutes[k].Person], meetings[entries[i].Minutes[k].Meeting] = true, true
			}
		}
		if s.spec.wants(KindSummary) {
			for k := range entries[i].Summaries {
				segments[entries[i].Summaries[k].Segment] = true
			}
		}
	}
	bySegment := map[earshot.ID]earshot.Segment{}
	err := lookUp(ctx, segments, s.directory.SegmentsByID, func(g earshot.Segment) {
		bySegment[g.ID] = g
		persons[g.Person], meetings[g.Meeting] = true, true
	})
	if err != nil {
		return nil, err
	}
	n, err := s.places.refresh(ctx, s.directory, s.now())
	if err != nil {
		return nil, err
	}
	n, err = n.with(ctx, s.directory, persons, meetings)
	if err == nil {
		n.segments = bySegment
	}
	return n, err
}

// refresh returns accounts and sites, at most a minute old.
func (p *places) refresh(ctx context.Context, d Directory, now time.Time) (*names, error) {
	if p.names != nil && now.Before(p.until) {
		return p.names, nil
	}
	n, err := lookUpPlaces(ctx, d)
	if err == nil {
		p.names, p.until = n, now.Add(placesLast)
	}
	return n, err
}

func (s *outboxSource) minute(m *earshot.Minute, e *facts.OutboxEntry, n *names, out *chunk) {
	account := n.accounts[m.Account]
	if !s.spec.Filter.account(account) || !s.spec.Filter.minute(n.sites[m.Site].Name, m.Grade) {
		return
	}
	rec := &Record{
		ID: "m-" + m.Segment.String() + "-" + strconv.FormatInt(int64(m.At)/60_000, 10), Kind: KindMinute, At: m.At, Name: "earshot.minute",
		Revised: e.Replaced != nil,
	}
	rec.Attributes = make([]Attribute, 0, 20)
	rec.add(attrAccount, account)
	n.describe(s.redact, rec, m.Person, m.Meeting)
	rec.addID(attrSegmentID, m.Segment)
	rec.add(attrKind, m.Kind.String())
	rec.add(attrSite, n.site(s.redact, m.Site))
	rec.add(attrNetworkType, m.NetworkType)
	rec.add(attrTransport, m.Transport)
	rec.add(attrDataCenter, m.DataCenter)
	rec.add(attrClientVersion, m.ClientVersion)
	rec.add(attrDeviceClass, m.DeviceClass)
	rec.add(attrISP, m.ISP)
	rec.add(attrGrade, m.Grade.String())
	rec.add(attrWhy, m.Why.String())
	if m.Reason.Set {
		rec.add(attrMetric, m.Reason.Metric.String())
	}
	if m.Verdict.Cause != earshot.CauseNone {
		rec.add(attrCause, m.Verdict.Cause.String())
	}
	rec.value(MinuteGrade, float64(m.Grade))
	rec.value(MinuteReports, float64(m.Reports))
	for _, media := range []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare} {
		for _, d := range []earshot.Direction{earshot.DirectionSend, earshot.DirectionReceive} {
			if slot, ok := earshot.SlotOf(media, d); ok && m.Slots[slot] != earshot.Unclassified {
				rec.Values = append(rec.Values, Value{MinuteStreamGrade, float64(m.Slots[slot]), media, d})
			}
		}
	}
	out.records = append(out.records, rec)
}

func (s *outboxSource) summary(u *earshot.Summary, n *names, out *chunk) {
	account := n.accounts[u.Account]
	if !s.spec.Filter.account(account) {
		return
	}
	rec := &Record{
		ID: "u-" + u.Segment.String() + "-" + strconv.Itoa(int(u.Wire)), Kind: KindSummary, At: u.At, Name: "earshot.summary",
	}
	rec.add(attrAccount, account)
	g := n.segments[u.Segment]
	n.describe(s.redact, rec, g.Person, g.Meeting)
	rec.addID(attrSegmentID, u.Segment)
	rec.add(attrStream, u.Wire.String())
	rec.add(attrMedia, u.Wire.Media().String())
	for i, stat := range []earshot.SummaryStat{u.Bitrate, u.Latency, u.Jitter, u.Loss, u.FrameRate, u.RSSI} {
		for k, v := range []earshot.Opt{stat.Min, stat.Avg, stat.Max} {
			if v.Present {
				rec.value(SummaryBitrateMin+Metric(3*i+k), v.Value)
			}
		}
	}
	for m := range earshot.Metric(earshot.MetricCount) {
		if v, ok := u.Get(m); ok {
			rec.value(SampleMetric(m), v)
		}
	}
	if len(rec.Values) > 0 {
		out.records = append(out.records, rec)
	}
}
