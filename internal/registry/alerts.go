package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/earshot/earshot"
)

// AlertRow is an alert as it is kept. Body is JSON that only package alert reads.
type AlertRow struct {
	ID       earshot.ID
	Rule     string
	Severity string
	Firing   bool
	Raised   earshot.Instant
	Ended    earshot.Instant // 0 while it fires
	Incident earshot.ID      // 0: none
	Body     []byte
}

// AlertNote is something that happened to an alert outside the engine, in wall time.
type AlertNote struct {
	Alert earshot.ID
	At    earshot.Instant
	What  string // a change of package alert: notified, refused, acknowledged
	Who   string // a receiver or a user
	Text  string
}

// AlertQuery selects alerts, newest first. Zero fields do not narrow.
type AlertQuery struct {
	From, To earshot.Instant // overlapping [From, To)
	Firing   *bool
	Rule     string
	Severity string
	Incident earshot.ID
	About    []earshot.ID // their subject or incident is any of these
	After    string       // cursor: the last page's Next
	Limit    int          // at most; 0 means 50
}

// AlertPage is one page of alerts.
type AlertPage struct {
	Items []AlertRow
	Next  string // the cursor of the next page, "" when this is the last
}

// maxAlertNotes bounds what is kept of one alert: a receiver that is dead for a week refuses many times.
const maxAlertNotes = 200

// SaveAlerts stores the engine's state, the alerts that changed, and entries of [MemoryTold], in one transaction.
func (r *Registry) SaveAlerts(ctx context.Context, engine []byte, changed []AlertRow, told []AlertMemory) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for i := range changed {
			a := &changed[i]
			_, err := tx.Exec(`INSERT INTO alerts (id, rule, severity, firing, raised_at, ended_at, incident, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, firing = excluded.firing, ended_at = excluded.ended_at,
				incident = excluded.incident, body = excluded.body`,
				key(a.ID), a.Rule, a.Severity, a.Firing, int64(a.Raised), int64(a.Ended), key(a.Incident), string(a.Body))
			if err != nil {
				return fmt.Errorf("alert %s: %w", a.ID, err)
			}
		}
		for i := range told {
			if err := putAlertMemory(tx, MemoryTold, &told[i]); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO alert_engine (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", string(engine))
		return err
	})
	if err != nil {
		return fmt.Errorf("store %d alerts: %w", len(changed), err)
	}
	return nil
}

// AlertEngine returns the state that [Registry.SaveAlerts] stored last, nil for none.
func (r *Registry) AlertEngine(ctx context.Context) ([]byte, error) {
	all, err := collect(ctx, r.readers, "SELECT body FROM alert_engine", nil, func(row scanner, s *string) error { return row.Scan(s) })
	if err != nil {
		return nil, fmt.Errorf("read the state of alerts: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return []byte(all[0]), nil
}

const selectAlerts = "SELECT id, rule, severity, firing, raised_at, ended_at, incident, body FROM alerts"

func scanAlert(row scanner, a *AlertRow) error {
	return row.Scan(idDest(&a.ID), &a.Rule, &a.Severity, &a.Firing, &a.Raised, &a.Ended, idDest(&a.Incident), &a.Body)
}

// Alert returns one alert; false when there is none with that id.
func (r *Registry) Alert(ctx context.Context, id earshot.ID) (AlertRow, bool, error) {
	a, ok, err := byID(ctx, r.readers, selectAlerts, id, scanAlert)
	if err != nil {
		return a, false, fmt.Errorf("read alert %s: %w", id, err)
	}
	return a, ok, nil
}

// Alerts returns a page of the alerts that q selects, newest first. An unusable q.After is [ErrCursor].
func (r *Registry) Alerts(ctx context.Context, q AlertQuery) (AlertPage, error) {
	var where conditions
	if q.From != 0 {
		where.add("(ended_at = 0 OR ended_at > ?)", int64(q.From))
	}
	if q.To != 0 {
		where.add("raised_at < ?", int64(q.To))
	}
	if q.Firing != nil {
		where.add("firing = ?", *q.Firing)
	}
	if q.Rule != "" {
		where.add("rule = ?", q.Rule)
	}
	if q.Severity != "" {
		where.add("severity = ?", q.Severity)
	}
	where.addID("incident", q.Incident)
	if len(q.About) > 0 {
		ids, err := idList(q.About)
		if err != nil {
			return AlertPage{}, err
		}
		subjects, err := json.Marshal(q.About) // as they stand in the body
		if err != nil {
			return AlertPage{}, err
		}
		where.add("(incident <> 0 AND incident IN (SELECT value FROM json_each(?)) OR body ->> '$.subject.id' IN (SELECT value FROM json_each(?)))", ids, string(subjects))
	}
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return AlertPage{}, err
		}
		where.add("(raised_at, id) < (?, ?)", int64(c.at), key(c.id))
	}
	limit := pageLimit(q.Limit)
	items, err := collect(ctx, r.readers, selectAlerts+where.where()+" ORDER BY raised_at DESC, id DESC LIMIT ?", append(where.args, limit+1), scanAlert)
	if err != nil {
		return AlertPage{}, fmt.Errorf("list alerts: %w", err)
	}
	page := AlertPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		last := page.Items[limit-1]
		page.Next = cursor{last.Raised, last.ID}.String()
	}
	return page, nil
}

