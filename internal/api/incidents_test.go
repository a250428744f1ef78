package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

type (
	cell struct {
		Scope, Name  string
		Site, Person *struct{ ID, Name string }
	}
	incidentRow struct {
		ID, Sentence, Cause, Severity, State, Direction, Metric string
		Candidates                                              []string
		MergedInto                                              string `json:"merged_into"`
		Personal, Causeless                                     bool
		Confidence, Affected, Minutes                           int
		Cell                                                    cell
		Start, End, Opened, Updated                             *time.Time
		Inside, Elsewhere                                       api.PeopleCount
		Now                                                     *api.PeopleCount
	}
	incidentDetail struct {
		incidentRow
		Evidence string
		Timeline []struct {
			At          time.Time
			What, Cause string
			Other       string
			Cell        *cell
			Inside      api.PeopleCount
		}
		People   []struct{ ID, Name string }
		Meetings []struct {
			ID, Topic string
			Start     *time.Time
		}
	}
)

// The incidents of the world.
const (
	lyonLink earshot.ID = 0x7001 // open, unknown: the link or its carrier
	annsWifi earshot.ID = 0x7002 // recovered
	catsOwn  earshot.ID = 0x7003 // without a cause, ended without data
	carrier  earshot.ID = 0x7004 // turned out to be a part of the link's
)

func (w *world) withIncidents(t testing.TB) *world {
	t.Helper()
	lyonCell := earshot.Cell{Scope: earshot.ScopeSite, ID: lyon}
	person := func(id earshot.ID) earshot.Cell { return earshot.Cell{Scope: earshot.ScopePerson, ID: id} }
	must(t, w.registry.Apply(t.Context(), &registry.Changes{Journal: "j", To: 2, Incidents: []earshot.Incident{
		{
			ID: lyonLink, Account: account, Cause: earshot.CauseUnknown, Candidates: []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP},
			Cell: lyonCell, Severity: earshot.SeverityMajor, State: earshot.IncidentOpen, Start: at(-19), Opened: at(-18), Updated: at(-1),
			Direction: earshot.DirectionReceive, Confidence: 55, Inside: earshot.Count{Bad: 17, Of: 19}, Elsewhere: earshot.Count{Bad: 2, Of: 311},
			Affected: 41, Minutes: 300, Metric: earshot.MetricCount, People: []earshot.ID{bob, 0x999, ann}, Meetings: []earshot.ID{townHall, 0x998},
			Timeline: []earshot.IncidentEvent{
				{At: at(-18), What: earshot.IncidentOpened, Inside: earshot.Count{Bad: 5, Of: 19}, Cell: lyonCell, Cause: earshot.CauseUnknown},
				{At: at(-10), What: earshot.IncidentJoined, Inside: earshot.Count{Bad: 17, Of: 19}, Other: carrier},
			},
		},
		{
			ID: annsWifi, Account: account, Cause: earshot.CauseWifi, Cell: person(ann), Severity: earshot.SeverityMinor, State: earshot.IncidentClosed,
			Start: at(-180), End: at(-170), Opened: at(-177), Updated: at(-160), Confidence: 90, Affected: 1, Minutes: 10,
			Metric: earshot.BitrateKbps, People: []earshot.ID{ann}, Meetings: []earshot.ID{review},
		},
		{
			ID: catsOwn, Account: account, Cause: earshot.CauseUnknown, Cell: person(cat), Severity: earshot.SeverityMinor, State: earshot.IncidentNoData,
			Start: at(-62), End: at(-60), Opened: at(-61), Updated: at(-50), Affected: 1, Minutes: 2, Metric: earshot.MetricCount, People: []earshot.ID{cat},
		},
		{
			ID: carrier, Account: account, Cause: earshot.CauseISP, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}, Severity: earshot.SeverityMinor,
			State: earshot.IncidentMerged, MergedInto: lyonLink, Start: at(-15), End: at(-10), Opened: at(-14), Updated: at(-10), Metric: earshot.MetricCount,
		},
	}}))
	return w
}

