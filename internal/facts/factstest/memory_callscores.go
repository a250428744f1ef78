package factstest

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// CallScores implements [facts.Store].
func (m *Memory) CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error) {
	out := make(map[earshot.ID]float64)
	err := m.with(ctx, func() error {
		for _, x := range m.callSamples(0) {
			if !within(&facts.Filter{From: from, To: to}, x.At) || !x.MOS.Present || x.MOS.Value <= 0 {
				continue
			}
			if had, ok := out[x.Call]; !ok || x.MOS.Value < had {
				out[x.Call] = x.MOS.Value
			}
		}
		return nil
	})
	return out, err
}
