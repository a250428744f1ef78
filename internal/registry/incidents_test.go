package registry_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// wholeIncident has every field set.
func wholeIncident() earshot.Incident {
	high := earshot.ID(0xfedcba9876543210)
	subnet := earshot.Cell{Scope: earshot.ScopeSubnet, ID: high, Name: "10.20.4.0/24"}
	return earshot.Incident{
		ID: high, Account: 1, Cause: earshot.CauseUnknown, Candidates: []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP},
		Cell: subnet, Severity: earshot.SeverityMajor, State: earshot.IncidentMerged, Start: 60_000, End: 600_000, Opened: 150_000,
		Updated: 660_000, Direction: earshot.DirectionReceive, Confidence: 55, Inside: earshot.Count{Bad: 17, Of: 19},
		Elsewhere: earshot.Count{Bad: 2, Of: 311}, Affected: 18, Minutes: 120, Metric: earshot.LossAvgPct, MergedInto: 77,
		Meetings: []earshot.ID{9, high, 3}, People: []earshot.ID{5, 4, high},
		Timeline: []earshot.IncidentEvent{
			{At: 150_000, What: earshot.IncidentOpened, Inside: earshot.Count{Bad: 5, Of: 19}, Cell: subnet, Cause: earshot.CauseUnknown},
			{At: 660_000, What: earshot.IncidentEnded, Other: 77},
		},
	}
}

func incidentsOf(all ...earshot.Incident) registry.Changes { return registry.Changes{Incidents: all} }

func readIncident(t testing.TB, r *registry.Registry, id earshot.ID) earshot.Incident {
	t.Helper()
	i, ok, err := r.Incident(context.Background(), id)
	if err != nil || !ok {
		t.Fatalf("incident %s: %v, %v", id, ok, err)
	}
	return i
}

func TestIncidentRoundTrip(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	want := wholeIncident()
	if c := incidentsOf(want); c.Empty() {
		t.Error("changes with an incident say that they are empty")
	}
	apply(t, r, 1, incidentsOf(want))
	apply(t, r, 1, incidentsOf(want)) // the same again doubles nothing
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir)
	if diff := cmp.Diff(want, readIncident(t, r, want.ID)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if _, ok, err := r.Incident(context.Background(), 12345); ok || err != nil {
		t.Errorf("an unknown one: %v, %v", ok, err)
	}
	want.Timeline, want.Meetings, want.People = nil, nil, nil
	page, err := r.Incidents(context.Background(), registry.IncidentQuery{})
	if diff := cmp.Diff([]earshot.Incident{want}, page.Items); err != nil || diff != "" {
		t.Errorf("listed (-want +got), %v:\n%s", err, diff)
	}
}

// Every state replaces the one before it, lists included, and no older one does.
func TestIncidentStates(t *testing.T) {
	r := open(t, t.TempDir())
	first := wholeIncident()
	first.State, first.MergedInto, first.End, first.Updated = earshot.IncidentOpen, 0, 0, 200_000
	first.Timeline, first.People = first.Timeline[:1], first.People[:2]
	last := wholeIncident()
	last.State, last.MergedInto, last.Candidates, last.Cause = earshot.IncidentClosed, 0, nil, earshot.CauseISP
	last.Cell = earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}
	last.Meetings = []earshot.ID{3, 8}
	apply(t, r, 1, incidentsOf(first))
	live, err := r.LiveIncidents(context.Background())
	if diff := cmp.Diff([]earshot.Incident{first}, live); err != nil || diff != "" {
		t.Errorf("live (-want +got), %v:\n%s", err, diff)
	}
	apply(t, r, 2, incidentsOf(last))
	apply(t, r, 3, incidentsOf(first)) // told again by a fold that runs again
	if diff := cmp.Diff(last, readIncident(t, r, last.ID)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if live, err = r.LiveIncidents(context.Background()); err != nil || len(live) != 0 {
		t.Errorf("%d live, %v; want none", len(live), err)
	}
}

