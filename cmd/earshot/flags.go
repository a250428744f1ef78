package main

import (
	"log/slog"
	"os"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/obs"
)

// dataFlags are the flags that every process has. What is not given is not set: then the file or the environment decides.
type dataFlags struct {
	Data   string `help:"Folder for journal and stores (default ./earshot-data)." placeholder:"DIR"`
	Config string `help:"Configuration, one YAML file." type:"existingfile" placeholder:"FILE"`
}

type webhookFlags struct {
	WebhookListen string `help:"Address for Zoom's webhooks (default :3000)." placeholder:"ADDR"`
}

type webFlags struct {
	WebListen string `help:"Address for the web (default :8080)." placeholder:"ADDR"`
}

// given returns flags that were given, by name, for the configuration.
func given(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}

// args turns the same into arguments for a child process.
func args(subcommand string, pairs ...string) []string {
	out := []string{subcommand}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, pairs[i], pairs[i+1])
		}
	}
	return out
}

// load reads the configuration, with .env of the working folder.
func load(file string, flags map[string]string, withoutWebhook bool) (*config.Config, *slog.Logger, error) {
	return loadFrom(config.Sources{File: file, Flags: flags, WithoutWebhook: withoutWebhook})
}

// loadFrom does so from any sources.
func loadFrom(s config.Sources) (*config.Config, *slog.Logger, error) {
	var err error
	if s.Environment, err = config.ReadEnvironment(".env"); err != nil {
		return nil, nil, err
	}
	cfg, err := config.Load(s)
	if err != nil {
		return nil, nil, err
	}
	log, err := obs.NewLogger(os.Stderr, obs.LogOptions{Level: cfg.Log.Level, Format: cfg.Log.Format})
	if err != nil {
		return nil, nil, err
	}
	return cfg, log, nil
}
