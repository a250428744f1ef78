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
