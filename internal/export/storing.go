package export

import (
	"context"
	"time"
)

const (
	// storeEvery is how often a position is stored that nothing was sent for: heartbeats, events that a filter holds back.
	storeEvery = 10 * time.Second
	// mostUnstored bounds how many records a crash repeats where many leave in a short time.
	mostUnstored = 200_000
)

// keepStoring stores positions now and then until ctx ends. It is not done for every batch: each is a sync of the disk, which the
// journal's own waits behind, and all that a position which was not stored costs is that a crash repeats records.
func (r *runner) keepStoring(ctx context.Context) {
	for pause(ctx, r.spec.StoreEvery) == nil {
		_ = r.store(ctx)
	}
}

// store makes a destination keep what it took, and stores how far it has come.
func (r *runner) store(ctx context.Context) error {
	r.storing.Lock()
	defer r.storing.Unlock()
	if r.unstored.Load() == 0 && r.now().Sub(r.stored) < storeEvery {
		return nil
	}
	err := r.storeAll(ctx)
	r.stuck.Store(err != nil && ctx.Err() == nil)
	switch {
	case err == nil:
		r.well(storingPositions)
	case ctx.Err() == nil:
		r.failed(storingPositions, StateWaiting, err)
	}
	return err
}

func (r *runner) storeAll(ctx context.Context) error {
	if d, ok := r.to.(Syncer); ok {
		select {
		case r.turn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { <-r.turn }()
		if err := d.Sync(); err != nil {
			for _, s := range r.streams {
				s.mu.Lock()
				s.again = s.begun
				s.mu.Unlock()
			}
			return err
		}
	}
	n, all := r.unstored.Load(), map[Stream]place{}
	for _, s := range r.streams {
		s.mu.Lock()
		if had, ok := r.progress.position(s.name); s.begun && !s.again && ok && had != s.at {
			all[s.name] = place{s.at, r.progress.leftBehind(s.name)}
		}
		s.mu.Unlock()
	}
	if n > 0 || len(all) > 0 {
		if err := r.progress.advance(all); err != nil {
			return err
		}
	}
	r.unstored.Add(-n)
	r.stored = r.now()
	return nil
}
