package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot/zoom"
)

// shape is the set of dotted paths of a notification with the JSON type of each. An entry of a qos array counts under its
// type: "payload.object.participant.qos[audio_input].details.bitrate".
type shape map[string]string

func shapeOf(t *testing.T, body []byte) shape {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, body)
	}
	s := shape{}
	s.walk("", v)
	return s
}

func (s shape) walk(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		s[path] = "object"
		for k, x := range v {
			s.walk(strings.TrimPrefix(path+"."+k, "."), x)
		}
	case []any:
		s[path] = "array"
		for _, x := range v {
			at := path + "[]"
			if o, ok := x.(map[string]any); ok && strings.HasSuffix(path, ".qos") {
				if kind, ok := o["type"].(string); ok {
					at = path + "[" + kind + "]"
				}
			}
			s.walk(at, x)
		}
	default:
		s[path] = fmt.Sprintf("%T", v)
	}
}

// samples returns for every event the union of its documented samples.
func samples(t *testing.T) map[string]shape {
	t.Helper()
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("samples: %d files, %v", len(files), err)
	}
	out := map[string]shape{}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var head struct{ Event string }
		if err := json.Unmarshal(body, &head); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if out[head.Event] == nil {
			out[head.Event] = shape{}
		}
		maps.Copy(out[head.Event], shapeOf(t, body))
	}
	return out
}

// busyHours returns traffic in which everything occurs that the emulator knows. Tests share it and change nothing.
func busyHours(t *testing.T) []Event {
	t.Helper()
	all := busyHoursOnce()
	if len(all) < 6_000 {
		t.Fatalf("only %d events", len(all))
	}
	return all
}

var busyHoursOnce = sync.OnceValue(func() []Event {
	var worlds [4][]Event
	var group sync.WaitGroup
	for seed := range worlds {
		group.Go(func() {
			e, err := New(Options{People: 80, Meetings: 14, Seed: uint64(seed), From: testFrom})
			if err != nil {
				panic(err)
			}
			worlds[seed] = slices.Collect(e.Generate(testFrom, testFrom.Add(45*time.Minute)))
		})
	}
	group.Wait()
	return slices.Concat(worlds[:]...)
})

var testFrom = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// The samples of one event rarely show every documented type and field; what is missing there and stands in a neighbour's
// sample or in Zoom's reference is listed here.
func documentedElsewhere(name, path string) bool {
	_, details, inQoS := strings.Cut(path, ".qos[")
	switch {
	case inQoS && !strings.HasPrefix(name, "phone."):
		kind, _, _ := strings.Cut(details, "]")
		return slices.Contains([]string{
			"video_quality", "as_quality", "as_input", "as_output", "wifi_rssi", "notification", "cpu_usage", "audio_quality",
		}, kind) || strings.Contains(kind, "_rwg") || strings.Contains(kind, "_crc")
	case strings.HasSuffix(path, "participant.phone_number"), strings.HasSuffix(path, ".customer_key"), strings.HasSuffix(path, ".registrant_id"):
		return true
	case strings.HasPrefix(name, "phone.") && strings.HasSuffix(path, ".details.network"): // in real-time samples only
		return true
	case strings.HasPrefix(name, "phone.caller_connected"):
		return path == "payload.object.callee.extension_type"
	}
	return false
}

func TestEveryBodyHasADocumentedShape(t *testing.T) {
	t.Parallel()
	known := samples(t)
	made := map[string]shape{}
	unsampled := map[string]bool{}
	seen := map[string]int{}
	for _, ev := range busyHours(t) {
		kind := ev.Name
		for _, word := range []string{"_crc", "_rwg", "network_notification", "as_quality", "pressure", "call_end_time"} {
			if bytes.Contains(ev.Body, []byte(word)) {
				kind += word
			}
		}
		if seen[kind]++; seen[kind] > 60 {
			continue // enough of this sort
		}
		s := shapeOf(t, ev.Body)
		want := known[ev.Name]
		if want == nil {
			unsampled[ev.Name] = true
			continue
		}
		if made[ev.Name] == nil {
			made[ev.Name] = shape{}
		}
		maps.Copy(made[ev.Name], s)
		for path, kind := range s {
			switch {
			case want[path] == "" && !documentedElsewhere(ev.Name, path):
				t.Fatalf("%s: %s is in no sample\n%s", ev.Name, path, ev.Body)
			case want[path] != "" && want[path] != kind:
				t.Fatalf("%s: %s is %s, in the sample %s\n%s", ev.Name, path, kind, want[path], ev.Body)
			}
		}
	}
	neighbours := []string{"phone.caller_ringing", "phone.callee_ringing", "phone.callee_answered", "phone.callee_ended", "meeting.participant_bind"}
	for name := range unsampled {
		if !slices.Contains(neighbours, name) {
			t.Errorf("%s has no sample", name)
		}
	}
	for name, want := range known {
		if made[name] == nil {
			t.Errorf("no %s in all that traffic", name)
			continue
		}
		for path := range want {
			if made[name][path] == "" && !rare(name, path) {
				t.Errorf("%s: never wrote %s", name, path)
			}
		}
	}
}

