package report

import (
	"time"

	"github.com/earshot/earshot"
)

// gapMinutes is how many better minutes a run of bad ones with the same cause may have in between.
const gapMinutes = 3

// Run is a run of poor and bad minutes that have the same cause in the same place.
type Run struct {
	From, To earshot.Instant // To is the end of the last minute
	Minutes  int             // poor and bad ones
	Best     earshot.Verdict // of its surest minute
}

// Runs joins a segment's minutes, oldest first, into runs.
func Runs(row []earshot.Minute) []Run {
	var out []Run
	for i := range row {
		m := &row[i]
		if m.Verdict.Cause == earshot.CauseNone {
			continue
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			if last.Best.Cause == m.Verdict.Cause && last.Best.Cell == m.Verdict.Cell && m.At.Sub(last.To) <= gapMinutes*time.Minute {
				last.To = m.At + 60_000
				last.Minutes++
				if m.Verdict.Confidence > last.Best.Confidence {
					last.Best = m.Verdict
				}
				continue
			}
		}
		out = append(out, Run{From: m.At, To: m.At + 60_000, Minutes: 1, Best: m.Verdict})
	}
	return out
}
