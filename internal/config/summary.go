package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Summary writes what holds, and where each setting that is not a default was made; secrets are only counted. It is what
// "earshot check" prints, followed by [Config.Warnings].
func (c *Config) Summary(w io.Writer) error {
	var b strings.Builder
	if c.file == "" {
		b.WriteString("no configuration file: defaults, environment and flags\n\n")
	} else {
		fmt.Fprintf(&b, "configuration file %s\n\n", c.file)
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range settings(c) {
		text := s.get()
		if text == "" {
			text = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.path, text, c.originOf(s.path))
	}
	for _, account := range sortedNames(c.Input.Accounts) {
		m := c.Input.Accounts[account]
		fmt.Fprintf(t, "input.accounts.%s\taudio %s, video %s\t\n", account, m.Audio, m.Video)
	}
	for _, name := range sortedNames(c.Grades.Profiles) {
		p := c.Grades.Profiles[name]
		fmt.Fprintf(t, "grades.profiles.%s\t%d rule%s%s\t\n", name, len(p.Rules), plural(len(p.Rules)), extending(p.Extends))
	}
	for _, e := range c.Exports {
		fmt.Fprintf(t, "export.%s\t%s: logs %s; metrics %s\t(%s)\n", e.Name, e.Type, orDash(e.Logs), orDash(e.Metrics), e.Where)
	}
	token := "-"
	if c.APIToken != "" {
		token = c.APIToken.String()
	}
	fmt.Fprintf(t, "API token\t%s\t%s\n", token, c.originOf("api_token"))
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	b.WriteString("\nwebhook endpoints\n")
	for _, s := range c.Webhook.Subscriptions {
		fmt.Fprintf(&b, "  /webhook%s  %d secret%s", pathOf(s.Name), len(s.Secrets), plural(len(s.Secrets)))
		if len(s.Proofs) > 0 {
			fmt.Fprintf(&b, ", also wants %s", strings.Join(s.Proofs, ", "))
		}
		b.WriteByte('\n')
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return nil
}

func orDash(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

func extending(name string) string {
	if name == "" {
		return ""
	}
	return ", extends " + name
}

// Warnings says what is allowed but hardly meant.
func (c *Config) Warnings() []string {
	var all []string
	secrets := 0
	for _, s := range c.Webhook.Subscriptions {
		secrets += len(s.Secrets)
		if len(s.Secrets) == 0 {
			all = append(all, fmt.Sprintf("/webhook%s has no secret: every request to it is answered 503", pathOf(s.Name)))
		}
	}
	if secrets == 0 {
		all = append(all, fmt.Sprintf("no secret token is set, so no webhook can be accepted: put the app's secret token into %s", EnvSecret))
	}
	if n := len(c.APIToken); n > 0 && n < goodAPITokenBytes {
		all = append(all, fmt.Sprintf("%s has fewer than %d characters and could be guessed; openssl rand -hex 24 makes a good one", EnvAPIToken, goodAPITokenBytes))
	}
	if c.Journal.ArchiveRetention < c.Facts.Retention.Samples {
		all = append(all, fmt.Sprintf("journal.archive_retention (%s) is shorter than facts.retention.samples (%s): older samples could not be rebuilt",
			formatDuration(c.Journal.ArchiveRetention), formatDuration(c.Facts.Retention.Samples)))
	}
	if longest := c.Facts.Retention.Longest(); c.Registry.Meetings < longest {
		all = append(all, fmt.Sprintf("registry.retention.meetings (%s) is shorter than the longest facts.retention (%s): older minutes and samples count on, and nobody can say whose they were",
			formatDuration(c.Registry.Meetings), formatDuration(longest)))
	}
	return all
}

// originOf says where a setting was made, "" for a default.
func (c *Config) originOf(path string) string {
	if at, ok := c.origin[path]; ok {
		return "(" + at + ")"
	}
	return ""
}

func pathOf(name string) string {
	if name == "" {
		return ""
	}
	return "/" + name
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
