package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/zoom"
)

// env is an environment of exactly these variables.
func env(vars map[string]string) config.Environment {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

// write writes a file into a new directory.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, yaml string, vars, flags map[string]string) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Sources{File: write(t, "earshot.yaml", yaml), Environment: env(vars), Flags: flags})
}

var ignoreOrigin = cmpopts.IgnoreUnexported(config.Config{})

func TestNothingSet(t *testing.T) {
	c, err := config.Load(config.Sources{Environment: env(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), c, ignoreOrigin); diff != "" {
		t.Errorf("not the defaults (-want +got):\n%s", diff)
	}
	if c.Webhook.Listen != ":3000" || c.Web.Listen != ":8080" || c.DataDir != "earshot-data" {
		t.Errorf("defaults: %q, %q, %q", c.Webhook.Listen, c.Web.Listen, c.DataDir)
	}
	for _, empty := range []string{"", "# nothing\n", "webhook:\n  # all of it\nweb:\n", "---\n", "data:\n"} {
		c, err := load(t, empty, nil, nil)
		if err != nil {
			t.Fatalf("%q: %v", empty, err)
		}
		if diff := cmp.Diff(config.Default(), c, ignoreOrigin); diff != "" {
			t.Errorf("%q is not the defaults (-want +got):\n%s", empty, diff)
		}
	}
}

func TestEverythingSet(t *testing.T) {
	const yaml = `
data: /var/lib/earshot
webhook:
  listen: "127.0.0.1:3001"
  tls: {cert_file: tls/a.crt, key_file: /etc/a.key}
  max_body: 2 MiB
  window: 36h
  subscriptions:
    emea:
      secrets: [{env: EMEA}, {file: secrets/emea}]
      header: {name: X-Gate, value: {env: GATE}}
    default:
      basic: {user: zoom, password: {env: PASSWORD}}
web:
  listen: "[::1]:8081"
  public_url: https://earshot.example.com/
  tls: {cert_file: b.crt, key_file: b.key}
  trusted_proxies: [10.0.0.1, 10.1.2.3/16, "2001:db8::/32"]
journal: {retention: 4d, archive_retention: 10d12h, max_bytes: 20 GB}
facts:
  memory_limit: 1GiB
  retention: {samples: 5d, minutes: 6d, summaries: 7d, call_samples: 8d, notifications: 9d, outbox: 1h30m}
sites: {file: sites.csv, asn: /usr/share/asn.mmdb}
input:
  audio: sent
  accounts:
    abcDEF_-123: {video: received}
grades:
  profile: office
  target_pct: 97.5
  profiles:
    office:
      extends: earshot
      about: ours
      idle_kbps: 2
      min_reports: 3
      min_session: 90s
      window: 2m
      clear_after: 5m
      rules:
        - {metric: loss_avg_pct, media: [audio, share], direction: receive, fair: 1, poor: 2.5, bad: 6, bounds: strict, window: 2m, above_kbps: 20, source: our SLA}
        - metric: rssi_avg_dbm
          fair: -65
          bad: -75
        - {metric: frame_rate_fps, poor: 5, min_height_px: 180, bounds: inclusive}
log: {level: debug, format: json}
`
	path := write(t, "earshot.yaml", yaml)
	dir := filepath.Dir(path)
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secrets", "emea"), []byte("old-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{File: path, Environment: env(map[string]string{
		"EMEA": "new-secret", "GATE": "open", "PASSWORD": "pw", config.EnvSecret: "one, two", config.EnvPreviousSecret: "two,three",
		config.EnvAPIToken: "token-for-scripts",
	})})
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	prefix := netip.MustParsePrefix
	want := &config.Config{
		DataDir: "/var/lib/earshot",
		Webhook: config.Webhook{
			Listen: "127.0.0.1:3001", TLS: config.TLS{CertFile: filepath.Join(dir, "tls/a.crt"), KeyFile: "/etc/a.key"},
			MaxBodyBytes: 2 << 20, Window: 36 * time.Hour,
			Subscriptions: []config.Subscription{
				{Name: "", Secrets: []zoom.Secret{"one", "two", "three"}, Proofs: []string{"basic"}},
				{Name: "emea", Secrets: []zoom.Secret{"new-secret", "old-secret"}, Proofs: []string{"header X-Gate"}},
			},
		},
		Web: config.Web{Listen: "[::1]:8081", PublicURL: "https://earshot.example.com", TLS: config.TLS{CertFile: filepath.Join(dir, "b.crt"), KeyFile: filepath.Join(dir, "b.key")},
			TrustedProxies: []netip.Prefix{prefix("10.0.0.1/32"), prefix("10.1.0.0/16"), prefix("2001:db8::/32")}},
		Journal: config.Journal{Retention: 4 * day, ArchiveRetention: 10*day + 12*time.Hour, MaxBytes: 20e9},
		Facts: config.Facts{MemoryLimitBytes: 1 << 30, Retention: config.Retention{
			Samples: 5 * day, Minutes: 6 * day, Summaries: 7 * day, CallSamples: 8 * day, Notifications: 9 * day, Outbox: 90 * time.Minute}},
		Sites: config.Sites{File: filepath.Join(dir, "sites.csv"), ASN: "/usr/share/asn.mmdb"},
		Input: config.Input{InputMeanings: config.InputMeanings{Audio: config.MeaningSent, Video: config.MeaningAuto},
			Accounts: map[string]config.InputMeanings{"abcDEF_-123": {Audio: config.MeaningSent, Video: config.MeaningReceived}}},
		Grades: config.Grades{Profile: "office", TargetPct: earshot.Some(97.5), Profiles: map[string]config.Profile{"office": {
			Extends: "earshot", About: "ours", IdleKbps: earshot.Some(2), MinReports: earshot.Some(3),
			MinSession: 90 * time.Second, Window: 2 * time.Minute, ClearAfter: 5 * time.Minute,
			Rules: []config.Rule{
				{Metric: earshot.LossAvgPct, Media: []earshot.Media{earshot.MediaAudio, earshot.MediaShare}, Direction: earshot.DirectionReceive,
					Fair: earshot.Some(1), Poor: earshot.Some(2.5), Bad: earshot.Some(6), Strict: true, Window: 2 * time.Minute, AboveKbps: 20, Source: "our SLA"},
				{Metric: earshot.RSSIAvgDBm, Fair: earshot.Some(-65), Bad: earshot.Some(-75)},
				{Metric: earshot.FrameRateFPS, Media: []earshot.Media{earshot.MediaVideo, earshot.MediaShare}, Poor: earshot.Some(5), MinHeightPx: 180},
			},
		}}},
		Log:      config.Log{Level: "debug", Format: "json"},
		APIToken: "token-for-scripts",
	}
	if diff := cmp.Diff(want, c, ignoreOrigin, cmpopts.IgnoreFields(config.Subscription{}, "Credentials"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Transformer("text", func(s zoom.Secret) string { return string(s) })); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	header := http.Header{"X-Gate": {"open"}}
	if err := c.Webhook.Subscriptions[1].Credentials[0].Check(header); err != nil {
		t.Errorf("the right header: %v", err)
	}
	if err := c.Webhook.Subscriptions[1].Credentials[0].Check(http.Header{"X-Gate": {"shut"}}); err == nil {
		t.Error("a wrong header: want an error")
	}
	if m, ok := c.Input.For("abcDEF_-123").Video.Fixed(); !ok || m != earshot.InputReceived {
		t.Errorf("video of the account: %v, %v", m, ok)
	}
	if _, ok := c.Input.For("another").Video.Fixed(); ok {
		t.Error("video of another account: want auto")
	}
}

func TestOrder(t *testing.T) {
	file := "web: {listen: ':1'}\nwebhook: {listen: '127.0.0.1:2'}\ndata: d\n"
	tests := []struct {
		name             string
		env, flags       map[string]string
		web, hook, level string
	}{
		{"file over default", nil, nil, ":1", "127.0.0.1:2", "info"},
		{"environment over file", map[string]string{"EARSHOT_WEB_LISTEN": ":3", "EARSHOT_LOG_LEVEL": "warn"}, nil, ":3", "127.0.0.1:2", "warn"},
		{"flag over environment", map[string]string{"EARSHOT_WEB_LISTEN": ":3", "PORT": "4"}, map[string]string{"--web-listen": ":5", "--webhook-listen": ":6"}, ":5", ":6", "info"},
		{"PORT keeps the address", map[string]string{"PORT": "4"}, nil, ":1", "127.0.0.1:4", "info"},
		{"the exact variable over PORT", map[string]string{"PORT": "4", "EARSHOT_WEBHOOK_LISTEN": ":7"}, nil, ":1", ":7", "info"},
		{"empty is not set", map[string]string{"PORT": "", "EARSHOT_WEB_LISTEN": " "}, nil, ":1", "127.0.0.1:2", "info"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, file, tt.env, tt.flags)
			if err != nil {
				t.Fatal(err)
			}
			if c.Web.Listen != tt.web || c.Webhook.Listen != tt.hook || c.Log.Level != tt.level {
				t.Errorf("got %s, %s, %s; want %s, %s, %s", c.Web.Listen, c.Webhook.Listen, c.Log.Level, tt.web, tt.hook, tt.level)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, yaml string
		env, flags map[string]string
		want       []string
	}{
		{"several at once", "webhok: {}\nweb:\n  listen: 8080\n  lisen: x\njournal:\n  retention: 3 days\nlog: loud\n",
			map[string]string{"PORT": "many", "EARSHOT_LOG_LEVEL": "loud", config.EnvAPIToken: "two words"}, map[string]string{"--web-listen": "nowhere"}, []string{
				`earshot.yaml:1: unknown key "webhok"; known here are data, webhook, web`,
				`earshot.yaml:3: web.listen is "8080"; want an address and port such as 127.0.0.1:3000`,
				`earshot.yaml:4: unknown key "web.lisen"; known here are listen, public_url, tls, trusted_proxies`,
				`earshot.yaml:6: journal.retention is "3 days"; want a time such as 90m, 72h or 30d, at least 1h`,
				`earshot.yaml:7: log is a single value; want keys and values`,
				`environment variable EARSHOT_LOG_LEVEL: log.level is "loud"; want debug, info, warn or error`,
				`environment variable PORT: is "many"; want the port`,
				`environment variable EARSHOT_API_TOKEN: want one word without spaces`,
				`flag --web-listen: web.listen is "nowhere"`,
			}},
		{"syntax", "web:\n  listen: [\n", nil, nil, []string{`earshot.yaml:2: no valid YAML: `}},
		{"tab", "web:\n\tlisten: x\n", nil, nil, []string{`earshot.yaml:2: no valid YAML: `}},
		{"twice", "data: a\ndata: b\n", nil, nil, []string{`earshot.yaml:2: `}},
		{"a list", "- a\n- b\n", nil, nil, []string{`earshot.yaml:1: the file is a list; want keys and values`}},
		{"two documents", "data: a\n---\ndata: b\n", nil, nil, []string{`earshot.yaml:3: a second document`}},
		{"anchor", "web: &a {listen: ':1'}\nwebhook: *a\n", nil, nil, []string{`earshot.yaml:1: web is a YAML anchor or alias`, `earshot.yaml:2: webhook is a YAML anchor or alias`}},
		{"kinds", "data: [a]\nweb: {listen: {a: b}, trusted_proxies: [[a]]}\ngrades: {profile: strict}\n", nil, nil, []string{
			`earshot.yaml:1: data is a list; want a directory`, `earshot.yaml:2: web.listen is a group of keys`, `earshot.yaml:2: web.trusted_proxies is a list; want addresses`,
			`earshot.yaml:3: grades.profile is "strict"; want earshot`}},
		{"a target that nobody misses", "grades: {target_pct: 0}\n", nil, nil, []string{`earshot.yaml:1: grades.target_pct is "0"; want a number from 50 to 100`}},
		{"proxies", "web: {trusted_proxies: [10.0.0.0/8, x]}\n", nil, nil, []string{`earshot.yaml:1: web.trusted_proxies is "10.0.0.0/8,x"; want addresses such as`}},
		{"numbers", "webhook: {max_body: -1, window: 1m}\nfacts: {memory_limit: lots, retention: {samples: 0, minutes: 99999999d}}\njournal: {max_bytes: 20 ZB}\n", nil, nil, []string{
			`earshot.yaml:1: webhook.max_body is "-1"`, `earshot.yaml:1: webhook.window is "1m"; want a time such as 90m, 72h or 30d, at least 5m`, `earshot.yaml:2: facts.memory_limit is "lots"; want a size such as 512 MiB`,
			`earshot.yaml:2: facts.retention.samples is "0"`, `earshot.yaml:2: facts.retention.minutes`, `earshot.yaml:3: journal.max_bytes is "20 ZB"`}},
		{"addresses", "web: {public_url: 'https://user:pw@x/'}\n", nil, nil, []string{`earshot.yaml:1: web.public_url`}},
		{"half a certificate", "web: {tls: {cert_file: a}}\nwebhook:\n  tls: {key_file: a}\n", nil, nil, []string{
			`earshot.yaml:3: webhook.tls.key_file is set without webhook.tls.cert_file`, `earshot.yaml:1: web.tls.cert_file is set without web.tls.key_file`}},
		{"same port", "web: {listen: '127.0.0.1:3000'}\n", nil, nil, []string{`earshot.yaml:1: web.listen and webhook.listen are both 127.0.0.1:3000`}},
		{"same port by PORT", "", map[string]string{"PORT": "8080"}, nil, []string{`environment variable PORT: web.listen and webhook.listen are both :8080`}},
		{"a short memory", "journal: {retention: 2h, archive_retention: 1h}\n", nil, nil, []string{
			`earshot.yaml:1: journal.retention is 2h and webhook.window 1d`, `earshot.yaml:1: journal.archive_retention is 1h and journal.retention 2h`}},
		{"subscriptions", "webhook:\n  subscriptions:\n    'a b': {}\n    emea: {}\n    apac: {secrets: [{env: APAC}, {file: /nonexistent/secret}, {env: A, file: B}, {}]}\n    default: {basic: {user: zoom}, header: {name: X}, bearer: {environment: X}}\n", nil, nil, []string{
			`earshot.yaml:3: subscription "a b": want a name`, `earshot.yaml:4: webhook.subscriptions.emea has no secrets; want a list of the app's secret token, such as: secrets: [{env: ZOOM_SECRET_EMEA}]`,
			`earshot.yaml:5: webhook.subscriptions.apac.secrets: want {env: NAME_OF_A_VARIABLE} or {file: PATH_OF_A_FILE}`, `earshot.yaml:5: webhook.subscriptions.apac.secrets: want {env`,
			`earshot.yaml:6: unknown key "webhook.subscriptions.default.bearer.environment"; known here are env, file`,
			`earshot.yaml:5: webhook.subscriptions.apac.secrets: environment variable APAC is not set`, `earshot.yaml:5: webhook.subscriptions.apac.secrets: open /nonexistent/secret`,
			`earshot.yaml:6: basic of subscription "": want user and password`, `earshot.yaml:6: header of subscription "": want name and value`}},
		{"accounts", "input: {accounts: {abc: {audio: maybe, sound: x}}}\n", nil, nil, []string{
			`earshot.yaml:1: input.accounts.abc.audio is "maybe"; want auto, sent or received`, `earshot.yaml:1: unknown key "input.accounts.abc.sound"`}},
		{"profiles", `grades:
  profile: offce
  profiles:
    earshot: {}
    Big: {}
    none: {about: x}
    office:
      extends: ours
      clear_after: 3
      rules:
        - {metric: los, poor: 5}
        - {poor: 5}
        - {metric: jitter_ms}
        - {metric: jitter_ms, fair: 30, poor: 20}
        - {metric: rssi_avg_dbm, fair: -70, poor: -60}
        - {metric: rssi_avg_dbm, media: audio, fair: -70}
        - {metric: frame_rate_fps, media: [video, audio], poor: 7}
        - {metric: loss_avg_pct, poor: 130}
        - {metric: cpu_system_max_pct, direction: send, poor: 80}
        - {metric: loss_avg_pct, poor: many, window: 5m, bounds: open, colour: red}
        - just text
    list: {rules: {metric: x}}
`, nil, nil, []string{
			`earshot.yaml:4: profile "earshot" is shipped and cannot be changed; want another name, with "extends: earshot"`,
			`earshot.yaml:5: profile "Big": want a name of at most 40 small letters`,
			`earshot.yaml:6: grades.profiles.none has no rules; want rules, or the name of a shipped profile after "extends"`,
			`earshot.yaml:8: grades.profiles.office.extends is "ours"; want earshot, teams-cqd, zoom-recommended, twilio or google-meet`,
			`earshot.yaml:9: grades.profiles.office.clear_after is "3"; want a time from 10s to 1h, such as 90s`,
			`earshot.yaml:11: grades.profiles.office.rules[0].metric is "los"; want bitrate_kbps, latency_ms,`,
			`earshot.yaml:12: grades.profiles.office.rules[1] has no metric; want one of bitrate_kbps,`,
			`earshot.yaml:13: grades.profiles.office.rules[2] has no bound; want fair, poor or bad`,
			`earshot.yaml:14: grades.profiles.office.rules[3].poor is 20 and fair 30; want more, since jitter_ms is worse the more it is`,
			`earshot.yaml:15: grades.profiles.office.rules[4].poor is -60 and fair -70; want less, since rssi_avg_dbm is worse the less it is`,
			`earshot.yaml:16: grades.profiles.office.rules[5]: rssi_avg_dbm is about the computer or the radio; want no media`,
			`earshot.yaml:17: grades.profiles.office.rules[6]: audio does not say frame_rate_fps; want media of video, share`,
			`earshot.yaml:18: grades.profiles.office.rules[7].poor is 130; want loss_avg_pct from 0 to 100`,
			`earshot.yaml:19: grades.profiles.office.rules[8]: cpu_system_max_pct is about the computer or the radio; want no direction`,
			`earshot.yaml:20: grades.profiles.office.rules[9].poor is "many"; want a number from -200 to 1e+06`,
			`earshot.yaml:20: grades.profiles.office.rules[9].window is "5m"; want a time from 1s to 2m`,
			`earshot.yaml:20: grades.profiles.office.rules[9].bounds is "open"; want inclusive or strict`,
			`earshot.yaml:20: unknown key "grades.profiles.office.rules[9].colour"; known here are metric, media,`,
			`earshot.yaml:21: grades.profiles.office.rules[10] is a single value; want keys and values`,
			`earshot.yaml:22: grades.profiles.list.rules is a group of keys; want a list of rules`,
			`earshot.yaml:2: grades.profile is "offce"; want earshot, teams-cqd, zoom-recommended, twilio, google-meet, list, none, office`,
		}},
		{"a flag that is none", "", nil, map[string]string{"--colour": "blue"}, []string{`flag --colour: BUG`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, tt.yaml, tt.env, tt.flags)
			var bad *config.Error
			if !errors.As(err, &bad) || c != nil {
				t.Fatalf("Load = %v, %v; want an Error", c, err)
			}
			if len(bad.Problems) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n%v", len(bad.Problems), len(tt.want), err)
			}
			for i, p := range bad.Problems {
				if got := p.Where + ": " + p.Text; !strings.HasPrefix(got, tt.want[i]) {
					t.Errorf("problem %d:\n got %s\nwant %s", i, got, tt.want[i])
				}
			}
			if !strings.Contains(err.Error(), fmt.Sprintf("%d problem", len(tt.want))) {
				t.Errorf("want the number of problems in: %v", err)
			}
		})
	}
}

