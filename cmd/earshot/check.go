package main

import (
	"context"
	"fmt"
	"os"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
)

type checkCmd struct {
	dataFlags
	webhookFlags
	webFlags
}

// Run prints what holds, or everything that is wrong.
func (c *checkCmd) Run() error {
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
		if err := daemon.CheckExports(context.Background(), cfg, os.Stdout); err != nil {
			return err
		}
	}
	for _, w := range cfg.Warnings() {
		fmt.Println("note:", w)
	}
	return nil
}
