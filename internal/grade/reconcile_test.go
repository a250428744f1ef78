package grade_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// agreeing is how many of the comparisons agree.
func agreeing(t *grade.Trust) (n int) {
	for i := range t.Streams {
		if t.Streams[i].Agrees {
			n++
		}
	}
	return n
}

// told is a summary's three figures.
func told(low, avg, high float64) earshot.SummaryStat {
	return earshot.SummaryStat{Min: earshot.Some(low), Avg: earshot.Some(avg), Max: earshot.Some(high)}
}

// hour returns a report of audio received each minute for an hour, but for the minutes that are left out.
func hour(without ...int) (samples []earshot.Sample) {
	for i := range 60 {
		if slices.Contains(without, i) {
			continue
		}
		s := report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LatencyMs: 100 + float64(i), earshot.LossAvgPct: 1, earshot.LossMaxPct: 4})
		s.At = minute + earshot.Instant(i+1)*60_000
		samples = append(samples, s)
	}
	return samples
}

func TestCoverage(t *testing.T) {
	for _, tt := range []struct {
		name               string
		samples            []earshot.Sample
		from, to           earshot.Instant
		expected, reported int
		missing            float64
		away               []grade.Span
	}{
		{"whole", hour(), minute, minute + 3_600_000, 60, 60, 0, nil},
		{"six are missing", hour(3, 4, 5, 30, 31, 59), minute, minute + 3_600_000, 60, 54, 10, nil},
		{"half a minute more", hour(), minute, minute + 3_630_000, 60, 60, 0, nil},
		{"each report twice", append(hour(3), hour(3)...), minute, minute + 3_600_000, 60, 59, 100.0 / 60, nil},
		{"none", nil, minute, minute + 3_600_000, 60, 0, 100, nil},
		{"reports of other times", hour(), minute + 7_200_000, minute + 7_800_000, 10, 0, 100, nil},
		{"under a minute", hour(), minute, minute + 59_000, 0, 0, 0, nil},
		{"no beginning", hour(), 0, minute, 0, 0, 0, nil},
		{"in a breakout room for nine of ten", hour(20, 21, 22, 23, 24, 25, 26, 27, 28, 40), minute, minute + 3_600_000, 51, 50, 100.0 / 51,
			[]grade.Span{{From: minute + 20*60_000 + 5000, To: minute + 28*60_000 + 30_000}}},
		{"in a room while reports came all the same", hour(), minute, minute + 3_600_000, 60, 60, 0, []grade.Span{{From: minute, To: minute + 600_000}}},
		{"the end before the beginning", hour(), minute + 60_000, minute, 0, 0, 0, nil},
	} {
		got := grade.Reconcile(tt.samples, nil, grade.Span{From: tt.from, To: tt.to}, tt.away...)
		if got.Expected != tt.expected || got.Reported != tt.reported || math.Abs(got.MissingPct()-tt.missing) > 1e-9 {
			t.Errorf("%s: %d of %d, %v %% missing; want %d of %d, %v %%", tt.name, got.Reported, got.Expected, got.MissingPct(), tt.reported, tt.expected, tt.missing)
		}
	}
}

func TestReconcile(t *testing.T) {
	idle := report(0, earshot.WireAudioInput, metrics{earshot.LatencyMs: 5000}) // no bit rate: nothing flowed
	radio := report(30, earshot.WireWifiRSSI, metrics{earshot.RSSIAvgDBm: -60})
	samples := append(hour(), idle, radio)
	summary := func(change func(*earshot.Summary)) []earshot.Summary {
		s := earshot.Summary{Wire: earshot.WireAudioInput, Bitrate: told(50, 60, 70), Latency: told(90, 129.5, 170), Loss: told(0, 1.1, 4)}
		change(&s)
		return []earshot.Summary{s, {Wire: earshot.WireVideoInput, Bitrate: told(1, 2, 3)}, {Wire: earshot.WireWifiRSSI, RSSI: told(-70, -61, -50)}}
	}
	got := grade.Reconcile(samples, summary(func(*earshot.Summary) {}), grade.Span{From: minute, To: minute + 3_600_000})
	if len(got.Streams) != 4 || agreeing(&got) != 4 {
		t.Fatalf("comparisons %+v, want bit rate, latency and loss of audio and the signal, all agreeing", got.Streams)
	}
	if l := got.Streams[1]; l.Metric != earshot.LatencyMs || l.Ours != (grade.Spread{Min: 100, Avg: 129.5, Max: 159}) || l.Zooms != (grade.Spread{Min: 90, Avg: 129.5, Max: 170}) {
		t.Errorf("latency %+v", l)
	}
	if l := got.Streams[2]; l.Metric != earshot.LossAvgPct || l.Ours.Max != 4 {
		t.Errorf("loss %+v, want the greatest of any moment", l)
	}
	for name, change := range map[string]func(*earshot.Summary){
		"another average":              func(s *earshot.Summary) { s.Latency = told(90, 200, 220) },
		"a report above":               func(s *earshot.Summary) { s.Latency = told(90, 129.5, 130) },
		"a report below":               func(s *earshot.Summary) { s.Latency = told(125, 129.5, 170) },
		"no loss for Zoom":             func(s *earshot.Summary) { s.Loss = told(0, 0, 0) },
		"another bit rate":             func(s *earshot.Summary) { s.Bitrate = told(50, 90, 120) },
		"an average that is no number": func(s *earshot.Summary) { s.Latency.Avg = earshot.Some(math.NaN()) },
	} {
		if got := grade.Reconcile(samples, summary(change), grade.Span{From: minute, To: minute + 3_600_000}); agreeing(&got) != 3 {
			t.Errorf("%s: %d agree, want 3: %+v", name, agreeing(&got), got.Streams)
		}
	}
	onlyAverage := summary(func(s *earshot.Summary) { s.Latency = earshot.SummaryStat{Avg: earshot.Some(130)} })
	if got := grade.Reconcile(samples, onlyAverage, grade.Span{From: minute, To: minute + 3_600_000}); agreeing(&got) != 4 || !math.IsNaN(got.Streams[1].Zooms.Max) {
		t.Errorf("without extremes: %+v", got.Streams)
	}
}

// TestASummaryOfTheReportsAgrees: whatever the reports are, a summary made of them agrees with them, in any order.
func TestASummaryOfTheReportsAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 500), 1, 30).Draw(t, "jitter")
		var samples []earshot.Sample
		sum := 0.0
		for i, x := range values {
			s := report(0, earshot.WireVideoOutput, metrics{earshot.BitrateKbps: 100, earshot.JitterMs: x})
			s.At += earshot.Instant(i) * 60_000
			samples, sum = append(samples, s), sum+x
		}
		z := []earshot.Summary{{Wire: earshot.WireVideoOutput, Jitter: told(slices.Min(values), sum/float64(len(values)), slices.Max(values))}}
		a := grade.Reconcile(samples, z, grade.Span{From: minute, To: minute + 60_000})
		b := grade.Reconcile(rapid.Permutation(samples).Draw(t, "shuffled"), z, grade.Span{From: minute, To: minute + 60_000})
		if len(a.Streams) != 1 || !a.Streams[0].Agrees || a.Streams[0] != b.Streams[0] {
			t.Fatalf("%+v, shuffled %+v", a.Streams, b.Streams)
		}
	})
}
