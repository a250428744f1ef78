package deliver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/earshot/earshot/internal/alert/deliver"
)

// request is what a receiver was sent.
type request struct {
	method, path string
	header       http.Header
	raw          string
	body         map[string]any
}

// listener is a real server that takes everything, and answers as answer says.
func listener(t *testing.T, answer func(request) (int, string)) (url string, got func() []request) {
	var mu sync.Mutex
	var all []request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		q := request{method: r.Method, path: r.URL.RequestURI(), header: r.Header, raw: string(raw)}
		_ = json.Unmarshal(raw, &q.body)
		mu.Lock()
		defer mu.Unlock()
		all = append(all, q)
		status, text := http.StatusOK, "ok"
		if answer != nil {
			status, text = answer(q)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []request { mu.Lock(); defer mu.Unlock(); return append([]request(nil), all...) }
}

// sample sends the sample, and that it is over, to receiver x of a setup.
func sample(t *testing.T, receivers string) []deliver.Answer {
	t.Helper()
	d, stop := run(t, deliver.Options{Setup: setup(t, "route: {receiver: x}\nreceivers:\n"+receivers), Memory: newMemory(), Guard: loopback})
	defer stop()
	all, err := d.Sample(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Err != nil {
			t.Errorf("%s: %v", a.Integration, a.Err)
		}
	}
	return all
}

func at(v any, keys ...any) any {
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

const verdict = "Lyon link, 41 people, since 09:41"

// Each receiver gets what its API documents, with the verdict, the evidence and a link.
func TestPayloadsAreAsDocumented(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		check  func(t *testing.T, all []request)
	}{
		"slack": {"slack_configs: [{api_url: 'URL/slack', channel: '#noc', send_resolved: true}]", func(t *testing.T, all []request) {
			a := at(all[0].body, "attachments", 0)
			if all[0].path != "/slack" || all[0].body["channel"] != "#noc" || !strings.Contains(fmt.Sprint(at(a, "title")), verdict) || !strings.Contains(fmt.Sprint(at(a, "text")), "17 of 19 people") ||
				at(a, "title_link") != "https://earshot.example.com/alerts" {
				t.Errorf("got %s %s", all[0].path, all[0].raw)
			}
			if !strings.Contains(fmt.Sprint(at(all[1].body, "attachments", 0, "title")), "Over: ") {
				t.Errorf("that it is over: %s", all[1].raw)
			}
		}},
		"pagerduty": {"pagerduty_configs: [{routing_key: 0123456789abcdef0123456789abcdef, url: 'URL/v2/enqueue', severity: '{{ .CommonLabels.severity }}'}]", func(t *testing.T, all []request) {
			b := all[0].body
			if b["event_action"] != "trigger" || b["routing_key"] != "0123456789abcdef0123456789abcdef" || b["dedup_key"] == "" || at(b, "payload", "severity") != "info" ||
				!strings.Contains(fmt.Sprint(at(b, "payload", "summary")), verdict) {
				t.Errorf("got %s", all[0].raw)
			}
			if all[1].body["event_action"] != "resolve" || all[1].body["dedup_key"] != b["dedup_key"] {
				t.Errorf("that it is over: %s", all[1].raw)
			}
		}},
		"teams": {"msteamsv2_configs: [{webhook_url: 'URL/teams'}]", func(t *testing.T, all []request) {
			card := at(all[0].body, "attachments", 0)
			if all[0].body["type"] != "message" || at(card, "contentType") != "application/vnd.microsoft.card.adaptive" || !strings.Contains(all[0].raw, verdict) || !strings.Contains(all[0].raw, "Open in Earshot") {
				t.Errorf("got %s", all[0].raw)
			}
		}},
		"opsgenie": {"opsgenie_configs: [{api_key: k, api_url: 'URL/'}]", func(t *testing.T, all []request) {
			if all[0].path != "/v2/alerts" || all[0].header.Get("Authorization") != "GenieKey k" || !strings.Contains(fmt.Sprint(all[0].body["message"]), verdict) || !strings.Contains(fmt.Sprint(all[0].body["description"]), "17 of 19") {
				t.Errorf("got %s %s", all[0].path, all[0].raw)
			}
			if want := fmt.Sprintf("/v2/alerts/%v/close?identifierType=alias", all[0].body["alias"]); all[1].path != want {
				t.Errorf("that it is over: %s, want %s", all[1].path, want)
			}
		}},
		"webhook": {"webhook_configs: [{url: 'URL/hook'}]", func(t *testing.T, all []request) {
			if all[0].body["version"] != "4" || all[0].body["status"] != "firing" || all[1].body["status"] != "resolved" || at(all[0].body, "alerts", 0, "annotations", "link") != "https://earshot.example.com/alerts" {
				t.Errorf("got %s", all[0].raw)
			}
		}},
		"signed webhook": {"signed_webhook_configs: [{url: 'URL/signed', secret_file: 'DIR/secret'}]", func(t *testing.T, all []request) {
			for _, r := range all {
				if want := deliver.Sign("s3cret", r.header.Get("X-Earshot-Timestamp"), []byte(r.raw)); r.header.Get("X-Earshot-Signature") != want || r.header.Get("X-Earshot-Delivery") == "" {
					t.Errorf("got the signature %s, want %s", r.header.Get("X-Earshot-Signature"), want)
				}
			}
			if !strings.Contains(fmt.Sprint(at(all[0].body, "alerts", 0, "title")), verdict) || at(all[1].body, "alerts", 0, "ends") == nil {
				t.Errorf("got %s, then %s", all[0].raw, all[1].raw)
			}
		}},
		"servicenow event": {"servicenow_configs: [{instance_url: 'URL', mode: event, username: u, password_file: 'DIR/secret'}]", func(t *testing.T, all []request) {
			user, password, _ := (&http.Request{Header: all[0].header}).BasicAuth()
			if all[0].path != "/api/now/table/em_event" || user != "u" || password != "s3cret" || all[0].body["severity"] != "5" || all[0].body["resolution_state"] != "New" || all[0].body["source"] != "earshot" {
				t.Errorf("got %s %s", all[0].path, all[0].raw)
			}
			if all[1].body["severity"] != "0" || all[1].body["message_key"] != all[0].body["message_key"] {
				t.Errorf("that it is over: %s", all[1].raw)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("s3cret\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			url, got := listener(t, func(r request) (int, string) {
				if r.path == "/slack" {
					return http.StatusOK, "ok"
				}
				return http.StatusAccepted, `{"result":{}}`
			})
			section, rest, _ := strings.Cut(strings.NewReplacer("URL", url, "DIR", dir).Replace(c.config), ": ")
			sample(t, "  - name: x\n    "+section+": "+rest+"\n")
			if len(got()) != 2 {
				t.Fatalf("got %d requests, want two: raised, and over", len(got()))
			}
			c.check(t, got())
		})
	}
}

// desk is as much of ServiceNow's Table API as an incident needs.
type desk struct {
	mu   sync.Mutex
	rows []map[string]any
}

func (d *desk) answer(r request) (int, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case r.method == http.MethodGet:
		out := []map[string]any{}
		for _, row := range d.rows {
			if strings.Contains(r.path, "correlation_id%3D"+fmt.Sprint(row["correlation_id"])+"%5Eactive%3Dtrue") && row["state"] != "6" {
				out = append(out, row)
			}
		}
		raw, _ := json.Marshal(map[string]any{"result": out})
		return http.StatusOK, string(raw)
	case r.method == http.MethodPost:
		r.body["sys_id"], r.body["state"] = fmt.Sprintf("sys%d", len(d.rows)), "1"
		d.rows = append(d.rows, r.body)
		return http.StatusCreated, `{"result":{}}`
	case r.method == http.MethodPatch:
		for _, row := range d.rows {
			if strings.HasSuffix(r.path, "/"+fmt.Sprint(row["sys_id"])) {
				for k, v := range r.body {
					row[k] = v
				}
				return http.StatusOK, `{"result":{}}`
			}
		}
	}
	return http.StatusNotFound, `{"error":{"message":"No Record found"}}`
}

