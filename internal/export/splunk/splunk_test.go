package splunk_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/splunk"
	"github.com/earshot/earshot/internal/running"
)

// hec starts the Collector's own receiver of HEC.
func hec(t *testing.T) (address string, logs *consumertest.LogsSink, metrics *consumertest.MetricsSink) {
	t.Helper()
	address, logs, metrics = running.FreeAddress(), new(consumertest.LogsSink), new(consumertest.MetricsSink)
	exporttest.StartReceiver(t, splunkhecreceiver.NewFactory(), map[string]any{"endpoint": address}, logs, metrics)
	return address, logs, metrics
}

// arrived counts the logs that arrived, by id and by source type, and fails the test for one that tells what is personal.
func arrived(t *testing.T, logs *consumertest.LogsSink) (got, sourceTypes map[string]int) {
	t.Helper()
	got, sourceTypes = map[string]int{}, map[string]int{}
	for _, batch := range logs.AllLogs() {
		for _, rl := range batch.ResourceLogs().All() {
			st, _ := rl.Resource().Attributes().Get("com.splunk.sourcetype")
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					id, _ := r.Attributes().Get("earshot.record.id")
					got[id.AsString()]++
					sourceTypes[st.AsString()]++
					for _, p := range exporttest.Personal {
						if strings.Contains(r.Body().AsString(), p) {
							t.Fatalf("%q left: %s", p, r.Body().AsString())
						}
					}
				}
			}
		}
	}
	return got, sourceTypes
}

// pointsOf are the different points that arrived.
func pointsOf(metrics *consumertest.MetricsSink) map[string]bool {
	points := map[string]bool{}
	for _, batch := range metrics.AllMetrics() {
		for _, rm := range batch.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, m := range sm.Metrics().All() {
					for _, p := range m.Gauge().DataPoints().All() {
						a := p.Attributes().AsRaw()
						points[fmt.Sprint(m.Name(), a["zoom.participant.id"], a["earshot.segment.id"], a["zoom.media"])] = true
					}
				}
			}
		}
	}
	return points
}

// A no of HEC's that comes as a 200, from a proxy between, is a no.
func TestANoBesideA200IsHeard(t *testing.T) {
	type class string
	for body, want := range map[string]class{
		`{"text":"Success","code":0}`: "taken", `<html>hello</html>`: "taken", ``: "taken", `{"text":"Invalid token","code":4}`: "refused",
		`{"text":"Incorrect index","code":7}`: "refused", `{"text":"Server is busy","code":9}`: "again", `{"text":"Invalid data format","code":6}`: "permanent",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		d, err := splunk.New(t.Context(), splunk.Options{Keys: map[string]any{"endpoint": s.URL, "token": "T"}, Logs: true})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Send(t.Context(), &export.Batch{Logs: []*export.Record{{ID: "m-1", Kind: export.KindMinute, At: 1}}})
		var refused *export.RefusedError
		var permanent *export.PermanentError
		got := class("again")
		switch {
		case err == nil:
			got = "taken"
		case errors.As(err, &refused):
			got = "refused"
		case errors.As(err, &permanent):
			got = "permanent"
		}
		if got != want {
			t.Errorf("%s: %s, %v, want %s", body, got, err, want)
		}
		_ = d.Close()
		s.Close()
	}
}

func TestTheCollectorsReceiverGetsEverything(t *testing.T) {
	address, logs, metrics := hec(t)
	w, dir := exporttest.New(t, 200), t.TempDir()
	door := exporttest.NewDoorkeeper(t, address)
	target := func() export.Target {
		d, err := splunk.New(t.Context(), splunk.Options{Keys: map[string]any{"endpoint": door.URL + "/services/collector", "token": "T", "index": "zoom"}, Logs: true, Metrics: true})
		if err != nil {
			t.Fatal(err)
		}
		return export.Target{
			Spec: export.Spec{
				Name: "splunk", FromOldest: true, BatchRecords: 50, Logs: []export.Kind{export.KindEvent, export.KindIncident}, Metrics: []export.Kind{export.KindSample, export.KindMinute},
			},
			Destination: d,
		}
	}
	// Ended in the middle, as by a crash: what was not stored is sent again.
	exporttest.Follow(t, w.Options(dir, target()), func(*export.Exporter) bool { return logs.LogRecordCount() > 60 })
	want, got, sourceTypes := w.IDs(export.KindEvent, export.KindIncident), map[string]int{}, map[string]int{}
	points := map[string]bool{}
	exporttest.Follow(t, w.Options(dir, target()), func(*export.Exporter) bool {
		got, sourceTypes = arrived(t, logs)
		points = pointsOf(metrics)
		return len(got) >= len(want) && len(points) >= 200*(5+1+3) && door.Tries.Load() > 4
	})
	for id := range want {
		if got[id] == 0 {
			t.Errorf("%s is missing", id)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d ids arrived, want %d: %v", len(got), len(want), got)
	}
	if sourceTypes[splunk.SourceTypeEvents] < 200 || sourceTypes[splunk.SourceTypeOther] < 20 || len(sourceTypes) != 2 {
		t.Errorf("source types: %v", sourceTypes)
	}
	if len(points) != 200*(5+1+3) { // five of audio, one of the computer; grade, reports, grade of a stream
		t.Errorf("%d different points arrived, want %d: %.2000v", len(points), 200*9, points)
	}
}

func TestCheckSaysWhatWasAnswered(t *testing.T) {
	address, _, _ := hec(t)
	for endpoint, want := range map[string]string{"http://" + address + "/services/collector": "", "http://" + running.FreeAddress(): "connection refused"} {
		d, err := splunk.New(t.Context(), splunk.Options{Keys: map[string]any{"endpoint": endpoint, "token": "T"}, Logs: true})
		if err != nil {
			t.Fatal(err)
		}
		said, err := d.Check(t.Context())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", endpoint, said, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, keys := range map[string]map[string]any{
		"tokken":        {"endpoint": "http://x", "tokken": "T"},
		"endpoint":      {"token": "T"},
		"sending_queue": {"endpoint": "http://x", "token": "T", "sending_queue": map[string]any{"enabled": true}},
	} {
		_, err := splunk.New(t.Context(), splunk.Options{Keys: keys, Logs: true})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %s in %v", want, err)
		}
	}
}
