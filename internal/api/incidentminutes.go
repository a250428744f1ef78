package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// mostIncidentSteps is in how many parts an incident is told at most.
const mostIncidentSteps = 120

// incidentSteps are how long a part may be: minutes that divide the hour, so that parts begin on round times.
var incidentSteps = [...]time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// IncidentMinutes are how many people had an incident at each time.
type IncidentMinutes struct {
	From        time.Time      `json:"from" doc:"ten minutes before its first bad minute"`
	To          time.Time      `json:"to" doc:"ten minutes after it, as far as that has been; twelve hours after from at most"`
	StepSeconds int            `json:"step_seconds" doc:"60, and more where that would be over 120 steps"`
	People      int            `json:"people" doc:"it reached who are counted: of those listed, whoever was in a meeting that is kept"`
	Steps       []IncidentStep `json:"steps" doc:"oldest first; those in which nobody was present are left out"`
}

// IncidentStep is one of them: people (never minutes), each by the worst minute of the step.
type IncidentStep struct {
	At      time.Time  `json:"at"`
	Reached GradeCount `json:"reached" doc:"whom it reached and who were present"`
	Others  GradeCount `json:"others" doc:"everybody else in the same meetings"`
}

func (a *API) getIncidentMinutes(ctx context.Context, in *ByID) (*IncidentMinutes, error) {
	i, ok, err := a.registry.Incident(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	from, to := a.incidentSpan(&i)
	to = max(from+60_000, min(to, a.live.Watermark().Minute()+60_000))
	step := incidentStep(to.Time().Sub(from.Time()))
	c := newCourse(earshot.Instant(step.Milliseconds()))
	err = a.eachStay(ctx, &i, func(s touchedStay, reached bool) {
		who := cmp.Or(s.join.segment.Person, s.join.segment.ID) // whom nobody knows is somebody all the same
		for k := range s.minutes {
			if m := &s.minutes[k]; m.At >= from && m.At < to {
				c.add(m.At, m.Grade, who, reached)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return &IncidentMinutes{From: from.Time(), To: to.Time(), StepSeconds: int(step.Seconds()), People: len(c.people), Steps: c.steps()}, nil
}

// incidentStep is the shortest one with which a span has no more than so many.
func incidentStep(span time.Duration) time.Duration {
	for _, step := range incidentSteps {
		if span <= mostIncidentSteps*step {
			return step
		}
	}
	return incidentSteps[len(incidentSteps)-1]
}

// course is who was how, step by step.
type course struct {
	length earshot.Instant // milliseconds
	people map[earshot.ID]bool
	byStep map[earshot.Instant]*[2]map[earshot.ID]earshot.Grade // of others, of those reached
}

func newCourse(length earshot.Instant) *course {
	return &course{length: length, people: make(map[earshot.ID]bool), byStep: make(map[earshot.Instant]*[2]map[earshot.ID]earshot.Grade)}
}

// add counts a minute. Of several of one person in a step the worst counts.
func (c *course) add(at earshot.Instant, g earshot.Grade, who earshot.ID, reached bool) {
	at -= at % c.length
	s := c.byStep[at]
	if s == nil {
		s = &[2]map[earshot.ID]earshot.Grade{{}, {}}
		c.byStep[at] = s
	}
	which := 0
	if reached {
		which = 1
		c.people[who] = true
	}
	s[which][who] = earshot.Worse(s[which][who], g)
}

func (c *course) steps() []IncidentStep {
	out := make([]IncidentStep, 0, len(c.byStep))
	for _, at := range slices.Sorted(maps.Keys(c.byStep)) {
		s := c.byStep[at]
		out = append(out, IncidentStep{At: at.Time(), Reached: countPeople(s[1]), Others: countPeople(s[0])})
	}
	return out
}

func countPeople(grades map[earshot.ID]earshot.Grade) GradeCount {
	var c earshot.GradeCounts
	for _, g := range grades {
		c[g]++
	}
	return gradeCount(c)
}
