package emulator

import (
	"container/heap"
	"math/rand/v2"
	"time"
	_ "time/tzdata" // zones must not depend on the machine: the same seed gives the same bytes everywhere

	"github.com/earshot/earshot"
)

// Event is one notification, ready to be sent.
type Event struct {
	// Time is the simulated moment at which Zoom first tries to deliver it: event_ts and a small delay.
	Time time.Time
	// Name is the event's name, "meeting.participant_qos".
	Name string
	// ID is its x-zm-request-id, which stays the same over retries.
	ID string
	// Body is the JSON to be sent and signed, byte for byte.
	Body []byte
}

// World is a company and everything that happens in its meetings, as a pure function of its options: it does no I/O, reads
// no clock and starts no goroutine. Each [World.Step] advances it a few simulated seconds. It serves one goroutine.
type World struct {
	o        Options
	people   *population
	step     earshot.Instant // ms
	perStep  int             // steps in a report
	rhythm   rhythm
	now      earshot.Instant // start of the next step
	from     earshot.Instant
	tick     int64
	rng      *rand.Rand // who meets whom, and when
	wire     *rand.Rand // delays; how many are drawn depends on what is said, so they are kept apart
	fate     *rand.Rand // troubles
	enc      encoder
	slots    []slot
	series   []*series
	meetings []*meeting
	calls    []*call
	callGap  earshot.Instant
	troubles []*activeTrouble
	begun    int               // troubles so far
	hourLoad []float64         // per site
	awake    map[*city]float64 // share of the peak of meetings, by the schedule
	busy     float64           // the same of everybody together
	truth    *truthKeeper      // nil: nobody wants it
	queue    eventHeap
	issued   uint64
	opened   bool // the first meetings of a world that began empty have started
}

// NewWorld makes the world of o at o.From. It has been running before, unless it begins [Options.Empty]: meetings are under way,
// and the events that made them are not told, as in life to a subscriber that comes later.
func NewWorld(o Options) (*World, error) {
	o, err := o.withDefaults(time.Now())
	if err != nil {
		return nil, err
	}
	return newWorld(o), nil
}

// newWorld makes a world of complete options.
func newWorld(o Options) *World {
	steps := max(2, int(o.Cadence.Seconds()/6+.5))
	w := &World{
		o: o, people: newPopulation(o.Seed, o.People, &o.Life), perStep: steps, step: earshot.Instant(o.Cadence.Milliseconds() / int64(steps)),
		from: earshot.InstantOf(o.From), rng: newRand(o.Seed, "world", 0), wire: newRand(o.Seed, "wire", 0),
		fate: newRand(o.Seed, "fate", 0), enc: encoder{dialect: o.Dialect},
	}
	if o.Truth != nil {
		w.truth = newTruthKeeper()
	}
	w.rhythm = newRhythm(float64(w.step) / 1000)
	w.rhythm.blip = o.Life.perStep(w.rhythm.dt)
	w.hourLoad = make([]float64, len(w.people.sites))
	for _, t := range o.Troubles {
		w.troubles = append(w.troubles, &activeTrouble{Trouble: t, origin: "scenario"})
	}
	warmUp := 2 * int64(steps)
	if o.Empty {
		warmUp = 0
	}
	w.now = w.from - earshot.Instant(warmUp)*w.step
	w.stepDay()
	w.openSlots()
	for range warmUp {
		w.advance()
		w.drain(w.queue.out[:0]) // nobody has subscribed yet
	}
	return w
}

// Now is the simulated time up to which everything has happened.
func (w *World) Now() time.Time { return w.now.Time() }

// Step advances the world a few simulated seconds (a tenth of a 60 s cadence) and returns the events whose delivery begins in
// that span, in order of delivery. The slice is valid until the next Step; the bodies are the caller's.
func (w *World) Step() []Event {
	w.advance()
	return w.drain(w.queue.out[:0])
}

func (w *World) advance() {
	w.tick++
	w.applyTroubles()
	for _, p := range w.people.isps {
		p.step(&w.rhythm)
	}
	w.stepDay()
	w.move()
	w.fillSlots()
	if w.o.Empty && !w.opened && w.now >= w.from+openingSpan {
		w.opened = true
		w.planBreakout(6 * 60_000)
	}
	for _, m := range w.meetings {
		m.step(w)
	}
	w.imagine()
	for _, m := range w.meetings {
		m.measure(w)
	}
	w.meetings = dropDone(w.meetings)
	w.stepCalls()
	w.now += w.step
}

// dropDone removes finished meetings, keeping the order.
func dropDone(list []*meeting) []*meeting {
	kept := list[:0]
	for _, m := range list {
		if !m.done {
			kept = append(kept, m)
		}
	}
	clear(list[len(kept):])
	return kept
}

// emit queues a body that Zoom made at ts; delivery begins a little later, and rarely much later.
func (w *World) emit(ts earshot.Instant, body []byte) {
	delay := lognormal(w.wire, 120, .7)
	if late := w.wire.Float64(); late < .004 {
		delay += 4000 * late / .004
	}
	due := max(ts+earshot.Instant(min(delay, 8000)), w.now) // nothing is delivered before it is known
	w.queue.n++
	heap.Push(&w.queue, queued{due: due, n: w.queue.n, name: w.enc.name, body: body})
}

// stamp is an event_ts shortly after something happened.
func (w *World) stamp(at earshot.Instant, medianMs float64) earshot.Instant {
	return at + earshot.Instant(min(5000, lognormal(w.wire, medianMs, .5)))
}

// drain returns what is due before now.
func (w *World) drain(out []Event) []Event {
	for len(w.queue.items) > 0 && w.queue.items[0].due < w.now {
		q := heap.Pop(&w.queue).(queued)
		w.issued++
		out = append(out, Event{Time: q.due.Time(), Name: q.name, ID: requestID(w.o.Seed, w.issued), Body: q.body})
	}
	w.queue.out = out
	return out
}

// queued is an event that waits for its moment.
type queued struct {
	due  earshot.Instant
	n    uint64
	name string
	body []byte
}

// eventHeap orders events by delivery, and those of the same millisecond by when they were made.
type eventHeap struct {
	items []queued
	n     uint64
	out   []Event
}

func (h *eventHeap) Len() int { return len(h.items) }
func (h *eventHeap) Less(i, j int) bool {
	a, b := &h.items[i], &h.items[j]
	return a.due < b.due || a.due == b.due && a.n < b.n
}
func (h *eventHeap) Swap(i, j int) { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *eventHeap) Push(x any)    { h.items = append(h.items, x.(queued)) }
func (h *eventHeap) Pop() any {
	last := len(h.items) - 1
	q := h.items[last]
	h.items[last] = queued{}
	h.items = h.items[:last]
	return q
}

// mustZone loads a zone of the table of cities; all of them are in the embedded database.
func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return loc
}
