package api

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// kindKey is all of a minute that its MinuteKind is made of.
type kindKey struct {
	grade       earshot.Grade
	why         earshot.Why
	reason      earshot.Reason
	open, spike bool
	slots       [earshot.SlotCount]earshot.Grade
	zoom        [3]earshot.Grade
	cause       MinuteCause
}

func keyOf(m *live.Minute) kindKey {
	k := kindKey{grade: m.Grade, why: m.Why, open: m.Open, spike: m.Spike, slots: m.Slots, zoom: [3]earshot.Grade{m.ZoomAudio, m.ZoomVideo, m.ZoomShare}}
	if m.Reason.Set {
		k.reason = m.Reason
	}
	if c := causeOf(&m.Verdict); c != nil {
		k.cause = *c
	}
	return k
}

// noMinute stands in runs where a segment has no minute.
const noMinute = -1

// columns says what rows says.
func (h *heatStrip) columns() *MinuteColumns {
	at := h.instants()
	column := make(map[earshot.Instant]int, len(at))
	out := &MinuteColumns{From: h.from.Time(), To: h.to.Time(), At: make([]time.Time, len(at)), Kinds: []MinuteKind{}, Rows: make([]MinuteRuns, len(h.segments))}
	for i, t := range at {
		column[t], out.At[i] = i, t.Time()
	}
	kinds := make(map[kindKey]int)
	for i, id := range h.segments {
		row := h.minutes[id]
		r := MinuteRuns{Segment: id, First: column[row[0].At]}
		next := r.First
		for k := range row {
			m := &row[k]
			key := keyOf(m)
			kind, known := kinds[key]
			if !known {
				kind = len(out.Kinds)
				kinds[key] = kind
				out.Kinds = append(out.Kinds, kindOf(m))
			}
			here := column[m.At]
			if here > next {
				r.Runs = append(r.Runs, noMinute, here-next)
			}
			if n := len(r.Runs); n > 0 && r.Runs[n-2] == kind {
				r.Runs[n-1]++
			} else {
				r.Runs = append(r.Runs, kind, 1)
			}
			next = here + 1
		}
		out.Rows[i] = r
	}
	return out
}

// instants are all minutes that anybody has, oldest first.
func (h *heatStrip) instants() []earshot.Instant {
	var all []earshot.Instant
	seen := make(map[earshot.Instant]bool)
	for _, row := range h.minutes {
		for i := range row {
			if t := row[i].At; !seen[t] {
				seen[t] = true
				all = append(all, t)
			}
		}
	}
	slices.Sort(all)
	return all
}
