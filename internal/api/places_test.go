package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// fakePlaces keeps a list as the monitor does, without marking hours.
type fakePlaces struct {
	table    *site.Table
	registry *registry.Registry
	applied  []string // who
}

func (p *fakePlaces) Table() *site.Table { return p.table }

func (p *fakePlaces) Apply(ctx context.Context, who string, plan *site.Plan) (err error) {
	if plan.Revision != p.table.Revision() {
		return site.ErrStale
	}
	if p.table, err = p.table.With(plan.Edits); err != nil {
		return err
	}
	p.applied = append(p.applied, who)
	return p.registry.PutSites(ctx, p.table.Sites())
}

// siteIDs gives the sites of a list the ids of the world.
func siteIDs(key string) earshot.ID {
	switch key {
	case "Lyon":
		return lyon
	case "203.0.113.0/24":
		return prefix
	}
	id := earshot.ID(0x5100)
	for _, c := range key {
		id = id*31 + earshot.ID(c)
	}
	return id
}

func placesOf(t testing.TB, csv string) *fakePlaces {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sites.csv")
	must(t, os.WriteFile(file, []byte(csv), 0o600))
	table, err := site.Load(file, "", siteIDs)
	must(t, err)
	return &fakePlaces{table: table}
}

const listOfTwo = "name,range,zone,isp,link_mbps\nLyon,10.20.0.0/16,Europe/Paris,Arvel,500\nOslo,10.30.0.0/16,Europe/Oslo,,\n"

// post sends a change as somebody; the answer is checked to be of the document when it is a plan.
func post(t testing.TB, w *world, visitor, path string, body any, out any) int {
	t.Helper()
	raw, err := json.Marshal(body)
	must(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+path, strings.NewReader(string(raw)))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Visitor", visitor)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end below
	answer, err := io.ReadAll(res.Body)
	must(t, err)
	if out != nil && res.StatusCode == http.StatusOK {
		must(t, json.Unmarshal(answer, out))
	}
	return res.StatusCode
}

func TestAssignARange(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	change := api.SiteChanges{Ranges: []api.SiteRangeChange{{Range: "203.0.113.0/24", Site: "Bergen"}}, Sites: []api.SiteDescription{{Name: "Bergen", Zone: "Europe/Oslo"}}}
	for visitor, want := range map[string]int{"": 403, "ann/viewer": 403, "/admin": 403, "ann/": 403} {
		apply := change
		apply.Apply = true
		if got := post(t, w, visitor, "/api/v1/sites/changes", apply, nil); got != want {
			t.Errorf("as %q: %d, want %d", visitor, got, want)
		}
	}
	var plan api.SitePlan
	if got := post(t, w, "ann/admin", "/api/v1/sites/changes", change, &plan); got != 200 || plan.Applied || plan.New != 2 || len(w.places.applied) != 0 {
		t.Fatalf("preview: %d %+v, applied %v", got, plan, w.places.applied)
	}
	change.Apply, change.Revision = true, plan.Revision
	if got := post(t, w, "ann/admin", "/api/v1/sites/changes", change, &plan); got != 200 || !plan.Applied {
		t.Fatalf("apply: %d %+v", got, plan)
	}
	if diff := cmp.Diff([]string{"ann"}, w.places.applied); diff != "" {
		t.Error(diff)
	}
	// At once in the list, and gone from what belongs to nobody.
	var names []string
	for _, s := range read[page[struct{ Name string }]](t, w, "/api/v1/sites").Items {
		names = append(names, s.Name)
	}
	if !strings.Contains(strings.Join(names, ","), "Bergen") {
		t.Errorf("sites: %v", names)
	}
	if typed := read[struct{ Typed, Ranges int }](t, w, "/api/v1/sites/typed"); typed.Typed != 2 || typed.Ranges != 3 {
		t.Errorf("typed: %+v", typed)
	}
	// Whoever looked at the list before may not change it by what they saw.
	if got := post(t, w, "ann/admin", "/api/v1/sites/changes", change, nil); got != 409 {
		t.Errorf("an old revision: %d, want 409", got)
	}
	bad := api.SiteChanges{Apply: true, Ranges: []api.SiteRangeChange{{Range: "10.1.1.1/8", Site: "x"}}}
	if got := post(t, w, "ann/admin", "/api/v1/sites/changes", bad, &plan); got != 200 || plan.Applied || len(plan.Problems) != 1 {
		t.Errorf("a bad range: %d %+v", got, plan)
	}
	if got := post(t, newWorld(t), "ann/admin", "/api/v1/sites/changes", change, nil); got != 503 {
		t.Errorf("where nobody keeps a list: %d, want 503", got)
	}
}

