package export

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

const (
	// mostThrottle bounds how long a destination may ask us to pause.
	mostThrottle = time.Hour
	// mostRefusedInARow is how many records may be set aside one after the other, none having been taken between them, before each
	// further one is tried again with a long pause: then it is likelier that the destination refuses everything.
	mostRefusedInARow = 20
)

// deliverAll sends records in batches. It returns ctx's error only.
func (r *runner) deliverAll(ctx context.Context, s *stream, all []*Record) error {
	for len(all) > 0 {
		n, bytes := 0, 0
		for n < len(all) && n < r.spec.BatchRecords {
			size := all[n].Size()
			if n > 0 && bytes+size > r.spec.BatchBytes {
				break
			}
			bytes += size
			n++
		}
		if err := r.deliver(ctx, s, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// deliver sends one batch until it is taken, too old, or set aside record by record.
func (r *runner) deliver(ctx context.Context, s *stream, all []*Record) error {
	wait := r.backOff()
	waited := false
	for {
		if all = r.young(r.within(s, all)); len(all) == 0 {
			return nil
		}
		err := r.send(ctx, all)
		var throttled *ThrottledError
		var partial *PartialError
		state, after := StateRetrying, time.Duration(0)
		switch {
		case err == nil:
			r.taken(s, len(all))
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &partial):
			r.takenInPart(s, len(all), partial)
			return nil
		case isTooOld(err):
			r.tooOld(s, len(all), err)
			return nil
		case isPermanent(err) && len(all) > 1:
			if err := r.deliver(ctx, s, all[:len(all)/2]); err != nil {
				return err
			}
			return r.deliver(ctx, s, all[len(all)/2:])
		case isPermanent(err):
			if waited || r.mayBePoison() {
				return r.setAside(ctx, s, all[0], err)
			}
			waited, state, after = true, StateRefused, mostWait
		case isRefused(err):
			state = StateRefused
		case errors.As(err, &throttled):
			state, after = StateThrottled, min(throttled.After, mostThrottle)
		}
		r.failed(s.name, state, err)
		if err := pause(ctx, max(after, wait.NextBackOff())); err != nil {
			return err
		}
	}
}

// send tries once, when it is this stream's turn.
func (r *runner) send(ctx context.Context, all []*Record) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.turn }()
	b := r.spec.batch(all)
	ctx, cancel := context.WithTimeout(ctx, r.spec.Timeout)
	defer cancel()
	return r.to.Send(ctx, b)
}

// batch sorts records by how they leave.
func (s *Spec) batch(all []*Record) *Batch {
	var logs, metrics [kindCount]bool
	for _, k := range s.Logs {
		logs[k] = true
	}
	for _, k := range s.Metrics {
		metrics[k] = true
	}
	b := &Batch{}
	for _, rec := range all {
		if logs[rec.Kind] {
			b.Logs = append(b.Logs, rec)
		}
		if metrics[rec.Kind] {
			b.Metrics = append(b.Metrics, rec)
		}
	}
	return b
}

// within leaves out what has come to be older than MaxBacklog since it was read: it may have been in hand for all of an outage.
func (r *runner) within(s *stream, all []*Record) []*Record {
	var c chunk
	limit := s.source.oldest()
	if !slices.ContainsFunc(all, func(rec *Record) bool { return rec.since < limit }) {
		return all
	}
	for _, rec := range all {
		c.add(rec, limit)
	}
	r.leaveOut(s, c.gap)
	return c.records
}

// leaveOut counts records that are older than MaxBacklog, or gone.
func (r *runner) leaveOut(s *stream, n uint64) {
	if n == 0 {
		return
	}
	r.progress.leave(s.name, n)
	r.log.Error("records were left out: they are older than max_backlog, or gone", "stream", s.name, "records", n)
}

// young leaves out what the destination would refuse for its age.
func (r *runner) young(all []*Record) []*Record {
	if r.spec.MaxAge == 0 {
		return all
	}
	limit := earshot.InstantOf(r.now().Add(-r.spec.MaxAge))
	var out []*Record
	for _, rec := range all {
		if rec.At >= limit {
			out = append(out, rec)
		}
	}
	if n := len(all) - len(out); n > 0 {
		r.progress.count(func(t *Totals) { t.TooOld += uint64(n) })
	}
	return out
}

func (r *runner) taken(s *stream, n int) {
	r.progress.count(func(t *Totals) { t.Sent += uint64(n) })
	r.mu.Lock()
	r.sentAt, r.inARow = r.now(), 0
	r.mu.Unlock()
	r.well(s.name)
}

// takenInPart counts what a destination refused of a batch without saying which: it is gone, and not sent.
func (r *runner) takenInPart(s *stream, n int, err *PartialError) {
	refused := min(max(err.Refused, 0), n)
	r.taken(s, n-refused)
	r.progress.count(func(t *Totals) { t.Aside += uint64(refused) })
	if r.note(err) {
		r.log.Warn("a destination took a batch in part, and did not say which records it refused", "stream", s.name, "refused", refused, "err", Scrub(err.Error()))
	}
}

func (r *runner) tooOld(s *stream, n int, err error) {
	r.progress.count(func(t *Totals) { t.TooOld += uint64(n) })
	r.note(err)
	r.well(s.name)
}

func (r *runner) mayBePoison() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inARow < mostRefusedInARow
}

// setAside keeps a record that was refused for good. While the file cannot be written the record is not passed over.
func (r *runner) setAside(ctx context.Context, s *stream, rec *Record, why error) error {
	wait := r.backOff()
	for {
		kept, err := r.aside.keep(rec, Scrub(why.Error()), r.now())
		if err == nil {
			r.progress.count(func(t *Totals) { t.Aside++ })
			r.note(why)
			r.mu.Lock()
			r.inARow++
			r.full = !kept
			poison := r.inARow <= mostRefusedInARow // and not a destination that refuses everything
			r.mu.Unlock()
			if poison {
				r.well(s.name)
			}
			r.log.Warn("a record was refused for good and set aside", "id", rec.ID, "kept", kept)
			return nil
		}
		r.failed(s.name, StateWaiting, err)
		if err := pause(ctx, wait.NextBackOff()); err != nil {
			return err
		}
	}
}
