package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// SeriesDetail is a recurring number across its newest meetings.
type SeriesDetail struct {
	ID      earshot.ID `json:"id"`
	Account earshot.ID `json:"account"`
	Number  string     `json:"number,omitempty"`
	Topic   string     `json:"topic,omitempty" doc:"the newest meeting's"`
	GradeSum
	Meetings []SeriesMeeting `json:"meetings" doc:"the newest 30, newest first"`
	Older    bool            `json:"older" doc:"there were more before them"`
	People   []SeriesPerson  `json:"people" doc:"those who were in poor or bad minutes in the most meetings first, at most 50"`
	Causes   []CauseMinutes  `json:"causes" doc:"of everybody's poor and bad minutes, most minutes first"`
}

// SeriesMeeting is one meeting of a series. Also while it runs, its grade, people and minutes are those of all of it so far.
type SeriesMeeting struct {
	MeetingRow
	TroublePct *float64 `json:"trouble_pct,omitempty" doc:"share of the classified minutes that are poor or bad"`
}

// SeriesPerson is how one person fared across a series.
type SeriesPerson struct {
	Person   PersonRef     `json:"person"`
	Meetings int           `json:"meetings" doc:"in which they had a minute"`
	Troubled int           `json:"troubled" doc:"of these, with a poor or bad minute"`
	Minutes  GradeCount    `json:"minutes"`
	Cause    earshot.Cause `json:"cause,omitempty" doc:"of most of their poor and bad minutes"`
}

const (
	seriesMeetings = 30
	seriesPeople   = 50
)

func (a *API) getSeriesDetail(ctx context.Context, in *ByID) (*SeriesDetail, error) {
	series, err := a.registry.SeriesByID(ctx, []earshot.ID{in.ID.ID})
	if err != nil {
		return nil, err
	}
	if len(series) == 0 {
		return nil, errNotFound
	}
	s := series[0]
	found, err := a.registry.Meetings(ctx, registry.MeetingQuery{Series: s.ID, Limit: seriesMeetings})
	if err != nil {
		return nil, err
	}
	d := &SeriesDetail{ID: s.ID, Account: s.Account, Number: s.Number, Topic: s.Topic, Older: found.Next != "", Meetings: make([]SeriesMeeting, 0, len(found.Items))}
	ids := make([]earshot.ID, len(found.Items))
	for i := range found.Items {
		ids[i] = found.Items[i].ID
	}
	rows, err := a.meetingRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	sum := seriesSum{people: make(map[earshot.ID]*seriesPerson), causes: make(map[earshot.Cause]int), hit: make(map[earshot.Cause]map[earshot.ID]bool)}
	for i := range found.Items {
		m := &found.Items[i]
		row := SeriesMeeting{MeetingRow: rows[m.ID]}
		groups, err := a.seriesTally(ctx, m, &row.MeetingRow)
		if err != nil {
			return nil, fmt.Errorf("minutes of meeting %s of series %s: %w", m.ID, s.ID, err)
		}
		counts := sum.add(groups)
		if n := counts.Classified(); n > 0 {
			pct := math.Round(1000*float64(counts[earshot.Poor]+counts[earshot.Bad])/float64(n)) / 10
			row.TroublePct = &pct
		}
		d.Meetings = append(d.Meetings, row)
	}
	d.GradeSum = gradeSum(sum.all)
	d.Causes = sum.causeMinutes()
	d.People, err = a.seriesPeople(ctx, &sum)
	return d, err
}

// seriesTally counts a meeting's minutes by person and cause. Of one that live holds, which are those that run and those of
// just now, the minutes that are not sealed are among them, and its row tells of all its minutes as its own page does: not of
// the last ones, nor of who is there at this moment.
func (a *API) seriesTally(ctx context.Context, m *earshot.Meeting, row *MeetingRow) ([]facts.Tally, error) {
	if len(a.live.Segments(m.ID)) == 0 {
		return a.facts.Tally(ctx, facts.TallyQuery{
			Filter: facts.Filter{From: m.FirstSeen.Hour(), To: m.LastSeen.Hour() + 3_600_000, Account: m.Account, Meeting: m.ID}, By: []facts.Dimension{facts.ByPerson, facts.ByCause},
		})
	}
	all, minutes, err := a.attendance(ctx, m, row.Live)
	if err != nil {
		return nil, err
	}
	running, lastSeen := row.Live, row.LastSeen
	*row = pastRow(m, all, minutes)
	row.Live, row.LastSeen = running, cmp.Or(lastSeen, row.LastSeen)
	return tallyOf(minutes), nil
}

