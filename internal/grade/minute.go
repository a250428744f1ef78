package grade

import (
	"math"
	"math/bits"

	"github.com/earshot/earshot"
)

// SlotSet is a set of [earshot.StreamSlot].
type SlotSet uint8

// Has reports whether the set holds a slot.
func (s SlotSet) Has(slot earshot.StreamSlot) bool { return s&(1<<slot) != 0 }

// Context is what the samples of a minute do not say. Times of 0 are unknown.
type Context struct {
	// FirstReport and LastReport are the segment's, not the minute's; Join and Leave are Zoom's words.
	FirstReport, LastReport earshot.Instant
	Join, Leave             earshot.Instant
	// AudioInput and VideoInput say which way *_input runs in the segment's account.
	AudioInput, VideoInput earshot.InputMeaning
	// PrevLow is Verdict.Low of the same segment's minute before this one; 0 when there is none. [Profile.Low] finds it from
	// that minute's samples.
	PrevLow SlotSet
}

// Verdict is what one participant-minute was like.
type Verdict struct {
	Grade  earshot.Grade
	Why    earshot.Why    // set when Grade is Unclassified
	Reason earshot.Reason // the media observation that decided; not Set when the grade is Good or Unclassified
	// Slots are graded each for itself. All are Unclassified when the segment is too short for a verdict.
	Slots [earshot.SlotCount]earshot.Grade
	// Spike: a stream's greatest loss is two grades worse than its average, so the average hides a burst.
	Spike bool
	// Low is the set of slots that reached the bound of a lasting rule in this minute: Context.PrevLow of the next.
	Low SlotSet
	// Reports is how many distinct report times the minute holds.
	Reports uint8
	// Zoom's own verdicts: the worst in the minute, Unclassified where it gave none. They are kept whatever ours is.
	ZoomAudio, ZoomVideo, ZoomShare earshot.Grade
}

// Minute grades the samples of one segment and one minute. They may come in any order; their keys are unique (a second report
// of the same stream and second was merged before). Several reports of a stream are averaged over those in which it flowed;
// for metrics that are maxima, the greatest counts.
func (p *Profile) Minute(samples []earshot.Sample, ctx Context) Verdict {
	var v Verdict
	wires := v.survey(samples)
	if why := p.unfit(&v, samples, &ctx); why != earshot.WhyNone {
		v.Why = why
		return v
	}
	var best candidate
	var decided uint32 // wire types for which a rule of a ladder had a value
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.Media == earshot.MediaNone {
			p.gradeMachine(&v, r, samples, ctx.PrevLow)
			continue
		}
		left := wires & mediaWires(r.Media)
		if r.First {
			left &^= decided
		}
		for ; left != 0; left &= left - 1 {
			w := earshot.Wire(bits.TrailingZeros32(left))
			if p.gradeStream(&v, &best, r, w, samples, &ctx) && r.First {
				decided |= 1 << w
			}
		}
	}
	for _, g := range v.Slots[:earshot.SlotCPU] {
		v.Grade = earshot.Worse(v.Grade, g)
	}
	if v.Grade == earshot.Unclassified {
		v.Why = earshot.WhyIdle
	}
	if best.level > earshot.Good {
		v.Reason = best.reason
	}
	return v
}

// Low returns the slots that reached the bound of a lasting rule in these samples, of one segment and one minute: what
// [Verdict.Low] of that minute is, short sessions aside.
func (p *Profile) Low(samples []earshot.Sample, ctx Context) SlotSet {
	var low SlotSet
	for i := range p.Rules {
		r := &p.Rules[i]
		if !r.lasting() {
			continue
		}
		if r.Media == earshot.MediaNone {
			if x, ok := p.value(r, samples, anyWire); ok && r.Level(x) > earshot.Good {
				low |= 1 << r.machineSlot()
			}
			continue
		}
		for j := range samples {
			w := samples[j].Wire
			slot, ok := ctx.slot(w)
			if !ok || !r.covers(w, slot) || low.Has(slot) {
				continue
			}
			if x, ok := p.value(r, samples, w); ok && r.Level(x) > earshot.Good {
				low |= 1 << slot
			}
		}
	}
	return low
}

