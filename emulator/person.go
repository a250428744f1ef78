package emulator

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
)

// role is how a person takes part.
type role uint8

const (
	staff     role = iota // signed in, one of ours
	guest                 // from outside: no identifiers on the wire
	room                  // H.323/SIP room system over the Cloud Room Connector
	customer              // Video SDK user of an app
	telephone             // a telephone leg, somebody's audio or a dial-in guest's
)

// access is how somebody's computer reaches their line.
type access uint8

const (
	wired access = iota
	wifi5
	wifi2
	cellular
)

var networkTypes = [...]string{"Wired", "Wifi", "Wifi", "Cellular"}

// computer is what somebody joins with.
type computer struct {
	device      string // as *_data spells it
	factor      float64
	web         bool   // a browser: other wire types, no RSSI, pressure levels instead
	crc         bool   // H.323/SIP
	detail      string // device_detail of summaries
	client      string
	version     string
	microphone  string
	speaker     string
	camera      string
	pcName      string
	mac, disk   string
	hd          bool
	ownJitterMs float64
}

// person is somebody, or a room, with a place to be and things to use.
type person struct {
	index              int
	role               role
	account            *account
	name, email        string
	userID             string
	customerKey        string
	extension          int
	phone              string
	city               *city
	office             *site // nil: at home or on the move
	home               *home // nil: in an office or on the move
	provider           *isp  // of the line, or of the mobile network
	vpn                *site // nil, or the pool that the media goes through
	access             access
	point              *accessPoint
	rssiMean           float64
	mover              bool
	mobile             mobile
	public             netip.Addr
	internal           netip.Addr
	computer           computer
	tcp                bool // UDP is blocked where this person is
	reported           bool // Zoom sends QoS about them
	talkative          float64
	muteAt             float64 // 0 to 1: how large a meeting it takes until they mute when not talking
	likesCamera        bool
	busy               bool // in a meeting or on the phone
	rng                *rand.Rand
	load               float64 // log of the other programs' CPU use, autoregressive
	spike              float64 // seconds left of a scan or compilation
	radio, dip, dipFor float64
	trouble            personalTrouble
	blip               blip
	hidden             hidden
	moves              *mover // nil: stays where they are
}

// personalTrouble is the strength of the troubles that hit one person now.
type personalTrouble struct {
	wifi, cpu, uplink, headset, camera, version, detour, blocked float64
	via                                                          *site // of the detour
}

// mobile is the state of a cellular connection.
type mobile struct{ x, edge float64 }

// account is a Zoom account; sub-accounts report to the same endpoint.
type account struct {
	id, domain, company string
	nextExtension       int
}

// population is everybody and everything that is there before the first meeting.
type population struct {
	accounts  []*account
	isps      []*isp
	centres   []*dataCentre
	sites     []*site // offices, the VPN pool last
	homes     []*home
	people    []*person // staff
	guests    []*person
	rooms     []*person
	customers []*person
	movers    []*mover
	locals    map[*city]*locals
	emails    map[string]int
	seed      uint64
}

func newPopulation(seed uint64, people int, life *Life) *population {
	p := &population{
		seed: seed, isps: newISPs(seed), centres: newDataCentres(), emails: map[string]int{}, locals: map[*city]*locals{},
	}
	all := make([]city, len(cities))
	copy(all, cities)
	for i := range all {
		all[i].loc = mustZone(all[i].zone)
	}
	p.sites = newSites(seed, people, life.Outposts, all, p.isps)
	r := newRand(seed, "accounts", 0)
	p.accounts = []*account{
		{id: zoomUserID(r), domain: "example.com", company: "Example", nextExtension: 2000},
		{id: zoomUserID(r), domain: "labs.example.net", company: "Example Labs", nextExtension: 7000},
	}
	for i := range people {
		p.people = append(p.people, p.newStaff(i, people))
	}
	for i := range people/6 + 4 {
		p.guests = append(p.guests, p.newGuest(i))
	}
	for i := range people/25 + 2 {
		p.customers = append(p.customers, p.newCustomer(i))
	}
	vpn := p.sites[len(p.sites)-1]
	for _, s := range p.sites {
		if !s.vpn {
			s.equip(seed)
		}
	}
	vpn.linkMbps = roundMbps(max(100, float64(people)*0.8))
	vpn.up = newLink(newRand(seed, "vpn-up", 0), vpn.linkMbps, 60, .4, .05)
	vpn.down = newLink(newRand(seed, "vpn-down", 0), vpn.linkMbps, 60, .5, .05)
	for _, q := range p.people {
		if q.office != nil {
			p.seat(q)
		}
	}
	for i := range people/60 + 2 {
		p.rooms = append(p.rooms, p.newRoom(i))
	}
	p.untidy(life)
	for _, s := range p.sites {
		p.locals[s.city] = &locals{}
	}
	for _, q := range p.people {
		p.locals[q.city].staff = append(p.locals[q.city].staff, q)
	}
	for _, q := range p.guests {
		p.locals[q.city].guests = append(p.locals[q.city].guests, q)
	}
	return p
}

