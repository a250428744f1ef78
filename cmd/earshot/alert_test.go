package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A rule in PromQL raises, its receiver is told, and the commands say what fires and what each integration answers to a sample.
func TestAlertsReachReceiversAndCommandsSaySo(t *testing.T) {
	told := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/closed" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		select {
		case told <- string(raw):
		default:
		}
	}))
	defer hook.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rules := write("rules.yml", "defaults: false\nrules:\n  - {name: Always, kind: promql, expr: vector(42), severity: critical}\n")
	receivers := write("alertmanager.yml", fmt.Sprintf("route: {receiver: noc, group_wait: 100ms}\nreceivers:\n  - name: noc\n    webhook_configs: [{url: '%s/open'}]\n  - name: closed\n    webhook_configs: [{url: '%[1]s/open'}, {url: '%[1]s/closed'}]\n", hook.URL))
	config := write("earshot.yaml", fmt.Sprintf("alerts:\n  rules: %s\n  receivers: %s\n  allow_networks: [127.0.0.0/8]\n", rules, receivers))

	next := func(what string) string {
		t.Helper()
		select {
		case text := <-told:
			return text
		case <-time.After(time.Minute):
			t.Fatalf("%s: the receiver was told nothing within a minute", what)
			return ""
		}
	}
	s := serve(t, "--config", config)
	if got := s.post(`{"event":"meeting.started","event_ts":1767778561800}`); got != 200 {
		t.Fatalf("an event: %d", got)
	}
	if raised := next("raised"); !strings.Contains(raised, `"alertname":"Always"`) || !strings.Contains(raised, `"status":"firing"`) {
		t.Errorf("the receiver was told %s", raised)
	}
	if out := output(t, true, "alert", "list", "--config", config, "--data", s.data); !strings.Contains(out, "critical") || !strings.Contains(out, "42") {
		t.Errorf("what fires: %s", out)
	}
	if out := output(t, true, "alert", "test", "--config", config, "--data", s.data, "noc"); !strings.Contains(out, "webhook[0]") || !strings.Contains(out, "took the sample, and that it is over") {
		t.Errorf("a sample: %s", out)
	}
	if sample := next("a sample"); !strings.Contains(sample, "This is a sample from Earshot") {
		t.Errorf("the receiver was sent %s", sample)
	}
	out := output(t, false, "alert", "test", "--config", config, "--data", s.data, "closed")
	for _, want := range []string{"webhook[0]", "webhook[1]", "did not take the sample", "403", "1 of 2 integrations"} {
		if !strings.Contains(out, want) {
			t.Errorf("a sample to who does not take it: no %q in %s", want, out)
		}
	}
	if out := output(t, false, "alert", "test", "--config", config, "--data", s.data, "nobody"); !strings.Contains(out, "there are closed, noc") && !strings.Contains(out, "there are noc, closed") {
		t.Errorf("a sample to nobody: %s", out)
	}
}
