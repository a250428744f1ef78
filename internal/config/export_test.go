package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
)

func loadExports(t *testing.T, yaml string, vars map[string]string) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Sources{File: write(t, "earshot.yaml", yaml), Environment: env(vars), WithExports: true})
}

const oneExport = `
export:
  - name: splunk-prod
    type: splunk_hec
    logs: [events, incidents]
    metrics: [minutes]
    filter: {events: [meeting.*], accounts: [abc], sites: ["Lyon, Part-Dieu", Paris], grades: [poor, bad]}
    redact: {names: keep, emails: drop}
    begin: oldest
    batch: {records: 500, bytes: 2 MiB, linger: 5s}
    max_backlog: 2d
    max_age: 90m
    timeout: 10s
    config:
      endpoint: https://splunk:8088
      token: ${env:TOKEN}
      tls: {ca_file: "x-${file:name}.pem", insecure: true}
      list: [1, 2.5, a]
`

func TestExportsAreRead(t *testing.T) {
	file := write(t, "earshot.yaml", oneExport)
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "name"), []byte("ca\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{File: file, Environment: env(map[string]string{"TOKEN": "s3cret"}), WithExports: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Export{{
		Name: "splunk-prod", Type: "splunk_hec", Logs: []string{"events", "incidents"}, Metrics: []string{"minutes"}, Events: []string{"meeting.*"},
		Accounts: []string{"abc"}, Sites: []string{"Lyon, Part-Dieu", "Paris"}, Grades: []earshot.Grade{earshot.Poor, earshot.Bad}, Names: "keep", Emails: "drop", Addresses: "hash",
		Begin: "oldest", BatchRecords: 500, BatchBytes: 2 << 20, Linger: 5 * time.Second, MaxBacklog: 48 * time.Hour, MaxAge: 90 * time.Minute, Timeout: 10 * time.Second,
		Config: map[string]any{
			"endpoint": "https://splunk:8088", "token": "s3cret", "tls": map[string]any{"ca_file": filepath.Join(filepath.Dir(file), "x-ca.pem"), "insecure": true}, "list": []any{uint64(1), 2.5, "a"},
		},
		Where: "earshot.yaml:3",
	}}
	if d := cmp.Diff(want, c.Exports); d != "" {
		t.Error(d)
	}
	var b strings.Builder
	if err := c.Summary(&b); err != nil || !strings.Contains(b.String(), "splunk-prod") || strings.Contains(b.String(), "s3cret") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// A receiver, and the tools, need none of the destinations' secrets.
func TestExportsAreLeftOutWithoutTheirSecrets(t *testing.T) {
	c, err := load(t, oneExport, nil, nil)
	if err != nil || len(c.Exports) != 0 {
		t.Errorf("%v, %v", c, err)
	}
}

func TestWrongExportsAreNamed(t *testing.T) {
	for want, yaml := range map[string]string{
		"export is a group of keys; want a list":                     "export: {name: a}",
		"export[0] has no name":                                      "export:\n  - type: file\n",
		"export[0] has no type":                                      "export:\n  - name: a\n",
		`export[0].type is "splunk"; want splunk_hec`:                "export: [{name: a, type: splunk}]",
		`export[0].logs is "event"; want a list of events`:           "export: [{name: a, type: file, logs: [event]}]",
		"unknown key \"export[0].filters\"; known here are":          "export: [{name: a, type: file, filters: {}}]",
		`export[0].redact.names is "no"; want hash, keep or drop`:    "export: [{name: a, type: file, redact: {names: no}}]",
		"export[0].filter.grades":                                    "export: [{name: a, type: file, filter: {grades: [ok]}}]",
		"export[0].batch.records":                                    "export: [{name: a, type: file, batch: {records: 0}}]",
		"export[0].config.token: secrets do not belong in this file": "export: [{name: a, type: splunk_hec, config: {token: s3cret}}]",
		"environment variable NONE is not set":                       "export: [{name: a, type: splunk_hec, config: {token: '${env:NONE}'}}]",
		"which another destination has; want different names":        "export: [{name: a, type: file}, {name: a, type: file}]",
		"earshot.yaml:4":                                             "export:\n  - name: a\n    type: file\n    max_age: soon\n",
		"export[0].config.api.key: secrets do not belong in this":    "export: [{name: a, type: datadog, config: {api: {key: abc}}}]",
	} {
		_, err := loadExports(t, yaml, nil)
		var bad *config.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s\nwant %q in %v", yaml, want, err)
		}
	}
}

// Files of destinations are relative to the configuration file, as every other path in it; where the program was started does not matter.
func TestFilesOfDestinationsAreRelativeToTheConfiguration(t *testing.T) {
	file := write(t, "earshot.yaml", `
export:
  - {name: a, type: file, logs: [minutes], config: {path: out/a.jsonl}}
  - {name: b, type: file, logs: [minutes], config: {path: /srv/b.jsonl}}
  - {name: c, type: webhook, logs: [minutes], config: {url: "https://x.example.com", secret_file: hook.secret}}
  - {name: d, type: kafka, logs: [minutes], config: {tls: {ca_file: tls/ca.pem, server_name_override: k_file}}}
  - {name: e, type: otlp_http, logs: [minutes], config: {path: kept}}
`)
	c, err := config.Load(config.Sources{File: file, Environment: env(nil), WithExports: true})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	want := []map[string]any{
		{"path": filepath.Join(dir, "out/a.jsonl")}, {"path": "/srv/b.jsonl"}, {"url": "https://x.example.com", "secret_file": filepath.Join(dir, "hook.secret")},
		{"tls": map[string]any{"ca_file": filepath.Join(dir, "tls/ca.pem"), "server_name_override": "k_file"}}, {"path": "kept"},
	}
	for i, e := range c.Exports {
		if d := cmp.Diff(want[i], e.Config); d != "" {
			t.Errorf("%s: %s", e.Name, d)
		}
	}
}