// rare tells what the samples show and the emulator leaves out on purpose.
func rare(name, path string) bool {
	switch {
	case strings.HasPrefix(name, "webinar.") && (strings.Contains(path, "_crc") || strings.Contains(path, "phone_number")):
		return true // no rooms and no telephones in webinars
	case name == "meeting.participant_bind" && strings.HasSuffix(path, "registrant_id"):
		return true // one in ten people has one, and telephones are few
	case strings.Contains(path, "[audio_device") || strings.Contains(path, "[video_device") || strings.Contains(path, "[as_device"):
		return strings.HasPrefix(name, "session.") || strings.HasPrefix(name, "webinar.")
	case strings.HasPrefix(name, "webinar.") && (strings.Contains(path, "pressure_level") || strings.Contains(path, "[notification]")):
		return true // too few attendees for the rarest of entries
	}
	return false
}

// A stream's entry has all of its documented keys or it is not that stream.
func TestStreamEntriesAreComplete(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"audio": {"avg_loss", "bitrate", "jitter", "latency", "max_loss"},
		"video": {"avg_loss", "bitrate", "frame_rate", "jitter", "latency", "max_loss", "resolution"},
	}
	want["as"] = want["video"]
	n := 0
	for i, ev := range busyHours(t) {
		if i%3 != 0 || !strings.HasSuffix(ev.Name, "_qos") || strings.HasPrefix(ev.Name, "phone.") {
			continue
		}
		var body struct {
			Payload struct {
				Object struct{ Participant, User struct{ QoS []entryJSON } }
			}
		}
		if err := json.Unmarshal(ev.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, e := range append(body.Payload.Object.Participant.QoS, body.Payload.Object.User.QoS...) {
			medium, rest, _ := strings.Cut(e.Type, "_")
			if want[medium] == nil || rest == "quality" {
				continue
			}
			n++
			if got := slices.Sorted(maps.Keys(e.Details)); !slices.Equal(got, want[medium]) {
				t.Fatalf("%s %s: keys %v, want %v", ev.Name, e.Type, got, want[medium])
			}
			idle := e.Details["latency"] == ""
			for k, v := range e.Details {
				if (v == "") != idle {
					t.Fatalf("%s %s: %s is %q in a stream whose latency is %q: idle is all or nothing", ev.Name, e.Type, k, v, e.Details["latency"])
				}
			}
		}
	}
	if n < 3_000 {
		t.Fatalf("only %d stream entries looked at", n)
	}
}

type entryJSON struct {
	DateTime time.Time `json:"date_time"`
	Type     string
	Details  map[string]string
}

func TestDecoderKnowsEverything(t *testing.T) {
	t.Parallel()
	var d zoom.Decoder
	var ev zoom.Event
	for _, x := range spread(busyHours(t), 500) {
		if err := d.Decode(x.Body, &ev); err != nil {
			t.Fatalf("decode %s: %v\n%s", x.Name, err, x.Body)
		}
		if ev.Name != x.Name || ev.Class == zoom.ClassUnknown || ev.Class == zoom.ClassNeighbour {
			t.Fatalf("%s decoded as %q, class %d", x.Name, ev.Name, ev.Class)
		}
		if len(ev.Unknown) > 0 {
			t.Fatalf("%s: keys unknown to the decoder: %v\n%s", x.Name, ev.Unknown, x.Body)
		}
		if late := x.Time.Sub(time.UnixMilli(ev.TimeMs)); late < 0 || late > 10*time.Second {
			t.Fatalf("%s: delivered %v after event_ts", x.Name, late)
		}
	}
}
