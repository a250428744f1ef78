package cause

import (
	"cmp"
	"strings"

	"github.com/earshot/earshot"
)

// cellKey names a cell. Its order decides every tie.
type cellKey struct {
	dim  dim
	id   earshot.ID
	name string
}

func (k cellKey) compare(o cellKey) int {
	return cmp.Or(cmp.Compare(k.dim, o.dim), cmp.Compare(k.id, o.id), strings.Compare(k.name, o.name))
}

var dimScope = [dims]earshot.Scope{
	earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeTransport, earshot.ScopeISP,
	earshot.ScopeDataCenter, earshot.ScopeVersion, earshot.ScopeVPN, earshot.ScopeMeeting,
}

var dimCause = [dims]earshot.Cause{
	earshot.CauseLocalNetwork, earshot.CauseWifi, earshot.CauseLocalNetwork, earshot.CauseWifi, earshot.CauseLocalNetwork, earshot.CauseISP,
	earshot.CauseZoomEdge, earshot.CauseClientVersion, earshot.CauseVPN, earshot.CauseRemote,
}

// isPlace reports whether the cell is a place, which is mostly broken when it is broken.
func (d dim) isPlace() bool { return d <= dimTransport }

// isWide reports whether people of many places belong to it.
func (d dim) isWide() bool { return d >= dimISP && d <= dimVPN }

func (k cellKey) public() earshot.Cell {
	return earshot.Cell{Scope: dimScope[k.dim], ID: k.id, Name: k.name}
}

// cell is a group of people that can fail together. Only its log outlives an evaluation.
type cell struct {
	key cellKey
	on  bool
	// log has a mark for every evaluation of the last minutes in which the cell was held to be faulty.
	log []mark
	// share is how many of those whose attribute is known belong to it, as of its last mark: what those with a hidden one get.
	share float64
	// began is the first bad minute of the stretch in which it was on last.
	began earshot.Instant
	// heard is the end of the newest classified minute of anybody in it, as of the last evaluation in which it had members.
	heard earshot.Instant
	tally tally
	fault Fault // of the last evaluation, valid while on
}

// mark is what was known about a faulty cell at one evaluation.
type mark struct {
	at   earshot.Instant
	conf float64
	// q is the rate of trouble that nothing else explains in the window that found the fault, q1 in the last minute.
	q, q1 [ways][channels]float64
}

// The ways in which a minute can be bad. The computer's is looked at for client versions only.
const (
	receiving = 0
	sending   = 1
	computing = 2
	ways      = 3
)

// since returns the start of the stretch of marks that holds time t, less a minute.
func (c *cell) since(t earshot.Instant) earshot.Instant {
	i := len(c.log) - 1
	for i > 0 && c.log[i].at > t+180_000 {
		i--
	}
	for i > 0 && c.log[i].at-c.log[i-1].at < 300_000 {
		i--
	}
	if i < 0 {
		return t
	}
	return c.log[i].at - minuteMs
}

// attrs is one combination of attributes, shared by all minutes that have it.
type attrs struct {
	key attrsKey
	// cells by dim, -1 where the person belongs to none or it is not known; the meeting's is the track's.
	cells [dims]int32
	// hidden says of which wide dimensions it is not known which cell the person belongs to.
	hidden [dims]bool
	wifi   bool
	home   bool       // no configured site
	place  earshot.ID // 0 for a home: everybody is a place of their own there
}

// attrsKey is what of Cells makes a difference.
type attrsKey struct {
	site                                            earshot.ID
	derived                                         bool
	subnet, network, isp, center, version, vpn, via string
}

func keyOf(c *Cells) attrsKey {
	k := attrsKey{
		site: c.Site, derived: c.SiteDerived, subnet: c.Subnet, isp: c.ISP, center: c.DataCenter, version: c.ClientVersion, vpn: c.VPN,
		network: strings.ToLower(c.NetworkType),
	}
	if via := strings.ToUpper(c.Transport); via != "" && via != "UDP" && via != "RTP" {
		k.via = "TCP" // SSL, HTTP, proxies: all of them mean that UDP did not get through
	}
	return k
}

// agrees reports whether one can be the other with something unknown: learning an attribute is no move.
func (a *attrs) agrees(b *attrs) bool {
	if a == b {
		return true
	}
	x, y := &a.key, &b.key
	same := func(p, q string) bool { return p == "" || q == "" || p == q }
	return (x.site == 0 || y.site == 0 || x.site == y.site) && same(x.subnet, y.subnet) && same(x.network, y.network) &&
		same(x.isp, y.isp) && same(x.center, y.center) && same(x.version, y.version) && x.vpn == y.vpn
}

// attrsOf returns the shared combination.
func (e *Engine) attrsOf(k attrsKey) *attrs {
	if a := e.attrs[k]; a != nil {
		return a
	}
	a := &attrs{key: k, wifi: strings.Contains(k.network, "wi"), home: k.site == 0 || k.derived}
	a.wifi = a.wifi && !strings.HasPrefix(k.network, "wired")
	for i := range a.cells {
		a.cells[i] = -1
	}
	if k.vpn != "" { // the address is the concentrator's: site, subnet and carrier of the person are hidden behind it
		a.cells[dimVPN] = e.cellOf(cellKey{dimVPN, 0, k.vpn})
		a.hidden[dimISP], a.home = true, true
	} else {
		e.placeCells(a)
	}
	if k.center != "" {
		a.cells[dimCenter] = e.cellOf(cellKey{dimCenter, 0, k.center})
	}
	if k.version != "" {
		a.cells[dimVersion] = e.cellOf(cellKey{dimVersion, 0, k.version})
	}
	a.hidden[dimCenter], a.hidden[dimVersion] = k.center == "", k.version == ""
	if !a.home {
		a.place = k.site
	}
	e.attrs[k] = a
	return a
}

// placeCells fills in the cells that the person's own address says something about.
func (e *Engine) placeCells(a *attrs) {
	k := &a.key
	if k.site != 0 {
		a.cells[dimSite] = e.cellOf(cellKey{dimSite, k.site, ""})
		if k.subnet != "" {
			a.cells[dimSubnet] = e.cellOf(cellKey{dimSubnet, k.site, k.subnet})
		}
		if a.wifi && !k.derived {
			a.cells[dimSiteWifi] = e.cellOf(cellKey{dimSiteWifi, k.site, ""})
			if k.subnet != "" {
				a.cells[dimSubnetWifi] = e.cellOf(cellKey{dimSubnetWifi, k.site, k.subnet})
			}
		}
		if k.via != "" {
			a.cells[dimTransport] = e.cellOf(cellKey{dimTransport, k.site, k.via})
		}
	}
	if k.isp != "" {
		a.cells[dimISP] = e.cellOf(cellKey{dimISP, 0, k.isp})
	}
	a.hidden[dimISP] = k.isp == ""
	a.hidden[dimVPN] = k.site == 0 && k.isp == ""
}

// cellOf returns the index of a cell, a new one when it was never seen.
func (e *Engine) cellOf(k cellKey) int32 {
	if i, ok := e.index[k]; ok {
		return i
	}
	i := int32(len(e.cells))
	e.cells = append(e.cells, &cell{key: k})
	e.index[k] = i
	e.sorted = nil
	return i
}
