package incident_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

func TestOpenAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*cause.Fault)
		opens  bool
	}{
		"strong and broad":      {func(*cause.Fault) {}, true},
		"four people":           {func(f *cause.Fault) { f.BadPeople = people(1, 4) }, true},
		"three people":          {func(f *cause.Fault) { f.BadPeople = people(1, 3) }, false},
		"just below the score":  {func(f *cause.Fault) { f.Score = 7.99 }, false},
		"at the score":          {func(f *cause.Fault) { f.Score = 8 }, true},
		"few of them right now": {func(f *cause.Fault) { f.Rate = 0.29 }, false},
		"not sure":              {func(f *cause.Fault) { f.Confidence = 0.74 }, false},
		"just sure":             {func(f *cause.Fault) { f.Confidence = 0.75 }, true},
		"without a cause":       {func(f *cause.Fault) { f.Cause = earshot.CauseUnknown }, false},
		"a meeting":             {func(f *cause.Fault) { f.Cell = earshot.Cell{Scope: earshot.ScopeMeeting, ID: 1} }, false},
		"a sender":              {func(f *cause.Fault) { f.Cell = earshot.Cell{Scope: earshot.ScopeSender, ID: 1} }, false},
	} {
		f := fault(lyon, people(1, 5))
		tt.change(&f)
		s := newStory(t)
		s.until(at(0, 10), always(f))
		if got := len(s.all()) == 1; got != tt.opens {
			t.Errorf("%s: opens %v, want %v", name, got, tt.opens)
		}
	}
}

// What is not broad opens when it was guilty in three of the last five minutes, each time for half of the minute or more.
func TestOpenOnPersistence(t *testing.T) {
	for name, tt := range map[string]struct {
		on    func(minute, second int) bool
		opens int // in seconds after nine, 0 for never
	}{
		"all the time":              {func(int, int) bool { return true }, 120},
		"two minutes":               {func(m, _ int) bool { return m < 2 }, 0},
		"every other minute":        {func(m, _ int) bool { return m%2 == 0 }, 240},
		"three of six":              {func(m, _ int) bool { return m == 0 || m == 1 || m == 5 }, 0},
		"a third of each minute":    {func(_, s int) bool { return s == 20 || s == 50 }, 0},
		"late in its first minutes": {func(m, s int) bool { return m > 0 || s >= 30 }, 120},
	} {
		s := newStory(t)
		opened := 0
		s.until(at(7, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
			sec := int(now.Sub(nine).Seconds())
			if len(s.all()) == 1 && opened == 0 {
				opened = sec - 10
			}
			if tt.on(sec/60, sec%60) {
				return []cause.Fault{weak(lyon, people(1, 3))}, nil
			}
			return nil, nil
		})
		if opened != tt.opens {
			t.Errorf("%s: opened after %d s, want %d", name, opened, tt.opens)
		}
	}
}

// However high the score: enough people must suffer now, and in more meetings than one.
func TestEnough(t *testing.T) {
	small := func(f *cause.Fault) { f.Inside = earshot.Count{Bad: 2, Of: 4} }
	for name, tt := range map[string]struct {
		cell             earshot.Cell
		people, meetings int
		change           func(*cause.Fault)
		opens            bool
	}{
		"three at a site, two meetings":            {lyon, 3, 2, nil, true},
		"two at a site":                            {lyon, 2, 2, nil, false},
		"two at a site with four live":             {lyon, 2, 2, small, true},
		"one of those":                             {lyon, 1, 2, small, false},
		"ten at a site hear badly in one meeting":  {lyon, 10, 1, func(f *cause.Fault) { f.Direction = earshot.DirectionReceive }, false},
		"and send badly, too":                      {lyon, 10, 1, nil, true},
		"ten of a carrier in one meeting":          {orange, 10, 1, nil, false},
		"a little worse for all":                   {fr, 8, 9, func(f *cause.Fault) { f.Rate, f.Inside, f.Elsewhere = .07, ofPeople(8, 118), ofPeople(34, 589) }, false},
		"hardly bad for more than elsewhere":       {fr, 8, 9, func(f *cause.Fault) { f.Rate, f.Inside, f.Elsewhere = .07, ofPeople(8, 60), ofPeople(34, 589) }, true},
		"bad for as many as elsewhere":             {fr, 8, 9, func(f *cause.Fault) { f.Rate, f.Inside, f.Elsewhere = .1, ofPeople(8, 118), ofPeople(34, 589) }, true},
		"four of a carrier, two meetings":          {orange, 4, 2, nil, true},
		"three of a carrier":                       {orange, 3, 2, nil, false},
		"two of a carrier with four live":          {orange, 2, 2, small, true},
		"ten of a carrier, two meetings":           {orange, 10, 2, nil, false},
		"ten of a carrier, three meetings":         {orange, 10, 3, nil, true},
		"bad ten minutes ago, a data centre's now": {fr, 10, 3, func(f *cause.Fault) { f.BadPeople = nil }, false},
	} {
		f := fault(tt.cell, people(1, tt.people))
		f.Inside.Of, f.Meetings = 20, people(0x700, tt.meetings)
		if tt.change != nil {
			tt.change(&f)
		}
		s := newStory(t)
		s.until(at(8, 0), always(f))
		if got := len(s.all()) == 1; got != tt.opens {
			t.Errorf("%s: opens %v, want %v", name, got, tt.opens)
		}
	}
}

