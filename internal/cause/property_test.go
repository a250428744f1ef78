package cause

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/snapcode"
)

// sights is a random hour of a small company: what is put before each evaluation.
type sights struct {
	ticks []earshot.Instant
	puts  [][]Observation
}

// drawSights draws minutes with shared and private trouble, gaps, moves, late reports and repeated ones.
func drawSights(t *rapid.T) sights {
	start := earshot.InstantOf(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC))
	people, minutes := rapid.IntRange(4, 14).Draw(t, "people"), rapid.IntRange(3, 8).Draw(t, "minutes")
	seed := rapid.Uint64().Draw(t, "seed")
	sick := rapid.IntRange(0, 3).Draw(t, "sick")
	r := func(n, k, m int) uint64 { // a cheap hash: the draws of rapid are for what it can shrink
		x := seed ^ uint64(n)*0x9e3779b97f4a7c15 ^ uint64(k)*0xc2b2ae3d27d4eb4f ^ uint64(m)*0x165667b19e3779f9
		x ^= x >> 31
		x *= 0xbf58476d1ce4e5b9
		return x ^ x>>29
	}
	var s sights
	for m := range minutes {
		var due []Observation
		for p := range people {
			if r(p, m, 1)%12 == 0 {
				continue
			}
			at := start + earshot.Instant(m)*minuteMs
			o := Observation{
				Segment: mix(1, p), Person: mix(2, p/2*2+int(r(p, 0, 9)%2)), Meeting: mix(3, p%5), Guest: p%7 == 0, At: at,
				Send: earshot.Good, Receive: earshot.Good, Device: earshot.Good,
				Cells: Cells{
					Site: siteID(p % 4), Subnet: []string{"10.0.0.0/24", "10.0.1.0/24", ""}[p%3], NetworkType: []string{"Wifi", "Wired"}[p%2],
					ISP: []string{"Orange", "", "Telia"}[p%3], DataCenter: []string{"FR", "DE"}[p%2], ClientVersion: []string{"1.0.0", "2.0.0", ""}[p/2%3],
				},
			}
			if r(p, m, 2)%20 == 0 {
				o.Cells.VPN = "pool"
			}
			o.First = at + earshot.Instant(r(p, 0, 3)%40)*1000
			o.Last = o.First + earshot.Instant(r(p, m, 4)%20)*1000
			if p%4 == sick && m > minutes/3 || r(p, m, 5)%9 == 0 {
				o.Receive, o.Send = earshot.Grade(2+r(p, m, 6)%3), earshot.Grade(r(p, m, 7)%5)
			}
			o.Direct = Direct{
				CPUSystemMaxPct: float64(r(p, m, 8) % 110), Pressure: math.NaN(), RSSIAvgDBm: -50 - float64(r(p, m, 10)%40),
				Talking: r(p, m, 11)%3 == 0, TalkKnown: true, LatencyMs: 60, SendLossPct: 3, AudioSendLossPct: 3, VideoSendKbps: 100,
			}
			if r(p, m, 12)%4 == 0 {
				o.Direct.RSSIAvgDBm = math.NaN()
			}
			o.Grade = earshot.Worse(o.Send, o.Receive)
			due = append(due, o)
		}
		for k := range 6 {
			now := start + earshot.Instant(m)*minuteMs + earshot.Instant(k+1)*10_000
			var put []Observation
			for _, o := range due {
				late := earshot.Instant(r(int(o.Segment%1000), m, 13)%3) * 25_000
				if d := o.Last + late; d <= now && d > now-10_000 || k == 5 && d > now {
					put = append(put, o)
				}
			}
			s.ticks, s.puts = append(s.ticks, now), append(s.puts, put)
		}
	}
	return s
}

// answers is everything that an engine says.
type answers struct {
	Picture  Picture
	Bad      []earshot.MinuteKey
	Verdicts []earshot.Verdict
}

func ask(e *Engine) answers {
	a := answers{Picture: e.Picture(), Bad: e.Bad()}
	for _, k := range a.Bad {
		a.Verdicts = append(a.Verdicts, e.Explain(k))
	}
	return a
}

// The order of puts between two evaluations makes no difference, nor do puts that say the same again.
func TestOrderAndRepetitionOfPuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSights(t)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		a, b := New(DefaultParams()), New(DefaultParams())
		for i, now := range s.ticks {
			for j := range s.puts[i] {
				a.Put(&s.puts[i][j])
			}
			for _, j := range r.Perm(len(s.puts[i])) {
				b.Put(&s.puts[i][j])
				if r.IntN(2) == 0 {
					b.Put(&s.puts[i][j])
				}
			}
			a.Evaluate(now)
			b.Evaluate(now)
			if i%7 != 6 {
				continue
			}
			if diff := cmp.Diff(ask(a), ask(b)); diff != "" {
				t.Fatalf("after evaluation %d:\n%s", i, diff)
			}
		}
		x, _ := a.AppendBinary(nil)
		y, _ := b.AppendBinary(nil)
		if !bytes.Equal(x, y) {
			t.Fatal("the same puts in another order give another snapshot")
		}
	})
}

