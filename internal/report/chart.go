package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// The sizes of drawings, in the units of their viewBox. Charts stand two in a row, strips alone.
const (
	chartWidth  = 360.0
	chartHeight = 56.0
	stripWidth  = 720.0
)

// chart is one metric of one stream over time.
type chart struct {
	Way          string // send or receive: the column that it stands in; "" for what has no direction
	Title, Label string // Label is what it shows, for who does not see it
	Top, Bottom  string // the ends of the value axis
	Zones        []zone
	Path         string
	Dots         []dot
	Ticks        []tick
	Median, Peak string
	Ghost        string // the path of the others' median, "" for none
	Others       string // its own median over the time, "" for none
}

// zone is where a grade's bounds lie; dot is a report between two gaps, which is no line.
type (
	zone struct {
		Grade    string
		Y, H     string
		Boundary string
	}
	dot  struct{ X, Y string }
	tick struct{ X, Text string }
)

// lane is a metric of one wire stream.
type lane struct {
	wire      earshot.Wire
	direction earshot.Direction
	metric    earshot.Metric
	at        []earshot.Instant
	value     []float64
	others    line // the median of the others in the meeting
}

// line is values over time; each stands for the minute that begins at its instant.
type line struct {
	at    []earshot.Instant
	value []float64
}

var laneMetrics = map[earshot.Media][]earshot.Metric{
	earshot.MediaAudio: {earshot.LossAvgPct, earshot.JitterMs, earshot.LatencyMs, earshot.BitrateKbps},
	earshot.MediaVideo: {earshot.LossAvgPct, earshot.JitterMs, earshot.LatencyMs, earshot.BitrateKbps, earshot.FrameRateFPS},
	earshot.MediaShare: {earshot.LossAvgPct, earshot.JitterMs, earshot.LatencyMs, earshot.BitrateKbps, earshot.FrameRateFPS},
	earshot.MediaNone:  {earshot.CPUSystemMaxPct, earshot.RSSIAvgDBm},
}

// lanes are the metrics that were reported: by medium, then metric, sent above received, the computer and the radio last.
func lanes(in *Input, samples []earshot.Sample) []lane {
	type key struct {
		w earshot.Wire
		m earshot.Metric
	}
	byKey := map[key]*lane{}
	var order []key
	for i := range samples {
		s := &samples[i]
		for _, m := range laneMetrics[s.Wire.Media()] {
			x, ok := s.Get(m)
			if !ok || (s.Wire.Media() != earshot.MediaNone && !s.Wire.IsStream()) {
				continue
			}
			k := key{s.Wire, m}
			l := byKey[k]
			if l == nil {
				l = &lane{wire: s.Wire, direction: in.direction(s.Wire), metric: m}
				byKey[k] = l
				order = append(order, k)
			}
			l.at, l.value = append(l.at, s.At), append(l.value, x)
		}
	}
	for i := range in.Participant.Others {
		o := &in.Participant.Others[i]
		for _, m := range laneMetrics[o.Wire.Media()] {
			if l := byKey[key{o.Wire, m}]; l != nil && o.Has(m) {
				l.others.at, l.others.value = append(l.others.at, o.At), append(l.others.value, float64(o.V[m]))
			}
		}
	}
	out := make([]lane, len(order))
	for i, k := range order {
		out[i] = *byKey[k]
	}
	rank := func(l *lane) int {
		media := int(l.wire.Media())
		if media == 0 {
			media = 9
		}
		return media*100 + slices.Index(laneMetrics[l.wire.Media()], l.metric)*10 + int(l.direction)
	}
	slices.SortStableFunc(out, func(a, b lane) int { return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.wire, b.wire)) })
	return out
}

// direction is which way a stream runs, by how Zoom's words are read here.
func (in *Input) direction(w earshot.Wire) earshot.Direction {
	if w.Media() == earshot.MediaVideo {
		return in.Video.Direction(w)
	}
	return in.Audio.Direction(w)
}

// band is the rule of a metric, the one that is about its medium and direction before a general one.
func (in *Input) band(l *lane) *grade.Band {
	var found *grade.Band
	score := -1
	for _, b := range in.Profile.Bands() {
		if b.Metric != l.metric || b.Media != earshot.MediaNone && b.Media != l.wire.Media() || b.Direction != earshot.DirectionNone && b.Direction != l.direction {
			continue
		}
		s := 0
		if b.Media != earshot.MediaNone {
			s += 2
		}
		if b.Direction != earshot.DirectionNone {
			s++
		}
		if s > score {
			found, score = &b, s
		}
	}
	return found
}

var metricNames = map[earshot.Metric][2]string{
	earshot.LossAvgPct: {"Loss", "%"}, earshot.JitterMs: {"Jitter", "ms"}, earshot.LatencyMs: {"Round trip", "ms"}, earshot.BitrateKbps: {"Bit rate", "kbps"},
	earshot.FrameRateFPS: {"Frame rate", "fps"}, earshot.CPUSystemMaxPct: {"CPU of the computer", "%"}, earshot.RSSIAvgDBm: {"Wi-Fi signal", "dBm"},
}

func (l *lane) name() string {
	name := metricNames[l.metric][0]
	if l.wire.Media() == earshot.MediaNone {
		return name
	}
	s := mediaWord(l.wire.Media()) + " " + wayWord(l.direction)
	switch l.wire.Peer() {
	case earshot.PeerCRC:
		s += " (room system)"
	case earshot.PeerRWG:
		s += " (browser)"
	}
	return s + ", " + strings.ToLower(name)
}

