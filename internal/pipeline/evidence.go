package pipeline

import (
	"math"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// talkKbps is the audio bit rate above which somebody is speaking: silence, sent as comfort noise or by an open microphone in
// a quiet room, stays below it.
const talkKbps = 28

// directOf collects the evidence about the person alone. Streams without a bit rate are idle and say nothing; several
// reports in the minute are averaged, and the worst stream of a direction counts.
func directOf(account earshot.ID, samples []earshot.Sample, rules *Rules) cause.Direct {
	none := math.NaN()
	d := cause.Direct{
		CPUSystemMaxPct: none, CPUZoomMaxPct: none, Pressure: none, RSSIAvgDBm: none, RSSIMinDBm: none,
		AudioSendKbps: none, AudioSendLossPct: none, AudioSendJitterMs: none,
		VideoSendFPS: none, VideoSendKbps: none, VideoSendLossPct: none,
		SendLossPct: none, ReceiveLossPct: none, SendJitterMs: none, ReceiveJitter: none, LatencyMs: none,
	}
	var streams [earshot.WireCount]streamMeans
	var signal mean
	for i := range samples {
		s := &samples[i]
		switch {
		case s.Wire >= earshot.WireCount:
			continue
		case s.Wire == earshot.WireNotification:
			d.LowBandwidth = true // Zoom knows two, both about the network: low bandwidth, unstable connection
			continue
		}
		higher(&d.CPUSystemMaxPct, s, earshot.CPUSystemMaxPct)
		higher(&d.CPUZoomMaxPct, s, earshot.CPUZoomMaxPct)
		higher(&d.Pressure, s, earshot.PressureMax)
		if x, ok := signalOf(s, earshot.RSSIAvgDBm); ok {
			signal.add(x)
			d.RSSIMinDBm = lesser(d.RSSIMinDBm, x)
		}
		if x, ok := signalOf(s, earshot.RSSIMinDBm); ok {
			d.RSSIMinDBm = lesser(d.RSSIMinDBm, x)
		}
		if kbps, ok := number(s, earshot.BitrateKbps); ok && kbps >= rules.Profile.IdleKbps {
			streams[s.Wire].add(s)
		}
	}
	d.RSSIAvgDBm = signal.value()
	audio, video := rules.Input(account)
	for w := range streams {
		wire := earshot.Wire(w)
		meaning := audio
		if wire.Media() == earshot.MediaVideo {
			meaning = video
		}
		if m := &streams[w]; m.kbps.n > 0 {
			takeStream(&d, wire.Media(), meaning.Direction(wire), m)
		}
	}
	return d
}

// takeStream adds one stream that flowed.
func takeStream(d *cause.Direct, media earshot.Media, direction earshot.Direction, m *streamMeans) {
	d.LatencyMs = greater(d.LatencyMs, m.latency.value())
	switch {
	case direction == earshot.DirectionReceive:
		d.ReceiveLossPct, d.ReceiveJitter = greater(d.ReceiveLossPct, m.loss.value()), greater(d.ReceiveJitter, m.jitter.value())
		return
	case direction != earshot.DirectionSend:
		return
	}
	d.SendLossPct, d.SendJitterMs = greater(d.SendLossPct, m.loss.value()), greater(d.SendJitterMs, m.jitter.value())
	switch media {
	case earshot.MediaAudio:
		d.TalkKnown = true
		d.Talking = d.Talking || m.kbps.value() > talkKbps
		d.AudioSendKbps, d.AudioSendLossPct, d.AudioSendJitterMs = m.kbps.value(), m.loss.value(), m.jitter.value()
	case earshot.MediaVideo:
		d.VideoSendKbps, d.VideoSendFPS, d.VideoSendLossPct = m.kbps.value(), m.fps.value(), m.loss.value()
	}
}

// streamMeans are the averages of one stream over the reports of a minute.
type streamMeans struct{ kbps, loss, jitter, latency, fps mean }

func (m *streamMeans) add(s *earshot.Sample) {
	m.kbps.take(s, earshot.BitrateKbps)
	m.loss.take(s, earshot.LossAvgPct)
	m.jitter.take(s, earshot.JitterMs)
	m.latency.take(s, earshot.LatencyMs)
	m.fps.take(s, earshot.FrameRateFPS)
}

// mean is an average; NaN of nothing.
type mean struct{ sum, n float64 }

func (m *mean) take(s *earshot.Sample, metric earshot.Metric) {
	if x, ok := number(s, metric); ok {
		m.add(x)
	}
}

func (m *mean) add(x float64) { m.sum, m.n = m.sum+x, m.n+1 }

func (m *mean) value() float64 { return m.sum / m.n }

// number reads a metric that cannot be negative; what cannot be is absent.
func number(s *earshot.Sample, m earshot.Metric) (float64, bool) {
	x, ok := s.Get(m)
	return x, ok && x >= 0 && !math.IsInf(x, 0)
}

// signalOf reads a signal strength; nothing is received at -1 dBm or more, nor below -120.
func signalOf(s *earshot.Sample, m earshot.Metric) (float64, bool) {
	x, ok := s.Get(m)
	return x, ok && x <= -1 && x >= -120
}

// higher raises x to a metric of a sample.
func higher(x *float64, s *earshot.Sample, m earshot.Metric) {
	if y, ok := number(s, m); ok {
		*x = greater(*x, y)
	}
}

// greater and lesser ignore what is absent.
func greater(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}

func lesser(a, b float64) float64 {
	if math.IsNaN(a) || b < a {
		return b
	}
	return a
}

// makers are the words with which the product's name begins in what operating systems call a microphone or speaker, and
// models those that may follow. Anything else in such a name may be a person's ("AirPods Pro of …") and is left out.
var (
	makers = wordSet("Jabra Poly Plantronics EPOS Sennheiser Logitech Logi Yealink Cisco AirPods EarPods Beats Galaxy Bose Sony Microsoft Surface " +
		"Dell HP Lenovo ThinkPad MacBook iMac iPhone iPad Realtek Conexant Anker Razer Corsair HyperX SteelSeries Shure Rode Blue Creative Philips")
	models = wordSet("Evolve Evolve2 Elite Engage Speak PanaCast Voyager Focus Blackwire Savi Sync Studio Impact Adapt Expand Zone Wired Wireless " +
		"BRIO Brio Webcam Pro Max Air Buds Buds2 Headset Headphones Audio Array Microphone Speakers Modern USB UC MS True Plus SE Mini Thunderbolt Dock")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// productOf cuts what an operating system calls a device to the product: "Jabra Evolve2 65" of "Headset Microphone (Jabra
// Evolve2 65)". "" where no known maker is named.
func productOf(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("()[]{}-,;:/", r) {
			return ' '
		}
		return r
	}, name)
	var out []string
	for _, w := range strings.Fields(name) {
		switch {
		case len(out) == 0 && makers[w]:
			out = append(out, w)
		case len(out) == 0:
			continue
		case len(out) < 4 && (models[w] || makers[w] || isModelNumber(w)):
			out = append(out, w)
		default:
			return strings.Join(out, " ")
		}
	}
	return strings.Join(out, " ")
}

// isModelNumber reports whether a word is short and holds a digit: "65", "C920", "2.0".
func isModelNumber(w string) bool { return len(w) <= 10 && strings.ContainsAny(w, "0123456789") }
