package registry

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
)

// FindQuery asks who was there at a time, by what a ticket says of them.
type FindQuery struct {
	Text     string          // an address, subnet, MAC, host name, e-mail address, name, topic, number or uuid, or the beginning of most
	From, To earshot.Instant // what was there at some time in [From, To); To is needed, From 0 reaches back to the beginning
	Account  earshot.ID      // 0: all
	Limit    int             // of segments and of meetings each; 0 means 50
}

// Found answers a [FindQuery].
type Found struct {
	Kind     SoughtKind
	Segments []FoundSegment    // by device or person, newest first
	More     bool              // there are more segments than the limit
	Meetings []earshot.Meeting // by topic, number or uuid, newest first
}

// FoundSegment is a segment and how it was found.
type FoundSegment struct {
	earshot.Segment
	Matched string // the address, MAC or host name, in its stored spelling; "" when it was the person
	// Device is what held at that time: the newest state within it that says what was looked for; nil when none is known.
	Device *earshot.DeviceSnapshot
}

const (
	// longestMeeting is how long Zoom lets a meeting run. What began earlier is over.
	longestMeeting = 30 * 3_600_000
	// lateDevice is how much later than somebody's joining Zoom may tell of their device.
	lateDevice = 3_600_000
	// maxMarks bounds the distinct addresses that a subnet is made of, maxBegun the MACs and host names with one beginning,
	// maxCandidates the segments that are looked at, and maxPresent those that were there at the time of a subnet.
	maxBegun       = 500
	maxPresent     = 6_000
	maxMarks       = 20_000
	maxCandidates  = 2_000
	maxFoundPeople = 500
	// fewMarks are so few that they are looked up one by one.
	fewMarks = 64
	// namesSpan is the longest time in which names that people gave themselves in a meeting are looked through; beyond it only
	// the names that they are known by are.
	namesSpan = 26 * 3_600_000
)

// segmentEnd is when a segment ended as far as Zoom told: it left, or fell silent; never, where nothing said so.
const segmentEnd = `CASE WHEN s.leave_at <> 0 THEN s.leave_at WHEN s.last_report <> 0 THEN s.last_report + 300000 ELSE 9000000000000000000 END`

// Find answers a ticket: who had that address, device or name at that time. Nothing to look for finds nothing.
func (r *Registry) Find(ctx context.Context, q FindQuery) (Found, error) {
	s, ok := newSought(q.Text)
	if !ok {
		return Found{}, nil
	}
	out := Found{Kind: s.kind}
	matched, err := r.findDevices(ctx, &s, &q)
	if err == nil {
		err = r.findPeople(ctx, &s, &q, matched)
	}
	if err == nil {
		out.Segments, err = r.foundSegments(ctx, &s, &q, matched)
	}
	if err == nil {
		out.Meetings, err = r.findMeetings(ctx, &s, &q)
	}
	if err != nil {
		// Not the text itself: people look for people.
		return Found{}, fmt.Errorf("find a %s: %w", s.kind, err)
	}
	if limit := pageLimit(q.Limit); len(out.Segments) > limit {
		out.Segments, out.More = out.Segments[:limit], true
	}
	return out, nil
}

// since is the earliest beginning of what may still have been there at q.From.
func (q *FindQuery) since() int64 {
	if q.From == 0 {
		return -1 << 62
	}
	return int64(q.From) - longestMeeting
}

// distinctMarksSQL walks from one value to the next greater one: as quick as there are values, however many rows each has.
const distinctMarksSQL = `WITH RECURSIVE v (value) AS (
	SELECT (SELECT value FROM segment_marks WHERE value >= ?1 AND value < ?2 ORDER BY value LIMIT 1)
	UNION ALL
	SELECT (SELECT m.value FROM segment_marks m WHERE m.value > v.value AND m.value < ?2 ORDER BY m.value LIMIT 1) FROM v WHERE v.value IS NOT NULL
) SELECT value FROM v WHERE value IS NOT NULL LIMIT ?3`

// markValues returns the distinct marks with a prefix.
func (r *Registry) markValues(ctx context.Context, prefix string, limit int) ([]string, error) {
	return collect(ctx, r.readers, distinctMarksSQL, []any{prefix, prefixEnd(prefix), limit}, func(row scanner, s *string) error { return row.Scan(s) })
}

