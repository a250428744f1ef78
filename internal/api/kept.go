package api

import (
	"context"
	"sync"
	"time"
)

// mostKept bounds the answers of one question that are held.
const mostKept = 64

// kept holds answers for a short while, since many screens ask the same. Of several who ask at once one reads, and the others
// wait for it, no longer than their contexts allow. An error is not kept. What it returns is shared: do not modify it. Safe for concurrent use.
type kept[T any] struct {
	mu    sync.Mutex
	byKey map[string]*keptAnswer[T]
}

type keptAnswer[T any] struct {
	turn  chan struct{} // holds one token; whoever has it may use the rest
	read  time.Time
	value *T
}

func (k *kept[T]) get(ctx context.Context, key string, fresh time.Duration, read func(context.Context) (*T, error)) (*T, error) {
	k.mu.Lock()
	a := k.byKey[key]
	if a == nil {
		if k.byKey == nil || len(k.byKey) >= mostKept {
			k.byKey = make(map[string]*keptAnswer[T])
		}
		a = &keptAnswer[T]{turn: make(chan struct{}, 1)}
		k.byKey[key] = a
	}
	k.mu.Unlock()
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if a.value != nil && time.Since(a.read) < fresh {
		return a.value, nil
	}
	begun := time.Now()
	value, err := read(ctx)
	if err != nil {
		return nil, err
	}
	a.value, a.read = value, begun
	return value, nil
}
