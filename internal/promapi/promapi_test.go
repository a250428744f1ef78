package promapi_test

import (
	"context"
	"fmt"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	client "github.com/prometheus/client_golang/api"
	clientv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/promapi"
	"github.com/earshot/earshot/internal/registry"
)

// nine is 2026-03-02 09:00 UTC; the world's clock stands at 10:30.
const (
	nine  earshot.Instant = 1_772_442_000_000
	now                   = nine + 90*60_000
	lyon  earshot.ID      = 0x51
	paris earshot.ID      = 0x52
)

type liveView struct{ groups []live.Group }

func (liveView) Watermark() earshot.Instant                 { return now }
func (v liveView) Recent(from earshot.Instant) []live.Group { return v.groups }
func input(earshot.ID) (audio, video earshot.InputMeaning) {
	return earshot.InputReceived, earshot.InputReceived
}

type places struct {
	incidents []earshot.Incident
	calls     []earshot.Call
}

func (p places) Calls(_ context.Context, q registry.CallQuery) (registry.CallPage, error) {
	return registry.CallPage{Items: slices.DeleteFunc(slices.Clone(p.calls), func(c earshot.Call) bool { return c.FirstSeen >= q.To || c.LastSeen < q.From })}, nil
}

func (places) Sites(context.Context) ([]earshot.Site, error) {
	return []earshot.Site{{ID: lyon, Name: "Lyon"}, {ID: paris, Name: "Paris"}}, nil
}

func (p places) Incidents(_ context.Context, q registry.IncidentQuery) (registry.IncidentPage, error) {
	all := slices.DeleteFunc(slices.Clone(p.incidents), func(i earshot.Incident) bool { return i.Start >= q.To || i.End != 0 && i.End <= q.From })
	if q.After == "" && len(all) > 1 { // two pages
		return registry.IncidentPage{Items: all[:1], Next: "next"}, nil
	}
	if q.After != "" {
		all = all[1:]
	}
	return registry.IncidentPage{Items: all}, nil
}

// world is an API over what a test puts into it.
type world struct {
	t     testing.TB
	batch facts.Batch
	view  liveView
	place places
}

func (w *world) people(at earshot.Instant, site earshot.ID, network string, grades ...earshot.Grade) {
	for i, g := range grades {
		cause := earshot.CauseNone
		if g == earshot.Bad {
			cause = earshot.CauseWifi
		}
		w.batch.Minutes = append(w.batch.Minutes, earshot.Minute{
			Segment: site<<8 + earshot.ID(i+1), Meeting: 7, Person: earshot.ID(i + 1), Account: 3, At: at, Kind: earshot.KindMeeting,
			Dimensions: earshot.Dimensions{Site: site, NetworkType: network, ClientVersion: "6." + fmt.Sprint(i%2)}, Grade: g,
			Verdict: earshot.Verdict{Cause: cause},
		})
	}
}

func (w *world) api(o promapi.Options) *promapi.API {
	w.t.Helper()
	store := factstest.NewMemory()
	w.batch.Cursor, w.batch.Journal, w.batch.To = facts.CursorFold, "j", 1
	if err := store.Apply(w.t.Context(), &w.batch); err != nil {
		w.t.Fatal(err)
	}
	o.Facts, o.Live, o.Registry, o.Input, o.Version = store, w.view, w.place, input, "test"
	a, err := promapi.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = a.Close() })
	return a
}

// ask evaluates at a minute and writes the answer as lines, sorted.
func ask(t testing.TB, a *promapi.API, expr string, at earshot.Instant) []string {
	t.Helper()
	values, err := a.Query(t.Context(), expr, at.Time())
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, v := range values {
		var pairs []string
		for name, x := range v.Labels {
			pairs = append(pairs, name+"="+x)
		}
		slices.Sort(pairs)
		out = append(out, fmt.Sprintf("%s %g", strings.Join(pairs, " "), v.Value))
	}
	slices.Sort(out)
	return out
}

