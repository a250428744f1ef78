package incident_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// A cell with 60 % of its troubled people in an incident joins it.
func TestJoin(t *testing.T) {
	for name, tt := range map[string]struct {
		first, second int // of ten people of the second cell, that many are those of the first
		incidents     int
	}{
		"all of them": {0, 10, 1}, "six of ten": {4, 6, 1}, "five of ten": {5, 5, 2}, "none": {10, 0, 2},
	} {
		s := newStory(t)
		s.until(at(4, 0), always(fault(lyon, people(1, 10))))
		who := append(people(1, tt.second), people(100, tt.first)...)
		s.until(at(8, 0), always(fault(lyon, people(1, 10)), weak(pool, who)))
		if all := s.all(); len(all) != tt.incidents {
			t.Errorf("%s: %s", name, brief(all))
		}
	}
	// Also while it is quiet, and no longer.
	s := newStory(t)
	s.until(at(20, 0), always(fault(lyon, people(1, 10))))
	s.until(at(24, 0), quietly)
	s.until(at(32, 0), always(weak(pool, people(1, 10))))
	if i := s.only(); i.State != earshot.IncidentQuiet || i.Cell != lyon {
		t.Errorf("a cell of a quiet incident's people: %s", brief(s.all()))
	}
	s.until(at(34, 0), always(weak(pool, people(1, 10))))
	if all := s.all(); len(all) != 2 || all[0].State != earshot.IncidentClosed || all[1].Cell != pool {
		t.Errorf("and when that is closed: %s", brief(all))
	}
	// What is strong, wide and lasts when the incident's own fault is over is the next fault, not what is left of the last.
	s = newStory(t)
	s.until(at(20, 0), always(fault(lyon, people(1, 10))))
	s.until(at(23, 0), quietly)
	s.until(at(24, 0), always(fault(pool, people(1, 10))))
	s.only()
	s.until(at(27, 0), always(fault(pool, people(1, 10))))
	if all := s.all(); len(all) != 2 || all[0].Cell != lyon || all[1].Cell != pool {
		t.Errorf("the next fault of the same people: %s", brief(all))
	}
}

// Two cells that are strong side by side, with different causes, are two faults even among the same people.
func TestApart(t *testing.T) {
	s := newStory(t)
	both := always(fault(fr, people(1, 40)), fault(lyon, people(1, 10)))
	s.until(at(1, 0), always(fault(fr, people(1, 40))))
	s.until(at(4, 10), both)
	s.only()
	s.until(at(4, 30), both)
	all := s.all()
	if len(all) != 2 || all[1].Cell != lyon || all[1].Cause != earshot.CauseLocalNetwork {
		t.Errorf("%s", brief(all))
	}
	// The same cause is the same fault, seen narrower.
	s = newStory(t)
	s.until(at(1, 0), always(fault(lyon, people(1, 40))))
	s.until(at(20, 0), always(fault(lyon, people(1, 40)), fault(subnet, people(1, 10))))
	s.only()
}

// Sites that turn out to be victims of their carrier become one incident with the oldest one's id.
func TestMergeIntoParent(t *testing.T) {
	s := newStory(t)
	a, b := people(1, 10), people(101, 10)
	s.until(at(1, 0), always(fault(berlin, b)))
	s.until(at(3, 0), always(fault(berlin, b), fault(lyon, a)))
	// Each site holds less than 60 % of the carrier's people, so the carrier opens an incident of its own.
	all := append(append(people(1, 10), people(101, 10)...), people(201, 10)...)
	s.until(at(4, 50), always(fault(orange, all)))
	if got := s.all(); len(got) != 3 || got[2].State != earshot.IncidentOpen {
		t.Fatalf("before two minutes of innocence: %s", brief(got))
	}
	s.until(at(5, 0), always(fault(orange, all)))
	got := s.all()
	oldest, second, carrier := got[0], got[1], got[2]
	if oldest.State != earshot.IncidentOpen || oldest.Cell != orange || oldest.Cause != earshot.CauseISP || oldest.Affected != 30 {
		t.Errorf("the oldest goes on as the carrier's: %s", brief(got))
	}
	for _, i := range []earshot.Incident{second, carrier} {
		if i.State != earshot.IncidentMerged || i.MergedInto != oldest.ID || i.End != at(5, 0) {
			t.Errorf("%s, merged into %s, want %s: %s", i.State, i.MergedInto, oldest.ID, brief(got))
		}
	}
	joined := 0
	for _, ev := range oldest.Timeline {
		if ev.What == earshot.IncidentJoined {
			joined++
			if ev.Other != second.ID && ev.Other != carrier.ID {
				t.Errorf("joined %s", ev.Other)
			}
		}
	}
	if joined != 2 {
		t.Errorf("the timeline tells of %d that joined, want two", joined)
	}
	s.until(at(30, 0), quietly)
	if i := s.all()[0]; i.State != earshot.IncidentClosed || i.End != at(5, 0) {
		t.Errorf("at last: %s", brief(s.all()))
	}
}

// A parent that opens when its child is innocent already is never told of: the child goes on as the parent.
func TestMergeAtOpening(t *testing.T) {
	s := newStory(t)
	s.until(at(3, 0), always(fault(lyon, people(1, 10))))
	s.until(at(6, 0), always(weak(orange, append(people(1, 10), people(201, 20)...))))
	i := s.only()
	if i.Cell != orange || i.Cause != earshot.CauseISP || i.State != earshot.IncidentOpen || i.Affected != 30 {
		t.Errorf("%s", brief(s.all()))
	}
	for _, ev := range i.Timeline {
		if ev.What == earshot.IncidentJoined {
			t.Errorf("its timeline tells of an incident that nobody saw: %v", ev)
		}
	}
}

