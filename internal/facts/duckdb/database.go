package duckdb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	driverduckdb "github.com/duckdb/duckdb-go/v2"
)

// storageVersion is the file format: DuckDB 1.2 and later read it. It is fixed, never "latest", so that the previous release
// of Earshot can open the file after a rollback.
const storageVersion = "v1.2.0"

// database is one opening of the file: the writer's connection and the readers'.
type database struct {
	connector *driverduckdb.Connector
	writer    *conn
	tidier    *conn      // sorts beside the writer
	readers   chan *conn // each is in here, or with who asks
	size      int        // how many readers there are
	ctx       context.Context
	cancel    context.CancelFunc // ends questions in flight
}

// connect opens a file with the sandbox that every statement runs in: no reading or writing of other files, no
// extensions, and no way to change that.
func connect(path string, o *Options, readOnly bool) (*database, error) {
	if strings.ContainsAny(path, "?#%") {
		return nil, fmt.Errorf("open %s: the data folder's path must not contain '?', '#' or '%%'", path)
	}
	q := url.Values{}
	set := func(k, v string) { q.Set(k, v) }
	// Every statement is worked off by the caller's own thread and by Threads-1 others, and while another is at it (a commit is one
	// piece of work) the caller's spins. On two processors a second thread made batches a fifth dearer.
	set("threads", strconv.Itoa(o.Threads))
	set("memory_limit", strconv.Itoa(o.MemoryLimitMB)+"MiB")
	set("temp_directory", filepath.Join(filepath.Dir(path), "facts.tmp"))
	set("storage_compatibility_version", storageVersion)
	// Checkpoints are ours: they must not run while the file is copied, and not in the middle of a batch.
	set("checkpoint_threshold", "1TiB")
	set("allocator_background_threads", "true")
	set("allocator_flush_threshold", "16MiB")
	set("autoinstall_known_extensions", "false")
	set("autoload_known_extensions", "false")
	set("allow_community_extensions", "false")
	if readOnly {
		set("access_mode", "READ_ONLY")
	}
	connector, err := driverduckdb.NewConnector(path+"?"+q.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db := &database{connector: connector, readers: make(chan *conn, o.Readers), size: o.Readers}
	db.ctx, db.cancel = context.WithCancel(context.Background())
	if db.writer, err = db.connection(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.close())
	}
	if db.tidier, err = db.connection(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.close())
	}
	// These come last, in this order: DuckDB takes the options of the address in any order, and refuses the temporary folder once
	// access to files is off. The bound of that folder does not hold when it comes with the address. The driver's closing must not
	// checkpoint: a damaged file is kept as it was found, and Close does it by itself.
	if err := db.writer.exec(db.ctx, "SET max_temp_directory_size = '4GiB'; PRAGMA disable_checkpoint_on_shutdown; SET enable_external_access = false; SET lock_configuration = true"); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: close the sandbox: %w", path, err), db.close())
	}
	for range o.Readers {
		c, err := db.connection()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.close())
		}
		db.readers <- c
	}
	return db, nil
}

func (db *database) connection() (*conn, error) {
	dc, err := db.connector.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	c, ok := dc.(*driverduckdb.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("unexpected connection %T", dc), dc.Close())
	}
	return &conn{c}, nil
}

// close ends all connections; the caller made sure that none is lent out.
func (db *database) close() error {
	db.cancel()
	var errs []error
	for range len(db.readers) {
		errs = append(errs, (<-db.readers).close())
	}
	for _, c := range []*conn{db.tidier, db.writer} {
		if c != nil {
			errs = append(errs, c.close())
		}
	}
	errs = append(errs, db.connector.Close())
	return errors.Join(errs...)
}
