package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/config"
)

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
