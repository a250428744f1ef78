package zoom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
	var d zoom.Decoder // the same for all, so that what one leaves behind would show
	var used zoom.Event
	f.Fuzz(func(t *testing.T, body []byte) {
		var fresh zoom.Event
		err := new(zoom.Decoder).Decode(body, &fresh)
		if again := d.Decode(body, &used); (again == nil) != (err == nil) || again != nil && again.Error() != err.Error() {
			t.Fatalf("used decoder: %v, fresh decoder: %v", again, err)
		}
		if diff := cmp.Diff(fresh, used, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-fresh +used)\n%s", diff)
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

// checkEvent holds what is true of every decoded event.
func checkEvent(t *testing.T, ev *zoom.Event) {
	if len(ev.Unknown) > zoom.MaxUnknown || len(ev.Name) > zoom.MaxName+3 || len(ev.QoS) > zoom.MaxEntries || len(ev.Data) > zoom.MaxEntries {
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
