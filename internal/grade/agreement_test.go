package grade_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

func TestAgreement(t *testing.T) {
	var a grade.Agreement
	add := func(send, receive, zooms earshot.Grade, times int) {
		m := earshot.Minute{ZoomAudio: zooms, ZoomVideo: bad}
		m.Slots[earshot.SlotAudioSend], m.Slots[earshot.SlotAudioReceive] = send, receive
		for range times {
			a.Add(&m, audio)
		}
	}
	add(good, good, good, 20)
	add(none, good, good, 5)
	add(bad, good, good, 2) // the worse direction counts
	add(good, fair, poor, 3)
	add(poor, good, fair, 1)
	add(none, none, good, 7) // no verdict of ours
	add(bad, bad, none, 9)   // none of Zoom's
	got := [...]int{a.Compared(), a.Same(), a.Harsher(), a.Milder(), a.Apart()}
	if want := [...]int{31, 25, 3, 3, 2}; got != want {
		t.Errorf("compared, same, harsher, milder, apart: %v, want %v", got, want)
	}
	if a[none][good] != 7 || a[bad][none] != 9 || a[bad][good] != 2 {
		t.Errorf("tally %v", a)
	}
	b := a
	b.Plus(&a)
	if b.Compared() != 62 || b.Apart() != 4 {
		t.Errorf("twice: %d compared, %d apart", b.Compared(), b.Apart())
	}
	before := a
	a.Add(&earshot.Minute{}, earshot.MediaNone)
	if a != before {
		t.Error("a minute of no medium was counted")
	}
}

// TestKappa holds a worked example, and the ends of the scale.
func TestKappa(t *testing.T) {
	of := func(cells map[[2]earshot.Grade]int) (a grade.Agreement) {
		for k, n := range cells {
			a[k[0]][k[1]] = n
		}
		return a
	}
	// Ours: 40 good, 10 bad; Zoom's: 45 good, 5 bad. The distance of good and bad is 3. Observed: 3*(2+7)/50; expected by
	// chance: 3*(40*5 + 10*45)/50/50.
	example := of(map[[2]earshot.Grade]int{{good, good}: 38, {good, bad}: 2, {bad, good}: 7, {bad, bad}: 3})
	if k, ok := example.Kappa(); !ok || math.Abs(k-(1-0.54/0.78)) > 1e-9 {
		t.Errorf("kappa %v, %v", k, ok)
	}
	for _, one := range []grade.Agreement{{}, of(map[[2]earshot.Grade]int{{good, good}: 9}), of(map[[2]earshot.Grade]int{{none, good}: 9})} {
		if k, ok := one.Kappa(); ok {
			t.Errorf("kappa %v where it means nothing: %v", k, one)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var same, any grade.Agreement
		for g := good; g <= bad; g++ {
			same[g][g] = rapid.IntRange(1, 50).Draw(t, "same")
			for h := good; h <= bad; h++ {
				any[g][h] = rapid.IntRange(0, 50).Draw(t, "any")
			}
		}
		if k, ok := same.Kappa(); !ok || k != 1 {
			t.Fatalf("the same verdicts: kappa %v", k)
		}
		if k, ok := any.Kappa(); ok && (k > 1 || k < -4) {
			t.Fatalf("kappa %v of %v", k, any)
		}
		if any.Same()+any.Harsher()+any.Milder() != any.Compared() || any.Apart() > any.Harsher()+any.Milder() {
			t.Fatalf("the parts do not add up: %v", any)
		}
	})
}