func TestImportSites(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	var plan api.SitePlan
	in := api.SiteImport{Apply: true, CSV: "name,range\nLyon,10.20.0.0/16\nLab,10.20.4.0/22\nLab,nowhere\n"}
	if got := post(t, w, "ann/admin", "/api/v1/sites/import", in, &plan); got != 200 || plan.Applied || len(plan.Problems) != 1 || plan.Problems[0].Line != 4 || len(plan.Overlaps) != 1 || plan.Overlaps[0].InnerLine != 3 || plan.Overlaps[0].OuterLine != 2 {
		t.Fatalf("a bad file must not be applied, and tells problems with overlaps: %d %+v", got, plan)
	}
	in.CSV = "name,range\nLyon,10.20.0.0/16\nLab,10.20.4.0/22\n"
	if got := post(t, w, "ann/admin", "/api/v1/sites/import", in, &plan); got != 200 || !plan.Applied || plan.New != 1 || plan.Removed != 1 || plan.Same != 1 {
		t.Fatalf("%d %+v", got, plan)
	}
	status, contentType, body := get(t, w, "/api/v1/sites.csv")
	want := "name,range,zone,isp,link_mbps,vpn,tags\nLab,10.20.4.0/22,,,,,\nLyon,10.20.0.0/16,Europe/Paris,Arvel,500,,\n"
	if status != 200 || !strings.HasPrefix(contentType, "text/csv") || string(body) != want {
		t.Errorf("%d %s\n%s", status, contentType, body)
	}
	for _, o := range read[struct{ Overruled []struct{ Line int } }](t, w, "/api/v1/sites/typed").Overruled {
		if o.Line != 3 {
			t.Errorf("overruled at line %d, want Oslo's, 3", o.Line)
		}
	}
	if got := post(t, w, "ann/admin", "/api/v1/sites/import", map[string]any{"csv": strings.Repeat("x", 5<<20), "apply": false}, nil); got != 413 {
		t.Errorf("5 MB: %d, want 413", got)
	}
}

type measured struct {
	Minutes                     api.GradeCount
	People, Meetings            int
	BadPct, Low, High, LinkMbps *float64
	OKPct                       *float64 `json:"ok_pct"`
	TooFew                      bool     `json:"too_few"`
}

func TestSitePage(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	type split struct {
		Name string
		measured
	}
	d := read[struct {
		Name, Zone                       string
		TargetPct                        float64 `json:"target_pct"`
		Total, Before                    measured
		Networks, Transports, DataCenter []split
		Busiest                          *struct{ People int }
	}](t, w, "/api/v1/sites/"+lyon.String())
	// 36 of Ann's and Bob's town hall each, and so on: all stored minutes are at Lyon.
	all := api.GradeCount{Good: 31 + 36 + 20 + 29 + 28 + 5, Fair: 60, Poor: 2, Bad: 15}
	if d.Name != "Lyon" || d.Zone != "Europe/Paris" || d.Total.Minutes != all || d.Total.People != 3 || !d.Total.TooFew || d.Before.People != 0 {
		t.Errorf("got %+v", d)
	}
	// What a site is judged by: 209 of 226 minutes are good or fair.
	if d.TargetPct != 95 || d.Total.OKPct == nil || *d.Total.OKPct != 92.48 {
		t.Errorf("%v of %v %%", d.Total.OKPct, d.TargetPct)
	}
	if len(d.Networks) != 1 || d.Networks[0].Name != "Wifi" || d.Networks[0].Minutes != all || d.Busiest == nil || d.Busiest.People != 2 {
		t.Errorf("networks %+v, busiest %+v", d.Networks, d.Busiest)
	}
	if status, _, _ := get(t, w, "/api/v1/sites/00000000000000ff"); status != 404 {
		t.Errorf("an unknown site: %d", status)
	}
	if status, _, _ := get(t, w, "/api/v1/sites/"+lyon.String()+"?from=2026-01-01T00:00:00Z"); status != 422 {
		t.Errorf("a year: %d", status)
	}
}

