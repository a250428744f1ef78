package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/export"
)

func records(from, n, size int) *export.Batch {
	b := &export.Batch{}
	for i := range n {
		b.Logs = append(b.Logs, &export.Record{ID: fmt.Sprintf("m-%d", from+i), Name: string(bytes.Repeat([]byte("x"), size))})
	}
	return b
}

// ids reads the ids of all files of a folder, and fails for a line that is no JSON.
func ids(t *testing.T, dir string) (all []string, files int) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(raw) {
			var r struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatalf("%s: %v: %s", name, err, line)
			}
			all = append(all, r.ID)
		}
	}
	return all, len(names)
}

func TestRotatesBySizeAndByDay(t *testing.T) {
	dir := t.TempDir()
	d, err := New(map[string]any{"path": filepath.Join(dir, "out.jsonl"), "rotation": map[string]any{"max_megabytes": 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 7, 9, 0, 0, 0, time.UTC)
	d.now = func() time.Time { now = now.Add(time.Second); return now }
	for i := range 5 {
		if err := d.Send(t.Context(), records(i*4, 4, 100<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if all, files := ids(t, dir); len(all) != 20 || files != 3 {
		t.Errorf("%d records in %d files, want 20 in 3: 400 kB a batch, 1 MB a file", len(all), files)
	}
	now = now.Add(24 * time.Hour)
	if err := d.Send(t.Context(), records(20, 1, 1)); err != nil {
		t.Fatal(err)
	}
	if all, files := ids(t, dir); len(all) != 21 || files != 4 {
		t.Errorf("%d records in %d files, want 21 in 4: a new day", len(all), files)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestATornLineIsCutOffAndWhatWasPromisedStays(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.jsonl")
	for i, torn := range []string{"", `{"id":"torn`, "x"} {
		d, err := New(map[string]any{"path": path}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Send(t.Context(), records(i, 1, 100_000)); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(torn); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	d, _ := New(map[string]any{"path": path}, nil)
	if err := d.Send(t.Context(), records(3, 1, 10)); err != nil {
		t.Error(err)
	}
	_ = d.Close()
	if all, _ := ids(t, dir); len(all) != 4 {
		t.Errorf("%v", all)
	}
}

func TestOldFilesAreDeletedOnlyWhereAsked(t *testing.T) {
	for name, c := range map[string]struct {
		rotation map[string]any
		files    int
	}{
		"kept":        {map[string]any{"max_megabytes": 1}, 6},
		"max_backups": {map[string]any{"max_megabytes": 1, "max_backups": 2}, 3},
		"max_days":    {map[string]any{"max_megabytes": 1, "max_days": 2}, 4},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "out-other.jsonl"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := New(map[string]any{"path": filepath.Join(dir, "out.jsonl"), "rotation": c.rotation}, nil)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 1, 7, 9, 0, 0, 0, time.UTC)
		d.now = func() time.Time { return now }
		for i := range 6 {
			if err := d.Send(t.Context(), records(i, 1, 10)); err != nil {
				t.Fatal(err)
			}
			now = now.Add(24 * time.Hour)
		}
		_ = d.Close()
		if _, files := ids(t, dir); files != c.files+1 { // and the other, which is not ours
			t.Errorf("%s: %d files, want %d", name, files-1, c.files)
		}
	}
}
