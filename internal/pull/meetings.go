package pull

import (
	"cmp"
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// pageRows is how many rows of the registry one look takes.
const pageRows = 500

// reached says how much of the span is told when a list, newest first, has come to a time.
func (g *gathering) reached(at earshot.Instant) {
	at = min(max(at, g.q.From), g.q.To)
	g.part.Done = float64(g.q.To-at) / float64(g.q.To-g.q.From)
}

// page goes on with the registry's next page, "" for none.
func (g *gathering) page(next string) { g.at.Cursor, g.over = next, next == "" }

// meetingRow is a meeting with its grades.
type meetingRow struct {
	earshot.Meeting
	grades facts.MeetingGrades
}

var meetingColumns = []column[meetingRow]{
	{Column{"meeting", Text, "id of the meeting", false}, func(m *meetingRow) Value { return idValue(m.ID) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(m *meetingRow) Value { return idValue(m.Account) }},
	{Column{"kind", Text, "meeting, webinar or session", false}, func(m *meetingRow) Value { return word(m.Kind.String()) }},
	{Column{"series", Text, "id of the recurring number", false}, func(m *meetingRow) Value { return idValue(m.Series) }},
	{Column{"parent", Text, "of a breakout room: id of its meeting", false}, func(m *meetingRow) Value { return idValue(m.Parent) }},
	{Column{"start", Moment, "as Zoom said", false}, func(m *meetingRow) Value { return moment(m.Start) }},
	{Column{"end", Moment, "as Zoom said", false}, func(m *meetingRow) Value { return moment(m.End) }},
	{Column{"first_seen", Moment, "first event", false}, func(m *meetingRow) Value { return moment(m.FirstSeen) }},
	{Column{"last_seen", Moment, "last event", false}, func(m *meetingRow) Value { return moment(m.LastSeen) }},
	{Column{"people", Count, "with a minute", false}, func(m *meetingRow) Value { return count(m.grades.People) }},
	{Column{"people_bad", Count, "with a bad minute", false}, func(m *meetingRow) Value { return count(m.grades.AffectedBad) }},
	{Column{"people_poor", Count, "with a poor minute and no bad one", false}, func(m *meetingRow) Value { return count(m.grades.AffectedPoor) }},
	{Column{"minutes_good", Count, "participant-minutes", false}, func(m *meetingRow) Value { return count(m.grades.Minutes[earshot.Good]) }},
	{Column{"minutes_fair", Count, "participant-minutes", false}, func(m *meetingRow) Value { return count(m.grades.Minutes[earshot.Fair]) }},
	{Column{"minutes_poor", Count, "participant-minutes", false}, func(m *meetingRow) Value { return count(m.grades.Minutes[earshot.Poor]) }},
	{Column{"minutes_bad", Count, "participant-minutes", false}, func(m *meetingRow) Value { return count(m.grades.Minutes[earshot.Bad]) }},
	{Column{"minutes_unclassified", Count, "participant-minutes", false}, func(m *meetingRow) Value { return count(m.grades.Minutes[earshot.Unclassified]) }},
	{Column{"uuid", Text, "Zoom's", true}, func(m *meetingRow) Value { return word(m.UUID) }},
	{Column{"number", Text, "Zoom's", true}, func(m *meetingRow) Value { return word(m.Number) }},
	{Column{"topic", Text, "", true}, func(m *meetingRow) Value { return word(m.Topic) }},
}

func (g *gathering) meetings(ctx context.Context) error {
	columns, rowOf := chosen(meetingColumns, g.q.Names)
	g.part.Columns = columns
	return g.eachMeetingPage(ctx, min(pageRows, g.want), func(ctx context.Context, all []earshot.Meeting) error {
		grades, err := g.grades(ctx, all)
		if err != nil {
			return err
		}
		for i := range all {
			g.part.rows = append(g.part.rows, rowOf(&meetingRow{Meeting: all[i], grades: grades[all[i].ID]}))
		}
		return nil
	})
}

// eachMeetingPage hands over the meetings of the question page by page, newest first.
func (g *gathering) eachMeetingPage(ctx context.Context, limit int, each func(context.Context, []earshot.Meeting) error) error {
	q := registry.MeetingQuery{From: g.q.From, To: g.q.To, Account: g.q.Account, Person: g.q.Person}
	if g.q.Meeting != 0 {
		q.Only = []earshot.ID{g.q.Meeting}
	}
	for !g.enough() {
		q.After, q.Limit = g.at.Cursor, limit
		page, err := g.e.o.Registry.Meetings(ctx, q)
		if err != nil {
			return err
		}
		if err := each(ctx, page.Items); err != nil {
			return err
		}
		if n := len(page.Items); n > 0 {
			g.reached(page.Items[n-1].FirstSeen)
		}
		g.page(page.Next)
	}
	return nil
}

// grades counts the minutes of meetings, over all of their time.
func (g *gathering) grades(ctx context.Context, all []earshot.Meeting) (map[earshot.ID]facts.MeetingGrades, error) {
	out := make(map[earshot.ID]facts.MeetingGrades, len(all))
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]earshot.ID, len(all))
	from, to := all[0].FirstSeen, all[0].LastSeen
	for i := range all {
		ids[i], from, to = all[i].ID, min(from, all[i].FirstSeen), max(to, all[i].LastSeen)
	}
	// Reports tell of some minutes before they are sent.
	found, err := g.e.o.Facts.MeetingGrades(ctx, ids, from.Hour()-3_600_000, to.Hour()+2*3_600_000)
	for i := range found {
		out[found[i].Meeting] = found[i]
	}
	return out, err
}

