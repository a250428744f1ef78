package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Bounds of one Read where the caller names none.
const (
	defaultReadRecords = 1000
	defaultReadBytes   = 4 << 20
)

// Read returns the records after the sequence after: ascending, without holes, at most max (1000 when 0) and about
// maxBytes of bodies (4 MiB when 0), but at least one where there is one. It returns at once, with nothing when after is the
// tail or above it. Records are the caller's own. Where the next record cannot be read any more, a *GapError says
// how far; reading goes on with After set to its To.
func (j *Journal) Read(after uint64, max int, maxBytes int) ([]Record, error) {
	var out []Record
	err := j.scan(after, max, maxBytes, func(seq uint64, encoded []byte) error {
		r, err := decodeRecord(append([]byte(nil), encoded...))
		if err != nil {
			return fmt.Errorf("record %d: %w", seq, err)
		}
		r.Seq = seq
		out = append(out, r)
		return nil
	})
	if err != nil && len(out) == 0 {
		return nil, err
	}
	return out, nil
}

// scan calls fn with encoded records, valid during the call, from the archive or from Pebble, never from both in one
// call. Its bounds and errors are those of Read; an error may come after records, then the next call returns it first.
func (j *Journal) scan(after uint64, max int, maxBytes int, fn func(seq uint64, encoded []byte) error) error {
	if max <= 0 {
		max = defaultReadRecords
	}
	if maxBytes <= 0 {
		maxBytes = defaultReadBytes
	}
	return j.use(func() error {
		from := after + 1
		if from > j.tail.Load() || from == 0 {
			return nil
		}
		if rolled := j.rolled.Load(); from > rolled {
			err := j.scanStore(from, max, maxBytes, fn)
			var gap *GapError
			if !errors.As(err, &gap) || j.rolled.Load() < from {
				return err
			}
			// The record was rolled between the first look at rolled and the iterator's: rolled moves before Pebble forgets.
		}
		return j.archive.scan(from, j.rolled.Load(), max, maxBytes, fn)
	})
}

func (j *Journal) scanStore(from uint64, max, maxBytes int, fn func(uint64, []byte) error) (err error) {
	it, err := j.records(from, j.tail.Load())
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := it.Close(); closeErr != nil && !isCorruption(closeErr) { // Close repeats the iterator's error
			err = errors.Join(err, closeErr)
		}
	}()
	next, damage := from, error(nil)
	for ok := it.First(); ok && max > 0 && maxBytes > 0; ok = it.Next() {
		seq := binary.BigEndian.Uint64(it.Key()[1:])
		if seq != next {
			if next == from {
				return &GapError{From: from, To: seq - 1}
			}
			return nil
		}
		v, err := it.ValueAndErr()
		if err != nil {
			damage = err
			break
		}
		if err := fn(seq, v); err != nil {
			return err
		}
		next, max, maxBytes = next+1, max-1, maxBytes-len(v)
	}
	if next > from {
		return nil
	}
	if damage = errors.Join(damage, it.Error()); damage != nil {
		if !isCorruption(damage) {
			return fmt.Errorf("read record %d: %w", from, damage)
		}
		return j.damagedGap(from)
	}
	return &GapError{From: from, To: j.tail.Load()}
}

// records iterates over the records from to to, both included.
func (j *Journal) records(from, to uint64) (*pebble.Iterator, error) {
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: recordKey(nil, from), UpperBound: recordKey(nil, to+1)})
	if err != nil {
		return nil, fmt.Errorf("read record %d: %w", from, err)
	}
	return it, nil
}

// damagedGap finds the end of a damaged stretch that begins at from: it steps on, twice as far each time, until a record
// is readable, then halves its way back to the first readable one.
func (j *Journal) damagedGap(from uint64) error {
	tail := j.tail.Load()
	bad, step := from, uint64(1)
	for {
		probe := bad + step
		if probe > tail || probe < bad {
			probe = tail
		}
		ok, err := j.readable(probe)
		if err != nil {
			return err
		}
		if ok {
			for lo, hi := bad, probe; ; {
				if hi-lo <= 1 {
					return &GapError{From: from, To: hi - 1}
				}
				mid := lo + (hi-lo)/2
				if ok, err = j.readable(mid); err != nil {
					return err
				} else if ok {
					hi = mid
				} else {
					lo = mid
				}
			}
		}
		if probe == tail {
			return &GapError{From: from, To: tail}
		}
		bad, step = probe, step*2
	}
}

func (j *Journal) readable(seq uint64) (bool, error) {
	_, closer, err := j.db.Get(recordKey(nil, seq))
	switch {
	case err == nil:
		return true, closer.Close()
	case isCorruption(err), errors.Is(err, pebble.ErrNotFound):
		return false, nil
	default:
		return false, fmt.Errorf("read record %d: %w", seq, err)
	}
}

// Wait returns when the journal holds a record after the sequence after, or with ctx's error, or with ErrClosed.
func (j *Journal) Wait(ctx context.Context, after uint64) error {
	for {
		j.mu.Lock()
		if j.closing {
			j.mu.Unlock()
			return ErrClosed
		}
		if j.tail.Load() > after {
			j.mu.Unlock()
			return nil
		}
		if j.tailMoved == nil {
			j.tailMoved = make(chan struct{})
		}
		moved := j.tailMoved
		j.mu.Unlock()
		select {
		case <-moved:
		case <-j.failed:
			return j.failureNow()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
