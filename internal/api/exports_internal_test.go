package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/export"
)

// TestExportsSayWhereNothingWasSent: a destination that has had nothing to fail at is not one that takes everything.
func TestExportsSayWhereNothingWasSent(t *testing.T) {
	mistyped := []string{"filter.sites has …"}
	for name, c := range map[string]struct {
		status export.Status
		want   []string
	}{
		"new":                 {export.Status{State: export.StateOK}, []string{untried}},
		"new, mistyped":       {export.Status{State: export.StateOK, Warnings: mistyped}, []string{untried, mistyped[0]}},
		"has taken something": {export.Status{State: export.StateOK, Totals: export.Totals{Sent: 1}, Warnings: mistyped}, mistyped},
		"has refused it":      {export.Status{State: export.StateOK, Totals: export.Totals{Aside: 1}}, nil},
		"is being tried":      {export.Status{State: export.StateRetrying}, nil},
	} {
		a := &API{destinations: func() []export.Status { return []export.Status{c.status} }}
		out, err := a.listExports(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, out.Items[0].Warnings); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if len(c.status.Warnings) > 1 {
			t.Errorf("%s: the status was changed", name)
		}
	}
}
