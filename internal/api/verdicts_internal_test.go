package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// at makes a minute with a verdict.
func at(minute int, segment, person earshot.ID, v earshot.Verdict) live.Minute {
	m := live.Minute{Minute: earshot.Minute{Segment: segment, Person: person, At: earshot.Instant(minute) * 60_000, Grade: earshot.Good, Verdict: v}}
	if v.Cause != earshot.CauseNone {
		m.Grade = earshot.Bad
	}
	return m
}

func TestVerdicts(t *testing.T) {
	subnet := earshot.Verdict{
		Cause: earshot.CauseLocalNetwork, Confidence: 70, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.20.4.0/24"},
		Direction: earshot.DirectionReceive, Inside: earshot.Count{Bad: 4, Of: 19}, Elsewhere: earshot.Count{Bad: 2, Of: 311}, Metric: earshot.MetricCount,
	}
	surer := subnet
	surer.Confidence, surer.Inside.Bad = 96, 17
	sender := earshot.Verdict{Cause: earshot.CauseRemote, Confidence: 90, Cell: earshot.Cell{Scope: earshot.ScopeSender, ID: 2}, Metric: earshot.MetricCount}
	row := []live.Minute{
		at(1, 1, 1, earshot.Verdict{}), at(2, 1, 1, subnet), at(3, 1, 1, surer), at(4, 1, 1, earshot.Verdict{}), at(5, 1, 1, subnet),
		at(6, 1, 1, sender), at(12, 1, 1, subnet),
	}
	names := &verdictNames{
		sites: map[earshot.ID]*earshot.Site{7: {ID: 7, Name: "Lyon office"}},
		joins: []join{{segment: &earshot.Segment{ID: 2, Name: "Ana Lima"}}},
	}
	got := verdicts(row, names)
	type line struct {
		From, To, Minutes int
		Cause             earshot.Cause
		Confidence        uint8
		Bad               int
		Sender            earshot.ID
	}
	var lines []line
	for _, v := range got {
		lines = append(lines, line{int(v.From.Unix() / 60), int(v.To.Unix() / 60), v.Minutes, v.Cause, v.Confidence, v.Inside.Bad, v.Sender})
	}
	want := []line{
		{2, 6, 3, earshot.CauseLocalNetwork, 96, 17, 0}, // one better minute in between
		{6, 7, 1, earshot.CauseRemote, 90, 0, 2},
		{12, 13, 1, earshot.CauseLocalNetwork, 70, 4, 0}, // too long after
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, words := range []string{"17 of 19 people", "Ana Lima", "4 of 19 people"} {
		if !strings.Contains(got[i].Sentence, words) {
			t.Errorf("sentence %q does not say %q", got[i].Sentence, words)
		}
	}
	if s := got[0].Site; s == nil || s.Name != "Lyon office" {
		t.Errorf("site %+v", s)
	}
}

func TestCausesOfAMeeting(t *testing.T) {
	wifi, remote := earshot.Verdict{Cause: earshot.CauseWifi}, earshot.Verdict{Cause: earshot.CauseRemote}
	l := ledger{
		1: {at(1, 1, 9, wifi), at(2, 1, 9, remote), at(3, 1, 9, earshot.Verdict{})},
		2: {at(5, 2, 9, remote)}, // back again
		3: {at(1, 3, 8, remote)},
	}
	want := []CauseMinutes{{earshot.CauseRemote, 3, 2}, {earshot.CauseWifi, 1, 1}}
	if diff := cmp.Diff(want, causesOf(l)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := causesOf(ledger{}); got == nil || len(got) != 0 {
		t.Errorf("of none: %v, want an empty list", got)
	}
}

func TestNamesForUseTheSitesClock(t *testing.T) {
	sites := map[earshot.ID]*earshot.Site{7: {ID: 7, Zone: "Europe/Paris"}, 8: {ID: 8, Zone: "Nowhere/Else"}}
	if z := namesFor(&SegmentRow{Site: &SiteRef{ID: 7}}, sites, nil).Zone(); z == nil || z.String() != "Europe/Paris" {
		t.Errorf("zone %v", z)
	}
	for _, id := range []earshot.ID{8, 9} {
		if z := namesFor(&SegmentRow{Site: &SiteRef{ID: id}}, sites, nil).Zone(); z != nil && z != time.UTC {
			t.Errorf("site %s: zone %v", id, z)
		}
	}
}
