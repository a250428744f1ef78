package alert_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

const minute = earshot.Instant(60_000)

var noon = earshot.InstantOf(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))

func siteIncident(id earshot.ID, people int) earshot.Incident {
	return earshot.Incident{
		ID: id, Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: 7}, Severity: earshot.SeverityMajor, State: earshot.IncidentOpen,
		Start: noon - 2*minute, Opened: noon, Updated: noon, Confidence: 95, Inside: earshot.Count{Bad: people, Of: people + 2}, Affected: people, People: []earshot.ID{1, 2, 3, 4, 5},
	}
}

func changes(all []alert.Alert) []string {
	out := []string{}
	for _, a := range all {
		out = append(out, fmt.Sprintf("%s %s %s", a.Rule, a.State, a.Severity))
	}
	return out
}

func expect(t *testing.T, what string, got []alert.Alert, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	if d := cmp.Diff(want, changes(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// An incident is one alert from its opening to its close, whatever it grows to.
func TestAnIncidentIsToldOnceAndClearedOnce(t *testing.T) {
	e := alert.NewEngine(alert.Defaults(), nil)
	i := siteIncident(100, 2)
	look := func(at earshot.Instant) []alert.Alert {
		return e.Evaluate(at, &alert.Inputs{Incidents: []earshot.Incident{i}})
	}
	expect(t, "two people are too few", look(noon))
	i.Affected, i.Inside.Bad = 4, 4
	expect(t, "opened", look(noon+10_000), "Incident firing warning")
	expect(t, "told once more", look(noon+20_000))
	i.Affected = 41
	grown := look(noon + 30_000)
	expect(t, "grew", grown, "Incident firing warning")
	if last := grown[0].Timeline[len(grown[0].Timeline)-1]; last.What != alert.Grew || last.Text != "41 people" {
		t.Errorf("timeline ends with %+v, want that it grew to 41 people", last)
	}
	i.Severity = earshot.SeverityCritical
	expect(t, "worse", look(noon+40_000), "Incident firing critical")
	i.State, i.End = earshot.IncidentQuiet, noon+minute
	expect(t, "quiet is not over", look(noon+2*minute), "Incident firing critical")
	expect(t, "still quiet", look(noon+150_000))
	i.State, i.End = earshot.IncidentOpen, 0
	expect(t, "reopened is the same alert", look(noon+3*minute), "Incident firing critical")
	i.State, i.End = earshot.IncidentClosed, noon+10*minute
	expect(t, "closed", look(noon+20*minute), "Incident resolved critical")
	expect(t, "told of once more", look(noon+21*minute))
	i.State = earshot.IncidentOpen
	expect(t, "the same incident is never told again", look(noon+60*minute))
}

func TestWhatIsOverBeforeItWasSeenIsToldToNobody(t *testing.T) {
	for _, state := range []earshot.IncidentState{earshot.IncidentQuiet, earshot.IncidentClosed, earshot.IncidentMerged, earshot.IncidentNoData} {
		i := siteIncident(100, 9)
		i.State = state
		expect(t, state.String(), alert.NewEngine(alert.Defaults(), nil).Evaluate(noon, &alert.Inputs{Incidents: []earshot.Incident{i}}))
	}
	causeless := siteIncident(1, 9)
	causeless.Cause, causeless.Cell = earshot.CauseUnknown, earshot.Cell{Scope: earshot.ScopePerson, ID: 1}
	rules := []alert.Rule{{Name: "P", Kind: alert.KindIncident, Personal: true}}
	expect(t, "causeless", alert.NewEngine(rules, nil).Evaluate(noon, &alert.Inputs{Incidents: []earshot.Incident{causeless}}))
}

// people makes n people of a meeting at a site, of whom bad have bad minutes in the last minutes.
func people(n, bad, minutes int, now earshot.Instant, cell earshot.Cell) (out []alert.Track) {
	for p := 1; p <= n; p++ {
		v := alert.Track{Person: earshot.ID(p), Meeting: 50, Site: 7}
		for k := range minutes {
			m := alert.Minute{At: now.Minute() - earshot.Instant(k)*minute, Grade: earshot.Good}
			if p <= bad {
				m.Grade, m.Cell = earshot.Bad, &cell
			}
			v.Minutes = append(v.Minutes, m)
		}
		out = append(out, v)
	}
	return out
}

// A meeting that is bad because of an incident carries that incident, and the rules of inhibition match; one without a cause
// is told of itself.
func TestSymptomsAreExplainedByTheirCause(t *testing.T) {
	cell := earshot.Cell{Scope: earshot.ScopeSite, ID: 7}
	for _, c := range []struct {
		name      string
		incident  bool
		explained bool
	}{{"with an incident", true, true}, {"without", false, false}} {
		e := alert.NewEngine(alert.Defaults(), nil)
		var last []alert.Alert
		for k := range 8 {
			at := noon + earshot.Instant(k)*10_000
			in := &alert.Inputs{Tracks: people(10, 8, 10, at, cell), HaveMinutes: true, Places: map[earshot.ID]alert.Place{7: {Name: "Lyon"}}}
			if c.incident {
				in.Incidents = []earshot.Incident{siteIncident(100, 8)}
			}
			last = append(last, e.Evaluate(at, in)...)
		}
		found := false
		for _, a := range last {
			if a.Rule != "MeetingBad" {
				continue
			}
			found = true
			l := alert.Labels(&a, noNames{})
			r := alert.InhibitRules()[0]
			matches := l[alert.LabelRole] == r.Target[alert.LabelRole] && l[alert.LabelIncident] == earshot.ID(100).String()
			if a.Explained != c.explained || matches != c.explained {
				t.Errorf("%s: explained %v, labels %v, want %v", c.name, a.Explained, l, c.explained)
			}
		}
		over := siteIncident(100, 8)
		over.State = earshot.IncidentClosed
		ended := e.Evaluate(noon+90_000, &alert.Inputs{Tracks: people(10, 8, 10, noon+90_000, cell), HaveMinutes: true, Incidents: []earshot.Incident{over}})
		if n := len(ended); c.explained && n != 3 || !c.explained && n != 0 {
			t.Errorf("%s: when the cause is over %v changed, want the incident's and both symptoms' to end", c.name, changes(ended))
		}
		if !found {
			t.Errorf("%s: MeetingBad was not raised: %v", c.name, changes(last))
		}
	}
}

type noNames struct{}

func (noNames) Site(earshot.ID) string         { return "Lyon" }
func (noNames) Person(earshot.ID) string       { return "Ann" }
func (noNames) Meeting(earshot.ID) string      { return "Weekly" }
func (noNames) Series(earshot.ID) string       { return "Weekly" }
func (noNames) Zone(earshot.ID) *time.Location { return nil }

// Hysteresis, cooldown and maintenance of a share.
func TestASharesLife(t *testing.T) {
	rules := []alert.Rule{{Name: "Bad", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 50, Window: alert.Duration(5 * time.Minute), People: 5, Cooldown: alert.Duration(20 * time.Minute)}}
	span := alert.Maintenance{Name: "m", From: noon.Add(-time.Hour).Time(), To: noon.Add(2 * time.Minute).Time()}
	e := alert.NewEngine(rules, []alert.Maintenance{span})
	look := func(after time.Duration, bad int) []alert.Alert {
		at := noon.Add(after)
		return e.Evaluate(at, &alert.Inputs{Tracks: people(10, bad, 6, at, earshot.Cell{}), HaveMinutes: true})
	}
	expect(t, "in maintenance", append(look(0, 8), look(time.Minute, 8)...))
	expect(t, "after it", look(3*time.Minute, 8), "Bad firing warning")
	expect(t, "between the bounds", append(look(4*time.Minute, 4), look(20*time.Minute, 4)...))
	expect(t, "below", look(21*time.Minute, 1))
	expect(t, "below for long enough", look(27*time.Minute, 1), "Bad resolved warning")
	expect(t, "within the cooldown", append(look(28*time.Minute, 9), look(30*time.Minute, 9)...))
	expect(t, "after it", look(48*time.Minute, 9), "Bad firing warning")
	e.SetRules(nil, nil)
	expect(t, "the rule is gone", look(49*time.Minute, 9), "Bad resolved warning")
}

func TestPersonDropsPhoneBurnHealthVersionAndSamples(t *testing.T) {
	for _, c := range []struct {
		rule alert.Rule
		on   alert.Inputs
		off  alert.Inputs
		says string
	}{
		{
			alert.Rule{Kind: alert.KindPerson, Minutes: 3, Scope: alert.Scope{Groups: []string{"board"}}},
			alert.Inputs{Tracks: people(3, 1, 4, noon, earshot.Cell{}), HaveMinutes: true, Lists: map[string][]string{"board": {"ann@example.com"}}, People: map[string]earshot.ID{"ann@example.com": 1}},
			alert.Inputs{Tracks: people(3, 3, 4, noon, earshot.Cell{}), HaveMinutes: true},
			"Ann could not hear or be heard well for 4 minutes",
		},
		{
			alert.Rule{Kind: alert.KindDrops, Per: alert.PerSite, SharePct: 50, People: 4, For: 1},
			alert.Inputs{Tracks: people(2, 0, 2, noon, earshot.Cell{}), HaveMinutes: true, Leaves: []alert.Leave{{At: noon, Person: 8, Site: 7, Dropped: true}, {At: noon, Person: 9, Site: 7, Dropped: true}}},
			alert.Inputs{Tracks: people(2, 0, 2, noon, earshot.Cell{}), HaveMinutes: true, Leaves: []alert.Leave{{At: noon, Person: 8, Site: 7, Dropped: true}, {At: noon, Person: 9, Site: 7}}},
			"Lyon: 2 of 4 people fell out",
		},
		{
			alert.Rule{Kind: alert.KindPhone, MOS: 3.2, Calls: 2},
			alert.Inputs{HaveCalls: true, Calls: []alert.Call{{At: noon, MOS: 3}, {At: noon, MOS: 2}, {At: noon, MOS: 4}}},
			alert.Inputs{HaveCalls: true, Calls: []alert.Call{{At: noon, MOS: 3}, {At: noon}, {At: noon, MOS: 4}}},
			"2 of 3 phone calls had a MOS below 3.2",
		},
		{
			alert.Rule{Kind: alert.KindBurn, Per: alert.PerEverything, ObjectivePct: 90, Burns: []alert.Burn{{Long: alert.Duration(time.Hour), Short: alert.Duration(5 * time.Minute), Factor: 5}}},
			alert.Inputs{HaveRates: true, Rates: []alert.Rate{{Rule: "R", Subject: alert.Subject{Kind: alert.OfEverything}, Long: earshot.GradeCounts{0, 40, 0, 20, 40}, Short: earshot.GradeCounts{0, 4, 0, 2, 4}}}},
			alert.Inputs{HaveRates: true, Rates: []alert.Rate{{Rule: "R", Subject: alert.Subject{Kind: alert.OfEverything}, Long: earshot.GradeCounts{0, 40, 0, 20, 40}, Short: earshot.GradeCounts{0, 90, 0, 2, 4}}}},
			"All meetings: the budget of poor and bad minutes is used up 6 times too fast",
		},
		{
			alert.Rule{Kind: alert.KindAbsence, What: alert.WhatCertificate},
			alert.Inputs{Health: []alert.Reading{{What: alert.WhatCertificate, Name: "web", Value: 3}}},
			alert.Inputs{Health: []alert.Reading{{What: alert.WhatCertificate, Name: "web", Value: 30}, {What: alert.WhatLag, Value: 1e6}}},
			"A certificate ends in 3 days: web",
		},
		{
			alert.Rule{Kind: alert.KindVersion, People: 2},
			alert.Inputs{HaveVersions: true, Versions: []alert.Version{{Name: "6.9.1", People: 2}}},
			alert.Inputs{HaveVersions: true, Versions: []alert.Version{{Name: "6.9.1", People: 1}}},
			"Zoom client 6.9.1 is new here, with 2 people",
		},
		{
			alert.Rule{Kind: alert.KindPromQL, Expr: "up == 0"},
			alert.Inputs{Samples: map[string][]alert.Sample{"R": {{Labels: `{job="x"}`, Value: 1}}}},
			alert.Inputs{Samples: map[string][]alert.Sample{"R": {}}},
			`R {job="x"} is 1`,
		},
	} {
		c.rule.Name = "R"
		run := func(in alert.Inputs) []alert.Alert {
			e := alert.NewEngine([]alert.Rule{c.rule}, nil)
			return append(e.Evaluate(noon, &in), e.Evaluate(noon+1000, &in)...)
		}
		expect(t, string(c.rule.Kind)+" off", run(c.off))
		on := run(c.on)
		expect(t, string(c.rule.Kind)+" on", on, "R firing warning")
		if len(on) > 0 {
			if w := alert.Describe(&on[0], noNames{}); !strings.Contains(w.Title, c.says) {
				t.Errorf("%s: %q does not say %q", c.rule.Kind, w.Title, c.says)
			}
		}
	}
}

// An alert is cleared later than its incident was over; what it says afterwards is when the trouble was, as the incident does.
func TestWhatIsOverSaysWhenTheTroubleWas(t *testing.T) {
	e := alert.NewEngine([]alert.Rule{{Name: "I", Kind: alert.KindIncident}}, nil)
	i := siteIncident(100, 12)
	i.Start = noon - 30*60_000
	e.Evaluate(noon, &alert.Inputs{Incidents: []earshot.Incident{i}})
	look := func(at earshot.Instant) []alert.Alert {
		return e.Evaluate(at, &alert.Inputs{Incidents: []earshot.Incident{i}})
	}
	title := func(state earshot.IncidentState, end, at earshot.Instant) string {
		i.State, i.End = state, end
		got := look(at)
		if len(got) != 1 || got[0].State != alert.Firing {
			t.Fatalf("%v: got %+v", state, got)
		}
		return alert.Describe(&got[0], noNames{}).Title
	}
	// While the incident is quiet the alert fires on, but nobody is told that the trouble goes on.
	until := i.Start.Time().Format("15:04") + "–" + (noon - 25*60_000).Time().Format("15:04 UTC")
	if w := title(earshot.IncidentQuiet, noon-25*60_000, noon+200); !strings.HasSuffix(w, until) {
		t.Errorf("quiet: %q, want it to end with %q", w, until)
	}
	if w, since := title(earshot.IncidentOpen, 0, noon+400), "since "+i.Start.Time().Format("15:04 UTC"); !strings.HasSuffix(w, since) {
		t.Errorf("reopened: %q, want it to end with %q", w, since)
	}
	i.State, i.End = earshot.IncidentClosed, noon-23*60_000
	got := look(noon + 1000)
	if len(got) != 1 || got[0].State != alert.Resolved || got[0].Ended != noon+1000 || got[0].Over != i.End {
		t.Fatalf("got %+v", got)
	}
	w := alert.Describe(&got[0], noNames{})
	if want := i.Start.Time().Format("15:04") + "–" + i.End.Time().Format("15:04 UTC"); !strings.HasSuffix(w.Title, want) || w.Evidence == "" || strings.Contains(w.Evidence, "since") {
		t.Errorf("%q, %q; want it to end with %q, and no second beginning", w.Title, w.Evidence, want)
	}
}

// Whatever happens, an alert is raised before it is cleared, cleared once, its incident has no other of its rule, and a
// restart at any moment changes nothing.
func TestLivesAreWellFormedAndSurviveRestarts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := []alert.Rule{{Name: "I", Kind: alert.KindIncident}, {Name: "S", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 40, Window: alert.Duration(3 * time.Minute), Cooldown: alert.Duration(time.Minute), ClearAfter: alert.Duration(time.Minute)}}
		e, twin := alert.NewEngine(rules, nil), alert.NewEngine(rules, nil)
		state := map[earshot.ID]alert.State{}
		incidents := map[earshot.ID]earshot.ID{}
		states := map[earshot.ID]earshot.Incident{}
		now := noon
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			now += earshot.Instant(rapid.IntRange(0, 120_000).Draw(t, "later"))
			in := &alert.Inputs{HaveMinutes: true, Tracks: people(6, rapid.IntRange(0, 6).Draw(t, "bad"), 3, now, earshot.Cell{})}
			for range rapid.IntRange(0, 2).Draw(t, "incidents") {
				i := siteIncident(earshot.ID(rapid.IntRange(100, 103).Draw(t, "id")), rapid.IntRange(1, 50).Draw(t, "people"))
				i.Cell.ID = i.ID
				i.State = earshot.IncidentState(rapid.IntRange(1, 5).Draw(t, "state"))
				in.Incidents, states[i.ID] = append(in.Incidents, i), i
			}
			got := e.Evaluate(now, in)
			if d := cmp.Diff(got, twin.Evaluate(now, in)); d != "" {
				t.Fatalf("after a restart (-first +restarted):\n%s", d)
			}
			for _, a := range got {
				if state[a.ID] == alert.Resolved {
					t.Fatalf("alert %s changed after it was cleared", a.ID)
				}
				if state[a.ID] == "" && a.State != alert.Firing {
					t.Fatalf("alert %s was cleared before it was raised", a.ID)
				}
				if a.Rule == "I" {
					if other, ok := incidents[a.Subject.ID]; ok && other != a.ID {
						t.Fatalf("incident %s has the alerts %s and %s", a.Subject.ID, other, a.ID)
					}
					incidents[a.Subject.ID] = a.ID
				}
				state[a.ID] = a.State
			}
			if rapid.Bool().Draw(t, "restart") {
				raw, err := twin.State()
				if err != nil {
					t.Fatal(err)
				}
				twin = alert.NewEngine(rules, nil)
				if err := twin.Restore(raw); err != nil {
					t.Fatal(err)
				}
				again := &alert.Inputs{}
				for _, i := range states { // as the shell tells what is live
					again.Incidents = append(again.Incidents, i)
				}
				expectNone(t, twin.Evaluate(now, again), e.Evaluate(now, again))
			}
		}
	})
}

