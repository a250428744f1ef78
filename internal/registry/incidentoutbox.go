package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

// IncidentEntry is the newest state of an incident, as it leaves.
type IncidentEntry struct {
	Seq      uint64
	Incident earshot.Incident // without timeline, people and meetings
}

// IncidentOutbox returns incidents that changed after a sequence, in the order of their last changes. An incident that changes again
// moves to the end, so every reader sees its last state, and perhaps not those before.
func (r *Registry) IncidentOutbox(ctx context.Context, after uint64, limit int) ([]IncidentEntry, error) {
	all, err := collect(ctx, r.readers, `SELECT seq, `+prefixed("i.", incidentColumns)+` FROM incident_outbox o JOIN incidents i ON i.id = o.incident
		WHERE seq > ? ORDER BY seq LIMIT ?`, []any{int64(after), limit}, func(row scanner, e *IncidentEntry) error {
		return scanIncident(seqScanner{row, &e.Seq}, &e.Incident)
	})
	if err != nil {
		return nil, fmt.Errorf("read the outbox of incidents: %w", err)
	}
	return all, nil
}

// IncidentOutboxTail returns the sequence of the last change, 0 for none. It never falls, also when the last incident is dropped.
func (r *Registry) IncidentOutboxTail(ctx context.Context) (uint64, error) {
	var tail int64
	if err := r.readers.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'incident_outbox'").Scan(&tail); err != nil {
		return 0, fmt.Errorf("read the outbox of incidents: %w", err)
	}
	return uint64(tail), nil
}

// seqScanner takes the first column for itself.
type seqScanner struct {
	scanner
	seq *uint64
}

func (s seqScanner) Scan(to ...any) error { return s.scanner.Scan(append([]any{s.seq}, to...)...) }

func prefixed(prefix string, columns []string) string {
	out := ""
	for i, c := range columns {
		if i > 0 {
			out += ", "
		}
		out += prefix + c
	}
	return out
}
