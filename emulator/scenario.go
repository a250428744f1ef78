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

//go:embed scenarios/*.yaml scenarios/score/*.yaml
var shipped embed.FS

// maxScenarioBytes bounds a scenario file.
const maxScenarioBytes = 1 << 20

// scorePrefix begins the names of the scenarios by which diagnoses are scored.
const scorePrefix = "score/"

// Scenarios lists the names of the scenarios that are shipped, for [LoadScenario].
func Scenarios() []string { return scenariosIn("scenarios", "") }

// ScoreScenarios lists the names of those that are shipped for scoring diagnoses, for [LoadScenario]: hours of large, untidy
// companies.
func ScoreScenarios() []string { return scenariosIn("scenarios/score", scorePrefix) }

func scenariosIn(folder, prefix string) []string {
	entries, err := fs.ReadDir(shipped, folder)
	if err != nil {
		return nil // nothing is embedded
	}
	var names []string
	for _, e := range entries {
		if name, is := strings.CutSuffix(e.Name(), ".yaml"); is {
			names = append(names, prefix+name)
		}
	}
	return names
}

// LoadScenario reads the scenario of a file, or a shipped one by its name ("lyon-link", "score/offices"): a word without
// dot and slash is a name, and what begins with "score/". The options that come back say what happens in the world; Target, Secret and whatever else belongs to a run are the
// caller's. The error names every problem with its line, what is there and what is wanted. The format is described in
// docs/emulator-scenarios.md.
func LoadScenario(name string) (Options, error) {
	if !strings.ContainsAny(strings.TrimPrefix(name, scorePrefix), `./\`) {
		text, err := shipped.ReadFile(path.Join("scenarios", name+".yaml"))
		if err != nil {
			hint := ""
			if near := nearestName(name, append(Scenarios(), ScoreScenarios()...)); near != "" {
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
