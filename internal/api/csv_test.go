package api_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// readCSV asks for a file and returns its rows by column name.
func readCSV(t testing.TB, w *world, path string) []map[string]string {
	t.Helper()
	res, err := http.Get(w.server.URL + path)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end below
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	must(t, err)
	if ct := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || ct != "text/csv; charset=utf-8" {
		t.Fatalf("GET %s: %d, %s: %s", path, res.StatusCode, ct, b.String())
	}
	if d := res.Header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename="earshot-[a-z0-9-]+\.csv"$`).MatchString(d) {
		t.Errorf("GET %s: Content-Disposition %q", path, d)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\uFEFF")))).ReadAll()
	must(t, err)
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		if len(m) != len(rows[0]) {
			t.Fatalf("GET %s: two columns have one name: %v", path, rows[0])
		}
		out = append(out, m)
	}
	return out
}

func holds(t testing.TB, what string, row, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got, ok := row[name]; !ok || got != value {
			t.Errorf("%s: %s is %q, want %q", what, name, got, value)
		}
	}
}

func TestMeetingCSV(t *testing.T) {
	w := newWorld(t).fill(t)
	rows := readCSV(t, w, "/api/v1/meetings/"+townHall.String()+"/minutes.csv")
	if len(rows) != 80 {
		t.Fatalf("%d rows, want the 40 minutes of two people", len(rows))
	}
	holds(t, "Ann's second minute", rows[2], map[string]string{
		"time": "2026-11-13T11:21:00Z", "person": "Ann Ångström", "email": "ann@example.com", "participant_id": "16385", "site": "Lyon", "grade": "bad",
		"reason": "audio received, loss 18.2 %, bad from 10 %", "reason_metric": "loss_avg_pct", "reason_value": "18.2", "reason_bound": "10",
		"audio_receive_grade": "bad", "video_send_grade": "", "audio_receive_avg_loss_%": "0.3", "audio_send_bitrate_kbps": "63", "video_send_bitrate_kbps": "63",
		"video_receive_bitrate_kbps": "", "zoom_avg_cpu_%": "", "sealed": "yes", "external": "",
	})
	holds(t, "the last row", rows[79], map[string]string{"time": "2026-11-13T11:59:00Z", "person": "Bob", "grade": "good", "sealed": ""})
	if part := readCSV(t, w, "/api/v1/meetings/"+townHall.String()+"/minutes.csv?from="+at(-40).Time().Format("2006-01-02T15:04:05Z")+"&to="+at(-38).Time().Format("2006-01-02T15:04:05Z")); len(part) != 4 {
		t.Errorf("two minutes have %d rows, want 4", len(part))
	}
}

func TestParticipantCSV(t *testing.T) {
	w := newWorld(t).fill(t)
	rows := readCSV(t, w, "/api/v1/segments/"+annTownHall.String()+"/series.csv")
	if len(rows) != 35 {
		t.Fatalf("%d rows, want one for each report", len(rows))
	}
	holds(t, "the second report", rows[1], map[string]string{
		"date_time": "2026-11-13T11:21:00Z", "user_name": "Ann Ångström", "topic": "Town hall", "network_type": "Wifi", "ip_address": "203.0.113.7", "internal_ip_addresses": "10.20.0.5",
		"microphone": "Headset", "audio_input bitrate (kbps)": "63", "audio_input avg_loss (%)": "0.3", "video_output bitrate (kbps)": "", "as_input resolution": "",
		"cpu_usage zoom_max_cpu_usage (%)": "12", "wifi_rssi avg_rssi (dBm)": "", "earshot_grade": "bad", "audio_device_from_rwg bitrate (kbps)": "",
	})
	holds(t, "the last report", rows[34], map[string]string{"network_type": "Wired", "internal_ip_addresses": "10.20.0.6"})
}

func TestListCSV(t *testing.T) {
	w := newWorld(t).fill(t)
	rows := readCSV(t, w, "/api/v1/meetings.csv?state=past&limit=1")
	if len(rows) != 3 {
		t.Fatalf("%d past meetings, want all 3 whatever the limit", len(rows))
	}
	holds(t, "the worst", rows[0], map[string]string{"topic": "Design review", "grade": "bad", "live": "", "people": "2"})
	for _, path := range []string{"/api/v1/meetings.csv?grade=awful", "/api/v1/incidents.csv?cause=weather", "/api/v1/meetings/" + ann.String() + "/minutes.csv", "/api/v1/segments/" + ann.String() + "/series.csv"} {
		status, contentType, _ := get(t, w, path)
		if (status != http.StatusUnprocessableEntity && status != http.StatusNotFound) || contentType != "application/problem+json" {
			t.Errorf("GET %s: %d, %s, want a problem", path, status, contentType)
		}
	}
}

// A name that would be a formula, a negative number that is none, and more meetings than a page holds.
func TestCSVOfHostileNamesAndManyMeetings(t *testing.T) {
	w := newWorld(t).fill(t)
	evil := persons()[0]
	evil.Name = `=HYPERLINK("http://evil.example","x")`
	many := meetings()
	for i := range 600 {
		many = append(many, earshot.Meeting{ID: earshot.ID(0x9000 + i), Account: account, UUID: "u", Kind: earshot.KindMeeting, Topic: "+many", Start: at(-200), FirstSeen: at(-200), LastSeen: at(-199), End: at(-199)})
	}
	must(t, w.registry.Apply(t.Context(), &registry.Changes{Journal: "j", From: 1, To: 2, Changes: identity.Changes{Persons: []earshot.Person{evil}, Meetings: many}}))
	s := facts.Sample{Sample: earshot.Sample{Segment: annReview, At: at(-175), Wire: earshot.WireWifiRSSI}, Account: account, Meeting: review}
	s.Set(earshot.RSSIAvgDBm, -75)
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Samples: []facts.Sample{s}}))
	rows := readCSV(t, w, "/api/v1/meetings/"+review.String()+"/minutes.csv")
	found := false
	for _, r := range rows {
		if strings.Contains(r["person"], "HYPERLINK") && r["time"] == at(-175).Time().Format("2006-01-02T15:04:05Z") {
			found = true
			holds(t, "the hostile one", r, map[string]string{"person": `'=HYPERLINK("http://evil.example","x")`, "avg_rssi_dbm": "-75"})
		}
	}
	if !found {
		t.Error("the hostile person's minute is not there")
	}
	if rows = readCSV(t, w, "/api/v1/meetings.csv?state=past&sort=start&order=desc"); len(rows) != 603 {
		t.Errorf("%d meetings, want 603", len(rows))
	}
	if last := rows[len(rows)-1]; last["topic"] != "'+many" {
		t.Errorf("the last one's topic is %q", last["topic"])
	}
}
