package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
)

// segment finds a segment and its meeting: the registry's, completed by live.
func (a *API) segment(ctx context.Context, id earshot.ID) (*join, error) {
	j := &join{}
	s, ok, err := a.registry.Segment(ctx, id)
	if err != nil {
		return nil, err
	}
	if ok {
		j.segment = &s
	}
	if now, ok := a.live.Segment(id); ok {
		j.take(&now)
	}
	if j.segment == nil {
		return nil, errNotFound
	}
	if s := j.segment; s.Person != 0 {
		p, ok, err := a.registry.Person(ctx, s.Person)
		if err != nil {
			return nil, err
		}
		if ok {
			j.person = &p
		}
	}
	return j, nil
}

// segmentSpan is the time in which a segment's rows lie.
func segmentSpan(s *earshot.Segment, now earshot.Instant) (from, to earshot.Instant) {
	for _, at := range [...]earshot.Instant{s.Join, s.FirstReport} {
		if at != 0 && (from == 0 || at < from) {
			from = at
		}
	}
	if to = max(s.Leave, s.LastReport); s.Leave == 0 {
		to = max(to, now)
	}
	return from.Minute(), to.Minute() + 60_000
}

// segmentWithin finds a segment and the part of its time that a question is about.
func (a *API) segmentWithin(ctx context.Context, id earshot.ID, asked Span) (s *earshot.Segment, from, to earshot.Instant, err error) {
	j, err := a.segment(ctx, id)
	if err != nil {
		return nil, 0, 0, err
	}
	from, to, err = asked.within(segmentSpan(j.segment, a.live.Watermark()))
	return j.segment, from, to, err
}

// segmentMinutes reads all minutes of a segment.
func (a *API) segmentMinutes(ctx context.Context, s *earshot.Segment) (ledger, error) {
	from, to := segmentSpan(s, a.live.Watermark())
	if from != 0 {
		from -= 60_000 // reports carry their own time
	}
	l, err := a.minutesOf(ctx, facts.Filter{From: from, To: to + 60_000, Account: s.Account, Meeting: s.Meeting, Segment: s.ID}, s.ID)
	if err != nil {
		return nil, fmt.Errorf("minutes of segment %s: %w", s.ID, err)
	}
	return l, nil
}

