package duckdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	driverduckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/earshot/earshot/internal/facts"
)

// FileName is the store's file within [Options.Dir]; its write-ahead log has the same name with ".wal".
const FileName = "facts.duckdb"

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("facts: store is closed")

// Options configure a store.
type Options struct {
	Dir           string // holds facts.duckdb; it is made when absent
	MemoryLimitMB int    // DuckDB's own limit, default 160; resident memory may be two and a half times that
	Threads       int    // default half the processors, at least 1: see database.go
	Readers       int    // questions answered at once, default 4; more wait for their turn or their context
	Logger        *slog.Logger
}

func (o *Options) setDefaults() {
	if o.MemoryLimitMB == 0 {
		o.MemoryLimitMB = 160
	}
	if o.Threads == 0 {
		o.Threads = max(1, runtime.NumCPU()/2)
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// limits are the sizes that tests make small.
type limits struct {
	sortRows        int64 // recent samples that are sorted away at once: two row groups
	checkpointBytes int64 // write-ahead log that is folded into the file
	directRows      int64 // samples of a batch from which it is sorted before it is written
	settleRows      int64 // minutes of hours that are over from which they are moved
	spareBlocks     int64 // free blocks that are left to the next checkpoint
}

var defaultLimits = limits{sortRows: 2 * 122_880, checkpointBytes: 64 << 20, directRows: 24_000, settleRows: 20_000, spareBlocks: 8}

// Store implements [facts.Store] on one DuckDB file. See the package comment.
type Store struct {
	opts       Options
	log        *slog.Logger
	limits     limits
	migrations []migration
	recovered  *facts.Recovery

	// tidying is held by whoever moves or deletes rows; see tidy.go for the order of the locks.
	tidying sync.Mutex

	// writing is held by whoever changes the store; the writer's state belongs to its holder.
	writing sync.Mutex
	state   state

	// mu guards db: readers hold it while they ask, and reopening waits for them.
	mu     sync.RWMutex
	db     *database // nil after a failed reopening and after Close
	closed bool

	copying sync.Mutex // held while the file is copied: no checkpoint may move blocks under the copy
}

var _ facts.Store = (*Store)(nil)

// Open opens the store in o.Dir, beginning one where there is none. A file that cannot be used is moved aside, see
// [Store.Recovered]. A file of a newer version, one that another process has open, and a folder that cannot be written are
// errors and nothing is touched.
func Open(o Options) (*Store, error) { return open(o, defaultLimits, migrations) }

func open(o Options, l limits, ms []migration) (*Store, error) {
	o.setDefaults()
	s := &Store{opts: o, log: o.Logger, limits: l, migrations: ms}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make facts folder: %w", err)
	}
	db, err := s.openOrReplace()
	if err != nil {
		return nil, err
	}
	s.db = db
	if err := s.load(context.Background()); err != nil {
		return nil, errors.Join(fmt.Errorf("read facts state: %w", err), db.close())
	}
	return s, nil
}

func (s *Store) path() string { return filepath.Join(s.opts.Dir, FileName) }

// Recovered implements [facts.Store].
func (s *Store) Recovered() *facts.Recovery { return s.recovered }

// Close implements [facts.Store]. Questions in flight are cancelled.
func (s *Store) Close() error {
	s.interruptReaders()
	s.tidying.Lock()
	defer s.tidying.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	db := s.db
	s.db = nil
	if db == nil {
		return nil
	}
	// The log would keep everything as well; without one the next start is quicker.
	if err := checkpoint(context.Background(), db.writer); err != nil {
		s.log.Warn("facts: checkpoint on closing", "err", err)
	}
	return db.close()
}

func (s *Store) interruptReaders() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db != nil {
		s.db.cancel()
	}
}

// read lends a connection to fn for a question. It waits for a free one as long as ctx allows.
func (s *Store) read(ctx context.Context, op string, fn func(context.Context, *conn) error) error {
	db, err := s.readOnce(ctx, fn)
	if err == nil {
		return nil
	}
	if isFatal(err) {
		s.writing.Lock()
		if s.current() == db { // else another question's error, or the writer's, has brought it about already
			s.reopen(err)
		}
		s.writing.Unlock()
	}
	return fmt.Errorf("%s: %w", op, err)
}

