package main

import (
	"slices"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/cause"
)

// small is a world with one fault that many people share: everybody who is connected to Frankfurt.
func small() emulator.Options {
	return emulator.Options{
		Seed: 12, From: time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC), Span: 35 * time.Minute, People: 160, Meetings: 20, Calm: true,
		Life:     emulator.Life{Outposts: 1, NoData: .05, NoSignal: .3, Blips: .2},
		Troubles: []emulator.Trouble{{Kind: emulator.SlowCentre, Target: "EU (Frankfurt)", Start: 18 * time.Minute, End: 32 * time.Minute, Strength: 1.3}},
	}
}

// The whole way: the world's notifications go in, verdicts come out, and truth and verdicts meet in the same minutes.
func TestPlay(t *testing.T) {
	t.Parallel()
	r, err := play("small", small(), cause.DefaultParams(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := judge(r)
	if len(r.Faults) != 1 || r.Faults[0].Cause != earshot.CauseZoomEdge || r.Faults[0].Place.Name != "EU (Frankfurt)" {
		t.Fatalf("faults %+v", r.Faults)
	}
	if s.Bad < 100 || s.Dominant[earshot.CauseZoomEdge] < s.Bad*8/10 {
		t.Fatalf("%d truly bad minutes, %d of them of the data centre", s.Bad, s.Dominant[earshot.CauseZoomEdge])
	}
	if ungraded := ratio(s.Ungraded, s.Bad); ungraded > .02 {
		t.Errorf("%.1f %% of the truly bad minutes are not bad to Earshot: truth and grades disagree", 100*ungraded)
	}
	verdicts := 0
	for _, m := range r.Minutes {
		if m.Graded && m.Said.Cause != earshot.CauseNone {
			verdicts++
		}
		if m.Person == 0 || m.Key.At < r.Faults[0].Start.Add(-time.Hour) {
			t.Fatalf("minute %+v", m)
		}
	}
	if verdicts < s.Bad*9/10 {
		t.Errorf("%d verdicts on %d truly bad minutes", verdicts, s.Bad)
	}
	if s.Early < s.Bad/2 {
		t.Errorf("%d early answers about %d minutes", s.Early, s.Bad)
	}
	if len(r.Ticks) < 150 || r.Persons < 60 || r.PersonMinutes < 1500 {
		t.Errorf("%d ticks, %d persons, %d minutes", len(r.Ticks), r.Persons, r.PersonMinutes)
	}
	t.Logf("right %d, wrong %d, unknown %d of %d; %d incidents", s.Right, s.Wrong, s.UnknownMissed, s.Bad, len(r.Incidents))
}

// The same arguments give the same figures, apart from what they cost.
func TestPlayRepeats(t *testing.T) {
	t.Parallel()
	o := small()
	o.Span, o.People, o.Meetings = 21*time.Minute, 80, 10
	var runs [2]*run
	for i := range runs {
		r, err := play("small", o, cause.DefaultParams(), nil)
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = r
	}
	a, b := runs[0], runs[1]
	if len(a.Minutes) == 0 || len(a.Minutes) != len(b.Minutes) || a.Events != b.Events || len(a.Incidents) != len(b.Incidents) {
		t.Fatalf("%d and %d minutes, %d and %d events", len(a.Minutes), len(b.Minutes), a.Events, b.Events)
	}
	for i := range a.Minutes {
		if a.Minutes[i].Key != b.Minutes[i].Key || a.Minutes[i].Said != b.Minutes[i].Said {
			t.Fatalf("minute %+v became %+v", a.Minutes[i], b.Minutes[i])
		}
	}
}

// Every scenario for scoring is in exactly one set, and the sets are equally large.
func TestSetsHoldEveryScenario(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	var names []string
	for _, s := range sets {
		count[s.set]++
		if slices.Contains(names, s.name) {
			t.Errorf("%s is in two sets", s.name)
		}
		names = append(names, s.name)
		if _, err := emulator.LoadScenario(s.name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range emulator.ScoreScenarios() {
		if !slices.Contains(names, name) {
			t.Errorf("%s is in no set", name)
		}
	}
	if count[setTune] != count[setUnseen] || count[setTune] < 8 {
		t.Errorf("sets %v: want as many to tune on as to report on", count)
	}
	if all, err := namesOf("all"); err != nil || len(all) != count[setTune]+count[setUnseen] {
		t.Errorf("all are %d: %v", len(all), err)
	}
	if _, err := namesOf("seen"); err == nil {
		t.Error("a set that does not exist was accepted")
	}
}

// Invented scenarios are worlds that can be, each another one.
func TestInventedScenariosAreWorlds(t *testing.T) {
	t.Parallel()
	seeds := map[uint64]bool{}
	for seed := range uint64(40) {
		sc := invent(seed)
		if again := invent(seed); again.options.People != sc.options.People || len(again.options.Troubles) != len(sc.options.Troubles) {
			t.Fatalf("seed %d invents two scenarios", seed)
		}
		if seeds[sc.options.Seed] {
			t.Errorf("seed %d makes the world of another", seed)
		}
		seeds[sc.options.Seed] = true
		if seed < 2 {
			if _, err := emulator.NewWorld(sc.options); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		for _, x := range sc.options.Troubles {
			if x.End > sc.options.Span {
				t.Errorf("seed %d: %s ends at %v of %v", seed, x.Kind, x.End, sc.options.Span)
			}
		}
	}
}
