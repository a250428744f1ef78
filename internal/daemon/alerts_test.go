package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
)

// A file of rules may ask in PromQL, and what is wrong with it is said with its path.
func TestChecksRulesOfAFile(t *testing.T) {
	for text, want := range map[string]string{
		"rules:\n  - name: ManyBad\n    kind: promql\n    expr: sum(earshot_people_bad) > 50\n": "",
		"rules:\n  - name: ManyBad\n    kind: promql\n":                                         "expr",
	} {
		path := filepath.Join(t.TempDir(), "rules.yml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := daemon.CheckAlerts(&config.Config{Alerts: config.Alerts{Rules: path}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
