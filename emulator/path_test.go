package emulator

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// measured is what one person's streams were like over a while, summed over steps, before any rounding.
type measured struct {
	p                          *person
	steps, frames, heard, seen float64
	up, down, rtt, jitter, fps float64
	heardLoss, seenLoss        float64
	cpu                        float64
	shared                     float64 // steps in a meeting together with somebody of suspects
}

func (m *measured) mean(sum, n float64) float64 {
	if n == 0 {
		return 0
	}
	return sum / n
}

// observeWorld lives through some minutes of a calm world under the given troubles and measures everybody in meetings. who
// says whose company counts as shared.
func observeWorld(t *testing.T, minutes int, who func(*person) bool, troubles ...Trouble) (map[string]*measured, *World) {
	t.Helper()
	o, err := Options{
		People: 220, Meetings: 30, Seed: 11, From: testFrom, Troubles: append([]Trouble{}, troubles...), Calm: true,
	}.withDefaults(testFrom)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(o)
	out := map[string]*measured{}
	for range minutes * 10 {
		w.Step()
		for _, m := range w.meetings {
			suspect := slices.ContainsFunc(m.segs, func(s *segment) bool { return !s.away && who(s.p) })
			for _, s := range m.segs {
				if s.away || s.phone || m.present < 2 {
					continue
				}
				key := fmt.Sprint(s.p.role, s.p.index)
				if out[key] == nil {
					out[key] = &measured{p: s.p}
				}
				out[key].add(s, suspect)
			}
		}
	}
	return out, w
}

func (m *measured) add(s *segment, suspect bool) {
	m.steps++
	m.up += s.lossUp
	m.down += s.lossDown
	m.rtt += s.rtt
	m.jitter += s.jitter
	m.cpu += s.over
	if f := &s.flows[videoSend]; f.active {
		m.frames++
		m.fps += f.fps
	}
	if f := &s.flows[audioReceive]; f.active {
		m.heard++
		m.heardLoss += f.loss
	}
	if f := &s.flows[videoReceive]; f.active {
		m.seen++
		m.seenLoss += f.loss
	}
	if suspect {
		m.shared++
	}
}

func nobody(*person) bool { return false }

// change is how far a person's path moved between two worlds.
type change struct{ up, down, rtt float64 }

func changes(t *testing.T, before, after map[string]*measured) map[string]change {
	t.Helper()
	out := map[string]change{}
	for key, b := range before {
		a := after[key]
		if a == nil || a.steps != b.steps {
			t.Fatalf("person %s was %v steps in meetings, with the trouble %v: a trouble must not move who meets whom", key, b.steps, a)
		}
		out[key] = change{
			a.mean(a.up, a.steps) - b.mean(b.up, b.steps),
			a.mean(a.down, a.steps) - b.mean(b.down, b.steps),
			a.mean(a.rtt, a.steps) - b.mean(b.rtt, b.steps),
		}
	}
	return out
}

