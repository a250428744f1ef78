package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
)

// conditions collects the terms of a WHERE clause and their arguments.
type conditions struct {
	terms []string
	args  []any
}

func (c *conditions) add(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// addID narrows to an id, unless it is 0.
func (c *conditions) addID(columnName string, id earshot.ID) {
	if id != 0 {
		c.add(columnName+" = ?", key(id))
	}
}

// where returns the clause, "" when nothing narrows.
func (c *conditions) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

// collect runs a query and reads its rows.
func collect[T any](ctx context.Context, db *sql.DB, query string, args []any, scan func(scanner, *T) error) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var all []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// byID reads the row with an id; false when there is none.
func byID[T any](ctx context.Context, db *sql.DB, query string, id earshot.ID, scan func(scanner, *T) error) (T, bool, error) {
	var zero T
	all, err := collect(ctx, db, query+" WHERE id = ?", []any{key(id)}, scan)
	if err != nil || len(all) == 0 {
		return zero, false, err
	}
	return all[0], true, nil
}

// byIDs reads the rows with the given ids, in no order, without those that are not there.
func byIDs[T any](ctx context.Context, db *sql.DB, query string, ids []earshot.ID, scan func(scanner, *T) error) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := idList(ids)
	if err != nil {
		return nil, err
	}
	// One argument however many ids: the statement stays the same, and SQLite's limit of arguments does not matter.
	return collect(ctx, db, query+" WHERE id IN (SELECT value FROM json_each(?))", []any{list}, scan)
}

// idList spells ids as a JSON array of signed numbers, for json_each.
func idList(ids []earshot.ID) (string, error) {
	signed := make([]int64, len(ids))
	for i, id := range ids {
		signed[i] = key(id)
	}
	text, err := json.Marshal(signed)
	return string(text), err
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// idDest reads an id.
func idDest(id *earshot.ID) sql.Scanner { return idScanner{id} }

type idScanner struct{ id *earshot.ID }

// Scan implements sql.Scanner.
func (s idScanner) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("read an id: want an integer, got %T", v)
	}
	*s.id = earshot.ID(n)
	return nil
}

// jsonDest reads a JSON text.
type jsonDest struct{ to any }

// Scan implements sql.Scanner.
func (d jsonDest) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("read JSON: want text, got %T", v)
	}
	return json.Unmarshal([]byte(text), d.to)
}
