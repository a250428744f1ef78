package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

const (
	// measureEvery is how often sizes and free space are looked at: a full disk must be noticed before it is reached, and
	// its relief within a few seconds.
	measureEvery = time.Second
	// maintainEvery is how often records and segments are checked against their age.
	maintainEvery = time.Minute
	// Relief begins at this share of MaxBytes, so that Append is refused only when nothing could be given up.
	reliefPercent = 90
	// defaultMinFree and minFreePercent: see Options.MinFreeBytes.
	defaultMinFree = 512 << 20
	minFreePercent = 5
	// clockDoubt: a clock that stands this far after the newest record at the start may be wrong (no battery, no NTP yet).
	// Nothing is removed for its age until the process has lived for clockGrace.
	clockDoubt = 7 * 24 * time.Hour
	clockGrace = time.Hour
)

// fullError is ErrFull with its reason.
type fullError struct{ reason string }

func (e *fullError) Error() string { return ErrFull.Error() + ": " + e.reason }
func (e *fullError) Unwrap() error { return ErrFull }

// Run appends heartbeats, watches sizes, rolls records into the archive and removes what is too old, until ctx ends (nil),
// or until the journal fails, which it returns. The journal works without it, but grows. Call it once.
func (j *Journal) Run(ctx context.Context) error {
	if j.readOnly {
		return ErrReadOnly
	}
	var work sync.WaitGroup
	work.Go(func() { j.beat(ctx) })
	work.Go(func() { j.tend(ctx) })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		work.Wait()
	}()
	select {
	case <-ended:
	case <-j.failed: // whoever writes to Pebble then never comes back: see pebbleLogger.Fatalf
	}
	return j.failureNow()
}

// tend looks after sizes and ages until ctx ends or the journal fails.
func (j *Journal) tend(ctx context.Context) {
	if j.clockIsDoubtful() {
		j.log.Warn("the clock stands far after the newest record; nothing is removed for its age during the first hour",
			slog.Duration("doubt", clockDoubt))
		j.trustClockAt.Store(int64(time.Since(j.started) + clockGrace))
	}
	measure, maintain := time.NewTicker(measureEvery), time.NewTicker(maintainEvery)
	defer measure.Stop()
	defer maintain.Stop()
	j.maintain(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.failed:
			return
		case <-measure.C:
			if j.measure() >= reliefPercent {
				j.relieve(ctx)
			}
		case <-maintain.C:
			j.maintain(ctx)
		}
	}
}

// beat appends a heartbeat whenever nothing was appended for Options.Heartbeat.
func (j *Journal) beat(ctx context.Context) {
	if j.o.Heartbeat < 0 {
		return
	}
	timer := time.NewTimer(j.o.Heartbeat)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.failed:
			return
		case <-timer.C:
		}
		quiet := time.Since(j.started) - time.Duration(j.lastAppend.Load())
		if quiet >= j.o.Heartbeat {
			// A full or closing journal refuses; the next event or beat shows that time passed.
			if _, err := j.Append(ctx, Record{Kind: KindHeartbeat, ReceivedAt: now()}); err == nil {
				j.counts.heartbeats.Add(1)
			}
			quiet = 0
		}
		timer.Reset(max(j.o.Heartbeat-quiet, time.Millisecond))
	}
}

// measure looks at sizes and free space and opens or closes the journal for Append. It returns the share of MaxBytes that
// is used, in percent; 0 without a limit.
func (j *Journal) measure() int {
	if j.o.MaxBytes == 0 { // Pebble's figures cost something
		j.setFull(j.whyFull(0))
		return 0
	}
	var used int64
	err := j.use(func() error {
		used = j.storeBytes() + j.archive.bytes()
		return nil
	})
	if err != nil {
		return 0
	}
	j.setFull(j.whyFull(used))
	return int(used * 100 / j.o.MaxBytes)
}

func (j *Journal) whyFull(used int64) string {
	if j.o.MaxBytes > 0 && used >= j.o.MaxBytes {
		return fmt.Sprintf("%d of %d bytes used; raise the limit or let the monitor catch up", used, j.o.MaxBytes)
	}
	if j.o.MinFreeBytes < 0 {
		return ""
	}
	du, err := j.o.FS.GetDiskUsage(j.o.Dir)
	if err != nil {
		return "" // a file system that does not tell
	}
	reserve := uint64(j.o.MinFreeBytes)
	if reserve == 0 {
		reserve = min(defaultMinFree, du.TotalBytes*minFreePercent/100)
	}
	if du.AvailBytes < reserve {
		return fmt.Sprintf("%d bytes free on the disk, %d are kept in reserve", du.AvailBytes, reserve)
	}
	return ""
}

func (j *Journal) setFull(reason string) {
	old := j.full.Load()
	switch {
	case reason == "" && old != nil:
		j.full.Store(nil)
		j.log.Info("journal accepts again")
	case reason != "":
		j.full.Store(&fullError{reason: reason})
		if old == nil {
			j.log.Error("journal is full: events are refused with 503 until there is room", slog.String("reason", reason))
		}
	}
}

// storeBytes is what Pebble occupies, without files that it is about to delete or keeps only to write them again.
func (j *Journal) storeBytes() int64 {
	m := j.db.Metrics()
	return int64(m.WAL.PhysicalSize + m.Table.Local.LiveSize + m.Table.Local.ZombieSize)
}

