package cause

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

// town is a small synthetic world: people in meetings whose minutes a test decides. Reports come once a minute at a phase of
// everybody's own and are put when they are made; the engine is evaluated twice a minute.
type town struct {
	t       *testing.T
	e       *Engine
	people  []*citizen
	from    earshot.Instant
	r       *rand.Rand
	cadence int // reports a minute
	// delay is added to a citizen's reports.
	// what was said
	sealed map[spot]earshot.Verdict
	first  map[spot]earshot.Verdict
	// faults by the minute of the evaluation, of shared cells without meetings
	faults   map[string][]int
	detected map[string]time.Duration
	troubles map[string]int // most bad minutes of a person with a cause of their own
	causes   map[string]map[earshot.Cause]int
	keep     func(minute int, o *Observation) bool // false: the report is lost
	late     func(c *citizen) time.Duration
}

type spot struct {
	name   string
	minute int
}

// citizen is one person with one segment.
type citizen struct {
	n           int
	name        string
	meeting     int
	cells       Cells
	guest       bool
	talk        bool
	cam         bool
	rssi, cpu   float64
	phase       int // seconds into the minute
	noCPU       bool
	segment, id earshot.ID
}

// state is what a citizen's minute is like.
type state struct {
	receive, send, device earshot.Grade
	cpu, rssi             float64 // 0: as usual
	direct                func(*Direct)
	cells                 *Cells // in place of the citizen's
	absent                bool
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	return &town{
		t: t, e: New(DefaultParams()), from: earshot.InstantOf(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)), r: rand.New(rand.NewPCG(seed, 7)),
		cadence: 1, sealed: map[spot]earshot.Verdict{}, first: map[spot]earshot.Verdict{}, faults: map[string][]int{},
		detected: map[string]time.Duration{}, troubles: map[string]int{}, causes: map[string]map[earshot.Cause]int{},
	}
}

// add settles n people; each is called name-0, name-1, … and is in one of some meetings, of which no other call knows.
func (w *town) add(name string, n, perMeeting int, c Cells, edit func(i int, c *citizen)) {
	base := 1000 * (len(w.people) + 1)
	for i := range n {
		k := len(w.people)
		p := &citizen{
			n: k, name: fmt.Sprintf("%s-%d", name, i), meeting: base + i/perMeeting, cells: c, cam: true, rssi: -55, cpu: 35, phase: (k*17 + 5) % 60,
			segment: mix(1, k), id: mix(2, k), talk: i%perMeeting == 0,
		}
		if edit != nil {
			edit(i, p)
		}
		w.people = append(w.people, p)
	}
}

// mingle deals everybody into meetings of k, so that meetings cross places.
func (w *town) mingle(k int) {
	order := w.r.Perm(len(w.people))
	for i, j := range order {
		w.people[j].meeting = 1 + i/k
		w.people[j].talk = i%k == 0
	}
}

func mix(kind, n int) earshot.ID {
	x := uint64(kind)<<32 + uint64(n)*2654435761 + 88172645463325252
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	return earshot.ID(x | 1)
}

func siteID(n int) earshot.ID { return earshot.ID(0x5171e00 + uint64(n)) }

// observation turns a state into what the pipeline would put.
func (w *town) observation(p *citizen, minute int, s state) *Observation {
	at := w.from + earshot.Instant(minute)*minuteMs
	o := &Observation{
		Segment: p.segment, Person: p.id, Meeting: mix(3, p.meeting), Guest: p.guest, At: at, Cells: p.cells,
		Send: cmp.Or(s.send, earshot.Good), Receive: cmp.Or(s.receive, earshot.Good), Device: cmp.Or(s.device, earshot.Good),
	}
	o.First = at + earshot.Instant(p.phase%(60/w.cadence))*1000
	o.Last = o.First + earshot.Instant((w.cadence-1)*60/w.cadence)*1000
	if s.cells != nil {
		o.Cells = *s.cells
	}
	if !p.cam && !p.talk {
		o.Send = earshot.Unclassified
	}
	nan := math.NaN()
	d := &o.Direct
	*d = Direct{
		CPUSystemMaxPct: p.cpu, CPUZoomMaxPct: p.cpu / 3, Pressure: nan, RSSIAvgDBm: nan, RSSIMinDBm: nan, Talking: p.talk, TalkKnown: true,
		AudioSendKbps: 50, AudioSendLossPct: .1, AudioSendJitterMs: 5, VideoSendFPS: 25, VideoSendKbps: 800, VideoSendLossPct: .1,
		SendLossPct: .1, ReceiveLossPct: .1, SendJitterMs: 5, ReceiveJitter: 5, LatencyMs: 60,
	}
	if o.Cells.NetworkType == "Wifi" {
		d.RSSIAvgDBm = p.rssi
	}
	if o.Send >= earshot.Poor {
		d.SendLossPct, d.AudioSendLossPct, d.VideoSendLossPct = 9, 9, 9
	}
	if o.Receive >= earshot.Poor {
		d.ReceiveLossPct = 6
	}
	if s.cpu != 0 {
		d.CPUSystemMaxPct = s.cpu
	}
	if s.rssi != 0 {
		d.RSSIAvgDBm = s.rssi
	}
	if p.noCPU {
		d.CPUSystemMaxPct, d.CPUZoomMaxPct = nan, nan
	}
	if s.direct != nil {
		s.direct(d)
	}
	o.Grade = earshot.Worse(o.Send, earshot.Worse(o.Receive, o.Device))
	return o
}

