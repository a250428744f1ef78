package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
)

type checkCmd struct {
	dataFlags
	webhookFlags
	webFlags
	Deep bool `help:"Also let the running monitor look into its stores: every page of the registry, the audit log's chain, the facts."`
}

// Run prints what holds, or everything that is wrong.
func (c *checkCmd) Run(ctx context.Context) error {
	env, err := config.ReadEnvironment(".env")
	if err != nil {
		return err
	}
	cfg, err := config.Load(config.Sources{File: c.Config, Environment: env, Flags: given("--data", c.Data, "--webhook-listen", c.WebhookListen, "--web-listen", c.WebListen), WithExports: true})
	if err != nil {
		return err
	}
	if err := daemon.CheckSites(cfg); err != nil {
		return err
	}
	if err := daemon.CheckAlerts(cfg); err != nil {
		return err
	}
	if err := cfg.Summary(os.Stdout); err != nil {
		return err
	}
	if len(cfg.Exports) > 0 {
		fmt.Println("\ndestinations")
		if err := daemon.CheckExports(ctx, cfg, os.Stdout); err != nil {
			return err
		}
	}
	for _, w := range cfg.Warnings() {
		fmt.Println("note:", w)
	}
	if c.Deep {
		return checkStores(ctx, cfg.DataDir)
	}
	return nil
}

// checkStores prints what the monitor found in its stores.
func checkStores(ctx context.Context, data string) error {
	all, err := daemon.CheckStores(ctx, data)
	if err != nil {
		return err
	}
	fmt.Println("\nstores")
	wrong := 0
	for _, s := range all {
		answer := "sound"
		if s.Wrong != "" {
			wrong++
			answer = s.Wrong
		}
		fmt.Printf("  %s: %s (%s)\n", s.What, answer, s.Took.Round(time.Millisecond))
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d looks into the stores found damage; the journal: earshot journal verify", wrong, len(all))
	}
	return nil
}