func (a *API) getSegment(ctx context.Context, in *ByID) (*SegmentDetail, error) {
	j, err := a.segment(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	s := j.segment
	minutes, err := a.segmentMinutes(ctx, s)
	if err != nil {
		return nil, err
	}
	j.tally = minutes.tally(a.profile, s.ID)
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	d := &SegmentDetail{SegmentRow: j.row(sites), Devices: make([]Device, len(s.Devices))}
	for i := range s.Devices {
		d.Devices[i] = deviceOf(&s.Devices[i], s, minutes, sites)
	}
	summaries, err := a.facts.Summaries(ctx, facts.Filter{From: s.Join, Account: s.Account, Segment: s.ID})
	if err != nil {
		return nil, fmt.Errorf("summaries of segment %s: %w", s.ID, err)
	}
	inRooms, err := a.breakoutJoins(ctx, s.Meeting)
	if err != nil {
		return nil, err
	}
	if d.Trust, err = a.trust(ctx, j, inRooms, summaries, minutes[s.ID]); err != nil {
		return nil, err
	}
	stay := grade.Stay(plain(minutes[s.ID]))
	d.Overall = overallOf(&stay)
	audio, video := a.meaning(s.Account)
	d.Summaries = make([]StreamSummary, 0, len(summaries))
	for i := range summaries {
		if summary := summaryOf(&summaries[i], audio, video); len(summary.Values) > 0 {
			d.Summaries = append(d.Summaries, summary)
		}
	}
	slices.SortFunc(d.Summaries, func(a, b StreamSummary) int { return cmp.Compare(a.Wire, b.Wire) })
	rows, err := a.meetingRows(ctx, []earshot.ID{s.Meeting})
	if err != nil {
		return nil, err
	}
	d.MeetingRow = rows[s.Meeting]
	all, err := a.joins(ctx, s.Meeting, nil)
	if err != nil {
		return nil, err
	}
	if d.Drops, err = a.dropsOf(ctx, s, all, inRooms); err != nil {
		return nil, err
	}
	d.Verdicts = verdicts(minutes[s.ID], namesFor(&d.SegmentRow, sites, all))
	d.Rejoins, err = a.rejoins(ctx, s, all, sites)
	return d, err
}

// dropsOf are a person's drops of a meeting, of which all are the joins, and rooms those of its breakout rooms.
func (a *API) dropsOf(ctx context.Context, s *earshot.Segment, all, rooms []join) ([]Drop, error) {
	m, _, err := a.meeting(ctx, s.Meeting)
	if errors.Is(err, errNotFound) {
		return []Drop{}, nil // not written yet
	}
	if err != nil {
		return nil, err
	}
	drops, err := a.drops(ctx, m, all, rooms)
	return slices.DeleteFunc(drops, func(d Drop) bool {
		return d.Segment != s.ID && (s.Person == 0 || d.Person.ID != s.Person)
	}), err
}

// rejoins are the same person's other segments of the meeting, oldest first.
func (a *API) rejoins(ctx context.Context, s *earshot.Segment, all []join, sites map[earshot.ID]*earshot.Site) ([]SegmentRow, error) {
	if s.Person == 0 {
		return nil, nil
	}
	var rows []SegmentRow
	for i := range all {
		o := &all[i]
		if o.segment.Person != s.Person || o.segment.ID == s.ID {
			continue
		}
		minutes, err := a.segmentMinutes(ctx, o.segment)
		if err != nil {
			return nil, err
		}
		o.tally = minutes.tally(a.profile, o.segment.ID)
		rows = append(rows, o.row(sites))
	}
	slices.SortStableFunc(rows, func(a, b SegmentRow) int {
		if a.Join == nil || b.Join == nil {
			return 0
		}
		return cmp.Or(a.Join.Compare(*b.Join), cmp.Compare(a.ID, b.ID))
	})
	return rows, nil
}

// deviceOf adds the site and provider that the fold found for the device's addresses: they stand on the minutes since then.
func deviceOf(d *earshot.DeviceSnapshot, s *earshot.Segment, minutes ledger, sites map[earshot.ID]*earshot.Site) Device {
	out := Device{DeviceSnapshot: *d, At: d.At.Time()}
	row := minutes[s.ID]
	for i := range row {
		if row[i].At >= d.At.Minute() {
			out.Site, out.ISP = siteRef(row[i].Site, sites), row[i].ISP
			break
		}
	}
	return out
}

func summaryOf(s *earshot.Summary, audio, video earshot.InputMeaning) StreamSummary {
	out := StreamSummary{Wire: s.Wire, Media: s.Wire.Media(), Direction: direction(s.Wire, audio, video), Values: make(map[string]float64)}
	for name, stat := range map[string]earshot.SummaryStat{
		"bitrate_kbps": s.Bitrate, "latency_ms": s.Latency, "jitter_ms": s.Jitter, "loss_pct": s.Loss, "frame_rate_fps": s.FrameRate, "rssi_dbm": s.RSSI,
	} {
		for prefix, o := range map[string]earshot.Opt{"min_": stat.Min, "avg_": stat.Avg, "max_": stat.Max} {
			if o.Present {
				out.Values[prefix+name] = o.Value
			}
		}
	}
	for m := range earshot.Metric(earshot.MetricCount) {
		if s.Has(m) {
			out.Values[m.String()] = decimal(s.V[m])
		}
	}
	return out
}

// direction applies an account's meaning of input, which is one for audio and one for video.
func direction(w earshot.Wire, audio, video earshot.InputMeaning) earshot.Direction {
	if w.Media() == earshot.MediaVideo {
		return video.Direction(w)
	}
	return audio.Direction(w)
}
