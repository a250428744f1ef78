package incident_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

func TestPersonal(t *testing.T) {
	for name, tt := range map[string]struct {
		cause  earshot.Cause
		bad    int
		base   float64
		change func(*cause.Trouble)
		opens  bool
	}{
		"device, three of five":           {earshot.CauseDevice, 3, 0.008, nil, true},
		"device, two of five":             {earshot.CauseDevice, 2, 0.008, nil, false},
		"Wi-Fi, three of five":            {earshot.CauseWifi, 3, 0.008, nil, true},
		"three of five on a chronic line": {earshot.CauseWifi, 3, 0.08, nil, false}, // tail 0.45 %
		"four of five on a chronic line":  {earshot.CauseWifi, 4, 0.08, nil, true},  // tail 0.02 %
		"five of five on a terrible line": {earshot.CauseDevice, 5, 0.3, nil, false},
		"unknown, four of five":           {earshot.CauseUnknown, 4, 0.008, nil, false},
		"unknown, five of five":           {earshot.CauseUnknown, 5, 0.008, nil, true},
		"Wi-Fi, three of five, a guess":   {earshot.CauseWifi, 3, 0.008, func(t *cause.Trouble) { t.Verdict.Metric = earshot.MetricCount }, false},
		"Wi-Fi, five of five, a guess":    {earshot.CauseWifi, 5, 0.008, func(t *cause.Trouble) { t.Verdict.Metric = earshot.MetricCount }, true},
		"unknown on a chronic line":       {earshot.CauseUnknown, 5, 0.2, nil, false}, // tail 0.03 %
		"victim of somebody else":         {earshot.CauseRemote, 5, 0.008, nil, false},
		"their own line":                  {earshot.CauseISP, 3, 0.008, nil, true},
		"victim of a shared cause": {earshot.CauseISP, 5, 0.008, func(t *cause.Trouble) {
			t.Verdict.Cell = orange
		}, false},
		"perhaps a victim": {earshot.CauseUnknown, 5, 0.008, func(t *cause.Trouble) {
			t.Verdict.Candidate = earshot.CauseRemote
		}, false},
		"shared Wi-Fi": {earshot.CauseWifi, 5, 0.008, func(t *cause.Trouble) {
			t.Verdict.Cell = earshot.Cell{Scope: earshot.ScopeSubnetWifi, ID: 0x51, Name: "10.20.4.0/24"}
		}, false},
		"a busy computer that harms nobody": {earshot.CauseDevice, 5, 0.008, func(t *cause.Trouble) { t.Harmed = 2 }, false},
		"good again":                        {earshot.CauseDevice, 3, 0.008, func(t *cause.Trouble) { t.Clean = 1 }, false},
		"left":                              {earshot.CauseDevice, 5, 0.008, func(t *cause.Trouble) { t.Last -= 200_000 }, false},
		"nobody":                            {earshot.CauseDevice, 5, 0.008, func(t *cause.Trouble) { t.Person = 0 }, false},
	} {
		x := trouble(7, tt.cause, tt.bad, nine)
		x.BaseRate = tt.base
		if tt.change != nil {
			tt.change(&x)
		}
		s := newHastyStory(t)
		s.tick(cause.Picture{Now: at(0, 10), People: []cause.Trouble{x}})
		if got := len(s.all()) == 1; got != tt.opens {
			t.Errorf("%s: opens %v, want %v", name, got, tt.opens)
			continue
		}
		if !tt.opens {
			continue
		}
		i := s.only()
		if !i.Personal() || i.Causeless() != (tt.cause == earshot.CauseUnknown) || i.Severity != earshot.SeverityMinor || i.Minutes != tt.bad {
			t.Errorf("%s: personal %v, causeless %v, %s, %d minutes", name, i.Personal(), i.Causeless(), i.Severity, i.Minutes)
		}
		if !cmp.Equal(i.People, []earshot.ID{7}) || !cmp.Equal(i.Meetings, []earshot.ID{0x700}) {
			t.Errorf("%s: people %v, meetings %v", name, i.People, i.Meetings)
		}
	}
}

