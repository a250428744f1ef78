package emulator

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Every shipped scenario can be loaded, each of its faults is felt, and its truth is whole.
func TestShippedScenariosAreFelt(t *testing.T) {
	names := Scenarios()
	if len(names) < 8 {
		t.Fatalf("%d scenarios are shipped", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := LoadScenario(name)
			if err != nil {
				t.Fatal(err)
			}
			if o.Span == 0 || o.From.IsZero() || o.People == 0 {
				t.Errorf("no span, beginning or population: %+v", o)
			}
			if !o.Calm { // a day: some minutes of its morning will do
				o.From, o.Span = o.From.Add(8*time.Hour+45*time.Minute), 15*time.Minute
			} else { // what comes after the last fault is for the diagnosis
				o.Span = 5 * time.Minute
				for _, f := range o.Troubles {
					o.Span = max(o.Span, f.End+time.Minute)
				}
			}
			got := live(t, o)
			checkTruth(t, got)
			for _, want := range o.Troubles {
				felt := slices.ContainsFunc(got.Faults, func(f TruthFault) bool {
					return f.Kind == string(want.Kind) && (want.Target == "" || f.Target == want.Target) && f.Origin == "scenario" &&
						(f.Start.Sub(o.From)-want.Start).Abs() < time.Minute
				})
				if !felt {
					t.Errorf("nobody felt %+v", want)
				}
			}
			if o.Calm && len(got.Faults) != len(o.Troubles) || !o.Calm && len(got.Faults) == 0 {
				t.Errorf("%d faults in the truth, %d in the file", len(got.Faults), len(o.Troubles))
			}
			for _, f := range got.Faults {
				t.Logf("%s at %s: %d minutes of %d people", f.Kind, f.Target, f.Minutes, len(f.Victims))
			}
		})
	}
}

// The scenarios for scoring are read, and are long and untidy enough to mean anything.
func TestScoreScenarios(t *testing.T) {
	t.Parallel()
	names := ScoreScenarios()
	if len(names) < 16 {
		t.Fatalf("%d scenarios for scoring are shipped", len(names))
	}
	kinds, seeds := map[TroubleKind]bool{}, map[uint64]string{}
	for _, name := range names {
		o, err := LoadScenario(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if o.Span < 3*time.Hour || o.People < 300 || o.Life == (Life{}) || seeds[o.Seed] != "" {
			t.Errorf("%s: span %v, %d people, life %+v, seed as of %q", name, o.Span, o.People, o.Life, seeds[o.Seed])
		}
		seeds[o.Seed] = name
		for _, x := range o.Troubles {
			kinds[x.Kind] = true
		}
	}
	for _, k := range troubleKinds {
		if !kinds[k] && k != LostNetwork {
			t.Errorf("no scenario for scoring has a %s", k)
		}
	}
	if _, err := LoadScenario("score/ofices"); err == nil || !strings.Contains(err.Error(), "did you mean score/offices?") {
		t.Errorf("misspelt name: %v", err)
	}
	if _, err := LoadScenario("score/../../secret"); err == nil {
		t.Error("a path was taken for a name")
	}
}

func TestReadScenario(t *testing.T) {
	const text = `
about: what it is for
seed: 18446744073709551615
from: 2026-11-20T09:00:00+01:00
span: 1h30m
cadence: 15s
dialect: sent
population: {people: 120, meetings: 9}
schedule:
  kind: working-hours
  begin: "07:30"
  end: "16:00"
  weekends: true
chance: true
faults:
  - kind: full-link
    target: Lisbon office
    start: -1m
    end: 5m
    strength: 0.5
    direction: down
  - {kind: weak-wifi, end: 2m}
  - {kind: drop, start: 1m, end: 2m, share: 0.25}
  - {kind: delay, start: 1m, end: 2m, share: 1, delay: 20s}
`
	got, err := ReadScenario(strings.NewReader(text), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := Options{
		Seed: 1<<64 - 1, From: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Span: 90 * time.Minute, Cadence: 15 * time.Second, Dialect: InputSent,
		People: 120, Meetings: 9, Schedule: Schedule{Kind: WorkingHours, Begin: 7*time.Hour + 30*time.Minute, End: 16 * time.Hour, Weekends: true},
		Troubles: []Trouble{
			{Kind: FullLink, Target: "Lisbon office", Start: -time.Minute, End: 5 * time.Minute, Strength: .5, Direction: Down},
			{Kind: WeakWiFi, End: 2 * time.Minute, Strength: 1},
		},
		Delivery: []DeliveryFault{
			{Kind: DropDelivery, Start: time.Minute, End: 2 * time.Minute, Share: .25},
			{Kind: DelayDelivery, Start: time.Minute, End: 2 * time.Minute, Share: 1, Delay: 20 * time.Second},
		},
	}
	got.From = got.From.UTC()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// All that is wrong with a file is told at once, each with its line, what is there and what is wanted.
func TestBadScenarios(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"many", `
sed: 1
span: soon
population: {people: 1.5, meetings: none}
dialect: sideways
faults:
  - {kind: full-lnk, end: 5m}
  - {kind: full-link, start: 5m}
  - {kind: drop, end: 5m, strength: 1}
  - {kind: busy-cpu, end: 5m, direction: up}
  - {kind: weak-wifi, end: 5m, delay: 5s}
  - 7
  - {kind: bad-uplink, end: 5m, share: 0.5}
  - {kind: busy-air, end: 5m, share: 1.5}
life: {outposts: 11, movers: 2, blips: many, stale: -1m, spleen: 1}
`, []string{
			"x.yaml:2: sed: unknown key", "did you mean seed?", `x.yaml:3: span: got "soon", want a span of 1m0s or more`,
			`x.yaml:4: population.people: got "1.5", want a whole number`, `x.yaml:4: population.meetings: got "none"`,
			`x.yaml:5: dialect: got "sideways", want one of received, sent`, `x.yaml:7: faults[0].kind: got "full-lnk"`, "did you mean full-link?",
			"x.yaml:8: faults[1]: end is missing", "x.yaml:9: faults[2].strength: a fault of kind drop has no strength",
			"x.yaml:10: faults[3]: trouble busy-cpu: takes no direction", "x.yaml:11: faults[4].delay: a fault of kind weak-wifi has no delay",
			`x.yaml:12: faults[5]: got "7", want keys and values`, "x.yaml:13: faults[6]: trouble bad-uplink: is one person's, takes no share",
			`x.yaml:14: faults[7].share: got "1.5", want a number from 0 to 1`, `x.yaml:15: life.outposts: got "11", want a whole number from 0 to 10`,
			`x.yaml:15: life.movers: got "2", want a number from 0 to 1`, `x.yaml:15: life.blips: got "many"`, `x.yaml:15: life.stale: got "-1m"`,
			"x.yaml:15: life.spleen: unknown key, want one of outposts, movers,",
		}},
		{"targets", `
population: {people: 200}
faults:
  - {kind: full-link, target: Lisbon ofice, end: 5m}
  - {kind: slow-centre, target: Mars, end: 5m}
  - kind: weak-wifi
    target: nobody@example.com
    end: 5m
  - {kind: isp-loss, target: Tejo Fibra @ Austin, end: 5m}
`, []string{
			`x.yaml:4: faults: target "Lisbon ofice" of full-link: want a site of this world; did you mean "Lisbon office"?`,
			`x.yaml:5: faults: target "Mars" of slow-centre: want a data centre of this world: one of`, `"EU (Frankfurt)"`,
			`x.yaml:7: faults: target "nobody@example.com" of weak-wifi: want a person's e-mail or a site or an access point`,
			`x.yaml:9: faults: target "Tejo Fibra @ Austin" of isp-loss`,
		}},
		{"twice", "seed: 1\nseed: 2\n", []string{"x.yaml:2: ", "seed"}},
		{"empty", "", []string{"x.yaml:1: got an empty file"}},
		{"list", "- 1\n", []string{"x.yaml:1: the file: got a list, want keys and values"}},
		{"broken", "faults: [\n", []string{"x.yaml:", "no valid YAML"}},
		{"documents", "seed: 1\n---\nseed: 2\n", []string{"a second document"}},
		{"times", "from: noon\nschedule: {kind: working-hours, begin: \"25:00\", end: 9}\n", []string{"x.yaml:1: from", `begin: got "25:00"`, `end: got "9"`}},
		{"together", "population: {people: 10, meetings: 20}\n", []string{"meetings 20: want 1 to the number of people (10)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadScenario(strings.NewReader(test.text), "x.yaml")
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no word of %q in:\n%v", want, err)
				}
			}
		})
	}
}

