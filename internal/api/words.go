package api

import (
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
)

// timeOf returns nil for no time.
func timeOf(i earshot.Instant) *time.Time {
	if i == 0 {
		return nil
	}
	t := i.Time()
	return &t
}

func gradeCount(c earshot.GradeCounts) GradeCount {
	return GradeCount{Good: c[earshot.Good], Fair: c[earshot.Fair], Poor: c[earshot.Poor], Bad: c[earshot.Bad], Unclassified: c[earshot.Unclassified]}
}

// reasonOf returns nil where nothing decided.
func reasonOf(r earshot.Reason, g earshot.Grade) *Reason {
	if !r.Set {
		return nil
	}
	return &Reason{
		Text: grade.Describe(r, g), Wire: r.Wire, Media: r.Wire.Media(), Direction: r.Direction, Metric: r.Metric,
		Value: decimal(r.Value), Bound: decimal(r.Bound),
	}
}

// decimal widens a stored number without the digits that it never had: 18.2, not 18.200000762939453.
func decimal(x float32) float64 {
	const digits = 1e4
	d := float64(x) * digits
	if d > 1<<52 || d < -(1<<52) || d != d {
		return float64(x)
	}
	if d < 0 {
		return float64(int64(d-0.5)) / digits
	}
	return float64(int64(d+0.5)) / digits
}

// personName is the best that is known: display name, else e-mail, else "".
func personName(p *earshot.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}
