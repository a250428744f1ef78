package api

import (
	"cmp"
	"context"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
)

// meetingRow is what a meeting says about itself, live or not.
func meetingRow(m *earshot.Meeting) MeetingRow {
	row := MeetingRow{
		ID: m.ID, Account: m.Account, UUID: m.UUID, Kind: m.Kind, Number: m.Number, Series: m.Series, Topic: m.Topic, Parent: m.Parent,
		Start: timeOf(m.Start), End: timeOf(m.End), LastSeen: timeOf(m.LastSeen),
	}
	if row.Start == nil {
		row.Start, row.StartEstimated = timeOf(m.FirstSeen), m.FirstSeen != 0
	}
	return row
}

func liveRow(m *live.Meeting) MeetingRow {
	row := meetingRow(&m.Meeting)
	row.Live, row.Host = m.Live, m.Host
	row.People, row.Unreported = m.People, m.Unreported
	row.Grade, row.Since = m.Grade, timeOf(m.Since)
	row.Now, row.Minutes, row.Affected = gradeCount(m.Now), gradeCount(m.Minutes), gradeCount(m.Affected)
	row.Reason = reasonOf(m.Reason, m.Grade)
	row.Strip = make([]StripMinute, len(m.Strip))
	for i := range m.Strip {
		row.Strip[i] = stripMinute(&m.Strip[i])
	}
	return row
}

func stripMinute(m *live.StripMinute) StripMinute {
	var c earshot.GradeCounts
	for g, n := range m.Counts {
		c[g] = int(n)
	}
	return StripMinute{m.At.Time(), gradeCount(c)}
}

// past is a meeting that is over and what is known of its grades.
type past struct {
	earshot.Meeting
	grades facts.MeetingGrades
}

// pastOf adds the grades to meetings, in their order: those of the facts, and minutes that are not sealed yet.
func (a *API) pastOf(ctx context.Context, meetings []earshot.Meeting) ([]past, error) {
	if len(meetings) == 0 {
		return nil, nil
	}
	ids := make([]earshot.ID, len(meetings))
	from, to := meetings[0].FirstSeen, meetings[0].LastSeen
	for i := range meetings {
		ids[i] = meetings[i].ID
		from, to = min(from, meetings[i].FirstSeen), max(to, meetings[i].LastSeen)
	}
	grades, err := a.facts.MeetingGrades(ctx, ids, from.Hour(), to.Hour()+3_600_000)
	if err != nil {
		return nil, fmt.Errorf("grades of %d meetings: %w", len(ids), err)
	}
	byMeeting := make(map[earshot.ID]facts.MeetingGrades, len(grades))
	for _, g := range grades {
		byMeeting[g.Meeting] = g
	}
	out := make([]past, len(meetings))
	open := a.live.Watermark() - 10*60_000 // minutes of before then are sealed
	for i := range meetings {
		out[i] = past{meetings[i], byMeeting[ids[i]]}
		if meetings[i].LastSeen >= open {
			out[i].addOpen(a.live.Minutes(ids[i]))
		}
	}
	return out, nil
}

// addOpen counts the minutes that are still open, and people of whom nothing else is known.
func (p *past) addOpen(rows []live.SegmentMinutes) {
	worst := make(map[earshot.ID]earshot.Grade)
	for _, row := range rows {
		for i := range row.Minutes {
			m := &row.Minutes[i]
			if m.Open {
				p.grades.Minutes.Add(m.Grade)
			}
			worst[m.Person] = earshot.Worse(worst[m.Person], m.Grade)
		}
	}
	p.grades.People = max(p.grades.People, len(worst))
	bad, poor := 0, 0
	for _, g := range worst {
		switch g {
		case earshot.Bad:
			bad++
		case earshot.Poor:
			poor++
		}
	}
	p.grades.AffectedBad, p.grades.AffectedPoor = max(p.grades.AffectedBad, bad), max(p.grades.AffectedPoor, poor)
}

// row is the list's row without who was there, see [API.crowd].
func (p *past) row() MeetingRow {
	row := meetingRow(&p.Meeting)
	row.People = p.grades.People
	row.Grade = lasting(p.grades.Minutes)
	row.Minutes = gradeCount(p.grades.Minutes)
	row.Affected = GradeCount{Bad: p.grades.AffectedBad, Poor: p.grades.AffectedPoor}
	return row
}

// crowd fills in what only the segments of past meetings tell: everybody who was there, those whom Zoom did not report, and
// the host's name.
func (a *API) crowd(ctx context.Context, rows []MeetingRow, hosts []string) error {
	ids := make([]earshot.ID, len(rows))
	at := make(map[earshot.ID]int, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
		at[rows[i].ID] = i
	}
	joins, err := a.registry.JoinsOf(ctx, ids)
	if err != nil {
		return fmt.Errorf("who was in %d meetings: %w", len(ids), err)
	}
	type member struct {
		meeting int
		person  earshot.ID // the segment where it names nobody
	}
	reported := make(map[member]bool)
	for i := range joins {
		j := &joins[i]
		k := member{at[j.Meeting], cmp.Or(j.Person, j.Segment)}
		reported[k] = reported[k] || j.Reported
		if row := &rows[k.meeting]; row.Host == "" && j.ZoomUserID != "" && j.ZoomUserID == hosts[k.meeting] {
			row.Host = cmp.Or(j.Name, j.PersonName)
		}
	}
	people, unreported := make([]int, len(rows)), make([]int, len(rows))
	for k, ok := range reported {
		people[k.meeting]++
		if !ok {
			unreported[k.meeting]++
		}
	}
	for i := range rows {
		if people[i] > 0 {
			rows[i].People, rows[i].Unreported = people[i], unreported[i]
		}
	}
	return nil
}

// meetingRows returns rows for meetings by id, live or past, for lists of joins. It does not ask who was there.
func (a *API) meetingRows(ctx context.Context, ids []earshot.ID) (map[earshot.ID]MeetingRow, error) {
	rows := make(map[earshot.ID]MeetingRow, len(ids))
	var over []earshot.ID
	for _, id := range ids {
		if _, done := rows[id]; done {
			continue
		}
		m, ok := a.live.Meeting(id)
		if ok {
			rows[id] = liveRow(m) // also of one that the registry has not written yet
		} else {
			rows[id] = MeetingRow{ID: id}
		}
		if !ok || !m.Live {
			over = append(over, id)
		}
	}
	known, err := a.registry.MeetingsByID(ctx, over)
	if err != nil {
		return nil, err
	}
	all, err := a.pastOf(ctx, known)
	if err != nil {
		return nil, err
	}
	for i := range all {
		rows[all[i].ID] = all[i].row()
	}
	return rows, nil
}
