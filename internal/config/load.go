package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/earshot/earshot/zoom"
)

// Sources are what a configuration is made from.
type Sources struct {
	File        string            // path of the YAML file; "": there is none
	Environment Environment       // nil: the process's own, without a file
	Flags       map[string]string // what was given on the command line, by the flag's name: "--data". Absent: not given
	// WithoutWebhook is for a process that does not receive webhooks, perhaps on a host that is not given their secrets:
	// what the file says about subscriptions is checked, but not looked up.
	WithoutWebhook bool
	// WithExports is for a process that sends to the destinations of the file: their secrets are looked up. Without it, what the
	// file says about them is checked, and left out.
	WithExports bool
}

// maxFileBytes bounds the YAML file.
const maxFileBytes = 1 << 20

// Load makes a configuration. Everything that is wrong with it is one [*Error]; other errors mean that a file could not be
// read.
func Load(s Sources) (*Config, error) {
	if s.Environment == nil {
		s.Environment = os.LookupEnv
	}
	c := Default()
	l := &loader{config: c, sources: s, settings: settings(c)}
	if s.File != "" {
		text, err := readBounded(s.File)
		if err != nil {
			return nil, fmt.Errorf("read configuration: %w", err)
		}
		c.file = s.File
		l.readYAML(text)
	}
	l.readEnvironment()
	l.readFlags()
	l.resolveSubscriptions()
	l.fillAccounts()
	l.validate()
	if !s.WithExports {
		c.Exports = nil
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%s has %d bytes; want a YAML file of at most %d", path, info.Size(), maxFileBytes)
	}
	return os.ReadFile(path)
}

// loader collects a configuration and its problems.
type loader struct {
	config        *Config
	sources       Sources
	settings      []setting
	subscriptions []subscriptionSource // as the file has them
	problems      problems
}

// apply sets s to text that came from where.
func (l *loader) apply(s setting, text, where string) {
	if !s.set(text) {
		l.problems.add(where, "%s is %s; want %s", s.path, clip(text), s.want)
		return
	}
	l.config.origin[s.path] = where
}

// resolvePath makes a path that stands in the file relative to the file.
func (l *loader) resolvePath(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(l.sources.File), path)
}

// readEnvironment takes over the variables. One that is set to nothing counts as not set: that is how people clear one.
func (l *loader) readEnvironment() {
	for _, s := range l.settings {
		if s.env == "" {
			continue
		}
		if text, ok := l.sources.Environment(s.env); ok && strings.TrimSpace(text) != "" {
			l.apply(s, strings.TrimSpace(text), "environment variable "+s.env)
		}
	}
	l.readPort()
	if text, ok := l.sources.Environment(EnvAPIToken); ok && strings.TrimSpace(text) != "" {
		text = strings.TrimSpace(text)
		if strings.ContainsAny(text, " \t\r\n") {
			l.problems.add("environment variable "+EnvAPIToken, "want one word without spaces, such as the output of: openssl rand -hex 24")
			return
		}
		l.config.APIToken = zoom.Secret(text)
		l.config.origin["api_token"] = "environment variable " + EnvAPIToken
	}
}

// readPort takes over PORT: only the port, the address to listen on stays. A more exact variable wins.
func (l *loader) readPort() {
	text, ok := l.sources.Environment(EnvPort)
	text = strings.TrimSpace(text)
	const where, path = "environment variable " + EnvPort, "webhook.listen"
	if !ok || text == "" || strings.HasPrefix(l.config.origin[path], "environment") {
		return
	}
	host, _, err := net.SplitHostPort(l.config.Webhook.Listen)
	if err != nil {
		host = ""
	}
	for _, s := range l.settings {
		if s.path == path {
			if !s.set(net.JoinHostPort(host, text)) {
				l.problems.add(where, "is %s; want the port of the webhook, 0 to 65535", clip(text))
				return
			}
			l.config.origin[path] = where
		}
	}
}

// readFlags takes over flags.
func (l *loader) readFlags() {
	known := map[string]bool{}
	for _, s := range l.settings {
		if s.flag == "" {
			continue
		}
		known[s.flag] = true
		if text, ok := l.sources.Flags[s.flag]; ok {
			l.apply(s, text, "flag "+s.flag)
		}
	}
	for name := range l.sources.Flags {
		if !known[name] {
			l.problems.add("flag "+name, "BUG: the configuration has no such flag")
		}
	}
}

// fillAccounts gives accounts the common meaning of what they do not set themselves.
func (l *loader) fillAccounts() {
	in := &l.config.Input
	for account, m := range in.Accounts {
		if m.Audio == "" {
			m.Audio = in.Audio
		}
		if m.Video == "" {
			m.Video = in.Video
		}
		in.Accounts[account] = m
	}
}

// validate checks what concerns several settings.
func (l *loader) validate() {
	c := l.config
	l.checkProfile()
	for _, t := range []struct {
		path string
		tls  TLS
	}{{"webhook.tls", c.Webhook.TLS}, {"web.tls", c.Web.TLS}} {
		switch {
		case t.tls.CertFile != "" && t.tls.KeyFile == "":
			l.problems.add(l.where(t.path+".cert_file"), "%s.cert_file is set without %s.key_file; want both or neither", t.path, t.path)
		case t.tls.CertFile == "" && t.tls.KeyFile != "":
			l.problems.add(l.where(t.path+".key_file"), "%s.key_file is set without %s.cert_file; want both or neither", t.path, t.path)
		}
	}
	if sameAddress(c.Webhook.Listen, c.Web.Listen) {
		l.problems.add(l.where("web.listen", "webhook.listen"), "web.listen and webhook.listen are both %s; want different ports", c.Web.Listen)
	}
	if _, set := c.origin["registry.retention.meetings"]; !set {
		c.Registry.Meetings = max(c.Registry.Meetings, c.Facts.Retention.Longest())
	}
	if c.Journal.Retention < c.Webhook.Window {
		l.problems.add(l.where("journal.retention", "webhook.window"),
			"journal.retention is %s and webhook.window %s; want the journal to remember at least as long as an event may be late, or a replayed event would count twice",
			formatDuration(c.Journal.Retention), formatDuration(c.Webhook.Window))
	}
	if c.Journal.ArchiveRetention < c.Journal.Retention {
		l.problems.add(l.where("journal.archive_retention", "journal.retention"),
			"journal.archive_retention is %s and journal.retention %s; want the archive, which holds everything, to be kept at least as long",
			formatDuration(c.Journal.ArchiveRetention), formatDuration(c.Journal.Retention))
	}
}

// where says where the first of the settings that is not at its default was made.
func (l *loader) where(paths ...string) string {
	for _, p := range paths {
		if at, ok := l.config.origin[p]; ok {
			return at
		}
	}
	return "default"
}

// sameAddress reports whether two listeners would be in each other's way for certain: the same port, on the same address or
// on all of them.
func sameAddress(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errors.Join(errA, errB) != nil || portA != portB || portA == "0" {
		return false
	}
	return hostA == hostB || anyHost(hostA) || anyHost(hostB)
}

func anyHost(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }
