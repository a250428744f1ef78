package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/earshot/earshot/internal/daemon"
)

type backupCmd struct {
	dataFlags
	To string `arg:"" help:"Folder for the backup; it is made when it is not there."`
}

// Run asks the running monitor for a backup; without one, the stores are opened for it.
func (c *backupCmd) Run(ctx context.Context) error {
	cfg, log, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(c.To)
	if err != nil {
		return fmt.Errorf("backup folder: %w", err)
	}
	if err := daemon.RunBackup(ctx, daemon.Options{Config: cfg, Logger: log, Version: version()}, dir); err != nil {
		return err
	}
	fmt.Println("backup complete in", dir)
	return nil
}

type restoreCmd struct {
	dataFlags
	From string `arg:"" type:"existingdir" help:"Folder of the backup."`
}

// Run stages the backup; a running monitor carries it out at once.
func (c *restoreCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	if err := daemon.Restore(ctx, c.From, cfg.DataDir); err != nil {
		return err
	}
	fmt.Println("restored; the monitor continues from the backup with what the journal holds since. The former stores are beside it under before-restore-*")
	return nil
}
