// Command earshot-receiver is the receiver alone: pure Go, no cgo, no SQL, for a host that only takes webhooks in. It reads
// the same configuration as earshot and is the same process as earshot receive. Where it lies beside an earshot of the same
// build, earshot serve starts it as its receiver.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/daemon/supervised"
	"github.com/earshot/earshot/internal/obs"
)

type cli struct {
	Receive receiveCmd `cmd:"" default:"withargs" help:"Receive until a signal comes; it is what happens without a command."`
}

type receiveCmd struct {
	Data          string `help:"Folder for the journal (default ./earshot-data)." placeholder:"DIR"`
	Config        string `help:"Configuration, one YAML file." type:"existingfile" placeholder:"FILE"`
	WebhookListen string `help:"Address for Zoom's webhooks (default :3000)." placeholder:"ADDR"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	kong.Parse(&c, kong.Name("earshot-receiver"), kong.Description("Takes Zoom's webhooks into a journal."))
	if err := run(ctx, &c.Receive); err != nil {
		fmt.Fprintln(os.Stderr, "earshot-receiver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c *receiveCmd) error {
	env, err := config.ReadEnvironment(".env")
	if err != nil {
		return err
	}
	flags := map[string]string{}
	for name, value := range map[string]string{"--data": c.Data, "--webhook-listen": c.WebhookListen} {
		if value != "" {
			flags[name] = value
		}
	}
	cfg, err := config.Load(config.Sources{File: c.Config, Environment: env, Flags: flags})
	if err != nil {
		return err
	}
	log, err := obs.NewLogger(os.Stderr, obs.LogOptions{Level: cfg.Log.Level, Format: cfg.Log.Format})
	if err != nil {
		return err
	}
	ctx, cancel := supervised.Watch(ctx)
	defer cancel(nil)
	return receiver.Run(ctx, cfg, log.With("process", "receiver"))
}
