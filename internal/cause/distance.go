package cause

import "github.com/earshot/earshot"

// route is from where to where: people's carrier (or site) and the data centre.
type route struct {
	from   string
	site   earshot.ID
	center string
}

func (a *attrs) route() (route, bool) {
	r := route{from: a.key.isp, center: a.key.center}
	switch {
	case a.key.vpn != "":
		r.from = "vpn " + a.key.vpn
	case r.from == "":
		r.site = a.key.site
	}
	return r, r.center != "" && (r.from != "" || r.site != 0)
}

// roundTrip is what the round trip of a route is like when nothing is wrong.
type roundTrip struct {
	n, ms float64
}

const (
	// usualFew is how many minutes a route must have shown before it is known, usualMany where old ones begin to fade.
	usualFew, usualMany = 10, 500
)

// travel learns a round trip.
func (e *Engine) travel(m *minute) {
	if !known(m.latency) {
		return
	}
	r, ok := m.attrs.route()
	if !ok {
		return
	}
	u := e.routes[r]
	u.n = min(u.n+1, usualMany)
	u.ms += (float64(m.latency) - u.ms) / u.n
	e.routes[r] = u
}

// isFar reports whether a long round trip is the distance's: as long as it always was for this segment, or is on the route.
func (e *Engine) isFar(t *track, m *minute) bool {
	if m.latency < lateMs {
		return false
	}
	least := float64(m.latency)
	for i := range t.seen() {
		if o := &t.minutes[i]; o.latency < float32(least) && o.attrs.key.center == m.attrs.key.center {
			least = float64(o.latency)
		}
	}
	if r, ok := m.attrs.route(); ok {
		if u := e.routes[r]; u.n >= usualFew {
			least = min(least, u.ms)
		}
	}
	return float64(m.latency) < 1.3*least+15
}
