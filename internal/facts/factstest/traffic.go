package factstest

import (
	"iter"
	"math/rand/v2"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Traffic makes the facts of a made-up office day: people in meetings of six, each reporting seven to nine entries once per
// Cadence, with values that wander as real ones do (whole kbps, ms and fps, losses to a tenth, scores to a hundredth). It is
// what sizes and speeds are measured with. The same Traffic gives the same facts.
type Traffic struct {
	People  int             // default 100
	Start   earshot.Instant // default 2026-03-02 08:00 UTC
	Minutes int             // how long the day is; default 60
	Cadence int             // seconds between two reports of a person; default 60
	Events  int             // QoS events in a batch; default 2000
	Seed    uint64
	Account earshot.ID // default 0xacc0
	Cursor  facts.Cursor
	Journal string // default "journal"
	// Unexplained leaves the verdicts out.
	Unexplained bool
}

func (t *Traffic) defaults() Traffic {
	d := *t
	if d.People == 0 {
		d.People = 100
	}
	if d.Start == 0 {
		d.Start = 1772438400_000
	}
	if d.Minutes == 0 {
		d.Minutes = 60
	}
	if d.Cadence == 0 {
		d.Cadence = 60
	}
	if d.Events == 0 {
		d.Events = 2000
	}
	if d.Account == 0 {
		d.Account = 0xacc0
	}
	if d.Cursor == "" {
		d.Cursor = facts.CursorFold
	}
	if d.Journal == "" {
		d.Journal = "journal"
	}
	return d
}

// Batches yields the day in batches of Events events, in order, with the minutes sealed three minutes after they ended and
// a summary for each stream when somebody leaves. Each event is one journal record.
func (t Traffic) Batches() iter.Seq[*facts.Batch] {
	d := t.defaults()
	return func(yield func(*facts.Batch) bool) {
		g := newGenerator(d)
		b := &facts.Batch{Cursor: d.Cursor, Journal: d.Journal}
		events, seq := 0, uint64(0)
		flush := func() bool {
			b.To = seq
			ok := yield(b)
			b = &facts.Batch{Cursor: d.Cursor, Journal: d.Journal, From: seq}
			events = 0
			return ok
		}
		for second := range d.Minutes * 60 {
			if second%60 == 0 {
				b.Minutes = append(b.Minutes, g.sealed(second/60-3)...)
			}
			for _, p := range g.due[second%d.Cadence] {
				g.event(b, p, second)
				seq++
				if events++; events == d.Events && !flush() {
					return
				}
			}
		}
		for m := d.Minutes - 3; m < d.Minutes; m++ {
			b.Minutes = append(b.Minutes, g.sealed(m)...)
		}
		seq++ // a heartbeat record: without one the last batch would have nothing to apply
		flush()
	}
}

// walk is a value that wanders around a mean.
type walk struct{ mean, deviation, value float64 }

func (w *walk) next(r *rand.Rand) float64 {
	w.value = 0.9*w.value + 0.1*w.mean + w.deviation*r.NormFloat64()
	return max(w.value, 0)
}

func newWalk(r *rand.Rand, mean, deviation float64) walk {
	m := mean * (0.6 + 0.8*r.Float64())
	return walk{m, deviation, m}
}

type stream struct {
	wire                         earshot.Wire
	kbps, latency, jitter, lossy walk
	level                        int // of the resolution ladder, video only
}

type participant struct {
	facts.Sample // the template: ids and dimensions
	person       earshot.ID
	streams      []stream
	cpu, rssi    walk
	wifi         bool
	quality      bool
	leaves       int // second at which the segment ends
}

type generator struct {
	Traffic
	r      *rand.Rand
	people []*participant
	due    [][]int                        // by second within the cadence: who reports
	open   map[int]map[int]earshot.Minute // by minute and person
}

func newGenerator(t Traffic) *generator {
	g := &generator{Traffic: t, r: rand.New(rand.NewPCG(t.Seed, 1)), due: make([][]int, t.Cadence), open: map[int]map[int]earshot.Minute{}}
	g.people = make([]*participant, t.People)
	for i := range t.People {
		s := g.r.IntN(t.Cadence)
		g.due[s] = append(g.due[s], i)
	}
	return g
}

// join begins a new segment for a person.
func (g *generator) join(i, second int) *participant {
	r := g.r
	p := &participant{person: hashID(3, i), wifi: r.Float64() < 0.6, quality: r.Float64() < 0.5, leaves: second + 60*(10+r.IntN(80))}
	p.Account, p.Segment, p.Meeting = g.Account, hashID(1, i, second), hashID(2, i/6, second/3600)
	p.Site, p.NetworkType, p.DataCenter = hashID(4, i%40), "Wired", pick(i, "New York", "Frankfurt", "Amsterdam", "Denver")
	if p.wifi {
		p.NetworkType = "Wifi"
	}
	p.DeviceClass, p.ClientVersion = pick(i, "Windows", "Windows", "Mac", "iOS"), pick(i, "6.1.0 (1)", "6.2.3 (42)", "6.2.5 (77)", "6.3.0 (5)", "5.17.11 (3)")
	p.ISP, p.Transport = pick(i, "Example Telecom", "Sample Net", "Campus"), pick(i, "UDP", "UDP", "UDP", "TCP")
	wires := []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput, earshot.WireVideoInput, earshot.WireVideoOutput}
	if r.Float64() < 0.35 {
		wires = append(wires, earshot.WireASInput, earshot.WireASOutput)
	}
	rtt := 15 + 120*r.Float64()*r.Float64()
	for _, w := range wires {
		s := stream{wire: w, latency: newWalk(r, rtt, 3), jitter: newWalk(r, 6, 1.5), lossy: newWalk(r, 0.1, 0.15), level: r.IntN(len(ladder))}
		s.kbps = newWalk(r, 62, 4)
		if w.Media() != earshot.MediaAudio {
			s.kbps = newWalk(r, ladder[s.level].kbps, 60)
		}
		p.streams = append(p.streams, s)
	}
	p.cpu, p.rssi = newWalk(r, 20, 4), newWalk(r, 60, 1.5)
	return p
}

