package main

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
)

const (
	testStart = earshot.Instant(1_763_629_200_000)
	aSite     = earshot.ID(77)
)

// at returns a minute of a test.
func at(n int) earshot.Instant { return testStart.Add(time.Duration(n) * time.Minute) }

// bad makes a truly bad minute of a person; parts are pairs of a cause and its share.
func bad(person, n int, said earshot.Cause, parts ...part) minute {
	m := minute{
		Key: earshot.MinuteKey{Segment: earshot.ID(100 + person), At: at(n)}, Person: earshot.ID(person), Truly: true, Graded: true,
		Said: earshot.Verdict{Cause: said, Confidence: 95}, Parts: parts, Ordinary: 1,
	}
	for _, p := range parts {
		m.Ordinary -= p.Share
	}
	return m
}

func of(c earshot.Cause, share float64) part { return part{Cause: c, Fault: 1, Share: share} }

// Every kind of answer moves the one figure that it should move.
func TestJudgeCountsEveryAnswer(t *testing.T) {
	const (
		device, wifi, local, isp, remote = earshot.CauseDevice, earshot.CauseWifi, earshot.CauseLocalNetwork, earshot.CauseISP, earshot.CauseRemote
		unknown                          = earshot.CauseUnknown
	)
	ungraded := bad(1, 1, earshot.CauseNone, of(isp, 1))
	ungraded.Graded = false
	fair := bad(1, 1, isp, of(wifi, 1))
	fair.Truly = false
	noise := minute{Key: earshot.MinuteKey{Segment: 5, At: at(1)}, Person: 5, Graded: true, Said: earshot.Verdict{Cause: isp}}
	quietNoise := noise
	quietNoise.Said.Cause = unknown
	for _, c := range []struct {
		name                                               string
		m                                                  minute
		bad, right, wrong, missed, unknownNoise, notGraded int
		ordinary, blamed                                   int
		dominant                                           earshot.Cause
		precisionOf                                        earshot.Cause
		precision, recall, wrongBlame                      float64
	}{
		{name: "the only cause", m: bad(1, 1, isp, of(isp, 1)), bad: 1, right: 1, dominant: isp, precisionOf: isp, precision: 1, recall: 1},
		{name: "another cause", m: bad(1, 1, wifi, of(isp, 1)), bad: 1, wrong: 1, dominant: isp, precisionOf: wifi, wrongBlame: 1},
		{name: "nothing is said", m: bad(1, 1, unknown, of(isp, 1)), bad: 1, missed: 1, dominant: isp},
		{name: "no verdict at all", m: bad(1, 1, earshot.CauseNone, of(isp, 1)), bad: 1, missed: 1, dominant: isp},
		{name: "the lesser of two causes", m: bad(1, 1, wifi, of(isp, .7), of(wifi, .3)), bad: 1, right: 1, dominant: isp, precisionOf: wifi, precision: 1, recall: 1},
		{name: "a cause of too small a share", m: bad(1, 1, wifi, of(isp, .71), of(wifi, .29)), bad: 1, wrong: 1, dominant: isp, precisionOf: wifi, wrongBlame: 1},
		{name: "shares of one cause add up", m: bad(1, 1, wifi, of(isp, .6), of(wifi, .2), of(wifi, .2)), bad: 1, right: 1, dominant: isp, precisionOf: wifi, precision: 1, recall: 1},
		{name: "mostly ordinary, and unknown", m: bad(1, 1, unknown, of(isp, .2)), bad: 1, unknownNoise: 1},
		{name: "mostly ordinary, and blamed", m: bad(1, 1, isp, of(isp, .2)), bad: 1, wrong: 1, precisionOf: isp, wrongBlame: 1},
		{name: "not found bad", m: ungraded, bad: 1, notGraded: 1, dominant: isp},
		{name: "truly only fair", m: fair},
		{name: "noise, blamed", m: noise, ordinary: 1, blamed: 1},
		{name: "noise, unknown", m: quietNoise, ordinary: 1},
		{name: "heard from others", m: bad(1, 1, remote, of(remote, 1)), bad: 1, right: 1, dominant: remote, precisionOf: remote, precision: 1, recall: 1},
		{name: "a device for a device", m: bad(1, 1, device, of(device, .5), of(local, .5)), bad: 1, right: 1, dominant: device, precisionOf: device, precision: 1, recall: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := judge(&run{Minutes: []minute{c.m}, Span: time.Hour, Persons: 1})
			got := [8]int{s.Bad, s.Right, s.Wrong, s.UnknownMissed, s.UnknownNoise, s.Ungraded, s.Ordinary, 0}
			for _, n := range s.OrdinaryBlamed {
				got[7] += n
			}
			if want := [8]int{c.bad, c.right, c.wrong, c.missed, c.unknownNoise, c.notGraded, c.ordinary, c.blamed}; got != want {
				t.Errorf("bad, right, wrong, missed, noise, ungraded, ordinary, blamed = %v, want %v", got, want)
			}
			if c.dominant != 0 && s.Dominant[c.dominant] != 1 {
				t.Errorf("the dominant cause is not %v: %v", c.dominant, s.Dominant)
			}
			if p, r, w := s.precision(c.precisionOf), s.recall(c.dominant), s.wrongBlame(); p != c.precision || r != c.recall || w != c.wrongBlame {
				t.Errorf("precision %v, recall %v, wrong blame %v; want %v, %v, %v", p, r, w, c.precision, c.recall, c.wrongBlame)
			}
		})
	}
}