// A parent that was there before its child absorbs it.
func TestMergeYounger(t *testing.T) {
	s := newStory(t)
	rest := people(1000, 30)
	s.until(at(1, 0), always(fault(orange, rest)))
	s.until(at(3, 0), always(fault(orange, rest), fault(lyon, people(1, 10))))
	s.until(at(5, 10), always(fault(orange, append(people(1, 10), rest...))))
	all := s.all()
	if len(all) != 2 || all[0].State != earshot.IncidentOpen || all[0].Cell != orange || all[1].MergedInto != all[0].ID || all[0].Affected != 40 {
		t.Errorf("%s", brief(all))
	}
}

// What must not be merged.
func TestStayApart(t *testing.T) {
	wide := append(people(1, 10), people(1000, 30)...)
	for name, play := range map[string]func(*story){
		"the child's people have recovered": func(s *story) {
			s.until(at(3, 0), always(fault(lyon, people(1, 10))))
			s.until(at(20, 0), always(fault(orange, people(1000, 30))))
		},
		"guilty side by side for long": func(s *story) {
			s.until(at(1, 0), always(fault(lyon, people(1, 10))))
			s.until(at(5, 0), always(fault(lyon, people(1, 10)), fault(orange, wide)))
			s.until(at(20, 0), always(fault(orange, wide)))
		},
		"neither is a part of the other": func(s *story) {
			s.until(at(3, 0), always(fault(fr, people(1, 10))))
			s.until(at(20, 0), always(fault(orange, wide)))
		},
	} {
		s := newStory(t)
		play(s)
		for _, i := range s.all() {
			if i.State == earshot.IncidentMerged {
				t.Errorf("%s: %s", name, brief(s.all()))
			}
		}
	}
}

// An incident takes over the cell that joined it when its own turns out to be innocent, soon after its opening.
func TestTakeOver(t *testing.T) {
	s := newStory(t)
	s.until(at(2, 0), always(fault(lyon, people(1, 10))))
	id := s.only().ID
	s.until(at(5, 0), always(fault(subnet, people(1, 10))))
	i := s.only()
	if i.ID != id || i.Cell != subnet || i.State != earshot.IncidentOpen {
		t.Errorf("narrowed: %s", brief(s.all()))
	}
	if want := []earshot.IncidentChange{earshot.IncidentOpened, earshot.IncidentRenamed}; !cmp.Equal(whats(i), want) {
		t.Errorf("%s", brief(s.all()))
	}
	// The site's cell is free again.
	s.until(at(9, 0), always(fault(subnet, people(1, 10)), fault(lyon, people(500, 30))))
	if all := s.all(); len(all) != 2 || all[1].Cell != lyon {
		t.Errorf("%s", brief(all))
	}

	// Later it is what is left of a fault that ended.
	s = newStory(t)
	s.until(at(20, 0), always(fault(lyon, people(1, 10))))
	s.until(at(24, 0), always(fault(subnet, people(1, 10))))
	if i := s.only(); i.Cell != lyon || i.State != earshot.IncidentQuiet {
		t.Errorf("a remnant: %s", brief(s.all()))
	}
}

// The cause of a cell may change its name, when it is called so for two minutes.
func TestRename(t *testing.T) {
	s := newStory(t)
	wifi := fault(subnet, people(1, 10))
	wifi.Cause = earshot.CauseWifi
	s.until(at(2, 0), always(fault(subnet, people(1, 10))))
	s.until(at(3, 50), always(wifi))
	s.until(at(4, 0), always(fault(subnet, people(1, 10)))) // an interruption begins the wait anew
	s.until(at(6, 0), always(wifi))
	if i := s.only(); i.Cause != earshot.CauseLocalNetwork {
		t.Errorf("too early: %s", brief(s.all()))
	}
	s.until(at(6, 10), always(wifi))
	if i := s.only(); i.Cause != earshot.CauseWifi || i.Timeline[len(i.Timeline)-1].Cause != earshot.CauseWifi {
		t.Errorf("%s", brief(s.all()))
	}
}

// A person's trouble that a shared cell comes to explain goes into its incident, whichever is older; a device's does not.
func TestMergePerson(t *testing.T) {
	for c, merged := range map[earshot.Cause]bool{earshot.CauseUnknown: true, earshot.CauseWifi: true, earshot.CauseDevice: false} {
		s := newHastyStory(t)
		s.until(at(1, 0), func(now earshot.Instant) ([]cause.Fault, []cause.Trouble) {
			return nil, []cause.Trouble{trouble(5, c, 5, now)}
		})
		s.until(at(3, 30), always(fault(lyon, people(1, 10))))
		all := s.all()
		i := slices.IndexFunc(all, func(i earshot.Incident) bool { return i.Cell.Scope == earshot.ScopePerson })
		if len(all) != 2 || (all[i].State == earshot.IncidentMerged) != merged || all[1-i].State != earshot.IncidentOpen || all[1-i].Cell != lyon {
			t.Errorf("%s: %s", c, brief(all))
		}
	}
}
