package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/earshot/earshot/emulator"
)

// invent makes a scenario of a seed: some hours of an untidy company with three to six faults that people share, which may
// overlap, and some that single people have. The world chooses the targets. The same seed makes the same scenario.
func invent(seed uint64) scenario {
	r := rand.New(rand.NewPCG(seed, 0x5c0_1eb0a6d))
	between := func(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
	o := emulator.Options{
		Seed: 1_000_003*seed + 17, From: time.Date(2026, 11, 16+r.IntN(5), 7+r.IntN(5), 0, 0, 0, time.UTC),
		Span: time.Duration(180+r.IntN(61)) * time.Minute, People: 400 + r.IntN(801), Calm: true, Troubles: []emulator.Trouble{},
		Life: emulator.Life{
			Outposts: r.IntN(5), Movers: between(0, .12), Stale: time.Duration(between(5, 30)) * time.Minute, Chronic: between(.02, .07),
			Blips: between(.1, .6), NoData: between(.03, .12), NoCentre: between(0, .2), NoSignal: between(.2, .45), NoCPU: between(.05, .15),
		},
	}
	o.Meetings = o.People * 2 / 19
	if r.IntN(5) == 0 {
		o.Cadence = 30 * time.Second
	}
	if r.IntN(3) == 0 {
		o.Dialect = emulator.InputSent
	}
	latest := o.Span - 50*time.Minute
	for range 3 + r.IntN(4) {
		o.Troubles = append(o.Troubles, inventShared(r, latest))
	}
	alone := []emulator.TroubleKind{
		emulator.WeakWiFi, emulator.BusyCPU, emulator.BadUplink, emulator.BadHeadset, emulator.BadCamera, emulator.VPNDetour,
	}
	for range 6 + r.IntN(9) {
		start := time.Duration(between(20, latest.Minutes())) * time.Minute
		o.Troubles = append(o.Troubles, emulator.Trouble{
			Kind: alone[r.IntN(len(alone))], Start: start, End: start + time.Duration(between(6, 30))*time.Minute, Strength: between(.8, 1.8),
		})
	}
	return scenario{fmt.Sprintf("invented-%d", seed), o}
}

// inventShared makes a fault that several people share; half of them hit only a part of a place.
func inventShared(r *rand.Rand, latest time.Duration) emulator.Trouble {
	kinds := []emulator.TroubleKind{
		emulator.FullLink, emulator.FullLink, emulator.ISPLoss, emulator.ISPLoss, emulator.SlowCentre, emulator.BusyVPN,
		emulator.BadVersion, emulator.BusyAir, emulator.BlockedUDP,
	}
	start := 30*time.Minute + time.Duration(r.Float64()*float64(latest-30*time.Minute)).Truncate(time.Minute)
	t := emulator.Trouble{
		Kind: kinds[r.IntN(len(kinds))], Start: start, End: start + time.Duration(15+r.IntN(30))*time.Minute, Strength: .3 + 1.1*r.Float64(),
	}
	switch way, directed := r.IntN(3), t.Kind == emulator.FullLink || t.Kind == emulator.ISPLoss || t.Kind == emulator.BusyVPN; {
	case directed && way == 1:
		t.Direction = emulator.Up
	case directed && way == 2:
		t.Direction = emulator.Down
	}
	if share := .4 + .6*r.Float64(); r.IntN(2) == 0 {
		t.Share = share
	}
	return t
}
