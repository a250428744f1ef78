package zoom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot/zoom"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples returns the paths of the sample notifications, by name without ".json".
func samples(tb testing.TB) map[string]string {
	paths, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(paths) != 53 {
		tb.Fatalf("found %d samples, want 53 (%v)", len(paths), err)
	}
	m := make(map[string]string)
	for _, p := range paths {
		m[strings.TrimSuffix(filepath.Base(p), ".json")] = p
	}
	return m
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func decode(tb testing.TB, body string) zoom.Event {
	tb.Helper()
	var d zoom.Decoder
	var ev zoom.Event
	if err := d.Decode([]byte(body), &ev); err != nil {
		tb.Fatalf("Decode: %v\n%.300s", err, body)
	}
	return ev
}

// sparse returns what is set in an event, as JSON values, so that golden files show what was read and nothing else.
func sparse(tb testing.TB, ev zoom.Event) any {
	b, err := json.Marshal(ev)
	if err != nil {
		tb.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		tb.Fatal(err)
	}
	return prune(v)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if present, ok := v["Present"]; ok && len(v) == 2 {
			if present == true {
				return v["Value"]
			}
			return nil
		}
		for k, e := range v {
			if e = prune(e); e == nil {
				delete(v, k)
			} else {
				v[k] = e
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i, e := range v {
			if v[i] = prune(e); v[i] == nil {
				v[i] = map[string]any{}
			}
		}
	case string:
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	}
	return v
}

// TestSamples reads every sample and compares with testdata/golden. One decoder and one event serve them all, so that
// anything left over from the sample before would show.
func TestSamples(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	for name, path := range samples(t) {
		t.Run(name, func(t *testing.T) {
			if err := d.Decode(read(t, path), &ev); err != nil {
				t.Fatal(err)
			}
			if len(ev.Unknown) > 0 {
				t.Errorf("unknown keys in a documented sample: %q", ev.Unknown)
			}
			if ev.Class == zoom.ClassUnknown || ev.TimeMs == 0 || ev.AccountID != "q7Rk2mVxTDyLw0PbN4sHgA" {
				t.Errorf("class %d, time %d, account %q", ev.Class, ev.TimeMs, ev.AccountID)
			}
			golden := "testdata/golden/" + name + ".json"
			got, err := json.MarshalIndent(sparse(t, ev), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(read(t, golden)), string(got)); diff != "" {
				t.Errorf("(-golden +got)\n%s", diff)
			}
		})
	}
	if golden, _ := filepath.Glob("testdata/golden/*.json"); len(golden) != len(samples(t)) {
		t.Errorf("%d golden files for %d samples", len(golden), len(samples(t)))
	}
}

// TestKeyOrder reads every sample with its keys in another order: the event's name last, the payload first.
func TestKeyOrder(t *testing.T) {
	for name, path := range samples(t) {
		t.Run(name, func(t *testing.T) {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(read(t, path), &m); err != nil {
				t.Fatal(err)
			}
			got := decode(t, `{"payload":`+string(m["payload"])+`,"event_ts":`+string(m["event_ts"])+`,"event":`+string(m["event"])+`}`)
			want := decode(t, string(read(t, path)))
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-sample +reordered)\n%s", diff)
			}
		})
	}
}

