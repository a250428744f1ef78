package duckdb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"

	"github.com/earshot/earshot/internal/obs"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// migration brings a file from the version before it to its own. Each runs in one transaction with the new version number,
// so a crash leaves the old version or the new one.
type migration struct {
	version int64
	apply   func(context.Context, *conn) error
}

// migrations are all there are, oldest first. A released one never changes.
var migrations = []migration{
	{1, fromFile("schema/0001_begin.sql")},
	{2, fromFile("schema/0002_absent.sql")},
	{3, fromFile("schema/0003_verdict.sql")},
	{4, fromFile("schema/0004_tally.sql")},
	{5, fromFile("schema/0005_narrow.sql")},
}

func fromFile(name string) func(context.Context, *conn) error {
	return func(ctx context.Context, c *conn) error {
		statements, err := schemaFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return c.exec(ctx, string(statements))
	}
}

// NewerError says that a newer Earshot wrote the file. Nothing was changed.
type NewerError struct{ Found, Known int64 }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the facts file has schema version %d and this Earshot knows versions up to %d: it was written by a newer one; run that, or restore a backup of before the upgrade", e.Found, e.Known)
}

// schemaVersion returns the version of the file, 0 for an empty one.
func schemaVersion(ctx context.Context, c *conn) (int64, error) {
	n, err := c.one(ctx, "SELECT count(*) FROM duckdb_tables() WHERE NOT internal")
	if err != nil || n == 0 {
		return 0, err
	}
	v, err := c.one(ctx, "SELECT max(value) FROM meta WHERE key = 'schema_version'")
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if v == 0 {
		return 0, errors.New("read schema version: the file holds tables but no version")
	}
	return v, nil
}

// migrate tells of a step that takes long: what it has written lies in the write-ahead log, or beside it, until it is done.
func migrate(ctx context.Context, c *conn, ms []migration, path string, log *slog.Logger) error {
	v, err := schemaVersion(ctx, c)
	if err != nil {
		return err
	}
	if known := ms[len(ms)-1].version; v > known {
		return &NewerError{Found: v, Known: known}
	}
	for _, m := range ms {
		if m.version <= v {
			continue
		}
		done := obs.Slow(log, "migrating the facts", func() []any {
			return []any{"version", m.version, "of", len(ms), "file_bytes", fileSize(path), "written_bytes", fileSize(path + ".wal")}
		})
		err := inTransaction(ctx, c, func(ctx context.Context, c *conn) error {
			if err := m.apply(ctx, c); err != nil {
				return err
			}
			return c.exec(ctx, "DELETE FROM meta WHERE key = 'schema_version'; INSERT INTO meta VALUES ('schema_version', ?)", m.version)
		})
		done()
		if err != nil {
			return fmt.Errorf("migrate facts to version %d: %w", m.version, err)
		}
	}
	return nil
}
