package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// TestGearMemory asks twice for joins that are over, that go on, and that nobody knows.
func TestGearMemory(t *testing.T) {
	const now = earshot.Instant(1772438400_000)
	device := func(detail, microphone string) earshot.DeviceSnapshot {
		return earshot.DeviceSnapshot{DeviceDetail: detail, Client: "Zoom Rooms", Microphone: microphone}
	}
	segments := []earshot.Segment{
		{ID: 1, Leave: now - 2*3_600_000, Devices: []earshot.DeviceSnapshot{device("MacBook", "old"), device("", " Jabra "), device("", "")}},
		{ID: 2, LastReport: now, Devices: []earshot.DeviceSnapshot{device("MacBook", "Jabra")}},
	}
	joins := []facts.Tally{{Segment: 1}, {Segment: 2}, {Segment: 1}, {Segment: 3}}
	var m gearMemory
	first := map[earshot.ID]segmentGear{}
	if d := cmp.Diff([]earshot.ID{1, 2, 3}, m.known(joins, first)); d != "" {
		t.Errorf("to be read at first: %s", d)
	}
	m.remember(segments, now-3_600_000, first)
	if g := first[1]; g.of("system") != "Zoom Rooms" || g.of("microphone") != "Jabra" || g.of("speaker") != "" || g.of("shoes") != "" {
		t.Errorf("the last that was told is %+v", g)
	}
	if g := first[3]; g != (segmentGear{}) || g.of("camera") != "" {
		t.Errorf("a join that is not known used %+v", g)
	}
	second := map[earshot.ID]segmentGear{}
	if d := cmp.Diff([]earshot.ID{2, 3}, m.known(joins, second)); d != "" || second[1] != first[1] {
		t.Errorf("to be read again: %s; remembered %+v", d, second[1])
	}
	many := make([]earshot.Segment, mostGearKept)
	for i := range many {
		many[i] = earshot.Segment{ID: earshot.ID(1000 + i), Leave: 1}
	}
	m.remember(many, now, map[earshot.ID]segmentGear{})
	if n := len(m.bySegment); n > mostGearKept {
		t.Errorf("%d joins are remembered, at most %d may be", n, mostGearKept)
	}
}
