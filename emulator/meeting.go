package emulator

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/earshot/earshot"
)

// meeting is one instance of a meeting, webinar, session or breakout room while it runs.
type meeting struct {
	head    instanceHead
	host    *person
	series  *series
	dc      *dataCentre
	rng     *rand.Rand
	end     earshot.Instant
	guests  []*attendance
	segs    []*segment // present now, breakout room or not
	present int        // those of segs who are here
	tiles   int        // cameras among them
	touched []*activeTrouble
	nextID  int
	done    bool

	parent      *meeting // of a breakout room
	breakoutAt  earshot.Instant
	breakoutEnd earshot.Instant

	speaker           *segment
	sharer            *segment
	shareAt, shareEnd earshot.Instant
	shareKind         int     // static, scrolling, motion
	shareLeft         float64 // seconds in that state
	shareNoise        float64
	display           [2]int
	scene             scene

	issues    []string
	lastAlert earshot.Instant
}

// attendance is somebody's plan to be there.
type attendance struct {
	p              *person
	arrive, depart earshot.Instant
	seg            *segment // nil: not there (yet, any more, or for a moment)
	gone           bool
	silent         bool // webinar attendee
	registrant     string
	bindTo         *attendance // a telephone: whose audio it carries
	parent         *segment    // a breakout room: the segment in the main room
}

// step lives through one step: people come and go, talk and share, and their streams flow.
func (m *meeting) step(w *World) {
	m.comeAndGo(w)
	if m.done {
		return
	}
	m.behave(w)
	m.present, m.tiles = 0, 0
	for _, s := range m.segs {
		if s.here = !s.away; s.here {
			m.present++
			if s.camera {
				m.tiles++
			}
		}
	}
	m.talk(w)
	m.share(w)
	for _, s := range m.segs {
		if !s.here {
			continue
		}
		if w.truth != nil {
			s.before = s.view
		}
		s.draw(&w.rhythm, true)
	}
	m.flow(w)
	for _, s := range m.segs {
		if s.here {
			s.account()
		}
	}
}

// flow computes what everybody sends and receives in this step, under the troubles that are imposed.
func (m *meeting) flow(w *World) {
	m.scene = scene{}
	for _, s := range m.segs {
		if !s.here {
			continue
		}
		s.travel(w, m.tiles)
		s.send(m, w)
		m.stage(s)
	}
	for _, s := range m.segs {
		if s.here {
			s.receive(m, w)
		}
	}
}

// measure ends a step: what has flowed enters the reports, and those that are due are sent.
func (m *meeting) measure(w *World) {
	if m.done {
		return
	}
	for _, s := range m.segs {
		if !s.here {
			continue
		}
		s.observe()
		m.reportDue(s, w)
	}
	m.alert(w)
}

// stage adds what a segment sends to what the others can receive.
func (m *meeting) stage(s *segment) {
	c := &m.scene
	c.talk += s.talk
	c.talkLoss += s.talk * s.audioLoss
	c.talkJitter += s.talk * s.jitterUp
	if !s.flows[videoSend].active {
		return
	}
	c.cameras++
	c.camLoss += s.lossUp
	switch {
	case c.big == nil:
		c.big = s
	case s == m.speaker:
		c.big, c.second = s, c.big
	case c.second == nil:
		c.second = s
	}
}

// comeAndGo lets people join and leave, ends the meeting when its time is over, and opens and closes breakout rooms.
func (m *meeting) comeAndGo(w *World) {
	until := w.now + w.step
	if m.end < until {
		m.finish(w)
		return
	}
	for _, a := range m.guests {
		switch {
		case a.gone:
		case a.seg == nil && a.arrive < until:
			m.join(w, a)
		case a.seg != nil && a.depart < until && !a.seg.away:
			m.leave(w, a, max(a.depart, w.now), "left the "+m.head.kind.String()+".", 300)
			a.gone, a.p.busy = true, false
		}
	}
	if m.breakoutAt != 0 && m.breakoutAt < until {
		m.breakOut(w)
		m.breakoutAt = 0
	}
}

