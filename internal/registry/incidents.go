package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
)

// incidentColumns are the columns of incidents, in the order of incidentArgs and scanIncident.
var incidentColumns = []string{
	"id", "account", "cause", "candidates", "scope", "cell_id", "cell_name", "severity", "state", "start_at", "end_at", "opened_at",
	"updated_at", "direction", "confidence", "inside_bad", "inside_of", "elsewhere_bad", "elsewhere_of", "affected", "minutes",
	"metric", "merged_into",
}

// selectIncidents reads everything but the timeline, people and meetings.
var selectIncidents = "SELECT " + strings.Join(incidentColumns, ", ") + " FROM incidents"

// upsertIncidentSQL replaces a stored state by one that is no older.
var upsertIncidentSQL = func() string {
	sets := make([]string, 0, len(incidentColumns))
	for _, c := range incidentColumns[1:] {
		sets = append(sets, c+" = excluded."+c)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(incidentColumns)), ", ")
	return "INSERT INTO incidents (" + strings.Join(incidentColumns, ", ") + ") VALUES (" + marks + ") ON CONFLICT (id) DO UPDATE SET " +
		strings.Join(sets, ", ") + " WHERE excluded.updated_at >= incidents.updated_at"
}()

// otherIncidentSQL asks whether an incident that is not stored has another beside it, in its cell and at its time. One that is
// open reaches to its last update.
const otherIncidentSQL = `SELECT
	NOT EXISTS (SELECT 1 FROM incidents WHERE id = ?1) AND
	EXISTS (SELECT 1 FROM incidents WHERE account = ?2 AND scope = ?3 AND cell_id = ?4 AND cell_name = ?5 AND
		start_at < ?7 AND CASE WHEN end_at = 0 THEN updated_at ELSE end_at END > ?6)`

func incidentArgs(i *earshot.Incident) ([]any, error) {
	candidates := make([]int, len(i.Candidates)) // numbers: the words may change
	for k, c := range i.Candidates {
		candidates[k] = int(c)
	}
	text, err := json.Marshal(candidates)
	if err != nil {
		return nil, fmt.Errorf("encode the candidates of incident %s: %w", i.ID, err)
	}
	return []any{
		key(i.ID), key(i.Account), int64(i.Cause), string(text), int64(i.Cell.Scope), key(i.Cell.ID), i.Cell.Name, int64(i.Severity), int64(i.State),
		int64(i.Start), int64(i.End), int64(i.Opened), int64(i.Updated), int64(i.Direction), int64(i.Confidence),
		i.Inside.Bad, i.Inside.Of, i.Elsewhere.Bad, i.Elsewhere.Of, i.Affected, i.Minutes, int64(i.Metric), key(i.MergedInto),
	}, nil
}

func scanIncident(row scanner, i *earshot.Incident) error {
	var candidates []int
	err := row.Scan(idDest(&i.ID), idDest(&i.Account), &i.Cause, jsonDest{&candidates}, &i.Cell.Scope, idDest(&i.Cell.ID), &i.Cell.Name,
		&i.Severity, &i.State, &i.Start, &i.End, &i.Opened, &i.Updated, &i.Direction, &i.Confidence,
		&i.Inside.Bad, &i.Inside.Of, &i.Elsewhere.Bad, &i.Elsewhere.Of, &i.Affected, &i.Minutes, &i.Metric, idDest(&i.MergedInto))
	for _, c := range candidates {
		i.Candidates = append(i.Candidates, earshot.Cause(c))
	}
	return err
}

