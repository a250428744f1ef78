package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/config"
)

func TestLoadFiles(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	if _, err := config.Load(config.Sources{File: missing}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
	large := write(t, "large.yaml", strings.Repeat("# \n", 400_000))
	if _, err := config.Load(config.Sources{File: large}); err == nil || !strings.Contains(err.Error(), "1200000 bytes") {
		t.Errorf("a large file: %v", err)
	}
}

func TestReadEnvironment(t *testing.T) {
	t.Setenv("EARSHOT_TEST_GIVEN", "from the process")
	path := write(t, ".env", "# secrets\nEARSHOT_TEST_GIVEN=from the file\nexport EARSHOT_TEST_OTHER=\"with spaces\"\nEARSHOT_TEST_EMPTY=\n")
	e, err := config.ReadEnvironment(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"EARSHOT_TEST_GIVEN": "from the process", "EARSHOT_TEST_OTHER": "with spaces", "EARSHOT_TEST_EMPTY": ""} {
		if got, ok := e(name); !ok || got != want {
			t.Errorf("%s = %q, %v; want %q", name, got, ok, want)
		}
	}
	if _, ok := os.LookupEnv("EARSHOT_TEST_OTHER"); ok {
		t.Error("the file's variables reached the process")
	}
	if _, err := config.ReadEnvironment(filepath.Join(t.TempDir(), ".env")); err != nil {
		t.Errorf("without a file: %v", err)
	}
	_, err = config.ReadEnvironment(write(t, ".env", "A=1\ns3cr3t-value\n!!\n"))
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "NAME=value") {
		t.Errorf("a broken file: %v; want what was expected, without what was found", err)
	}
}
