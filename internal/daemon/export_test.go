package daemon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon"
)

// sameRows downloads the minutes over the socket and over the web, counts them in SQL, and wants the same number.
func (p *processes) sameRows(from time.Time) {
	p.t.Helper()
	quiet, err := os.Create(filepath.Join(p.t.TempDir(), "said"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer quiet.Close()
	got := map[string]int64{}
	for name, r := range map[string]daemon.ExportRequest{
		"over the socket": {Data: p.cfg.DataDir, Format: "jsonl"},
		"over the web":    {URL: "http://" + p.cfg.Web.Listen, Token: apiToken, Format: "parquet"},
	} {
		r.What, r.From, r.Now, r.Out = "minutes", from.Add(-time.Hour).Format(time.RFC3339), time.Now(), filepath.Join(p.t.TempDir(), "minutes")
		done, err := daemon.Export(p.t.Context(), r, nil, quiet)
		if err != nil {
			p.t.Fatalf("download %s: %v", name, err)
		}
		got[name] = done.Rows
	}
	var answer bytes.Buffer
	q := daemon.SQLRequest{Question: "SELECT count(*) AS n FROM minutes", Format: "csv", Data: p.cfg.DataDir, Timeout: time.Minute}
	if err := daemon.SQL(p.t.Context(), q, &answer, io.Discard); err != nil {
		p.t.Fatal(err)
	}
	rows := strings.TrimSpace(strings.TrimPrefix(answer.String(), "n\n"))
	if rows == "0" || rows != fmt.Sprint(got["over the socket"]) || rows != fmt.Sprint(got["over the web"]) {
		p.t.Errorf("SQL counts %s minutes, downloads have %v", rows, got)
	}
}

func TestExportSaysWhatItNeeds(t *testing.T) {
	for want, r := range map[string]daemon.ExportRequest{
		"no monitor runs":    {From: "1h", Data: t.TempDir()},
		"EARSHOT_API_TOKEN":  {From: "1h", URL: "http://127.0.0.1:1"},
		"an age such as 24h": {From: "yesterday", Data: t.TempDir()},
	} {
		r.What, r.Format, r.Out, r.Now = "minutes", "csv", filepath.Join(t.TempDir(), "x"), time.Now()
		if _, err := daemon.Export(t.Context(), r, nil, os.Stderr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}

// Destinations' figures are in /metrics, which is what Prometheus and the monitor's own PromQL know of them.
func TestMetricsAndAPITellOfDestinations(t *testing.T) {
	p := newProcesses(t, t.TempDir())
	p.cfg.Exports = []config.Export{{
		Name: "there", Type: "file", Logs: []string{"events"}, Names: "hash", Emails: "hash", Addresses: "hash", Begin: "now",
		Config: map[string]any{"path": filepath.Join(t.TempDir(), "out.jsonl")},
	}}
	p.startReceiver()
	p.startMonitor()
	defer p.stopAll()
	text := ""
	p.await("the figures are there", func() bool {
		text = p.metrics("/metrics")
		return strings.Contains(text, `earshot_export_ok{destination="there"} 1`)
	})
	for _, name := range []string{"lag_seconds", "backlog", "sent_total", "failed_total", "too_old_total", "gap_total", "aside_total"} {
		if !strings.Contains(text, "earshot_export_"+name+`{destination="there"} 0`) {
			t.Errorf("no %s", name)
		}
	}
	figuresAreDocumented(t, text, p.metrics("/metrics/receiver"))
	var raw json.RawMessage
	p.get("/api/v1/exports", &raw)
	told := string(raw)
	for _, want := range []string{`"name":"there"`, `"type":"file"`, `"lag_seconds":`, `"backlog":0`, `"sent":0`, `"failed":0`, `"too_old":0`, `"gap":0`, `"aside":0`} {
		if !strings.Contains(told, want) {
			t.Errorf("GET /api/v1/exports: no %s in %s", want, told)
		}
	}
}

// metrics reads figures of one of the processes, by way of the monitor.
func (p *processes) metrics(path string) string {
	p.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+p.cfg.Web.Listen+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %d, %v: %s", path, resp.StatusCode, err, raw)
	}
	return string(raw)
}

// figuresAreDocumented holds docs/promql.md and both processes' own figures together: each is told of with HELP and a fitting TYPE, is in the
// documentation, and what that names is there.
func figuresAreDocumented(t *testing.T, monitor, receiver string) {
	t.Helper()
	docs, err := os.ReadFile("../../docs/promql.md")
	if err != nil {
		t.Fatal(err)
	}
	for process, text := range map[string]string{"monitor": monitor, "receiver": receiver} {
		wrong, err := promlint.New(strings.NewReader(text)).Lint() // what "promtool check metrics" says
		if err != nil || len(wrong) > 0 {
			t.Errorf("%s: %v, %v", process, wrong, err)
		}
		if !strings.Contains(text, `process="`+process+`"`) || !strings.Contains(text, "process_resident_memory_bytes ") {
			t.Errorf("the figures of the %s are not its own", process)
		}
	}
	help, names := regexp.MustCompile(`(?m)^# HELP (earshot_\w+) \S`), map[string]bool{}
	for _, m := range help.FindAllStringSubmatch(monitor+receiver, -1) {
		names[m[1]] = true
		if !strings.Contains(string(docs), "`"+m[1]+"`") {
			t.Errorf("docs/promql.md does not tell of %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (earshot_\w+) (\w+)`).FindAllStringSubmatch(monitor+receiver, -1) {
		if !names[m[1]] || strings.HasSuffix(m[1], "_total") != (m[2] == "counter") {
			t.Errorf("%s is a %s, with a text: %v", m[1], m[2], names[m[1]])
		}
	}
	for _, m := range regexp.MustCompile("`(earshot_\\w+)`").FindAllStringSubmatch(string(docs), -1) {
		if !names[m[1]] && m[1] != "earshot_ingest_events_total" { // which is there once there was an event
			t.Errorf("docs/promql.md tells of %s, which there is not", m[1])
		}
	}
}
