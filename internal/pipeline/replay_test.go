package pipeline

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/journal"
)

// troubled returns the records of an emulated organisation one of whose data centres is slow.
func troubled(t *testing.T, people int, d time.Duration) []journal.Record {
	t.Helper()
	o := emulator.Options{
		People: people, Seed: 41, From: testStart, Calm: true,
		Troubles: []emulator.Trouble{{Kind: emulator.SlowCentre, Start: 10 * time.Minute, End: d - 10*time.Minute, Strength: 1.5}},
	}
	e, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var out []journal.Record
	for ev := range e.Generate(testStart, testStart.Add(d)) {
		out = append(out, journal.Record{
			Seq: uint64(len(out) + 1), Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(ev.Time), Body: slices.Clone(ev.Body),
		})
	}
	return append(out, quiet(out, 3*time.Hour)...)
}

// TestRegradeExplains: minutes that only another direction makes bad get the causes that they would have had at first, in the
// direction in which they are bad now; the same again whenever it is done.
func TestRegradeExplains(t *testing.T) {
	records := troubled(t, 60, 70*time.Minute)
	mistaken := testRules()
	mistaken.Input = func(earshot.ID) (audio, video earshot.InputMeaning) { return earshot.InputSent, earshot.InputSent }
	from := earshot.InstantOf(testStart)
	synctest.Test(t, func(t *testing.T) {
		right := newWorld(t, records)
		right.run(t, time.Minute)
		want := storedMinutes(t, right)
		var first []earshot.Minute
		for range 2 {
			w := newWorld(t, records)
			o := w.options()
			o.Rules = mistaken
			runWith(t, o, time.Minute, nil)
			runWith(t, w.options(), 2*time.Minute, func(ctx context.Context, p *Pipeline) {
				if _, err := p.Regrade(ctx, accountsOf(want), from, from.Add(5*time.Hour), func(int) {}); err != nil {
					t.Error(err)
				}
			})
			got := storedMinutes(t, w)
			compareCauses(t, got, want)
			if first != nil && !slices.Equal(first, got) {
				t.Error("the same samples were explained in another way")
			}
			first = got
		}
	})
}

// compareCauses requires that minutes are those that are wanted, with verdicts of their direction, mostly the same causes.
func compareCauses(t *testing.T, got, want []earshot.Minute) {
	t.Helper()
	if !slices.Equal(unexplained(got), unexplained(want)) {
		t.Fatal("the minutes are not those of the right direction")
	}
	named, same := 0, 0
	tab := map[string]int{}
	defer func() {
		for k, n := range tab {
			t.Log(k, n)
		}
	}()
	for i := range want {
		if got[i].Grade >= earshot.Poor && !verdictFits(&got[i].Verdict, &got[i]) {
			t.Errorf("minute %v is bad in another direction than its verdict: %+v", got[i].At.Time(), got[i].Verdict)
		}
		if want[i].Verdict.Cause > earshot.CauseUnknown {
			named++
			tab[want[i].Verdict.Cause.String()+" got "+got[i].Verdict.Cause.String()+" cand "+got[i].Verdict.Candidate.String()+" "+want[i].Verdict.Direction.String()]++
			if got[i].Verdict.Cause == want[i].Verdict.Cause {
				same++
			}
		}
	}
	if named < 50 || 10*same < 9*named {
		t.Errorf("%d of %d minutes have the cause that they would have had at first", same, named)
	}
}

// TestKeepVerdicts: which minutes of an hour that is computed again keep what was said of them, and which need another verdict.
func TestKeepVerdicts(t *testing.T) {
	unknown := earshot.Verdict{Cause: earshot.CauseUnknown, Metric: earshot.MetricCount}
	heard := earshot.Verdict{Cause: earshot.CauseWifi, Direction: earshot.DirectionReceive}
	minute := func(g earshot.Grade, slot earshot.StreamSlot, reports uint8, v earshot.Verdict) earshot.Minute {
		m := earshot.Minute{Segment: 1, At: 60_000, Grade: g, Reports: reports, Verdict: v}
		m.Slots[slot] = g
		return m
	}
	good := minute(earshot.Good, earshot.SlotAudioReceive, 1, earshot.Verdict{})
	for _, c := range []struct {
		name        string
		stored, now earshot.Minute
		want        earshot.Verdict
		turned      bool
	}{
		{"bad as before", minute(earshot.Bad, earshot.SlotAudioReceive, 1, heard), minute(earshot.Poor, earshot.SlotAudioReceive, 1, earshot.Verdict{}), heard, false},
		{"worse by a late report", minute(earshot.Poor, earshot.SlotAudioReceive, 1, heard), minute(earshot.Bad, earshot.SlotAudioReceive, 2, earshot.Verdict{}), heard, false},
		{"bad by a late report", good, minute(earshot.Bad, earshot.SlotAudioReceive, 2, earshot.Verdict{}), unknown, false},
		{"bad by another profile", good, minute(earshot.Bad, earshot.SlotAudioReceive, 1, earshot.Verdict{}), unknown, true},
		{"bad in another direction", minute(earshot.Bad, earshot.SlotAudioReceive, 1, heard), minute(earshot.Bad, earshot.SlotAudioSend, 1, earshot.Verdict{}), heard, true},
		{"good by another profile", minute(earshot.Bad, earshot.SlotAudioReceive, 1, heard), good, earshot.Verdict{}, false},
		{"not stored before", earshot.Minute{Segment: 2}, minute(earshot.Bad, earshot.SlotAudioReceive, 1, earshot.Verdict{}), unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			minutes := []earshot.Minute{c.now}
			turned := keepVerdicts(minutes, []earshot.Minute{c.stored})
			if minutes[0].Verdict != c.want || (len(turned) == 1) != c.turned {
				t.Errorf("verdict %+v, turned %v; want %+v, %v", minutes[0].Verdict, turned, c.want, c.turned)
			}
		})
	}
}