// locals are the people of one city.
type locals struct{ staff, guests []*person }

// from returns the people of a city, or everybody for nil.
func (p *population) from(c *city) *locals {
	if c == nil {
		return &locals{staff: p.people, guests: p.guests}
	}
	return p.locals[c]
}

// newStaff makes one of ours: 45 in 100 at an office, 50 at home, 5 on the move.
func (p *population) newStaff(i, people int) *person {
	r := newRand(p.seed, "person", i)
	q := &person{index: i, role: staff, rng: r, reported: true, account: p.accounts[0]}
	if chance(r, 0.18) {
		q.account = p.accounts[1]
	}
	p.nameAndKeys(q)
	offices, outposts := p.offices()
	s := offices[weighted(r, siteWeights(len(offices))...)]
	outpost := outpostOf(outposts, i, people)
	if outpost != nil {
		s = outpost
	}
	q.city = s.city
	q.extension = q.account.nextExtension
	q.account.nextExtension++
	q.phone = fmt.Sprintf("+%s555%05d", q.city.phone, i%100_000)
	q.computer = newComputer(r, i)
	where := weighted(r, 45, 50, 5)
	if outpost != nil {
		where = 0
	}
	switch where {
	case 0:
		q.office = s
		s.staff++
		q.access = access(weighted(r, 30, 65, 5))
		if q.computer.device == "iOS" || q.computer.device == "Android" {
			q.access = wifi5
		}
	case 1:
		p.settleHome(q, r)
		if chance(r, 0.125) {
			q.vpn = p.sites[len(p.sites)-1]
		}
	default:
		p.onTheMove(q, r)
	}
	p.habits(q, r)
	return q
}

// offices returns the ordinary ones and the outposts.
func (p *population) offices() (offices, outposts []*site) {
	for _, s := range p.sites[:len(p.sites)-1] {
		if s.outpost {
			outposts = append(outposts, s)
		} else {
			offices = append(offices, s)
		}
	}
	return offices, outposts
}

// outpostOf returns the outpost where the i-th of the staff works, nil for nearly all: three each.
func outpostOf(outposts []*site, i, people int) *site {
	for k := range 3 * len(outposts) {
		if i == (k+1)*people/(3*len(outposts)+1) {
			return outposts[k/3]
		}
	}
	return nil
}

// siteWeights gives the headquarters a third of the staff.
func siteWeights(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 / (1 + float64(i)*0.6)
	}
	return w
}

func (p *population) nameAndKeys(q *person) {
	name, local := fullName(q.rng)
	p.emails[local]++
	if n := p.emails[local]; n > 1 {
		local = fmt.Sprintf("%s%d", local, n)
	}
	q.name, q.email = name, local+"@"+q.account.domain
	q.userID = zoomUserID(q.rng)
	if chance(q.rng, 0.3) {
		q.customerKey = fmt.Sprintf("emp-%d", 40_000+q.index)
	}
}

// settleHome gives a person a line; one in twenty shares it with the one before.
func (p *population) settleHome(q *person, r *rand.Rand) {
	share := chance(r, 0.05)
	if n := len(p.homes); share && n > 0 && p.homes[n-1].members < 2 && p.homes[n-1].city == q.city {
		q.home = p.homes[n-1]
	} else {
		h := newHome(r, p.seed, len(p.homes), q.city, pick(r, ispsOf(p.isps, q.city.country)))
		h.point = *newAccessPoint(newRand(p.seed, "home-air", len(p.homes)), chance(r, 0.25), true)
		p.homes = append(p.homes, h)
		q.home = h
	}
	q.home.members++
	q.provider = q.home.isp
	q.point = &q.home.point
	q.access = wifi5
	if chance(r, 0.2) && q.computer.device != "iOS" && q.computer.device != "Android" {
		q.access = wired
	} else if q.home.point.ghz2 {
		q.access = wifi2
	}
	q.public = q.home.public4
	if q.home.public6.IsValid() {
		q.public = q.home.public6
	}
	q.internal = netip.AddrFrom4([4]byte{192, 168, byte(1 + r.IntN(3)), byte(20 + r.IntN(180))})
}

