package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

type meetingsInput struct {
	State   string  `query:"state" enum:"live,past" default:"live"`
	Q       string  `query:"q" maxLength:"200" doc:"part of topic, number, uuid or a participant's name"`
	Account idParam `query:"account"`
	Kind    string  `query:"kind" enum:"meeting,webinar,session"`
	Grade   string  `query:"grade" maxLength:"100" doc:"one or more grades, separated by commas"`
	Host    string  `query:"host" maxLength:"200" doc:"part of the host's name or e-mail address"`
	Cause   string  `query:"cause" maxLength:"200" doc:"one or more causes of somebody's poor or bad minutes, separated by commas"`
	Site    idParam `query:"site" doc:"live: somebody there is in it now; past: somebody was in it from there"`
	Series  idParam `query:"series"`
	Person  idParam `query:"person" doc:"is or was in it"`
	Sort    string  `query:"sort" enum:"worst,start,topic,people" default:"worst"`
	Order   string  `query:"order" enum:"asc,desc" doc:"worst first, newest first, topics from A, most people first unless given"`
	Span
	Paging
}

// meetingFilter is the checked question.
type meetingFilter struct {
	live.Filter
	host      string
	causes    []earshot.Cause
	from, to  earshot.Instant
	sort      string
	ascending bool
	order     byte // of cursors
	after     *sortKey
	limit     int
}

func (a *API) listMeetings(ctx context.Context, in *meetingsInput) (*Page[MeetingRow], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	if in.State == "live" {
		return a.liveMeetings(ctx, f)
	}
	if f.newestFirst() {
		return a.newestMeetings(ctx, f, in.Cursor)
	}
	if f.from == 0 {
		// Sorting needs an end somewhere: a week, unless asked otherwise.
		f.from = cmp.Or(f.to, a.live.Watermark()) - 7*24*3_600_000
	}
	return a.sortedMeetings(ctx, f)
}

func (in *meetingsInput) filter() (*meetingFilter, error) {
	f := &meetingFilter{sort: in.Sort, limit: in.Limit, host: in.Host}
	f.Query, f.Account, f.Series, f.Person, f.Site = in.Q, in.Account.ID, in.Series.ID, in.Person.ID, in.Site.ID
	for k := range earshot.Kind(4) {
		if in.Kind != "" && k.String() == in.Kind {
			f.Kind = k
		}
	}
	if in.Grade != "" {
		for word := range strings.SplitSeq(in.Grade, ",") {
			g, ok := earshot.ParseGrade(strings.TrimSpace(word))
			if !ok {
				return nil, badInput("grade", "%q is no grade; want good, fair, poor, bad or unclassified", word)
			}
			f.Grades = append(f.Grades, g)
		}
	}
	var err error
	if f.causes, err = words("cause", in.Cause, parseCause); err != nil {
		return nil, err
	}
	if f.from, f.to, err = in.within(0, 0); err != nil {
		return nil, err
	}
	// Keys put the greater first, which is descending for all but topics: their text is in order by itself.
	f.ascending = in.Order == "asc"
	if in.Sort == "topic" {
		f.ascending = in.Order == "desc"
	}
	f.order = in.State[0] ^ in.Sort[0]<<1
	if f.ascending {
		f.order ^= 0x80
	}
	if in.Cursor != "" && (in.State != "past" || !f.newestFirst()) {
		k, err := parseCursor(in.Cursor, f.order)
		if err != nil {
			return nil, err
		}
		f.after = &k
	}
	return f, nil
}

// newestFirst reports whether the registry alone answers, however far back.
func (f *meetingFilter) newestFirst() bool {
	return f.sort == "start" && !f.ascending && len(f.Grades) == 0 && f.Kind == 0 && f.Site == 0 && len(f.causes) == 0
}

// topicOf puts the topic back into a cursor's key: it does not stand in URLs.
func (a *API) topicOf(ctx context.Context, f *meetingFilter) error {
	if f.after == nil || f.sort != "topic" {
		return nil
	}
	if m, ok := a.live.Meeting(f.after.id); ok {
		f.after.text = strings.ToLower(m.Topic)
		return nil
	}
	m, ok, err := a.registry.Meeting(ctx, f.after.id)
	if err != nil {
		return err
	}
	if !ok {
		return registry.ErrCursor
	}
	f.after.text = strings.ToLower(m.Topic)
	return nil
}

