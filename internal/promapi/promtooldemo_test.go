//go:build peers

package promapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPromtoolOnDemo lets Debian's promtool ask a running monitor. It cannot send a token, so that something in between does.
func TestPromtoolOnDemo(t *testing.T) {
	base, err := url.Parse(os.Getenv("EARSHOT_URL"))
	if err != nil || base.Host == "" {
		t.Fatal("EARSHOT_URL and EARSHOT_API_TOKEN say where to ask; run scripts/grafanacheck.sh")
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(base) },
		Transport: bearer(os.Getenv("EARSHOT_API_TOKEN")),
	})
	defer proxy.Close()
	at := proxy.URL + "/prometheus"
	from, to := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"instant": {[]string{"query", "instant", at, `sum by (grade) (zoom_qos_participants)`}, `{grade="good"}`},
		"range":   {[]string{"query", "range", "--start", from, "--end", to, "--step", "1m", at, `sum by (site) (zoom_qos_participants{grade="bad"})`}, `{site="`},
		"series":  {[]string{"query", "series", "--start", from, "--end", to, "--match", `zoom_qos_participants{grade="bad"}`, at}, `network_type="`},
		"labels":  {[]string{"query", "labels", "--start", from, "--end", to, at, "network_type"}, "Wifi"},
		"metrics": {[]string{"query", "labels", at, "__name__"}, "zoom_qos_participants"},
	} {
		out, err := exec.Command("promtool", c.args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v, want %s in:\n%s", name, err, c.says, out)
		}
	}
	if out, err := exec.Command("promtool", "query", "instant", at, `sum by (`).CombinedOutput(); err == nil {
		t.Errorf("half an expression passes: %s", out)
	}
	checkRules(t, at)
}

// checkRules lets promtool read the rules that the API tells, as a file of rules.
func checkRules(t *testing.T, at string) {
	resp, err := http.Get(at + "/api/v1/rules?type=alert")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	type rule struct {
		Name   string            `json:"name,omitempty"`
		Alert  string            `json:"alert"`
		Query  string            `json:"query,omitempty"`
		Expr   string            `json:"expr"`
		Labels map[string]string `json:"labels"`
	}
	type group struct {
		Name  string `json:"name"`
		Rules []rule `json:"rules"`
	}
	var answer struct{ Data struct{ Groups []group } }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || len(answer.Data.Groups) != 1 || len(answer.Data.Groups[0].Rules) == 0 {
		t.Fatalf("rules: %v, %+v", err, answer)
	}
	rules := answer.Data.Groups[0].Rules
	for i := range rules {
		r := &rules[i]
		r.Alert, r.Expr, r.Name, r.Query = r.Name, r.Query, "", ""
	}
	raw, err := json.Marshal(map[string][]group{"groups": answer.Data.Groups})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("promtool", "check", "rules", file).CombinedOutput()
	if err != nil {
		t.Errorf("promtool does not take the rules: %v\n%s", err, out)
	}
	t.Logf("%d rules: %s", len(rules), strings.TrimSpace(string(out)))
}
