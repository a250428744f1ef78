package main

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

type regradeCmd struct {
	dataFlags
	Profile string `help:"The profile that is wanted; refused when the running monitor has another. A change of grades.profile regrades by itself." placeholder:"NAME"`
	From    string `help:"First hour, as 2026-11-20 or 2026-11-20T08:00:00Z (default: as far as samples reach)." placeholder:"TIME"`
	To      string `help:"End, likewise (default: now)." placeholder:"TIME"`
	Wait    bool   `help:"Wait until it is done, and tell how far it is." default:"true" negatable:""`
}

// Run asks the running monitor to grade hours again from their samples.
func (c *regradeCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	r := daemon.RegradeRequest{Profile: c.Profile}
	if r.From, err = momentOf("--from", c.From); err != nil {
		return err
	}
	if r.To, err = momentOf("--to", c.To); err != nil {
		return err
	}
	if !r.To.IsZero() && !r.From.Before(r.To) {
		return fmt.Errorf("--from %s is not before --to %s", c.From, c.To)
	}
	answer, err := daemon.RunRegrade(ctx, cfg.DataDir, r)
	if err != nil {
		return err
	}
	fmt.Printf("%d hours are graded again by the profile %s\n", answer.Hours, answer.Profile)
	if !c.Wait {
		return nil
	}
	return awaitHours(ctx, cfg.DataDir)
}

// awaitHours tells how many hours wait, until none does that is over.
func awaitHours(ctx context.Context, data string) error {
	t := time.NewTicker(2 * time.Second)
	defer t.Stop()
	last := -1
	for {
		n, err := daemon.HoursWaiting(ctx, data)
		if err != nil {
			return err
		}
		if n == 0 {
			fmt.Println("done; an hour that is not over is graded when it is")
			return nil
		}
		if n != last {
			fmt.Printf("%d hours to go\n", n)
			last = n
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// momentOf reads a time or a date in UTC; "" is none.
func momentOf(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q: want a time such as 2026-11-20T08:00:00Z, or a date", flag, text)
}
