package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	sqlite "modernc.org/sqlite"

	"github.com/earshot/earshot"
)

// FileName is the registry's file in its directory. SQLite keeps FileName-wal and FileName-shm beside it.
const FileName = "registry.db"

const (
	// readerConns is how many questions run side by side. More would only take memory: the machine has few cores, and a
	// connection's page cache is its own.
	readerConns = 4
	// writerCacheKiB and readerCacheKiB bound SQLite's page caches: 32 MiB + 4 × 4 MiB in all. What a batch changes should
	// fit, or pages are written more than once.
	writerCacheKiB = 32 << 10
	readerCacheKiB = 4 << 10
	// walLimitBytes is what the write-ahead log is cut back to after a checkpoint; one long reader can let it grow.
	walLimitBytes = 64 << 20
	// rememberedDevices bounds the writer's memory of what it last stored of a segment's devices (16 bytes each, and the
	// list's own overhead). It must exceed the number of people who are in meetings at once.
	rememberedDevices = 1 << 15
)

// DefaultCheckBudget is how long Open may look for damage inside the file: long enough for some hundred MB, short enough
// that a restart shows live people again at once.
const DefaultCheckBudget = 500 * time.Millisecond

// Options are what Open needs.
type Options struct {
	Dir    string       // where the file lives; made when missing
	Logger *slog.Logger // nil: slog.Default
	// CheckBudget is how long Open looks for damage before it trusts the file; 0 means DefaultCheckBudget. What a short
	// look misses is found by Backup, which reads everything, and by Check.
	CheckBudget time.Duration
}

// Recovery says that Open found a registry it could not use and moved it aside.
type Recovery struct {
	Reason  string // what was wrong
	MovedTo string // where the damaged file now is
}

// Registry is an open registry. All methods may be called concurrently: writers take turns, readers see the last commit
// and wait for nobody.
type Registry struct {
	path    string
	log     *slog.Logger
	writer  *sql.DB // one connection
	readers *sql.DB // readerConns connections that cannot write
	// turn is held while writing. A channel, so that waiting for it ends with the caller's context.
	turn       chan struct{}
	statements []*sql.Stmt // prepared on the writer, by table number
	deviceStmt *sql.Stmt
	markStmt   *sql.Stmt
	// stored remembers a digest (made with seed) of the devices last committed for a segment, so that a segment which only
	// got another report costs one small row. Owned by whoever holds turn.
	stored *lru.Cache[earshot.ID, uint64]
	seed   maphash.Seed

	logins *loginThrottle
	// usersChanged is closed and made anew with each edit of users.
	usersMu      sync.Mutex
	usersChanged chan struct{}

	recovered *Recovery
	fresh     bool
	closeOnce sync.Once
	closeErr  error
}

// Open opens the registry in o.Dir, or begins one. A file that is damaged is moved aside with everything that belongs to
// it, and a new one begun: see [Registry.Recovered]. A file of a newer version is a [*NewerError] and is not touched; so is
// one that cannot be opened for other reasons (permissions, a full disk), since moving it would not help.
func Open(o Options) (*Registry, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.CheckBudget == 0 {
		o.CheckBudget = DefaultCheckBudget
	}
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the registry's directory: %w", err)
	}
	path := filepath.Join(o.Dir, FileName)
	reason, err := inspect(path, all, o.CheckBudget, o.Logger)
	if err != nil {
		return nil, err
	}
	var recovered *Recovery
	if reason != "" {
		o.Logger.Error("registry is damaged, moving it aside", "path", path, "reason", reason)
		to, err := moveAside(path, time.Now())
		if err != nil {
			return nil, fmt.Errorf("move the damaged registry aside: %w", err)
		}
		recovered = &Recovery{Reason: reason, MovedTo: to}
	}
	r, err := openAt(path, all, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", path, err)
	}
	r.recovered = recovered
	return r, nil
}

