package pipeline

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/zoom"
)

// TestLiveIsToldHowCallsSound compares what the live view learns with the reports of running calls; what is told of a call after its end
// is not how it sounds now.
func TestLiveIsToldHowCallsSound(t *testing.T) {
	f := NewFold(testRules())
	var want, got []live.CallScore
	var decoder zoom.Decoder
	var ev zoom.Event
	afterwards := 0
	for _, r := range traffic(t, 120, 30*time.Minute, 5) {
		f.Apply(&r)
		samples := f.Take().CallSamples
		if err := decoder.Decode(r.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Class == zoom.ClassPhoneSummary {
			afterwards += len(samples)
			samples = nil
		}
		for _, s := range samples {
			if s.MOS.Present && s.MOS.Value > 0 {
				want = append(want, live.CallScore{Call: s.Call, Side: s.Side, Direction: s.Direction, At: s.At, MOS: s.MOS.Value})
			}
		}
		if r.Seq%50 == 0 {
			got = append(got, f.LiveUpdate(earshot.InstantOf(testStart)).Scores...)
		}
	}
	got = append(got, f.LiveUpdate(earshot.InstantOf(testStart)).Scores...)
	if len(want) == 0 || afterwards == 0 {
		t.Fatalf("%d reports of running calls, %d of ended ones: too few to tell", len(want), afterwards)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
}
