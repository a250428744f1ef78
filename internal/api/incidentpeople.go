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

// IncidentPeople are those whom an incident touched, and the meetings in which it did.
type IncidentPeople struct {
	IncidentSpan
	Items    []IncidentPerson  `json:"items" doc:"most poor and bad minutes first, 500 at most"`
	Meetings []IncidentMeeting `json:"meetings" doc:"those that are kept, most poor and bad minutes first, 50 at most"`
}

// IncidentPerson is somebody whom an incident touched, in the join in which it was worst.
type IncidentPerson struct {
	Person  PersonRef     `json:"person"`
	Segment earshot.ID    `json:"segment"`
	Meeting MeetingRef    `json:"meeting"`
	Grade   earshot.Grade `json:"grade" doc:"of the worst minute"`
	At      time.Time     `json:"at" doc:"the worst minute; one that the incident's own cause explains, where there is one"`
	Minutes int           `json:"minutes" doc:"poor and bad ones during the incident, each once however many joins it was in"`
	Strip   string        `json:"strip" doc:"a letter for each step from from to to, for the worst of its minutes in all joins: b bad, p poor, f fair, g good, u unclassified, n not reported by Zoom, a dot where the person was in none of its meetings" example:"..ggggfpbbb"`
	Reason  *Reason       `json:"reason,omitempty" doc:"of that minute"`
}

// IncidentMeeting is a meeting that an incident touched.
type IncidentMeeting struct {
	Meeting MeetingRef  `json:"meeting"`
	People  PeopleCount `json:"people" doc:"whom it reached with a poor or bad minute during it, of everybody of whom there are minutes then"`
	Minutes int         `json:"minutes" doc:"their poor and bad participant-minutes during it"`
}

// touchedStay is a join that an incident touched.
type touchedStay struct {
	join    join
	meeting *earshot.Meeting
	minutes []live.Minute
	worst   *live.Minute // of the incident's time, as [touchedStay.judge] found it; nil before
	bad     int          // poor and bad minutes then, counted with it
}

// who is the person, or the join itself where nobody knows who that is: somebody all the same.
func (s *touchedStay) who() earshot.ID { return cmp.Or(s.join.segment.Person, s.join.segment.ID) }

func (a *API) getIncidentPeople(ctx context.Context, in *ByID) (*IncidentPeople, error) {
	r, err := a.incidentReading(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	return &r.people, nil
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
	slices.SortFunc(out, worseStay)
	return out, nil
}

func worseStay(x, y touchedStay) int {
	return cmp.Or(cmp.Compare(y.worst.Grade, x.worst.Grade), cmp.Compare(y.bad, x.bad), cmp.Compare(x.join.name(), y.join.name()), cmp.Compare(x.join.segment.ID, y.join.segment.ID))
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