// openAt opens a file that was found to be sound, or makes one.
func openAt(path string, all []migration, log *slog.Logger) (*Registry, error) {
	_, statErr := os.Stat(path)
	r := &Registry{
		path: path, log: log, turn: make(chan struct{}, 1), logins: newLoginThrottle(), seed: maphash.MakeSeed(), usersChanged: make(chan struct{}),
		fresh: errors.Is(statErr, os.ErrNotExist),
	}
	ctx := context.Background()
	var err error
	// synchronous=FULL: the fold's snapshot counts on what was committed here. With NORMAL a power cut could take back
	// commits that the snapshot already stands on, and nobody would bring them again. Commits are batches, so it is cheap.
	// foreign_keys is off: see the first migration.
	if r.writer, err = openPool(path, 1, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(OFF)", "temp_store(MEMORY)",
			fmt.Sprintf("cache_size(-%d)", writerCacheKiB), fmt.Sprintf("journal_size_limit(%d)", walLimitBytes)},
	}); err != nil {
		return nil, err
	}
	if err = migrate(ctx, r.writer, all, path, log); err != nil {
		return nil, errors.Join(err, r.writer.Close())
	}
	if err = os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, r.writer.Close())
	}
	if r.readers, err = openPool(path, readerConns, url.Values{
		"_pragma": {"busy_timeout(10000)", "query_only(ON)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(-%d)", readerCacheKiB)},
	}); err != nil {
		return nil, errors.Join(err, r.writer.Close())
	}
	if r.stored, err = lru.New[earshot.ID, uint64](rememberedDevices); err == nil {
		err = r.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// openPool opens conns connections to path and keeps them.
func openPool(path string, conns int, query url.Values) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dataSource(path, query))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// dataSource spells path as a URI, so that "?", "%" and "#" in it are part of the name.
func dataSource(path string, query url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + query.Encode()
}

// Recovered says whether Open had to move a damaged registry aside; nil when not.
func (r *Registry) Recovered() *Recovery { return r.recovered }

// Fresh reports whether Open began an empty registry, because there was none or because it was damaged. What people typed
// may then be in a backup: see [Registry.AdoptTyped].
func (r *Registry) Fresh() bool { return r.fresh }

// Path returns the file's path.
func (r *Registry) Path() string { return r.path }

// Check asks a question with a known answer: health by a real query. It is quick; [Registry.CheckDeep] reads everything.
func (r *Registry) Check(ctx context.Context) error {
	var tables int
	err := r.readers.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('applied', 'users')").Scan(&tables)
	if err != nil {
		return fmt.Errorf("check registry: %w", err)
	}
	if tables != 2 {
		return fmt.Errorf("check registry %s: want the tables applied and users, got %d of them; stop Earshot and restore a backup", r.path, tables)
	}
	return nil
}

// CheckDeep reads the whole file and returns what SQLite finds wrong with it. It takes about a second for 200 MB.
func (r *Registry) CheckDeep(ctx context.Context) error {
	wrong, err := quickCheck(ctx, r.readers)
	if err != nil {
		return fmt.Errorf("check registry: %w", err)
	}
	if wrong != "" {
		return fmt.Errorf("check registry %s: %s; restart Earshot: it moves the file aside and begins again", r.path, wrong)
	}
	return nil
}

// Close ends all work with the file and folds the write-ahead log into it. It may be called twice.
func (r *Registry) Close() error {
	r.closeOnce.Do(func() {
		r.turn <- struct{}{} // wait for the writer
		var errs []error
		if r.readers != nil {
			errs = append(errs, r.readers.Close())
		}
		errs = append(errs, r.writer.Close())
		r.closeErr = errors.Join(errs...)
		<-r.turn
	})
	return r.closeErr
}

// write runs fn in a transaction when it is this caller's turn. Once begun it is not interrupted: transactions are short,
// and a context that can end costs a goroutine for every statement.
func (r *Registry) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return r.writeThen(ctx, fn, func() {})
}

// writeThen is write, and calls committed when the transaction is committed and it is still this caller's turn.
func (r *Registry) writeThen(ctx context.Context, fn func(tx *sql.Tx) error, committed func()) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := r.writer.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	committed()
	return nil
}
