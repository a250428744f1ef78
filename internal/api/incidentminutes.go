package api

import (
	"context"
	"time"

	"github.com/earshot/earshot"
)

// mostIncidentSteps is in how many parts an incident is told at most.
const mostIncidentSteps = 120

// incidentSteps are how long a part may be: minutes that divide the hour, so that parts begin on round times.
var incidentSteps = [...]time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// IncidentSpan is the time around an incident that is told, in whole steps.
type IncidentSpan struct {
	From        time.Time `json:"from" doc:"ten minutes before its first bad minute, or where the step begins that this is in"`
	To          time.Time `json:"to" doc:"ten minutes after it, as far as that has been, or where the step ends; twelve hours after from at most"`
	StepSeconds int       `json:"step_seconds" doc:"60, and more where that would be over 120 steps"`
}

// IncidentMinutes are how many people had an incident at each time.
type IncidentMinutes struct {
	IncidentSpan
	People int            `json:"people" doc:"it reached who are counted: of those listed, whoever was in a meeting that is kept"`
	Steps  []IncidentStep `json:"steps" doc:"oldest first; those in which nobody was present are left out"`
}

// IncidentStep is one of them: people (never minutes), each by the worst minute of the step.
type IncidentStep struct {
	At      time.Time  `json:"at"`
	Reached GradeCount `json:"reached" doc:"whom it reached and who were present"`
	Others  GradeCount `json:"others" doc:"everybody else in the same meetings"`
}

func (a *API) getIncidentMinutes(ctx context.Context, in *ByID) (*IncidentMinutes, error) {
	r, err := a.incidentReading(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	return &r.minutes, nil
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

// mark is what is told of one person in a minute; of several the greatest counts.
type mark uint8

const (
	markAbsent   mark = iota
	markSilent        // present, and there is no such minute
	markNoReport      // Zoom sent nothing for it
	markUnclassified
	markGood
	markFair
	markPoor
	markBad
)

// letters are the marks in a strip.
const letters = ".nnugfpb"

func markOf(g earshot.Grade, why earshot.Why) mark {
	if g == earshot.Unclassified && why == earshot.WhyNoReport {
		return markNoReport
	}
	return markUnclassified + mark(g)
}

// grade is that of a mark from markNoReport on.
func (m mark) grade() earshot.Grade {
	return earshot.Grade(max(m, markUnclassified) - markUnclassified)
}

// course is who was how in each minute from from to to, both whole steps: milliseconds.
type course struct {
	from, to, step earshot.Instant
	people         map[earshot.ID]*coursePerson
}

type coursePerson struct {
	reached bool
	minutes []mark
}

// newCourse is one of the whole steps that a span of whole minutes touches.
func newCourse(from, to, step earshot.Instant) *course {
	from -= from % step
	to += (step - to%step) % step
	return &course{from, to, step, make(map[earshot.ID]*coursePerson)}
}

// add tells of a join. Where a person has several joins, the worst of each minute counts. A join that has no minute in the span is left out.
func (c *course) add(s *touchedStay, reached bool) {
	var p *coursePerson
	var last earshot.Instant
	for k := range s.minutes {
		m := &s.minutes[k]
		if m.At < c.from || m.At >= c.to {
			continue
		}
		if p == nil {
			p = c.person(s.who(), reached)
		}
		p.put((m.At-c.from)/60_000, markOf(m.Grade, m.Why))
		last = m.At
	}
	if p == nil {
		return
	}
	join, leave := s.minutes[0].At, last // who came before anything was known, and who is there still
	if t := s.join.segment.Join; t != 0 {
		join = (t + 59_999).Minute()
	}
	if t := s.join.segment.Leave; t != 0 {
		leave = t
	}
	for at := max(join, c.from); at+60_000 <= min(leave, c.to); at += 60_000 {
		p.put((at-c.from)/60_000, markSilent)
	}
}

func (c *course) person(who earshot.ID, reached bool) *coursePerson {
	p := c.people[who]
	if p == nil {
		p = &coursePerson{reached: reached, minutes: make([]mark, (c.to-c.from)/60_000)}
		c.people[who] = p
	}
	return p
}

func (p *coursePerson) put(minute earshot.Instant, m mark) {
	p.minutes[minute] = max(p.minutes[minute], m)
}

// bad counts the poor and bad minutes of a time, which may reach beyond the course.
func (c *course) bad(p *coursePerson, from, to earshot.Instant) int {
	n := 0
	for at := max(from, c.from); at < min(to, c.to); at += 60_000 {
		if p.minutes[(at-c.from)/60_000] >= markPoor {
			n++
		}
	}
	return n
}

// marks are the worst of each step.
func (c *course) marks(p *coursePerson) []mark {
	perStep := int(c.step / 60_000)
	out := make([]mark, len(p.minutes)/perStep)
	for i, m := range p.minutes {
		out[i/perStep] = max(out[i/perStep], m)
	}
	return out
}

// strip tells them, one letter each.
func (c *course) strip(p *coursePerson) string {
	marks := c.marks(p)
	out := make([]byte, len(marks))
	for i, m := range marks {
		out[i] = letters[m]
	}
	return string(out)
}

// told is how many it reached of those who are told of, and how all were, step by step.
func (c *course) told() (reached int, steps []IncidentStep) {
	counts := make([][2]earshot.GradeCounts, (c.to-c.from)/c.step) // of others, of those reached
	for _, p := range c.people {
		which := 0
		if p.reached {
			which = 1
			reached++
		}
		for i, m := range c.marks(p) {
			if m >= markNoReport {
				counts[i][which][m.grade()]++
			}
		}
	}
	steps = []IncidentStep{}
	for i, n := range counts {
		if n != ([2]earshot.GradeCounts{}) {
			at := c.from + earshot.Instant(i)*c.step
			steps = append(steps, IncidentStep{At: at.Time(), Reached: gradeCount(n[1]), Others: gradeCount(n[0])})
		}
	}
	return reached, steps
}

func (c *course) span() IncidentSpan {
	return IncidentSpan{From: c.from.Time(), To: c.to.Time(), StepSeconds: int(c.step / 1000)}
}
