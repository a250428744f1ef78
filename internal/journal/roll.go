package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/earshot/earshot"
)

// rollUntil moves whole hours that ended before limit into the archive, as far as they are applied.
func (j *Journal) rollUntil(ctx context.Context, limit earshot.Instant) error {
	for ctx.Err() == nil {
		applied := j.applied()
		at, ok := j.oldestInStore()
		if !ok || at.Hour().Add(time.Hour) > limit {
			return nil
		}
		// The hour is complete and applied when the last applied record lies after it.
		if last, ok := j.receivedAt(applied); !ok || last.Hour() <= at.Hour() {
			return nil
		}
		if rolled, err := j.rollHour(ctx, applied); err != nil || rolled == 0 {
			return err
		}
	}
	return nil
}

// oldestInStore returns the time of the oldest record in Pebble that is readable and does not claim to come from the future.
func (j *Journal) oldestInStore() (at earshot.Instant, ok bool) {
	_ = j.use(func() error {
		at, ok = j.oldestInStoreLocked()
		return nil
	})
	return at, ok
}

// oldestInStoreLocked is oldestInStore within use.
func (j *Journal) oldestInStoreLocked() (at earshot.Instant, ok bool) {
	it, err := j.records(j.rolled.Load()+1, j.tail.Load())
	if err != nil {
		return 0, false
	}
	for more := it.First(); more && !ok; more = it.Next() {
		at, ok = receivedAtOf(it.Value())
		ok = ok && at <= now()
	}
	_ = it.Close() // what it read is said
	return at, ok
}

// rollHour writes the records of the oldest hour in Pebble, at most up to limit, into a segment, then removes them from
// Pebble. It returns how many. A stretch that damage made unreadable is left out; its table was set aside when it was met.
func (j *Journal) rollHour(ctx context.Context, limit uint64) (rolled uint64, err error) {
	err = j.use(func() error {
		done, err := j.finishRoll()
		if err != nil || done || j.rolled.Load() >= limit {
			return err
		}
		r := newRoller(j, limit)
		if err := r.begin(ctx); err != nil {
			return err
		}
		if r.done { // nothing but a hole
			return j.forget(r.next - 1)
		}
		s, err := j.archive.write(j.archive.path(r.hour, r.next), r.next, r.hour, func(w *segmentWriter) error { return r.fill(ctx, w) })
		if err != nil {
			return err
		}
		j.archive.add(s)
		rolled = s.records
		j.log.Debug("records rolled into the archive", slog.Uint64("records", rolled), slog.Time("hour", r.hour.Time()))
		return j.forget(r.next - 1)
	})
	if err != nil {
		return 0, fmt.Errorf("roll hour: %w", err)
	}
	return rolled, nil
}

// finishRoll deals with a segment that a crash left before Pebble forgot its records: Pebble forgets them now. If the
// segment was damaged since, it goes, and they are rolled again.
func (j *Journal) finishRoll() (done bool, err error) {
	s, ok := j.archive.newest()
	rolled := j.rolled.Load()
	if !ok || s.last <= rolled {
		return false, nil
	}
	if s.first == rolled+1 && s.records == s.last-rolled {
		return true, j.forget(s.last)
	}
	return false, j.archive.remove(s)
}

// forget removes the records up to seq from Pebble. Readers must find them in the archive already.
func (j *Journal) forget(seq uint64) error {
	old := j.rolled.Swap(seq) // before Pebble forgets: see scan
	b := j.db.NewBatch()
	defer func() { _ = b.Close() }()
	_ = b.Set(metaRolled, binary.BigEndian.AppendUint64(nil, seq), nil)
	_ = b.DeleteRange(recordKey(nil, old+1), recordKey(nil, seq+1), nil)
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("forget records up to %d: %w", seq, err)
	}
	return nil
}

// roller collects one hour.
type roller struct {
	j     *Journal
	next  uint64 // the next sequence to write
	limit uint64
	floor earshot.Instant // what is filed goes to no earlier hour
	now   earshot.Instant
	hour  earshot.Instant
	done  bool // nothing is left
}

func newRoller(j *Journal, limit uint64) *roller {
	r := &roller{j: j, next: j.rolled.Load() + 1, limit: limit, now: now()}
	if s, ok := j.archive.newest(); ok {
		r.floor = s.newest.Hour()
	}
	return r
}

// filed returns the time under which a record is filed: its receipt, unless the clock stood wrong then. A record from the
// future belongs to the hour that is being collected, one from before the last segment to that one's hour; otherwise a
// minute with a wrong clock would end the archive's retention early, or never.
func (r *roller) filed(at earshot.Instant) earshot.Instant {
	if at > r.now {
		return max(r.hour, r.floor)
	}
	return max(at, r.floor)
}

// begin finds the first readable record, and the hour.
func (r *roller) begin(ctx context.Context) error {
	if at, ok := r.j.oldestInStoreLocked(); ok {
		r.hour = r.filed(at).Hour()
	} else {
		r.hour = r.now.Hour()
	}
	return r.each(ctx, func(uint64, earshot.Instant, []byte) bool { return false })
}

// fill writes records until one of a later hour. A clock that goes back stays in the segment: its order is the sequence.
func (r *roller) fill(ctx context.Context, w *segmentWriter) (err error) {
	stepErr := r.each(ctx, func(seq uint64, at earshot.Instant, encoded []byte) bool {
		at = r.filed(at)
		if at.Hour() > r.hour {
			return false
		}
		err = w.add(seq, at, encoded)
		return err == nil
	})
	return errors.Join(err, stepErr)
}

// each visits the readable records from r.next on, stepping over holes, until fn returns false; r.next stands at the
// record that fn saw last, or after the hole before it.
func (r *roller) each(ctx context.Context, fn func(seq uint64, at earshot.Instant, encoded []byte) bool) error {
	for r.next <= r.limit {
		if ctx.Err() != nil { // the process stops: the hour is rolled next time
			return context.Cause(ctx)
		}
		stopped := false
		err := r.j.scanStore(r.next, defaultReadRecords, defaultReadBytes, func(seq uint64, encoded []byte) error {
			at, ok := receivedAtOf(encoded)
			if !ok {
				at = r.hour
			}
			if seq > r.limit || !fn(seq, at, encoded) {
				stopped = true
				return errStop
			}
			r.next = seq + 1
			return nil
		})
		var gap *GapError
		switch {
		case stopped:
			return nil
		case errors.As(err, &gap):
			r.j.counts.lostRecords.Add(min(gap.To, r.limit) - r.next + 1)
			r.next = min(gap.To, r.limit) + 1
		case err != nil:
			return err
		}
	}
	r.done = true
	return nil
}

var errStop = errors.New("stop")
