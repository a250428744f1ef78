package duckdb

import (
	"context"
	"fmt"
	"math"
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

// tallyQuestion asks the minutes of the hours that tally counts from there, and the others from the rows themselves.
func tallyQuestion(in *facts.TallyQuery) (*question, error) {
	step := int64(in.Step.Seconds())
	if step < 0 || step%60 != 0 {
		return nil, fmt.Errorf("tally minutes: a step of %s is not a whole number of minutes", in.Step)
	}
	if len(in.By) > maxDimensions {
		return nil, fmt.Errorf("tally minutes: %d dimensions to group by, at most %d", len(in.By), maxDimensions)
	}
	for _, by := range in.By {
		if int(by) >= len(dimensions) {
			return nil, fmt.Errorf("tally minutes: there is no dimension %d", by)
		}
	}
	q := ask("SELECT CAST(0 AS BIGINT) AS at")
	if step > 0 {
		q = ask("SELECT t - (t % ? + ?) % ? AS at", step, step, step)
	}
	for i := range in.By {
		q.add(fmt.Sprintf(", d%d", i))
	}
	for g := range len(earshot.GradeCounts{}) {
		q.add(fmt.Sprintf(", CAST(sum(n%d) AS BIGINT)", g))
	}
	if !in.MinutesOnly {
		q.add(fmt.Sprintf(", count(DISTINCT person), count(DISTINCT person) FILTER (n%d > 0), count(DISTINCT segment), count(DISTINCT meeting)", earshot.Bad))
	}
	q.add(" FROM (")
	q.parts(in, func(*question) {})
	q.add(") GROUP BY ALL HAVING count(*) > 0")
	if in.Limit > 0 {
		q.add(fmt.Sprintf(" ORDER BY %d DESC", 2+len(in.By)+int(earshot.Bad)))
		q.add(", 1")
		// In the order of [facts.CompareTallies], whatever that of the question.
		by := slices.Clone(in.By)
		slices.Sort(by)
		for _, d := range by {
			q.add(fmt.Sprintf(", d%d", slices.Index(in.By, d)))
		}
		q.add(" LIMIT ?", int64(in.Limit))
	}
	return q, nil
}

// maxDimensions is how many there may be to group by.
const maxDimensions = 6

// wholeHours returns the hours that lie within [lo, hi) as a whole.
func wholeHours(lo, hi int64) (first, last int64) {
	first, last = lo, hi
	if lo != math.MinInt64 {
		first = floorTo(lo+3599, 3600)
	}
	if hi != math.MaxInt64 {
		last = floorTo(hi, 3600)
	}
	return first, last
}

// parts adds all sources of counts: tally for whole hours where the steps allow it, and rows. narrow adds conditions to each.
func (q *question) parts(in *facts.TallyQuery, narrow func(*question)) {
	lo, hi := bounds(in.From, in.To)
	part := func(table string, lo, hi int64) {
		q.part(in, table, lo, hi)
		narrow(q)
	}
	if first, last := wholeHours(lo, hi); int64(in.Step.Seconds())%3600 != 0 || first >= last {
		part("minute_sorted", lo, hi)
	} else {
		part("tally", first, last)
		if lo < first {
			q.add(" UNION ALL ")
			part("minute_sorted", lo, first)
		}
		if last < hi {
			q.add(" UNION ALL ")
			part("minute_sorted", last, hi)
		}
	}
	q.add(" UNION ALL ")
	part("minute_recent", lo, hi)
}

// part adds one source of counts: what the filter lets through of a table's rows in [lo, hi).
func (q *question) part(in *facts.TallyQuery, table string, lo, hi int64) {
	at := "at_s"
	counts := make([]string, len(earshot.GradeCounts{}))
	for g := range counts {
		counts[g] = fmt.Sprintf("CAST(grade = %d AS UINTEGER)", g)
	}
	cause, from := "coalesce(cause, 0)", table
	if table == "tally" {
		at, counts, cause = "hour_s", []string{"unclassified", "good", "fair", "poor", "bad"}, "cause"
	} else if slices.Contains(in.By, facts.ByCause) {
		from += " LEFT JOIN (SELECT segment, at_s, cause FROM verdict WHERE at_s >= ? AND at_s < ?) USING (segment, at_s)"
	}
	q.add("SELECT " + at + " AS t, person, segment, meeting")
	for i, by := range in.By {
		column := dimensions[by].column
		if by == facts.ByCause {
			column = cause
		}
		q.add(fmt.Sprintf(", %s AS d%d", column, i))
	}
	for g, count := range counts {
		q.add(fmt.Sprintf(", %s AS n%d", count, g))
	}
	q.add(" FROM " + from)
	if from != table {
		q.args = append(q.args, lo, hi)
	}
	q.add(" WHERE "+at+" >= ? AND "+at+" < ?", lo, hi)
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
	if n += len(t.Minutes); in.MinutesOnly {
		return t
	}
	t.Persons, t.PersonsBad, t.Segments, t.Meetings = int(r.i64(n)), int(r.i64(n+1)), int(r.i64(n+2)), int(r.i64(n+3))
	return t
}
