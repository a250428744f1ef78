package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/registry"
)

// A backup is a folder with: the snapshot of the fold, then the registry, then the facts, copied in this order, so that
// each is at or beyond the one before; the identity key; and manifest.json, written last: a folder without it is no backup.
// The journal is not in it: it holds what happened since.

// manifest describes a backup.
type manifest struct {
	Version   int       `json:"version"`
	Made      time.Time `json:"made"`
	Watermark time.Time `json:"watermark"`
}

const (
	manifestName    = "manifest.json"
	manifestVersion = 1
	keepBackups     = 7
)

// Backup copies everything that cannot be rebuilt into dir, while the monitor runs.
func (m *Monitor) Backup(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the backup folder: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("begin the backup: %w", err)
	}
	for _, name := range []string{"identity.key", "fold.snapshot"} {
		if err := copyFile(m.path(name), filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("back up %s: %w", name, err)
		}
	}
	if err := m.registry.Backup(ctx, filepath.Join(dir, "registry")); err != nil {
		return err
	}
	if err := m.facts.Backup(ctx, filepath.Join(dir, "facts")); err != nil {
		return fmt.Errorf("back up the facts: %w", err)
	}
	raw, err := json.Marshal(manifest{manifestVersion, time.Now().UTC(), m.live.Watermark().Time()})
	if err != nil {
		return fmt.Errorf("describe the backup: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), raw, 0o600); err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	return nil
}

// readManifest says what a backup is, or why dir is none.
func readManifest(dir string) (manifest, error) {
	var out manifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return out, fmt.Errorf("%s is not a complete backup: %w", dir, err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("%s is not a backup: read %s: %w", dir, manifestName, err)
	}
	if out.Version != manifestVersion {
		return out, fmt.Errorf("%s is a backup of version %d, want %d: use the version of Earshot that made it", dir, out.Version, manifestVersion)
	}
	return out, nil
}

// Restore stages a backup in the data folder. A monitor that runs on it is told to end; its next start, at once under
// earshot serve, moves the present stores aside and continues from the backup with what the journal holds since.
func Restore(ctx context.Context, backup, data string) error {
	if _, err := readManifest(backup); err != nil {
		return err
	}
	stage := filepath.Join(data, "restore")
	if err := os.RemoveAll(stage + ".part"); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.CopyFS(stage+".part", os.DirFS(backup)); err != nil {
		return fmt.Errorf("restore: copy the backup: %w", err)
	}
	if err := os.Rename(stage+".part", stage); err != nil {
		return fmt.Errorf("restore: a restore is staged already in %s, start the monitor to carry it out: %w", stage, err)
	}
	_, err := ask(ctx, data, "restart", nil)
	if errors.Is(err, ErrNotRunning) {
		return nil
	}
	return err
}

// finishRestore carries out a staged restore, before the stores are opened. What it replaces stays beside, under a name
// that says when.
func finishRestore(data string, log *slog.Logger) error {
	stage := filepath.Join(data, "restore")
	if _, err := os.Stat(stage); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if _, err := readManifest(stage); err != nil {
		return fmt.Errorf("carry out the restore: %w", err)
	}
	aside := filepath.Join(data, "before-restore-"+time.Now().UTC().Format("20060102T150405Z"))
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return fmt.Errorf("carry out the restore: %w", err)
	}
	log.Info("restoring a backup; the present stores are moved aside", "to", aside)
	defer obs.Slow(log, "restoring a backup", nil)()
	for _, name := range []string{"facts", "registry", "fold.snapshot", "fold.snapshot.old", "rebuild.json", "identity.key"} {
		err := os.Rename(filepath.Join(data, name), filepath.Join(aside, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("carry out the restore: move %s aside: %w", name, err)
		}
	}
	if err := duckdb.Restore(filepath.Join(stage, "facts"), filepath.Join(data, "facts")); err != nil {
		return fmt.Errorf("carry out the restore: %w", err)
	}
	if _, err := registry.Restore(context.Background(), filepath.Join(stage, "registry"), filepath.Join(data, "registry")); err != nil {
		return fmt.Errorf("carry out the restore: %w", err)
	}
	for _, name := range []string{"identity.key", "fold.snapshot"} {
		if err := copyFile(filepath.Join(stage, name), filepath.Join(data, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("carry out the restore: %w", err)
		}
	}
	if err := os.RemoveAll(stage); err != nil {
		return fmt.Errorf("carry out the restore: %w", err)
	}
	return nil
}

// newestBackup returns the newest nightly backup, "" when there is none.
func newestBackup(data string) string {
	list := backups(data)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// backups lists the complete nightly backups, oldest first.
func backups(data string) []string {
	entries, err := os.ReadDir(filepath.Join(data, "backups"))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		dir := filepath.Join(data, "backups", e.Name())
		if _, err := readManifest(dir); err == nil {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}

// adoptTyped brings what people typed back from the newest backup of a data folder that can be read into a registry that was just
// begun. That none can is no reason not to start: it is logged, and the registry stays empty.
func adoptTyped(ctx context.Context, r *registry.Registry, data string, log *slog.Logger) {
	for _, backup := range slices.Backward(backups(data)) {
		err := r.AdoptTyped(ctx, filepath.Join(backup, "registry", registry.FileName))
		if err == nil {
			log.Info("users, audit log and sites taken over from the backup", "backup", backup)
			return
		}
		log.Error("backup not usable, trying the one before", "err", err)
	}
}

// adoptMinutes brings the minutes before a time back from the newest backup.
func (m *Monitor) adoptMinutes(ctx context.Context, before earshot.Instant) error {
	backup := newestBackup(m.cfg.DataDir)
	if backup == "" {
		return nil
	}
	n, err := m.facts.AdoptMinutes(ctx, filepath.Join(backup, "facts"), before)
	if err != nil {
		return err
	}
	m.log.Info("minutes that the journal no longer reaches taken over from the backup", "minutes", n, "backup", backup)
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