// clockIsDoubtful compares the clock with the newest record.
func (j *Journal) clockIsDoubtful() bool {
	at, ok := j.receivedAt(j.tail.Load())
	return ok && now().Sub(at) > clockDoubt
}

// receivedAt reads the time of one record in Pebble.
func (j *Journal) receivedAt(seq uint64) (at earshot.Instant, ok bool) {
	_ = j.use(func() error {
		v, closer, err := j.db.Get(recordKey(nil, seq))
		if err != nil {
			return err
		}
		at, ok = receivedAtOf(v)
		return closer.Close()
	})
	return at, ok
}

// maintain is one pass over everything that ages. Errors are logged: the next pass tries again.
func (j *Journal) maintain(ctx context.Context) {
	j.maintenance.Lock()
	defer j.maintenance.Unlock()
	if int64(time.Since(j.started)) < j.trustClockAt.Load() {
		return
	}
	limit := now().Add(-j.o.Retention)
	steps := []struct {
		name string
		do   func() error
	}{
		{"roll records into the archive", func() error { return j.rollUntil(ctx, limit) }},
		{"remove old archive segments", func() error { return j.expireSegments(now().Add(-j.o.ArchiveRetention)) }},
		{"expire dedup keys", func() error {
			return j.use(func() error { _, err := j.dedup.expire(limit); return err })
		}},
		{"build dedup filters", func() error { return j.warmFilters(ctx) }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil && !errors.Is(err, ErrClosed) && ctx.Err() == nil {
			j.log.Error("journal maintenance", slog.String("step", s.name), slog.Any("err", err))
		}
	}
}

func (j *Journal) warmFilters(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		err := j.use(func() (err error) {
			more, err = j.dedup.warm()
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// relieve makes room before MaxBytes is reached: first applied records go into the archive, which packs them closer, then
// the oldest applied segments are removed.
func (j *Journal) relieve(ctx context.Context) {
	j.maintenance.Lock()
	defer j.maintenance.Unlock()
	for total := uint64(0); ctx.Err() == nil; {
		rolled, err := j.rollHour(ctx, j.applied())
		if errors.Is(err, ErrClosed) || ctx.Err() != nil {
			return
		}
		if err != nil {
			j.log.Error("journal maintenance", slog.String("step", "make room"), slog.Any("err", err))
			return
		}
		if rolled > 0 {
			total += rolled
			continue
		}
		if total > 0 {
			j.giveBack(ctx)
		}
		break
	}
	applied := j.applied()
	for _, s := range j.archive.list() {
		if j.measure() < reliefPercent || s.last > applied {
			return
		}
		j.log.Warn("archive segment removed early to stay within the size limit", slog.String("path", s.path), slog.Uint64("records", s.records))
		if err := j.archive.remove(s); err != nil {
			j.log.Error("journal maintenance", slog.String("step", "make room"), slog.Any("err", err))
			return
		}
	}
}

// giveBack makes Pebble part with the records that were rolled at once: otherwise it would take its time, and archive
// segments would be removed for space that is about to be free.
func (j *Journal) giveBack(ctx context.Context) {
	err := j.use(func() error {
		if err := j.db.Flush(); err != nil {
			return err
		}
		return j.db.Compact(ctx, recordKey(nil, 0), recordKey(nil, j.rolled.Load()+1), false)
	})
	if err != nil && !errors.Is(err, ErrClosed) && ctx.Err() == nil {
		j.log.Error("journal maintenance", slog.String("step", "give space back"), slog.Any("err", err))
	}
}

// expireSegments removes segments whose newest record is older than limit and applied, and what other journals left.
func (j *Journal) expireSegments(limit earshot.Instant) error {
	applied := j.applied()
	for _, s := range j.archive.list() {
		if s.newest >= limit || s.last > applied {
			continue
		}
		if err := j.archive.remove(s); err != nil {
			return err
		}
		j.log.Info("archive segment removed for its age", slog.String("path", s.path), slog.Uint64("records", s.records))
	}
	return j.archive.sweepForeign(limit)
}

// sweepForeign removes old segments of journals that were begun again.
func (a *archive) sweepForeign(limit earshot.Instant) error {
	ids, err := a.fs.List(a.root)
	if err != nil {
		return fmt.Errorf("list %s: %w", a.root, err)
	}
	for _, id := range ids {
		if id == a.id {
			continue
		}
		dir := a.fs.PathJoin(a.root, id)
		names, err := a.fs.List(dir)
		if err != nil {
			return fmt.Errorf("list %s: %w", dir, err)
		}
		foreign := &archive{fs: a.fs, id: id}
		for _, name := range names {
			path := a.fs.PathJoin(dir, name)
			if s, err := foreign.inspect(path); err == nil && strings.HasSuffix(name, segmentSuffix) && s.newest < limit {
				a.log.Info("archive segment of an older journal removed for its age", slog.String("path", path))
				if err := a.fs.Remove(path); err != nil {
					return fmt.Errorf("remove segment: %w", err)
				}
			}
		}
	}
	return nil
}

func (a *archive) bytes() (n int64) {
	for _, s := range a.list() {
		n += s.size
	}
	return n
}
