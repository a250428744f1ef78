package pipeline

import (
	"math"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// mostMetric is beyond anything that a metric can be. A greater number is absent: as a float32 it may be infinite, which JSON cannot
// say, and in a sum it would hide all others.
const mostMetric = 1e9

// opt is a number that can be, or none.
func opt(q zoom.Quantity) earshot.Opt {
	if math.Abs(q.Value) > mostMetric {
		return earshot.Opt{}
	}
	return earshot.Opt(q)
}

// SampleValues turns the details of a real-time entry into metrics; what the wire left out stays absent.
func SampleValues(d *zoom.Details) earshot.Values {
	var v earshot.Values
	set := func(m earshot.Metric, q zoom.Quantity) {
		if o := opt(q); o.Present {
			v.Set(m, o.Value)
		}
	}
	set(earshot.BitrateKbps, d.Bitrate)
	set(earshot.LatencyMs, d.Latency)
	set(earshot.JitterMs, d.Jitter)
	set(earshot.LossAvgPct, d.AvgLoss)
	set(earshot.LossMaxPct, d.MaxLoss)
	set(earshot.FrameRateFPS, d.FrameRate)
	rest(&v, d)
	return v
}

// rest sets the metrics that real-time entries and summaries spell alike.
func rest(v *earshot.Values, d *zoom.Details) {
	set := func(m earshot.Metric, q zoom.Quantity) {
		if o := opt(q); o.Present {
			v.Set(m, o.Value)
		}
	}
	level := func(m earshot.Metric, l zoom.Level) {
		if l != 0 {
			v.Set(m, float64(l))
		}
	}
	set(earshot.WidthPx, d.Width)
	set(earshot.HeightPx, d.Height)
	set(earshot.CPUZoomMinPct, d.ZoomMinCPU)
	set(earshot.CPUZoomAvgPct, d.ZoomAvgCPU)
	set(earshot.CPUZoomMaxPct, d.ZoomMaxCPU)
	set(earshot.CPUSystemMaxPct, d.SystemMaxCPU)
	level(earshot.PressureMin, d.MinPressure)
	level(earshot.PressureAvg, d.AvgPressure)
	level(earshot.PressureMax, d.MaxPressure)
	level(earshot.Quality, d.Quality)
	set(earshot.QualityScore, d.QualityScore)
	set(earshot.RSSIMinDBm, d.MinRSSI)
	set(earshot.RSSIAvgDBm, d.AvgRSSI)
	set(earshot.RSSIMaxDBm, d.MaxRSSI)
}

// summary turns one entry of a *_qos_summary event into a row.
func summary(q *zoom.QoS, account, segment earshot.ID, at earshot.Instant) earshot.Summary {
	d := &q.Details
	s := earshot.Summary{
		Segment: segment, Account: account, At: at, Wire: earshot.ParseWire(q.Type),
		Bitrate:   stat(d.MinBitrate, d.AvgBitrate, d.MaxBitrate),
		Latency:   stat(d.MinLatency, d.AvgLatency, d.MaxLatency),
		Jitter:    stat(d.MinJitter, d.AvgJitter, d.MaxJitter),
		Loss:      stat(d.MinLoss, d.AvgLoss, d.MaxLoss),
		FrameRate: stat(d.MinFrameRate, d.AvgFrameRate, d.MaxFrameRate),
		RSSI:      stat(d.MinRSSI, d.AvgRSSI, d.MaxRSSI),
	}
	rest(&s.Values, d)
	return s
}

func stat(low, avg, high zoom.Quantity) earshot.SummaryStat {
	return earshot.SummaryStat{Min: opt(low), Avg: opt(avg), Max: opt(high)}
}

// callSample turns one phone report into a row.
func callSample(q *zoom.CallQoS, call, account earshot.ID, at earshot.Instant) earshot.CallSample {
	s := earshot.CallSample{
		Call: call, Account: account, At: at,
		BitrateKbps: opt(q.Bitrate), LossAvgPct: opt(q.AvgLoss), LossMaxPct: opt(q.MaxLoss),
		JitterMs: opt(q.Jitter), NetworkDelayMs: opt(q.NetworkDelay), MOS: opt(q.MOS),
	}
	switch q.Side {
	case "caller":
		s.Side = earshot.SideCaller
	case "callee":
		s.Side = earshot.SideCallee
	}
	switch q.Direction {
	case "sending":
		s.Direction = earshot.DirectionSend
	case "receiving":
		s.Direction = earshot.DirectionReceive
	}
	return s
}
