package daemon

import (
	"context"
	"errors"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/site"
)

// RunMonitor opens a monitor, runs it until ctx ends, and closes it.
func RunMonitor(ctx context.Context, o Options) error {
	go boundGarbage(ctx)
	m, err := OpenMonitor(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(m.Run(ctx), m.Close())
}

// RunBackup backs up into dir: by the monitor that runs on the data folder, or by opening its stores when none does.
func RunBackup(ctx context.Context, o Options, dir string) error {
	_, err := ask(ctx, o.Config.DataDir, "backup", dir)
	if !errors.Is(err, ErrNotRunning) {
		return err
	}
	m, err := OpenMonitor(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(m.Backup(ctx, dir), m.Close())
}

// CheckSites reads the sites that a configuration names, for what is wrong with them.
func CheckSites(cfg *config.Config) error {
	_, err := loadSitesFile(cfg)
	return err
}

// loadSitesFile reads the sites without their ids.
func loadSitesFile(cfg *config.Config) (*site.Table, error) {
	id := earshot.ID(0)
	return site.Load(cfg.Sites.File, cfg.Sites.ASN, func(string) earshot.ID { id++; return id })
}
