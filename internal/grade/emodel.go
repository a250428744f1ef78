package grade

import "math"

// Constants of the estimate.
const (
	// defaultR is G.107's rating of a connection with all parameters at their defaults and no delay: Ro - Is.
	defaultR = 93.2
	// overheadMs is what packetisation and playing add on the way, beside the network and the jitter buffer.
	overheadMs = 10
	// robustness is Bpl of G.113 Appendix I for G.711 with packet loss concealment. Zoom's codec conceals better and repairs
	// some loss, and says neither how nor how much: the estimate is on the careful side.
	robustness = 25.1
)

// EstimatedMOS estimates the mean opinion score of an audio stream by the E-model (ITU-T G.107), from Zoom's figures: the
// round trip in milliseconds, which is halved; jitter, for which a buffer of twice its size is assumed; loss in percent. It
// is no score of Zoom's and is named "estimated" wherever it is shown. What cannot be (negative, not a number) counts as 0.
func EstimatedMOS(roundTripMs, jitterMs, lossPct float64) float64 {
	return MOS(Rating(OneWayMs(roundTripMs, jitterMs), 0, robustness, lossPct))
}

// OneWayMs is the assumed delay from mouth to ear.
func OneWayMs(roundTripMs, jitterMs float64) float64 {
	return positive(roundTripMs)/2 + 2*positive(jitterMs) + overheadMs
}

// Rating returns R of G.107 with default parameters but for delay and loss: R = 93.2 - Idd - Ie,eff. equipment is Ie and
// robust Bpl of the codec; loss is random (BurstR = 1). R may be below 0.
func Rating(oneWayMs, equipment, robust, lossPct float64) float64 {
	loss := min(positive(lossPct), 100)
	return defaultR - delayImpairment(oneWayMs) - (equipment + (95-equipment)*loss/(loss+robust))
}

// delayImpairment is Idd of G.107 (7-27) and (7-28): nothing up to 100 ms, then ever more.
func delayImpairment(oneWayMs float64) float64 {
	if !(oneWayMs > 100) {
		return 0
	}
	x := math.Log2(oneWayMs / 100)
	return 25 * (math.Pow(1+math.Pow(x, 6), 1.0/6) - 3*math.Pow(1+math.Pow(x/3, 6), 1.0/6) + 2)
}

// MOS turns a rating into a mean opinion score, 1 to 4.5, by G.107 Annex B.
func MOS(r float64) float64 {
	switch {
	case !(r > 0):
		return 1
	case r >= 100:
		return 4.5
	}
	// Between 0 and 6.5 the formula dips a little below 1, which is no score.
	return max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}

func positive(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return x
}
