package daemon

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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

// Two destinations that write one file would write over each other's lines.
func TestOneFileHasOneDestination(t *testing.T) {
	const two = "export:\n  - {name: a, type: file, logs: [minutes], config: {path: out/x.jsonl}}\n  - {name: b, type: file, logs: [incidents], config: {path: %s}}\n"
	for path, want := range map[string]string{"./out/../out/x.jsonl": "x.jsonl, which a writes as well; want a path of its own", "out/y.jsonl": ""} {
		cfg := exportConfig(t, fmt.Sprintf(two, path))
		targets, err := exportTargets(t.Context(), cfg)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if (len(targets) == 2) != (want == "") {
			t.Errorf("%s: %d destinations", path, len(targets))
		}
	}
}

// Each type says what is wrong with each sort of mistake: a key that is not there, a value of another kind, what is missing or no address.
func TestEachTypeSaysWhichKeyIsWrong(t *testing.T) {
	type wrong struct{ config, want string }
	const address = "want one such as https://"
	for kind, all := range map[string][]wrong{
		"splunk_hec": {
			{"{tokken: x}", "unknown key tokken; known here are "}, {"{endpoint: 5, token: '${env:SECRET}'}", "'endpoint' expected type 'string', got unconvertible type 'uint64'"},
			{"{endpoint: 'https://x'}", `requires a non-empty "token"`}, {"{endpoint: 'x:8088', token: '${env:SECRET}'}", "endpoint does not begin with http:// or https://; " + address},
		},
		"otlp_http": {
			{"{endpoint: 'https://x', headers: [a]}", "'headers[0]' expected a map or struct, got"}, {"{endpoint: otlp.example.com}", "endpoint does not begin with http:// or https://; " + address},
			{"{endpoint: 'https://x', timeout: soon}", "'timeout' is no duration; want one such as 30s"}, {"{}", "at least one endpoint must be specified"},
			{"{endpoint: 'https:///x'}", "endpoint names no host; " + address},
		},
		"otlp_grpc": {
			{"{endpiont: x}", "unknown key endpiont; known here are auth, authority, balancer_name, compression, endpoint,"}, {"{endpoint: localhost}", "address localhost: missing port in address"},
			{"{endpoint: 'localhost:1', tls: x}", `'tls' expected a map or struct, got "string"`}, {"{}", "endpoint"},
		},
		"prometheus_remote_write": {
			{"{endpiont: x}", "unknown key endpiont; known here are "}, {"{endpoint: x}", "endpoint does not begin with http:// or https://; " + address},
			{"{endpoint: 'http://x', protobuf_message: v3}", "v3, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request"}, {"{}", "endpoint is empty; " + address},
		},
		"datadog": {
			{"{apikey: '${env:SECRET}'}", "unknown key apikey; known here are api, hostname, logs, metrics, tags"}, {"{api: {site: x}}", "api.key is empty; want an API key"},
			{"{api: {key: '${env:SECRET}', site: 7}}", "'api.site' expected type 'string', got unconvertible type 'uint64'"}, {"{api: {keys: x}}", "unknown key api.keys; known here are key, site"},
		},
		"kafka": {
			{"{broker: x}", "unknown key broker; known here are "}, {"{brokers: ['a:1']}", "topic is empty; want the name of a topic"},
			{"{brokers: ['a:1'], topic: x, auth: {sasl: {mechanism: OAUTH, username: u, password: '${env:SECRET}'}}}", `auth.sasl.mechanism is "OAUTH"; want PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512`},
		},
		"file": {
			{"{file: x}", "unknown key file; known here are "}, {"{}", "path is empty; want the path of a file"},
			{"{path: x, rotation: {max_megabytes: many}}", "'rotation.max_megabytes' expected type 'int', got unconvertible type 'string'"},
		},
		"webhook": {
			{"{urls: x}", "unknown key urls; known here are compression, headers, secret_file, url"}, {"{url: 'ftp://x', secret_file: /x}", "url is no address; " + address},
			{"{url: 'https://x', secret_file: /x, headers: [a]}", "'headers' expected type 'map[string]string'"},
		},
	} {
		for _, w := range all {
			leaves := "logs: [incidents]"
			if kind == "prometheus_remote_write" {
				leaves = "metrics: [minutes]"
			}
			_, err := exportTargets(t.Context(), exportConfig(t, fmt.Sprintf("export:\n  - {name: a, type: %s, %s, config: %s}\n", kind, leaves, w.config)))
			if err == nil || !strings.Contains(err.Error(), w.want) || !strings.Contains(err.Error(), "earshot.yaml:2: export a: ") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s, %s:\nwant %q in %v", kind, w.config, w.want, err)
			}
		}
	}
	if n := len(config.ExportTypes()); n != 8 {
		t.Errorf("%d types of destinations, eight are tried here", n)
	}
}

