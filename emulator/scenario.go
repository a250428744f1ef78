package emulator

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed scenarios/*.yaml
var shipped embed.FS

// maxScenarioBytes bounds a scenario file.
const maxScenarioBytes = 1 << 20

// Scenarios lists the names of the scenarios that are shipped, for [LoadScenario].
func Scenarios() []string {
	entries, err := fs.ReadDir(shipped, "scenarios")
	if err != nil {
		return nil // nothing is embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// LoadScenario reads the scenario of a file, or a shipped one by its name ("lyon-link"): a word without dot and slash is a
// name. The options that come back say what happens in the world; Target, Secret and whatever else belongs to a run are the
// caller's. The error names every problem with its line, what is there and what is wanted. The format is described in
// docs/emulator-scenarios.md.
func LoadScenario(name string) (Options, error) {
	if !strings.ContainsAny(name, `./\`) {
		text, err := shipped.ReadFile(path.Join("scenarios", name+".yaml"))
		if err != nil {
			hint := ""
			if near := nearestName(name, Scenarios()); near != "" {
				hint = fmt.Sprintf("; did you mean %s?", near)
			}
			return Options{}, fmt.Errorf("scenario %q: none of that name is shipped%s want a file such as ./%s.yaml, or one of %s",
				name, orSemicolon(hint), name, strings.Join(Scenarios(), ", "))
		}
		return parseScenario(text, name+".yaml")
	}
	f, err := os.Open(name)
	if err != nil {
		return Options{}, fmt.Errorf("open scenario: %w", err)
	}
	defer f.Close()
	return ReadScenario(f, filepath.Base(name))
}

func orSemicolon(hint string) string {
	if hint == "" {
		return ";"
	}
	return hint
}

// ReadScenario reads a scenario; name is what error messages call it. See LoadScenario.
func ReadScenario(r io.Reader, name string) (Options, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxScenarioBytes+1))
	if err != nil {
		return Options{}, fmt.Errorf("read scenario %s: %w", name, err)
	}
	if len(text) > maxScenarioBytes {
		return Options{}, fmt.Errorf("scenario %s: more than %d bytes", name, maxScenarioBytes)
	}
	return parseScenario(text, name)
}

// parseScenario reads the text, then looks for every target in the world that the text makes.
func parseScenario(text []byte, name string) (Options, error) {
	s := scenario{name: name, o: Options{Calm: true, Troubles: []Trouble{}}}
	if root := s.parse(text); root != nil {
		s.section(root, "", s.top())
	}
	if len(s.problems) == 0 {
		s.complete()
	}
	if len(s.problems) == 0 {
		return s.o, nil
	}
	slices.SortStableFunc(s.problems, func(a, b problem) int { return a.line - b.line })
	var lines []string
	for _, p := range s.problems {
		lines = append(lines, p.text)
	}
	return Options{}, fmt.Errorf("scenario: %w", errors.New(strings.Join(lines, "\n")))
}
