package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// daySteps are participant-minutes by the step that they fall into.
type daySteps map[earshot.Instant]*earshot.GradeCounts

// steps reads the stored minutes of a span; it may be empty.
func (a *API) steps(ctx context.Context, from, to earshot.Instant) (daySteps, error) {
	out := make(daySteps)
	if to <= from {
		return out, nil
	}
	all, err := a.facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: from, To: to}, Step: dayStep, MinutesOnly: true})
	if err != nil {
		return nil, fmt.Errorf("minutes from %s by time: %w", from.Time().Format(time.RFC3339), err)
	}
	for i := range all {
		addCounts(out.at(all[i].At), all[i].Minutes)
	}
	return out, nil
}

func (s daySteps) at(at earshot.Instant) *earshot.GradeCounts {
	at -= at % earshot.Instant(dayStep.Milliseconds())
	if s[at] == nil {
		s[at] = &earshot.GradeCounts{}
	}
	return s[at]
}

// list returns the steps with minutes, oldest first.
func (s daySteps) list() []DayStep {
	out := make([]DayStep, 0, len(s))
	for _, at := range slices.Sorted(maps.Keys(s)) {
		if *s[at] != (earshot.GradeCounts{}) {
			out = append(out, DayStep{At: at.Time(), GradeCount: gradeCount(*s[at])})
		}
	}
	return out
}
