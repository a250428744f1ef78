package grade

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// Steady is the present state of one segment's streams: it falls fast and recovers slowly. Each report is measured together
// with those of the profile's Window before it, so that one report a minute and four say the same; the state of a slot is the
// worst that was measured in the last ClearAfter of the time in which it flowed. So it falls with the first report that is
// worse, recovers only when it was better for that long, and stands still while the stream is muted or switched off.
//
// All of it is in time, nothing counts reports. The zero Steady has seen nothing. It is plain data, to be stored and compared.
type Steady struct {
	Slots [earshot.SlotCount]SteadySlot
	// Last is the time of the newest report.
	Last earshot.Instant
	// Recent are the samples of the last two windows.
	Recent []earshot.Sample
}

// SteadySlot is the present state of one slot.
type SteadySlot struct {
	Grade earshot.Grade   // Unclassified: nothing is known
	Since earshot.Instant // when it became that
	// Idle is for how long nothing has flowed, 0 while something does.
	Idle time.Duration
	// Flowed is for how long the stream has flowed since it is known, and Seen how long that was when it was last measured to
	// be at least fair, poor and bad; below zero is never.
	Flowed time.Duration
	Seen   [3]time.Duration
}

// never is a Seen before any.
const never = time.Duration(-1)

// Report takes one report: the samples of one time. ctx says what it says to [Profile.Minute]; its PrevLow is not used. A
// report that is older than the newest is measured with it and takes no time.
func (s *Steady) Report(p *Profile, report []earshot.Sample, ctx Context) {
	if len(report) == 0 {
		return
	}
	now := report[0].At
	span := s.advance(p, now)
	s.keep(p, report)
	ctx.FirstReport, ctx.LastReport = earlier(ctx.FirstReport, now), max(ctx.LastReport, now)
	latest := p.Minute(report, ctx)
	measured := s.measure(p, ctx)
	for i := range s.Slots {
		s.Slots[i].step(p, latest.Slots[i], measured[i], span, s.Last)
	}
}

// Minute takes a graded minute instead of reports: what is left when only those are at hand. Minutes come in order of time,
// and a gap as long as ClearAfter is forgotten like a gap of reports.
func (s *Steady) Minute(p *Profile, m *earshot.Minute) {
	span := s.advance(p, m.At.Add(time.Minute))
	for i := range s.Slots {
		s.Slots[i].step(p, m.Slots[i], m.Slots[i], span, s.Last)
	}
}

// advance moves to the time of a report and returns how long it speaks for: since the one before, at most a window.
func (s *Steady) advance(p *Profile, now earshot.Instant) time.Duration {
	before := s.Last
	s.Last = max(before, now)
	if before == 0 {
		return p.Window
	}
	span := max(now.Sub(before), 0)
	if span >= p.ClearAfter+p.Window { // nobody knows what was in between
		s.Slots, s.Recent = [earshot.SlotCount]SteadySlot{}, nil
	}
	return min(span, p.Window)
}

// keep adds a report and drops what is older than two windows.
func (s *Steady) keep(p *Profile, report []earshot.Sample) {
	oldest := s.Last.Add(-2 * p.Window)
	s.Recent = slices.DeleteFunc(s.Recent, func(r earshot.Sample) bool { return r.At <= oldest })
	s.Recent = append(s.Recent, report...)
}

// measure grades the samples of the last window; those of the one before tell whether a lasting rule was reached before.
func (s *Steady) measure(p *Profile, ctx Context) [earshot.SlotCount]earshot.Grade {
	border := s.Last.Add(-p.Window)
	var recent, older []earshot.Sample
	for i := range s.Recent {
		if s.Recent[i].At > border {
			recent = append(recent, s.Recent[i])
		} else {
			older = append(older, s.Recent[i])
		}
	}
	ctx.PrevLow = p.Low(older, ctx)
	return p.Minute(recent, ctx).Slots
}

// step takes what a slot was measured at, given what its latest report alone says: nothing means that it is idle.
func (s *SteadySlot) step(p *Profile, latest, measured earshot.Grade, span time.Duration, now earshot.Instant) {
	if latest == earshot.Unclassified || measured == earshot.Unclassified {
		s.Idle += span
		if s.Grade != earshot.Unclassified && s.Idle >= p.ClearAfter {
			*s = SteadySlot{Since: now, Idle: s.Idle}
		}
		return
	}
	if s.Grade == earshot.Unclassified {
		*s = SteadySlot{Grade: measured, Since: now, Seen: [3]time.Duration{never, never, never}}
	}
	s.Idle = 0
	s.Flowed += span
	grade := earshot.Good
	for i := range s.Seen {
		g := earshot.Fair + earshot.Grade(i)
		if measured >= g {
			s.Seen[i] = s.Flowed
		}
		if s.Seen[i] != never && s.Flowed-s.Seen[i] < p.ClearAfter {
			grade = g
		}
	}
	if grade != s.Grade {
		s.Grade, s.Since = grade, now
	}
}

// Grade returns the worst present state of the media slots, and since when it is at least that bad, 0 for Unclassified.
func (s *Steady) Grade() (worst earshot.Grade, since earshot.Instant) {
	for _, slot := range s.Slots[:earshot.SlotCPU] {
		switch {
		case slot.Grade == earshot.Unclassified || slot.Grade < worst:
		case slot.Grade > worst || slot.Since < since:
			worst, since = slot.Grade, slot.Since
		}
	}
	return worst, since
}
