package emulator

import (
	"strconv"

	"github.com/earshot/earshot"
)

// streamIndex names the six streams of a participant, seen from the participant.
type streamIndex int

const (
	audioSend streamIndex = iota
	audioReceive
	videoSend
	videoReceive
	shareSend
	shareReceive
	streamCount
)

func (s streamIndex) audio() bool { return s <= audioReceive }

// reading is one stream during one report. The zero reading is idle: its values are "" on the wire, never zero.
type reading struct {
	active                    bool
	kbps, latencyMs, jitterMs float64
	lossAvgPct, lossMaxPct    float64
	width, height             int
	fps                       float64
}

// cpuReading is the processor during one report or one whole segment, in percent.
type cpuReading struct {
	zoomMin, zoomAvg, zoomMax, systemMax float64
	pressure                             bool // browsers add levels, 1 normal to 4 critical
	levelMin, levelAvg, levelMax         int
}

// rssiReading is the Wi-Fi signal in dBm; valid says whether there is one.
type rssiReading struct {
	valid         bool
	min, avg, max float64
}

// report is everything that one *_qos event says.
type report struct {
	at           earshot.Instant
	peer         earshot.Peer
	audioOnly    bool
	streams      [streamCount]reading
	cpu          *cpuReading
	scores       [3]float64 // audio, video, share; 0 is none
	rssi         rssiReading
	notification string
}

// stat is what a summary says about one number.
type stat struct {
	n             int
	min, max, sum float64
}

func (s *stat) add(x float64) {
	if s.n == 0 || x < s.min {
		s.min = x
	}
	if s.n == 0 || x > s.max {
		s.max = x
	}
	s.n++
	s.sum += x
}

func (s *stat) avg() float64 {
	if s.n == 0 {
		return 0
	}
	return s.sum / float64(s.n)
}

// streamSummary is one stream during one whole segment.
type streamSummary struct {
	kbps, latency, jitter, loss, fps stat
	width, height                    int
}

// summary is everything that one *_qos_summary event says.
type summary struct {
	peer      earshot.Peer
	audioOnly bool
	streams   [streamCount]streamSummary
	cpu       *cpuReading
	reports   int // folded into cpu
	scores    [3]stat
	rssi      struct{ min, avg, max stat }
}

// clientWires maps streams to wire types for the default dialect: input is what the client receives. Sharing is the other
// way round in every document of Zoom's.
var clientWires = [streamCount]earshot.Wire{
	audioSend: earshot.WireAudioOutput, audioReceive: earshot.WireAudioInput, videoSend: earshot.WireVideoOutput,
	videoReceive: earshot.WireVideoInput, shareSend: earshot.WireASInput, shareReceive: earshot.WireASOutput,
}

// wire returns the type that a stream has on the wire.
func (e *encoder) wire(s streamIndex, peer earshot.Peer) earshot.Wire {
	switch {
	case peer == earshot.PeerCRC:
		return earshot.WireAudioDeviceFromCRC + earshot.Wire(s)
	case peer == earshot.PeerRWG:
		return earshot.WireAudioDeviceFromRWG + earshot.Wire(s)
	case e.dialect == InputSent && s <= videoReceive:
		return clientWires[s^1]
	}
	return clientWires[s]
}

// order is the order of the entries: by wire type, as in Zoom's examples.
func (e *encoder) order(peer earshot.Peer) [streamCount]streamIndex {
	if peer == earshot.PeerClient && e.dialect != InputSent {
		return [streamCount]streamIndex{audioReceive, audioSend, videoReceive, videoSend, shareSend, shareReceive}
	}
	return [streamCount]streamIndex{audioSend, audioReceive, videoSend, videoReceive, shareSend, shareReceive}
}

// qos writes the qos array of a real-time event.
func (e *encoder) qos(r *report) {
	e.array("qos")
	for _, s := range e.order(r.peer) {
		if r.audioOnly && !s.audio() {
			continue
		}
		e.entry(r, e.wire(s, r.peer))
		e.stream(&r.streams[s], !s.audio())
		e.close()
	}
	if r.cpu != nil {
		e.entry(r, earshot.WireCPUUsage)
		e.cpu(r.cpu)
		e.close()
	}
	for i, score := range r.scores {
		if score > 0 {
			e.entry(r, earshot.WireAudioQuality+earshot.Wire(i))
			e.quality(score)
			e.close()
		}
	}
	if r.rssi.valid {
		e.entry(r, earshot.WireWifiRSSI)
		e.count("min_rssi", r.rssi.min, "")
		e.count("avg_rssi", r.rssi.avg, "")
		e.count("max_rssi", r.rssi.max, "")
		e.text("rssi_unit", "dBm")
		e.close()
	}
	if r.notification != "" {
		e.entry(r, earshot.WireNotification)
		e.text("network_notification", r.notification)
		e.close()
	}
	e.w.ArrEnd()
}