// run plays some minutes; what says what somebody's minute is like.
func (w *town) run(minutes int, what func(minute int, p *citizen) state) {
	type sent struct {
		at earshot.Instant
		o  *Observation
	}
	var due []sent
	for m := range minutes {
		for _, p := range w.people {
			s := what(m, p)
			if s.absent {
				continue
			}
			o := w.observation(p, m, s)
			if w.keep != nil && !w.keep(m, o) {
				continue
			}
			at := o.Last
			if w.late != nil {
				at += earshot.Instant(w.late(p).Milliseconds())
			}
			due = append(due, sent{at, o})
		}
		slices.SortStableFunc(due, func(a, b sent) int { return cmp.Compare(a.at, b.at) })
		for s := 30; s <= 60; s += 30 {
			now := w.from + earshot.Instant(m)*minuteMs + earshot.Instant(s)*1000
			for len(due) > 0 && due[0].at <= now {
				w.e.Put(due[0].o)
				due = due[1:]
			}
			w.tick(now)
		}
	}
	for s := 30; s <= 300; s += 30 { // everybody has left; the last minutes are sealed
		w.tick(w.from + earshot.Instant(minutes)*minuteMs + earshot.Instant(s)*1000)
	}
}

// tick evaluates and writes down what the engine says.
func (w *town) tick(now earshot.Instant) {
	w.e.Evaluate(now)
	minute := int((now - w.from) / minuteMs)
	pic := w.e.Picture()
	for _, f := range pic.Faults {
		if f.Cell.Scope == earshot.ScopeMeeting {
			continue
		}
		k := f.Cell.String()
		if l := w.faults[k]; len(l) == 0 || l[len(l)-1] != minute {
			w.faults[k] = append(l, minute)
		}
		if _, known := w.detected[k]; !known {
			w.detected[k] = now.Sub(w.from)
		}
	}
	names := map[earshot.ID]*citizen{}
	for _, p := range w.people {
		names[p.segment] = p
	}
	for _, x := range pic.People {
		p := names[x.Segment]
		w.troubles[p.name] = max(w.troubles[p.name], x.BadMinutes)
	}
	for _, k := range w.e.Bad() {
		s := spot{names[k.Segment].name, int((k.At - w.from) / minuteMs)}
		if _, known := w.first[s]; !known {
			w.first[s] = w.e.Explain(k)
		}
		if _, known := w.sealed[s]; !known && now >= k.At+4*minuteMs {
			v := w.e.Explain(k)
			w.sealed[s] = v
			if w.causes[s.name] == nil {
				w.causes[s.name] = map[earshot.Cause]int{}
			}
			w.causes[s.name][v.Cause]++
		}
	}
}

// share returns which part of the sealed bad minutes of those who are chosen has one of some causes.
func (w *town) share(who func(name string, minute int) bool, causes ...earshot.Cause) (share float64, n int) {
	hit := 0
	for s, v := range w.sealed {
		if !who(s.name, s.minute) {
			continue
		}
		n++
		if slices.Contains(causes, v.Cause) {
			hit++
		}
	}
	if n == 0 {
		return 0, 0
	}
	return float64(hit) / float64(n), n
}

// mostly fails unless at least part of the chosen minutes have one of the causes.
func (w *town) mostly(part float64, what string, who func(name string, minute int) bool, causes ...earshot.Cause) {
	w.t.Helper()
	share, n := w.share(who, causes...)
	if n == 0 {
		w.t.Errorf("%s: nobody had a bad minute", what)
		return
	}
	if share < part {
		count := map[string]int{}
		for s, v := range w.sealed {
			if who(s.name, s.minute) {
				count[fmt.Sprintf("%s(%s) in %s", v.Cause, v.Candidate, v.Cell.Scope)]++
			}
		}
		w.t.Errorf("%s: %.0f %% of %d bad minutes are %v, want %.0f %%; %v", what, 100*share, n, causes, 100*part, count)
	}
}

// onlyFaults fails when a shared fault other than those named was held for longer than two minutes in all.
func (w *town) onlyFaults(want ...string) {
	w.t.Helper()
	for k, l := range w.faults {
		if len(l) > 2 && !slices.Contains(want, k) {
			w.t.Errorf("false fault %q in minutes %v", k, l)
		}
	}
}

func (w *town) found(cell string, within time.Duration) {
	w.t.Helper()
	if d, ok := w.detected[cell]; !ok {
		w.t.Errorf("%q was not found; found %v", cell, w.faults)
	} else if d > within {
		w.t.Errorf("%q was found after %v, want within %v", cell, d, within)
	}
}

func named(prefix string) func(string, int) bool {
	return func(name string, _ int) bool { return len(name) > len(prefix) && name[:len(prefix)+1] == prefix+"-" }
}
