package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// newRand returns the generator of one element of the world. Every element owns one, made from the seed, what it is and
// which one it is, so that adding a person or a fault does not shift the numbers that anything else draws.
func newRand(seed uint64, kind string, id int) *rand.Rand {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	mix := func(b byte) { h = (h ^ uint64(b)) * prime }
	for i := range 8 {
		mix(byte(seed >> (8 * i)))
	}
	for i := range len(kind) {
		mix(kind[i])
	}
	for i := range 8 {
		mix(byte(uint64(id) >> (8 * i)))
	}
	return rand.New(rand.NewPCG(h, splitmix(h)))
}

// splitmix scrambles x; close inputs give unrelated outputs.
func splitmix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// ar is a first-order autoregressive noise: stationary, with a memory. Its coefficients are shared by all of a kind.
type ar struct{ keep, kick float64 }

// newAR has standard deviation sigma and correlation time tau seconds when advanced every dt seconds.
func newAR(sigma, tau, dt float64) ar {
	a := math.Exp(-dt / tau)
	return ar{keep: a, kick: sigma * math.Sqrt(1-a*a)}
}

func (c ar) next(x float64, r *rand.Rand) float64 { return c.keep*x + c.kick*r.NormFloat64() }

// chance reports a yes of probability p, always taking exactly one draw.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

func between(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

func lognormal(r *rand.Rand, median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// weighted returns an index with a probability proportional to its weight.
func weighted(r *rand.Rand, weights ...float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// bursts returns the share of n packets that is lost when losses come in bursts of the given mean length (a compound
// Poisson process): rare, clustered, and quantised for short spans. It draws from a generator of its own, made from one
// number, so that a fault that raises p does not shift what is drawn afterwards.
func bursts(draw uint64, n, p, length float64) float64 {
	lambda := n * p / length
	if lambda < 1e-6 {
		return 0
	}
	state := splitmix(draw)
	uniform := func() float64 {
		state = splitmix(state)
		return float64(state>>11) / (1 << 53)
	}
	if lambda > 30 { // many bursts: the normal limit
		z := math.Sqrt(-2*math.Log(1-uniform())) * math.Cos(2*math.Pi*uniform())
		return clamp(p*(1+z*math.Sqrt(2/lambda)), 0, 1)
	}
	var lost float64
	for at := -math.Log(1 - uniform()); at < lambda; at += -math.Log(1 - uniform()) {
		lost += math.Ceil(math.Log(1-uniform()) / math.Log(1-1/max(length, 1.01)))
	}
	return min(1, lost/n)
}

func clamp(x, lo, hi float64) float64 { return min(max(x, lo), hi) }

// normalCDF is the share of a standard normal below x.
func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// zoomUserID looks like the ids that Zoom gives to users: 22 characters of base64url.
func zoomUserID(r *rand.Rand) string { return base64.RawURLEncoding.EncodeToString(randomBytes(r)) }

// instanceUUID looks like the uuid of a meeting instance: base64 of 16 bytes with padding; it may contain "/" and "+".
func instanceUUID(r *rand.Rand) string { return base64.StdEncoding.EncodeToString(randomBytes(r)) }

// guid looks like a participant_uuid.
func guid(r *rand.Rand) string {
	b := randomBytes(r)
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// requestID looks like an x-zm-request-id. It depends on the seed and the event's number only.
func requestID(seed, n uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], splitmix(seed^splitmix(n)))
	binary.BigEndian.PutUint64(b[8:], splitmix(splitmix(seed)+n))
	return fmt.Sprintf("%x_%x_%x_%x_%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, 16)
	binary.LittleEndian.PutUint64(b, r.Uint64())
	binary.LittleEndian.PutUint64(b[8:], r.Uint64())
	return b
}
