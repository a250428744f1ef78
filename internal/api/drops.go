package api

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/pipeline"
)

// drops finds who fell out of a meeting, oldest first. all are the meeting's joins.
func (a *API) drops(ctx context.Context, m *earshot.Meeting, all []join, rooms []earshot.ID) ([]Drop, error) {
	s := pipeline.Stays{Meeting: m, Now: a.live.Watermark()}
	names := make(map[earshot.ID]PersonRef, len(all))
	for i := range all {
		g := all[i].segment
		s.Segments = append(s.Segments, *g)
		names[g.ID] = PersonRef{ID: g.Person, Name: all[i].name(), External: g.External}
	}
	for _, id := range rooms {
		in, err := a.joins(ctx, id, nil)
		if err != nil {
			return nil, err
		}
		for i := range in {
			s.Segments = append(s.Segments, *in[i].segment)
		}
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
