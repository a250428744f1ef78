package zoom_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/zoom"
)

func participant(fields string) string {
	return `{"event":"meeting.participant_qos","event_ts":1767778561800,"payload":{"account_id":"A","object":{"uuid":"U==","participant":{` + fields + `}}}}`
}

func details(fields string) string {
	return participant(`"user_id":"1","qos":[{"date_time":"2026-01-07T09:36:00Z","type":"audio_input","details":{` + fields + `}}]`)
}

const detailsPath = "payload.object.participant.qos.details."

// TestDetailShapes: one value in every type that JSON has.
func TestDetailShapes(t *testing.T) {
	some, none := zoom.Of, zoom.Quantity{}
	tests := []struct {
		json    string
		want    zoom.Quantity
		unknown string
	}{
		{`"63 kbps"`, some(63), ""},
		{`63`, some(63), ""},
		{`63.5`, some(63.5), ""},
		{`"63"`, some(63), ""},
		{`"\u0036\u0033 kbps"`, some(63), ""},
		{`0`, some(0), ""},
		{`"0 kbps"`, some(0), ""},
		{`""`, none, ""},
		{`"-"`, none, ""},
		{`null`, none, ""},
		{`true`, none, "bitrate!type"},
		{`{}`, none, "bitrate!type"},
		{`["63 kbps"]`, none, "bitrate!type"},
		{`"lots"`, none, "bitrate!type"},
		{`"63 ms"`, none, "bitrate!type"},
		{`-63`, none, "bitrate!type"},
		{`1e999`, none, "bitrate!type"},
		{`1e2`, some(100), ""},
		{strings.Repeat("9", 400), none, "bitrate!type"},
		{`9223372036854775808`, some(9223372036854775808), ""},
	}
	for _, tt := range tests {
		ev := decode(t, details(`"bitrate":`+tt.json+`,"jitter":"4 ms"`))
		if got := ev.QoS[0].Details.Bitrate; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.json, got, tt.want)
		}
		if ev.QoS[0].Details.Jitter != some(4) {
			t.Errorf("%s: what follows is lost", tt.json)
		}
		checkUnknown(t, ev, detailsPath, tt.unknown)
	}
}

