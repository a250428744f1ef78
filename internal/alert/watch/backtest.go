package watch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
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
	// Caveats say where it may differ from what the rule would have done.
	Caveats []string
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
	to := w.now().Minute()
	from := to.Add(-time.Duration(days) * 24 * time.Hour)
	in, err := w.scopes(ctx, &r.Scope)
	if err != nil {
		return nil, err
	}
	t := &trial{w: w, rule: &r, replay: alert.NewReplay(&r), in: in, from: from, to: to}
	if err := t.run(ctx); err != nil {
		return nil, err
	}
	out := w.summarise(ctx, t.replay.Firings(to))
	out.Rule, out.From, out.To, out.Caveats, out.Took = r, from, to, r.Caveats(), time.Since(start)
	return out, nil
}

// now is event time, where there is any yet.
func (w *Watcher) now() earshot.Instant {
	return cmp.Or(w.o.Live.Watermark(), earshot.InstantOf(time.Now()))
}

// scopes resolves what a scope names.
func (w *Watcher) scopes(ctx context.Context, s *alert.Scope) (*alert.Inputs, error) {
	in := &alert.Inputs{Places: map[earshot.ID]alert.Place{}, People: map[string]earshot.ID{}, Lists: w.o.File.Lists}
	sites, err := w.o.Registry.Sites(ctx)
	if err != nil {
		return nil, err
	}
	for i := range sites {
		in.Places[sites[i].ID] = alert.Place{Name: sites[i].Name, Tags: sites[i].Tags}
	}
	words := slices.Clone(s.Persons)
	for _, g := range s.Groups {
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