const good, poor, bad = earshot.Good, earshot.Poor, earshot.Bad

func office(t testing.TB) *world {
	w := &world{t: t}
	for i := range earshot.Instant(20) {
		w.people(nine+i*60_000, lyon, "Wifi", bad, bad, good)
		w.people(nine+i*60_000, paris, "Wired", good, good, poor, good)
	}
	return w
}

func TestParticipants(t *testing.T) {
	a := office(t).api(promapi.Options{})
	at := nine + 10*60_000
	for expr, want := range map[string][]string{
		`sum by (site) (zoom_qos_participants{grade="bad"})`:                              {"site=Lyon 2", "site=Paris 0"},
		`sum(zoom_qos_participants)`:                                                      {" 7"},
		`sum by (cause) (zoom_qos_participants{grade=~"poor|bad"})`:                       {" 1", "cause=wifi 2"},
		`sum by (client_version) (zoom_qos_participants{site="Lyon"})`:                    {"client_version=6.0 2", "client_version=6.1 1"},
		`sum by (client_version) (avg_over_time(zoom_qos_participants{grade="bad"}[5m]))`: {"client_version=6.0 1", "client_version=6.1 1"},
		`zoom_qos_participants{grade="poor"}`: {
			"__name__=zoom_qos_participants grade=poor network_type=Wifi site=Lyon 0", "__name__=zoom_qos_participants grade=poor network_type=Wired site=Paris 1"},
		`sum by (site) (zoom_qos_participants{grade="bad"}) / on (site) sum by (site) (zoom_qos_participants) > 0.5`: {"site=Lyon 0.6666666666666666"},
		`sum(zoom_qos_participants{site!="Lyon"})`:   {" 4"},
		`sum(zoom_qos_participants{site="Nowhere"})`: {},
		`zoom_qos_nothing`:                           {},
		`1 + 1`:                                      {" 2"},
	} {
		if diff := cmp.Diff(want, ask(t, a, expr, at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
}

func TestAGroupWithoutPeopleIsAGap(t *testing.T) {
	w := &world{t: t}
	w.people(nine, lyon, "Wifi", bad)
	w.people(nine+3*60_000, lyon, "Wifi", good)
	a := w.api(promapi.Options{})
	for minute, want := range map[earshot.Instant][]string{0: {" 1"}, 1: {}, 2: {}, 3: {" 0"}, 4: {}} {
		if got := ask(t, a, `sum(zoom_qos_participants{grade="bad"})`, nine+minute*60_000+30_000); !slices.Equal(got, want) {
			t.Errorf("in minute %d: %v, want %v", minute, got, want)
		}
	}
}

func TestTheNewestMinutesAreLive(t *testing.T) {
	w := office(t)
	open := (now - 7*60_000).Minute()
	minutes := make([]earshot.GradeCounts, 8)
	for i := range minutes {
		minutes[i] = earshot.GradeCounts{bad: 5}
	}
	w.view.groups = []live.Group{
		{Dimensions: earshot.Dimensions{Site: lyon, NetworkType: "Wifi", ClientVersion: "6.1"}, Minutes: minutes},
		{Dimensions: earshot.Dimensions{Site: lyon, NetworkType: "Wifi", ClientVersion: "6.2"}, Minutes: []earshot.GradeCounts{{good: 1}}},
	}
	a := w.api(promapi.Options{})
	for at, want := range map[earshot.Instant][]string{
		open:            {"site=Lyon 6"},
		open + 2*60_000: {"site=Lyon 5"},
		now:             {"site=Lyon 5"}, // the newest that is whole is two minutes old
	} {
		if got := ask(t, a, `sum by (site) (zoom_qos_participants)`, at); !slices.Equal(got, want) {
			t.Errorf("%d minutes ago: %v, want %v", (now-at)/60_000, got, want)
		}
	}
	if got := ask(t, a, `sum(count_over_time(zoom_qos_participants{grade="bad", site="Lyon"}[10m]))`, now); !slices.Equal(got, []string{" 6"}) {
		t.Errorf("minutes of the last ten: %v, want the 6 that are whole", got)
	}
}

func TestHours(t *testing.T) {
	a := office(t).api(promapi.Options{})
	expr := `sum by (site) (zoom_qos_participant_minutes_1h{grade="bad"})`
	for minute, want := range map[earshot.Instant][]string{59: {}, 60: {"site=Lyon 40", "site=Paris 0"}, 85: {"site=Lyon 40", "site=Paris 0"}} {
		if got := ask(t, a, expr, nine+minute*60_000); !slices.Equal(got, want) {
			t.Errorf("at 09:00 + %d minutes: %v, want %v", minute, got, want)
		}
	}
}

func TestIncidents(t *testing.T) {
	w := &world{t: t}
	cell := earshot.Cell{Scope: earshot.ScopeSite, ID: lyon}
	w.place.incidents = []earshot.Incident{
		{ID: 1, Cause: earshot.CauseLocalNetwork, Severity: earshot.SeverityMajor, Cell: cell, Start: nine + 60_000, End: nine + 5*60_000, State: earshot.IncidentClosed},
		{ID: 2, Cause: earshot.CauseLocalNetwork, Severity: earshot.SeverityMajor, Cell: cell, Start: nine + 3*60_000, State: earshot.IncidentOpen},
		{ID: 3, Cause: earshot.CauseWifi, Cell: cell, Start: nine, State: earshot.IncidentMerged},
		{ID: 4, Cause: earshot.CauseDevice, Severity: earshot.SeverityMinor, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 9, Name: "Ines"}, Start: nine, State: earshot.IncidentOpen},
	}
	a := w.api(promapi.Options{})
	for minute, want := range map[earshot.Instant][]string{
		0: {"cause=device 1"}, 2: {"cause=device 1", "cause=local-network 1"}, 4: {"cause=device 1", "cause=local-network 2"}, 30: {"cause=device 1", "cause=local-network 1"},
	} {
		if got := ask(t, a, `sum by (cause) (zoom_qos_incidents) > 0`, nine+minute*60_000); !slices.Equal(got, want) {
			t.Errorf("in minute %d: %v, want %v", minute, got, want)
		}
	}
	if got := ask(t, a, `sum by (cell) (zoom_qos_incidents{scope="site"})`, nine+2*60_000); !slices.Equal(got, []string{"cell=Lyon 1"}) {
		t.Errorf("at a site: %v, want its name", got)
	}
	for _, line := range ask(t, a, `zoom_qos_incidents`, now) {
		if strings.Contains(line, "Ines") {
			t.Errorf("a person is named: %s", line)
		}
	}
}

func TestStreams(t *testing.T) {
	w := &world{t: t}
	for i, wire := range []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput} {
		s := facts.Sample{Sample: earshot.Sample{Segment: 11, At: nine, Wire: wire}, Account: 3, Meeting: 7}
		s.Set(earshot.JitterMs, float64(10*(i+1)))
		w.batch.Samples = append(w.batch.Samples, s)
	}
	a := w.api(promapi.Options{})
	got := ask(t, a, `sum by (direction, media) (zoom_qos_jitter_ms{meeting="0000000000000007"})`, nine+30_000)
	if want := []string{"direction=receive media=audio 10", "direction=send media=audio 20"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := a.Query(t.Context(), `zoom_qos_jitter_ms`, nine.Time()); err == nil || !strings.Contains(err.Error(), `{meeting="…"}`) {
		t.Errorf("everybody's streams: %v, want an error that says how to narrow it", err)
	}
}

func TestBounds(t *testing.T) {
	a := office(t).api(promapi.Options{MaxSamples: 50})
	if _, err := a.Query(t.Context(), `sum(sum_over_time(zoom_qos_participants[1h]))`, (nine + 20*60_000).Time()); err == nil || !strings.Contains(err.Error(), "more than 50 samples") {
		t.Errorf("too many samples: %v", err)
	}
	if _, err := a.Query(t.Context(), `sum by (site, network_type, isp, data_center, transport) (zoom_qos_participants)`, now.Time()); err == nil || !strings.Contains(err.Error(), "at most 4") {
		t.Errorf("too many labels: %v", err)
	}
	if err := a.Check(`sum by (`); err == nil {
		t.Error("half an expression passes")
	}
}

// TestOfficialClient reads the HTTP API with Prometheus' own client.
func TestOfficialClient(t *testing.T) {
	server := httptest.NewServer(office(t).api(promapi.Options{}).Handler())
	defer server.Close()
	c, err := client.NewClient(client.Config{Address: server.URL + promapi.Prefix})
	if err != nil {
		t.Fatal(err)
	}
	api, ctx := clientv1.NewAPI(c), t.Context()
	from, to := nine.Time(), (nine + 25*60_000).Time()

	value, _, err := api.QueryRange(ctx, `sum(zoom_qos_participants{grade="bad"})`, clientv1.Range{Start: from, End: to, Step: time.Minute})
	matrix, ok := value.(model.Matrix)
	if err != nil || !ok || len(matrix) != 1 || len(matrix[0].Values) != 20 || matrix[0].Values[19].Value != 2 {
		t.Errorf("range: %v, %v", value, err)
	}
	value, _, err = api.Query(ctx, `max(zoom_qos_participants)`, (nine + 60_000).Time())
	if vector, ok := value.(model.Vector); err != nil || !ok || len(vector) != 1 || math.Abs(float64(vector[0].Value)-3) > 0 {
		t.Errorf("instant: %v, %v", value, err)
	}
	sites, _, err := api.LabelValues(ctx, "site", nil, from, to)
	if diff := cmp.Diff(model.LabelValues{"Lyon", "Paris"}, sites); diff != "" || err != nil {
		t.Errorf("sites (%v):\n%s", err, diff)
	}
	metrics, _, err := api.LabelValues(ctx, "__name__", nil, time.Time{}, time.Time{})
	if err != nil || !slices.Contains(metrics, "zoom_qos_jitter_ms") || !slices.Contains(metrics, "zoom_qos_participants") {
		t.Errorf("metrics: %v, %v", metrics, err)
	}
	if all, _, err := api.LabelNames(ctx, nil, from, to); err != nil || !slices.Contains(all, "network_type") {
		t.Errorf("labels: %v, %v", all, err)
	}
	series, _, err := api.Series(ctx, []string{`zoom_qos_participants{grade="bad",site="Lyon"}`}, from, to)
	if err != nil || len(series) != 1 || series[0]["site"] != "Lyon" {
		t.Errorf("series: %v, %v", series, err)
	}
	// Without a range a client asks for all of time.
	if _, _, err := api.Series(ctx, []string{`zoom_qos_participants`}, time.Time{}, time.Time{}); err != nil {
		t.Errorf("series of all time: %v", err)
	}
	if meta, err := api.Metadata(ctx, "", ""); err != nil || len(meta["zoom_qos_incidents"]) != 1 {
		t.Errorf("metadata: %v, %v", meta, err)
	}
	if r, err := api.Rules(ctx, nil); err != nil || len(r.Groups) != 0 {
		t.Errorf("rules where there are none: %v, %v", r, err)
	}
	if _, err := api.Buildinfo(ctx); err != nil {
		t.Errorf("build information: %v", err)
	}
	if _, _, err := api.Query(ctx, `sum by (`, from); err == nil || !strings.Contains(err.Error(), "bad_data") {
		t.Errorf("half an expression: %v, want Prometheus' own kind of error", err)
	}
}