func TestIncidents(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	span := func(from, to int) string {
		return "?from=" + at(from).Time().Format(time.RFC3339) + "&to=" + at(to).Time().Format(time.RFC3339)
	}
	for query, want := range map[string][]earshot.ID{
		"":                                          {lyonLink, catsOwn, annsWifi},
		"?state=open":                               {lyonLink},
		"?state=open,no-data":                       {lyonLink, catsOwn},
		"?state=merged":                             {carrier},
		"?cause=wifi":                               {annsWifi},
		"?cause=wifi,unknown":                       {lyonLink, catsOwn, annsWifi},
		"?site=" + lyon.String():                    {lyonLink},
		"?person=" + ann.String():                   {lyonLink, annsWifi},
		"?meeting=" + review.String():               {annsWifi},
		"?cell_of=" + lyonLink.String():             {lyonLink},
		"?cell_of=" + annsWifi.String():             {annsWifi}, // not the link's, which reached Ann too
		"?cell_of=" + carrier.String():              {},
		"?state=merged&cell_of=" + carrier.String(): {carrier},
		span(-179, -171):                            {annsWifi},
		span(-60, -1):                               {lyonLink},
		"?person=" + ann.String() + "&limit=50":     {lyonLink, annsWifi},
	} {
		got := []earshot.ID{}
		for _, r := range read[page[incidentRow]](t, w, "/api/v1/incidents"+query).Items {
			id, err := earshot.ParseID(r.ID)
			must(t, err)
			got = append(got, id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
	one := read[page[incidentRow]](t, w, "/api/v1/incidents?limit=1")
	two := read[page[incidentRow]](t, w, "/api/v1/incidents?limit=2&cursor="+one.NextCursor)
	if len(one.Items) != 1 || len(two.Items) != 2 || two.Items[0].ID != catsOwn.String() || two.NextCursor != "" {
		t.Errorf("pages: %+v, %+v", one, two)
	}
	rows := read[page[incidentRow]](t, w, "/api/v1/incidents").Items
	r := rows[0]
	start, opened, updated := at(-19).Time(), at(-18).Time(), at(-1).Time()
	want := incidentRow{
		ID: lyonLink.String(), Sentence: "Lyon link, cause unknown: local network or ISP, 41 people, since 12:41 CET", // 11:41 UTC
		Cause: "unknown", Candidates: []string{"local-network", "isp"}, Severity: "major", State: "open", Direction: "receive", Confidence: 55,
		Affected: 41, Minutes: 300, Cell: cell{Scope: "site", Site: &struct{ ID, Name string }{lyon.String(), "Lyon"}},
		Start: &start, Opened: &opened, Updated: &updated, Inside: api.PeopleCount{Bad: 17, Of: 19}, Elsewhere: api.PeopleCount{Bad: 2, Of: 311},
		Now: &api.PeopleCount{Bad: 1, Of: 2},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if rows[1].Now != nil || rows[2].Now != nil {
		t.Error("one that is over tells how people are now")
	}
	if !rows[1].Causeless || !rows[1].Personal || rows[1].Sentence != "cat@example.com, cause unknown, 10:58–11:00 UTC" {
		t.Errorf("a personal one without a cause: %+v", rows[1])
	}
	if rows[2].Causeless || rows[2].Metric != "bitrate_kbps" || rows[2].Cell.Person == nil || rows[2].Cell.Person.Name != "Ann Ångström" {
		t.Errorf("a personal one: %+v", rows[2])
	}
}

func TestIncident(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	d := read[incidentDetail](t, w, "/api/v1/incidents/"+lyonLink.String())
	if len(d.Timeline) != 2 || d.Timeline[0].What != "opened" || d.Timeline[0].Cell == nil || d.Timeline[0].Cell.Site.Name != "Lyon" ||
		d.Timeline[0].Inside.Bad != 5 || d.Timeline[1].What != "joined" || d.Timeline[1].Other != carrier.String() || d.Timeline[1].Cell != nil {
		t.Errorf("timeline: %+v", d.Timeline)
	}
	if listed := read[page[incidentRow]](t, w, "/api/v1/incidents?state=open").Items[0].Now; d.Now == nil || *d.Now != *listed {
		t.Errorf("now %+v, %+v in the list", d.Now, listed)
	}
	var names []string
	for _, p := range d.People {
		names = append(names, p.Name)
	}
	if want := []string{"Bob", "", "Ann Ångström"}; !slices.Equal(names, want) {
		t.Errorf("people %q, want %q: who is not known has no name, and is not left out", names, want)
	}
	if len(d.Meetings) != 2 || d.Meetings[0].Topic != "Town hall" || !d.Meetings[0].Start.Equal(at(-40).Time()) || d.Meetings[1].Topic != "" {
		t.Errorf("meetings: %+v", d.Meetings)
	}
	if want := "Unknown: 17 of 19 people in Lyon received badly since 12:41 CET, 2 of 311 others. Perhaps the network there, but too little speaks for it."; d.Evidence != want {
		t.Errorf("evidence %q, want %q", d.Evidence, want)
	}
	if p := read[incidentDetail](t, w, "/api/v1/incidents/"+annsWifi.String()); p.Evidence != "" || p.Sentence != "Ann Ångström, own Wi-Fi, 09:00–09:10 UTC" {
		t.Errorf("a personal one: %q, %q", p.Sentence, p.Evidence)
	}
	m := read[incidentDetail](t, w, "/api/v1/incidents/"+carrier.String())
	if m.MergedInto != lyonLink.String() || m.State != "merged" || m.Cell.Name != "Orange" || m.Timeline == nil || m.People == nil || m.Meetings == nil {
		t.Errorf("the merged one: %+v", m)
	}
	if m.Evidence == "" || strings.Contains(m.Evidence, "since") {
		t.Errorf("evidence of one that is over: %q, want no time: its sentence has both", m.Evidence)
	}
}

func TestIncidentsRefuse(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	for path, want := range map[string]int{
		"/api/v1/incidents?state=shut":               http.StatusUnprocessableEntity,
		"/api/v1/incidents?cause=weather":            http.StatusUnprocessableEntity,
		"/api/v1/incidents?cause=wifi,":              http.StatusUnprocessableEntity,
		"/api/v1/incidents?cursor=nonsense":          http.StatusUnprocessableEntity,
		"/api/v1/incidents?site=lyon":                http.StatusUnprocessableEntity,
		"/api/v1/incidents?cell_of=0000000000000001": http.StatusUnprocessableEntity,
		"/api/v1/incidents?colour=blue":              http.StatusUnprocessableEntity,
		"/api/v1/incidents/0000000000000001":         http.StatusNotFound,
		"/api/v1/incidents/nonsense":                 http.StatusUnprocessableEntity,
		"/api/v1/incidents?state=open&limit=":        http.StatusOK,
	} {
		if status, _, body := get(t, w, path); status != want {
			t.Errorf("GET %s: %d, want %d: %s", path, status, want, body)
		}
	}
}

func TestIncidentMinutes(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	path := func(id earshot.ID) string { return "/api/v1/incidents/" + id.String() + "/minutes" }
	link := read[api.IncidentMinutes](t, w, path(lyonLink))
	if !link.From.Equal(at(-29).Time()) || !link.To.Equal(at(1).Time()) || link.StepSeconds != 60 || link.People != 2 {
		t.Errorf("the link: %v to %v in steps of %d s, %d people, want all from ten minutes before until now, of two", link.From, link.To, link.StepSeconds, link.People)
	}
	if len(link.Steps) != 29 {
		t.Fatalf("the link: %d steps, want one for every minute that was reported on", len(link.Steps))
	}
	for k, s := range link.Steps {
		want := api.GradeCount{Good: 2}
		if m := k - 29; m >= -4 {
			want = api.GradeCount{Good: 1, Bad: 1} // from then on Ann is bad, by minutes that are open
		}
		if !s.At.Equal(at(k-29).Time()) || s.Reached != want || s.Others != (api.GradeCount{}) {
			t.Errorf("the link at %v: %+v", s.At, s)
		}
	}
	own := read[api.IncidentMinutes](t, w, path(annsWifi))
	if !own.From.Equal(at(-190).Time()) || !own.To.Equal(at(-159).Time()) || own.People != 1 || len(own.Steps) != 21 {
		t.Fatalf("of one person: %v to %v, %d people, %d steps", own.From, own.To, own.People, len(own.Steps))
	}
	if s := own.Steps[9]; !s.At.Equal(at(-171).Time()) || s.Reached != (api.GradeCount{Bad: 1}) || s.Others != (api.GradeCount{Fair: 1}) {
		t.Errorf("of one person, the last bad minute beside the other in the meeting: %+v", s)
	}
	if none := read[api.IncidentMinutes](t, w, path(catsOwn)); none.Steps == nil || len(none.Steps) != 0 || none.People != 0 {
		t.Errorf("without a meeting: %+v", none)
	}
	if status, _, _ := get(t, w, path(ann)); status != http.StatusNotFound {
		t.Errorf("of no incident: %d", status)
	}
}
