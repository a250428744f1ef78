package emulator

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

func sample(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decodeEvent(t *testing.T, body []byte) zoom.Event {
	t.Helper()
	var d zoom.Decoder
	var ev zoom.Event
	if err := d.Decode(body, &ev); err != nil {
		t.Fatalf("decode: %v\n%s", err, body)
	}
	if len(ev.Unknown) > 0 {
		t.Fatalf("unknown to the decoder: %v\n%s", ev.Unknown, body)
	}
	return ev
}

// object returns payload.object as plain values.
func object(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var e struct {
		Payload struct{ Object map[string]any }
	}
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, body)
	}
	return e.Payload.Object
}

func dig(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			o, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("%v: no object but %T", path, v)
			}
			v = o[p]
		case int:
			a, ok := v.([]any)
			if !ok || p >= len(a) {
				t.Fatalf("%v: no element %d in %v", path, p, v)
			}
			v = a[p]
		}
	}
	return v
}

// entry finds the entry of a type in a participant's qos.
func entry(t *testing.T, object map[string]any, kind string) map[string]any {
	t.Helper()
	for _, e := range dig(t, object, "participant", "qos").([]any) {
		if dig(t, e, "type") == kind {
			return e.(map[string]any)
		}
	}
	t.Fatalf("no %s", kind)
	return nil
}