// No message and no summary repeats a secret, also where it stands in the wrong place.
func TestSecretsStaySecret(t *testing.T) {
	const secret = "s3cr3t-value-0123456789"
	texts := map[string]string{
		"in the file":       "webhook: {subscriptions: {emea: {secrets: [" + secret + "]}}}\n",
		"as one":            "webhook: {subscriptions: {emea: {secrets: " + secret + ", bearer: " + secret + "}}}\n",
		"as a list":         "webhook: {subscriptions: {emea: {bearer: [" + secret + "]}}}\n",
		"beside bad syntax": "webhook: {subscriptions: {emea: {bearer: " + secret + "}\n  x: [\n",
	}
	for name, yaml := range texts {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, yaml, nil, nil)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("want an error without the secret: %v", err)
			}
		})
	}
	_, err := load(t, "", map[string]string{config.EnvAPIToken: secret + " " + secret}, nil)
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a bad API token: want an error without it: %v", err)
	}
	c, err := load(t, "webhook: {subscriptions: {emea: {secrets: {env: E}, basic: {user: u, password: {env: E}}, verification_token: {env: E}, bearer: {env: E}, header: {name: X, value: {env: E}}}}}\n",
		map[string]string{"E": secret, config.EnvSecret: secret, config.EnvAPIToken: secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	for how, text := range map[string]string{"summary": b.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", *c), "%#v": fmt.Sprintf("%#v", *c)} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows a secret:\n%s", how, text)
		}
	}
}

