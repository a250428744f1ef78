package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/journal"
)

// finding are the rules of a test that finds directions out.
func finding() Rules {
	r := testRules()
	r.Auto = func(earshot.ID) (audio, video bool) { return true, true }
	return r
}

// fixed are the rules of a test in which they are set.
func fixed(meaning earshot.InputMeaning) Rules {
	r := testRules()
	r.Input = func(earshot.ID) (audio, video earshot.InputMeaning) { return meaning, meaning }
	return r
}

// dialectTraffic is traffic in which *_input has a certain meaning.
func dialectTraffic(t testing.TB, o emulator.Options, d time.Duration) []journal.Record {
	t.Helper()
	o.From = testStart
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
	return out
}

// TestDirectionsAreFound: in either dialect, in companies of several sizes and with reports each minute or each 15 s, the
// meaning of both media is found within 35 minutes of the first event; the hours before are marked where it was another
// than the assumed one.
func TestDirectionsAreFound(t *testing.T) {
	for _, tt := range []struct {
		people  int
		cadence time.Duration
		dialect emulator.Dialect
		seed    uint64
	}{
		{40, time.Minute, emulator.InputReceived, 1}, {80, time.Minute, emulator.InputSent, 2}, {60, 15 * time.Second, emulator.InputSent, 3},
	} {
		t.Run(fmt.Sprint(tt.people, tt.cadence, tt.dialect), func(t *testing.T) {
			want := earshot.InputReceived
			if tt.dialect == emulator.InputSent {
				want = earshot.InputSent
			}
			records := dialectTraffic(t, emulator.Options{People: tt.people, Seed: tt.seed, Cadence: tt.cadence, Dialect: tt.dialect}, 40*time.Minute)
			f := NewFold(finding())
			out := foldAll(f, append(records, quiet(records, 10*time.Minute)...))
			readings := f.readings()
			main := busiest(out.Minutes)
			readings = slices.DeleteFunc(readings, func(r Reading) bool { return r.Account != main })
			if len(readings) != 2 {
				t.Fatalf("readings %+v, want audio and video", readings)
			}
			for _, r := range readings {
				t.Logf("%v: %v %v since %v, sure %.3f: %s", r.Media, r.How, r.Meaning, r.Since.Sub(earshot.InstantOf(testStart)), r.Sure, r.Text)
				if r.How != ReadingFound || r.Meaning != want || r.Sure < 0.98 {
					t.Errorf("%v is %v, %v, sure %.3f; want %v, found", r.Media, r.How, r.Meaning, r.Sure, want)
				}
				if after := r.Since.Sub(earshot.InstantOf(testStart)); after > 35*time.Minute {
					t.Errorf("%v was found after %v", r.Media, after)
				}
			}
			hour := earshot.DirtyHour{Account: readings[0].Account, Hour: earshot.InstantOf(testStart).Hour()}
			if marked := slices.Contains(out.Dirty, hour); want == earshot.InputSent && !marked {
				t.Errorf("hours marked: %v, want that of the minutes graded before", out.Dirty)
			}
		})
	}
}

