package facts

import "github.com/earshot/earshot"

// MedianMetrics are those that a median is made of: what one person's line is compared with. Peaks and scores are left out.
var MedianMetrics = [...]earshot.Metric{
	earshot.BitrateKbps, earshot.LatencyMs, earshot.JitterMs, earshot.LossAvgPct, earshot.HeightPx, earshot.FrameRateFPS,
	earshot.CPUZoomAvgPct, earshot.CPUSystemMaxPct, earshot.RSSIAvgDBm,
}

// MedianQuery asks for what was usual in a meeting, minute by minute, in [From, To).
type MedianQuery struct {
	From, To earshot.Instant
	Account  earshot.ID
	Meeting  earshot.ID
	Except   []earshot.ID // segments that are left out: those of the person who is compared
	Least    int          // a metric that fewer segments reported in a minute has no median; below 1 is 1
}

// Median is what was usual for one wire type in one minute: of each metric the median over segments of what each reported in
// that minute on average. The median of an even number is the mean of the middle two. Metrics without one are absent.
type Median struct {
	At   earshot.Instant // the minute's start
	Wire earshot.Wire
	// Segments is how many reported anything of that wire type in that minute.
	Segments int
	earshot.Values
}
