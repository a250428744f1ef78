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
		if stay, ok := stayIn(rooms[i].segment); ok {
			of := rooms[i].segment.Parent
			stays[of] = append(stays[of], stay)
		}
	}
	for i := range rows {
		all := stays[rows[i].ID]
		slices.SortFunc(all, func(a, b RoomStay) int {
			return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Meeting, b.Meeting), cmp.Compare(a.Segment, b.Segment))
		})
		rows[i].Rooms = all
	}
}

// stayIn is the stay that the join of a room stands for, false of one that nothing dates or of which is not known whose it is.
func stayIn(s *earshot.Segment) (RoomStay, bool) {
	from := cmp.Or(s.Join, s.FirstReport)
	if s.Parent == 0 || from == 0 {
		return RoomStay{}, false
	}
	return RoomStay{Segment: s.ID, Meeting: s.Meeting, From: from.Time(), To: timeOf(s.Leave)}, true
}
