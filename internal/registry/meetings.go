package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

const selectMeetings = `SELECT id, account, uuid, kind, series, number, topic, host_id, parent, start_at, end_at, first_seen, last_seen FROM meetings`

func scanMeeting(row scanner, m *earshot.Meeting) error {
	return row.Scan(idDest(&m.ID), idDest(&m.Account), &m.UUID, &m.Kind, idDest(&m.Series), &m.Number, &m.Topic, &m.HostID,
		idDest(&m.Parent), &m.Start, &m.End, &m.FirstSeen, &m.LastSeen)
}

// MeetingPage is one page of meetings, newest first.
type MeetingPage struct {
	Items []earshot.Meeting
	Next  string // the cursor of the next page, "" when this is the last
}

// Meeting returns a meeting; false when there is none with that id.
func (r *Registry) Meeting(ctx context.Context, id earshot.ID) (earshot.Meeting, bool, error) {
	m, ok, err := byID(ctx, r.readers, selectMeetings, id, scanMeeting)
	if err != nil {
		return m, false, fmt.Errorf("read meeting %s: %w", id, err)
	}
	return m, ok, nil
}

// MeetingsByID returns the meetings with the given ids, in no order; those that are not known are left out.
func (r *Registry) MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error) {
	all, err := byIDs(ctx, r.readers, selectMeetings, ids, scanMeeting)
	if err != nil {
		return nil, fmt.Errorf("read %d meetings: %w", len(ids), err)
	}
	return all, nil
}

// Breakouts returns the breakout rooms of a meeting, oldest first.
func (r *Registry) Breakouts(ctx context.Context, meeting earshot.ID) ([]earshot.Meeting, error) {
	if meeting == 0 {
		return nil, nil
	}
	all, err := collect(ctx, r.readers, selectMeetings+" WHERE parent = ? AND parent <> 0 ORDER BY first_seen, id", []any{key(meeting)}, scanMeeting)
	if err != nil {
		return nil, fmt.Errorf("read the breakout rooms of meeting %s: %w", meeting, err)
	}
	return all, nil
}

// Meetings returns a page of the meetings that q selects, newest first. An unusable q.After is [ErrCursor].
func (r *Registry) Meetings(ctx context.Context, q MeetingQuery) (MeetingPage, error) {
	var where conditions
	if q.From != 0 {
		// The second says nothing new, but ends the walk through the index.
		where.add("last_seen >= ? AND first_seen >= ?", int64(q.From), int64(q.From)-longestMeeting)
	}
	if q.To != 0 {
		where.add("first_seen < ?", int64(q.To))
	}
	where.addID("account", q.Account)
	if q.Series != 0 {
		where.add("series = ? AND series <> 0", key(q.Series))
	}
	if q.Person != 0 {
		where.add("id IN (SELECT meeting FROM segments WHERE person = ?)", key(q.Person))
	}
	if n, ok := newNeedle(q.Search); ok {
		if err := r.addMeetingSearch(ctx, &where, n, &q); err != nil {
			return MeetingPage{}, fmt.Errorf("list meetings: %w", err)
		}
	}
	if n, ok := newNeedle(q.Host); ok {
		where.add("host_id <> '' AND host_id IN (SELECT zoom_user_id FROM persons WHERE instr(name_f, ?) OR instr(email_f, ?))", n.text, n.text)
	}
	if q.Only != nil {
		list, err := idList(q.Only)
		if err != nil {
			return MeetingPage{}, fmt.Errorf("list meetings: %w", err)
		}
		where.add("id IN (SELECT value FROM json_each(?))", list)
	}
	if q.EndedBy != 0 {
		// The opposite of earshot.Meeting.Live.
		where.add("((end_at <> 0 AND end_at <= ?) OR last_seen < ?)", int64(q.EndedBy), int64(q.EndedBy-earshot.Silence))
	}
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return MeetingPage{}, err
		}
		where.add("(first_seen, id) < (?, ?)", int64(c.at), key(c.id))
	}
	limit := meetingsLimit(q.Limit)
	// One more than the page, to know whether there is another.
	items, err := collect(ctx, r.readers, selectMeetings+where.where()+" ORDER BY first_seen DESC, id DESC LIMIT ?",
		append(where.args, limit+1), scanMeeting)
	if err != nil {
		return MeetingPage{}, fmt.Errorf("list meetings: %w", err)
	}
	page := MeetingPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		last := page.Items[limit-1]
		page.Next = cursor{last.FirstSeen, last.ID}.String()
	}
	return page, nil
}
