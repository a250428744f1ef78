package api

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/pipeline"
)

// roomJoins are the joins of breakout rooms.
func (a *API) roomJoins(ctx context.Context, rooms []earshot.ID) ([]join, error) {
	var all []join
	for _, id := range rooms {
		in, err := a.joins(ctx, id, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, in...)
	}
	return all, nil
}

// breakoutJoins are the joins of a meeting's breakout rooms.
func (a *API) breakoutJoins(ctx context.Context, meeting earshot.ID) ([]join, error) {
	rooms, err := a.rooms(ctx, meeting)
	if err != nil {
		return nil, err
	}
	return a.roomJoins(ctx, rooms)
}

// drops finds who fell out of a meeting, oldest first. all are the meeting's joins, rooms those of its breakout rooms.
func (a *API) drops(ctx context.Context, m *earshot.Meeting, all, rooms []join) ([]Drop, error) {
	s := pipeline.Stays{Meeting: m, Now: a.live.Watermark()}
	names := make(map[earshot.ID]PersonRef, len(all))
	for i := range all {
		g := all[i].segment
		s.Segments = append(s.Segments, *g)
		names[g.ID] = PersonRef{ID: g.Person, Name: all[i].name(), External: g.External}
	}
	for i := range rooms {
		s.Segments = append(s.Segments, *rooms[i].segment)
	}
	var failed error
	s.Left = func(segment earshot.ID) bool {
		summaries, err := a.facts.Summaries(ctx, facts.Filter{Account: m.Account, Segment: segment, Limit: 1})
		if err != nil {
			failed = fmt.Errorf("whether segment %s was summed up: %w", segment, err)
		}
		return len(summaries) > 0
	}
	found := pipeline.Drops(s)
	out := make([]Drop, len(found))
	for i, d := range found {
		out[i] = Drop{At: d.At.Time(), Segment: d.Segment, Person: names[d.Segment], Kind: string(d.Kind), Back: d.Back}
		if d.Back != 0 {
			away := float64(d.Away) / 1000
			out[i].AwaySeconds = &away
		}
	}
	return out, failed
}
