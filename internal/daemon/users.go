package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/registry"
)

// UserEdit is one edit of the users. Exactly one of the four is what is to be done.
type UserEdit struct {
	Do       UserDo        `json:"do"`
	Name     string        `json:"name"`
	Password string        `json:"password,omitempty"` // of add and password
	Role     registry.Role `json:"role,omitempty"`     // of add and role
	Account  string        `json:"account"`            // of the machine: who does it, for the audit log
}

// UserDo is what an edit does.
type UserDo string

// What there is to do.
const (
	UserAdd      UserDo = "add"
	UserPassword UserDo = "password"
	UserRole     UserDo = "role"
	UserRemove   UserDo = "remove"
)

// EditUsers makes an edit: by the monitor that runs on the data folder, which ends what the user had open, or in its registry when none
// does.
func EditUsers(ctx context.Context, o Options, e UserEdit) error {
	_, err := ask(ctx, o.Config.DataDir, "edit-users", e)
	if !errors.Is(err, ErrNotRunning) {
		return err
	}
	return withRegistry(ctx, o, func(r *registry.Registry) error { return editUsers(ctx, r, e) })
}

// ListUsers returns all users, by name.
func ListUsers(ctx context.Context, o Options) (all []registry.User, err error) {
	raw, err := ask(ctx, o.Config.DataDir, "list-users", nil)
	switch {
	case errors.Is(err, ErrNotRunning):
		err = withRegistry(ctx, o, func(r *registry.Registry) error {
			all, err = r.Users(ctx)
			return err
		})
		return all, err
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("read the monitor's answer: %w", err)
	}
	return all, nil
}

func editUsers(ctx context.Context, r *registry.Registry, e UserEdit) error {
	by := registry.AtCommandLine(e.Account)
	switch e.Do {
	case UserAdd:
		return r.AddUser(ctx, by, e.Name, e.Password, e.Role)
	case UserPassword:
		return r.SetPassword(ctx, by, e.Name, e.Password)
	case UserRole:
		return r.SetRole(ctx, by, e.Name, e.Role)
	case UserRemove:
		return r.RemoveUser(ctx, by, e.Name)
	}
	return fmt.Errorf("edit users: there is nothing called %q to do", e.Do)
}

// withRegistry opens the registry of a data folder on which no monitor runs. Should one be starting just now, SQLite lets both
// write.
func withRegistry(ctx context.Context, o Options, do func(r *registry.Registry) error) error {
	data := o.Config.DataDir
	if _, err := os.Stat(filepath.Join(data, "restore")); err == nil {
		return fmt.Errorf("a restore waits in %s, and would undo this: start the monitor, which carries it out, then try again", data)
	}
	if _, err := os.Stat(data); err != nil {
		return fmt.Errorf("open the data folder (--data, or data in the configuration): %w", err)
	}
	r, err := registry.Open(registry.Options{Dir: filepath.Join(data, "registry"), Logger: obs.Component(o.Logger, "registry")})
	if err != nil {
		return fmt.Errorf("open the registry: %w", err)
	}
	if r.Fresh() { // the monitor would find it begun, and leave what people typed in the backup
		adoptTyped(ctx, r, data, o.Logger)
	}
	return errors.Join(do(r), r.Close())
}

// loginUser is whom a link logs in: the admin of the first start, or the first of those who are left.
func (m *Monitor) loginUser(ctx context.Context) (string, error) {
	all, err := m.registry.Users(ctx)
	if err != nil {
		return "", err
	}
	first := ""
	for _, u := range all {
		switch {
		case u.Role != registry.RoleAdmin:
		case u.Name == registry.AdminName:
			return u.Name, nil
		case first == "":
			first = u.Name
		}
	}
	if first == "" {
		return "", errors.New("there is no admin to log in as")
	}
	return first, nil
}