// A world of two causes with known figures.
func TestJudgeAddsUp(t *testing.T) {
	const wifi, isp = earshot.CauseWifi, earshot.CauseISP
	r := &run{Span: workday, Persons: 1000, Minutes: []minute{
		bad(1, 1, isp, of(isp, 1)), bad(1, 2, isp, of(isp, 1)), bad(1, 3, wifi, of(isp, 1)), bad(1, 4, earshot.CauseUnknown, of(isp, 1)),
		bad(2, 1, wifi, of(wifi, 1)), bad(2, 2, wifi, of(wifi, 1)),
	}}
	half := judge(r)
	s := &score{}
	s.add(half)
	s.add(judge(r))
	// Provider: 2 of 2 said are right, 2 of 4 found. Wi-Fi: 2 of 3, 2 of 2.
	f1 := (2*1*.5/1.5 + 2*(2./3)*1/(5./3)) / 2
	if got := s.macroF1(); got < f1-1e-9 || got > f1+1e-9 {
		t.Errorf("macro F1 %v, want %v", got, f1)
	}
	if got, want := s.wrongBlame(), 1./6; got != want {
		t.Errorf("wrong blame %v, want %v", got, want)
	}
	if s.Bad != 12 || s.PersonDays != 2000 || s.Confusion[isp][wifi] != 2 || len(s.Examples) != 4 {
		t.Errorf("bad %d, person-days %v, confused %d, examples %d", s.Bad, s.PersonDays, s.Confusion[isp][wifi], len(s.Examples))
	}
	if s.Bins[9] != 10 || s.BinsRight[9] != 8 {
		t.Errorf("bins %v, right %v", s.Bins, s.BinsRight)
	}
}

func officeFault() fault {
	return fault{Number: 1, Kind: "full-link", Cause: earshot.CauseLocalNetwork, Target: "Lyon office", Place: place{Site: aSite}, Strength: 1,
		Start: at(10), End: at(30), Onset: at(10)}
}

func TestJudgeMatchesIncidents(t *testing.T) {
	const local = earshot.CauseLocalNetwork
	site := earshot.Cell{Scope: earshot.ScopeSite, ID: aSite}
	victims := []minute{bad(1, 11, local, of(local, 1)), bad(2, 12, earshot.CauseUnknown, of(local, 1))}
	for _, c := range []struct {
		name     string
		incident opened
		found    bool
		after    time.Duration
		false    int
	}{
		{"right and soon", opened{state: state{At: at(11), Cause: local, Cell: site}}, true, time.Minute, 0},
		{"a part of the place", opened{state: state{At: at(12), Cause: local, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: aSite, Name: "10.20.4.0/24"}}}, true, 2 * time.Minute, 0},
		{"another place", opened{state: state{At: at(11), Cause: local, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: 78}}}, false, 0, 1},
		{"another cause", opened{state: state{At: at(11), Cause: earshot.CauseISP, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}}}, false, 0, 1},
		{"the place, for another cause", opened{state: state{At: at(11), Cause: earshot.CauseWifi, Cell: earshot.Cell{Scope: earshot.ScopeSiteWifi, ID: aSite}}}, false, 0, 1},
		{"over before it", opened{state: state{At: at(5), Until: at(9), Cause: local, Cell: site}}, false, 0, 1},
		{"open since before it", opened{state: state{At: at(5), Until: at(20), Cause: local, Cell: site}}, true, 0, 0},
		{"reopened for it", opened{state: state{At: at(1), Until: at(4), Cause: local, Cell: site}, Later: []state{{At: at(13), Cause: local, Cell: site}}}, true, 3 * time.Minute, 0},
		{"long after it", opened{state: state{At: at(41), Cause: local, Cell: site}}, false, 0, 1},
		{"in its last minutes", opened{state: state{At: at(35), Cause: local, Cell: site}}, true, 25 * time.Minute, 0},
		{"renamed to it", opened{state: state{At: at(11), Cause: earshot.CauseWifi, Cell: site}, Later: []state{{At: at(14), Cause: local, Cell: site}}}, true, 4 * time.Minute, 0},
		{"renamed from it", opened{state: state{At: at(11), Cause: local, Cell: site}, Later: []state{{At: at(14), Cause: earshot.CauseISP, Cell: site}}}, true, time.Minute, 0},
		{"undecided", opened{state: state{At: at(11), Cause: earshot.CauseUnknown, Cell: site, Candidates: []earshot.Cause{local, earshot.CauseISP}}}, false, 0, 0},
		{"undecided between others", opened{state: state{At: at(11), Cause: earshot.CauseUnknown, Cell: site, Candidates: []earshot.Cause{earshot.CauseISP}}}, false, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := judge(&run{Minutes: victims, Faults: []fault{officeFault()}, Incidents: []opened{c.incident}, Persons: 10, Span: time.Hour})
			if len(s.Detect) != 1 || s.Detect[0].Found != c.found || s.Detect[0].After != c.after || len(s.False) != c.false {
				t.Errorf("detections %+v, %d false; want found %v after %v, %d false", s.Detect, len(s.False), c.found, c.after, c.false)
			}
			if s.Victims[local] != 2 || s.VictimsFound[local] != 1 {
				t.Errorf("%d of %d victims found, want 1 of 2", s.VictimsFound[local], s.Victims[local])
			}
			if s.HealthyDays != 0 {
				t.Error("a run with a fault counts as healthy")
			}
		})
	}
}

