package daemon_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/daemon"
	"github.com/earshot/earshot/internal/registry"
)

// A running monitor tells that its stores are sound, and names an entry of the audit log that somebody changed.
func TestCheckStores(t *testing.T) {
	p := newProcesses(t, t.TempDir())
	p.startReceiver()
	p.startMonitor()
	looks := func() (wrong []string) {
		t.Helper()
		all, err := daemon.CheckStores(t.Context(), p.cfg.DataDir)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d looks, %v; want 3", len(all), err)
		}
		for _, c := range all {
			if c.Wrong != "" {
				wrong = append(wrong, c.Wrong)
			}
		}
		return wrong
	}
	if wrong := looks(); len(wrong) > 0 {
		t.Errorf("new stores: %q", wrong)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.cfg.DataDir, "registry", registry.FileName)+"?_pragma=busy_timeout(60000)") // the monitor writes, too
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO audit (seq, at, who, action, detail, hash) SELECT coalesce(max(seq), 0) + 1, 1, 'mallory', 'login', '', x'00' FROM audit"); err != nil {
		t.Fatal(err)
	}
	if wrong := looks(); len(wrong) != 1 || !strings.Contains(wrong[0], " was changed") {
		t.Errorf("after an entry was forged: %q; want the audit log alone", wrong)
	}
	if _, err := daemon.CheckStores(t.Context(), t.TempDir()); !errors.Is(err, daemon.ErrNotRunning) {
		t.Errorf("without a monitor: %v", err)
	}
}
