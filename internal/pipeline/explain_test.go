package pipeline

import (
	"slices"

	"github.com/earshot/earshot"
)

// unexplained returns minutes without their verdicts.
func unexplained(minutes []earshot.Minute) []earshot.Minute {
	out := slices.Clone(minutes)
	for i := range out {
		out[i].Verdict = earshot.Verdict{}
	}
	return out
}
