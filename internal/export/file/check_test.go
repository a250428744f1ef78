package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/export"
)

// everything returns the files below a folder with what is in them.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			out[path] = "folder"
			return err
		}
		raw, err := os.ReadFile(path)
		out[path] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A check changes nothing: another process may be in the middle of a line, and another user may be the one who writes.
func TestACheckLeavesEverythingAsItWas(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"there.jsonl": `{"id":"a"}` + "\n" + `{"id":"half a li`, "lake/.spool-1.jsonl": "{}\n", "lake/.spool-2.jsonl": `{"id":`, "lake/day=2026-01-07/minutes-00000000000000000002.parquet.new": "x",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := everything(t, dir)
	for path, want := range map[string]string{
		"there.jsonl": "can be written", "new.jsonl": "can be written", "nowhere/yet/new.jsonl": "the folder is not there yet and can be made",
		"lake": "the folder can be written", "other": "the folder is not there yet and can be made", "there.jsonl/x.jsonl": "", "lake/": "",
	} {
		format := "json"
		if path == "lake" || path == "other" {
			format = "parquet"
		}
		d, err := New(map[string]any{"path": dir + "/" + path, "format": format}, []export.Kind{export.KindMinute})
		if err != nil {
			t.Fatal(err)
		}
		said, err := d.Check(t.Context())
		if said != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", path, said, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	after := everything(t, dir)
	for path := range after {
		if before[path] != after[path] {
			t.Errorf("%s is %q, and was %q", strings.TrimPrefix(path, dir), after[path], before[path])
		}
	}
	if len(before) != len(after) {
		t.Errorf("%d files and folders, and were %d", len(after), len(before))
	}
}
