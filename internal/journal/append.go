package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

const (
	// A Pebble batch takes at most so much: it bounds the memory of a commit and how long a waiter waits for strangers.
	maxBatchRecords = 2048
	maxBatchBytes   = 4 << 20
	// The queue is bounded in bytes too, so that 4096 bodies of 1 MiB do not fill the memory.
	maxQueuedBytes = 32 << 20
	// A pooled buffer that grew beyond this is left to the collector.
	maxPooledBytes = 64 << 10
)

// request is one Append on its way through the committer. Whoever wins the change of state away from waiting decides:
// the committer answers, or the caller gave up and the committer recycles the request.
type request struct {
	kind   Kind
	hash   dedupHash
	record []byte // encoded, the request's own buffer
	result AppendResult
	err    error
	state  atomic.Uint32
	done   chan struct{} // capacity 1
}

const (
	stateWaiting uint32 = iota
	stateAnswered
	stateAbandoned
)

func (j *Journal) newRequest(r *Record) *request {
	q, ok := j.requests.Get().(*request)
	if !ok {
		q = &request{done: make(chan struct{}, 1)}
	}
	q.state.Store(stateWaiting)
	q.kind = r.Kind
	q.record = appendRecord(q.record[:0], r)
	if r.Kind == KindEvent {
		sum := sha256.Sum256(r.Body)
		q.hash = dedupHash(sum[:16])
	}
	return q
}

func (j *Journal) recycle(q *request) {
	if cap(q.record) > maxPooledBytes {
		q.record = nil
	}
	j.requests.Put(q)
}

// answer gives q its result, or recycles it when nobody waits any more.
func (j *Journal) answer(q *request, res AppendResult, err error) {
	q.result, q.err = res, err
	if q.state.CompareAndSwap(stateWaiting, stateAnswered) {
		q.done <- struct{}{}
		return
	}
	if err == nil { // after a failure the committer may still be reading it
		j.recycle(q)
	}
}

// Append stores r and returns when it is durable. r.Seq is ignored; a ReceivedAt of 0 becomes now; the body may be reused
// as soon as Append returns, for whatever reason. Events are deduplicated by their body, other kinds are not.
//
// When ctx ends first, its error is returned and the record may or may not be stored: a second Append of the same body
// tells. Other errors are ErrFull, ErrClosed, ErrReadOnly, ErrTooLarge and the failure of the journal; then nothing was
// acknowledged. A full queue makes Append wait.
func (j *Journal) Append(ctx context.Context, r Record) (AppendResult, error) {
	if j.readOnly {
		return AppendResult{}, ErrReadOnly
	}
	if len(r.Body)+len(r.Subscription)+len(r.RequestID) > MaxRecordBytes {
		return AppendResult{}, fmt.Errorf("append %d bytes: %w (%d)", len(r.Body), ErrTooLarge, MaxRecordBytes)
	}
	if full := j.full.Load(); full != nil {
		j.counts.refused.Add(1)
		return AppendResult{}, full
	}
	if r.ReceivedAt == 0 {
		r.ReceivedAt = now()
	}
	q := j.newRequest(&r)
	if err := j.enqueue(ctx, q); err != nil {
		j.recycle(q)
		return AppendResult{}, err
	}
	select {
	case <-q.done:
	case <-ctx.Done():
		if q.state.CompareAndSwap(stateWaiting, stateAbandoned) {
			return AppendResult{}, fmt.Errorf("append: %w", context.Cause(ctx))
		}
		<-q.done
	}
	res, err := q.result, q.err
	if err == nil { // see answer
		j.recycle(q)
	}
	return res, err
}

// enqueue hands q to the committer, waiting for room until ctx ends.
func (j *Journal) enqueue(ctx context.Context, q *request) error {
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("append: %w", context.Cause(ctx))
		}
		j.mu.Lock()
		switch {
		case j.failure != nil:
			j.mu.Unlock()
			return j.failure
		case j.closing:
			j.mu.Unlock()
			return ErrClosed
		case len(j.pending) < j.o.Queue && j.pendingBytes < maxQueuedBytes:
			j.pending = append(j.pending, q)
			j.pendingBytes += len(q.record)
			first := len(j.pending) == 1
			j.mu.Unlock()
			if first {
				select {
				case j.wake <- struct{}{}:
				default:
				}
			}
			return nil
		}
		if j.room == nil {
			j.room = make(chan struct{})
		}
		room := j.room
		j.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
		}
	}
}

func (j *Journal) wakeRoomLocked() {
	if j.room != nil {
		close(j.room)
		j.room = nil
	}
}

// staged is a batch that is in Pebble's memory and on its way to the disk.
type staged struct {
	batch    *pebble.Batch // nil when every request of it is a duplicate
	requests []*request
	results  []AppendResult // not in the requests: a failure may answer those meanwhile
	next     uint64         // the last sequence given out so far
	stored   int
}

// stagedBatches is how many batches may wait for the disk. While one is being synced the committer fills the next ones, so
// that the disk never waits for the processor nor the other way round; Pebble syncs together what has gathered.
const stagedBatches = 4

