package grade_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// stay makes minutes in a row, one for each letter: g, f, p, b, u for unclassified, and a blank for one that is missing.
func stay(letters string) (minutes []earshot.Minute) {
	grades := map[rune]earshot.Grade{'g': good, 'f': fair, 'p': poor, 'b': bad, 'u': none}
	for i, c := range letters {
		if c == ' ' {
			continue
		}
		m := earshot.Minute{At: minute + earshot.Instant(i)*60_000, Grade: grades[c]}
		m.Slots[earshot.SlotAudioSend] = grades[c]
		if m.Grade > good {
			m.Reason = earshot.Reason{Wire: earshot.WireAudioInput, Metric: earshot.JitterMs, Value: float32(i), Bound: 1, Set: true}
		}
		minutes = append(minutes, m)
	}
	return minutes
}

func TestOverall(t *testing.T) {
	for _, tt := range []struct {
		letters    string
		stay, many earshot.Grade
	}{
		{"", none, none}, {"uuu", none, none}, {"g", good, good},
		{"gggggggggb", bad, bad},                            // one of ten
		{"ggggggggggb", good, good},                         // one of eleven
		{"gggggggggguuuuuuuuuuuub", good, good},             // unclassified minutes do not count
		{"gggggggggggggggggggbp", good, good},               // two of 21: neither a tenth
		{"ggggggggggggggggggbp", poor, poor},                // two of 20 are poor or worse
		{"gggggggggggggggggggggggggggggbbb", bad, good},     // three in a row of 32
		{"gggggggggggggggggggggggggggggbgbgb", good, good},  // 3 of 34
		{"ggggggggggggggggggggggggggggggbubub", bad, good},  // mutes do not break a row
		{"ggggggggggggggggggggggggggggggb b b", good, good}, // what nobody knows does
		{"gggggggggggggggggggggggggggggggbpb", poor, good},
	} {
		if got := grade.Stay(stay(tt.letters)); got.Grade != tt.stay {
			t.Errorf("a stay of %q is %v, want %v", tt.letters, got.Grade, tt.stay)
		}
		if got := grade.Many(stay(tt.letters)); got.Grade != tt.many || got.Slots[earshot.SlotAudioSend] != got.Minutes {
			t.Errorf("minutes %q of many are %v, want %v", tt.letters, got.Grade, tt.many)
		}
	}
}

// TestOverallReason: the reason travels along: the observation that decided most of the minutes that count, at its worst.
func TestOverallReason(t *testing.T) {
	minutes := stay("bbbpppppf")
	minutes[2].Reason = earshot.Reason{Wire: earshot.WireVideoInput, Metric: earshot.FrameRateFPS, Value: 3, Bound: 7, Set: true}
	for i := 3; i < 8; i++ {
		minutes[i].Reason.Metric = earshot.LossAvgPct
	}
	got := grade.Stay(minutes)
	if got.Grade != bad || got.Decided != 2 || got.Reason.Metric != earshot.JitterMs || got.Reason.Value != 1 {
		t.Errorf("%v because of %+v in %d minutes, want the jitter of two", got.Grade, got.Reason, got.Decided)
	}
	if ok, known := got.OKPct(); !known || ok != 100.0/9 {
		t.Errorf("%v %% are good or fair, want one of nine", ok)
	}
	minutes[0].Reason, minutes[1].Reason = minutes[2].Reason, minutes[2].Reason
	minutes[1].Reason.Value = 2
	if got := grade.Stay(minutes); got.Reason.Metric != earshot.FrameRateFPS || got.Reason.Value != 2 || got.Decided != 3 {
		t.Errorf("because of %+v, want the least frame rate", got.Reason)
	}
	// A single bad minute among fair ones: the whole is fair, and its reason is that of a bad minute.
	if got := grade.Many(stay("fffffffffffb")); got.Grade != fair || got.ReasonGrade != bad || got.Reason.Value != 11 || got.Decided != 12 {
		t.Errorf("%v because of %+v, %v", got.Grade, got.Reason, got.ReasonGrade)
	}
	if got := grade.Many(stay("ggg")); got.Reason.Set {
		t.Errorf("good because of %+v", got.Reason)
	}
	if _, known := (&grade.Overall{}).OKPct(); known {
		t.Error("a share of nothing")
	}
}

// TestMinutesAreTheUnit: how minutes are split into stays does not matter to the whole of them, nor does their order.
func TestMinutesAreTheUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := stay(rapid.StringOfN(rapid.SampledFrom([]rune("ggggfpbu")), 1, 60, -1).Draw(t, "minutes"))
		want := grade.Many(minutes)
		if got := grade.Many(rapid.Permutation(minutes).Draw(t, "shuffled")); got != want {
			t.Fatalf("shuffled %+v, in order %+v", got, want)
		}
		cut := rapid.IntRange(0, len(minutes)).Draw(t, "cut")
		a, b := grade.Many(minutes[:cut]), grade.Many(minutes[cut:])
		var sum earshot.GradeCounts
		for g := range sum {
			sum[g] = a.Minutes[g] + b.Minutes[g]
		}
		if sum != want.Minutes || grade.Whole(sum) != want.Grade {
			t.Fatalf("of the parts %v, %v; of the whole %v, %v", sum, grade.Whole(sum), want.Minutes, want.Grade)
		}
		if s := grade.Stay(minutes); s.Grade < want.Grade || s.Minutes != want.Minutes {
			t.Fatalf("a stay of the same minutes is better: %v, %v", s.Grade, want.Grade)
		}
	})
}
