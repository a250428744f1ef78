package pipeline

import (
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
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

// TestLiveIsToldOfSilence folds a challenge, events and heartbeats: event time goes on while nothing comes, the last event does not.
func TestLiveIsToldOfSilence(t *testing.T) {
	f := NewFold(testRules())
	received := earshot.InstantOf(testStart)
	beat := func(after time.Duration) {
		f.Apply(&journal.Record{Seq: f.seq + 1, Kind: journal.KindHeartbeat, ReceivedAt: received + earshot.Instant(after.Milliseconds())})
	}
	f.Apply(&journal.Record{Seq: 1, Kind: journal.KindEvent, ReceivedAt: received, Body: fmt.Appendf(nil, `{"event":"endpoint.url_validation","event_ts":%d,"payload":{"plainToken":"a"}}`, received)})
	beat(10 * time.Second)
	if u := f.LiveUpdate(0); u.Watermark == 0 || u.LastEvent != 0 {
		t.Errorf("after a challenge: watermark %d, last event %d; want one, and none", u.Watermark, u.LastEvent)
	}
	received += 60_000
	// Sent five seconds before it was received: event time is Zoom's.
	f.Apply(&journal.Record{Seq: f.seq + 1, Kind: journal.KindEvent, ReceivedAt: received, Body: fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u","id":"1"}}}`, received-5_000)})
	at := f.LiveUpdate(0)
	beat(7 * time.Minute)
	u := f.LiveUpdate(0)
	if at.LastEvent == 0 || at.LastEvent != at.Watermark || u.LastEvent != at.LastEvent || u.Watermark-u.LastEvent != 420_000 {
		t.Errorf("last event %d at %d, then %d at %d; want the same, and seven minutes later", at.LastEvent, at.Watermark, u.LastEvent, u.Watermark)
	}
}