// TestWhatIsNotToldIsAssumedFromWhatIs: a medium is read as the other of its account, an account as most others, until it
// tells for itself; whoever is read otherwise then is graded again.
func TestWhatIsNotToldIsAssumedFromWhatIs(t *testing.T) {
	auto := func(account earshot.ID) (audio, video bool) { return account != 9, true }
	d := newDirections()
	d.account(1)
	d.account(2)
	d.account(9) // its audio is set
	settle := func(change func()) []earshot.ID {
		change()
		return d.spread(auto)
	}
	meanings := func(id earshot.ID) [2]earshot.InputMeaning {
		return [2]earshot.InputMeaning{d.account(id).Media[0].Meaning, d.account(id).Media[1].Meaning}
	}
	sent, received := earshot.InputSent, earshot.InputReceived
	turned := settle(func() { m := &d.account(1).Media[1]; m.Found, m.Meaning = true, sent })
	slices.Sort(turned)
	if want := []earshot.ID{1, 2, 2, 9}; !slices.Equal(turned, want) || meanings(2) != [2]earshot.InputMeaning{sent, sent} || d.Common != sent {
		t.Errorf("turned %v, want %v; the second account %v", turned, want, meanings(2))
	}
	if again := d.spread(auto); len(again) != 0 {
		t.Errorf("turned again: %v", again)
	}
	if meanings(77) != [2]earshot.InputMeaning{sent, sent} {
		t.Errorf("a new account is %v, want as the others", meanings(77))
	}
	turned = settle(func() { m := &d.account(2).Media[0]; m.Found, m.Meaning = true, received })
	if meanings(2) != [2]earshot.InputMeaning{received, received} || meanings(1) != [2]earshot.InputMeaning{sent, sent} || d.Common != received {
		t.Errorf("turned %v; the first account %v, the second %v", turned, meanings(1), meanings(2))
	}
	for _, tt := range []struct {
		a       accountDirections
		meaning earshot.InputMeaning
		want    string
	}{
		{accountDirections{}, received, "in which some only receive."}, {accountDirections{}, sent, "as in most other accounts."},
		{accountDirections{Media: [2]mediumDirection{1: {Found: true}}}, sent, "as video of the same account, which has told."},
	} {
		if r := tt.a.reading(1, earshot.MediaAudio, tt.meaning, true); r.How != ReadingAssumed || !strings.HasSuffix(r.Text, tt.want) {
			t.Errorf("%v: %q", r.How, r.Text)
		}
	}
}

// busiest returns the account with the most minutes: the emulator's companies have small daughters, whose few meetings may not
// tell anything in so short a time.
func busiest(minutes []earshot.Minute) (account earshot.ID) {
	n := map[earshot.ID]int{}
	for i := range minutes {
		n[minutes[i].Account]++
	}
	for id := range n {
		if n[id] > n[account] || n[id] == n[account] && id < account {
			account = id
		}
	}
	return account
}

// TestFoundMinutesAreThoseOfTheRightSetting: what is sealed after the meaning was found, and what the marked hours are computed
// to, is the same as if it had been set from the beginning.
func TestFoundMinutesAreThoseOfTheRightSetting(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 60, Seed: 5, Dialect: emulator.InputSent}, 40*time.Minute)
	records = append(records, quiet(records, 10*time.Minute)...)
	f := NewFold(finding())
	found, right := foldAll(f, records), foldAll(NewFold(fixed(earshot.InputSent)), records)
	since := earshot.Instant(0)
	main := busiest(right.Minutes)
	for _, r := range f.readings() {
		if r.Account == main {
			since = max(since, r.Since)
		}
	}
	differ := 0
	for i := range right.Minutes {
		a, b := found.Minutes[i], right.Minutes[i]
		a.Verdict, b.Verdict = earshot.Verdict{}, earshot.Verdict{} // of what was held before, too
		if a.Account != main {
			continue
		}
		if a.At > since {
			if a != b {
				t.Fatalf("a minute sealed after: %s", gocmp.Diff(b, a))
			}
		} else if a != b {
			differ++
		}
	}
	if differ == 0 {
		t.Error("no minute differs before: this test shows nothing")
	}
}

func TestFoundDirectionsSurviveASnapshot(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 60, Seed: 5, Dialect: emulator.InputSent}, 25*time.Minute)
	records = append(records, quiet(records, 8*time.Minute)...)
	half := len(records) / 2
	whole := NewFold(finding())
	foldAll(whole, records[:half])
	again := restored(t, whole, finding())
	want, got := foldAll(whole, records[half:]), foldAll(again, records[half:])
	if !slices.Equal(want.Minutes, got.Minutes) || !slices.Equal(want.Dirty, got.Dirty) || len(want.Dirty) == 0 {
		t.Fatalf("after a snapshot: %d and %d minutes, hours %v and %v", len(want.Minutes), len(got.Minutes), want.Dirty, got.Dirty)
	}
	if diff := gocmp.Diff(whole.readings(), again.readings()); diff != "" {
		t.Fatalf("readings after a snapshot: %s", diff)
	}
}

