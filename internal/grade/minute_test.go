package grade_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

const (
	minute = earshot.Instant(1_767_778_560_000) // 2026-01-07T09:36:00Z
	good   = earshot.Good
	fair   = earshot.Fair
	poor   = earshot.Poor
	bad    = earshot.Bad
	none   = earshot.Unclassified
)

// long is the context of a segment that is long enough for a verdict.
var long = grade.Context{FirstReport: minute - 600_000, LastReport: minute + 600_000}

// metrics is what a report says.
type metrics map[earshot.Metric]float64

// report makes a sample at a second of the minute.
func report(second int, w earshot.Wire, m metrics) earshot.Sample {
	s := earshot.Sample{Segment: 7, At: minute + earshot.Instant(second)*1000, Wire: w}
	for k, x := range m {
		s.Set(k, x)
	}
	return s
}

// TestBounds measures every rule of the default profile at each bound, just below and just above, in both directions of its
// medium and for every peer.
func TestBounds(t *testing.T) {
	nan := math.NaN()
	rules := []struct {
		media            earshot.Media
		metric           earshot.Metric
		fair, poor, bad  float64
		falling, exclude bool // exclude: the bound itself still has the better grade
		beside           metrics
		context          grade.Context
	}{
		{media: earshot.MediaAudio, metric: earshot.LossAvgPct, fair: 2, poor: 5, bad: 10},
		{media: earshot.MediaAudio, metric: earshot.JitterMs, fair: 30, poor: 40, bad: 60},
		{media: earshot.MediaAudio, metric: earshot.LatencyMs, fair: 200, poor: 300, bad: 500},
		{media: earshot.MediaVideo, metric: earshot.LossAvgPct, fair: 3, poor: 7, bad: 15},
		{media: earshot.MediaVideo, metric: earshot.JitterMs, fair: 30, poor: 40, bad: 60},
		{media: earshot.MediaVideo, metric: earshot.LatencyMs, fair: 200, poor: 300, bad: 500},
		{media: earshot.MediaVideo, metric: earshot.FrameRateFPS, fair: 15, poor: 10, bad: 7, falling: true, exclude: true, beside: metrics{earshot.HeightPx: 360}},
		{media: earshot.MediaShare, metric: earshot.LossAvgPct, fair: 3, poor: 7, bad: 15},
		{media: earshot.MediaShare, metric: earshot.JitterMs, fair: 30, poor: 40, bad: 60},
		{media: earshot.MediaShare, metric: earshot.LatencyMs, fair: 200, poor: 300, bad: 500},
		{media: earshot.MediaShare, metric: earshot.FrameRateFPS, fair: nan, poor: 2, bad: nan, falling: true, exclude: true, context: grade.Context{PrevLow: 0xff}},
		{metric: earshot.CPUSystemMaxPct, fair: 80, poor: 90, bad: 95},
		{metric: earshot.PressureMax, fair: 3, poor: nan, bad: 4},
		{metric: earshot.RSSIAvgDBm, fair: -67, poor: -72, bad: -78, falling: true},
	}
	p := grade.Earshot()
	if len(rules) != len(p.Rules) {
		t.Fatalf("%d rules are tested, the profile has %d", len(rules), len(p.Rules))
	}
	for _, r := range rules {
		for _, w := range wiresOf(r.media) {
			ctx := long
			ctx.PrevLow = r.context.PrevLow
			grades := []earshot.Grade{good}
			for i, bound := range []float64{r.fair, r.poor, r.bad} {
				if math.IsNaN(bound) {
					continue
				}
				grades = append(grades, earshot.Grade(i)+fair)
				better, worse := grades[len(grades)-2], grades[len(grades)-1]
				step := 0.01
				if r.falling {
					step = -step
				}
				on := worse
				if r.exclude {
					on = better
				}
				for x, want := range map[float64]earshot.Grade{bound - step: better, bound: on, bound + step: worse} {
					m := metrics{earshot.BitrateKbps: 900, r.metric: x}
					for k, v := range r.beside {
						m[k] = v
					}
					got := p.Minute([]earshot.Sample{report(0, w, m)}, ctx)
					slot := slotOf(w, r.metric)
					if got.Slots[slot] != want {
						t.Errorf("%v %v %v: %v is %v, want %v", w, slot, r.metric, x, got.Slots[slot], want)
					}
					if r.media == earshot.MediaNone {
						continue
					}
					if got.Grade != want || got.Reason.Set != (want > good) {
						t.Errorf("%v %v: the minute with %v is %v with %+v, want %v", w, r.metric, x, got.Grade, got.Reason, want)
					}
					if !got.Reason.Set {
						continue
					}
					reason := earshot.Reason{
						Wire: w, Direction: earshot.InputReceived.Direction(w), Metric: r.metric,
						Value: float32(x), Bound: float32(boundOf(p, r.media, r.metric, want)), Set: true,
					}
					if diff := cmp.Diff(reason, got.Reason); diff != "" {
						t.Errorf("%v %v: %v gives another reason (-want +got):\n%s", w, r.metric, x, diff)
					}
				}
			}
		}
	}
}