// With an account only its people are counted, in every part of the page.
func TestSitePageOfAnAccount(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	const other = earshot.ID(0xff)
	theirs := minute(annReview, review, ann, -60, earshot.Bad)
	theirs.Account, theirs.Segment, theirs.Person = other, 0x7001, 0x7002
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: []earshot.Minute{theirs}}))
	for of, want := range map[string]struct{ people, bad int }{"": {4, 16}, "?account=" + account.String(): {3, 15}, "?account=" + other.String(): {1, 1}} {
		page := "/api/v1/sites/" + lyon.String()
		d := read[struct {
			Total     measured
			Networks  []measured
			Elsewhere api.GradeCount
		}](t, w, page+of)
		if d.Total.People != want.people || d.Total.Minutes.Bad != want.bad || len(d.Networks) != 1 || d.Networks[0].People != want.people || d.Elsewhere != (api.GradeCount{}) {
			t.Errorf("%q: %+v", of, d)
		}
		bad := 0
		for _, h := range read[struct{ Hours []struct{ Bad int } }](t, w, page+"/week"+of).Hours {
			bad += h.Bad
		}
		if bad != want.bad {
			t.Errorf("%q: %d bad minutes in the week", of, bad)
		}
		bad = 0
		for _, s := range read[struct{ Subnets []measured }](t, w, page+"/subnets"+of).Subnets {
			bad += s.Minutes.Bad
		}
		if bad != want.bad {
			t.Errorf("%q: %d bad minutes in the subnets", of, bad)
		}
	}
}

// Half past nine UTC on Friday is half past ten in Paris.
func TestSiteWeekIsInItsZone(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	week := read[struct {
		Zone  string
		Hours []struct {
			Minutes, Bad, People int
			BadPct               *float64 `json:"bad_pct"`
		}
	}](t, w, "/api/v1/sites/"+lyon.String()+"/week")
	if week.Zone != "Europe/Paris" || len(week.Hours) != 168 {
		t.Fatalf("%s, %d hours", week.Zone, len(week.Hours))
	}
	for i, h := range week.Hours {
		// The design review began at nine UTC with ten bad minutes.
		at := at(-180).Time().In(time.FixedZone("", 3600))
		if want := (int(at.Weekday())+6)%7*24 + at.Hour(); h.Bad == 10 != (i == want) || h.Bad == 10 && (h.People != 2 || h.Minutes < 60 || h.BadPct == nil) {
			t.Errorf("hour %d: %+v", i, h)
		}
		if h.Minutes < 60 && h.BadPct != nil {
			t.Errorf("hour %d has a rate of %d minutes", i, h.Minutes)
		}
	}
}