// segmentRow is a join with its meeting.
type segmentRow struct {
	earshot.Segment
	meeting *earshot.Meeting
	device  earshot.DeviceSnapshot // the last that was told
	n       *names
}

var segmentColumns = []column[segmentRow]{
	{Column{"segment", Text, "id of the join", false}, func(s *segmentRow) Value { return idValue(s.ID) }},
	{Column{"meeting", Text, "id of the meeting", false}, func(s *segmentRow) Value { return idValue(s.Meeting) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(s *segmentRow) Value { return idValue(s.Account) }},
	{Column{"person", Text, "id of the person", false}, func(s *segmentRow) Value { return idValue(s.Person) }},
	{Column{"kind", Text, "meeting, webinar or session", false}, func(s *segmentRow) Value { return word(s.meeting.Kind.String()) }},
	{Column{"parent", Text, "of a breakout room: the join of the main room", false}, func(s *segmentRow) Value { return idValue(s.Parent) }},
	{Column{"join", Moment, "as Zoom said", false}, func(s *segmentRow) Value { return moment(s.Join) }},
	{Column{"leave", Moment, "as Zoom said", false}, func(s *segmentRow) Value { return moment(s.Leave) }},
	{Column{"leave_reason", Text, "Zoom's words", false}, func(s *segmentRow) Value { return word(s.LeaveReason) }},
	{Column{"first_report", Moment, "first report of quality", false}, func(s *segmentRow) Value { return moment(s.FirstReport) }},
	{Column{"last_report", Moment, "last report of quality", false}, func(s *segmentRow) Value { return moment(s.LastReport) }},
	{Column{"external", Flag, "of another organisation", false}, func(s *segmentRow) Value { return flag(s.External) }},
	{Column{"client", Text, "the last that was told", false}, func(s *segmentRow) Value { return word(s.device.Client) }},
	{Column{"client_version", Text, "", false}, func(s *segmentRow) Value { return word(s.device.ClientVersion) }},
	{Column{"network_type", Text, "as Zoom spells it", false}, func(s *segmentRow) Value { return word(s.device.NetworkType) }},
	{Column{"transport", Text, "UDP, TCP, SSL", false}, func(s *segmentRow) Value { return word(s.device.ConnectionType) }},
	{Column{"data_center", Text, "as Zoom spells it", false}, func(s *segmentRow) Value { return word(s.device.DataCenter) }},
	{Column{"name", Text, "in the meeting", true}, func(s *segmentRow) Value { return word(s.Name) }},
	{Column{"person_name", Text, "", true}, func(s *segmentRow) Value { return word(s.n.persons[s.Person].Name) }},
	{Column{"person_email", Text, "", true}, func(s *segmentRow) Value { return word(s.n.persons[s.Person].Email) }},
	{Column{"meeting_topic", Text, "", true}, func(s *segmentRow) Value { return word(s.meeting.Topic) }},
}

// segments go meeting by meeting.
func (g *gathering) segments(ctx context.Context) error {
	columns, rowOf := chosen(segmentColumns, g.q.Names)
	g.part.Columns = columns
	n, err := g.names(ctx)
	if err != nil {
		return err
	}
	return g.eachMeetingPage(ctx, 25, func(ctx context.Context, all []earshot.Meeting) error {
		for i := range all {
			segments, err := g.e.o.Registry.SegmentsOf(ctx, all[i].ID)
			if err != nil {
				return err
			}
			if g.q.Names {
				for k := range segments {
					n.wantPerson(segments[k].Person)
				}
				if err := n.look(ctx); err != nil {
					return err
				}
			}
			for k := range segments {
				s := &segments[k]
				from, to := cmp.Or(s.Join, s.FirstReport, all[i].FirstSeen), cmp.Or(s.Leave, s.LastReport, all[i].LastSeen)
				if from >= g.q.To || to < g.q.From || g.q.Person != 0 && s.Person != g.q.Person {
					continue
				}
				r := segmentRow{Segment: *s, meeting: &all[i], n: n}
				if len(s.Devices) > 0 {
					r.device = s.Devices[len(s.Devices)-1]
				}
				g.part.rows = append(g.part.rows, rowOf(&r))
			}
		}
		return nil
	})
}
