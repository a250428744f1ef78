package api

import (
	"math"

	"github.com/earshot/earshot"
)

// The statistics of a share of bad minutes.
//
// A person's minutes are not independent: who has a bad headset has it all day. So people are the units (clusters), and the
// share Σbad/Σminutes is a ratio estimator over them, with the variance
//
//	v = k/(k−1) · Σᵢ (badᵢ − p·minutesᵢ)² / (Σ minutesᵢ)²        (Taylor linearisation; Cochran, Sampling Techniques, 6.3 and 9A)
//
// over k people. The interval is Wilson's, taken at the effective number of independent minutes p(1−p)/v, corrected for few
// people by Student's t (Korn and Graubard, Survey Methodology 24, 1998). Where nobody had a bad minute, or nobody a good one, v says
// nothing, and the people themselves are taken as the number. With a dozen people of whom one in seven suffers it holds the truth
// in about three of four cases, since often nobody of theirs shows it, from forty on in nine of ten and more (the test plays that).

const (
	z95 = 1.959964
	// z99 is what a difference must exceed to be called one: many rows are compared at once, so 95 % would call one in twenty.
	z99 = 2.575829
)

// interval is a share with its interval, all between 0 and 1.
type interval struct{ share, low, high float64 }

// estimated returns the share of bad minutes in a crowd; false when there is no minute with a verdict.
func (c *crowd) estimated() (interval, bool) {
	minutes, bad := 0, 0
	for _, p := range c.people {
		minutes += p.minutes
		bad += p.bad
	}
	if minutes == 0 {
		return interval{}, false
	}
	share := float64(bad) / float64(minutes)
	sum, k := 0.0, 0
	for _, p := range c.people {
		if p.minutes == 0 {
			continue
		}
		k++
		r := float64(p.bad) - share*float64(p.minutes)
		sum += r * r
	}
	effective := float64(k)
	if k > 1 && bad > 0 && bad < minutes {
		v := float64(k) / float64(k-1) * sum / (float64(minutes) * float64(minutes))
		effective = float64(minutes)
		if v > 0 {
			effective = min(effective, share*(1-share)/v)
		}
		t := student95(k - 1)
		effective *= z95 * z95 / (t * t)
	}
	low, high := wilson(share, effective)
	return interval{share, low, high}, true
}

// wilson returns Wilson's 95 % interval of a share that n independent trials had.
func wilson(share, n float64) (low, high float64) {
	const z2 = z95 * z95
	middle := (share + z2/(2*n)) / (1 + z2/n)
	half := z95 / (1 + z2/n) * math.Sqrt(share*(1-share)/n+z2/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

// student95 returns the two-sided 95 % quantile of Student's t, by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5):
// within 1 % from 4 degrees of freedom on, too small below.
func student95(freedom int) float64 {
	const z, z3, z5, z7 = z95, z95 * z95 * z95, z95 * z95 * z95 * z95 * z95, z95 * z95 * z95 * z95 * z95 * z95 * z95
	n := float64(freedom)
	return z + (z3+z)/(4*n) + (5*z5+16*z3+3*z)/(96*n*n) + (3*z7+19*z5+17*z3-15*z)/(384*n*n*n)
}

// against says how a crowd differs from the rest of a larger one that it is a part of: −1 better, 1 worse, 0 not to be told. Who is
// in both is in both sums, so that the difference is not taken to be surer than it is.
func (c *crowd) against(all *crowd) (rest float64, sign int) {
	n1, b1, n, b := 0, 0, 0, 0
	for _, p := range c.people {
		n1 += p.minutes
		b1 += p.bad
	}
	for _, p := range all.people {
		n += p.minutes
		b += p.bad
	}
	n2, b2 := n-n1, b-b1
	if n1 <= 0 || n2 <= 0 {
		return 0, 0
	}
	p1, p2 := float64(b1)/float64(n1), float64(b2)/float64(n2)
	sum, k := 0.0, 0
	for id, whole := range all.people {
		if whole.minutes == 0 {
			continue
		}
		k++
		var in clusterSum
		if p := c.people[id]; p != nil {
			in = *p
		}
		d := (float64(in.bad)-p1*float64(in.minutes))/float64(n1) - (float64(whole.bad-in.bad)-p2*float64(whole.minutes-in.minutes))/float64(n2)
		sum += d * d
	}
	if k < 2 {
		return p2, 0
	}
	// A crowd of which nobody is ever bad adds nothing to the deviation, however few they are. Its own interval knows how few.
	if own, ok := c.estimated(); !ok || own.low <= p2 && p2 <= own.high {
		return p2, 0
	}
	deviation := math.Sqrt(float64(k) / float64(k-1) * sum)
	switch d := p1 - p2; {
	case deviation == 0 || math.Abs(d) <= z99*deviation:
		return p2, 0
	case d > 0:
		return p2, 1
	default:
		return p2, -1
	}
}

// restOf returns what of a whole is not in a part: minutes, and people who had any there.
func restOf(part, all *crowd) (minutes earshot.GradeCounts, people int) {
	for id, whole := range all.people {
		in := part.people[id]
		if in == nil || whole.minutes > in.minutes {
			people++
		}
	}
	return minus(all.minutes, part.minutes), people
}

// hundredths returns a share in percent, to a hundredth.
func hundredths(share float64) *float64 {
	p := math.Round(1e4*share) / 100
	return &p
}
