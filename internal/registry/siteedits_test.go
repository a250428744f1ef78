package registry_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
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

func TestSegmentsBetween(t *testing.T) {
	ctx := context.Background()
	r := open(t, t.TempDir())
	c := &registry.Changes{Journal: "j", To: 1}
	for i := range 4 {
		at := earshot.Instant(1_000_000 * (i + 1))
		c.Meetings = append(c.Meetings, earshot.Meeting{ID: earshot.ID(i + 1), Account: 1, UUID: "u", FirstSeen: at, LastSeen: at + 500_000})
		s := earshot.Segment{ID: earshot.ID(10 + i), Meeting: earshot.ID(i + 1), Account: 1, InMeetingID: "1", FirstReport: at, LastReport: at + 500_000}
		if i != 3 { // the last has no devices
			s.Devices = []earshot.DeviceSnapshot{{At: at, PublicIP: "203.0.113.7"}}
		}
		c.Segments = append(c.Segments, s)
	}
	if err := r.Apply(ctx, c); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to earshot.Instant
		limit    int
		want     []earshot.ID
	}{
		{0, 10_000_000, 10, []earshot.ID{12, 11, 10}}, {0, 10_000_000, 2, []earshot.ID{12, 11}},
		{1_500_001, 3_000_000, 10, []earshot.ID{11}}, {1_500_000, 3_000_001, 10, []earshot.ID{12, 11, 10}}, {4_000_000, 5_000_000, 10, nil},
	} {
		got, err := r.SegmentsBetween(ctx, tt.from, tt.to, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []earshot.ID
		for _, s := range got {
			ids = append(ids, s.ID)
			if len(s.Devices) != 1 {
				t.Errorf("segment %d: devices %+v", s.ID, s.Devices)
			}
		}
		if diff := cmp.Diff(tt.want, ids); diff != "" {
			t.Errorf("[%d, %d) of %d (-want +got):\n%s", tt.from, tt.to, tt.limit, diff)
		}
	}
}
