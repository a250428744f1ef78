package emulator

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"time"
)

// city is where people live and offices stand.
type city struct {
	name, country, zone string
	lat, lon            float64
	phone               string // country code and area of invented numbers
	loc                 *time.Location
}

var cities = []city{
	{name: "Leipzig", country: "DE", zone: "Europe/Berlin", lat: 51.34, lon: 12.37, phone: "49341"},
	{name: "Lisbon", country: "PT", zone: "Europe/Lisbon", lat: 38.72, lon: -9.14, phone: "35121"},
	{name: "Pune", country: "IN", zone: "Asia/Kolkata", lat: 18.52, lon: 73.86, phone: "9120"},
	{name: "Austin", country: "US", zone: "America/Chicago", lat: 30.27, lon: -97.74, phone: "1512"},
	{name: "Toronto", country: "CA", zone: "America/Toronto", lat: 43.65, lon: -79.38, phone: "1416"},
	{name: "Dublin", country: "IE", zone: "Europe/Dublin", lat: 53.35, lon: -6.26, phone: "3531"},
	{name: "São Paulo", country: "BR", zone: "America/Sao_Paulo", lat: -23.55, lon: -46.63, phone: "5511"},
	{name: "Singapore", country: "SG", zone: "Asia/Singapore", lat: 1.35, lon: 103.82, phone: "65"},
	{name: "Kraków", country: "PL", zone: "Europe/Warsaw", lat: 50.06, lon: 19.94, phone: "4812"},
	{name: "Nairobi", country: "KE", zone: "Africa/Nairobi", lat: -1.29, lon: 36.82, phone: "25420"},
	{name: "Melbourne", country: "AU", zone: "Australia/Melbourne", lat: -37.81, lon: 144.96, phone: "613"},
	{name: "Osaka", country: "JP", zone: "Asia/Tokyo", lat: 34.69, lon: 135.50, phone: "816"},
	{name: "Denver", country: "US", zone: "America/Denver", lat: 39.74, lon: -104.99, phone: "1303"},
	{name: "Lyon", country: "FR", zone: "Europe/Paris", lat: 45.76, lon: 4.84, phone: "334"},
	{name: "Boston", country: "US", zone: "America/New_York", lat: 42.36, lon: -71.06, phone: "1617"},
}

// dataCentre is one of Zoom's, spelled as on the wire.
type dataCentre struct {
	name     string
	lat, lon float64
	address  netip.Addr // what clients see as destination
	burdens  burdens    // what is wrong there now
}

func newDataCentres() []*dataCentre {
	list := []*dataCentre{
		{name: "EU (Frankfurt)", lat: 50.11, lon: 8.68},
		{name: "Netherlands (Amsterdam)", lat: 52.37, lon: 4.90},
		{name: "US (Virginia)", lat: 39.04, lon: -77.49},
		{name: "US (San Jose)", lat: 37.34, lon: -121.89},
		{name: "India (Mumbai)", lat: 19.08, lon: 72.88},
		{name: "Singapore (Singapore)", lat: 1.29, lon: 103.85},
		{name: "Brazil (São Paulo)", lat: -23.55, lon: -46.63},
		{name: "Japan (Tokyo)", lat: 35.68, lon: 139.69},
		{name: "Australia (Sydney)", lat: -33.87, lon: 151.21},
	}
	for i, dc := range list {
		dc.address = netip.AddrFrom4([4]byte{192, 0, 2, byte(128 + 8*i)})
	}
	return list
}

// isp is one provider in one country; its trouble reaches the homes and the sites that it connects.
type isp struct {
	name, country string
	v4            netip.Prefix // 198.18.0.0/16 is nobody's (RFC 2544): documentation has too few addresses
	v6            netip.Prefix
	noise         shared
	calm          hop     // what those have whom no trouble reaches, either way
	spells        []spell // the troubles that are going on
	customers     int
}

func newISPs(seed uint64) []*isp {
	names := []struct{ name, country string }{
		{"Elbnetz", "DE"}, {"Pleißenkabel", "DE"}, {"Tejo Fibra", "PT"}, {"Sahyadri Broadband", "IN"}, {"Deccan Cable", "IN"},
		{"Lone Prairie Cable", "US"}, {"Bluebonnet Fiber", "US"}, {"Lakeshore Telecom", "CA"}, {"Liffey Broadband", "IE"},
		{"Rede Paulista", "BR"}, {"Straits Fibre", "SG"}, {"Wisła Net", "PL"}, {"Savanna Link", "KE"}, {"Yarra Networks", "AU"},
		{"Naniwa Hikari", "JP"}, {"Rhône Télécom", "FR"},
	}
	list := make([]*isp, len(names))
	for i, n := range names {
		list[i] = &isp{
			name: n.name, country: n.country,
			v4: netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(16 * i)}), 20),
			v6: netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(0x80 + i)}), 40),
		}
		list[i].noise.rng = newRand(seed, "isp", i)
	}
	return list
}

