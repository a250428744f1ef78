package emulator

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

var untidyLife = Life{Outposts: 2, Movers: .3, Stale: 20 * time.Minute, Chronic: .1, Blips: 1, NoData: .2, NoCentre: .2, NoSignal: .35, NoCPU: .2}

// An untidy world is as much a function of its options as a tidy one.
func TestUntidyWorldsRepeat(t *testing.T) {
	t.Parallel()
	o := Options{People: 150, Meetings: 20, Seed: 5, Life: untidyLife}
	first, n := digest(emulatorOf(t, o), 6*time.Minute)
	again, m := digest(emulatorOf(t, o), 6*time.Minute)
	if first != again || n != m {
		t.Error("the same options gave other bytes")
	}
	o.Life.Blips = 2
	if other, _ := digest(emulatorOf(t, o), 6*time.Minute); other == first {
		t.Error("another life gave the same bytes")
	}
}

func TestLifeOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, l := range []Life{{Outposts: -1}, {Outposts: 11}, {Movers: 1.1}, {Chronic: -.1}, {Blips: 21}, {NoData: 2}, {NoCentre: 2}, {NoSignal: 2}, {NoCPU: 2}, {Stale: -1}} {
		if _, err := NewWorld(Options{Life: l}); err == nil || !strings.Contains(err.Error(), "life: ") {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

func TestOutpostsHaveThreePeople(t *testing.T) {
	t.Parallel()
	p := newPopulation(3, 400, &Life{Outposts: 4})
	staff := map[string]int{}
	for _, q := range p.people {
		if q.office != nil && q.office.outpost {
			staff[q.office.name]++
		}
	}
	if len(staff) != 4 {
		t.Errorf("outposts %v, want four", staff)
	}
	for name, n := range staff {
		if n != 3 || !strings.Contains(name, " studio ") {
			t.Errorf("%s has %d people", name, n)
		}
	}
	var b bytes.Buffer
	if err := p.sitesCSV(&b); err != nil || strings.Count(b.String(), " studio ") < 4 {
		t.Errorf("the list of sites does not name them: %v", err)
	}
	if last := p.sites[len(p.sites)-1]; !last.vpn {
		t.Errorf("the last site is %s, not the VPN", last.name)
	}
}

// What is hidden is hidden for everybody whom it concerns and nobody else, in about the share that was asked for.
func TestWhatZoomDoesNotTell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		life Life
		word string // that the events about somebody hold, when it is told
		of   func(*person) bool
		in   string // the events' names end in this
	}{
		{"data", Life{NoData: .4}, `"network_type"`, func(q *person) bool { return q.hidden.data }, "_data"},
		{"data centre", Life{NoCentre: .4}, `"data_center":"`, func(q *person) bool { return q.hidden.centre }, "_data"},
		{"signal", Life{NoSignal: .4}, `"avg_rssi"`, func(q *person) bool { return q.hidden.signal }, "_qos"},
		{"cpu", Life{NoCPU: .4}, `"system_max_cpu_usage"`, func(q *person) bool { return q.hidden.cpu }, "_qos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := NewWorld(Options{People: 150, Meetings: 24, Seed: 9, From: testFrom, Troubles: []Trouble{}, Calm: true, Life: c.life})
			if err != nil {
				t.Fatal(err)
			}
			told, hiddenTold, concerned := 0, 0, 0
			by := map[string]*person{}
			for _, q := range w.people.people {
				by[q.email] = q
				if c.of(q) {
					concerned++
				}
			}
			if concerned < 38 || concerned > 82 {
				t.Errorf("%d of 150 people are concerned, want about 60", concerned)
			}
			for w.Now().Before(testFrom.Add(12 * time.Minute)) {
				for _, ev := range w.Step() {
					_, rest, _ := strings.Cut(string(ev.Body), `"email":"`)
					email, _, _ := strings.Cut(rest, `"`)
					q := by[email]
					if q == nil || !strings.HasSuffix(ev.Name, c.in) || !strings.Contains(string(ev.Body), c.word) || strings.Contains(string(ev.Body), c.word+`"`) {
						continue
					}
					if told++; c.of(q) {
						hiddenTold++
					}
				}
			}
			if told < 20 || hiddenTold > 0 {
				t.Errorf("told of %d times, %d times of those about whom it is hidden", told, hiddenTold)
			}
		})
	}
}

