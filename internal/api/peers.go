package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// leastPeers is how many others a median is made of at least: of two it says nothing about what is usual, and it would show
// what one other person had.
const leastPeers = 3

// getPeers compares a participant with the others in the meeting, in the same span as [API.getSeries].
func (a *API) getPeers(ctx context.Context, in *seriesInput) (*Peers, error) {
	s, from, to, err := a.segmentWithin(ctx, in.ID.ID, in.Span)
	if err != nil {
		return nil, err
	}
	if to-from > longestSeries {
		from = to - longestSeries
	}
	all, err := a.joins(ctx, s.Meeting, nil)
	if err != nil {
		return nil, err
	}
	medians, people, err := a.others(ctx, s, all, from, to)
	if err != nil {
		return nil, err
	}
	audio, video := a.meaning(s.Account)
	return &Peers{From: from.Time(), To: to.Time(), People: people, Least: leastPeers, Streams: peerSeries(medians, audio, video)}, nil
}

// others returns what was usual for the others in a segment's meeting, of all joins of it, and how many people they are.
func (a *API) others(ctx context.Context, s *earshot.Segment, all []join, from, to earshot.Instant) ([]facts.Median, int, error) {
	own, people := []earshot.ID{s.ID}, map[earshot.ID]bool{}
	for i := range all {
		switch x := all[i].segment; {
		case x.ID == s.ID:
		case x.Person != 0 && x.Person == s.Person:
			own = append(own, x.ID)
		case x.LastReport >= from && x.FirstReport != 0 && x.FirstReport < to:
			people[cmp.Or(x.Person, x.ID)] = true
		}
	}
	medians, err := a.facts.Medians(ctx, facts.MedianQuery{From: from, To: to, Account: s.Account, Meeting: s.Meeting, Except: own, Least: leastPeers})
	if err != nil {
		return nil, 0, fmt.Errorf("medians of the others of segment %s: %w", s.ID, err)
	}
	return medians, len(people), nil
}

// peerSeries turns medians into columns, one set for each wire type.
func peerSeries(medians []facts.Median, audio, video earshot.InputMeaning) []PeerSeries {
	byWire := make(map[earshot.Wire][]*facts.Median)
	for i := range medians {
		byWire[medians[i].Wire] = append(byWire[medians[i].Wire], &medians[i])
	}
	out := make([]PeerSeries, 0, len(byWire))
	for w, rows := range byWire {
		st := PeerSeries{
			Wire: w, Media: w.Media(), Direction: direction(w, audio, video), Peer: w.Peer(),
			At: make([]int64, len(rows)), People: make([]int, len(rows)), Metrics: make(map[string][]*float64),
		}
		for i, r := range rows {
			st.At[i], st.People[i] = int64(r.At), r.Segments
			for _, m := range facts.MedianMetrics {
				if r.Has(m) {
					plot(st.Metrics, m, i, len(rows), r.V[m])
				}
			}
		}
		out = append(out, st)
	}
	slices.SortFunc(out, func(a, b PeerSeries) int { return cmp.Compare(a.Wire, b.Wire) })
	return out
}
