package emulator

import (
	"math"

	"github.com/earshot/earshot"
)

// streamAcc collects the steps of one report.
type streamAcc struct {
	n                                int
	kbps, latency, jitter, loss, top float64
	fps                              float64
	width, height                    int
}

func (a *streamAcc) add(f *flow) {
	if !f.active {
		return
	}
	a.n++
	a.kbps += f.kbps
	a.latency += f.latency
	a.jitter += f.jitter
	a.loss += f.loss
	a.top = max(a.top, f.loss)
	a.fps += f.fps
	a.width, a.height = f.width, f.height
}

func (a *streamAcc) reading() reading {
	if a.n == 0 {
		return reading{}
	}
	n := float64(a.n)
	return reading{
		active: true, kbps: a.kbps / n, latencyMs: a.latency / n, jitterMs: a.jitter / n, lossAvgPct: 100 * a.loss / n,
		lossMaxPct: 100 * a.top, width: a.width, height: a.height, fps: a.fps / n,
	}
}

// reportAcc collects the steps of one participant's report.
type reportAcc struct {
	steps          int
	streams        [streamCount]streamAcc
	zoom, system   stat
	rssi           stat
	over, unstable int
	low            bool
}

// observe adds the step that has just been computed.
func (s *segment) observe() { s.acc.observe(s, &s.view) }

// observe adds one view of a segment's step.
func (a *reportAcc) observe(s *segment, v *view) {
	a.steps++
	for i := range v.flows {
		a.streams[i].add(&v.flows[i])
	}
	a.zoom.add(v.zoom)
	a.system.add(v.system)
	if s.p.onWiFi() {
		a.rssi.add(v.rssi)
	}
	if v.over > .4 {
		a.over++
	}
	if v.lossUp > .2 || v.lossDown > .2 {
		a.unstable++
	}
	a.low = a.low || v.sender.low >= 2 && s.camera
}

// report closes the current report, adds it to the summary and returns it.
func (s *segment) report(at earshot.Instant, silenceSteps int) report {
	r := report{at: at, peer: s.peer(), audioOnly: s.phone}
	for i := range s.acc.streams {
		r.streams[i] = s.acc.streams[i].reading()
	}
	if !s.phone {
		s.reportDevice(&r)
		s.score(&r, silenceSteps)
	}
	switch {
	case s.acc.unstable > 0:
		r.notification = "internet connection unstable"
	case s.acc.low:
		r.notification = "network bandwidth low"
	}
	s.total.fold(&r)
	s.acc = reportAcc{}
	return r
}

func (s *segment) reportDevice(r *report) {
	web := s.peer() == earshot.PeerRWG
	if s.peer() != earshot.PeerCRC && !s.p.hidden.cpu {
		r.cpu = &cpuReading{zoomMin: s.acc.zoom.min, zoomAvg: s.acc.zoom.avg(), zoomMax: s.acc.zoom.max, systemMax: s.acc.system.max}
		if web {
			r.cpu.pressure = true
			r.cpu.levelMin, r.cpu.levelAvg, r.cpu.levelMax = pressure(s.acc.system.min), pressure(s.acc.system.avg()), pressure(s.acc.system.max)
		}
	}
	if a := &s.acc.rssi; a.n > 0 && !web && s.p.role != room && !s.p.hidden.signal {
		r.rssi = rssiReading{valid: true, min: math.Round(a.min), avg: math.Round(a.avg()), max: math.Round(a.max)}
	}
}

func pressure(percent float64) int {
	switch {
	case percent < 40:
		return 1
	case percent < 70:
		return 2
	case percent < 92:
		return 3
	}
	return 4
}

// score gives Zoom's own verdicts; a medium that was idle for most of the report has none, nor have guests.
func (s *segment) score(r *report, silenceSteps int) {
	if s.p.role == guest || s.p.role == room {
		return
	}
	worst := func(a, b streamIndex, of func(*reading) float64) float64 {
		var least float64
		for _, i := range []streamIndex{a, b} {
			if s.acc.streams[i].n < silenceSteps {
				continue
			}
			if x := of(&r.streams[i]); x > 0 && (least == 0 || x < least) {
				least = x
			}
		}
		return least
	}
	r.scores[0] = worst(audioSend, audioReceive, audioScore)
	r.scores[1] = worst(videoSend, videoReceive, func(q *reading) float64 { return pictureScore(q, 22) })
	r.scores[2] = worst(shareSend, shareReceive, func(q *reading) float64 { return pictureScore(q, 2) })
	if s.over > 1 && r.scores[0] > 0 {
		r.scores[0] = max(1, r.scores[0]-.4*s.over)
	}
}

// fold adds a report to the summary of the segment.
func (t *summary) fold(r *report) {
	t.peer, t.audioOnly = r.peer, r.audioOnly
	for i := range r.streams {
		q := &r.streams[i]
		if !q.active {
			continue
		}
		s := &t.streams[i]
		s.kbps.add(q.kbps)
		s.latency.add(q.latencyMs)
		s.jitter.add(q.jitterMs)
		s.loss.add(q.lossAvgPct)
		s.loss.max = max(s.loss.max, q.lossMaxPct)
		s.fps.add(q.fps)
		s.width, s.height = q.width, q.height
	}
	if r.cpu != nil {
		t.foldCPU(r.cpu)
	}
	for i, x := range r.scores {
		if x > 0 {
			t.scores[i].add(x)
		}
	}
	if r.rssi.valid {
		t.rssi.min.add(r.rssi.min)
		t.rssi.avg.add(r.rssi.avg)
		t.rssi.max.add(r.rssi.max)
	}
}

func (t *summary) foldCPU(c *cpuReading) {
	if t.cpu == nil {
		first := *c
		t.cpu, t.reports = &first, 1
		return
	}
	t.reports++
	t.cpu.zoomMin = min(t.cpu.zoomMin, c.zoomMin)
	t.cpu.zoomAvg += (c.zoomAvg - t.cpu.zoomAvg) / float64(t.reports)
	t.cpu.zoomMax = max(t.cpu.zoomMax, c.zoomMax)
	t.cpu.systemMax = max(t.cpu.systemMax, c.systemMax)
	t.cpu.levelMin = min(t.cpu.levelMin, c.levelMin)
	t.cpu.levelMax = max(t.cpu.levelMax, c.levelMax)
}

// issues are the words of *.alert for what a report shows.
func (s *segment) issues(r *report) (list []string) {
	if r.scores[0] > 0 && r.scores[0] < 3 {
		list = append(list, "Unstable audio quality")
	}
	if r.scores[1] > 0 && r.scores[1] < 2.2 {
		list = append(list, "Unstable video quality")
	}
	if r.scores[2] > 0 && r.scores[2] < 2.2 {
		list = append(list, "Unstable screen share quality")
	}
	if r.cpu != nil && r.cpu.systemMax > 95 {
		list = append(list, "High CPU occupation")
	}
	return list
}
