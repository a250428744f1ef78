package api

import (
	"encoding/json"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// What is put together by hand is what the type would give.
func TestEncodedRowsAreTheType(t *testing.T) {
	rows, err := newEncodedRows()
	if err != nil {
		t.Fatal(err)
	}
	s := live.New(live.Options{})
	for i := range earshot.ID(3) {
		s.Apply(live.Update{Watermark: 1_794_571_200_000, Meetings: []earshot.Meeting{{ID: i + 1, Topic: "a <b> \u2028", Start: 1_794_571_200_000, LastSeen: 1_794_571_200_000}}})
		for _, d := range []live.Delta{{Meetings: s.Meetings(live.Filter{})}, {Meetings: s.Meetings(live.Filter{}), Ended: []earshot.ID{7, 8}}, {Ended: []earshot.ID{9}}} {
			want := LiveMeetings{Rows: []MeetingRow{}, Ended: d.Ended}
			for _, m := range d.Meetings {
				want.Rows = append(want.Rows, liveRow(m))
			}
			wantJSON, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time from memory
				got, err := rows.appendMeetings(nil, &d)
				if err != nil || string(got) != string(wantJSON) {
					t.Errorf("got  %s (%v)\nwant %s", got, err, wantJSON)
				}
			}
		}
	}
}
