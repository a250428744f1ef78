package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot/internal/config"
)

const example = "../../docs/config.example.yaml"

// The example is what its first sentence says: every setting at its default.
func TestExample(t *testing.T) {
	c, err := config.Load(config.Sources{File: example, Environment: env(nil)})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.DataDir = filepath.Join(filepath.Dir(example), want.DataDir)
	if diff := cmp.Diff(want, c, ignoreOrigin, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("not the defaults (-want +got):\n%s", diff)
	}
}

// The examples in it are right, too, and nothing is left out.
func TestExampleUncommented(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`(?m)^( *)#(\S)`).ReplaceAllString(string(text), "$1$2")
	c, err := load(t, whole, map[string]string{"ZOOM_VERIFICATION_TOKEN": "a", "WEBHOOK_PASSWORD": "b", "ZOOM_SECRET_EMEA": "c", "ZOOM_SECRET_EMEA_PREVIOUS": "d",
		"GATE_VALUE": "e", "ZOOM_SECRET_APAC": "f", "APAC_BEARER": "g", config.EnvSecret: "h"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	settings, _, _ := strings.Cut(b.String(), "\nwebhook endpoints")
	for _, line := range strings.Split(settings, "\n")[2:] {
		if line != "" && !strings.Contains(line, "earshot.yaml:") && !strings.HasPrefix(line, "input.accounts.") && !strings.HasPrefix(line, "grades.profiles.") && !strings.HasPrefix(line, "API token") {
			t.Errorf("the example does not have %s", line)
		}
	}
	if n := len(c.Grades.Profiles["office"].Rules); n != 2 {
		t.Errorf("%d rules of the profile, want 2", n)
	}
	if n := len(c.Webhook.Subscriptions); n != 3 {
		t.Errorf("%d subscriptions, want 3", n)
	}
}
