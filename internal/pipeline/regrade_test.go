package pipeline

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
)

// TestRegrade: minutes graded by one profile and graded again by another are what the other would have made of them at first,
// also when asked for twice. Minutes whose samples have expired keep their grades.
func TestRegrade(t *testing.T) {
	records := traffic(t, 30, 100*time.Minute, 14)
	records = append(records, quiet(records, 3*time.Hour)...)
	meet := testRules()
	meet.Profile = grade.GoogleMeet()
	from := earshot.InstantOf(testStart)
	synctest.Test(t, func(t *testing.T) {
		first, right := newWorld(t, records), newWorld(t, records)
		first.run(t, time.Minute)
		o := right.options()
		o.Rules = meet
		runWith(t, o, time.Minute, nil)
		before := storedMinutes(t, first)

		o = first.options()
		o.Rules = meet
		marked := 0
		runWith(t, o, 3*time.Minute, func(ctx context.Context, p *Pipeline) {
			for range 2 { // the second time changes nothing
				var told []int
				n, err := p.Regrade(ctx, accountsOf(before), from.Add(-48*time.Hour), from.Add(5*time.Hour), func(n int) { told = append(told, n) })
				if err != nil || n == 0 || len(told) == 0 || told[len(told)-1] != n {
					t.Errorf("marked %d hours, told %v: %v", n, told, err)
				}
				marked = n
				time.Sleep(20 * time.Second)
			}
		})
		if marked > 3*len(accountsOf(before)) {
			t.Errorf("%d hours marked, want only those with minutes", marked)
		}
		got, want := storedMinutes(t, first), storedMinutes(t, right)
		if !slices.Equal(unexplained(got), unexplained(want)) || slices.Equal(got, before) {
			t.Error("the minutes are not those of the other profile")
		}
		if hours, err := first.facts.DirtyHours(context.Background(), 0); err != nil || len(hours) != 0 {
			t.Errorf("hours still marked: %v, %v", hours, err)
		}

		// Half of the samples expire, in the middle of an hour; then the first profile is wanted again.
		cut := from.Add(30 * time.Minute)
		if err := first.facts.Maintain(context.Background(), cut.Add(24*time.Hour), facts.Retention{Samples: 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		o = first.options()
		runWith(t, o, time.Minute, func(ctx context.Context, p *Pipeline) {
			if _, err := p.Regrade(ctx, accountsOf(before), from, from.Add(5*time.Hour), func(int) {}); err != nil {
				t.Error(err)
			}
		})
		last := unexplained(storedMinutes(t, first))
		got, before = unexplained(got), unexplained(before)
		if len(last) != len(before) {
			t.Fatalf("%d minutes, want all %d: those without samples, too", len(last), len(before))
		}
		for i := range last {
			// The minute at the border looks back one minute for lasting rules, at samples that are gone.
			if old := last[i].At < cut; old && last[i] != got[i] || last[i].At > cut && last[i] != before[i] {
				t.Fatalf("minute %v: %+v", last[i].At.Time(), last[i])
			}
		}
	})
}

// runWith runs a pipeline for d; do is called when it is up.
func runWith(t *testing.T, o Options, d time.Duration, do func(context.Context, *Pipeline)) {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(15 * time.Second)
		if do != nil {
			do(ctx, p)
		}
	}()
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	<-done
}

func storedMinutes(t *testing.T, w *world) []earshot.Minute {
	t.Helper()
	minutes, err := w.facts.Minutes(context.Background(), facts.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	sortMinutes(minutes)
	return minutes
}

func accountsOf(minutes []earshot.Minute) (ids []earshot.ID) {
	for i := range minutes {
		ids = append(ids, minutes[i].Account)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
