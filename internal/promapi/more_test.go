package promapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	client "github.com/prometheus/client_golang/api"
	clientv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/promapi"
)

// told is what fired.
type told []promapi.Alert

func (told) Rules(context.Context) ([]promapi.AlertRule, error) {
	return []promapi.AlertRule{
		{Name: "SiteBad", About: "Many at a site.", Kind: "share", Severity: "warning"},
		{Name: "Few", Kind: "promql", Expr: `sum(zoom_qos_participants) < 3`, For: 5 * time.Minute},
	}, nil
}

func (f told) Fired(_ context.Context, from, to earshot.Instant, most int) ([]promapi.Alert, error) {
	all := slices.DeleteFunc(slices.Clone(f), func(a promapi.Alert) bool { return a.Raised > to || a.Ended != 0 && a.Ended < from })
	return all[:min(most, len(all))], nil
}

func firing() told {
	return told{
		{Rule: "SiteBad", Labels: map[string]string{"alertname": "SiteBad", "site": "Lyon", "severity": "warning", "alert": "1"},
			Annotations: map[string]string{"summary": "Lyon is bad"}, Raised: nine + 60_000, Value: 42},
		{Rule: "SiteBad", Labels: map[string]string{"alertname": "SiteBad", "site": "Paris", "severity": "warning", "alert": "2"}, Raised: nine, Ended: nine + 2*60_000},
	}
}

func TestAlerts(t *testing.T) {
	a := office(t).api(promapi.Options{Alerts: firing()})
	for minute, want := range map[earshot.Instant][]string{0: {"site=Paris 1"}, 2: {"site=Lyon 1", "site=Paris 1"}, 30: {"site=Lyon 1"}} {
		if got := ask(t, a, `sum by (site) (zoom_qos_alerts) > 0`, nine+minute*60_000); !slices.Equal(got, want) {
			t.Errorf("in minute %d: %v, want %v", minute, got, want)
		}
	}
	if got := ask(t, a, `zoom_qos_alerts{site="Lyon"}`, now); len(got) != 1 || strings.Contains(got[0], "alert=") {
		t.Errorf("%v, want one series without the alert's id", got)
	}
}

func official(t testing.TB, a *promapi.API) (clientv1.API, string) {
	t.Helper()
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	c, err := client.NewClient(client.Config{Address: server.URL + promapi.Prefix})
	if err != nil {
		t.Fatal(err)
	}
	return clientv1.NewAPI(c), server.URL + promapi.Prefix
}

func TestOfficialClientReadsRulesAndAlerts(t *testing.T) {
	a := office(t).api(promapi.Options{Alerts: firing()})
	api, base := official(t, a)
	all, err := api.Rules(t.Context(), nil)
	if err != nil || len(all.Groups) != 1 || len(all.Groups[0].Rules) != 2 {
		t.Fatalf("rules: %+v, %v", all, err)
	}
	few, ok1 := all.Groups[0].Rules[0].(clientv1.AlertingRule)
	bad, ok2 := all.Groups[0].Rules[1].(clientv1.AlertingRule)
	if !ok1 || !ok2 || few.Name != "Few" || few.State != "inactive" || few.Query != `sum(zoom_qos_participants) < 3` || few.Duration != 300 {
		t.Errorf("the rule that does not fire: %+v", few)
	}
	if bad.State != "firing" || len(bad.Alerts) != 1 || bad.Alerts[0].Labels["site"] != "Lyon" || bad.Alerts[0].Annotations["summary"] != "Lyon is bad" || bad.Alerts[0].Value != "4.2e+01" {
		t.Errorf("the rule that fires: %+v", bad)
	}
	for _, r := range []clientv1.AlertingRule{few, bad} {
		if _, err := a.Query(t.Context(), r.Query, now.Time()); err != nil {
			t.Errorf("the query of rule %s is none: %v", r.Name, err)
		}
	}
	active, err := api.Alerts(t.Context())
	if err != nil || len(active.Alerts) != 1 || active.Alerts[0].State != "firing" || !active.Alerts[0].ActiveAt.Equal((nine + 60_000).Time()) {
		t.Errorf("alerts: %+v, %v", active, err)
	}
	for query, want := range map[string]int{
		"type=record": 0, "type=alert": 1, "rule_group[]=other": 0, "file[]=earshot": 1, "rule_name[]=Few": 1, "exclude_alerts=true": 1, "type=nonsense": -1, "match[]={a=%22b%22}": -1,
	} {
		resp, err := http.Get(base + "/api/v1/rules?" + query)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if (resp.StatusCode == http.StatusBadRequest) != (want < 0) {
			t.Errorf("rules?%s: status %d", query, resp.StatusCode)
		}
	}
}

