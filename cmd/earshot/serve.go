package main

import (
	"context"
	"fmt"
	"os"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/daemon/supervised"
)

type serveCmd struct {
	dataFlags
	webhookFlags
	webFlags
}

// Run supervises receiver and monitor until a signal comes.
func (c *serveCmd) Run(ctx context.Context) error {
	// Whatever is wrong with the configuration or its folder is said once, here, and not again and again by the children.
	cfg, log, err := loadFrom(config.Sources{
		File: c.Config, Flags: given("--data", c.Data, "--webhook-listen", c.WebhookListen, "--web-listen", c.WebListen), WithExports: true,
	})
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings() {
		log.Warn(w)
	}
	if err := receiver.MakeDataFolder(cfg.DataDir); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the own program: %w", err)
	}
	s := &daemon.Supervisor{
		Program: program, Log: os.Stderr, Logger: log,
		Children: []daemon.Child{
			{Name: "receiver", Program: daemon.ReceiverProgram(program), Args: args("receive", "--data", c.Data, "--config", c.Config, "--webhook-listen", c.WebhookListen)},
			{Name: "monitor", Args: args("monitor", "--data", c.Data, "--config", c.Config, "--web-listen", c.WebListen)},
		},
	}
	return s.Run(ctx)
}

type receiveCmd struct {
	dataFlags
	webhookFlags
}

// Run receives until a signal comes.
func (c *receiveCmd) Run(ctx context.Context) error {
	cfg, log, err := load(c.Config, given("--data", c.Data, "--webhook-listen", c.WebhookListen), false)
	if err != nil {
		return err
	}
	ctx, cancel := supervised.Watch(ctx)
	defer cancel(nil)
	return receiver.Run(ctx, cfg, log.With("process", "receiver"))
}

type monitorCmd struct {
	dataFlags
	webFlags
}

// Run monitors until a signal comes.
func (c *monitorCmd) Run(ctx context.Context) error {
	cfg, log, err := loadFrom(config.Sources{File: c.Config, Flags: given("--data", c.Data, "--web-listen", c.WebListen), WithoutWebhook: true, WithExports: true})
	if err != nil {
		return err
	}
	ctx, cancel := supervised.Watch(ctx)
	defer cancel(nil)
	return daemon.RunMonitor(ctx, daemon.Options{
		Config: cfg, Logger: log.With("process", "monitor"), Version: version(),
	})
}
