package watch

import (
	"context"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// trial is one rule on its way through the past.
type trial struct {
	w        *Watcher
	rule     *alert.Rule
	replay   *alert.Replay
	in       *alert.Inputs
	from, to earshot.Instant
}

func (t *trial) run(ctx context.Context) error {
	switch t.rule.Kind {
	case alert.KindIncident:
		return t.incidents(ctx)
	case alert.KindPhone:
		return t.calls(ctx)
	case alert.KindVersion:
		return t.versions(ctx)
	}
	return t.minutes(ctx)
}

func (t *trial) incidents(ctx context.Context) error {
	q := registry.IncidentQuery{From: t.from, To: t.to, Limit: 500}
	for {
		page, err := t.w.o.Registry.Incidents(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if page.Items[i].Opened >= t.from {
				t.replay.Incident(&page.Items[i], t.in)
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// minutes asks for a day at a time, together with the window before it: memory stays small, and a caller who goes away ends it.
// Of all meetings, sites or people only those are asked for that were bad enough at least once.
func (t *trial) minutes(ctx context.Context) error {
	q := facts.TallyQuery{Step: time.Minute, MinutesOnly: true, By: t.dimensions()}
	some, err := t.narrow(ctx, &q)
	if err != nil || !some {
		return err
	}
	const day = 24 * time.Hour
	for at := t.from; at < t.to; at = at.Add(day) {
		q.From, q.To = max(t.from, at.Add(-t.rule.WindowLength())), min(at.Add(day), t.to)
		if err := t.span(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// dimensions are those of what the rule counts for.
func (t *trial) dimensions() []facts.Dimension {
	switch {
	case t.rule.Kind == alert.KindPerson:
		return []facts.Dimension{facts.ByPerson}
	case t.rule.Per == alert.PerSeries:
		return []facts.Dimension{facts.ByMeeting}
	}
	return tallied[t.rule.Per]
}

// narrow narrows a question to the rule's scope; false: nothing is within.
func (t *trial) narrow(ctx context.Context, q *facts.TallyQuery) (bool, error) {
	s := &t.rule.Scope
	n, err := s.Narrow(t.in)
	if err != nil {
		return false, &ErrNotReplayable{err.Error()}
	}
	if n.BySite {
		q.Sites = n.Sites
	}
	if n.ByPerson {
		q.Persons = n.Persons
	}
	if len(s.Series) > 0 {
		if q.Meetings, err = t.meetingsOf(ctx, s.Series); err != nil {
			return false, err
		}
	}
	return !(n.BySite && len(n.Sites) == 0 || n.ByPerson && len(n.Persons) == 0 || len(s.Series) > 0 && len(q.Meetings) == 0 || len(s.Subnets) > 0), nil
}

// meetingsOf finds the meetings of series by their numbers.
func (t *trial) meetingsOf(ctx context.Context, numbers []string) (out []earshot.ID, err error) {
	for _, number := range numbers {
		q := registry.MeetingQuery{From: t.from, To: t.to, Search: number, Limit: 500}
		for {
			page, err := t.w.o.Registry.Meetings(ctx, q)
			if err != nil {
				return nil, err
			}
			for i := range page.Items {
				if page.Items[i].Number == number {
					out = append(out, page.Items[i].ID)
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	return out, nil
}

// span asks for one day and hands its minutes over.
func (t *trial) span(ctx context.Context, q facts.TallyQuery) error {
	var all []facts.Tally
	for _, q.Only = range t.spells(len(q.By) > 0) {
		some, err := t.w.o.Facts.Tally(ctx, q)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	if t.rule.Kind == alert.KindBurn { // what is found by two pairs of windows is there twice; a replay takes it once
		slices.SortFunc(all, facts.CompareTallies)
	}
	series, err := t.seriesOf(ctx, all)
	if err != nil {
		return err
	}
	for i := range all { // by time
		if s, ok := t.subject(&all[i], series); ok {
			t.replay.Bucket(bucket(&all[i], s))
		}
	}
	return nil
}

// spells are what a subject must have had, at the least, for the rule to hold: one of them. Everything is one subject.
func (t *trial) spells(several bool) (out []*facts.Spell) {
	if !several {
		return []*facts.Spell{nil}
	}
	if t.rule.Kind != alert.KindBurn {
		steps, percent, seen := t.rule.Spell()
		return []*facts.Spell{{Window: t.rule.WindowLength(), Grade: earshot.Bad, Steps: steps, Percent: percent, Seen: seen}}
	}
	for _, b := range t.rule.Burns {
		out = append(out, &facts.Spell{Window: time.Duration(b.Long), Grade: earshot.Poor, Percent: b.Factor * (100 - t.rule.ObjectivePct), Seen: t.rule.People})
	}
	return out
}

// seriesOf finds the series of meetings, where the rule counts for series.
func (t *trial) seriesOf(ctx context.Context, all []facts.Tally) (map[earshot.ID]earshot.ID, error) {
	if t.rule.Per != alert.PerSeries {
		return nil, nil
	}
	seen := map[earshot.ID]bool{}
	var ids []earshot.ID
	for i := range all {
		if id := all[i].Meeting; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	out := make(map[earshot.ID]earshot.ID, len(ids))
	for part := range slices.Chunk(ids, 500) {
		meetings, err := t.w.o.Registry.MeetingsByID(ctx, part)
		if err != nil {
			return nil, err
		}
		for i := range meetings {
			out[meetings[i].ID] = meetings[i].Series
		}
	}
	return out, nil
}

// subject is what a group counts for; false for nothing.
func (t *trial) subject(g *facts.Tally, series map[earshot.ID]earshot.ID) (alert.Subject, bool) {
	switch {
	case t.rule.Kind == alert.KindPerson:
		return alert.Subject{Kind: alert.OfPerson, ID: g.Person}, g.Person != 0
	case t.rule.Per == alert.PerSeries:
		id := series[g.Meeting]
		return alert.Subject{Kind: alert.OfSeries, ID: id}, id != 0
	}
	s := subjectOf(t.rule.Per, g)
	return s, s.Kind == alert.OfEverything || s.ID != 0 || s.Name != ""
}

// bucket is one minute of a subject. In one minute a person has one participant-minute, nearly always: counting people would
// take ten times as long.
func bucket(t *facts.Tally, s alert.Subject) alert.Bucket {
	bad, classified := t.Minutes[earshot.Bad], t.Minutes.Classified()
	return alert.Bucket{At: t.At, Subject: s, Bad: bad, Poor: t.Minutes[earshot.Poor], Classified: classified, People: classified, PeopleBad: bad}
}

// calls counts the calls that ended in each minute. Only those that were ever below the bound are looked at one by one: an
// average is not below the least.
func (t *trial) calls(ctx context.Context) error {
	least, err := t.w.o.Facts.CallScores(ctx, t.from.Add(-24*time.Hour), t.to)
	if err != nil {
		return err
	}
	n, err := t.rule.Scope.Narrow(t.in)
	if err != nil {
		return &ErrNotReplayable{err.Error()}
	}
	minutes := map[earshot.Instant]*alert.Bucket{}
	q := registry.CallQuery{From: t.from, To: t.to, Limit: 500}
	for {
		page, err := t.w.o.Registry.Calls(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			c := &page.Items[i]
			score, heard := least[c.ID]
			within := t.rule.Scope.Empty() || n.ByPerson && (slices.Contains(n.Persons, c.Caller.Person) || slices.Contains(n.Persons, c.Callee.Person))
			if !heard || c.End < t.from || c.End >= t.to || !within {
				continue
			}
			if score < t.rule.MOS {
				samples, err := t.w.o.Facts.CallSamples(ctx, c.ID)
				if err != nil {
					return err
				}
				score = worstMOS(samples)
			}
			b := minutes[c.End.Minute()]
			if b == nil {
				b = &alert.Bucket{}
				minutes[c.End.Minute()] = b
			}
			if b.Classified++; score < t.rule.MOS {
				b.Bad++
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	for at := t.from.Minute(); at < t.to; at = at.Add(time.Minute) { // minutes without calls, too: time goes on
		b := alert.Bucket{}
		if x := minutes[at]; x != nil {
			b = *x
		}
		b.At, b.Subject = at, alert.Subject{Kind: alert.OfEverything}
		t.replay.Bucket(b)
	}
	return nil
}

// versions looks for the days on which a client version was new.
func (t *trial) versions(ctx context.Context) error {
	const day, month = 24 * time.Hour, 30
	first := t.from - t.from%earshot.Instant(day.Milliseconds())
	all, err := t.w.o.Facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: first.Add(-month * day), To: t.to}, By: []facts.Dimension{facts.ByClientVersion}, Step: day,
	})
	if err != nil || len(all) == 0 {
		return err
	}
	type use struct {
		first, last earshot.Instant
		told        bool
	}
	uses, begin := map[string]*use{}, all[0].At // of the first day of all nothing is known to be new
	for i := range all {                        // by day
		g := &all[i]
		u := uses[g.ClientVersion]
		if u == nil || g.At.Sub(u.last) > month*day {
			u = &use{first: g.At, told: g.At == begin}
			uses[g.ClientVersion] = u
		}
		u.last = g.At
		if g.ClientVersion == "" || u.told || g.At < first || g.At.Sub(u.first) > day || g.Persons < max(1, t.rule.People) {
			continue
		}
		u.told = true
		t.replay.Version(g.ClientVersion, g.At, g.Persons)
	}
	return nil
}
