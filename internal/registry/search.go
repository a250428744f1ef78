package registry

import (
	"context"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
)

// Hit is one answer of the search box: exactly one of the four is set.
type Hit struct {
	Meeting *earshot.Meeting
	Person  *earshot.Person
	Segment *earshot.Segment
	Call    *earshot.Call
	// Matched is the address, MAC or host name by which a segment was found, in its stored spelling.
	Matched string
}

// defaultHits is how many hits a search returns that does not say.
const defaultHits = 20

// Search finds persons (by a part of name, e-mail or Zoom user id), meetings (topic, number, uuid), segments (the beginning
// of an IP address, MAC or host name of a device) and calls (number, Zoom's id). Each sort comes newest or best first, and
// they take turns, so that many hits of one sort do not hide the others. An empty q finds nothing; limit 0 means 20.
func (r *Registry) Search(ctx context.Context, q string, limit int) ([]Hit, error) {
	n, ok := newNeedle(q)
	if !ok {
		return nil, nil
	}
	if limit <= 0 {
		limit = defaultHits
	}
	limit = min(limit, maxLimit)
	var sorts [][]Hit
	for _, find := range []func(context.Context, needle, int) ([]Hit, error){r.searchPersons, r.searchMeetings, r.searchDevices, r.searchCalls} {
		hits, err := find(ctx, n, limit)
		if err != nil {
			// Not the text itself: people look for people.
			return nil, fmt.Errorf("search for %d characters: %w", len(n.text), err)
		}
		sorts = append(sorts, hits)
	}
	return takeTurns(sorts, limit), nil
}

// takeTurns merges lists by taking one of each in turn.
func takeTurns(lists [][]Hit, limit int) []Hit {
	var all []Hit
	for i := 0; ; i++ {
		found := false
		for _, list := range lists {
			if i >= len(list) {
				continue
			}
			if len(all) == limit {
				return all
			}
			all, found = append(all, list[i]), true
		}
		if !found {
			return all
		}
	}
}

func (r *Registry) searchPersons(ctx context.Context, n needle, limit int) ([]Hit, error) {
	var where conditions
	where.addPersonSearch(n)
	// Those whose name or address begins with it first.
	found, err := collect(ctx, r.readers, selectPersons+where.where()+
		" ORDER BY instr(name_f, ?) <> 1 AND instr(email_f, ?) <> 1, sort_key, id LIMIT ?", append(where.args, n.text, n.text, limit), scanPerson)
	return hitsOf(found, func(p *earshot.Person) Hit { return Hit{Person: p} }), err
}

func (r *Registry) searchMeetings(ctx context.Context, n needle, limit int) ([]Hit, error) {
	found, err := collect(ctx, r.readers, selectMeetings+
		" WHERE instr(topic_f, ?) OR instr(number, ?) OR instr(lower(uuid), ?) ORDER BY first_seen DESC, id DESC LIMIT ?",
		[]any{n.text, n.number, n.lower, limit}, scanMeeting)
	return hitsOf(found, func(m *earshot.Meeting) Hit { return Hit{Meeting: m} }), err
}

func (r *Registry) searchCalls(ctx context.Context, n needle, limit int) ([]Hit, error) {
	found, err := collect(ctx, r.readers, selectCalls+
		" WHERE instr(zoom_id, ?) OR instr(caller_number, ?) OR instr(callee_number, ?) ORDER BY first_seen DESC, id DESC LIMIT ?",
		[]any{n.number, n.number, n.number, limit}, scanCall)
	return hitsOf(found, func(c *earshot.Call) Hit { return Hit{Call: c} }), err
}

// maxMatches is how many segments are looked at for the newest: the beginning of an address or name may be that of everybody.
const maxMatches = 1000

func (r *Registry) searchDevices(ctx context.Context, n needle, limit int) ([]Hit, error) {
	var terms []string
	var args []any
	for _, prefix := range keyPrefixes(n) {
		terms = append(terms, "(value >= ? AND value < ?)")
		args = append(args, prefix, prefixEnd(prefix))
	}
	type match struct {
		segment earshot.ID
		value   string
	}
	// The least value where several match: any would do, and this one does not change from one answer to the next.
	matches, err := collect(ctx, r.readers, `SELECT s.id, k.value FROM
		(SELECT segment, min(value) AS value FROM segment_keys WHERE `+strings.Join(terms, " OR ")+` GROUP BY segment LIMIT ?) k
		JOIN segments s ON s.id = k.segment ORDER BY s.began DESC, s.id DESC LIMIT ?`, append(args, maxMatches, limit),
		func(row scanner, m *match) error { return row.Scan(idDest(&m.segment), &m.value) })
	if err != nil {
		return nil, err
	}
	ids := make([]earshot.ID, len(matches))
	for i, m := range matches {
		ids[i] = m.segment
	}
	segments, err := r.SegmentsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[earshot.ID]*earshot.Segment, len(segments))
	for i := range segments {
		byID[segments[i].ID] = &segments[i]
	}
	var hits []Hit
	for _, m := range matches {
		if s := byID[m.segment]; s != nil {
			hits = append(hits, Hit{Segment: s, Matched: m.value})
		}
	}
	return hits, nil
}

func hitsOf[T any](found []T, hit func(*T) Hit) []Hit {
	hits := make([]Hit, len(found))
	for i := range found {
		hits[i] = hit(&found[i])
	}
	return hits
}
