package pipeline

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
)

// Packed samples are what a plain list of samples would be, merged by key.
func TestPackedSamplesAreTheList(t *testing.T) {
	const start, segment = earshot.Instant(1_800_000), earshot.ID(7)
	rapid.Check(t, func(t *rapid.T) {
		var p packedSamples
		var list []earshot.Sample
		for range rapid.IntRange(0, 30).Draw(t, "samples") {
			s := earshot.Sample{Segment: segment, At: start + earshot.Instant(rapid.SampledFrom([]int{0, 1000, 59_999}).Draw(t, "at")), Wire: earshot.Wire(rapid.IntRange(0, 3).Draw(t, "wire"))}
			for _, m := range rapid.SliceOfN(rapid.IntRange(0, earshot.MetricCount-1), 0, 8).Draw(t, "metrics") {
				s.Set(earshot.Metric(m), float64(rapid.IntRange(-3, 3).Draw(t, "value")))
			}
			wantChanged, wantMerged := true, false
			for i := range list {
				if have := &list[i]; have.Wire == s.Wire && have.At == s.At {
					before := have.Values
					have.Merge(&s.Values)
					wantChanged, wantMerged = have.Values != before, true
				}
			}
			if !wantMerged {
				list = append(list, s)
			}
			if changed, merged := p.put(&s, start); changed != wantChanged || merged != wantMerged {
				t.Fatalf("put: changed %v, merged %v; want %v, %v", changed, merged, wantChanged, wantMerged)
			}
		}
		if diff := gocmp.Diff(list, p.appendTo(nil, segment, start)); diff != "" {
			t.Fatal(diff)
		}
		if !p.whole() {
			t.Fatal("not whole")
		}
		if cut := rapid.IntRange(0, len(p)).Draw(t, "cut"); cut > 0 && p[:len(p)-cut].whole() {
			// A cut is noticed unless it falls between two samples.
			rest := p[:len(p)-cut].appendTo(nil, segment, start)
			if diff := gocmp.Diff(list[:len(rest)], rest, gocmp.FilterValues(func(a, b []earshot.Sample) bool { return len(a)+len(b) == 0 }, gocmp.Ignore())); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// What a damaged snapshot holds is refused, not read beyond its end.
func FuzzPackedSamples(f *testing.F) {
	var p packedSamples
	s := earshot.Sample{At: 5, Wire: 2}
	s.Set(earshot.JitterMs, 30)
	p.put(&s, 0)
	f.Add([]byte(p))
	f.Add([]byte{0, 0, 1, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := packedSamples(b)
		if !p.whole() {
			return
		}
		for _, s := range p.appendTo(nil, 1, 60_000) {
			if s.At.Minute() != 60_000 || s.Mask>>earshot.MetricCount != 0 {
				t.Fatalf("%+v", s)
			}
		}
	})
}