// Every shared element hits those who cross it, in the right direction, and nobody else: the same people with the same random
// numbers, with and without the trouble.
func TestTroubleStaysWhereItIs(t *testing.T) {
	const minutes = 3
	before, w := observeWorld(t, minutes, nobody)
	all := func(kind TroubleKind, target string, d Direction) Trouble {
		return Trouble{Kind: kind, Target: target, Start: -time.Minute, End: time.Hour, Strength: 1, Direction: d}
	}
	office := w.people.sites[1].name
	provider := busiest(before, func(p *person) string { return p.provider.name })
	at := func(name string) func(*person) bool {
		return func(p *person) bool { return p.office != nil && p.office.name == name }
	}
	const none, some = 0.004, 0.03 // loss: at most, at least
	tests := []struct {
		trouble  Trouble
		hits     func(*person) bool
		up, down bool    // loss rises
		rtt      float64 // ms, at least
	}{
		{all(FullLink, office, BothWays), at(office), true, true, 150},
		{all(FullLink, office, Up), at(office), true, false, 80},
		{all(FullLink, office, Down), at(office), false, true, 80},
		{all(BusyAir, office, BothWays), func(p *person) bool { return at(office)(p) && p.onWiFi() }, false, false, 8},
		{all(BusyVPN, "", BothWays), func(p *person) bool { return p.vpn != nil }, true, true, 150},
		{all(ISPLoss, provider, Down), func(p *person) bool { return p.provider.name == provider }, false, true, 0},
	}
	for _, test := range tests {
		name := fmt.Sprint(test.trouble.Kind, " ", test.trouble.Target, " ", test.trouble.Direction)
		after, _ := observeWorld(t, minutes, nobody, test.trouble)
		hit, spared := 0, 0
		for key, c := range changes(t, before, after) {
			p := after[key].p
			if p.tcp {
				continue // retransmits what is lost
			}
			if !test.hits(p) {
				if c.up > none || c.down > none || c.rtt > 6 {
					t.Errorf("%s: %s is not concerned, but loses %+.3f up, %+.3f down, %+.0f ms", name, p.name, c.up, c.down, c.rtt)
				}
				spared++
				continue
			}
			if test.trouble.Kind == ISPLoss && c.down < some {
				continue // a provider's trouble reaches seven in ten
			}
			hit++
			if (c.up > some) != test.up || (c.down > some) != test.down || c.rtt < test.rtt {
				t.Errorf("%s: %s has %+.3f loss up (want %v), %+.3f down (want %v), %+.0f ms (want %v at least)",
					name, p.name, c.up, test.up, c.down, test.down, c.rtt, test.rtt)
			}
		}
		if hit < 3 || spared < 50 {
			t.Errorf("%s: hit %d, spared %d: too few to tell", name, hit, spared)
		}
	}
}

func busiest(seen map[string]*measured, of func(*person) string) string {
	n := map[string]int{}
	best := ""
	for _, m := range seen {
		k := of(m.p)
		n[k]++
		if n[k] > n[best] || n[k] == n[best] && k < best {
			best = k
		}
	}
	return best
}

// What one person sends badly all others receive badly, and nobody's own path changes.
func TestBadSenderIsHeardByAll(t *testing.T) {
	trouble := Trouble{Kind: BadUplink, Start: -time.Minute, End: time.Hour, Strength: 1}
	_, w := observeWorld(t, 1, nobody, trouble)
	if len(w.Active()) != 1 {
		t.Fatalf("active troubles: %v", w.Active())
	}
	trouble.Target = w.Active()[0].Target
	culprit := func(p *person) bool { return p.email == trouble.Target }
	before, _ := observeWorld(t, 4, culprit)
	after, _ := observeWorld(t, 4, culprit, trouble)
	receivers := 0
	for key, c := range changes(t, before, after) {
		a, b := after[key], before[key]
		heard := a.mean(a.heardLoss, a.heard) - b.mean(b.heardLoss, b.heard)
		seen := a.mean(a.seenLoss, a.seen) - b.mean(b.seenLoss, b.seen)
		switch {
		case culprit(a.p):
			if c.up < .05 || c.down > .004 {
				t.Errorf("the sender loses %+.3f up and %+.3f down", c.up, c.down)
			}
		case c.up > .004 || c.down > .004:
			t.Errorf("%s: own path changed by %+.3f up, %+.3f down", a.p.name, c.up, c.down)
		case a.shared > 0 && a.shared == a.steps && !a.p.tcp:
			receivers++
			if heard < .01 && seen < .01 {
				t.Errorf("%s is with the bad sender all the time and receives %+.3f audio loss, %+.3f video loss", a.p.name, heard, seen)
			}
		case a.shared == 0 && (heard > .004 || seen > .004):
			t.Errorf("%s never met the bad sender and receives %+.3f audio loss, %+.3f video loss", a.p.name, heard, seen)
		}
	}
	if receivers < 2 {
		t.Errorf("only %d receivers", receivers)
	}
}

