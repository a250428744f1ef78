package registry_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // to break files as another program would

	"github.com/earshot/earshot/internal/registry"
)

// filled returns a directory with a closed registry in it.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	r := open(t, dir)
	apply(t, r, 1, wholeChanges())
	if err := r.AddUser(context.Background(), "test", "admin", password, registry.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// execSQL runs statements on the file behind the registry's back.
func execSQL(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, registry.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

func TestOpenMovesDamageAside(t *testing.T) {
	path := func(dir string) string { return filepath.Join(dir, registry.FileName) }
	change := func(t *testing.T, dir string, f func([]byte) []byte) {
		t.Helper()
		data, err := os.ReadFile(path(dir))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path(dir), f(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   string
	}{
		{"empty", func(t *testing.T, dir string) { change(t, dir, func(b []byte) []byte { return nil }) }, "empty"},
		{"shorter than a header", func(t *testing.T, dir string) { change(t, dir, func(b []byte) []byte { return b[:50] }) }, "shorter"},
		{"something else", func(t *testing.T, dir string) {
			change(t, dir, func(b []byte) []byte { return bytes.Repeat([]byte("hello "), 1000) })
		}, "does not begin"},
		{"truncated", func(t *testing.T, dir string) { change(t, dir, func(b []byte) []byte { return b[:len(b)/2] }) }, ""},
		{"zeroed in the middle", func(t *testing.T, dir string) {
			change(t, dir, func(b []byte) []byte { clear(b[4096 : len(b)-4096]); return b })
		}, ""},
		{"schema overwritten", func(t *testing.T, dir string) {
			change(t, dir, func(b []byte) []byte { copy(b[100:], bytes.Repeat([]byte{0xff}, 500)); return b })
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filled(t)
			tt.damage(t, dir)
			damaged, err := os.ReadFile(path(dir))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path(dir)+"-wal", []byte("not a log"), 0o600); err != nil {
				t.Fatal(err)
			}
			r := open(t, dir)
			got := r.Recovered()
			if got == nil {
				t.Fatal("Recovered() = nil; want a recovery")
			}
			if got.Reason == "" || !strings.Contains(got.Reason, tt.want) {
				t.Errorf("reason %q; want %q", got.Reason, tt.want)
			}
			if kept, err := os.ReadFile(got.MovedTo); err != nil || !bytes.Equal(kept, damaged) {
				t.Errorf("the damaged file is not at %s as it was: %v", got.MovedTo, err)
			}
			if _, err := os.Stat(got.MovedTo + "-wal"); err != nil {
				t.Errorf("the write-ahead log did not move along: %v", err)
			}
			if !r.Fresh() {
				t.Error("want a fresh registry")
			}
			apply(t, r, 1, wholeChanges())
			if diff := cmp.Diff(wholeChanges(), read(t, r)); diff != "" {
				t.Errorf("the new registry (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenRefusesNewer(t *testing.T) {
	dir := filled(t)
	execSQL(t, dir, "PRAGMA user_version = 4242")
	before := snapshot(t, dir)
	_, err := registry.Open(registry.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	var newer *registry.NewerError
	if !errors.As(err, &newer) || newer.Have != 4242 || !strings.Contains(err.Error(), "newer Earshot") {
		t.Fatalf("Open: %v; want a NewerError", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("files were changed (-before +after):\n%s", diff)
	}
}

func TestOpenRefusesForeign(t *testing.T) {
	dir := t.TempDir()
	execSQL(t, dir, "CREATE TABLE theirs (x)")
	_, err := registry.Open(registry.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "did not make") {
		t.Errorf("Open: %v; want a refusal", err)
	}
}

// snapshot returns the files of dir with their contents, but for SQLite's shared memory, which is no data.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(e.Name(), "-shm") {
			all[e.Name()] = string(data)
		}
	}
	return all
}

// What a killed process leaves: the files as they are, with a write-ahead log, and a transaction that was never committed.
func TestReopenAfterKill(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	apply(t, r, 1, wholeChanges())
	killed := t.TempDir()
	for name, data := range snapshot(t, dir) {
		if err := os.WriteFile(filepath.Join(killed, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wal := filepath.Join(killed, registry.FileName+"-wal")
	data, err := os.ReadFile(wal)
	if err != nil || len(data) == 0 {
		t.Fatalf("the write-ahead log has %d bytes, %v: the test would prove nothing", len(data), err)
	}
	// A torn tail: frames without a commit.
	if err := os.WriteFile(wal, append(data, data[len(data)-3000:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	again := open(t, killed)
	if got := again.Recovered(); got != nil {
		t.Fatalf("recovered %+v; want the registry as it was", got)
	}
	if diff := cmp.Diff(wholeChanges(), read(t, again)); diff != "" {
		t.Errorf("after the kill (-want +got):\n%s", diff)
	}
	if seq, _, _ := again.Applied(context.Background(), "j"); seq != 1 {
		t.Errorf("applied %d, want 1", seq)
	}
}

func TestAuditFindsChanges(t *testing.T) {
	for name, statement := range map[string]string{
		"changed": "UPDATE audit SET detail = 'nothing' WHERE seq = 2",
		"missing": "DELETE FROM audit WHERE seq = 2",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := open(t, dir)
			for range 3 {
				if _, err := r.AppendAudit(context.Background(), registry.AuditEntry{Who: "a", Action: "b", Detail: "c"}); err != nil {
					t.Fatal(err)
				}
			}
			execSQL(t, dir, statement)
			if err := r.VerifyAudit(context.Background()); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("VerifyAudit: %v; want %q", err, name)
			}
		})
	}
}
