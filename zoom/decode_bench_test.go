package zoom_test

import (
	"os"
	"testing"

	"github.com/earshot/earshot/zoom"
)

// sevenEntries is a notification of the usual size, compact as Zoom sends it: 7 qos entries in about 1.6 KB.
func sevenEntries(tb testing.TB) []byte {
	b, err := os.ReadFile("testdata/seven_entries.json")
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// BenchmarkDecode holds the budget of the hot path: at most 5 µs and 12 allocations.
func BenchmarkDecode(b *testing.B) {
	body := sevenEntries(b)
	var d zoom.Decoder
	var ev zoom.Event
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(body, &ev); err != nil || len(ev.QoS) != 7 {
			b.Fatal(err, len(ev.QoS))
		}
	}
}