// inMeetingID is the n-th in-meeting id: 2^24 + 1024·(n+1).
func inMeetingID(n int) string { return strconv.Itoa(1<<24 + 1024*(n+1)) }

// root is the main room.
func (m *meeting) root() *meeting {
	if m.parent != nil {
		return m.parent
	}
	return m
}

func (m *meeting) join(w *World, a *attendance) {
	p := a.p
	s := &segment{p: p, dc: m.dc, joined: max(a.arrive, m.head.start), phone: p.role == telephone, silent: a.silent}
	s.who = participantHead{
		id: inMeetingID(m.root().nextID), uuid: guid(m.rng), name: p.name, userID: p.userID, email: p.email, registrant: a.registrant,
		customerKey: p.customerKey, host: p == m.host,
	}
	m.root().nextID++
	if m.head.kind == earshot.KindSession && s.who.customerKey == "" {
		s.who.customerKey = "agent-" + strconv.Itoa(100+p.index) // an app gives every user a key
	}
	if s.phone {
		s.who.phone = p.phone
		s.bind(a, true)
	}
	if a.parent != nil {
		s.who.parentID, s.who.uuid = a.parent.who.id, a.parent.who.uuid
	}
	s.baseMs = s.distance(w)
	s.phase = earshot.Instant(m.rng.Int64N(int64(w.step)))
	s.dueIn = 2 + m.rng.IntN(w.perStep)
	camera := m.rng.Float64()
	s.camera = !s.phone && !s.silent && (p.likesCamera && camera < .85 || camera < .12 || m.head.kind == earshot.KindWebinar)
	s.data, s.route = m.dataOf(s, max(s.joined, w.now)), p.route()
	a.seg = s
	m.segs = append(m.segs, s)
	if s.joined < w.from-60_000 {
		return // nobody will hear of it
	}
	ts := w.stamp(s.joined, 500)
	w.emit(ts, w.enc.joined(&m.head, &s.who, ts, s.joined))
	if a.bindTo != nil && a.bindTo.seg != nil {
		at := s.joined + 4000
		ts := w.stamp(at, 400)
		w.emit(ts, w.enc.bind(&m.head, &a.bindTo.seg.who, &s.who, ts, at))
	}
	m.tell(w, s, a)
}

// bind marks the segment whose audio a telephone carries, or no longer carries.
func (s *segment) bind(a *attendance, on bool) {
	if a.bindTo != nil && a.bindTo.seg != nil {
		a.bindTo.seg.bound = on
	}
}

// distance is the round trip to the data centre that geography alone costs.
func (s *segment) distance(w *World) float64 {
	p, dc := s.p, s.dc
	if p.vpn == nil {
		return roundTripMs(distanceKm(p.city.lat, p.city.lon, dc.lat, dc.lon))
	}
	hub := p.vpn.city
	return roundTripMs(distanceKm(p.city.lat, p.city.lon, hub.lat, hub.lon)) + roundTripMs(distanceKm(hub.lat, hub.lon, dc.lat, dc.lon))
}

// leave ends a segment: the lifecycle event, and a moment later the two summaries.
func (m *meeting) leave(w *World, a *attendance, at earshot.Instant, reason string, delayMs float64) {
	s := a.seg
	s.bind(a, false)
	a.seg = nil
	m.segs = slices.DeleteFunc(m.segs, func(x *segment) bool { return x == s })
	if m.speaker == s {
		m.speaker = nil
	}
	if m.sharer == s {
		m.sharer = nil
	}
	ts := at + earshot.Instant(lognormal(w.wire, delayMs, .3))
	w.emit(ts, w.enc.left(&m.head, &s.who, ts, at, reason))
	if !s.p.reported {
		return
	}
	if s.acc.steps > 1 {
		s.report(at, w.perStep/4)
	}
	ts = w.stamp(ts, 1500)
	w.emit(ts, w.enc.qosSummaryEvent(&m.head, &s.who, ts, &s.total))
	if !s.phone && !s.p.hidden.data {
		s.data.full = true
		w.emit(ts+200, w.enc.dataSummaryEvent(&m.head, &s.who, ts+200, &s.data))
	}
}

