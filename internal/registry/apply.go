package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/earshot/earshot"
)

// prepare prepares the writer's statements.
func (r *Registry) prepare(ctx context.Context) (err error) {
	for _, t := range tables {
		stmt, err := r.writer.PrepareContext(ctx, t.upsertSQL())
		if err != nil {
			return fmt.Errorf("prepare the upsert of %s: %w", t.name, err)
		}
		r.statements = append(r.statements, stmt)
	}
	if r.deviceStmt, err = r.writer.PrepareContext(ctx, upsertDevicesSQL); err != nil {
		return fmt.Errorf("prepare the upsert of devices: %w", err)
	}
	if r.markStmt, err = r.writer.PrepareContext(ctx, insertMarkSQL); err != nil {
		return fmt.Errorf("prepare the insert of marks: %w", err)
	}
	return nil
}

// Applied returns the position up to which a journal is applied, 0 and false when nothing of it was.
func (r *Registry) Applied(ctx context.Context, journal string) (uint64, bool, error) {
	seq, ok, err := applied(r.readers.QueryRowContext(ctx, selectApplied, journal))
	if err != nil {
		return 0, false, fmt.Errorf("read the applied position: %w", err)
	}
	return seq, ok, nil
}

const selectApplied = "SELECT seq FROM applied WHERE journal = ?"

func applied(row *sql.Row) (uint64, bool, error) {
	var seq int64
	switch err := row.Scan(&seq); {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, err
	}
	return uint64(seq), true, nil
}

// Apply stores changes and their position in one transaction. Changes whose To is below the applied position are
// ignored. From is not checked: changes are whole states, so a gap loses nothing that a later state does not bring.
func (r *Registry) Apply(ctx context.Context, c *Changes) error {
	remember := make(map[earshot.ID]uint64)
	store := func(tx *sql.Tx) error {
		seq, ok, err := applied(tx.QueryRow(selectApplied, c.Journal))
		if err != nil {
			return err
		}
		if ok && c.To < seq {
			return nil
		}
		w := changeWriter{r: r, tx: tx, remember: remember, bound: make([]*sql.Stmt, len(tables))}
		if err := w.changes(c); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO applied (journal, seq) VALUES (?, ?) ON CONFLICT (journal) DO UPDATE SET seq = excluded.seq",
			c.Journal, int64(c.To))
		return err
	}
	// After the commit only: what was rolled back is not stored.
	committed := func() {
		for id, digest := range remember {
			r.stored.Add(id, digest)
		}
	}
	if err := r.writeThen(ctx, store, committed); err != nil {
		return fmt.Errorf("apply changes up to %d: %w", c.To, err)
	}
	return nil
}

// changeWriter writes one [Changes] in one transaction.
type changeWriter struct {
	r        *Registry
	tx       *sql.Tx
	bound    []*sql.Stmt // the registry's statements in this transaction, by table
	device   *sql.Stmt
	mark     *sql.Stmt
	remember map[earshot.ID]uint64 // digests of devices written here
}

func (w *changeWriter) upsert(table int, args ...any) error {
	if w.bound[table] == nil {
		w.bound[table] = w.tx.Stmt(w.r.statements[table])
	}
	if _, err := w.bound[table].Exec(args...); err != nil {
		return fmt.Errorf("store a row of %s: %w", tables[table].name, err)
	}
	return nil
}

