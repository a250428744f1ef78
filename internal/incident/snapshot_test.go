package incident_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

func snapshot(t interface {
	Helper()
	Fatal(...any)
}, e *incident.Engine) []byte {
	t.Helper()
	b, err := e.AppendBinary([]byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	if string(b[:6]) != "before" {
		t.Fatal("AppendBinary does not append")
	}
	return b[6:]
}

// drawPictures makes a day of pictures: faults of a few cells that come and go, with overlapping people, and people with
// trouble of their own. Nothing in it is likely; everything is possible.
func drawPictures(t *rapid.T) []cause.Picture {
	cells := []earshot.Cell{lyon, berlin, subnet, orange, fr, pool, {Scope: earshot.ScopeSubnetWifi, ID: 0x51, Name: "10.20.4.0/24"}}
	type spell struct {
		fault    cause.Fault
		from, to earshot.Instant
	}
	var spells []spell
	for range rapid.IntRange(0, 8).Draw(t, "spells") {
		f := fault(rapid.SampledFrom(cells).Draw(t, "cell"), people(rapid.IntRange(1, 30).Draw(t, "first"), rapid.IntRange(1, 20).Draw(t, "people")))
		f.Confidence = rapid.SampledFrom([]float64{0.4, 0.6, 0.8, 1}).Draw(t, "confidence")
		f.Score = rapid.SampledFrom([]float64{3, 6, 12}).Draw(t, "score")
		f.Rate = rapid.SampledFrom([]float64{0, 0.2, 0.5, 1}).Draw(t, "rate")
		f.Cause = rapid.SampledFrom([]earshot.Cause{f.Cause, f.Cause, earshot.CauseUnknown, earshot.CauseISP}).Draw(t, "cause")
		from := at(rapid.IntRange(0, 60).Draw(t, "from"), 0)
		f.Since = from - earshot.Instant(rapid.IntRange(0, 1_200_000).Draw(t, "since"))
		spells = append(spells, spell{f, from, from + earshot.Instant(rapid.IntRange(1, 1_500_000).Draw(t, "long"))})
	}
	step := earshot.Instant(rapid.SampledFrom([]int{10_000, 20_000, 30_000}).Draw(t, "step"))
	gap := at(rapid.IntRange(0, 200).Draw(t, "gap"), 0)
	var out []cause.Picture
	for now := nine; now < at(90, 0); now += step {
		if now >= gap && now < gap+700_000 {
			continue
		}
		p := cause.Picture{Now: now}
		seen := map[earshot.Cell]bool{}
		for _, s := range spells {
			if now >= s.from && now < s.to && !seen[s.fault.Cell] {
				seen[s.fault.Cell] = true
				p.Faults = append(p.Faults, s.fault)
			}
		}
		for person := 1; person <= 3; person++ {
			if c := rapid.IntRange(0, 60).Draw(t, "clean"); c < 8 {
				x := trouble(person, rapid.SampledFrom([]earshot.Cause{earshot.CauseDevice, earshot.CauseUnknown, earshot.CauseRemote}).Draw(t, "own"), 5, now)
				x.Clean = max(0, c-3)
				p.People = append(p.People, x)
			}
		}
		if rapid.Bool().Draw(t, "senders") {
			p.Senders = sender(0x10001, people(100, rapid.IntRange(1, 9).Draw(t, "listeners")))
		}
		if rapid.Bool().Draw(t, "heard") {
			p.Heard = []cause.Heard{{Cell: lyon, Last: now - 300_000}, {Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 1}, Last: now - 60_000}}
		}
		out = append(out, p)
	}
	return out
}

// An hour and a half of anything keeps every promise, gives the same when it is played again, and goes on after a restart
// as if there had been none; whatever opened ends.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pictures := drawPictures(t)
		cut := rapid.IntRange(0, len(pictures)-1).Draw(t, "cut")
		a, b := newEngine(), newEngine()
		last := map[earshot.ID]earshot.Incident{}
		tick := func(p cause.Picture) {
			got := a.Tick(p)
			if again := b.Tick(p); !reflect.DeepEqual(got, again) { // cmp takes ten times as long
				t.Fatalf("at %s (-first +second):\n%s", clock(p.Now), cmp.Diff(got, again))
			}
			for _, i := range got {
				well(t, i)
				if before, ok := last[i.ID]; ok && (before.State >= earshot.IncidentClosed || before.Opened != i.Opened || i.Affected < before.Affected || i.Severity < before.Severity) {
					t.Fatalf("%s came back: it was %s, opened %s, and is %s, opened %s", i.ID, before.State, clock(before.Opened), i.State, clock(i.Opened))
				}
				if _, ok := last[i.ID]; !ok { // the registry counts on it
					for _, o := range last {
						if o.Cell == i.Cell && (o.End == 0 || o.End > i.Start) {
							t.Fatalf("%s begins while %s is in its cell", brief([]earshot.Incident{i}), brief([]earshot.Incident{o}))
						}
					}
				}
				last[i.ID] = i
			}
			check(t, a.Live())
		}
		for k, p := range pictures {
			if k == cut {
				raw := snapshot(t, b)
				b = newEngine()
				if err := b.Restore(raw); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(raw, snapshot(t, b)) {
					t.Fatal("the snapshot of a restored engine differs from its own")
				}
			}
			tick(p)
		}
		for now := at(90, 0); now < at(150, 0); now += 30_000 {
			tick(cause.Picture{Now: now})
		}
		if open := a.Live(); len(open) > 0 {
			t.Fatalf("an hour later there are still %s", brief(open))
		}
		for _, i := range last {
			if i.State < earshot.IncidentClosed || i.MergedInto != 0 && last[i.MergedInto].ID == 0 {
				t.Fatalf("last seen %s, merged into %s", i.State, i.MergedInto)
			}
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	s := newStory(t)
	s.until(at(5, 0), always(fault(lyon, people(1, 9)), weak(fr, people(50, 4))))
	raw := snapshot(t, s.e)
	other := incident.New(incident.Options{Account: 0xbad, Key: key})
	if err := other.Restore(raw); err == nil {
		t.Error("a snapshot of another account: want an error")
	}
	for k := range raw {
		damaged := append([]byte(nil), raw...)
		damaged[k] ^= 0x10
		e := newEngine()
		if err := e.Restore(damaged); err == nil {
			t.Fatalf("byte %d is damaged: want an error", k)
		}
		if len(e.Live()) != 0 {
			t.Fatalf("byte %d is damaged: the engine has changed", k)
		}
	}
}

func FuzzRestore(f *testing.F) {
	e := newEngine()
	for k := range 40 {
		now := nine + earshot.Instant(k)*10_000
		e.Tick(cause.Picture{Now: now, Faults: []cause.Fault{fault(lyon, people(1, 9)), weak(fr, people(50, 4))}, People: []cause.Trouble{trouble(90, earshot.CauseDevice, 4, now)}})
	}
	raw := snapshot(f, e)
	f.Add(raw)
	f.Add(raw[len("earshot incidents 1\n") : len(raw)-4])
	f.Add(snapshot(f, newEngine()))
	f.Add([]byte("earshot incidents 1\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, raw := range [][]byte{body, incident.Sealed(body)} {
			e := newEngine()
			if err := e.Restore(raw); err != nil {
				if len(e.Live()) != 0 {
					t.Fatal("the engine has changed")
				}
				continue
			}
			e.Live()
			e.Tick(cause.Picture{Now: at(3, 0), Faults: []cause.Fault{fault(lyon, people(1, 9))}})
			snapshot(t, e)
		}
	})
}