func (a *API) liveMeetings(ctx context.Context, f *meetingFilter) (*Page[MeetingRow], error) {
	if err := a.topicOf(ctx, f); err != nil {
		return nil, err
	}
	all := a.live.Meetings(f.Filter)
	rows := make([]keyed[*live.Meeting], 0, len(all))
	for _, m := range all {
		if (f.from != 0 && m.LastSeen < f.from) || (f.to != 0 && m.FirstSeen >= f.to) || !a.passes(f, m) {
			continue
		}
		rows = append(rows, keyed[*live.Meeting]{liveKey(m, f.sort), m})
	}
	rows, next := page(rows, f.ascending, f.after, f.limit, f.order)
	out := &Page[MeetingRow]{Items: make([]MeetingRow, len(rows)), NextCursor: next}
	for i := range rows {
		out.Items[i] = liveRow(rows[i].row)
	}
	return out, nil
}

// liveKey is the place of a running meeting. Worst: by its grade, then by how many suffer from it, then by how long.
func liveKey(m *live.Meeting, by string) sortKey {
	k := sortKey{id: m.ID}
	switch by {
	case "worst":
		k.n = [keyNumbers]int64{int64(m.Grade), int64(m.Now[earshot.Bad]), int64(m.Now[earshot.Poor]), int64(m.Now[earshot.Fair]), -int64(m.Since), int64(m.People)}
	case "start":
		k.n[0] = int64(began(&m.Meeting))
	case "topic":
		k.text = strings.ToLower(m.Topic)
	case "people":
		k.n[0] = int64(m.People)
	}
	return k
}

// pastKey is the place of a past meeting. Worst: by what lasted, then by how many people it hit, then by minutes.
func pastKey(p *past, by string) sortKey {
	k := sortKey{id: p.ID}
	switch by {
	case "worst":
		c := &p.grades.Minutes
		k.n = [keyNumbers]int64{int64(lasting(*c)), int64(p.grades.AffectedBad), int64(p.grades.AffectedPoor), int64(c[earshot.Bad]), int64(c[earshot.Poor]), int64(p.FirstSeen)}
	case "start":
		k.n[0] = int64(began(&p.Meeting))
	case "topic":
		k.text = strings.ToLower(p.Topic)
	case "people":
		k.n[0] = int64(p.grades.People)
	}
	return k
}

func began(m *earshot.Meeting) earshot.Instant {
	if m.Start != 0 {
		return m.Start
	}
	return m.FirstSeen
}

func (a *API) query(f *meetingFilter) registry.MeetingQuery {
	return registry.MeetingQuery{
		From: f.from, To: f.to, Account: f.Account, Series: f.Series, Person: f.Person, Search: f.Query, Host: f.host,
		EndedBy: max(1, a.live.Watermark()), Limit: f.limit,
	}
}

// newestMeetings walks the registry page by page, however far back it goes.
func (a *API) newestMeetings(ctx context.Context, f *meetingFilter, cursor string) (*Page[MeetingRow], error) {
	q := a.query(f)
	q.After = cursor
	found, err := a.registry.Meetings(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := a.pastOf(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	return a.pastPage(ctx, rows, found.Next)
}

// sortedMeetings sorts the newest maxPast meetings of the span.
func (a *API) sortedMeetings(ctx context.Context, f *meetingFilter) (*Page[MeetingRow], error) {
	if err := a.topicOf(ctx, f); err != nil {
		return nil, err
	}
	q := a.query(f)
	var err error
	if q.Only, err = a.meetingsWhere(ctx, f); err != nil {
		return nil, err
	}
	var found []earshot.Meeting
	for q.Limit = maxPast; len(found) < maxPast; {
		p, err := a.registry.Meetings(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			if f.Kind == 0 || p.Items[i].Kind == f.Kind {
				found = append(found, p.Items[i])
			}
		}
		if q.After = p.Next; q.After == "" {
			break
		}
	}
	graded, err := a.pastOf(ctx, found)
	if err != nil {
		return nil, err
	}
	rows := make([]keyed[past], 0, len(graded))
	for i := range graded {
		if len(f.Grades) == 0 || slices.Contains(f.Grades, lasting(graded[i].grades.Minutes)) {
			rows = append(rows, keyed[past]{pastKey(&graded[i], f.sort), graded[i]})
		}
	}
	rows, next := page(rows, f.ascending, f.after, f.limit, f.order)
	out := make([]past, len(rows))
	for i := range rows {
		out[i] = rows[i].row
	}
	return a.pastPage(ctx, out, next)
}

func (a *API) pastPage(ctx context.Context, rows []past, next string) (*Page[MeetingRow], error) {
	out := &Page[MeetingRow]{Items: make([]MeetingRow, len(rows)), NextCursor: next}
	hosts := make([]string, len(rows))
	for i := range rows {
		out.Items[i], hosts[i] = rows[i].row(), rows[i].HostID
	}
	return out, a.crowd(ctx, out.Items, hosts)
}