// Movers are at one place before noon and at the other after it, and Zoom is late to notice for some.
func TestMoversMove(t *testing.T) {
	t.Parallel()
	o := Options{People: 70, Meetings: 6, Seed: 2, From: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), Cadence: 2 * time.Minute, Troubles: []Trouble{}, Calm: true,
		Life: Life{Movers: .5, Stale: 30 * time.Minute}}
	w, err := NewWorld(o)
	if err != nil {
		t.Fatal(err)
	}
	office, moved, stale, told := map[*person]bool{}, 0, 0, 0
	for _, m := range w.people.movers {
		office[m.p] = m.p.office != nil
		if (m.first.office == nil) == (m.second.office == nil) || m.first.home != nil && m.second.home != nil {
			t.Fatalf("moves between %+v and %+v", m.first, m.second)
		}
	}
	if n := len(office); n < 18 || n > 50 {
		t.Errorf("%d movers of 70 people, want about 30", n)
	}
	checked := map[*segment]bool{}
	for w.Now().Before(o.From.Add(5 * time.Hour)) {
		w.Step()
		for _, m := range w.meetings {
			for _, s := range m.segs {
				if s.p.moves == nil || s.phone {
					continue
				}
				switch {
				case s.stale && !checked[s]:
					checked[s] = true
					stale++
					if now, _ := s.p.addresses(); s.data.public == now.String() {
						t.Errorf("%s is stale, but Zoom tells the right address", s.p.email)
					}
				case checked[s] && !s.stale:
					delete(checked, s)
					told++
					if now, _ := s.p.addresses(); s.data.public != now.String() {
						t.Errorf("%s is no longer stale, but Zoom tells %s", s.p.email, s.data.public)
					}
				}
			}
		}
	}
	for p, was := range office {
		if was != (p.office != nil) {
			moved++
		}
	}
	if moved < 10 || stale < 3 || told == 0 {
		t.Errorf("%d moved, %d were stale, %d of them until Zoom noticed within the meeting", moved, stale, told)
	}
}

// Blips and bad lines spoil minutes, but they are nobody's fault: the truth does not know them.
func TestLifeIsNoFault(t *testing.T) {
	t.Parallel()
	o := troubled(10*time.Minute, Trouble{Kind: SlowCentre, Target: "Japan (Tokyo)", End: time.Minute, Strength: .01})
	bad := func(l Life) (minutes, all int) {
		o.Life, o.Truth = l, io.Discard
		w, err := NewWorld(o)
		if err != nil {
			t.Fatal(err)
		}
		for w.Now().Before(o.From.Add(o.Span)) {
			w.Step()
			if got := w.Truth(); len(got.Minutes) > 0 {
				t.Fatalf("truth without a fault: %+v", got.Minutes[0])
			}
			for _, m := range w.meetings {
				for _, s := range m.segs {
					if !s.here {
						continue
					}
					all++
					if s.lossUp > .07 || s.lossDown > .07 {
						minutes++
					}
				}
			}
		}
		return minutes, all
	}
	tidy, n := bad(Life{})
	blips, m := bad(Life{Blips: 4})
	chronic, k := bad(Life{Chronic: 1})
	if n == 0 || m == 0 || k == 0 || blips < 2*tidy || chronic < 2*tidy {
		t.Errorf("lossy steps: %d of %d when tidy, %d of %d with blips, %d of %d with bad lines", tidy, n, blips, m, chronic, k)
	}
}

// A trouble with a share hits that share of a place, always the same people, and nobody else.
func TestShareOfAPlace(t *testing.T) {
	t.Parallel()
	for _, x := range []Trouble{
		{Kind: FullLink, Target: "Leipzig headquarters"}, {Kind: BusyAir, Target: "Leipzig headquarters"}, {Kind: SlowCentre, Target: "EU (Frankfurt)"},
		{Kind: BadVersion, Target: "6.6.11.23272"}, {Kind: ISPLoss, Target: "Elbnetz"},
	} {
		t.Run(string(x.Kind), func(t *testing.T) {
			x.End, x.Strength = 20*time.Minute, 1.5
			victims := func(share float64) map[string]bool {
				x.Share = share
				o := troubled(3*time.Minute, x)
				own := map[string]bool{}
				got := live(t, o)
				checkTruth(t, got)
				for _, m := range got.Minutes {
					if slices.ContainsFunc(m.Causes, func(c TruthCause) bool { return c.Cause != "remote" }) {
						own[m.Meeting+m.UserID] = true
					}
				}
				return own
			}
			all, half := victims(0), victims(.5)
			if x.Kind == ISPLoss {
				all = victims(1)
			}
			if n, m := len(all), len(half); m == 0 || m >= n || float64(m) < .2*float64(n) || float64(m) > .8*float64(n) {
				t.Errorf("%d victims at a share of one half, %d of all", m, n)
			}
		})
	}
}

// A computer that is busy while everything is seen and heard is no bad minute; its cause is in the truth all the same.
func TestBusyComputerAloneIsNoBadMinute(t *testing.T) {
	t.Parallel()
	got := live(t, troubled(9*time.Minute, Trouble{Kind: BusyCPU, Target: "Lisbon office", Start: time.Minute, End: 8 * time.Minute, Strength: .95}))
	alone, media := 0, 0
	for _, m := range got.Minutes {
		g, _ := earshot.ParseGrade(m.Grade)
		onlyCPU := !slices.ContainsFunc(m.Slots, func(s TruthSlot) bool { return s.Slot != "cpu" })
		switch {
		case onlyCPU:
			alone++
			if m.Grade != m.Without {
				t.Errorf("only the CPU is worse, and the minute is %s instead of %s", m.Grade, m.Without)
			}
		case m.Causes[0].Cause == "device":
			media++
			if g < earshot.Fair {
				t.Errorf("pictures are missing, and the minute is %s: %+v", m.Grade, m.Slots)
			}
		}
	}
	if alone < 3 || media < 3 {
		t.Errorf("%d minutes of only a busy CPU, %d that were seen or heard", alone, media)
	}
}