// A person's trouble is told when it lasts: ten bad minutes with a sure cause, five when six others hear it, sixty of guesses.
func TestPersonalLasts(t *testing.T) {
	for name, tt := range map[string]struct {
		cause   earshot.Cause
		metric  earshot.Metric
		value   float32
		sure    uint8
		heardBy int
		rest    int // in which minute nothing was bad, 0 for none
		after   int // minutes, 0 for never
	}{
		"measured":                  {earshot.CauseDevice, earshot.CPUSystemMaxPct, 95, 75, 0, 0, 10},
		"measured, but interrupted": {earshot.CauseDevice, earshot.CPUSystemMaxPct, 95, 90, 0, 5, 11},
		"measured, but not sure":    {earshot.CauseDevice, earshot.CPUSystemMaxPct, 95, 74, 0, 0, 60},
		"only likely":               {earshot.CauseWifi, earshot.MetricCount, 0, 90, 0, 0, 60},
		"unknown":                   {earshot.CauseUnknown, earshot.MetricCount, 0, 0, 0, 0, 60},
		"unknown beside a reading":  {earshot.CauseUnknown, earshot.LatencyMs, 300, 90, 0, 0, 60},
		"a very weak signal":        {earshot.CauseWifi, earshot.RSSIAvgDBm, -77, 90, 0, 0, 10},
		"a weak signal":             {earshot.CauseWifi, earshot.RSSIAvgDBm, -76, 90, 0, 0, 60},
		"heard by six":              {earshot.CauseWifi, earshot.RSSIAvgDBm, -80, 90, 6, 0, 5},
		"a guess, heard by six":     {earshot.CauseWifi, earshot.MetricCount, 0, 90, 6, 0, 60},
		"heard by five":             {earshot.CauseWifi, earshot.RSSIAvgDBm, -80, 90, 5, 0, 10},
		"not their own":             {earshot.CauseRemote, earshot.MetricCount, 0, 90, 0, 0, 0},
	} {
		s := newStory(t)
		got := 0
		for m := 1; m <= 70 && got == 0; m++ {
			x := trouble(7, tt.cause, min(m, 5), at(m, 0))
			x.Verdict.Metric, x.Verdict.Value, x.Verdict.Confidence, x.Verdict.Since = tt.metric, tt.value, tt.sure, nine
			if m == tt.rest {
				x.Clean = 1
			}
			for sec := 0; sec < 60; sec += 10 { // the report is looked at six times
				p := cause.Picture{Now: at(m, sec), People: []cause.Trouble{x}}
				if tt.heardBy > 0 {
					p.Senders = sender(x.Segment, people(100, tt.heardBy))
				}
				s.tick(p)
			}
			if len(s.all()) > 0 {
				got = m
			}
		}
		if got != tt.after {
			t.Errorf("%s: told after %d minutes, want %d", name, got, tt.after)
		}
		if got != 0 && (s.only().Start != nine || tt.heardBy == 0 && s.only().Minutes < got-1) {
			t.Errorf("%s: since %s, %d minutes", name, clock(s.only().Start), s.only().Minutes)
		}
	}
	// Minutes of which nothing was sure do not count towards the sure ones.
	s := newStory(t)
	for m := 1; m <= 18; m++ {
		x := trouble(7, earshot.CauseUnknown, 5, at(m, 0))
		if m > 9 {
			x = trouble(7, earshot.CauseDevice, 5, at(m, 0))
		}
		s.tick(cause.Picture{Now: at(m, 0), People: []cause.Trouble{x}})
	}
	s.none()
	s.tick(cause.Picture{Now: at(19, 0), People: []cause.Trouble{trouble(7, earshot.CauseDevice, 5, at(19, 0))}})
	if i := s.only(); i.Minutes < 19 {
		t.Errorf("%d minutes, want the unsure ones, too", i.Minutes)
	}
	// A spell that ends is forgotten, and the next begins anew.
	s = newStory(t)
	for m := 1; m <= 60; m++ {
		x := trouble(7, earshot.CauseDevice, 5, at(m, 0))
		x.Verdict.Metric = earshot.CPUSystemMaxPct
		switch k := m % 10; {
		case k < 3:
			x.Harmed = k + 1
		case k > 5:
			x.Clean, x.Harmed = k-5, max(0, 9-k)
		}
		s.tick(cause.Picture{Now: at(m, 0), People: []cause.Trouble{x}})
	}
	s.none()
}

// A person among the troubled of a shared incident has no unknown trouble of their own.
func TestPersonalUnknownInsideAShared(t *testing.T) {
	s := newHastyStory(t)
	s.until(at(5, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
		return []cause.Fault{fault(lyon, people(1, 9))}, []cause.Trouble{trouble(5, earshot.CauseUnknown, 5, now), trouble(50, earshot.CauseUnknown, 5, now)}
	})
	all := s.all()
	if len(all) != 2 || all[1].Cell.ID != 50 {
		t.Errorf("%s", brief(all))
	}
}

