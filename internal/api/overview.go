package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
)

// How long answers are good for: now changes with every report, the day slowly, and comparing weeks is the dearest.
const (
	nowFresh    = time.Second
	dayFresh    = 10 * time.Second
	groupsFresh = 30 * time.Second
)

const (
	// openTail is how far back minutes are read from the live view: longer than a minute takes to be sealed and stored, and
	// no longer than the live view has every minute ([live.Kept]).
	openTail = 6 * time.Minute
	// scoreWindow is how old a call's score may be to be its present one: three reports at one a minute.
	scoreWindow = 3 * time.Minute
	mostNowSite = 10
)

// overviews holds the newest answers.
type overviews struct {
	now    kept[OverviewNow]
	day    kept[OverviewDay]
	groups kept[OverviewGroups]
}

func (a *API) getOverviewNow(ctx context.Context, _ *struct{}) (*OverviewNow, error) {
	return a.overviews.now.get(ctx, "", nowFresh, a.overviewNow)
}

func (a *API) overviewNow(ctx context.Context) (*OverviewNow, error) {
	o := a.live.Overview()
	out := &OverviewNow{
		Received: o.LastEvent != 0, Watermark: timeOf(o.Watermark), LastEvent: timeOf(o.LastEvent), CutOff: o.CutOff, People: o.People, External: o.External, ByGrade: gradeCount(o.Now),
		MeetingsByGrade: gradeCount(o.Meetings), Calls: len(o.Calls), Strip: make([]StripMinute, len(o.Strip)),
		Groups: make([]NowGroup, len(o.Groups)), Sites: []NowSite{}, Bad: make([]NowPerson, len(o.Bad)),
		Coverage: Coverage{Minutes: live.OverviewMinutes, Expected: o.Expected, Reported: o.Reported},
	}
	for _, n := range o.Meetings {
		out.Meetings += n
	}
	for i := range o.Strip {
		out.Strip[i] = stripMinute(&o.Strip[i])
	}
	if o.Expected > 0 {
		missing := tenths(100 * float64(o.Expected-o.Reported) / float64(o.Expected))
		out.Coverage.MissingPct = &missing
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	names := &incidentNames{sites: sites}
	for i, g := range o.Groups {
		out.Groups[i] = NowGroup{Cause: g.Cause, People: g.People}
		if g.Cell.Scope != earshot.ScopeNone {
			cell := names.cell(g.Cell)
			out.Groups[i].Cell = &cell
		}
	}
	for i := range o.Bad {
		out.Bad[i] = a.nowPerson(&o.Bad[i], sites)
	}
	a.nowSites(out, sites)
	return out, a.scoreCalls(ctx, out, &o)
}

func (a *API) nowPerson(s *live.Sufferer, sites map[earshot.ID]*earshot.Site) NowPerson {
	j := join{segment: &s.Segment.Segment, now: &s.SegmentNow}
	out := NowPerson{
		Segment: s.ID, Meeting: MeetingRef{ID: s.Meeting}, Person: PersonRef{ID: s.Person, Name: j.name(), External: s.External},
		Site: siteRef(s.Site, sites), Network: s.NetworkType, Since: timeOf(s.Since), Reason: reasonOf(s.Reason, s.Grade),
	}
	if out.Site != nil && out.Site.Name == "" {
		out.Site.Name, out.Site.Derived = s.SiteName, s.SiteDerived // not stored yet
	}
	if m, ok := a.live.Meeting(s.Meeting); ok {
		out.Meeting.Topic, out.Meeting.Start = m.Topic, timeOf(began(&m.Meeting))
	}
	if c := causeOf(&s.Verdict); c != nil {
		out.Cause = *c
	}
	return out
}

// nowSites lists where people are bad now.
func (a *API) nowSites(out *OverviewNow, sites map[earshot.ID]*earshot.Site) {
	for _, n := range a.live.Sites(0) {
		bad := n.Now[earshot.Bad]
		if bad == 0 {
			continue
		}
		ref := siteRef(n.Site, sites)
		if ref.Name == "" {
			ref.Name, ref.Derived = n.Name, n.Derived
		}
		out.Sites = append(out.Sites, NowSite{Site: *ref, Bad: bad, People: n.People})
	}
	slices.SortFunc(out.Sites, func(a, b NowSite) int {
		return cmp.Or(cmp.Compare(b.Bad, a.Bad), cmp.Compare(a.Site.ID, b.Site.ID))
	})
	out.Sites = out.Sites[:min(len(out.Sites), mostNowSite)]
}

// scoreCalls counts the running calls with a score, and those with a bad one.
func (a *API) scoreCalls(ctx context.Context, out *OverviewNow, o *live.Overview) error {
	if len(o.Calls) == 0 {
		return nil
	}
	scores, err := a.facts.CallScores(ctx, o.Watermark.Add(-scoreWindow), o.Watermark.Add(scoreWindow))
	if err != nil {
		return fmt.Errorf("scores of running calls: %w", err)
	}
	for i := range o.Calls {
		if mos, ok := scores[o.Calls[i].ID]; ok {
			out.CallsScored++
			if grade.CallGrade(mos) == earshot.Bad {
				out.CallsBad++
			}
		}
	}
	return nil
}

// ZoneInput names the clock whose day is asked for. It is exported because huma reads parameters of exported types only.
type ZoneInput struct {
	TZ string `query:"tz" default:"UTC" maxLength:"64" doc:"IANA name of the zone whose midnight the day begins with, such as Europe/Paris"`
}

// overviewSpan is the day so far and the same day a week ago, by one clock.
type overviewSpan struct {
	from, to, open              earshot.Instant // open: from here on the live view has the minutes
	beforeFrom, beforeTo, ended earshot.Instant // ended: the end of the whole day a week ago
}

// spanOf returns the day that holds now. Weeks are counted by the calendar, so a change of the clocks between moves nothing.
func spanOf(now earshot.Instant, zone *time.Location) overviewSpan {
	t := now.Time().In(zone)
	y, m, d := t.Date()
	midnight := func(days int) earshot.Instant {
		at := time.Date(y, m, d+days, 0, 0, 0, 0, zone)
		if at.Hour() == 23 { // the clocks skip midnight, and Go tells it by the old offset
			at = at.Add(time.Hour)
		}
		return earshot.InstantOf(at)
	}
	s := overviewSpan{from: midnight(0), to: now, beforeFrom: midnight(-7), ended: midnight(-6)}
	s.beforeTo = earshot.InstantOf(time.Date(y, m, d-7, t.Hour(), t.Minute(), t.Second(), 0, zone))
	s.beforeTo = min(max(s.beforeTo, s.beforeFrom), s.ended)
	s.open = max(s.from, now.Minute().Add(-openTail))
	return s
}

// zoneOf reads the name of a zone. "Local" would be this machine's.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, badInput("tz", "%q is no zone; want an IANA name such as Europe/Paris", name)
	}
	return zone, nil
}

