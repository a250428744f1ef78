package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
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