var ladder = []struct{ width, height, kbps, fps float64 }{{320, 180, 150, 15}, {640, 360, 450, 24}, {1280, 720, 1050, 25}, {1920, 1080, 2600, 28}}

// event appends what one QoS event of a person says.
func (g *generator) event(b *facts.Batch, i, second int) {
	p := g.people[i]
	if p == nil || second >= p.leaves {
		if p != nil {
			g.leave(b, p)
		}
		p = g.join(i, second)
		g.people[i] = p
	}
	at := g.Start + earshot.Instant(second)*1000
	add := func(w earshot.Wire, v earshot.Values) {
		s := p.Sample
		s.At, s.Wire, s.Values = at, w, v
		s.ClientVersion, s.DeviceClass, s.ISP, s.Transport = "", "", "", "" // not kept with samples
		b.Samples = append(b.Samples, s)
	}
	for k := range p.streams {
		add(p.streams[k].wire, p.streams[k].report(g.r))
	}
	add(earshot.WireCPUUsage, cpuReport(&p.cpu, g.r))
	if p.quality {
		for _, w := range []earshot.Wire{earshot.WireAudioQuality, earshot.WireVideoQuality} {
			add(w, qualityReport(g.r))
		}
	}
	if p.wifi {
		add(earshot.WireWifiRSSI, rssiReport(&p.rssi, g.r))
	}
	g.minute(p, i, second)
}

func (s *stream) report(r *rand.Rand) (v earshot.Values) {
	video := s.wire.Media() != earshot.MediaAudio
	if r.Float64() < 0.08 { // muted, camera off
		v.Set(earshot.BitrateKbps, 0)
		return v
	}
	loss := 0.0
	if r.Float64() < 0.3 {
		loss = round(s.lossy.next(r), 10)
	}
	v.Set(earshot.BitrateKbps, round(s.kbps.next(r), 1))
	v.Set(earshot.LatencyMs, round(s.latency.next(r), 1))
	v.Set(earshot.JitterMs, round(s.jitter.next(r), 1))
	v.Set(earshot.LossAvgPct, loss)
	v.Set(earshot.LossMaxPct, round(loss*(1+3*r.Float64()), 10))
	if video {
		l := ladder[s.level]
		v.Set(earshot.WidthPx, l.width)
		v.Set(earshot.HeightPx, l.height)
		v.Set(earshot.FrameRateFPS, l.fps-float64(r.IntN(4)))
	}
	return v
}

func cpuReport(w *walk, r *rand.Rand) (v earshot.Values) {
	avg := min(w.next(r), 100)
	v.Set(earshot.CPUZoomMinPct, round(avg*0.7, 1))
	v.Set(earshot.CPUZoomAvgPct, round(avg, 1))
	v.Set(earshot.CPUZoomMaxPct, round(min(avg*1.4, 100), 1))
	v.Set(earshot.CPUSystemMaxPct, round(min(avg*2+10*r.Float64(), 100), 1))
	return v
}

func qualityReport(r *rand.Rand) (v earshot.Values) {
	score := round(min(5, 4.2+0.3*r.NormFloat64()), 100)
	v.Set(earshot.Quality, 1)
	v.Set(earshot.QualityScore, score)
	return v
}

