package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	domain "github.com/earshot/earshot"
)

// office is a made-up company: people with a place, a computer and a team, and what they meet for. The same seed gives the same
// company and the same days. It makes rows, not events: filling a store with a month through the whole path would take a day.
type office struct {
	r       *rand.Rand
	account domain.ID
	sites   []domain.Site
	people  []worker
	guests  []domain.Person
	teams   [][]int // of people
	series  []domain.Series
	until   domain.Instant // nothing is told of after that
}

// worker is one of the people.
type worker struct {
	domain.Person
	dims   domain.Dimensions
	device domain.DeviceSnapshot
	weak   float64 // how often a join of theirs has a bad spell
}

const (
	offices  = 40
	teamSize = 8
	homes    = 0.45 // of the people
)

// newOffice makes a company of so many people up.
func newOffice(people int, seed uint64, until domain.Instant) *office {
	o := &office{r: rand.New(rand.NewPCG(seed, 7)), account: madeID(seed, 1), until: until}
	for i := range offices {
		o.sites = append(o.sites, domain.Site{
			ID: madeID(seed, 2, i), Name: fmt.Sprintf("%s, building %d", choose(i, cities), 1+i/len(cities)), Ranges: []string{fmt.Sprintf("10.%d.0.0/16", i+1)},
			Zone: "Europe/Berlin", ISP: choose(i, carriers), LinkMbps: float64(200 * (1 + i%5)),
		})
	}
	for i := range people {
		o.people = append(o.people, o.worker(seed, i))
	}
	for i := range people / 4 {
		o.guests = append(o.guests, domain.Person{
			ID: madeID(seed, 3, i), Account: o.account, KeyKind: domain.PersonByNameDevice, Name: personName(i*7+3) + " (guest)",
		})
	}
	for i := 0; i < people; i += teamSize {
		var team []int
		for k := i; k < min(i+teamSize, people); k++ {
			team = append(team, k)
		}
		o.teams = append(o.teams, team)
		o.series = append(o.series, domain.Series{
			ID: madeID(seed, 4, i), Account: o.account, Number: fmt.Sprint(81_000_000_000 + uint64(i)*7919), Topic: choose(i/teamSize, topics) + " standup",
		})
	}
	return o
}

func (o *office) worker(seed uint64, i int) worker {
	r := o.r
	name := personName(i)
	w := worker{Person: domain.Person{
		ID: madeID(seed, 5, i), Account: o.account, KeyKind: domain.PersonByZoomUser, ZoomUserID: fmt.Sprintf("u%021d", madeID(seed, 6, i)), Name: name,
		Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + fmt.Sprintf("%d@example.com", i),
	}}
	office := (i / teamSize) % offices
	site := &o.sites[office]
	w.dims = domain.Dimensions{
		Site: site.ID, NetworkType: "Wired", DataCenter: choose(office, centers), ClientVersion: choose(r.IntN(len(versions)), versions),
		DeviceClass: choose(r.IntN(5), []string{"Windows", "Windows", "Windows", "Mac", "iOS"}), ISP: site.ISP, Transport: "UDP",
	}
	w.device = domain.DeviceSnapshot{
		Device: w.dims.DeviceClass, Client: "Zoom Workplace", ClientVersion: w.dims.ClientVersion, ConnectionType: "UDP", DataCenter: w.dims.DataCenter,
		Location: site.Name, Microphone: "Headset", Speaker: "Headset", Camera: "Integrated camera", PCName: fmt.Sprintf("PC-%05d", i),
		MAC: fmt.Sprintf("02:00:5e:%02x:%02x:%02x", i>>16&255, i>>8&255, i&255), PublicIP: fmt.Sprintf("198.51.100.%d", office+1),
		InternalIP: fmt.Sprintf("10.%d.%d.%d", office+1, i>>8&255, i&255),
	}
	if r.Float64() < homes {
		home := domain.Site{ID: madeID(seed, 8, i/3), Name: fmt.Sprintf("81.%d.%d.0/24", i/3>>8&255, i/3&255), Derived: true, ISP: choose(r.IntN(len(carriers)), carriers)}
		home.Ranges = []string{home.Name}
		if i%3 == 0 || len(o.sites) == offices || o.sites[len(o.sites)-1].ID != home.ID {
			o.sites = append(o.sites, home)
		}
		w.dims.Site, w.dims.ISP = home.ID, home.ISP
		w.device.PublicIP, w.device.InternalIP, w.device.Location = fmt.Sprintf("81.%d.%d.%d", i/3>>8&255, i/3&255, 10+i%3), "192.168.1.20", ""
	}
	if r.Float64() < 0.55 {
		w.dims.NetworkType = "Wifi"
	}
	if r.Float64() < 0.03 {
		w.dims.Transport = "TCP"
	}
	w.device.NetworkType = w.dims.NetworkType
	w.weak = 0.04
	if r.Float64() < 0.08 {
		w.weak = 0.4
	}
	return w
}

