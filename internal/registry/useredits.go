package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/earshot/earshot"
)

// UserError refuses an edit of users, in words for whoever asked for it.
type UserError struct {
	Text string
	Err  error // what a program asks for: [ErrUnknownUser], [ErrLastAdmin]; nil where it is only the words
}

// Error returns the words.
func (e *UserError) Error() string { return e.Text }

// Unwrap returns what a program asks for.
func (e *UserError) Unwrap() error { return e.Err }

func refuseUser(err error, format string, args ...any) error {
	return &UserError{Text: fmt.Sprintf(format, args...), Err: err}
}

// unknownUser is what every edit of somebody who is not there answers.
func unknownUser(name string) error {
	return refuseUser(ErrUnknownUser, "there is no user %q; earshot user list shows all", name)
}

// lastAdmin is what keeps an Earshot from having nobody who may do everything.
func lastAdmin(name string) error {
	return refuseUser(ErrLastAdmin, "%s is the last admin: make another user an admin first (earshot user role NAME admin)", name)
}

// nobodysNames stand in the audit log for what is no user.
var nobodysNames = []string{"earshot", "earshot_api_token", "somebody"}

func checkUserName(name string) error {
	printable := !strings.ContainsFunc(name, func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) })
	switch {
	case name == "" || len(name) > 128 || !printable || strings.TrimSpace(name) != name:
		return refuseUser(nil, "the name of a user has 1 to 128 bytes, all of them printable, and no space at its ends")
	case slices.Contains(nobodysNames, strings.ToLower(name)) || strings.Contains(name, auditShell):
		return refuseUser(nil, "%q stands in the audit log for what is no user; choose another name", name)
	}
	return nil
}

// auditShell is what stands in the audit log behind the name of who acted at a command line.
const auditShell = " at the command line"

// AtCommandLine is who an audit entry names when somebody with an account of the machine did something there.
func AtCommandLine(account string) string { return account + auditShell }

func checkRole(role Role) error {
	if role != RoleAdmin && role != RoleViewer {
		return refuseUser(nil, "there is no role %q; there are %s and %s", role, RoleAdmin, RoleViewer)
	}
	return nil
}

func checkPassword(password string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPasswordRunes:
		return refuseUser(nil, "a password has at least %d characters; this one has %d", minPasswordRunes, n)
	case len(password) > maxPasswordBytes:
		return refuseUser(nil, "a password has at most %d bytes; this one has %d", maxPasswordBytes, len(password))
	}
	return nil
}

// AddUser makes a user. by is who did it, for the audit log. A name that differs from another one in capitals or accents alone
// is refused, and so is a first user who is no admin: nobody could make the next one.
func (r *Registry) AddUser(ctx context.Context, by, name, password string, role Role) error {
	if err := errors.Join(checkUserName(name), checkRole(role), checkPassword(password)); err != nil {
		return err
	}
	hash, err := r.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return r.editUsers(ctx, "add user", func(tx *sql.Tx, all []User, now int64) (AuditEntry, error) {
		for _, u := range all {
			switch {
			case u.Name == name:
				return AuditEntry{}, refuseUser(nil, "there is a user %s already; earshot user password and earshot user role change one", name)
			case foldText(u.Name) == foldText(name):
				return AuditEntry{}, refuseUser(nil, "there is a user %s already, and %s could be taken for it", u.Name, name)
			}
		}
		if len(all) == 0 && role != RoleAdmin {
			return AuditEntry{}, refuseUser(ErrLastAdmin, "the first user must be an admin: nobody else could make the next one")
		}
		_, err := tx.Exec("INSERT INTO users (name, hash, role, created_at, changed_at) VALUES (?, ?, ?, ?, ?)", name, hash, string(role), now, now)
		return AuditEntry{Who: by, Action: "user.add", Detail: fmt.Sprintf("%s as %s", name, role)}, err
	})
}

// SetPassword gives a user another password, and ends their sessions and login tokens.
func (r *Registry) SetPassword(ctx context.Context, by, name, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	hash, err := r.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return r.editUsers(ctx, "set a password", func(tx *sql.Tx, all []User, now int64) (AuditEntry, error) {
		if _, ok := userNamed(all, name); !ok {
			return AuditEntry{}, unknownUser(name)
		}
		_, err := tx.Exec("UPDATE users SET hash = ? WHERE name = ?", hash, name)
		return AuditEntry{Who: by, Action: "user.password", Detail: name}, errors.Join(err, endLogins(tx, name, now))
	})
}

