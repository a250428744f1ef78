package factstest

import (
	"testing"

	"github.com/earshot/earshot"
)

func testCallScores(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	add := func(call earshot.ID, at earshot.Instant, mos earshot.Opt, side earshot.CallSide) {
		b.CallSamples = append(b.CallSamples, earshot.CallSample{Call: call, Account: account, At: hour + at, Side: side, Direction: earshot.DirectionSend, MOS: mos})
	}
	add(1, 0, earshot.Some(1.5), earshot.SideCaller) // too early
	add(1, 10, earshot.Some(4.25), earshot.SideCaller)
	add(1, 10, earshot.Some(3.75), earshot.SideCallee)
	add(1, 20, earshot.Some(2), earshot.SideCaller) // too late
	add(2, 11, earshot.Opt{}, earshot.SideCaller)
	add(3, 12, earshot.Some(0), earshot.SideCaller) // Zoom's word for no score
	add(4, 12, earshot.Some(0), earshot.SideCaller)
	add(4, 13, earshot.Some(4.5), earshot.SideCaller)
	must(t, s.Apply(ctx, b))
	same(t, get(s.CallScores(ctx, hour+10, hour+20))(t), map[earshot.ID]float64{1: 3.75, 4: 4.5})
	same(t, get(s.CallScores(ctx, hour+30, hour+40))(t), map[earshot.ID]float64{})
}