func measure(m earshot.Metric, x float64) string {
	s := strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	if unit := metricNames[m][1]; unit != "" {
		s += "\u00a0" + unit
	}
	return s
}

func coordinate(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// draw makes the chart of a lane between two times.
func (in *Input) draw(l *lane, from, to earshot.Instant, cadence time.Duration) chart {
	low, high := 0.0, 1.0
	if l.metric == earshot.RSSIAvgDBm {
		low, high = -90, -30
	}
	if l.metric == earshot.CPUSystemMaxPct {
		high = 100
	}
	band := in.band(l)
	if band != nil && !math.IsNaN(band.Bad) && l.metric != earshot.RSSIAvgDBm {
		high = max(high, band.Bad*1.1)
	}
	for _, x := range slices.Concat(l.value, l.others.value) {
		low, high = min(low, x), max(high, x*1.05)
	}
	y := func(v float64) float64 { return chartHeight - (min(max(v, low), high)-low)/(high-low)*chartHeight }
	x := func(at earshot.Instant) float64 { return float64(at-from) / float64(max(to-from, 1)) * chartWidth }
	c := chart{Way: l.direction.String(), Title: l.name(), Top: measure(l.metric, high), Bottom: measure(l.metric, low), Ticks: in.ticks(from, to, chartWidth, 5)}
	if band != nil {
		c.Zones = zones(band, low, high, y)
	}
	var path strings.Builder
	for i := range l.value {
		joined := i > 0 && l.at[i].Sub(l.at[i-1]) <= cadence*5/2
		more := i+1 < len(l.value) && l.at[i+1].Sub(l.at[i]) <= cadence*5/2
		px, py := coordinate(x(l.at[i])), coordinate(y(l.value[i]))
		switch {
		case joined:
			path.WriteString("L" + px + " " + py)
		case more:
			path.WriteString("M" + px + " " + py)
		default:
			c.Dots = append(c.Dots, dot{px, py})
		}
	}
	c.Path = path.String()
	worst, middle := worstOf(l), quantile(l.value, 0.5)
	c.Median, c.Peak = measure(l.metric, middle), measure(l.metric, worst)
	c.Label = fmt.Sprintf("%s from %s to %s: median %s, worst %s", c.Title, in.clock(from), in.clock(to), c.Median, c.Peak)
	if len(l.others.value) > 0 {
		c.Ghost, c.Others = l.others.path(from, to, x, y), measure(l.metric, quantile(l.others.value, 0.5))
		c.Label += ", the others’ median " + c.Others
	}
	return c
}

// path joins the minutes of a line that follow each other, each at its middle. One alone is a short stroke.
func (n *line) path(from, to earshot.Instant, x func(earshot.Instant) float64, y func(float64) float64) string {
	var b strings.Builder
	const half = earshot.Instant(30_000)
	for i, at := range n.at {
		px, py := coordinate(x(min(max(at+half, from), to))), coordinate(y(n.value[i]))
		if i > 0 && at.Sub(n.at[i-1]) <= time.Minute {
			b.WriteString("L" + px + " " + py)
			continue
		}
		b.WriteString("M" + px + " " + py + "h1")
	}
	return b.String()
}

// worstOf is the greatest value; of what is worse when less, the least.
func worstOf(l *lane) float64 {
	switch l.metric {
	case earshot.RSSIAvgDBm, earshot.FrameRateFPS, earshot.BitrateKbps:
		return slices.Min(l.value)
	}
	return slices.Max(l.value)
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// zones are the stretches of the value axis that have a grade worse than good.
func zones(b *grade.Band, low, high float64, y func(float64) float64) []zone {
	bounds := []struct {
		grade string
		at    float64
	}{{"fair", b.Fair}, {"poor", b.Poor}, {"bad", b.Bad}}
	var out []zone
	for i, z := range bounds {
		end := high
		if b.Falling {
			end = low
		}
		for _, next := range bounds[i+1:] {
			if !math.IsNaN(next.at) {
				end = next.at
				break
			}
		}
		if math.IsNaN(z.at) {
			continue
		}
		top, bottom := min(y(z.at), y(end)), max(y(z.at), y(end))
		if bottom-top > 0.2 {
			out = append(out, zone{Grade: z.grade, Y: coordinate(top), H: coordinate(bottom - top)})
		}
	}
	return out
}

// ticks are whole times of an axis, about most of them.
func (in *Input) ticks(from, to earshot.Instant, width float64, most time.Duration) []tick {
	var step time.Duration
	for _, step = range []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour} {
		if to.Sub(from)/step <= most {
			break
		}
	}
	var out []tick
	ms := earshot.Instant(step.Milliseconds())
	for at := (from + ms - 1) / ms * ms; at < to && len(out) < 64; at += ms {
		out = append(out, tick{X: coordinate(float64(at-from) / float64(max(to-from, 1)) * width), Text: in.clock(at)})
	}
	return out
}

// cadence is the usual distance of two reports, a minute where there are too few to tell.
func cadence(samples []earshot.Sample) time.Duration {
	var gaps []earshot.Instant
	last := earshot.Instant(0)
	for i := range samples {
		if at := samples[i].At; at != last {
			if last != 0 {
				gaps = append(gaps, at-last)
			}
			last = at
		}
	}
	if len(gaps) < 2 {
		return time.Minute
	}
	slices.Sort(gaps)
	return max(time.Second, time.Duration(gaps[len(gaps)/2])*time.Millisecond)
}