// customer returns a new customer's public IPv4 and IPv6 network. Neighbours in number are none in address: every /24 and
// every /48 holds few of a company's people. Beyond 4,000 customers, several share an IPv4 address behind a translator.
func (p *isp) customer() (v4, v6 netip.Addr) {
	n := p.customers
	p.customers++
	a4 := p.v4.Addr().As4()
	a4[2] += byte(n % 16)
	a4[3] = byte(1 + n/16%254)
	a6 := p.v6.Addr().As16()
	a6[5], a6[6], a6[7] = byte(n), byte(n>>8), byte(n>>16) // a /64 of one's own
	a6[15] = 0x10
	return netip.AddrFrom4(a4), netip.AddrFrom16(a6)
}

// site is an office, or the pool of the VPN concentrator.
type site struct {
	index    int
	name     string
	city     *city
	isp      *isp
	linkMbps float64
	vpn      bool
	outpost  bool         // of three people
	internal netip.Prefix // 10.x/16
	public4  netip.Prefix
	public6  netip.Prefix
	up, down link
	points   []*accessPoint
	staff    int
	nextHost [subnetCount]int
	burdens  burdens // the troubles here, now
}

// subnet is one internal network of a site.
type subnet int

const (
	wiredNet subnet = iota
	wifiNet
	roomNet
	guestNet
	subnetCount
)

var subnetNames = [subnetCount]string{"wired", "wifi", "rooms", "guests"}

func (s *site) subnet(n subnet) netip.Prefix {
	a := s.internal.Addr().As4()
	switch n {
	case wiredNet:
		return netip.PrefixFrom(netip.AddrFrom4(a), 20)
	case wifiNet:
		a[2] = 16
		return netip.PrefixFrom(netip.AddrFrom4(a), 20)
	case roomNet:
		a[2] = 32
		return netip.PrefixFrom(netip.AddrFrom4(a), 24)
	}
	a[2] = 36
	return netip.PrefixFrom(netip.AddrFrom4(a), 22)
}

// host returns the next free address of a subnet; a full subnet starts again.
func (s *site) host(n subnet) netip.Addr {
	p := s.subnet(n)
	size := 1<<(32-p.Bits()) - 20
	k := 10 + s.nextHost[n]%size
	s.nextHost[n]++
	a := p.Addr().As4()
	a[2] += byte(k >> 8)
	a[3] = byte(k)
	return netip.AddrFrom4(a)
}

// egress is the public address of everybody at the site.
func (s *site) egress() netip.Addr { return s.public4.Addr().Next() }

// home is a household: one line, one Wi-Fi, one or two callers.
type home struct {
	city     *city
	isp      *isp
	public4  netip.Addr
	public6  netip.Addr // not valid: the line has no IPv6
	access   float64    // ms of round trip that the access technology costs
	up, down link
	point    accessPoint
	noisy    float64 // loss of a bad line, 0 for most
	noise    shared
	members  int
}

// shared is the slowly moving state of something that many people cross.
type shared struct {
	rng  *rand.Rand
	x    float64 // autoregressive state
	tick int64
}

// officeSites returns how many offices a company of that many people has here.
func officeSites(people int) int { return int(clamp(float64(people)/60, 3, float64(len(cities)))) }

