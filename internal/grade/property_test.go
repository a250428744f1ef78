package grade_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// anything is any number that a metric may be set to, sensible or not, with the bounds themselves among them.
var anything = rapid.OneOf(
	rapid.Float64Range(0, 100), rapid.Float64Range(-100, 1000), rapid.Float64(),
	rapid.SampledFrom([]float64{0, 1, 2, 3, 4, 5, 7, 10, 15, 30, 40, 60, 80, 90, 95, 200, 300, 500, -67, -72, -78,
		math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e30}))

// someSamples draws samples of one minute with distinct keys.
func someSamples(t *rapid.T, label string, least int) []earshot.Sample {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) earshot.Sample {
		s := report(rapid.IntRange(0, 59).Draw(t, "second"), earshot.Wire(rapid.IntRange(0, 30).Draw(t, "wire")), nil)
		for m := range earshot.Metric(earshot.MetricCount) {
			if rapid.IntRange(0, 2).Draw(t, "has") > 0 {
				s.Set(m, anything.Draw(t, "value"))
			}
		}
		return s
	}), least, 20, func(s earshot.Sample) earshot.SampleKey { return s.Key() }).Draw(t, label)
}

func someContext(t *rapid.T) grade.Context {
	instant := func(label string) earshot.Instant {
		return rapid.SampledFrom([]earshot.Instant{0, minute, minute - 3_600_000, minute + 30_000, minute + 3_600_000}).Draw(t, label)
	}
	return grade.Context{
		FirstReport: instant("first"), LastReport: instant("last"), Join: instant("join"), Leave: instant("leave"),
		AudioInput: earshot.InputMeaning(rapid.IntRange(0, 1).Draw(t, "audio")), VideoInput: earshot.InputMeaning(rapid.IntRange(0, 1).Draw(t, "video")),
		PrevLow: grade.SlotSet(rapid.IntRange(0, 255).Draw(t, "low")),
	}
}

func TestOrderNeverMatters(t *testing.T) {
	p := grade.Earshot()
	rapid.Check(t, func(t *rapid.T) {
		samples, ctx := someSamples(t, "samples", 1), someContext(t)
		shuffled := rapid.Permutation(samples).Draw(t, "shuffled")
		want, got := p.Minute(samples, ctx), p.Minute(shuffled, ctx)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order (-want +got):\n%s", diff)
		}
		if !want.Reason.Set && want.Grade > earshot.Good || want.Reason.Set && want.Grade <= earshot.Good {
			t.Fatalf("grade %v with the reason %+v", want.Grade, want.Reason)
		}
		if (want.Why != earshot.WhyNone) != (want.Grade == earshot.Unclassified) {
			t.Fatalf("grade %v, why %v", want.Grade, want.Why)
		}
		if x := float64(want.Reason.Value); math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("the reason's value is %v", x)
		}
	})
}

// TestIdleStreamsNeverMatter: a stream without a bit rate says nothing, whatever it says.
func TestIdleStreamsNeverMatter(t *testing.T) {
	p := grade.Earshot()
	rapid.Check(t, func(t *rapid.T) {
		samples, ctx := someSamples(t, "samples", 1), someContext(t)
		taken := map[earshot.SampleKey]bool{}
		for i := range samples {
			taken[samples[i].Key()] = true
		}
		more := samples[:len(samples):len(samples)]
		for _, s := range someSamples(t, "idle", 0) {
			s.At = samples[0].At // another time would be another report
			if !s.Wire.IsStream() || taken[s.Key()] {
				continue
			}
			taken[s.Key()] = true
			for m := earshot.CPUZoomMinPct; m < earshot.MetricCount; m++ { // these are facts in any entry
				s.Mask &^= 1 << m
			}
			s.Mask &^= 1 << earshot.BitrateKbps
			if rapid.Bool().Draw(t, "zero") {
				s.Set(earshot.BitrateKbps, rapid.Float64Range(0, 0.99).Draw(t, "kbps"))
			}
			more = append(more, s)
		}
		if diff := cmp.Diff(p.Minute(samples, ctx), p.Minute(more, ctx)); diff != "" {
			t.Fatalf("%d idle streams more (-without +with):\n%s", len(more)-len(samples), diff)
		}
	})
}

