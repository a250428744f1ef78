package zoom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/zoom"
)

// depthOf returns how deep the containers of valid JSON are nested.
func depthOf(b []byte) (deepest int) {
	depth := 0
	dec := json.NewDecoder(bytes.NewReader(b))
	for {
		token, err := dec.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// FuzzDecode holds the decoder to encoding/json about what is JSON, and to its own promises about what comes out.
func FuzzDecode(f *testing.F) {
	for _, path := range samples(f) {
		f.Add(read(f, path))
	}
	f.Add(sevenEntries(f))
	f.Add(read(f, "testdata/transport/endpoint.url_validation.request.json"))
	for _, s := range []string{
		``, `{}`, `null`, `[]`, `{"event":"x"} x`, "\xef\xbb\xbf{}", `{"a":"\ud83d\ude80\u0000"}`, `{"event_ts":1e999,"payload":{"object":{"issues":["a",1,null,{}]}}}`,
		strings.Repeat(`{"payload":`, 70), `{"a":-0.1e+5,"b":[true,false,null,-1,0.5]}`, "{\"a\":\"\xff\"}",
	} {
		f.Add([]byte(s))
	}
	full := [][]byte{
		read(f, "testdata/webhooks/meeting.participant_data_summary.json"), read(f, "testdata/webhooks/phone.call_qos_summary.json"), sevenEntries(f),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var fresh, used zoom.Event
		err := new(zoom.Decoder).Decode(body, &fresh)
		var d zoom.Decoder
		for _, b := range full { // what these leave behind must not show
			if err := d.Decode(b, &used); err != nil {
				t.Fatal(err)
			}
		}
		if again := d.Decode(body, &used); (again == nil) != (err == nil) || again != nil && again.Error() != err.Error() {
			t.Fatalf("used decoder: %v, fresh decoder: %v", again, err)
		}
		if a, b := withoutEmpty(fresh), withoutEmpty(used); !reflect.DeepEqual(a, b) {
			t.Fatalf("(-fresh +used)\n%s", cmp.Diff(a, b))
		}
		text := bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		object := json.Valid(text) && bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{"))
		if want := object && depthOf(text) <= zoom.MaxDepth; want != (err == nil) {
			t.Fatalf("error is %v, encoding/json says %t", err, object)
		}
		var de *zoom.DecodeError
		if err != nil && (!errors.As(err, &de) || de.Offset < 0 || de.Offset > len(body)) {
			t.Fatalf("error %v", err)
		}
		var syntax *json.SyntaxError
		var raw json.RawMessage
		if errors.Is(err, zoom.ErrSyntax) && errors.As(json.Unmarshal(text, &raw), &syntax) {
			if want := len(body) - len(text) + int(syntax.Offset) - 1; de.Offset != want {
				t.Fatalf("error at %d, encoding/json says %d", de.Offset, want)
			}
		}
		checkEvent(t, &fresh)
	})
}

// withoutEmpty makes slices that are empty nil: a used event keeps its arrays.
func withoutEmpty(ev zoom.Event) zoom.Event {
	if len(ev.QoS) == 0 {
		ev.QoS = nil
	}
	if len(ev.Data) == 0 {
		ev.Data = nil
	}
	if len(ev.Issues) == 0 {
		ev.Issues = nil
	}
	if len(ev.CallQoS) == 0 {
		ev.CallQoS = nil
	}
	if len(ev.Unknown) == 0 {
		ev.Unknown = nil
	}
	return ev
}

// checkEvent holds what is true of every decoded event.
func checkEvent(t *testing.T, ev *zoom.Event) {
	if len(ev.Unknown) > zoom.MaxUnknown || len(ev.Name) > zoom.MaxName || len(ev.QoS) > zoom.MaxEntries || len(ev.Data) > zoom.MaxEntries {
		t.Fatalf("bounds: %d unknown, name of %d bytes, %d qos, %d data", len(ev.Unknown), len(ev.Name), len(ev.QoS), len(ev.Data))
	}
	if family, class := zoom.Classify(ev.Name); family != ev.Family || class != ev.Class {
		t.Fatalf("%q: family %d, class %d", ev.Name, ev.Family, ev.Class)
	}
	seen := map[string]bool{}
	for _, u := range ev.Unknown {
		if seen[u] || !utf8.ValidString(u) {
			t.Fatalf("unknown path %q", u)
		}
		seen[u] = true
	}
	b, err := json.Marshal(ev) // fails on NaN and infinity
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte(`\ufffd`)) {
		t.Fatal("a text that is not UTF-8 was kept") // encoding/json writes valid U+FFFD as itself, invalid bytes as \ufffd
	}
	for _, q := range ev.QoS {
		if v := q.Details.Bitrate; !v.Present && v.Value != 0 || v.Value < 0 || math.IsInf(v.Value, 0) {
			t.Fatalf("bitrate %+v", v)
		}
	}
}