// gathering is one meeting of a day, and who was in it when.
type gathering struct {
	domain.Meeting
	joins []join
}

// join is one segment and how it went.
type join struct {
	domain.Segment
	who  *worker // nil for a guest, of whom Zoom reports nothing
	from int     // minutes from the day's start
	to   int
	// A spell of trouble, in minutes from the day's start; none when it is empty.
	bad, calm int
	grade     domain.Grade
	cause     domain.Cause
	idle      bool
}

// day makes a working day up: a standup of each team, and smaller and larger meetings, most of them in the mornings and afternoons.
func (o *office) day(start domain.Instant) []gathering {
	var all []gathering
	for t, team := range o.teams {
		all = append(all, o.gather(start, 7*60+30+15*(t%8), 15, &o.series[t], team))
	}
	for range len(o.people) * 11 / 20 {
		minutes := []int{25, 25, 50, 50, 80}[o.r.IntN(5)]
		team := o.teams[o.r.IntN(len(o.teams))]
		some := slices.Clone(team[:min(len(team), 2+o.r.IntN(5))])
		for range o.r.IntN(3) {
			some = append(some, o.r.IntN(len(o.people)))
		}
		all = append(all, o.gather(start, 8*60+15*o.r.IntN(36), minutes, o.occasion(), some))
	}
	for range max(1, len(o.people)/500) {
		first := o.r.IntN(len(o.people))
		var many []int
		for k := range min(60, len(o.people)) {
			many = append(many, (first+k)%len(o.people))
		}
		all = append(all, o.gather(start, 9*60+60*o.r.IntN(7), 55, o.occasion(), many))
	}
	all = slices.DeleteFunc(all, func(g gathering) bool { return len(g.joins) == 0 })
	slices.SortFunc(all, func(a, b gathering) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
	return all
}

// occasion is a series that meets once.
func (o *office) occasion() *domain.Series {
	n := o.r.Uint64N(1_000_000_000)
	return &domain.Series{ID: domain.ID(o.r.Uint64() | 1), Account: o.account, Number: fmt.Sprint(92_000_000_000 + n), Topic: choose(int(n), topics) + " " + choose(int(n>>8), kinds)}
}

func (o *office) gather(day domain.Instant, at, minutes int, s *domain.Series, people []int) gathering {
	start := day.Add(time.Duration(at) * time.Minute)
	g := gathering{Meeting: domain.Meeting{
		ID: domain.ID(o.r.Uint64() | 1), Account: o.account, UUID: fmt.Sprintf("%016x%08x==", o.r.Uint64(), o.r.Uint32()), Kind: domain.KindMeeting,
		Series: s.ID, Number: s.Number, Topic: s.Topic, HostID: o.people[people[0]].ZoomUserID, Start: start, FirstSeen: start,
	}}
	if start >= o.until {
		return g
	}
	g.End = start.Add(time.Duration(minutes)*time.Minute + 20*time.Second)
	g.LastSeen = g.End
	if g.End > o.until {
		g.End, g.LastSeen = 0, o.until
	}
	slices.Sort(people)
	for k, i := range slices.Compact(people) {
		late, early := o.r.IntN(3), o.r.IntN(2)
		if o.r.IntN(12) == 0 {
			late = o.r.IntN(max(1, minutes/2))
		}
		g.join(o, day, k, &o.people[i], at+late, at+minutes-early)
	}
	if o.r.IntN(3) == 0 {
		g.guest(o, len(people), at, at+minutes)
	}
	return g
}

func (g *gathering) segment(o *office, day domain.Instant, n, from, to int) domain.Segment {
	s := domain.Segment{
		ID: domain.ID(o.r.Uint64() | 1), Meeting: g.ID, Account: o.account, InMeetingID: fmt.Sprint(16_778_240 + 1024*n),
		Join: day.Add(time.Duration(from)*time.Minute + time.Duration(o.r.IntN(50))*time.Second), Leave: day.Add(time.Duration(to) * time.Minute), LeaveReason: "left the meeting",
	}
	if s.Leave > o.until {
		s.Leave, s.LeaveReason = 0, ""
	}
	return s
}

func (g *gathering) join(o *office, day domain.Instant, n int, w *worker, from, to int) {
	j := join{Segment: g.segment(o, day, n, from, to), who: w, from: from, to: to, grade: domain.Good, idle: o.r.IntN(25) == 0}
	if j.Join >= o.until {
		return
	}
	j.Person, j.Name = w.ID, w.Name
	j.FirstReport, j.LastReport = j.Join, cmp.Or(j.Leave, o.until)
	d := w.device
	d.At = j.Join
	j.Devices = []domain.DeviceSnapshot{d}
	if o.r.Float64() < w.weak {
		j.bad = from + o.r.IntN(max(1, to-from))
		j.calm = j.bad + 1 + o.r.IntN(20)
		j.grade = domain.Fair + domain.Grade(o.r.IntN(3))
		j.cause = domain.CauseUnknown
		switch {
		case o.r.IntN(3) == 0:
		case w.dims.NetworkType == "Wifi":
			j.cause = domain.CauseWifi
		default:
			j.cause = domain.CauseDevice + domain.Cause(o.r.IntN(7))
		}
	}
	g.joins = append(g.joins, j)
}

func (g *gathering) guest(o *office, n, from, to int) {
	p := &o.guests[o.r.IntN(len(o.guests))]
	j := join{Segment: g.segment(o, g.Start.Add(-time.Duration(from)*time.Minute), n, from, to), from: from, to: to}
	j.Person, j.Name, j.External = p.ID, p.Name, true
	g.joins = append(g.joins, j)
}

var (
	cities   = []string{"Berlin", "Lisbon", "Denver", "Osaka", "Leeds", "Lyon", "Porto", "Graz", "Turin", "Ghent"}
	carriers = []string{"Example Telecom", "Sample Net", "Campus", "Fibre Works", "Cable Co"}
	centers  = []string{"Frankfurt", "Amsterdam", "New York", "Denver", "Tokyo"}
	versions = []string{"6.2.5 (3612)", "6.2.3 (3521)", "6.3.0 (4102)", "6.1.10 (3210)", "5.17.11 (2834)"}
	topics   = []string{"Platform", "Sales", "Payroll", "Design", "Support", "Network", "Legal", "Hiring", "Budget", "Road map", "Quality", "Warehouse"}
	kinds    = []string{"weekly", "review", "planning", "1:1", "kick-off", "with customer", "interview"}
	given    = []string{"Ada", "Bela", "Carla", "Dario", "Edda", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kim", "Lena", "Marta", "Nuno", "Olga", "Pavel", "Rosa", "Sven", "Tara", "Uwe"}
	family   = []string{"Alder", "Birch", "Cedar", "Dorn", "Elm", "Fern", "Ginster", "Hazel", "Ivy", "Juniper", "Kerr", "Linde", "Maple", "Nettle", "Oak", "Pine", "Quince", "Rowan", "Sorrel", "Thorn", "Ulm", "Vine", "Willow", "Yew"}
)

func choose(i int, of []string) string { return of[i%len(of)] }

func personName(i int) string {
	return choose(i, given) + " " + choose(i/len(given), family)
}

// madeID mixes numbers into an id that looks like a keyed hash; never 0.
func madeID(seed uint64, parts ...int) domain.ID {
	h := seed ^ 0x9e3779b97f4a7c15
	for _, p := range parts {
		h = (h ^ uint64(p)) * 0xbf58476d1ce4e5b9
		h ^= h >> 29
		h = h * 0x94d049bb133111eb
		h ^= h >> 32
	}
	return domain.ID(h | 1)
}