// The samples of oddities are what the quirks make of the ordinary samples.
func TestQuirksMakeTheSamples(t *testing.T) {
	bend := func(file string, q ...Quirk) map[string]any {
		body := sample(t, "webhooks/"+file+".json")
		return object(t, applyQuirks(q, decodeEvent(t, body).Name, body))
	}
	t.Run("nested quality", func(t *testing.T) {
		want := entry(t, object(t, sample(t, "quirks/webinar.participant_qos.quirk_nested_quality.json")), "audio_quality")
		got := entry(t, bend("webinar.participant_qos", QuirkNestedQuality), "audio_quality")
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
	t.Run("WIN and Location", func(t *testing.T) {
		want := dig(t, object(t, sample(t, "quirks/meeting.participant_data.deprecated_Location.json")), "participant", "data", 0).(map[string]any)
		got := dig(t, bend("meeting.participant_data", QuirkDeviceWIN, QuirkCapitalLocation), "participant", "data", 0).(map[string]any)
		for _, key := range []string{"device", "Location", "location"} {
			if got[key] != want[key] {
				t.Errorf("%s: %v, want %v", key, got[key], want[key])
			}
		}
	})
	t.Run("beta", func(t *testing.T) {
		want := object(t, sample(t, "quirks/meeting.participant_qos.beta_2021_shape.json"))
		got := bend("meeting.participant_qos", QuirkBeta2021)
		list := dig(t, got, "participant", "qos").([]any)
		for _, e := range list[2:] {
			if kind := dig(t, e, "type").(string); !strings.HasPrefix(kind, "video_") && !strings.HasPrefix(kind, "as_") && kind != "cpu_usage" {
				t.Errorf("the beta has no %s", kind)
			}
		}
		got["participant"].(map[string]any)["qos"] = list[:2] // the sample shows audio alone
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
	t.Run("summary without id", func(t *testing.T) {
		want := object(t, sample(t, "webhooks/meeting.participant_qos_summary.quirk_no_id.json"))
		got := bend("meeting.participant_qos_summary", QuirkSummaryWithoutID)
		if got["id"] != want["id"] || got["uuid"] != want["uuid"] || len(got) != len(want) {
			t.Errorf("keys of %v, want those of %v", got, want)
		}
	})
	t.Run("phone", func(t *testing.T) {
		want := object(t, sample(t, "webhooks/phone.call_qos.quirk_no_network_email.json"))
		got := bend("phone.call_qos", QuirkBarePhone)
		keys := func(v any) (list []string) {
			for k := range v.(map[string]any) {
				list = append(list, k)
			}
			slices.Sort(list)
			return list
		}
		for _, path := range [][]any{{"call_qos"}, {"call_qos", "qos", "details"}} {
			if d := cmp.Diff(keys(dig(t, want, path...)), keys(dig(t, got, path...))); d != "" {
				t.Errorf("%v\n%s", path, d)
			}
		}
	})
	t.Run("issues", func(t *testing.T) {
		body := []byte(strings.Replace(string(sample(t, "webhooks/meeting.alert.json")), `"Unstable audio quality",`, "", 1))
		if got := object(t, applyQuirks([]Quirk{QuirkIssuesText}, "meeting.alert", body))["issues"]; got != "High CPU occupation" {
			t.Errorf("issues %v", got)
		}
	})
	t.Run("data", func(t *testing.T) {
		if _, ok := dig(t, bend("meeting.participant_data", QuirkDataObject), "participant", "data").(map[string]any); !ok {
			t.Error("data is no object")
		}
		empty := object(t, sample(t, "webhooks/meeting.participant_data.empty.json"))
		made := 0
		for i := range 30 {
			body := []byte(strings.Replace(string(sample(t, "webhooks/meeting.participant_data.json")), "16779264", string(rune('a'+i%26))+"x"+string(rune('0'+i/26)), 1))
			if list := dig(t, object(t, applyQuirks([]Quirk{QuirkEmptyData}, "meeting.participant_data", body)), "participant", "data").([]any); len(list) == 0 {
				made++
			}
		}
		if made < 3 || made > 20 || len(dig(t, empty, "participant", "data").([]any)) != 0 {
			t.Errorf("%d of 30 data arrays are empty, want about a third", made)
		}
		n := len(dig(t, bend("meeting.participant_data", QuirkPartialData), "participant", "data", 0).(map[string]any))
		if n == 0 || n > 5 {
			t.Errorf("%d keys in a partial entry", n)
		}
	})
	t.Run("numbers", func(t *testing.T) {
		if got := bend("meeting.started", QuirkIntegerID)["id"]; got != 84512367790.0 {
			t.Errorf("id %v (%T)", got, got)
		}
		if got := dig(t, entry(t, bend("meeting.participant_qos", QuirkIntegerRSSI), "wifi_rssi"), "details", "avg_rssi"); got != -64.0 {
			t.Errorf("avg_rssi %v (%T)", got, got)
		}
		if got := dig(t, entry(t, bend("meeting.participant_qos_summary", QuirkTextRSSI), "wifi_rssi"), "details", "avg_rssi"); got != "-66" {
			t.Errorf("avg_rssi %v (%T)", got, got)
		}
	})
	t.Run("key order", func(t *testing.T) {
		body := sample(t, "webhooks/meeting.started.json")
		if got := string(applyQuirks([]Quirk{QuirkKeyOrder}, "meeting.started", body)); strings.HasPrefix(got, `{"event":`) {
			t.Errorf("event is still first: %s", got)
		}
	})
}

// spread returns events of every name, at most n of each, from beginning to end.
func spread(all []Event, n int) (list []Event) {
	total, seen := map[string]int{}, map[string]int{}
	for _, ev := range all {
		total[ev.Name]++
	}
	for _, ev := range all {
		if i := seen[ev.Name]; i%max(1, total[ev.Name]/n) == 0 {
			list = append(list, ev)
		}
		seen[ev.Name]++
	}
	return list
}

// Earshot's decoder reads every quirk with the same meaning: nothing differs but what was left out.
func TestQuirksKeepTheMeaning(t *testing.T) {
	t.Parallel()
	changed := map[Quirk]int{}
	for _, ev := range spread(busyHours(t), 20) {
		plain := decodeEvent(t, ev.Body)
		for _, q := range AllQuirks() {
			body := applyQuirks([]Quirk{q}, ev.Name, ev.Body)
			if string(body) == string(ev.Body) {
				continue
			}
			changed[q]++
			got := decodeEvent(t, body)
			want := plain
			switch q {
			case QuirkDeviceWIN:
				for j := range got.Data {
					if got.Data[j].Device != "WIN" && got.Data[j].Device != want.Data[j].Device {
						t.Fatalf("device %q", got.Data[j].Device)
					}
					got.Data[j].Device = want.Data[j].Device
				}
			case QuirkPartialData:
				if len(got.Data) != len(want.Data) || len(got.Data) == 0 {
					t.Fatalf("%d entries of data, want %d", len(got.Data), len(want.Data))
				}
				want.Data = got.Data
			case QuirkEmptyData:
				want.Data = got.Data
			case QuirkSummaryWithoutID:
				want.Meeting.ID = ""
			case QuirkBeta2021:
				want.Participant.ZoomUserID, want.Participant.Email = "", ""
				want.QoS = slices.DeleteFunc(slices.Clone(want.QoS), func(x zoom.QoS) bool {
					w := earshot.ParseWire(x.Type)
					return w.Peer() == earshot.PeerRWG || strings.HasSuffix(x.Type, "_quality") || x.Type == "wifi_rssi" || x.Type == "notification"
				})
			case QuirkBarePhone:
				want.CallQoS = slices.Clone(want.CallQoS)
				for j := range want.CallQoS {
					want.CallQoS[j].Email, want.CallQoS[j].Network = "", ""
				}
			}
			if !reflect.DeepEqual(withoutEmpty(want), withoutEmpty(got)) {
				d := cmp.Diff(want, got)
				t.Fatalf("%s changes the meaning of %s (-plain +quirk)\n%s\n%s", q, ev.Name, d, body)
			}
		}
		all := applyQuirks(AllQuirks(), ev.Name, ev.Body)
		if got := decodeEvent(t, all); got.Name != plain.Name || got.TimeMs != plain.TimeMs || got.Participant.InMeetingID != plain.Participant.InMeetingID {
			t.Fatalf("all quirks together: %s", all)
		}
	}
	for _, q := range AllQuirks() {
		if changed[q] == 0 {
			t.Errorf("%s changed nothing in all that traffic", q)
		}
	}
}

// withoutEmpty makes no difference between a list that is missing and one that is empty: the decoder reuses its memory.
func withoutEmpty(ev zoom.Event) zoom.Event {
	if len(ev.QoS) == 0 {
		ev.QoS = nil
	}
	if len(ev.Data) == 0 {
		ev.Data = nil
	}
	if len(ev.CallQoS) == 0 {
		ev.CallQoS = nil
	}
	if len(ev.Issues) == 0 {
		ev.Issues = nil
	}
	if len(ev.Unknown) == 0 {
		ev.Unknown = nil
	}
	return ev
}

// Without quirks the bodies are the world's own; what is no JSON stays what it is.
func TestNoQuirks(t *testing.T) {
	body := []byte(`{"event" : "x"}`)
	if got := applyQuirks(nil, "x", body); &got[0] != &body[0] {
		t.Error("the body was copied")
	}
	for _, bad := range []string{"", "{", `{"payload":{"object":[]}}`, `[]`, `null`, `{"payload":{"object":{"participant":{"data":7,"qos":"x"},"issues":[]}}}`} {
		got := applyQuirks(AllQuirks(), "meeting.participant_data", []byte(bad))
		if len(bad) > 0 && len(got) == 0 {
			t.Errorf("%s is gone", bad)
		}
	}
	if _, err := New(Options{Quirks: []Quirk{"sideways"}}); err == nil || !strings.Contains(err.Error(), `"sideways"`) {
		t.Errorf("an unknown quirk: %v", err)
	}
}

// FuzzQuirks holds that no body makes a quirk fail, and that JSON stays JSON.
func FuzzQuirks(f *testing.F) {
	for _, file := range []string{"meeting.participant_data", "meeting.participant_qos", "phone.call_qos", "meeting.alert"} {
		b, err := os.ReadFile("testdata/webhooks/" + file + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, b)
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		got := applyQuirks(AllQuirks(), name, body)
		if json.Valid(body) && !json.Valid(got) {
			t.Errorf("%s became %s", body, got)
		}
	})
}
