package cause

// learnAfterMs is when a minute is old enough to know whether a shared fault covered it.
const learnAfterMs = 4 * minuteMs

// learn counts minutes for people's base rates, except those that a shared fault or a bad sender explains. Order: segments,
// then time.
func (e *Engine) learn() {
	for _, t := range e.tracksInOrder() {
		for i := range t.seen() {
			m := &t.minutes[i]
			if m.flags.has(flagLearnt) {
				continue
			}
			if m.last > e.now-learnAfterMs {
				break
			}
			m.flags |= flagLearnt
			if e.covered(t, m) {
				continue
			}
			e.travel(m)
			if !t.guest {
				e.remember(t.person, m)
			}
		}
	}
}

// covered reports whether a fault of a cell of the minute was on.
func (e *Engine) covered(t *track, m *minute) bool {
	for d := range dims {
		i := m.attrs.cells[d]
		if d == dimMeeting {
			i = t.meetingCell
		}
		if i < 0 {
			continue
		}
		for _, x := range e.cells[i].log {
			if x.at >= m.last-minuteMs && x.at <= m.last+learnAfterMs {
				return true
			}
		}
	}
	return false
}

// sentBadly is the hazard of a sender from which a minute does not count as the receiver's own.
const sentBadly = .2

func (e *Engine) remember(p *person, m *minute) {
	for way := range ways {
		if !m.classified(way) {
			continue
		}
		p.minutes[way] = p.minutes[way]*e.p.BaseDecay + 1
		for ch := range channels {
			p.trouble[way][ch] *= e.p.BaseDecay
			if m.grades[way] >= channelGrade[ch] && !(way == receiving && m.remote > sentBadly) {
				p.trouble[way][ch]++
			}
		}
	}
}
