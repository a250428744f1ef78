package api

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// crowd adds minutes up that come in parts of the same people, and keeps the people apart: the minutes of one person are not
// independent, and who is in two parts is one person.
type crowd struct {
	minutes  earshot.GradeCounts
	people   map[earshot.ID]*clusterSum
	meetings map[earshot.ID]bool
}

// clusterSum is one person's minutes with a verdict, and the bad ones of them.
type clusterSum struct{ minutes, bad int }

func newCrowd() *crowd {
	return &crowd{people: make(map[earshot.ID]*clusterSum), meetings: make(map[earshot.ID]bool)}
}

// add adds a part; it has a person.
func (c *crowd) add(t *facts.Tally) {
	for g, n := range t.Minutes {
		c.minutes[g] += n
	}
	p := c.people[t.Person]
	if p == nil {
		p = &clusterSum{}
		c.people[t.Person] = p
	}
	p.minutes += t.Minutes.Classified()
	p.bad += t.Minutes[earshot.Bad]
	if t.Meeting != 0 {
		c.meetings[t.Meeting] = true
	}
}

// tally returns the crowd as one group.
func (c *crowd) tally() facts.Tally {
	t := facts.Tally{Minutes: c.minutes, Persons: len(c.people), Meetings: len(c.meetings)}
	for _, p := range c.people {
		if p.bad > 0 {
			t.PersonsBad++
		}
	}
	return t
}

func (c *crowd) measured() Measured {
	t := c.tally()
	return measured(&t)
}

// joinsOf returns the minutes of a span by person, segment and meeting, and where the span begins: a day at a time, newest first,
// until there are enough segments.
func (a *API) joinsOf(ctx context.Context, of facts.Filter, where earshot.Dimensions, by ...facts.Dimension) ([]facts.Tally, earshot.Instant, error) {
	by = append(by, facts.ByPerson, facts.BySegment, facts.ByMeeting)
	var out []facts.Tally
	end := of.To
	for end > of.From {
		begin, day := max(of.From, end.Add(-24*time.Hour)), of
		day.From, day.To = begin, end
		joins, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: day, Where: where, By: by, MinutesOnly: true})
		if err != nil {
			return nil, 0, fmt.Errorf("joins from %s: %w", begin.Time().Format(time.RFC3339), err)
		}
		if len(out) > 0 && len(out)+len(joins) > mostSegments {
			break
		}
		out = append(out, joins...)
		end = begin
	}
	return out, min(end, of.To), nil
}

// segmentsOf reads the segments that tallies name.
func (a *API) segmentsOf(ctx context.Context, joins []facts.Tally) (map[earshot.ID]*earshot.Segment, error) {
	seen := make(map[earshot.ID]bool, len(joins))
	ids := make([]earshot.ID, 0, len(joins))
	for i := range joins {
		if id := joins[i].Segment; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	all, err := a.registry.SegmentsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[earshot.ID]*earshot.Segment, len(all))
	for i := range all {
		out[all[i].ID] = &all[i]
	}
	return out, nil
}
