package cause

import (
	"testing"

	"github.com/earshot/earshot"
)

// Who is heard badly is told with those who hear it, while they do.
func TestSenders(t *testing.T) {
	w := usual(t)
	w.add("crowd", 30, 30, home("Free", "FR"), func(i int, p *citizen) { p.cells.NetworkType = "Wifi" })
	seen := map[int][]Sender{} // at the end of each minute
	w.run(14, func(m int, p *citizen) state {
		if _, ok := seen[m-1]; !ok {
			seen[m-1] = w.e.Picture().Senders
		}
		switch {
		case p.name == "crowd-0" && during(m, 5, 9):
			return state{send: earshot.Bad, rssi: -82}
		case in(p, "crowd") && during(m, 5, 9) && p.name != "crowd-0":
			return state{receive: earshot.Bad}
		}
		return state{}
	})
	for m, want := range map[int]int{3: 0, 6: 1, 7: 1, 12: 0} {
		got := seen[m]
		if len(got) != want {
			t.Errorf("minute %d: %d senders, want %d", m, len(got), want)
			continue
		}
		for _, s := range got {
			for _, p := range w.people {
				if p.segment == s.Segment && p.name != "crowd-0" {
					t.Errorf("minute %d: %s is named", m, p.name)
				}
			}
			if len(s.Listeners) < 25 || s.Of != 29 {
				t.Errorf("minute %d: %d of %d listeners, want most of 29", m, len(s.Listeners), s.Of)
			}
		}
	}
}
