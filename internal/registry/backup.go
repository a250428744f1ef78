package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Backup writes a whole, consistent copy of the registry as it is now to FileName in dir, in place of one that is there,
// while it is in use: writers go on beside it. The copy is checked to the end before it takes its name, so that a backup
// that exists can be restored; damage in the registry itself is found here, too.
func (r *Registry) Backup(ctx context.Context, dir string) error {
	if err := r.backup(ctx, dir); err != nil {
		return fmt.Errorf("back up the registry to %s: %w", dir, err)
	}
	return nil
}

func (r *Registry) backup(ctx context.Context, dir string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	unfinished := filepath.Join(dir, FileName+".unfinished")
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(unfinished) //nolint:errcheck // the first error counts, and the next backup removes it
		}
	}()
	// A connection of its own: the readers' are few, and this one is busy for long. VACUUM INTO reads one snapshot and
	// writes a compact file without a write-ahead log.
	db, err := openPool(r.path, 1, url.Values{"_pragma": {"busy_timeout(10000)"}})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing was written through it
	if err := makePrivate(unfinished); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", unfinished); err != nil {
		return err
	}
	if err := verifyCopy(ctx, unfinished); err != nil {
		return err
	}
	if err := syncFile(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, filepath.Join(dir, FileName)); err != nil {
		return err
	}
	return syncDir(dir)
}

// makePrivate makes an empty file that only its owner can read: SQLite would use the process's umask.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// verifyCopy reads a backup to the end.
func verifyCopy(ctx context.Context, path string) error {
	db, err := openPool(path, 1, url.Values{"mode": {"ro"}})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing was written
	var id, version int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		return err
	}
	if known := all[len(all)-1].version; version > known {
		return &NewerError{Path: path, Have: version, Known: known}
	}
	if id != applicationID || version == 0 {
		return fmt.Errorf("%s is no registry of Earshot", path)
	}
	wrong, err := quickCheck(ctx, db)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if wrong != "" {
		return fmt.Errorf("%s is damaged: %s", path, wrong)
	}
	return nil
}

// Restore puts the backup in backupDir in place of the registry in dir, which must not be open in any process. The backup
// is checked first; a registry that is there is moved aside, not deleted, and its new name returned ("" when there was
// none).
func Restore(ctx context.Context, backupDir, dir string) (movedTo string, err error) {
	from, to := filepath.Join(backupDir, FileName), filepath.Join(dir, FileName)
	fail := func(err error) (string, error) {
		return movedTo, fmt.Errorf("restore the registry from %s: %w", from, err)
	}
	if err := verifyCopy(ctx, from); err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	unfinished := to + ".restoring"
	if err := copyFile(from, unfinished); err != nil {
		return fail(err)
	}
	// Sidecars count even without a database: a write-ahead log of something else must not meet the restored file.
	for _, suffix := range append([]string{""}, sidecars...) {
		if _, err := os.Lstat(to + suffix); err == nil {
			if movedTo, err = moveAside(to, time.Now()); err != nil {
				return fail(err)
			}
			break
		}
	}
	if err := os.Rename(unfinished, to); err != nil {
		return fail(err)
	}
	if err := syncDir(dir); err != nil {
		return fail(err)
	}
	return movedTo, nil
}

// copyFile copies durably, in place of what is at to.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// AdoptTyped takes over from a backup (a file that [Registry.Backup] wrote, also by an earlier version) what no journal can
// bring back: users, the audit log, sites, incidents and alerts with all that was typed about them. It is for a registry that is [Registry.Fresh]; users that exist are kept as
// they are, and a registry that already has an audit log refuses, because two chains cannot be joined.
func (r *Registry) AdoptTyped(ctx context.Context, backupFile string) error {
	if err := r.adoptTyped(ctx, backupFile); err != nil {
		return fmt.Errorf("take over users, audit log, sites and incidents from %s: %w", backupFile, err)
	}
	return nil
}

func (r *Registry) adoptTyped(ctx context.Context, backupFile string) error {
	if err := verifyCopy(ctx, backupFile); err != nil {
		return err
	}
	// A copy, brought to this version: the backup stays as it is.
	dir, err := os.MkdirTemp(filepath.Dir(r.path), "adopt-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover is harmless
	if err := copyFile(backupFile, filepath.Join(dir, FileName)); err != nil {
		return err
	}
	from, err := Open(Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := from.Close(); err != nil { // folds its write-ahead log into the file
		return err
	}
	return r.adoptFrom(ctx, from.path)
}

// adoptFrom copies the rows. A database cannot be attached inside a transaction, so this does not go through write.
func (r *Registry) adoptFrom(ctx context.Context, path string) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := r.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // gives the connection back
	if _, err := conn.ExecContext(ctx, "ATTACH ? AS adopted", path); err != nil {
		return err
	}
	return errors.Join(adoptRows(ctx, conn), detach(conn))
}

func detach(conn *sql.Conn) error {
	_, err := conn.ExecContext(context.Background(), "DETACH adopted")
	return err
}

func adoptRows(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it has nothing to do, before it the first error counts
	var entries int
	if err := tx.QueryRow("SELECT count(*) FROM main.audit").Scan(&entries); err != nil {
		return err
	}
	if entries > 0 {
		return fmt.Errorf("the registry already has %d entries in its audit log; restore the backup instead", entries)
	}
	// Both have the same version, and so the same columns in the same order.
	for _, table := range []string{"users", "sites", "site_ranges", "site_details", "audit", "incidents", "incident_events", "incident_people", "incident_meetings",
		"alerts", "alert_notes", "alert_engine", "alert_typed", "alert_memory"} {
		if _, err := tx.Exec("INSERT OR IGNORE INTO main." + table + " SELECT * FROM adopted." + table); err != nil {
			return fmt.Errorf("take over %s: %w", table, err)
		}
	}
	return tx.Commit()
}
