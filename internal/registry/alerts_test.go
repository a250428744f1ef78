package registry_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

func openAlerts(t *testing.T) *registry.Registry {
	t.Helper()
	r, err := registry.Open(registry.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Alerts, notes, what was typed and Alertmanager's memory are stored, listed, bounded, and come back from a backup.
func TestAlertsAreKeptAndComeBackFromABackup(t *testing.T) {
	r, ctx := openAlerts(t), t.Context()
	var rows []registry.AlertRow
	for k := range 5 {
		rows = append(rows, registry.AlertRow{ID: earshot.ID(k + 1), Rule: fmt.Sprint("R", k%2), Severity: "warning", Firing: true, Raised: earshot.Instant(1000 + k), Incident: earshot.ID(k), Body: fmt.Appendf(nil, `{"subject":{"kind":"person","id":"%s"}}`, earshot.ID(100+k))})
	}
	check(t, r.SaveAlerts(ctx, []byte(`{"s":1}`), rows, []registry.AlertMemory{{Key: "1", Data: []byte("a"), Expires: 5000}}))
	rows[0].Firing, rows[0].Ended = false, 2000
	check(t, r.SaveAlerts(ctx, []byte(`{"s":2}`), rows[:1], []registry.AlertMemory{{Key: "1", Data: []byte("b"), Expires: 5000}}))

	var seen []earshot.ID
	q := registry.AlertQuery{Limit: 2}
	for {
		page, err := r.Alerts(ctx, q)
		check(t, err)
		for _, a := range page.Items {
			seen = append(seen, a.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if d := cmp.Diff([]earshot.ID{5, 4, 3, 2, 1}, seen); d != "" {
		t.Errorf("all, newest first (-want +got):\n%s", d)
	}
	fired, err := r.RulesFired(ctx, 1002)
	check(t, err)
	if d := cmp.Diff([]registry.RuleFired{{Rule: "R0", Last: 1004, Times: 2}, {Rule: "R1", Last: 1003, Times: 1}}, fired); d != "" {
		t.Errorf("when rules raised alerts (-want +got):\n%s", d)
	}
	firing := true
	for name, c := range map[string]struct {
		q    registry.AlertQuery
		want int
	}{"firing": {registry.AlertQuery{Firing: &firing}, 4}, "rule": {registry.AlertQuery{Rule: "R1"}, 2}, "span": {registry.AlertQuery{From: 2500, To: 1003}, 2}, "incident": {registry.AlertQuery{Incident: 3}, 1}, "of a person": {registry.AlertQuery{About: []earshot.ID{101}}, 1},
		"of a person and incidents that touched it": {registry.AlertQuery{About: []earshot.ID{101, 1, 3, 0}}, 2}, "of nobody": {registry.AlertQuery{About: []earshot.ID{99, 0}}, 0}} {
		if page, err := r.Alerts(ctx, c.q); err != nil || len(page.Items) != c.want {
			t.Errorf("%s: got %d, %v, want %d", name, len(page.Items), err, c.want)
		}
	}
	for k := range 300 {
		check(t, r.AddAlertNotes(ctx, []registry.AlertNote{{Alert: 1, At: earshot.Instant(k / 2), What: "refused", Who: "x"}}))
	}
	check(t, r.AddAlertNotes(ctx, []registry.AlertNote{{Alert: 1, At: 1, What: "acknowledged", Who: "ann", Text: "mine"}}))
	notes, err := r.AlertNotes(ctx, []earshot.ID{1, 2})
	check(t, err)
	if len(notes) > 201 || notes[0].What != "acknowledged" {
		t.Errorf("%d notes, the first %+v; want 200 at most, and the oldest refusals gone before what people said", len(notes), notes[0])
	}
	check(t, r.PutAlertTyped(ctx, registry.Typed{Kind: registry.TypedRule, Name: "N", Body: []byte(`{}`), Who: "ann"}))
	check(t, r.PutAlertMemory(ctx, "silence", registry.AlertMemory{Key: "k", Data: []byte{1}, Expires: 5000}))
	check(t, r.PutAlertMemory(ctx, "log", registry.AlertMemory{Key: "k", Data: []byte{2}, Expires: 100}))
	check(t, r.PruneAlertMemory(ctx, 200))

	dir := t.TempDir()
	check(t, r.Backup(ctx, dir))
	back := openAlerts(t)
	check(t, back.AdoptTyped(ctx, filepath.Join(dir, registry.FileName)))
	state, err := back.AlertEngine(ctx)
	check(t, err)
	typed, err := back.AlertTyped(ctx, registry.TypedRule)
	check(t, err)
	silences, err := back.AlertMemory(ctx, "silence", 200)
	check(t, err)
	told, err := back.AlertMemory(ctx, registry.MemoryTold, 200)
	check(t, err)
	if len(told) != 1 || string(told[0].Data) != "b" {
		t.Errorf("after the backup: told %v, want what was stored last", told)
	}
	log, err := back.AlertMemory(ctx, "log", 0)
	check(t, err)
	a, ok, err := back.Alert(ctx, 1)
	check(t, err)
	if string(state) != `{"s":2}` || len(typed) != 1 || typed[0].Who != "ann" || len(silences) != 1 || len(log) != 0 || !ok || a.Ended != 2000 {
		t.Errorf("after the backup: state %s, typed %v, silences %v, log %v, alert %+v", state, typed, silences, log, a)
	}
	if ok, err := back.DeleteAlertTyped(ctx, registry.TypedRule, "N"); !ok || err != nil {
		t.Errorf("delete: %v, %v", ok, err)
	}
	if ok, err := back.DeleteAlertTyped(ctx, registry.TypedRule, "N"); ok || err != nil {
		t.Errorf("delete again: %v, %v", ok, err)
	}
}