func (p *population) onTheMove(q *person, r *rand.Rand) {
	q.access, q.mover = cellular, true
	q.provider = pick(r, ispsOf(p.isps, q.city.country))
	q.mobile.edge = 1
	if chance(r, 0.15) {
		q.mobile.edge = 4
	}
	q.public, _ = q.provider.customer()
	q.internal = netip.AddrFrom4([4]byte{10, 200, byte(r.IntN(250)), byte(2 + r.IntN(250))})
}

// seat gives somebody in an office a desk: an address, and an access point where there is no cable.
func (p *population) seat(q *person) {
	s := q.office
	q.provider = s.isp
	q.public = s.egress()
	if chance(q.rng, .15) {
		a := s.public6.Addr().As16()
		a[7], a[14], a[15] = byte(wiredNet), byte(q.index>>8), byte(q.index)
		q.public = netip.AddrFrom16(a)
	}
	q.internal = s.host(wiredNet)
	if q.access != wired {
		q.internal = s.host(wifiNet)
		q.point = pick(q.rng, s.points)
	}
}

// habits are what a person does in meetings, and how good their radio is.
func (p *population) habits(q *person, r *rand.Rand) {
	q.rssiMean = -58 + 6*r.NormFloat64()
	worse := 0.03
	if q.home != nil {
		worse = 0.12
	}
	if chance(r, worse) {
		q.rssiMean -= 11
	}
	q.rssiMean = clamp(q.rssiMean, -78, -38)
	q.talkative = lognormal(r, 1, .8)
	q.muteAt = r.Float64()
	q.likesCamera = chance(r, 0.5)
	q.load = r.NormFloat64()
	q.radio = 3 * r.NormFloat64()
	q.tcp = chance(r, 0.015)
}

func (p *population) newGuest(i int) *person {
	r := newRand(p.seed, "guest", i)
	q := &person{index: i, role: guest, rng: r, account: p.accounts[0], reported: chance(r, 0.55)}
	q.name, _ = fullName(r)
	if chance(r, 0.3) {
		q.name += pick(r, []string{" (Northwind)", " | Contoso", " - Fabrikam", " (extern)"})
	}
	q.city = p.sites[r.IntN(len(p.sites)-1)].city
	q.computer = newComputer(r, 500_000+i)
	q.computer.pcName, q.computer.mac, q.computer.disk = "", "", "" // hidden outside the own account
	q.computer.microphone, q.computer.speaker, q.computer.camera = "", "", ""
	p.settleHome(q, r)
	p.habits(q, r)
	return q
}

func (p *population) newCustomer(i int) *person {
	r := newRand(p.seed, "customer", i)
	q := &person{index: i, role: customer, rng: r, account: p.accounts[1], reported: true}
	q.name, _ = fullName(r)
	q.customerKey = fmt.Sprintf("client-%d", 100+i)
	if i%4 == 0 {
		q.name = "Dr. " + q.name[strings.LastIndexByte(q.name, ' ')+1:]
		q.customerKey = fmt.Sprintf("doc-%d", 10+i)
	}
	q.city = p.sites[r.IntN(len(p.sites)-1)].city
	q.computer = newComputer(r, 700_000+i)
	q.computer.detail, q.computer.client = "GoogleChrome 143", "Web video sdk 2.3.5"
	p.settleHome(q, r)
	p.habits(q, r)
	return q
}

func (p *population) newRoom(i int) *person {
	r := newRand(p.seed, "room", i)
	s := p.sites[i%(len(p.sites)-1)]
	q := &person{index: i, role: room, rng: r, account: p.accounts[0], reported: true, city: s.city, office: s, provider: s.isp}
	q.name = fmt.Sprintf("%s %d.%02d", s.city.name, 1+r.IntN(6), 1+r.IntN(20))
	q.public, q.internal = s.egress(), s.host(roomNet)
	q.computer = computer{
		device: "H.323/SIP", factor: .6, crc: true, version: "4.11.2", microphone: "Ceiling microphone", speaker: "Room speakers",
		camera: "PTZ camera", hd: true, ownJitterMs: 1.2,
	}
	p.habits(q, r)
	q.likesCamera, q.muteAt, q.tcp = true, 0, false
	return q
}

