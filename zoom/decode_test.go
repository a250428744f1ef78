package zoom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

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

// TestTruncated cuts every sample at every byte: always an error at the cut, never a panic, and the name is kept once it
// was read.
func TestTruncated(t *testing.T) {
	for name, path := range samples(t) {
		body := bytes.TrimSpace(read(t, path))
		var d zoom.Decoder
		var ev zoom.Event
		for n := range body {
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

func TestErrors(t *testing.T) {
	deep := func(n int) string {
		return `{"event":"meeting.started","x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`
	}
	tests := []struct {
		name, body string
		want       error
		offset     int
	}{
		{"empty", "", zoom.ErrNotObject, 0},
		{"space", " \n", zoom.ErrNotObject, 2},
		{"null", "null", zoom.ErrNotObject, 0},
		{"array", ` [{"event":"meeting.started"}]`, zoom.ErrNotObject, 1},
		{"string", `"{}"`, zoom.ErrNotObject, 0},
		{"html", "<html>", zoom.ErrNotObject, 0},
		{"mark only", "\xef\xbb\xbf", zoom.ErrNotObject, 3},
		{"open", "{", zoom.ErrTruncated, 1},
		{"key only", `{"event"`, zoom.ErrTruncated, 8},
		{"in key", `{"eve`, zoom.ErrTruncated, 5},
		{"in escape", `{"a":"\`, zoom.ErrTruncated, 7},
		{"in hex", `{"a":"\u00`, zoom.ErrTruncated, 10},
		{"in literal", `{"a":tru`, zoom.ErrTruncated, 8},
		{"in number", `{"a":-`, zoom.ErrTruncated, 6},
		{"bare key", `{event:1}`, zoom.ErrSyntax, 1},
		{"comma after last", `{"a":1,}`, zoom.ErrSyntax, 7},
		{"comma after last element", `{"a":[1,]}`, zoom.ErrSyntax, 8},
		{"comma first", `{,"a":1}`, zoom.ErrSyntax, 1},
		{"no comma", `{"a":1 "b":2}`, zoom.ErrSyntax, 7},
		{"no colon", `{"a" 1}`, zoom.ErrSyntax, 5},
		{"no value", `{"a":}`, zoom.ErrSyntax, 5},
		{"wrong bracket", `{"a":[1}`, zoom.ErrSyntax, 7},
		{"leading zero", `{"a":01}`, zoom.ErrSyntax, 6},
		{"leading plus", `{"a":+1}`, zoom.ErrSyntax, 5},
		{"trailing dot", `{"a":1.}`, zoom.ErrSyntax, 7},
		{"no exponent", `{"a":1e}`, zoom.ErrSyntax, 7},
		{"NaN", `{"a":NaN}`, zoom.ErrSyntax, 5},
		{"literal", `{"a":nul1}`, zoom.ErrSyntax, 8},
		{"upper-case literal", `{"a":True}`, zoom.ErrSyntax, 5},
		{"single quotes", `{'a':1}`, zoom.ErrSyntax, 1},
		{"comment", `{/**/}`, zoom.ErrSyntax, 1},
		{"escape", `{"a":"\x"}`, zoom.ErrSyntax, 7},
		{"hex", `{"a":"\u00g0"}`, zoom.ErrSyntax, 10},
		{"NUL in string", "{\"a\":\"\x00\"}", zoom.ErrSyntax, 6},
		{"line feed in string", "{\"abcdefghijkl\":\"abcdefghi\n\"}", zoom.ErrSyntax, 26},
		{"NUL outside", "{\x00}", zoom.ErrSyntax, 1},
		{"no-break space", "{\u00a0}", zoom.ErrSyntax, 1},
		{"trailing", `{} x`, zoom.ErrTrailingData, 3},
		{"two objects", "{}\n{}", zoom.ErrTrailingData, 3},
		{"trailing NUL", "{}\x00", zoom.ErrTrailingData, 2},
		{"64 levels deep and one", deep(64), zoom.ErrTooDeep, 31 + 63},
		{"10,001 deep", deep(10_000), zoom.ErrTooDeep, 31 + 63},
		{"500,000 deep", deep(500_000), zoom.ErrTooDeep, 31 + 63},
		{"unclosed and deep", strings.Repeat(`{"payload":`, 100), zoom.ErrTooDeep, 64 * 11},
		{"deep where text is expected", `{"event":` + strings.Repeat("[", 100), zoom.ErrTooDeep, 9 + 63},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d zoom.Decoder
			var ev zoom.Event
			err := d.Decode([]byte(tt.body), &ev)
			var de *zoom.DecodeError
			if !errors.Is(err, tt.want) || !errors.As(err, &de) || de.Offset != tt.offset {
				t.Errorf("error is %v, want %v at byte %d", err, tt.want, tt.offset)
			}
			if strings.HasPrefix(tt.body, `{"event":"meeting.started"`) && ev.Name != "meeting.started" {
				t.Errorf("the name that was read is lost: %q", ev.Name)
			}
		})
	}
	if ev := decode(t, deep(63)); ev.Class != zoom.ClassStarted {
		t.Error("64 levels are allowed")
	}
}

// TestErrorsQuoteNothing: the texts of errors go to logs, bodies must not.
func TestErrorsQuoteNothing(t *testing.T) {
	var d zoom.Decoder
	var ev zoom.Event
	err := d.Decode([]byte(`{"event":"meeting.started","email":"jane@example.com"jane}`), &ev)
	if err == nil || strings.Contains(err.Error(), "jane") {
		t.Errorf("error is %v", err)
	}
}

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

func checkUnknown(t *testing.T, ev zoom.Event, prefix string, want ...string) {
	t.Helper()
	var paths []string
	for _, w := range want {
		if w != "" {
			paths = append(paths, prefix+w)
		}
	}
	if diff := cmp.Diff(paths, ev.Unknown, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Unknown (-want +got)\n%s", diff)
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

func TestDates(t *testing.T) {
	const want = 1767778560000
	for s, ms := range map[string]int64{
		`"2026-01-07T09:36:00Z"`:         want,
		`"2026-01-07T09:36:00.0000000Z"`: want,
		`"2026-01-07T09:36:00.250Z"`:     want + 250,
		`"2026-01-07T10:36:00+01:00"`:    want,
		`"2026-01-07T10:36:00.000+0100"`: want,
		`"2026-01-07T09:36:00"`:          want,
		`"2026-01-07 09:36:00"`:          want,
		`1767778560000`:                  want,
		`"1767778560000"`:                want,
		`1767778560`:                     want,
		`"2024-02-29T23:59:59Z"`:         1709251199000,
		`"1969-12-31T23:59:59Z"`:         -1000,
		`""`:                             0,
		`null`:                           0,
		`0`:                              0,
	} {
		ev := decode(t, participant(`"qos":[{"date_time":`+s+`}]`))
		if ev.QoS[0].TimeMs != ms || len(ev.Unknown) > 0 {
			t.Errorf("%s: %d, want %d; unknown %q", s, ev.QoS[0].TimeMs, ms, ev.Unknown)
		}
	}
	for _, s := range []string{
		`"2022-09-09T08:11:387Z"`, `"2026-02-29T00:00:00Z"`, `"2026-13-01T00:00:00Z"`, `"2026-01-07T24:00:00Z"`, `"yesterday"`, `{}`, `[]`, `true`, `-5`,
		`1e30`, `1e999`, `"2026-01-07T09:36:00Z and more"`, `"` + strings.Repeat("2026", 50) + `"`,
	} {
		ev := decode(t, participant(`"qos":[{"date_time":`+s+`,"type":"audio_input"}]`))
		if ev.QoS[0].TimeMs != 0 || ev.QoS[0].Type != "audio_input" {
			t.Errorf("%s: %+v", s, ev.QoS[0])
		}
		checkUnknown(t, ev, "payload.object.participant.qos.", "date_time!type")
	}
}

func TestUnknown(t *testing.T) {
	t.Run("new keys at every level", func(t *testing.T) {
		ev := decode(t, `{"event":"meeting.participant_qos","v":2,"payload":{"x":1,"object":{"y":{"deep":[1,{}]},"participant":{"z":null,
			"qos":[{"w":true,"details":{"mos2":"4.1"}},{"details":{"mos2":"4.2","jitter":"4 ms"}}]}}}}`)
		checkUnknown(t, ev, "", "v", "payload.x", "payload.object.y", "payload.object.participant.z",
			"payload.object.participant.qos.w", detailsPath+"mos2")
		if ev.QoS[1].Details.Jitter != zoom.Of(4) {
			t.Error("what follows a new key is lost")
		}
	})
	t.Run("keys are compared exactly", func(t *testing.T) {
		ev := decode(t, `{"EVENT":"meeting.ended","event":"meeting.started","Event_ts":1,"payload":{"Account_Id":"A"}}`)
		if ev.Class != zoom.ClassStarted || ev.TimeMs != 0 || ev.AccountID != "" {
			t.Errorf("%+v", ev)
		}
		checkUnknown(t, ev, "", "EVENT", "Event_ts", "payload.Account_Id")
	})
	t.Run("bounded", func(t *testing.T) {
		var b strings.Builder
		for i := range 100 {
			fmt.Fprintf(&b, `"%s%d":1,"n%d":1,`, strings.Repeat("k", 500), i, i)
		}
		ev := decode(t, details(b.String()+`"bitrate":"5 kbps"`))
		if len(ev.Unknown) != zoom.MaxUnknown || ev.QoS[0].Details.Bitrate != zoom.Of(5) {
			t.Errorf("%d unknown, %v", len(ev.Unknown), ev.QoS[0].Details.Bitrate)
		}
		for _, u := range ev.Unknown {
			if len(u) > 120 {
				t.Errorf("a path of %d bytes", len(u))
			}
		}
	})
	t.Run("unknown event", func(t *testing.T) {
		ev := decode(t, `{"event":"meeting.participant_dreamt","event_ts":5000000000000,"payload":{"account_id":"A","plainToken":"t","object":{"uuid":"U","new":1,
			"participant":{"user_id":"1","qos":[{"type":"t"}]}}}}`)
		want := zoom.Event{Name: "meeting.participant_dreamt", Family: zoom.FamilyMeeting, TimeMs: 5000000000000, AccountID: "A"}
		if diff := cmp.Diff(want, ev, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("neighbour", func(t *testing.T) {
		ev := decode(t, `{"event":"meeting.participant_data_connection_established","payload":{"object":{"uuid":"U","new":1}}}`)
		if ev.Class != zoom.ClassNeighbour || ev.Meeting.UUID != "U" || len(ev.Unknown) > 0 {
			t.Errorf("%+v", ev)
		}
	})
	t.Run("no event", func(t *testing.T) {
		ev := decode(t, `{"hello":"world"}`)
		if ev.Class != zoom.ClassUnknown || ev.Name != "" {
			t.Errorf("%+v", ev)
		}
		checkUnknown(t, ev, "", "hello")
	})
	t.Run("event of the wrong type", func(t *testing.T) {
		for _, s := range []string{"null", "5", "{}", `["meeting.started"]`, "true"} {
			ev := decode(t, `{"event":`+s+`,"event_ts":5000000000000}`)
			if ev.Name != "" || ev.TimeMs != 5000000000000 {
				t.Errorf("%s: %+v", s, ev)
			}
			checkUnknown(t, ev, "", "event!type")
		}
	})
	t.Run("long name", func(t *testing.T) {
		ev := decode(t, `{"event":"meeting.`+strings.Repeat("x", 5000)+`"}`)
		if len(ev.Name) != zoom.MaxName || ev.Family != zoom.FamilyMeeting {
			t.Errorf("%d bytes, family %d", len(ev.Name), ev.Family)
		}
	})
	t.Run("containers of the wrong type", func(t *testing.T) {
		for s, want := range map[string]string{
			`{"event":"meeting.started","payload":[]}`:                                       "payload!type",
			`{"event":"meeting.started","payload":"x"}`:                                      "payload!type",
			`{"event":"meeting.started","payload":{"object":7}}`:                             "payload.object!type",
			`{"event":"meeting.started","payload":{"object":{"participant":[{}]}}}`:          "payload.object.participant!type",
			`{"event":"meeting.started","payload":{"object":{"participant":{"qos":"x"}}}}`:   "payload.object.participant.qos!type",
			`{"event":"meeting.started","payload":{"object":{"participant":{"qos":[1,2]}}}}`: "payload.object.participant.qos!type",
			`{"event":"meeting.started","payload":{"object":{"topic":{}}}}`:                  "payload.object.topic!type",
			`{"event":"meeting.started","payload":{"object":{"type":"eight"}}}`:              "payload.object.type!type",
			`{"event":"meeting.started","payload":{"object":{"duration":1e30}}}`:             "payload.object.duration!type",
		} {
			checkUnknown(t, decode(t, s), "", want)
		}
	})
	t.Run("endless arrays", func(t *testing.T) {
		ev := decode(t, participant(`"qos":[`+strings.Repeat(`{},`, 5000)+`{}]`))
		if len(ev.QoS) != zoom.MaxEntries {
			t.Errorf("%d entries", len(ev.QoS))
		}
		checkUnknown(t, ev, "", "payload.object.participant.qos!many")
	})
}

// TestDuplicateKeys: the last of several counts, whole.
func TestDuplicateKeys(t *testing.T) {
	ev := decode(t, `{"event":"meeting.ended","event":"meeting.participant_qos","payload":{"account_id":"old"},"payload":{"account_id":"new",
		"object":{"uuid":"old","topic":"old","participant":{"user_id":"1"}},
		"object":{"uuid":"new","participant":{"user_id":"1","email":"e","qos":[{},{}]},
			"participant":{"user_id":"2","qos":[{},{},{}],"qos":[{"type":"a","type":"b","details":{"jitter":"1 ms"},"details":{"bitrate":"1 kbps","bitrate":"2 kbps","latency":"5 ms","latency":null}}]}}}}`)
	want := zoom.Event{
		Name: "meeting.participant_qos", Family: zoom.FamilyMeeting, Class: zoom.ClassQoS, AccountID: "new", Meeting: zoom.Meeting{UUID: "new"},
		Participant: zoom.Participant{InMeetingID: "2"}, QoS: []zoom.QoS{{Type: "b", Details: zoom.Details{Bitrate: zoom.Of(2)}}},
	}
	if diff := cmp.Diff(want, ev, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		`"Überblick – 日次 🚀 \/ a\u00e9"`: "Überblick – 日次 🚀 / aé",
		`"\ud83d\ude80"`:        "🚀",
		`"\ud83d"`:              "\ufffd",
		`"\ud83dx\ude80"`:       "\ufffdx\ufffd",
		`"\ud83d\u0041"`:        "\ufffdA",
		`"\ude80\ud83d\ude80"`:  "\ufffd🚀",
		`"a\u0000b"`:            "a\x00b",
		`"\"\\\/\b\f\n\r\t"`:    "\"\\/\b\f\n\r\t",
		"\"bad \xff\xfe utf8\"": "bad \ufffd utf8",
		"\"cut \xe6\x97\"":      "cut \ufffd",
		`17`:                    "17",
		`1.50`:                  "1.50",
		`null`:                  "",
	} {
		ev := decode(t, `{"event":"meeting.started","payload":{"object":{"topic":`+s+`}}}`)
		if ev.Meeting.Topic != want || len(ev.Unknown) > 0 {
			t.Errorf("%s: %q, want %q; unknown %q", s, ev.Meeting.Topic, want, ev.Unknown)
		}
	}
	if ev := decode(t, "\xef\xbb\xbf \r\n{\"ev\\u0065nt\" :\t\"meeting.started\"} \n"); ev.Class != zoom.ClassStarted {
		t.Error("mark, white space and an escaped key must not matter")
	}
}

// TestPlainTokenIsText: what is not a string must not become something to sign.
func TestPlainTokenIsText(t *testing.T) {
	for s, want := range map[string]string{`"Vq3xN8tYQ2aR6mLpZc0KbA"`: "Vq3xN8tYQ2aR6mLpZc0KbA", `123`: "", `null`: "", `{}`: "", `["a"]`: "", `true`: ""} {
		ev := decode(t, `{"payload":{"plainToken":`+s+`},"event_ts":1654503849680,"event":"endpoint.url_validation"}`)
		if ev.Class != zoom.ClassURLValidation || ev.PlainToken != want {
			t.Errorf("%s: class %d, %q", s, ev.Class, ev.PlainToken)
		}
	}
	if ev := decode(t, `{"payload":{"plainToken":"t"},"event":"meeting.started"}`); ev.PlainToken != "" {
		t.Error("a token in another event")
	}
}

// TestAllocations holds the budget where a benchmark would only report it.
func TestAllocations(t *testing.T) {
	body := sevenEntries(t)
	var d zoom.Decoder
	var ev zoom.Event
	allocs := testing.AllocsPerRun(100, func() {
		if err := d.Decode(body, &ev); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 12 {
		t.Errorf("%v allocations, the budget is 12", allocs)
	}
}

// TestDatesEqualTime: reading dates by hand must give what package time gives.
func TestDatesEqualTime(t *testing.T) {
	layouts := []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05.000-0700"}
	var d zoom.Decoder
	var ev zoom.Event
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds") // the years 1 to 9999
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		want := time.Unix(seconds, 0).UTC()
		text := want.Format(layout)
		if strings.Contains(layout, "07") {
			if text = want.In(zone).Format(layout); text[4] != '-' || text[:4] == "0000" {
				return // a year before 1 or after 9999 has no such form
			}
		}
		if err := d.Decode([]byte(`{"event":"meeting.ended","payload":{"object":{"end_time":"`+text+`"}}}`), &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Meeting.EndMs != want.UnixMilli() {
			t.Fatalf("%s: %d, want %d", text, ev.Meeting.EndMs, want.UnixMilli())
		}
	})
}

// TestCost reads what could be made to be expensive: a full MiB each. The bound is generous, because machines differ; what it
// catches is what grows with the square of the size, or memory out of proportion.
func TestCost(t *testing.T) {
	fill := func(prefix, unit, suffix string) string {
		return prefix + strings.Repeat(unit, (1<<20-len(prefix)-len(suffix))/len(unit)) + suffix
	}
	entry, end := `{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[{"details":{`, `"z":1}}]}}}}`
	for name, body := range map[string]string{
		"unknown keys":     fill(entry, `"q":1,`, end),
		"wrong types":      fill(entry, `"bitrate":[],`, end),
		"no quantities":    fill(entry, `"bitrate":"x",`, end),
		"no dates":         fill(`{"event":"meeting.started"`, `,"event_ts":"2026-01-07T00:00:0xZ"`, `}`),
		"long number":      fill(entry+`"bitrate":`, `9`, `,`+end),
		"escapes":          fill(`{"event":"`, `\u00e9`, `"}`),
		"invalid UTF-8":    fill(`{"event":"meeting.started","payload":{"account_id":"`, "\xff", `"}}`),
		"qos entries":      fill(`{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[`, `{},`, `{}]}}}}`),
		"details":          fill(`{"event":"meeting.participant_qos","payload":{"object":{"participant":{"qos":[{`, `"details":{},`, `"details":{}}]}}}}`),
		"reports":          fill(`{"event":"phone.call_qos","payload":{"object":{"call_qos":[`, `{"qos":[{},{},{},{}]},`, `{}]}}}`),
		"reports of a few": fill(`{"event":"phone.call_qos","payload":{"object":{"call_qos":[`, `{"qos":[`+strings.Repeat(`{},`, 2000)+`{}]},`, `{}]}}}`),
		"empty arrays":     fill(`{"event":"meeting.started","a":[`, `[],`, `[]]}`),
	} {
		var d zoom.Decoder
		var ev zoom.Event
		start := time.Now()
		if err := d.Decode([]byte(body), &ev); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if cost := time.Since(start); cost > time.Second {
			t.Errorf("%s: %v for a MiB", name, cost)
		}
		if len(ev.QoS) > zoom.MaxEntries || len(ev.CallQoS) > 2*zoom.MaxEntries {
			t.Errorf("%s: %d qos entries, %d reports", name, len(ev.QoS), len(ev.CallQoS))
		}
	}
}
