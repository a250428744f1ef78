package registry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/earshot/earshot"
)

// Sessions returns the store of web sessions, for scs.SessionManager.Store. Only hashes of tokens are stored.
func (r *Registry) Sessions() *SessionStore { return &SessionStore{r} }

// SessionStore keeps web sessions. It implements scs.CtxStore; expired sessions are not found, and dropped when others are
// committed.
type SessionStore struct{ r *Registry }

var _ scs.CtxStore = (*SessionStore)(nil)

// FindCtx returns a session's data; false when it does not exist or has expired.
func (s *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	hash := sha256.Sum256([]byte(token))
	var data []byte
	err := s.r.readers.QueryRowContext(ctx, "SELECT data FROM sessions WHERE hash = ? AND expires_at > ?",
		hash[:], int64(earshot.InstantOf(time.Now()))).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", err)
	}
	return data, true, nil
}

// CommitCtx stores a session until expiry.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	hash := sha256.Sum256([]byte(token))
	err := s.r.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM sessions WHERE expires_at <= ?", int64(earshot.InstantOf(time.Now()))); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO sessions (hash, data, expires_at) VALUES (?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`, hash[:], data, int64(earshot.InstantOf(expiry)))
		return err
	})
	if err != nil {
		return fmt.Errorf("store a session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session; one that does not exist is no error.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	hash := sha256.Sum256([]byte(token))
	err := s.r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM sessions WHERE hash = ?", hash[:])
		return err
	})
	if err != nil {
		return fmt.Errorf("delete a session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context; scs calls the other.
func (s *SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context; scs calls the other.
func (s *SessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context; scs calls the other.
func (s *SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
