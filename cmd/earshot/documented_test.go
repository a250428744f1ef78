package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parser returns the command line as main has it, for looking only.
func parser(t *testing.T) *kong.Kong {
	t.Helper()
	k, err := kong.New(&cli{}, kong.Name("earshot"), kong.Exit(func(int) { t.Error("the parser ends the program") }))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The unit starts a command that there is, with flags that it has.
func TestUnitOfSystemdStartsWhatThereIs(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/systemd/earshot.service")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/earshot (.+)$`).FindStringSubmatch(string(raw))
	if m == nil {
		t.Fatal("no ExecStart")
	}
	there := strings.ReplaceAll(m[1], "/etc/earshot/earshot.yaml", "../../docs/config.example.yaml") // a file that is not there is refused
	k, err := parser(t).Parse(strings.Fields(there))
	if err != nil {
		t.Fatalf("%s: %v", m[0], err)
	}
	if k.Command() != "serve" {
		t.Errorf("it starts %s", k.Command())
	}
}

// Commands that the documents name are there.
func TestDocumentedCommands(t *testing.T) {
	known := map[string]bool{}
	for _, c := range parser(t).Model.Leaves(false) {
		words := strings.Fields(c.FullPath()) // earshot journal dump
		known[words[1]] = true
		known[strings.Join(words[1:], " ")] = true
	}
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("(?m)(?:`|^|\\s)(?:bin/)?earshot ((?:journal|alert|user) [a-z]+|[a-z]+)(?:[` ]|$)")
	found := 0
	for _, file := range append(files, "../../README.md") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range regexp.MustCompile("(?s)```.*?```|`[^`\n]+`").FindAllString(string(raw), -1) {
			for _, m := range named.FindAllStringSubmatch(code, -1) {
				found++
				if !known[m[1]] {
					t.Errorf("%s: there is no command %q", filepath.Base(file), m[1])
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("%d commands found in the documents", found)
	}
}