func ofPeople(bad, of int) earshot.Count { return earshot.Count{Bad: bad, Of: of} }

func TestUncertain(t *testing.T) {
	f := fault(lyon, people(1, 9))
	f.Confidence, f.Rivals = 0.55, []earshot.Cause{earshot.CauseISP, earshot.CauseLocalNetwork}
	s := newStory(t)
	s.until(at(1, 50), always(f))
	s.none()
	s.until(at(2, 0), always(f))
	i := s.only()
	if i.Cause != earshot.CauseUnknown || !slices.Equal(i.Candidates, []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP}) || i.Confidence != 55 || i.Causeless() {
		t.Errorf("%s, candidates %v, %d %%, causeless %v; want unknown between both, 55 %%", i.Cause, i.Candidates, i.Confidence, i.Causeless())
	}
	// A minute of certainty names it; doubt afterwards does not take the name away.
	f.Confidence = 0.8
	s.until(at(2, 10), always(f))
	f.Confidence = 0.6
	s.until(at(2, 20), always(f))
	i = s.only()
	if i.Cause != earshot.CauseLocalNetwork || i.Candidates != nil || i.Confidence != 60 {
		t.Errorf("%s, candidates %v, %d %%; want local-network, 60 %%", i.Cause, i.Candidates, i.Confidence)
	}
	if got := i.Timeline[len(i.Timeline)-1]; got.What != earshot.IncidentRenamed || got.Cause != earshot.CauseLocalNetwork {
		t.Errorf("timeline: %v", i.Timeline)
	}
	low := fault(berlin, people(100, 9))
	low.Confidence = 0.49
	s = newStory(t)
	s.until(at(8, 0), always(low))
	s.none()
}

// An incident begins with the first bad minute and ends with the first good one, not when that was decided.
func TestBeginningAndEnd(t *testing.T) {
	s := newStory(t)
	f := fault(lyon, people(1, 17))
	f.Since = at(-2, 0)
	s.until(at(7, 30), always(f))
	late := f
	late.Rate = 0 // still held to be faulty, and nobody bad any more
	s.until(at(8, 30), always(late))
	i := s.only()
	if i.State != earshot.IncidentOpen || i.Start != at(-2, 0) || i.Opened != at(0, 10) || i.Minutes != 137 { // 8 × 0.9 × 19 people
		t.Errorf("%s since %s, opened %s, %d minutes", i.State, clock(i.Start), clock(i.Opened), i.Minutes)
	}
	s.until(at(11, 20), quietly)
	if i = s.only(); i.State != earshot.IncidentOpen {
		t.Errorf("after 2:50 min of innocence: %s", i.State)
	}
	s.until(at(11, 30), quietly)
	if i = s.only(); i.State != earshot.IncidentQuiet || i.End != at(7, 0) || i.Updated != at(11, 30) {
		t.Errorf("after three minutes: %s, end %s, updated %s", i.State, clock(i.End), clock(i.Updated))
	}
	s.until(at(21, 20), quietly)
	if i = s.only(); i.State != earshot.IncidentQuiet {
		t.Errorf("after 9:50 min of quiet: %s", i.State)
	}
	s.until(at(21, 30), quietly)
	want := []earshot.IncidentChange{earshot.IncidentOpened, earshot.IncidentCalmed, earshot.IncidentEnded} // major from the first minute on
	if i = s.only(); i.State != earshot.IncidentClosed || i.End != at(7, 0) || !slices.Equal(whats(i), want) || len(s.e.Live()) != 0 {
		t.Errorf("after ten: %s", brief(s.all()))
	}
	if i.Inside != (earshot.Count{Bad: 17, Of: 19}) || i.Elsewhere != (earshot.Count{Bad: 2, Of: 311}) || i.Affected != 17 || len(i.Meetings) != 3 {
		t.Errorf("inside %v, elsewhere %v, %d affected, meetings %v", i.Inside, i.Elsewhere, i.Affected, i.Meetings)
	}
}

