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
		if !ok || at.Hour()+earshot.Instant(time.Hour.Milliseconds()) > limit {
			return nil
		}
		// The hour is complete and applied when the last applied record lies after it.
		if last, ok := j.receivedAt(applied); !ok || last.Hour() <= at.Hour() {
			return nil
		}
		if rolled, err := j.rollHour(applied); err != nil || rolled == 0 {
			return err
		}
	}
	return nil
}

// oldestInStore returns the time of the oldest readable record in Pebble.
func (j *Journal) oldestInStore() (at earshot.Instant, ok bool) {
	_ = j.use(func() error {
		it, err := j.records(j.rolled.Load()+1, j.tail.Load())
		if err != nil {
			return err
		}
		for more := it.First(); more && !ok; more = it.Next() {
			at, ok = receivedAtOf(it.Value())
		}
		return it.Close()
	})
	return at, ok
}

// rollHour writes the records of the oldest hour in Pebble, at most up to limit, into a segment, then removes them from
// Pebble. It returns how many. A stretch that damage made unreadable is left out; its table was set aside when it was met.
func (j *Journal) rollHour(limit uint64) (rolled uint64, err error) {
	if j.rolled.Load() >= limit {
		return 0, nil
	}
	r := roller{j: j, next: j.rolled.Load() + 1, limit: limit}
	err = j.use(func() error {
		if err := r.begin(); err != nil {
			return err
		}
		if r.done { // nothing but a hole
			return j.forget(r.next - 1)
		}
		s, err := j.archive.write(j.archive.path(r.hour, r.next), r.next, r.hour, r.fill)
		if err != nil {
			return err
		}
		j.archive.add(s)
		rolled = s.records
		return j.forget(r.next - 1)
	})
	if err == nil && rolled > 0 {
		j.log.Debug("records rolled into the archive", slog.Uint64("records", rolled), slog.Time("hour", r.hour.Time()))
	}
	if err != nil {
		return 0, fmt.Errorf("roll hour: %w", err)
	}
	return rolled, nil
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
	hour  earshot.Instant
	done  bool // nothing is left
}

// begin finds the first readable record and its hour.
func (r *roller) begin() error {
	return r.each(func(_ uint64, at earshot.Instant, _ []byte) bool {
		r.hour = at.Hour()
		return false
	})
}

// fill writes records until one of a later hour. A clock that goes back stays in the segment: its order is the sequence.
func (r *roller) fill(w *segmentWriter) (err error) {
	stepErr := r.each(func(seq uint64, at earshot.Instant, encoded []byte) bool {
		if at.Hour() > r.hour {
			return false
		}
		if err = w.add(seq, at, encoded); err != nil {
			return false
		}
		r.next = seq + 1
		return true
	})
	return errors.Join(err, stepErr)
}

// each visits the readable records from r.next on, stepping over holes, until fn returns false; r.next stands at the
// record that fn saw last, or after the hole before it.
func (r *roller) each(fn func(seq uint64, at earshot.Instant, encoded []byte) bool) error {
	for r.next <= r.limit {
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
