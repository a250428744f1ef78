package watch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// BackTest is what a rule would have done.
type BackTest struct {
	Rule     alert.Rule
	From, To earshot.Instant
	Fired    int
	// BySite counts by site, most first; what has no site is under "".
	BySite []SiteCount
	ByDay  []DayCount // by UTC day, without days on which nothing would have been raised
	// Firings are the newest 200, newest first.
	Firings []BackTestFiring
	Took    time.Duration
}

// SiteCount is how often a rule would have fired at a site.
type SiteCount struct {
	Site  string
	Fired int
}

// DayCount is how often a rule would have fired on a day.
type DayCount struct {
	Day   earshot.Instant
	Fired int
}

// BackTestFiring is one alert that would have been raised.
type BackTestFiring struct {
	alert.WouldFire
	Title string
}

const maxFirings = 200

// ErrNotReplayable says that a rule cannot be tried on the past; its text says why.
type ErrNotReplayable struct{ Text string }

func (e *ErrNotReplayable) Error() string { return e.Text }

// Try tries a rule on the last days.
func (w *Watcher) Try(ctx context.Context, r alert.Rule, days int) (*BackTest, error) {
	start := time.Now()
	r.Disabled = false
	if err := r.Validate("", w.o.Querier != nil); err != nil {
		return nil, err
	}
	if why := r.Replayable(); why != "" {
		return nil, &ErrNotReplayable{why}
	}
	to := cmp.Or(w.o.Live.Watermark(), earshot.InstantOf(start)).Minute()
	from := to.Add(-time.Duration(days) * 24 * time.Hour)
	in, err := w.scopes(ctx, &r)
	if err != nil {
		return nil, err
	}
	p := alert.NewReplay(&r)
	if r.Kind == alert.KindIncident {
		err = w.replayIncidents(ctx, p, in, from, to)
	} else {
		err = w.replayMinutes(ctx, p, &r, in, from, to)
	}
	if err != nil {
		return nil, err
	}
	out := w.summarise(ctx, p.Firings(to))
	out.Rule, out.From, out.To, out.Took = r, from, to, time.Since(start)
	return out, nil
}

// scopes resolves what a rule's scope names.
func (w *Watcher) scopes(ctx context.Context, r *alert.Rule) (*alert.Inputs, error) {
	in := &alert.Inputs{Places: map[earshot.ID]alert.Place{}, People: map[string]earshot.ID{}, Lists: w.o.File.Lists}
	sites, err := w.o.Registry.Sites(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sites {
		in.Places[sites[i].ID] = alert.Place{Name: sites[i].Name, Tags: sites[i].Tags}
	}
	words := slices.Clone(r.Scope.Persons)
	for _, g := range r.Scope.Groups {
		words = append(words, w.o.File.Lists[g]...)
	}
	for _, email := range words {
		id, err := w.personBy(ctx, email)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			in.People[lower(email)] = id
		}
	}
	return in, nil
}