// readOnce returns the database that it asked.
func (s *Store) readOnce(ctx context.Context, fn func(context.Context, *conn) error) (*database, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, ErrClosed
	}
	db := s.db
	if db == nil {
		return nil, errNotOpen
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(db.ctx, cancel)()
	select {
	case <-ctx.Done():
		return db, ctx.Err()
	case c := <-db.readers:
		defer func() { db.readers <- c }()
		return db, fn(ctx, c)
	}
}

// errNotOpen is what callers see between a failure and a reopening that succeeds. Each write tries again.
var errNotOpen = errors.New("facts file is not open after an earlier error")

// change runs fn in a transaction. When anything fails nothing of it is stored, what the writer remembers is read again,
// and for any error but a cancelled context the file is closed and reopened: after a failed commit or checkpoint DuckDB
// answers wrongly or not at all until it is opened anew.
func (s *Store) change(ctx context.Context, op string, fn func(context.Context, *conn) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.changeLocked(ctx, op, fn)
}

func (s *Store) changeLocked(ctx context.Context, op string, fn func(context.Context, *conn) error) error {
	db, err := s.writable()
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	err = inTransaction(ctx, db.writer, fn)
	if err == nil {
		return nil
	}
	if errors.Is(err, facts.ErrOutOfOrder) {
		return fmt.Errorf("%s: %w", op, err)
	}
	if ctx.Err() != nil && !isFatal(err) {
		if loadErr := s.load(context.WithoutCancel(ctx)); loadErr == nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
	s.reopen(err)
	return fmt.Errorf("%s: %w", op, err)
}

func inTransaction(ctx context.Context, c *conn, fn func(context.Context, *conn) error) error {
	if err := c.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := fn(ctx, c)
	if err == nil {
		// A commit is not cancelled: it would leave open whether the batch is stored.
		if err = c.exec(context.WithoutCancel(ctx), "COMMIT"); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	if rollbackErr := c.exec(context.WithoutCancel(ctx), "ROLLBACK"); rollbackErr != nil {
		err = errors.Join(err, fmt.Errorf("roll back: %w", rollbackErr))
	}
	return err
}

// writable returns the open database, reopening it when an earlier error closed it. The caller holds s.writing.
func (s *Store) writable() (*database, error) {
	s.mu.RLock()
	db, closed := s.db, s.closed
	s.mu.RUnlock()
	if closed {
		return nil, ErrClosed
	}
	if db != nil {
		return db, nil
	}
	s.reopen(errNotOpen)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db == nil {
		return nil, errNotOpen
	}
	return s.db, nil
}

// reopen closes and opens the file after an error. The caller holds s.writing. When it fails the store stays closed and the
// next write tries again: nothing is moved aside while running, since a full disk looks like damage.
func (s *Store) reopen(cause error) {
	s.interruptReaders()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if s.db != nil {
		s.log.Warn("facts: reopening the file after an error", "err", cause)
		if err := s.db.close(); err != nil {
			s.log.Warn("facts: close", "err", err)
		}
		s.db = nil
	}
	db, err := s.openDatabase()
	if err != nil {
		s.log.Error("facts: reopen", "err", err)
		return
	}
	s.db = db
	if err := s.loadFrom(context.Background(), db); err != nil {
		s.log.Error("facts: read state after reopening", "err", err)
		s.db = nil
		_ = db.close()
	}
}

// isFatal reports whether DuckDB has given the instance up.
func isFatal(err error) bool {
	var e *driverduckdb.Error
	if errors.As(err, &e) && (e.Type == driverduckdb.ErrorTypeFatal || e.Type == driverduckdb.ErrorTypeInternal || e.Type == driverduckdb.ErrorTypeIO) {
		return true
	}
	return false
}
