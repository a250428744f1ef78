package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// incidentFresh is how old what was read of an incident may be: many people look at the one that everybody has.
const incidentFresh = 10 * time.Second

// incidentReading is what is made of the minutes of an incident's meetings: read once, told by two routes.
type incidentReading struct {
	minutes IncidentMinutes
	people  IncidentPeople
}

func (a *API) incidentReading(ctx context.Context, id earshot.ID) (*incidentReading, error) {
	i, ok, err := a.registry.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	key := fmt.Sprintf("%s %d", i.ID, i.Updated)
	return a.incidents.get(ctx, key, incidentFresh, func(ctx context.Context) (*incidentReading, error) { return a.readIncident(ctx, &i) })
}

func (a *API) readIncident(ctx context.Context, i *earshot.Incident) (*incidentReading, error) {
	from, to := a.incidentSpan(i)
	begin, end := from+aroundIncident, to-aroundIncident
	to = max(from+60_000, min(to, a.live.Watermark().Minute()+60_000))
	c := newCourse(from, to, earshot.Instant(incidentStep(to.Time().Sub(from.Time())).Milliseconds()))
	var stays []touchedStay
	var meetings []touchedMeeting
	err := a.eachStay(ctx, i, func(s touchedStay, reached bool) {
		c.add(&s, reached)
		if n := len(meetings); n == 0 || meetings[n-1].meeting != s.meeting {
			meetings = append(meetings, touchedMeeting{s.meeting, newCourse(begin, max(begin+60_000, end), 60_000)})
		}
		meetings[len(meetings)-1].during.add(&s, reached)
		if reached && s.judge(i, begin, end) {
			stays = append(stays, s)
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(stays, worseStay)
	out := &incidentReading{people: IncidentPeople{IncidentSpan: c.span(), Items: peopleOf(stays, c, begin, end), Meetings: make([]IncidentMeeting, len(meetings))}}
	out.minutes.IncidentSpan = c.span()
	out.minutes.People, out.minutes.Steps = c.told()
	for k := range meetings {
		out.people.Meetings[k] = meetings[k].told()
	}
	slices.SortStableFunc(out.people.Meetings, func(x, y IncidentMeeting) int {
		return cmp.Or(cmp.Compare(y.Minutes, x.Minutes), cmp.Compare(y.People.Bad, x.People.Bad))
	})
	return out, nil
}

// peopleOf tells of each person once, in the join that comes first, with the minutes of all of them.
func peopleOf(stays []touchedStay, c *course, from, to earshot.Instant) []IncidentPerson {
	out := make([]IncidentPerson, 0, len(stays))
	seen := make(map[earshot.ID]bool, len(stays))
	for k := range stays {
		s := &stays[k]
		p := c.people[s.who()]
		if p == nil || seen[s.who()] {
			continue
		}
		seen[s.who()] = true
		out = append(out, IncidentPerson{
			Person:  PersonRef{ID: s.join.segment.Person, Name: s.join.name(), External: s.join.segment.External},
			Segment: s.join.segment.ID, Meeting: meetingRef(s.meeting), Grade: s.worst.Grade, At: s.worst.At.Time(),
			Minutes: c.bad(p, from, to), Strip: c.strip(p), Reason: reasonOf(s.worst.Reason, s.worst.Grade),
		})
	}
	slices.SortStableFunc(out, func(x, y IncidentPerson) int { return cmp.Compare(y.Minutes, x.Minutes) })
	return out
}

// touchedMeeting is a meeting at the time of an incident.
type touchedMeeting struct {
	meeting *earshot.Meeting
	during  *course
}

func (t *touchedMeeting) told() IncidentMeeting {
	out := IncidentMeeting{Meeting: meetingRef(t.meeting), People: PeopleCount{Of: len(t.during.people)}}
	for _, p := range t.during.people {
		if n := t.during.bad(p, t.during.from, t.during.to); p.reached && n > 0 {
			out.People.Bad++
			out.Minutes += n
		}
	}
	return out
}

func meetingRef(m *earshot.Meeting) MeetingRef {
	return MeetingRef{ID: m.ID, Topic: m.Topic, Start: timeOf(began(m))}
}