func expectNone(t *rapid.T, restarted, first []alert.Alert) {
	if d := cmp.Diff(first, restarted); d != "" {
		t.Fatalf("what is live, told again (-first +restarted):\n%s", d)
	}
}

func TestRefusesRulesThatCannotMeanWhatTheySay(t *testing.T) {
	for name, c := range map[string]struct {
		rule alert.Rule
		want string
	}{
		"no name":        {alert.Rule{Kind: alert.KindIncident}, "name"},
		"no kind":        {alert.Rule{Name: "R", Kind: "x"}, "kind"},
		"unused key":     {alert.Rule{Name: "R", Kind: alert.KindIncident, SharePct: 3}, "share_pct"},
		"cause":          {alert.Rule{Name: "R", Kind: alert.KindIncident, Causes: []string{"gremlins"}}, "causes[0]"},
		"long window":    {alert.Rule{Name: "R", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 3, Window: alert.Duration(time.Hour)}, "window"},
		"clear above":    {alert.Rule{Name: "R", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 3, ClearPct: 4}, "clear_pct"},
		"everybody":      {alert.Rule{Name: "R", Kind: alert.KindPerson}, "scope"},
		"short longer":   {alert.Rule{Name: "R", Kind: alert.KindBurn, Per: alert.PerSite, ObjectivePct: 95, Burns: []alert.Burn{{Long: alert.Duration(time.Hour), Short: alert.Duration(2 * time.Hour), Factor: 2}}}, "burns[0].short"},
		"promql":         {alert.Rule{Name: "R", Kind: alert.KindPromQL, Expr: "1"}, "kind"},
		"subnet of what": {alert.Rule{Name: "R", Kind: alert.KindAbsence, What: alert.WhatLag, Scope: alert.Scope{Sites: []string{"Lyon"}}}, "scope"},
	} {
		err, ok := c.rule.Validate("", false).(*alert.Error)
		if !ok || err.Problems[0].Key != c.want || err.Problems[0].Want == "" {
			t.Errorf("%s: got %v, want a problem with %s", name, err, c.want)
		}
	}
	for _, r := range alert.Defaults() {
		if err := r.Validate("", false); err != nil {
			t.Errorf("the default rule %s: %v", r.Name, err)
		}
	}
}

