package emulator

import (
	"time"

	"github.com/earshot/earshot"
)

func newTruthKeeper() *truthKeeper {
	return &truthKeeper{records: map[*activeTrouble]*truthFault{}}
}

// add records a minute, and that its causes were felt.
func (k *truthKeeper) add(h *hindsight, t *TruthMinute) {
	k.out.Minutes = append(k.out.Minutes, *t)
	felt := map[*activeTrouble]bool{} // and whether on the own path
	var order []*activeTrouble
	for _, c := range t.Causes {
		for i := range h.ifs {
			if x := h.ifs[i].trouble; x.number == c.Fault {
				if _, known := felt[x]; !known {
					order = append(order, x)
				}
				felt[x] = felt[x] || c.Cause != "remote"
			}
		}
	}
	for _, x := range order {
		k.fault(x).felt(t, felt[x])
	}
}

// fault returns the record of a trouble, a new one when nobody has felt it yet.
func (k *truthKeeper) fault(x *activeTrouble) *truthFault {
	f := k.records[x]
	if f == nil {
		f = &truthFault{trouble: x, index: map[[2]string]int{}}
		f.TruthFault = TruthFault{
			Type: "fault", Fault: x.number, Kind: string(x.Kind), Cause: x.Kind.cause(), Target: x.Target, Direction: string(x.Direction),
			Strength: rounded(x.Strength), Origin: x.origin, Start: x.began.Time(),
		}
		if f.Origin == "" {
			f.Origin = "hand"
		}
		k.records[x] = f
		k.open = append(k.open, f)
	}
	return f
}

// felt counts a minute of a victim.
func (f *truthFault) felt(t *TruthMinute, own bool) {
	if f.Minutes == 0 || t.Minute.Before(f.FirstFelt) {
		f.FirstFelt = t.Minute
	}
	if t.Minute.After(f.LastFelt) {
		f.LastFelt = t.Minute
	}
	f.Minutes++
	key := [2]string{t.Meeting, t.UserID}
	i, known := f.index[key]
	if !known {
		i = len(f.Victims)
		f.index[key] = i
		f.Victims = append(f.Victims, TruthVictim{Meeting: t.Meeting, UserID: t.UserID, Remote: true})
	}
	v := &f.Victims[i]
	v.Minutes++
	v.Remote = v.Remote && !own
}

// concluded marks a trouble's record, if it has one or can still get one: the reports about its last minute are to come.
func (w *World) concluded(t *activeTrouble) {
	if w.truth == nil || !t.resolved {
		return
	}
	t.ended = w.now
}

// close moves the records of troubles that nobody can feel any more to the output; all, as if they ended now.
func (k *truthKeeper) close(w *World, all bool) {
	kept := k.open[:0]
	wait := earshot.Instant(w.perStep)*w.step + 60_000 // a report, and the rest of its minute
	for _, f := range k.open {
		end := f.trouble.ended
		if !all && (end == 0 || w.now < end+wait) {
			kept = append(kept, f)
			continue
		}
		if end == 0 {
			end = w.now
		}
		f.End = end.Time()
		if planned := w.from.Time().Add(f.trouble.Trouble.End); planned.Before(f.End) {
			f.End = planned // it ended between two steps
		}
		k.out.Faults = append(k.out.Faults, f.TruthFault)
		delete(k.records, f.trouble)
	}
	clear(k.open[len(kept):])
	k.open = kept
}

// droppedOut records that somebody falls out of a meeting because of a trouble.
func (w *World) droppedOut(t *activeTrouble, m *meeting, s *segment) {
	if w.truth == nil {
		return
	}
	if t.number == 0 { // it begins with this
		t.number, t.began = w.begun+1, w.now
	}
	if w.now < w.from {
		return
	}
	minute := w.now - w.now%60_000
	x := TruthMinute{
		Type: "minute", Minute: minute.Time(), Reports: w.now.Time().Truncate(time.Second), Meeting: m.head.qosUUID(), UserID: s.who.id,
		Grade: earshot.Bad.String(), Without: earshot.Good.String(), Dropped: true,
		Causes: []TruthCause{{Fault: t.number, Kind: string(t.Kind), Cause: t.Kind.cause(), Share: 1}},
	}
	w.truth.out.Minutes = append(w.truth.out.Minutes, x)
	w.truth.fault(t).felt(&x, true)
}
