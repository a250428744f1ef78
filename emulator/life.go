package emulator

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/earshot/earshot"
)

// Life is how untidy everybody's work is, beside Troubles: what nobody did, and what Zoom does not tell. It makes it hard to
// say why a minute is bad. Whom it concerns depends on the seed and the person alone. The zero Life is tidy. None of it is a
// fault, so nothing of it is in the truth: what is bad because of it is ordinary.
type Life struct {
	// Outposts are offices of three people each, beside the others: 0 to 10. Their names end in "studio".
	Outposts int
	// Movers is the share of the people at offices who go home at midday of their city, and of those at home who come to the
	// office then; the next morning they are where they were. Stale is how long Zoom goes on telling the old network of every
	// other of them; 0 is not at all.
	Movers float64
	Stale  time.Duration
	// Chronic is the share of homes whose line is bad again and again, day after day.
	Chronic float64
	// Blips is how often per hour in meetings one person's connection is bad for a minute or two, for no reason.
	Blips float64
	// NoData is the share of people about whom no data event comes, so that nothing is known of their network and computer;
	// NoCentre of those whose data names no data centre; NoSignal of those on Wi-Fi whose client reports no signal strength;
	// NoCPU of those whose client reports no CPU.
	NoData, NoCentre, NoSignal, NoCPU float64
}

// mostOutposts is how many there are addresses for.
const mostOutposts = 10

func (l *Life) check() error {
	if l.Outposts < 0 || l.Outposts > mostOutposts {
		return fmt.Errorf("life: outposts %d: want 0 to %d", l.Outposts, mostOutposts)
	}
	for _, s := range []struct {
		name  string
		share float64
	}{
		{"movers", l.Movers}, {"chronic", l.Chronic}, {"no-data", l.NoData}, {"no-centre", l.NoCentre}, {"no-signal", l.NoSignal}, {"no-cpu", l.NoCPU},
	} {
		if !(s.share >= 0 && s.share <= 1) {
			return fmt.Errorf("life: %s %v: want 0 to 1", s.name, s.share)
		}
	}
	switch {
	case !(l.Blips >= 0 && l.Blips <= 20):
		return fmt.Errorf("life: blips %v: want 0 to 20 per hour", l.Blips)
	case l.Stale < 0 || l.Stale > 24*time.Hour:
		return fmt.Errorf("life: stale %v: want 0 to 24h", l.Stale)
	}
	return nil
}

// hidden is what Zoom does not tell about somebody.
type hidden struct{ data, centre, signal, cpu bool }

// fraction is a number from [0, 1) for one person and purpose. It draws from nobody's generator.
func (p *population) fraction(q *person, purpose string) float64 {
	return float64(splitmix(p.seed^splitmix(uint64(q.role)<<40|uint64(q.index))^textHash(purpose))>>11) / (1 << 53)
}

// untidy lets life into a population.
func (p *population) untidy(l *Life) {
	for _, list := range [][]*person{p.people, p.guests, p.customers} {
		for _, q := range list {
			q.hidden = hidden{
				data: p.fraction(q, "no data") < l.NoData, centre: p.fraction(q, "no centre") < l.NoCentre,
				signal: p.fraction(q, "no signal") < l.NoSignal, cpu: p.fraction(q, "no cpu") < l.NoCPU,
			}
			if q.home != nil && p.fraction(q, "chronic") < l.Chronic {
				q.home.noisy = .012 + .014*p.fraction(q, "how bad")
			}
		}
	}
	for _, q := range p.people {
		if (q.office != nil || q.home != nil) && q.vpn == nil && p.fraction(q, "moves") < l.Movers {
			p.mover(q, l.Stale)
		}
	}
}

// mover is somebody who changes places at midday.
type mover struct {
	p             *person
	first, second whereabouts
	noon          time.Duration // local time since midnight of the move
	stale         time.Duration
	away          bool            // at the second place now
	until         earshot.Instant // until then, Zoom tells the old place
}

// whereabouts is everything about a person that depends on where they are.
type whereabouts struct {
	office           *site
	home             *home
	provider         *isp
	access           access
	point            *accessPoint
	public, internal netip.Addr
	rssiMean         float64
}