// survey counts the reports, keeps Zoom's own verdicts and returns the set of wire types.
func (v *Verdict) survey(samples []earshot.Sample) (wires uint32) {
	var seconds uint64
	for i := range samples {
		s := &samples[i]
		seconds |= 1 << (uint64(s.At-s.At.Minute()) / 1000)
		if s.Wire >= earshot.WireCount {
			continue
		}
		wires |= 1 << s.Wire
		g := zoomGrade(s)
		switch s.Wire.Media() {
		case earshot.MediaAudio:
			v.ZoomAudio = earshot.Worse(v.ZoomAudio, g)
		case earshot.MediaVideo:
			v.ZoomVideo = earshot.Worse(v.ZoomVideo, g)
		case earshot.MediaShare:
			v.ZoomShare = earshot.Worse(v.ZoomShare, g)
		}
	}
	v.Reports = uint8(bits.OnesCount64(seconds))
	return wires
}

// zoomGrade reads Zoom's verdict: its word, else its score by the bands that its Dashboard documents (5-4 good, 4-3 fair,
// 3-2 poor, 2-1 bad).
func zoomGrade(s *earshot.Sample) earshot.Grade {
	if q, ok := s.Get(earshot.Quality); ok && q >= 1 && q <= 4 {
		return earshot.Grade(q)
	}
	score, ok := s.Get(earshot.QualityScore)
	switch {
	case !ok || !(score >= 1 && score <= 5):
		return earshot.Unclassified
	case score >= 4:
		return earshot.Good
	case score >= 3:
		return earshot.Fair
	case score >= 2:
		return earshot.Poor
	}
	return earshot.Bad
}

// unfit says why a minute can have no verdict whatever its values are.
func (p *Profile) unfit(v *Verdict, samples []earshot.Sample, ctx *Context) earshot.Why {
	if len(samples) == 0 {
		return earshot.WhyNoReport
	}
	first, last := ctx.FirstReport, ctx.LastReport
	for i := range samples {
		first, last = earlier(first, samples[i].At), max(last, samples[i].At)
	}
	if int(v.Reports) < p.MinReports && first == last {
		return earshot.WhyFewReports
	}
	if max(last, ctx.Leave)-earlier(first, ctx.Join) < p.MinSession {
		return earshot.WhyShortSession
	}
	return earshot.WhyNone
}

// Key returns a context under which every minute gets the verdict that it gets under ctx. Once a segment has lasted long enough
// its key stays the same while reports come in, so that a verdict can be kept.
func (p *Profile) Key(ctx Context) Context {
	if ctx.FirstReport != 0 && ctx.LastReport > ctx.FirstReport && max(ctx.LastReport, ctx.Leave)-earlier(ctx.FirstReport, ctx.Join) >= p.MinSession {
		ctx.FirstReport, ctx.LastReport, ctx.Join, ctx.Leave = 1, 2+p.MinSession, 0, 0
	}
	return ctx
}

// earlier returns the lesser of two times, of which 0 is none.
func earlier(a, b earshot.Instant) earshot.Instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// machineSlot is where a rule on the computer or the radio is graded.
func (r *Rule) machineSlot() earshot.StreamSlot {
	if isSignal(r.Metric) {
		return earshot.SlotWifi
	}
	return earshot.SlotCPU
}

// gradeMachine applies a rule on the computer or the radio.
func (p *Profile) gradeMachine(v *Verdict, r *Rule, samples []earshot.Sample, prev SlotSet) {
	x, ok := p.value(r, samples, anyWire)
	if !ok {
		return
	}
	slot := r.machineSlot()
	v.Slots[slot] = earshot.Worse(v.Slots[slot], v.last(r, r.Level(x), slot, prev))
}

// last returns the level of a rule, Good for one that must last and was not reached in the minute before; and remembers that
// it was reached in this one.
func (v *Verdict) last(r *Rule, level earshot.Grade, slot earshot.StreamSlot, prev SlotSet) earshot.Grade {
	if !r.lasting() || level <= earshot.Good {
		return level
	}
	v.Low |= 1 << slot
	if !prev.Has(slot) {
		return earshot.Good
	}
	return level
}

