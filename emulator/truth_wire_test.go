package emulator

import (
	"io"
	"math"
	"testing"
	"time"

	"github.com/earshot/earshot/zoom"
)

// Every minute of the truth is about a report that was sent, and has its numbers.
func TestTruthIsAboutTheReportsSent(t *testing.T) {
	t.Parallel()
	o := Options{People: 150, Meetings: 20, Seed: 21, From: testFrom, Truth: io.Discard}
	w, err := NewWorld(o)
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		meeting, user string
		at            int64
	}
	loss := map[key]map[string]float64{}
	var minutes []TruthMinute
	var d zoom.Decoder
	var ev zoom.Event
	for w.Now().Before(testFrom.Add(10 * time.Minute)) {
		for _, x := range w.Step() {
			if err := d.Decode(x.Body, &ev); err != nil {
				t.Fatal(err)
			}
			if ev.Class != zoom.ClassQoS {
				continue
			}
			k := key{ev.Meeting.UUID, ev.Participant.InMeetingID, ev.QoS[0].TimeMs}
			loss[k] = map[string]float64{}
			for _, q := range ev.QoS {
				if q.Details.AvgLoss.Present {
					loss[k][q.Type] = float64(q.Details.AvgLoss.Value)
				}
			}
		}
		minutes = append(minutes, w.Truth().Minutes...)
	}
	wires := map[string]string{"audio_receive": "audio_input", "audio_send": "audio_output", "video_receive": "video_input", "video_send": "video_output"}
	reports, values := 0, 0
	for _, m := range minutes {
		if m.Dropped || m.Minute.After(testFrom.Add(8*time.Minute)) {
			continue // its report is still on its way
		}
		sent, ok := loss[key{m.Meeting, m.UserID, m.Reports.UnixMilli()}]
		if !ok {
			t.Errorf("no report of %s in %s at %v was sent", m.UserID, m.Meeting, m.Reports)
			continue
		}
		reports++
		for _, s := range m.Slots {
			if x, ok := sent[wires[s.Slot]]; ok && s.Metric == "loss_pct" {
				values++
				if math.Abs(x-s.Value) > .06 {
					t.Errorf("%s of %s lost %v %% by the truth, %v %% by the report", s.Slot, m.UserID, s.Value, x)
				}
			}
		}
	}
	if reports < 40 || values < 20 {
		t.Errorf("%d reports and %d values compared", reports, values)
	}
}
