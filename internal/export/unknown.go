package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
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

// Unknown says which names of a filter nobody has: by them nothing leaves, though nobody refuses anything. That is no error, for a site
// may be added later. Accounts are not looked at where none is known yet.
func (f *Filter) Unknown(p *Places) (all []string) {
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
	if r.directory == nil || len(f.Sites)+len(f.Accounts) == 0 || r.now().Sub(r.looked) < lookEvery {
		return
	}
	p, err := PlacesOf(ctx, r.directory)
	if err != nil {
		return // the streams ask, too, and say so
	}
	r.looked = r.now()
	warnings := f.Unknown(&p)
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