// gradeStream applies a rule to one stream. It reports whether the rule had a value to judge.
func (p *Profile) gradeStream(v *Verdict, best *candidate, r *Rule, w earshot.Wire, samples []earshot.Sample, ctx *Context) bool {
	slot, ok := ctx.slot(w)
	if !ok || !r.covers(w, slot) {
		return false
	}
	x, ok := p.value(r, samples, w)
	if !ok {
		return false
	}
	level := v.last(r, r.Level(x), slot, ctx.PrevLow)
	if r.Metric == earshot.LossAvgPct && p.spikes(r, level, samples, w) {
		v.Spike = true
	}
	v.Slots[slot] = earshot.Worse(v.Slots[slot], level)
	best.offer(r, level, x, slot, w)
	return true
}

// spikes reports whether a stream's greatest loss is two grades worse than its average.
func (p *Profile) spikes(r *Rule, level earshot.Grade, samples []earshot.Sample, w earshot.Wire) bool {
	peak := *r
	peak.Metric = earshot.LossMaxPct
	x, ok := p.value(&peak, samples, w)
	return ok && r.Level(x) >= level+2
}

// slot returns where a stream is graded; false for what is no stream.
func (c *Context) slot(w earshot.Wire) (earshot.StreamSlot, bool) {
	meaning := c.AudioInput
	if w.Media() == earshot.MediaVideo {
		meaning = c.VideoInput
	}
	return earshot.SlotOf(w.Media(), meaning.Direction(w))
}

// covers reports whether the rule speaks about a stream.
func (r *Rule) covers(w earshot.Wire, slot earshot.StreamSlot) bool {
	return w.Media() == r.Media && (r.Direction == earshot.DirectionNone || r.Direction == slotDirection(slot))
}

func slotDirection(slot earshot.StreamSlot) earshot.Direction {
	return earshot.DirectionSend + earshot.Direction(slot%2)
}

// mediaWires returns the set of wire types that are streams of a medium.
func mediaWires(m earshot.Media) (set uint32) {
	switch m {
	case earshot.MediaAudio:
		return audioWires
	case earshot.MediaVideo:
		return videoWires
	case earshot.MediaShare:
		return shareWires
	}
	return 0
}

const (
	audioWires = 1<<earshot.WireAudioInput | 1<<earshot.WireAudioOutput | 1<<earshot.WireAudioDeviceFromCRC |
		1<<earshot.WireAudioDeviceToCRC | 1<<earshot.WireAudioDeviceFromRWG | 1<<earshot.WireAudioDeviceToRWG
	videoWires = 1<<earshot.WireVideoInput | 1<<earshot.WireVideoOutput | 1<<earshot.WireVideoDeviceFromCRC |
		1<<earshot.WireVideoDeviceToCRC | 1<<earshot.WireVideoDeviceFromRWG | 1<<earshot.WireVideoDeviceToRWG
	shareWires = 1<<earshot.WireASInput | 1<<earshot.WireASOutput | 1<<earshot.WireASDeviceFromCRC |
		1<<earshot.WireASDeviceToCRC | 1<<earshot.WireASDeviceFromRWG | 1<<earshot.WireASDeviceToRWG
)

// candidate is the observation that decides so far.
type candidate struct {
	level  earshot.Grade
	excess float64
	slot   earshot.StreamSlot
	reason earshot.Reason
}

// offer keeps the worse observation: the worse grade, then the one further beyond its bound, then slot, metric and wire
// type, so that no order of rules or samples shows.
func (c *candidate) offer(r *Rule, level earshot.Grade, x float64, slot earshot.StreamSlot, w earshot.Wire) {
	if level <= earshot.Good || level < c.level {
		return
	}
	bound := r.Bound(level)
	n := candidate{level, excess(x, bound, r.Falling), slot, earshot.Reason{
		Wire: w, Direction: slotDirection(slot), Metric: r.Metric, Value: float32(x), Bound: float32(bound), Set: true,
	}}
	if level > c.level || n.beats(c) {
		*c = n
	}
}

func (c *candidate) beats(o *candidate) bool {
	switch {
	case c.excess != o.excess:
		return c.excess > o.excess
	case c.slot != o.slot:
		return c.slot < o.slot
	case c.reason.Metric != o.reason.Metric:
		return c.reason.Metric < o.reason.Metric
	}
	return c.reason.Wire < o.reason.Wire
}

// excess says how far a value is beyond its bound, as a ratio: 1 is on it.
func excess(x, bound float64, falling bool) float64 {
	switch {
	case falling && bound > 0:
		return bound / max(x, 1e-3)
	case bound == 0:
		return 1 + math.Abs(x)
	}
	return x / bound
}
