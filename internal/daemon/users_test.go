package daemon_test

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/registry"
)

const userPassword = "correct horse battery"

// Users are edited the same way whether a monitor runs or not, and what one way did the other finds.
func TestUsersWithAndWithoutMonitor(t *testing.T) {
	p := newProcesses(t, t.TempDir())
	ctx, o := t.Context(), daemon.Options{Config: p.cfg, Logger: slog.New(slog.DiscardHandler)}
	edit := func(do daemon.UserDo, name string, role registry.Role) error {
		e := daemon.UserEdit{Do: do, Name: name, Role: role, Account: "root"}
		if do == daemon.UserAdd || do == daemon.UserPassword {
			e.Password = userPassword
		}
		return daemon.EditUsers(ctx, o, e)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	names := func(want ...string) {
		t.Helper()
		all, err := daemon.ListUsers(ctx, o)
		must(err)
		var got []string
		for _, u := range all {
			got = append(got, u.Name+" "+string(u.Role))
		}
		if !slices.Equal(got, want) {
			t.Errorf("users %q, want %q", got, want)
		}
	}
	var refused *registry.UserError
	if err := edit(daemon.UserAdd, "zoë", registry.RoleViewer); !errors.As(err, &refused) {
		t.Errorf("a viewer as the first user, before the first start: %v", err)
	}
	must(edit(daemon.UserAdd, "ops", registry.RoleAdmin))
	names("ops admin")

	p.startReceiver()
	p.startMonitor()
	names("ops admin") // there was a user: no admin is made
	must(edit(daemon.UserAdd, "zoë", registry.RoleViewer))
	const want = "ops is the last admin: make another user an admin first (earshot user role NAME admin)"
	if err := edit(daemon.UserRemove, "ops", ""); err == nil || err.Error() != want {
		t.Errorf("the last admin: %v; want %s", err, want)
	}
	must(edit(daemon.UserRole, "zoë", registry.RoleAdmin))
	must(edit(daemon.UserRemove, "ops", ""))
	address, err := daemon.LoginAddress(ctx, p.cfg.DataDir)
	must(err)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(address)
	must(err)
	resp.Body.Close()
	if len(resp.Cookies()) != 1 {
		t.Errorf("a link for the admin who is left: %s", resp.Status)
	}
	must(edit(daemon.UserPassword, "zoë", ""))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.cfg.Web.Listen+"/api/v1/session", nil)
	must(err)
	req.AddCookie(resp.Cookies()[0])
	resp, err = client.Do(req)
	must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session after another password: %s", resp.Status)
	}
	p.stopAll()
	names("zoë admin")
	must(edit(daemon.UserAdd, "bo", registry.RoleViewer))
	names("bo viewer", "zoë admin")

	r, err := registry.Open(registry.Options{Dir: filepath.Join(p.cfg.DataDir, "registry")})
	must(err)
	defer r.Close()
	log, err := r.Audit(ctx, 0, 0)
	must(err)
	var done []string
	for _, e := range log {
		if e.Who != "root at the command line" {
			t.Errorf("entry by %q", e.Who)
		}
		done = append(done, e.Action)
	}
	if got := strings.Join(done, " "); got != "user.add user.password user.remove user.role user.add user.add" {
		t.Errorf("audit, newest first: %s", got)
	}
}

// A registry that was lost comes back with its users also when a command finds that before the monitor does; and what a restore
// would undo is not done.
func TestUsersOfALostRegistry(t *testing.T) {
	p := newProcesses(t, t.TempDir())
	ctx, o := t.Context(), daemon.Options{Config: p.cfg, Logger: slog.New(slog.DiscardHandler)}
	add := func(name string) error {
		return daemon.EditUsers(ctx, o, daemon.UserEdit{Do: daemon.UserAdd, Name: name, Password: userPassword, Role: registry.RoleAdmin, Account: "root"})
	}
	if err := add("ops"); err != nil {
		t.Fatal(err)
	}
	if err := daemon.RunBackup(ctx, o, filepath.Join(p.cfg.DataDir, "backups", "2026-11-20")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(p.cfg.DataDir, "registry")); err != nil {
		t.Fatal(err)
	}
	if err := add("ops"); err == nil || !strings.Contains(err.Error(), "there is a user ops already") {
		t.Errorf("a user of the backup: %v", err)
	}
	if err := os.Mkdir(filepath.Join(p.cfg.DataDir, "restore"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := add("zoë"); err == nil || !strings.Contains(err.Error(), "a restore waits") {
		t.Errorf("while a restore waits: %v", err)
	}
}
