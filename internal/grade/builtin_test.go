package grade_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// oneBound is a bound of a shipped profile as its source states it. The tables here were written from the sources, not from
// the code.
type oneBound struct {
	media     earshot.Media
	metric    earshot.Metric
	bound     float64
	better    earshot.Grade // just within the bound
	worse     earshot.Grade // just beyond it
	onIsWorse bool          // a value on the bound has the worse grade
	direction earshot.Direction
	beside    metrics
	window    time.Duration
}

const (
	audio = earshot.MediaAudio
	video = earshot.MediaVideo
	share = earshot.MediaShare
)

// TestShippedBounds measures every bound of every shipped profile but the default (see TestBounds): just within, on it and
// just beyond it, on every wire type of its medium.
func TestShippedBounds(t *testing.T) {
	loss, jitter, latency, fps := earshot.LossAvgPct, earshot.JitterMs, earshot.LatencyMs, earshot.FrameRateFPS
	receive := earshot.DirectionReceive
	profiles := map[string][]oneBound{
		"teams-cqd": {
			{media: audio, metric: latency, bound: 500, better: good, worse: poor},
			{media: audio, metric: loss, bound: 10, better: good, worse: poor},
			{media: audio, metric: jitter, bound: 30, better: good, worse: poor},
			{media: video, metric: fps, bound: 7, better: good, worse: poor},
			{media: video, metric: loss, bound: 15, better: good, worse: poor},
			{media: share, metric: fps, bound: 2, better: good, worse: poor},
			{media: share, metric: loss, bound: 15, better: good, worse: poor},
		},
		"zoom-recommended": {
			{media: audio, metric: latency, bound: 150, better: good, worse: poor},
			{media: audio, metric: jitter, bound: 40, better: good, worse: poor},
			{media: audio, metric: loss, bound: 2, better: good, worse: poor},
			{media: video, metric: latency, bound: 150, better: good, worse: poor},
			{media: video, metric: jitter, bound: 40, better: good, worse: poor},
			{media: video, metric: loss, bound: 2, better: good, worse: poor},
			{media: share, metric: latency, bound: 150, better: good, worse: poor},
			{media: share, metric: jitter, bound: 40, better: good, worse: poor},
			{media: share, metric: loss, bound: 2, better: good, worse: poor},
		},
		"twilio": {
			{media: audio, metric: latency, bound: 400, better: good, worse: poor, direction: receive, window: 5 * time.Second},
			{media: audio, metric: jitter, bound: 30, better: good, worse: poor, direction: receive, window: 5 * time.Second},
			{media: audio, metric: loss, bound: 3, better: good, worse: poor, direction: receive, window: 7 * time.Second},
		},
		"google-meet": {
			{media: audio, metric: loss, bound: 3, better: good, worse: poor, onIsWorse: true},
			{media: audio, metric: latency, bound: 120, better: good, worse: poor, onIsWorse: true},
			{media: video, metric: loss, bound: 3, better: good, worse: poor, onIsWorse: true},
			{media: video, metric: latency, bound: 120, better: good, worse: poor, onIsWorse: true},
			{media: video, metric: fps, bound: 5, better: good, worse: poor, onIsWorse: true},
			{media: share, metric: loss, bound: 3, better: good, worse: poor, onIsWorse: true},
			{media: share, metric: latency, bound: 120, better: good, worse: poor, onIsWorse: true},
			{metric: earshot.CPUSystemMaxPct, bound: 60, better: good, worse: fair, onIsWorse: true},
			{metric: earshot.CPUSystemMaxPct, bound: 80, better: fair, worse: poor, onIsWorse: true},
			{metric: earshot.CPUSystemMaxPct, bound: 90, better: poor, worse: bad, onIsWorse: true},
		},
	}
	for name, bounds := range profiles {
		t.Run(name, func(t *testing.T) {
			p := grade.Named(name)
			if p == nil {
				t.Fatal("there is no such profile")
			}
			if want := boundsOf(p); len(bounds) != want {
				t.Errorf("%d bounds are tested, the profile has %d", len(bounds), want)
			}
			for _, b := range bounds {
				testBound(t, p, b)
			}
		})
	}
	if len(profiles)+1 != len(grade.Builtin()) {
		t.Errorf("%d profiles are tested here, %d are shipped", len(profiles), len(grade.Builtin()))
	}
}