// newComputer draws a device, its client and what is plugged into it.
func newComputer(r *rand.Rand, index int) computer {
	c := computer{hd: chance(r, 0.35), ownJitterMs: 1.8 * lognormal(r, 1, .4)}
	kind := weighted(r, 62, 24, 5, 3, 4)
	c.device = []string{"Windows", "Mac", "iOS", "Android", "Windows"}[kind]
	c.web = kind == 4
	switch kind {
	case 0, 4:
		c.factor = []float64{.8, 1.6, 3}[weighted(r, 70, 25, 5)]
		c.pcName = fmt.Sprintf("LAP-%05d", (40_000+index*7)%100_000)
		c.mac = fmt.Sprintf("02:5E:53:%02X:%02X:%02X", index>>16&0xff, index>>8&0xff, index&0xff) // locally administered: nobody's
		c.disk = fmt.Sprintf("S4X9N%03XF", index&0xfff)
	case 1:
		c.factor = .5
		c.pcName = fmt.Sprintf("mbp-%04d", index%10_000)
	default:
		c.factor = 1.2
		c.hd = false
	}
	c.version = clientVersions[weighted(r, 45, 25, 12, 8, 5, 3, 2)]
	c.sound(r)
	if c.web {
		c.detail, c.client, c.version, c.mac, c.disk, c.pcName = "GoogleChrome 143", "Web Meeting SDK 5.0.2", "5.0.2", "", "", ""
		c.factor *= 1.5
	}
	return c
}

var clientVersions = []string{"6.6.11.23272", "6.6.6.19875", "6.5.10.11916", "6.5.1.6476", "6.4.12.64384", "6.3.5.55526", "5.17.11.34827"}

// sound names the microphone, speaker and camera as the operating system does.
func (c *computer) sound(r *rand.Rand) {
	phone := c.device == "iOS" || c.device == "Android"
	switch {
	case phone:
		c.microphone, c.speaker, c.camera = "iPhone microphone", "Speaker", "Front camera"
		if c.device == "Android" {
			c.microphone = "Microphone"
		}
		return
	case chance(r, 0.33):
		h := pick(r, []string{"Jabra Evolve2 65", "Poly Voyager Focus 2", "EPOS Adapt 660", "Logitech Zone Wired"})
		c.microphone, c.speaker = "Headset Microphone ("+h+")", "Headset Earphone ("+h+")"
	case chance(r, 0.5):
		h := pick(r, []string{"AirPods Pro", "Galaxy Buds2", "WH-1000XM4", "USB Audio"})
		c.microphone, c.speaker = "Headset ("+h+")", "Headphones ("+h+")"
	case c.device == "Mac":
		c.microphone, c.speaker = "MacBook Pro Microphone", "MacBook Pro Speakers"
	default:
		c.microphone, c.speaker = "Microphone Array (Realtek)", "Speakers (Realtek)"
	}
	c.camera = "Integrated Camera"
	if c.device == "Mac" {
		c.camera = "FaceTime HD Camera"
	}
	if chance(r, 0.25) {
		c.camera = pick(r, []string{"Logitech BRIO", "HD Pro Webcam C920", "Jabra PanaCast 20"})
	}
}

// route is what the wire tells about the way of somebody's media, apart from their computer.
type route struct{ tcp, vpn bool }

func (q *person) route() route {
	return route{tcp: q.tcp || q.trouble.blocked > 0, vpn: q.vpn != nil || q.trouble.via != nil}
}

// networkType is what *_data calls the access.
func (q *person) networkType() string { return networkTypes[q.access] }

// onWiFi reports whether Zoom can know a signal strength.
func (q *person) onWiFi() bool { return q.access == wifi5 || q.access == wifi2 }

// addresses are what Zoom sees: through the VPN it sees the concentrator.
func (q *person) addresses() (public, internal netip.Addr) {
	v := q.vpn
	if v == nil {
		v = q.trouble.via
	}
	if v != nil {
		return v.egress(), netip.AddrFrom4([4]byte{10, 250, byte(q.index >> 8), byte(q.index)})
	}
	return q.public, q.internal
}