// Three clean minutes calm it; one bad minute does not wake it, two do; it closes like any other.
func TestPersonalLife(t *testing.T) {
	s := newHastyStory(t)
	step := func(minute, bad, clean int) {
		x := trouble(7, earshot.CauseDevice, bad, at(minute, 0))
		x.Clean, x.Verdict.Since = clean, at(-1, 20)
		for sec := 10; sec <= 60; sec += 10 {
			s.tick(cause.Picture{Now: at(minute, sec), People: []cause.Trouble{x}})
		}
	}
	step(0, 3, 0)
	if i := s.only(); i.Start != at(-1, 0) {
		t.Errorf("start %s, want the minute of the verdict's first", clock(i.Start))
	}
	step(1, 4, 0)
	step(2, 4, 1)
	step(3, 4, 2)
	if i := s.only(); i.State != earshot.IncidentOpen {
		t.Errorf("after two clean minutes: %s", i.State)
	}
	step(4, 3, 3)
	if i := s.only(); i.State != earshot.IncidentQuiet || i.End != at(1, 0) || i.Minutes != 4 {
		t.Errorf("after three: %s, end %s, %d minutes", i.State, clock(i.End), i.Minutes)
	}
	step(5, 1, 0)
	if i := s.only(); i.State != earshot.IncidentQuiet {
		t.Errorf("one bad minute: %s", i.State)
	}
	step(6, 2, 0)
	if i := s.only(); i.State != earshot.IncidentOpen {
		t.Errorf("two bad minutes: %s", i.State)
	}
	for m := 7; m < 19; m++ {
		step(m, 0, m-6)
	}
	if i := s.only(); i.State != earshot.IncidentQuiet {
		t.Errorf("%s", brief(s.all()))
	}
	step(19, 0, 13)
	end := s.only().End
	if i := s.only(); i.State != earshot.IncidentClosed {
		t.Errorf("%s", brief(s.all()))
	}
	step(20, 3, 0) // the next one does not begin before the first ended, whatever the verdict says
	if all := s.all(); len(all) != 2 || all[1].Start != end {
		t.Errorf("the next begins at %s, want %s: %s", clock(all[len(all)-1].Start), clock(end), brief(all))
	}
}

// Somebody who leaves has not recovered.
func TestPersonalNoData(t *testing.T) {
	person := earshot.Cell{Scope: earshot.ScopePerson, ID: 7}
	for name, tt := range map[string]struct {
		picture func(now earshot.Instant) cause.Picture
		state   earshot.IncidentState
		after   int
	}{
		"still listed": {func(now earshot.Instant) cause.Picture {
			return cause.Picture{Now: now, People: []cause.Trouble{trouble(7, earshot.CauseDevice, 5, at(1, 0))}}
		}, earshot.IncidentNoData, 11},
		"silent": {func(now earshot.Instant) cause.Picture {
			return cause.Picture{Now: now, Heard: []cause.Heard{{Cell: person, Last: at(1, 0)}}}
		}, earshot.IncidentNoData, 11},
		"heard and well": {func(now earshot.Instant) cause.Picture {
			return cause.Picture{Now: now, Heard: []cause.Heard{{Cell: person, Last: now}}}
		}, earshot.IncidentQuiet, 4},
		"not known": {func(now earshot.Instant) cause.Picture { return cause.Picture{Now: now} }, earshot.IncidentQuiet, 4},
	} {
		s := newHastyStory(t)
		s.until(at(1, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
			return nil, []cause.Trouble{trouble(7, earshot.CauseDevice, 5, now)}
		})
		for s.now < at(30, 0) && s.only().State == earshot.IncidentOpen {
			s.tick(tt.picture(s.now + 10_000))
		}
		if i := s.only(); i.State != tt.state || s.now != at(tt.after, 0) {
			t.Errorf("%s: %s at %s, want %s after %d minutes", name, i.State, clock(s.now), tt.state, tt.after)
		}
	}
}

// Who hears somebody badly belongs to that person's incident.
func TestHeardBadly(t *testing.T) {
	talker := trouble(1, earshot.CauseWifi, 3, nine)
	s := newStory(t)
	s.senders = sender(talker.Segment, people(100, 11))
	s.until(at(5, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
		talker.Last = now
		return nil, []cause.Trouble{talker}
	})
	i := s.only()
	if i.Cause != earshot.CauseWifi || i.Affected != 12 || i.Inside != (earshot.Count{Bad: 12, Of: 14}) || i.Severity != earshot.SeverityMajor {
		t.Errorf("%s, %d affected, inside %v, %s; want the talker and eleven listeners", i.Cause, i.Affected, i.Inside, i.Severity)
	}
}

func TestPersonalRename(t *testing.T) {
	s := newHastyStory(t)
	play := func(to earshot.Instant, c earshot.Cause) {
		s.until(to, func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
			return nil, []cause.Trouble{trouble(7, c, 5, now)}
		})
	}
	play(at(1, 0), earshot.CauseUnknown)
	if i := s.only(); !i.Causeless() {
		t.Errorf("%s", brief(s.all()))
	}
	play(at(1, 10), earshot.CauseWifi)
	if i := s.only(); i.Cause != earshot.CauseWifi || i.Causeless() {
		t.Errorf("a cause that is found names it at once: %s", brief(s.all()))
	}
	play(at(3, 0), earshot.CauseDevice)
	if i := s.only(); i.Cause != earshot.CauseWifi {
		t.Errorf("another one must last: %s", brief(s.all()))
	}
	play(at(3, 30), earshot.CauseDevice)
	if i := s.only(); i.Cause != earshot.CauseDevice {
		t.Errorf("%s", brief(s.all()))
	}
}
