package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/daemon"
)

type alertCmd struct {
	Test alertTestCmd `cmd:"" help:"Send a sample to a receiver and say what it answered."`
	List alertListCmd `cmd:"" help:"What fires now."`
	Try  alertTryCmd  `cmd:"" help:"What the rules of a file would have done in the last days."`
}

type alertTestCmd struct {
	dataFlags
	Receiver string `arg:"" help:"Name of the receiver, as in the file of alerts.receivers."`
}

// Run sends a sample.
func (c *alertTestCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	all, err := daemon.SampleReceiver(ctx, cfg.DataDir, c.Receiver)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Printf("receiver %s tells nobody: it has no integrations\n", c.Receiver)
	}
	refused := 0
	for _, a := range all {
		if a.Error != "" {
			refused++
			fmt.Printf("%-18s did not take the sample: %s\n", a.Integration, a.Error)
			continue
		}
		fmt.Printf("%-18s took the sample, and that it is over, in %s\n", a.Integration, a.Took.Round(time.Millisecond))
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d integrations did not take the sample", refused, len(all))
	}
	return nil
}

type alertListCmd struct{ dataFlags }

// Run lists what fires.
func (c *alertListCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	all, err := daemon.ActiveAlerts(ctx, cfg.DataDir)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Println("nothing fires")
	}
	for _, a := range all {
		fmt.Printf("%-8s  %s  %s\n", a.Severity, a.Raised.Format("2006-01-02 15:04 MST"), a.Title)
		if a.Evidence != "" {
			fmt.Printf("%32s%s\n", "", a.Evidence)
		}
	}
	return nil
}

type alertTryCmd struct {
	dataFlags
	File string `arg:"" type:"existingfile" help:"YAML file of rules."`
	Days int    `help:"How many days back." default:"30"`
}

// Run tries rules on the past.
func (c *alertTryCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	doc, err := alert.ParseDocument(text)
	if err != nil {
		return err
	}
	if err := doc.Validate(true); err != nil {
		return err
	}
	if len(doc.Rules) == 0 || c.Days < 1 || c.Days > 90 {
		return errors.New("want a file with rules, and 1 to 90 days")
	}
	all, err := daemon.TryRules(ctx, cfg.DataDir, daemon.TryRequest{Rules: doc.Rules, Days: c.Days})
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Error != "" {
			fmt.Printf("%s: %s\n", r.Rule, r.Error)
			continue
		}
		fmt.Printf("%s: would have fired %d times in the last %d days (%s)\n", r.Rule, r.Fired, c.Days, r.Took.Round(time.Millisecond))
		for _, s := range r.BySite {
			name := s.Site
			if name == "" {
				name = "(no site)"
			}
			fmt.Printf("%8d  %s\n", s.Fired, name)
		}
	}
	return nil
}
