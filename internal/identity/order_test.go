package identity_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot/internal/identity"
)

// TestAnyOrderAnyDuplication is the promise of the package.
func TestAnyOrderAnyDuplication(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(someEvent), 1, 40).Draw(t, "events")
		doubles := rapid.SliceOfN(rapid.SampledFrom(events), 0, 10).Draw(t, "doubles")
		order := rapid.Permutation(append(doubles, events...)).Draw(t, "order")
		want := fold(t, sorted(events), false)
		if diff := gocmp.Diff(want, fold(t, order, false)); diff != "" {
			t.Fatalf("another order (-sorted +shuffled):\n%s", diff)
		}
		if diff := gocmp.Diff(want, fold(t, order, true)); diff != "" {
			t.Fatalf("taking changes at every step (-at the end +at every step):\n%s", diff)
		}
	})
}

// TestSamplesInAnyOrder holds the promise over Zoom's own examples, which are about one meeting, one session, one webinar
// and one call.
func TestSamplesInAnyOrder(t *testing.T) {
	all := samples(t)
	want := fold(t, sorted(all), false)
	if len(want.Meetings) == 0 || len(want.Segments) == 0 || len(want.Calls) == 0 || len(want.Persons) == 0 {
		t.Fatalf("the examples make %d meetings, %d segments, %d calls, %d persons", len(want.Meetings), len(want.Segments), len(want.Calls), len(want.Persons))
	}
	rapid.Check(t, func(t *rapid.T) {
		numbers := make([]int, len(all))
		for i := range numbers {
			numbers[i] = i
		}
		doubles := rapid.SliceOfN(rapid.SampledFrom(numbers), 0, 20).Draw(t, "doubles")
		var order []delivery
		for _, i := range rapid.Permutation(append(doubles, numbers...)).Draw(t, "order") {
			order = append(order, all[i])
		}
		if diff := gocmp.Diff(want, fold(t, order, true)); diff != "" {
			t.Fatalf("another order (-sorted +shuffled):\n%s", diff)
		}
	})
}

// TestResultNamesWhatChanged: whatever is told after an event was named in its result.
func TestResultNamesWhatChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := identity.NewState(keys)
		for _, d := range rapid.SliceOfN(rapid.Custom(someEvent), 1, 40).Draw(t, "events") {
			r := s.Apply(&d.ev, d.at)
			c := s.TakeChanges(true)
			for _, m := range c.Meetings {
				if m.ID != r.Meeting && !slices.Contains(r.Meetings, m.ID) {
					t.Fatalf("meeting %v changed, the result is %+v", m.ID, r)
				}
			}
			for _, g := range c.Segments {
				if g.ID != r.Segment && !slices.Contains(r.Segments, g.ID) {
					t.Fatalf("segment %v changed, the result is %+v", g.ID, r)
				}
			}
			if slices.Contains(r.Meetings, r.Meeting) || slices.Contains(r.Segments, r.Segment) {
				t.Fatalf("the result repeats itself: %+v", r)
			}
		}
	})
}
