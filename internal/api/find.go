package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// FindResult is who was there at a time, by what a ticket says of them.
type FindResult struct {
	Kind     string     `json:"kind" enum:"text,address,subnet,mac,email,number" doc:"what q was taken for"`
	At       *time.Time `json:"at,omitempty" doc:"the time that was asked for"`
	From     *time.Time `json:"from,omitempty" doc:"absent: from the beginning"`
	To       time.Time  `json:"to"`
	Items    []FoundRow `json:"items" doc:"with a time: worst first; without: newest first"`
	More     bool       `json:"more" doc:"there were more people than were asked for"`
	Meetings []FoundRef `json:"meetings" doc:"by topic, number or uuid, newest first"`
	Calls    []Call     `json:"calls" doc:"by name, number or id, newest first; Zoom sends no address for a call"`
}

// FoundRow is one join of one person that was found.
type FoundRow struct {
	SegmentRow
	In      FoundRef      `json:"in" doc:"the meeting"`
	Matched string        `json:"matched,omitempty" doc:"the address, MAC or host name that was found; absent where it was the person"`
	Then    *Device       `json:"device_then,omitempty" doc:"the device and network at that time"`
	Cause   earshot.Cause `json:"cause,omitempty" doc:"of most of its poor and bad minutes of that time"`
	Open    time.Time     `json:"open" doc:"the minute to look at first: the one asked for, else the worst"`
}

// FoundRef names a meeting that was found.
type FoundRef struct {
	ID     earshot.ID   `json:"id"`
	Kind   earshot.Kind `json:"kind,omitempty"`
	Topic  string       `json:"topic,omitempty"`
	Number string       `json:"number,omitempty"`
	UUID   string       `json:"uuid,omitempty"`
	Start  *time.Time   `json:"start,omitempty"`
	Live   bool         `json:"live,omitempty"`
}

