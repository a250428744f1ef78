package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The commands, on a data folder where nothing runs. The password comes from standard input or a file, and is never printed.
func TestUserCommands(t *testing.T) {
	data := t.TempDir()
	const password = "correct horse battery"
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\r\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(wantOK bool, stdin, want string, args ...string) {
		t.Helper()
		cmd := command(t.Context(), append([]string{"user"}, args...)...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if (err == nil) != wantOK || !strings.Contains(string(out), want) || strings.Contains(string(out), password) {
			t.Errorf("earshot user %s: %v\n%s\nwant %q", strings.Join(args, " "), err, out, want)
		}
	}
	run(true, "", "there is nobody yet", "list", "--data", data)
	run(true, password+"\n", "ops may log in as admin", "add", "ops", "--role", "admin", "--password-file", "-", "--data", data)
	run(true, "", "zoë may log in as viewer", "add", "zoë", "--role", "viewer", "--password-file", file, "--data", data)
	run(false, "short\n", "earshot: a password has at least 12 characters; this one has 5\n", "password", "zoë", "--password-file", "-", "--data", data)
	run(false, "", "the first line of standard input is empty", "password", "zoë", "--password-file", "-", "--data", data)
	run(false, password, `there is no user "nobody"; earshot user list shows all`, "password", "nobody", "--password-file", "-", "--data", data)
	run(false, "", "ops is the last admin", "role", "ops", "viewer", "--data", data)
	run(false, "", "root", "role", "zoë", "root", "--data", data)
	run(true, "", "zoë is admin", "role", "zoë", "admin", "--data", data)
	run(true, "", "ops is removed, and logged out everywhere", "remove", "ops", "--data", data)
	run(true, "", "zoë", "list", "--data", data)
	run(false, "", "open the data folder", "list", "--data", filepath.Join(data, "missing"))
}

func TestPasswordIsAskedForTwice(t *testing.T) {
	for _, tt := range []struct {
		typed []string
		want  string
	}{{[]string{"one", "one"}, ""}, {[]string{"one", "two"}, "not the same"}, {[]string{"one"}, "gone"}} {
		left := tt.typed
		got, err := askTwice("zoë", func(prompt string) (string, error) {
			if strings.Contains(prompt, "one") || len(left) == 0 {
				return "", errors.New("gone")
			}
			next := left[0]
			left = left[1:]
			return next, nil
		})
		if tt.want == "" && (err != nil || got != tt.typed[0]) || tt.want != "" && (err == nil || got != "" || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %q, %v", tt.typed, got, err)
		}
	}
}
