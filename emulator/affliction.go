package emulator

import (
	"time"

	"github.com/earshot/earshot"
)

// activeTrouble is a trouble together with what it hit.
type activeTrouble struct {
	Trouble
	aim
	number   int    // in the order of their beginnings, from 1; 0: not yet begun
	origin   string // who wanted it: "scenario", "chance", or "" for somebody by hand
	began    earshot.Instant
	ended    earshot.Instant // 0: not yet
	resolved bool
	over     bool
	people   []*person // whom it hits, for the kinds that hit several persons one by one
	via      *site     // the pool that a detour goes through
	reach    reach     // chooses whom of a place it hits
}

// Active returns the troubles that are going on now, with the targets that the world chose. A trouble that found nobody to
// hit is not among them. See [World.Truth] for who felt them.
func (w *World) Active() []Trouble {
	var list []Trouble
	for _, t := range w.troubles {
		if t.resolved && !t.over {
			list = append(list, t.Trouble)
		}
	}
	return list
}

// applyTroubles imposes every trouble that is going on, after lifting those of the step before.
func (w *World) applyTroubles() {
	if !w.o.Calm {
		w.chanceTroubles()
	}
	at := w.now.Sub(w.from)
	w.impose(func(*activeTrouble) bool { return false })
	kept := w.troubles[:0]
	for _, t := range w.troubles {
		switch {
		case at >= t.End:
			t.over = true
			w.concluded(t)
			continue
		case at >= t.Start && !t.resolved:
			if t.resolved = w.resolve(t); t.resolved {
				w.begun++
				t.number, t.began = w.begun, w.now
			}
		}
		kept = append(kept, t)
	}
	clear(w.troubles[len(kept):])
	w.troubles = kept
	w.impose(func(*activeTrouble) bool { return true })
}

// impose lets exactly those of the troubles that are going on be felt that in chooses. It changes nothing else and draws
// nothing: a step can be looked at under several sets of troubles.
func (w *World) impose(in func(*activeTrouble) bool) {
	for _, t := range w.troubles {
		if t.resolved {
			t.lift()
		}
	}
	for _, t := range w.troubles {
		if t.resolved && t.Strength > 0 && in(t) {
			t.press()
		}
	}
}

// lift takes back whatever is wrong with the target, by this trouble or another.
func (t *activeTrouble) lift() {
	for _, p := range t.people {
		p.trouble = personalTrouble{}
	}
	switch {
	case t.person != nil:
		t.person.trouble = personalTrouble{}
	case t.point != nil:
		t.point.burdens = t.point.burdens[:0]
	case t.site != nil:
		t.site.burdens = t.site.burdens[:0]
	case t.isp != nil:
		t.isp.spells = t.isp.spells[:0]
	case t.centre != nil:
		t.centre.burdens = t.centre.burdens[:0]
	}
}

// press adds the trouble's strength to its target.
func (t *activeTrouble) press() {
	x := t.Strength
	for _, p := range t.people {
		p.trouble.add(t.Kind, x, t.via)
	}
	switch t.Kind {
	case FullLink, BusyVPN:
		t.site.burdens = append(t.site.burdens, burden{reach: t.reach, up: t.up(), down: t.down()})
	case BusyAir, WeakWiFi:
		t.pressAir(x)
	case ISPLoss:
		t.isp.spells = append(t.isp.spells, spell{city: t.city, reach: t.reach, up: t.up(), down: t.down()})
	case SlowCentre:
		t.centre.burdens = append(t.centre.burdens, burden{reach: t.reach, up: x, down: x})
	default:
		if t.person != nil {
			t.person.trouble.add(t.Kind, x, t.via)
		}
	}
}

// pressAir adds a trouble with radio, of a person, an access point or all of a site's.
func (t *activeTrouble) pressAir(x float64) {
	b := burden{reach: t.reach, weak: x}
	if t.Kind == BusyAir {
		b.weak, b.busy = 0, x
	}
	switch {
	case t.person != nil:
		t.person.trouble.wifi += b.weak
	case t.point != nil:
		t.point.burdens = append(t.point.burdens, b)
	default:
		t.site.burdens = append(t.site.burdens, b)
	}
}

// add adds the strength of a personal trouble.
func (p *personalTrouble) add(kind TroubleKind, x float64, via *site) {
	switch kind {
	case BusyCPU:
		p.cpu += x
	case BadUplink:
		p.uplink += x
	case BadHeadset:
		p.headset += x
	case BadCamera:
		p.camera += x
	case BadVersion:
		p.version += x
	case BlockedUDP:
		p.blocked += x
	case VPNDetour:
		p.detour += x
		p.via = via
	}
}

