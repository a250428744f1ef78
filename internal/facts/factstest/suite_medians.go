package factstest

import (
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func testMedians(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	add := func(segment earshot.ID, at earshot.Instant, wire earshot.Wire, loss float64) {
		x := facts.Sample{Account: account, Meeting: 7, Sample: earshot.Sample{Segment: segment, At: hour + at, Wire: wire}}
		x.Set(earshot.LossAvgPct, loss)
		b.Samples = append(b.Samples, x)
	}
	add(1, 0, earshot.WireAudioInput, 50) // left out by name
	add(2, 1000, earshot.WireAudioInput, 1)
	add(2, 31_000, earshot.WireAudioInput, 3) // a mean of 2
	add(3, 2000, earshot.WireAudioInput, 4)
	add(3, 2000, earshot.WireAudioInput, 4) // doubled: it counts once
	add(3, 40_000, earshot.WireAudioInput, 8)
	add(4, 59_000, earshot.WireAudioInput, 20)
	add(5, 59_000, earshot.WireAudioInput, 12)
	add(2, 61_000, earshot.WireAudioInput, 1) // the next minute has too few
	add(3, 61_000, earshot.WireAudioInput, 2)
	add(2, 5000, earshot.WireVideoOutput, 1) // and another stream is another question
	add(2, 5000, earshot.WireNotification, 1)
	b.Samples[4].Set(earshot.JitterMs, 9) // one of the doubles knows more
	other := facts.Sample{Account: account, Meeting: 8, Sample: earshot.Sample{Segment: 9, At: hour, Wire: earshot.WireAudioInput}}
	other.Set(earshot.LossAvgPct, 99)
	b.Samples = append(b.Samples, other)
	must(t, s.Apply(ctx, b))

	q := facts.MedianQuery{From: hour, To: hour + 120_000, Account: account, Meeting: 7, Except: []earshot.ID{1}, Least: 3}
	at := func(at earshot.Instant, wire earshot.Wire, segments int, loss ...float64) facts.Median {
		m := facts.Median{At: hour + at, Wire: wire, Segments: segments}
		for _, x := range loss {
			m.Set(earshot.LossAvgPct, x)
		}
		return m
	}
	// 2, 6, 12, 20: the middle two are 6 and 12.
	want := []facts.Median{at(0, earshot.WireAudioInput, 4, 9), at(0, earshot.WireVideoOutput, 1), at(60_000, earshot.WireAudioInput, 2)}
	if want[0].Wire > want[1].Wire {
		want[0], want[1] = want[1], want[0]
	}
	same(t, get(s.Medians(ctx, q))(t), want)

	q.To, q.Except, q.Least = hour+60_000, []earshot.ID{1, 2, 4, 5}, 0
	one := at(0, earshot.WireAudioInput, 1, 6)
	one.Set(earshot.JitterMs, 9)
	same(t, get(s.Medians(ctx, q))(t), []facts.Median{one})

	q.Meeting = 99
	if none := get(s.Medians(ctx, q))(t); len(none) != 0 {
		t.Errorf("medians of a meeting without samples: %+v", none)
	}
}
