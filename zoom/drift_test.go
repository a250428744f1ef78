package zoom_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot/zoom"
)

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
	t.Run("new types", func(t *testing.T) {
		ev := decode(t, participant(`"qos":[{"type":"hologram_input"},{"type":"audio_input"},{"type":"hologram_input"},{"type":""},{"type":null},{"type":7},{"type":[]}]`))
		if ev.QoS[0].Type != "hologram_input" || len(ev.QoS) != 7 {
			t.Errorf("%+v", ev.QoS)
		}
		const path = "payload.object.participant.qos."
		checkUnknown(t, ev, path, "type=hologram_input", "type=7", "type!type")
		for _, name := range zoom.Types() {
			if ev := decode(t, participant(`"qos":[{"type":"`+name+`"}]`)); ev.QoS[0].Type != name || len(ev.Unknown) > 0 {
				t.Errorf("%s: %+v %q", name, ev.QoS, ev.Unknown)
			}
		}
		if n := len(zoom.Types()); n != 24 {
			t.Errorf("%d types", n)
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
			`{"event":"meeting.started","payload":[]}`:                                                         "payload!type",
			`{"event":"meeting.started","payload":"x"}`:                                                        "payload!type",
			`{"event":"meeting.started","payload":{"object":7}}`:                                               "payload.object!type",
			`{"event":"meeting.started","payload":{"object":{"participant":[{}]}}}`:                            "payload.object.participant!type",
			`{"event":"meeting.started","payload":{"object":{"participant":{"qos":"x"}}}}`:                     "payload.object.participant.qos!type",
			`{"event":"meeting.started","payload":{"object":{"participant":{"qos":[1,2]}}}}`:                   "payload.object.participant.qos!type",
			`{"event":"meeting.started","payload":{"object":{"topic":{}}}}`:                                    "payload.object.topic!type",
			`{"event":"meeting.started","payload":{"object":{"type":"eight"}}}`:                                "payload.object.type!type",
			`{"event":"meeting.started","payload":{"object":{"duration":1e30}}}`:                               "payload.object.duration!type",
			`{"event":"phone.caller_ended","payload":{"object":{"caller":{"mood":1}}}}`:                        "payload.object.caller.mood",
			`{"event":"phone.caller_ended","payload":{"object":{"callee":"+1"}}}`:                              "payload.object.callee!type",
			`{"event":"phone.call_qos","payload":{"object":{"call_qos":{"mood":1}}}}`:                          "payload.object.call_qos.mood",
			`{"event":"phone.call_qos","payload":{"object":{"call_qos":{"qos":{"x":1}}}}}`:                     "payload.object.call_qos.qos.x",
			`{"event":"phone.call_qos","payload":{"object":{"call_qos":{"qos":{"details":{"r":1}}}}}}`:         "payload.object.call_qos.qos.details.r",
			`{"event":"phone.call_qos","payload":{"object":{"call_qos":{"qos":{"details":{"mos":[]}}}}}}`:      "payload.object.call_qos.qos.details.mos!type",
			`{"event":"meeting.participant_data","payload":{"object":{"participant":{"data":{"gpu":"x"}}}}}`:   "payload.object.participant.data.gpu",
			`{"event":"meeting.participant_data","payload":{"object":{"participant":{"data":{"device":{}}}}}}`: "payload.object.participant.data.device!type",
			details(`"resolution":720`): detailsPath + "resolution!type",
			details(`"resolution":{}`):  detailsPath + "resolution!type",
			details(`"quality":[]`):     detailsPath + "quality!type",
			details("\"new\xff\":1"):    detailsPath + "new?",
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
			"participant":{"user_id":"2","qos":[{},{},{}],"qos":[{"type":"as_input","type":"as_output","details":{"jitter":"1 ms"},"details":{"bitrate":"1 kbps","bitrate":"2 kbps","latency":"5 ms","latency":null}}]}}}}`)
	want := zoom.Event{
		Name: "meeting.participant_qos", Family: zoom.FamilyMeeting, Class: zoom.ClassQoS, AccountID: "new", Meeting: zoom.Meeting{UUID: "new"},
		Participant: zoom.Participant{InMeetingID: "2"}, QoS: []zoom.QoS{{Type: "as_output", Details: zoom.Details{Bitrate: zoom.Of(2)}}},
	}
	if diff := cmp.Diff(want, ev, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}
