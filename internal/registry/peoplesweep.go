package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
)

// The sizes of the pieces in which people and meetings are dropped: the fold waits for its turn while one is written.
const (
	sweepFamilies = 100    // meetings, with their breakout rooms, that are looked for at once
	sweepRows     = 500    // segments, calls, persons or marks that one transaction drops
	sweepLook     = 20_000 // persons or marks that are read at once
)

// SweptPeople counts what [Registry.SweepPeople] dropped.
type SweptPeople struct{ Meetings, Segments, Calls, Persons, Marks int }

// Watched are people who stay whatever happens: somebody typed them into a rule, a maintenance or a list.
type Watched struct {
	IDs    []earshot.ID
	Emails []string
}

// SweepPeople drops who and what was not seen since a time: meetings, with their breakout rooms, segments, devices and series; phone
// calls; what those could be found by; and then people whom nothing that is left names. Older things stay while an incident or an
// alert names them, so that nothing that is shown leads nowhere; a meeting and its rooms stay or go together.
//
// Somebody who comes back later has the id of before, since ids are hashes of what people are known by, and no history.
//
// What is to be dropped is looked for without a turn, and looked at once more when it is dropped, in transactions of a few hundred rows
// between which the fold has its turn. When ctx ends, what is dropped stays so and the rest is for the next time; a meeting goes
// when its last segment does.
func (r *Registry) SweepPeople(ctx context.Context, before earshot.Instant, watched Watched) (SweptPeople, error) {
	s := peopleSweep{r: r, before: int64(before)}
	for _, step := range s.steps(watched) {
		if err := step.do(ctx); err != nil {
			return s.out, fmt.Errorf("drop old %s: %w", step.what, err)
		}
	}
	return s.out, nil
}

type peopleSweep struct {
	r      *Registry
	before int64
	out    SweptPeople
}

type sweepStep struct {
	what string
	do   func(context.Context) error
}

// steps are in an order in which nothing loses its name before it goes itself.
func (s *peopleSweep) steps(watched Watched) []sweepStep {
	return []sweepStep{
		{"meetings", s.meetings},
		{"calls", s.calls},
		{"people", func(ctx context.Context) error { return s.persons(ctx, watched) }},
		{"addresses and names of devices", s.marks},
	}
}

// The conditions under which something that stays names a meeting m, or an id. An alert's subject stands in its body, as text.
const (
	aboutID     = `EXISTS (SELECT 1 FROM alerts a WHERE a.body ->> '$.subject.id' = printf('%016x', $id))`
	namedMember = `(EXISTS (SELECT 1 FROM incident_meetings i WHERE i.meeting = $id) OR ` + aboutID + `)`
	oldMember   = `($m.first_seen < ?1 AND $m.last_seen < ?1 AND $m.end_at < ?1 AND NOT ` + namedMember + `)`
)

// member spells a condition for a row of meetings under another name.
func member(condition, name string) string {
	return strings.NewReplacer("$id", name+".id", "$m", name).Replace(condition)
}

// oldFamily holds of a meeting m that is no breakout room of one that is there, when it and all its rooms are old.
var oldFamily = member(oldMember, "m") + ` AND (m.parent = 0 OR NOT EXISTS (SELECT 1 FROM meetings p WHERE p.id = m.parent))
	AND NOT EXISTS (SELECT 1 FROM meetings k WHERE k.parent = m.id AND k.parent <> 0 AND NOT ` + member(oldMember, "k") + `)`

func (s *peopleSweep) meetings(ctx context.Context) error {
	last := cursor{at: -1}
	for {
		found, err := collect(ctx, s.r.readers, "SELECT m.first_seen, m.id FROM meetings m WHERE m.first_seen < ?1 AND (m.first_seen, m.id) > (?2, ?3) AND "+oldFamily+
			" ORDER BY m.first_seen, m.id LIMIT ?4", []any{s.before, int64(last.at), key(last.id), sweepFamilies},
			func(row scanner, c *cursor) error { return row.Scan(&c.at, idDest(&c.id)) })
		if err != nil || len(found) == 0 {
			return err
		}
		ids := idsOf(found)
		for more := true; more; {
			if more, err = s.families(ctx, ids); err != nil {
				return err
			}
		}
		last = found[len(found)-1]
	}
}