func boundOf(p *grade.Profile, m earshot.Media, k earshot.Metric, g earshot.Grade) float64 {
	for i := range p.Rules {
		if p.Rules[i].Media == m && p.Rules[i].Metric == k {
			return p.Rules[i].Bound(g)
		}
	}
	return math.NaN()
}

// wiresOf returns the streams of a medium; for none, the entry that CPU and signal usually stand in, and one that they do not.
func wiresOf(m earshot.Media) []earshot.Wire {
	if m == earshot.MediaNone {
		return []earshot.Wire{earshot.WireCPUUsage, earshot.WireAudioInput}
	}
	var out []earshot.Wire
	for w := range earshot.Wire(earshot.WireCount) {
		if w.IsStream() && w.Media() == m {
			out = append(out, w)
		}
	}
	return out
}

func slotOf(w earshot.Wire, m earshot.Metric) earshot.StreamSlot {
	switch m {
	case earshot.CPUSystemMaxPct, earshot.PressureMax:
		return earshot.SlotCPU
	case earshot.RSSIAvgDBm:
		return earshot.SlotWifi
	}
	slot, _ := earshot.SlotOf(w.Media(), earshot.InputReceived.Direction(w))
	return slot
}

// TestDirections holds that the meaning of *_input moves audio and video, each for itself, and nothing else.
func TestDirections(t *testing.T) {
	p := grade.Earshot()
	lossy := metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 20}
	for _, audio := range []earshot.InputMeaning{earshot.InputReceived, earshot.InputSent} {
		for _, video := range []earshot.InputMeaning{earshot.InputReceived, earshot.InputSent} {
			ctx := long
			ctx.AudioInput, ctx.VideoInput = audio, video
			for w := range earshot.Wire(earshot.WireCount) {
				if !w.IsStream() {
					continue
				}
				meaning := audio
				if w.Media() == earshot.MediaVideo {
					meaning = video
				}
				want, _ := earshot.SlotOf(w.Media(), meaning.Direction(w))
				v := p.Minute([]earshot.Sample{report(0, w, lossy)}, ctx)
				for slot, g := range v.Slots {
					if (g != none) != (earshot.StreamSlot(slot) == want) {
						t.Errorf("audio %v, video %v: %v grades %v as %v", audio, video, w, earshot.StreamSlot(slot), g)
					}
				}
				if v.Reason.Direction != meaning.Direction(w) {
					t.Errorf("%v: the reason's direction is %v", w, v.Reason.Direction)
				}
			}
		}
	}
}

