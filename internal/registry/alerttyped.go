package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/earshot/earshot"
)

// TypedKind is what sort of thing about alerts somebody typed.
type TypedKind string

// The kinds.
const (
	TypedRule        TypedKind = "rule"
	TypedMaintenance TypedKind = "maintenance"
)

// Typed is a rule or a span of maintenance that somebody made. Body is JSON that only package alert reads.
type Typed struct {
	Kind    TypedKind
	Name    string
	Body    []byte
	Who     string
	Changed earshot.Instant // wall time; set here
}

// AlertTyped returns what people typed of one kind, by name.
func (r *Registry) AlertTyped(ctx context.Context, kind TypedKind) ([]Typed, error) {
	all, err := collect(ctx, r.readers, "SELECT kind, name, body, who, changed_at FROM alert_typed WHERE kind = ? ORDER BY name", []any{string(kind)},
		func(row scanner, t *Typed) error { return row.Scan(&t.Kind, &t.Name, &t.Body, &t.Who, &t.Changed) })
	if err != nil {
		return nil, fmt.Errorf("read what was typed about alerts: %w", err)
	}
	return all, nil
}

// PutAlertTyped stores what somebody typed in place of what has its kind and name.
func (r *Registry) PutAlertTyped(ctx context.Context, t Typed) error {
	t.Changed = earshot.InstantOf(time.Now())
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO alert_typed (kind, name, body, who, changed_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body, who = excluded.who, changed_at = excluded.changed_at`,
			string(t.Kind), t.Name, string(t.Body), t.Who, int64(t.Changed))
		return err
	})
	if err != nil {
		return fmt.Errorf("store %s %q: %w", t.Kind, t.Name, err)
	}
	return nil
}

// DeleteAlertTyped removes what somebody typed, and reports whether it was there.
func (r *Registry) DeleteAlertTyped(ctx context.Context, kind TypedKind, name string) (bool, error) {
	var n int64
	err := r.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.Exec("DELETE FROM alert_typed WHERE kind = ? AND name = ?", string(kind), name)
		if err != nil {
			return err
		}
		n, err = done.RowsAffected()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("delete %s %q: %w", kind, name, err)
	}
	return n > 0, nil
}

// MemoryTold is the kind of the entries that say, by alert, with which labels it was put to the receivers.
const MemoryTold = "told"

// AlertMemory is one entry of Alertmanager's memory: a silence, or that a group was told to a receiver; or one of [MemoryTold].
type AlertMemory struct {
	Key     string
	Data    []byte
	Expires earshot.Instant // wall time
}

// PutAlertMemory stores an entry durably, in place of the one with its key.
func (r *Registry) PutAlertMemory(ctx context.Context, kind string, m AlertMemory) error {
	err := r.write(ctx, func(tx *sql.Tx) error { return putAlertMemory(tx, kind, &m) })
	if err != nil {
		return fmt.Errorf("store an entry of alerts' %s: %w", kind, err)
	}
	return nil
}

func putAlertMemory(tx *sql.Tx, kind string, m *AlertMemory) error {
	_, err := tx.Exec(`INSERT INTO alert_memory (kind, key, data, expires_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, kind, m.Key, m.Data, int64(m.Expires))
	return err
}

// AlertMemory returns the entries of one kind that have not expired.
func (r *Registry) AlertMemory(ctx context.Context, kind string, now earshot.Instant) ([]AlertMemory, error) {
	all, err := collect(ctx, r.readers, "SELECT key, data, expires_at FROM alert_memory WHERE kind = ? AND expires_at > ? ORDER BY key", []any{kind, int64(now)},
		func(row scanner, m *AlertMemory) error { return row.Scan(&m.Key, &m.Data, &m.Expires) })
	if err != nil {
		return nil, fmt.Errorf("read alerts' %s: %w", kind, err)
	}
	return all, nil
}

// PruneAlertMemory drops entries that have expired.
func (r *Registry) PruneAlertMemory(ctx context.Context, now earshot.Instant) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM alert_memory WHERE expires_at <= ?", int64(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("drop what has expired of alerts' memory: %w", err)
	}
	return nil
}
