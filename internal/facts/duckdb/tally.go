package duckdb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

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
	if err := in.Check(); err != nil {
		return nil, fmt.Errorf("tally minutes: %w", err)
	}
	if len(in.By) > maxDimensions {
		return nil, fmt.Errorf("tally minutes: %d dimensions to group by, at most %d", len(in.By), maxDimensions)
	}
	for _, by := range in.By {
		if int(by) >= len(dimensions) {
			return nil, fmt.Errorf("tally minutes: there is no dimension %d", by)
		}
	}
	q := ask("")
	if in.Only != nil {
		q.add("WITH all_steps AS MATERIALIZED (")
	}
	if step > 0 {
		q.add("SELECT t - (t % ? + ?) % ? AS bucket", step, step, step)
	} else {
		q.add("SELECT CAST(0 AS BIGINT) AS bucket")
	}
	for i := range in.By {
		q.add(fmt.Sprintf(", d%d", i))
	}
	for g := range len(earshot.GradeCounts{}) {
		q.add(fmt.Sprintf(", CAST(sum(n%d) AS BIGINT) AS s%d", g, g))
	}
	if !in.MinutesOnly {
		q.add(fmt.Sprintf(", count(DISTINCT person), count(DISTINCT person) FILTER (n%d > 0), count(DISTINCT segment), count(DISTINCT meeting)", earshot.Bad))
	}
	q.add(" FROM (")
	q.parts(in, func(*question) {})
	q.add(") GROUP BY ALL HAVING count(*) > 0")
	if in.Only != nil {
		q.spells(in)
	}
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

// spells leaves out the groups without a spell. A group whose dimension is unknown has none.
func (q *question) spells(in *facts.TallyQuery) {
	by := make([]string, len(in.By))
	for i := range by {
		by[i] = fmt.Sprintf("d%d", i)
	}
	groups := strings.Join(by, ", ")
	var bad, classified []string
	for g := earshot.Good; int(g) < len(earshot.GradeCounts{}); g++ {
		classified = append(classified, fmt.Sprintf("s%d", g))
		if g >= in.Only.Grade {
			bad = append(bad, fmt.Sprintf("s%d", g))
		}
	}
	q.add("), judged AS (SELECT " + groups + ", bucket, " + strings.Join(bad, " + ") + " AS bad, " + strings.Join(classified, " + ") + " AS classified FROM all_steps)")
	// Most groups are small and well: they are left out before windows, which are dear, are looked at.
	q.add(", possible AS (SELECT "+groups+" FROM judged GROUP BY ALL HAVING max(classified) >= ? AND sum(CAST(bad > 0 AS INTEGER)) >= ? AND 100 * sum(bad) >= ?)",
		int64(in.Only.Seen), int64(max(1, in.Only.Steps)), (in.Only.Percent-1e-9)*float64(in.Only.Seen))
	q.add(fmt.Sprintf(`, windows AS (SELECT %s, sum(bad) OVER w AS bad, sum(classified) OVER w AS classified, sum(CAST(bad > 0 AS INTEGER)) OVER w AS steps, max(classified) OVER w AS seen
		FROM judged SEMI JOIN possible USING (%s) WINDOW w AS (PARTITION BY %s ORDER BY bucket RANGE BETWEEN %d PRECEDING AND CURRENT ROW))`, groups, groups, groups, max(0, int64((in.Only.Window-in.Step).Seconds()))))
	q.add(", spelled AS (SELECT DISTINCT "+groups+" FROM windows WHERE steps >= ? AND seen >= ? AND 100 * bad >= ? * classified)",
		int64(max(1, in.Only.Steps)), int64(in.Only.Seen), in.Only.Percent-1e-9)
	q.add(" SELECT all_steps.* FROM all_steps SEMI JOIN spelled USING (" + groups + ")")
}

// among narrows to some ids. They are numbers and no texts, and there may be more of them than placeholders.
func (q *question) among(column string, ids []earshot.ID) {
	if len(ids) == 0 {
		return
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatUint(uint64(id), 10)
	}
	q.add(" AND " + column + " IN (" + strings.Join(list, ", ") + ")")
}

// maxDimensions is how many there may be to group by.
const maxDimensions = 8

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
	q.among("site", in.Sites)
	q.among("person", in.Persons)
	q.among("meeting", in.Meetings)
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