// One incident for an alert, whatever happens to it: made, updated, resolved.
func TestServiceNowKeepsOneIncidentForAnAlert(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("tok"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &desk{}
	url, got := listener(t, d.answer)
	text := "  - name: x\n    servicenow_configs:\n      - instance_url: " + url + "\n        token_file: " + dir + "/token\n        fields: {assignment_group: Network}\n"
	sample(t, text)
	if len(d.rows) != 1 {
		t.Fatalf("got %d incidents, want one", len(d.rows))
	}
	row := d.rows[0]
	if row["state"] != "6" || row["assignment_group"] != "Network" || !strings.Contains(fmt.Sprint(row["short_description"]), verdict) || row["close_code"] == nil || !strings.Contains(fmt.Sprint(row["description"]), "https://earshot.example.com") {
		t.Errorf("got %v", row)
	}
	for _, r := range got() {
		if r.header.Get("Authorization") != "Bearer tok" {
			t.Errorf("%s %s without the token", r.method, r.path)
		}
	}
	// Raised while its incident is open: no second one.
	d.rows[0]["state"] = "2"
	sample(t, text)
	if len(d.rows) != 1 || d.rows[0]["state"] != "6" || d.rows[0]["work_notes"] == nil {
		t.Errorf("after another message: %d incidents, %v", len(d.rows), d.rows[0])
	}
}

// tracker is as much of Jira's REST API as an issue needs.
type tracker struct {
	mu     sync.Mutex
	issues []map[string]any // its fields; "done" when it is closed
}

func (j *tracker) answer(r request) (int, string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case r.path == "/rest/api/2/search":
		found := []string{}
		for i, f := range j.issues {
			labels, _ := f["labels"].([]any)
			if f["done"] == nil && len(labels) > 0 && strings.Contains(fmt.Sprint(r.body["jql"]), fmt.Sprintf("labels=%q", labels[len(labels)-1])) {
				found = append(found, fmt.Sprintf(`{"key":"NET-%d","fields":{"status":{"name":"Open","statusCategory":{"key":"new"}}}}`, i+1))
			}
		}
		return http.StatusOK, `{"issues":[` + strings.Join(found, ",") + `]}`
	case r.method == http.MethodPost && r.path == "/rest/api/2/issue":
		fields, _ := r.body["fields"].(map[string]any)
		j.issues = append(j.issues, fields)
		return http.StatusCreated, `{"key":"NET-1"}`
	case r.method == http.MethodPut && r.path == "/rest/api/2/issue/NET-1":
		return http.StatusNoContent, ""
	case r.method == http.MethodGet && r.path == "/rest/api/2/issue/NET-1/transitions":
		return http.StatusOK, `{"transitions":[{"id":"31","name":"Done"}]}`
	case r.path == "/rest/api/2/issue/NET-1/transitions" && at(r.body, "transition", "id") == "31":
		j.issues[0]["done"] = true
		return http.StatusNoContent, ""
	}
	return http.StatusNotFound, "no such address"
}

