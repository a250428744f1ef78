package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

const selectSegments = `SELECT s.id, s.meeting, s.account, s.person, s.in_meeting_id, s.name, s.join_at, s.leave_at, s.leave_reason,
	s.parent, s.bound, s.external, s.first_report, s.last_report, coalesce(d.devices, '[]')
	FROM segments s LEFT JOIN segment_devices d ON d.segment = s.id`

func scanSegment(row scanner, s *earshot.Segment) error {
	err := row.Scan(idDest(&s.ID), idDest(&s.Meeting), idDest(&s.Account), idDest(&s.Person), &s.InMeetingID, &s.Name, &s.Join, &s.Leave,
		&s.LeaveReason, idDest(&s.Parent), idDest(&s.Bound), &s.External, &s.FirstReport, &s.LastReport, jsonDest{&s.Devices})
	if len(s.Devices) == 0 {
		s.Devices = nil
	}
	return err
}

// Segment returns a segment; false when there is none with that id.
func (r *Registry) Segment(ctx context.Context, id earshot.ID) (earshot.Segment, bool, error) {
	all, err := collect(ctx, r.readers, selectSegments+" WHERE s.id = ?", []any{key(id)}, scanSegment)
	if err != nil {
		return earshot.Segment{}, false, fmt.Errorf("read segment %s: %w", id, err)
	}
	if len(all) == 0 {
		return earshot.Segment{}, false, nil
	}
	return all[0], true, nil
}

// SegmentsByID returns the segments with the given ids, in no order; those that are not known are left out.
func (r *Registry) SegmentsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Segment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := idList(ids)
	if err != nil {
		return nil, fmt.Errorf("read %d segments: %w", len(ids), err)
	}
	all, err := collect(ctx, r.readers, selectSegments+" WHERE s.id IN (SELECT value FROM json_each(?))", []any{list}, scanSegment)
	if err != nil {
		return nil, fmt.Errorf("read %d segments: %w", len(ids), err)
	}
	return all, nil
}

// SegmentsOf returns the segments of a meeting in order of joining.
func (r *Registry) SegmentsOf(ctx context.Context, meeting earshot.ID) ([]earshot.Segment, error) {
	all, err := collect(ctx, r.readers, selectSegments+" WHERE s.meeting = ? ORDER BY s.began, s.id", []any{key(meeting)}, scanSegment)
	if err != nil {
		return nil, fmt.Errorf("read the segments of meeting %s: %w", meeting, err)
	}
	return all, nil
}

// SegmentsOfPerson returns at most limit (0 means 50) segments of a person that began before an instant (0: all), newest
// first.
func (r *Registry) SegmentsOfPerson(ctx context.Context, person earshot.ID, limit int, before earshot.Instant) ([]earshot.Segment, error) {
	var where conditions
	where.add("s.person = ?", key(person))
	if before != 0 {
		where.add("s.began < ?", int64(before))
	}
	all, err := collect(ctx, r.readers, selectSegments+where.where()+" ORDER BY s.began DESC, s.id DESC LIMIT ?",
		append(where.args, pageLimit(limit)), scanSegment)
	if err != nil {
		return nil, fmt.Errorf("read the segments of person %s: %w", person, err)
	}
	return all, nil
}

// Join is what a list of meetings counts of a segment.
type Join struct {
	Meeting, Segment, Person earshot.ID
	Name                     string // in the meeting
	Reported                 bool   // Zoom sent quality reports of it
	ZoomUserID, PersonName   string // the person's, "" where it is not known
}

// JoinsOf returns the joins of many meetings, those of one in order of joining.
func (r *Registry) JoinsOf(ctx context.Context, meetings []earshot.ID) ([]Join, error) {
	if len(meetings) == 0 {
		return nil, nil
	}
	list, err := idList(meetings)
	if err != nil {
		return nil, fmt.Errorf("read the joins of %d meetings: %w", len(meetings), err)
	}
	all, err := collect(ctx, r.readers, `SELECT s.meeting, s.id, s.person, s.name, s.first_report <> 0, coalesce(p.zoom_user_id, ''), coalesce(p.name, '')
		FROM json_each(?) m JOIN segments s ON s.meeting = m.value LEFT JOIN persons p ON p.id = s.person ORDER BY s.meeting, s.began, s.id`,
		[]any{list}, func(row scanner, j *Join) error {
			return row.Scan(idDest(&j.Meeting), idDest(&j.Segment), idDest(&j.Person), &j.Name, &j.Reported, &j.ZoomUserID, &j.PersonName)
		})
	if err != nil {
		return nil, fmt.Errorf("read the joins of %d meetings: %w", len(meetings), err)
	}
	return all, nil
}

// Reported is a segment that Zoom reported on, without its devices.
type Reported struct {
	Segment, Account, Person       earshot.ID
	Leave, FirstReport, LastReport earshot.Instant
}

// ReportedBetween returns at most limit segments that were reported on in [from, to), those of the newest meetings first.
func (r *Registry) ReportedBetween(ctx context.Context, from, to earshot.Instant, limit int) ([]Reported, error) {
	all, err := collect(ctx, r.readers, `SELECT s.id, s.account, s.person, s.leave_at, s.first_report, s.last_report
		FROM segments s JOIN meetings m ON m.id = s.meeting
		WHERE m.last_seen >= ? AND m.first_seen < ? AND s.last_report >= ? AND s.first_report < ?
		ORDER BY m.first_seen DESC, m.id LIMIT ?`,
		[]any{int64(from), int64(to), int64(from), int64(to), limit}, func(row scanner, s *Reported) error {
			return row.Scan(idDest(&s.Segment), idDest(&s.Account), idDest(&s.Person), &s.Leave, &s.FirstReport, &s.LastReport)
		})
	if err != nil {
		return nil, fmt.Errorf("read what was reported on between two times: %w", err)
	}
	return all, nil
}

// LastNetwork is where a segment was in the end: of its last device snapshot. Text is "" where Zoom said nothing.
type LastNetwork struct {
	Segment                           earshot.ID
	PublicIP, InternalIP, NetworkType string
}

// LastNetworks returns where segments were in the end, in no order; those without devices are left out. SQLite takes the three
// texts out of the snapshots, in less than half of the time in which whole snapshots are decoded.
func (r *Registry) LastNetworks(ctx context.Context, ids []earshot.ID) ([]LastNetwork, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := idList(ids)
	if err != nil {
		return nil, fmt.Errorf("read the networks of %d segments: %w", len(ids), err)
	}
	all, err := collect(ctx, r.readers, `SELECT d.segment, coalesce(d.devices ->> '$[#-1].public_ip', ''),
		coalesce(d.devices ->> '$[#-1].internal_ip', ''), coalesce(d.devices ->> '$[#-1].network_type', '')
		FROM segment_devices d WHERE d.count > 0 AND d.segment IN (SELECT value FROM json_each(?))`,
		[]any{list}, func(row scanner, n *LastNetwork) error {
			return row.Scan(idDest(&n.Segment), &n.PublicIP, &n.InternalIP, &n.NetworkType)
		})
	if err != nil {
		return nil, fmt.Errorf("read the networks of %d segments: %w", len(ids), err)
	}
	return all, nil
}
