package emulator

import (
	"fmt"
	"math"

	"github.com/earshot/earshot"
)

// slot keeps one meeting running: when it ends, another starts soon.
type slot struct {
	kind    earshot.Kind
	current *meeting
	next    earshot.Instant
}

// series is a recurring meeting: one number, many instances.
type series struct {
	number  int64
	topic   string
	host    *person
	members []*person
}

// openingSpan is within which the first meetings of a world that begins empty start.
const openingSpan = 90_000

// openSlots fills the world with meetings that have been going on for a while, or has them start soon.
func (w *World) openSlots() {
	n := w.o.Meetings
	w.slots = make([]slot, n)
	for i := range w.slots {
		w.slots[i].kind = earshot.KindMeeting
	}
	if n >= 6 { // enough room for one of each kind
		for i := range max(1, n/150) {
			w.slots[n-1-i].kind = earshot.KindWebinar
		}
		for i := range max(1, n/30) {
			w.slots[n/2+i].kind = earshot.KindSession
		}
	}
	for i := range w.slots {
		switch {
		case w.o.Empty:
			w.slots[i].next = w.from + earshot.Instant(w.rng.Float64()*openingSpan)
		case w.open(i):
			w.slots[i].current = w.newMeeting(w.slots[i].kind, w.now, true)
		}
	}
	if !w.o.Empty {
		w.planBreakout(90_000)
	}
}

// planBreakout sends the largest meeting into breakout rooms at a time after From: a first visit should see some.
func (w *World) planBreakout(after earshot.Instant) {
	var largest *meeting
	for _, m := range w.meetings {
		if m.head.kind == earshot.KindMeeting && (largest == nil || len(m.guests) > len(largest.guests)) {
			largest = m
		}
	}
	if largest == nil {
		return
	}
	largest.breakoutAt, largest.breakoutEnd = w.from+after, w.from+after+5*60_000+30_000
	largest.extend(largest.breakoutEnd + 8*60_000)
}

// extend moves a meeting's end, and with it the plans of those who stay until then.
func (m *meeting) extend(end earshot.Instant) {
	if end <= m.end {
		return
	}
	for _, a := range m.guests {
		a.depart += end - m.end
	}
	m.end = end
}

// fillSlots starts what is due.
func (w *World) fillSlots() {
	for i := range w.slots {
		s := &w.slots[i]
		if s.current != nil {
			if !s.current.done {
				continue
			}
			s.current = nil
			s.next = w.now + earshot.Instant(1000*math.Min(120, 3+15*w.rng.ExpFloat64()))
		}
		if s.next < w.now+w.step && w.open(i) {
			s.current = w.newMeeting(s.kind, max(s.next, w.now), false)
			s.next = w.now + 30_000 // nobody was free: try again
		}
	}
}

// size draws how many people a meeting has, so that about half of everybody is in one.
func (w *World) size(kind earshot.Kind) int {
	switch kind {
	case earshot.KindWebinar:
		return int(clamp(float64(w.o.People)*between(w.rng, .06, .12), 8, 150))
	case earshot.KindSession:
		return 2 + weighted(w.rng, 70, 20, 10)
	}
	mean := clamp(.55*float64(w.o.People)/float64(w.o.Meetings), 2.3, 40)
	pairs := .42 * min(1, 4.5/mean)
	group := max(3, (mean-2*pairs)/(1-pairs))
	scale := (group - 3) / 6.2 // the classes below have a mean of 9.2
	isPair, class, in := chance(w.rng, pairs), weighted(w.rng, 40, 33, 17, 9, 1), w.rng.Float64()
	if isPair {
		return 2
	}
	lo := []float64{3, 5, 9, 16, 51}[class]
	hi := []float64{5, 9, 16, 40, 90}[class]
	return int(3 + scale*(lo+(hi-lo)*in-3))
}

