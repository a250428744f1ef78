package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// aroundIncident is what is read before and after an incident, and longestIncident how much of it: milliseconds.
const (
	aroundIncident  = 10 * 60_000
	longestIncident = 12 * 3_600_000
)

// IncidentPerson is somebody whom an incident touched, in the join in which it was worst.
type IncidentPerson struct {
	Person  PersonRef     `json:"person"`
	Segment earshot.ID    `json:"segment"`
	Meeting MeetingRef    `json:"meeting"`
	Grade   earshot.Grade `json:"grade" doc:"of the worst minute"`
	At      time.Time     `json:"at" doc:"the worst minute; one that the incident's own cause explains, where there is one"`
	Minutes int           `json:"minutes" doc:"poor and bad ones during the incident"`
	Reason  *Reason       `json:"reason,omitempty" doc:"of that minute"`
}

// touchedStay is a join that an incident touched.
type touchedStay struct {
	join    join
	meeting *earshot.Meeting
	minutes []live.Minute
	worst   *live.Minute // of the incident's time; never nil
	bad     int          // poor and bad minutes then
}

func (a *API) getIncidentPeople(ctx context.Context, in *ByID) (*Page[IncidentPerson], error) {
	i, ok, err := a.registry.Incident(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	stays, err := a.touched(ctx, &i)
	if err != nil {
		return nil, err
	}
	out := &Page[IncidentPerson]{Items: make([]IncidentPerson, 0, len(stays))}
	seen := map[earshot.ID]bool{}
	for k := range stays {
		s := &stays[k]
		if person := s.join.segment.Person; person != 0 {
			if seen[person] {
				continue // the worst join comes first
			}
			seen[person] = true
		}
		m := MeetingRef{ID: s.meeting.ID, Topic: s.meeting.Topic, Start: timeOf(began(s.meeting))}
		out.Items = append(out.Items, IncidentPerson{
			Person: PersonRef{ID: s.join.segment.Person, Name: s.join.name(), External: s.join.segment.External}, Segment: s.join.segment.ID, Meeting: m,
			Grade: s.worst.Grade, At: s.worst.At.Time(), Minutes: s.bad, Reason: reasonOf(s.worst.Reason, s.worst.Grade),
		})
	}
	return out, nil
}

// incidentSpan is the time of an incident in which its people's minutes are read.
func (a *API) incidentSpan(i *earshot.Incident) (from, to earshot.Instant) {
	from = i.Start.Minute() - aroundIncident
	to = cmp.Or(i.End, a.live.Watermark()).Minute() + 60_000 + aroundIncident
	return from, min(to, from+longestIncident)
}

// touched finds the joins of an incident's people in its meetings at its time, worst first.
func (a *API) touched(ctx context.Context, i *earshot.Incident) ([]touchedStay, error) {
	from, to := a.incidentSpan(i)
	var out []touchedStay
	err := a.eachStay(ctx, i, func(s touchedStay, reached bool) {
		if reached && s.judge(i, from+aroundIncident, to-aroundIncident) {
			out = append(out, s)
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(x, y touchedStay) int {
		return cmp.Or(cmp.Compare(y.worst.Grade, x.worst.Grade), cmp.Compare(y.bad, x.bad), cmp.Compare(x.join.name(), y.join.name()), cmp.Compare(x.join.segment.ID, y.join.segment.ID))
	})
	return out, nil
}

// eachStay calls fn with every join of an incident's meetings around its time, and whether its person is one that the incident reached.
// Meetings that are forgotten are left out.
func (a *API) eachStay(ctx context.Context, i *earshot.Incident, fn func(s touchedStay, reached bool)) error {
	people := make(map[earshot.ID]bool, len(i.People))
	for _, id := range i.People {
		people[id] = true
	}
	if i.Personal() {
		people[i.Cell.ID] = true
	}
	from, to := a.incidentSpan(i)
	for _, id := range i.Meetings {
		m, _, err := a.meeting(ctx, id)
		if err == errNotFound {
			continue
		}
		if err != nil {
			return fmt.Errorf("meetings of incident %s: %w", i.ID, err)
		}
		minutes, err := a.meetingMinutes(ctx, m, from, to)
		if err != nil {
			return err
		}
		all, err := a.joins(ctx, id, nil)
		if err != nil {
			return err
		}
		for k := range all {
			s := touchedStay{join: all[k], meeting: m, minutes: minutes[all[k].segment.ID]}
			fn(s, people[s.join.segment.Person])
		}
	}
	return nil
}

// judge finds the worst minute at the time of the incident; false where there is no poor or bad one.
func (s *touchedStay) judge(i *earshot.Incident, from, to earshot.Instant) bool {
	rank := func(m *live.Minute) int {
		r := 4 * int(m.Grade)
		if m.Verdict.Cause == i.Cause {
			r += 2
		}
		if m.Verdict.Cell == i.Cell {
			r++
		}
		return r
	}
	for k := range s.minutes {
		m := &s.minutes[k]
		if m.At < from || m.At >= to || m.Grade < earshot.Poor {
			continue
		}
		s.bad++
		if s.worst == nil || rank(m) > rank(s.worst) {
			s.worst = m
		}
	}
	return s.worst != nil
}
