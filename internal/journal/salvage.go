package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// smallestRecord is less than what any record occupies in the write-ahead log, so that a lost log of n bytes held fewer
// than n/smallestRecord records.
const smallestRecord = 16

// openOrSalvage opens the database. Where it is damaged beyond opening, it is taken apart in two steps, each of which
// only moves files to corrupt/:
//
//  1. without the write-ahead logs: what they held is lost (at most a few memtables), everything older stays. The id
//     stays too, and skip says how many sequences to leave out so that none of the lost ones is given out again.
//  2. everything: the journal begins again with a new id.
func (j *Journal) openOrSalvage() (skip uint64, err error) {
	err = j.openNow()
	if err == nil || j.readOnly || !isCorruption(err) {
		return 0, err
	}
	j.log.Error("the journal is damaged; its write-ahead log is moved aside", slog.String("dir", j.l.pebble), slog.Any("err", err))
	lost, moveErr := j.moveLogsAside()
	if moveErr != nil {
		return 0, errors.Join(err, moveErr)
	}
	if err = j.openNow(); err == nil {
		j.log.Error("records of the damaged write-ahead log are lost", slog.Int64("log_bytes", lost))
		return uint64(lost)/smallestRecord + 1, nil
	}
	if !isCorruption(err) && !errors.Is(err, pebble.ErrDBDoesNotExist) {
		return 0, err
	}
	return 0, j.beginAgain(err)
}

func (j *Journal) openNow() error {
	s, err := openStore(j.o, j.l, j.lock, j.readOnly, j.fail)
	if err == nil {
		j.store = s
	}
	return err
}

func (j *Journal) moveLogsAside() (bytes int64, err error) {
	fs, to := j.o.FS, j.o.FS.PathJoin(j.l.corrupt, "wal-"+stamp(time.Now()))
	names, err := fs.List(j.l.pebble)
	if err != nil {
		return 0, fmt.Errorf("list %s: %w", j.l.pebble, err)
	}
	if err := fs.MkdirAll(to, 0o700); err != nil {
		return 0, fmt.Errorf("create directory %s: %w", to, err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".log") {
			continue
		}
		from := fs.PathJoin(j.l.pebble, name)
		if info, err := fs.Stat(from); err == nil {
			bytes += info.Size()
		}
		if err := rename(fs, from, fs.PathJoin(to, name)); err != nil {
			return bytes, err
		}
	}
	return bytes, syncDir(fs, j.l.pebble)
}

func (j *Journal) beginAgain(cause error) error {
	fs, to := j.o.FS, j.o.FS.PathJoin(j.l.corrupt, "pebble-"+stamp(time.Now()))
	j.log.Error("the journal is damaged beyond opening; it is moved aside and begun again",
		slog.String("dir", j.l.pebble), slog.String("moved_to", to), slog.Any("err", cause))
	err := j.lock.Close()
	j.lock = nil
	if err != nil {
		return fmt.Errorf("unlock %s: %w", j.l.pebble, err)
	}
	if err := rename(fs, j.l.pebble, to); err != nil {
		return err
	}
	if err := fs.MkdirAll(j.l.pebble, 0o700); err != nil {
		return fmt.Errorf("create directory %s: %w", j.l.pebble, err)
	}
	if err := syncDir(fs, j.l.dir); err != nil {
		return err
	}
	if j.lock, err = pebble.LockDirectory(j.l.pebble, fs); err != nil {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return j.openNow()
}