// crosses reports whether the trouble is on a segment's own path or in its own device.
func (t *activeTrouble) crosses(s *segment) bool {
	p := s.p
	switch {
	case t.person != nil:
		return t.person == p
	case t.isp == nil && !t.reach.holds(p):
		return false
	case t.point != nil:
		return t.point == p.point
	case t.Kind == BusyVPN:
		return p.vpn == t.site || p.trouble.via == t.site
	case t.Kind == BusyAir || t.Kind == WeakWiFi:
		return p.office == t.site && p.onWiFi()
	case t.Kind == FullLink:
		return p.office == t.site
	case t.site != nil:
		return p.office == t.site && p.role == staff
	case t.isp != nil:
		x := spell{city: t.city, reach: t.reach}
		return p.provider == t.isp && x.reaches(p)
	case t.centre != nil:
		return s.dc == t.centre
	}
	return t.suffers(p)
}

// suffers reports whether a person has what the trouble is with.
func (t *activeTrouble) suffers(p *person) bool {
	c := &p.computer
	switch {
	case t.version != "":
		return c.version == t.version
	case t.device != "":
		return c.has(t.device)
	}
	return false
}

// resolve finds what a trouble hits; false: nothing suitable is in use, try again in the next step.
func (w *World) resolve(t *activeTrouble) bool {
	t.aim = aim{}
	vpn := w.people.sites[len(w.people.sites)-1]
	switch {
	case t.Kind == BusyVPN:
		t.site, t.Target = vpn, vpn.name
		return true
	case t.Kind == VPNDetour:
		t.via = vpn
	}
	t.reach = reach{splitmix(uint64(w.now)), t.Share}
	if t.Share > 0 && t.Kind != ISPLoss { // several at once do not hit the same people
		t.reach.key = splitmix(t.reach.key ^ textHash(string(t.Kind)+t.Target))
	}
	if t.Target != "" {
		t.aim, _ = w.people.aim(t.Kind, t.Target) // checked by Options
	} else {
		w.choose(t)
		t.Target = t.aim.String()
	}
	switch {
	case t.aim == aim{}:
		return false
	case t.Kind == LostNetwork:
		return w.dropOut(t)
	}
	w.gather(t)
	return true
}

// dropOut lets the person of a LostNetwork fall out of their meeting, once they are in one.
func (w *World) dropOut(t *activeTrouble) bool {
	for _, m := range w.meetings {
		for _, a := range m.guests {
			if a.seg != nil && a.p == t.person && m.parent == nil && !a.seg.away {
				w.droppedOut(t, m, a.seg)
				m.lose(w, a)
				return true
			}
		}
	}
	return false
}

// gather lists the people of a trouble that hits several persons one by one.
func (w *World) gather(t *activeTrouble) {
	if t.person != nil || t.Kind == FullLink || t.Kind == BusyAir || t.Kind == WeakWiFi {
		return
	}
	for _, list := range [][]*person{w.people.people, w.people.guests, w.people.customers, w.people.rooms} {
		for _, p := range list {
			if (t.site != nil && p.office == t.site && p.role == staff || t.suffers(p)) && t.reach.holds(p) {
				t.people = append(t.people, p)
			}
		}
	}
}

// choose lets the world take a target that is in use.
func (w *World) choose(t *activeTrouble) {
	switch t.Kind {
	case FullLink, BusyAir, BlockedUDP:
		t.site = w.chooseSite(t)
	case ISPLoss:
		t.isp = w.chooseISP()
	case SlowCentre:
		t.centre = w.chooseCentre()
	case BadVersion:
		t.version = w.chooseVersion()
	default:
		if a := w.victim(t); a != nil {
			t.person = a.p
		}
	}
}

// suits reports whether a personal trouble can be seen on that segment.
func (t *activeTrouble) suits(m *meeting, s *segment, afflicted map[*person]bool) bool {
	p := s.p
	if p.role != staff || afflicted[p] || s.away || s.silent || s.bound || p.tcp || p.computer.web {
		return false
	}
	switch t.Kind {
	case WeakWiFi:
		return p.onWiFi()
	case BusyCPU:
		return s.camera && p.access == wired
	case BadUplink:
		return s.camera && len(m.segs) >= 4 && p.home != nil
	case BadHeadset:
		return p.access == wired
	case BadCamera:
		return s.camera && p.computer.camera != ""
	case LostNetwork, VPNDetour:
		return p.home != nil && p.vpn == nil
	}
	return true
}

// afflicted are those who have a personal trouble already: one at a time tells more.
func (w *World) afflicted() map[*person]bool {
	list := map[*person]bool{}
	for _, t := range w.troubles {
		if t.person != nil {
			list[t.person] = true
		}
	}
	return list
}