// TestASettingIsNotOverruled: what is set stays; traffic that says otherwise is told.
func TestASettingIsNotOverruled(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 60, Seed: 5, Dialect: emulator.InputSent}, 40*time.Minute)
	f := NewFold(fixed(earshot.InputReceived))
	out := foldAll(f, append(records, quiet(records, 10*time.Minute)...))
	main := busiest(out.Minutes)
	for _, r := range f.readings() {
		if r.How != ReadingSet || r.Meaning != earshot.InputReceived || r.Account == main && !r.Contradicted() {
			t.Errorf("%+v, want what was set, contradicted", r)
		}
	}
}

// people describes a meeting's minute for the tests below: how many have input, output, both.
type people struct{ in, out, both int }

func (p people) turnout() mediumTurnout {
	return mediumTurnout{people: p.in + p.out + p.both, in: p.in + p.both, out: p.out + p.both, onlyIn: p.in, onlyOut: p.out}
}

func TestEvidence(t *testing.T) {
	for _, tt := range []struct {
		name     string
		p        people
		known    bool
		kind     earshot.Kind
		lo, hi   int64 // of the weight
		mostThen int64
	}{
		{"a lecture", people{in: 29, both: 1}, false, earshot.KindMeeting, crowdMinute, crowdMinute, crowdMost},
		{"a lecture in the other dialect", people{out: 29, both: 1}, false, earshot.KindMeeting, -crowdMinute, -crowdMinute, crowdMost},
		{"five, two of them silent", people{in: 2, both: 3}, false, earshot.KindMeeting, 1000, 1000, crowdMost},
		{"all cameras on", people{both: 12}, false, earshot.KindMeeting, 0, 0, 0},
		{"nearly all cameras on", people{in: 2, both: 9}, false, earshot.KindMeeting, 0, 0, 0},
		{"as many one way as the other", people{in: 5, out: 4, both: 3}, false, earshot.KindMeeting, 0, 0, 0},
		{"a small webinar", people{in: 3, both: 1}, false, earshot.KindWebinar, crowdMinute, crowdMinute, crowdMost},
		{"three, one speaks", people{in: 2, both: 1}, false, earshot.KindMeeting, 500, 500, smallMost},
		{"two, one speaks", people{in: 1, both: 1}, false, earshot.KindMeeting, 250, 250, smallMost},
		{"alone", people{in: 1}, false, earshot.KindMeeting, 0, 0, 0},
		{"alone with a room that sends", people{in: 1}, true, earshot.KindMeeting, 250, 250, smallMost},
		{"alone with a room that sends, the other dialect", people{out: 1}, true, earshot.KindMeeting, -250, -250, smallMost},
		{"with a room, both ways", people{both: 1}, true, earshot.KindMeeting, 0, 0, 0},
		{"nobody", people{}, true, earshot.KindMeeting, 0, 0, 0},
	} {
		m := tt.p.turnout()
		m.knownSend = tt.known
		if w, most := m.evidence(tt.kind); w < tt.lo || w > tt.hi || most != tt.mostThen {
			t.Errorf("%s: %d of at most %d, want %d to %d of at most %d", tt.name, w, most, tt.lo, tt.hi, tt.mostThen)
		}
	}
}

// TestOneMeetingTurnsNoSureMeaning: however long it lasts and whatever it says.
func TestOneMeetingTurnsNoSureMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m mediumDirection
		sure := func() {
			for range 3 {
				var sum int32
				for range 30 {
					lecture := people{in: 20, both: 1}.turnout()
					m.weigh(&lecture, earshot.KindMeeting, &sum, 60_000, true)
				}
			}
		}
		sure()
		if !m.Found || m.Meaning != earshot.InputReceived || m.Log != mostLog {
			t.Fatalf("after three lectures: %+v", m)
		}
		var sum int32
		for range rapid.IntRange(1, 300).Draw(t, "minutes") {
			odd := people{out: rapid.IntRange(0, 30).Draw(t, "out"), in: rapid.IntRange(0, 3).Draw(t, "in"), both: rapid.IntRange(0, 3).Draw(t, "both")}.turnout()
			if m.weigh(&odd, earshot.KindMeeting, &sum, 120_000, true) {
				t.Fatal("one meeting turned it")
			}
			if sum < -crowdMost || sum > crowdMost {
				t.Fatalf("one meeting said %d", sum)
			}
		}
		turned := 0
		for range 4 {
			sum = 0
			for range 30 {
				opposite := people{out: 20, both: 1}.turnout()
				if m.weigh(&opposite, earshot.KindMeeting, &sum, 180_000, true) {
					turned++
				}
			}
		}
		if turned != 1 || m.Meaning != earshot.InputSent {
			t.Fatalf("after four opposite lectures it turned %d times: %+v", turned, m)
		}
	})
}

