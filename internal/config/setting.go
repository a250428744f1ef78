package config

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// setting is one value that can be set: in the file under its path, and by a variable or a flag where it has one.
type setting struct {
	path string
	env  string // name of the variable, "" for none
	flag string // name of the flag, "" for none
	want string // what is expected, for messages
	// set takes over a text and reports whether it is as wanted. A list comes with commas.
	set func(text string) bool
	// setItems takes over a sequence of the file instead of set, where commas may be in its texts; nil: it is joined.
	setItems func(all []string) bool
	get      func() string // for the summary
	list     bool          // the file gives it as a sequence
	file     bool          // names a file: in the YAML file it is relative to that file's directory
}

// settings returns everything that can be set in c, in the order of the documentation. What has names of its own
// (subscriptions, accounts) is read elsewhere.
func settings(c *Config) []setting {
	const zeroOff = "0 is no limit"
	r := &c.Facts.Retention
	return []setting{
		{path: "data", env: "EARSHOT_DATA", flag: "--data", want: "a directory", set: setText(&c.DataDir), get: getText(&c.DataDir), file: true},

		listen("webhook.listen", "EARSHOT_WEBHOOK_LISTEN", "--webhook-listen", &c.Webhook.Listen),
		file("webhook.tls.cert_file", &c.Webhook.TLS.CertFile),
		file("webhook.tls.key_file", &c.Webhook.TLS.KeyFile),
		bytesSetting("webhook.max_body", "at least 64 KiB", 64<<10, &c.Webhook.MaxBodyBytes),
		duration("webhook.window", "at least 5m", 5*time.Minute, &c.Webhook.Window),

		listen("web.listen", "EARSHOT_WEB_LISTEN", "--web-listen", &c.Web.Listen),
		{path: "web.public_url", env: "EARSHOT_PUBLIC_URL", want: "an address such as https://earshot.example.com", set: setURL(&c.Web.PublicURL), get: getText(&c.Web.PublicURL)},
		file("web.tls.cert_file", &c.Web.TLS.CertFile),
		file("web.tls.key_file", &c.Web.TLS.KeyFile),
		prefixes("web.trusted_proxies", &c.Web.TrustedProxies),

		duration("journal.retention", "at least 1h", time.Hour, &c.Journal.Retention),
		duration("journal.archive_retention", "at least 1h", time.Hour, &c.Journal.ArchiveRetention),
		bytesSetting("journal.max_bytes", zeroOff, 0, &c.Journal.MaxBytes),

		bytesSetting("facts.memory_limit", "at least 64 MiB", 64<<20, &c.Facts.MemoryLimitBytes),
		duration("facts.retention.samples", "at least 1d", day, &r.Samples),
		duration("facts.retention.minutes", "at least 1d", day, &r.Minutes),
		duration("facts.retention.summaries", "at least 1d", day, &r.Summaries),
		duration("facts.retention.call_samples", "at least 1d", day, &r.CallSamples),
		duration("facts.retention.notifications", "at least 1d", day, &r.Notifications),
		duration("facts.retention.outbox", "at least 1h", time.Hour, &r.Outbox),

		duration("registry.retention.meetings", "at least 7d", 7*day, &c.Registry.Meetings),
		duration("registry.retention.incidents", "at least 1d", day, &c.Registry.Incidents),

		file("sites.file", &c.Sites.File),
		file("sites.asn", &c.Sites.ASN),

		oneOf("input.audio", "", "", &c.Input.Audio, meanings()...),
		oneOf("input.video", "", "", &c.Input.Video, meanings()...),
		text("grades.profile", &c.Grades.Profile),
		number("grades.target_pct", 50, 100, &c.Grades.TargetPct),

		file("alerts.receivers", &c.Alerts.Receivers),
		file("alerts.rules", &c.Alerts.Rules),
		prefixes("alerts.allow_networks", &c.Alerts.AllowNetworks),
		urls("alerts.external", &c.Alerts.External),

		oneOf("log.level", "EARSHOT_LOG_LEVEL", "--log-level", &c.Log.Level, "debug", "info", "warn", "error"),
		oneOf("log.format", "EARSHOT_LOG_FORMAT", "--log-format", &c.Log.Format, "text", "json"),
	}
}

const day = 24 * time.Hour

func meanings() []Meaning { return []Meaning{MeaningAuto, MeaningSent, MeaningReceived} }

func setText(to *string) func(string) bool {
	return func(text string) bool {
		if text == "" || strings.ContainsRune(text, 0) {
			return false
		}
		*to = text
		return true
	}
}

