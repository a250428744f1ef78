package api

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/earshot/earshot"
)

type meetingMinutesInput struct {
	ByID
	Span
}

// heatStrip is everybody's minutes of a meeting: the segments in order of their first minute, and the span that they stand for.
type heatStrip struct {
	minutes  ledger
	segments []earshot.ID
	from, to earshot.Instant
}

func (a *API) heatStrip(ctx context.Context, in *meetingMinutesInput) (*heatStrip, error) {
	m, now, err := a.meeting(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	from, to := bounds(m, now != nil)
	if from, to, err = in.within(from, to); err != nil {
		return nil, err
	}
	minutes, err := a.meetingMinutes(ctx, m, from, to)
	if err != nil {
		return nil, err
	}
	first, last := earshot.Instant(0), earshot.Instant(0)
	for _, row := range minutes {
		if first == 0 || row[0].At < first {
			first = row[0].At
		}
		last = max(last, row[len(row)-1].At+60_000)
	}
	segments := slices.SortedFunc(maps.Keys(minutes), func(a, b earshot.ID) int {
		return cmp.Or(cmp.Compare(minutes[a][0].At, minutes[b][0].At), cmp.Compare(a, b))
	})
	// What was asked for, else what there is.
	if in.From.IsZero() {
		from = cmp.Or(first, began(m).Minute())
	}
	if in.To.IsZero() {
		to = cmp.Or(last, max(from, m.LastSeen.Minute()+60_000))
	}
	return &heatStrip{minutes, segments, from, to}, nil
}

func (a *API) getMeetingMinutes(ctx context.Context, in *meetingMinutesInput) (*MeetingMinutes, error) {
	h, err := a.heatStrip(ctx, in)
	if err != nil {
		return nil, err
	}
	return h.rows(), nil
}

func (a *API) getMinuteColumns(ctx context.Context, in *meetingMinutesInput) (*MinuteColumns, error) {
	h, err := a.heatStrip(ctx, in)
	if err != nil {
		return nil, err
	}
	return h.columns(), nil
}

func (h *heatStrip) rows() *MeetingMinutes {
	out := &MeetingMinutes{From: h.from.Time(), To: h.to.Time(), Rows: make([]SegmentMinutes, len(h.segments))}
	for i, id := range h.segments {
		out.Rows[i] = SegmentMinutes{id, minutesJSON(h.minutes[id])}
	}
	return out
}