// tallyOf counts minutes by person and cause.
func tallyOf(minutes ledger) []facts.Tally {
	type key struct {
		person earshot.ID
		cause  earshot.Cause
	}
	groups := make(map[key]*facts.Tally)
	for _, row := range minutes {
		for i := range row {
			k := key{row[i].Person, row[i].Verdict.Cause}
			g := groups[k]
			if g == nil {
				g = &facts.Tally{}
				g.Person, g.Cause = k.person, k.cause
				groups[k] = g
			}
			g.Minutes.Add(row[i].Grade)
		}
	}
	out := make([]facts.Tally, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	return out
}

// seriesSum adds meetings up.
type seriesSum struct {
	all    earshot.GradeCounts
	people map[earshot.ID]*seriesPerson
	causes map[earshot.Cause]int
	hit    map[earshot.Cause]map[earshot.ID]bool // whom
}

type seriesPerson struct {
	meetings, troubled int
	counts             earshot.GradeCounts
	causes             [earshot.CauseCount]int
}

// add counts one meeting and returns its minutes.
func (s *seriesSum) add(groups []facts.Tally) earshot.GradeCounts {
	var counts earshot.GradeCounts
	troubled := make(map[earshot.ID]bool)
	seen := make(map[earshot.ID]bool)
	for i := range groups {
		g := &groups[i]
		p := s.people[g.Person]
		if p == nil {
			p = &seriesPerson{}
			s.people[g.Person] = p
		}
		for grade, n := range g.Minutes {
			counts[grade] += n
			s.all[grade] += n
			p.counts[grade] += n
		}
		bad := g.Minutes[earshot.Poor] + g.Minutes[earshot.Bad]
		seen[g.Person] = true
		troubled[g.Person] = troubled[g.Person] || bad > 0
		if g.Cause != earshot.CauseNone && bad > 0 {
			p.causes[g.Cause] += bad
			s.causes[g.Cause] += bad
			if s.hit[g.Cause] == nil {
				s.hit[g.Cause] = make(map[earshot.ID]bool)
			}
			s.hit[g.Cause][g.Person] = true
		}
	}
	for id := range seen {
		s.people[id].meetings++
		if troubled[id] {
			s.people[id].troubled++
		}
	}
	return counts
}

func (s *seriesSum) causeMinutes() []CauseMinutes {
	out := make([]CauseMinutes, 0, len(s.causes))
	for c, n := range s.causes {
		out = append(out, CauseMinutes{Cause: c, Minutes: n, People: len(s.hit[c])})
	}
	slices.SortFunc(out, func(a, b CauseMinutes) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Cause, b.Cause))
	})
	return out
}

// seriesPeople are those who were hit in the most meetings, by name.
func (a *API) seriesPeople(ctx context.Context, s *seriesSum) ([]SeriesPerson, error) {
	delete(s.people, 0) // segments that name nobody
	trouble := func(p *seriesPerson) int { return p.counts[earshot.Bad] + p.counts[earshot.Poor] }
	ids := slices.SortedFunc(maps.Keys(s.people), func(x, y earshot.ID) int {
		p, q := s.people[x], s.people[y]
		return cmp.Or(cmp.Compare(q.troubled, p.troubled), cmp.Compare(trouble(q), trouble(p)), cmp.Compare(q.meetings, p.meetings), cmp.Compare(x, y))
	})
	ids = ids[:min(len(ids), seriesPeople)]
	persons, err := a.registry.PersonsByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("people of a series: %w", err)
	}
	names := make(map[earshot.ID]string, len(persons))
	for i := range persons {
		names[persons[i].ID] = personName(&persons[i])
	}
	out := make([]SeriesPerson, len(ids))
	for i, id := range ids {
		p := s.people[id]
		best := earshot.CauseNone
		for c := earshot.CauseUnknown; c < earshot.CauseCount; c++ {
			if p.causes[c] > p.causes[best] {
				best = c
			}
		}
		out[i] = SeriesPerson{Person: PersonRef{ID: id, Name: names[id]}, Meetings: p.meetings, Troubled: p.troubled, Minutes: gradeCount(p.counts), Cause: best}
	}
	return out, nil
}