func getText(from *string) func() string { return func() string { return *from } }

func file(path string, to *string) setting {
	return setting{path: path, want: "the path of a file", set: setText(to), get: getText(to), file: true}
}

func oneOf[T ~string](path, env, flag string, to *T, allowed ...T) setting {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	set := func(text string) bool {
		if !slices.Contains(words, text) {
			return false
		}
		*to = T(text)
		return true
	}
	want := words[len(words)-1]
	if len(words) > 1 {
		want = strings.Join(words[:len(words)-1], ", ") + " or " + want
	}
	return setting{path: path, env: env, flag: flag, want: want, set: set, get: func() string { return string(*to) }}
}

func listen(path, env, flag string, to *string) setting {
	set := func(text string) bool {
		host, port, err := net.SplitHostPort(text)
		if err != nil || strings.ContainsAny(host, " /\t") {
			return false
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
			return false
		}
		*to = text
		return true
	}
	return setting{path: path, env: env, flag: flag, want: "an address and port such as 127.0.0.1:3000, or :3000 for all addresses", set: set, get: getText(to)}
}

func prefixes(path string, to *[]netip.Prefix) setting {
	set := func(text string) bool {
		var all []netip.Prefix
		for _, part := range strings.Split(text, ",") {
			part = strings.TrimSpace(part)
			if a, err := netip.ParseAddr(part); err == nil && a.Zone() == "" {
				all = append(all, netip.PrefixFrom(a, a.BitLen()))
				continue
			}
			p, err := netip.ParsePrefix(part)
			if err != nil {
				return false
			}
			all = append(all, p.Masked())
		}
		*to = all
		return true
	}
	get := func() string {
		var all []string
		for _, p := range *to {
			all = append(all, p.String())
		}
		return strings.Join(all, ", ")
	}
	return setting{path: path, want: "addresses such as 10.0.0.1 or ranges such as 10.0.0.0/8", set: set, get: get, list: true}
}

func urls(path string, to *[]string) setting {
	set := func(text string) bool {
		var all []string
		for part := range strings.SplitSeq(text, ",") {
			var one string
			if !setURL(&one)(strings.TrimSpace(part)) {
				return false
			}
			all = append(all, one)
		}
		*to = all
		return true
	}
	return setting{path: path, want: "addresses such as http://alertmanager.example.com:9093", set: set, get: func() string { return strings.Join(*to, ", ") }, list: true}
}

func setURL(to *string) func(string) bool {
	return func(text string) bool {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return false
		}
		*to = strings.TrimRight(text, "/")
		return true
	}
}

func duration(path, bound string, least time.Duration, to *time.Duration) setting {
	set := func(text string) bool {
		d, ok := parseDuration(text)
		if !ok || d < least {
			return false
		}
		*to = d
		return true
	}
	return setting{path: path, want: "a time such as 90m, 72h or 30d, " + bound, set: set, get: func() string { return formatDuration(*to) }}
}

var durationDays = regexp.MustCompile(`^([0-9]+)d(.*)$`)

// parseDuration reads Go's durations, with days before them: "30d", "1d12h", "90m".
func parseDuration(text string) (time.Duration, bool) {
	var days time.Duration
	if m := durationDays.FindStringSubmatch(text); m != nil {
		n, err := strconv.ParseUint(m[1], 10, 16) // 65,535 days are 179 years, and fit in a Duration
		if err != nil {
			return 0, false
		}
		days, text = time.Duration(n)*day, m[2]
		if text == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > math.MaxInt64-days {
		return 0, false
	}
	return days + d, true
}

// formatDuration is the opposite, as people write it.
func formatDuration(d time.Duration) string {
	if d >= day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func bytesSetting(path, bound string, least int64, to *int64) setting {
	set := func(text string) bool {
		if strings.HasPrefix(text, "-") {
			return false
		}
		n, err := humanize.ParseBytes(text)
		if err != nil || n > math.MaxInt64 || int64(n) < least {
			return false
		}
		*to = int64(n)
		return true
	}
	get := func() string {
		if *to == 0 {
			return "0"
		}
		return humanize.IBytes(uint64(*to))
	}
	return setting{path: path, want: "a size such as 512 MiB or 20 GiB, " + bound, set: set, get: get}
}

// clip shortens what was found, for a message.
func clip(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return fmt.Sprintf("%q…", string(runes[:most]))
	}
	return strconv.Quote(text)
}