func TestReadsTheDocumentsExample(t *testing.T) {
	doc, err := alert.ParseDocument([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(false); err != nil {
		t.Fatal(err)
	}
	if len(doc.Rules) != 2 || doc.Rules[1].Window != alert.Duration(10*time.Minute) || doc.Maintenance[0].To.Hour() != 23 || len(doc.Lists["board"]) != 2 || !*doc.Defaults {
		t.Errorf("got %+v", doc)
	}
	if _, err := alert.ParseDocument([]byte("rules:\n  - name: X\n    sharepct: 3\n")); err == nil || !strings.Contains(err.Error(), "sharepct") || !strings.Contains(err.Error(), "3") {
		t.Errorf("an unknown key: got %v, want its name and line", err)
	}
}

const example = `
rules:
  - name: Board
    kind: person
    minutes: 3
    severity: critical
    scope: {groups: [board]}
  - name: LyonBad
    kind: share
    per: site
    share_pct: 20
    people: 5
    window: 10m
    scope: {sites: [Lyon]}
maintenance:
  - name: lyon-switches
    from: 2026-12-05T20:00:00Z
    to: 2026-12-05T23:00:00Z
    scope: {sites: [Lyon]}
lists:
  board: [ann@example.com, bo@example.com]
defaults: true
`

func FuzzParseDocument(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte("rules: [{name: x, kind: burn, burns: [{long: 1d2h, short: 5m, factor: 1e9}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := alert.ParseDocument(text)
		if err != nil {
			return
		}
		if doc.Validate(true) != nil {
			return
		}
		alert.NewEngine(doc.Rules, doc.Maintenance).Evaluate(noon, &alert.Inputs{HaveMinutes: true, Tracks: people(2, 2, 3, noon, earshot.Cell{})})
	})
}

// The past is judged as the present was: the same minutes raise the same alerts.
func TestReplayJudgesAsTheEngine(t *testing.T) {
	r := alert.Rule{Name: "S", Kind: alert.KindShare, Per: alert.PerSite, SharePct: 50, Window: alert.Duration(5 * time.Minute), People: 3}
	p := alert.NewReplay(&r)
	s := alert.Subject{Kind: alert.OfSite, ID: 7}
	for k := range 120 {
		b := alert.Bucket{At: noon + earshot.Instant(k)*minute, Subject: s, Classified: 10, People: 10, Bad: 1}
		if k >= 30 && k < 50 || k >= 52 && k < 60 || k >= 90 && k < 100 {
			b.Bad, b.PeopleBad = 8, 8
		}
		p.Bucket(b)
	}
	got := p.Firings(noon + 240*minute)
	if len(got) != 2 || got[0].From >= noon+35*minute || got[0].To < noon+60*minute || got[1].From < noon+90*minute || got[1].To == 0 || got[0].Affected != 8 {
		t.Errorf("got %+v, want one firing over the gap of two minutes, and one later", got)
	}
}
