package api

import (
	"math"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Below these a rate says more about chance than about the place or the device: it is shown, but neither judged nor compared.
const (
	fewestPeople  = 10
	fewestMinutes = 60
)

// longestSpan is the most that one question about places or devices may ask for.
const longestSpan = 31 * 24 * time.Hour

// measured says what a group amounts to.
func measured(t *facts.Tally) Measured {
	n := t.Minutes.Classified()
	return Measured{
		MinuteSum: minuteSum(t.Minutes), People: t.Persons, PeopleBad: t.PersonsBad, Meetings: t.Meetings,
		BadPct: percent(t.Minutes[earshot.Bad], n), TooFew: t.Persons < fewestPeople || n < fewestMinutes,
	}
}

// percent returns part of whole in percent, to a hundredth, nil when there is no whole.
func percent(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	p := math.Round(1e4*float64(part)/float64(whole)) / 100
	return &p
}

// wholeHours returns the span that is asked for, the last ones by default, widened to whole hours: those are added up already.
func (a *API) wholeHours(in *Span, last time.Duration) (from, to earshot.Instant, err error) {
	now := a.live.Watermark()
	if now == 0 {
		now = earshot.InstantOf(time.Now())
	}
	to = now
	if !in.To.IsZero() {
		to = earshot.InstantOf(in.To)
	}
	from, to, err = in.within(to.Add(-last), to)
	if err != nil {
		return 0, 0, err
	}
	if up := to.Hour(); up != to {
		to = up.Add(time.Hour)
	}
	from = from.Hour()
	if to.Sub(from) > longestSpan+time.Hour {
		return 0, 0, badInput("from", "at most 31 days before to")
	}
	return from, to, nil
}

// minus returns the minutes of a that are not of b, which are among them.
func minus(a, b earshot.GradeCounts) earshot.GradeCounts {
	for g := range a {
		a[g] = max(0, a[g]-b[g])
	}
	return a
}