func TestUnclassified(t *testing.T) {
	p := grade.Earshot()
	flowing := report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 50})
	muted := report(0, earshot.WireAudioInput, metrics{earshot.LossAvgPct: 50, earshot.JitterMs: 900})
	zero := report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 0, earshot.LossAvgPct: 50})
	about0 := report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 0.99, earshot.LossAvgPct: 50})
	hot := report(0, earshot.WireCPUUsage, metrics{earshot.CPUSystemMaxPct: 99})
	cases := []struct {
		name    string
		samples []earshot.Sample
		ctx     grade.Context
		want    earshot.Grade
		why     earshot.Why
	}{
		{"flowing", []earshot.Sample{flowing}, long, bad, earshot.WhyNone},
		{"no sample", nil, long, none, earshot.WhyNoReport},
		{"no bit rate", []earshot.Sample{muted}, long, none, earshot.WhyIdle},
		{"bit rate 0", []earshot.Sample{zero}, long, none, earshot.WhyIdle},
		{"bit rate about 0", []earshot.Sample{about0}, long, none, earshot.WhyIdle},
		{"a busy computer alone", []earshot.Sample{hot}, long, none, earshot.WhyIdle},
		{"one report", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute, Join: minute - 600_000}, none, earshot.WhyFewReports},
		{"one report, context unknown", []earshot.Sample{flowing}, grade.Context{}, none, earshot.WhyFewReports},
		{"59.999 s between reports", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute + 59_999}, none, earshot.WhyShortSession},
		{"60 s between reports", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute + 60_000}, bad, earshot.WhyNone},
		{"reports close, joined 60 s before the last", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute + 10_000, Join: minute - 50_000}, bad, earshot.WhyNone},
		{"reports close, left 60 s after the first", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute + 10_000, Leave: minute + 60_000}, bad, earshot.WhyNone},
		{"left early", []earshot.Sample{flowing}, grade.Context{FirstReport: minute, LastReport: minute + 10_000, Join: minute - 5000, Leave: minute + 20_000}, none, earshot.WhyShortSession},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := p.Minute(c.samples, c.ctx)
			if v.Grade != c.want || v.Why != c.why {
				t.Errorf("got %v %v, want %v %v", v.Grade, v.Why, c.want, c.why)
			}
			if v.Grade == none && v.Reason.Set {
				t.Errorf("no verdict, but the reason %+v", v.Reason)
			}
		})
	}
	v := p.Minute([]earshot.Sample{hot}, long)
	if v.Slots[earshot.SlotCPU] != bad {
		t.Errorf("CPU at 99 %% is %v beside an idle minute, want bad", v.Slots[earshot.SlotCPU])
	}
}

// TestMachineExplains holds that CPU and signal are graded beside the media, not into the minute.
func TestMachineExplains(t *testing.T) {
	v := grade.Earshot().Minute([]earshot.Sample{
		report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 0}),
		report(0, earshot.WireCPUUsage, metrics{earshot.CPUSystemMaxPct: 99}),
		report(0, earshot.WireWifiRSSI, metrics{earshot.RSSIAvgDBm: -90}),
	}, long)
	if v.Grade != good || v.Reason.Set || v.Slots[earshot.SlotCPU] != bad || v.Slots[earshot.SlotWifi] != bad {
		t.Errorf("got %+v, want a good minute with bad CPU and Wi-Fi slots", v)
	}
}

// TestSeveralReports holds that averages are averaged over the reports in which the stream flowed, maxima are not, and the
// minute counts distinct times.
func TestSeveralReports(t *testing.T) {
	v := grade.Earshot().Minute([]earshot.Sample{
		report(5, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 12}),
		report(20, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 0}),
		report(35, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 0.3}),
		report(50, earshot.WireAudioInput, metrics{earshot.LossAvgPct: 100}), // muted
		report(50, earshot.WireCPUUsage, metrics{earshot.CPUSystemMaxPct: 20}),
		report(5, earshot.WireCPUUsage, metrics{earshot.CPUSystemMaxPct: 96}),
	}, long)
	if v.Reports != 4 || v.Grade != fair || v.Slots[earshot.SlotCPU] != bad {
		t.Errorf("got %d reports, %v, CPU %v; want 4, fair, bad", v.Reports, v.Grade, v.Slots[earshot.SlotCPU])
	}
	want := earshot.Reason{Wire: earshot.WireAudioInput, Direction: earshot.DirectionReceive, Metric: earshot.LossAvgPct, Value: 4.1, Bound: 2, Set: true}
	if diff := cmp.Diff(want, v.Reason); diff != "" {
		t.Errorf("reason (-want +got):\n%s", diff)
	}
}

