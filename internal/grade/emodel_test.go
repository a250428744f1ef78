package grade_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot/internal/grade"
)

// TestMOSByRating holds the table of ITU-T G.107 Annex B and G.109.
func TestMOSByRating(t *testing.T) {
	for r, want := range map[float64]float64{100: 4.5, 93.2: 4.41, 90: 4.34, 80: 4.03, 70: 3.60, 60: 3.10, 50: 2.58, 0: 1, -20: 1, 3: 1} {
		if got := grade.MOS(r); math.Abs(got-want) > 0.01 {
			t.Errorf("R %v is MOS %.3f, want %.2f", r, got, want)
		}
	}
	if got := grade.MOS(math.NaN()); got != 1 {
		t.Errorf("no rating is MOS %v, want 1", got)
	}
}

// TestLossImpairment holds Ie,eff of ITU-T G.113 Appendix I: G.729A with VAD (Ie 11, Bpl 19) as measured under random loss,
// and G.711 with concealment (Ie 0, Bpl 25.1), whose measured values are rounded to five.
func TestLossImpairment(t *testing.T) {
	tests := []struct {
		equipment, robust, within float64
		byLoss                    map[float64]float64
	}{
		{11, 19, 1, map[float64]float64{0: 11, 0.5: 13, 1: 15, 1.5: 17, 2: 19, 3: 23, 4: 26, 8: 36, 16: 49}},
		{0, 25.1, 3, map[float64]float64{0: 0, 1: 5, 2: 7, 3: 10, 5: 15, 7: 20, 10: 25, 20: 45}},
	}
	for _, tt := range tests {
		for loss, want := range tt.byLoss {
			got := grade.Rating(0, 0, tt.robust, 0) - grade.Rating(0, tt.equipment, tt.robust, loss)
			if math.Abs(got-want) > tt.within {
				t.Errorf("Ie %v, Bpl %v, loss %v %%: impairment %.1f, want %v", tt.equipment, tt.robust, loss, got, want)
			}
		}
	}
}

// TestDelayImpairment holds a published table, "Tolerable mean one-way mouth-to-ear delay bounds" with perfect echo control and
// no loss: the delays at which G.711, GSM-EFR, G.726 at 32 kbps, G.729, G.723.1 at 6.3 and 5.3 kbps, and GSM-HR still rate 70.
// Their Ie are G.113's. The table begins at 94, ours at G.107's 93.2.
func TestDelayImpairment(t *testing.T) {
	for _, tt := range []struct{ equipment, delayMs float64 }{{0, 400}, {5, 342}, {7, 322}, {10, 294}, {15, 251}, {19, 219}, {23, 177}} {
		if got := grade.Rating(tt.delayMs, tt.equipment, 25.1, 0); math.Abs(got-70) > 1.6 {
			t.Errorf("Ie %v at %v ms rates %.1f, want about 70", tt.equipment, tt.delayMs, got)
		}
	}
	for _, ms := range []float64{0, 50, 100, math.NaN(), -5} {
		if got := grade.Rating(ms, 0, 25.1, 0); got != 93.2 {
			t.Errorf("%v ms rates %v, want 93.2: no impairment up to 100 ms", ms, got)
		}
	}
}

// TestEstimateHalvesTheRoundTrip: 400 ms there and back are 200 ms one way, plus the buffer and 10 ms.
func TestEstimateHalvesTheRoundTrip(t *testing.T) {
	if got := grade.OneWayMs(400, 15); got != 200+30+10 {
		t.Errorf("one way %v ms, want 240", got)
	}
	for _, tt := range []struct{ roundTrip, jitter, loss, want float64 }{
		{60, 5, 0, 4.41}, {135, 8, 1, 4.32}, {250, 30, 5, 3.82}, {400, 80, 15, 1.88}, {math.NaN(), math.NaN(), math.NaN(), 4.41},
	} {
		if got := grade.EstimatedMOS(tt.roundTrip, tt.jitter, tt.loss); math.Abs(got-tt.want) > 0.01 {
			t.Errorf("%+v: MOS %.2f", tt, got)
		}
	}
}

func TestEstimateFallsWithEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := func(name string, most float64) (float64, float64) {
			x := rapid.Float64Range(0, most).Draw(t, name)
			return x, rapid.Float64Range(x, most).Draw(t, "worse "+name)
		}
		r1, r2 := figure("round trip", 3000)
		j1, j2 := figure("jitter", 500)
		l1, l2 := figure("loss", 100)
		better, worse := grade.EstimatedMOS(r1, j1, l1), grade.EstimatedMOS(r2, j2, l2)
		if worse > better+1e-9 || better > 4.5 || worse < 1 {
			t.Fatalf("(%v, %v, %v) is %v, (%v, %v, %v) is %v", r1, j1, l1, better, r2, j2, l2, worse)
		}
	})
}
