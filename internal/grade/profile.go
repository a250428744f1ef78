package grade

import (
	"math"

	"github.com/earshot/earshot"
)

// Rule says where the grades begin for one metric of one medium.
type Rule struct {
	// Media is what the stream carries; [earshot.MediaNone] for rules on the computer and the radio, which apply to their
	// metrics in whatever entry Zoom put them.
	Media  earshot.Media
	Metric earshot.Metric
	// Direction narrows the rule to one way; [earshot.DirectionNone] means both.
	Direction earshot.Direction

	// Fair, Poor and Bad are where each grade begins, in the metric's unit; NaN where the rule knows no such grade.
	Fair, Poor, Bad float64
	// Falling is set where less is worse: frame rate, signal strength.
	Falling bool
	// Inclusive says that a value on the bound has the bound's grade (">=" and "<="), rather than the next better (">" and
	// "<").
	Inclusive bool

	// AboveKbps and MinHeightPx are conditions on each report: its bit rate is greater than the one, its picture at least as
	// high as the other. A report that does not meet them, or does not say, is left out of this rule. 0 is no condition.
	AboveKbps   float64
	MinHeightPx float64
	// Lasting means that one minute is not enough: the rule counts from the second minute in a row on.
	Lasting bool

	// Source is where the bounds come from.
	Source string
}

// Level returns the grade of a value: Good when it reaches no bound.
func (r *Rule) Level(x float64) earshot.Grade {
	switch {
	case r.reaches(x, r.Bad):
		return earshot.Bad
	case r.reaches(x, r.Poor):
		return earshot.Poor
	case r.reaches(x, r.Fair):
		return earshot.Fair
	}
	return earshot.Good
}

// Bound returns where a grade begins, NaN when the rule knows no such grade.
func (r *Rule) Bound(g earshot.Grade) float64 {
	switch g {
	case earshot.Fair:
		return r.Fair
	case earshot.Poor:
		return r.Poor
	case earshot.Bad:
		return r.Bad
	}
	return math.NaN()
}

// reaches is false for a bound of NaN, as every comparison with NaN is.
func (r *Rule) reaches(x, bound float64) bool {
	if r.Inclusive && x == bound {
		return true
	}
	if r.Falling {
		return x < bound
	}
	return x > bound
}

// Profile is a set of rules with a name. Its fields are read only once it is in use.
type Profile struct {
	Name  string
	Rules []Rule
	// IdleKbps is the bit rate below which nothing is flowing: muted, camera off.
	IdleKbps float64
	// MinReports and MinSession say what a segment needs for a verdict: distinct report times, and milliseconds between its
	// first and last sign of life.
	MinReports int
	MinSession earshot.Instant
}

// Sources of the bounds below. The numbers between the sources' own are ours, to be tuned on data.
const (
	srcAudioLoss = "fair: Zoom's recommended limit (loss 2 %) and Google Meet (3 %); poor: Teams real-time analytics and Twilio (5 %); bad: Microsoft CQD poor audio stream (10 %)"
	srcVideoLoss = "fair: Google Meet and Huawei Meeting (3 %); poor: between; bad: Microsoft CQD post-FEC loss (0.15)"
	srcJitter    = "fair: Microsoft CQD and Twilio (30 ms); poor: Zoom's recommended limit (40 ms); bad: twice fair"
	srcLatency   = "round trip; fair and poor: Plivo (200 and 300 ms); bad: Microsoft CQD (500 ms)"
	srcVideoFPS  = "fair: Teams real-time analytics, 360p and more (15 fps); poor: between; bad: Microsoft CQD (7 fps)"
	srcShareFPS  = "poor: Microsoft CQD video-based screen sharing (2 fps), only while content moves"
	srcCPU       = "fair: Google Meet (80 %); poor: Google Meet, starved (90 %); bad: 95 %"
	srcPressure  = "Zoom's pressure levels: serious (about 80 %) and critical (about 100 %)"
	srcRSSI      = "Wi-Fi design guides for voice: -67 dBm wanted; -72 and -78 dBm need data"
)

// Earshot returns the default profile. All bounds are inclusive (">=", for signal strength "<="), except those on frame
// rates ("<"). Latency bounds are round trips, as Zoom's latency is: they are not halved.
func Earshot() *Profile {
	none := math.NaN()
	p := &Profile{Name: "earshot", IdleKbps: 1, MinReports: 2, MinSession: 60_000}
	for _, m := range []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare} {
		loss := Rule{Media: m, Metric: earshot.LossAvgPct, Fair: 3, Poor: 7, Bad: 15, Inclusive: true, Source: srcVideoLoss}
		if m == earshot.MediaAudio {
			loss.Fair, loss.Poor, loss.Bad, loss.Source = 2, 5, 10, srcAudioLoss
		}
		p.Rules = append(p.Rules, loss,
			Rule{Media: m, Metric: earshot.JitterMs, Fair: 30, Poor: 40, Bad: 60, Inclusive: true, Source: srcJitter},
			Rule{Media: m, Metric: earshot.LatencyMs, Fair: 200, Poor: 300, Bad: 500, Inclusive: true, Source: srcLatency})
	}
	p.Rules = append(p.Rules,
		Rule{Media: earshot.MediaVideo, Metric: earshot.FrameRateFPS, Fair: 15, Poor: 10, Bad: 7, Falling: true,
			MinHeightPx: 360, Source: srcVideoFPS},
		Rule{Media: earshot.MediaShare, Metric: earshot.FrameRateFPS, Fair: none, Poor: 2, Bad: none, Falling: true,
			AboveKbps: 50, Lasting: true, Source: srcShareFPS},
		Rule{Metric: earshot.CPUSystemMaxPct, Fair: 80, Poor: 90, Bad: 95, Inclusive: true, Source: srcCPU},
		Rule{Metric: earshot.PressureMax, Fair: 3, Poor: none, Bad: 4, Inclusive: true, Source: srcPressure},
		Rule{Metric: earshot.RSSIAvgDBm, Fair: -67, Poor: -72, Bad: -78, Falling: true, Inclusive: true, Source: srcRSSI})
	return p
}

// Band is where the grades begin for a metric of a medium, for drawing thresholds behind charts. NaN is no such grade.
type Band struct {
	Media           earshot.Media
	Metric          earshot.Metric
	Fair, Poor, Bad float64
	Falling         bool
}

// Bands returns one band per rule, in the order of the rules.
func (p *Profile) Bands() []Band {
	bands := make([]Band, 0, len(p.Rules))
	for i := range p.Rules {
		r := &p.Rules[i]
		bands = append(bands, Band{r.Media, r.Metric, r.Fair, r.Poor, r.Bad, r.Falling})
	}
	return bands
}
