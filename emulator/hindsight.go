package emulator

import "slices"

// hindsight is what a segment's current minute would have been without the troubles that touch its meeting: the same people,
// the same random numbers, the same step, looked at under other sets of troubles. What the senders and receivers adapted to
// differs between the lanes as it would in life; who speaks, who shares and what the calls put on a shared line is taken as
// it was.
type hindsight struct {
	real reportAcc
	none lane // without any trouble
	own  lane // with those on this segment's own path only: what others send is as without any
	ifs  []whatIf
}

// lane is one telling of a minute.
type lane struct {
	view view // of the last step
	acc  reportAcc
}

// whatIf is one trouble left out, and the same trouble alone.
type whatIf struct {
	trouble       *activeTrouble
	without, only lane
}

func (l *lane) follow(s *segment, v *view) {
	l.view = *v
	l.acc.observe(s, v)
}

// forget begins a new minute. Troubles that are over are dropped; the others' lanes go on.
func (h *hindsight) forget() {
	if h == nil {
		return
	}
	h.real, h.none.acc, h.own.acc = reportAcc{}, reportAcc{}, reportAcc{}
	h.ifs = slices.DeleteFunc(h.ifs, func(x whatIf) bool { return x.trouble.over })
	for i := range h.ifs {
		x := &h.ifs[i]
		x.without.acc, x.only.acc = reportAcc{}, reportAcc{}
	}
}

// find returns the entry of a trouble, nil when it has none.
func (h *hindsight) find(t *activeTrouble) *whatIf {
	for i := range h.ifs {
		if h.ifs[i].trouble == t {
			return &h.ifs[i]
		}
	}
	return nil
}

// imagine looks at the step that has just been lived through without the troubles, for the meetings that one of them
// touches. It draws nothing and leaves everything as it was, so that keeping the truth does not change the world.
func (w *World) imagine() {
	if w.truth == nil {
		return
	}
	active := w.touch()
	for _, m := range w.meetings {
		m.prepare()
	}
	if len(active) > 0 {
		w.impose(func(*activeTrouble) bool { return false })
		for _, m := range w.meetings {
			if len(m.touched) > 0 {
				m.replay(w, func(h *hindsight) *lane { return &h.none })
			}
		}
		for _, t := range active {
			w.imagineOne(t)
		}
		w.impose(func(*activeTrouble) bool { return true })
	}
	for _, m := range w.meetings {
		m.settle()
	}
}

// imagineOne looks at the step without one trouble and with it alone, where others are going on as well.
func (w *World) imagineOne(t *activeTrouble) {
	var where []*meeting
	for _, m := range w.meetings {
		if len(m.touched) > 1 && slices.Contains(m.touched, t) {
			where = append(where, m)
		}
	}
	if len(where) == 0 {
		return
	}
	w.impose(func(x *activeTrouble) bool { return x != t })
	for _, m := range where {
		m.replay(w, func(h *hindsight) *lane { return &h.find(t).without })
	}
	w.impose(func(x *activeTrouble) bool { return x == t })
	for _, m := range where {
		m.replay(w, func(h *hindsight) *lane { return &h.find(t).only })
	}
}

// touch finds which troubles touch which meeting: those that are on the path of somebody present. It returns those that
// touch any, in the order of their beginnings.
func (w *World) touch() []*activeTrouble {
	personal := map[*person][]*activeTrouble{}
	var shared, active []*activeTrouble
	for _, t := range w.troubles {
		switch {
		case !t.resolved || t.Strength == 0 || t.Kind == LostNetwork:
		case t.person != nil:
			personal[t.person] = append(personal[t.person], t)
		default:
			shared = append(shared, t)
		}
	}
	for _, m := range w.meetings {
		m.touched = m.touched[:0]
		if m.done || len(personal)+len(shared) == 0 {
			continue
		}
		for _, s := range m.segs {
			if !s.here {
				continue
			}
			for _, t := range personal[s.p] {
				m.touched = addOnce(m.touched, t)
			}
			for _, t := range shared {
				if t.crosses(s) {
					m.touched = addOnce(m.touched, t)
				}
			}
		}
		for _, t := range m.touched {
			active = addOnce(active, t)
		}
	}
	slices.SortFunc(active, func(a, b *activeTrouble) int { return a.number - b.number })
	return active
}

func addOnce(list []*activeTrouble, t *activeTrouble) []*activeTrouble {
	if slices.Contains(list, t) {
		return list
	}
	return append(list, t)
}

// prepare gives everybody in a touched meeting the lanes that are missing: until now, everything was as it was.
func (m *meeting) prepare() {
	slices.SortFunc(m.touched, func(a, b *activeTrouble) int { return a.number - b.number })
	for _, s := range m.segs {
		if !s.here || len(m.touched) == 0 {
			continue
		}
		if s.hind == nil {
			s.hind = &hindsight{real: s.acc, none: lane{s.before, s.acc}, own: lane{s.before, s.acc}}
		}
		for _, t := range m.touched {
			if s.hind.find(t) == nil {
				s.hind.ifs = append(s.hind.ifs, whatIf{trouble: t, without: lane{s.before, s.hind.real}, only: s.hind.none})
			}
		}
	}
}

// replay lives through the flow of the step again, in the lane that which picks, under the troubles imposed now.
func (m *meeting) replay(w *World, which func(*hindsight) *lane) {
	scene := m.scene
	for _, s := range m.segs {
		if s.here {
			s.kept = s.view
			s.view = which(s.hind).view
		}
	}
	m.flow(w)
	for _, s := range m.segs {
		if !s.here {
			continue
		}
		l := which(s.hind)
		if l == &s.hind.none {
			m.alone(w, s)
		}
		l.follow(s, &s.view)
	}
	for _, s := range m.segs {
		if s.here {
			s.view = s.kept
		}
	}
	m.scene = scene
}

// alone computes the lane in which only this segment's own path is as it was, while all others are without trouble.
func (m *meeting) alone(w *World, s *segment) {
	none, all := s.view, m.scene
	c := &m.scene
	s.view = s.kept
	s.receiver = s.hind.own.view.receiver
	c.talkLoss += s.talk * (s.audioLoss - none.audioLoss)
	c.talkJitter += s.talk * (s.jitterUp - none.jitterUp)
	if none.flows[videoSend].active {
		c.camLoss += s.lossUp - none.lossUp
	}
	s.receive(m, w)
	s.hind.own.follow(s, &s.view)
	s.view, m.scene = none, all
}

// settle ends a step for the lanes that needed no view of their own: a trouble that does not touch the meeting now makes no
// difference, and where one alone does, being without it is being without any.
func (m *meeting) settle() {
	for _, s := range m.segs {
		h := s.hind
		if h == nil || !s.here {
			continue
		}
		h.real.observe(s, &s.view)
		if len(m.touched) == 0 {
			h.none.follow(s, &s.view)
			h.own.follow(s, &s.view)
		}
		for i := range h.ifs {
			x := &h.ifs[i]
			touches := slices.Contains(m.touched, x.trouble)
			switch {
			case touches && len(m.touched) > 1: // replayed
			case touches:
				x.without.follow(s, &h.none.view)
				x.only.follow(s, &s.view)
			default:
				x.without.follow(s, &s.view)
				x.only.follow(s, &h.none.view)
			}
		}
		if len(h.ifs) == 0 {
			s.hind = nil
		}
	}
}
