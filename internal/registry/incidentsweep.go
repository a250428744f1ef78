package registry

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/earshot/earshot"
)

// sweepChunk is how many incidents or alerts are dropped in one transaction: the fold waits for its turn meanwhile.
const sweepChunk = 200

// Swept counts what a sweep dropped.
type Swept struct{ Alerts, Incidents int }

// SweepIncidents drops alerts that ended before a time, with their notes, and then incidents that were over before it, with their
// timelines and lists. An incident stays while an alert that stays names it, so that no alert leads nowhere. What is open, quiet or
// fires is never dropped. It works in short transactions; when ctx ends, what is dropped stays so and the rest is for the next time.
func (r *Registry) SweepIncidents(ctx context.Context, before earshot.Instant) (Swept, error) {
	var out Swept
	var err error
	if out.Alerts, err = r.sweep(ctx, "SELECT id FROM alerts WHERE firing = 0 AND ended_at > 0 AND ended_at < ?1 LIMIT ?2", before,
		"DELETE FROM alert_notes WHERE alert IN (SELECT id FROM swept)", "DELETE FROM alerts WHERE id IN (SELECT id FROM swept)"); err != nil {
		return out, fmt.Errorf("drop old alerts: %w", err)
	}
	// The states by number: closed, no-data, merged.
	out.Incidents, err = r.sweep(ctx, `SELECT id FROM incidents i WHERE state NOT IN (1, 2) AND end_at > 0 AND end_at < ?1
		AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.incident = i.id AND a.incident <> 0) LIMIT ?2`, before,
		"DELETE FROM incident_events WHERE incident IN (SELECT id FROM swept)", "DELETE FROM incident_people WHERE incident IN (SELECT id FROM swept)",
		"DELETE FROM incident_meetings WHERE incident IN (SELECT id FROM swept)", "DELETE FROM incident_outbox WHERE incident IN (SELECT id FROM swept)",
		"DELETE FROM incidents WHERE id IN (SELECT id FROM swept)")
	if err != nil {
		return out, fmt.Errorf("drop old incidents: %w", err)
	}
	return out, nil
}

// sweep drops what choose finds, chunk by chunk. The other statements read the ids from the table swept.
func (r *Registry) sweep(ctx context.Context, choose string, before earshot.Instant, drop ...string) (total int, err error) {
	for {
		n := 0
		err := r.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.Exec("CREATE TEMP TABLE IF NOT EXISTS swept (id INTEGER PRIMARY KEY)"); err != nil {
				return err
			}
			if _, err := tx.Exec("DELETE FROM swept"); err != nil {
				return err
			}
			done, err := tx.Exec("INSERT INTO swept "+choose, int64(before), sweepChunk)
			if err != nil {
				return err
			}
			found, err := done.RowsAffected()
			if err != nil || found == 0 {
				return err
			}
			for _, statement := range drop {
				if _, err := tx.Exec(statement); err != nil {
					return err
				}
			}
			n = int(found)
			return nil
		})
		if total += n; err != nil || n < sweepChunk {
			return total, err
		}
	}
}