// findDevices returns the segments whose devices said what is looked for, and which of it.
func (r *Registry) findDevices(ctx context.Context, s *sought, q *FindQuery) (map[earshot.ID]string, error) {
	matched := make(map[earshot.ID]string)
	if s.kind == SoughtEmail {
		return matched, nil
	}
	values := []string{s.markPrefix()}
	if s.kind != SoughtAddress {
		most := maxBegun
		if s.kind == SoughtSubnet {
			most = maxMarks
		}
		all, err := r.markValues(ctx, s.markPrefix(), most)
		if err != nil {
			return nil, err
		}
		values = slices.DeleteFunc(all, func(v string) bool { return !s.holds(v) })
	}
	if len(values) == 0 {
		return matched, nil
	}
	var rows []markRow
	var err error
	if len(values) > fewMarks && s.kind == SoughtSubnet && s.prefix.Addr().Is4() && q.From != 0 {
		rows, err = r.segmentsByTime(ctx, s, q)
	} else {
		rows, err = r.segmentsByMark(ctx, q, values)
	}
	for _, x := range rows {
		if have, ok := matched[x.segment]; !ok || x.value < have {
			matched[x.segment] = x.value // of several the least: any would do, and this one does not change
		}
	}
	return matched, err
}

type markRow struct {
	value   string
	segment earshot.ID
}

func scanMark(row scanner, x *markRow) error { return row.Scan(&x.value, idDest(&x.segment)) }

// segmentsByMark looks the marks up one by one.
func (r *Registry) segmentsByMark(ctx context.Context, q *FindQuery, values []string) ([]markRow, error) {
	list, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	from, args := "json_each(?) j CROSS JOIN segment_marks m ON m.value = j.value", []any{string(list)}
	if len(values) == 1 {
		from, args = "segment_marks m", nil // in the order of the index, so that the newest are read and no more
	}
	query := "SELECT m.value, s.id FROM " + from + " CROSS JOIN segments s ON s.id = m.segment WHERE m.at >= ? AND m.at < ? AND s.began < ? AND " + segmentEnd + " >= ?"
	args = append(args, q.since(), int64(q.To)+lateDevice, int64(q.To), int64(q.From))
	if len(values) == 1 {
		query, args = query+" AND m.value = ?", append(args, values[0])
	}
	if q.Account != 0 {
		query, args = query+" AND s.account = ?", append(args, key(q.Account))
	}
	return collect(ctx, r.readers, query+" ORDER BY m.at DESC LIMIT ?", append(args, q.candidates()), scanMark)
}

// segmentsByTime reads the devices of everybody who was there at the time: for a subnet of IPv4 that is quicker than its
// addresses one by one. It does not serve where devices spell what they say otherwise than marks do.
func (r *Registry) segmentsByTime(ctx context.Context, s *sought, q *FindQuery) ([]markRow, error) {
	query := `SELECT ?, s.id FROM meetings m CROSS JOIN segments s ON s.meeting = m.id CROSS JOIN segment_devices d ON d.segment = s.id
		WHERE m.first_seen >= ? AND m.first_seen < ? AND m.last_seen >= ? AND s.began < ? AND ` + segmentEnd + ` >= ? AND instr(d.devices, ?)`
	// Not all that holds the text is in the subnet; what is, holds it. See foundSegments.
	args := []any{s.markPrefix(), q.since(), int64(q.To), int64(q.From), int64(q.To), int64(q.From), `"` + s.markPrefix()}
	if q.Account != 0 {
		query, args = query+" AND s.account = ?", append(args, key(q.Account))
	}
	return collect(ctx, r.readers, query+" ORDER BY m.first_seen DESC LIMIT ?", append(args, maxPresent), scanMark)
}

// candidates bounds the segments that are looked at: more than are wanted, since a device may have said something else by then.
func (q *FindQuery) candidates() int { return min(maxCandidates, 10*pageLimit(q.Limit)) }

// findPeople adds the segments of people with that name or address.
func (r *Registry) findPeople(ctx context.Context, s *sought, q *FindQuery, matched map[earshot.ID]string) error {
	if s.kind != SoughtText && s.kind != SoughtEmail {
		return nil
	}
	people, err := r.personsCalled(ctx, s.needle, q.Account, maxFoundPeople)
	if err != nil {
		return err
	}
	list, err := idList(people)
	if err != nil {
		return err
	}
	query := `SELECT s.id FROM json_each(?) j CROSS JOIN segments s ON s.person = j.value AND s.began >= ? AND s.began < ?
		WHERE ` + segmentEnd + ` >= ? ORDER BY s.began DESC LIMIT ?`
	found, err := collect(ctx, r.readers, query, []any{list, q.since(), int64(q.To), int64(q.From), q.candidates()}, scanID)
	if err != nil {
		return err
	}
	if s.kind == SoughtText && q.From != 0 && q.To-q.From <= namesSpan {
		named, err := r.findNames(ctx, s, q)
		if err != nil {
			return err
		}
		found = append(found, named...)
	}
	for _, id := range found {
		if _, ok := matched[id]; !ok {
			matched[id] = ""
		}
	}
	return nil
}

