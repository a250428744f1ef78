package daemon

import (
	"context"
	"errors"
	"os"
	"runtime/debug"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/site"
)

// gcPercent is how much garbage a monitor lets grow over what it holds. It holds the open minutes of everybody in a meeting,
// 120 MB with ten thousand people; Go's own 100 % would keep as much again for a few per cent of one core.
const gcPercent = 60

// RunMonitor opens a monitor, runs it until ctx ends, and closes it.
func RunMonitor(ctx context.Context, o Options) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
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
	_, err := site.Load(cfg.Sites.File, cfg.Sites.ASN, func(string) earshot.ID { return 1 })
	return err
}