// changes writes everything; persons before segments, whose rule asks how well a person is known.
func (w *changeWriter) changes(c *Changes) error {
	for _, a := range c.Accounts {
		if err := w.upsert(accountsTable, key(a.ID), a.ZoomID); err != nil {
			return err
		}
	}
	for _, s := range c.Series {
		if err := w.upsert(seriesTable, key(s.ID), key(s.Account), s.Number, s.Topic); err != nil {
			return err
		}
	}
	for i := range c.Meetings {
		if err := w.meeting(&c.Meetings[i]); err != nil {
			return err
		}
	}
	for i := range c.Persons {
		if err := w.person(&c.Persons[i], c.Now); err != nil {
			return err
		}
	}
	for i := range c.Segments {
		if err := w.segment(&c.Segments[i]); err != nil {
			return err
		}
	}
	for i := range c.Calls {
		if err := w.call(&c.Calls[i]); err != nil {
			return err
		}
	}
	for i := range c.Sites {
		if err := w.site(&c.Sites[i]); err != nil {
			return err
		}
	}
	for _, d := range c.Drift {
		if err := w.upsert(driftTable, d.Event, d.Key, int64(d.Count), int64(d.First), int64(d.Last)); err != nil {
			return err
		}
	}
	for i := range c.Incidents {
		if err := w.incident(&c.Incidents[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *changeWriter) meeting(m *earshot.Meeting) error {
	return w.upsert(meetingsTable, key(m.ID), key(m.Account), m.UUID, int64(m.Kind), key(m.Series), m.Number, m.Topic, foldText(m.Topic),
		m.HostID, key(m.Parent), int64(m.Start), int64(m.End), int64(m.FirstSeen), int64(m.LastSeen))
}

func (w *changeWriter) person(p *earshot.Person, now earshot.Instant) error {
	return w.upsert(personsTable, key(p.ID), key(p.Account), int64(p.KeyKind), p.ZoomUserID, p.Registrant, p.CustomerKey,
		p.Email, foldText(p.Email), p.Name, foldText(p.Name), int64(now))
}

func (w *changeWriter) segment(s *earshot.Segment) error {
	err := w.upsert(segmentsTable, key(s.ID), key(s.Meeting), key(s.Account), key(s.Person), s.InMeetingID, s.Name, foldText(s.Name),
		int64(s.Join), int64(s.Leave), s.LeaveReason, key(s.Parent), key(s.Bound), s.External, int64(s.FirstReport), int64(s.LastReport))
	if err != nil || len(s.Devices) == 0 {
		return err
	}
	digest := w.r.devicesDigest(s.Devices)
	if have, ok := w.r.stored.Get(s.ID); ok && have == digest {
		return nil
	}
	if err := w.devices(s); err != nil {
		return err
	}
	w.remember[s.ID] = digest
	return nil
}

func (w *changeWriter) devices(s *earshot.Segment) error {
	text, err := json.Marshal(s.Devices)
	if err != nil {
		return fmt.Errorf("encode the devices of segment %s: %w", s.ID, err)
	}
	if w.device == nil {
		w.device, w.mark = w.tx.Stmt(w.r.deviceStmt), w.tx.Stmt(w.r.markStmt)
	}
	if _, err := w.device.Exec(key(s.ID), len(s.Devices), int64(s.Devices[0].At), string(text)); err != nil {
		return fmt.Errorf("store the devices of segment %s: %w", s.ID, err)
	}
	for _, m := range deviceMarks(s.Devices) {
		if _, err := w.mark.Exec(m.value, int64(m.at), key(s.ID)); err != nil {
			return fmt.Errorf("store a mark of segment %s: %w", s.ID, err)
		}
	}
	return nil
}

// devicesDigest tells one list of devices from another.
func (r *Registry) devicesDigest(devices []earshot.DeviceSnapshot) uint64 {
	digest := uint64(len(devices))
	for i := range devices {
		digest = digest*0x9e3779b97f4a7c15 ^ maphash.Comparable(r.seed, devices[i])
	}
	return digest
}

func (w *changeWriter) call(c *earshot.Call) error {
	args := []any{key(c.ID), key(c.Account), c.ZoomID, int64(c.Start), int64(c.Connected), int64(c.End), int64(c.FirstSeen), int64(c.LastSeen)}
	for _, p := range []*earshot.CallParty{&c.Caller, &c.Callee} {
		args = append(args, key(p.Person), p.ZoomID, p.Email, p.Number, p.Extension, p.Device, p.ConnectionType, p.Network)
	}
	return w.upsert(callsTable, args...)
}

func (w *changeWriter) site(s *earshot.Site) error {
	args, err := siteArgs(s)
	if err != nil {
		return err
	}
	return w.upsert(sitesTable, args...)
}

// siteArgs are the columns of a site.
func siteArgs(s *earshot.Site) ([]any, error) {
	ranges, err := json.Marshal(s.Ranges)
	if err != nil {
		return nil, fmt.Errorf("encode the ranges of site %s: %w", s.ID, err)
	}
	tags, err := json.Marshal(s.Tags)
	if err != nil {
		return nil, fmt.Errorf("encode the tags of site %s: %w", s.ID, err)
	}
	return []any{key(s.ID), s.Name, string(ranges), s.Zone, s.ISP, s.LinkMbps, s.VPN, string(tags), s.Derived}, nil
}

// PutSites stores sites that were configured, in place of what was stored of them: what somebody took out of the file is
// gone. Sites of earlier configurations stay, because facts name them.
func (r *Registry) PutSites(ctx context.Context, sites []earshot.Site) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for i := range sites {
			args, err := siteArgs(&sites[i])
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT OR REPLACE INTO sites (id, name, ranges, zone, isp, link_mbps, vpn, tags, derived)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %d sites: %w", len(sites), err)
	}
	return nil
}

// key is an ID as SQLite holds it: the same 64 bits, signed.
func key(id earshot.ID) int64 { return int64(id) }