func (w *Watcher) replayIncidents(ctx context.Context, p *alert.Replay, in *alert.Inputs, from, to earshot.Instant) error {
	q := registry.IncidentQuery{From: from, To: to, Limit: 500}
	for {
		page, err := w.o.Registry.Incidents(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if page.Items[i].Opened >= from {
				p.Incident(&page.Items[i], in)
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// replayMinutes asks for a day at a time: memory stays small, and a caller who goes away ends it.
func (w *Watcher) replayMinutes(ctx context.Context, p *alert.Replay, r *alert.Rule, in *alert.Inputs, from, to earshot.Instant) error {
	if r.Kind == alert.KindShare && !r.Scope.Empty() && r.Per != alert.PerSite {
		return &ErrNotReplayable{"a share that is narrowed by a scope can be tried on the past only per site; leave the scope out, or use per: site"}
	}
	if r.Kind == alert.KindShare && r.Per == alert.PerSeries {
		return &ErrNotReplayable{"shares of series cannot be tried on the past: minutes are kept by meeting; use per: meeting"}
	}
	if r.Kind == alert.KindPerson && len(r.Scope.Sites)+len(r.Scope.Series) > 0 {
		return &ErrNotReplayable{"rules about people can be tried on the past for persons and lists of people, not for sites and series"}
	}
	if r.Kind == alert.KindShare && r.Per == alert.PerSite {
		if done, err := w.replaySites(ctx, p, r, in, facts.Filter{From: from, To: to}); done || err != nil {
			return err
		}
	}
	const span = 24 * time.Hour
	for at := from; at < to; at = at.Add(span) {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := facts.Filter{From: at, To: min(at.Add(span), to)}
		var err error
		if r.Kind == alert.KindPerson {
			err = w.replayPeople(ctx, p, r, in, f)
		} else {
			err = w.replayShares(ctx, p, r, in, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mostSites is up to how many sites are asked about one by one.
const mostSites = 100

// replaySites asks about the sites that have enough people, one by one: most sites are somebody's home, and the minutes of
// thousands of those would be most of the work. false: too many have.
func (w *Watcher) replaySites(ctx context.Context, p *alert.Replay, r *alert.Rule, in *alert.Inputs, f facts.Filter) (bool, error) {
	sites, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: f, By: tallied[r.Per]})
	if err != nil {
		return false, err
	}
	sites = slices.DeleteFunc(sites, func(t facts.Tally) bool {
		return t.Site == 0 || t.Persons < r.People || t.Minutes[earshot.Bad] == 0 || !r.Scope.Covers(in, t.Site)
	})
	if len(sites) > mostSites {
		return false, nil
	}
	for i := range sites {
		q := facts.TallyQuery{Filter: f, Where: earshot.Dimensions{Site: sites[i].Site}, Step: time.Minute, MinutesOnly: true}
		all, err := w.o.Facts.Tally(ctx, q)
		if err != nil {
			return false, err
		}
		for k := range all {
			p.Bucket(bucket(&all[k], alert.Subject{Kind: alert.OfSite, ID: sites[i].Site}))
		}
	}
	return true, nil
}

// bucket is one minute of a subject. In one minute a person has one participant-minute, nearly always: counting people would
// take ten times as long.
func bucket(t *facts.Tally, s alert.Subject) alert.Bucket {
	bad, classified := t.Minutes[earshot.Bad], t.Minutes.Classified()
	return alert.Bucket{At: t.At, Subject: s, Bad: bad, Classified: classified, People: classified, PeopleBad: bad}
}

func (w *Watcher) replayShares(ctx context.Context, p *alert.Replay, r *alert.Rule, in *alert.Inputs, f facts.Filter) error {
	all, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: f, By: tallied[r.Per], Step: time.Minute, MinutesOnly: true})
	if err != nil {
		return err
	}
	for i := range all { // by time
		t := &all[i]
		s := subjectOf(r.Per, t)
		if r.Per != alert.PerEverything && s.ID == 0 && s.Name == "" || r.Per == alert.PerSite && !r.Scope.Covers(in, t.Site) {
			continue
		}
		p.Bucket(bucket(t, s))
	}
	return nil
}

func (w *Watcher) replayPeople(ctx context.Context, p *alert.Replay, r *alert.Rule, in *alert.Inputs, f facts.Filter) error {
	for _, person := range r.Scope.People(in) {
		f.Person = person
		all, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: f, Step: time.Minute, MinutesOnly: true})
		if err != nil {
			return err
		}
		for i := range all {
			t := &all[i]
			p.Bucket(alert.Bucket{
				At: t.At, Subject: alert.Subject{Kind: alert.OfPerson, ID: person}, Bad: t.Minutes[earshot.Bad], Classified: t.Minutes.Classified(), People: 1, PeopleBad: min(1, t.Minutes[earshot.Bad]),
			})
		}
	}
	return nil
}

// summarise counts firings and names the newest.
func (w *Watcher) summarise(ctx context.Context, all []alert.WouldFire) *BackTest {
	out := &BackTest{Fired: len(all), BySite: []SiteCount{}, ByDay: []DayCount{}, Firings: []BackTestFiring{}}
	newest := all[max(0, len(all)-maxFirings):]
	as := make([]alert.Alert, len(newest))
	for i, f := range newest {
		as[i] = alert.Alert{Subject: f.Subject, Cell: f.Cell, Severity: f.Severity, Raised: f.From, Began: f.From, Affected: f.Affected}
	}
	n := w.names(ctx, as)
	sites, days := map[string]int{}, map[earshot.Instant]int{}
	const day = earshot.Instant(24 * 3_600_000)
	for _, f := range all {
		sites[n.Site(alert.SiteOf(f.Cell))]++
		days[f.From-f.From%day]++
	}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		out.BySite = append(out.BySite, SiteCount{name, sites[name]})
	}
	slices.SortStableFunc(out.BySite, func(a, b SiteCount) int { return cmp.Compare(b.Fired, a.Fired) })
	for _, d := range slices.Sorted(maps.Keys(days)) {
		out.ByDay = append(out.ByDay, DayCount{d, days[d]})
	}
	for i := len(newest) - 1; i >= 0; i-- {
		out.Firings = append(out.Firings, BackTestFiring{newest[i], alert.Title(&as[i], n)})
	}
	return out
}

func (w *Watcher) personBy(ctx context.Context, word string) (earshot.ID, error) {
	if id, err := earshot.ParseID(word); err == nil {
		return id, nil
	}
	page, err := w.o.Registry.Persons(ctx, registry.PersonQuery{Search: word, Limit: 20})
	if err != nil {
		return 0, err
	}
	for i := range page.Items {
		if lower(page.Items[i].Email) == lower(word) {
			return page.Items[i].ID, nil
		}
	}
	return 0, nil
}