func TestAShortTokenIsAllowedWithAWarning(t *testing.T) {
	c, err := load(t, "", map[string]string{config.EnvSecret: "s", config.EnvAPIToken: "short"}, nil)
	if err != nil || c.APIToken != "short" {
		t.Fatalf("%v, %v", c, err)
	}
	if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], "fewer than 16") || strings.Contains(w[0], "short") {
		t.Errorf("warnings %q", w)
	}
}

func TestSummary(t *testing.T) {
	c, err := load(t, "web:\n  listen: ':8443'\nwebhook: {subscriptions: {emea: {secrets: {env: E}, bearer: {env: E}}}}\njournal: {archive_retention: 10d}\ninput: {accounts: {abc: {audio: sent}}}\n",
		map[string]string{"E": "x", "PORT": "4000"}, map[string]string{"--data": "/tmp/d"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"earshot.yaml", "data /tmp/d (flag --data)", "webhook.listen :4000 (environment variable PORT)", "web.listen :8443 (earshot.yaml:2)",
		"journal.retention 3d journal.archive_retention 10d (earshot.yaml:4)", "facts.memory_limit 128 MiB", "journal.max_bytes 0", "input.accounts.abc audio sent, video auto",
		"API token -", "/webhook/emea 1 secret, also wants bearer",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in:\n%s", want, b.String())
		}
	}
	if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], "journal.archive_retention (10d) is shorter than facts.retention.samples (30d)") {
		t.Errorf("warnings with a short archive: %q", w)
	}
	c, err = config.Load(config.Sources{Environment: env(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Warnings(); len(w) != 1 || !strings.Contains(w[0], config.EnvSecret) {
		t.Errorf("warnings without any secret: %q", w)
	}
}

// A process that receives nothing does not need the secrets, but reads the same file.
func TestWithoutWebhook(t *testing.T) {
	yaml := "webhook: {subscriptions: {emea: {secrets: {env: NOT_HERE}, bearer: {file: /nonexistent}}}}\n"
	path := write(t, "earshot.yaml", yaml)
	c, err := config.Load(config.Sources{File: path, Environment: env(map[string]string{config.EnvSecret: "x"}), WithoutWebhook: true})
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Webhook.Subscriptions; len(s) != 1 || s[0].Name != "emea" || len(s[0].Secrets)+len(s[0].Credentials) != 0 {
		t.Errorf("subscriptions %+v; want the name alone", s)
	}
}

func TestLoadFiles(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	if _, err := config.Load(config.Sources{File: missing}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: %v", err)
	}
	large := write(t, "large.yaml", strings.Repeat("# \n", 400_000))
	if _, err := config.Load(config.Sources{File: large}); err == nil || !strings.Contains(err.Error(), "1200000 bytes") {
		t.Errorf("a large file: %v", err)
	}
}

func TestReadEnvironment(t *testing.T) {
	t.Setenv("EARSHOT_TEST_GIVEN", "from the process")
	path := write(t, ".env", "# secrets\nEARSHOT_TEST_GIVEN=from the file\nexport EARSHOT_TEST_OTHER=\"with spaces\"\nEARSHOT_TEST_EMPTY=\n")
	e, err := config.ReadEnvironment(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"EARSHOT_TEST_GIVEN": "from the process", "EARSHOT_TEST_OTHER": "with spaces", "EARSHOT_TEST_EMPTY": ""} {
		if got, ok := e(name); !ok || got != want {
			t.Errorf("%s = %q, %v; want %q", name, got, ok, want)
		}
	}
	if _, ok := os.LookupEnv("EARSHOT_TEST_OTHER"); ok {
		t.Error("the file's variables reached the process")
	}
	if _, err := config.ReadEnvironment(filepath.Join(t.TempDir(), ".env")); err != nil {
		t.Errorf("without a file: %v", err)
	}
	_, err = config.ReadEnvironment(write(t, ".env", "A=1\ns3cr3t-value\n!!\n"))
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "NAME=value") {
		t.Errorf("a broken file: %v; want what was expected, without what was found", err)
	}
}

const example = "../../docs/config.example.yaml"

// The example is what its first sentence says: every setting at its default.
func TestExample(t *testing.T) {
	c, err := config.Load(config.Sources{File: example, Environment: env(nil)})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.DataDir = filepath.Join(filepath.Dir(example), want.DataDir)
	if diff := cmp.Diff(want, c, ignoreOrigin, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("not the defaults (-want +got):\n%s", diff)
	}
}

// The examples in it are right, too, and nothing is left out.
func TestExampleUncommented(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`(?m)^( *)#(\S)`).ReplaceAllString(string(text), "$1$2")
	c, err := load(t, whole, map[string]string{"ZOOM_VERIFICATION_TOKEN": "a", "WEBHOOK_PASSWORD": "b", "ZOOM_SECRET_EMEA": "c", "ZOOM_SECRET_EMEA_PREVIOUS": "d",
		"GATE_VALUE": "e", "ZOOM_SECRET_APAC": "f", "APAC_BEARER": "g", config.EnvSecret: "h"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Summary(&b); err != nil {
		t.Fatal(err)
	}
	settings, _, _ := strings.Cut(b.String(), "\nwebhook endpoints")
	for _, line := range strings.Split(settings, "\n")[2:] {
		if line != "" && !strings.Contains(line, "earshot.yaml:") && !strings.HasPrefix(line, "input.accounts.") && !strings.HasPrefix(line, "grades.profiles.") && !strings.HasPrefix(line, "API token") {
			t.Errorf("the example does not have %s", line)
		}
	}
	if n := len(c.Grades.Profiles["office"].Rules); n != 2 {
		t.Errorf("%d rules of the profile, want 2", n)
	}
	if n := len(c.Webhook.Subscriptions); n != 3 {
		t.Errorf("%d subscriptions, want 3", n)
	}
}

// Whatever the file holds, it is refused with places and expectations, or makes a configuration that can be summed up.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"", "data: x\n", "web: {listen: ':1'}", "webhook:\n  subscriptions:\n    a: {secrets: [{env: X}]}\n", "a: &x [*x]\n", "? {a: b}\n: c\n", "<<: {data: x}\n", "!!str x", "- 1", "\"", "a: |\n  b\n", "%YAML 1.2\n---\n", "input: {accounts: {x: {audio: sent}}}",
		"export: [{name: a, type: file, logs: [events], filter: {grades: [bad]}, batch: {bytes: 1 MiB}, config: {path: x, a: [1, 2.5, true, ~, '${env:X}'], token: y}}]",
		"grades: {profile: a, profiles: {a: {extends: twilio, clear_after: 2m, rules: [{metric: jitter_ms, fair: 1, poor: 2, bounds: strict, media: [audio, share]}]}}}"} {
		f.Add(seed)
	}
	if text, err := os.ReadFile(example); err == nil {
		f.Add(string(text))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, yaml string) {
		path := filepath.Join(dir, "earshot.yaml")
		if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Sources{File: path, Environment: env(map[string]string{"X": "y"})})
		if err != nil {
			var bad *config.Error
			if !errors.As(err, &bad) {
				t.Fatalf("not an Error: %v", err)
			}
			for _, p := range bad.Problems {
				if p.Where == "" || p.Text == "" {
					t.Errorf("a problem without a place or a text: %+v", p)
				}
			}
			return
		}
		if err := c.Summary(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	})
}
