package live_test

import (
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

// TestSilence lets Zoom fall silent in the middle of meetings, and counts those about which more should have come.
func TestSilence(t *testing.T) {
	ended, unannounced, unreported, left := meeting(2, at(3, 0)), meeting(3, at(3, 0)), meeting(4, at(3, 0)), meeting(5, at(3, 0))
	ended.End = at(3, 0)
	unannounced.Start = 0
	leaver := segment(15, 5, 25, at(0, 0))
	leaver.Leave = at(3, 0)
	u := live.Update{
		Watermark: at(3, 30), LastEvent: at(3, 30),
		Meetings: []earshot.Meeting{meeting(1, at(3, 30)), ended, unannounced, unreported, left},
		Segments: []live.Segment{segment(11, 1, 21, at(0, 0)), segment(12, 2, 22, at(0, 0)), segment(13, 3, 23, at(0, 0)), segment(14, 4, 24, at(0, 0)), leaver},
	}
	for _, id := range []earshot.ID{11, 12, 13, 15} {
		u.Minutes = append(u.Minutes, minute(id, at(2, 0), earshot.Good, true))
	}
	s := live.New(live.Options{})
	s.Apply(u)
	for _, c := range []struct {
		at   earshot.Instant
		want int
	}{{at(4, 30), 0}, {at(8, 20), 0}, {at(8, 40), 1}, {at(20, 0), 1}, {at(600, 0), 1}} {
		s.Apply(live.Update{Watermark: c.at})
		if o, now := s.Overview(), s.Status(); o.CutOff != c.want || now.CutOff != c.want || o.LastEvent != at(3, 30) {
			t.Errorf("at %v: %d and %d cut off, last event %v; want %d, %v", c.at.Time(), o.CutOff, now.CutOff, o.LastEvent.Time(), c.want, at(3, 30).Time())
		}
	}
	s.Apply(live.Update{Watermark: at(600, 30), LastEvent: at(600, 30)})
	if n := s.Status().CutOff; n != 0 {
		t.Errorf("%d cut off once an event has come", n)
	}
	s.Apply(live.Update{Watermark: at(601, 0)})
	s.Apply(live.Update{Watermark: at(660, 0)})
	if n := s.Status().CutOff; n != 0 {
		t.Errorf("%d cut off by a silence in which no meeting was running", n)
	}
}

// TestSilenceSurvivesARestart: a monitor that restarts while Zoom is silent still knows how many meetings were cut off, however
// long ago, and one that was down when it began finds out.
func TestSilenceSurvivesARestart(t *testing.T) {
	running := live.Update{
		Watermark: at(3, 30), LastEvent: at(3, 30), Meetings: []earshot.Meeting{meeting(1, at(3, 30))},
		Segments: []live.Segment{segment(11, 1, 21, at(0, 0))}, Minutes: []live.Minute{minute(11, at(2, 0), earshot.Good, true)},
	}
	for _, down := range []earshot.Instant{at(3, 30), at(4, 30), at(9, 0), at(90, 0), at(600, 0)} {
		before := live.New(live.Options{})
		before.Apply(running)
		for now := at(4, 30); now <= down; now += minuteMs {
			before.Apply(live.Update{Watermark: now})
		}
		s := live.New(live.Options{})
		clone(t, before, s)
		if down >= at(9, 0) && (s.Status().CutOff != 1 || s.Status().LastEvent != at(3, 30)) {
			t.Errorf("restarted at %v: %d cut off, last event %v, before anything came", down.Time(), s.Status().CutOff, s.Status().LastEvent.Time())
		}
		s.Apply(live.Update{Watermark: down + 20*minuteMs, LastEvent: at(3, 30)}) // what the journal holds of the time that it was down
		if n := s.Status().CutOff; n != 1 {
			t.Errorf("restarted at %v: %d cut off, want 1", down.Time(), n)
		}
	}
}