func (q *person) whereabouts() whereabouts {
	return whereabouts{q.office, q.home, q.provider, q.access, q.point, q.public, q.internal, q.rssiMean}
}

func (q *person) settle(w *whereabouts) {
	q.office, q.home, q.provider, q.access, q.point = w.office, w.home, w.provider, w.access, w.point
	q.public, q.internal, q.rssiMean = w.public, w.internal, w.rssiMean
}

// mover gives a person a second place in the same city: a home, or a seat in its office.
func (p *population) mover(q *person, stale time.Duration) {
	r := newRand(p.seed, "mover", q.index)
	m := &mover{p: q, first: q.whereabouts()}
	old := *q
	switch office := p.officeIn(q.city); {
	case q.office != nil:
		q.office = nil
		p.settleHome(q, r)
	case office != nil:
		q.home, q.office, q.access = nil, office, access(weighted(r, 30, 65, 5))
		seating := *q
		seating.rng = r // the person's own numbers stay as they are
		p.seat(&seating)
		q.provider, q.public, q.internal, q.point = seating.provider, seating.public, seating.internal, seating.point
	default:
		return
	}
	q.rssiMean = clamp(-58+6*r.NormFloat64(), -74, -38)
	m.second = q.whereabouts()
	*q = old
	m.noon = time.Duration(between(r, 11.3, 14.5) * float64(time.Hour))
	if stale > 0 && chance(r, .5) {
		m.stale = time.Duration(between(r, .4, 1.6) * float64(stale))
	}
	q.moves = m
	p.movers = append(p.movers, m)
}

// officeIn returns a city's office, nil where there is none.
func (p *population) officeIn(c *city) *site {
	for _, s := range p.sites {
		if s.city == c && !s.vpn && !s.outpost {
			return s
		}
	}
	return nil
}

// move lets those change places whose time it is and who are in no meeting.
func (w *World) move() {
	for _, m := range w.people.movers {
		local := w.now.Time().In(m.p.city.loc)
		away := time.Duration(local.Hour())*time.Hour+time.Duration(local.Minute())*time.Minute >= m.noon
		if away == m.away || m.p.busy {
			continue
		}
		m.away = away
		to := &m.first
		if away {
			to = &m.second
		}
		m.p.settle(to)
		if m.stale > 0 {
			m.until = w.now.Add(m.stale)
		}
	}
}

// told is where Zoom says that a person is: for a while after a move, where they were.
func (q *person) told(now earshot.Instant) (network string, public, internal netip.Addr, stale bool) {
	if m := q.moves; m != nil && now < m.until {
		old := &m.second
		if m.away {
			old = &m.first
		}
		return networkTypes[old.access], old.public, old.internal, true
	}
	public, internal = q.addresses()
	return q.networkType(), public, internal, false
}

// blip is a short spell of a bad connection of one person.
type blip struct {
	left     float64 // seconds
	up, down hop
}

// draw advances a person's blips by a step; probability is that of a new one.
func (b *blip) draw(r *rand.Rand, probability, dt float64) {
	start, length, size, way, sort := chance(r, probability), between(r, 30, 150), lognormal(r, 1, .5), r.IntN(3), r.IntN(2)
	if b.left -= dt; b.left > 0 || !start {
		return
	}
	x := hop{delay: 15 * size, dev: 25 * size, loss: .06 * size, kappa: .5, length: 6}
	if sort == 1 { // late rather than lost
		x = hop{delay: 60 * size, dev: 90 * size, loss: .005, kappa: .5, length: 4}
	}
	*b = blip{left: length}
	if way != 1 {
		b.up = x
	}
	if way != 0 {
		b.down = x
	}
}

// hops is what the blip does now.
func (b *blip) hops() (up, down hop, on bool) { return b.up, b.down, b.left > 0 }

// perStep is the probability of a blip in a step of dt seconds.
func (l *Life) perStep(dt float64) float64 { return -math.Expm1(-l.Blips * dt / 3600) }