// Every type is asked by earshot check: each says what a peer answered that refuses it, or that nobody is there.
func TestCheckDialsEachType(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	defer refuses.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret-of-a-webhook-that-is-long-enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	u := refuses.URL
	entries := map[string]struct{ entry, want string }{
		"splunk_hec":              {"logs: [events], config: {endpoint: '" + u + "', token: '${env:SECRET}'}", "403"},
		"otlp_http":               {"logs: [events], config: {endpoint: '" + u + "'}", "403"},
		"otlp_grpc":               {"logs: [events], config: {endpoint: '127.0.0.1:1', tls: {insecure: true}}", "connection refused"},
		"prometheus_remote_write": {"metrics: [minutes], config: {endpoint: '" + u + "'}", "403"},
		"datadog":                 {"logs: [events], config: {api: {key: '${env:SECRET}'}, logs: {endpoint: '" + u + "'}, metrics: {endpoint: '" + u + "'}}", "403"},
		"kafka":                   {"logs: [events], config: {brokers: ['127.0.0.1:1'], topic: zoom}", "connection refused"},
		"file":                    {"logs: [events], config: {path: " + secret + "/out.jsonl}", "not a directory"},
		"webhook":                 {"logs: [events], config: {url: '" + u + "', secret_file: " + secret + "}", "127.0.0.1"},
	}
	for _, kind := range config.ExportTypes() {
		var b strings.Builder
		err := CheckExports(t.Context(), exportConfig(t, fmt.Sprintf("export:\n  - {name: a, type: %s, %s}\n", kind, entries[kind].entry)), &b)
		if err == nil || !strings.Contains(b.String(), "FAILS: ") || !strings.Contains(b.String(), entries[kind].want) || strings.Contains(b.String(), "s3cret") {
			t.Errorf("%s: want %q in %q, %v", kind, entries[kind].want, b.String(), err)
		}
	}
}

// A name that is mistyped lets nothing leave, and nothing fails: check says it, and does not refuse, for the site may be added later.
func TestCheckSaysWhichNamesThereAreNot(t *testing.T) {
	dir := t.TempDir()
	sites := filepath.Join(dir, "sites.csv")
	if err := os.WriteFile(sites, []byte("range,name\n10.1.0.0/16,Lyon\n10.2.0.0/16,Oslo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := exportConfig(t, fmt.Sprintf("data: %s/data\nsites: {file: %s}\nexport:\n  - {name: lake, type: file, logs: [minutes], filter: {sites: [Lyon, oslo, Lyom]}, config: {path: %s/out.jsonl}}\n  - {name: raw, type: file, logs: [events], filter: {events: [meeting.*, meeting.end]}, config: {path: %s/raw.jsonl}}\n", dir, sites, dir, dir))
	var b strings.Builder
	if err := CheckExports(t.Context(), cfg, &b); err != nil {
		t.Errorf("%v: it is no error", err)
	}
	for _, want := range []string{
		`WARNING: lake: filter.sites has "oslo", and no site has that name; there is "Oslo" (of the sites in sites.file; Earshot does not run here`,
		`WARNING: lake: filter.sites has "Lyom", and no site has that name; there are Lyon, Oslo (`,
		`WARNING: raw: filter.events has "meeting.end", and Earshot knows no event of Zoom's with that name; there is "meeting.ended"` + "\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
	if strings.Count(b.String(), "WARNING") != 3 {
		t.Errorf("Lyon and meeting.* are there:\n%s", b.String())
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