func scanID(row scanner, id *earshot.ID) error { return row.Scan(idDest(id)) }

// findNames returns the segments of people who called themselves that in a meeting of the time, whatever they are known by.
func (r *Registry) findNames(ctx context.Context, s *sought, q *FindQuery) ([]earshot.ID, error) {
	query := `SELECT s.id FROM meetings m CROSS JOIN segments s ON s.meeting = m.id
		WHERE m.first_seen >= ? AND m.first_seen < ? AND m.last_seen >= ? AND instr(s.name_f, ?) AND s.began < ? AND ` + segmentEnd + ` >= ?`
	args := []any{q.since(), int64(q.To), int64(q.From), s.text, int64(q.To), int64(q.From)}
	if q.Account != 0 {
		query, args = query+" AND s.account = ?", append(args, key(q.Account))
	}
	return collect(ctx, r.readers, query+" ORDER BY m.first_seen DESC LIMIT ?", append(args, q.candidates()), scanID)
}

// foundSegments reads what was found and leaves out where the device said something else at that time.
func (r *Registry) foundSegments(ctx context.Context, s *sought, q *FindQuery, matched map[earshot.ID]string) ([]FoundSegment, error) {
	ids := make([]earshot.ID, 0, len(matched))
	for id := range matched {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	segments, err := r.SegmentsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]FoundSegment, 0, len(segments))
	for i := range segments {
		f := FoundSegment{Segment: segments[i], Matched: matched[segments[i].ID]}
		if f.Matched == "" {
			f.Device = f.Segment.Device(q.To - 1)
		} else if !f.fromDevice(s, q) {
			continue
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b FoundSegment) int {
		return cmp.Or(cmp.Compare(began(&b.Segment), began(&a.Segment)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func began(s *earshot.Segment) earshot.Instant { return cmp.Or(s.Join, s.FirstReport) }

// fromDevice looks for the newest device of the time that says what is looked for.
func (f *FoundSegment) fromDevice(s *sought, q *FindQuery) bool {
	for i := len(f.Devices) - 1; i >= 0; i-- {
		d := &f.Devices[i]
		// A state holds until the next one; the first also holds for the time before Zoom told it.
		if (i > 0 && d.At >= q.To) || (i+1 < len(f.Devices) && f.Devices[i+1].At <= q.From) {
			continue
		}
		for _, k := range deviceKeys(d) {
			if s.holds(k) {
				f.Device, f.Matched = d, k
				return true
			}
		}
	}
	return false
}

// findMeetings returns the meetings of the time with that topic, number or uuid.
func (r *Registry) findMeetings(ctx context.Context, s *sought, q *FindQuery) ([]earshot.Meeting, error) {
	if s.kind != SoughtText && s.kind != SoughtNumber {
		return nil, nil
	}
	limit := pageLimit(q.Limit)
	var where conditions
	where.add("first_seen >= ? AND first_seen < ? AND last_seen >= ?", q.since(), int64(q.To), int64(q.From))
	where.addID("account", q.Account)
	if q.From != 0 && q.To-q.From <= namesSpan {
		// The meetings of a day are fewer than all topics.
		where.add("(instr(topic_f, ?) OR instr(number, ?) OR instr(uuid, ?))", s.text, s.number, s.given)
	} else if ids, few, err := r.meetingsNamed(ctx, s.needle, q.since(), int64(q.To), 10*limit); err != nil {
		return nil, err
	} else if few {
		list, err := idList(ids)
		if err != nil {
			return nil, err
		}
		where.add("id IN (SELECT value FROM json_each(?))", list)
	} else {
		where.add("instr(topic_f, ?)", s.text)
	}
	return collect(ctx, r.readers, selectMeetings+where.where()+" ORDER BY first_seen DESC, id DESC LIMIT ?", append(where.args, limit), scanMeeting)
}