// A fault that nobody, or one person, felt cannot be missed; one that was missed stays in the figures.
func TestJudgeReportsWhatWasMissed(t *testing.T) {
	const local = earshot.CauseLocalNetwork
	s := judge(&run{Minutes: []minute{bad(1, 11, local, of(local, 1)), bad(1, 12, local, of(local, 1))}, Faults: []fault{officeFault()}})
	if len(s.Detect) != 0 {
		t.Errorf("%d detections asked for of a fault with one victim", len(s.Detect))
	}
	s = judge(&run{Minutes: []minute{bad(1, 11, local, of(local, 1)), bad(2, 12, local, of(local, 1))}, Faults: []fault{officeFault()}})
	found, missed := s.detectTimes(0)
	if len(found) != 0 || missed != 1 {
		t.Errorf("%d found, %d missed; want the fault to be missed", len(found), missed)
	}
	if got := quantile(found, missed, .5); got != "never" {
		t.Errorf("median time to detect %s, want never", got)
	}
	if got := quantile([]time.Duration{3 * time.Second, time.Second, 2 * time.Second}, 1, .5); got != "3s" {
		t.Errorf("median of 1, 2, 3 s and never is %s, want 3s", got)
	}
}

// Incidents about a person are true when a trouble of that person's own was felt.
func TestJudgeOfPersonalIncidents(t *testing.T) {
	device := func(person earshot.ID) opened {
		return opened{state: state{At: at(15), Cause: earshot.CauseDevice, Cell: earshot.Cell{Scope: earshot.ScopePerson}}, Person: person}
	}
	r := &run{Persons: 1000, Span: workday, Minutes: []minute{
		bad(1, 11, earshot.CauseDevice, of(earshot.CauseDevice, 1)), bad(2, 11, earshot.CauseRemote, of(earshot.CauseRemote, 1)),
		bad(3, 1, earshot.CauseDevice, of(earshot.CauseDevice, 1)),
	}, Incidents: []opened{device(1), device(2), device(3), device(4)}}
	s := judge(r)
	if s.Personal != 4 || s.Shared != 0 || len(s.FalsePersonal) != 3 || s.HealthyDays != 1000 || s.HealthyFalsePersonal != 3 || s.HealthyFalse != 0 {
		t.Errorf("personal %d, false %d, healthy days %v, false %d and %d", s.Personal, len(s.FalsePersonal), s.HealthyDays, s.HealthyFalsePersonal, s.HealthyFalse)
	}
}

// What is opened during faults of delivery, which have no truth, is false.
func TestJudgeForgivesNothingToDelivery(t *testing.T) {
	s := judge(&run{Persons: 200, Span: time.Hour, Incidents: []opened{{state: state{At: at(5), Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: aSite}}}}})
	if len(s.False) != 1 || s.HealthyFalse != 1 {
		t.Errorf("%d false incidents, %d on healthy days; want 1 and 1", len(s.False), s.HealthyFalse)
	}
}
