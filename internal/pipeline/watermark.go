package pipeline

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// watermarkWindow is how many of the newest event times the watermark looks at. With 64, up to 8 of the last 64 events may
// carry a wrong clock without moving it.
const watermarkWindow = 64

// watermarkQuorum is how many event times are needed before any is believed; until then only a heartbeat sets the watermark.
const watermarkQuorum = 8

// Watermark is event time now: a robust, monotone estimate from the event_ts of what arrives. It advances with receive time
// while nothing arrives, because the receiver appends heartbeats when quiet. It never reads a clock.
//
// Exported fields are its whole state, for the snapshot.
type watermark struct {
	Now          earshot.Instant
	Ring         []earshot.Instant // the newest event times, in order of arrival
	Next         int               // the ring's oldest slot, once it is full
	LastReceived earshot.Instant

	sorted []earshot.Instant // the ring, in order; derived
}

// event takes an event's time. An absent time (0) only notes the receipt.
func (w *watermark) event(at, receivedAt earshot.Instant) {
	w.LastReceived = max(w.LastReceived, receivedAt)
	if at <= 0 {
		return
	}
	if len(w.sorted) != len(w.Ring) { // after loading
		w.sorted = slices.Clone(w.Ring)
		slices.Sort(w.sorted)
	}
	if len(w.Ring) < watermarkWindow {
		w.Ring = append(w.Ring, at)
	} else {
		old := w.Ring[w.Next]
		w.Ring[w.Next] = at
		w.Next = (w.Next + 1) % watermarkWindow
		i, _ := slices.BinarySearch(w.sorted, old)
		w.sorted = slices.Delete(w.sorted, i, i+1)
	}
	i, _ := slices.BinarySearch(w.sorted, at)
	w.sorted = slices.Insert(w.sorted, i, at)
	if len(w.sorted) >= watermarkQuorum {
		w.Now = max(w.Now, w.robust())
	}
}

// clockSet is a gap between two records that no heartbeat filled: the receiver was down, or its clock was set.
const clockSet = earshot.Instant(2 * time.Minute / time.Millisecond)

// heartbeat advances the watermark by the time that passed at the receiver since the last record; over a gap at most to the time
// of receipt, since a clock that was set is no time that passed.
func (w *watermark) heartbeat(receivedAt earshot.Instant) {
	if w.Now == 0 && len(w.Ring) > 0 {
		w.sorted = slices.Clone(w.Ring)
		slices.Sort(w.sorted)
		w.Now = w.robust()
	}
	if w.Now != 0 && w.LastReceived != 0 && receivedAt > w.LastReceived {
		gap := receivedAt - w.LastReceived
		if w.Now += gap; gap > clockSet {
			w.Now = max(w.Now-gap, min(w.Now, receivedAt))
		}
	}
	w.LastReceived = max(w.LastReceived, receivedAt)
}

// robust returns a high order statistic of the window: the newest times but for an eighth of them; the median of a few.
func (w *watermark) robust() earshot.Instant {
	n := len(w.sorted)
	if n < 2*watermarkQuorum {
		return w.sorted[(n-1)/2]
	}
	return w.sorted[n-1-n/8]
}
