package registry_test

import (
	"cmp"
	"context"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

func TestReportedBetween(t *testing.T) {
	ctx := context.Background()
	r := open(t, t.TempDir())
	c := &registry.Changes{Journal: "j", To: 1}
	for i := range 4 {
		at := earshot.Instant(1_000_000 * (i + 1))
		c.Meetings = append(c.Meetings, earshot.Meeting{ID: earshot.ID(i + 1), Account: 1, UUID: "u", FirstSeen: at, LastSeen: at + 500_000})
		s := earshot.Segment{ID: earshot.ID(10 + i), Meeting: earshot.ID(i + 1), Account: 1, Person: 7, InMeetingID: "1", FirstReport: at, LastReport: at + 500_000, Leave: at + 500_001}
		if i != 3 { // the last has no devices
			s.Devices = []earshot.DeviceSnapshot{{At: at, PublicIP: "203.0.113.7", InternalIP: "10.0.0.1"}}
			if i == 0 {
				s.Devices = append(s.Devices, earshot.DeviceSnapshot{At: at + 1, PublicIP: "203.0.113.8", NetworkType: "Wifi"})
			}
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
		{0, 10_000_000, 10, []earshot.ID{13, 12, 11, 10}}, {0, 10_000_000, 2, []earshot.ID{13, 12}},
		{1_500_001, 3_000_000, 10, []earshot.ID{11}}, {1_500_000, 3_000_001, 10, []earshot.ID{12, 11, 10}}, {4_500_001, 5_000_000, 10, nil},
	} {
		got, err := r.ReportedBetween(ctx, tt.from, tt.to, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []earshot.ID
		for _, s := range got {
			ids = append(ids, s.Segment)
			if s.Account != 1 || s.Person != 7 || s.LastReport != s.FirstReport+500_000 || s.Leave != s.LastReport+1 {
				t.Errorf("segment %+v", s)
			}
		}
		if diff := gocmp.Diff(tt.want, ids); diff != "" {
			t.Errorf("[%d, %d) of %d (-want +got):\n%s", tt.from, tt.to, tt.limit, diff)
		}
	}
	got, err := r.LastNetworks(ctx, []earshot.ID{10, 11, 13, 99})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b registry.LastNetwork) int { return cmp.Compare(a.Segment, b.Segment) })
	want := []registry.LastNetwork{{Segment: 10, PublicIP: "203.0.113.8", NetworkType: "Wifi"}, {Segment: 11, PublicIP: "203.0.113.7", InternalIP: "10.0.0.1"}}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("last networks (-want +got):\n%s", diff)
	}
	if none, err := r.LastNetworks(ctx, nil); err != nil || none != nil {
		t.Errorf("of nothing: %v, %v", none, err)
	}
}
