package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/obs"
)

// blockSize and headerSize are DuckDB's: a file is three headers of 4 KiB and whole blocks.
const (
	blockSize  = 262_144
	headerSize = 3 * 4096
)

// openingFile counts openings that did not come to an end. DuckDB may end the process on a damaged file, which no error
// handling sees; after maxOpenings in a row the file counts as damaged.
const (
	openingFile = "facts.opening"
	maxOpenings = 5
)

// begunFile says that a store was once begun here, so that a missing file is known from a first start.
const begunFile = "facts.begun"

// openOrReplace opens the file, or moves it aside and begins a new one when it cannot be used.
func (s *Store) openOrReplace() (*database, error) {
	reason, err := s.knownBad()
	if err != nil {
		return nil, err
	}
	if reason == "" {
		db, err := s.openCounted()
		if err == nil {
			return db, s.markBegun()
		}
		if !isDamage(err) {
			return nil, err
		}
		reason = err.Error()
	}
	movedTo, err := s.moveAside()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("move damaged facts aside (%s): %w", reason, err))
	}
	s.recovered = &facts.Recovery{Reason: reason, MovedTo: movedTo}
	s.log.Error("facts: began a new store", "reason", reason, "moved_to", movedTo)
	db, err := s.openDatabase()
	if err != nil {
		return nil, err
	}
	return db, errors.Join(s.markBegun(), os.RemoveAll(filepath.Join(s.opts.Dir, openingFile)))
}

// knownBad says what is wrong without opening the file: it is gone, it is cut short, or opening it keeps ending the process.
func (s *Store) knownBad() (string, error) {
	info, err := os.Stat(s.path())
	if errors.Is(err, os.ErrNotExist) {
		if exists(filepath.Join(s.opts.Dir, begunFile)) {
			return "the facts file is missing", nil
		}
		if exists(s.path() + ".wal") {
			return "the facts file is missing beside its write-ahead log", nil
		}
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look at facts file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("open %s: it is no regular file", s.path())
	}
	if info.Size() < headerSize && info.Size() > 0 {
		return fmt.Sprintf("the facts file is cut short: %d bytes", info.Size()), nil
	}
	if n := s.openings(); n >= maxOpenings {
		return fmt.Sprintf("opening the facts file ended the process %d times in a row", n), nil
	}
	return "", nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (s *Store) openings() int {
	b, err := os.ReadFile(filepath.Join(s.opts.Dir, openingFile))
	if err != nil {
		return 0
	}
	return len(b)
}

func (s *Store) openCounted() (*database, error) {
	name := filepath.Join(s.opts.Dir, openingFile)
	if err := os.WriteFile(name, []byte(strings.Repeat("x", s.openings()+1)), 0o600); err != nil {
		return nil, fmt.Errorf("note opening of facts: %w", err)
	}
	db, err := s.openDatabase()
	if removeErr := os.Remove(name); removeErr != nil && err == nil {
		return nil, errors.Join(fmt.Errorf("note opening of facts: %w", removeErr), db.close())
	}
	return db, err
}

func (s *Store) markBegun() error {
	name := filepath.Join(s.opts.Dir, begunFile)
	if exists(name) {
		return nil
	}
	if err := os.WriteFile(name, []byte("A facts store was begun here; when facts.duckdb is gone it was lost.\n"), 0o600); err != nil {
		return fmt.Errorf("note beginning of facts: %w", err)
	}
	return nil
}

// openDatabase opens, verifies and migrates the file.
func (s *Store) openDatabase() (*database, error) {
	done := obs.Slow(s.log, "opening the facts", func() []any {
		return []any{"file_bytes", fileSize(s.path()), "log_to_apply_bytes", fileSize(s.path() + ".wal")}
	})
	defer done()
	db, err := connect(s.path(), &s.opts, false)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := verifySize(ctx, db.writer, s.path()); err != nil {
		return nil, errors.Join(err, db.close())
	}
	done() // a migration tells of itself
	if err := migrate(ctx, db.writer, s.migrations, s.path(), s.log); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := inTransaction(ctx, db.writer, knownAnswer); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// damageError is damage that we found ourselves.
type damageError string

func (e damageError) Error() string { return string(e) }

// verifySize finds a file that lost its end: DuckDB opens it and fails much later, when it reads what is gone. The count of
// blocks that DuckDB keeps is no help, since it may include free ones beyond the end.
func verifySize(ctx context.Context, c *conn, path string) error {
	last := int64(-1)
	var tables []string
	err := c.query(ctx, "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary", nil, func(r row) error {
		tables = append(tables, r.text(0))
		return nil
	})
	for _, t := range tables {
		if err != nil {
			break
		}
		var n int64
		n, err = c.one(ctx, "SELECT coalesce(max(block_id), -1) FROM pragma_storage_info(?)", t)
		last = max(last, n)
	}
	if err != nil {
		return fmt.Errorf("read where facts lie: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at facts file: %w", err)
	}
	if want := headerSize + (last+1)*blockSize; info.Size() < want {
		return damageError(fmt.Sprintf("the facts file is cut short: %d bytes of at least %d", info.Size(), want))
	}
	return nil
}

// knownAnswer stores a number and reads it back.
func knownAnswer(ctx context.Context, c *conn) error {
	nonce := time.Now().UnixNano()
	if err := c.exec(ctx, "DELETE FROM health"); err != nil {
		return fmt.Errorf("check facts: %w", err)
	}
	if err := c.exec(ctx, "INSERT INTO health VALUES (?), (?)", nonce, int64(1)); err != nil {
		return fmt.Errorf("check facts: %w", err)
	}
	got, err := c.one(ctx, "SELECT sum(nonce - 1)::BIGINT FROM health")
	if err != nil {
		return fmt.Errorf("check facts: %w", err)
	}
	if got != nonce-1 {
		return damageError("check facts: a number that was just stored came back different")
	}
	return nil
}

// isDamage tells a damaged file from one that cannot be opened now: held by another process, on a full disk, not ours to
// read, or written by something newer. What is not known for certain to be the latter is damage, since it is only moved.
func isDamage(err error) bool {
	var newer *NewerError
	if errors.As(err, &newer) {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, s := range []string{
		"could not set lock", "conflicting lock", "permission denied", "no space left", "too many open files", "read-only file system",
		"can only read version", "newer version of duckdb", "must not contain", "cannot allocate memory", "out of memory",
	} {
		if strings.Contains(text, s) {
			return false
		}
	}
	return true
}

// moveAside renames the file and its log; nothing is deleted. It returns the new name, "" when there was no file.
func (s *Store) moveAside() (string, error) {
	to := s.path() + ".damaged-" + time.Now().UTC().Format("20060102T150405.000000000")
	moved := ""
	for _, suffix := range []string{"", ".wal", ".wal.checkpoint", ".wal.recovery"} {
		err := os.Rename(s.path()+suffix, to+suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		moved = to
	}
	return moved, nil
}

// Check implements [facts.Store]: it commits a number and reads it back.
func (s *Store) Check(ctx context.Context) error { return s.change(ctx, "check facts", knownAnswer) }
