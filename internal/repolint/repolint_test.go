package repolint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/earshot/earshot"

// goFile is one parsed file of the repository.
type goFile struct {
	path string // relative to the repository
	dir  string
	test bool
	fset *token.FileSet
	ast  *ast.File
	text string
}

// load parses every Go file of the repository, in order of path.
func load(t *testing.T) []goFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []goFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, raw, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		out = append(out, goFile{filepath.ToSlash(rel), filepath.ToSlash(filepath.Dir(rel)), strings.HasSuffix(path, "_test.go"), fset, f, string(raw)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// imports returns the repository's own packages that a file imports, relative to the module ("." is the domain).
func (f *goFile) imports() []string {
	var out []string
	for _, spec := range f.ast.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if path == module {
			out = append(out, ".")
		} else if rest, ok := strings.CutPrefix(path, module+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

// tiers say who may import whom: a package imports only packages of lower tiers, and of its own folder.
var tiers = []struct {
	reason   string
	packages []string
}{
	{"the domain and the protocol import nothing of ours: everybody can read and reuse them", []string{".", "zoom"}},
	{"foundations know only the domain and the protocol", []string{"internal/config", "internal/obs", "internal/journal", "internal/site", "internal/snapcode", "internal/priority", "emulator"}},
	{"Zoom's other sides over the emulated world", []string{"emulator/rest", "emulator/statuspage"}},
	{"the pure core: what Earshot thinks is read and tested without I/O", []string{"internal/identity", "internal/grade", "internal/cause"}},
	{"incidents are made of what causes say", []string{"internal/incident"}},
	{"stores and the live view hold what the core made", []string{"internal/facts", "internal/registry", "internal/live"}},
	{"the ways in and the readers of stores", []string{"internal/receive", "internal/pipeline", "internal/report", "internal/promapi", "internal/pull"}},
	{"alerts are made of what the others hold, and told", []string{"internal/alert"}},
	{"exports send what the others hold, as alerts do", []string{"internal/export"}},
	{"the API reads all of them and is read by the web", []string{"internal/api"}},
	{"the web serves the API and the UI", []string{"internal/web"}},
	{"the composition root knows them all", []string{"internal/daemon"}},
	{"who runs the built program knows nothing of its insides", []string{"internal/running"}},
	{"programs and harnesses", []string{"cmd", "internal/bench", "internal/chaos", "internal/scoreboard", "internal/repolint", "deploy"}},
}

// tierOf returns the tier of a package by the longest entry that holds it, -1 for none.
func tierOf(pkg string) int {
	best, tier := -1, -1
	for i, t := range tiers {
		for _, p := range t.packages {
			if (pkg == p || strings.HasPrefix(pkg, p+"/")) && len(p) > best {
				best, tier = len(p), i
			}
		}
	}
	return tier
}

func TestImportsPointDownwards(t *testing.T) {
	for _, f := range load(t) {
		if f.test {
			continue // tests may look up: the emulator feeds them, the built parts are put together
		}
		from := tierOf(f.dir)
		if from < 0 {
			t.Errorf("%s: package %s has no tier; give it one in this test", f.path, f.dir)
			continue
		}
		for _, pkg := range f.imports() {
			to := tierOf(pkg)
			same := familyOf(pkg) == familyOf(f.dir)
			if to < from || same {
				continue
			}
			t.Errorf("%s imports %s: %s may import only what is below it (%s)", f.path, pkg, f.dir, tiers[from].reason)
		}
	}
}

// familyOf returns the first two elements of a path: a contract and its implementations are one family.
func familyOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// bans are single imports that are forbidden although the tiers allow them.
var bans = []struct {
	from, to, reason string
}{
	{"emulator", "internal/", "the emulator is public and is Zoom's side: it may not know how Earshot works"},
	{"internal/identity", "internal/journal", "the pure core does no I/O"},
	{"internal/grade", "internal/journal", "the pure core does no I/O"},
	{"internal/cause", "internal/journal", "the pure core does no I/O"},
	{"internal/incident", "internal/journal", "the pure core does no I/O"},
	{"internal/identity", "internal/config", "only the composition root and the programs read the configuration"},
	{"internal/pipeline", "internal/config", "only the composition root and the programs read the configuration"},
	{"internal/receive", "internal/config", "only the composition root and the programs read the configuration"},
	{"internal/receive", "internal/facts", "the receiver has no store behind it but the journal"},
	{"internal/receive", "internal/registry", "the receiver has no store behind it but the journal"},
	{"internal/export", "internal/config", "only the composition root and the programs read the configuration"},
	{"internal/api", "internal/config", "only the composition root and the programs read the configuration"},
}

func TestBans(t *testing.T) {
	for _, f := range load(t) {
		for _, b := range bans {
			if f.test || !strings.HasPrefix(f.dir, b.from) {
				continue
			}
			for _, pkg := range f.imports() {
				if strings.HasPrefix(pkg, b.to) {
					t.Errorf("%s imports %s: %s", f.path, pkg, b.reason)
				}
			}
		}
	}
}

// impure are packages of the standard library that the pure core does not import.
var impure = []string{"os", "net", "net/http", "io/fs", "database/sql", "log/slog", "log", "context", "sync"}

// pure are the packages without I/O, clock or goroutines.
var pure = []string{".", "zoom", "internal/snapcode", "internal/identity", "internal/grade", "internal/cause", "internal/incident", "internal/report", "internal/alert"}

func TestThePureCoreDoesNoIO(t *testing.T) {
	for _, f := range load(t) {
		if f.test || !slices.Contains(pure, f.dir) {
			continue
		}
		for _, spec := range f.ast.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			allowed := f.dir == "zoom" && (path == "net/http" || path == "log/slog" || path == "sync")
			if slices.Contains(impure, path) && !allowed {
				t.Errorf("%s imports %s: the pure core does no I/O, has no clock and no goroutines, so that it can be tested by its values alone", f.path, path)
			}
		}
	}
}

func TestTheReceiverIsPureGoWithoutSQL(t *testing.T) {
	all := load(t)
	seen := map[string]bool{}
	var visit func(pkg string, trail []string)
	visit = func(pkg string, trail []string) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		trail = append(trail, pkg)
		for _, f := range all {
			if f.dir != pkg || f.test {
				continue
			}
			for _, spec := range f.ast.Imports {
				path := strings.Trim(spec.Path.Value, `"`)
				if strings.Contains(path, "opentelemetry") || strings.Contains(path, "franz-go") {
					t.Errorf("%s imports %s, and the receiver reaches it by %s: exporters are the monitor's, and cost memory by being there", f.path, path, strings.Join(trail, " → "))
				}
				if path == "C" || path == "database/sql" || strings.Contains(path, "duckdb") || strings.Contains(path, "sqlite") {
					t.Errorf("%s imports %s, and the receiver reaches it by %s: it must outlive the stores and build without cgo", f.path, path, strings.Join(trail, " → "))
				}
			}
			for _, next := range f.imports() {
				visit(next, trail)
			}
		}
	}
	visit("cmd/earshot-receiver", nil)
	if !seen["internal/receive"] {
		t.Error("cmd/earshot-receiver does not reach internal/receive: this test looks at nothing")
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range load(t) {
		if strings.HasSuffix(f.ast.Name.Name, "_test") || f.test {
			continue
		}
		documented[f.dir] = documented[f.dir] || f.ast.Doc != nil && len(f.ast.Doc.Text()) > 40
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment: say what it is, what it guarantees, who may call it concurrently, what happens on failure, how to test it", dir)
		}
	}
}

// TestTheMapNamesEveryPackage holds the map in doc.go to the folders that there are, one level deep.
func TestTheMapNamesEveryPackage(t *testing.T) {
	all := load(t)
	at := slices.IndexFunc(all, func(f goFile) bool { return f.path == "doc.go" })
	text := all[at].ast.Doc.Text()
	for _, f := range all {
		pkg := f.dir
		if parts := strings.Split(pkg, "/"); parts[0] == "internal" || parts[0] == "cmd" {
			pkg = strings.Join(parts[:2], "/")
		} else {
			pkg = parts[0] + "/"
		}
		if pkg != "./" && !strings.Contains(text, "\t"+pkg+" ") {
			t.Errorf("%s: the map in doc.go does not name %s; say there what it is", f.path, pkg)
		}
	}
}

// Sizes at which a reader no longer knows where to look. The guides are 500 and 60; these are where a test must complain.
const (
	mostFileLines = 700
	mostFuncLines = 100
)

func TestSizes(t *testing.T) {
	for _, f := range load(t) {
		if n := strings.Count(f.text, "\n"); n > mostFileLines && !f.test {
			t.Errorf("%s has %d lines, more than %d: one concept a file", f.path, n, mostFileLines)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.test {
				continue
			}
			if n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line; n > mostFuncLines {
				t.Errorf("%s: %s has %d lines, more than %d", f.path, fn.Name.Name, n, mostFuncLines)
			}
		}
	}
}

func TestTestsDoNotSleep(t *testing.T) {
	for _, f := range load(t) {
		if !f.test || f.dir == "internal/repolint" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Sleep" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && !strings.Contains(f.text, "testing/synctest") {
				t.Errorf("%s sleeps: wait for what you expect, or use testing/synctest", f.fset.Position(call.Pos()))
			}
			return true
		})
	}
}

func TestNoPackageIsCalledAfterNothing(t *testing.T) {
	for _, f := range load(t) {
		switch name := f.ast.Name.Name; name {
		case "util", "utils", "common", "helpers", "helper", "manager", "types", "model", "misc":
			t.Errorf("%s: a package called %s holds whatever is thrown into it; name it after what it does", f.path, name)
		}
	}
}
