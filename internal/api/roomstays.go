package api

import (
	"cmp"
	"slices"

	"github.com/earshot/earshot"
)

// stayInRooms tells the joins of a main meeting which time of theirs was spent in breakout rooms: whoever is in one does not
// report in the main meeting, and that is no gap. A stay that nothing dates is left out.
func stayInRooms(rows []SegmentRow, rooms []join) {
	stays := make(map[earshot.ID][]RoomStay)
	for i := range rooms {
		s := rooms[i].segment
		from := cmp.Or(s.Join, s.FirstReport)
		if s.Parent == 0 || from == 0 {
			continue
		}
		stays[s.Parent] = append(stays[s.Parent], RoomStay{Meeting: s.Meeting, From: from.Time(), To: timeOf(s.Leave)})
	}
	for i := range rows {
		all := stays[rows[i].ID]
		slices.SortFunc(all, func(a, b RoomStay) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Meeting, b.Meeting)) })
		rows[i].Rooms = all
	}
}
