package registry

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sidecars are the files that SQLite keeps beside a database.
var sidecars = []string{"-wal", "-shm"}

// inspect looks at the file without changing it. It returns what is damaged, "" when nothing is or there is no file.
func inspect(path string, all []migration, budget time.Duration, log *slog.Logger) (damage string, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open registry: %w", err)
	}
	if info.Size() == 0 {
		return "the file is empty", nil
	}
	known := all[len(all)-1].version
	if damage, err := inspectHeader(path, known); damage != "" || err != nil {
		return damage, err
	}
	db, err := openPool(path, 1, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}})
	if err != nil {
		return "", fmt.Errorf("open registry %s: %w", path, err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return damageOf(path, err)
	}
	if version > known { // it was still in the write-ahead log
		return "", &NewerError{Path: path, Have: version, Known: known}
	}
	if version == 0 {
		return inspectUnversioned(path, db)
	}
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	wrong, err := quickCheck(ctx, db)
	if ctx.Err() != nil {
		log.Info("registry is large, opened before it was checked to the end", "path", path, "bytes", info.Size(), "budget", budget)
		return "", nil
	}
	if err != nil {
		return damageOf(path, err)
	}
	return wrong, nil
}

// inspectHeader finds files that are no database at all, and refuses a newer one before SQLite makes files beside it.
func inspectHeader(path string, known int) (damage string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open registry: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var header [100]byte
	if _, err := io.ReadFull(f, header[:]); err != nil {
		return "the file is shorter than a database's header", nil
	}
	if string(header[:16]) != "SQLite format 3\x00" {
		return "the file does not begin as an SQLite database does", nil
	}
	// user_version: four bytes at offset 60 (sqlite.org/fileformat2.html, 1.3).
	if version := int(int32(binary.BigEndian.Uint32(header[60:]))); version > known {
		return "", &NewerError{Path: path, Have: version, Known: known}
	}
	return "", nil
}

// inspectUnversioned tells a registry whose making was cut short (nothing in it yet) from somebody else's database.
func inspectUnversioned(path string, db *sql.DB) (damage string, err error) {
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return damageOf(path, err)
	}
	if tables > 0 {
		return "", fmt.Errorf("registry %s is an SQLite database that Earshot did not make (no schema version, %d objects): move it away or choose another data directory", path, tables)
	}
	return "", nil
}

// quickCheck returns what SQLite finds wrong with the file, "" when nothing.
func quickCheck(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check(3)")
	if err != nil {
		return "", err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var found []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		if line != "ok" {
			found = append(found, strings.ReplaceAll(line, "\n", " "))
		}
	}
	return strings.Join(found, "; "), rows.Err()
}

// damageOf sorts an error: what says that the bytes are wrong is damage, everything else is for the caller.
func damageOf(path string, err error) (damage string, _ error) {
	if IsDamage(err) {
		return err.Error(), nil
	}
	return "", fmt.Errorf("open registry %s: %w", path, err)
}

// IsDamage reports whether err says that the file's bytes are wrong, not that it could not be reached. Closing the registry
// and opening it again then moves the file aside.
func IsDamage(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return e.Code() == sqlite3.SQLITE_IOERR_SHORT_READ
}

// moveAside renames the file and its sidecars to NAME.damaged-TIME and returns the new name. The sidecars keep their
// suffixes behind the new name, so that SQLite's own tools find them.
func moveAside(path string, now time.Time) (string, error) {
	base := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	to := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
			break
		}
		to = fmt.Sprintf("%s-%d", base, n)
	}
	// The sidecars first: a write-ahead log beside a new database would be taken for its own.
	for _, suffix := range sidecars {
		if err := os.Rename(path+suffix, to+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Rename(path, to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return to, syncDir(filepath.Dir(path))
}

// syncDir makes renames in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