// A fold that runs again may tell the same story a little differently: it is told once.
func TestIncidentToldAgain(t *testing.T) {
	known := wholeIncident()
	for name, tt := range map[string]struct {
		change func(*earshot.Incident)
		stored bool
	}{
		"the same cell a minute later":          {func(i *earshot.Incident) { i.Start += 60_000 }, false},
		"the same cell, overlapping its end":    {func(i *earshot.Incident) { i.Start, i.End = 599_000, 2_000_000 }, false},
		"the same cell, open at its beginning":  {func(i *earshot.Incident) { i.Start, i.End, i.Updated = 0, 0, 61_000 }, false},
		"the same cell afterwards":              {func(i *earshot.Incident) { i.Start, i.End = 600_000, 700_000 }, true},
		"the same cell before":                  {func(i *earshot.Incident) { i.Start, i.End = 1, 60_000 }, true},
		"another cell":                          {func(i *earshot.Incident) { i.Cell.Name = "10.20.5.0/24" }, true},
		"another scope":                         {func(i *earshot.Incident) { i.Cell.Scope = earshot.ScopeSubnetWifi }, true},
		"another site":                          {func(i *earshot.Incident) { i.Cell.ID = 8 }, true},
		"another account":                       {func(i *earshot.Incident) { i.Account = 2 }, true},
		"the known one, from a newer telling":   {func(i *earshot.Incident) { i.ID, i.Updated, i.Minutes = known.ID, known.Updated+1, 999 }, true},
		"the known one, from an older telling":  {func(i *earshot.Incident) { i.ID, i.Updated, i.Minutes = known.ID, known.Updated-1, 999 }, false},
		"the known one, in the same words even": {func(i *earshot.Incident) { i.ID = known.ID }, true},
	} {
		r := open(t, t.TempDir())
		apply(t, r, 1, incidentsOf(known))
		told := wholeIncident()
		told.ID = 0x222
		tt.change(&told)
		c := incidentsOf(told)
		c.Journal, c.To = "rebuild", 1
		if err := r.Apply(context.Background(), &c); err != nil {
			t.Fatal(err)
		}
		got, ok, err := r.Incident(context.Background(), told.ID)
		if err != nil {
			t.Fatal(err)
		}
		if stored := ok && cmp.Equal(got, told); stored != tt.stored {
			t.Errorf("%s: stored %v, want %v", name, stored, tt.stored)
		}
		if diff := cmp.Diff(known, readIncident(t, r, known.ID)); told.ID != known.ID && diff != "" {
			t.Errorf("%s: the known one changed:\n%s", name, diff)
		}
	}
}