// newMeeting plans a meeting and who comes. running is one that began in the past. nil: nobody is free.
func (w *World) newMeeting(kind earshot.Kind, start earshot.Instant, running bool) *meeting {
	r := w.rng
	host := w.freePerson(nil)
	if host == nil {
		return nil
	}
	length := earshot.Instant(60_000 * clamp(lognormal(r, 17, .8), 4, 150))
	scheduled := []int{30, 60, 20, 90}[weighted(r, 50, 30, 14, 6)]
	isScheduled := chance(r, .6) || kind == earshot.KindWebinar
	if isScheduled {
		length = earshot.Instant(60_000 * float64(scheduled) * clamp(.93+.15*r.NormFloat64(), .3, 1.3))
	}
	age, early := earshot.Instant(r.Float64()*float64(length)*.8), earshot.Instant(lognormal(r, 40_000, .8))
	if running {
		start -= age
	}
	if isScheduled {
		length = max(length/2, calendarEnd(start+length, max(start, w.from)+5*60_000)-early-start)
	}
	m := &meeting{host: host, rng: newRand(w.o.Seed, "meeting", int(r.Uint64()>>1)), end: start + length}
	m.head = instanceHead{
		kind: kind, account: host.account.id, uuid: instanceUUID(r), hostID: host.userID, start: start,
		timezone: host.city.zone, durationMin: scheduled,
	}
	m.dc = nearest(w.people.centres, host.city.lat, host.city.lon)
	m.display = [][2]int{{1920, 1080}, {2560, 1440}, {1440, 900}, {1536, 960}, {3840, 2160}}[weighted(r, 50, 20, 10, 10, 5)]
	size := w.size(kind)
	w.title(m, isScheduled, size)
	w.invite(m, size, running)
	w.planSharing(m, start, length, size)
	if kind == earshot.KindMeeting && size >= 6 && chance(r, .06) {
		m.breakoutAt = start + length/3
		m.breakoutEnd = m.breakoutAt + min(length/3, 10*60_000)
	}
	w.meetings = append(w.meetings, m)
	if !running {
		ts := w.stamp(start, 700)
		w.emit(ts, w.enc.started(&m.head, ts))
	}
	return m
}

// calendarEnd is the full or half hour nearest to t, but after least: calendars make everybody come and go at once.
func calendarEnd(t, least earshot.Instant) earshot.Instant {
	const half = 30 * 60_000
	t = (t + half/2) / half * half
	for t < least {
		t += half
	}
	return t
}

// title gives a meeting its number and topic: recurring series, the host's personal room, or a number of its own.
func (w *World) title(m *meeting, scheduled bool, size int) {
	r, h := w.rng, &m.head
	h.number = 80_000_000_000 + r.Int64N(19_999_999_999)
	again := chance(r, .55)
	switch {
	case h.kind == earshot.KindSession:
		h.topic, h.sessionKey = fmt.Sprintf("telehealth-%d", 100+r.IntN(900)), fmt.Sprintf("tenant-%d", 1+r.IntN(9))
	case h.kind == earshot.KindWebinar:
		h.topic, h.typ = pick(r, webinarTopics), 5
	case scheduled && again:
		h.typ = 8
		m.series = w.seriesFor(m.host, size)
		h.number, h.topic = m.series.number, m.series.topic
	case scheduled:
		h.topic, h.typ = pick(r, topicNouns), 2
	case again:
		h.topic, h.typ = m.host.name+"'s Personal Meeting Room", 4
		h.number = 4_000_000_000 + int64(splitmix(uint64(m.host.index))%999_999_999)
	default:
		h.topic, h.typ = m.host.name+"'s Zoom Meeting", 1
	}
}

// seriesFor finds a series of the host, or founds one.
func (w *World) seriesFor(host *person, size int) *series {
	for _, s := range w.series {
		if s.host == host {
			return s
		}
	}
	s := &series{number: 80_000_000_000 + w.rng.Int64N(19_999_999_999), topic: pick(w.rng, topicNouns), host: host}
	w.series = append(w.series, s)
	return s
}

// invite decides who comes and when.
func (w *World) invite(m *meeting, size int, running bool) {
	r := w.rng
	m.host.busy = true
	w.expect(m, m.host, 0, running)
	if m.series != nil {
		for _, p := range m.series.members {
			if len(m.guests) < size && !p.busy && chance(r, .85) {
				w.expect(m, p, 1, running)
			}
		}
	}
	for len(m.guests) < size {
		p := w.invitee(m, len(m.guests))
		if p == nil {
			break
		}
		if m.series != nil && p.role == staff && len(m.series.members) < 30 {
			m.series.members = append(m.series.members, p)
		}
		w.expect(m, p, 1, running)
	}
	if m.head.kind == earshot.KindMeeting && (chance(r, .06) || running && len(w.meetings) == 1) {
		w.dialIn(m, running)
	}
}

