package duckdb

import (
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// dimensions are the columns of what can be grouped by, and where their values go.
var dimensions = [...]struct {
	column string
	set    func(t *facts.Tally, r row, i int)
}{
	facts.ByAccount:       {"account", func(t *facts.Tally, r row, i int) { t.Account = r.id(i) }},
	facts.ByMeeting:       {"meeting", func(t *facts.Tally, r row, i int) { t.Meeting = r.id(i) }},
	facts.ByPerson:        {"person", func(t *facts.Tally, r row, i int) { t.Person = r.id(i) }},
	facts.BySegment:       {"segment", func(t *facts.Tally, r row, i int) { t.Segment = r.id(i) }},
	facts.BySite:          {"site", func(t *facts.Tally, r row, i int) { t.Site = r.id(i) }},
	facts.ByNetworkType:   {"network_type", func(t *facts.Tally, r row, i int) { t.NetworkType = r.text(i) }},
	facts.ByDataCenter:    {"data_center", func(t *facts.Tally, r row, i int) { t.DataCenter = r.text(i) }},
	facts.ByClientVersion: {"client_version", func(t *facts.Tally, r row, i int) { t.ClientVersion = r.text(i) }},
	facts.ByDeviceClass:   {"device_class", func(t *facts.Tally, r row, i int) { t.DeviceClass = r.text(i) }},
	facts.ByISP:           {"isp", func(t *facts.Tally, r row, i int) { t.ISP = r.text(i) }},
	facts.ByTransport:     {"transport", func(t *facts.Tally, r row, i int) { t.Transport = r.text(i) }},
	facts.ByKind:          {"kind", func(t *facts.Tally, r row, i int) { t.Kind = earshot.Kind(r.u8(i)) }},
	facts.ByCause:         {"cause", func(t *facts.Tally, r row, i int) { t.Cause = earshot.Cause(r.u8(i)) }},
}

// Tally implements [facts.Store].
func (s *Store) Tally(ctx context.Context, in facts.TallyQuery) ([]facts.Tally, error) {
	q, err := tallyQuestion(&in)
	if err != nil {
		return nil, err
	}
	var out []facts.Tally
	err = s.read(ctx, "tally minutes", func(ctx context.Context, c *conn) error {
		return q.ask(ctx, c, func(r row) error {
			out = append(out, tallyOf(&in, r))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if in.Limit <= 0 {
		slices.SortFunc(out, facts.CompareTallies)
	}
	return out, nil
}

func tallyQuestion(in *facts.TallyQuery) (*question, error) {
	step := int64(in.Step.Seconds())
	if step < 0 || step%60 != 0 {
		return nil, fmt.Errorf("tally minutes: a step of %s is not a whole number of minutes", in.Step)
	}
	q := ask("SELECT CAST(0 AS BIGINT) AS at")
	if step > 0 {
		q = ask("SELECT at_s - at_s % ? AS at", step)
	}
	from := "minute"
	for _, by := range in.By {
		if int(by) >= len(dimensions) {
			return nil, fmt.Errorf("tally minutes: there is no dimension %d", by)
		}
		if by == facts.ByCause {
			from = "minute_row"
		}
		q.add(", " + dimensions[by].column)
	}
	for g := range len(earshot.GradeCounts{}) {
		q.add(fmt.Sprintf(", count(*) FILTER (grade = %d)", g))
	}
	q.add(fmt.Sprintf(", count(DISTINCT person), count(DISTINCT person) FILTER (grade = %d), count(DISTINCT segment), count(DISTINCT meeting)", earshot.Bad))
	lo, hi := bounds(in.From, in.To)
	q.add(" FROM "+from+" WHERE at_s >= ? AND at_s < ?", lo, hi)
	q.where(" AND account = ?", in.Account).where(" AND meeting = ?", in.Meeting).where(" AND segment = ?", in.Segment).where(" AND person = ?", in.Person)
	q.where(" AND site = ?", in.Where.Site)
	for _, w := range []struct{ column, value string }{
		{"network_type", in.Where.NetworkType}, {"data_center", in.Where.DataCenter}, {"client_version", in.Where.ClientVersion},
		{"device_class", in.Where.DeviceClass}, {"isp", in.Where.ISP}, {"transport", in.Where.Transport},
	} {
		if w.value != "" {
			q.add(" AND "+w.column+" = ?", text(w.value))
		}
	}
	q.add(" GROUP BY ALL HAVING count(*) > 0")
	if in.Limit > 0 {
		// The columns before the counts are the group's, and settle the order of equals.
		keys := 1 + len(in.By)
		q.add(fmt.Sprintf(" ORDER BY %d DESC", keys+1+int(earshot.Bad)))
		for i := range keys {
			q.add(fmt.Sprintf(", %d", i+1))
		}
		q.add(" LIMIT ?", int64(in.Limit))
	}
	return q, nil
}

func tallyOf(in *facts.TallyQuery, r row) (t facts.Tally) {
	t.At = fromSeconds(r.i64(0))
	for i, by := range in.By {
		dimensions[by].set(&t, r, 1+i)
	}
	n := 1 + len(in.By)
	for g := range t.Minutes {
		t.Minutes[g] = int(r.i64(n + g))
	}
	n += len(t.Minutes)
	t.Persons, t.PersonsBad, t.Segments, t.Meetings = int(r.i64(n)), int(r.i64(n+1)), int(r.i64(n+2)), int(r.i64(n+3))
	return t
}