func TestIncidents(t *testing.T) {
	lyon, berlin := earshot.ID(0x51), earshot.ID(0xf000000000000052)
	i := func(id earshot.ID, start, end earshot.Instant, state earshot.IncidentState, c earshot.Cause, cell earshot.Cell, change ...func(*earshot.Incident)) earshot.Incident {
		x := earshot.Incident{ID: id, Account: 1, Cause: c, Cell: cell, State: state, Start: start, End: end, Opened: start, Updated: start, Severity: 1}
		for _, f := range change {
			f(&x)
		}
		return x
	}
	r := open(t, t.TempDir())
	apply(t, r, 1, incidentsOf(
		i(1, 1000, 2000, earshot.IncidentClosed, earshot.CauseLocalNetwork, earshot.Cell{Scope: earshot.ScopeSite, ID: lyon}, func(x *earshot.Incident) { x.People = []earshot.ID{70, 71} }),
		i(2, 1500, 0, earshot.IncidentOpen, earshot.CauseWifi, earshot.Cell{Scope: earshot.ScopeSubnetWifi, ID: lyon, Name: "10.0.0.0/24"}, func(x *earshot.Incident) { x.Meetings = []earshot.ID{80, 81} }),
		i(3, 3000, 4000, earshot.IncidentQuiet, earshot.CauseISP, earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}, func(x *earshot.Incident) { x.People, x.Account = []earshot.ID{71}, 2 }),
		i(4, 3000, 5000, earshot.IncidentNoData, earshot.CauseLocalNetwork, earshot.Cell{Scope: earshot.ScopeSite, ID: berlin}),
		i(5, 6000, 0, earshot.IncidentOpen, earshot.CauseDevice, earshot.Cell{Scope: earshot.ScopePerson, ID: lyon}),
	))
	for name, tt := range map[string]struct {
		q    registry.IncidentQuery
		want []earshot.ID
	}{
		"all, newest first":               {registry.IncidentQuery{}, []earshot.ID{5, 4, 3, 2, 1}},
		"from: ends after it, or is open": {registry.IncidentQuery{From: 2000}, []earshot.ID{5, 4, 3, 2}},
		"to: began before it":             {registry.IncidentQuery{To: 3000}, []earshot.ID{2, 1}},
		"span":                            {registry.IncidentQuery{From: 4000, To: 6000}, []earshot.ID{4, 2}},
		"account":                         {registry.IncidentQuery{Account: 2}, []earshot.ID{3}},
		"open":                            {registry.IncidentQuery{States: []earshot.IncidentState{earshot.IncidentOpen}}, []earshot.ID{5, 2}},
		"open or quiet":                   {registry.IncidentQuery{States: []earshot.IncidentState{earshot.IncidentOpen, earshot.IncidentQuiet}}, []earshot.ID{5, 3, 2}},
		"cause":                           {registry.IncidentQuery{Causes: []earshot.Cause{earshot.CauseLocalNetwork, earshot.CauseISP}}, []earshot.ID{4, 3, 1}},
		"site, and what lies within":      {registry.IncidentQuery{Site: lyon}, []earshot.ID{2, 1}},
		"another site":                    {registry.IncidentQuery{Site: berlin}, []earshot.ID{4}},
		"cell, not what lies within":      {registry.IncidentQuery{Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: lyon}}, []earshot.ID{1}},
		"cell with a name":                {registry.IncidentQuery{Cell: earshot.Cell{Scope: earshot.ScopeSubnetWifi, ID: lyon, Name: "10.0.0.0/24"}}, []earshot.ID{2}},
		"cell without an id":              {registry.IncidentQuery{Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}}, []earshot.ID{3}},
		"cell of another name":            {registry.IncidentQuery{Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Free"}}, nil},
		"person":                          {registry.IncidentQuery{Person: 71}, []earshot.ID{3, 1}},
		"meeting":                         {registry.IncidentQuery{Meeting: 81}, []earshot.ID{2}},
		"person and cause":                {registry.IncidentQuery{Person: 71, Causes: []earshot.Cause{earshot.CauseISP}}, []earshot.ID{3}},
		"nothing":                         {registry.IncidentQuery{Person: 99}, nil},
	} {
		page, err := r.Incidents(context.Background(), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []earshot.ID
		for _, x := range page.Items {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, tt.want) || page.Next != "" {
			t.Errorf("%s: got %v, want %v; next %q", name, got, tt.want, page.Next)
		}
	}
	if _, err := r.Incidents(context.Background(), registry.IncidentQuery{After: "nonsense"}); !errors.Is(err, registry.ErrCursor) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestAdoptIncidents(t *testing.T) {
	ctx := context.Background()
	old := open(t, t.TempDir())
	apply(t, old, 1, incidentsOf(wholeIncident()))
	backup := t.TempDir()
	if err := old.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	r := open(t, t.TempDir())
	if err := r.AdoptTyped(ctx, filepath.Join(backup, registry.FileName)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeIncident(), readIncident(t, r, wholeIncident().ID)); diff != "" {
		t.Errorf("adopted (-want +got):\n%s", diff)
	}
}

// The growing list of people of a large incident is not written again and again.
func TestIncidentPeopleGrow(t *testing.T) {
	r := open(t, t.TempDir())
	i := earshot.Incident{ID: 1, Cause: earshot.CauseISP, State: earshot.IncidentOpen}
	for n := range 20 {
		for k := range 25 {
			i.People = append(i.People, earshot.ID(1000+25*n+k))
		}
		i.Updated = earshot.Instant(n)
		apply(t, r, uint64(n+1), incidentsOf(i))
	}
	if got := readIncident(t, r, 1).People; !slices.Equal(got, i.People) {
		t.Errorf("%d people, want %d in their order: %s", len(got), len(i.People), fmt.Sprint(got[:3]))
	}
}
