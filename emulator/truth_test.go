package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// live lives through a world until its span is over and returns the truth about it.
func live(t *testing.T, o Options) Truth {
	t.Helper()
	o.Truth = io.Discard
	w, err := NewWorld(o)
	if err != nil {
		t.Fatal(err)
	}
	var all Truth
	add := func(x Truth) {
		all.Minutes = append(all.Minutes, x.Minutes...)
		all.Faults = append(all.Faults, x.Faults...)
	}
	for end := o.From.Add(o.Span); w.Now().Before(end); {
		w.Step()
		add(w.Truth())
	}
	add(w.EndTruth())
	return all
}

func troubled(span time.Duration, list ...Trouble) Options {
	return Options{People: 220, Meetings: 30, Seed: 11, From: testFrom, Span: span, Calm: true, Troubles: append([]Trouble{}, list...)}
}

func encoded(t *testing.T, x Truth) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := x.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("wrote %d of %d: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestSameSeedSameTruth(t *testing.T) {
	t.Parallel()
	o := Options{People: 150, Meetings: 20, Seed: 4, From: testFrom, Span: 8 * time.Minute} // with chance
	want := encoded(t, live(t, o))
	if got := encoded(t, live(t, o)); !bytes.Equal(got, want) {
		t.Error("the same options gave another truth")
	}
	if n := bytes.Count(want, []byte("\n")); n < 30 {
		t.Errorf("only %d lines of truth", n)
	}
	for line := range bytes.Lines(want) {
		if !json.Valid(line) {
			t.Fatalf("not JSON: %s", line)
		}
	}
	o.Seed++
	if bytes.Equal(encoded(t, live(t, o)), want) {
		t.Error("another seed gave the same truth")
	}
}

// Looking at what would have been does not change what is.
func TestTruthDoesNotChangeTheWorld(t *testing.T) {
	t.Parallel()
	o := Options{People: 120, Meetings: 14, Seed: 7}
	without, n := digest(emulatorOf(t, o), 8*time.Minute)
	o.Truth = io.Discard
	with, m := digest(emulatorOf(t, o), 8*time.Minute)
	if with != without || n != m {
		t.Errorf("%d events without the truth, %d with: or others", n, m)
	}
}

// What the truth takes for the world without a trouble is the world without it, as far as nobody behaves differently.
func TestCounterfactualIsTheOtherWorld(t *testing.T) {
	t.Parallel()
	always := Trouble{Start: -time.Hour, End: time.Hour, Strength: 1}
	a, b := always, always
	a.Kind, a.Target = SlowCentre, "EU (Frankfurt)"
	b.Kind, b.Target, b.Direction = ISPLoss, "Tejo Fibra", Down
	for _, list := range [][]Trouble{{a}, {b}, {a, b}} {
		o := troubled(5*time.Minute, list...)
		o.Truth = io.Discard
		with, err := NewWorld(o)
		if err != nil {
			t.Fatal(err)
		}
		o.Troubles = []Trouble{}
		without, err := NewWorld(o)
		if err != nil {
			t.Fatal(err)
		}
		compared, felt, differ := 0, 0, 0
		for range 50 {
			with.Step()
			without.Step()
			if len(with.meetings) != len(without.meetings) {
				t.Fatal("a trouble moved who meets whom")
			}
			for i, m := range with.meetings {
				for j, s := range m.segs {
					if s.hind == nil || !s.here {
						continue
					}
					x, y := &s.hind.none.view, &without.meetings[i].segs[j].view
					compared++
					if math.Abs(s.rtt-x.rtt) > 20 || math.Abs(s.lossDown-x.lossDown) > .02 {
						felt++
					}
					// What calls put on a line moves a little, because senders adapt; seldom, a burst of loss more or less comes of it.
					if math.Abs(x.rtt-y.rtt) > 3 || math.Abs(x.lossUp-y.lossUp) > .01 || math.Abs(x.lossDown-y.lossDown) > .01 || x.over != y.over && math.Abs(x.over-y.over) > .3 {
						differ++
					}
				}
			}
		}
		if compared < 900 || felt < 200 {
			t.Errorf("%d steps compared, %d of them felt: too few", compared, felt)
		}
		if differ > compared/100 {
			t.Errorf("%d of %d steps were imagined otherwise than they are without the trouble", differ, compared)
		}
		t.Logf("%d steps, %d felt, %d imagined otherwise", compared, felt, differ)
	}
}

// A trouble of strength 0, and one that meets nobody, is not in the truth.
func TestWhatNobodyFeelsIsNotTrue(t *testing.T) {
	t.Parallel()
	nobody := Trouble{Kind: FullLink, Target: "Lisbon office", Start: 2 * time.Minute, End: 8 * time.Minute}
	late := Trouble{Kind: FullLink, Target: "Lisbon office", Start: 20 * time.Minute, End: 28 * time.Minute, Strength: 1}
	slight := Trouble{Kind: SlowCentre, Target: "EU (Frankfurt)", Start: time.Minute, End: 8 * time.Minute, Strength: .01}
	got := live(t, troubled(7*time.Minute, nobody, late, slight))
	if len(got.Minutes)+len(got.Faults) != 0 {
		t.Errorf("%d minutes and %d faults: %+v", len(got.Minutes), len(got.Faults), got.Faults)
	}
}

