package facts

import (
	"cmp"

	"github.com/earshot/earshot"
)

// MergeSamples adds to x what y says, a sample with the same key. Like [earshot.Values.Merge] it is commutative, associative
// and idempotent: where the dimensions differ the greater wins.
func MergeSamples(x, y *Sample) {
	x.Values.Merge(&y.Values)
	x.Account, x.Meeting, x.Site = max(x.Account, y.Account), max(x.Meeting, y.Meeting), max(x.Site, y.Site)
	x.NetworkType, x.DataCenter = max(x.NetworkType, y.NetworkType), max(x.DataCenter, y.DataCenter)
}

// MergeCallSamples adds to x what y says, a report with the same key: the greater number wins, field by field.
func MergeCallSamples(x, y *earshot.CallSample) {
	x.Account = max(x.Account, y.Account)
	for _, p := range [][2]*earshot.Opt{
		{&x.BitrateKbps, &y.BitrateKbps}, {&x.LossAvgPct, &y.LossAvgPct}, {&x.LossMaxPct, &y.LossMaxPct},
		{&x.JitterMs, &y.JitterMs}, {&x.NetworkDelayMs, &y.NetworkDelayMs}, {&x.MOS, &y.MOS},
	} {
		if p[1].Present && (!p[0].Present || p[1].Value > p[0].Value) {
			*p[0] = *p[1]
		}
	}
}

// CompareSamples orders by time, segment and wire type: the order of [Store.Samples].
func CompareSamples(a, b *Sample) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Wire, b.Wire))
}

// CompareHourSamples orders by segment, time and wire type: the order of [Store.HourSamples].
func CompareHourSamples(a, b *Sample) int {
	return cmp.Or(cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.At, b.At), cmp.Compare(a.Wire, b.Wire))
}

// CompareMinutes orders by time and segment: the order of [Store.Minutes].
func CompareMinutes(a, b *earshot.Minute) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment))
}

// CompareSummaries orders by time, segment and wire type: the order of [Store.Summaries].
func CompareSummaries(a, b *earshot.Summary) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Wire, b.Wire))
}

// CompareNotifications orders by time and the rest of the key: the order of [Store.Notifications].
func CompareNotifications(a, b *earshot.Notification) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Meeting, b.Meeting), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Code, b.Code))
}

// CompareCallSamples orders by time and the rest of the key: the order of [Store.CallSamples].
func CompareCallSamples(a, b *earshot.CallSample) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Call, b.Call), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Direction, b.Direction))
}
