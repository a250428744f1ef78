package emulator

import "github.com/earshot/earshot"

// truthRule says where the grades begin for one metric. These are the rules by which the truth says whether a minute was
// felt; they are the bounds of the profile "earshot" (docs/emulator-scenarios.md), without signal strength, which nobody
// feels as long as nothing is lost.
type truthRule struct {
	metric          string // as in the truth
	fair, poor, bad float64
	falling         bool // less is worse
}

// grade returns the grade of a value.
func (r *truthRule) grade(x float64) earshot.Grade {
	switch s := r.severity(x); {
	case s >= 3:
		return earshot.Bad
	case s >= 2:
		return earshot.Poor
	case s >= 1:
		return earshot.Fair
	}
	return earshot.Good
}

// severity is the grade as a continuous number: 1 where fair begins, 2 poor, 3 bad, at most 4; below 1 nobody feels it.
func (r *truthRule) severity(x float64) float64 {
	fair, poor, bad := r.fair, r.poor, r.bad
	if r.falling {
		x, fair, poor, bad = -x, -fair, -poor, -bad
	}
	switch {
	case x < fair || r.falling && x == fair:
		return 0
	case x < poor || r.falling && x == poor:
		return 1 + (x-fair)/(poor-fair)
	case x < bad || r.falling && x == bad:
		return 2 + (x-poor)/(bad-poor)
	}
	return min(4, 3+(x-bad)/(bad-fair))
}

var (
	audioLossRule = truthRule{metric: "loss_pct", fair: 2, poor: 5, bad: 10}
	videoLossRule = truthRule{metric: "loss_pct", fair: 3, poor: 7, bad: 15}
	jitterRule    = truthRule{metric: "jitter_ms", fair: 30, poor: 40, bad: 60}
	latencyRule   = truthRule{metric: "latency_ms", fair: 200, poor: 300, bad: 500} // round trip
	fpsRule       = truthRule{metric: "fps", fair: 15, poor: 10, bad: 7, falling: true}
	cpuRule       = truthRule{metric: "cpu_pct", fair: 80, poor: 90, bad: 95}
)

// finding is the worst that one stream, or the CPU, shows.
type finding struct {
	rule     *truthRule // nil: there is nothing
	value    float64
	severity float64
	seen     [4]measurement // everything that was weighed
	n        int
}

// measurement is what one metric was.
type measurement struct {
	rule  *truthRule
	value float64
}

// of returns the value of a rule's metric, 0 where there is none.
func (f *finding) of(r *truthRule) float64 {
	for _, m := range f.seen[:f.n] {
		if m.rule == r {
			return m.value
		}
	}
	return 0
}

func (f *finding) weigh(r *truthRule, x float64) {
	f.seen[f.n] = measurement{r, x}
	f.n++
	if s := r.severity(x); f.rule == nil || s > f.severity {
		f.rule, f.value, f.severity = r, x, s
	}
}

// findings are those of a minute by slot; the slot of the radio stays empty.
type findings [earshot.SlotCount]finding

// find judges what has been collected in a minute.
func (a *reportAcc) find(s *segment) (f findings) {
	for i := range a.streams {
		q := a.streams[i].reading()
		if !q.active {
			continue
		}
		stream := streamIndex(i)
		direction := earshot.DirectionSend
		if i%2 == 1 {
			direction = earshot.DirectionReceive
		}
		slot, _ := earshot.SlotOf([]earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare}[i/2], direction)
		loss := &videoLossRule
		if stream.audio() {
			loss = &audioLossRule
		}
		x := &f[slot]
		x.weigh(loss, q.lossAvgPct)
		x.weigh(&jitterRule, q.jitterMs)
		x.weigh(&latencyRule, q.latencyMs)
		if (stream == videoSend || stream == videoReceive) && q.height >= 360 {
			x.weigh(&fpsRule, q.fps)
		}
	}
	if !s.phone && s.peer() == earshot.PeerClient && a.steps > 0 {
		f[earshot.SlotCPU].weigh(&cpuRule, a.system.max)
	}
	return f
}

func (f *finding) grade() earshot.Grade {
	if f.rule == nil {
		return earshot.Unclassified
	}
	return f.rule.grade(f.value)
}

// grade is the worst of the media. A busy computer explains a bad minute, it does not make one: whoever is seen and heard
// well has no trouble.
func (f *findings) grade() (g earshot.Grade) {
	for i := range f[:earshot.SlotCPU] {
		g = earshot.Worse(g, f[i].grade())
	}
	return g
}

// burden is how much there is to feel in some slots: their severities, counted from where fair begins. A stream that only
// one of two tellings has counts nothing in the other.
func (f *findings) burden(slots []int) (sum float64) {
	for _, i := range slots {
		sum += f[i].severity // 0 below fair
	}
	return sum
}