// A busy computer looks bad on a perfect network: late, few frames, no loss on its path; weak Wi-Fi loses in both directions.
func TestPersonalTroubles(t *testing.T) {
	for _, kind := range []TroubleKind{BusyCPU, WeakWiFi, BadHeadset} {
		trouble := Trouble{Kind: kind, Start: -time.Minute, End: time.Hour, Strength: 1}
		_, w := observeWorld(t, 1, nobody, trouble)
		if len(w.Active()) != 1 {
			t.Fatalf("%s: active %v", kind, w.Active())
		}
		trouble.Target = w.Active()[0].Target
		before, _ := observeWorld(t, 4, nobody)
		after, _ := observeWorld(t, 4, nobody, trouble)
		moved := changes(t, before, after)
		for key, a := range after {
			if a.p.email != trouble.Target {
				continue
			}
			b, c := before[key], moved[key]
			fps := a.mean(a.fps, a.frames) / max(1, b.mean(b.fps, b.frames))
			var ok bool
			switch kind {
			case BusyCPU:
				ok = a.mean(a.cpu, a.steps) > .4 && fps < .9 && c.rtt > 10 && math.Abs(c.up) < .01 && math.Abs(c.down) < .01
			case WeakWiFi:
				ok = c.up > .02 && c.down > .01 && c.rtt > 15 && a.p.onWiFi()
			case BadHeadset:
				ok = math.Abs(c.up) < .01 && math.Abs(c.down) < .01 && math.Abs(c.rtt) < 5
			}
			if !ok {
				t.Errorf("%s: %+v, frame rate ×%.2f, overload %.2f", kind, c, fps, a.mean(a.cpu, a.steps))
			}
		}
	}
}

// No trouble of strength 0 is felt by anybody.
func TestStrengthZeroIsNothing(t *testing.T) {
	before, _ := observeWorld(t, 3, nobody)
	after, _ := observeWorld(t, 3, nobody, Trouble{Kind: FullLink, End: time.Hour}, Trouble{Kind: WeakWiFi, End: time.Hour})
	for key, c := range changes(t, before, after) {
		if c != (change{}) {
			t.Errorf("%s: %+v", key, c)
		}
	}
}

// Most minutes are clean, and about as many are poor as in life.
func TestMarginals(t *testing.T) {
	o, err := Options{People: 600, Meetings: 60, Seed: 5, From: testFrom, Troubles: []Trouble{}, Calm: true}.withDefaults(testFrom)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(o)
	var n, clean, poor, overOne float64
	for range 130 {
		w.Step()
		for _, m := range w.meetings {
			for _, s := range m.segs {
				if s.dueIn != 1 || s.acc.steps < 8 || s.away {
					continue
				}
				r := s.acc.streams[audioReceive].reading()
				if !r.active {
					continue
				}
				n++
				if r.lossAvgPct < .05 {
					clean++
				}
				if r.lossAvgPct > 1 {
					overOne++
				}
				if r.lossAvgPct > 2 || r.jitterMs > 30 || r.latencyMs > 300 {
					poor++
				}
				if r.lossMaxPct < r.lossAvgPct {
					t.Fatalf("%s: max loss %v below average %v", s.p.name, r.lossMaxPct, r.lossAvgPct)
				}
			}
		}
	}
	t.Logf("%.0f participant-minutes: %.1f %% without loss, %.1f %% over 1 %%, %.1f %% poor", n, 100*clean/n, 100*overOne/n, 100*poor/n)
	if n < 2500 || clean/n < .65 || poor/n < .005 || poor/n > .04 || overOne/n > .06 {
		t.Errorf("%.0f minutes: %.3f clean, %.3f poor, %.3f over 1 %%", n, clean/n, poor/n, overOne/n)
	}
}

// After a dip the sender climbs back within a minute, and while starved it loses little.
func TestSenderAdapts(t *testing.T) {
	var r rate
	const want, dt = 1200.0, 6.0
	for range 20 {
		r.adapt(want, 5000, 0, 5, 70, 3, dt)
	}
	if r.level != 3 {
		t.Fatalf("level %d on a free path, want 3", r.level)
	}
	for range 10 {
		r.adapt(want, 250, 0, 5, 70, 3, dt)
	}
	if r.kbps > 250 || r.level > 1 {
		t.Fatalf("starved at %v kbps, level %d", r.kbps, r.level)
	}
	steps := 0
	for r.kbps < .9*want && steps < 100 {
		r.adapt(want, 5000, 0, 5, 70, 3, dt)
		steps++
	}
	if s := float64(steps) * dt; s < 20 || s > 70 {
		t.Errorf("back at 90 %% after %v s, want 20 to 70", s)
	}
}