func TestSpike(t *testing.T) {
	p := grade.Earshot()
	for _, c := range []struct {
		w        earshot.Wire
		avg, max float64
		want     bool
	}{
		{earshot.WireAudioInput, 0, 4.9, false}, // one grade worse
		{earshot.WireAudioInput, 0, 5, true},    // two
		{earshot.WireAudioInput, 2, 9.9, false},
		{earshot.WireAudioInput, 2, 10, true},
		{earshot.WireAudioInput, 5, 100, false}, // poor already: nothing is hidden
		{earshot.WireVideoInput, 0, 6.9, false},
		{earshot.WireVideoInput, 0, 7, true},
		{earshot.WireASOutput, 3, 15, true},
	} {
		v := p.Minute([]earshot.Sample{report(0, c.w, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: c.avg, earshot.LossMaxPct: c.max})}, long)
		if v.Spike != c.want {
			t.Errorf("%v with %v %% on average and %v %% at most: spike %v, want %v", c.w, c.avg, c.max, v.Spike, c.want)
		}
	}
	idle := report(0, earshot.WireAudioInput, metrics{earshot.LossAvgPct: 0, earshot.LossMaxPct: 100})
	if p.Minute([]earshot.Sample{idle}, long).Spike {
		t.Error("an idle stream has a spike")
	}
}

// TestFrameRateConditions: a small picture may be slow, and one of unknown size may be small.
func TestFrameRateConditions(t *testing.T) {
	p := grade.Earshot()
	for _, c := range []struct {
		name string
		m    metrics
		want earshot.Grade
	}{
		{"high enough", metrics{earshot.BitrateKbps: 300, earshot.FrameRateFPS: 5, earshot.HeightPx: 360, earshot.LossAvgPct: 0}, bad},
		{"low picture", metrics{earshot.BitrateKbps: 300, earshot.FrameRateFPS: 5, earshot.HeightPx: 359, earshot.LossAvgPct: 0}, good},
		{"unknown picture", metrics{earshot.BitrateKbps: 300, earshot.FrameRateFPS: 5, earshot.LossAvgPct: 0}, good},
		{"camera off", metrics{earshot.FrameRateFPS: 0, earshot.HeightPx: 720}, none},
		{"frozen", metrics{earshot.BitrateKbps: 300, earshot.FrameRateFPS: 0, earshot.HeightPx: 720}, bad},
	} {
		v := p.Minute([]earshot.Sample{report(0, earshot.WireVideoOutput, c.m)}, long)
		if v.Slots[earshot.SlotVideoSend] != c.want {
			t.Errorf("%s: got %v, want %v", c.name, v.Slots[earshot.SlotVideoSend], c.want)
		}
	}
}

// TestSlowSharing: a still slide needs no frames; content that moves does, and one slow minute is not enough.
func TestSlowSharing(t *testing.T) {
	p := grade.Earshot()
	share := func(kbps, fps float64) []earshot.Sample {
		return []earshot.Sample{report(0, earshot.WireASInput, metrics{earshot.BitrateKbps: kbps, earshot.FrameRateFPS: fps, earshot.LossAvgPct: 0})}
	}
	first := p.Minute(share(800, 1), long)
	if first.Grade != good || !first.Low.Has(earshot.SlotShareSend) || first.Low.Has(earshot.SlotShareReceive) {
		t.Fatalf("first slow minute: %v, low %b", first.Grade, first.Low)
	}
	if got := p.Low(share(800, 1), long); got != first.Low {
		t.Errorf("Low says %b, the verdict %b", got, first.Low)
	}
	next := long
	next.PrevLow = first.Low
	second := p.Minute(share(800, 1), next)
	if second.Grade != poor || second.Reason.Metric != earshot.FrameRateFPS || !second.Low.Has(earshot.SlotShareSend) {
		t.Errorf("second slow minute: %v because of %+v", second.Grade, second.Reason)
	}
	if v := p.Minute(share(50, 1), next); v.Grade != good || v.Low != 0 {
		t.Errorf("a still slide at 50 kbps: %v, low %b", v.Grade, v.Low)
	}
	if v := p.Minute(share(50.1, 1), next); v.Grade != poor {
		t.Errorf("moving content at 50.1 kbps: %v", v.Grade)
	}
	other := long
	other.PrevLow = 1 << earshot.SlotShareReceive
	if v := p.Minute(share(800, 1), other); v.Grade != good {
		t.Errorf("slow in the other direction before: %v", v.Grade)
	}
}

