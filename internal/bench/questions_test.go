package main

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

// addressIn finds the API's addresses in the pages' source: quoted, or made with ${…} for what stands in them.
var (
	addressIn = regexp.MustCompile("[\"`]/api/v1(/[^\"`?]*)")
	filledIn  = regexp.MustCompile(`\$\{[^}]*\}`)
)

// askedByPages are the addresses that web/src names, what is filled in as "{}".
func askedByPages(t *testing.T) map[string]string {
	found := make(map[string]string)
	src := os.DirFS("../../web/src")
	err := fs.WalkDir(src, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(strings.TrimSuffix(path, "x"), ".ts") || strings.Contains(path, ".test.") || strings.HasSuffix(path, "schema.d.ts") {
			return err
		}
		text, err := fs.ReadFile(src, path)
		for _, m := range addressIn.FindAllSubmatch(text, -1) {
			found[filledIn.ReplaceAllString(strings.TrimSuffix(string(m[1]), "/"), "{}")] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever a page asks of the API is measured, or it is said why not.
func TestWhatPagesAskIsMeasured(t *testing.T) {
	a, err := api.New(api.Options{Registry: (*registry.Registry)(nil), Facts: (*duckdb.Store)(nil), Live: live.New(live.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	braces := regexp.MustCompile(`\{[^}]*\}`)
	plain := func(path string) string { return braces.ReplaceAllString(path, "{}") }
	// A login is no reading; what has no name of its own puts and deletes what was typed.
	changes, measured := map[string]bool{"/session": true, "/{}/{}": true}, map[string]bool{}
	for _, r := range a.Routes() {
		if r.Method != "GET" {
			changes[plain(strings.TrimPrefix(r.Path, "/api/v1"))] = true
		}
	}
	p := &picks{}
	questions, _ := p.questions(a.Routes())
	for _, q := range questions {
		measured[plain(strings.Split(q.name, "?")[0])] = true
	}
	for path := range unasked {
		measured[plain(path)] = true
	}
	asked := askedByPages(t)
	if len(asked) < 30 {
		t.Fatalf("only %d addresses found in the pages' source", len(asked))
	}
	for path, file := range asked {
		if path != "/alerts/{}" && !measured[path] && !changes[path] {
			t.Errorf("%s asks %s, which go run ./internal/bench routes does not", file, path)
		}
	}
}
