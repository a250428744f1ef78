package watch_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// served are the office's alerts over HTTP, with a file of maintenance. The watcher does not run: nothing changes but by
// requests.
func (o *office) served(now earshot.Instant, file *alert.Document) (ask func(method, path, body string) (int, string)) {
	o.t.Helper()
	o.tick(now, 0, 0)
	w, err := watch.New(o.t.Context(), watch.Options{Registry: o.registry, Facts: o.facts, Live: o.live, Setup: o.setup, File: file, Guard: deliver.Guard{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { w.Close() })
	a, err := api.New(api.Options{Registry: o.registry, Facts: o.facts, Live: o.live, Alerts: w, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		a.Handler().ServeHTTP(rw, r.WithContext(api.WithWho(r.Context(), api.Session{User: "ann", Role: "admin"})))
	}))
	o.t.Cleanup(s.Close)
	return func(method, path, body string) (int, string) {
		o.t.Helper()
		r, err := http.NewRequestWithContext(o.t.Context(), method, s.URL+"/api/v1/alert-maintenance"+path, strings.NewReader(body))
		if err != nil {
			o.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			o.t.Fatal(err)
		}
		defer got.Body.Close()
		raw, err := io.ReadAll(got.Body)
		if err != nil {
			o.t.Fatal(err)
		}
		return got.StatusCode, string(raw)
	}
}

// thursday is a Thursday, 09:00 UTC.
var thursday = earshot.InstantOf(time.Date(2026, 11, 19, 9, 0, 0, 0, time.UTC))

func decoded[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// A span is made, listed beside those of the file with when it takes place, changed, removed; what is of the file stays as it is.
func TestMaintenanceIsTyped(t *testing.T) {
	o := newOffice(t)
	file := &alert.Document{Maintenance: []alert.Maintenance{{Name: "lyon switches", From: thursday.Add(-3 * time.Hour).Time(), To: thursday.Add(-time.Hour).Time()}}}
	ask := o.served(thursday, file)
	put := func(body string) {
		t.Helper()
		if status, text := ask(http.MethodPut, "/nightly%20works", body); status != http.StatusOK {
			t.Fatalf("got %d %s", status, text)
		}
	}
	list := func() []api.AlertMaintenance {
		t.Helper()
		_, text := ask(http.MethodGet, "", "")
		return decoded[api.AlertMaintenances](t, text).Items
	}
	put(`{"name":"nightly works","days":["wed","thu"],"start":"22:00","end":"04:00","zone":"Europe/Paris","scope":{"sites":["Lyon"]}}`)
	all := list()
	if len(all) != 2 || all[0].Origin != "file" || all[0].Running || len(all[0].Next) != 0 || all[0].Last == nil || all[1].Origin != "typed" || all[1].Who != "ann" || all[1].Changed == nil || all[1].Running {
		t.Fatalf("got %+v", all)
	}
	day := func(n int) time.Time { return time.Date(2026, 11, 19+n, 21, 0, 0, 0, time.UTC) }
	want := []api.AlertSpan{}
	for _, n := range []int{0, 6, 7, 13, 14} {
		want = append(want, api.AlertSpan{From: day(n), To: day(n).Add(6 * time.Hour)})
	}
	if d := cmp.Diff(want, all[1].Next); d != "" {
		t.Errorf("when it comes (-want +got):\n%s", d)
	}
	if last := (api.AlertSpan{From: day(-1), To: day(-1).Add(6 * time.Hour)}); all[1].Last == nil || *all[1].Last != last {
		t.Errorf("its last time: %+v, want %+v", all[1].Last, last)
	}
	put(`{"name":"nightly works","start":"08:30","end":"09:30"}`)
	if all = list(); len(all) != 2 || !all[1].Running {
		t.Errorf("changed to now: got %+v", all)
	}
	for body, want := range map[string]string{
		`{"name":"lyon switches","start":"08:30","end":"09:30"}`: "body.name",
		`{"name":"x","start":"08:30"}`:                           "body.end",
		`{"name":"x"}`:                                           "either from and to",
	} {
		name := decoded[alert.Maintenance](t, body).Name
		if status, text := ask(http.MethodPut, "/"+strings.ReplaceAll(name, " ", "%20"), body); status != http.StatusUnprocessableEntity || !strings.Contains(text, want) {
			t.Errorf("%s: got %d %s, want 422 and %q", body, status, text, want)
		}
	}
	for _, c := range []struct {
		name string
		want int
	}{{"lyon%20switches", 404}, {"nightly%20works", 200}, {"nightly%20works", 404}} {
		if status, text := ask(http.MethodDelete, "/"+c.name, ""); status != c.want {
			t.Errorf("remove %s: got %d %s, want %d", c.name, status, text, c.want)
		}
	}
	if all = list(); len(all) != 1 || all[0].Name != "lyon switches" {
		t.Errorf("at the end: %+v", all)
	}
	log, err := o.registry.Audit(t.Context(), 0, 10)
	if err != nil || len(log) != 3 {
		t.Errorf("audit log: %v, %v, want two changes and a removal", log, err)
	}
}

// What a span would have kept back is counted in the alerts that were: by its rules, its scope and its hours, those that outlast
// it apart; of one that is yet to come the same hours of the weeks before.
func TestMaintenanceSaysWhatItWouldHaveKeptBack(t *testing.T) {
	o := newOffice(t)
	if err := o.registry.PutSites(t.Context(), []earshot.Site{{ID: 8, Name: "Gdynia", Tags: []string{"north"}}}); err != nil {
		t.Fatal(err)
	}
	meetings := []earshot.Meeting{{ID: 50, Account: 1, Number: "111", FirstSeen: thursday.Add(-100 * time.Hour), LastSeen: thursday}}
	if err := o.registry.Apply(t.Context(), &registry.Changes{Journal: "j", From: 0, To: 1, Changes: identity.Changes{Meetings: meetings}}); err != nil {
		t.Fatal(err)
	}
	var rows []registry.AlertRow
	alerted := func(rule string, site earshot.ID, ago, lasted time.Duration, explained bool) {
		a := alert.Alert{ID: earshot.ID(len(rows) + 1), Rule: rule, Kind: alert.KindIncident, Subject: alert.Subject{Kind: alert.OfIncident, ID: earshot.ID(900 + len(rows))}, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: site}, Severity: alert.Warning, State: alert.Firing, Raised: thursday.Add(-ago), Explained: explained}
		if rule == "MeetingBad" {
			a.Kind, a.Subject, a.Cell = alert.KindShare, alert.Subject{Kind: alert.OfMeeting, ID: 50}, earshot.Cell{Scope: earshot.ScopeMeeting, ID: 50}
		}
		if lasted > 0 {
			a.State, a.Ended = alert.Resolved, a.Raised.Add(lasted)
		}
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, registry.AlertRow{ID: a.ID, Rule: rule, Severity: string(a.Severity), Firing: lasted == 0, Raised: a.Raised, Ended: a.Ended, Body: body})
	}
	const hour = time.Hour
	alerted("Incident", o.lyon, 11*hour, 20*time.Minute, false)    // Wed 23:00 at Lyon
	alerted("Incident", o.lyon, 7*24*hour+6*hour, 4*hour, false)   // Thu 04:00 at Lyon, until after the end
	alerted("Incident", o.lyon, 3*hour, 20*time.Minute, false)     // Thu 07:00 at Lyon: not in its hours
	alerted("Incident", 8, 10*hour, 20*time.Minute, false)         // Wed 23:00 at Gdynia
	alerted("SiteBad", o.lyon, 10*hour, 0, false)                  // Thu 00:00 at Lyon, still
	alerted("SiteBad", o.lyon, 10*hour+1, 20*time.Minute, true)    // explained: told to nobody anyway
	alerted("MeetingBad", 0, 10*hour, 20*time.Minute, false)       // Thu 00:00
	alerted("Incident", o.lyon, 40*24*hour, 20*time.Minute, false) // too long ago
	alerted("Incident", o.lyon, 31*24*hour, 9*24*hour, false)      // raised before
	alerted("Incident", o.lyon, 14*24*hour, 20*time.Minute, false) // Thu 09:00, two weeks ago
	if err := o.registry.SaveAlerts(t.Context(), []byte("{}"), rows, nil); err != nil {
		t.Fatal(err)
	}
	ask := o.served(thursday, nil)
	const nights = `"start":"22:00","end":"06:00"`
	for _, c := range []struct {
		name, body                 string
		covered, held, late, spans int
		shifted                    bool
	}{
		{"every night, everywhere", `{"name":"n",` + nights + `}`, 7, 5, 2, 30, false},
		{"every night at Lyon", `{"name":"n",` + nights + `,"scope":{"sites":["Lyon"]}}`, 5, 3, 2, 30, false},
		{"one rule", `{"name":"n",` + nights + `,"rules":["SiteBad"]}`, 1, 1, 1, 30, false},
		{"a tag", `{"name":"n",` + nights + `,"scope":{"groups":["north"]}}`, 1, 1, 0, 30, false},
		{"a series", `{"name":"n",` + nights + `,"scope":{"series":["111"]}}`, 1, 1, 0, 30, false},
		{"wednesdays", `{"name":"n","days":["wed"],` + nights + `}`, 7, 5, 2, 5, false},
		{"next Thursday", `{"name":"n","from":"2026-11-26T06:30:00Z","to":"2026-11-26T09:30:00Z"}`, 7, 1, 0, 4, true},
		{"last night", `{"name":"n","from":"2026-11-18T20:00:00Z","to":"2026-11-18T22:30:00Z"}`, 7, 1, 0, 1, false},
		{"long ago", `{"name":"n","from":"2026-01-18T20:00:00Z","to":"2026-01-18T22:30:00Z"}`, 7, 0, 0, 0, false},
	} {
		status, text := ask(http.MethodPost, "/preview", c.body)
		if status != http.StatusOK {
			t.Errorf("%s: got %d %s", c.name, status, text)
			continue
		}
		p := decoded[api.AlertMaintenancePreview](t, text)
		if p.Covered != c.covered || p.Held != c.held || p.Late != c.late || p.Spans != c.spans || p.Shifted != c.shifted || len(p.Newest) != c.held {
			t.Errorf("%s: covers %d, keeps %d back, %d late, %d times, shifted %v, shows %d; want %+v", c.name, p.Covered, p.Held, p.Late, p.Spans, p.Shifted, len(p.Newest), c)
		}
	}
	_, text := ask(http.MethodPost, "/preview", `{"name":"n",`+nights+`,"rules":["Incident","Gone"],"scope":{"sites":["Lyon","Atlantis"]}}`)
	p := decoded[api.AlertMaintenancePreview](t, text)
	if d := cmp.Diff([][]string{{"Incident"}, {"Gone", "Atlantis"}}, [][]string{p.Rules, p.Unknown}); d != "" || p.RulesOn < 10 || !strings.Contains(p.Newest[0].Title, "Lyon") {
		t.Errorf("what it covers (-want +got):\n%s of %d rules, newest %q", d, p.RulesOn, p.Newest[0].Title)
	}
	if status, text := ask(http.MethodPost, "/preview", `{"name":"n","from":"2026-11-26T06:30:00Z"}`); status != http.StatusUnprocessableEntity || !strings.Contains(text, "body.to") {
		t.Errorf("without an end: got %d %s", status, text)
	}
}

// Whom anything names that somebody typed, also in a rule that is off, is watched: the registry keeps them.
func TestWatched(t *testing.T) {
	o := newOffice(t)
	file := &alert.Document{Lists: map[string][]string{"board": {"ann@example.com", "00c0ffee00c0ffee"}}}
	file.Rules = []alert.Rule{{Name: "Off", Disabled: true, Scope: alert.Scope{Persons: []string{"bo@example.com"}}}}
	file.Maintenance = []alert.Maintenance{{Name: "Move", Scope: alert.Scope{Persons: []string{"cy@example.com"}, Sites: []string{"Lyon"}}}}
	w, err := watch.New(t.Context(), watch.Options{Registry: o.registry, Facts: o.facts, Live: o.live, Setup: o.setup, File: file, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	got, err := w.Watched(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got.Emails)
	if !slices.Equal(got.Emails, []string{"ann@example.com", "bo@example.com", "cy@example.com"}) || !slices.Equal(got.IDs, []earshot.ID{0x00c0ffee00c0ffee}) {
		t.Errorf("watched %+v", got)
	}
}
