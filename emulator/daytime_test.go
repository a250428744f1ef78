package emulator

import (
	"testing"
	"time"
)

func TestScheduleFollowsTheDay(t *testing.T) {
	s := Schedule{Kind: WorkingHours}.withDefaults()
	friday := func(h, m int) float64 { return s.at(time.Date(2026, 11, 20, h, m, 0, 0, time.UTC)) }
	if friday(10, 0) < .9 || friday(15, 0) < .85 || friday(12, 30) > .75 || friday(3, 0) != night || friday(18, 0) != night || friday(8, 0) < .2 {
		t.Errorf("10:00 %v, 15:00 %v, 12:30 %v, 3:00 %v, 18:00 %v, 8:00 %v", friday(10, 0), friday(15, 0), friday(12, 30), friday(3, 0), friday(18, 0), friday(8, 0))
	}
	saturday := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	if s.at(saturday) != night {
		t.Error("people work on Saturday")
	}
	if s.Weekends = true; s.at(saturday) < .9 {
		t.Error("nobody works on Saturday, although they shall")
	}
	if (Schedule{}).at(saturday) != 1 {
		t.Error("a constant schedule is not constant")
	}
}

// As many people are in meetings as the hour of their cities wants.
func TestWorldFollowsTheDay(t *testing.T) {
	t.Parallel()
	present := func(at time.Time) (people, meetings int) {
		o, err := Options{
			People: 120, Meetings: 20, Seed: 4, From: at, Calm: true, Troubles: []Trouble{}, Schedule: Schedule{Kind: WorkingHours},
		}.withDefaults(at)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(o)
		for range 100 { // 10 minutes
			w.Step()
			for _, m := range w.meetings {
				people += m.present
			}
			meetings += len(w.meetings)
		}
		return people / 100, meetings / 100
	}
	dayPeople, dayMeetings := present(time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)) // Leipzig, Lisbon and Pune
	nightPeople, nightMeetings := present(time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC))
	weekend, _ := present(time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC))
	if dayPeople < 20 || nightPeople > dayPeople/4 || nightMeetings > dayMeetings/3 || weekend > dayPeople/4 {
		t.Errorf("people and meetings: %d and %d by day, %d and %d at night, %d people on Saturday", dayPeople, dayMeetings, nightPeople, nightMeetings, weekend)
	}
}

func TestScheduleIsChecked(t *testing.T) {
	for _, s := range []Schedule{
		{Kind: "lazy"}, {Begin: time.Hour}, {Kind: WorkingHours, Begin: 9 * time.Hour, End: 8 * time.Hour},
		{Kind: WorkingHours, Begin: 9 * time.Hour, End: 30 * time.Hour},
	} {
		if s.withDefaults().check() == nil {
			t.Errorf("accepted %+v", s)
		}
	}
}
