package export

import (
	"context"
	"strconv"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Outbox is what minutes and summaries leave through. Every facts.Store is one.
type Outbox interface {
	Outbox(ctx context.Context, after facts.OutboxPlace, rows int) ([]facts.OutboxEntry, error)
	OutboxTail(ctx context.Context) (uint64, error)
}

// outboxSource makes records of sealed minutes and summaries.
type outboxSource struct {
	derived
	outbox Outbox
	rows   int // that are read at once
}

// outboxRows is how many minutes and summaries are read at once: a few megabytes as records. All of an account's hour that was computed
// again leaves in pieces of that size, the position within it being stored after each.
const outboxRows = 4096

func (s *outboxSource) read(ctx context.Context, after position) (chunk, error) {
	out := chunk{next: after}
	entries, err := s.outbox.Outbox(ctx, facts.OutboxPlace{Seq: after.Seq, Within: facts.OutboxRow(after.Within)}, s.rows)
	if err != nil {
		return out, err
	}
	if len(entries) == 0 {
		return out, s.rewound(ctx, &out)
	}
	next := after.Seq + 1
	if !after.Within.none() {
		next--
	}
	if after.Seq > 0 && entries[0].Seq > next { // retention of the outbox took them
		out.gap += entries[0].Seq - next
	}
	n, err := s.namesOf(ctx, entries)
	if err != nil {
		return out, err
	}
	limit := s.oldest()
	for i := range entries {
		s.entry(&entries[i], n, limit, &out)
	}
	place := entries[len(entries)-1].Place()
	out.next = position{Position: earshot.Position{Seq: place.Seq}, Within: row(place.Within)}
	tail, err := s.tail(ctx)
	out.full = place.Seq < tail || !out.next.Within.none()
	return out, err
}

// entry adds what leaves of an entry.
func (s *outboxSource) entry(e *facts.OutboxEntry, n *names, limit earshot.Instant, out *chunk) {
	for k := range e.Minutes {
		if s.spec.wants(KindMinute) {
			s.minute(&e.Minutes[k], e, n, limit, out)
		}
	}
	for k := range e.Summaries {
		if s.spec.wants(KindSummary) {
			s.summary(&e.Summaries[k], n, limit, out)
		}
	}
}

// namesOf looks up what the entries name.
func (s *outboxSource) namesOf(ctx context.Context, entries []facts.OutboxEntry) (*names, error) {
	persons, meetings := map[earshot.ID]bool{}, map[earshot.ID]bool{}
	segments, accounts, sites := map[earshot.ID]bool{}, map[earshot.ID]bool{}, map[earshot.ID]bool{}
	for i := range entries {
		if s.spec.wants(KindMinute) {
			for k := range entries[i].Minutes {
				m := &entries[i].Minutes[k]
				persons[m.Person], meetings[m.Meeting], accounts[m.Account], sites[m.Site] = true, true, true, true
			}
		}
		if s.spec.wants(KindSummary) {
			for k := range entries[i].Summaries {
				u := &entries[i].Summaries[k]
				segments[u.Segment], accounts[u.Account] = true, true
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
	n, err := s.places(ctx, accounts, sites)
	if err != nil {
		return nil, err
	}
	n, err = n.with(ctx, s.directory, persons, meetings)
	if err == nil {
		n.segments = bySegment
	}
	return n, err
}

func (s *outboxSource) minute(m *earshot.Minute, e *facts.OutboxEntry, n *names, limit earshot.Instant, out *chunk) {
	account := n.accounts[m.Account]
	if !s.spec.Filter.account(account) || !s.spec.Filter.minute(n.sites[m.Site].Name, m.Grade) {
		return
	}
	rec := &Record{
		ID: "m-" + m.Segment.String() + "-" + strconv.FormatInt(int64(m.At)/60_000, 10), Kind: KindMinute, At: m.At, since: m.At, Name: "earshot.minute",
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
	for _, media := range streamMedia {
		for _, d := range streamDirections {
			if slot, ok := earshot.SlotOf(media, d); ok && m.Slots[slot] != earshot.Unclassified {
				rec.Values = append(rec.Values, Value{MinuteStreamGrade, float64(m.Slots[slot]), media, d})
			}
		}
	}
	out.add(rec, limit)
}

func (s *outboxSource) summary(u *earshot.Summary, n *names, limit earshot.Instant, out *chunk) {
	account := n.accounts[u.Account]
	if !s.spec.Filter.account(account) {
		return
	}
	rec := &Record{
		ID: "u-" + u.Segment.String() + "-" + strconv.Itoa(int(u.Wire)), Kind: KindSummary, At: u.At, since: u.At, Name: "earshot.summary",
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
		out.add(rec, limit)
	}
}
