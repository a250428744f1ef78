package zoom_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot/zoom"
)

func TestParseQuantity(t *testing.T) {
	for s, want := range map[string]float64{
		// Everything that was seen in webhooks, REST answers and Zoom's documents.
		"63 kbps": 63, "27.15kbps": 27.15, "27.15 Kbps": 27.15, "27.15Kbps": 27.15, "27.15 kbps": 27.15, "0 kbps": 0,
		"134 ms": 134, "0ms": 0, "7.53ms": 7.53, "0.0%": 0, "0.03%": 0.03, "100%": 100, "12 fps": 12, "6": 6, "4.5": 4.5, "307": 307,
		"3.65": 3.65, "-75": -75, "-64 dBm": -64, "8%": 8,
		// Other units are converted.
		"1 Mbps": 1000, "1.2mbps": 1200, "1 Gbps": 1e6, "63000 bps": 63, "1.5 s": 1500, "250 us": 0.25,
		// Other ways to write the same.
		" 63  KBPS\t": 63, "63.": 63, ".5": 0.5, "+5": 5, "1e3": 1000, "1.5E-3 kbps": 0.0015, "-0": 0, "007": 7,
		"0.1": 0.1, "123456789012345": 123456789012345, "1234567890123456789": 1234567890123456789, "0.000000000000001": 1e-15,
		"3.14159265358979323846": math.Pi, "1e308": 1e308, "5e-324": 5e-324,
	} {
		if q, ok := zoom.ParseQuantity(s); !ok || !q.Present || q.Value != want {
			t.Errorf("%q: %v %v, want %v", s, q, ok, want)
		}
	}
	for _, s := range []string{"", " ", "-", " - ", "\t\n"} {
		if q, ok := zoom.ParseQuantity(s); !ok || q != (zoom.Quantity{}) {
			t.Errorf("%q: %v %v, want absent and ok", s, q, ok)
		}
	}
	for _, s := range []string{
		"kbps", "many", "63 foo", "63 kbpss", "63 k bps", "6 3", "63 kbps 64", "1.2.3", "1,5", "--5", "+-5", "+", ".", "-.", "e3", "0x10", "1e", "1e999", "-1e999",
		"1e308 Mbps", "NaN", "Inf", "-Inf", "infinity", "٣", "63\u00a0kbps", "-1 ms", "-1 kbps", "-0.1%", "5%%", "1_000", "½", "1280*720",
		strings.Repeat("9", 400),
	} {
		if q, ok := zoom.ParseQuantity(s); ok || q != (zoom.Quantity{}) {
			t.Errorf("%q: %v %v, want absent and not ok", s, q, ok)
		}
	}
}

// TestQuantityEqualsStrconv: reading by hand must round as strconv does.
func TestQuantityEqualsStrconv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{1,18}(\.[0-9]{1,18})?(e-?[0-9]{1,2})?`).Draw(t, "number")
		want, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		if q, ok := zoom.ParseQuantity(s + " kbps"); !ok || q.Value != want {
			t.Fatalf("%q: %v %v, want %v", s, q.Value, ok, want)
		}
	})
}

func TestParseResolution(t *testing.T) {
	for s, want := range map[string][2]float64{
		"1280*720": {1280, 720}, "1280x720": {1280, 720}, "1280X720": {1280, 720}, " 640*360 ": {640, 360}, "1*1": {1, 1}, "3840*2160": {3840, 2160},
	} {
		w, h, ok := zoom.ParseResolution(s)
		if !ok || w != zoom.Of(want[0]) || h != zoom.Of(want[1]) {
			t.Errorf("%q: %v %v %v", s, w, h, ok)
		}
	}
	for s, wantOK := range map[string]bool{
		"": true, "-": true, " ": true, "0*0": true, "0x0": true, "0*720": true, "1280*0": true,
		"1280": false, "1280*": false, "*720": false, "*": false, "1280*720*3": false, "1280 720": false, "-1280*720": false, "1280.5*720": false,
		"12345678*720": false, "1280*720p": false, "HD": false, "1280 * 720": false,
	} {
		w, h, ok := zoom.ParseResolution(s)
		if ok != wantOK || w.Present || h.Present {
			t.Errorf("%q: %v %v %v, want absent and %v", s, w, h, ok, wantOK)
		}
	}
}

func TestParseLevel(t *testing.T) {
	for s, want := range map[string]zoom.Level{
		"good": 1, "fair": 2, "poor": 3, "bad": 4, "normal": 1, "serious": 3, "critical": 4, "Good": 1, " BAD ": 4, "": 0, "-": 0,
	} {
		if l, ok := zoom.ParseLevel(s); !ok || l != want {
			t.Errorf("%q: %v %v, want %v", s, l, ok, want)
		}
	}
	for _, s := range []string{"superb", "goodd", "goo", "1", "gооd", "very very bad"} {
		if l, ok := zoom.ParseLevel(s); ok || l != 0 {
			t.Errorf("%q: %v %v, want 0 and not ok", s, l, ok)
		}
	}
	for l, want := range map[zoom.Level][2]string{0: {"", ""}, 1: {"good", "normal"}, 2: {"fair", "fair"}, 3: {"poor", "serious"}, 4: {"bad", "critical"}, 5: {"", ""}} {
		if got := [2]string{l.Quality(), l.Pressure()}; got != want {
			t.Errorf("%d: %q, want %q", l, got, want)
		}
	}
}

// FuzzQuantity: whatever the text, a quantity that is present is a finite number, and absent is zero.
func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"63 kbps", "27.15Kbps", "0.0%", "-64", "", "-", "1 Mbps", "1e999", "1280*720", "0*0", "good", "NaN", "3.14159265358979323846", "5e-324 us"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, ok := zoom.ParseQuantity(s)
		switch {
		case q.Present && (!ok || math.IsNaN(q.Value) || math.IsInf(q.Value, 0)):
			t.Errorf("%q: %v %v", s, q, ok)
		case !q.Present && q.Value != 0:
			t.Errorf("%q: absent but %v", s, q.Value)
		}
		if v, err := strconv.ParseFloat(s, 64); err == nil && q.Present && v != q.Value {
			t.Errorf("%q: %v, strconv says %v", s, q.Value, v)
		}
		if w, h, ok := zoom.ParseResolution(s); w.Present != h.Present || w.Present && (!ok || w.Value < 1 || h.Value < 1) {
			t.Errorf("%q: %v %v %v", s, w, h, ok)
		}
		if l, ok := zoom.ParseLevel(s); l > 4 || l > 0 && !ok {
			t.Errorf("%q: %v %v", s, l, ok)
		}
	})
}
