package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
)

const (
	longestGrades = 31 * 24 * 3_600_000 // of one question, in milliseconds
	mostSeries    = 100                 // that are told
)

// GradesInput is the span of getGrades. It is exported because huma reads parameters of exported types only.
type GradesInput struct{ Span }

// getGrades adds up the stored minutes of a span. A day takes some tens of milliseconds, a month a second.
func (a *API) getGrades(ctx context.Context, in *GradesInput) (*Grades, error) {
	now := a.live.Watermark()
	from, to, err := in.within(now-24*3_600_000, now)
	if err != nil {
		return nil, err
	}
	if to-from > longestGrades {
		return nil, badInput("from", "at most 31 days before to")
	}
	sums := gradeSums{sites: make(map[earshot.ID]earshot.GradeCounts), meetings: make(map[earshot.ID]earshot.GradeCounts)}
	if from < to {
		err = a.addGrades(ctx, &sums, facts.Filter{From: from, To: to})
	}
	if err != nil {
		return nil, fmt.Errorf("minutes from %s: %w", from.Time().Format(time.RFC3339), err)
	}
	return a.gradesOf(ctx, &sums, from, to)
}

// gradeSums are participant-minutes by grade, of all and of parts.
type gradeSums struct {
	all             earshot.GradeCounts
	streams         facts.StreamTally
	sites, meetings map[earshot.ID]earshot.GradeCounts
}

func (a *API) addGrades(ctx context.Context, sums *gradeSums, f facts.Filter) (err error) {
	if sums.streams, err = a.facts.Streams(ctx, f); err != nil {
		return err
	}
	sites, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: f, By: []facts.Dimension{facts.BySite}, MinutesOnly: true})
	if err != nil {
		return err
	}
	for i := range sites {
		addCounts(&sums.all, sites[i].Minutes)
		sums.sites[sites[i].Site] = sites[i].Minutes
	}
	// Of a meeting every minute counts, so that those of one series can be added up.
	meetings, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: f, By: []facts.Dimension{facts.ByMeeting}, MinutesOnly: true})
	for i := range meetings {
		sums.meetings[meetings[i].Meeting] = meetings[i].Minutes
	}
	return err
}

// gradesOf names what was added up.
func (a *API) gradesOf(ctx context.Context, s *gradeSums, from, to earshot.Instant) (*Grades, error) {
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	out := &Grades{
		From: from.Time(), To: to.Time(), Profile: a.profile.Name, GradeSum: gradeSum(s.all), Streams: make([]StreamGrades, 0, len(s.streams.Streams)),
		Sites: make([]SiteGrades, 0, len(s.sites)), Series: []SeriesGrades{}, Agreement: agreementsOf(&s.streams.Agreement),
	}
	for slot, c := range s.streams.Streams {
		if c.Classified() > 0 {
			out.Streams = append(out.Streams, StreamGrades{Stream: earshot.StreamSlot(slot).String(), GradeSum: gradeSum(c)})
		}
	}
	for id, c := range s.sites {
		if id != 0 {
			out.Sites = append(out.Sites, SiteGrades{Site: *siteRef(id, sites), MinuteSum: minuteSum(c)})
		}
	}
	slices.SortFunc(out.Sites, func(a, b SiteGrades) int {
		return cmp.Or(troubled(a.MinuteSum, b.MinuteSum), cmp.Compare(a.Site.ID, b.Site.ID))
	})
	out.Series, err = a.seriesGrades(ctx, s.meetings)
	return out, err
}

// seriesGrades adds the meetings of each series up, those with the most trouble first.
func (a *API) seriesGrades(ctx context.Context, byMeeting map[earshot.ID]earshot.GradeCounts) ([]SeriesGrades, error) {
	meetings, err := a.registry.MeetingsByID(ctx, slices.Sorted(maps.Keys(byMeeting)))
	if err != nil {
		return nil, fmt.Errorf("series of %d meetings: %w", len(byMeeting), err)
	}
	slices.SortFunc(meetings, func(a, b earshot.Meeting) int {
		return cmp.Or(cmp.Compare(a.FirstSeen, b.FirstSeen), cmp.Compare(a.ID, b.ID))
	})
	type series struct {
		SeriesGrades
		counts earshot.GradeCounts
	}
	bySeries := make(map[earshot.ID]*series)
	for i := range meetings {
		m := &meetings[i]
		if m.Series == 0 {
			continue
		}
		one := bySeries[m.Series]
		if one == nil {
			one = &series{SeriesGrades: SeriesGrades{Series: m.Series}}
			bySeries[m.Series] = one
		}
		one.Meetings++
		one.Number, one.Topic = cmp.Or(m.Number, one.Number), cmp.Or(m.Topic, one.Topic)
		for g, n := range byMeeting[m.ID] {
			one.counts[g] += n
		}
	}
	out := make([]SeriesGrades, 0, len(bySeries))
	for _, one := range bySeries {
		one.GradeSum = gradeSum(one.counts)
		out = append(out, one.SeriesGrades)
	}
	slices.SortFunc(out, func(a, b SeriesGrades) int {
		return cmp.Or(troubled(a.MinuteSum, b.MinuteSum), cmp.Compare(a.Series, b.Series))
	})
	return out[:min(len(out), mostSeries)], nil
}

// troubled orders by poor and bad minutes, most first.
func troubled(a, b MinuteSum) int {
	return cmp.Or(cmp.Compare(b.Minutes.Bad+b.Minutes.Poor, a.Minutes.Bad+a.Minutes.Poor), cmp.Compare(b.Minutes.Fair, a.Minutes.Fair))
}

func minuteSum(c earshot.GradeCounts) MinuteSum {
	o := grade.Overall{Minutes: c}
	sum := MinuteSum{Minutes: gradeCount(c)}
	if ok, known := o.OKPct(); known {
		ok = math.Round(100*ok) / 100
		sum.OKPct = &ok
	}
	return sum
}

func gradeSum(c earshot.GradeCounts) GradeSum {
	return GradeSum{Grade: grade.Whole(c), MinuteSum: minuteSum(c)}
}

// overallOf says what minutes amount to.
func overallOf(o *grade.Overall) Overall {
	sum := gradeSum(o.Minutes)
	sum.Grade = o.Grade
	return Overall{GradeSum: sum, Reason: reasonOf(o.Reason, o.ReasonGrade), Decided: o.Decided}
}

// plain returns minutes without whether they are open.
func plain(rows ...[]live.Minute) []earshot.Minute {
	var out []earshot.Minute
	for _, row := range rows {
		for i := range row {
			out = append(out, row[i].Minute)
		}
	}
	return out
}