// lose drops somebody out: Zoom notices a minute later, they are back before that, under a new id.
func (m *meeting) lose(w *World, a *attendance) {
	at := w.now + earshot.Instant(w.wire.Int64N(int64(w.step)))
	m.leave(w, a, at, "Network connection error.", 70_000)
	a.arrive = at + 8000 + earshot.Instant(w.wire.Int64N(32_000))
	m.issue("Call Reconnection")
}

// finish sends everybody home.
func (m *meeting) finish(w *World) {
	m.done = true
	for _, a := range m.guests {
		if a.seg != nil {
			reason := "Host ended the meeting."
			if m.parent != nil {
				reason = "left breakout room."
			}
			m.leave(w, a, m.end, reason, 400)
		}
		switch {
		case a.parent != nil:
			a.parent.away = false
		case !a.gone: // those who left earlier may be somewhere else by now
			a.p.busy = false
		}
	}
	if m.parent == nil {
		ts := w.stamp(m.end, 900)
		w.emit(ts, w.enc.ended(&m.head, ts, m.end))
	}
}

// breakOut opens two or three rooms and sends everybody but the host, rooms and telephones into them.
func (m *meeting) breakOut(w *World) {
	end := min(m.breakoutEnd, m.end-90_000)
	if end < w.now+2*60_000 || len(m.segs) < 5 {
		return
	}
	rooms := make([]*meeting, 2+m.rng.IntN(2))
	for i := range rooms {
		head := m.head
		head.breakout = instanceUUID(m.rng)
		rooms[i] = &meeting{
			head: head, host: m.host, dc: m.dc, rng: newRand(w.o.Seed, "breakout", int(m.rng.Uint64()>>1)), end: end, parent: m, display: m.display,
		}
	}
	n := 0
	for _, a := range m.guests {
		if a.seg == nil || a.p == m.host || a.seg.phone || a.p.role == room {
			continue
		}
		a.seg.away = true
		a.seg.acc, a.seg.hind = reportAcc{}, nil
		r := rooms[n%len(rooms)]
		r.guests = append(r.guests, &attendance{
			p: a.p, arrive: w.now + w.step + earshot.Instant(m.rng.Int64N(9000)), depart: end + 60_000,
			parent: a.seg, registrant: a.registrant,
		})
		n++
	}
	w.meetings = append(w.meetings, rooms...)
}

// reportDue sends a segment's report when it is due.
func (m *meeting) reportDue(s *segment, w *World) {
	if s.dueIn--; s.dueIn > 0 {
		return
	}
	s.dueIn = w.perStep
	at := w.now + s.phase
	if !s.p.reported || s.acc.steps == 0 {
		s.acc = reportAcc{}
		s.hind.forget()
		return
	}
	lottery := w.rng.Float64()
	r := s.report(at, w.perStep/4)
	for _, issue := range s.issues(&r) {
		m.issue(issue)
	}
	missing := .003
	if r.streams[audioReceive].lossAvgPct > 10 {
		missing = .03 // the report takes the same path
	}
	if lottery < missing {
		s.hind.forget()
		return
	}
	w.judge(m, s, at)
	ts := at - at%1000 + 1000 + earshot.Instant(lognormal(w.wire, 600, .4))
	w.emit(ts, w.enc.qosEvent(&m.head, &s.who, ts, &r))
}

func (m *meeting) issue(what string) {
	if !slices.Contains(m.issues, what) {
		m.issues = append(m.issues, what)
	}
}

// alert tells about a meeting's problems, at most every five minutes.
func (m *meeting) alert(w *World) {
	if len(m.issues) == 0 || w.now-m.lastAlert < 5*60_000 || m.parent != nil {
		return
	}
	m.lastAlert = w.now
	ts := w.stamp(w.now, 800)
	w.emit(ts, w.enc.alert(&m.head, ts, m.issues))
	m.issues = nil
}
