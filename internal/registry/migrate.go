package registry

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/earshot/earshot/internal/obs"
)

// migrationFiles holds migrations/NNNN_what.sql: version NNNN is the schema after that file. A file that was released is
// never edited; what follows is a new one. The number is kept in SQLite's user_version, in the header of the file.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks the file as a registry of Earshot ("Ears"), for file(1) and for refusing some other database.
const applicationID = 0x45617273

type migration struct {
	version int
	name    string
	sql     string
}

// loadMigrations reads the scripts in order. They must be numbered from 1 without a gap.
func loadMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	sort.Strings(names)
	var all []migration
	for i, name := range names {
		base := strings.TrimPrefix(name, "migrations/")
		number, _, _ := strings.Cut(base, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", base, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migration %s: %w", base, err)
		}
		all = append(all, migration{version: version, name: base, sql: string(text)})
	}
	return all, nil
}

// NewerError says that a registry was written by a later version of Earshot than this one. Nothing was changed.
type NewerError struct {
	Path        string
	Have, Known int // schema versions: of the file, and the newest that this program knows
}

// Error says what to do about it.
func (e *NewerError) Error() string {
	return fmt.Sprintf("registry %s has schema version %d and this program knows up to %d: it was written by a newer Earshot; "+
		"run that version, or restore a backup that this one wrote", e.Path, e.Have, e.Known)
}

// migrate brings the database to the newest version, each step in a transaction of its own. One that takes long is told of: what it
// has written lies in the write-ahead log until it is done.
func migrate(ctx context.Context, db *sql.DB, all []migration, path string, log *slog.Logger) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	for _, m := range all {
		if m.version <= have {
			continue
		}
		done := obs.Slow(log, "migrating the registry", func() []any {
			return []any{"step", m.name, "version", m.version, "of", len(all), "file_bytes", fileBytes(path), "written_bytes", fileBytes(path + "-wal")}
		})
		err := migrateOne(ctx, db, m)
		done()
		if err != nil {
			return fmt.Errorf("migrate to %s: %w", m.name, err)
		}
	}
	return nil
}

// fileBytes is how large a file is, 0 where there is none.
func fileBytes(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func migrateOne(ctx context.Context, db *sql.DB, m migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it has nothing to do, before it the first error counts
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	// Both are part of the file's header and so of the transaction.
	header := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", m.version, applicationID)
	if _, err := tx.ExecContext(ctx, header); err != nil {
		return err
	}
	return tx.Commit()
}