// RuleFired is how often a rule raised an alert.
type RuleFired struct {
	Rule  string
	Last  earshot.Instant
	Times int // since the time that was asked for
}

// RulesFired returns, by name, the rules that ever raised an alert, with how often they did since a time.
func (r *Registry) RulesFired(ctx context.Context, since earshot.Instant) ([]RuleFired, error) {
	all, err := collect(ctx, r.readers, "SELECT rule, max(raised_at), count(CASE WHEN raised_at >= ? THEN 1 END) FROM alerts GROUP BY rule ORDER BY rule", []any{int64(since)},
		func(row scanner, f *RuleFired) error { return row.Scan(&f.Rule, &f.Last, &f.Times) })
	if err != nil {
		return nil, fmt.Errorf("read when rules raised alerts: %w", err)
	}
	return all, nil
}

// AddAlertNotes stores what happened to alerts. Of one alert at most 200 are kept: the oldest refusals go first.
func (r *Registry) AddAlertNotes(ctx context.Context, notes []AlertNote) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, n := range notes {
			_, err := tx.Exec(`INSERT INTO alert_notes (alert, at, n, what, who, text)
				SELECT ?1, ?2, (SELECT count(*) FROM alert_notes WHERE alert = ?1 AND at = ?2), ?3, ?4, ?5`,
				key(n.Alert), int64(n.At), n.What, n.Who, n.Text)
			if err != nil {
				return err
			}
			_, err = tx.Exec(`DELETE FROM alert_notes WHERE alert = ?1 AND what = 'refused' AND (at, n) IN (SELECT at, n FROM alert_notes
				WHERE alert = ?1 AND what = 'refused' ORDER BY at, n LIMIT max(0, (SELECT count(*) FROM alert_notes WHERE alert = ?1) - ?2))`,
				key(n.Alert), maxAlertNotes)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %d notes on alerts: %w", len(notes), err)
	}
	return nil
}

// AlertNotes returns what happened to alerts, oldest first.
func (r *Registry) AlertNotes(ctx context.Context, alerts []earshot.ID) ([]AlertNote, error) {
	list, err := idList(alerts)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, r.readers, "SELECT alert, at, what, who, text FROM alert_notes WHERE alert IN (SELECT value FROM json_each(?)) ORDER BY at, n", []any{list},
		func(row scanner, n *AlertNote) error {
			return row.Scan(idDest(&n.Alert), &n.At, &n.What, &n.Who, &n.Text)
		})
	if err != nil {
		return nil, fmt.Errorf("read the notes on %d alerts: %w", len(alerts), err)
	}
	return all, nil
}
