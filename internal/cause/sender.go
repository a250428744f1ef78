package cause

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// meeting is what is remembered of one meeting: who was in it.
type meeting struct {
	id     earshot.ID
	tracks []*track // by segment
	// dirty is the earliest minute that changed since its senders were weighed, 0 for none.
	dirty earshot.Instant
}

func (x *meeting) touch(at earshot.Instant) {
	if x.dirty == 0 || at < x.dirty {
		x.dirty = at
	}
}

// join enters a track into its meeting.
func (e *Engine) join(t *track) {
	x := e.meetings[t.meeting]
	if x == nil {
		x = &meeting{id: t.meeting}
		e.meetings[t.meeting] = x
	}
	i, found := slices.BinarySearchFunc(x.tracks, t.segment, func(a *track, s earshot.ID) int { return cmp.Compare(a.segment, s) })
	if !found {
		x.tracks = slices.Insert(x.tracks, i, t)
	}
	t.meetingCell = -1
	if t.meeting != 0 {
		t.meetingCell = e.cellOf(cellKey{dimMeeting, t.meeting, ""})
	}
}

// leave takes a track out of its meeting, and drops the meeting after the last.
func (e *Engine) leave(t *track) {
	x := e.meetings[t.meeting]
	if x == nil {
		return
	}
	x.tracks = slices.DeleteFunc(x.tracks, func(a *track) bool { return a == t })
	if len(x.tracks) == 0 {
		delete(e.meetings, x.id)
	} else if len(t.minutes) > 0 {
		x.touch(t.minutes[0].at)
	}
}

// findSenders weighs, for the meetings that changed, how likely everybody's receiving suffers from a bad sender.
func (e *Engine) findSenders() {
	for _, x := range e.meetings { // each writes to its own minutes only: the order makes no difference
		if x.dirty == 0 || x.id == 0 {
			continue
		}
		from := x.dirty - 2*minuteMs
		x.dirty = 0
		senders := false
		for _, t := range x.tracks {
			for i := len(t.minutes) - 1; i >= 0 && t.minutes[i].at >= from-minuteMs; i-- {
				m := &t.minutes[i]
				if i >= t.visible {
					x.touch(m.at)
					continue
				}
				if m.at >= from {
					m.remote, m.offender = 0, 0
				}
				senders = senders || m.trouble(sending, fair)
			}
		}
		if !senders {
			continue
		}
		for _, t := range x.tracks {
			for i := t.visible - 1; i >= 0 && t.minutes[i].at >= from-minuteMs; i-- {
				if t.minutes[i].trouble(sending, fair) {
					e.weighSender(x, t, i, from)
				}
			}
		}
	}
}

// hearing is one receiver's minute that overlaps a sender's.
type hearing struct {
	m *minute
	// counted: the receiver's best match, which counts among those who could have suffered.
	counted bool
	// hit and some say how far it then counts as one who did: badly, or at all.
	hit, some float64
}

// weighSender tells the receivers of a sender's bad minute: the share of the other receivers who suffer in the same time is
// how likely it is that the sender is to blame. Senders and receivers report at different phases: their windows are
// matched, never the numbers of their minutes.
func (e *Engine) weighSender(x *meeting, t *track, i int, from earshot.Instant) {
	o := &t.minutes[i]
	start, end := t.begins(i), o.last
	list := e.s.hearings[:0]
	var n, hit, some float64
	for _, r := range x.tracks {
		if r.person == t.person {
			continue
		}
		best, most := -1, earshot.Instant(0)
		for j := r.visible - 1; j >= 0 && r.minutes[j].last > start; j-- {
			m := &r.minutes[j]
			begin := r.begins(j)
			overlap := min(end, m.last) - max(start, begin)
			if overlap <= 0 || !m.classified(receiving) {
				continue
			}
			if shorter := min(end-start, m.last-begin); overlap > most && 12*overlap >= 5*shorter {
				best, most = len(list), overlap
			}
			list = append(list, hearing{m: m})
		}
		if best >= 0 {
			list[best].counted = true
			n++
			if m := list[best].m; m.trouble(receiving, fair) {
				list[best].some = heardFrom(o, m)
				if m.trouble(receiving, bad) {
					list[best].hit = list[best].some
				}
			}
			hit += list[best].hit
			some += list[best].some
		}
	}
	e.s.hearings = list
	base, most := e.senderPrior(o)
	for _, h := range list {
		if h.m.at < from {
			continue
		}
		n, hit, some := n, hit, some
		if h.counted {
			n, hit, some = n-1, hit-h.hit, some-h.some
		}
		q := min(most, (max(hit, 0)+3*base)/(n+3)) * heardFrom(o, h.m) * e.credible((max(some, 0)+base)/(n+1))
		if h.m.trouble(sending, bad) {
			q *= e.p.OwnSend // the own link is bad both ways: no sender is needed to explain it
		}
		if v := float32(q); v > h.m.remote || v == h.m.remote && t.segment < h.m.offender {
			h.m.remote, h.m.offender = v, t.segment
		}
	}
}

// credible is how far a sender can be the cause when that share of the others notices anything: what one sends, all hear.
func (e *Engine) credible(share float64) float64 {
	const none, full = .15, .45
	return min(1, max(.02, (share-none)/(full-none)))
}

// senderPrior returns what is expected of the receivers of a bad minute before they are asked, and the bound of what they
// can say.
func (e *Engine) senderPrior(o *minute) (base, most float64) {
	base, most = e.p.Talker, .97
	if !o.trouble(sending, bad) {
		base = e.p.TalkerFair
	}
	muted := !o.flags.has(flagTalkKnown) && o.video.kbps > 0 // pictures without sound
	if muted || o.flags.has(flagTalkKnown) && !o.flags.has(flagTalking) {
		base, most = base*e.p.Silent, e.p.SilentMost
	}
	return base, most
}
