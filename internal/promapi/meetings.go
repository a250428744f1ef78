package promapi

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

const (
	meetingParticipants = "zoom_qos_meeting_participants"
	segmentGrade        = "zoom_qos_segment_grade"
	// shownMeetings are those with the most bad minutes, where none is named.
	shownMeetings = 20
)

var errNoMeeting = errors.New(`grades of people are read of one meeting, segment or person at a time: add {meeting="…"}, {segment="…"} or {person="…"} with its id`)

// readMeeting counts the people of one meeting by minute and grade, or those of the meetings with the most bad minutes.
func (a *API) readMeeting(ctx context.Context, s *selection, c *collection) error {
	from, to := s.from.Minute(), min(s.to.Minute()+minuteMs, s.now.Add(-unsealed).Minute())
	chosen := []earshot.ID{idOf(s.equal("meeting"))}
	if from >= to {
		return nil
	}
	if chosen[0] == 0 {
		chosen = nil
		worst, err := a.o.Facts.Tally(ctx, facts.TallyQuery{
			Filter: facts.Filter{From: from, To: to, Limit: shownMeetings}, By: []facts.Dimension{facts.ByMeeting}, MinutesOnly: true,
		})
		if err != nil {
			return err
		}
		for i := range worst {
			chosen = append(chosen, worst[i].Meeting)
		}
	}
	for _, id := range chosen {
		k := &counting{s: s, c: c, groups: make(map[facts.Tally]*counted), labels: []label{{name: "meeting", of: func(t *facts.Tally, _ *names) string { return idText(t.Meeting) }}}}
		rows, err := a.o.Facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: from, To: to, Meeting: id}, Step: time.Minute, MinutesOnly: true})
		if err != nil {
			return err
		}
		for i := range rows {
			if err := k.put(facts.Tally{Meeting: id}, rows[i].At, minuteMs, &rows[i].Minutes); err != nil {
				return err
			}
		}
		if err := k.finish(s.to, minuteMs); err != nil {
			return err
		}
	}
	return nil
}

// readGrades gives the grade of every minute of somebody: 0 unclassified, 1 good, 2 fair, 3 poor, 4 bad.
func (a *API) readGrades(ctx context.Context, s *selection, c *collection) error {
	f := facts.Filter{
		From: s.from.Minute(), To: s.to + 1, Meeting: idOf(s.equal("meeting")), Segment: idOf(s.equal("segment")), Person: idOf(s.equal("person")), Limit: a.o.MaxSamples,
	}
	if f.Meeting == 0 && f.Segment == 0 && f.Person == 0 {
		if s.equal(model.MetricNameLabel) == "" {
			return nil
		}
		return errNoMeeting
	}
	rows, err := a.o.Facts.Minutes(ctx, f)
	if err != nil {
		return err
	}
	last := make(map[int]earshot.Instant)
	for i := range rows {
		m := &rows[i]
		ls := labels.FromStrings(model.MetricNameLabel, segmentGrade, "meeting", m.Meeting.String(), "segment", m.Segment.String(), "person", m.Person.String())
		if !s.matches(ls) {
			continue
		}
		series := c.of(ls)
		if before, known := last[series]; known && m.At-before > minuteMs {
			if err := c.add(series, ended(before+minuteMs)); err != nil {
				return err
			}
		}
		last[series] = m.At
		if err := c.add(series, point{int64(m.At), float64(m.Grade)}); err != nil {
			return err
		}
	}
	for series, at := range last {
		if at += minuteMs; at <= s.to {
			if err := c.add(series, ended(at)); err != nil {
				return err
			}
		}
	}
	return nil
}