func rssiReport(w *walk, r *rand.Rand) (v earshot.Values) {
	x := -round(w.next(r), 1)
	v.Set(earshot.RSSIMinDBm, x-float64(r.IntN(4)))
	v.Set(earshot.RSSIAvgDBm, x)
	v.Set(earshot.RSSIMaxDBm, x+float64(r.IntN(4)))
	return v
}

// minute keeps the open minute of a person; later reports in the same minute count.
// verdict makes one up, with something in every field.
func (g *generator) verdict(p *participant, m *earshot.Minute) earshot.Verdict {
	n := 1 + g.r.IntN(30)
	return earshot.Verdict{
		Cause: earshot.CauseUnknown + earshot.Cause(g.r.IntN(9)), Confidence: uint8(50 + g.r.IntN(50)), Candidate: earshot.CauseWifi,
		Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: p.Site, Name: "10.20.4.0/24"}, Direction: m.Reason.Direction,
		Inside: earshot.Count{Bad: n, Of: n + 3}, Elsewhere: earshot.Count{Bad: 2, Of: 311}, Metric: earshot.RSSIAvgDBm, Value: float32(-60 - n),
		Ruled: earshot.RuledCPU | earshot.RuledISP, Since: m.At,
	}
}

func (g *generator) minute(p *participant, i, second int) {
	of := second / 60
	if g.open[of] == nil {
		g.open[of] = map[int]earshot.Minute{}
	}
	m, had := g.open[of][i]
	if had && m.Segment == p.Segment {
		m.Reports++
		g.open[of][i] = m
		return
	}
	m = earshot.Minute{
		Segment: p.Segment, Meeting: p.Meeting, Person: p.person, Account: p.Account, At: g.Start + earshot.Instant(of)*60_000,
		Kind: earshot.KindMeeting, Dimensions: p.Dimensions, Grade: earshot.Good, Reports: 1,
	}
	for k := range p.streams {
		m.Slots[k] = earshot.Good
	}
	m.Slots[earshot.SlotCPU] = earshot.Good
	if p.wifi {
		m.Slots[earshot.SlotWifi] = earshot.Good
	}
	if p.quality {
		m.ZoomAudio, m.ZoomVideo = earshot.Good, earshot.Good
	}
	if x := g.r.Float64(); x < 0.07 {
		m.Grade = earshot.Fair + earshot.Grade(g.r.IntN(3))
		m.Slots[g.r.IntN(len(p.streams))] = m.Grade
		m.Reason = earshot.Reason{
			Wire: p.streams[0].wire, Direction: earshot.DirectionReceive, Metric: earshot.LossAvgPct,
			Value: float32(round(10*g.r.Float64(), 10)), Bound: float32(m.Grade), Set: true,
		}
		if m.Grade >= earshot.Poor && !g.Unexplained {
			m.Verdict = g.verdict(p, &m)
		}
	} else if x < 0.12 {
		m.Grade, m.Why, m.Slots = earshot.Unclassified, earshot.WhyIdle, [earshot.SlotCount]earshot.Grade{}
	}
	g.open[of][i] = m
}

// sealed takes the minutes of one minute of the day, in no particular order.
func (g *generator) sealed(of int) []earshot.Minute {
	var ms []earshot.Minute
	for i := range g.People {
		if m, ok := g.open[of][i]; ok {
			ms = append(ms, m)
		}
	}
	delete(g.open, of)
	return ms
}

func (g *generator) leave(b *facts.Batch, p *participant) {
	for _, s := range p.streams {
		avg := round(s.kbps.mean, 1)
		b.Summaries = append(b.Summaries, earshot.Summary{
			Segment: p.Segment, Account: p.Account, At: g.Start + earshot.Instant(p.leaves)*1000 + 137, Wire: s.wire,
			Bitrate: earshot.SummaryStat{Min: earshot.Some(avg / 2), Avg: earshot.Some(avg), Max: earshot.Some(avg * 2)},
			Latency: earshot.SummaryStat{Avg: earshot.Some(round(s.latency.mean, 1))},
		})
	}
}

func round(x, unit float64) float64 {
	if x < 0 {
		return -round(-x, unit)
	}
	return float64(int(x*unit+0.5)) / unit
}

func pick(i int, of ...string) string { return of[i%len(of)] }

// hashID mixes numbers into an id that looks like a keyed hash.
func hashID(parts ...int) earshot.ID {
	h := uint64(0x9e3779b97f4a7c15)
	for _, p := range parts {
		h ^= uint64(p) + 0x9e3779b97f4a7c15 + h<<6 + h>>2
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return earshot.ID(h)
}