func TestCalls(t *testing.T) {
	w := &world{t: t}
	lan := earshot.CallParty{Network: "LAN"}
	w.place.calls = []earshot.Call{
		{ID: 1, Account: 3, Start: nine, FirstSeen: nine, LastSeen: nine + 4*60_000, End: nine + 4*60_000, Caller: lan, Callee: lan},
		{ID: 2, Account: 3, Start: nine + 60_000, FirstSeen: nine + 60_000, LastSeen: nine + 2*60_000, Caller: earshot.CallParty{ConnectionType: "WiFi"}}, // fell silent
		{ID: 4, Account: 3, Start: now - 60_000, FirstSeen: now - 60_000, LastSeen: now, Caller: lan},
	}
	for i, mos := range []float64{4.3, 4.1, 2.5} {
		call := earshot.ID(min(i+1, 2))
		w.batch.CallSamples = append(w.batch.CallSamples, earshot.CallSample{
			Call: call, Account: 3, At: nine + earshot.Instant(i)*60_000, Side: earshot.SideCaller, Direction: earshot.DirectionReceive, MOS: earshot.Some(mos), JitterMs: earshot.Some(float64(i)),
		})
	}
	a := w.api(promapi.Options{})
	for minute, want := range map[earshot.Instant][]string{0: {"grade=good 1"}, 1: {"grade=bad 1", "grade=good 1"}, 4: {"grade=good 1"}, 90: {"grade=unclassified 1"}} {
		if got := ask(t, a, `sum by (grade) (zoom_qos_calls) > 0`, nine+minute*60_000); !slices.Equal(got, want) {
			t.Errorf("in minute %d: %v, want %v", minute, got, want)
		}
	}
	at := nine + 2*60_000
	for expr, want := range map[string][]string{
		`sum by (caller_network) (zoom_qos_calls) > 0`:                             {"caller_network=LAN 1", "caller_network=WiFi 1"},
		`sum(zoom_qos_calls_mos_sum) / sum(zoom_qos_calls{grade!="unclassified"})`: {" 3.4"},
		`sum by (call, side, direction) (zoom_qos_call_mos)`: {
			"call=0000000000000001 direction=receive side=caller 4.3", "call=0000000000000002 direction=receive side=caller 2.5"},
		`zoom_qos_call_jitter_ms{call="0000000000000002"} * 1`: {"call=0000000000000002 direction=receive side=caller 2"},
	} {
		if diff := cmp.Diff(want, ask(t, a, expr, at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
}

func TestMeetings(t *testing.T) {
	w := office(t)
	for i := range 30 { // more meetings than are shown where none is named
		w.batch.Minutes = append(w.batch.Minutes, earshot.Minute{Segment: earshot.ID(100 + i), Meeting: earshot.ID(100 + i), Person: 5, Account: 3, At: nine, Kind: earshot.KindMeeting, Grade: good})
	}
	a := w.api(promapi.Options{})
	at := nine + 5*60_000
	for expr, want := range map[string][]string{
		`sum by (grade) (zoom_qos_meeting_participants{meeting="0000000000000007"}) > 0`: {"grade=bad 2", "grade=good 4", "grade=poor 1"},
		`count(count by (meeting) (last_over_time(zoom_qos_meeting_participants[10m])))`: {" 20"},
		`count by (segment) (zoom_qos_segment_grade{meeting="0000000000000007"} == 4)`:   {"segment=0000000000005101 1", "segment=0000000000005102 1"},
		`sum(zoom_qos_segment_grade{segment="0000000000005101"})`:                        {" 4"},
		`zoom_qos_segment_grade{person="0000000000000005"}`:                              {}, // long ended: no trace for five minutes more
	} {
		if diff := cmp.Diff(want, ask(t, a, expr, at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
	if _, err := a.Query(t.Context(), `zoom_qos_segment_grade`, at.Time()); err == nil || !strings.Contains(err.Error(), "one meeting, segment or person") {
		t.Errorf("everybody's grades: %v, want an error that says how to narrow it", err)
	}
	api, _ := official(t, a)
	meetings, _, err := api.LabelValues(t.Context(), "meeting", nil, nine.Time(), at.Time())
	if err != nil || len(meetings) != 20 || !slices.Contains(meetings, "0000000000000007") {
		t.Errorf("meetings to choose from (%v): %v", err, meetings)
	}
	segments, _, err := api.LabelValues(t.Context(), "segment", []string{`zoom_qos_segment_grade{meeting="0000000000000007"}`}, nine.Time(), at.Time())
	if err != nil || len(segments) != 7 {
		t.Errorf("people to choose from (%v): %v", err, segments)
	}
	names, _, err := api.LabelNames(t.Context(), []string{`zoom_qos_calls`}, nine.Time(), at.Time())
	if diff := cmp.Diff(model.LabelNames{"__name__", "account", "callee_network", "caller_network", "grade"}, model.LabelNames(names)); err != nil || diff != "" {
		t.Errorf("labels of calls (%v):\n%s", err, diff)
	}
}

func TestRecorder(t *testing.T) {
	reg := prometheus.NewRegistry()
	lag := prometheus.NewGauge(prometheus.GaugeOpts{Name: "earshot_lag_seconds", Help: "Lag."})
	events := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "earshot_events_total", Help: "Events."}, []string{"event"})
	took := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "earshot_took_seconds"})
	reg.MustRegister(lag, events, took, prometheus.NewGauge(prometheus.GaugeOpts{Name: "go_something"}))
	r, err := promapi.NewRecorder(promapi.RecorderOptions{Gatherer: reg, Keep: 5 * time.Minute, MostSeries: 5})
	if err != nil {
		t.Fatal(err)
	}
	a := office(t).api(promapi.Options{Recorder: r})
	start := now.Add(time.Hour) // the wall's clock is ahead of event time: nothing came in for an hour
	for i := range earshot.Instant(40) {
		lag.Set(float64(i))
		took.Observe(2)
		events.WithLabelValues("qos").Add(15)
		if i == 30 {
			events.WithLabelValues("data").Add(1)
		}
		if err := r.Record((start + i*15_000).Time()); err != nil {
			t.Fatal(err)
		}
	}
	end := start + 39*15_000
	for expr, want := range map[string][]string{
		`earshot_lag_seconds`: {"__name__=earshot_lag_seconds 39"},
		`sum by (event) (round(rate(earshot_events_total[1m])))`: {"event=data 0", "event=qos 1"},
		`count_over_time(earshot_lag_seconds[1h])`:               {" 21"}, // five minutes of them
		`earshot_took_seconds_sum / earshot_took_seconds_count`:  {" 2"},
		`go_something`: {},
	} {
		if diff := cmp.Diff(want, ask(t, a, expr, end)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
	for i := range 10 { // series that have no room are left out
		events.WithLabelValues(fmt.Sprint(i)).Inc()
	}
	if err := r.Record((end + 15_000).Time()); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, a, `count({__name__=~"earshot_.*"})`, end+15_000); !slices.Equal(got, []string{" 5"}) {
		t.Errorf("series: %v, want the 5 that there is room for", got)
	}
	api, _ := official(t, a)
	meta, err := api.Metadata(t.Context(), "earshot_events_total", "")
	if err != nil || len(meta["earshot_events_total"]) != 1 || meta["earshot_events_total"][0].Type != clientv1.MetricTypeCounter || meta["earshot_events_total"][0].Help != "Events." {
		t.Errorf("metadata: %v, %v", meta, err)
	}
	if names, _, err := api.LabelValues(t.Context(), "__name__", nil, time.Time{}, time.Time{}); err != nil || !slices.Contains(names, model.LabelValue("earshot_lag_seconds")) {
		t.Errorf("metrics: %v, %v", names, err)
	}
}
