package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/zoom"
)

type emulateCmd struct {
	Target   string        `help:"Webhook address to send to." default:"http://127.0.0.1:3000/webhook" placeholder:"URL"`
	People   int           `help:"People of the company." default:"200"`
	Meetings int           `help:"Meetings at once; 0 is a tenth of the people." default:"0"`
	Seed     *uint64       `help:"The same seed gives the same traffic (default 1, or the scenario's)."`
	Speed    float64       `help:"Simulated seconds per second." default:"1"`
	Duration time.Duration `help:"Wall time to run; 0 is until a signal comes." default:"0s"`
	From     string        `help:"Where simulated time begins (RFC 3339); empty is now." placeholder:"TIME"`
	CatchUp  bool          `help:"Send what lies between --from and now at once, and go on from now."`
	Cadence  time.Duration `help:"How often Zoom reports on a participant: 60s today, 10s to 15s in older accounts." default:"60s"`
	Dialect  string        `help:"What *_input means: received or sent." enum:"received,sent" default:"received"`
	Ledger   string        `help:"Write what happened to each event into this file, as lines of JSON." placeholder:"FILE"`
	SitesCSV string        `help:"Write the world's sites.csv into this file and stop." name:"sites-csv" placeholder:"FILE"`

	emulateScenario
	emulateREST
	emulateStatus
}

// Run emulates until a signal comes. It signs with ZOOM_WEBHOOK_SECRET_TOKEN, as the receiver verifies.
func (c *emulateCmd) Run(ctx context.Context) error {
	if c.Scenarios {
		return c.list(os.Stdout)
	}
	env, err := config.ReadEnvironment(".env")
	if err != nil {
		return err
	}
	secret, _ := env("ZOOM_WEBHOOK_SECRET_TOKEN")
	log, err := obs.NewLogger(os.Stderr, obs.LogOptions{})
	if err != nil {
		return err
	}
	o := emulator.Options{
		Target: c.Target, Secret: zoom.Secret(secret), People: c.People, Meetings: c.Meetings, Seed: 1, Speed: c.Speed, Duration: c.Duration,
		Cadence: c.Cadence, Dialect: emulator.Dialect(c.Dialect), Logger: log.With("process", "emulator"),
	}
	if c.From != "" {
		if o.From, err = time.Parse(time.RFC3339, c.From); err != nil {
			return fmt.Errorf("--from %q: want a time such as 2026-11-12T09:00:00Z", c.From)
		}
	}
	o.CatchUp = c.CatchUp
	if c.Seed != nil {
		o.Seed = *c.Seed
	}
	if err := c.apply(&o, c.Seed != nil); err != nil {
		return err
	}
	if c.SitesCSV != "" {
		return writeSites(o, c.SitesCSV)
	}
	if secret == "" {
		return fmt.Errorf("ZOOM_WEBHOOK_SECRET_TOKEN is not set: the receiver would refuse every event; give both the same secret")
	}
	if c.Ledger != "" {
		file, err := os.Create(c.Ledger)
		if err != nil {
			return fmt.Errorf("create the ledger: %w", err)
		}
		defer file.Close()
		o.Ledger = file
	}
	truthDone, err := c.openTruth(&o)
	if err != nil {
		return err
	}
	c.remember(&o)
	recent := c.prepare(&o)
	e, err := emulator.New(o)
	if err != nil {
		return errors.Join(err, truthDone())
	}
	stopStatus, err := c.serveStatus(e, recent, o.Logger)
	if err != nil {
		return errors.Join(err, truthDone())
	}
	stopREST, err := c.serve(e, o.History, env, o.Logger)
	if err != nil {
		return errors.Join(err, stopStatus(), truthDone())
	}
	ctx, cancel := daemon.WatchSupervisor(ctx)
	defer cancel(nil)
	return errors.Join(e.Run(ctx), stopREST(), stopStatus(), truthDone())
}

// writeSites writes the sites of a world into a file.
func writeSites(o emulator.Options, path string) error {
	e, err := emulator.New(o)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create the sites file: %w", err)
	}
	if err := e.SitesCSV(file); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.Close()
}
