package alert_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

func instant(t *testing.T, text string) earshot.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return earshot.InstantOf(at)
}

// When maintenance takes place: once; every week by the clock of its zone, over midnight and over changes of that clock.
func TestMaintenanceTakesPlaceByItsZonesClock(t *testing.T) {
	nightly := alert.Maintenance{Name: "n", Start: "22:00", End: "04:00", Zone: "Europe/Paris"}
	for _, c := range []struct {
		name     string
		m        alert.Maintenance
		from, to string
		want     []string
	}{
		{"once", alert.Maintenance{From: noon.Time(), To: noon.Add(time.Hour).Time()}, "2026-11-20T12:30:00Z", "2026-12-20T00:00:00Z", []string{"2026-11-20T12:00:00Z 1h0m0s"}},
		{"once, over", alert.Maintenance{From: noon.Time(), To: noon.Add(time.Hour).Time()}, "2026-11-20T13:00:00Z", "2026-12-20T00:00:00Z", nil},
		{"began the day before", nightly, "2026-11-20T02:59:59Z", "2026-11-20T22:00:00Z", []string{"2026-11-19T21:00:00Z 6h0m0s", "2026-11-20T21:00:00Z 6h0m0s"}},
		{"its end is not within", nightly, "2026-11-20T03:00:00Z", "2026-11-20T21:00:00Z", nil},
		{"the clock goes back", nightly, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", []string{"2026-10-24T20:00:00Z 7h0m0s"}},
		{"the clock goes forward", nightly, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", []string{"2026-03-28T21:00:00Z 5h0m0s"}},
		{"on some days, of its zone", alert.Maintenance{Days: []string{"sun"}, Start: "00:30", End: "01:30", Zone: "Pacific/Auckland"}, "2026-11-20T00:00:00Z", "2026-11-30T00:00:00Z", []string{"2026-11-21T11:30:00Z 1h0m0s", "2026-11-28T11:30:00Z 1h0m0s"}},
		{"a whole day", alert.Maintenance{Days: []string{"sat"}, Start: "00:00", End: "00:00"}, "2026-11-20T00:00:00Z", "2026-11-28T00:00:00Z", []string{"2026-11-21T00:00:00Z 24h0m0s"}},
		{"nowhere", alert.Maintenance{Start: "00:00", End: "01:00", Zone: "Europe/Atlantis"}, "2026-11-20T00:00:00Z", "2026-11-28T00:00:00Z", nil},
	} {
		var got []string
		for _, s := range c.m.Spans(instant(t, c.from), instant(t, c.to), 50) {
			got = append(got, s.From.Time().UTC().Format(time.RFC3339)+" "+s.To.Sub(s.From).String())
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	if got := nightly.Spans(noon, noon.Add(365*24*time.Hour), 3); len(got) != 3 {
		t.Errorf("got %d spans, want the first 3", len(got))
	}
}

// Whenever one asks, a moment is in maintenance when its zone's clock says so; changes of that clock aside.
func TestSpansAreWhatTheClockSays(t *testing.T) {
	zones := []string{"", "Europe/Paris", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "Pacific/Apia"}
	days := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) string {
			return time.Unix(int64(rapid.IntRange(0, 1439).Draw(t, "minute"))*60, 0).UTC().Format("15:04")
		})
		m := alert.Maintenance{Name: "m", Start: clock.Draw(t, "start"), End: clock.Draw(t, "end"), Zone: rapid.SampledFrom(zones).Draw(t, "zone"), Days: rapid.SliceOfNDistinct(rapid.SampledFrom(days), 0, 7, rapid.ID).Draw(t, "days")}
		now := noon + earshot.Instant(rapid.IntRange(-400*1440, 400*1440).Draw(t, "now"))*minute
		zone, err := time.LoadLocation(m.Zone)
		if err != nil {
			t.Fatal(err)
		}
		local := now.Time().In(zone)
		_, offset := local.Zone()
		for _, near := range []time.Duration{-30 * time.Hour, 30 * time.Hour} {
			if _, other := local.Add(near).Zone(); other != offset {
				t.Skip("the clock changes near it")
			}
		}
		on := func(day time.Weekday) bool { return len(m.Days) == 0 || slices.Contains(m.Days, days[day]) }
		at := local.Format("15:04")
		want := on(local.Weekday()) && at >= m.Start && at < m.End
		if m.End <= m.Start {
			want = on(local.Weekday()) && at >= m.Start || on((local.Weekday()+6)%7) && at < m.End
		}
		if got := len(m.Spans(now, now+1, 1)) == 1; got != want {
			t.Errorf("at %v (%s): %v, want %v", local, at, got, want)
		}
		before := now
		in := false
		for _, s := range m.Spans(now.Add(-50*time.Hour), now.Add(50*time.Hour), 20) {
			if s.From >= s.To || s.From < before.Add(-80*time.Hour) {
				t.Errorf("%v is no span, or not in order", s)
			}
			in = in || s.From <= now && now < s.To
		}
		if in != want {
			t.Errorf("asked for days around %v: %v, want %v", local, in, want)
		}
	})
}

