package main

import (
	"context"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

type demoCmd struct {
	People    int           `help:"People of the emulated company." default:"300"`
	Meetings  int           `help:"Meetings at once." default:"30"`
	Seed      uint64        `help:"The same seed gives the same company." default:"1"`
	Speed     float64       `help:"Simulated seconds per second." default:"1"`
	WebListen string        `help:"Address for the web; a free port is taken when it is in use." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Past      time.Duration `help:"How much has already happened when the page opens." default:"25m"`
	Keep      bool          `help:"Leave the temporary folder behind."`
}

// Run shows the product until a signal comes.
func (c *demoCmd) Run(ctx context.Context) error {
	return daemon.Demo(ctx, daemon.DemoOptions{
		People: c.People, Meetings: c.Meetings, Seed: c.Seed, Speed: c.Speed, WebListen: c.WebListen, Keep: c.Keep, Past: c.Past,
		WritePlaces: func(sites, providers string) error {
			return (&emulateCmd{People: c.People, Meetings: c.Meetings, Seed: &c.Seed, SitesCSV: sites, ASN: providers}).Run(ctx)
		},
	})
}