func testBound(t *testing.T, p *grade.Profile, b oneBound) {
	t.Helper()
	step := b.bound / 1000
	if b.metric == earshot.FrameRateFPS {
		step = -step
	}
	on := b.better
	if b.onIsWorse {
		on = b.worse
	}
	for _, w := range wiresOf(b.media) {
		m := metrics{earshot.BitrateKbps: 900}
		for k, v := range b.beside {
			m[k] = v
		}
		slot := slotOf(w, b.metric)
		for x, want := range map[float64]earshot.Grade{b.bound - step: b.better, b.bound: on, b.bound + step: b.worse} {
			m[b.metric] = x
			if b.direction != earshot.DirectionNone && earshot.InputReceived.Direction(w) != b.direction {
				want = none
			}
			got := p.Minute([]earshot.Sample{report(0, w, m)}, long)
			if got.Slots[slot] != want {
				t.Errorf("%v %v %v is %v, want %v", w, b.metric, x, got.Slots[slot], want)
			}
			if b.media != earshot.MediaNone && got.Grade != want {
				t.Errorf("%v %v %v: the minute is %v, want %v", w, b.metric, x, got.Grade, want)
			}
		}
	}
	i := slices.IndexFunc(p.Rules, func(r grade.Rule) bool { return r.Media == b.media && r.Metric == b.metric })
	if i < 0 || p.Rules[i].Window != b.window {
		t.Errorf("%v %v: want a rule with the window %v", b.media, b.metric, b.window)
	}
}

// boundsOf counts the bounds of a profile that TestShippedBounds can set directly; the estimated MOS is computed.
func boundsOf(p *grade.Profile) (n int) {
	for _, r := range p.Rules {
		for _, b := range []float64{r.Fair, r.Poor, r.Bad} {
			if !math.IsNaN(b) && r.Metric != earshot.EstimatedMOS {
				n++
			}
		}
	}
	return n
}

// TestTwilioMOS measures the rule on the estimated MOS by itself: below 3.5 is poor. With the other bounds beside it, it never
// is the first to be reached.
func TestTwilioMOS(t *testing.T) {
	p := grade.Twilio()
	p.Rules = slices.DeleteFunc(p.Rules, func(r grade.Rule) bool { return r.Metric != earshot.EstimatedMOS })
	if len(p.Rules) != 1 || p.Rules[0].Poor != 3.5 || p.Rules[0].Inclusive || !p.Rules[0].Falling {
		t.Fatalf("the rules on the MOS are %+v, want one: below 3.5", p.Rules)
	}
	for _, tt := range []struct {
		latency, jitter, loss float64
		want                  earshot.Grade
	}{{40, 2, 0, good}, {390, 29, 2.9, good}, {390, 29, 4, good}, {390, 29, 6, poor}, {600, 80, 0, poor}} {
		mos := grade.EstimatedMOS(tt.latency, tt.jitter, tt.loss)
		if (mos < 3.5) != (tt.want == poor) {
			t.Fatalf("the case is a wrong one: MOS %.2f", mos)
		}
		v := p.Minute([]earshot.Sample{report(0, earshot.WireAudioInput, metrics{
			earshot.BitrateKbps: 50, earshot.LatencyMs: tt.latency, earshot.JitterMs: tt.jitter, earshot.LossAvgPct: tt.loss})}, long)
		if v.Grade != tt.want {
			t.Errorf("%+v is %v, want %v", tt, v.Grade, tt.want)
		}
		if tt.want == poor && (v.Reason.Metric != earshot.EstimatedMOS || grade.Describe(v.Reason, v.Grade) != "audio received, estimated MOS 3.3, poor below 3.5") && tt.loss == 6 {
			t.Errorf("reason %q", grade.Describe(v.Reason, v.Grade))
		}
	}
	without := p.Minute([]earshot.Sample{report(0, earshot.WireAudioInput, metrics{earshot.BitrateKbps: 50, earshot.JitterMs: 500})}, long)
	if without.Grade != none {
		t.Errorf("without latency and loss there is no estimate: %v", without.Grade)
	}
}

// TestLadder: CQD asks for the loss of a picture only where the frame rate is not known.
func TestLadder(t *testing.T) {
	p := grade.TeamsCQD()
	for _, tt := range []struct {
		name string
		m    metrics
		want earshot.Grade
	}{
		{"a good rate hides the loss", metrics{earshot.BitrateKbps: 900, earshot.FrameRateFPS: 20, earshot.LossAvgPct: 50}, good},
		{"a poor rate with no loss", metrics{earshot.BitrateKbps: 900, earshot.FrameRateFPS: 6, earshot.LossAvgPct: 0}, poor},
		{"no rate, loss", metrics{earshot.BitrateKbps: 900, earshot.LossAvgPct: 16}, poor},
		{"no rate, little loss", metrics{earshot.BitrateKbps: 900, earshot.LossAvgPct: 15}, good},
		{"neither", metrics{earshot.BitrateKbps: 900, earshot.LatencyMs: 900}, none},
	} {
		for _, w := range []earshot.Wire{earshot.WireVideoInput, earshot.WireVideoDeviceToCRC} {
			if got := p.Minute([]earshot.Sample{report(0, w, tt.m)}, long).Grade; got != tt.want {
				t.Errorf("%s: %v is %v, want %v", tt.name, w, got, tt.want)
			}
		}
	}
	// One stream's rate does not hide another's loss.
	v := p.Minute([]earshot.Sample{
		report(0, earshot.WireVideoInput, metrics{earshot.BitrateKbps: 900, earshot.FrameRateFPS: 25}),
		report(0, earshot.WireVideoOutput, metrics{earshot.BitrateKbps: 900, earshot.LossAvgPct: 40}),
	}, long)
	if v.Slots[earshot.SlotVideoReceive] != good || v.Slots[earshot.SlotVideoSend] != poor {
		t.Errorf("received %v, sent %v; want good and poor", v.Slots[earshot.SlotVideoReceive], v.Slots[earshot.SlotVideoSend])
	}
}