// Every minute of the truth is whole: shares sum up, causes are among the faults, streams are worse than without.
func TestTruthIsConsistent(t *testing.T) {
	t.Parallel()
	o := Options{People: 200, Meetings: 25, Seed: 8, From: testFrom, Span: 12 * time.Minute}
	checkTruth(t, live(t, o))
}

func checkTruth(t *testing.T, got Truth) {
	t.Helper()
	faults := map[int]*TruthFault{}
	for i := range got.Faults {
		f := &got.Faults[i]
		if faults[f.Fault] != nil {
			t.Errorf("fault %d is told twice", f.Fault)
		}
		faults[f.Fault] = f
		n := 0
		for _, v := range f.Victims {
			n += v.Minutes
		}
		if n != f.Minutes || n == 0 || f.FirstFelt.Before(f.Start.Truncate(time.Minute)) || f.LastFelt.After(f.End.Add(2*time.Minute)) || !f.Start.Before(f.End) {
			t.Errorf("fault %+v: %d minutes of victims", f, n)
		}
	}
	felt := map[int]int{}
	for _, m := range got.Minutes {
		sum := m.Ordinary
		once := map[int]bool{}
		for i, c := range m.Causes {
			sum += c.Share
			if !once[c.Fault] {
				felt[c.Fault]++
				once[c.Fault] = true
			}
			if f := faults[c.Fault]; f == nil || f.Kind != c.Kind || c.Cause != "remote" && c.Cause != f.Cause {
				t.Errorf("cause %+v of no fault", c)
			}
			if c.Share < leastShare || i > 0 && c.Share > m.Causes[i-1].Share {
				t.Errorf("causes not sorted, or a share too small: %+v", m.Causes)
			}
		}
		if sum > 1.01 || sum < .85 || len(m.Causes) == 0 {
			t.Errorf("shares sum up to %.3f: %+v", sum, m)
		}
		for _, s := range m.Slots {
			g, _ := earshot.ParseGrade(s.Grade)
			o, _ := earshot.ParseGrade(s.GradeWithout)
			if g <= o {
				t.Errorf("not worse: %+v", s)
			}
		}
		if len(m.Slots) == 0 && !m.Dropped || !m.Minute.Equal(m.Minute.Truncate(time.Minute)) {
			t.Errorf("minute %+v", m)
		}
	}
	for id, f := range faults {
		if felt[id] != f.Minutes {
			t.Errorf("fault %d: %d minutes in its record, %d minutes name it", id, f.Minutes, felt[id])
		}
	}
}

// Who sends badly and who hears it are told apart.
func TestOffenderAndVictims(t *testing.T) {
	t.Parallel()
	got := live(t, troubled(9*time.Minute, Trouble{Kind: BadUplink, Start: time.Minute, End: 8 * time.Minute, Strength: 1.3}))
	checkTruth(t, got)
	if len(got.Faults) != 1 {
		t.Fatalf("%d faults", len(got.Faults))
	}
	own := map[string]bool{}
	for _, m := range got.Minutes {
		for _, c := range m.Causes {
			if c.Cause == "isp" {
				own[m.UserID] = true
			}
		}
	}
	if len(own) != 1 {
		t.Fatalf("%d people have the uplink: %v", len(own), own)
	}
	heard := 0
	for _, m := range got.Minutes {
		c := m.Causes[0]
		if own[m.UserID] {
			if !slices.ContainsFunc(m.Slots, func(s TruthSlot) bool {
				return s.Slot == "audio_send" || s.Slot == "video_send" || s.Slot == "share_send"
			}) {
				t.Errorf("the offender sends well: %+v", m.Slots)
			}
			continue
		}
		heard++
		if c.Cause != "remote" || len(c.Offenders) != 1 || !own[c.Offenders[0]] {
			t.Errorf("a listener's cause is %+v, want remote and who it is", c)
		}
		for _, s := range m.Slots {
			if s.Slot[len(s.Slot)-4:] == "send" {
				t.Errorf("a listener sends badly: %+v", s)
			}
		}
	}
	if heard < 3 {
		t.Errorf("%d minutes of listeners", heard)
	}
}

