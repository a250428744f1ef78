package api

import (
	"testing"

	"github.com/earshot/earshot"
)

func TestASilentTwinIsLeftOut(t *testing.T) {
	const room, main = 7, 8
	reporting := &earshot.Segment{ID: 1, Meeting: room, FirstReport: 60_000, LastReport: 120_000}
	twin := &earshot.Segment{ID: 2, Meeting: room, Parent: 1}
	mainRoom := &earshot.Segment{ID: 3, Meeting: main}
	visitor := &earshot.Segment{ID: 4, Meeting: room, Parent: 3} // whom Zoom does not report: missing, not left out
	got := withoutDuplicates([]join{{segment: reporting}, {segment: twin}, {segment: mainRoom}, {segment: visitor}})
	var ids []earshot.ID
	for _, j := range got {
		ids = append(ids, j.segment.ID)
	}
	if len(ids) != 3 || ids[0] != 1 || ids[1] != 3 || ids[2] != 4 {
		t.Errorf("left %v, want 1, 3 and 4", ids)
	}
}