type findInput struct {
	Q       string    `query:"q" required:"true" maxLength:"200" doc:"an IP address, a subnet (10.20.4.0/22, 10.20.*), a MAC, a host name, an e-mail address, a name, a topic, a number, a uuid"`
	At      time.Time `query:"at" doc:"when it was; without it the newest are found"`
	Span    int       `query:"span" minimum:"1" maximum:"720" default:"15" doc:"minutes before and after at"`
	Account idParam   `query:"account"`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

const (
	// foundNewest is how many are found without a time: each has to be looked at over its whole length.
	foundNewest = 25
	foundAtOnce = 3 // questions to the facts, which answer four at once
	foundCalls  = 10
)

// find answers a ticket. The text is in the query of an address, as in a browser's; nothing here logs addresses.
func (a *API) find(ctx context.Context, in *findInput) (*FindResult, error) {
	q := registry.FindQuery{Text: in.Q, Account: in.Account.ID, Limit: in.Limit}
	found, err := registry.Found{}, error(nil)
	if in.At.IsZero() {
		q.Limit = min(in.Limit, foundNewest)
		found, err = a.findNewest(ctx, &q)
	} else {
		at, span := earshot.InstantOf(in.At), earshot.Instant(in.Span)*60_000
		q.From, q.To = max(1, (at-span).Minute()), (at+span).Minute()+60_000
		found, err = a.registry.Find(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	out := &FindResult{Kind: found.Kind.String(), From: timeOf(q.From), To: q.To.Time(), More: found.More, Meetings: []FoundRef{}}
	if !in.At.IsZero() {
		out.At = &in.At
	}
	if out.Items, err = a.foundRows(ctx, found.Segments, &q, in.At); err != nil {
		return nil, err
	}
	for i := range found.Meetings {
		out.Meetings = append(out.Meetings, a.foundRef(&found.Meetings[i]))
	}
	out.Calls, err = a.foundCalls(ctx, &found, &q)
	return out, err
}

// findNewest looks back as far as is needed: a day, a week, everything.
func (a *API) findNewest(ctx context.Context, q *registry.FindQuery) (registry.Found, error) {
	now := a.live.Watermark()
	q.To = now.Minute() + 60_000
	var found registry.Found
	for _, back := range [...]earshot.Instant{24 * 3_600_000, 7 * 24 * 3_600_000, 0} {
		if q.From = 0; back != 0 {
			q.From = max(1, now-back)
		}
		var err error
		if found, err = a.registry.Find(ctx, *q); err != nil || found.More || len(found.Segments) >= q.Limit {
			return found, err
		}
	}
	return found, nil
}

func (a *API) foundRef(m *earshot.Meeting) FoundRef {
	now, ok := a.live.Meeting(m.ID)
	return FoundRef{ID: m.ID, Kind: m.Kind, Topic: m.Topic, Number: m.Number, UUID: m.UUID, Start: timeOf(began(m)), Live: ok && now.Live}
}

func (a *API) foundCalls(ctx context.Context, found *registry.Found, q *registry.FindQuery) ([]Call, error) {
	if found.Kind == registry.SoughtAddress || found.Kind == registry.SoughtSubnet || found.Kind == registry.SoughtMAC {
		return []Call{}, nil // Zoom names none of these for a call
	}
	calls, err := a.registry.Calls(ctx, registry.CallQuery{From: q.From, To: q.To, Account: q.Account, Search: q.Text, Limit: foundCalls})
	if err != nil {
		return nil, err
	}
	return a.callRows(ctx, calls.Items)
}

// foundRows tells how it was for each segment: in the time that was asked for, else over its whole length.
func (a *API) foundRows(ctx context.Context, found []registry.FoundSegment, q *registry.FindQuery, at time.Time) ([]FoundRow, error) {
	joins := make([]join, len(found))
	meetings := make([]earshot.ID, len(found))
	for i := range found {
		joins[i] = join{segment: &found[i].Segment}
		meetings[i] = found[i].Meeting
	}
	if err := a.who(ctx, joins); err != nil {
		return nil, err
	}
	in, err := a.registry.MeetingsByID(ctx, meetings)
	if err != nil {
		return nil, err
	}
	byID := make(map[earshot.ID]*earshot.Meeting, len(in))
	for i := range in {
		byID[in[i].ID] = &in[i]
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	then, err := a.gradesThen(ctx, found, q, at)
	if err != nil {
		return nil, err
	}
	rows := make([]FoundRow, len(found))
	for i := range found {
		f, t := &found[i], then[found[i].ID]
		row := &rows[i]
		row.SegmentRow, row.In, row.Matched = joins[i].row(sites), FoundRef{ID: f.Meeting}, f.Matched
		if f.Device != nil {
			row.Then = &Device{DeviceSnapshot: *f.Device, At: f.Device.At.Time()}
			row.Network, row.DataCenter = cmp.Or(f.Device.NetworkType, row.Network), cmp.Or(f.Device.DataCenter, row.DataCenter)
		}
		if m := byID[f.Meeting]; m != nil {
			row.In = a.foundRef(m)
		}
		if now, ok := a.live.Segment(f.ID); ok {
			row.Present = now.Present
		}
		row.Grade, row.Why, row.Reason, row.Minutes = earshot.Unclassified, earshot.WhyNoReport, nil, GradeCount{}
		row.Open = openAt(f, at).Time()
		if t == nil {
			continue
		}
		row.Grade, row.Why, row.Minutes, row.Cause = t.counts.Worst(), 0, gradeCount(t.counts), t.cause()
		row.Site = cmp.Or(siteRef(t.site, sites), row.Site)
		if at.IsZero() && t.worst != 0 {
			row.Open = t.worst.Time()
		}
	}
	if !at.IsZero() {
		slices.SortStableFunc(rows, func(x, y FoundRow) int { return worstFirst(x.SegmentRow, y.SegmentRow) })
	}
	return rows, nil
}

// openAt is the minute that was asked for, or the nearest one in which somebody was there.
func openAt(f *registry.FoundSegment, at time.Time) earshot.Instant {
	first, last := segmentSpan(&f.Segment, 0)
	asked := earshot.InstantOf(at).Minute()
	switch {
	case at.IsZero():
		return first
	case f.Leave == 0 && f.LastReport == 0: // nothing says when they left
		return max(first, asked)
	}
	return max(first, min(asked, last-60_000))
}

// then is how it was for one segment.
type then struct {
	counts earshot.GradeCounts
	causes [earshot.CauseCount]int // poor and bad minutes
	site   earshot.ID
	worst  earshot.Instant // the first minute of the worst grade; 0 where only counts are known
}

func (t *then) cause() earshot.Cause {
	best := earshot.CauseNone
	for c := earshot.CauseUnknown; c < earshot.CauseCount; c++ {
		if t.causes[c] > t.causes[best] {
			best = c
		}
	}
	return best
}

func (t *then) add(m *earshot.Minute) {
	if m.Grade > t.counts.Worst() || t.worst == 0 {
		t.worst = m.At
	}
	t.counts.Add(m.Grade)
	t.site = cmp.Or(m.Site, t.site)
	if m.Verdict.Cause != earshot.CauseNone {
		t.causes[m.Verdict.Cause]++
	}
}

// gradesThen grades what was found. With a time it is one question for everybody.
func (a *API) gradesThen(ctx context.Context, found []registry.FoundSegment, q *registry.FindQuery, at time.Time) (map[earshot.ID]*then, error) {
	out := make(map[earshot.ID]*then, len(found))
	if at.IsZero() {
		return out, a.gradesWhole(ctx, found, out)
	}
	if len(found) == 0 {
		return out, nil
	}
	wanted := make(map[earshot.ID]bool, len(found))
	for i := range found {
		wanted[found[i].ID] = true
	}
	groups, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: q.From, To: q.To, Account: q.Account}, By: []facts.Dimension{facts.BySegment, facts.ByCause, facts.BySite},
	})
	if err != nil {
		return nil, fmt.Errorf("grades of %d found segments: %w", len(found), err)
	}
	of := func(id earshot.ID) *then {
		if out[id] == nil {
			out[id] = &then{}
		}
		return out[id]
	}
	for i := range groups {
		g := &groups[i]
		if !wanted[g.Segment] {
			continue
		}
		t := of(g.Segment)
		for grade, n := range g.Minutes {
			t.counts[grade] += n
		}
		t.site = cmp.Or(g.Site, t.site)
		if g.Cause != earshot.CauseNone {
			t.causes[g.Cause] += g.Minutes[earshot.Bad] + g.Minutes[earshot.Poor]
		}
	}
	for id := range wanted {
		for _, row := range a.live.Minutes(id) {
			for k := range row.Minutes {
				if m := &row.Minutes[k]; m.Open && m.At >= q.From && m.At < q.To {
					of(id).add(&m.Minute)
				}
			}
		}
	}
	return out, nil
}

// gradesWhole grades each that was found over its whole length: several at once, for one question is a few milliseconds whatever the
// processors.
func (a *API) gradesWhole(ctx context.Context, found []registry.FoundSegment, out map[earshot.ID]*then) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(foundAtOnce)
	all := make([]then, len(found))
	for i := range found {
		g.Go(func() error {
			l, err := a.segmentMinutes(ctx, &found[i].Segment)
			for k := range l[found[i].ID] {
				all[i].add(&l[found[i].ID][k].Minute)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range all {
		if all[i].worst != 0 {
			out[found[i].ID] = &all[i]
		}
	}
	return nil
}
