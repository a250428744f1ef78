package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/facts/duckdb"
)

// TestSQLIntoAPipeThatEnds does what "earshot sql … | head" does: it is no error that nobody reads on, and nothing is left in the temporary
// folder.
func TestSQLIntoAPipeThatEnds(t *testing.T) {
	store, err := duckdb.Open(duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := store.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	temporary := t.TempDir()
	cmd := command(t.Context(), "sql", "--snapshot", filepath.Join(backup, duckdb.FileName), "--format", "csv", "SELECT i FROM range(1000000) t(i)")
	cmd.Env = append(cmd.Env, "TMPDIR="+temporary)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "i" {
		t.Errorf("the first line is %q: %v", line, err)
	}
	_ = out.Close()
	if err := cmd.Wait(); err != nil || said.Len() > 0 {
		t.Errorf("%v: %s", err, &said)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