// commitLoop is the committer: it alone gives out sequences and touches the dedup state. syncLoop ends after it.
func (j *Journal) commitLoop() {
	defer close(j.staged)
	next := j.tail.Load()
	var taken []*request
	for {
		taken = j.take(taken[:0])
		if len(taken) == 0 {
			return
		}
		for rest := taken; len(rest) > 0; {
			n, bytes := 0, 0
			for n < len(rest) && n < maxBatchRecords && bytes < maxBatchBytes {
				bytes += len(rest[n].record)
				n++
			}
			s := j.unused()
			if err := j.commit(s, rest[:n], bytes, next); err != nil {
				j.fail(fmt.Errorf("commit batch: %w", err))
				return
			}
			next = s.next
			select {
			case j.staged <- s:
			case <-j.failed:
				return
			}
			rest = rest[n:]
		}
		clear(taken)
	}
}

// unused returns a staged to fill, one that was used before where there is one.
func (j *Journal) unused() *staged {
	select {
	case s := <-j.spare:
		return s
	default:
		return &staged{}
	}
}

// take waits for requests and returns all there are; none when the journal is closed or failed.
func (j *Journal) take(spare []*request) []*request {
	for {
		j.mu.Lock()
		if j.failure != nil {
			j.mu.Unlock()
			return nil
		}
		if len(j.pending) > 0 {
			taken := j.pending
			j.pending, j.pendingBytes = spare, 0
			j.inFlight = append(j.inFlight, taken...)
			j.wakeRoomLocked()
			j.mu.Unlock()
			return taken
		}
		closing := j.closing
		j.mu.Unlock()
		if closing {
			return nil
		}
		<-j.wake
	}
}

// commit gives the requests their sequences after next and hands what is new to Pebble, without waiting for the disk. Pebble
// calls ApplyNoSyncWait experimental, since a batch must be kept until SyncWait: syncLoop does, and the crash tests and
// `make chaos` judge by the sender's ledger whether anything that was acknowledged is missing.
func (j *Journal) commit(s *staged, requests []*request, bytes int, next uint64) error {
	j.dedup.tidy()
	bucket := j.dedup.current(now())
	b := j.db.NewBatchWithSize(bytes + len(requests)*64 + 64)
	s.requests, s.results, s.stored = append(s.requests[:0], requests...), s.results[:0], 0
	for _, q := range requests {
		if q.kind == KindEvent {
			if seq, known := j.isDuplicate(q); known {
				s.results = append(s.results, AppendResult{Seq: seq, Duplicate: true})
				continue
			}
		}
		next++
		s.stored++
		s.results = append(s.results, AppendResult{Seq: next})
		j.stage(b, q, next, bucket)
	}
	s.next, s.batch = next, b
	if s.stored == 0 {
		s.batch = nil
		return b.Close()
	}
	_ = b.Set(metaNext, binary.BigEndian.AppendUint64(make([]byte, 0, 8), next), nil)
	return j.db.ApplyNoSyncWait(b, pebble.Sync)
}

// syncLoop waits until batches are on the disk and answers them, in the order in which they were committed: so a duplicate
// of a record that is not durable yet is not answered before that record is.
func (j *Journal) syncLoop() {
	defer close(j.stopped)
	for s := range j.staged {
		if s.batch != nil {
			if err := errors.Join(s.batch.SyncWait(), s.batch.Close()); err != nil {
				j.fail(fmt.Errorf("sync batch: %w", err))
				return
			}
			j.counts.appended.Add(uint64(s.stored))
			j.counts.commits.Add(1)
			j.lastAppend.Store(int64(time.Since(j.started)))
		}
		j.counts.duplicates.Add(uint64(len(s.results) - s.stored))
		if !j.publish(s.next, len(s.requests)) {
			return
		}
		for i, q := range s.requests {
			j.answer(q, s.results[i], nil)
		}
		clear(s.requests)
		select {
		case j.spare <- s:
		default:
		}
	}
}

// isDuplicate asks for the hash of q. When Pebble cannot say, because a table is damaged, the event is stored: the
// pipeline tells equal samples apart, nobody could bring back a lost one.
func (j *Journal) isDuplicate(q *request) (uint64, bool) {
	seq, known, err := j.dedup.lookup(&q.hash)
	if err != nil && j.counts.dedupErrors.Add(1)&(j.counts.dedupErrors.Load()-1) == 0 { // 1st, 2nd, 4th, …
		j.log.Error("duplicate check", slog.Any("err", err), slog.Uint64("count", j.counts.dedupErrors.Load()))
	}
	return seq, known && err == nil
}

// stage writes record and dedup key of q into the batch, without copies in between.
func (j *Journal) stage(b *pebble.Batch, q *request, seq uint64, bucket *bucket) {
	op := b.SetDeferred(1+8, len(q.record))
	recordKey(op.Key[:0], seq)
	copy(op.Value, q.record)
	_ = op.Finish()
	if q.kind != KindEvent {
		return
	}
	j.dedup.add(&q.hash, seq, bucket)
	var value [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(value[:], seq)
	op = b.SetDeferred(1+4+len(q.hash), n)
	dedupKey(op.Key[:0], bucket.number, &q.hash)
	copy(op.Value, value[:n])
	_ = op.Finish()
}

// publish moves the tail, wakes who waits for it and takes the batch out of what a failure would answer. It reports
// false when a failure came first.
func (j *Journal) publish(next uint64, answered int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failure != nil {
		return false
	}
	j.inFlight = slices.Delete(j.inFlight, 0, answered)
	if j.tail.Swap(next) != next {
		j.wakeTailLocked()
	}
	return true
}

func (j *Journal) wakeTailLocked() {
	if j.tailMoved != nil {
		close(j.tailMoved)
		j.tailMoved = nil
	}
}