func (e *encoder) entry(r *report, w earshot.Wire) {
	e.w.ObjStart()
	e.at("date_time", r.at)
	e.text("type", w.String())
	e.object("details")
}

func (e *encoder) close() {
	e.w.ObjEnd()
	e.w.ObjEnd()
}

func (e *encoder) stream(r *reading, picture bool) {
	if !r.active {
		for _, key := range []string{"bitrate", "latency", "jitter", "avg_loss", "max_loss"} {
			e.text(key, "")
		}
		if picture {
			e.text("resolution", "")
			e.text("frame_rate", "")
		}
		return
	}
	e.count("bitrate", r.kbps, " kbps")
	e.count("latency", r.latencyMs, " ms")
	e.count("jitter", r.jitterMs, " ms")
	e.share("avg_loss", r.lossAvgPct, "%")
	e.share("max_loss", r.lossMaxPct, "%")
	if picture {
		e.pixels("resolution", r.width, r.height)
		e.count("frame_rate", r.fps, " fps")
	}
}

var pressureWords = [...]string{"", "normal", "fair", "serious", "critical"}

func (e *encoder) cpu(c *cpuReading) {
	e.count("zoom_min_cpu_usage", c.zoomMin, "%")
	e.count("zoom_avg_cpu_usage", c.zoomAvg, "%")
	e.count("zoom_max_cpu_usage", c.zoomMax, "%")
	e.count("system_max_cpu_usage", c.systemMax, "%")
	if c.pressure {
		e.text("system_min_cpu_pressure_level", pressureWords[c.levelMin])
		e.text("system_avg_cpu_pressure_level", pressureWords[c.levelAvg])
		e.text("system_max_cpu_pressure_level", pressureWords[c.levelMax])
	}
}

func (e *encoder) quality(score float64) {
	word := "bad"
	switch {
	case score >= 4:
		word = "good"
	case score >= 3:
		word = "fair"
	case score >= 2:
		word = "poor"
	}
	e.text("quality", word)
	e.w.FieldStart("quality_score")
	e.w.ByteStr(strconv.AppendFloat(e.scratch[:0], score, 'f', 2, 64))
}

// qosSummary writes the qos array of a *_qos_summary event: no date_time, minima, averages and maxima, RSSI as integers.
func (e *encoder) qosSummary(s *summary) {
	e.array("qos")
	for _, i := range e.order(s.peer) {
		if (s.audioOnly && !i.audio()) || s.streams[i].kbps.n == 0 {
			continue
		}
		e.summaryEntry(e.wire(i, s.peer))
		e.streamSummary(&s.streams[i], !i.audio())
		e.close()
	}
	if s.cpu != nil {
		e.summaryEntry(earshot.WireCPUUsage)
		e.cpu(s.cpu)
		e.close()
	}
	for i := range s.scores {
		if s.scores[i].n > 0 {
			e.summaryEntry(earshot.WireAudioQuality + earshot.Wire(i))
			e.quality(s.scores[i].avg())
			e.close()
		}
	}
	if s.rssi.avg.n > 0 {
		e.summaryEntry(earshot.WireWifiRSSI)
		e.integer("min_rssi", int64(s.rssi.min.min))
		e.integer("avg_rssi", int64(s.rssi.avg.avg()))
		e.integer("max_rssi", int64(s.rssi.max.max))
		e.text("rssi_unit", "dBm")
		e.close()
	}
	e.w.ArrEnd()
}

func (e *encoder) summaryEntry(w earshot.Wire) {
	e.w.ObjStart()
	e.text("type", w.String())
	e.object("details")
}

func (e *encoder) streamSummary(s *streamSummary, picture bool) {
	three := func(name string, v *stat, unit string) {
		e.count("min_"+name, v.min, unit)
		e.count("avg_"+name, v.avg(), unit)
		e.count("max_"+name, v.max, unit)
	}
	three("bitrate", &s.kbps, " kbps")
	three("latency", &s.latency, " ms")
	three("jitter", &s.jitter, " ms")
	e.share("min_loss", s.loss.min, "%")
	e.share("avg_loss", s.loss.avg(), "%")
	e.share("max_loss", s.loss.max, "%")
	if picture {
		e.pixels("resolution", s.width, s.height)
		three("frame_rate", &s.fps, " fps")
	}
}
