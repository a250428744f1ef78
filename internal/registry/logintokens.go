package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/earshot/earshot"
)

// NewLoginToken makes a token that logs user in once, until ttl from now. Only its hash is stored: who reads the file cannot
// log in with what it holds.
func (r *Registry) NewLoginToken(ctx context.Context, user string, ttl time.Duration) (string, error) {
	token := rand.Text()
	hash := sha256.Sum256([]byte(token))
	now := time.Now()
	err := r.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM login_tokens WHERE expires_at <= ?", int64(earshot.InstantOf(now))); err != nil {
			return err
		}
		made, err := tx.Exec("INSERT INTO login_tokens (hash, user, expires_at) SELECT ?, name, ? FROM users WHERE name = ?",
			hash[:], int64(earshot.InstantOf(now.Add(ttl))), user)
		if err != nil {
			return err
		}
		if n, err := made.RowsAffected(); err != nil || n == 0 {
			return errors.Join(unknownUser(user), err)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("make a login token: %w", err)
	}
	return token, nil
}

// UseLoginToken returns the user of a token and uses it up; [ErrBadLogin] when it is unknown, used or expired. The look-up
// is by hash, so its time says nothing about the tokens that exist.
func (r *Registry) UseLoginToken(ctx context.Context, token string) (User, error) {
	hash := sha256.Sum256([]byte(token))
	var u User
	err := r.write(ctx, func(tx *sql.Tx) error {
		var expires earshot.Instant
		err := tx.QueryRow("DELETE FROM login_tokens WHERE hash = ? RETURNING user, expires_at", hash[:]).Scan(&u.Name, &expires)
		if err == nil && expires > earshot.InstantOf(time.Now()) {
			err = scanUser(tx.QueryRow(selectUsers+" WHERE name = ?", u.Name), &u)
		} else if err == nil {
			err = sql.ErrNoRows
		}
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, ErrBadLogin
	}
	if err != nil {
		return User{}, fmt.Errorf("use a login token: %w", err)
	}
	return u, nil
}