// invitee chooses somebody free: mostly colleagues, now and then a room or people from outside.
func (w *World) invitee(m *meeting, n int) *person {
	r := w.rng
	outside, inRoom, near := chance(r, .13), chance(r, .03), chance(r, .85)
	var home *city
	if near {
		home = m.host.city
	}
	switch {
	case m.head.kind == earshot.KindSession:
		return w.free(w.people.customers)
	case outside || m.head.kind == earshot.KindWebinar && n > 4 && chance(r, .5):
		if p := w.free(w.people.from(home).guests); p != nil {
			return p
		}
	case inRoom && m.head.kind == earshot.KindMeeting:
		if p := w.free(w.people.rooms); p != nil {
			return p
		}
	}
	return w.freePerson(home)
}

// freePerson returns one of the staff who is in no meeting, preferably from a city, or nil.
func (w *World) freePerson(c *city) *person {
	if p := w.free(w.people.from(c).staff); p != nil {
		return p
	}
	return w.free(w.people.people)
}

func (w *World) free(list []*person) *person {
	for range 25 {
		if len(list) == 0 {
			return nil
		}
		if p := list[w.rng.IntN(len(list))]; !p.busy && w.willing(p) {
			return p
		}
	}
	return nil
}

// expect plans one attendance: arrivals around the start, a few late; most stay to the end.
func (w *World) expect(m *meeting, p *person, order int, running bool) {
	r := w.rng
	p.busy = true
	late, long, early := 20+60*r.ExpFloat64(), chance(r, .08), chance(r, .2)
	a := &attendance{p: p, arrive: m.head.start + earshot.Instant(1000*late)*earshot.Instant(order), depart: m.end + 60_000}
	if order == 0 {
		a.arrive = m.head.start + 1500
	}
	length := m.end - m.head.start
	if x := r.Float64(); long && order > 0 {
		a.arrive += earshot.Instant(x * float64(length) * .4)
	}
	if x := r.Float64(); early && order > 0 {
		a.depart = a.arrive + earshot.Instant((.2+.75*x)*float64(m.end-a.arrive))
	} else {
		a.depart = m.end - earshot.Instant(x*x*20_000)
	}
	if running && a.arrive > w.now-60_000 && chance(r, .9) { // those who would be late are there by now
		a.arrive = m.head.start + 3000
	}
	a.silent = m.head.kind == earshot.KindWebinar && len(m.guests) >= 4
	if a.silent || chance(r, .1) {
		a.registrant = zoomUserID(r)[:12]
	}
	m.guests = append(m.guests, a)
}

// dialIn adds somebody who listens on a telephone, bound to a computer where the owner is in the meeting too.
func (w *World) dialIn(m *meeting, running bool) {
	var owner *attendance
	for _, a := range m.guests[1:] {
		if a.p.role == staff {
			owner = a
			break
		}
	}
	r := newRand(w.o.Seed, "telephone", int(w.rng.Uint64()>>1))
	c := m.host.city
	p := &person{role: telephone, rng: r, account: m.host.account, city: c, provider: m.host.provider, reported: true, talkative: .5,
		computer: computer{ownJitterMs: 2.5}, phone: fmt.Sprintf("%s555%04d", c.phone, r.IntN(10_000))}
	p.name = "Guest (phone) ☎"
	at := m.head.start + 30_000
	if running {
		at = max(at, w.from+20_000)
	}
	a := &attendance{p: p, arrive: at, depart: m.end - 2000}
	if owner != nil {
		a.bindTo = owner
		a.arrive = max(at, owner.arrive+25_000)
		a.depart = owner.depart - 1000
		p.name = owner.p.name
		p.talkative = owner.p.talkative
	}
	m.guests = append(m.guests, a)
}

func (w *World) planSharing(m *meeting, start, length earshot.Instant, size int) {
	r := w.rng
	p := .45
	if size == 2 {
		p = .25
	}
	if m.head.kind == earshot.KindWebinar {
		p = 1
	}
	yes, offset, minutes := chance(r, p), r.Float64(), lognormal(r, 12, .6)
	if yes {
		m.shareAt = start + earshot.Instant(.4*offset*float64(length))
		m.shareEnd = min(m.shareAt+earshot.Instant(minutes*60_000), m.end-60_000)
	}
}
