package grade

import (
	"math"
	"strconv"
	"strings"

	"github.com/earshot/earshot"
)

// Describe says a reason in words: "audio received, loss 18.2 %, bad from 10 %". It is "" when nothing decided.
func Describe(r earshot.Reason, g earshot.Grade) string {
	if !r.Set {
		return ""
	}
	var b strings.Builder
	b.WriteString(subject(r))
	name, unit := words(r.Metric)
	if name != "" {
		b.WriteString(", ")
		b.WriteString(name)
	}
	b.WriteByte(' ')
	b.WriteString(number(r.Metric, r.Value, unit))
	b.WriteString(", ")
	b.WriteString(g.String())
	if r.Metric == earshot.FrameRateFPS || r.Metric == earshot.EstimatedMOS {
		b.WriteString(" below ")
	} else {
		b.WriteString(" from ")
	}
	b.WriteString(number(r.Metric, r.Bound, unit))
	return b.String()
}

// subject says which stream or source: "video sent (room system)".
func subject(r earshot.Reason) string {
	var s string
	switch r.Wire.Media() {
	case earshot.MediaAudio:
		s = "audio"
	case earshot.MediaVideo:
		s = "video"
	case earshot.MediaShare:
		s = "sharing"
	default:
		if isSignal(r.Metric) {
			return "Wi-Fi"
		}
		return "computer"
	}
	switch r.Direction {
	case earshot.DirectionSend:
		s += " sent"
	case earshot.DirectionReceive:
		s += " received"
	}
	switch r.Wire.Peer() {
	case earshot.PeerCRC:
		s += " (room system)"
	case earshot.PeerRWG:
		s += " (browser)"
	}
	return s
}

// words returns a metric's name and unit for people.
func words(m earshot.Metric) (name, unit string) {
	switch m {
	case earshot.BitrateKbps:
		return "bit rate", "kbps"
	case earshot.LatencyMs:
		return "round trip", "ms"
	case earshot.JitterMs:
		return "jitter", "ms"
	case earshot.LossAvgPct:
		return "loss", "%"
	case earshot.LossMaxPct:
		return "greatest loss", "%"
	case earshot.FrameRateFPS:
		return "frame rate", "fps"
	case earshot.CPUZoomMinPct, earshot.CPUZoomAvgPct, earshot.CPUZoomMaxPct:
		return "Zoom's CPU", "%"
	case earshot.CPUSystemMaxPct:
		return "CPU", "%"
	case earshot.PressureMin, earshot.PressureAvg, earshot.PressureMax:
		return "CPU pressure", ""
	case earshot.RSSIMinDBm, earshot.RSSIAvgDBm, earshot.RSSIMaxDBm:
		return "signal", "dBm"
	case earshot.EstimatedMOS:
		return "estimated MOS", ""
	}
	return strings.ReplaceAll(m.String(), "_", " "), ""
}

// number writes a value with at most one decimal and its unit; pressure levels by name.
func number(m earshot.Metric, x float32, unit string) string {
	if m >= earshot.PressureMin && m <= earshot.PressureMax {
		levels := [...]string{1: "normal", 2: "fair", 3: "serious", 4: "critical"}
		if i := int(x); i >= 1 && i < len(levels) {
			return levels[i]
		}
	}
	s := strconv.FormatFloat(math.Round(float64(x)*10)/10, 'f', -1, 64)
	if unit == "" {
		return s
	}
	return s + " " + unit
}

// MetricName is what people call a metric: "jitter", "round trip".
func MetricName(m earshot.Metric) string {
	name, _ := words(m)
	return name
}