// A line that is full upwards spoils what is sent; its people hear well but for each other.
func TestTruthKnowsTheDirection(t *testing.T) {
	t.Parallel()
	got := live(t, troubled(8*time.Minute, Trouble{Kind: FullLink, Target: "Lisbon office", Start: time.Minute, End: 7 * time.Minute, Strength: 1, Direction: Up}))
	checkTruth(t, got)
	sent, remote := 0, 0
	for _, m := range got.Minutes {
		own := slices.ContainsFunc(m.Causes, func(c TruthCause) bool { return c.Cause == "local-network" })
		for _, s := range m.Slots {
			if s.Metric != "loss_pct" {
				continue // a round trip has no direction
			}
			switch sending := s.Slot[len(s.Slot)-4:] == "send"; {
			case sending && own:
				sent++
			case sending:
				t.Errorf("sends badly, but not by its own line: %+v", m)
			default:
				remote++
				if !slices.ContainsFunc(m.Causes, func(c TruthCause) bool { return c.Cause == "remote" }) {
					t.Errorf("receives badly, and nobody else is a cause: %+v", m)
				}
			}
		}
	}
	if sent < 5 || remote < 3 {
		t.Errorf("%d streams sent badly, %d received badly", sent, remote)
	}
}

// Two troubles in one minute share it, and the one that alone would do as much gets as much.
func TestTwoTroublesShareAMinute(t *testing.T) {
	t.Parallel()
	span := Trouble{Start: time.Minute, End: 9 * time.Minute, Strength: 1}
	a, b := span, span
	a.Kind, a.Target, a.Direction = FullLink, "Lisbon office", Down
	b.Kind, b.Target, b.Strength = SlowCentre, "EU (Frankfurt)", .8
	got := live(t, troubled(10*time.Minute, a, b))
	checkTruth(t, got)
	both := 0
	for _, m := range got.Minutes {
		if len(m.Causes) >= 2 && m.Causes[0].Kind != m.Causes[1].Kind {
			both++
		}
	}
	if both < 3 {
		t.Errorf("%d minutes of two causes", both)
	}
}

// More of the same trouble has no fewer victims, but for noise.
func TestStrongerHasMoreVictims(t *testing.T) {
	t.Parallel()
	last := -1
	for _, x := range []float64{.1, .5, 2} {
		got := live(t, troubled(6*time.Minute, Trouble{Kind: FullLink, Target: "Lisbon office", Start: time.Minute, End: 5 * time.Minute, Strength: x}))
		if n := len(got.Minutes); n < last*9/10 {
			t.Errorf("strength %v: %d minutes, fewer than %d", x, n, last)
		} else {
			last = n
		}
	}
	if last < 20 {
		t.Errorf("%d minutes at the greatest strength", last)
	}
}

// The truth grades as the default profile of Earshot does, except for signal strength and sharing's frame rate.
func TestRulesAreThoseOfTheProfile(t *testing.T) {
	type bound struct {
		metric          string
		fair, poor, bad float64
	}
	of := func(r *truthRule) bound { return bound{r.metric, r.fair, r.poor, r.bad} }
	want := map[earshot.Media]map[earshot.Metric]bound{
		earshot.MediaNone:  {earshot.CPUSystemMaxPct: of(&cpuRule)},
		earshot.MediaAudio: {earshot.LossAvgPct: of(&audioLossRule)},
		earshot.MediaVideo: {earshot.LossAvgPct: of(&videoLossRule), earshot.FrameRateFPS: of(&fpsRule)},
		earshot.MediaShare: {earshot.LossAvgPct: of(&videoLossRule)},
	}
	for _, m := range []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare} {
		want[m][earshot.JitterMs], want[m][earshot.LatencyMs] = of(&jitterRule), of(&latencyRule)
	}
	checked := 0
	for _, r := range grade.Earshot().Rules {
		b, ok := want[r.Media][r.Metric]
		if !ok {
			continue
		}
		checked++
		if diff := cmp.Diff(bound{b.metric, r.Fair, r.Poor, r.Bad}, b, cmp.AllowUnexported(bound{})); diff != "" {
			t.Errorf("%v of %v: %s", r.Metric, r.Media, diff)
		}
	}
	if checked != 11 {
		t.Errorf("%d rules compared", checked)
	}
}

// Severity grows with what it measures, and the grades begin at whole numbers.
func TestSeverity(t *testing.T) {
	rules := []*truthRule{&audioLossRule, &videoLossRule, &jitterRule, &latencyRule, &fpsRule, &cpuRule}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(rules).Draw(t, "rule")
		x, y := rapid.Float64Range(0, 600).Draw(t, "x"), rapid.Float64Range(0, 600).Draw(t, "y")
		if x > y {
			x, y = y, x
		}
		if r.falling {
			x, y = y, x
		}
		if r.severity(x) > r.severity(y) || r.grade(x) > r.grade(y) || r.severity(y) > 4 {
			t.Fatalf("%s: %v has severity %v, %v has %v", r.metric, x, r.severity(x), y, r.severity(y))
		}
	})
	for _, r := range rules {
		for i, at := range []float64{r.fair, r.poor, r.bad} {
			beyond := at + .001
			if r.falling {
				beyond = at - .001
			}
			if got := r.severity(beyond); math.Abs(got-float64(i+1)) > .01 {
				t.Errorf("%s at %v: severity %v, want about %d", r.metric, at, got, i+1)
			}
		}
	}
}
