package registry_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// over is an incident that was over at a time, in a cell of its own.
func over(id earshot.ID, end earshot.Instant) earshot.Incident {
	i := wholeIncident()
	i.ID, i.State, i.MergedInto, i.End, i.Updated = id, earshot.IncidentClosed, 0, end, end
	i.Cell.Name = fmt.Sprint("10.0.", id, ".0/24")
	return i
}

// What was over before the time is dropped with all its parts, more than one transaction of it; what is not over, what is newer, and
// what an alert that stays names is kept whole.
func TestSweepIncidents(t *testing.T) {
	r, ctx := openAlerts(t), t.Context()
	const before, many = 1_000_000, 450
	var all []earshot.Incident
	for k := range many {
		all = append(all, over(earshot.ID(1000+k), before-1))
	}
	open, quiet, newer, named, told := over(1, 0), over(2, before-1), over(3, before), over(4, before-1), over(5, before-1)
	open.State, quiet.State = earshot.IncidentOpen, earshot.IncidentQuiet
	kept := []earshot.Incident{open, quiet, newer, named}
	apply(t, r, 1, incidentsOf(append(append(all, kept...), told)...))
	check(t, r.SaveAlerts(ctx, []byte("{}"), []registry.AlertRow{
		{ID: 1, Rule: "fires", Firing: true, Raised: 1, Incident: named.ID, Body: []byte("{}")},
		{ID: 2, Rule: "ended", Raised: 1, Ended: before - 1, Incident: told.ID, Body: []byte("{}")},
		{ID: 3, Rule: "ended later", Raised: 1, Ended: before, Body: []byte("{}")},
	}, nil))
	tail, err := r.IncidentOutboxTail(ctx)
	check(t, err)

	swept, err := r.SweepIncidents(ctx, before)
	check(t, err)
	if want := (registry.Swept{Alerts: 1, Incidents: many + 1}); swept != want {
		t.Errorf("swept %+v, want %+v", swept, want)
	}
	for _, want := range kept {
		if diff := cmp.Diff(want, readIncident(t, r, want.ID)); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
	}
	for _, gone := range []earshot.ID{told.ID, all[0].ID, all[many-1].ID} {
		if _, ok, err := r.Incident(ctx, gone); ok || err != nil {
			t.Errorf("incident %s: %v, %v; want none", gone, ok, err)
		}
		if people, err := r.IncidentPeople(ctx, gone); len(people) > 0 || err != nil {
			t.Errorf("incident %s: people %v, %v; want none", gone, people, err)
		}
	}
	alerts, err := r.Alerts(ctx, registry.AlertQuery{})
	check(t, err)
	if len(alerts.Items) != 2 {
		t.Errorf("%d alerts are kept, want the one that fires and the newer one", len(alerts.Items))
	}
	if again, err := r.SweepIncidents(ctx, before); err != nil || again != (registry.Swept{}) {
		t.Errorf("again: %+v, %v; want nothing left to drop", again, err)
	}
	if now, err := r.IncidentOutboxTail(ctx); err != nil || now != tail {
		t.Errorf("the outbox ends at %d, %v; want %d as before: exports would start over", now, err, tail)
	}
}

// A sweep that is ended begins no further transaction.
func TestSweepIncidentsEnds(t *testing.T) {
	r := openAlerts(t)
	apply(t, r, 1, incidentsOf(over(1, 1)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if swept, err := r.SweepIncidents(ctx, 1000); err == nil || swept != (registry.Swept{}) {
		t.Errorf("swept %+v, %v; want nothing and why", swept, err)
	}
	readIncident(t, r, 1)
}
