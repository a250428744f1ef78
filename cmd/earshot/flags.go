package main

import (
	"log/slog"
	"os"

	"github.com/earshot/earshot/internal/config"
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
	env, err := config.ReadEnvironment(".env")
	if err != nil {
		return nil, nil, err
	}
	cfg, err := config.Load(config.Sources{File: file, Environment: env, Flags: flags, WithoutWebhook: withoutWebhook})
	if err != nil {
		return nil, nil, err
	}
	return cfg, newLogger(cfg.Log), nil
}

func newLogger(c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