func TestLoadScenario(t *testing.T) {
	if _, err := LoadScenario("lyon-lnk"); err == nil || !strings.Contains(err.Error(), "did you mean lyon-link?") {
		t.Errorf("misspelt name: %v", err)
	}
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("seed: 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o, err := LoadScenario(file); err != nil || o.Seed != 5 {
		t.Errorf("own file: %+v, %v", o, err)
	}
	if _, err := LoadScenario(file + ".no"); err == nil {
		t.Error("a missing file was read")
	}
}

// Every name that a world can aim at is found again, for the kinds that take it.
func TestEveryTargetCanBeNamed(t *testing.T) {
	p := newPopulation(3, 900, &Life{})
	try := func(k TroubleKind, target string) {
		t.Helper()
		a, err := p.aim(k, target)
		if err != nil || a.String() != target {
			t.Errorf("%s at %q: %q, %v", k, target, a.String(), err)
		}
	}
	for _, s := range p.sites {
		if s.vpn {
			try(BusyVPN, s.name)
			continue
		}
		try(FullLink, s.name)
		try(BlockedUDP, s.name)
		for _, a := range s.points {
			try(BusyAir, a.name)
		}
		try(ISPLoss, s.isp.name)
	}
	for _, c := range p.centres {
		try(SlowCentre, c.name)
	}
	for _, q := range p.people[:50] {
		try(BusyCPU, q.email)
		try(BadVersion, q.computer.version)
		try(BadHeadset, model(q.computer.microphone))
		try(ISPLoss, q.provider.name+" @ "+q.city.name)
		if q.computer.camera != "" {
			try(BadCamera, q.computer.camera)
		}
	}
}

func FuzzReadScenario(f *testing.F) {
	for _, name := range Scenarios() {
		text, err := shipped.ReadFile("scenarios/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		if !strings.Contains(string(text), "target") { // looking for targets takes a world
			f.Add(string(text))
		}
	}
	f.Add("faults: [{kind: full-link, end: 5m, strength: .nan}]")
	f.Add("a: &a [*a]\n<<: *a")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "people") && strings.Contains(text, "target") {
			t.Skip("a large world is slow, not wrong")
		}
		o, err := ReadScenario(strings.NewReader(text), "x.yaml")
		if err == nil {
			if _, err := o.withDefaults(testFrom); err != nil {
				t.Errorf("read, but not accepted: %v", err)
			}
		}
	})
}

// A large reader is refused rather than taken in.
func TestScenarioIsBounded(t *testing.T) {
	if _, err := ReadScenario(io.LimitReader(endless{}, 1<<30), "x.yaml"); err == nil {
		t.Error("accepted")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '#'
	}
	return len(b), nil
}
