package api

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// crowdOf makes people, of whom some are ill: their minutes are bad with a chance of ill, the others' with one of well.
func crowdOf(r *rand.Rand, people int, share, ill, well float64, first int) *crowd {
	c := newCrowd()
	for i := range people {
		chance := well
		if r.Float64() < share {
			chance = ill
		}
		t := facts.Tally{Person: earshot.ID(first + i)}
		for range 20 + r.IntN(200) {
			if r.Float64() < chance {
				t.Minutes[earshot.Bad]++
			} else {
				t.Minutes[earshot.Good]++
			}
		}
		c.add(&t)
	}
	return c
}

// The interval holds the truth about as often as it says, although the bad minutes are those of a few people; one that took
// minutes for independent would not in most cases. Of a dozen people sometimes none is ill, and no interval of theirs can know.
func TestIntervalHoldsTheTruth(t *testing.T) {
	const share, ill, well, runs = .15, .4, .01, 600
	truth := share*ill + (1-share)*well
	for people, least := range map[int]float64{12: .74, 40: .88, 200: .92} {
		r := rand.New(rand.NewPCG(1, uint64(people)))
		held, naive := 0, 0
		for range runs {
			c := crowdOf(r, people, share, ill, well, 1)
			e, ok := c.estimated()
			if !ok {
				t.Fatal("no estimate")
			}
			if e.low <= truth && truth <= e.high {
				held++
			}
			if low, high := wilson(e.share, float64(c.minutes.Classified())); low <= truth && truth <= high {
				naive++
			}
		}
		if rate := float64(held) / runs; rate < least {
			t.Errorf("%d people: the interval holds the truth in %.0f %%", people, 100*rate)
		}
		if rate := float64(naive) / runs; rate > .6 {
			t.Errorf("%d people: these people are no test, independent minutes would do: %.0f %%", people, 100*rate)
		}
	}
}

// Groups that are alike are called so; one that is three times as bad is found.
func TestComparedWithTheRest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const runs = 200
	different, found, wrong := 0, 0, 0
	for range runs {
		alike, all := crowdOf(r, 60, .1, .4, .01, 1), crowdOf(r, 300, .1, .4, .01, 100)
		merge(all, alike)
		if _, sign := alike.against(all); sign != 0 {
			different++
		}
		worse, all := crowdOf(r, 60, .4, .4, .01, 1), crowdOf(r, 300, .1, .4, .01, 100)
		merge(all, worse)
		switch _, sign := worse.against(all); sign {
		case 1:
			found++
		case -1:
			wrong++
		}
	}
	if different > runs/20 || found < runs*8/10 || wrong > 0 {
		t.Errorf("of %d: alike called different %d times, worse found %d times, called better %d times", runs, different, found, wrong)
	}
}

// A dozen people without a bad minute are not better than two in a hundred: the interval that stands beside the word says so.
func TestFewWithoutABadMinuteAreNotBetter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	few, all := crowdOf(r, 13, 0, 0, 0, 1), crowdOf(r, 300, .05, .4, .01, 100)
	merge(all, few)
	own, ok := few.estimated()
	if rest, sign := few.against(all); !ok || sign != 0 || own.share != 0 || rest < own.low || rest > own.high {
		t.Errorf("0 bad minutes of 13 people, between %.3f and %.3f, against %.3f: got %d, want 0", own.low, own.high, rest, sign)
	}
}

func merge(into, c *crowd) {
	for id, p := range c.people {
		into.people[id] = &clusterSum{p.minutes, p.bad}
	}
	for g, n := range c.minutes {
		into.minutes[g] += n
	}
}

func TestIntervalProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd()
		for i := range rapid.IntRange(0, 30).Draw(t, "people") {
			x := facts.Tally{Person: earshot.ID(i + 1)}
			x.Minutes[earshot.Bad] = rapid.IntRange(0, 50).Draw(t, "bad")
			x.Minutes[earshot.Good] = rapid.IntRange(0, 50).Draw(t, "good")
			c.add(&x)
		}
		e, ok := c.estimated()
		if ok != (c.minutes.Classified() > 0) {
			t.Fatalf("an estimate of %d minutes: %v", c.minutes.Classified(), ok)
		}
		if !ok {
			return
		}
		if math.IsNaN(e.low+e.high) || e.low < 0 || e.high > 1 || e.share < e.low-1e-12 || e.share > e.high+1e-12 || e.low >= e.high {
			t.Fatalf("%+v", e)
		}
		if _, sign := c.against(c); sign != 0 {
			t.Fatal("a crowd differs from nobody")
		}
	})
}

// The quantile is Student's to a hundredth from ten people on.
func TestStudent(t *testing.T) {
	for freedom, want := range map[int]float64{9: 2.2622, 30: 2.0423, 200: 1.9719} {
		if got := student95(freedom); math.Abs(got-want) > .005 {
			t.Errorf("%d degrees of freedom: %.4f, want %.4f", freedom, got, want)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	ordered := []string{"", "5.17.11", "6.1.0 (1)", "6.9", "6.10", "6.10.1", "a"}
	for i := range ordered {
		for j := range ordered {
			got := compareVersions(ordered[i], ordered[j])
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%q and %q: %d", ordered[i], ordered[j], got)
			}
		}
	}
}