func TestEveryRuleHasASource(t *testing.T) {
	names := map[string]bool{}
	for _, p := range grade.Builtin() {
		if names[p.Name] || p.About == "" || p.Window <= 0 || p.ClearAfter <= 0 || p.MinReports < 2 || p.MinSession < 60_000 {
			t.Errorf("profile %q: %+v", p.Name, p)
		}
		names[p.Name] = true
		for i, r := range p.Rules {
			if r.Source == "" || r.Window < 0 || r.Window > grade.MostWindow {
				t.Errorf("%s, rule %d on %v %v: %+v", p.Name, i, r.Media, r.Metric, r)
			}
		}
		if grade.Named(p.Name).Name != p.Name {
			t.Errorf("%s is not found by its name", p.Name)
		}
	}
	if grade.Named("no such profile") != nil {
		t.Error("found a profile that is none")
	}
}

// TestExtend: a rule of one's own takes the place of the base's on the same medium and metric; one on a single direction
// leaves the other to the base.
func TestExtend(t *testing.T) {
	p := &grade.Profile{Name: "ours", IdleKbps: 1, MinReports: 2, MinSession: 60_000, Rules: []grade.Rule{
		{Media: audio, Metric: earshot.LossAvgPct, Direction: earshot.DirectionReceive, Fair: math.NaN(), Poor: math.NaN(), Bad: 1, Inclusive: true},
		{Media: audio, Metric: earshot.JitterMs, Fair: math.NaN(), Poor: 200, Bad: math.NaN()},
	}}
	p.Extend(grade.Earshot())
	if want := len(grade.Earshot().Rules) + 1; len(p.Rules) != want {
		t.Errorf("%d rules, want %d", len(p.Rules), want)
	}
	grades := func(w earshot.Wire, m earshot.Metric, x float64) earshot.Grade {
		return p.Minute([]earshot.Sample{report(0, w, metrics{earshot.BitrateKbps: 50, m: x})}, long).Grade
	}
	for _, tt := range []struct {
		wire   earshot.Wire
		metric earshot.Metric
		x      float64
		want   earshot.Grade
	}{
		{earshot.WireAudioInput, earshot.LossAvgPct, 1, bad}, {earshot.WireAudioOutput, earshot.LossAvgPct, 1, good},
		{earshot.WireAudioOutput, earshot.LossAvgPct, 5, poor}, {earshot.WireAudioInput, earshot.JitterMs, 100, good},
		{earshot.WireAudioOutput, earshot.JitterMs, 201, poor}, {earshot.WireVideoInput, earshot.LossAvgPct, 7, poor},
		{earshot.WireAudioOutput, earshot.LatencyMs, 500, bad},
	} {
		if got := grades(tt.wire, tt.metric, tt.x); got != tt.want {
			t.Errorf("%v %v %v is %v, want %v", tt.wire, tt.metric, tt.x, got, tt.want)
		}
	}
}

// TestLastingOnTheRadio: a rule with a window of two minutes counts from the second minute in a row on, on the radio as well.
func TestLastingOnTheRadio(t *testing.T) {
	p := &grade.Profile{IdleKbps: 1, MinReports: 2, MinSession: 60_000, Rules: []grade.Rule{
		{Metric: earshot.RSSIAvgDBm, Fair: math.NaN(), Poor: -70, Bad: math.NaN(), Falling: true, Window: grade.MostWindow}}}
	weak := []earshot.Sample{report(0, earshot.WireWifiRSSI, metrics{earshot.RSSIAvgDBm: -75})}
	first := p.Minute(weak, long)
	if first.Slots[earshot.SlotWifi] != good || !first.Low.Has(earshot.SlotWifi) || p.Low(weak, long) != first.Low {
		t.Errorf("the first minute is %v, low %b, Low says %b", first.Slots[earshot.SlotWifi], first.Low, p.Low(weak, long))
	}
	ctx := long
	ctx.PrevLow = first.Low
	if got := p.Minute(weak, ctx).Slots[earshot.SlotWifi]; got != poor {
		t.Errorf("the second minute is %v, want poor", got)
	}
}

func TestFingerprint(t *testing.T) {
	seen := map[string]string{}
	for _, p := range grade.Builtin() {
		f := p.Fingerprint()
		if other := seen[f]; other != "" || f != grade.Named(p.Name).Fingerprint() {
			t.Errorf("%s has the fingerprint of %s, or another each time", p.Name, other)
		}
		seen[f] = p.Name
	}
	p := grade.Earshot()
	p.About, p.Rules[0].Source = "x", "y"
	if seen[p.Fingerprint()] != "earshot" {
		t.Error("an explanation changes the fingerprint")
	}
	p.Rules[0].Inclusive = false
	if seen[p.Fingerprint()] != "" {
		t.Error("another bound does not change the fingerprint")
	}
}
