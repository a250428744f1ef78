package export

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot/zoom"
)

// lookEvery is how often it is looked whether somebody has the names of a filter: sites are added, and accounts come, at any time.
const lookEvery = time.Minute

// Places are the names of all sites, and Zoom's ids of all accounts, that there are.
type Places struct{ Sites, Accounts []string }

// PlacesOf asks a directory.
func PlacesOf(ctx context.Context, d Directory) (p Places, err error) {
	sites, err := d.Sites(ctx)
	if err != nil {
		return p, err
	}
	accounts, err := d.Accounts(ctx)
	for _, s := range sites {
		p.Sites = append(p.Sites, s.Name)
	}
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, a.ZoomID)
	}
	return p, err
}

// UnknownEvents says which names of a filter no event of Zoom's has, as far as Earshot knows: by them nothing leaves, though nobody
// refuses anything. That is no error, for Zoom has new events every few months.
func (f *Filter) UnknownEvents() (all []string) {
	known := zoom.EventNames()
	for _, pattern := range f.Events {
		if !slices.ContainsFunc(known, func(name string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			all = append(all, fmt.Sprintf("filter.events has %q, and Earshot knows no event of Zoom's with that name%s", pattern, nearestEvent(pattern, known)))
		}
	}
	return all
}

// UnknownPlaces says the same of names that nobody has. A site may be added later; accounts are not looked at where none is known yet.
func (f *Filter) UnknownPlaces(p *Places) (all []string) {
	for _, name := range f.Sites {
		if !slices.Contains(p.Sites, name) {
			all = append(all, fmt.Sprintf("filter.sites has %q, and no site has that name%s", name, nearest(name, p.Sites)))
		}
	}
	for _, id := range f.Accounts {
		if len(p.Accounts) > 0 && !slices.Contains(p.Accounts, id) {
			all = append(all, fmt.Sprintf("filter.accounts has %q, and nothing has come of that account yet", id))
		}
	}
	return all
}

// nearestEvent names the event that a mistyped name has most of, from both ends; "" where that is not nearly all of it.
func nearestEvent(typed string, known []string) string {
	const mostMistyped = 2
	best, most := "", -1
	low := strings.ToLower(typed)
	for _, name := range known {
		same, end := 0, 0
		for same < min(len(low), len(name)) && low[same] == name[same] {
			same++
		}
		for end < min(len(low), len(name))-same && low[len(low)-1-end] == name[len(name)-1-end] {
			end++
		}
		if mistyped := max(len(low), len(name)) - same - end; mistyped <= mostMistyped && same+end > most {
			best, most = name, same+end
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; there is %q", best)
}

// nearest names what may have been meant: a name that differs in its case only, or some of those that there are.
func nearest(name string, known []string) string {
	const most = 5
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	known = slices.DeleteFunc(known, func(k string) bool { return inspect(k) == anAddress }) // what stands in for a site is nobody's to read
	if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(strings.TrimSpace(k), name) }); i >= 0 {
		return fmt.Sprintf("; there is %q", known[i])
	}
	switch {
	case len(known) == 0:
		return "; there are no sites yet"
	case len(known) > most:
		return fmt.Sprintf("; there are %s and %d more", strings.Join(known[:most], ", "), len(known)-most)
	}
	return "; there are " + strings.Join(known, ", ")
}

// look finds names of the filter that nobody has, now and then, for the status; what is new is logged.
func (r *runner) look(ctx context.Context) {
	f := &r.spec.Filter
	if len(f.Events)+len(f.Sites)+len(f.Accounts) == 0 || r.now().Sub(r.looked) < lookEvery {
		return
	}
	warnings := f.UnknownEvents()
	if r.directory != nil && len(f.Sites)+len(f.Accounts) > 0 {
		p, err := PlacesOf(ctx, r.directory)
		if err != nil {
			return // the streams ask, too, and say so
		}
		warnings = append(warnings, f.UnknownPlaces(&p)...)
	}
	r.looked = r.now()
	r.mu.Lock()
	before := r.warnings
	r.warnings = warnings
	r.mu.Unlock()
	for _, w := range warnings {
		if !slices.Contains(before, w) {
			r.log.Warn("a filter has a name that nobody has: nothing leaves by it", "warning", w)
		}
	}
}
