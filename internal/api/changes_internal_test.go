package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
)

func TestChangesOf(t *testing.T) {
	const first, second, third earshot.Instant = 60_000, 120_000, 180_000
	one := &earshot.Segment{ID: 1, Devices: []earshot.DeviceSnapshot{
		{At: first, NetworkType: "Wifi", PublicIP: "198.51.100.24"},
		// What becomes known is no change, and what is left out is not gone.
		{At: second, NetworkType: "Wifi", Camera: "Integrated", Microphone: "Headset"},
		{At: third, NetworkType: "Wired", PublicIP: "203.0.113.9", Microphone: "Array"},
	}}
	two := &earshot.Segment{ID: 2, Devices: []earshot.DeviceSnapshot{
		{At: first, ClientVersion: "6.6.11"}, {At: second, ClientVersion: "6.6.12"},
	}}
	steady := &earshot.Segment{ID: 3, Devices: []earshot.DeviceSnapshot{{At: first, NetworkType: "Wired"}}}
	want := []Change{
		{At: second.Time(), Segment: 2, What: "client-version", From: "6.6.11", To: "6.6.12"},
		{At: third.Time(), Segment: 1, What: "network", From: "Wifi", To: "Wired"},
		{At: third.Time(), Segment: 1, What: "address"},
		{At: third.Time(), Segment: 1, What: "microphone", From: "Headset", To: "Array"},
	}
	if diff := cmp.Diff(want, changesOf([]join{{segment: one}, {segment: two}, {segment: steady}})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := changesOf(nil); got == nil || len(got) != 0 {
		t.Errorf("of nobody %v, want an empty list", got)
	}
}
