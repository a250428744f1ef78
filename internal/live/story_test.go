package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// story draws updates that a pipeline could give: meetings before their segments, segments before their minutes, and perhaps
// silence in the end, within less time than the history.
func story(t *rapid.T) []live.Update {
	type join struct {
		live.Segment
		meeting int
	}
	now := noon
	var meetings []earshot.Meeting
	var joins []join
	var out []live.Update
	for step := range rapid.IntRange(1, 50).Draw(t, "steps") {
		now += earshot.Instant(rapid.IntRange(0, 25_000).Draw(t, "pause"))
		u := live.Update{Watermark: now, LastEvent: now, Seq: uint64(step + 1), ReceivedAt: now + 100}
		for range rapid.IntRange(1, 3).Draw(t, "events") {
			kind := rapid.SampledFrom([]string{"start", "join", "join", "report", "report", "report", "report", "leave", "end", "call", "seal"}).Draw(t, "event")
			if len(meetings) == 0 {
				kind = "start"
			} else if len(joins) == 0 && kind != "end" && kind != "call" {
				kind = "join"
			}
			switch kind {
			case "start":
				m := meeting(earshot.ID(len(meetings)+1), now)
				m.Start = now
				meetings = append(meetings, m)
				u.Meetings = append(u.Meetings, m)
			case "end":
				m := &meetings[rapid.IntRange(0, len(meetings)-1).Draw(t, "m")]
				m.End, m.LastSeen = now, now
				u.Meetings = append(u.Meetings, *m)
			case "join":
				k := rapid.IntRange(0, len(meetings)-1).Draw(t, "m")
				g := segment(earshot.ID(1000+len(joins)), meetings[k].ID, earshot.ID(rapid.IntRange(0, 6).Draw(t, "person")), now)
				g.FirstReport = 0
				g.Site = earshot.ID(rapid.IntRange(0, 2).Draw(t, "site"))
				joins = append(joins, join{g, k})
				meetings[k].LastSeen = now
				u.Meetings, u.Segments = append(u.Meetings, meetings[k]), append(u.Segments, g)
			case "leave", "report", "seal":
				j := &joins[rapid.IntRange(0, len(joins)-1).Draw(t, "s")]
				meetings[j.meeting].LastSeen = now
				u.Meetings = append(u.Meetings, meetings[j.meeting])
				if kind == "leave" {
					j.Leave = now
				} else {
					if j.FirstReport == 0 {
						j.FirstReport = now
					}
					j.LastReport = now
					back := earshot.Instant(rapid.IntRange(0, 3).Draw(t, "back")) * minuteMs
					g := earshot.Grade(rapid.IntRange(0, 4).Draw(t, "grade"))
					m := minute(j.ID, (now - back).Minute(), g, kind == "report")
					m.Meeting, m.Person = j.Meeting, j.Person
					u.Minutes = append(u.Minutes, m)
				}
				u.Segments = append(u.Segments, j.Segment)
			case "call":
				c := earshot.Call{ID: earshot.ID(rapid.IntRange(1, 4).Draw(t, "call")), ZoomID: "c", FirstSeen: now, LastSeen: now}
				if rapid.Bool().Draw(t, "hangup") {
					c.End = now
				}
				u.Calls = append(u.Calls, c)
			}
		}
		out = append(out, u)
	}
	last := now
	for range rapid.IntRange(0, 7).Draw(t, "silent minutes") {
		now += minuteMs
		out = append(out, live.Update{Watermark: now, LastEvent: last, Seq: out[len(out)-1].Seq + 1, ReceivedAt: now + 100})
	}
	return out
}

// picture is everything that can be read.
type picture struct {
	Status   live.Status
	Meetings []*live.Meeting
	Segments map[earshot.ID][]live.SegmentNow
	Minutes  map[earshot.ID][]live.SegmentMinutes
	Sites    []live.SiteNow
}

func look(s *live.State) picture {
	p := picture{Status: s.Status(), Sites: s.Sites(0), Segments: map[earshot.ID][]live.SegmentNow{}, Minutes: map[earshot.ID][]live.SegmentMinutes{}}
	p.Status.Lag = 0
	for id := range earshot.ID(64) {
		if m, ok := s.Meeting(id); ok {
			p.Meetings = append(p.Meetings, m)
		}
		if g := s.Segments(id); g != nil {
			p.Segments[id], p.Minutes[id] = g, s.Minutes(id)
		}
	}
	return p
}

func TestPiecesEqualTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		updates := story(t)
		pieces, whole := live.New(live.Options{}), live.New(live.Options{})
		var all live.Update
		for _, u := range updates {
			pieces.Apply(u)
			if rapid.Bool().Draw(t, "read") {
				pieces.Status() // looking must not change anything
			}
			all.Watermark, all.LastEvent, all.Seq, all.ReceivedAt = u.Watermark, u.LastEvent, u.Seq, u.ReceivedAt
			all.Meetings, all.Segments = append(all.Meetings, u.Meetings...), append(all.Segments, u.Segments...)
			all.Minutes, all.Calls = append(all.Minutes, u.Minutes...), append(all.Calls, u.Calls...)
		}
		whole.Apply(all)
		if diff := cmp.Diff(look(whole), look(pieces)); diff != "" {
			t.Fatalf("whole and pieces (-whole +pieces):\n%s", diff)
		}
	})
}
