package api

import (
	"context"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

// siteCache holds the sites for some seconds: every row of a list names one, and they seldom change.
type siteCache struct {
	mu   sync.Mutex
	read time.Time
	all  []earshot.Site
	byID map[earshot.ID]*earshot.Site
}

const sitesStale = 5 * time.Second

// sitesNow returns all sites, by name. The result is shared: do not modify it.
func (a *API) sitesNow(ctx context.Context) ([]earshot.Site, map[earshot.ID]*earshot.Site, error) {
	c := &a.sites
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID != nil && time.Since(c.read) < sitesStale {
		return c.all, c.byID, nil
	}
	all, err := a.registry.Sites(ctx)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[earshot.ID]*earshot.Site, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	c.all, c.byID, c.read = all, byID, time.Now()
	return all, byID, nil
}

// siteRef names a site, nil where it is unknown.
func siteRef(id earshot.ID, sites map[earshot.ID]*earshot.Site) *SiteRef {
	if id == 0 {
		return nil
	}
	r := &SiteRef{ID: id}
	if s := sites[id]; s != nil {
		r.Name, r.Derived = s.Name, s.Derived
	}
	return r
}
