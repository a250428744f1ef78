package live_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

func TestMeetingNow(t *testing.T) {
	s := live.New(live.Options{})
	m := meeting(1, at(5, 30))
	m.HostID = "host"
	ann, bob, cat := segment(11, 1, 21, at(0, 0)), segment(12, 1, 22, at(0, 0)), segment(13, 1, 23, at(0, 0))
	bob.ZoomUserID, bob.PersonName = "host", "Bob"
	cat.FirstReport = 0 // nobody reports about her
	left := segment(14, 1, 24, at(0, 0))
	left.Leave = at(4, 0)
	s.Apply(live.Update{
		Watermark: at(5, 30), Meetings: []earshot.Meeting{m}, Segments: []live.Segment{ann, bob, cat, left},
		Minutes: []live.Minute{
			minute(11, at(2, 0), earshot.Good, false), minute(11, at(3, 0), earshot.Bad, false), minute(11, at(4, 0), earshot.Bad, false), minute(11, at(5, 0), earshot.Bad, true),
			minute(12, at(4, 0), earshot.Good, false), minute(12, at(5, 0), earshot.Fair, true),
			minute(14, at(2, 0), earshot.Poor, false), minute(14, at(3, 0), earshot.Poor, false),
		},
	})
	got := one(t, s, 1)
	want := &live.Meeting{
		Meeting: m, Live: true, Host: "Bob", People: 3, Unreported: 1,
		Grade: earshot.Bad, Since: at(3, 0), Reason: minute(11, 0, earshot.Bad, false).Reason, ReasonSegment: 11,
		Now: counts(0, 1, 0, 1, 1), Minutes: counts(2, 1, 2, 3, 0), Affected: counts(0, 1, 1, 1, 0),
		Strip: []live.StripMinute{
			{At: at(2, 0), Counts: [5]uint32{0, 1, 0, 1, 0}}, {At: at(3, 0), Counts: [5]uint32{0, 0, 0, 1, 1}},
			{At: at(4, 0), Counts: [5]uint32{0, 1, 0, 0, 1}}, {At: at(5, 0), Counts: [5]uint32{0, 0, 1, 0, 1}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("meeting (-want +got):\n%s", diff)
	}
	status := s.Status()
	if status.Meetings != 1 || status.People != 3 || status.Unreported != 1 || status.ByGrade != counts(0, 1, 0, 1, 1) || status.MeetingsByGrade != counts(0, 0, 0, 1, 0) {
		t.Errorf("status: got %+v", status)
	}
	rows := s.Segments(1)
	if rows[2].Why != earshot.WhyNoReport || !rows[2].Present {
		t.Errorf("a person without reports: got present %v, why %v", rows[2].Present, rows[2].Why)
	}
	if rows[3].Present || rows[3].Grade != earshot.Poor || !rows[3].Reason.Set {
		t.Errorf("a person who left: got present %v, grade %v, reason %+v; want their worst", rows[3].Present, rows[3].Grade, rows[3].Reason)
	}
}

// A person on two devices is one person, with the worse of both grades.
func TestPersonOnTwoDevicesCountsOnce(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{
		Watermark: at(1, 0), Meetings: []earshot.Meeting{meeting(1, at(1, 0))},
		Segments: []live.Segment{segment(11, 1, 21, noon), segment(12, 1, 21, noon)},
		Minutes:  []live.Minute{minute(11, at(0, 0), earshot.Good, true), minute(12, at(0, 0), earshot.Poor, true)},
	})
	m := one(t, s, 1)
	if m.People != 1 || m.Now != counts(0, 0, 1, 0, 0) || m.Minutes != counts(0, 0, 1, 0, 0) || m.ReasonSegment != 12 {
		t.Errorf("got %d people, now %v, minutes %v, decided by %v", m.People, m.Now, m.Minutes, m.ReasonSegment)
	}
	if got, want := s.Grades([]earshot.ID{21, 22, 0}), map[earshot.ID]earshot.Grade{21: earshot.Poor}; !maps.Equal(got, want) {
		t.Errorf("grades %v, want %v: nobody else is there", got, want)
	}
}

func TestGradeGrowsStale(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{
		Watermark: at(0, 30), Meetings: []earshot.Meeting{meeting(1, at(0, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)},
		Minutes: []live.Minute{minute(11, at(0, 0), earshot.Bad, true)},
	})
	for now, want := range map[earshot.Instant]earshot.Grade{at(2, 59): earshot.Bad, at(3, 0): earshot.Unclassified} {
		c := live.New(live.Options{})
		clone(t, s, c)
		c.Apply(live.Update{Watermark: now})
		if got := one(t, c, 1).Grade; got != want {
			t.Errorf("at %v: got %v, want %v", now.Time(), got, want)
		}
	}
}

func TestSealedMinuteReplacesOpenOne(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{Watermark: at(0, 30), Meetings: []earshot.Meeting{meeting(1, at(0, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)}})
	for _, step := range []struct {
		m    live.Minute
		want live.Minute
	}{
		{minute(11, noon, earshot.Good, true), minute(11, noon, earshot.Good, true)},
		{minute(11, noon, earshot.Poor, true), minute(11, noon, earshot.Poor, true)},
		{minute(11, noon, earshot.Fair, false), minute(11, noon, earshot.Fair, false)},
		{minute(11, noon, earshot.Bad, true), minute(11, noon, earshot.Fair, false)},
		{minute(11, noon, earshot.Bad, false), minute(11, noon, earshot.Bad, false)},
	} {
		s.Apply(live.Update{Minutes: []live.Minute{step.m}})
		step.want.Person = 21
		if diff := cmp.Diff([]live.SegmentMinutes{{Segment: 11, Minutes: []live.Minute{step.want}}}, s.Minutes(11)); diff != "" {
			t.Errorf("after %v, open %v (-want +got):\n%s", step.m.Grade, step.m.Open, diff)
		}
	}
}

// What began before the history is known all the same.
func TestSinceOutlivesHistory(t *testing.T) {
	s := live.New(live.Options{History: 20 * time.Minute})
	for k := range 90 {
		g := earshot.Poor
		if k < 5 {
			g = earshot.Good
		}
		s.Apply(live.Update{
			Watermark: at(k, 30), Meetings: []earshot.Meeting{meeting(1, at(k, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)},
			Minutes: []live.Minute{minute(11, at(k, 0), g, true)},
		})
		want := at(5, 0)
		if k < 5 {
			want = noon
		}
		if got := one(t, s, 1).Since; got != want {
			t.Fatalf("minute %d: since %v, want %v", k, got.Time(), want.Time())
		}
	}
	if got := s.Minutes(11)[0].Minutes; len(got) != 20 {
		t.Errorf("got %d minutes, want the history of 20", len(got))
	}
}