// While an incident is kept back, what it explains is not told in its place; at the end the cause is told, and it alone.
func TestMaintenanceOfACauseKeepsItsSymptomsBack(t *testing.T) {
	rules := []alert.Rule{{Name: "Incident", Kind: alert.KindIncident}, {Name: "MeetingBad", Kind: alert.KindShare, Per: alert.PerMeeting, SharePct: 40, People: 5, Window: alert.Duration(5 * time.Minute)}}
	works := alert.Maintenance{Name: "switches", Scope: alert.Scope{Sites: []string{"Lyon"}}, From: noon.Add(-time.Hour).Time(), To: noon.Add(10 * time.Minute).Time()}
	cell := earshot.Cell{Scope: earshot.ScopeSite, ID: 7}
	for _, c := range []struct {
		name          string
		site          string
		during, after []string
	}{
		{"of its site", "Lyon", []string{}, []string{"Incident", "MeetingBad explained"}},
		{"of another site", "Metz", []string{"Incident", "MeetingBad explained"}, nil},
	} {
		works.Scope.Sites = []string{c.site}
		e := alert.NewEngine(rules, []alert.Maintenance{works})
		run := func(from, to time.Duration) []string {
			got := []string{}
			for after := from; after < to; after += 10 * time.Second {
				at := noon.Add(after)
				in := &alert.Inputs{Incidents: []earshot.Incident{siteIncident(100, 8)}, Tracks: people(10, 8, 10, at, cell), HaveMinutes: true, Places: map[earshot.ID]alert.Place{7: {Name: "Lyon"}}}
				for _, a := range e.Evaluate(at, in) {
					name := a.Rule
					if a.Explained {
						name += " explained"
					}
					if len(a.Timeline) == 1 {
						got = append(got, name)
					}
				}
			}
			slices.Sort(got)
			return slices.Compact(got)
		}
		if d := cmp.Diff(c.during, run(0, 10*time.Minute)); d != "" {
			t.Errorf("%s, while it takes place (-want +got):\n%s", c.name, d)
		}
		if got := run(10*time.Minute, 12*time.Minute); c.after != nil && !cmp.Equal(c.after, got) {
			t.Errorf("%s, after it: got %v, want %v", c.name, got, c.after)
		}
	}
}

