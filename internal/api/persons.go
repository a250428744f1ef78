package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/registry"
)

// personHistory is how far back a person's minutes are counted, personJoins how many joins are listed.
const (
	personHistory = 30 * 24 * 3_600_000
	personJoins   = 100
)

type personsInput struct {
	Q       string  `query:"q" maxLength:"200" doc:"part of name, e-mail address or Zoom user id"`
	Account idParam `query:"account"`
	Paging
}

func (a *API) listPersons(ctx context.Context, in *personsInput) (*Page[Person], error) {
	found, err := a.registry.Persons(ctx, registry.PersonQuery{Account: in.Account.ID, Search: in.Q, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &Page[Person]{Items: make([]Person, len(found.Items)), NextCursor: found.Next}
	for i := range found.Items {
		out.Items[i] = personOf(&found.Items[i])
	}
	return out, nil
}

func personOf(p *earshot.Person) Person {
	return Person{ID: p.ID, Account: p.Account, Name: personName(p), Email: p.Email, ZoomUserID: p.ZoomUserID, KnownBy: p.KeyKind}
}

func (a *API) getPerson(ctx context.Context, in *ByID) (*PersonDetail, error) {
	p, ok, err := a.registry.Person(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	segments, err := a.registry.SegmentsOfPerson(ctx, p.ID, personJoins, 0)
	if err != nil {
		return nil, err
	}
	minutes, err := a.personMinutes(ctx, &p, segments)
	if err != nil {
		return nil, err
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]earshot.ID, len(segments))
	for i := range segments {
		ids[i] = segments[i].Meeting
	}
	rows, err := a.meetingRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	d := &PersonDetail{Person: personOf(&p), Segments: make([]PersonSegment, len(segments))}
	var lately []earshot.Minute
	groups := newPersonGroups()
	since := a.live.Watermark() - personHistory
	for _, row := range minutes {
		for i := range row {
			if row[i].At >= since-personWeeks+personHistory {
				groups.week(&row[i].Minute)
			}
			if row[i].At >= since {
				lately = append(lately, row[i].Minute)
				groups.lately(&row[i].Minute, sites)
			}
		}
	}
	groups.fill(d)
	whole := grade.Many(lately)
	d.Minutes, d.Overall = gradeCount(whole.Minutes), overallOf(&whole)
	for i := range segments {
		j := join{segment: &segments[i], person: &p, tally: minutes.tally(a.profile, segments[i].ID)}
		if now, ok := a.live.Segment(segments[i].ID); ok {
			j.take(&now)
		}
		d.Segments[i] = PersonSegment{SegmentRow: j.row(sites), MeetingRow: rows[segments[i].Meeting]}
	}
	slices.SortStableFunc(d.Segments, func(a, b PersonSegment) int {
		if a.Join == nil || b.Join == nil {
			return 0
		}
		return cmp.Or(b.Join.Compare(*a.Join), cmp.Compare(a.ID, b.ID))
	})
	return d, nil
}

// personMinutes reads a person's minutes: eight weeks, or as far back as the listed joins go.
func (a *API) personMinutes(ctx context.Context, p *earshot.Person, segments []earshot.Segment) (ledger, error) {
	from := a.live.Watermark() - personWeeks
	for i := range segments {
		if at := cmp.Or(segments[i].Join, segments[i].FirstReport); at != 0 {
			from = min(from, at.Minute())
		}
	}
	l, err := a.minutesOf(ctx, facts.Filter{From: from, Account: p.Account, Person: p.ID}, 0)
	if err != nil {
		return nil, fmt.Errorf("minutes of person %s: %w", p.ID, err)
	}
	for i := range segments {
		for _, row := range a.live.Minutes(segments[i].ID) {
			for k := range row.Minutes {
				l.put(&row.Minutes[k])
			}
		}
	}
	return l, nil
}
