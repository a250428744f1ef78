package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/watch"
)

// slowestBackTest is what trying a rule on thirty days of 5,000 people may take.
const slowestBackTest = 30 * time.Second

// measureBackTests tries rules of every kind on a filled store and prints how long each took.
func measureBackTests(ctx context.Context, args []string) (err error) {
	set := flag.NewFlagSet("backtests", flag.ContinueOnError)
	dir := set.String("dir", "", "data folder that store filled")
	days := set.Int("days", 30, "how far back")
	if err := set.Parse(args); err != nil {
		return err
	}
	o, err := openStore(ctx, *dir)
	defer func() { err = errors.Join(err, o.Close()) }()
	if err != nil {
		return err
	}
	sites, err := o.registry.Sites(ctx)
	if err != nil {
		return err
	}
	return tryAll(ctx, o.alerts, rulesToTry(sites[0].Name), *days)
}

// rulesToTry are rules of every kind that can be tried on the past.
func rulesToTry(site string) (rules []alert.Rule) {
	for _, per := range []alert.Per{alert.PerMeeting, alert.PerSeries, alert.PerSite, alert.PerDataCenter, alert.PerVersion, alert.PerEverything} {
		share := alert.Rule{Name: "Share-" + string(per), Kind: alert.KindShare, Per: per, SharePct: 25, People: 8, Window: alert.Duration(10 * time.Minute)}
		burn := alert.Rule{Name: "Burn-" + string(per), Kind: alert.KindBurn, Per: per, ObjectivePct: 99, People: 20, Burns: []alert.Burn{
			{Long: alert.Duration(time.Hour), Short: alert.Duration(5 * time.Minute), Factor: 8}, {Long: alert.Duration(6 * time.Hour), Short: alert.Duration(30 * time.Minute), Factor: 4},
		}}
		rules = append(rules, share)
		if burn.Validate("", true) == nil {
			rules = append(rules, burn)
		}
	}
	rules = append(rules, alert.Rule{Name: "Person-of-a-site", Kind: alert.KindPerson, Minutes: 5, Scope: alert.Scope{Sites: []string{site}}})
	for _, d := range alert.Defaults() {
		if d.Replayable() == "" && d.Kind != alert.KindShare && d.Kind != alert.KindBurn {
			rules = append(rules, d)
		}
	}
	return rules
}

func tryAll(ctx context.Context, w *watch.Watcher, rules []alert.Rule, days int) error {
	var worst time.Duration
	for _, rule := range rules {
		b, err := w.Try(ctx, rule, days)
		if err != nil {
			return fmt.Errorf("%s: %w", rule.Name, err)
		}
		worst = max(worst, b.Took)
		fmt.Printf("  %-22s would have fired %5d times; %8v\n", rule.Name, b.Fired, b.Took.Round(time.Millisecond))
	}
	if worst > slowestBackTest {
		return fmt.Errorf("the slowest took %v, want %v at most", worst, slowestBackTest)
	}
	return nil
}