// SetRole gives a user another role, and ends their sessions and login tokens. The last admin stays one. The role that somebody
// has already changes nothing.
func (r *Registry) SetRole(ctx context.Context, by, name string, role Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return r.editUsers(ctx, "set a role", func(tx *sql.Tx, all []User, now int64) (AuditEntry, error) {
		u, ok := userNamed(all, name)
		switch {
		case !ok:
			return AuditEntry{}, unknownUser(name)
		case u.Role == role:
			return AuditEntry{}, nil
		case isLastAdmin(all, u):
			return AuditEntry{}, lastAdmin(name)
		}
		_, err := tx.Exec("UPDATE users SET role = ? WHERE name = ?", string(role), name)
		return AuditEntry{Who: by, Action: "user.role", Detail: fmt.Sprintf("%s, %s before, is %s", name, u.Role, role)}, errors.Join(err, endLogins(tx, name, now))
	})
}

// RemoveUser removes a user, and ends their sessions and login tokens. The last admin stays.
func (r *Registry) RemoveUser(ctx context.Context, by, name string) error {
	return r.editUsers(ctx, "remove user", func(tx *sql.Tx, all []User, now int64) (AuditEntry, error) {
		u, ok := userNamed(all, name)
		switch {
		case !ok:
			return AuditEntry{}, unknownUser(name)
		case isLastAdmin(all, u):
			return AuditEntry{}, lastAdmin(name)
		}
		err := endLogins(tx, name, now)
		_, deleted := tx.Exec("DELETE FROM users WHERE name = ?", name)
		return AuditEntry{Who: by, Action: "user.remove", Detail: fmt.Sprintf("%s, who was %s", name, u.Role)}, errors.Join(err, deleted)
	})
}

// editUsers makes one edit with its entry in the audit log in one transaction, in sight of all users as they are in it, and tells those
// who wait for [Registry.UsersChanged]. An entry without an action is for an edit that changed nothing.
func (r *Registry) editUsers(ctx context.Context, what string, edit func(tx *sql.Tx, all []User, now int64) (AuditEntry, error)) error {
	now := earshot.InstantOf(time.Now())
	changed := false
	err := r.writeThen(ctx, func(tx *sql.Tx) error {
		all, err := usersIn(tx)
		if err != nil {
			return err
		}
		entry, err := edit(tx, all, int64(now))
		if err != nil || entry.Action == "" {
			return err
		}
		changed = true
		_, err = appendAudit(tx, entry)
		return err
	}, func() {
		if changed {
			r.tellUsersChanged()
		}
	})
	var refused *UserError
	if err == nil || errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

func usersIn(tx *sql.Tx) ([]User, error) {
	rows, err := tx.Query(selectUsers + " ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says it
	var all []User
	for rows.Next() {
		var u User
		if err := scanUser(rows, &u); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, rows.Err()
}

// endLogins makes worth nothing what was given out to a user before: tokens are gone, and sessions, which remember when their user was
// last changed, know another time. It grows also when the clock was set back.
func endLogins(tx *sql.Tx, name string, now int64) error {
	_, err := tx.Exec("DELETE FROM login_tokens WHERE user = ?", name)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE users SET changed_at = max(?, changed_at + 1) WHERE name = ?", now, name)
	return err
}

func userNamed(all []User, name string) (User, bool) {
	for _, u := range all {
		if u.Name == name {
			return u, true
		}
	}
	return User{}, false
}

func isLastAdmin(all []User, u User) bool {
	return u.Role == RoleAdmin && !slices.ContainsFunc(all, func(o User) bool { return o.Role == RoleAdmin && o.Name != u.Name })
}

// UsersChanged returns a channel that is closed when a user is next changed or removed through this registry: whoever serves
// somebody for long asks then whether they may still be served. Take the channel first, then ask.
func (r *Registry) UsersChanged() <-chan struct{} {
	r.usersMu.Lock()
	defer r.usersMu.Unlock()
	return r.usersChanged
}

func (r *Registry) tellUsersChanged() {
	r.usersMu.Lock()
	defer r.usersMu.Unlock()
	close(r.usersChanged)
	r.usersChanged = make(chan struct{})
}
