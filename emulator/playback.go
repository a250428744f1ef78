package emulator

import (
	"container/heap"
	"time"
)

// Arrival is one delivery of an event to a receiver that answers every attempt at once.
type Arrival struct {
	// At is the simulated time at which it arrives: its Event.Time, or later where a fault of delivery says so.
	At time.Time
	// Body is the event's body, with the quirks of the options.
	Body []byte
}

// Playback turns a world's events into what arrives at a receiver, without any network: as [Emulator.Run] sends them, with
// the faults of delivery and the quirks of the options, at the speed of the caller. It draws nothing and reads no clock: the
// same options give the same arrivals. It serves one goroutine.
type Playback struct {
	faults injector
	quirks []Quirk
	queue  arrivalHeap
	n      uint64
}

// NewPlayback returns a playback of the world of these options, whose From must be set.
func NewPlayback(o Options) *Playback {
	return &Playback{faults: injector{seed: o.Seed, from: o.From.UTC().Truncate(time.Millisecond), faults: o.Delivery}, quirks: o.Quirks}
}

// Add takes an event of the world. An event that is dropped, or that no attempt brings through, never arrives.
func (p *Playback) Add(ev Event) {
	f := p.faults.fate(&ev)
	if f.dropped {
		return
	}
	body := applyQuirks(p.quirks, ev.Name, ev.Body)
	p.deliver(&ev, body, ev.Time.Add(f.late))
	if f.again {
		p.deliver(&ev, body, ev.Time.Add(f.late+f.gap))
	}
}

// deliver files the first attempt that finds the receiver: at once, or one of Zoom's retries.
func (p *Playback) deliver(ev *Event, body []byte, at time.Time) {
	for attempt := 0; attempt <= len(retryAfter); attempt++ {
		when := at
		if attempt > 0 {
			when = at.Add(retryAfter[attempt-1])
		}
		if p.faults.away(ev.ID, attempt, when) {
			continue
		}
		p.n++
		heap.Push(&p.queue, queuedArrival{Arrival{when, body}, p.n})
		return
	}
}

// Next returns what arrives next before a time, in order; false when there is nothing. Events that come before that time must
// have been added.
func (p *Playback) Next(before time.Time) (Arrival, bool) {
	if len(p.queue) == 0 || !p.queue[0].At.Before(before) {
		return Arrival{}, false
	}
	return heap.Pop(&p.queue).(queuedArrival).Arrival, true
}

// queuedArrival keeps the order of those that arrive at the same time.
type queuedArrival struct {
	Arrival
	n uint64
}

type arrivalHeap []queuedArrival

func (h arrivalHeap) Len() int { return len(h) }
func (h arrivalHeap) Less(i, j int) bool {
	return h[i].At.Before(h[j].At) || h[i].At.Equal(h[j].At) && h[i].n < h[j].n
}
func (h arrivalHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *arrivalHeap) Push(x any)   { *h = append(*h, x.(queuedArrival)) }
func (h *arrivalHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
