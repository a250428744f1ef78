package api

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
)

// TestSettled asks twice for joins that are remembered and for those that are not, and fills it up.
func TestSettled(t *testing.T) {
	var m settled[string]
	ask := func() (missing []earshot.ID, out map[earshot.ID]string) {
		out = map[earshot.ID]string{4: "had before"}
		return m.known(slices.Values([]earshot.ID{1, 2, 1, 3, 4}), out), out
	}
	missing, out := ask()
	if d := cmp.Diff([]earshot.ID{1, 2, 3}, missing); d != "" || len(out) != 1 {
		t.Errorf("to be read at first: %s; %v", d, out)
	}
	m.remember(map[earshot.ID]string{1: "one"})
	missing, out = ask()
	if d := cmp.Diff([]earshot.ID{2, 3}, missing); d != "" || out[1] != "one" {
		t.Errorf("to be read again: %s; %v", d, out)
	}
	many := map[earshot.ID]string{}
	for i := range mostSettled + 1 {
		many[earshot.ID(1000+i)] = "x"
	}
	m.remember(many)
	if n := len(m.bySegment); n != mostSettled || m.bySegment[1] != "" {
		t.Errorf("%d joins are remembered, at most %d may be; of the first %q", n, mostSettled, m.bySegment[1])
	}
}

// TestGearOf takes the last of each kind that was told.
func TestGearOf(t *testing.T) {
	device := func(detail, microphone string) earshot.DeviceSnapshot {
		return earshot.DeviceSnapshot{DeviceDetail: detail, Client: "Zoom Rooms", Microphone: microphone}
	}
	g := gearOf(&earshot.Segment{Devices: []earshot.DeviceSnapshot{device("MacBook", "old"), device("", " Jabra "), device("", "")}})
	if g.of("system") != "Zoom Rooms" || g.of("microphone") != "Jabra" || g.of("speaker") != "" || g.of("shoes") != "" {
		t.Errorf("the last that was told is %v", g)
	}
	if none := gearOf(&earshot.Segment{}); none != (segmentGear{}) || none.of("camera") != "" {
		t.Errorf("a join without devices used %v", none)
	}
}
