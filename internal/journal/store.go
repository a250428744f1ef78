package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
)

const (
	// pebbleFormat is pinned so that a newer Pebble does not make the directory unreadable for the version before it.
	pebbleFormat = pebble.FormatTableFormatV6
	// blockBytes is large because bodies resemble each other: compression sees about 30 of them at once.
	blockBytes = 64 << 10
	// The largest memtable. At most four exist, so that a slow flush delays nobody at 10,000 records/s; six logs of this
	// size are kept on disk to be written again.
	memTableBytes = 16 << 20
	memTables     = 4
	cacheBytes    = 16 << 20
	tableBytes    = 4 << 20
	// Only the random dedup keys overlap, and only they are compacted (see spanOf). A compaction writes all keys of their
	// bucket again, so it waits for many flushes; looking through the flushed ones costs little, for hardly any lookup comes
	// that far (see dedup).
	compactAtL0    = 32
	stopWritesAtL0 = 96
	maxOpenTables  = 256
	bloomBits      = 10
	compactionsMax = 1 // two cores serve webhooks too
)

// store is the Pebble database and what its callbacks report.
type store struct {
	db            *pebble.DB
	cache         *pebble.Cache
	damagedTables atomic.Uint64
}

// openStore opens or creates the database. onFatal is called at most once, from any goroutine, when Pebble cannot go on.
func openStore(o Options, l layout, lock *pebble.Lock, readOnly bool, onFatal func(error)) (*store, error) {
	s := &store{cache: pebble.NewCache(cacheBytes)}
	memTable := uint64(memTableBytes)
	if o.MaxBytes > 0 { // up to five memtables' worth of write-ahead log exists at a time
		memTable = uint64(min(max(o.MaxBytes/64, 256<<10), memTableBytes))
	}
	logger := &pebbleLogger{log: o.Logger, onFatal: onFatal}
	po := &pebble.Options{
		FS:                          o.FS,
		Cache:                       s.cache,
		Lock:                        lock,
		ReadOnly:                    readOnly,
		ErrorIfNotExists:            readOnly,
		FormatMajorVersion:          pebbleFormat,
		MemTableSize:                memTable,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       compactAtL0,
		L0StopWritesThreshold:       stopWritesAtL0,
		MaxOpenFiles:                maxOpenTables,
		CompactionConcurrencyRange:  func() (int, int) { return 1, compactionsMax },
		Logger:                      logger,
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) {
				if !errors.Is(err, pebble.ErrCancelledCompaction) {
					o.Logger.Error("journal store background work", slog.Any("err", err))
				}
			},
			DiskSlow: func(i pebble.DiskSlowInfo) {
				o.Logger.Warn("slow disk", slog.String("path", i.Path), slog.String("operation", i.OpType.String()), slog.Duration("took", i.Duration))
			},
			WriteStallBegin: func(i pebble.WriteStallBeginInfo) {
				o.Logger.Warn("journal writes wait for the disk", slog.String("reason", i.Reason))
			},
			WriteStallEnd:  func() { o.Logger.Info("journal writes go on") },
			DataCorruption: func(i pebble.DataCorruptionInfo) { s.setAside(o, l.corrupt, i) },
		},
	}
	for i := range po.Levels {
		po.TargetFileSizes[i] = tableBytes
		// Ascending keys sink through the levels by renaming, so that the first compression stays: it must be the good one.
		po.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.BalancedCompression }
		po.Levels[i].BlockSize = blockBytes
		po.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBits)
	}
	po.Experimental.SpanPolicyFunc = spanOf
	db, err := pebble.Open(l.pebble, po)
	if err != nil {
		s.cache.Unref()
		return nil, err
	}
	s.db = db
	return s, nil
}

// spanOf makes every table hold keys of one kind. A table with both dedup keys and records would overlap all records between
// them, and each compaction of the random dedup keys would write all records again. The few keys without which the journal
// cannot be opened do not lie in a table with millions of others either.
func spanOf(startKey []byte) (policy pebble.SpanPolicy, endKey []byte, err error) {
	switch {
	case len(startKey) == 0 || startKey[0] < prefixDedup:
		return pebble.SpanPolicy{}, []byte{prefixDedup}, nil
	case startKey[0] == prefixDedup:
		return pebble.SpanPolicy{PreferFastCompression: true}, []byte{prefixMeta}, nil
	case startKey[0] < prefixRecord:
		return pebble.SpanPolicy{}, []byte{prefixRecord}, nil
	}
	return pebble.SpanPolicy{}, nil, nil
}

func (s *store) close() error {
	err := s.db.Close()
	s.cache.Unref()
	return err
}

// setAside keeps a damaged table, by a second name, from being removed by a compaction or by retention.
func (s *store) setAside(o Options, corruptDir string, i pebble.DataCorruptionInfo) {
	if i.IsRemote || i.Path == "" {
		return
	}
	kept := o.FS.PathJoin(corruptDir, o.FS.PathBase(i.Path)+".corrupt-"+stamp(time.Now()))
	if _, err := o.FS.Stat(i.Path); err != nil {
		return
	}
	if names, err := o.FS.List(corruptDir); err == nil && hasCorruptCopy(names, o.FS.PathBase(i.Path)) {
		return // each read of it reports again
	}
	s.damagedTables.Add(1)
	err := o.FS.Link(i.Path, kept)
	o.Logger.Error("damaged table in the journal: its records are lost, the others are read on",
		slog.String("path", i.Path), slog.String("kept", kept), slog.Any("err", errors.Join(i.Details, err)))
}

func hasCorruptCopy(names []string, base string) bool {
	for _, n := range names {
		if len(n) > len(base) && n[:len(base)] == base && n[len(base)] == '.' {
			return true
		}
	}
	return false
}

// stamp is a time in a file name.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// pebbleLogger passes Pebble's words on. Its information (every flush and compaction) is for debugging.
type pebbleLogger struct {
	log     *slog.Logger
	onFatal func(error)
}

func (l *pebbleLogger) Infof(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("journal store", slog.String("detail", fmt.Sprintf(format, args...)))
	}
}

func (l *pebbleLogger) Errorf(format string, args ...any) {
	l.log.Error("journal store", slog.String("detail", fmt.Sprintf(format, args...)))
}

// Fatalf must not return: Pebble's state is undefined from here on (a log or manifest write failed). The goroutine is
// parked rather than the process ended, so that the cause is reported and the daemon decides: Run returns the error.
func (l *pebbleLogger) Fatalf(format string, args ...any) {
	l.onFatal(fmt.Errorf(format, args...))
	select {}
}

// isCorruption reports whether err says that stored bytes are damaged, as opposed to unreachable.
func isCorruption(err error) bool { return err != nil && pebble.IsCorruptionError(err) }