// One issue for an alert: made with the verdict and the evidence, and closed by the transition that the file names.
func TestJiraKeepsOneIssueForAnAlert(t *testing.T) {
	j := &tracker{}
	url, got := listener(t, j.answer)
	sample(t, "  - name: x\n    jira_configs: [{api_url: '"+url+"/rest/api/2/', project: NET, issue_type: Incident, resolve_transition: Done, http_config: {basic_auth: {username: u, password: p}}}]\n")
	if len(j.issues) != 1 {
		t.Fatalf("got %d issues of %v, want one", len(j.issues), got())
	}
	f := j.issues[0]
	if f["done"] == nil || at(f, "project", "key") != "NET" || at(f, "issuetype", "name") != "Incident" || !strings.Contains(fmt.Sprint(f["summary"]), verdict) ||
		!strings.Contains(fmt.Sprint(f["description"]), "17 of 19 people") || !strings.Contains(fmt.Sprint(f["description"]), "https://earshot.example.com/alerts") {
		t.Errorf("got %v", f)
	}
	for _, r := range got() {
		if user, password, _ := (&http.Request{Header: r.header}).BasicAuth(); user != "u" || password != "p" {
			t.Errorf("%s %s without the login", r.method, r.path)
		}
	}
}

// Whoever is told may answer with another address: an internal one, such as where clouds hand out a machine's secrets, is not
// gone to, either.
func TestARedirectDoesNotLeadInside(t *testing.T) {
	outside := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest/meta-data/", http.StatusTemporaryRedirect))
	defer outside.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, stop := run(t, deliver.Options{
		Setup:  setup(t, "route: {receiver: x}\nreceivers: [{name: x, webhook_configs: [{url: '"+outside.URL+"'}], signed_webhook_configs: [{url: '"+outside.URL+"', secret_file: "+secret+"}]}]"),
		Memory: newMemory(), Guard: loopback,
	})
	defer stop()
	all, err := d.Sample(t.Context(), "x")
	if err != nil || len(all) != 2 {
		t.Fatalf("got %+v, %v", all, err)
	}
	for _, a := range all {
		if a.Err == nil || !strings.Contains(a.Err.Error(), "169.254.169.254 is an internal address") && !strings.Contains(a.Err.Error(), "307") {
			t.Errorf("%s: got %v, want that it did not go there", a.Integration, a.Err)
		}
	}
}

