package alert_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

// raisedBy names the subjects of what a rule raises at once; their ids say which.
func raisedBy(t *testing.T, r alert.Rule, in *alert.Inputs) []earshot.ID {
	t.Helper()
	r.Name = "R"
	if err := r.Validate("", true); err != nil {
		t.Fatal(err)
	}
	e := alert.NewEngine([]alert.Rule{r}, nil)
	var out []earshot.ID
	for _, at := range []earshot.Instant{noon, noon.Add(31 * time.Second)} { // shares wait for their cause
		for _, a := range e.Evaluate(at, in) {
			out = append(out, a.Subject.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A rule looks at what is within its scope: each part of it must hold, by any of its words.
func TestARuleLooksWithinItsScope(t *testing.T) {
	at := func(id earshot.ID, cell earshot.Cell, people ...earshot.ID) earshot.Incident {
		return earshot.Incident{ID: id, Cause: earshot.CauseLocalNetwork, Cell: cell, State: earshot.IncidentOpen, Start: noon, Opened: noon, Affected: len(people), People: people}
	}
	track := func(person, meeting, site earshot.ID, number string) alert.Track {
		return alert.Track{Person: person, Meeting: meeting, Site: site, Series: meeting + 10, Number: number, Minutes: []alert.Minute{
			{At: noon, Grade: earshot.Bad}, {At: noon - minute, Grade: earshot.Bad}, {At: noon - 2*minute, Grade: earshot.Bad},
		}}
	}
	in := &alert.Inputs{
		Places: map[earshot.ID]alert.Place{7: {Name: "Lyon", Tags: []string{"france", "plants"}}, 8: {Name: "Gdynia", Tags: []string{"plants"}}},
		People: map[string]earshot.ID{"ann@example.com": 1, "bo@example.com": 2}, Lists: map[string][]string{"board": {"Ann@example.com", "0000000000000003"}},
		Incidents: []earshot.Incident{
			at(100, earshot.Cell{Scope: earshot.ScopeSite, ID: 7}, 1, 4), at(101, earshot.Cell{Scope: earshot.ScopeSite, ID: 8}, 2),
			at(102, earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.20.4.0/24"}, 3), at(103, earshot.Cell{Scope: earshot.ScopeISP, Name: "Arvel"}, 9),
		},
		HaveMinutes: true, Tracks: []alert.Track{track(1, 50, 7, "111"), track(2, 51, 8, "222"), track(3, 52, 7, "333"), track(9, 53, 0, "")},
		HaveCalls: true, Calls: []alert.Call{{At: noon, MOS: 2, Persons: []earshot.ID{2, 9}}},
	}
	incident, person := alert.Rule{Kind: alert.KindIncident}, alert.Rule{Kind: alert.KindPerson, Minutes: 2}
	meeting, phone := alert.Rule{Kind: alert.KindShare, Per: alert.PerMeeting, SharePct: 50}, alert.Rule{Kind: alert.KindPhone, MOS: 3}
	subnet := func(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
	for _, c := range []struct {
		name  string
		rule  alert.Rule
		scope alert.Scope
		want  []earshot.ID
	}{
		{"incidents everywhere", incident, alert.Scope{}, []earshot.ID{100, 101, 102, 103}},
		{"incidents of a site, its networks included", incident, alert.Scope{Sites: []string{"Lyon"}}, []earshot.ID{100, 102}},
		{"incidents of sites", incident, alert.Scope{Sites: []string{"Lyon", "Gdynia"}}, []earshot.ID{100, 101, 102}},
		{"incidents of a tag", incident, alert.Scope{Groups: []string{"plants"}}, []earshot.ID{100, 101, 102}},
		{"incidents that touch a list of people", incident, alert.Scope{Groups: []string{"board"}}, []earshot.ID{100, 102}},
		{"incidents that touch somebody", incident, alert.Scope{Persons: []string{"BO@example.com"}}, []earshot.ID{101}},
		{"incidents of a network, within a wider one", incident, alert.Scope{Subnets: subnet("10.20.0.0/16")}, []earshot.ID{102}},
		{"incidents of another network", incident, alert.Scope{Subnets: subnet("10.21.0.0/16")}, nil},
		{"a part of a network is not all of it", incident, alert.Scope{Subnets: subnet("10.20.4.128/25")}, nil},
		{"each part of a scope must hold", incident, alert.Scope{Sites: []string{"Gdynia"}, Subnets: subnet("10.20.0.0/16")}, nil},
		{"people of a site", person, alert.Scope{Sites: []string{"Lyon"}}, []earshot.ID{1, 3}},
		{"people of a list", person, alert.Scope{Groups: []string{"board"}}, []earshot.ID{1, 3}},
		{"people of a tag", person, alert.Scope{Groups: []string{"france"}}, []earshot.ID{1, 3}},
		{"people of a series", person, alert.Scope{Series: []string{"222"}}, []earshot.ID{2}},
		{"somebody by id", person, alert.Scope{Persons: []string{"0000000000000009"}}, []earshot.ID{9}},
		{"nobody who is known", person, alert.Scope{Persons: []string{"cy@example.com"}}, nil},
		{"meetings with people of a site", meeting, alert.Scope{Sites: []string{"Gdynia"}}, []earshot.ID{51}},
		{"meetings of a series", meeting, alert.Scope{Series: []string{"111", "333"}}, []earshot.ID{50, 52}},
		{"calls of somebody", phone, alert.Scope{Persons: []string{"bo@example.com"}}, []earshot.ID{0}},
		{"calls of somebody else", phone, alert.Scope{Persons: []string{"ann@example.com"}}, nil},
	} {
		c.rule.Scope = c.scope
		if d := cmp.Diff(c.want, raisedBy(t, c.rule, in)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// Which incidents a rule is about, when it clears, and that a place is not told of again at once.
func TestRulesAboutIncidents(t *testing.T) {
	personal := siteIncident(101, 1)
	personal.Cell, personal.Cause = earshot.Cell{Scope: earshot.ScopePerson, ID: 1}, earshot.CauseDevice
	in := &alert.Inputs{Incidents: []earshot.Incident{siteIncident(100, 8), personal}}
	for _, c := range []struct {
		name string
		rule alert.Rule
		want []earshot.ID
	}{
		{"shared", alert.Rule{Kind: alert.KindIncident}, []earshot.ID{100}},
		{"by this cause", alert.Rule{Kind: alert.KindIncident, Causes: []string{"isp", "local-network"}}, []earshot.ID{100}},
		{"by another cause", alert.Rule{Kind: alert.KindIncident, Causes: []string{"isp"}}, nil},
		{"of more people", alert.Rule{Kind: alert.KindIncident, People: 9}, nil},
		{"of one person", alert.Rule{Kind: alert.KindIncident, Personal: true}, []earshot.ID{101}},
	} {
		if d := cmp.Diff(c.want, raisedBy(t, c.rule, in)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}

	e := alert.NewEngine([]alert.Rule{{Name: "Q", Kind: alert.KindIncident, ClearOn: "quiet", Cooldown: alert.Duration(10 * time.Minute)}}, nil)
	look := func(after time.Duration, all ...earshot.Incident) []alert.Alert {
		return e.Evaluate(noon.Add(after), &alert.Inputs{Incidents: all})
	}
	first, second := siteIncident(100, 8), siteIncident(200, 8)
	expect(t, "opened", look(0, first), "Q firing warning")
	first.State = earshot.IncidentQuiet
	expect(t, "quiet is over, for this rule", look(time.Minute, first), "Q resolved warning")
	expect(t, "another one of the place, within the cooldown", look(2*time.Minute, second))
	elsewhere := siteIncident(300, 8)
	elsewhere.Cell.ID = 8
	expect(t, "one of another place", look(3*time.Minute, elsewhere), "Q firing warning")
	expect(t, "of the place, after the cooldown", look(12*time.Minute), "Q firing warning")
}

// Each of Earshot's own readings is raised beyond its usual bound and its own one, and cleared within.
func TestEachReadingHasItsBound(t *testing.T) {
	bounds := map[alert.What]float64{
		alert.WhatNoEvents: 5, alert.WhatChallenge: 80, alert.WhatCertificate: 14, alert.WhatClock: 60, alert.WhatLag: 60, alert.WhatJournal: 85,
		alert.WhatExporter: 30, alert.WhatReceiver: 2, alert.WhatDelivery: 15,
	}
	for _, what := range alert.Whats() {
		for _, own := range []float64{0, 7} {
			bound, beyond := bounds[what], 1.0
			if own != 0 {
				bound = own
			}
			if what == alert.WhatCertificate { // days that are left
				beyond = -1
			}
			e := alert.NewEngine([]alert.Rule{{Name: "H", Kind: alert.KindAbsence, What: what, Threshold: own, For: alert.Duration(time.Minute), ClearAfter: alert.Duration(time.Minute)}}, nil)
			look := func(after time.Duration, value float64) []alert.Alert {
				return e.Evaluate(noon.Add(after), &alert.Inputs{Health: []alert.Reading{{What: what, Value: value}}})
			}
			name := string(what)
			expect(t, name+" at its bound", look(0, bound))
			expect(t, name+" beyond it", look(time.Minute, bound+beyond))
			expect(t, name+" for long enough", look(2*time.Minute, bound+beyond), "H firing warning")
			expect(t, name+" within", append(look(3*time.Minute, bound), e.Evaluate(noon.Add(4*time.Minute-1), &alert.Inputs{})...))
			expect(t, name+" within for long enough", look(4*time.Minute, bound), "H resolved warning")
		}
	}
	if len(bounds) != len(alert.Whats()) {
		t.Errorf("%d bounds of %d readings", len(bounds), len(alert.Whats()))
	}
}
