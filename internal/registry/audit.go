package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/earshot/earshot"
)

// AuditEntry is one thing that somebody did.
type AuditEntry struct {
	Seq    int64 // from 1, without gaps
	At     earshot.Instant
	Who    string // a user's name, or what acted by itself ("earshot")
	Action string // a short fixed word: "login", "user.put"
	Detail string // what it was done to; no secrets
	Hash   []byte // SHA-256 over the hash before and this entry
}

// AppendAudit adds an entry. At and Seq are set here when they are 0; Hash always is.
//
// Each entry's hash covers the one before, so that an entry cannot be changed or taken out unnoticed by anybody who does
// not also rewrite all that follow; a hash that was noted elsewhere pins everything before it.
func (r *Registry) AppendAudit(ctx context.Context, e AuditEntry) (AuditEntry, error) {
	err := r.write(ctx, func(tx *sql.Tx) (err error) {
		e, err = appendAudit(tx, e)
		return err
	})
	if err != nil {
		return AuditEntry{}, fmt.Errorf("append to the audit log: %w", err)
	}
	return e, nil
}

// appendAudit adds an entry in the transaction of what it tells of.
func appendAudit(tx *sql.Tx, e AuditEntry) (AuditEntry, error) {
	if e.At == 0 {
		e.At = earshot.InstantOf(time.Now())
	}
	var last AuditEntry
	err := tx.QueryRow("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").Scan(&last.Seq, &last.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return e, err
	}
	e.Seq = last.Seq + 1
	e.Hash = e.digest(last.Hash)
	_, err = tx.Exec("INSERT INTO audit (seq, at, who, action, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
		e.Seq, int64(e.At), e.Who, e.Action, e.Detail, e.Hash)
	return e, err
}

// digest hashes the entry behind the hash of the one before. Each field carries its length, so that no two entries spell
// the same bytes.
func (e *AuditEntry) digest(before []byte) []byte {
	h := sha256.New()
	var n [8]byte
	number := func(v uint64) { binary.BigEndian.PutUint64(n[:], v); h.Write(n[:]) }
	text := func(s string) { number(uint64(len(s))); h.Write([]byte(s)) }
	text(string(before))
	number(uint64(e.Seq))
	number(uint64(e.At))
	text(e.Who)
	text(e.Action)
	text(e.Detail)
	return h.Sum(nil)
}

const selectAudit = "SELECT seq, at, who, action, detail, hash FROM audit"

func scanAudit(row scanner, e *AuditEntry) error {
	return row.Scan(&e.Seq, &e.At, &e.Who, &e.Action, &e.Detail, &e.Hash)
}

// Audit returns at most limit (0 means 50) entries before a sequence (0: the end), newest first.
func (r *Registry) Audit(ctx context.Context, before int64, limit int) ([]AuditEntry, error) {
	var where conditions
	if before > 0 {
		where.add("seq < ?", before)
	}
	all, err := collect(ctx, r.readers, selectAudit+where.where()+" ORDER BY seq DESC LIMIT ?", append(where.args, pageLimit(limit)), scanAudit)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return all, nil
}

// VerifyAudit checks the chain of hashes and names the first entry that was changed or is missing.
func (r *Registry) VerifyAudit(ctx context.Context) error {
	rows, err := r.readers.QueryContext(ctx, selectAudit+" ORDER BY seq")
	if err != nil {
		return fmt.Errorf("verify the audit log: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var last AuditEntry
	for rows.Next() {
		var e AuditEntry
		if err := scanAudit(rows, &e); err != nil {
			return fmt.Errorf("verify the audit log: %w", err)
		}
		if e.Seq != last.Seq+1 {
			return fmt.Errorf("verify the audit log: want entry %d, got %d: entries are missing", last.Seq+1, e.Seq)
		}
		if !bytes.Equal(e.Hash, e.digest(last.Hash)) {
			return fmt.Errorf("verify the audit log: entry %d was changed after it was written", e.Seq)
		}
		last = e
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("verify the audit log: %w", err)
	}
	return nil
}