// newSites makes the offices, and last the VPN pool.
func newSites(seed uint64, people, outposts int, cities []city, isps []*isp) []*site {
	n := officeSites(people)
	r := newRand(seed, "sites", 0)
	sites := make([]*site, 0, n+1)
	for i := range n {
		s := &site{
			index: i, city: &cities[i], isp: pick(r, ispsOf(isps, cities[i].country)),
			internal: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(20 + i), 0, 0}), 16),
			public4:  netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(16 * i)}), 28),
			public6:  netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0x01, byte(i)}), 48),
		}
		s.name = s.city.name + " office"
		if i == 0 {
			s.name = s.city.name + " headquarters"
		}
		sites = append(sites, s)
	}
	for i := range outposts {
		c := &cities[(i*2+1)%n]
		sites = append(sites, &site{
			index: n + i, name: fmt.Sprintf("%s studio %d", c.name, i+1), city: c, isp: pick(r, ispsOf(isps, c.country)), outpost: true,
			internal: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(60 + i), 0, 0}), 16),
			public4:  netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(32 + 8*i)}), 29),
			public6:  netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0x02, byte(i)}), 48),
		})
	}
	vpn := &site{
		index: n + outposts, name: "VPN " + cities[0].name, city: &cities[0], isp: sites[0].isp, vpn: true,
		internal: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 250, 0, 0}), 16),
		public4:  netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, 0}), 27),
	}
	return append(sites, vpn)
}

func ispsOf(all []*isp, country string) []*isp {
	var list []*isp
	for _, p := range all {
		if p.country == country {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		panic(fmt.Sprintf("emulator: no ISP in %s", country)) // the tables above belong together
	}
	return list
}

// equip gives a site its line and access points, once it is known how many people work there.
func (s *site) equip(seed uint64) {
	r := newRand(seed, "site", s.index)
	s.linkMbps = roundMbps(max(20, float64(s.staff)*between(r, 1.5, 4)))
	buffer := 40.0
	if chance(r, 0.7) {
		buffer = 12 // active queue management
	}
	s.up = newLink(newRand(seed, "site-up", s.index), s.linkMbps, buffer, between(r, 0.10, 0.22), 0.02)
	s.down = newLink(newRand(seed, "site-down", s.index), s.linkMbps, buffer, between(r, 0.15, 0.32), 0.02)
	for i := range max(1, s.staff/20) {
		a := newAccessPoint(newRand(seed, "ap", s.index<<12|i), false, false)
		a.name = fmt.Sprintf("%s ap %d", s.name, i+1)
		s.points = append(s.points, a)
	}
}

// roundMbps makes a figure that a provider would sell.
func roundMbps(x float64) float64 {
	for _, v := range []float64{20, 50, 100, 200, 300, 500, 1000, 2000} {
		if x <= v {
			return v
		}
	}
	return 5000
}

// newHome makes one of the usual kinds of line.
func newHome(r *rand.Rand, seed uint64, index int, c *city, p *isp) *home {
	kinds := []struct{ access, up, down, bufUp, bufDown, baseUp, baseDown, bulkUp, bulkDown, aqm float64 }{
		{4, 200, 500, 40, 30, .02, .04, .5, .1, .4},   // fibre
		{12, 20, 300, 150, 60, .06, .06, .8, .25, .3}, // cable
		{20, 5, 50, 250, 100, .12, .15, .8, .3, .3},   // DSL
		{30, 15, 100, 200, 120, .10, .15, .7, .25, 0}, // fixed wireless
	}
	k := kinds[weighted(r, 35, 47, 12, 6)]
	h := &home{city: c, isp: p, access: k.access, noise: shared{rng: newRand(seed, "home-noise", index)}}
	if chance(r, k.aqm) {
		k.bufUp, k.bufDown = 12, 12
	}
	h.up = newLink(newRand(seed, "home-up", index), k.up, k.bufUp, k.baseUp, k.bulkUp)
	h.down = newLink(newRand(seed, "home-down", index), k.down, k.bufDown, k.baseDown, k.bulkDown)
	h.public4, h.public6 = p.customer()
	if chance(r, 0.5) {
		h.public6 = netip.Addr{}
	}
	if chance(r, 0.06) {
		h.noisy = 0.004
	}
	return h
}

// distanceKm is the great-circle distance.
func distanceKm(lat1, lon1, lat2, lon2 float64) float64 {
	const rad = math.Pi / 180
	a := math.Pow(math.Sin((lat2-lat1)*rad/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin((lon2-lon1)*rad/2), 2)
	return 2 * 6371 * math.Asin(min(1, math.Sqrt(a)))
}

// roundTripMs is what distance alone costs: fibres take detours of about a third.
func roundTripMs(km float64) float64 { return 4 + 2*km*1.35/200 }

func nearest(list []*dataCentre, lat, lon float64) *dataCentre {
	best, least := list[0], math.Inf(1)
	for _, dc := range list {
		if d := distanceKm(lat, lon, dc.lat, dc.lon); d < least {
			best, least = dc, d
		}
	}
	return best
}
