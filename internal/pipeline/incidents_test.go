package pipeline

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

func TestChangedIncidents(t *testing.T) {
	var c changedIncidents
	if got := c.take(); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	c.add([]earshot.Incident{{ID: 2, Minutes: 1}, {ID: 1, Minutes: 1}})
	c.add([]earshot.Incident{{ID: 3, Minutes: 1}, {ID: 2, Minutes: 2}})
	want := []earshot.Incident{{ID: 2, Minutes: 2}, {ID: 1, Minutes: 1}, {ID: 3, Minutes: 1}}
	if diff := cmp.Diff(want, c.take()); diff != "" {
		t.Errorf("the newest states, in order of appearance (-want +got):\n%s", diff)
	}
	if got := c.take(); got != nil {
		t.Errorf("taken twice: %v", got)
	}
	c.add([]earshot.Incident{{ID: 2, Minutes: 3}})
	if got := c.take(); len(got) != 1 || got[0].Minutes != 3 {
		t.Errorf("after taking: %v", got)
	}
}

func TestOrphans(t *testing.T) {
	line := earshot.IncidentEvent{At: 60_000, What: earshot.IncidentOpened}
	stored := []earshot.Incident{
		{ID: 1, State: earshot.IncidentOpen, Start: 60_000, Updated: 600_001, Timeline: []earshot.IncidentEvent{line}},
		{ID: 2, State: earshot.IncidentOpen, Start: 60_000, Updated: 600_001},
		{ID: 3, State: earshot.IncidentQuiet, Start: 60_000, End: 300_000, Updated: 600_001},
		{ID: 4, State: earshot.IncidentOpen, Start: 600_000, Updated: 600_001},
		{ID: 5, State: earshot.IncidentClosed, Start: 60_000, End: 120_000, Updated: 600_001},
	}
	ended := earshot.IncidentEvent{At: 600_001, What: earshot.IncidentEnded}
	want := []earshot.Incident{
		{ID: 1, State: earshot.IncidentNoData, Start: 60_000, End: 600_000, Updated: 600_001, Timeline: []earshot.IncidentEvent{line, ended}},
		{ID: 3, State: earshot.IncidentClosed, Start: 60_000, End: 300_000, Updated: 600_001, Timeline: []earshot.IncidentEvent{ended}},
		{ID: 4, State: earshot.IncidentNoData, Start: 600_000, End: 660_000, Updated: 600_001, Timeline: []earshot.IncidentEvent{ended}},
	}
	if diff := cmp.Diff(want, orphans(stored, map[earshot.ID]bool{2: true})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(stored[0].Timeline) != 1 || stored[0].State != earshot.IncidentOpen {
		t.Error("what was stored has changed")
	}
}

// Whatever kills the pipeline, the registry ends with the incidents of an undisturbed run; and what it holds of a fold that is
// lost does not stay open.
func TestIncidentsSurviveKills(t *testing.T) {
	o, err := emulator.LoadScenario("old-client")
	if err != nil {
		t.Fatal(err)
	}
	records := dialectTraffic(t, o, 11*time.Minute)
	records = append(records, quiet(records, 25*time.Minute)...)
	var want map[earshot.ID]earshot.Incident
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, records)
		w.run(t, time.Minute)
		want = w.registry.incidents
	})
	shared := 0
	for _, i := range want {
		if i.State < earshot.IncidentClosed {
			t.Errorf("%s in %s is still %s", i.Cause, i.Cell, i.State)
		}
		if !i.Personal() {
			shared++
		}
	}
	if shared == 0 {
		t.Fatal("no shared incident: this test shows nothing")
	}
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 5))
		w := newWorld(t, nil)
		lost := earshot.Incident{ID: 7, Cause: earshot.CauseISP, State: earshot.IncidentOpen, Start: 60_000, Opened: 60_000, Updated: 120_000}
		w.registry.incidents[7] = lost
		for rest := records; len(rest) > 0; {
			n := min(len(rest), 1+rng.IntN(len(records)/4))
			w.journal.add(rest[:n]...)
			rest = rest[n:]
			w.run(t, time.Duration(rng.Int64N(int64(15*time.Second))))
		}
		w.run(t, 2*time.Minute)
		if got := w.registry.incidents[7]; got.State != earshot.IncidentNoData || got.End != 120_000 {
			t.Errorf("what no fold knows is %s", got.State)
		}
		delete(w.registry.incidents, 7)
		if diff := cmp.Diff(want, w.registry.incidents); diff != "" {
			t.Errorf("(-undisturbed +killed):\n%s", diff)
		}
	})
}