// RFC 5424 over UDP and, with counted octets, over TCP.
func TestSyslog(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	stream := make(chan string, 4)
	go func() {
		for {
			c, err := tcp.Accept()
			if err != nil {
				return
			}
			raw, _ := io.ReadAll(c)
			stream <- string(raw)
		}
	}()
	sample(t, "  - name: x\n    syslog_configs:\n      - address: "+udp.LocalAddr().String()+"\n      - address: "+tcp.Addr().String()+"\n        network: tcp\n        facility: 3\n")
	buf := make([]byte, 4096)
	n, _, err := udp.ReadFrom(buf)
	if err != nil {
		t.Fatal(err)
	}
	m := string(buf[:n])
	if !strings.HasPrefix(m, "<134>1 20") || !strings.Contains(m, ` alert [earshot@32473 status="firing" alertname="Sample" severity="info" site="Lyon"] `+"\xef\xbb\xbf") || !strings.Contains(m, verdict) {
		t.Errorf("got %q", m)
	}
	counted := <-stream
	length, rest, _ := strings.Cut(counted, " ")
	if length != fmt.Sprint(len(rest)) || !strings.HasPrefix(rest, "<30>1 ") {
		t.Errorf("got %q over TCP, want its length in front", counted)
	}
}

// What a receiver answers is told, and none of its secrets.
func TestSaysWhatWasAnswered(t *testing.T) {
	url, _ := listener(t, func(request) (int, string) { return http.StatusForbidden, "invalid_token" })
	d, stop := run(t, deliver.Options{Setup: setup(t, "route: {receiver: x}\nreceivers: [{name: x, slack_configs: [{api_url: '"+url+"/T0/hunter2', channel: c}]}]"), Memory: newMemory(), Guard: loopback})
	defer stop()
	all, err := d.Sample(t.Context(), "x")
	if err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), "403") || strings.Contains(all[0].Err.Error(), "hunter2") {
		t.Errorf("got %+v, %v, want the answer without the address", all, err)
	}
	inside, stop := run(t, deliver.Options{Setup: setup(t, "route: {receiver: x}\nreceivers: [{name: x, webhook_configs: [{url: '"+url+"/hunter2'}]}]"), Memory: newMemory()})
	defer stop()
	all, err = inside.Sample(t.Context(), "x")
	if err != nil || len(all) != 1 || all[0].Err == nil || !strings.Contains(all[0].Err.Error(), "alerts.allow_networks") {
		t.Errorf("an internal address: got %+v, %v, want what allows it", all, err)
	}
}