// families drops some segments of meetings that are old still; with their last ones they go themselves. It reports whether there
// is more.
func (s *peopleSweep) families(ctx context.Context, mains []earshot.ID) (more bool, err error) {
	list, err := idList(mains)
	if err != nil {
		return false, err
	}
	var segments []earshot.ID
	var meetings int64
	err = s.r.writeThen(ctx, func(tx *sql.Tx) error {
		if err := execAll(tx, "CREATE TEMP TABLE IF NOT EXISTS swept (id INTEGER PRIMARY KEY)", "DELETE FROM temp.swept"); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO temp.swept SELECT m.id FROM meetings m WHERE m.id IN (SELECT value FROM json_each(?2)) AND "+oldFamily, s.before, list); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT OR IGNORE INTO temp.swept SELECT k.id FROM temp.swept w JOIN meetings k ON k.parent = w.id AND k.parent <> 0"); err != nil {
			return err
		}
		if segments, err = idsIn(tx, "SELECT s.id FROM temp.swept w JOIN segments s ON s.meeting = w.id LIMIT ?", sweepRows); err != nil {
			return err
		}
		if err := dropSegments(tx, segments); err != nil || len(segments) == sweepRows {
			return err
		}
		meetings, err = s.dropSwept(tx)
		return err
	}, func() {
		for _, id := range segments {
			s.r.stored.Remove(id) // should it come again, its devices are to be stored again
		}
		s.out.Segments, s.out.Meetings = s.out.Segments+len(segments), s.out.Meetings+int(meetings)
	})
	return len(segments) == sweepRows, err
}

func dropSegments(tx *sql.Tx, ids []earshot.ID) error {
	list, err := idList(ids)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM segment_devices WHERE segment IN (SELECT value FROM json_each(?))",
		"DELETE FROM segments WHERE id IN (SELECT value FROM json_each(?))",
	} {
		if _, err := tx.Exec(statement, list); err != nil {
			return err
		}
	}
	return nil
}

// dropSwept drops the meetings in the table swept, and the series that none is left of.
func (s *peopleSweep) dropSwept(tx *sql.Tx) (int64, error) {
	series, err := idsIn(tx, "SELECT DISTINCT m.series FROM temp.swept w JOIN meetings m ON m.id = w.id WHERE m.series <> 0")
	if err != nil {
		return 0, err
	}
	done, err := tx.Exec("DELETE FROM meetings WHERE id IN (SELECT id FROM temp.swept)")
	if err != nil {
		return 0, err
	}
	list, err := idList(series)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`DELETE FROM series AS r WHERE r.id IN (SELECT value FROM json_each(?))
		AND NOT EXISTS (SELECT 1 FROM meetings m WHERE m.series = r.id AND m.series <> 0) AND NOT `+member(aboutID, "r"), list); err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

const oldCall = "c.first_seen < ?1 AND c.last_seen < ?1 AND c.end_at < ?1 AND NOT "

func (s *peopleSweep) calls(ctx context.Context) error {
	old := oldCall + member(aboutID, "c")
	last := cursor{at: -1}
	for {
		found, err := collect(ctx, s.r.readers, "SELECT c.first_seen, c.id FROM calls c WHERE (c.first_seen, c.id) > (?2, ?3) AND "+old+
			" ORDER BY c.first_seen, c.id LIMIT ?4", []any{s.before, int64(last.at), key(last.id), sweepRows},
			func(row scanner, c *cursor) error { return row.Scan(&c.at, idDest(&c.id)) })
		if err != nil || len(found) == 0 {
			return err
		}
		ids := idsOf(found)
		n, err := s.drop(ctx, "DELETE FROM calls AS c WHERE c.id IN (SELECT value FROM json_each(?2)) AND "+old, ids)
		if s.out.Calls += n; err != nil {
			return err
		}
		last = found[len(found)-1]
	}
}

// nobody holds of a person p whom nothing that is stored names.
var nobody = `p.told_at < ?1
	AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.person = p.id)
	AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.caller_person = p.id AND c.caller_person <> 0)
	AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.callee_person = p.id AND c.callee_person <> 0)
	AND NOT EXISTS (SELECT 1 FROM incident_people i WHERE i.person = p.id)
	AND NOT ` + member(aboutID, "p") + `
	AND NOT EXISTS (SELECT 1 FROM json_each(?3) w WHERE w.value = p.id)
	AND NOT (p.email_f <> '' AND EXISTS (SELECT 1 FROM json_each(?4) w WHERE w.value = p.email_f))`

