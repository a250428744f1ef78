package emulator

import (
	"fmt"
	"math"
	"time"
)

// ScheduleKind says how the number of meetings moves over the day.
type ScheduleKind string

// The kinds.
const (
	Constant     ScheduleKind = ""              // Options.Meetings, day and night
	WorkingHours ScheduleKind = "working-hours" // Options.Meetings at the busiest, following the day in every city
)

// Schedule is how busy the company is when. With WorkingHours, people meet while it is day where they are: most of all in
// the middle of the morning and of the afternoon, less over lunch, hardly at night and, unless Weekends is set, on Saturdays
// and Sundays. The zero Schedule is constant.
type Schedule struct {
	Kind ScheduleKind
	// Begin and End are local time since midnight (default 8 h and 18 h). WorkingHours only.
	Begin, End time.Duration
	Weekends   bool
}

func (s Schedule) withDefaults() Schedule {
	if s.Kind == WorkingHours && s.Begin == 0 && s.End == 0 {
		s.Begin, s.End = 8*time.Hour, 18*time.Hour
	}
	return s
}

func (s Schedule) check() error {
	switch {
	case s.Kind != Constant && s.Kind != WorkingHours:
		return fmt.Errorf("schedule %q: want %q, or none for the same all day", s.Kind, WorkingHours)
	case s.Kind == Constant && (s.Begin != 0 || s.End != 0 || s.Weekends):
		return fmt.Errorf("schedule: hours and weekends belong to %q", WorkingHours)
	case s.Kind == WorkingHours && (s.Begin < 0 || s.End > 24*time.Hour || s.End < s.Begin+time.Hour):
		return fmt.Errorf("schedule: working hours from %v to %v: want an hour or more within one day", s.Begin, s.End)
	}
	return nil
}

// workingDay is the share of people in meetings, of the day's peak, over the working hours from begin to end; realism has it
// that it peaks in the middle of the morning and again after lunch.
var workingDay = [...]float64{.3, .75, 1, .95, .65, .7, .95, .95, .8, .5, .2}

// night is what is left outside working hours.
const night = .02

// at returns the share of the peak at a local time.
func (s Schedule) at(t time.Time) float64 {
	if s.Kind == Constant {
		return 1
	}
	if day := t.Weekday(); !s.Weekends && (day == time.Saturday || day == time.Sunday) {
		return night
	}
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	if clock < s.Begin || clock >= s.End {
		return night
	}
	x := float64(clock-s.Begin) / float64(s.End-s.Begin) * float64(len(workingDay)-1)
	i := min(int(x), len(workingDay)-2)
	f := x - float64(i)
	return workingDay[i]*(1-f) + workingDay[i+1]*f
}

// stepDay advances the load of offices' lines, and how many want to meet where.
func (w *World) stepDay() {
	now := w.now.Time()
	if w.awake == nil {
		w.awake = map[*city]float64{}
	}
	var sum, all float64
	for i, s := range w.people.sites {
		local := now.In(s.city.loc)
		w.hourLoad[i] = hourLoad(local.Hour())
		x := w.o.Schedule.at(local)
		w.awake[s.city] = x
		if !s.vpn {
			n := float64(len(w.people.locals[s.city].staff))
			sum += x * n
			all += n
		}
	}
	w.busy = sum / max(1, all)
}

// open reports whether a slot is to have a meeting now: as many as the day wants, always the same ones first.
func (w *World) open(slot int) bool {
	if w.o.Schedule.Kind == Constant {
		return true
	}
	_, rank := math.Modf(float64(slot) * 0.6180339887498949) // the golden ratio spreads evenly
	return rank < w.busy || slot == 0
}

// willing reports whether somebody would be in a meeting at this time of their day.
func (w *World) willing(p *person) bool {
	return w.o.Schedule.Kind == Constant || w.rng.Float64() < w.awake[p.city]
}