// TestTruncated cuts every sample at every byte (the long ones at every 31st): always an error at the cut, never a panic, and the name is kept once it
// was read.
func TestTruncated(t *testing.T) {
	for name, path := range samples(t) {
		body := bytes.TrimSpace(read(t, path))
		var d zoom.Decoder
		var ev zoom.Event
		step := 1
		if len(body) > 1000 {
			step = 31
		}
		for n := (len(body) - 1) % step; n < len(body); n += step { // the last cut is one byte before the end
			err := d.Decode(body[:n], &ev)
			var de *zoom.DecodeError
			if !errors.As(err, &de) {
				t.Fatalf("%s cut at %d of %d: error %v", name, n, len(body), err)
			}
			if n > 0 && (!errors.Is(err, zoom.ErrTruncated) || de.Offset != n) {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
		}
		if want := decode(t, string(body)).Name; ev.Name != want {
			t.Errorf("%s: name is %q after an error at the end, want %q", name, ev.Name, want)
		}
	}
}

// TestAliasing: what was decoded must not change when the caller reuses its buffer.
func TestAliasing(t *testing.T) {
	for name, path := range samples(t) {
		body := read(t, path)
		var d zoom.Decoder
		var ev zoom.Event
		if err := d.Decode(body, &ev); err != nil {
			t.Fatal(err)
		}
		before, _ := json.Marshal(ev)
		for i := range body {
			body[i] = '#'
		}
		after, _ := json.Marshal(ev)
		if string(before) != string(after) {
			t.Errorf("%s: event refers to the body", name)
		}
	}
}

func sample(tb testing.TB, name string) zoom.Event {
	return decode(tb, string(read(tb, "testdata/webhooks/"+name+".json")))
}

// TestSampleFacts says by hand what must be read from the samples that matter most: golden files are easily updated.
func TestSampleFacts(t *testing.T) {
	some := zoom.Of
	qos := sample(t, "meeting.participant_qos")
	if qos.Meeting != (zoom.Meeting{UUID: "/kXq8m2bTp+9vRZc1Nf3Ag=="}) || qos.Participant.InMeetingID != "16779264" || qos.TimeMs != 1767778561800 {
		t.Errorf("qos: %+v %+v", qos.Meeting, qos.Participant)
	}
	byType := map[string]zoom.QoS{}
	for _, q := range qos.QoS {
		byType[q.Type] = q
	}
	for name, want := range map[string]zoom.Details{
		"audio_input": {Bitrate: some(61), Latency: some(38), Jitter: some(4), AvgLoss: some(0), MaxLoss: some(0.2)},
		"video_input": {
			Bitrate: some(846), Latency: some(39), Jitter: some(7), AvgLoss: some(0.2), MaxLoss: some(1.1), Width: some(1280), Height: some(720), FrameRate: some(24),
		},
		"as_input":      {}, // idle: every text is empty, and nothing is 0
		"cpu_usage":     {ZoomMinCPU: some(3), ZoomAvgCPU: some(6), ZoomMaxCPU: some(11), SystemMaxCPU: some(47)},
		"video_quality": {Quality: 2, QualityScore: some(3.72)},
		"wifi_rssi":     {MinRSSI: some(-71), AvgRSSI: some(-64), MaxRSSI: some(-58)},
	} {
		if diff := cmp.Diff(want, byType[name].Details); diff != "" || byType[name].TimeMs != 1767778560000 {
			t.Errorf("%s at %d\n%s", name, byType[name].TimeMs, diff)
		}
	}

	summary := sample(t, "meeting.participant_qos_summary")
	if summary.Class != zoom.ClassQoSSummary || summary.Meeting.ID != "84512367790" || summary.Participant.InMeetingID != "16779264" ||
		summary.Participant.ZoomUserID != "oP4sJd9_TfGk7uHqBv2MxA" || summary.Participant.Name != "Marco Oyelaran" {
		t.Errorf("summary: %+v %+v", summary.Meeting, summary.Participant)
	}
	if d := summary.QoS[3].Details; d.AvgLatency != some(0) || d.Width.Present || d.MinBitrate != some(200) || summary.QoS[3].TimeMs != 0 {
		t.Errorf(`"0 ms" is present, resolution "" is not: %+v`, d)
	}
	if d := summary.QoS[6].Details; d.MinRSSI != some(-79) {
		t.Errorf("integer RSSI: %+v", d)
	}
	if noID := sample(t, "meeting.participant_qos_summary.quirk_no_id"); noID.Meeting.ID != "" || noID.Meeting.UUID == "" {
		t.Errorf("%+v", noID.Meeting)
	}

	guest := sample(t, "webinar.participant_qos.guest").Participant
	if guest != (zoom.Participant{InMeetingID: "16780288"}) {
		t.Errorf("guest: %+v", guest)
	}
	if nested := sample(t, "webinar.participant_qos.quirk_nested_quality"); nested.QoS[0].Details.Quality != 1 {
		t.Errorf("nested quality: %+v", nested.QoS[0].Details)
	}
	if alert := sample(t, "meeting.alert"); alert.Meeting.ID != "84512367790" || len(alert.Issues) != 2 || alert.Issues[1] != zoom.IssueCPU {
		t.Errorf("alert: %+v %q", alert.Meeting, alert.Issues)
	}
	if alert := sample(t, "session.alert.quirk_issues_string"); len(alert.Issues) != 1 || alert.Issues[0] != zoom.IssueVideo {
		t.Errorf("session alert: %q", alert.Issues)
	}
	if empty := sample(t, "meeting.participant_data.empty"); len(empty.Data) != 0 || empty.Participant.InMeetingID == "" {
		t.Errorf("empty data: %+v", empty)
	}
	if data := sample(t, "meeting.participant_data.deprecated_Location").Data; len(data) != 1 || data[0] != (zoom.Data{Device: "WIN", Location: "Leipzig (DE)", NetworkType: "Wired"}) {
		t.Errorf("Location: %+v", data)
	}
	if left := sample(t, "meeting.participant_left"); left.Class != zoom.ClassLeft || !strings.Contains(left.Participant.LeaveReason, "<br>") || left.Participant.LeaveMs != 1767780895000 {
		t.Errorf("left: %+v", left.Participant)
	}
	if room := sample(t, "meeting.participant_joined_breakout_room"); room.Class != zoom.ClassJoined || room.Meeting.BreakoutRoomUUID != "mW4tYb0JQ3aUe6Rk1Vx9Hg==" || room.Participant.ParentUserID != "16779264" {
		t.Errorf("breakout room: %+v %+v", room.Meeting, room.Participant)
	}
	if bind := sample(t, "meeting.participant_bind").Participant; bind.BindUserID != "16780288" || bind.InMeetingID != "16779264" || bind.AtMs != 1767778440000 {
		t.Errorf("bind: %+v", bind)
	}
	session := sample(t, "session.user_qos")
	if session.Participant != (zoom.Participant{InMeetingID: "25508864", Name: "Dr. Reyes", CustomerKey: "doc-19"}) || session.Meeting.Topic != "telehealth-118" || len(session.QoS) != 11 {
		t.Errorf("session: %+v %+v", session.Meeting, session.Participant)
	}
	call := sample(t, "phone.call_qos.callee_receiving_ended")
	want := []zoom.CallQoS{{
		Side: "callee", UserID: "hUe6VbQ2RkWm8yTzXcN1Lw", Email: "ida.lind@example.com", TimeMs: 1767783900000, Direction: "receiving", Network: "LAN",
		Bitrate: some(38), AvgLoss: some(4.8), MaxLoss: some(12.5), Jitter: some(7), NetworkDelay: some(46), MOS: some(2.9),
	}}
	if diff := cmp.Diff(want, call.CallQoS); diff != "" || call.Call.ID != "7391846205518823417" || call.Call.EndMs != 1767783901000 {
		t.Errorf("call: %+v\n%s", call.Call, diff)
	}
}

// TestWebSocketFrames: over a WebSocket the notification is a string in a frame, and the same otherwise.
func TestWebSocketFrames(t *testing.T) {
	var file struct {
		Frames []struct {
			Data struct{ Module, Content string }
		}
	}
	if err := json.Unmarshal(read(t, "testdata/transport/websocket_frames.json"), &file); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, f := range file.Frames {
		if f.Data.Module == "message" {
			read++
			if ev := decode(t, f.Data.Content); ev.Class != zoom.ClassStarted || ev.Meeting.ID != "84512367790" {
				t.Errorf("%+v", ev)
			}
		}
	}
	if read != 1 {
		t.Errorf("%d messages", read)
	}
}

// TestOtherDocumentedKeys reads keys that Zoom documents for these events and that no sample has.
func TestOtherDocumentedKeys(t *testing.T) {
	for _, body := range []string{
		`{"event":"phone.callee_ended","payload":{"object":{"call_id":"1","callee":{"extension_id":"e","extension_type":"user","extension_number":"7","user_id":"u",
			"timezone":"UTC","device_type":"d","device_id":"i","connection_type":"voip","phone_number":"+1"},"caller":{"phone_number":"+2","connection_type":"pstn"},
			"forwarded_by":{"name":"n","extension_number":1,"extension_type":"user"},"redirect_forwarded_by":{"name":"n","phone_number":"+3"},
			"ringing_start_time":"2026-01-07T11:02:09Z","answer_start_time":"2026-01-07T11:02:16Z","call_end_time":"2026-01-07T11:05:01Z"}}}`,
		`{"event":"webinar.participant_bind","payload":{"object":{"uuid":"U","participant":{"user_id":"1","bind_user_id":"2","bind_participant_uuid":"P",
			"join_time":"2026-01-07T11:02:09Z","phone_number":"+1"}}}}`,
		`{"event":"session.user_left","payload":{"object":{"session_id":"S","user":{"id":"1","phone_number":"+1","leave_reason":"left"}}}}`,
		`{"event":"zoomroom.delayed_alert","payload":{"object":{"id":"R","room_name":"n","calendar_name":"c","email":"e","issue":"i","alert_type":1,"component":1,"alert_kind":2}}}`,
	} {
		ev := decode(t, body)
		checkUnknown(t, ev, "")
		if ev.Class == zoom.ClassUnknown || ev.Class == zoom.ClassNeighbour {
			t.Errorf("%s is of class %d", ev.Name, ev.Class)
		}
	}
}