func (s *peopleSweep) persons(ctx context.Context, watched Watched) error {
	ids, err := idList(watched.IDs)
	if err != nil {
		return err
	}
	folded := make([]string, len(watched.Emails))
	for i, e := range watched.Emails {
		folded[i] = foldText(e)
	}
	emails, err := json.Marshal(folded)
	if err != nil {
		return err
	}
	var end int64
	if err := s.r.readers.QueryRowContext(ctx, "SELECT coalesce(max(rowid), 0) FROM persons").Scan(&end); err != nil {
		return err
	}
	for from := int64(0); from < end; from += sweepLook {
		found, err := collect(ctx, s.r.readers, "SELECT p.id FROM persons p WHERE p.rowid > ?2 AND p.rowid <= ?2 + ?5 AND "+nobody,
			[]any{s.before, from, ids, string(emails), sweepLook}, scanID)
		if err != nil {
			return err
		}
		for len(found) > 0 {
			chunk := found[:min(sweepRows, len(found))]
			found = found[len(chunk):]
			n, err := s.drop(ctx, "DELETE FROM persons AS p WHERE p.id IN (SELECT value FROM json_each(?2)) AND "+nobody, chunk, ids, string(emails))
			if s.out.Persons += n; err != nil {
				return err
			}
		}
	}
	return nil
}

// drop runs one statement for some ids in a transaction of its own. Its first argument is the time, its second the ids.
func (s *peopleSweep) drop(ctx context.Context, statement string, ids []earshot.ID, more ...any) (dropped int, err error) {
	list, err := idList(ids)
	if err != nil {
		return 0, err
	}
	err = s.r.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.Exec(statement, append([]any{s.before, list}, more...)...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		dropped = int(n)
		return err
	})
	return dropped, err
}

// markKey is the key of a row of segment_marks.
type markKey struct {
	value   string
	at, seg int64
}

func scanMarkKey(row scanner, k *markKey) error { return row.Scan(&k.value, &k.at, &k.seg) }

// marks drops what segments that are gone could be found by. There is no way from a segment to all its marks, since an index for that
// would cost every join; so all marks are read, in the order in which they lie, as the nightly backup does, too.
func (s *peopleSweep) marks(ctx context.Context) error {
	const after = "(value, at, segment) > (?1, ?2, ?3)"
	for from := (markKey{}); ; {
		ends, err := collect(ctx, s.r.readers, "SELECT value, at, segment FROM segment_marks WHERE "+after+" ORDER BY value, at, segment LIMIT 1 OFFSET ?4",
			[]any{from.value, from.at, from.seg, sweepLook - 1}, scanMarkKey)
		if err != nil {
			return err
		}
		query, args := "SELECT value, at, segment FROM segment_marks AS k WHERE "+after+" AND at < ?4 AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.id = k.segment)",
			[]any{from.value, from.at, from.seg, s.before}
		if len(ends) > 0 {
			query, args = query+" AND (value, at, segment) <= (?5, ?6, ?7)", append(args, ends[0].value, ends[0].at, ends[0].seg)
		}
		found, err := collect(ctx, s.r.readers, query, args, scanMarkKey)
		if err != nil {
			return err
		}
		if err := s.dropMarks(ctx, found); err != nil || len(ends) == 0 {
			return err
		}
		from = ends[0]
	}
}

func (s *peopleSweep) dropMarks(ctx context.Context, found []markKey) error {
	for len(found) > 0 {
		chunk := found[:min(sweepRows, len(found))]
		found = found[len(chunk):]
		dropped := 0
		err := s.r.write(ctx, func(tx *sql.Tx) error {
			for _, k := range chunk {
				done, err := tx.Exec("DELETE FROM segment_marks WHERE value = ?1 AND at = ?2 AND segment = ?3 AND NOT EXISTS (SELECT 1 FROM segments WHERE id = ?3)", k.value, k.at, k.seg)
				if err != nil {
					return err
				}
				n, err := done.RowsAffected()
				if err != nil {
					return err
				}
				dropped += int(n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.out.Marks += dropped
	}
	return nil
}

func idsOf(found []cursor) []earshot.ID {
	ids := make([]earshot.ID, len(found))
	for i, c := range found {
		ids[i] = c.id
	}
	return ids
}

func execAll(tx *sql.Tx, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

func idsIn(tx *sql.Tx, query string, args ...any) ([]earshot.ID, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var all []earshot.ID
	for rows.Next() {
		var id earshot.ID
		if err := rows.Scan(idDest(&id)); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}
