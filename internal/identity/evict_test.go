package identity_test

import (
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

func TestEvict(t *testing.T) {
	ended := lifecycle(zoom.ClassEnded, 700, "")
	call := zoom.Event{Family: zoom.FamilyPhone, Class: zoom.ClassPhoneEnded, TimeMs: int64(at(300)), AccountID: acct}
	call.Call.ID = "2"
	call.Call.Caller.ZoomUserID = "zoom-ann"
	s := played(joined(0, "1", "zoom-ann", "Ann"), qos(60, "1"), left(100, "1"), joined(0, "2", "", "Guest"), qos(600, "3"), call, ended)
	if m, g, c := s.Evict(at(1_000_000), time.Hour); len(m)+len(g)+len(c) != 0 {
		t.Fatalf("forgot %v, %v, %v before anybody was told", m, g, c)
	}
	s.TakeChanges(true)
	ids := func(in ...string) (out []earshot.ID) {
		for _, id := range in {
			out = append(out, keys.Segment(uuid, id))
		}
		slices.Sort(out)
		return out
	}
	hour := 3600
	for _, step := range []struct {
		now             int
		meetings, calls int
		segments        []earshot.ID
	}{
		{hour + 100, 0, 0, nil},
		{hour + 101, 0, 0, ids("1")}, // left
		{hour + 300, 0, 0, nil},
		{hour + 301, 0, 1, nil},
		{hour + 601, 0, 0, ids("3")}, // fell silent
		{hour + 700, 0, 0, nil},      // the guest, of whom nothing was reported, may still have been there
		{hour + 701, 1, 0, ids("2")},
	} {
		m, g, c := s.Evict(at(step.now), time.Hour)
		if len(m) != step.meetings || len(c) != step.calls || !slices.Equal(g, step.segments) {
			t.Fatalf("at +%ds forgot meetings %v, segments %v, calls %v", step.now, m, g, c)
		}
	}
	if n := s.Stats(); n != (identity.Stats{Accounts: 1}) {
		t.Fatalf("in memory: %+v", n)
	}
	if c := s.TakeChanges(true); !c.Empty() {
		t.Fatalf("forgetting is told of: %+v", c)
	}
	late := qos(90, "1")
	r := s.Apply(&late, at(9000))
	if r.Segment != keys.Segment(uuid, "1") || s.Segment(r.Segment).FirstReport != at(90) {
		t.Fatalf("what was forgotten is not made anew: %+v", r)
	}
}

// TestEvictKeepsWhoPersonsAre: what a forgotten segment said of a person who is still here stays said.
func TestEvictKeepsWhoPersonsAre(t *testing.T) {
	mail := lifecycle(zoom.ClassJoined, 0, "1")
	mail.Participant.ZoomUserID, mail.Participant.Email, mail.Participant.Name = "zoom-ann", "ann@example.com", "Ann"
	s := played(mail, left(10, "1"), joined(5000, "2", "zoom-ann", ""))
	s.TakeChanges(true)
	if _, g, _ := s.Evict(at(5000), time.Hour); len(g) != 1 {
		t.Fatalf("forgot %v", g)
	}
	p := s.Person(s.Segment(keys.Segment(uuid, "2")).Person)
	if p.Email != "ann@example.com" || p.Name != "Ann" {
		t.Fatalf("the person is %+v", p)
	}
	if c := s.TakeChanges(true); !c.Empty() {
		t.Fatalf("told of %+v", c)
	}
	back := identity.NewState(keys)
	if err := back.Load(save(t, s)); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(*p, *back.Person(p.ID)); diff != "" {
		t.Fatalf("after a snapshot (-before +after):\n%s", diff)
	}
}

// TestEvictIsDeterministic: the same records and watermarks forget the same, also across a snapshot, and never lose a change.
func TestEvictIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := sorted(rapid.SliceOfN(rapid.Custom(someEvent), 1, 40).Draw(t, "events"))
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		a, b := identity.NewState(keys), identity.NewState(keys)
		for i := range events {
			if i == cut {
				again := identity.NewState(keys)
				if err := again.Load(save(t, b)); err != nil {
					t.Fatal(err)
				}
				b = again
			}
			ra, rb := a.Apply(&events[i].ev, events[i].at), b.Apply(&events[i].ev, events[i].at)
			if diff := gocmp.Diff(ra, rb); diff != "" {
				t.Fatalf("results differ (-a +b):\n%s", diff)
			}
			if i%3 == 0 {
				if diff := gocmp.Diff(a.TakeChanges(true), b.TakeChanges(true)); diff != "" {
					t.Fatalf("changes differ (-a +b):\n%s", diff)
				}
			}
			now := earshot.Instant(events[i].ev.TimeMs)
			am, ag, ac := a.Evict(now, 20*time.Second)
			bm, bg, bc := b.Evict(now, 20*time.Second)
			if !slices.Equal(am, bm) || !slices.Equal(ag, bg) || !slices.Equal(ac, bc) {
				t.Fatalf("forgot %v %v %v and %v %v %v", am, ag, ac, bm, bg, bc)
			}
			for _, id := range ag {
				if a.Segment(id) != nil {
					t.Fatalf("segment %v was forgotten and is there", id)
				}
			}
		}
		a.TakeChanges(true)
		a.Evict(at(100_000), 0)
		if n := a.Stats(); n.Meetings+n.Segments+n.Persons+n.Series+n.Calls != 0 {
			t.Fatalf("left in memory: %+v", n)
		}
	})
}
