package registry_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

var samePrefix = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

func typed() site.Edits {
	return site.Edits{
		Ranges: []site.RangeEdit{
			{Range: netip.MustParsePrefix("10.0.0.0/8"), Site: "Lyon", Who: "ann", At: 5},
			{Range: netip.MustParsePrefix("2001:db8::/48"), Who: "bob", At: 6},
		},
		Details: []site.DetailEdit{{Site: "Lyon", Details: site.Details{Zone: "Europe/Paris", ISP: "Arvel", LinkMbps: 2.5, VPN: true, Tags: []string{"a", "b"}}, Who: "ann", At: 5}},
	}
}

// What was typed is replaced whole, with its audit entries, survives the file, and comes back from a backup.
func TestSiteEdits(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	r := open(t, dir)
	entries := []registry.AuditEntry{{Who: "ann", Action: "site.range", Detail: "a"}, {Who: "ann", Action: "site.details", Detail: "b"}}
	for _, e := range []site.Edits{{Ranges: []site.RangeEdit{{Range: netip.MustParsePrefix("10.9.0.0/16"), Site: "gone"}}}, typed()} {
		if err := r.PutSiteEdits(ctx, e, entries); err != nil {
			t.Fatal(err)
		}
	}
	check := func(r *registry.Registry) {
		t.Helper()
		got, err := r.SiteEdits(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(typed(), got, samePrefix); diff != "" {
			t.Errorf("edits (-want +got):\n%s", diff)
		}
		audit, err := r.Audit(ctx, 0, 10)
		if err != nil || len(audit) != 4 || audit[0].Detail != "b" {
			t.Errorf("audit: %+v, %v", audit, err)
		}
		if err := r.VerifyAudit(ctx); err != nil {
			t.Error(err)
		}
	}
	check(r)
	backup := t.TempDir()
	if err := r.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	other := open(t, t.TempDir())
	if err := other.AdoptTyped(ctx, backup+"/"+registry.FileName); err != nil {
		t.Fatal(err)
	}
	check(other)
}
