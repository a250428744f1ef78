package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/earshot/earshot"
)

// Backup implements [facts.Store]: dir then holds facts.duckdb, replacing an earlier one only when the copy is whole.
//
// It is a checkpoint and a copy of the file. DuckDB writes new blocks beside those that the last checkpoint names and frees
// none of them before the next, and all checkpoints are ours, so while they are held back the file's content as of the
// checkpoint stays whole although batches go on being stored: they go to the write-ahead log, which is not copied. Compared
// with COPY FROM DATABASE the copy runs at the speed of the disk, takes no memory, holds back neither writer nor readers and
// leaves the sandbox without any folder that SQL may write to.
func (s *Store) Backup(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make backup folder: %w", err)
	}
	release, err := s.holdCheckpoint(ctx)
	if err != nil {
		return fmt.Errorf("back up facts: %w", err)
	}
	defer release()
	to := filepath.Join(dir, FileName)
	if err := copyFile(ctx, s.path(), to+".partial"); err != nil {
		return errors.Join(fmt.Errorf("back up facts: %w", err), remove(to+".partial"))
	}
	if err := s.tryOut(ctx, to+".partial"); err != nil {
		return errors.Join(fmt.Errorf("back up facts: the copy does not open: %w", err), remove(to+".partial"))
	}
	if err := os.Rename(to+".partial", to); err != nil {
		return fmt.Errorf("back up facts: %w", err)
	}
	return syncFolder(dir)
}

// holdCheckpoint checkpoints and keeps the next one away until release is called.
func (s *Store) holdCheckpoint(ctx context.Context) (release func(), err error) {
	s.tidying.Lock()
	defer s.tidying.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.tidyNow(ctx); err != nil {
		return nil, err
	}
	if n := fileSize(s.path() + ".wal"); n > 0 {
		return nil, fmt.Errorf("%d bytes of the write-ahead log stayed after the checkpoint", n)
	}
	if !s.copying.TryLock() {
		return nil, errors.New("another backup is under way")
	}
	return s.copying.Unlock, nil
}

// tryOut opens a copy read-only and asks for its version and the positions.
func (s *Store) tryOut(ctx context.Context, path string) error {
	o := s.opts
	o.Readers, o.Threads, o.MemoryLimitMB = 1, 1, 64
	db, err := connect(path, &o, true)
	if err != nil {
		return err
	}
	_, err = schemaVersion(ctx, db.writer)
	if err == nil {
		err = verifySize(ctx, db.writer, path)
	}
	return errors.Join(err, db.close())
}

// Restore puts the backup of backupDir in place of the store in dataDir, which must not be open. What is there is moved
// aside, as a damaged store would be.
func Restore(backupDir, dataDir string) error {
	o := Options{Dir: dataDir}
	o.setDefaults()
	s := &Store{opts: o, log: o.Logger}
	from := filepath.Join(backupDir, FileName)
	if err := s.tryOut(context.Background(), from); err != nil {
		return fmt.Errorf("restore facts: %s is no usable backup: %w", from, err)
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return fmt.Errorf("restore facts: %w", err)
	}
	to := s.path()
	if err := copyFile(context.Background(), from, to+".partial"); err != nil {
		return errors.Join(fmt.Errorf("restore facts: %w", err), remove(to+".partial"))
	}
	if _, err := s.moveAside(); err != nil {
		return fmt.Errorf("restore facts: move the present store aside: %w", err)
	}
	if err := os.Rename(to+".partial", to); err != nil {
		return fmt.Errorf("restore facts: %w", err)
	}
	return syncFolder(dataDir)
}

// AdoptMinutes copies from a backup what a rebuild from the journal cannot bring back: minutes of before the given time, for
// hours of accounts that hold none here, and summaries of segments that have none here. It returns how many minutes it
// added. Repeating it adds nothing. What is adopted does not appear in the outbox: it did when it was made.
func (s *Store) AdoptMinutes(ctx context.Context, backupDir string, before earshot.Instant) (int, error) {
	o := s.opts
	o.Readers, o.Threads, o.MemoryLimitMB = 1, 1, 64
	path := filepath.Join(backupDir, FileName)
	db, err := connect(path, &o, true)
	if err != nil {
		return 0, fmt.Errorf("adopt minutes: %w", err)
	}
	n, err := s.adopt(ctx, db.writer, before)
	if err = errors.Join(err, db.close()); err != nil {
		return n, fmt.Errorf("adopt minutes of %s: %w", path, err)
	}
	return n, nil
}

func copyFile(ctx context.Context, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.CopyN(out, in, 8<<20)
		if errors.Is(err, io.EOF) {
			return out.Sync()
		}
		if err != nil {
			return err
		}
	}
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes a rename in dir survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
