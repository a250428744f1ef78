package grade

import (
	"math"

	"github.com/earshot/earshot"
)

// anyWire asks for a metric in whatever entry it stands: Zoom's own examples put signal strength into an audio entry.
const anyWire = earshot.Wire(earshot.WireCount)

// value returns what a rule judges: the average over the reports in which the stream flowed and that meet the rule's
// conditions, or the greatest for metrics that are maxima. false when no report says anything.
func (p *Profile) value(r *Rule, samples []earshot.Sample, w earshot.Wire) (float64, bool) {
	if r.Metric == earshot.EstimatedMOS {
		return p.estimate(r, samples, w)
	}
	var sum, n, top int64
	for i := range samples {
		s := &samples[i]
		if w != anyWire && (s.Wire != w || !p.flows(r, s)) {
			continue
		}
		x, ok := read(s, r.Metric)
		if !ok {
			continue
		}
		if n == 0 || x > top {
			top = x
		}
		sum += x
		n++
	}
	switch {
	case n == 0:
		return 0, false
	case isMaximum(r.Metric):
		return float64(top) / scale, true
	}
	return float64(sum) / float64(n) / scale, true
}

// estimate is the estimated MOS of a stream's averages.
func (p *Profile) estimate(r *Rule, samples []earshot.Sample, w earshot.Wire) (float64, bool) {
	of := *r
	average := func(m earshot.Metric) (float64, bool) {
		of.Metric = m
		return p.value(&of, samples, w)
	}
	latency, hasLatency := average(earshot.LatencyMs)
	loss, hasLoss := average(earshot.LossAvgPct)
	if !hasLatency || !hasLoss {
		return 0, false
	}
	jitter, _ := average(earshot.JitterMs)
	return EstimatedMOS(latency, jitter, loss), true
}

// flows reports whether the stream flowed in a report and the report meets the rule's conditions.
func (p *Profile) flows(r *Rule, s *earshot.Sample) bool {
	kbps, ok := s.Get(earshot.BitrateKbps)
	if !ok || !(kbps >= p.IdleKbps) || math.IsInf(kbps, 0) {
		return false
	}
	if r.AboveKbps > 0 && kbps <= r.AboveKbps {
		return false
	}
	if r.MinHeightPx > 0 {
		height, ok := s.Get(earshot.HeightPx)
		return ok && height >= r.MinHeightPx
	}
	return true
}

// scale is the fixed point of sums. A sum of floats depends on the order of its terms in the last digit, which decides when
// a value is on a bound; a sum of whole millionths does not.
const scale = 1e6

// limit keeps the sum of any number of samples that a minute can hold within 63 bits; no metric comes near it.
const limit = 1e9

// read returns a metric in millionths; false when it is absent or cannot be.
func read(s *earshot.Sample, m earshot.Metric) (int64, bool) {
	x, ok := s.Get(m)
	if !ok || !(math.Abs(x) <= limit) {
		return 0, false
	}
	if isSignal(m) {
		// No receiver hears above -1 dBm: 0 is how a client without a radio says nothing.
		if x > -1 {
			return 0, false
		}
	} else if x < 0 {
		return 0, false
	}
	return int64(math.Round(x * scale)), true
}

func isSignal(m earshot.Metric) bool { return m >= earshot.RSSIMinDBm && m <= earshot.RSSIMaxDBm }

// lessIsWorse reports whether a smaller number of a metric is the worse one.
func lessIsWorse(m earshot.Metric) bool {
	switch m {
	case earshot.BitrateKbps, earshot.WidthPx, earshot.HeightPx, earshot.FrameRateFPS, earshot.EstimatedMOS, earshot.QualityScore:
		return true
	}
	return isSignal(m)
}

// isMaximum reports whether a metric is itself the greatest of something.
func isMaximum(m earshot.Metric) bool {
	switch m {
	case earshot.LossMaxPct, earshot.CPUZoomMaxPct, earshot.CPUSystemMaxPct, earshot.PressureMax, earshot.RSSIMaxDBm:
		return true
	}
	return false
}
