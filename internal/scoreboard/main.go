// Command scoreboard says how good Earshot's verdicts are: it lives through scenarios of the emulated world at full speed,
// without any network, and compares what Earshot says of every bad minute with the world's own truth.
//
//	go run ./internal/scoreboard [-set tune|unseen|short|all] [-scenario FILE|NAME] [-random N] [-seed N] [-examples N] [-say X] [-json]
//	go run ./internal/scoreboard -alerts [-set tune|unseen|short|all] [-scenario FILE|NAME] [-random N] [-seed N]
//
// What is judged is what runs in production: the bodies of the notifications go through the pipeline's fold (decoding,
// identity, minutes, grades), from there into causes, from there into incidents. The judge knows the rules of the truth
// (docs/emulator-scenarios.md) and nothing of how causes are found:
//
//   - Rates are over the truly bad minutes: those whose truth is poor or bad, and worse than without any trouble.
//   - A minute's truth is every cause that contributes at least 30 % of its trouble; naming one of them is right. Recall
//     counts a minute for the cause with the greatest share.
//   - A headset's or camera's fault is the device's, blocked UDP the local network's, one person's own line the provider's: so the
//     world spells them.
//   - Faults of delivery have no truth: whatever incident is opened about them is false.
//
// With -alerts it says what the default rules would have told people instead: alerts and messages for each shared fault, faults of
// which nobody was told, and alerts about no fault in each day of a company that is healthy. An incident's alert is about the fault
// that its cause and place name, a symptom's about the one behind half of the bad minutes that it was raised for.
//
// The scenarios are split by name into those that parameters may be tuned on and those that are only ever reported on: see
// sets.go. The same arguments give the same figures, except for what an evaluation costs.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/cause"
)

// settings are the command line's.
type settings struct {
	set      string
	scenario string
	random   int
	seed     uint64
	examples int
	parallel int
	params   cause.Params
	json     bool
	alerts   bool
}

func main() {
	s := settings{params: cause.DefaultParams()}
	flag.StringVar(&s.set, "set", "all", "which scenarios: tune, unseen, short or all (tune and unseen)")
	flag.StringVar(&s.scenario, "scenario", "", "one scenario instead: a file, or the name of a shipped one")
	flag.IntVar(&s.random, "random", 0, "so many invented scenarios instead, from -seed on")
	flag.Uint64Var(&s.seed, "seed", 0, "another seed than the scenarios' own: other people, places and noise")
	flag.IntVar(&s.examples, "examples", 3, "examples for each of the worst confusions")
	flag.IntVar(&s.parallel, "parallel", runtime.GOMAXPROCS(0), "scenarios at once")
	flag.Float64Var(&s.params.Say, "say", s.params.Say, "another least share of a minute's hazard for which a cause is named, for tuning")
	flag.BoolVar(&s.json, "json", false, "print the figures as JSON")
	flag.BoolVar(&s.alerts, "alerts", false, "what people would have been told, instead")
	flag.Parse()
	if err := s.run(); err != nil {
		fmt.Fprintln(os.Stderr, "scoreboard:", err)
		os.Exit(1)
	}
}

// scenario is one to be run.
type scenario struct {
	name    string
	options emulator.Options
}

func (s *settings) run() error {
	list, err := s.choose()
	if err != nil {
		return err
	}
	runs, err := s.playAll(list)
	if err != nil {
		return err
	}
	if s.alerts {
		s.printAlerts(list, runs)
		return nil
	}
	scores := make([]*score, len(list))
	for i := range runs {
		scores[i] = judge(runs[i])
		if !s.json {
			fmt.Fprintln(os.Stderr, line(runs[i], scores[i]))
		}
	}
	if s.json {
		return json.NewEncoder(os.Stdout).Encode(figures(s.split(list, scores)))
	}
	for _, g := range s.split(list, scores) {
		g.print(os.Stdout, s.examples)
	}
	return nil
}

// playAll lives through scenarios, some at once.
func (s *settings) playAll(list []scenario) ([]*run, error) {
	var rules []alert.Rule
	if s.alerts {
		rules = alert.Defaults()
	}
	runs := make([]*run, len(list))
	errs := make([]error, len(list))
	gate := make(chan struct{}, max(1, s.parallel))
	var all sync.WaitGroup
	for i := range list {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			runs[i], errs[i] = play(list[i].name, list[i].options, s.params, rules)
			if errs[i] == nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", list[i].name, runs[i].Took.Round(100*time.Millisecond))
			}
		})
	}
	all.Wait()
	return runs, errors.Join(errs...)
}

// printAlerts says what people would have been told, by set.
func (s *settings) printAlerts(list []scenario, runs []*run) {
	scores, names := map[string]*alertScore{}, map[string][]string{}
	var titles []string
	for i := range list {
		title := s.title(&list[i])
		if scores[title] == nil {
			scores[title] = newAlertScore()
			titles = append(titles, title)
		}
		scores[title].add(judgeAlerts(runs[i]))
		names[title] = append(names[title], strings.TrimPrefix(list[i].name, "score/"))
	}
	for _, title := range titles {
		scores[title].print(os.Stdout, title, names[title])
	}
}

// title is the name of the set of a scenario.
func (s *settings) title(sc *scenario) string {
	if s.random > 0 {
		return "invented"
	}
	return setOf(sc.name)
}

// choose returns the scenarios that the command line asks for.
func (s *settings) choose() ([]scenario, error) {
	var list []scenario
	switch {
	case s.random > 0:
		for i := range s.random {
			list = append(list, invent(s.seed+uint64(i)))
		}
		return list, nil
	case s.scenario != "":
		o, err := emulator.LoadScenario(s.scenario)
		if err != nil {
			return nil, err
		}
		list = append(list, scenario{s.scenario, o})
	default:
		names, err := namesOf(s.set)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			o, err := emulator.LoadScenario(name)
			if err != nil {
				return nil, err
			}
			list = append(list, scenario{name, o})
		}
	}
	if s.seed != 0 {
		for i := range list {
			list[i].options.Seed = s.seed
		}
	}
	return list, nil
}

// split adds the scores up by set, so that what was tuned on never flatters what was not.
func (s *settings) split(list []scenario, scores []*score) []*group {
	var groups []*group
	find := func(title string) *group {
		for _, g := range groups {
			if g.Title == title {
				return g
			}
		}
		groups = append(groups, &group{Title: title})
		return groups[len(groups)-1]
	}
	for i, sc := range list {
		g := find(s.title(&sc))
		g.Names = append(g.Names, strings.TrimPrefix(sc.name, "score/"))
		g.score.add(scores[i])
	}
	return groups
}
