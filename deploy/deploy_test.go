// Package deploy_test holds what is handed out for other tools to what Earshot sends them.
package deploy_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sent are the names of metrics and attributes that docs/export.md lists, which its own test holds to what leaves.
func sent(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(string(raw), -1) {
		out[m[1]] = true
	}
	if !out["zoom.qos.jitter"] || !out["earshot.grade"] {
		t.Fatalf("docs/export.md lists %d names, and neither zoom.qos.jitter nor earshot.grade", len(out))
	}
	return out
}

// asked matches names of ours in the queries of others.
var asked = regexp.MustCompile(`\b(?:zoom\.qos|zoom|earshot|network|device|enduser)\.[a-z_]+(?:\.[a-z_]+)*\b`)

// checkNames wants every name of a query to be one that is sent; Datadog's {{tag.name}} is the tag's value.
func checkNames(t *testing.T, where, query string, names map[string]bool) (found int) {
	t.Helper()
	for _, name := range asked.FindAllString(query, -1) {
		found++
		if !names[name] && !names[strings.TrimSuffix(name, ".name")] {
			t.Errorf("%s asks for %s, which is not sent", where, name)
		}
	}
	return found
}

func TestDatadogAsksWhatIsSent(t *testing.T) {
	names := sent(t)
	for file, least := range map[string]int{"datadog/dashboard.json": 30, "datadog/monitors.json": 3} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all any
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		found := 0
		walk(all, func(text string) { found += checkNames(t, file, text, names) })
		if found < least {
			t.Errorf("%s asks for %d names, want at least %d", file, found, least)
		}
	}
}

// walk visits every text of a JSON document.
func walk(x any, visit func(string)) {
	switch v := x.(type) {
	case string:
		visit(v)
	case []any:
		for _, e := range v {
			walk(e, visit)
		}
	case map[string]any:
		for _, e := range v {
			walk(e, visit)
		}
	}
}

func TestSplunkAsksWhatIsSent(t *testing.T) {
	names := sent(t)
	f, err := os.Open("splunk/earshot/default/data/ui/views/earshot.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, macros, queries := xml.NewDecoder(f), settings(t, "macros.conf"), 0
	for in := ""; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			in = x.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in != "query" {
				continue
			}
			queries++
			if checkNames(t, "the dashboard", string(x), names) == 0 {
				t.Errorf("a query asks for nothing of ours: %s", x)
			}
			for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(string(x), -1) {
				if macros[m[1]] == nil {
					t.Errorf("there is no macro %s", m[1])
				}
			}
		}
	}
	if queries < 10 {
		t.Errorf("%d queries", queries)
	}
}

// settings reads a .conf: sections of key = value.
func settings(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("splunk/earshot/default", name))
	if err != nil {
		t.Fatal(err)
	}
	out, section := map[string]map[string]string{}, ""
	for n, line := range strings.Split(string(raw), "\n") {
		switch key, value, ok := strings.Cut(line, " = "); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = strings.Trim(line, "[]")
			out[section] = map[string]string{}
		case ok && section != "":
			out[section][key] = value
		default:
			t.Errorf("%s:%d: %q is neither a section nor a setting", name, n+1, line)
		}
	}
	return out
}

func TestSplunkSettings(t *testing.T) {
	names, props, transforms := sent(t), settings(t, "props.conf"), settings(t, "transforms.conf")
	docs, err := os.ReadFile("../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"zoom:qss", "zoom:earshot"} {
		if props[source]["KV_MODE"] != "json" || !strings.Contains(string(docs), "`"+source+"`") {
			t.Errorf("%s: %v, want one that is sent, as JSON", source, props[source])
		}
	}
	lookup := strings.Fields(props["zoom:earshot"]["LOOKUP-earshot_grade"])
	if len(lookup) < 4 || transforms[lookup[0]] == nil || !names[lookup[3]] {
		t.Fatalf("the lookup %v is of a table that there is not, or by a field that is not sent", lookup)
	}
	f, err := os.Open(filepath.Join("splunk/earshot/lookups", transforms[lookup[0]]["filename"]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 6 || rows[0][0] != lookup[1] {
		t.Errorf("%v, %v: want the five grades", rows, err)
	}
	if app := settings(t, "app.conf"); app["package"]["id"] != "earshot" || app["launcher"]["version"] == "" {
		t.Errorf("app.conf: %v", app)
	}
}

// What rules about Earshot itself ask for is what docs/promql.md lists, which a test of internal/daemon holds to /metrics. Whether they fire
// is tested by promtool: see earshot.rules.test.yml.
func TestPrometheusRulesAskWhatIsThere(t *testing.T) {
	rules, err := os.ReadFile("prometheus/earshot.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../docs/promql.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range regexp.MustCompile(`\bearshot_[a-z0-9_]+`).FindAllString(string(rules), -1) {
		found++
		if !strings.Contains(string(docs), "`"+name+"`") {
			t.Errorf("a rule asks for %s, which /metrics does not have", name)
		}
	}
	if found < 10 {
		t.Errorf("%d names found in the rules", found)
	}
}