// TestWorseNeverGradesBetter: raising loss, jitter or latency of a stream never improves the minute.
func TestWorseNeverGradesBetter(t *testing.T) {
	p := grade.Earshot()
	rapid.Check(t, func(t *rapid.T) {
		w := earshot.Wire(rapid.IntRange(1, 18).Draw(t, "wire"))
		m := rapid.SampledFrom([]earshot.Metric{earshot.LossAvgPct, earshot.JitterMs, earshot.LatencyMs}).Draw(t, "metric")
		x := rapid.Float64Range(0, 600).Draw(t, "value")
		y := rapid.Float64Range(x, 700).Draw(t, "worse")
		better := p.Minute([]earshot.Sample{report(0, w, metrics{earshot.BitrateKbps: 60, m: x})}, long)
		worse := p.Minute([]earshot.Sample{report(0, w, metrics{earshot.BitrateKbps: 60, m: y})}, long)
		if worse.Grade < better.Grade {
			t.Fatalf("%v %v: %v is %v, %v is %v", w, m, x, better.Grade, y, worse.Grade)
		}
	})
}

// nine returns the samples of an ordinary minute.
func nine() []earshot.Sample {
	stream := metrics{earshot.BitrateKbps: 900, earshot.LatencyMs: 44, earshot.JitterMs: 6, earshot.LossAvgPct: 0.2, earshot.LossMaxPct: 1.1,
		earshot.WidthPx: 1280, earshot.HeightPx: 720, earshot.FrameRateFPS: 24}
	var out []earshot.Sample
	for _, w := range []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput, earshot.WireVideoInput, earshot.WireVideoOutput, earshot.WireASInput, earshot.WireASOutput} {
		out = append(out, report(0, w, stream))
	}
	return append(out,
		report(0, earshot.WireCPUUsage, metrics{earshot.CPUSystemMaxPct: 55, earshot.CPUZoomAvgPct: 12}),
		report(0, earshot.WireAudioQuality, metrics{earshot.Quality: 1, earshot.QualityScore: 4.4}),
		report(0, earshot.WireWifiRSSI, metrics{earshot.RSSIAvgDBm: -61}))
}

func TestGradingAllocatesNothing(t *testing.T) {
	p, samples := grade.Earshot(), nine()
	if got := testing.AllocsPerRun(100, func() { p.Minute(samples, long) }); got > 0 {
		t.Errorf("%v allocations per minute, want 0", got)
	}
}

func BenchmarkMinute(b *testing.B) {
	p, samples := grade.Earshot(), nine()
	b.ReportAllocs()
	for b.Loop() {
		p.Minute(samples, long)
	}
}

func TestKeyStandsForItsContext(t *testing.T) {
	for _, p := range []*grade.Profile{grade.Earshot(), grade.TeamsCQD()} {
		rapid.Check(t, func(t *rapid.T) {
			samples, ctx := someSamples(t, "samples", 0), someContext(t)
			key := p.Key(ctx)
			if diff := cmp.Diff(p.Minute(samples, ctx), p.Minute(samples, key)); diff != "" {
				t.Fatalf("under the key %+v of %+v (-context +key):\n%s", key, ctx, diff)
			}
			if again := p.Key(key); again != key {
				t.Fatalf("the key of the key %+v is %+v", key, again)
			}
		})
	}
	long := grade.Context{FirstReport: minute - 3_600_000, LastReport: minute}
	later := long
	later.LastReport += 60_000
	if p := grade.Earshot(); p.Key(long) != p.Key(later) {
		t.Error("another report made another key, so that no verdict is ever kept")
	}
}