func TestSubnetsAndAddresses(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	subnets := read[struct {
		Subnets []struct {
			Range  string
			People int
			Wifi   int
			measured
		}
	}](t, w, "/api/v1/sites/"+lyon.String()+"/subnets").Subnets
	found := map[string]int{}
	for _, s := range subnets {
		found[s.Range] = s.Minutes.Bad + s.Minutes.Good + s.Minutes.Fair + s.Minutes.Poor
	}
	if diff := cmp.Diff(map[string]int{"10.20.0.0/24": 36, "": 190}, found); diff != "" {
		t.Errorf("minutes by subnet (-want +got):\n%s", diff)
	}

	// Two homes behind one carrier, and one without a public address.
	c := &registry.Changes{Journal: "j", To: 2}
	for i, d := range []earshot.DeviceSnapshot{
		{At: at(-60), PublicIP: "198.51.100.7", InternalIP: "192.168.1.4", NetworkType: "Wifi"},
		{At: at(-60), PublicIP: "198.51.100.9", InternalIP: "192.168.1.5"},
		{At: at(-60), InternalIP: "172.16.9.9"},
		{At: at(-60), PublicIP: "203.0.113.9", InternalIP: "10.30.1.1"}, // Oslo
		{At: at(-60)},
	} {
		c.Segments = append(c.Segments, earshot.Segment{
			ID: earshot.ID(0x7000 + i), Meeting: townHall, Account: account, Person: earshot.ID(0x7100 + i), InMeetingID: fmt.Sprint("x", i),
			FirstReport: at(-60), LastReport: at(-10), Devices: []earshot.DeviceSnapshot{d},
		})
	}
	must(t, w.registry.Apply(t.Context(), c))
	got := read[struct {
		People, Everyone int
		Networks         []struct {
			Range    string
			Public   bool
			People   int
			BehindOf int `json:"behind_of"`
			Wifi     int
		}
	}](t, w, "/api/v1/addresses")
	var rows []string
	for _, n := range got.Networks {
		rows = append(rows, fmt.Sprintf("%s public:%v %d people, %d in front, %d wifi", n.Range, n.Public, n.People, n.BehindOf, n.Wifi))
	}
	if diff := cmp.Diff([]string{
		"192.168.1.0/24 public:false 2 people, 1 in front, 1 wifi",
		"198.51.100.0/24 public:true 2 people, 0 in front, 1 wifi",
		"172.16.9.0/24 public:false 1 people, 0 in front, 0 wifi",
	}, rows); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
	if got.People != 3 || got.Everyone != 5 { // the fourth is Ann, at Lyon
		t.Errorf("%d people of %d", got.People, got.Everyone)
	}
}

// With an account only its people are counted, among those who belong to no site and among everybody.
func TestAddressesOfAnAccount(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	const other = earshot.ID(0xff)
	c := &registry.Changes{Journal: "j", To: 2}
	for i, of := range []earshot.ID{account, other, other} {
		c.Segments = append(c.Segments, earshot.Segment{
			ID: earshot.ID(0x7000 + i), Meeting: townHall, Account: of, Person: earshot.ID(0x7100 + i), InMeetingID: fmt.Sprint("x", i),
			FirstReport: at(-60), LastReport: at(-10), Devices: []earshot.DeviceSnapshot{{At: at(-60), PublicIP: fmt.Sprintf("198.51.%d.7", 100+i/2)}},
		})
	}
	must(t, w.registry.Apply(t.Context(), c))
	type networks struct {
		People, Everyone int
		Networks         []struct {
			Range  string
			People int
		}
	}
	for of, want := range map[string]string{
		"":                              "{3 4 [{198.51.100.0/24 2} {198.51.101.0/24 1}]}", // Ann is at Lyon
		"?account=" + account.String():  "{1 2 [{198.51.100.0/24 1}]}",
		"?account=" + other.String():    "{2 2 [{198.51.100.0/24 1} {198.51.101.0/24 1}]}",
		"?account=" + townHall.String(): "{0 0 []}",
	} {
		if got := fmt.Sprint(read[networks](t, w, "/api/v1/addresses"+of)); got != want {
			t.Errorf("%q: %s, want %s", of, got, want)
		}
	}
}

func TestSitesToday(t *testing.T) {
	w := newWorldWith(t, placesOf(t, listOfTwo)).fill(t)
	yesterday := minute(annReview, review, ann, -24*60, earshot.Bad)
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: []earshot.Minute{yesterday}}))
	for _, s := range read[page[struct {
		Name        string
		Today, Week measured
	}]](t, w, "/api/v1/sites").Items {
		// Of the bad ones 15 are stored, and those of the last minutes are open.
		if s.Name == "Lyon" && (s.Today.Minutes.Bad != 22 || s.Week.Minutes.Bad != 23) {
			t.Errorf("today %+v, week %+v", s.Today, s.Week)
		}
	}
}
