package pipeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// at is a time of the tests' meeting, in seconds since it began.
func at(s int) earshot.Instant { return earshot.InstantOf(testStart) + earshot.Instant(s)*1000 }

// stay is a join from join to leave that reports every minute until the last.
func stay(id, person earshot.ID, join, leave, last int, reason string) earshot.Segment {
	g := earshot.Segment{ID: id, Meeting: 1, Person: person, Join: at(join), LeaveReason: reason}
	if leave > 0 {
		g.Leave = at(leave)
	}
	if last > 0 {
		g.FirstReport, g.LastReport = at(join+60), at(last)
	}
	return g
}

func TestDrops(t *testing.T) {
	other := stay(90, 90, 0, 0, 3600, "")
	with := func(g earshot.Segment, change func(*earshot.Segment)) earshot.Segment {
		change(&g)
		return g
	}
	const left = "Ann left the meeting."
	for _, tt := range []struct {
		name     string
		segments []earshot.Segment
		end      int
		summed   bool
		want     []Drop
	}{
		{"back after half a minute", []earshot.Segment{stay(2, 7, 0, 600, 540, "Reason: Network connection error."), stay(3, 7, 630, 0, 3600, "")}, 0, false,
			[]Drop{{2, 7, at(600), DropRejoined, 3, 30_000}}},
		{"back in exactly two minutes", []earshot.Segment{stay(2, 7, 0, 600, 540, left), stay(3, 7, 720, 0, 3600, "")}, 0, false,
			[]Drop{{2, 7, at(600), DropRejoined, 3, 120_000}}},
		{"back a second later than that", []earshot.Segment{stay(2, 7, 0, 600, 540, left), stay(3, 7, 721, 0, 3600, "")}, 0, false, nil},
		{"another person comes", []earshot.Segment{stay(2, 7, 0, 600, 540, left), stay(3, 8, 620, 0, 3600, "")}, 0, false, nil},
		{"nobody known comes after nobody known", []earshot.Segment{stay(2, 0, 0, 600, 540, left), stay(3, 0, 620, 0, 3600, "")}, 0, false, nil},
		{"back before Zoom noticed", []earshot.Segment{stay(2, 7, 0, 660, 540, left), stay(3, 7, 580, 0, 3600, "")}, 0, false,
			[]Drop{{2, 7, at(660), DropRejoined, 3, 0}}},
		{"a telephone beside the laptop", []earshot.Segment{stay(2, 7, 0, 3500, 3480, left), stay(3, 7, 600, 3500, 3480, left)}, 0, false, nil},
		{"a second device shortly before the first leaves", []earshot.Segment{stay(2, 7, 0, 700, 700, left), stay(3, 7, 600, 0, 3600, "")}, 0, false, nil},
		{"said to be disconnected, never back", []earshot.Segment{stay(2, 7, 0, 600, 540, "Ann got disconnected from the meeting.")}, 0, false,
			[]Drop{{2, 7, at(600), DropDisconnected, 0, 0}}},
		{"said to be disconnected, back later", []earshot.Segment{stay(2, 7, 0, 600, 540, "Reason: Network connection error."), stay(3, 7, 1200, 0, 3600, "")}, 0, false,
			[]Drop{{2, 7, at(600), DropDisconnected, 3, 600_000}}},
		{"left, and that is all", []earshot.Segment{stay(2, 7, 0, 600, 540, left)}, 0, false, nil},
		{"removed, and let in again", []earshot.Segment{stay(2, 7, 0, 600, 540, "Removed by host."), stay(3, 7, 640, 0, 3600, "")}, 0, false, nil},
		{"out of the waiting room", []earshot.Segment{stay(2, 7, 0, 60, 0, "Leave waiting room."), stay(3, 7, 61, 0, 3600, "")}, 0, false, nil},
		{"the host ended, and began again", []earshot.Segment{stay(2, 7, 0, 600, 540, "Reason: Host ended the meeting."), stay(3, 7, 640, 0, 3600, "")}, 0, false, nil},
		{"reports stop", []earshot.Segment{stay(2, 7, 0, 0, 600, "")}, 0, false, []Drop{{2, 7, at(600), DropSilent, 0, 0}}},
		{"reports stop, back after a while", []earshot.Segment{stay(2, 7, 0, 0, 600, ""), stay(3, 7, 900, 0, 3600, "")}, 0, false, []Drop{{2, 7, at(600), DropSilent, 3, 300_000}}},
		{"reports stop, and Zoom summed up", []earshot.Segment{stay(2, 7, 0, 0, 600, "")}, 0, true, nil},
		{"never reported", []earshot.Segment{stay(2, 7, 0, 0, 0, "")}, 0, false, nil},
		{"reports stop at the end", []earshot.Segment{stay(2, 7, 0, 0, 3500, "")}, 3600, false, nil},
		{"one report is missing", []earshot.Segment{stay(2, 7, 0, 0, 3480, "")}, 0, false, nil},
		{"into a breakout room", []earshot.Segment{stay(2, 7, 0, 0, 600, ""), with(stay(5, 7, 610, 0, 3600, ""), func(g *earshot.Segment) { g.Meeting, g.Parent = 50, 2 })}, 0, false, nil},
		{"thrown out after a breakout room, and back", []earshot.Segment{stay(2, 7, 0, 1000, 60, "Reason: Network connection error."), with(stay(5, 7, 70, 900, 880, "left breakout room."), func(g *earshot.Segment) { g.Meeting, g.Parent = 50, 2 }), stay(3, 7, 1020, 0, 3600, "")}, 0, false,
			[]Drop{{2, 7, at(1000), DropRejoined, 3, 20_000}}},
		{"thrown out of a breakout room, never back", []earshot.Segment{stay(2, 7, 0, 800, 60, "Reason: Network connection error."), with(stay(5, 7, 70, 800, 780, ""), func(g *earshot.Segment) { g.Meeting, g.Parent = 50, 2 })}, 0, false,
			[]Drop{{2, 7, at(800), DropDisconnected, 0, 0}}},
		{"left the main meeting for a room, and is back in it", []earshot.Segment{stay(2, 7, 0, 600, 540, left), with(stay(5, 7, 605, 690, 680, ""), func(g *earshot.Segment) { g.Meeting, g.Parent = 50, 2 }), stay(3, 7, 700, 0, 3600, "")}, 0, false, nil},
		{"out of one room into another", []earshot.Segment{stay(2, 7, 0, 0, 3600, ""), with(stay(5, 7, 610, 900, 880, "left breakout room."), func(g *earshot.Segment) { g.Parent = 2 }), stay(6, 7, 910, 0, 3600, "")}, 0, false, nil},
		{"audio by telephone", []earshot.Segment{stay(2, 7, 0, 600, 540, left), with(stay(3, 7, 590, 0, 3600, ""), func(g *earshot.Segment) { g.Bound = 2 })}, 0, false, nil},
		{"three times", []earshot.Segment{stay(4, 7, 700, 0, 3600, ""), stay(2, 7, 0, 300, 240, left), stay(3, 7, 310, 690, 660, left)}, 0, false,
			[]Drop{{2, 7, at(300), DropRejoined, 3, 10_000}, {3, 7, at(690), DropRejoined, 4, 10_000}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := earshot.Meeting{ID: 1}
			if tt.end > 0 {
				m.End = at(tt.end)
			}
			s := Stays{Meeting: &m, Segments: append(tt.segments, other), Now: at(3660), Left: func(earshot.ID) bool { return tt.summed }}
			if diff := gocmp.Diff(tt.want, Drops(s)); diff != "" {
				t.Errorf("drops (-want +got):\n%s", diff)
			}
			slices.Reverse(s.Segments)
			if diff := gocmp.Diff(tt.want, Drops(s)); diff != "" {
				t.Errorf("in another order (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnOutageOfDeliveryDropsNobody: when all reports stop, nobody in particular fell out.
func TestAnOutageOfDeliveryDropsNobody(t *testing.T) {
	var all []earshot.Segment
	for i := range 20 {
		all = append(all, stay(earshot.ID(i+2), earshot.ID(i+2), 0, 0, 1800+i*5, ""))
	}
	if got := Drops(Stays{Meeting: &earshot.Meeting{ID: 1}, Segments: all, Now: at(3600)}); len(got) != 0 {
		t.Errorf("drops %+v, want none", got)
	}
}

// TestDropsOfTheEmulator: those whom the emulator throws out are found, and nobody else, in meetings with breakout rooms,
// telephones and people who come and go.
func TestDropsOfTheEmulator(t *testing.T) {
	records := dialectTraffic(t, emulator.Options{People: 80, Seed: 24}, 90*time.Minute)
	records = append(records, quiet(records, 10*time.Minute)...)
	f := NewFold(testRules())
	thrown, summed := map[earshot.ID]bool{}, map[earshot.ID]bool{}
	var decoder zoom.Decoder
	var ev zoom.Event
	var meetings, segments []earshot.ID
	for i := range records {
		f.Apply(&records[i])
		out := f.Take()
		for _, s := range out.Summaries {
			summed[s.Segment] = true
		}
		if err := decoder.Decode(records[i].Body, &ev); err == nil && ev.Class == zoom.ClassLeft && strings.Contains(ev.Participant.LeaveReason, "Network connection error") {
			thrown[f.rules.Keys.Segment(ev.Meeting.UUID, ev.Participant.InMeetingID)] = true
		}
		if i%1000 != 0 && i != len(records)-1 {
			continue
		}
		u := f.LiveUpdate(0)
		for _, m := range u.Meetings {
			meetings = append(meetings, m.ID)
		}
		for _, g := range u.Segments {
			segments = append(segments, g.ID)
		}
	}
	slices.Sort(meetings)
	slices.Sort(segments)
	var all []earshot.Segment
	for _, id := range slices.Compact(segments) {
		if g := f.identity.Segment(id); g != nil {
			all = append(all, *g)
		}
	}
	found := map[earshot.ID]bool{}
	for _, id := range slices.Compact(meetings) {
		m := f.identity.Meeting(id)
		if m == nil {
			continue
		}
		for _, d := range Drops(Stays{Meeting: m, Segments: all, Now: f.Watermark(), Left: func(g earshot.ID) bool { return summed[g] }}) {
			found[d.Segment] = true
			// Zoom's side notices a minute later: of the last ones it has not told yet.
			if told := d.At < earshot.InstantOf(testStart.Add(87*time.Minute)); told && !thrown[d.Segment] {
				t.Errorf("%+v: %+v", d, f.identity.Segment(d.Segment))
			}
		}
	}
	for id := range thrown {
		if !found[id] {
			t.Errorf("not found: %+v", f.identity.Segment(id))
		}
	}
	t.Logf("%d thrown out, %d found", len(thrown), len(found))
	if len(thrown) < 3 {
		t.Errorf("only %d people were thrown out: this test shows little", len(thrown))
	}
}