// victim chooses the person of a personal trouble: somebody whose meeting goes on for a while, in a company large enough
// that the others show the difference.
func (w *World) victim(t *activeTrouble) *attendance {
	x, afflicted := w.fate.Float64(), w.afflicted()
	for pass := range 2 {
		var list []*attendance
		for _, m := range w.meetings {
			if m.parent != nil || m.head.kind == earshot.KindSession {
				continue
			}
			for _, a := range m.guests {
				patient := a.depart > w.now+4*60_000 && len(m.segs) >= 3 && m.breakoutAt == 0
				if a.seg != nil && (patient || pass == 1) && t.suits(m, a.seg, afflicted) {
					list = append(list, a)
				}
			}
		}
		if len(list) > 0 {
			return list[int(x*float64(len(list)))]
		}
	}
	return nil
}

// count adds up the segments that are present, by what key says.
func count[K comparable](w *World, key func(*segment) (K, bool)) map[K]int {
	n := map[K]int{}
	for _, m := range w.meetings {
		for _, s := range m.segs {
			if k, ok := key(s); ok && !s.away {
				n[k]++
			}
		}
	}
	return n
}

// pickOne takes one of the first list that is not empty, with one draw; the zero value when all are.
func pickOne[T any](w *World, lists ...[]T) (one T) {
	x := w.fate.Float64()
	for _, list := range lists {
		if len(list) > 0 {
			return list[int(x*float64(len(list)))]
		}
	}
	return one
}

// chooseSite returns one of the undisturbed sites where enough people are in calls (on Wi-Fi, for BusyAir) to tell a place
// from a person. nil: there is none now.
func (w *World) chooseSite(t *activeTrouble) *site {
	n := count(w, func(s *segment) (*site, bool) {
		return s.p.office, s.p.office != nil && (t.Kind != BusyAir || s.p.onWiFi())
	})
	disturbed := map[*site]bool{}
	for _, other := range w.troubles {
		disturbed[other.site] = true
	}
	var fit, used []*site
	for _, s := range w.people.sites {
		switch {
		case disturbed[s] || n[s] == 0:
		case n[s] >= 4:
			fit = append(fit, s)
		default:
			used = append(used, s)
		}
	}
	return pickOne(w, fit, used)
}

// chooseISP takes a provider with several customers in calls but not most of them: there must be others to compare with.
func (w *World) chooseISP() *isp {
	n := count(w, func(s *segment) (*isp, bool) { return s.p.provider, s.p.provider != nil })
	all := 0
	for _, k := range n {
		all += k
	}
	var fit, used []*isp
	for _, p := range w.people.isps {
		switch {
		case n[p] == 0:
		case n[p] >= 3 && n[p]*4 <= all:
			fit = append(fit, p)
		default:
			used = append(used, p)
		}
	}
	return pickOne(w, fit, used)
}

// chooseCentre takes the second busiest data centre, so that there is something left to compare with.
func (w *World) chooseCentre() *dataCentre {
	n := count(w, func(s *segment) (*dataCentre, bool) { return s.dc, true })
	var best, second *dataCentre
	for _, dc := range w.people.centres {
		switch {
		case best == nil || n[dc] > n[best]:
			best, second = dc, best
		case second == nil || n[dc] > n[second]:
			second = dc
		}
	}
	switch {
	case second != nil && n[second] > 0:
		return second
	case n[best] > 0:
		return best
	}
	return nil
}

// chooseVersion takes a client version that several but not most people in calls have.
func (w *World) chooseVersion() string {
	n := count(w, func(s *segment) (string, bool) { return s.p.computer.version, s.p.role == staff && !s.p.computer.web })
	all := 0
	for _, k := range n {
		all += k
	}
	var fit []string
	for _, v := range clientVersions {
		if n[v] >= 3 && n[v]*3 <= all {
			fit = append(fit, v)
		}
	}
	return pickOne(w, fit)
}

// chanceTroubles lets things go wrong by themselves, at rates per participant-hour and per site-hour. The number of draws is
// the same in every step.
func (w *World) chanceTroubles() {
	present := 0
	for _, m := range w.meetings {
		present += m.present
	}
	hours := w.rhythm.dt / 3600
	at := w.now.Sub(w.from)
	for _, k := range []struct {
		kind TroubleKind
		rate float64
	}{
		{WeakWiFi, .02 * float64(present)}, {BusyCPU, .02 * float64(present)}, {BadUplink, .015 * float64(present)},
		{BadHeadset, .01 * float64(present)}, {FullLink, .04 * float64(len(w.people.sites)-1)}, {BusyAir, .04 * float64(len(w.people.sites)-1)},
		{ISPLoss, .01 * float64(len(w.people.isps))},
	} {
		yes, length, strength := chance(w.fate, k.rate*hours), between(w.fate, 90, 480), lognormal(w.fate, .8, .35)
		if yes {
			w.troubles = append(w.troubles, &activeTrouble{origin: "chance", Trouble: Trouble{
				Kind: k.kind, Start: at, End: at + time.Duration(length*float64(time.Second)), Strength: min(2, strength),
			}})
		}
	}
}
