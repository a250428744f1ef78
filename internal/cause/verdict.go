package cause

import "github.com/earshot/earshot"

// place says where the cause of a verdict sits, and counts the people there and elsewhere in the same minute.
func (e *Engine) place(v *earshot.Verdict, a *account, t *track, m *minute) {
	c := v.Cause
	if c == earshot.CauseUnknown {
		c = v.Candidate
	}
	way := anyWay
	switch v.Direction {
	case earshot.DirectionReceive:
		way = receiving
	case earshot.DirectionSend:
		way = sending
	}
	people := e.censusOf(m.at)
	count := func(i int32) {
		v.Inside = people.cells[i][way]
		v.Elsewhere = earshot.Count{Bad: people.all[way].Bad - v.Inside.Bad, Of: people.all[way].Of - v.Inside.Of}
	}
	i := a.cell[c]
	own := a.h[c] - a.most[c]
	unsure := v.Cause == earshot.CauseUnknown && (c == earshot.CauseRemote || 3*a.most[c] < a.h.sum())
	switch {
	case !unsure && c == earshot.CauseRemote && m.offender != 0 && (i < 0 || own > 0):
		v.Cell = earshot.Cell{Scope: earshot.ScopeSender, ID: m.offender}
		e.hearers(v, t, m.offender, m.at, way)
	case !unsure && i >= 0 && a.most[c] >= own:
		v.Cell = e.cells[i].key.public()
		count(i)
		if since := e.cells[i].began; since != 0 && since < v.Since {
			v.Since = since
		}
	default:
		v.Cell = earshot.Cell{Scope: earshot.ScopePerson, ID: t.person.id}
		v.Inside = earshot.Count{Bad: 1, Of: 1}
		v.Elsewhere = earshot.Count{Bad: max(0, people.all[way].Bad-1), Of: max(0, people.all[way].Of-1)}
	}
}

// hearers counts the people who hear a sender in their meeting, and everybody else but the sender.
func (e *Engine) hearers(v *earshot.Verdict, t *track, offender earshot.ID, at earshot.Instant, way int) {
	var one earshot.ID
	if s := e.tracks[offender]; s != nil {
		one = s.person.id
	}
	var in, sender column
	e.s.stamp++
	for _, r := range e.meetings[t.meeting].tracks {
		m := r.find(at)
		if m == nil || m.last > e.now || r.person.seen[0] == e.s.stamp {
			continue
		}
		r.person.seen[0] = e.s.stamp
		if r.person.id == one {
			sender.add(m)
		} else {
			in.add(m)
		}
	}
	all := e.censusOf(at).all[way]
	v.Inside = in[way]
	v.Elsewhere = earshot.Count{Bad: max(0, all.Bad-in[way].Bad-sender[way].Bad), Of: max(0, all.Of-in[way].Of-sender[way].Of)}
	v.Elsewhere.Bad = min(v.Elsewhere.Bad, v.Elsewhere.Of)
}

// evidence names the reading that speaks for a verdict on one person.
func (e *Engine) evidence(v *earshot.Verdict, m *minute) {
	set := func(metric earshot.Metric, x float32) {
		v.Metric, v.Value = metric, x
	}
	c := v.Cause
	if c == earshot.CauseUnknown {
		c = v.Candidate
	}
	if v.Cell.Scope != earshot.ScopePerson {
		return
	}
	switch {
	case c == earshot.CauseDevice && float64(m.cpu) >= e.p.BusyCPU:
		set(earshot.CPUSystemMaxPct, m.cpu)
	case c == earshot.CauseDevice && float64(m.pressure) >= e.p.Pressure:
		set(earshot.PressureMax, m.pressure)
	case c == earshot.CauseDevice && m.audio.jitter >= 30:
		set(earshot.JitterMs, m.audio.jitter)
	case c == earshot.CauseDevice && m.audio.loss >= 2:
		set(earshot.LossAvgPct, m.audio.loss)
	case c == earshot.CauseDevice && m.video.fps <= 12:
		set(earshot.FrameRateFPS, m.video.fps)
	case c == earshot.CauseWifi && float64(m.rssi) <= e.p.WeakDBm:
		set(earshot.RSSIAvgDBm, m.rssi)
	case c == earshot.CauseISP && m.sendLoss >= 2:
		set(earshot.LossAvgPct, m.sendLoss)
	case (c == earshot.CauseVPN || c == earshot.CauseLocalNetwork) && m.latency >= 200:
		set(earshot.LatencyMs, m.latency)
	}
}

// ruledOut says what was looked at and found innocent. Of a cell that takes two others about whom something is known, at
// most one in ten of them bad.
func (e *Engine) ruledOut(t *track, m *minute) (r earshot.RuledOut) {
	if known(m.cpu) && m.cpu < 80 && !(m.pressure >= 3) {
		r |= earshot.RuledCPU
	}
	if m.rssi > -70 || m.attrs.key.network == "wired" {
		r |= earshot.RuledSignal
	}
	people := e.censusOf(m.at)
	for _, x := range [...]struct {
		dim  dim
		rule earshot.RuledOut
	}{
		{dimSite, earshot.RuledSite}, {dimISP, earshot.RuledISP}, {dimCenter, earshot.RuledCenter}, {dimMeeting, earshot.RuledMeeting},
		{dimVersion, earshot.RuledVersion},
	} {
		i := e.cellIn(t, m, x.dim)
		if i < 0 || int(i) >= len(people.cells) { // a cell that was put since
			continue
		}
		c := people.cells[i][anyWay]
		others, hit := c.Of, c.Bad
		if m.classified(receiving) || m.classified(sending) {
			others--
		}
		if m.trouble(receiving, bad) || m.trouble(sending, bad) {
			hit--
		}
		if others >= 2 && 10*hit <= others {
			r |= x.rule
		}
	}
	return r
}
