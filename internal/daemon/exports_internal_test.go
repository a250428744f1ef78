package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/config"
)

func exportConfig(t *testing.T, yaml string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "earshot.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) { return "s3cret", name == "SECRET" }
	c, err := config.Load(config.Sources{File: path, Environment: env, WithExports: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every type that the configuration takes can be made, with the keys that the documentation shows.
func TestEveryTypeOfDestinationCanBeMade(t *testing.T) {
	keys := map[string]string{
		"splunk_hec":              "{endpoint: 'https://splunk.example.com:8088/services/collector', token: '${env:SECRET}', index: zoom}",
		"otlp_http":               "{endpoint: 'https://otlp.example.com', headers: {api-key: '${env:SECRET}'}, compression: gzip}",
		"otlp_grpc":               "{endpoint: 'otlp.example.com:4317', tls: {insecure: true}}",
		"prometheus_remote_write": "{endpoint: 'https://mimir.example.com/api/v1/push', protobuf_message: io.prometheus.write.v2.Request, external_labels: {cluster: a}}",
		"datadog":                 "{api: {key: '${env:SECRET}', site: datadoghq.eu}}",
		"kafka":                   "{brokers: ['127.0.0.1:1'], topic: zoom, auth: {sasl: {username: u, password: '${env:SECRET}', mechanism: SCRAM-SHA-512}}}",
		"file":                    "{path: /nowhere/out.jsonl}",
		"webhook":                 "{url: 'https://example.com/hook', secret_file: /nowhere/secret}",
	}
	for _, kind := range config.ExportTypes() {
		leaves := "logs: [incidents]"
		if kind == "prometheus_remote_write" {
			leaves = "metrics: [minutes]"
		}
		cfg := exportConfig(t, fmt.Sprintf("export:\n  - {name: a, type: %s, %s, config: %s}\n", kind, leaves, keys[kind]))
		targets, err := exportTargets(t.Context(), cfg)
		if err != nil || len(targets) != 1 {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if err := targets[0].Destination.Close(); err != nil {
			t.Errorf("%s: close: %v", kind, err)
		}
	}
}

func TestWrongDestinationsAreNamedWithTheirPlace(t *testing.T) {
	for want, entry := range map[string]string{
		"unknown key endpiont": "{name: a, type: otlp_http, logs: [events], config: {endpiont: x}}",
		"want metrics only":    "{name: a, type: prometheus_remote_write, logs: [minutes]}",
		"logs has events; want minutes, summaries and incidents with format": "{name: a, type: file, logs: [events], config: {path: /x, format: parquet}}",
		`format is "avro"; want json or parquet`:                             "{name: a, type: file, logs: [minutes], config: {path: /x, format: avro}}",
		"want logs only":                                                     "{name: a, type: file, metrics: [minutes]}",
		"logs and metrics are both empty":                                    "{name: a, type: file}",
		"filter.sites cannot narrow events":                                  "{name: a, type: file, logs: [events], filter: {sites: [Lyon]}}",
		"secret_file is empty":                                               "{name: a, type: webhook, logs: [events], config: {url: 'https://x.example.com'}}",
		"sending_queue is not for here: Earshot":                             "{name: a, type: splunk_hec, logs: [events], config: {endpoint: 'https://x', token: '${env:SECRET}', sending_queue: {}}}",
	} {
		_, err := exportTargets(t.Context(), exportConfig(t, "export:\n  - "+entry+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "earshot.yaml:2: export a: ") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s:\nwant %q in %v", entry, want, err)
		}
	}
}

func TestCheckDialsEveryDestination(t *testing.T) {
	dir := t.TempDir()
	cfg := exportConfig(t, fmt.Sprintf("export:\n  - {name: good, type: file, logs: [events], config: {path: %s/out.jsonl}}\n"+
		"  - {name: nobody, type: otlp_http, logs: [events], config: {endpoint: 'http://127.0.0.1:1/secret-path'}}\n", dir))
	var b strings.Builder
	err := CheckExports(t.Context(), cfg, &b)
	if err == nil || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"good    file       can be written", "nobody  otlp_http  FAILS: ", "connection refused"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "secret-path") {
		t.Errorf("the path of an address is told: %s", b.String())
	}
}
