package main

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/cause"
)

// Every alert counts once: for the fault that it is about, as explained, as one person's trouble, or as false.
func TestJudgesAlertsByTheirFault(t *testing.T) {
	isp, lone := earshot.CauseISP, part{Cause: earshot.CauseWifi, Fault: 9, Share: 1}
	r := &run{
		Name: "made up", Span: workday,
		Faults: []fault{{Number: 1, Cause: isp, Place: place{Name: "Tejo"}, Start: at(10), End: at(20), Onset: at(10)}},
		Minutes: []minute{
			bad(1, 11, isp, of(isp, 1)), bad(2, 11, isp, of(isp, 1)), bad(3, 30, isp, lone), bad(4, 30, isp),
		},
		Incidents: []opened{{ID: 70, state: state{At: at(12), Cause: isp, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Tejo"}}}},
	}
	make := func(kind alert.Kind, minute int, incident earshot.ID, explained bool, evidence ...evidenceOf) {
		r.Alerts = append(r.Alerts, &raised{
			Alert: alert.Alert{Rule: string(kind), Kind: kind, Raised: at(minute), Incident: incident, Explained: explained}, Evidence: evidence,
		})
	}
	make(alert.KindIncident, 12, 70, false)
	make(alert.KindIncident, 14, 71, false) // of an incident that nobody knows
	make(alert.KindShare, 13, 70, true)
	make(alert.KindShare, 15, 0, false, evidenceOf{1, at(11)}, evidenceOf{2, at(11)}, evidenceOf{4, at(30)})
	make(alert.KindDrops, 16, 0, false, evidenceOf{1, at(13)}) // fell out: the minutes before count
	make(alert.KindShare, 31, 0, false, evidenceOf{3, at(30)})
	make(alert.KindShare, 32, 0, false, evidenceOf{4, at(30)})
	r.Alerts[0].Changed = []earshot.Instant{at(18)}
	s := judgeAlerts(r)
	if len(s.Faults) != 1 || s.Faults[0].Alerts != 3 || s.Faults[0].Messages != 4 || s.Faults[0].After != 2*time.Minute || s.Faults[0].Victims != 2 {
		t.Errorf("faults %+v, want one with three alerts in four messages (one grew worse), the first after two minutes", s.Faults)
	}
	if got := *s.Rules["share"]; got != (ruleScore{Raised: 4, Explained: 1, True: 1, Lone: 1, False: 1}) {
		t.Errorf("shares: %+v", got)
	}
	if len(s.False) != 2 || s.Healthy != 0 || s.Days != 1 {
		t.Errorf("false %v, healthy %d, days %v, want two false ones on a day that is not healthy", s.False, s.Healthy, s.Days)
	}
	r.Faults = nil
	if s := judgeAlerts(r); s.HealthyDays != 1 || s.Healthy != 4 {
		t.Errorf("without a fault: %d false alerts in %v healthy days, want 4 in one", s.Healthy, s.HealthyDays)
	}
}

// A group's alerts that come together are one message; later ones wait for the minute.
func TestPutsAlertsIntoMessages(t *testing.T) {
	var all []*raised
	for _, after := range []time.Duration{0, time.Second, 10 * time.Second, 30 * time.Second, 10 * time.Minute} {
		all = append(all, &raised{Alert: alert.Alert{Rule: "R", Raised: testStart.Add(after)}})
	}
	all = append(all, &raised{Alert: alert.Alert{Rule: "S", Raised: testStart}})
	var sizes []int
	for _, m := range messagesOf(all) {
		sizes = append(sizes, len(m))
	}
	if len(sizes) != 4 || sizes[0] != 2 || sizes[1] != 2 || sizes[2] != 1 || sizes[3] != 1 {
		t.Errorf("messages of %v alerts, want of 2, 2, 1 and 1", sizes)
	}
}

// The whole way: the rules look at what the fold sees, and the one fault is told, nobody's falling out without one.
func TestPlaysAlerts(t *testing.T) {
	t.Parallel()
	o := small()
	o.Span = 32 * time.Minute
	r, err := play("small", o, cause.DefaultParams(), alert.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	s := judgeAlerts(r)
	if len(s.Faults) != 1 || s.Faults[0].Alerts == 0 || len(s.False) != 0 || s.Rules["PeopleDropped"] != nil {
		t.Errorf("faults %+v, false %+v, rules %+v; want the fault told, and nothing false", s.Faults, s.False, s.Rules)
	}
}
