package grade_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// signal is the loss of one audio stream, a value for each 15 s; below zero it is idle.
type signal []float64

// quarter is the finest cadence of the tests, in milliseconds.
const quarter = earshot.Instant(15_000)

// play reports a signal each n quarters and returns the state of the slot after each quarter: what a report had told by then.
func (x signal) play(p *grade.Profile, n int) []earshot.Grade {
	var s grade.Steady
	out := make([]earshot.Grade, len(x))
	ctx := grade.Context{FirstReport: minute - 3_600_000}
	for i := range x {
		if (i+1)%n == 0 {
			r := report(0, earshot.WireAudioInput, metrics{})
			r.At = minute + earshot.Instant(i+1)*quarter
			if loss, flows := average(x[i+1-n : i+1]); flows {
				r.Set(earshot.BitrateKbps, 60)
				r.Set(earshot.LossAvgPct, loss)
			}
			s.Report(p, []earshot.Sample{r}, ctx)
		}
		out[i] = s.Slots[earshot.SlotAudioReceive].Grade
	}
	return out
}

// average is what Zoom reports of several quarters: the average of those in which something flowed.
func average(x []float64) (float64, bool) {
	sum, n := 0.0, 0
	for _, v := range x {
		if v >= 0 {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// steps is a signal of pieces: minutes of a loss.
func steps(pieces ...[2]float64) (x signal) {
	for _, p := range pieces {
		for range int(p[0] * 4) {
			x = append(x, p[1])
		}
	}
	return x
}

// changes lists where the grade changes, as "after 2m0s bad".
func changes(grades []earshot.Grade) (out []string) {
	last := none
	for i, g := range grades {
		if g != last {
			out = append(out, "after "+(time.Duration(i+1)*15*time.Second).String()+" "+g.String())
			last = g
		}
	}
	return out
}

func TestSteady(t *testing.T) {
	const off = -1
	for _, tt := range []struct {
		name string
		x    signal
		each int // quarters
		want []string
	}{
		{"falls with the first report and recovers after three minutes", steps([2]float64{5, 0}, [2]float64{2, 20}, [2]float64{6, 0}), 4,
			[]string{"after 1m0s good", "after 6m0s bad", "after 10m0s good"}},
		{"four reports a minute fall a little earlier, for the average of a minute", steps([2]float64{5, 0}, [2]float64{2, 20}, [2]float64{6, 0}), 1,
			[]string{"after 15s good", "after 5m15s poor", "after 5m30s bad", "after 10m30s poor", "after 10m45s good"}},
		{"recovers to the worst of the time since", steps([2]float64{2, 0}, [2]float64{1, 20}, [2]float64{5, 6}, [2]float64{5, 0}), 4,
			[]string{"after 1m0s good", "after 3m0s bad", "after 6m0s poor", "after 11m0s good"}},
		{"one good minute does not recover", steps([2]float64{1, 0}, [2]float64{1, 20}, [2]float64{2, 0}, [2]float64{1, 20}, [2]float64{2, 0}, [2]float64{1, 20}), 4,
			[]string{"after 1m0s good", "after 2m0s bad"}},
		{"stands still while muted", steps([2]float64{1, 0}, [2]float64{1, 20}, [2]float64{2, off}, [2]float64{2, 0}, [2]float64{2, off}, [2]float64{2, 0}), 4,
			[]string{"after 1m0s good", "after 2m0s bad", "after 9m0s good"}},
		{"forgets what was long muted", steps([2]float64{1, 0}, [2]float64{1, 20}, [2]float64{4, off}, [2]float64{1, 0}), 4,
			[]string{"after 1m0s good", "after 2m0s bad", "after 5m0s unclassified", "after 7m0s good"}},
		{"never flowed", steps([2]float64{9, off}), 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, changes(tt.x.play(grade.Earshot(), tt.each))); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// marginal reports whether the signal is better than some bound for about as long as recovery takes, give or take the minute at either end:
// then averages over minutes that are partly bad decide whether it recovers before it falls again, and cadences may differ for longer.
func (x signal) marginal(clear time.Duration) bool {
	for _, bound := range []float64{2, 5, 10} {
		better := 0
		for i, loss := range append(x[:len(x):len(x)], 100) {
			if loss < bound {
				better++
				continue
			}
			if gap := time.Duration(better)*15*time.Second - clear; i > 0 && better > 0 && gap > -150*time.Second && gap < 150*time.Second {
				return true
			}
			better = 0
		}
	}
	return false
}

// TestCadenceDoesNotMatter: one report a minute and four say the same within a minute, for trouble that begins and ends at any
// time and lasts at least two minutes.
func TestCadenceDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := grade.Earshot()
		p.ClearAfter = time.Duration(rapid.IntRange(2, 5).Draw(t, "clear")) * time.Minute
		var x signal
		for range rapid.IntRange(2, 5).Draw(t, "pieces") {
			loss := rapid.SampledFrom([]float64{0, 0, 3, 6, 20}).Draw(t, "loss")
			for range rapid.IntRange(8, 60).Draw(t, "quarters") {
				x = append(x, loss)
			}
		}
		if x.marginal(p.ClearAfter) {
			t.Skip()
		}
		fine, coarse := x.play(p, 1), x.play(p, 4)
		const within = 5 // quarters: a minute, and the report that is only due then
		for i := 8; i < len(x)-within; i++ {
			low, high := fine[i], fine[i]
			for j := max(0, i-within); j <= i+within; j++ {
				low, high = min(low, fine[j]), max(high, fine[j])
			}
			if coarse[i] < low || coarse[i] > high {
				t.Fatalf("after %v: each minute %v, each 15 s between %v and %v around that time\n%v\n%v\n%v",
					time.Duration(i+1)*15*time.Second, coarse[i], low, high, x, fine, coarse)
			}
		}
	})
}

// TestSteadyFallsAtOnceAndNeverTooEarlyUp: whatever comes, the state is never better than what was just measured, and it is
// never better than anything measured in the last three minutes of flowing.
func TestSteadyFallsAtOnceAndNeverTooEarlyUp(t *testing.T) {
	p := grade.Earshot()
	level := func(loss float64) earshot.Grade {
		switch {
		case loss >= 10:
			return bad
		case loss >= 5:
			return poor
		case loss >= 2:
			return fair
		}
		return good
	}
	rapid.Check(t, func(t *rapid.T) {
		x := signal(rapid.SliceOfN(rapid.SampledFrom([]float64{-1, 0, 1, 3, 7, 15}), 4, 60).Draw(t, "loss each minute"))
		var each signal
		for _, loss := range x {
			each = append(each, loss, loss, loss, loss)
		}
		got := each.play(p, 4)
		for i, loss := range x {
			g := got[4*i+3]
			if loss >= 0 && g < level(loss) {
				t.Fatalf("minute %d: loss %v is %v", i, loss, g)
			}
			worst, flowing, idle := none, 0, 0
			for j := i; j >= 0 && flowing < 3 && idle < 3; j-- {
				if x[j] < 0 {
					idle++
					continue
				}
				idle = 0
				worst, flowing = max(worst, level(x[j])), flowing+1
			}
			if want := worst; idle < 3 && g != want {
				t.Fatalf("minute %d of %v: %v, want the worst of the last three that flowed, %v", i, x, g, want)
			}
		}
	})
}

// TestSteadyMinutes: graded minutes lead to the same states as the reports that they were made of.
func TestSteadyMinutes(t *testing.T) {
	p := grade.Earshot()
	rapid.Check(t, func(t *rapid.T) {
		var reports, minutes grade.Steady
		ctx := grade.Context{FirstReport: minute - 3_600_000}
		at := minute
		for range rapid.IntRange(1, 30).Draw(t, "minutes") {
			at += 60_000 * earshot.Instant(rapid.SampledFrom([]int{1, 1, 1, 1, 2, 6}).Draw(t, "later"))
			r := report(0, earshot.WireVideoInput, metrics{earshot.LossAvgPct: rapid.SampledFrom([]float64{0, 4, 9, 20}).Draw(t, "loss")})
			if rapid.IntRange(0, 3).Draw(t, "flows") > 0 {
				r.Set(earshot.BitrateKbps, 500)
			}
			r.At = at
			reports.Report(p, []earshot.Sample{r}, ctx)
			minutes.Minute(p, &earshot.Minute{At: at - 60_000, Slots: p.Minute([]earshot.Sample{r}, ctx).Slots})
			if reports.Slots != minutes.Slots {
				t.Fatalf("from reports %+v, from minutes %+v", reports.Slots, minutes.Slots)
			}
		}
	})
}

// TestSteadyAfterSilence: nobody knows what was between two reports that are far apart.
func TestSteadyAfterSilence(t *testing.T) {
	p := grade.Earshot()
	var s grade.Steady
	at := func(seconds int, loss float64) {
		r := report(0, earshot.WireAudioOutput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: loss})
		r.At = minute + earshot.Instant(seconds)*1000
		s.Report(p, []earshot.Sample{r}, grade.Context{FirstReport: minute - 600_000})
	}
	state := func() earshot.Grade {
		g, _ := s.Grade()
		return g
	}
	at(0, 0)
	at(60, 30)
	if g, since := s.Grade(); g != bad || since != minute+60_000 || s.Slots[earshot.SlotAudioSend].Since != minute+60_000 {
		t.Errorf("state %+v, want bad", s.Slots[earshot.SlotAudioSend])
	}
	at(30, 0) // late: no time passes
	if state() != bad || s.Last != minute+60_000 {
		t.Errorf("after a late report: %v, %v", state(), s.Last)
	}
	at(600, 0)
	if state() != good || len(s.Recent) != 1 {
		t.Errorf("after a silence: %v with %d samples", state(), len(s.Recent))
	}
	s.Report(p, nil, grade.Context{})
	if state() != good {
		t.Error("an empty report changed something")
	}
}