// TestQuirks holds both shapes of what Zoom's documents disagree about.
func TestQuirks(t *testing.T) {
	t.Run("quality plain and nested", func(t *testing.T) {
		for _, s := range []string{`"good"`, `{"quality":"good"}`} {
			ev := decode(t, details(`"quality":`+s+`,"quality_score":"4.31"`))
			if d := ev.QoS[0].Details; d.Quality != 1 || d.QualityScore != zoom.Of(4.31) || len(ev.Unknown) > 0 {
				t.Errorf("%s: %v %v %q", s, d.Quality, d.QualityScore, ev.Unknown)
			}
		}
		for _, s := range []string{`{"level":"good"}`, `{"quality":{"quality":"good"}}`} {
			if ev := decode(t, details(`"quality":`+s)); ev.QoS[0].Details.Quality != 0 || len(ev.Unknown) != 1 {
				t.Errorf("%s: %v %q", s, ev.QoS[0].Details.Quality, ev.Unknown)
			}
		}
		ev := decode(t, details(`"quality":"superb"`))
		checkUnknown(t, ev, detailsPath, "quality!type")
	})
	t.Run("any key in any type", func(t *testing.T) {
		ev := decode(t, details(`"bitrate":"1 kbps","zoom_max_cpu_usage":"64%","quality":"bad","min_rssi":"-79","rssi_unit":"dBm",
			"resolution":"640*360","system_max_cpu_pressure_level":"critical","network_notification":"network bandwidth low"`))
		want := zoom.Details{
			Bitrate: zoom.Of(1), ZoomMaxCPU: zoom.Of(64), Quality: 4, MinRSSI: zoom.Of(-79), Width: zoom.Of(640), Height: zoom.Of(360),
			MaxPressure: 4, Notification: "network bandwidth low",
		}
		if diff := cmp.Diff(want, ev.QoS[0].Details); diff != "" {
			t.Error(diff)
		}
		checkUnknown(t, ev, "")
	})
	t.Run("RSSI text and integer", func(t *testing.T) {
		for _, s := range []string{`"-64"`, `-64`, `"-64 dBm"`} {
			if ev := decode(t, details(`"avg_rssi":`+s)); ev.QoS[0].Details.AvgRSSI != zoom.Of(-64) {
				t.Errorf("%s: %v", s, ev.QoS[0].Details.AvgRSSI)
			}
		}
	})
	t.Run("meeting number text and integer", func(t *testing.T) {
		for _, s := range []string{`"84512367790"`, `84512367790`} {
			if ev := decode(t, `{"event":"meeting.alert","payload":{"object":{"id":`+s+`}}}`); ev.Meeting.ID != "84512367790" {
				t.Errorf("%s: %q", s, ev.Meeting.ID)
			}
		}
	})
	t.Run("in-meeting id text and integer", func(t *testing.T) {
		for _, s := range []string{`"16779264"`, `16779264`} {
			if ev := decode(t, participant(`"user_id":`+s)); ev.Participant.InMeetingID != "16779264" {
				t.Errorf("%s: %q", s, ev.Participant.InMeetingID)
			}
		}
	})
	t.Run("data as array, object, empty, null", func(t *testing.T) {
		for s, n := range map[string]int{`[{"device":"WIN"}]`: 1, `{"device":"WIN"}`: 1, `[]`: 0, `null`: 0, `[null,{"device":"WIN"}]`: 1} {
			ev := decode(t, `{"event":"meeting.participant_data","payload":{"object":{"participant":{"participant_id":"7","data":`+s+`}}}}`)
			if len(ev.Data) != n || n > 0 && ev.Data[0].Device != "WIN" || ev.Participant.InMeetingID != "7" || len(ev.Unknown) > 0 {
				t.Errorf("%s: %+v %q", s, ev.Data, ev.Unknown)
			}
		}
	})
	t.Run("Location", func(t *testing.T) {
		for s, want := range map[string]string{
			`"Location":"Leipzig (DE)"`:                          "Leipzig (DE)",
			`"location":"Berlin (DE)","Location":"Leipzig (DE)"`: "Berlin (DE)",
			`"Location":"Leipzig (DE)","location":"Berlin (DE)"`: "Berlin (DE)",
		} {
			ev := decode(t, `{"event":"meeting.participant_data","payload":{"object":{"participant":{"data":[{`+s+`}]}}}}`)
			if ev.Data[0].Location != want || len(ev.Unknown) > 0 {
				t.Errorf("%s: %q %q", s, ev.Data[0].Location, ev.Unknown)
			}
		}
	})
	t.Run("qos as object", func(t *testing.T) {
		ev := decode(t, participant(`"qos":{"type":"audio_input","details":{"jitter":"4 ms"}}`))
		if len(ev.QoS) != 1 || ev.QoS[0].Details.Jitter != zoom.Of(4) {
			t.Errorf("%+v", ev.QoS)
		}
	})
	t.Run("issues as list and word", func(t *testing.T) {
		for s, want := range map[string][]string{
			`["High CPU occupation","Call Reconnection"]`: {"High CPU occupation", "Call Reconnection"},
			`"High CPU occupation"`:                       {"High CPU occupation"},
			`""`:                                          nil, `null`: nil, `[]`: nil,
		} {
			ev := decode(t, `{"event":"session.alert","payload":{"object":{"issues":`+s+`}}}`)
			if !slices.Equal(ev.Issues, want) || len(ev.Unknown) > 0 {
				t.Errorf("%s: %q %q", s, ev.Issues, ev.Unknown)
			}
		}
	})
	t.Run("person keys", func(t *testing.T) {
		for s, want := range map[string]zoom.Participant{
			`"user_id":"1","participant_user_id":"z"`:                  {InMeetingID: "1", ZoomUserID: "z"},
			`"participant_id":"1","id":"z"`:                            {InMeetingID: "1", ZoomUserID: "z"},
			`"id":"old","participant_user_id":"z","participant_id":1`:  {InMeetingID: "1", ZoomUserID: "z"},
			`"participant_user_id":"z","id":"old"`:                     {ZoomUserID: "z"},
			`"participant_user_id":"","id":"","user_id":"1"`:           {InMeetingID: "1"},
			`"participant_id":"2","user_id":"1"`:                       {InMeetingID: "1"},
			`"customer_key":"k","registrant_id":"r","user_name":"N"`:   {CustomerKey: "k", RegistrantID: "r", Name: "N"},
			`"parent_user_id":"9","bind_user_id":"8","phone_number":7`: {ParentUserID: "9", BindUserID: "8", PhoneNumber: "7"},
		} {
			if diff := cmp.Diff(want, decode(t, participant(s)).Participant); diff != "" {
				t.Errorf("%s\n%s", s, diff)
			}
		}
	})
	t.Run("session", func(t *testing.T) {
		ev := decode(t, `{"event":"session.user_joined","payload":{"object":{"id":"x","session_id":"S==","session_name":"n","session_key":"k",
			"user":{"id":25508864,"name":"Dr. Reyes","user_key":"doc-19","is_original_host":true}}}}`)
		if diff := cmp.Diff(zoom.Meeting{UUID: "S==", ID: "x", Topic: "n", SessionKey: "k"}, ev.Meeting); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(zoom.Participant{InMeetingID: "25508864", Name: "Dr. Reyes", CustomerKey: "doc-19"}, ev.Participant); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("call_qos as object and array, id and user_id", func(t *testing.T) {
		report := `{"date_time":"2026-01-07T11:02:30Z","type":"sending","details":{"bitrate":"38","mos":"4.3","network":"WiFi"}}`
		want := []zoom.CallQoS{{
			Side: "caller", UserID: "u", Email: "e", TimeMs: 1767783750000, Direction: "sending", Network: "WiFi", Bitrate: zoom.Of(38), MOS: zoom.Of(4.3),
		}}
		for _, s := range []string{
			`{"type":"caller","id":"u","user_email":"e","qos":` + report + `}`,
			`{"qos":` + report + `,"type":"caller","id":"u","user_email":"e"}`,
			`[{"type":"caller","user_id":"u","user_email":"e","qos":[` + report + `]}]`,
			`[{"qos":[` + report + `],"type":"caller","user_id":"u","user_email":"e"},{"type":"callee","user_id":"v","qos":[]}]`,
		} {
			ev := decode(t, `{"event":"phone.call_qos","payload":{"object":{"call_id":7391846205518823417,"call_qos":`+s+`}}}`)
			if diff := cmp.Diff(want, ev.CallQoS); diff != "" || ev.Call.ID != "7391846205518823417" || len(ev.Unknown) > 0 {
				t.Errorf("%s: call %s, unknown %q\n%s", s, ev.Call.ID, ev.Unknown, diff)
			}
		}
		two := decode(t, `{"event":"phone.call_qos_summary","payload":{"object":{"call_qos":[{"qos":[`+report+`,`+report+`],"type":"caller"},{"qos":[`+report+`],"type":"callee"}]}}}`)
		var sides []string
		for _, q := range two.CallQoS {
			sides = append(sides, q.Side)
		}
		if !slices.Equal(sides, []string{"caller", "caller", "callee"}) {
			t.Errorf("sides %q", sides)
		}
	})
	t.Run("zoomroom.alert", func(t *testing.T) {
		ev := decode(t, `{"event":"zoomroom.alert","payload":{"object":{"id":"R","room_name":"4.12","issue":"offline","alert_type":3,"alert_kind":"1"}}}`)
		if diff := cmp.Diff(zoom.Room{ID: "R", Name: "4.12", AlertType: 3, AlertKind: 1}, ev.Room); diff != "" {
			t.Error(diff)
		}
		if ev.Meeting != (zoom.Meeting{}) || !slices.Equal(ev.Issues, []string{"offline"}) || ev.Class != zoom.ClassAlert || ev.Family != zoom.FamilyOther {
			t.Errorf("%+v", ev)
		}
	})
}
