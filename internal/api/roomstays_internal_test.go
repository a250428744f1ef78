package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
)

func TestStayInRooms(t *testing.T) {
	at := func(minute int) earshot.Instant {
		return earshot.InstantOf(time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC))
	}
	left := at(20).Time()
	id := earshot.ID(100)
	stay := func(room, parent earshot.ID, joined, report, leave earshot.Instant) join {
		id++
		return join{segment: &earshot.Segment{ID: id, Meeting: room, Parent: parent, Join: joined, FirstReport: report, Leave: leave}}
	}
	rows := []SegmentRow{{ID: 1}, {ID: 2}, {ID: 3}}
	stayInRooms(rows, []join{
		stay(12, 1, at(30), at(31), 0), // still there
		stay(11, 1, at(10), at(11), at(20)),
		stay(11, 2, 0, at(12), at(20)), // nobody told of the join
		stay(11, 0, at(10), at(11), 0), // whose, is not known
		stay(11, 3, 0, 0, 0),           // nothing dates it
	})
	want := [][]RoomStay{
		{{Segment: 102, Meeting: 11, From: at(10).Time(), To: &left}, {Segment: 101, Meeting: 12, From: at(30).Time()}},
		{{Segment: 103, Meeting: 11, From: at(12).Time(), To: &left}},
		nil,
	}
	for i := range rows {
		if diff := cmp.Diff(want[i], rows[i].Rooms); diff != "" {
			t.Errorf("join %d (-want +got):\n%s", i+1, diff)
		}
	}
}
