package grade

import (
	"math"
	"time"

	"github.com/earshot/earshot"
)

// Builtin returns the shipped profiles, the default first. They are made anew at each call.
func Builtin() []*Profile {
	return []*Profile{Earshot(), TeamsCQD(), ZoomRecommended(), Twilio(), GoogleMeet()}
}

// Named returns the shipped profile with a name, nil when there is none.
func Named(name string) *Profile {
	for _, p := range Builtin() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// newProfile returns a profile without rules, with what all shipped ones have in common.
func newProfile(name, about string) *Profile {
	return &Profile{
		Name: name, About: about, IdleKbps: 1, MinReports: 2, MinSession: 60_000, Window: time.Minute, ClearAfter: 3 * time.Minute,
	}
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
	p := newProfile("earshot", "The default. Bounds of several vendors joined into three grades for each metric, audio stricter than video.")
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
			AboveKbps: 50, Window: 2 * time.Minute, Source: srcShareFPS},
		Rule{Metric: earshot.CPUSystemMaxPct, Fair: 80, Poor: 90, Bad: 95, Inclusive: true, Source: srcCPU},
		Rule{Metric: earshot.PressureMax, Fair: 3, Poor: none, Bad: 4, Inclusive: true, Source: srcPressure},
		Rule{Metric: earshot.RSSIAvgDBm, Fair: -67, Poor: -72, Bad: -78, Falling: true, Inclusive: true, Source: srcRSSI})
	return p
}

// everyMedium is what flows.
var everyMedium = [...]earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare}

// poor returns a rule that knows one bound: what is beyond it is poor. That is how rules read that only say "good" or not.
func poor(m earshot.Media, k earshot.Metric, bound float64, source string) Rule {
	return Rule{Media: m, Metric: k, Fair: math.NaN(), Poor: bound, Bad: math.NaN(), Falling: lessIsWorse(k), Source: source}
}

// TeamsCQD returns the stream classification of Microsoft's Call Quality Dashboard. It knows poor and good only; all bounds
// are strict.
func TeamsCQD() *Profile {
	const (
		audio = "Microsoft, Stream classification in CQD, audio: poor if round trip > 500 ms, or packet loss > 0.1, or jitter > 30 ms"
		video = "Microsoft, Stream classification in CQD, video: frame rate average < 7 is poor, else post-FEC loss > 0.15; the first that is known decides"
		share = "Microsoft, Stream classification in CQD, video-based screen sharing: frame rate average < 2 is poor, else post-FEC loss > 0.15; the first that is known decides"
	)
	p := newProfile("teams-cqd", "How Microsoft's Call Quality Dashboard would classify the same streams, minute by minute instead of over a whole call. "+
		"Left out, because Zoom does not report it: local frame loss (CQD's first step for video) and the 500 packets below which CQD gives audio no verdict; "+
		"the length of the session stands in for the latter.")
	p.Rules = append(p.Rules,
		poor(earshot.MediaAudio, earshot.LatencyMs, 500, audio),
		poor(earshot.MediaAudio, earshot.LossAvgPct, 10, audio),
		poor(earshot.MediaAudio, earshot.JitterMs, 30, audio))
	for _, m := range [...]struct {
		media  earshot.Media
		fps    float64
		source string
	}{{earshot.MediaVideo, 7, video}, {earshot.MediaShare, 2, share}} {
		rate, loss := poor(m.media, earshot.FrameRateFPS, m.fps, m.source), poor(m.media, earshot.LossAvgPct, 15, m.source)
		rate.First, loss.First = true, true
		p.Rules = append(p.Rules, rate, loss)
	}
	return p
}

// ZoomRecommended returns Zoom's recommended limits for the network. Zoom gives one limit each, so what is beyond it is poor;
// on the limit is within it.
func ZoomRecommended() *Profile {
	const source = "Zoom, Accessing meeting and phone statistics (KB0070504), recommended: latency 150 ms or less, jitter 40 ms or less, packet loss 2 % or less"
	p := newProfile("zoom-recommended", "Zoom's recommended limits: is the network as Zoom wants it? Latency is compared as Zoom shows it, not halved. "+
		"Stricter than what people notice: use it to look at networks, not at experience.")
	for _, m := range everyMedium {
		p.Rules = append(p.Rules, poor(m, earshot.LatencyMs, 150, source), poor(m, earshot.JitterMs, 40, source), poor(m, earshot.LossAvgPct, 2, source))
	}
	return p
}

// Twilio returns the network warnings of Twilio's Voice SDK. They are on received audio only; all bounds are strict.
func Twilio() *Profile {
	const (
		threeOfFive = "Twilio Voice SDK, network warnings, samples of 1 s: "
		source      = threeOfFive + "round trip > 400 ms, or jitter > 30 ms, 3 of the last 5; average loss > 3 % over 7; MOS < 3.5, 3 of the last 5"
	)
	p := newProfile("twilio", "The network warnings of Twilio's Voice SDK, on received audio. Twilio samples each second and warns within seconds; "+
		"Zoom reports averages of longer, which stand in for its windows. Its MOS is its own; the estimated one stands in for it.")
	for _, r := range [...]struct {
		metric earshot.Metric
		bound  float64
		window time.Duration
	}{
		{earshot.LatencyMs, 400, 5 * time.Second}, {earshot.JitterMs, 30, 5 * time.Second},
		{earshot.LossAvgPct, 3, 7 * time.Second}, {earshot.EstimatedMOS, 3.5, 5 * time.Second},
	} {
		rule := poor(earshot.MediaAudio, r.metric, r.bound, source)
		rule.Direction, rule.Window = earshot.DirectionReceive, r.window
		p.Rules = append(p.Rules, rule)
	}
	return p
}

// GoogleMeet returns the limits of Google's Meet quality tool. What is good is strictly within the limit, so a value on it
// has the worse grade.
func GoogleMeet() *Profile {
	const (
		network = "Google Meet quality tool: loss < 3 %, round trip < 120 ms"
		picture = "Google Meet quality tool: more than 5 frames a second"
		cpu     = "Google Meet quality tool: CPU < 80 %; from 60 % the codec may be late, from 90 % it starves"
	)
	p := newProfile("google-meet", "The limits of Google's Meet quality tool. Strict on the round trip: it finds detours that other profiles let pass.")
	for _, m := range everyMedium {
		loss, latency := poor(m, earshot.LossAvgPct, 3, network), poor(m, earshot.LatencyMs, 120, network)
		loss.Inclusive, latency.Inclusive = true, true
		p.Rules = append(p.Rules, loss, latency)
	}
	fps := poor(earshot.MediaVideo, earshot.FrameRateFPS, 5, picture)
	fps.Inclusive = true
	p.Rules = append(p.Rules, fps,
		Rule{Metric: earshot.CPUSystemMaxPct, Fair: 60, Poor: 80, Bad: 90, Inclusive: true, Source: cpu})
	return p
}