func TestZoomsOwnVerdict(t *testing.T) {
	v := grade.Earshot().Minute([]earshot.Sample{
		report(0, earshot.WireAudioQuality, metrics{earshot.Quality: 2, earshot.QualityScore: 1}),
		report(0, earshot.WireVideoQuality, metrics{earshot.QualityScore: 2.99}),
		report(0, earshot.WireAudioInput, metrics{earshot.Quality: 3}), // Zoom's own example has it there
		report(0, earshot.WireASQuality, metrics{earshot.QualityScore: 0}),
	}, grade.Context{})
	if v.ZoomAudio != poor || v.ZoomVideo != poor || v.ZoomShare != none {
		t.Errorf("got %v, %v, %v; want poor, poor, unclassified", v.ZoomAudio, v.ZoomVideo, v.ZoomShare)
	}
	for score, want := range map[float64]earshot.Grade{5: good, 4: good, 3.99: fair, 3: fair, 2: poor, 1.99: bad, 1: bad, 5.1: none, 0: none, math.NaN(): none} {
		v := grade.Earshot().Minute([]earshot.Sample{report(0, earshot.WireASQuality, metrics{earshot.QualityScore: score})}, long)
		if v.ZoomShare != want {
			t.Errorf("score %v is %v, want %v", score, v.ZoomShare, want)
		}
	}
}

// TestReasonTies: the worse grade, then the one further beyond its bound, then slot, metric and wire.
func TestReasonTies(t *testing.T) {
	p := grade.Earshot()
	at := func(w earshot.Wire, m earshot.Metric, x float64) earshot.Sample {
		return report(0, w, metrics{earshot.BitrateKbps: 60, m: x})
	}
	for _, c := range []struct {
		name    string
		samples []earshot.Sample
		wire    earshot.Wire
		metric  earshot.Metric
	}{
		{"worse grade", []earshot.Sample{at(earshot.WireAudioInput, earshot.LossAvgPct, 9.9), at(earshot.WireVideoInput, earshot.JitterMs, 60)}, earshot.WireVideoInput, earshot.JitterMs},
		{"further beyond", []earshot.Sample{at(earshot.WireAudioInput, earshot.LossAvgPct, 11), at(earshot.WireVideoInput, earshot.LatencyMs, 1000)}, earshot.WireVideoInput, earshot.LatencyMs},
		{"slot", []earshot.Sample{at(earshot.WireVideoInput, earshot.JitterMs, 60), at(earshot.WireAudioInput, earshot.LossAvgPct, 10)}, earshot.WireAudioInput, earshot.LossAvgPct},
		{"metric", []earshot.Sample{report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 60, earshot.LossAvgPct: 10, earshot.JitterMs: 60})}, earshot.WireAudioInput, earshot.JitterMs},
		{"further below", []earshot.Sample{
			report(0, earshot.WireVideoInput, metrics{earshot.BitrateKbps: 60, earshot.HeightPx: 720, earshot.FrameRateFPS: 1, earshot.JitterMs: 66}),
		}, earshot.WireVideoInput, earshot.FrameRateFPS},
		{"less far below", []earshot.Sample{
			report(0, earshot.WireVideoInput, metrics{earshot.BitrateKbps: 60, earshot.HeightPx: 720, earshot.FrameRateFPS: 6.9, earshot.JitterMs: 66}),
		}, earshot.WireVideoInput, earshot.JitterMs},
		{"wire, listed first", []earshot.Sample{at(earshot.WireAudioInput, earshot.JitterMs, 60), at(earshot.WireAudioDeviceToCRC, earshot.JitterMs, 60)}, earshot.WireAudioInput, earshot.JitterMs},
		{"wire", []earshot.Sample{at(earshot.WireAudioDeviceToRWG, earshot.JitterMs, 60), at(earshot.WireAudioInput, earshot.JitterMs, 60)}, earshot.WireAudioInput, earshot.JitterMs},
	} {
		v := p.Minute(c.samples, long)
		if v.Reason.Wire != c.wire || v.Reason.Metric != c.metric {
			t.Errorf("%s: got %v %v, want %v %v", c.name, v.Reason.Wire, v.Reason.Metric, c.wire, c.metric)
		}
	}
}