func (a *API) getOverviewDay(ctx context.Context, in *ZoneInput) (*OverviewDay, error) {
	zone, err := zoneOf(in.TZ)
	if err != nil {
		return nil, err
	}
	return a.overviews.day.get(ctx, zone.String(), dayFresh, func(ctx context.Context) (*OverviewDay, error) {
		return a.overviewDay(ctx, zone)
	})
}

// dayStep is the length of a timeline's steps.
const dayStep = 10 * time.Minute

func (a *API) overviewDay(ctx context.Context, zone *time.Location) (*OverviewDay, error) {
	out := &OverviewDay{
		Zone: zone.String(), TargetPct: a.target, Profile: a.profile.Name, StepSeconds: int(dayStep.Seconds()), Timeline: []DayStep{}, BeforeTimeline: []DayStep{},
	}
	now := a.live.Watermark()
	if now == 0 {
		return out, nil
	}
	s := spanOf(now, zone)
	recent := a.live.Recent(s.open)
	today, err := a.sum(ctx, s.from, s.open)
	if err != nil {
		return nil, err
	}
	steps, err := a.steps(ctx, s.from, s.open)
	if err != nil {
		return nil, err
	}
	for i := range recent {
		for k, c := range recent[i].Minutes {
			addCounts(&today.Minutes, c)
			addCounts(steps.at(s.open.Add(time.Duration(k)*time.Minute)), c)
		}
	}
	before, err := a.sum(ctx, s.beforeFrom, s.beforeTo)
	if err != nil {
		return nil, err
	}
	beforeSteps, err := a.steps(ctx, s.beforeFrom, s.ended)
	if err != nil {
		return nil, err
	}
	out.From, out.To, out.BeforeFrom, out.BeforeTo = timeOf(s.from), timeOf(s.to), timeOf(s.beforeFrom), timeOf(s.beforeTo)
	out.Today, out.Timeline, out.BeforeTimeline = daySum(&today), steps.list(), beforeSteps.list()
	if before.Minutes != (earshot.GradeCounts{}) {
		sum := daySum(&before)
		out.Before = &sum
	}
	return out, nil
}

// sum adds up the stored minutes of a span; it may be empty.
func (a *API) sum(ctx context.Context, from, to earshot.Instant) (facts.Tally, error) {
	if to <= from {
		return facts.Tally{}, nil
	}
	all, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: from, To: to}})
	if err != nil {
		return facts.Tally{}, fmt.Errorf("minutes from %s: %w", from.Time().Format(time.RFC3339), err)
	}
	if len(all) == 0 {
		return facts.Tally{}, nil
	}
	return all[0], nil
}

func daySum(t *facts.Tally) DaySum {
	return DaySum{MinuteSum: minuteSum(t.Minutes), People: t.Persons, Meetings: t.Meetings}
}

func addCounts(to *earshot.GradeCounts, c earshot.GradeCounts) {
	for g, n := range c {
		to[g] += n
	}
}
