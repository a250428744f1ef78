package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// regradeBatch is how many hours are marked at once.
const regradeBatch = 24

// Regrade marks the hours of [from, to) in which accounts have minutes, to be graded again from their samples with the present
// profile and directions; the background work does so, oldest first, while everything goes on. from and to are widened to
// whole hours. progress is called after each batch with how many hours were marked in all. Marking twice does no harm.
//
// What is marked stays marked over a restart. A failure leaves what was marked before it.
func (p *Pipeline) Regrade(ctx context.Context, accounts []earshot.ID, from, to earshot.Instant, progress func(marked int)) (int, error) {
	marked := 0
	var batch []earshot.DirtyHour
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := p.o.Facts.MarkDirty(ctx, batch); err != nil {
			return fmt.Errorf("mark %d hours to be graded again: %w", len(batch), err)
		}
		marked += len(batch)
		batch = batch[:0]
		progress(marked)
		return nil
	}
	for hour := from.Hour(); hour < to; hour = hour.Add(time.Hour) {
		if some, err := p.hasMinutes(ctx, 0, hour); err != nil || !some {
			if err != nil {
				return marked, err
			}
			continue
		}
		for _, account := range accounts {
			some, err := p.hasMinutes(ctx, account, hour)
			if err != nil {
				return marked, err
			}
			if some {
				batch = append(batch, earshot.DirtyHour{Account: account, Hour: hour})
			}
		}
		if len(batch) >= regradeBatch {
			if err := flush(); err != nil {
				return marked, err
			}
		}
	}
	return marked, flush()
}

// hasMinutes reports whether an account, or with 0 any account, has minutes in an hour.
func (p *Pipeline) hasMinutes(ctx context.Context, account earshot.ID, hour earshot.Instant) (bool, error) {
	minutes, err := p.o.Facts.Minutes(ctx, facts.Filter{From: hour, To: hour.Add(time.Hour), Account: account, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look for minutes at %s: %w", hour.Time().Format(time.RFC3339), err)
	}
	return len(minutes) > 0, nil
}

// keepUnsampled adds the minutes of an hour whose samples have expired: they keep the grades that they have.
func keepUnsampled(computed, stored []earshot.Minute) []earshot.Minute {
	have := make(map[earshot.MinuteKey]struct{}, len(computed))
	for i := range computed {
		have[computed[i].Key()] = struct{}{}
	}
	for i := range stored {
		if _, ok := have[stored[i].Key()]; !ok {
			computed = append(computed, stored[i])
		}
	}
	return computed
}
