package emulator

import (
	"time"

	"github.com/earshot/earshot"
)

// activeTrouble is a trouble together with what it hit.
type activeTrouble struct {
	Trouble
	resolved bool
	over     bool
	person   *person
	site     *site
	isp      *isp
	centre   *dataCentre
}

// Active returns the troubles that are going on now, with the targets that the world chose: the truth to compare a diagnosis
// with. A trouble that found nobody to hit is not among them.
func (w *World) Active() []Trouble {
	var list []Trouble
	for _, t := range w.troubles {
		if t.resolved && !t.over {
			list = append(list, t.Trouble)
		}
	}
	return list
}

// applyTroubles sets the strength of every trouble that is going on, after taking back those of the step before.
func (w *World) applyTroubles() {
	if !w.o.Calm {
		w.chanceTroubles()
	}
	at := w.now.Sub(w.from)
	for _, t := range w.troubles {
		if t.resolved && !t.over {
			t.set(0)
		}
	}
	kept := w.troubles[:0]
	for _, t := range w.troubles {
		switch {
		case at >= t.End:
			t.over = true
			continue
		case at >= t.Start && !t.resolved:
			t.resolved = w.resolve(t)
		}
		kept = append(kept, t)
	}
	clear(w.troubles[len(kept):])
	w.troubles = kept
	for _, t := range w.troubles {
		if t.resolved {
			t.set(t.Strength)
		}
	}
}

// set gives the target the trouble's strength; 0 takes it back.
func (t *activeTrouble) set(strength float64) {
	on := 0.0
	if t.Strength > 0 {
		on = strength / t.Strength
	}
	switch t.Kind {
	case WeakWiFi:
		t.person.trouble.wifi = strength
	case BusyCPU:
		t.person.trouble.cpu = strength
	case BadUplink:
		t.person.trouble.uplink = strength
	case BadHeadset:
		t.person.trouble.headset = strength
	case FullLink, BusyVPN:
		t.site.troubleUp, t.site.troubleDown = on*t.up(), on*t.down()
	case BusyAir:
		t.site.busyAir = strength
	case ISPLoss:
		t.isp.troubleUp, t.isp.troubleDown = on*t.up(), on*t.down()
	case SlowCentre:
		t.centre.trouble = strength
	}
}

// resolve finds what a trouble hits; false: nothing suitable is in use, try again in the next step.
func (w *World) resolve(t *activeTrouble) bool {
	switch t.Kind {
	case FullLink, BusyAir:
		t.site = w.chooseSite(t)
		if t.site != nil {
			t.Target = t.site.name
		}
		return t.site != nil
	case BusyVPN:
		t.site = w.people.sites[len(w.people.sites)-1]
		t.Target = t.site.name
		return true
	case ISPLoss:
		return w.resolveISP(t)
	case SlowCentre:
		return w.resolveCentre(t)
	}
	m, a := w.victim(t)
	if a == nil {
		return false
	}
	t.person, t.Target = a.p, a.p.email
	if t.Kind == LostNetwork {
		m.lose(w, a)
	}
	return true
}

// suits reports whether a personal trouble can be seen on that segment.
func (t *activeTrouble) suits(w *World, m *meeting, s *segment) bool {
	p := s.p
	if t.Target != "" {
		return p.email == t.Target
	}
	if p.role != staff || w.afflicted(p) || s.away || s.silent || s.bound || p.tcp || p.computer.web {
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
	case LostNetwork:
		return p.home != nil
	}
	return true
}

// afflicted reports whether a personal trouble has that person already: one at a time tells more.
func (w *World) afflicted(p *person) bool {
	for _, t := range w.troubles {
		if t.person == p {
			return true
		}
	}
	return false
}

// victim chooses the person of a personal trouble: somebody whose meeting goes on for a while, in a company large enough
// that the others show the difference.
func (w *World) victim(t *activeTrouble) (*meeting, *attendance) {
	x := w.fate.Float64()
	var list []*attendance
	var where []*meeting
	for pass := range 2 {
		for _, m := range w.meetings {
			if m.parent != nil || m.head.kind == earshot.KindSession {
				continue
			}
			for _, a := range m.guests {
				patient := a.depart > w.now+4*60_000 && len(m.segs) >= 3 && m.breakoutAt == 0
				if a.seg != nil && t.suits(w, m, a.seg) && (patient || pass == 1 || t.Target != "") {
					list, where = append(list, a), append(where, m)
				}
			}
		}
		if len(list) > 0 {
			i := int(x * float64(len(list)))
			return where[i], list[i]
		}
	}
	return nil, nil
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

// chooseSite returns the site named, or one of the undisturbed ones where enough people are in calls (on Wi-Fi, for BusyAir)
// to tell a place from a person. nil: there is none now.
func (w *World) chooseSite(t *activeTrouble) *site {
	n := count(w, func(s *segment) (*site, bool) {
		return s.p.office, s.p.office != nil && (t.Kind == FullLink || s.p.onWiFi())
	})
	var fit, used []*site
	for _, s := range w.people.sites {
		switch {
		case t.Target != "":
			if s.name == t.Target && !s.vpn {
				return s
			}
		case s.troubleUp != 0 || s.troubleDown != 0 || s.busyAir != 0 || n[s] == 0:
		case n[s] >= 4:
			fit = append(fit, s)
		default:
			used = append(used, s)
		}
	}
	return choose(w, fit, used)
}

// choose takes one of the first list that is not empty, with one draw.
func choose[T any](w *World, lists ...[]*T) *T {
	x := w.fate.Float64()
	for _, list := range lists {
		if len(list) > 0 {
			return list[int(x*float64(len(list)))]
		}
	}
	return nil
}

// resolveISP takes the provider named, or one with several customers in calls but not most of them: there must be others to
// compare with.
func (w *World) resolveISP(t *activeTrouble) bool {
	n := count(w, func(s *segment) (*isp, bool) { return s.p.provider, s.p.provider != nil })
	all := 0
	for _, k := range n {
		all += k
	}
	var fit, used []*isp
	for _, p := range w.people.isps {
		switch {
		case t.Target == p.name:
			t.isp = p
		case t.Target != "" || n[p] == 0:
		case n[p] >= 3 && n[p]*4 <= all:
			fit = append(fit, p)
		default:
			used = append(used, p)
		}
	}
	if t.isp == nil {
		t.isp = choose(w, fit, used)
	}
	if t.isp == nil {
		return false
	}
	t.Target = t.isp.name
	t.isp.reach = splitmix(uint64(w.now))
	return true
}

// resolveCentre takes the second busiest data centre, so that there is something left to compare with.
func (w *World) resolveCentre(t *activeTrouble) bool {
	n := count(w, func(s *segment) (*dataCentre, bool) { return s.dc, true })
	var best, second *dataCentre
	for _, dc := range w.people.centres {
		switch {
		case t.Target != "" && dc.name != t.Target:
		case best == nil || n[dc] > n[best]:
			best, second = dc, best
		case second == nil || n[dc] > n[second]:
			second = dc
		}
	}
	if second != nil && n[second] > 0 && t.Target == "" {
		best = second
	}
	if best == nil {
		return false
	}
	t.centre, t.Target = best, best.name
	return true
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
			w.troubles = append(w.troubles, &activeTrouble{Trouble: Trouble{
				Kind: k.kind, Start: at, End: at + time.Duration(length*float64(time.Second)), Strength: min(2, strength),
			}})
		}
	}
}