// TestMixedEvidenceDoesNotFlap: meetings that disagree at random change a mind seldom.
func TestMixedEvidenceDoesNotFlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m mediumDirection
		turns := 0
		for range 200 {
			var sum int32
			p := people{in: 20, both: 1}
			if rapid.Bool().Draw(t, "opposite") {
				p = people{out: 20, both: 1}
			}
			minute := p.turnout()
			for range rapid.IntRange(1, 3).Draw(t, "minutes") {
				if m.weigh(&minute, earshot.KindMeeting, &sum, 60_000, true) {
					turns++
				}
			}
		}
		if turns > 30 {
			t.Fatalf("turned %d times in 200 meetings", turns)
		}
	})
}

func TestEvidenceFades(t *testing.T) {
	d := newDirections()
	m := &d.account(7).Media[0]
	m.Log, m.Found, m.Meaning, m.People, m.In, m.Minutes = mostLog, true, earshot.InputReceived, 1000, 900, 50
	const day = earshot.Instant(86_400_000)
	d.fade(20_000 * day)
	if m.Log != mostLog {
		t.Errorf("%d on the first day", m.Log)
	}
	d.fade(20_007 * day)
	if m.Log < mostLog*45/100 || m.Log > mostLog*50/100 {
		t.Errorf("%d of %d after a week, want a little under half", m.Log, mostLog)
	}
	d.fade(30_000 * day)
	if m.Log > 100 || !m.Found || m.Meaning != earshot.InputReceived {
		t.Errorf("after years: %+v; the meaning stays, the evidence does not", m)
	}
	if text := (&mediumDirection{}).text(); !strings.HasPrefix(text, "No meeting has told yet") {
		t.Errorf("without evidence: %q", text)
	}
}

// TestTheStoreEndsWithTheRightDirections: from the first record to the stored minutes. Those graded before the meaning was
// found are graded again, so that in the end the store holds what it would hold if the meaning had been set from the
// beginning, restarts in between or not.
func TestTheStoreEndsWithTheRightDirections(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 60, Seed: 5, Dialect: emulator.InputSent}, 40*time.Minute)
	records = append(records, quiet(records, 3*time.Hour)...)
	stored := func(rules Rules, restarts int) map[earshot.ID][]earshot.Minute {
		out := map[earshot.ID][]earshot.Minute{}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, nil)
			for i := range restarts + 1 {
				w.journal.add(records[i*len(records)/(restarts+1) : (i+1)*len(records)/(restarts+1)]...)
				o := w.options()
				o.Rules = rules
				p, err := New(o)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				if err := p.Run(ctx); err != nil {
					t.Fatal(err)
				}
				cancel()
			}
			minutes, err := w.facts.Minutes(context.Background(), facts.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			sortMinutes(minutes)
			for _, m := range minutes {
				out[m.Account] = append(out[m.Account], m)
			}
		})
		return out
	}
	want := stored(fixed(earshot.InputSent), 0)
	for _, restarts := range []int{3} {
		got := stored(finding(), restarts)
		for account, minutes := range want {
			if !slices.Equal(unexplained(minutes), unexplained(got[account])) {
				t.Errorf("%d restarts: the minutes are not those of the right setting: %s", restarts, gocmp.Diff(minutes, got[account]))
			}
		}
	}
}
