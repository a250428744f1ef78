package registry

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/earshot/earshot"
)

// Role is what a user may do.
type Role string

// The roles.
const (
	RoleAdmin  Role = "admin"  // everything, including other users
	RoleViewer Role = "viewer" // looking
)

// User is somebody who may log in.
type User struct {
	Name             string
	Role             Role
	Created, Changed earshot.Instant // Changed: the password or the role; it grows with each change
}

// AdminName is the name of the user that CreateAdminIfNone makes.
const AdminName = "admin"

// minPasswordRunes is NIST SP 800-63B's advice for a password that is the only factor, rounded down to what people accept.
const minPasswordRunes = 12

// maxPasswordBytes bounds what is hashed.
const maxPasswordBytes = 1024

// What logging in and keeping users can answer.
var (
	// ErrBadLogin means that there is no such user with that password. It does not say which of the two is wrong.
	ErrBadLogin = errors.New("registry: wrong name or password")
	// ErrTooManyLogins means that too many guesses were made at this name; the next is allowed within five seconds.
	ErrTooManyLogins = errors.New("registry: too many attempts to log in; wait a few seconds")
	// ErrUnknownUser means that there is no user with that name.
	ErrUnknownUser = errors.New("registry: no such user")
	// ErrLastAdmin means that nobody would be left who may make users.
	ErrLastAdmin = errors.New("registry: the last admin")
)

// The cost of a hash: OWASP's recommendation for argon2id (19 MiB, two passes, one lane), about 30 ms here. The numbers are
// stored in each hash, so they may be raised later.
const (
	argonMemoryKiB = 19 << 10
	argonPasses    = 2
	argonLanes     = 1
	argonSaltBytes = 16
	argonHashBytes = 32
)

const selectUsers = "SELECT name, role, created_at, changed_at FROM users"

// Users returns all users, by name.
func (r *Registry) Users(ctx context.Context) ([]User, error) {
	all, err := collect(ctx, r.readers, selectUsers+" ORDER BY name", nil, scanUser)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return all, nil
}

func scanUser(row scanner, u *User) error {
	return row.Scan(&u.Name, &u.Role, &u.Created, &u.Changed)
}

// User returns a user; false when there is none with that name.
func (r *Registry) User(ctx context.Context, name string) (User, bool, error) {
	all, err := collect(ctx, r.readers, selectUsers+" WHERE name = ?", []any{name}, scanUser)
	if err != nil || len(all) == 0 {
		if err != nil {
			err = fmt.Errorf("read user: %w", err)
		}
		return User{}, false, err
	}
	return all[0], true, nil
}

// Verify returns the user with that name and password, else [ErrBadLogin]. It takes as long for a name that does not exist
// as for a wrong password. Guesses at one name are slowed down ([ErrTooManyLogins]), and only a few hashes are computed at a
// time; a caller that knows where a request comes from should bound each address as well.
func (r *Registry) Verify(ctx context.Context, name, password string) (User, error) {
	if !r.logins.allow(name) {
		return User{}, ErrTooManyLogins
	}
	var stored string
	var u User
	// Hash and user are read at once: a session stands for the user whose password was checked, not for a later one of that name.
	err := r.readers.QueryRowContext(ctx, "SELECT hash, name, role, created_at, changed_at FROM users WHERE name = ?", name).
		Scan(&stored, &u.Name, &u.Role, &u.Created, &u.Changed)
	known := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return User{}, fmt.Errorf("verify a login: %w", err)
	}
	h := passwordHash{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes,
		salt: make([]byte, argonSaltBytes), hash: make([]byte, argonHashBytes)} // for nobody
	if known {
		if h, err = parsePasswordHash(stored); err != nil {
			return User{}, fmt.Errorf("verify a login: %w", err)
		}
	}
	if err := r.logins.enter(ctx); err != nil {
		return User{}, fmt.Errorf("verify a login: %w", err)
	}
	defer r.logins.leave()
	// Both are computed for everybody; an unknown user's hash of zeros is matched by no password that could be found, and
	// known is asked only afterwards.
	if matches := len(password) <= maxPasswordBytes && h.matches(password); !matches || !known {
		return User{}, ErrBadLogin
	}
	r.logins.forgive(name)
	return u, nil
}

// CreateAdminIfNone makes the user "admin" with a generated password when there are no users, and writes the password to
// passwordFile, readable by its owner only. It returns the file's path, "" when there were users. The file comes first: a
// password that nobody can read would lock everybody out.
func (r *Registry) CreateAdminIfNone(ctx context.Context, passwordFile string) (string, error) {
	users, err := r.Users(ctx)
	if err != nil || len(users) > 0 {
		return "", err
	}
	password := rand.Text() // 130 bits
	if err := writeSecret(passwordFile, password+"\n"); err != nil {
		return "", fmt.Errorf("write the admin's password: %w", err)
	}
	if err := r.AddUser(ctx, "earshot", AdminName, password, RoleAdmin); err != nil {
		return "", err
	}
	return passwordFile, nil
}

// writeSecret writes text to a file of mode 0600 that appears whole or not at all, in place of one that is there.
func writeSecret(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}

// passwordHash is an argon2id hash with its parameters.
type passwordHash struct {
	memoryKiB, passes uint32
	lanes             uint8
	salt, hash        []byte
}

// hash hashes a password with a new salt, into PHC's string format.
func (r *Registry) hash(ctx context.Context, password string) (string, error) {
	if err := r.logins.enter(ctx); err != nil {
		return "", err
	}
	defer r.logins.leave()
	salt := make([]byte, argonSaltBytes)
	rand.Read(salt) //nolint:errcheck // crypto/rand.Read never returns an error
	hash := argon2.IDKey([]byte(password), salt, argonPasses, argonMemoryKiB, argonLanes, argonHashBytes)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonPasses, argonLanes, enc(salt), enc(hash)), nil
}

// parsePasswordHash reads PHC's string format. The parameters are bounded, so that a damaged row cannot take all memory.
func parsePasswordHash(s string) (passwordHash, error) {
	bad := errors.New("the stored hash is not argon2id in PHC format; set the password anew")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return passwordHash{}, bad
	}
	var h passwordHash
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memoryKiB, &h.passes, &h.lanes); n != 3 || err != nil {
		return passwordHash{}, bad
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	h.hash, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case err1 != nil || err2 != nil || len(h.salt) < 8 || len(h.hash) < 16 || len(h.hash) > 64,
		h.memoryKiB < 8 || h.memoryKiB > 1<<20, h.passes < 1 || h.passes > 16, h.lanes < 1:
		return passwordHash{}, bad
	}
	return h, nil
}

// matches compares in constant time.
func (h passwordHash) matches(password string) bool {
	got := argon2.IDKey([]byte(password), h.salt, h.passes, h.memoryKiB, h.lanes, uint32(len(h.hash)))
	return subtle.ConstantTimeCompare(got, h.hash) == 1
}
