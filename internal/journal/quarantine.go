package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/time/rate"

	"github.com/earshot/earshot"
)

// QuarantinedRequest is a request that was refused for its signature or timestamp, with what verifying it again needs.
type QuarantinedRequest struct {
	ID           uint64          `json:"id"` // given by Quarantine
	ReceivedAt   earshot.Instant `json:"received_at"`
	Subscription string          `json:"subscription"`
	Signature    string          `json:"signature"`  // x-zm-signature
	Timestamp    string          `json:"timestamp"`  // x-zm-request-timestamp
	RequestID    string          `json:"request_id"` // x-zm-request-id
	Reason       string          `json:"reason"`
	Body         []byte          `json:"body"`
}

// Anyone can send forged requests: at most this many a second are written to disk, after a first burst that is enough to
// keep what a rotated secret refuses in its first minutes at a small site.
const (
	quarantinePerSecond = 50
	quarantineBurst     = 1000
)

// quarantine is a ring of refused requests, bounded in count and bytes: the oldest goes first.
type quarantine struct {
	db       *pebble.DB
	maxCount int
	maxBytes int64
	limit    *rate.Limiter

	kept, dropped atomic.Uint64

	mu    sync.Mutex // guards the fields below
	next  uint64
	held  []heldRequest // ascending by id
	bytes int64
}

type heldRequest struct {
	id   uint64
	size int64
}

func openQuarantine(o Options, db *pebble.DB) (*quarantine, error) {
	z := &quarantine{
		db: db, maxCount: o.QuarantineCount, maxBytes: o.QuarantineBytes,
		limit: rate.NewLimiter(quarantinePerSecond, quarantineBurst),
	}
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixQuarantine}, UpperBound: []byte{prefixQuarantine + 1}})
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		if k := it.Key(); len(k) == 9 {
			h := heldRequest{id: binary.BigEndian.Uint64(k[1:]), size: int64(len(it.Value()))}
			z.held = append(z.held, h)
			z.bytes += h.size
			z.next = h.id
		}
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	return z, nil
}

// Quarantine keeps a refused request in a bounded ring, whose oldest entries go first. It is not synced, since nobody was
// promised anything. ErrQuarantineBusy says that too many arrive; ErrTooLarge that one alone exceeds the ring.
func (j *Journal) Quarantine(q QuarantinedRequest) error {
	if j.readOnly {
		return ErrReadOnly
	}
	if full := j.full.Load(); full != nil {
		j.jail.dropped.Add(1)
		return full
	}
	if q.ReceivedAt == 0 {
		q.ReceivedAt = now()
	}
	return j.use(func() error { return j.jail.put(&q) })
}

func (z *quarantine) put(q *QuarantinedRequest) error {
	value := appendQuarantined(nil, q)
	size := int64(len(value))
	if size > z.maxBytes {
		z.dropped.Add(1)
		return fmt.Errorf("quarantine %d bytes: %w", size, ErrTooLarge)
	}
	if !z.limit.Allow() {
		z.dropped.Add(1)
		return ErrQuarantineBusy
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	b := z.db.NewBatch()
	defer func() { _ = b.Close() }()
	gone, bytes := 0, z.bytes+size
	for gone < len(z.held) && (len(z.held)-gone >= z.maxCount || bytes > z.maxBytes) {
		bytes -= z.held[gone].size
		_ = b.Delete(quarantineKey(z.held[gone].id), nil)
		gone++
	}
	z.next++
	_ = b.Set(quarantineKey(z.next), value, nil)
	if err := b.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("quarantine request: %w", err)
	}
	z.held = append(z.held[gone:], heldRequest{id: z.next, size: size})
	z.bytes = bytes
	z.kept.Add(1)
	return nil
}

// Quarantined returns the newest max requests in quarantine, oldest first; all of them when max is 0.
func (j *Journal) Quarantined(max int) ([]QuarantinedRequest, error) {
	var out []QuarantinedRequest
	err := j.use(func() (err error) {
		out, err = j.jail.list(max)
		return err
	})
	return out, err
}

func (z *quarantine) list(max int) ([]QuarantinedRequest, error) {
	z.mu.Lock()
	held := append([]heldRequest(nil), z.held...)
	z.mu.Unlock()
	if max > 0 && len(held) > max {
		held = held[len(held)-max:]
	}
	out := make([]QuarantinedRequest, 0, len(held))
	for _, h := range held {
		v, closer, err := z.db.Get(quarantineKey(h.id))
		if errors.Is(err, pebble.ErrNotFound) {
			continue // pushed out meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("read quarantined request %d: %w", h.id, err)
		}
		q, err := decodeQuarantined(bytes.Clone(v))
		if err = errors.Join(err, closer.Close()); err != nil {
			return nil, fmt.Errorf("read quarantined request %d: %w", h.id, err)
		}
		q.ID = h.id
		out = append(out, q)
	}
	return out, nil
}

// Reverify shows every quarantined request to ok and moves those that it accepts into the journal, under the time of
// their receipt. It returns how many moved, duplicates included. After an error the rest stays in quarantine.
func (j *Journal) Reverify(ok func(QuarantinedRequest) bool) (accepted int, err error) {
	list, err := j.Quarantined(0)
	if err != nil {
		return 0, fmt.Errorf("reverify: %w", err)
	}
	for _, q := range list {
		if !ok(q) {
			continue
		}
		_, err := j.Append(context.Background(), Record{
			Kind: KindEvent, ReceivedAt: q.ReceivedAt, Subscription: q.Subscription, RequestID: q.RequestID, Body: q.Body,
		})
		if err != nil {
			return accepted, fmt.Errorf("reverify: %w", err)
		}
		if err := j.use(func() error { return j.jail.release(q.ID) }); err != nil {
			return accepted, fmt.Errorf("reverify: %w", err)
		}
		accepted++
	}
	return accepted, nil
}

// release takes one request out; it may be gone already.
func (z *quarantine) release(id uint64) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	for i, h := range z.held {
		if h.id == id {
			z.held = append(z.held[:i], z.held[i+1:]...)
			z.bytes -= h.size
			break
		}
	}
	return z.db.Delete(quarantineKey(id), pebble.NoSync)
}
