package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// opened is a filled data folder with what a monitor makes of it: what runs at its end is live, its rules are the defaults.
type opened struct {
	facts    *duckdb.Store
	registry *registry.Registry
	live     *live.State
	alerts   *watch.Watcher
	sites    *site.Table
	closers  []func() error
}

// openStore opens the folder that store filled. Close it in any case.
func openStore(ctx context.Context, dir string) (o *opened, err error) {
	o = &opened{}
	if o.facts, err = duckdb.Open(duckdb.Options{Dir: filepath.Join(dir, "facts")}); err != nil {
		return o, err
	}
	o.closers = append(o.closers, o.facts.Close)
	if o.registry, err = registry.Open(registry.Options{Dir: filepath.Join(dir, "registry")}); err != nil {
		return o, err
	}
	o.closers = append(o.closers, o.registry.Close)
	if o.live, err = liveAt(ctx, o.registry, o.facts); err != nil {
		return o, err
	}
	if o.sites, err = tableOf(ctx, o.registry); err != nil {
		return o, err
	}
	setup, err := deliver.ParseSetup(nil)
	if err != nil {
		return o, err
	}
	o.alerts, err = watch.New(ctx, watch.Options{Registry: o.registry, Facts: o.facts, Live: o.live, Setup: setup, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return o, err
	}
	o.closers = append(o.closers, o.alerts.Close)
	return o, nil
}

// Close closes what is open, the last first.
func (o *opened) Close() error {
	var err error
	for i := len(o.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, o.closers[i]())
	}
	o.closers = nil
	return err
}

// Table implements api.Places.
func (o *opened) Table() *site.Table { return o.sites }

// Apply implements api.Places: a measured store is only read.
func (o *opened) Apply(context.Context, string, *site.Plan) error {
	return errors.New("this store is only read")
}

// tableOf is the list of sites as its file would say it: those of the registry that somebody named.
func tableOf(ctx context.Context, r *registry.Registry) (*site.Table, error) {
	all, err := r.Sites(ctx)
	if err != nil {
		return nil, err
	}
	var named []domain.Site
	ids := make(map[string]domain.ID)
	for i := range all {
		ids[all[i].Name] = all[i].ID
		if !all[i].Derived {
			named = append(named, all[i])
		}
	}
	file, err := os.CreateTemp("", "earshot-sites-*.csv")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }() // a file of some kilobytes in the folder for such
	if err := errors.Join(site.WriteCSV(file, named), file.Close()); err != nil {
		return nil, fmt.Errorf("write the sites: %w", err)
	}
	return site.Load(file.Name(), "", func(name string) domain.ID { return ids[name] })
}