// An engine that is restored after any evaluation says what the original says, then and ever after.
func TestRestoredEngineGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSights(t)
		cut := rapid.IntRange(0, len(s.ticks)-1).Draw(t, "cut")
		a := New(DefaultParams())
		var b *Engine
		for i, now := range s.ticks {
			for j := range s.puts[i] {
				a.Put(&s.puts[i][j])
				if b != nil {
					b.Put(&s.puts[i][j])
				}
			}
			a.Evaluate(now)
			if b != nil {
				b.Evaluate(now)
				if (i-cut)%6 != 1 {
					continue
				}
				if diff := cmp.Diff(ask(a), ask(b)); diff != "" {
					t.Fatalf("restored after %d, at %d:\n%s", cut, i, diff)
				}
			}
			if i == cut {
				b = restored(t, a)
				if diff := cmp.Diff(ask(a), ask(b)); diff != "" {
					t.Fatalf("just restored after %d:\n%s", cut, diff)
				}
			}
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func restored(t fataler, e *Engine) *Engine {
	t.Helper()
	x, err := e.AppendBinary([]byte("before"))
	if err != nil {
		t.Fatalf("snapshot: %v", err)
	}
	x = x[len("before"):]
	b := New(DefaultParams())
	if err := b.Restore(x); err != nil {
		t.Fatalf("restore: %v", err)
	}
	y, _ := b.AppendBinary(nil)
	if !bytes.Equal(x, y) {
		t.Fatalf("the snapshot of a restored engine differs from the one that it was restored from")
	}
	return b
}

// Shares, counts and confidences are what they claim to be, whatever is put.
func TestVerdictsAreSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSights(t)
		e := New(DefaultParams())
		for i, now := range s.ticks {
			for j := range s.puts[i] {
				e.Put(&s.puts[i][j])
			}
			e.Evaluate(now)
		}
		for _, k := range e.Bad() {
			v := e.Explain(k)
			sane := v.Cause > earshot.CauseNone && v.Cause < earshot.CauseCount && v.Confidence <= 100 && v.Cell.Scope != earshot.ScopeNone
			for _, c := range []earshot.Count{v.Inside, v.Elsewhere} {
				sane = sane && 0 <= c.Bad && c.Bad <= c.Of
			}
			if v.Cause != earshot.CauseUnknown {
				sane = sane && v.Candidate == earshot.CauseNone && float64(v.Confidence) >= 100*e.p.Say-1
			}
			if !sane || v.Since > k.At {
				t.Fatalf("%v: %+v", k, v)
			}
		}
		for _, f := range e.Picture().Faults {
			if f.Confidence < 0 || f.Confidence > 1 || f.Rate < 0 || f.Rate > 1 || f.Since > e.now || f.Inside.Bad > f.Inside.Of || f.Elsewhere.Bad > f.Elsewhere.Of {
				t.Fatalf("%+v", f)
			}
		}
	})
}

// Memory is bounded: what is old is forgotten, and people when they are told to be.
func TestForgetting(t *testing.T) {
	w := usual(t)
	w.run(12, func(m int, p *citizen) state {
		if during(m, 4, 9) && in(p, "lyon") {
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	later := w.e.now + 2*keepMs
	w.e.Evaluate(later)
	if n := len(w.e.tracks) + len(w.e.meetings) + len(w.e.Bad()); n != 0 {
		t.Errorf("%d segments, meetings and bad minutes are remembered half an hour after the last report", n)
	}
	if n := len(w.e.persons); n != len(w.people) {
		t.Errorf("%d persons are remembered, want all %d", n, len(w.people))
	}
	w.e.Evaluate(later + heardMs)
	w.e.Forget(later)
	if n := len(w.e.persons); n != 0 {
		t.Errorf("%d persons are remembered after they were to be forgotten", n)
	}
}

func TestDamagedSnapshots(t *testing.T) {
	w := usual(t)
	w.run(8, func(m int, p *citizen) state {
		if in(p, "lyon") && m > 3 {
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	good, _ := w.e.AppendBinary(nil)
	before := ask(w.e)
	for name, data := range map[string][]byte{
		"empty": nil, "short": good[:10], "cut": good[:len(good)-9], "other version": append([]byte("earshot cause 9\n"), good[len(magic):]...),
		"flipped": flipped(good, len(good)/2), "longer": append(bytes.Clone(good), 0),
		"longer, with a right sum": sealed(append(bytes.Clone(good[len(magic):len(good)-4]), 0)),
		"cut, with a right sum":    sealed(good[len(magic) : len(good)-20]),
	} {
		if err := w.e.Restore(data); err == nil {
			t.Errorf("%s: restored without an error", name)
		}
	}
	if diff := cmp.Diff(before, ask(w.e)); diff != "" {
		t.Errorf("a damaged snapshot changed the engine:\n%s", diff)
	}
}

func flipped(x []byte, i int) []byte {
	x = bytes.Clone(x)
	x[i] ^= 0x40
	return x
}

// sealed puts a right magic and checksum around a body.
func sealed(body []byte) []byte {
	return snapcode.Seal(append([]byte(magic), body...), 0)
}

func FuzzRestore(f *testing.F) {
	e := New(DefaultParams())
	at := earshot.InstantOf(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC))
	for p := range 9 {
		for m := range 4 {
			o := Observation{
				Segment: mix(1, p), Person: mix(2, p), Meeting: mix(3, p%2), At: at + earshot.Instant(m)*minuteMs, Receive: earshot.Bad, Send: earshot.Bad,
				Cells: Cells{Site: siteID(p % 2), ISP: "Orange", DataCenter: "FR", ClientVersion: "6.6.1"},
			}
			e.Put(&o)
		}
	}
	e.Evaluate(at + 4*minuteMs)
	good, _ := e.AppendBinary(nil)
	f.Add(good[len(magic) : len(good)-4])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		b := New(DefaultParams())
		if err := b.Restore(sealed(body)); err != nil {
			return
		}
		o := Observation{Segment: mix(1, 1), Person: mix(2, 1), Meeting: mix(3, 1), At: b.now.Minute(), Receive: earshot.Bad}
		b.Put(&o)
		b.Evaluate(b.now)
		ask(b)
		if _, err := b.AppendBinary(nil); err != nil {
			t.Fatal(err)
		}
	})
}
