package config_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
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
registry: {retention: {meetings: 12d, incidents: 11d}}
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
		Journal:  config.Journal{Retention: 4 * day, ArchiveRetention: 10*day + 12*time.Hour, MaxBytes: 20e9},
		Registry: config.Registry{Meetings: 12 * day, Incidents: 11 * day},
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

// People and meetings are kept as long as anything that names them, unless somebody says otherwise, which is told of.
func TestMeetingsAreKeptAsLongAsFacts(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name, file string
		want       time.Duration
		warns      bool
	}{
		{"defaults", "", 400 * day, false},
		{"minutes for longer", "facts: {retention: {minutes: 800d}}\n", 800 * day, false},
		{"everything for less", "facts: {retention: {minutes: 30d, summaries: 30d, call_samples: 30d, notifications: 30d}}\n", 400 * day, false},
		{"less than minutes, on purpose", "registry: {retention: {meetings: 90d}}\n", 90 * day, true},
		{"as long as all, on purpose", "registry: {retention: {meetings: 30d}}\nfacts: {retention: {minutes: 30d, summaries: 30d, call_samples: 30d, notifications: 30d}}\n", 30 * day, false},
	} {
		c, err := load(t, tt.file, map[string]string{config.EnvSecret: "s"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		warned := slices.ContainsFunc(c.Warnings(), func(w string) bool {
			return strings.Contains(w, "registry.retention.meetings (90d) is shorter than the longest facts.retention (400d)")
		})
		if c.Registry.Meetings != tt.want || warned != tt.warns {
			t.Errorf("%s: %v, warned %v; want %v, %v", tt.name, c.Registry.Meetings, warned, tt.want, tt.warns)
		}
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