func TestCloseAfter(t *testing.T) {
	for cell, minutes := range map[earshot.Cell]int{lyon: 3, subnet: 3, orange: 5, fr: 5, version: 5, pool: 5} {
		s := newStory(t)
		s.until(at(5, 0), always(fault(cell, people(1, 9))))
		s.until(at(5+minutes, -10), quietly)
		if i := s.only(); i.State != earshot.IncidentOpen {
			t.Errorf("%s: %s ten seconds before %d minutes", cell, i.State, minutes)
		}
		s.until(at(5+minutes, 0), quietly)
		if i := s.only(); i.State != earshot.IncidentQuiet {
			t.Errorf("%s: %s after %d minutes", cell, i.State, minutes)
		}
	}
}

// A cell that comes back within ten minutes is the same incident; later it is another.
func TestFlap(t *testing.T) {
	f := fault(lyon, people(1, 9))
	s := newStory(t)
	s.until(at(5, 0), always(f))
	s.until(at(17, 50), quietly)
	s.until(at(20, 0), always(f))
	i := s.only()
	want := []earshot.IncidentChange{earshot.IncidentOpened, earshot.IncidentGrew, earshot.IncidentCalmed, earshot.IncidentReopened}
	if i.State != earshot.IncidentOpen || !slices.Equal(whats(i), want) {
		t.Errorf("back after 9:50 min: %s", brief(s.all()))
	}
	s.until(at(33, 0), quietly)
	f.Since = at(0, 0) // even if it is said to be as old as the first
	s.until(at(34, 0), always(f))
	all := s.all()
	if len(all) != 2 || all[0].State != earshot.IncidentClosed || all[1].Start < all[0].End {
		t.Errorf("back after ten minutes: %s", brief(all))
	}
}

// Silence is no recovery.
func TestNoData(t *testing.T) {
	f := fault(lyon, people(1, 9))
	for name, tt := range map[string]struct {
		heard func(now earshot.Instant) []cause.Heard
		state earshot.IncidentState
		after int
	}{
		"nobody reports":    {func(earshot.Instant) []cause.Heard { return []cause.Heard{{Cell: lyon, Last: at(4, 50)}} }, earshot.IncidentNoData, 10},
		"somebody reports":  {func(now earshot.Instant) []cause.Heard { return []cause.Heard{{Cell: lyon, Last: now}} }, earshot.IncidentQuiet, 3},
		"nothing is known":  {func(earshot.Instant) []cause.Heard { return nil }, earshot.IncidentQuiet, 3},
		"others are silent": {func(earshot.Instant) []cause.Heard { return []cause.Heard{{Cell: berlin, Last: 1}} }, earshot.IncidentQuiet, 3},
	} {
		s := newStory(t)
		s.until(at(5, 0), always(f))
		for s.now < at(20, 0) && s.only().State == earshot.IncidentOpen {
			s.tick(cause.Picture{Now: s.now + 10_000, Heard: tt.heard(s.now)})
		}
		if i := s.only(); i.State != tt.state || s.now != at(5+tt.after, 0) || i.End != at(5, 0) {
			t.Errorf("%s: %s at %s, end %s; want %s after %d minutes", name, i.State, clock(s.now), clock(i.End), tt.state, tt.after)
		}
	}
}

