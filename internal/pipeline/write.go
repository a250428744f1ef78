package pipeline

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// write stores what is queued, in order, until ctx ends. The registry comes before the facts: rows never name a segment
// that the registry does not know. What a store refuses is tried again until it works, for skipping it would lose rows.
func (p *Pipeline) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case it := <-p.queue:
			p.store(ctx, &it)
			if it.done != nil && ctx.Err() == nil {
				close(it.done)
			}
		}
	}
}

func (p *Pipeline) store(ctx context.Context, it *item) {
	if it.registry != nil {
		p.insist(ctx, "registry", func() error { return p.o.Registry.Apply(ctx, it.registry) })
	}
	if it.facts != nil {
		p.insist(ctx, "facts", func() error { return p.o.Facts.Apply(ctx, it.facts) })
		p.hours.stored(it)
		select {
		case p.rows <- it.facts.Samples:
		default:
		}
	}
	if it.hour != nil {
		p.hours.replace(ctx, it.hour)
	}
	if ctx.Err() != nil {
		return
	}
	if it.facts != nil && it.mark != 0 {
		p.stats.stored(it, time.Now())
	}
	if it.snapshot != nil {
		p.keep(ctx, it.snapshot)
	}
}

// insist calls f until it succeeds or ctx ends.
func (p *Pipeline) insist(ctx context.Context, store string, f func() error) {
	_, _ = backoff.Retry(ctx, func() (struct{}, error) {
		err := f()
		if err != nil && ctx.Err() == nil {
			p.stats.storeErrors.Add(1)
			p.log.Error("store a batch, trying again", "store", store, "err", err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(retryDelays()), backoff.WithMaxElapsedTime(0))
}

// keep writes a snapshot, now that the stores have everything before it, and tells the journal how far it is needed.
func (p *Pipeline) keep(ctx context.Context, s *snapshotState) {
	defer func() {
		select {
		case p.spare <- s.sections:
		default:
		}
	}()
	if err := saveSnapshot(p.snapshotPath(), s); err != nil {
		p.log.Error("save snapshot of the fold", "err", err)
		return
	}
	p.stats.snapshot.Store(s.Position.Seq)
	p.hours.snapshot(s.Mark.Now)
	if err := p.o.Journal.SetCursor(ctx, cursorName, s.Position.Seq, true); err != nil && ctx.Err() == nil {
		p.log.Warn("tell the journal the applied position", "err", err)
	}
}
