package pull

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// minuteRow is a minute with what the registry says.
type minuteRow struct {
	earshot.Minute
	n *names
}

var minuteColumns = append([]column[minuteRow]{
	{Column{"at", Moment, "the minute's start", false}, func(m *minuteRow) Value { return moment(m.At) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(m *minuteRow) Value { return idValue(m.Account) }},
	{Column{"meeting", Text, "id of the meeting", false}, func(m *minuteRow) Value { return idValue(m.Meeting) }},
	{Column{"segment", Text, "id of the join", false}, func(m *minuteRow) Value { return idValue(m.Segment) }},
	{Column{"person", Text, "id of the person", false}, func(m *minuteRow) Value { return idValue(m.Person) }},
	{Column{"kind", Text, "meeting, webinar or session", false}, func(m *minuteRow) Value { return word(m.Kind.String()) }},
	{Column{"site", Text, "id of the site", false}, func(m *minuteRow) Value { return idValue(m.Site) }},
	{Column{"network_type", Text, "as Zoom spells it", false}, func(m *minuteRow) Value { return word(m.NetworkType) }},
	{Column{"data_center", Text, "as Zoom spells it", false}, func(m *minuteRow) Value { return word(m.DataCenter) }},
	{Column{"client_version", Text, "", false}, func(m *minuteRow) Value { return word(m.ClientVersion) }},
	{Column{"device_class", Text, "as Zoom spells it", false}, func(m *minuteRow) Value { return word(m.DeviceClass) }},
	{Column{"isp", Text, "the provider", false}, func(m *minuteRow) Value { return word(m.ISP) }},
	{Column{"transport", Text, "UDP, TCP, SSL", false}, func(m *minuteRow) Value { return word(m.Transport) }},
	{Column{"grade", Text, "good, fair, poor, bad or unclassified", false}, func(m *minuteRow) Value { return word(m.Grade.String()) }},
	{Column{"why", Text, "why it is unclassified", false}, func(m *minuteRow) Value { return word(m.Why.String()) }},
	{Column{"reason_wire", Text, "the stream that decided the grade, as Zoom names it", false}, func(m *minuteRow) Value {
		if !m.Reason.Set {
			return Value{}
		}
		return word(m.Reason.Wire.String())
	}},
	{Column{"reason_direction", Text, "send or receive", false}, func(m *minuteRow) Value { return word(m.Reason.Direction.String()) }},
	{Column{"reason_metric", Text, "the metric that decided the grade", false}, func(m *minuteRow) Value {
		if !m.Reason.Set {
			return Value{}
		}
		return word(m.Reason.Metric.String())
	}},
	{Column{"reason_value", Number, "what was seen, in the metric's unit", false}, func(m *minuteRow) Value { return Value{set: m.Reason.Set, number: float64(m.Reason.Value)} }},
	{Column{"reason_bound", Number, "where the grade begins, in the metric's unit", false}, func(m *minuteRow) Value { return Value{set: m.Reason.Set, number: float64(m.Reason.Bound)} }},
	{Column{"spike", Flag, "greatest loss went far beyond the average", false}, func(m *minuteRow) Value { return flag(m.Spike) }},
	{Column{"reports", Count, "how many reports the minute holds", false}, func(m *minuteRow) Value { return count(int(m.Reports)) }},
	{Column{"zoom_audio", Text, "Zoom's own verdict", false}, func(m *minuteRow) Value { return graded(m.ZoomAudio) }},
	{Column{"zoom_video", Text, "Zoom's own verdict", false}, func(m *minuteRow) Value { return graded(m.ZoomVideo) }},
	{Column{"zoom_share", Text, "Zoom's own verdict on sharing", false}, func(m *minuteRow) Value { return graded(m.ZoomShare) }},
	{Column{"cause", Text, "what made a poor or bad minute so", false}, func(m *minuteRow) Value { return word(m.Verdict.Cause.String()) }},
	{Column{"confidence_pct", Count, "of the cause", false}, func(m *minuteRow) Value {
		return Value{set: m.Verdict.Cause != earshot.CauseNone, count: int64(m.Verdict.Confidence)}
	}},
	{Column{"candidate", Text, "best guess where the cause is unknown", false}, func(m *minuteRow) Value { return word(m.Verdict.Candidate.String()) }},
	{Column{"scope", Text, "what the cause's cell is: person, site, isp, …", false}, func(m *minuteRow) Value { return word(m.Verdict.Cell.Scope.String()) }},
	{Column{"cell", Text, "id of the cell, where it has one", false}, func(m *minuteRow) Value { return idValue(m.Verdict.Cell.ID) }},
	{Column{"cell_name", Text, "a range, carrier, data center, version or pool", false}, func(m *minuteRow) Value { return word(m.Verdict.Cell.Name) }},
	{Column{"inside_bad", Count, "people of the cell who were bad", false}, func(m *minuteRow) Value { return counted(m.Verdict.Inside, m.Verdict.Inside.Bad) }},
	{Column{"inside_of", Count, "people of the cell", false}, func(m *minuteRow) Value { return counted(m.Verdict.Inside, m.Verdict.Inside.Of) }},
	{Column{"elsewhere_bad", Count, "everybody else who was bad", false}, func(m *minuteRow) Value { return counted(m.Verdict.Elsewhere, m.Verdict.Elsewhere.Bad) }},
	{Column{"elsewhere_of", Count, "everybody else", false}, func(m *minuteRow) Value { return counted(m.Verdict.Elsewhere, m.Verdict.Elsewhere.Of) }},
	{Column{"person_name", Text, "", true}, func(m *minuteRow) Value { return word(m.n.persons[m.Person].Name) }},
	{Column{"person_email", Text, "", true}, func(m *minuteRow) Value { return word(m.n.persons[m.Person].Email) }},
	{Column{"meeting_topic", Text, "", true}, func(m *minuteRow) Value { return word(m.n.meetings[m.Meeting].Topic) }},
	{Column{"site_name", Text, "", true}, func(m *minuteRow) Value { return word(m.n.sites[m.Site]) }},
}, slotColumns()...)

// slotColumns are the grades of a minute's streams.
func slotColumns() []column[minuteRow] {
	out := make([]column[minuteRow], earshot.SlotCount)
	for s := range earshot.StreamSlot(earshot.SlotCount) {
		out[s] = column[minuteRow]{Column{"grade_" + s.String(), Text, "grade of that stream, of the computer, of the radio", false}, func(m *minuteRow) Value { return graded(m.Slots[s]) }}
	}
	return out
}

// graded is absent where there is no verdict.
func graded(g earshot.Grade) Value {
	if g == earshot.Unclassified {
		return Value{}
	}
	return word(g.String())
}

// counted is absent where nobody was counted.
func counted(c earshot.Count, n int) Value { return Value{set: c.Of > 0, count: int64(n)} }

func (g *gathering) minutes(ctx context.Context) error {
	columns, rowOf := chosen(minuteColumns, g.q.Names)
	g.part.Columns = columns
	n, err := g.names(ctx)
	if err != nil {
		return err
	}
	return windows(ctx, g, g.e.o.Facts.Minutes, func(ctx context.Context, rows []earshot.Minute) error {
		kept := rows[:0]
		for i := range rows {
			m := &rows[i]
			if (g.q.Site == 0 || m.Site == g.q.Site) && (g.q.Grade == earshot.Unclassified || m.Grade == g.q.Grade) {
				kept = append(kept, *m)
			}
		}
		if g.q.Names {
			for i := range kept {
				n.wantPerson(kept[i].Person)
				n.wantMeeting(kept[i].Meeting)
			}
			if err := n.look(ctx); err != nil {
				return err
			}
		}
		for i := range kept {
			g.part.rows = append(g.part.rows, rowOf(&minuteRow{kept[i], n}))
		}
		return nil
	})
}

// sampleRow is a sample with what the registry says.
type sampleRow struct {
	facts.Sample
	direction earshot.Direction
	n         *names
}

var sampleColumns = append(append([]column[sampleRow]{
	{Column{"at", Moment, "Zoom's date_time", false}, func(s *sampleRow) Value { return moment(s.At) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(s *sampleRow) Value { return idValue(s.Account) }},
	{Column{"meeting", Text, "id of the meeting", false}, func(s *sampleRow) Value { return idValue(s.Meeting) }},
	{Column{"segment", Text, "id of the join", false}, func(s *sampleRow) Value { return idValue(s.Segment) }},
	{Column{"site", Text, "id of the site", false}, func(s *sampleRow) Value { return idValue(s.Site) }},
	{Column{"network_type", Text, "as Zoom spells it", false}, func(s *sampleRow) Value { return word(s.NetworkType) }},
	{Column{"data_center", Text, "as Zoom spells it", false}, func(s *sampleRow) Value { return word(s.DataCenter) }},
	{Column{"wire", Text, "the type, as Zoom names it", false}, func(s *sampleRow) Value { return word(s.Wire.String()) }},
	{Column{"media", Text, "audio, video or share", false}, func(s *sampleRow) Value { return word(s.Wire.Media().String()) }},
	{Column{"direction", Text, "send or receive, as the account's *_input is understood now", false}, func(s *sampleRow) Value { return word(s.direction.String()) }},
	{Column{"peer", Text, "client, crc or rwg", false}, func(s *sampleRow) Value { return word(s.Wire.Peer().String()) }},
}, metricColumns()...), []column[sampleRow]{
	{Column{"person", Text, "id of the person", true}, func(s *sampleRow) Value { return idValue(s.n.segments[s.Segment].Person) }},
	{Column{"person_name", Text, "in the meeting", true}, func(s *sampleRow) Value { return word(s.n.segments[s.Segment].Name) }},
	{Column{"meeting_topic", Text, "", true}, func(s *sampleRow) Value { return word(s.n.meetings[s.Meeting].Topic) }},
	{Column{"site_name", Text, "", true}, func(s *sampleRow) Value { return word(s.n.sites[s.Site]) }},
}...)

func metricColumns() []column[sampleRow] {
	out := make([]column[sampleRow], earshot.MetricCount)
	for m := range earshot.Metric(earshot.MetricCount) {
		out[m] = column[sampleRow]{Column{m.String(), Number, "", false}, func(s *sampleRow) Value {
			v, ok := s.Get(m)
			return Value{set: ok, number: v}
		}}
	}
	return out
}

func (g *gathering) samples(ctx context.Context) error {
	columns, rowOf := chosen(sampleColumns, g.q.Names)
	g.part.Columns = columns
	n, err := g.names(ctx)
	if err != nil {
		return err
	}
	return windows(ctx, g, g.e.o.Facts.Samples, func(ctx context.Context, rows []facts.Sample) error {
		if g.q.Names || g.q.Person != 0 {
			for i := range rows {
				n.wantSegment(rows[i].Segment)
				if g.q.Names {
					n.wantMeeting(rows[i].Meeting)
				}
			}
			if err := n.look(ctx); err != nil {
				return err
			}
		}
		for i := range rows {
			s := &rows[i]
			if g.q.Site != 0 && s.Site != g.q.Site || g.q.Person != 0 && n.segments[s.Segment].Person != g.q.Person {
				continue
			}
			audio, video := g.e.o.Input(s.Account)
			means := audio
			if s.Wire.Media() == earshot.MediaVideo {
				means = video
			}
			g.part.rows = append(g.part.rows, rowOf(&sampleRow{*s, means.Direction(s.Wire), n}))
		}
		return nil
	})
}