// When nothing was looked at for ten minutes, what was open ends without data.
func TestBlind(t *testing.T) {
	f := fault(lyon, people(1, 9))
	s := newStory(t)
	s.until(at(5, 0), always(f))
	s.tick(cause.Picture{Now: at(15, 0), Faults: []cause.Fault{f}})
	all := s.all()
	if len(all) != 2 || all[0].State != earshot.IncidentNoData || all[1].State != earshot.IncidentOpen || all[1].Start < all[0].End {
		t.Errorf("%s", brief(all))
	}
	if got := s.e.Tick(cause.Picture{Now: at(15, 0)}); got != nil {
		t.Errorf("the same time again: %s", brief(got))
	}
	if got := s.e.Tick(cause.Picture{Now: at(14, 0)}); got != nil {
		t.Errorf("time that runs backwards: %s", brief(got))
	}
}

func TestSeverity(t *testing.T) {
	for name, tt := range map[string]struct {
		people, minutes int
		want            earshot.Severity
	}{
		"few for a short time":   {3, 3, earshot.SeverityMinor},
		"few for long":           {3, 20, earshot.SeverityMajor},
		"many for a short time":  {41, 1, earshot.SeverityMajor},
		"nine at once":           {9, 1, earshot.SeverityMinor},
		"eleven at once":         {11, 1, earshot.SeverityMajor},
		"a hundred at once":      {100, 1, earshot.SeverityCritical},
		"many for ten minutes":   {41, 10, earshot.SeverityCritical},
		"nineteen for two hours": {19, 120, earshot.SeverityMajor},
	} {
		f := fault(lyon, people(1, tt.people))
		f.Rate, f.Inside.Of = 1, tt.people
		s := newStory(t)
		s.until(at(tt.minutes, -10), always(f))
		s.until(at(tt.minutes+5, 0), quietly)
		if i := s.only(); i.Severity != tt.want {
			t.Errorf("%s: %s with %d minutes, want %s", name, i.Severity, i.Minutes, tt.want)
		}
	}
}

func TestGrowth(t *testing.T) {
	s := newStory(t)
	s.until(at(1, 0), always(fault(lyon, people(1, 5))))
	s.until(at(2, 0), always(fault(lyon, people(1, 7))))
	s.until(at(3, 0), always(fault(lyon, people(1, 41))))
	i := s.only()
	var grew []earshot.Count
	for _, ev := range i.Timeline {
		if ev.What == earshot.IncidentGrew {
			grew = append(grew, ev.Inside)
		}
	}
	// Once, for the people and the severity together; two more people than five are not worth a line.
	if want := []earshot.Count{{Bad: 41, Of: 43}}; !cmp.Equal(grew, want) || i.Affected != 41 || len(i.People) != 41 || i.Severity != earshot.SeverityMajor {
		t.Errorf("grew %v, want %v; %d affected, %s", grew, want, i.Affected, i.Severity)
	}
	// An hour of flapping does not fill the memory.
	for k := range 300 {
		s.until(at(10+8*k, 0), quietly)
		s.until(at(11+8*k, 0), always(fault(lyon, people(1, 41))))
	}
	i = s.only()
	if len(i.Timeline) != 100 || i.Timeline[0].What != earshot.IncidentOpened || i.Timeline[99].At < at(2300, 0) {
		t.Errorf("%d lines in the timeline, want the first and the newest of 100", len(i.Timeline))
	}
}

func TestBounds(t *testing.T) {
	f := fault(fr, people(1, 60_000))
	f.Meetings = people(0x7000, 3000)
	s := newStory(t)
	s.until(at(0, 20), always(f))
	i := s.only()
	if len(i.Timeline) != 1 || i.Severity != earshot.SeverityCritical {
		t.Errorf("opened as %s with %v: its opening tells that it is large", i.Severity, whats(i))
	}
	if i.Affected != 50_000 || len(i.People) != 500 || len(i.Meetings) != 50 {
		t.Errorf("%d affected, %d people, %d meetings", i.Affected, len(i.People), len(i.Meetings))
	}
}
