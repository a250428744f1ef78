package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// TestCallsTellTheLeastScoreOfNow follows two calls, one of which ends.
func TestCallsTellTheLeastScoreOfNow(t *testing.T) {
	s := live.New(live.Options{})
	call := func(id earshot.ID, now earshot.Instant) earshot.Call {
		return earshot.Call{ID: id, FirstSeen: noon, LastSeen: now}
	}
	score := func(id earshot.ID, side earshot.CallSide, at earshot.Instant, mos float64) live.CallScore {
		return live.CallScore{Call: id, Side: side, Direction: earshot.DirectionSend, At: at, MOS: mos}
	}
	told := func() map[earshot.ID]earshot.Opt {
		out := map[earshot.ID]earshot.Opt{}
		for _, c := range s.Calls() {
			out[c.ID] = c.MOS
		}
		return out
	}
	for _, step := range []struct {
		name   string
		update live.Update
		want   map[earshot.ID]earshot.Opt
	}{
		{"no score yet", live.Update{Watermark: noon, Calls: []earshot.Call{call(1, noon), call(2, noon)}}, map[earshot.ID]earshot.Opt{1: {}, 2: {}}},
		{"the least of both sides", live.Update{Watermark: noon + 1000, Scores: []live.CallScore{
			score(1, earshot.SideCaller, noon+900, 2.5), score(1, earshot.SideCallee, noon+900, 4.2), score(9, earshot.SideCaller, noon, 1.1),
		}}, map[earshot.ID]earshot.Opt{1: earshot.Some(2.5), 2: {}}},
		{"an older one comes late", live.Update{Watermark: noon + 2000, Scores: []live.CallScore{score(1, earshot.SideCaller, noon+100, 1.2)}}, map[earshot.ID]earshot.Opt{1: earshot.Some(2.5), 2: {}}},
		{"better", live.Update{Watermark: noon + 3000, Scores: []live.CallScore{score(1, earshot.SideCaller, noon+2900, 4.4)}}, map[earshot.ID]earshot.Opt{1: earshot.Some(4.2), 2: {}}},
		{"the other side is silent", live.Update{Watermark: noon + 122_000, Calls: []earshot.Call{call(1, noon+122_000)}}, map[earshot.ID]earshot.Opt{1: earshot.Some(4.4), 2: {}}},
		{"the second ends", live.Update{Watermark: noon + 122_500, Calls: []earshot.Call{{ID: 2, FirstSeen: noon, LastSeen: noon, End: noon + 5}}}, map[earshot.ID]earshot.Opt{1: earshot.Some(4.4)}},
		{"nothing for long", live.Update{Watermark: noon + 300_000}, map[earshot.ID]earshot.Opt{1: {}}},
	} {
		s.Apply(step.update)
		if diff := cmp.Diff(step.want, told()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