// What a span of maintenance covers, of each sort of alert.
func TestMaintenanceCoversWhatIsWithin(t *testing.T) {
	in := &alert.Inputs{
		Places: map[earshot.ID]alert.Place{7: {Name: "Lyon", Tags: []string{"france"}}, 8: {Name: "Gdynia"}}, People: map[string]earshot.ID{"ann@example.com": 1}, Lists: map[string][]string{"board": {"Ann@example.com"}},
		Tracks: []alert.Track{{Meeting: 50, Series: 60, Number: "111"}}, Leaves: []alert.Leave{{Meeting: 51, Number: "222"}},
	}
	site := alert.Alert{Rule: "R", Kind: alert.KindIncident, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: 7}}
	subnet := alert.Alert{Rule: "R", Kind: alert.KindIncident, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.20.4.0/24"}}
	person := alert.Alert{Rule: "R", Kind: alert.KindPerson, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 1}}
	meeting := alert.Alert{Rule: "R", Kind: alert.KindShare, Subject: alert.Subject{Kind: alert.OfMeeting, ID: 50}, Cell: earshot.Cell{Scope: earshot.ScopeMeeting, ID: 50}}
	left := alert.Alert{Rule: "R", Kind: alert.KindDrops, Subject: alert.Subject{Kind: alert.OfMeeting, ID: 51}, Cell: earshot.Cell{Scope: earshot.ScopeMeeting, ID: 51}}
	series := alert.Alert{Rule: "R", Kind: alert.KindShare, Subject: alert.Subject{Kind: alert.OfSeries, ID: 60}}
	health := alert.Alert{Rule: "R", Kind: alert.KindAbsence}
	all := map[string]alert.Alert{"site": site, "subnet": subnet, "person": person, "meeting": meeting, "left": left, "series": series, "health": health}
	for _, c := range []struct {
		name string
		m    alert.Maintenance
		want []string
	}{
		{"everything", alert.Maintenance{}, []string{"health", "left", "meeting", "person", "series", "site", "subnet"}},
		{"another rule", alert.Maintenance{Rules: []string{"Q"}}, nil},
		{"a rule", alert.Maintenance{Rules: []string{"Q", "R"}, Scope: alert.Scope{Sites: []string{"Lyon"}}}, []string{"site", "subnet"}},
		{"another site", alert.Maintenance{Scope: alert.Scope{Sites: []string{"Gdynia"}}}, nil},
		{"a tag of sites", alert.Maintenance{Scope: alert.Scope{Groups: []string{"france"}}}, []string{"site", "subnet"}},
		{"a list of people", alert.Maintenance{Scope: alert.Scope{Groups: []string{"board"}}}, []string{"person"}},
		{"a subnet", alert.Maintenance{Scope: alert.Scope{Subnets: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}}, []string{"subnet"}},
		{"a person", alert.Maintenance{Scope: alert.Scope{Persons: []string{"ann@example.com"}}}, []string{"person"}},
		{"a series", alert.Maintenance{Scope: alert.Scope{Series: []string{"111"}}}, []string{"meeting", "series"}},
		{"a series that people left", alert.Maintenance{Scope: alert.Scope{Series: []string{"222"}}}, []string{"left"}},
	} {
		var got []string
		for name, a := range all {
			if c.m.Covers(&a, in) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	m := alert.Maintenance{Rules: []string{"R", "Gone"}, Scope: alert.Scope{Sites: []string{"Lyon", "Paris"}, Groups: []string{"board", "france", "spain"}, Persons: []string{"ANN@example.com", "bo@example.com"}}}
	if d := cmp.Diff([]string{"Gone", "Paris", "spain", "bo@example.com"}, m.Unknown([]alert.Rule{{Name: "R"}}, in)); d != "" {
		t.Errorf("unknown words (-want +got):\n%s", d)
	}
}

// A rule that maintenance is said not to reach never has an alert which it covers.
func TestMaintenanceReachesWhatItCovers(t *testing.T) {
	in := &alert.Inputs{Places: map[earshot.ID]alert.Place{7: {Name: "Lyon", Tags: []string{"france"}}}, Lists: map[string][]string{"board": {"0000000000000001"}}, Tracks: []alert.Track{{Meeting: 50, Series: 60, Number: "111"}}}
	some := func(t *rapid.T, name string, words ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(words), 0, len(words), rapid.ID).Draw(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := alert.Maintenance{Rules: some(t, "rules", "R", "Q"), Scope: alert.Scope{Sites: some(t, "sites", "Lyon"), Groups: some(t, "groups", "france", "board"), Series: some(t, "series", "111"), Persons: some(t, "persons", "0000000000000001")}}
		if rapid.Bool().Draw(t, "subnet") {
			m.Scope.Subnets = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}
		at := earshot.Cell{Scope: earshot.ScopeSite, ID: 7}
		net := earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.1.0.0/24"}
		who := earshot.Cell{Scope: earshot.ScopePerson, ID: 1}
		for _, c := range []struct {
			rule   alert.Rule
			alerts []alert.Alert
		}{
			{alert.Rule{Kind: alert.KindIncident}, []alert.Alert{{Cell: at}, {Cell: net}}},
			{alert.Rule{Kind: alert.KindIncident, Personal: true}, []alert.Alert{{Cell: who}}},
			{alert.Rule{Kind: alert.KindPerson}, []alert.Alert{{Cell: who}}},
			{alert.Rule{Kind: alert.KindShare, Per: alert.PerSite}, []alert.Alert{{Cell: at}}},
			{alert.Rule{Kind: alert.KindDrops, Per: alert.PerMeeting}, []alert.Alert{{Subject: alert.Subject{Kind: alert.OfMeeting, ID: 50}, Cell: earshot.Cell{Scope: earshot.ScopeMeeting, ID: 50}}}},
			{alert.Rule{Kind: alert.KindShare, Per: alert.PerSeries}, []alert.Alert{{Subject: alert.Subject{Kind: alert.OfSeries, ID: 60}}}},
			{alert.Rule{Kind: alert.KindBurn, Per: alert.PerVersion}, []alert.Alert{{Cell: earshot.Cell{Scope: earshot.ScopeVersion, Name: "6.1"}}}},
			{alert.Rule{Kind: alert.KindAbsence}, []alert.Alert{{}}}, {alert.Rule{Kind: alert.KindPromQL}, []alert.Alert{{}}}, {alert.Rule{Kind: alert.KindPhone}, []alert.Alert{{}}},
		} {
			c.rule.Name = "R"
			covers := false
			for _, a := range c.alerts {
				a.Rule = "R"
				covers = covers || m.Covers(&a, in)
			}
			// Groups are tags of sites or lists of people: which of them a name is, is known to the look only.
			if reaches := m.Reaches(&c.rule); covers && !reaches || reaches && !covers && len(m.Scope.Groups) == 0 {
				t.Errorf("%s per %q: covers %v, reaches %v, of %+v", c.rule.Kind, c.rule.Per, covers, m.Reaches(&c.rule), m)
			}
		}
	})
}
