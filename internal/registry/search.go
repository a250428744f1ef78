package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	ids, few, err := r.meetingsNamed(ctx, n, 0, 1<<62, limit)
	if err != nil {
		return nil, err
	}
	var where conditions
	if few {
		list, err := idList(ids)
		if err != nil {
			return nil, err
		}
		where.add("id IN (SELECT value FROM json_each(?))", list)
	} else {
		where.add("instr(topic_f, ?)", n.text)
	}
	found, err := collect(ctx, r.readers, selectMeetings+where.where()+" ORDER BY first_seen DESC, id DESC LIMIT ?", append(where.args, limit), scanMeeting)
	return hitsOf(found, func(m *earshot.Meeting) Hit { return Hit{Meeting: m} }), err
}

func (r *Registry) searchCalls(ctx context.Context, n needle, limit int) ([]Hit, error) {
	found, err := collect(ctx, r.readers, selectCalls+
		" WHERE instr(zoom_id, ?) OR instr(caller_number, ?) OR instr(callee_number, ?) ORDER BY first_seen DESC, id DESC LIMIT ?",
		[]any{n.number, n.number, n.number, limit}, scanCall)
	return hitsOf(found, func(c *earshot.Call) Hit { return Hit{Call: c} }), err
}

// searchDevices returns the newest segments of the distinct marks that begin with what was typed: as many of each, so that an
// address that everybody in a building shares does not hide the next one.
func (r *Registry) searchDevices(ctx context.Context, n needle, limit int) ([]Hit, error) {
	var values []string
	for _, prefix := range keyPrefixes(n) {
		more, err := r.markValues(ctx, prefix, limit)
		if err != nil {
			return nil, err
		}
		values = append(values, more...)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	values = values[:min(len(values), limit)]
	var hits []Hit
	for _, v := range values {
		ids, err := collect(ctx, r.readers, "SELECT segment FROM segment_marks WHERE value = ? ORDER BY at DESC, segment DESC LIMIT ?", []any{v, limit / len(values)}, scanID)
		if err != nil {
			return nil, err
		}
		segments, err := r.SegmentsByID(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range segments {
			hits = append(hits, Hit{Segment: &segments[i], Matched: v})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(began(b.Segment), began(a.Segment)), cmp.Compare(a.Segment.ID, b.Segment.ID))
	})
	seen := make(map[earshot.ID]bool, len(hits))
	return slices.DeleteFunc(hits, func(h Hit) bool {
		double := seen[h.Segment.ID]
		seen[h.Segment.ID] = true
		return double
	}), nil
}

func hitsOf[T any](found []T, hit func(*T) Hit) []Hit {
	hits := make([]Hit, len(found))
	for i := range found {
		hits[i] = hit(&found[i])
	}
	return hits
}
