package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// aim is what a trouble's target means in a world. The zero aim is nothing.
type aim struct {
	person  *person
	site    *site
	point   *accessPoint
	isp     *isp
	city    *city // with isp: only there
	centre  *dataCentre
	version string
	device  string
}

// String is the target as Trouble spells it.
func (a aim) String() string {
	switch {
	case a.person != nil:
		return a.person.email
	case a.site != nil:
		return a.site.name
	case a.point != nil:
		return a.point.name
	case a.isp != nil && a.city != nil:
		return a.isp.name + " @ " + a.city.name
	case a.isp != nil:
		return a.isp.name
	case a.centre != nil:
		return a.centre.name
	}
	return a.version + a.device
}

// targetSort is what a target can be.
type targetSort string

const (
	aPerson  targetSort = "a person's e-mail"
	aSite    targetSort = "a site"
	aPoint   targetSort = "an access point"
	anISP    targetSort = "a provider, or \"provider @ city\""
	aCentre  targetSort = "a data centre"
	aVPN     targetSort = "the VPN"
	aVersion targetSort = "a client version"
	aDevice  targetSort = "a device"
)

// sorts says what the target of a kind can be, in the order in which a name is looked for.
func (k TroubleKind) sorts() []targetSort {
	switch k {
	case WeakWiFi:
		return []targetSort{aPerson, aSite, aPoint}
	case BusyCPU, VPNDetour, BlockedUDP:
		return []targetSort{aPerson, aSite}
	case FullLink:
		return []targetSort{aSite}
	case BusyAir:
		return []targetSort{aSite, aPoint}
	case ISPLoss:
		return []targetSort{anISP}
	case SlowCentre:
		return []targetSort{aCentre}
	case BusyVPN:
		return []targetSort{aVPN}
	case BadHeadset, BadCamera:
		return []targetSort{aPerson, aDevice}
	case BadVersion:
		return []targetSort{aVersion}
	}
	return []targetSort{aPerson}
}

// aim finds what a target means for a kind of trouble; the error says what could have been meant. A target that is found can
// be felt: somebody is there, or has it.
func (p *population) aim(k TroubleKind, target string) (aim, error) {
	var known []string
	for _, sort := range k.sorts() {
		a, names := p.find(sort, target)
		if a != (aim{}) {
			if a.person != nil && k == WeakWiFi && !a.person.onWiFi() {
				return aim{}, fmt.Errorf("target %q of %s is not on Wi-Fi", target, k)
			}
			if (a.device != "" || a.person != nil) && !p.suited(k, a) {
				return aim{}, fmt.Errorf("target %q of %s: nobody could feel that", target, k)
			}
			return a, nil
		}
		known = append(known, names...)
	}
	sorts := make([]string, 0, 3)
	for _, s := range k.sorts() {
		sorts = append(sorts, string(s))
	}
	hint := ""
	if near := nearestName(target, known); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	} else if len(known) <= 24 {
		hint = fmt.Sprintf(": one of %q", known)
	}
	return aim{}, fmt.Errorf("target %q of %s: want %s of this world%s", target, k, strings.Join(sorts, " or "), hint)
}

// suited reports whether a device or person can have that kind of trouble at all.
func (p *population) suited(k TroubleKind, a aim) bool {
	switch {
	case k == BadCamera && a.person != nil:
		return a.person.computer.camera != ""
	case k == BadCamera:
		return slices.ContainsFunc(p.people, func(q *person) bool { return q.computer.camera == a.device })
	case k == BadHeadset && a.device != "":
		return slices.ContainsFunc(p.people, func(q *person) bool { return strings.Contains(q.computer.microphone, a.device) })
	}
	return true
}

// find looks a name up among the targets of one sort; names are those that it could have been.
func (p *population) find(sort targetSort, name string) (a aim, names []string) {
	look := func(known string, found aim) {
		if known == name {
			a = found
		}
		if !slices.Contains(names, known) {
			names = append(names, known)
		}
	}
	switch sort {
	case aPerson:
		for _, q := range p.people {
			if q.email == name {
				return aim{person: q}, nil
			}
		}
		if strings.Contains(name, "@") && !strings.Contains(name, " ") {
			names = p.emailsLike(name)
		}
	case aSite, aPoint, aVPN:
		for _, s := range p.sites {
			if (sort == aVPN) == s.vpn && sort != aPoint {
				look(s.name, aim{site: s})
			}
			for _, x := range s.points {
				if sort == aPoint {
					look(x.name, aim{point: x})
				}
			}
		}
	case anISP:
		p.findISP(name, look)
	case aCentre:
		for _, dc := range p.centres {
			look(dc.name, aim{centre: dc})
		}
	case aVersion:
		for _, q := range p.people {
			look(q.computer.version, aim{version: q.computer.version})
		}
	case aDevice:
		for _, q := range p.people {
			for _, d := range q.computer.devices() {
				look(d, aim{device: d})
			}
		}
	}
	return a, names
}

// findISP looks a provider up, everywhere or in one of the cities where it has customers.
func (p *population) findISP(name string, look func(string, aim)) {
	used := map[*isp]map[*city]bool{}
	for _, q := range p.people {
		if used[q.provider] == nil {
			used[q.provider] = map[*city]bool{}
		}
		used[q.provider][q.city] = true
	}
	for _, x := range p.isps {
		if used[x] == nil {
			continue // nobody could feel it
		}
		look(x.name, aim{isp: x})
		if !strings.Contains(name, " @ ") {
			continue
		}
		for _, s := range p.sites {
			if used[x][s.city] {
				look(x.name+" @ "+s.city.name, aim{isp: x, city: s.city})
			}
		}
	}
}

// emailsLike returns the addresses in the same domain that begin with the same two letters.
func (p *population) emailsLike(name string) (list []string) {
	for _, q := range p.people {
		if len(name) > 2 && strings.HasPrefix(q.email, name[:2]) {
			list = append(list, q.email)
		}
	}
	return list
}

// devices are the names of the microphone's and the camera's model, without what the operating system puts around them.
func (c *computer) devices() []string {
	var list []string
	if c.microphone != "" {
		list = append(list, model(c.microphone))
	}
	if c.camera != "" {
		list = append(list, c.camera)
	}
	return list
}

// has reports whether a device of that name is in use.
func (c *computer) has(device string) bool {
	return c.camera == device || c.microphone != "" && model(c.microphone) == device
}

// model is "Jabra Evolve2 65" of "Headset Microphone (Jabra Evolve2 65)".
func model(microphone string) string {
	if i := strings.IndexByte(microphone, '('); i >= 0 && strings.HasSuffix(microphone, ")") {
		return microphone[i+1 : len(microphone)-1]
	}
	return microphone
}

// nearestName returns the name that differs from a misspelt one by few letters, or "".
func nearestName(wrong string, names []string) string {
	best, least := "", max(2, len(wrong)/4)+1
	for _, n := range names {
		if d := distance(strings.ToLower(wrong), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is Levenshtein's: letters to insert, remove or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// checkTargets reports every target that can never be found in the world of these options.
func (o *Options) checkTargets() []error {
	var errs []error
	var p *population
	for _, t := range o.Troubles {
		if t.Target == "" {
			continue
		}
		if p == nil {
			p = newPopulation(o.Seed, o.People, &o.Life)
		}
		if _, err := p.aim(t.Kind, t.Target); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