// TestImpossibleNumbers count as absent; 0 is a number, except for a signal.
func TestImpossibleNumbers(t *testing.T) {
	p := grade.Earshot()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		metric earshot.Metric
		values []float64
		want   earshot.Grade
	}{
		{earshot.LossAvgPct, []float64{-1, -0.5, nan, inf, -inf, 1e30}, none},
		{earshot.LatencyMs, []float64{-1, nan, inf, -inf}, none},
		{earshot.RSSIAvgDBm, []float64{0, -0.9, 1, nan, inf, -inf}, none},
		{earshot.CPUSystemMaxPct, []float64{-1, nan, inf}, none},
		{earshot.BitrateKbps, []float64{-1, nan, inf, 0}, none},
		{earshot.LossAvgPct, []float64{0}, good},
		{earshot.CPUSystemMaxPct, []float64{0}, good},
		{earshot.RSSIAvgDBm, []float64{-1}, good},
	} {
		for _, x := range c.values {
			m := metrics{earshot.BitrateKbps: 60}
			if c.metric == earshot.BitrateKbps {
				m[earshot.LossAvgPct] = 50
			}
			m[c.metric] = x
			v := p.Minute([]earshot.Sample{report(0, earshot.WireAudioInput, m)}, long)
			if got := v.Slots[slotOf(earshot.WireAudioInput, c.metric)]; got != c.want {
				t.Errorf("%v = %v is %v, want %v", c.metric, x, got, c.want)
			}
		}
	}
}

func TestDescribe(t *testing.T) {
	for want, r := range map[string]earshot.Reason{
		"": {},
		"audio received, loss 18.2 %, bad from 10 %":                   {Set: true, Wire: earshot.WireAudioInput, Direction: earshot.DirectionReceive, Metric: earshot.LossAvgPct, Value: 18.21, Bound: 10},
		"video sent, frame rate 6.4 fps, bad below 7 fps":              {Set: true, Wire: earshot.WireVideoOutput, Direction: earshot.DirectionSend, Metric: earshot.FrameRateFPS, Value: 6.4, Bound: 7},
		"sharing sent (room system), jitter 61 ms, bad from 60 ms":     {Set: true, Wire: earshot.WireASDeviceFromCRC, Direction: earshot.DirectionSend, Metric: earshot.JitterMs, Value: 61, Bound: 60},
		"video received (browser), round trip 501 ms, bad from 500 ms": {Set: true, Wire: earshot.WireVideoDeviceToRWG, Direction: earshot.DirectionReceive, Metric: earshot.LatencyMs, Value: 501, Bound: 500},
		"computer, CPU 97 %, bad from 95 %":                            {Set: true, Wire: earshot.WireCPUUsage, Metric: earshot.CPUSystemMaxPct, Value: 97, Bound: 95},
		"computer, CPU pressure critical, bad from critical":           {Set: true, Wire: earshot.WireCPUUsage, Metric: earshot.PressureMax, Value: 4, Bound: 4},
		"Wi-Fi, signal -81 dBm, bad from -78 dBm":                      {Set: true, Wire: earshot.WireWifiRSSI, Metric: earshot.RSSIAvgDBm, Value: -81, Bound: -78},
	} {
		if got := grade.Describe(r, bad); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCallGrade(t *testing.T) {
	for mos, want := range map[float64]earshot.Grade{5: good, 3.5: good, 3.499: bad, 1: bad, 0.99: none, 0: none, 5.01: none, -1: none, math.NaN(): none, math.Inf(1): none} {
		if got := grade.CallGrade(mos); got != want {
			t.Errorf("MOS %v is %v, want %v", mos, got, want)
		}
	}
}

// TestBands holds that what is drawn is what grades.
func TestBands(t *testing.T) {
	p := grade.Earshot()
	bands := p.Bands()
	for i, b := range bands {
		r := p.Rules[i]
		if fmt.Sprint(b) != fmt.Sprint(grade.Band{Media: r.Media, Metric: r.Metric, Direction: r.Direction, Fair: r.Fair, Poor: r.Poor, Bad: r.Bad,
			Falling: r.Falling, Inclusive: r.Inclusive, Source: r.Source}) {
			t.Errorf("band %d is %+v, its rule %+v", i, b, r)
		}
		if r.Source == "" {
			t.Errorf("rule %d on %v %v names no source", i, r.Media, r.Metric)
		}
	}
	if len(bands) != len(p.Rules) || p.Name != "earshot" {
		t.Errorf("%d bands of %d rules, profile %q", len(bands), len(p.Rules), p.Name)
	}
}