// incident stores the present state of an incident, unless a newer one is stored, or it is told a second time: see
// [Changes.Incidents]. The engine of incidents never has two in one cell at one time.
func (w *changeWriter) incident(i *earshot.Incident) error {
	var told bool
	end := i.End
	if end == 0 {
		end = i.Updated
	}
	err := w.tx.QueryRow(otherIncidentSQL, key(i.ID), key(i.Account), int64(i.Cell.Scope), key(i.Cell.ID), i.Cell.Name, int64(i.Start), int64(end)).Scan(&told)
	if err != nil {
		return fmt.Errorf("look for incident %s: %w", i.ID, err)
	}
	if told {
		return nil
	}
	args, err := incidentArgs(i)
	if err != nil {
		return err
	}
	done, err := w.tx.Exec(upsertIncidentSQL, args...)
	if err != nil {
		return fmt.Errorf("store incident %s: %w", i.ID, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return w.incidentParts(i)
}

// incidentParts stores the lists of an incident in place of those that are stored.
func (w *changeWriter) incidentParts(i *earshot.Incident) error {
	for _, table := range []string{"incident_events", "incident_meetings"} {
		if _, err := w.tx.Exec("DELETE FROM "+table+" WHERE incident = ?", key(i.ID)); err != nil {
			return fmt.Errorf("replace the %s of %s: %w", table, i.ID, err)
		}
	}
	for n := range i.Timeline {
		e := &i.Timeline[n]
		_, err := w.tx.Exec(`INSERT INTO incident_events (incident, n, at, what, inside_bad, inside_of, other, scope, cell_id, cell_name, cause)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, key(i.ID), n, int64(e.At), int64(e.What), e.Inside.Bad, e.Inside.Of, key(e.Other),
			int64(e.Cell.Scope), key(e.Cell.ID), e.Cell.Name, int64(e.Cause))
		if err != nil {
			return fmt.Errorf("store the timeline of incident %s: %w", i.ID, err)
		}
	}
	meetings, err := idList(i.Meetings)
	if err != nil {
		return err
	}
	people, err := idList(i.People)
	if err != nil {
		return err
	}
	if _, err := w.tx.Exec("INSERT INTO incident_meetings (incident, n, meeting) SELECT ?, key, value FROM json_each(?)", key(i.ID), meetings); err != nil {
		return fmt.Errorf("store the meetings of incident %s: %w", i.ID, err)
	}
	// People keep their places and only become more, so that the many that are there already cost nothing.
	if _, err := w.tx.Exec(`INSERT INTO incident_people (incident, n, person) SELECT ?, key, value FROM json_each(?) WHERE true
		ON CONFLICT (incident, n) DO UPDATE SET person = excluded.person WHERE person <> excluded.person`, key(i.ID), people); err != nil {
		return fmt.Errorf("store the people of incident %s: %w", i.ID, err)
	}
	return nil
}

// IncidentQuery selects incidents, newest first. Zero fields do not narrow.
type IncidentQuery struct {
	From, To earshot.Instant // overlapping [From, To); one that is open has no end
	Account  earshot.ID
	States   []earshot.IncidentState // any of them
	Causes   []earshot.Cause         // any of them
	Site     earshot.ID              // its cell is this site, or lies within it
	Cell     earshot.Cell            // its cell, by scope, id and name
	Person   earshot.ID              // among the people affected
	Meeting  earshot.ID              // among the meetings touched
	After    string                  // cursor: the last page's Next
	Limit    int                     // at most; 0 means 50
}

// IncidentPage is one page of incidents, without their timelines, people and meetings.
type IncidentPage struct {
	Items []earshot.Incident
	Next  string // the cursor of the next page, "" when this is the last
}

// Incident returns an incident with its timeline, people and meetings; false when there is none with that id.
func (r *Registry) Incident(ctx context.Context, id earshot.ID) (earshot.Incident, bool, error) {
	i, ok, err := byID(ctx, r.readers, selectIncidents, id, scanIncident)
	if err == nil && ok {
		err = r.incidentParts(ctx, &i)
	}
	if err != nil {
		return i, false, fmt.Errorf("read incident %s: %w", id, err)
	}
	return i, ok, nil
}

func (r *Registry) incidentParts(ctx context.Context, i *earshot.Incident) (err error) {
	of := []any{key(i.ID)}
	i.Timeline, err = collect(ctx, r.readers, `SELECT at, what, inside_bad, inside_of, other, scope, cell_id, cell_name, cause FROM incident_events
		WHERE incident = ? ORDER BY n`, of, func(row scanner, e *earshot.IncidentEvent) error {
		return row.Scan(&e.At, &e.What, &e.Inside.Bad, &e.Inside.Of, idDest(&e.Other), &e.Cell.Scope, idDest(&e.Cell.ID), &e.Cell.Name, &e.Cause)
	})
	if err != nil {
		return err
	}
	scan := func(row scanner, id *earshot.ID) error { return row.Scan(idDest(id)) }
	if i.Meetings, err = collect(ctx, r.readers, "SELECT meeting FROM incident_meetings WHERE incident = ? ORDER BY n", of, scan); err != nil {
		return err
	}
	i.People, err = r.IncidentPeople(ctx, i.ID)
	return err
}

// IncidentPeople returns whom an incident reached, in order of appearance, 500 at most; none when there is no such incident.
func (r *Registry) IncidentPeople(ctx context.Context, id earshot.ID) ([]earshot.ID, error) {
	people, err := collect(ctx, r.readers, "SELECT person FROM incident_people WHERE incident = ? ORDER BY n", []any{key(id)},
		func(row scanner, id *earshot.ID) error { return row.Scan(idDest(id)) })
	if err != nil {
		return nil, fmt.Errorf("people of incident %s: %w", id, err)
	}
	return people, nil
}

// Incidents returns a page of the incidents that q selects, newest first. An unusable q.After is [ErrCursor].
func (r *Registry) Incidents(ctx context.Context, q IncidentQuery) (IncidentPage, error) {
	where := q.conditions()
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return IncidentPage{}, err
		}
		where.add("(start_at, id) < (?, ?)", int64(c.at), key(c.id))
	}
	limit := pageLimit(q.Limit)
	items, err := collect(ctx, r.readers, selectIncidents+where.where()+" ORDER BY start_at DESC, id DESC LIMIT ?", append(where.args, limit+1), scanIncident)
	if err != nil {
		return IncidentPage{}, fmt.Errorf("list incidents: %w", err)
	}
	page := IncidentPage{Items: items}
	if len(items) > limit {
		page.Items = items[:limit]
		last := page.Items[limit-1]
		page.Next = cursor{last.Start, last.ID}.String()
	}
	return page, nil
}

func (q *IncidentQuery) conditions() (where conditions) {
	if q.From != 0 {
		where.add("(end_at = 0 OR end_at > ?)", int64(q.From))
	}
	if q.To != 0 {
		where.add("start_at < ?", int64(q.To))
	}
	where.addID("account", q.Account)
	addAny(&where, "state", q.States)
	addAny(&where, "cause", q.Causes)
	if q.Site != 0 {
		// The partial index serves only where 0 is excluded in so many words. Elsewhere the cell's id is not a site.
		where.add("(cell_id = ? AND cell_id <> 0)", key(q.Site))
		addAny(&where, "scope", []earshot.Scope{
			earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeTransport,
		})
	}
	if q.Cell.Scope != earshot.ScopeNone {
		if q.Cell.ID != 0 {
			where.add("cell_id <> 0") // for the partial index
		}
		where.add("(scope = ? AND cell_id = ? AND cell_name = ?)", int64(q.Cell.Scope), key(q.Cell.ID), q.Cell.Name)
	}
	if q.Person != 0 {
		where.add("id IN (SELECT incident FROM incident_people WHERE person = ?)", key(q.Person))
	}
	if q.Meeting != 0 {
		where.add("id IN (SELECT incident FROM incident_meetings WHERE meeting = ?)", key(q.Meeting))
	}
	return where
}

// addAny narrows to rows with any of the given numbers; none does not narrow.
func addAny[T ~uint8](c *conditions, columnName string, any []T) {
	if len(any) == 0 {
		return
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(any)), ", ")
	args := make([]interface{}, len(any))
	for k, v := range any {
		args[k] = int64(v)
	}
	c.add(columnName+" IN ("+marks+")", args...)
}

// LiveIncidents returns the incidents that are open or quiet, with everything, by id.
func (r *Registry) LiveIncidents(ctx context.Context) ([]earshot.Incident, error) {
	all, err := collect(ctx, r.readers, selectIncidents+" WHERE state IN (1, 2) ORDER BY id", nil, scanIncident)
	for k := range all {
		if err == nil {
			err = r.incidentParts(ctx, &all[k])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list live incidents: %w", err)
	}
	return all, nil
}
