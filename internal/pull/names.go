package pull

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/earshot/earshot"
)

// names is what the registry says about the ids of a part; each is looked up once.
type names struct {
	from     Registry
	sites    map[earshot.ID]string
	persons  map[earshot.ID]earshot.Person
	meetings map[earshot.ID]earshot.Meeting
	segments map[earshot.ID]earshot.Segment
	wanted   struct{ persons, meetings, segments map[earshot.ID]bool }
}

func (g *gathering) names(ctx context.Context) (*names, error) {
	n := &names{
		from: g.e.o.Registry, sites: map[earshot.ID]string{}, persons: map[earshot.ID]earshot.Person{},
		meetings: map[earshot.ID]earshot.Meeting{}, segments: map[earshot.ID]earshot.Segment{},
	}
	n.wanted.persons, n.wanted.meetings, n.wanted.segments = map[earshot.ID]bool{}, map[earshot.ID]bool{}, map[earshot.ID]bool{}
	if !g.q.Names {
		return n, nil
	}
	all, err := n.from.Sites(ctx)
	if err != nil {
		return nil, fmt.Errorf("names of sites: %w", err)
	}
	for i := range all {
		n.sites[all[i].ID] = all[i].Name
	}
	return n, nil
}

func (n *names) wantPerson(id earshot.ID) {
	if _, known := n.persons[id]; !known && id != 0 {
		n.wanted.persons[id] = true
	}
}

func (n *names) wantMeeting(id earshot.ID) {
	if _, known := n.meetings[id]; !known && id != 0 {
		n.wanted.meetings[id] = true
	}
}

func (n *names) wantSegment(id earshot.ID) {
	if _, known := n.segments[id]; !known && id != 0 {
		n.wanted.segments[id] = true
	}
}

// look asks the registry for what is wanted. What it does not know stays without a name.
func (n *names) look(ctx context.Context) error {
	if err := lookup(ctx, n.wanted.persons, n.persons, n.from.PersonsByID, func(p *earshot.Person) earshot.ID { return p.ID }); err != nil {
		return err
	}
	if err := lookup(ctx, n.wanted.meetings, n.meetings, n.from.MeetingsByID, func(m *earshot.Meeting) earshot.ID { return m.ID }); err != nil {
		return err
	}
	return lookup(ctx, n.wanted.segments, n.segments, n.from.SegmentsByID, func(s *earshot.Segment) earshot.ID { return s.ID })
}

func lookup[T any](ctx context.Context, wanted map[earshot.ID]bool, known map[earshot.ID]T, read func(context.Context, []earshot.ID) ([]T, error), id func(*T) earshot.ID) error {
	if len(wanted) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(wanted))
	clear(wanted)
	all, err := read(ctx, ids)
	if err != nil {
		return err
	}
	for _, x := range ids {
		var none T
		known[x] = none
	}
	for i := range all {
		known[id(&all[i])] = all[i]
	}
	return nil
}
