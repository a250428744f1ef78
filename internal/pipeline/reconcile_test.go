package pipeline

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/grade"
)

// TestReportsAgreeWithZoomsSummaries: what the fold made of the reports of a segment agrees with what Zoom's side says of it
// in the end, and few minutes are missing. The rest is real: Zoom's side sums up the last part of a minute, too, of which no
// report comes any more.
func TestReportsAgreeWithZoomsSummaries(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 60, Seed: 31}, 60*time.Minute)
	f := NewFold(testRules())
	out := foldAll(f, records)
	samples, summaries := map[earshot.ID][]earshot.Sample{}, map[earshot.ID][]earshot.Summary{}
	for i := range out.Samples {
		s := &out.Samples[i]
		samples[s.Segment] = append(samples[s.Segment], s.Sample)
	}
	for _, s := range out.Summaries {
		summaries[s.Segment] = append(summaries[s.Segment], s)
	}
	var all grade.Trust
	agreeing := 0
	for id, list := range summaries {
		g := f.identity.Segment(id)
		if g == nil || g.Leave == 0 || g.Leave-g.Join < 5*60_000 {
			continue
		}
		trust := grade.Reconcile(samples[id], list, grade.Span{From: g.Join, To: g.Leave})
		all.Expected, all.Reported = all.Expected+trust.Expected, all.Reported+trust.Reported
		for _, c := range trust.Streams {
			if all.Streams = append(all.Streams, c); c.Agrees {
				agreeing++
			}
		}
	}
	t.Logf("%d of %d minutes reported, %d of %d comparisons agree", all.Reported, all.Expected, agreeing, len(all.Streams))
	if len(all.Streams) < 200 || agreeing*100 < len(all.Streams)*94 {
		t.Errorf("%d of %d comparisons agree, want nearly all", agreeing, len(all.Streams))
	}
	if all.Expected < 200 || all.MissingPct() > 5 {
		t.Errorf("%d of %d minutes reported", all.Reported, all.Expected)
	}
}
