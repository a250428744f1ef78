package registry_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// A backup taken while batches are applied is one of the states in between: what it says is applied is there, and nothing
// else.
func TestBackupWhileInUse(t *testing.T) {
	r := open(t, t.TempDir())
	ctx := context.Background()
	apply(t, r, 1, registry.Changes{Changes: identity.Changes{Accounts: []earshot.Account{{ID: 1}}}})
	var g errgroup.Group
	const last = 200
	g.Go(func() error {
		for i := uint64(2); i <= last; i++ {
			c := registry.Changes{Journal: "j", To: i}
			c.Accounts = []earshot.Account{{ID: earshot.ID(i)}}
			if err := r.Apply(ctx, &c); err != nil {
				return err
			}
		}
		return nil
	})
	// Readers see commits whole as well, and never one before another.
	for range 3 {
		g.Go(func() error {
			for before := uint64(0); before < last; {
				seq, _, err := r.Applied(ctx, "j")
				if err != nil {
					return err
				}
				if accounts, err := r.Accounts(ctx); err != nil || len(accounts) < int(seq) || seq < before {
					return fmt.Errorf("at %d after %d: %d accounts, %w", seq, before, len(accounts), err)
				}
				before = seq
			}
			return nil
		})
	}
	backups := t.TempDir()
	for n := range 5 {
		dir := filepath.Join(backups, fmt.Sprint(n))
		if err := r.Backup(ctx, dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		to := t.TempDir()
		if _, err := registry.Restore(ctx, filepath.Join(backups, fmt.Sprint(n)), to); err != nil {
			t.Fatal(err)
		}
		restored := open(t, to)
		seq, ok, err := restored.Applied(ctx, "j")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if accounts, err := restored.Accounts(ctx); err != nil || len(accounts) != int(seq) {
			t.Errorf("backup %d: applied %d and %d accounts, %v", n, seq, len(accounts), err)
		}
	}
}

func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	dir, backup := filled(t), t.TempDir()
	r := open(t, dir)
	for range 2 { // the second replaces the first
		if err := r.Backup(ctx, backup); err != nil {
			t.Fatal(err)
		}
	}
	if files := fmt.Sprint(names(t, backup)); files != "[registry.db]" {
		t.Errorf("the backup is %s; want one file", files)
	}
	info, err := os.Stat(filepath.Join(backup, registry.FileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	apply(t, r, 2, registry.Changes{Changes: identity.Changes{Persons: []earshot.Person{{ID: 99, Name: "after the backup"}}}})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	moved, err := registry.Restore(ctx, backup, dir)
	if err != nil || moved == "" {
		t.Fatalf("Restore = %q, %v; want the present registry moved aside", moved, err)
	}
	if _, err := os.Stat(moved); err != nil {
		t.Error(err)
	}
	r = open(t, dir)
	if r.Fresh() || r.Recovered() != nil {
		t.Errorf("fresh %v, recovered %v: want the backup", r.Fresh(), r.Recovered())
	}
	if diff := cmp.Diff(wholeChanges(), read(t, r)); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	if _, ok, _ := r.Person(ctx, 99); ok {
		t.Error("what came after the backup is there")
	}
	if _, err := r.Verify(ctx, "admin", password); err != nil {
		t.Errorf("login after restoring: %v", err)
	}
}

// A backup that cannot be used changes nothing.
func TestRestoreRefuses(t *testing.T) {
	ctx := context.Background()
	for name, spoil := range map[string]func(t *testing.T, backup string){
		"missing": func(t *testing.T, backup string) {
			if err := os.Remove(filepath.Join(backup, registry.FileName)); err != nil {
				t.Fatal(err)
			}
		},
		"truncated": func(t *testing.T, backup string) {
			if err := os.Truncate(filepath.Join(backup, registry.FileName), 20000); err != nil {
				t.Fatal(err)
			}
		},
		"newer":   func(t *testing.T, backup string) { execSQL(t, backup, "PRAGMA user_version = 99") },
		"foreign": func(t *testing.T, backup string) { execSQL(t, backup, "PRAGMA application_id = 1") },
	} {
		t.Run(name, func(t *testing.T) {
			dir, backup := filled(t), filled(t)
			spoil(t, backup)
			before := snapshot(t, dir)
			if _, err := registry.Restore(ctx, backup, dir); err == nil || !strings.Contains(err.Error(), backup) {
				t.Errorf("Restore: %v; want an error that names the backup", err)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("the registry was changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAdoptTyped(t *testing.T) {
	ctx := context.Background()
	old := open(t, t.TempDir())
	apply(t, old, 1, wholeChanges())
	if err := old.AddUser(ctx, "test", "admin", password, registry.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	if _, err := old.AppendAudit(ctx, registry.AuditEntry{Who: "admin", Action: "login"}); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := old.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(backup, registry.FileName)
	before := snapshot(t, backup)

	dir := t.TempDir()
	r := open(t, dir)
	if err := r.AdoptTyped(ctx, file); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Verify(ctx, "admin", password); err != nil {
		t.Errorf("login: %v", err)
	}
	if _, err := r.AppendAudit(ctx, registry.AuditEntry{Who: "admin", Action: "adopted"}); err != nil {
		t.Error(err)
	}
	if err := r.VerifyAudit(ctx); err != nil {
		t.Errorf("the audit log that goes on from the adopted one: %v", err)
	}
	got := read(t, r)
	if diff := cmp.Diff(wholeChanges().Sites, got.Sites); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
	if len(got.Meetings)+len(got.Persons) != 0 {
		t.Error("what the journal brings back was adopted, too")
	}
	if _, ok, _ := r.Applied(ctx, "j"); ok {
		t.Error("an applied position was adopted: records would be missing")
	}
	if err := r.AdoptTyped(ctx, file); err == nil {
		t.Error("adopting into an audit log: want an error")
	}
	if diff := cmp.Diff(before, snapshot(t, backup)); diff != "" {
		t.Errorf("the backup was changed (-before +after):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "adopt-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	apply(t, r, 1, wholeChanges()) // the writer works on
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
