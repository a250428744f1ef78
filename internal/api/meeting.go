package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
)

// meeting finds a meeting: as live has it, else as the registry has it.
func (a *API) meeting(ctx context.Context, id earshot.ID) (*earshot.Meeting, *live.Meeting, error) {
	if m, ok := a.live.Meeting(id); ok && m.Live {
		return &m.Meeting, m, nil
	}
	m, ok, err := a.registry.Meeting(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if ok {
		return &m, nil, nil
	}
	// The registry is written a little later than live.
	if m, ok := a.live.Meeting(id); ok {
		return &m.Meeting, nil, nil
	}
	return nil, nil, errNotFound
}

// bounds is the time in which a meeting's rows lie, whole minutes, open at the end while it is running.
func bounds(m *earshot.Meeting, running bool) (from, to earshot.Instant) {
	from, to = m.FirstSeen, m.LastSeen
	if m.Start != 0 && (from == 0 || m.Start < from) {
		from = m.Start
	}
	if running {
		return from.Minute(), 0
	}
	// Reports carry their own time, which may be a little beyond the last event's.
	return from.Minute() - 60_000, max(to, m.End).Minute() + 2*60_000
}

// attendance reads who was in a meeting, and the minutes of all of them.
func (a *API) attendance(ctx context.Context, m *earshot.Meeting, running bool) ([]join, ledger, error) {
	from, to := bounds(m, running)
	minutes, err := a.meetingMinutes(ctx, m, from, to)
	if err != nil {
		return nil, nil, err
	}
	all, err := a.joins(ctx, m.ID, minutes)
	return all, minutes, err
}

func (a *API) getMeeting(ctx context.Context, in *ByID) (*MeetingDetail, error) {
	m, now, err := a.meeting(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	all, minutes, err := a.attendance(ctx, m, now != nil)
	if err != nil {
		return nil, err
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	d := &MeetingDetail{Segments: make([]SegmentRow, len(all)), Watermark: a.live.Watermark().Time()}
	for i := range all {
		d.Segments[i] = all[i].row(sites)
	}
	slices.SortFunc(d.Segments, worstFirst)
	if now != nil {
		d.MeetingRow = liveRow(now)
	} else {
		d.MeetingRow = pastRow(m, all, minutes)
	}
	whole := grade.Many(plain(slices.Collect(maps.Values(minutes))...))
	d.Overall = overallOf(&whole)
	d.Causes = causesOf(minutes)
	d.Changes = changesOf(all)
	d.Agreement = agreement(slices.Collect(maps.Values(minutes))...)
	if d.AccountZoomID, err = a.accountZoomID(ctx, m.Account); err != nil {
		return nil, err
	}
	rooms, err := a.rooms(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if d.Breakouts, err = a.breakouts(ctx, rooms); err != nil {
		return nil, err
	}
	inRooms, err := a.roomJoins(ctx, rooms)
	if err != nil {
		return nil, err
	}
	stayInRooms(d.Segments, inRooms)
	if d.Drops, err = a.drops(ctx, m, all, inRooms); err != nil {
		return nil, err
	}
	from, to := bounds(m, now != nil)
	d.Notifications, err = a.notifications(ctx, facts.Filter{From: from, To: to, Account: m.Account, Meeting: m.ID}, 0)
	return d, err
}

// pastRow is the row of a meeting that is over, from its minutes themselves.
func pastRow(m *earshot.Meeting, all []join, minutes ledger) MeetingRow {
	p := past{Meeting: *m}
	type human struct {
		reported bool
		minutes  bool
		worst    earshot.Grade
	}
	people := make(map[earshot.ID]human)
	host := ""
	for i := range all {
		j := &all[i]
		key := cmp.Or(j.segment.Person, j.segment.ID)
		h := people[key]
		h.reported = h.reported || j.segment.FirstReport != 0 || j.tally.last != nil
		if j.tally.worst != nil {
			h.minutes, h.worst = true, earshot.Worse(h.worst, j.tally.worst.Grade)
		}
		people[key] = h
		for g, n := range j.tally.counts {
			p.grades.Minutes[g] += n
		}
		if m.HostID != "" && ((j.person != nil && j.person.ZoomUserID == m.HostID) || (j.now != nil && j.now.ZoomUserID == m.HostID)) {
			host = j.name()
		}
	}
	row := p.row()
	row.People, row.Unreported, row.Host = len(people), 0, host
	var affected earshot.GradeCounts
	for _, h := range people {
		if !h.reported {
			row.Unreported++
		}
		if h.minutes {
			affected.Add(h.worst)
		}
	}
	row.Affected = gradeCount(affected)
	return row
}

func (a *API) accountZoomID(ctx context.Context, id earshot.ID) (string, error) {
	all, err := a.registry.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for i := range all {
		if all[i].ID == id {
			return all[i].ZoomID, nil
		}
	}
	return "", nil
}

// rooms are the ids of a meeting's breakout rooms, live and past, in order of their beginning.
func (a *API) rooms(ctx context.Context, id earshot.ID) ([]earshot.ID, error) {
	known, err := a.registry.Breakouts(ctx, id)
	if err != nil {
		return nil, err
	}
	ids := make([]earshot.ID, 0, len(known))
	for i := range known {
		ids = append(ids, known[i].ID)
	}
	for _, m := range a.live.Breakouts(id) {
		if !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// breakouts are the rows of breakout rooms, in their order.
func (a *API) breakouts(ctx context.Context, ids []earshot.ID) ([]MeetingRow, error) {
	rows, err := a.meetingRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]MeetingRow, len(ids))
	for i, id := range ids {
		out[i] = rows[id]
	}
	return out, nil
}

// notifications returns what Zoom told, about one segment and the whole meeting when segment is given.
func (a *API) notifications(ctx context.Context, f facts.Filter, segment earshot.ID) ([]Notification, error) {
	f.Limit = maxMinutes
	found, err := a.facts.Notifications(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("notifications of meeting %s: %w", f.Meeting, err)
	}
	out := make([]Notification, 0, len(found))
	for i := range found {
		n := &found[i]
		if segment != 0 && n.Segment != 0 && n.Segment != segment {
			continue
		}
		out = append(out, Notification{At: n.At.Time(), Segment: n.Segment, Code: n.Code})
	}
	slices.SortStableFunc(out, func(a, b Notification) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}
