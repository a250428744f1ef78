package grade

import (
	"cmp"
	"math"
	"slices"

	"github.com/earshot/earshot"
)

// Spread is what is known of one metric over one segment. NaN is unknown.
type Spread struct{ Min, Avg, Max float64 }

// Comparison holds our figures of one metric of one stream against those of Zoom's summary.
type Comparison struct {
	Wire   earshot.Wire
	Metric earshot.Metric
	Ours   Spread // of the reports that came
	Zooms  Spread
	// Agrees says whether the averages are within the tolerance of the metric (see [Tolerance]), and no report that came lies
	// outside Zoom's extremes by more than that.
	Agrees bool
}

// Trust says how far a segment's minutes can be trusted.
type Trust struct {
	// Expected is how many whole minutes the segment lasted, Reported of how many there is a report.
	Expected, Reported int
	// Streams compares what both sides know, ordered by wire type and metric.
	Streams []Comparison
}

// MissingPct is the share of minutes without a report, in percent; 0 for segments under a minute.
func (t *Trust) MissingPct() float64 {
	if t.Expected == 0 {
		return 0
	}
	return 100 * float64(t.Expected-t.Reported) / float64(t.Expected)
}

// Span is a stretch of time.
type Span struct{ From, To earshot.Instant }

// Reconcile compares a segment's samples with Zoom's own summary of it. stay is when the segment began and ended (or now);
// empty when that is not known. away are times in which no report is due: stays in breakout rooms, which have reports of their
// own. Reports come at the end of what they report on, so a minute counts as reported also when the report stands at the
// beginning of the next. Nothing needs an order.
func Reconcile(samples []earshot.Sample, summaries []earshot.Summary, stay Span, away ...Span) Trust {
	var t Trust
	t.Expected, t.Reported = coverage(samples, stay.From, stay.To, away)
	ours := make(map[streamMetric]*accumulator)
	for i := range samples {
		s := &samples[i]
		if s.Wire.IsStream() {
			if kbps, ok := s.Get(earshot.BitrateKbps); !ok || !(kbps > 0) {
				continue // idle
			}
		}
		for _, m := range reconciled {
			if x, ok := read(s, m); ok {
				ours[streamMetric{s.Wire, m}] = ours[streamMetric{s.Wire, m}].add(x)
			}
		}
	}
	for i := range summaries {
		z := &summaries[i]
		for _, m := range reconciled {
			zooms, ok := spreadOf(z, m)
			mine := ours[streamMetric{z.Wire, m}]
			if !ok || mine == nil {
				continue
			}
			c := Comparison{Wire: z.Wire, Metric: m, Ours: mine.spread(), Zooms: zooms}
			if m == earshot.LossAvgPct { // Zoom's greatest is the greatest of any moment, ours of a report's average
				if top := ours[streamMetric{z.Wire, earshot.LossMaxPct}]; top != nil {
					c.Ours.Max = top.spread().Max
				}
			}
			c.Agrees = agrees(&c)
			t.Streams = append(t.Streams, c)
		}
	}
	slices.SortFunc(t.Streams, func(a, b Comparison) int {
		return cmp.Or(cmp.Compare(a.Wire, b.Wire), cmp.Compare(a.Metric, b.Metric))
	})
	return t
}

// reconciled are the metrics that summaries give three figures of.
var reconciled = [...]earshot.Metric{
	earshot.BitrateKbps, earshot.LatencyMs, earshot.JitterMs, earshot.LossAvgPct, earshot.LossMaxPct, earshot.FrameRateFPS, earshot.RSSIAvgDBm,
}

type streamMetric struct {
	wire   earshot.Wire
	metric earshot.Metric
}

// accumulator adds up in millionths, so that the order does not matter.
type accumulator struct{ n, sum, low, high int64 }

func (a *accumulator) add(x int64) *accumulator {
	if a == nil {
		return &accumulator{1, x, x, x}
	}
	a.n, a.sum, a.low, a.high = a.n+1, a.sum+x, min(a.low, x), max(a.high, x)
	return a
}

func (a *accumulator) spread() Spread {
	return Spread{float64(a.low) / scale, float64(a.sum) / float64(a.n) / scale, float64(a.high) / scale}
}

// spreadOf returns Zoom's figures; false without an average.
func spreadOf(z *earshot.Summary, m earshot.Metric) (Spread, bool) {
	var s earshot.SummaryStat
	switch m {
	case earshot.BitrateKbps:
		s = z.Bitrate
	case earshot.LatencyMs:
		s = z.Latency
	case earshot.JitterMs:
		s = z.Jitter
	case earshot.LossAvgPct:
		s = z.Loss
	case earshot.FrameRateFPS:
		s = z.FrameRate
	case earshot.RSSIAvgDBm:
		s = z.RSSI
	default:
		return Spread{}, false
	}
	of := func(o earshot.Opt) float64 {
		if !o.Present {
			return math.NaN()
		}
		return o.Value
	}
	return Spread{of(s.Min), of(s.Avg), of(s.Max)}, s.Avg.Present
}

// Tolerance is how far two averages may be apart and still agree: a fixed part for rounding, and a share of Zoom's. Zoom
// averages over seconds and we over reports, and warns itself that figures of different sources differ.
func Tolerance(m earshot.Metric, zooms float64) float64 {
	fixed, share := 1.0, 0.15
	switch m {
	case earshot.BitrateKbps:
		fixed = 5
	case earshot.LatencyMs, earshot.JitterMs:
		fixed = 3
	case earshot.LossAvgPct:
		fixed = 0.3
	case earshot.RSSIAvgDBm:
		fixed, share = 3, 0
	}
	return fixed + share*math.Abs(zooms)
}

// agrees judges the averages, and that what came lies between Zoom's extremes. That Zoom's reach further is no disagreement:
// it saw moments that reports average over.
func agrees(c *Comparison) bool {
	slack := Tolerance(c.Metric, c.Zooms.Avg)
	if !(math.Abs(c.Ours.Avg-c.Zooms.Avg) <= slack) {
		return false
	}
	return !(c.Ours.Max > c.Zooms.Max+slack) && !(c.Ours.Min < c.Zooms.Min-slack)
}

// coverage counts the whole minutes of a segment in which a report was due or came, and those of which there is one.
func coverage(samples []earshot.Sample, from, to earshot.Instant, away []Span) (expected, reported int) {
	if from == 0 || to <= from {
		return 0, 0
	}
	minutes := int((to - from) / 60_000)
	seen := make(map[int]bool)
	for i := range samples {
		// A report at the very end of a minute belongs to it.
		if k := int((samples[i].At - 1 - from) / 60_000); samples[i].At > from && k < minutes {
			seen[k] = true
		}
	}
	expected = len(seen)
	for k := range minutes {
		begin := from + earshot.Instant(k)*60_000
		if !seen[k] && !overlaps(away, begin, begin+60_000) {
			expected++
		}
	}
	return expected, len(seen)
}

func overlaps(spans []Span, from, to earshot.Instant) bool {
	for _, s := range spans {
		if s.From < to && from < s.To {
			return true
		}
	}
	return false
}
