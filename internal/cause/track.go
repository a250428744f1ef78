package cause

import (
	"math"
	"slices"
	"sort"

	"github.com/earshot/earshot"
)

const (
	minuteMs = 60_000
	// keepMs is how long minutes are remembered: the longest window, the seal, and a margin.
	keepMs = 16 * minuteMs
	// liveMs is how old a segment's newest report may be for it to count as present.
	liveMs = 100_000
	// mostMinutes bounds a track whatever the clocks of reports say.
	mostMinutes = 32
)

// track is what is remembered of one segment.
type track struct {
	segment, meeting earshot.ID
	person           *person
	guest            bool
	minutes          []minute // by at
	meetingCell      int32
	// visible is how many of minutes had been reported at the last evaluation.
	visible int
	// member is the index among the live ones of the last evaluation, -1.
	member int32
}

// person is what is remembered of one person across segments.
type person struct {
	id   earshot.ID
	last earshot.Instant
	// heard is the end of the newest classified minute, troubled when a bad one was among the last five, 0 for not lately.
	heard, troubled earshot.Instant
	// minutes and trouble are decayed counts of classified minutes and of bad and fair-or-worse ones, without those that a
	// shared fault or a bad sender explains: a bad afternoon must not acquit tomorrow's fault.
	minutes [ways]float64
	trouble [ways][2]float64
	// seen are scratch marks by which people with several segments are counted once.
	seen [6]uint64
}

// minute is one observation, compressed.
type minute struct {
	at, first, last earshot.Instant
	attrs           *attrs
	grades          [ways]earshot.Grade
	grade           earshot.Grade
	flags           flags
	cpu, zoom       float32 // %, NaN absent
	pressure, rssi  float32
	audio           stream
	video           stream
	sendLoss        float32
	receiveLoss     float32
	sendJitter      float32
	receiveJitter   float32
	latency         float32
	// remote is how likely a bad sender in the meeting makes receiving bad, offender that sender's segment.
	remote   float32
	offender earshot.ID
}

type stream struct{ kbps, loss, jitter, fps float32 }

type flags uint8

const (
	flagTalking flags = 1 << iota
	flagTalkKnown
	flagLowBandwidth
	flagLearnt
)

func (f flags) has(x flags) bool { return f&x != 0 }

// The channels: a fault at a low strength shows in fair-or-worse minutes long before it does in bad ones.
const (
	bad      = 0
	fair     = 1
	channels = 2
)

var channelGrade = [channels]earshot.Grade{earshot.Poor, earshot.Fair}

func (m *minute) classified(way int) bool { return m.grades[way] != earshot.Unclassified }

func (m *minute) trouble(way, channel int) bool { return m.grades[way] >= channelGrade[channel] }

// troubled reports whether the minute has anything worse than good in a media stream, or a busy computer.
func (m *minute) troubled() bool {
	return m.grades[receiving] >= earshot.Fair || m.grades[sending] >= earshot.Fair || m.grades[computing] >= earshot.Fair
}

// isBad reports whether the minute is to be explained.
func (m *minute) isBad() bool {
	return m.grades[receiving] >= earshot.Poor || m.grades[sending] >= earshot.Poor || m.grades[computing] >= earshot.Poor
}

func compress(o *Observation) minute {
	d := &o.Direct
	m := minute{
		at: o.At, first: o.First, last: o.Last, grade: o.Grade,
		cpu: f32(d.CPUSystemMaxPct), zoom: f32(d.CPUZoomMaxPct), pressure: f32(d.Pressure), rssi: f32(d.RSSIAvgDBm),
		audio:    stream{kbps: f32(d.AudioSendKbps), loss: f32(d.AudioSendLossPct), jitter: f32(d.AudioSendJitterMs), fps: nan32},
		video:    stream{kbps: f32(d.VideoSendKbps), loss: f32(d.VideoSendLossPct), jitter: nan32, fps: f32(d.VideoSendFPS)},
		sendLoss: f32(d.SendLossPct), receiveLoss: f32(d.ReceiveLossPct), sendJitter: f32(d.SendJitterMs),
		receiveJitter: f32(d.ReceiveJitter), latency: f32(d.LatencyMs),
	}
	m.grades = [ways]earshot.Grade{receiving: o.Receive, sending: o.Send, computing: o.Device}
	if m.last < m.at {
		m.last = m.at
	}
	if m.first == 0 || m.first > m.last {
		m.first = m.last
	}
	for _, f := range []struct {
		on  bool
		bit flags
	}{{d.Talking, flagTalking}, {d.TalkKnown, flagTalkKnown}, {d.LowBandwidth, flagLowBandwidth}} {
		if f.on {
			m.flags |= f.bit
		}
	}
	return m
}

var nan32 = float32(math.NaN())

// f32 compresses a reading; infinities are no readings.
func f32(x float64) float32 {
	if math.IsInf(x, 0) {
		return nan32
	}
	return float32(x)
}

// known reports whether a reading is there.
func known(x float32) bool { return x == x }

// put inserts or replaces a minute.
func (t *track) put(m *minute) {
	i := sort.Search(len(t.minutes), func(i int) bool { return t.minutes[i].at >= m.at })
	if i < len(t.minutes) && t.minutes[i].at == m.at {
		old := &t.minutes[i]
		m.flags |= old.flags & flagLearnt
		m.remote, m.offender = old.remote, old.offender
		*old = *m
		return
	}
	t.minutes = slices.Insert(t.minutes, i, *m)
	if len(t.minutes) > mostMinutes {
		t.minutes = slices.Delete(t.minutes, 0, 1)
	}
}

// find returns the minute that starts at a time, nil for none.
func (t *track) find(at earshot.Instant) *minute {
	i := sort.Search(len(t.minutes), func(i int) bool { return t.minutes[i].at >= at })
	if i == len(t.minutes) || t.minutes[i].at != at {
		return nil
	}
	return &t.minutes[i]
}

// seen returns the minutes that had been reported at the last evaluation.
func (t *track) seen() []minute { return t.minutes[:min(t.visible, len(t.minutes))] }

// begins returns where the time begins that the i-th minute describes: at the report before, one cadence before the first
// report at most.
func (t *track) begins(i int) earshot.Instant {
	m := &t.minutes[i]
	start := m.first - minuteMs
	if i > 0 {
		if before := t.minutes[i-1].last; before > start && before < m.last {
			start = before
		}
	}
	return start
}
