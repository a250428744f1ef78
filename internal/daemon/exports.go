package daemon

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/datadog"
	"github.com/earshot/earshot/internal/export/file"
	"github.com/earshot/earshot/internal/export/kafka"
	"github.com/earshot/earshot/internal/export/otlp"
	"github.com/earshot/earshot/internal/export/promwrite"
	"github.com/earshot/earshot/internal/export/splunk"
	"github.com/earshot/earshot/internal/export/webhook"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/obs"
)

// exportSpec turns the words of a destination into what package export knows.
func exportSpec(e *config.Export) export.Spec {
	kinds := func(names []string) (out []export.Kind) {
		for _, n := range names {
			if k, ok := export.ParseKind(n); ok {
				out = append(out, k)
			}
		}
		return out
	}
	treatment := func(name string) export.Treatment {
		t, _ := export.ParseTreatment(name)
		return t
	}
	return export.Spec{
		Name: e.Name, Type: e.Type, Logs: kinds(e.Logs), Metrics: kinds(e.Metrics), FromOldest: e.Begin == "oldest",
		Filter: export.Filter{Events: e.Events, Accounts: e.Accounts, Sites: e.Sites, Grades: e.Grades},
		Redact: export.Redaction{Names: treatment(e.Names), Emails: treatment(e.Emails), Addresses: treatment(e.Addresses)},

		BatchRecords: int(e.BatchRecords), BatchBytes: int(e.BatchBytes), Linger: e.Linger, MaxBacklog: e.MaxBacklog, MaxAge: e.MaxAge, Timeout: e.Timeout,
	}
}

// newTarget makes a destination. Nothing is dialled yet.
func newTarget(ctx context.Context, cfg *config.Config, e *config.Export) (t export.Target, err error) {
	t.Spec = exportSpec(e)
	if err := t.Spec.Validate(); err != nil {
		return t, err
	}
	logs, metrics := len(e.Logs) > 0, len(e.Metrics) > 0
	switch e.Type {
	case "prometheus_remote_write":
		if logs {
			return t, errors.New("logs is set; want metrics only: remote write takes nothing else")
		}
	case "kafka", "file", "webhook":
		if metrics {
			return t, fmt.Errorf("metrics is set; want logs only: type %s sends every kind of record as JSON", e.Type)
		}
	}
	switch e.Type {
	case "splunk_hec":
		t.Destination, err = splunk.New(ctx, splunk.Options{Keys: e.Config, Logs: logs, Metrics: metrics})
	case "otlp_http", "otlp_grpc":
		t.Destination, err = otlp.New(ctx, otlp.Options{GRPC: e.Type == "otlp_grpc", Keys: e.Config, Logs: logs, Metrics: metrics})
	case "prometheus_remote_write":
		t.Destination, err = promwrite.New(ctx, promwrite.Options{Keys: e.Config})
	case "datadog":
		t.Destination, err = datadog.New(e.Config)
		if t.Spec.MaxAge == 0 {
			t.Spec.MaxAge = datadog.MaxAge(metrics)
		}
	case "kafka":
		t.Destination, err = kafka.New(e.Config)
	case "file":
		t.Destination, err = file.New(e.Config, t.Spec.Logs)
	case "webhook":
		t.Destination, err = webhook.New(e.Name, e.Config, &deliver.Guard{Allow: cfg.Alerts.AllowNetworks})
	default:
		err = fmt.Errorf("type is %q; want one that the documentation names", e.Type)
	}
	return t, err
}

// exportTargets makes all destinations; what is wrong with any of them is one error.
func exportTargets(ctx context.Context, cfg *config.Config) ([]export.Target, error) {
	var targets []export.Target
	var all []error
	writers := map[string]string{} // of files, by their paths
	for i := range cfg.Exports {
		e := &cfg.Exports[i]
		t, err := newTarget(ctx, cfg, e)
		if path, ok := e.Config["path"].(string); err == nil && ok && e.Type == "file" {
			path = filepath.Clean(path)
			if other, taken := writers[path]; taken {
				err = errors.Join(fmt.Errorf("config.path is %s, which %s writes as well; want a path of its own", path, other), t.Destination.Close())
			}
			writers[path] = e.Name
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s: export %s: %w", e.Where, e.Name, err))
			continue
		}
		targets = append(targets, t)
	}
	if len(all) == 0 {
		return targets, nil
	}
	for _, t := range targets {
		all = append(all, t.Destination.Close())
	}
	return nil, errors.Join(all...)
}

// checkPatience is how long a destination may take to answer a check.
const checkPatience = 10 * time.Second

// CheckExports dials every destination and writes what each answered. Those that do not take what they were asked are one error.
func CheckExports(ctx context.Context, cfg *config.Config, w io.Writer) error {
	targets, err := exportTargets(ctx, cfg)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	failed := 0
	var notes []string
	places, from, err := knownPlaces(ctx, cfg)
	if err != nil {
		return err
	}
	for _, target := range targets {
		for _, w := range target.Spec.Filter.UnknownEvents() {
			notes = append(notes, fmt.Sprintf("  WARNING: %s: %s\n", target.Spec.Name, w))
		}
		for _, w := range target.Spec.Filter.UnknownPlaces(&places) {
			notes = append(notes, fmt.Sprintf("  WARNING: %s: %s (%s)\n", target.Spec.Name, w, from))
		}
		said, err := checkOne(ctx, target.Destination)
		if err != nil {
			failed++
			said = "FAILS: " + export.Scrub(err.Error())
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", target.Spec.Name, target.Spec.Type, said)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write what destinations answered: %w", err)
	}
	for _, n := range notes {
		if _, err := io.WriteString(w, n); err != nil {
			return fmt.Errorf("write what destinations answered: %w", err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d destinations do not take what they were asked", failed, len(targets))
	}
	return nil
}

// knownPlaces are those that the monitor on the data folder knows; where none runs, the sites of the file. from says which.
func knownPlaces(ctx context.Context, cfg *config.Config) (p export.Places, from string, err error) {
	raw, err := ask(ctx, cfg.DataDir, "places", nil)
	if err == nil && json.Unmarshal(raw, &p) == nil {
		return p, "of the sites and accounts that Earshot knows now", nil
	}
	from = "of the sites in sites.file; Earshot does not run here, which knows others"
	table, err := loadSitesFile(cfg)
	if err != nil {
		return p, from, err
	}
	for _, s := range table.Sites() {
		p.Sites = append(p.Sites, s.Name)
	}
	return p, from, nil
}

func checkOne(ctx context.Context, d export.Destination) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	said, err := d.Check(ctx)
	return said, errors.Join(err, d.Close())
}

// openExports puts exports together, if there are destinations.
func (m *Monitor) openExports(ctx context.Context) error {
	if len(m.cfg.Exports) == 0 {
		return nil
	}
	targets, err := exportTargets(ctx, m.cfg)
	if err != nil {
		return err
	}
	m.exports, err = export.New(export.Options{
		Dir: m.path("exports"), Targets: targets, Outbox: m.facts, Incidents: m.registry, Directory: m.registry,
		Journal:   func() (export.Journal, error) { return journal.Dial(receiver.SocketPath(m.cfg.DataDir)) },
		Watermark: m.live.Watermark, Meaning: m.meaningOf, Key: exportKey(m.pseudonyms), Logger: obs.Component(m.log, "export"),
	})
	if err != nil {
		return fmt.Errorf("open exports: %w", err)
	}
	return nil
}

// meaningOf says how *_input runs in an account, by Zoom's id of it.
func (m *Monitor) meaningOf(zoomAccountID string) (audio, video earshot.InputMeaning) {
	return m.pipeline.Input(m.keys.Account(zoomAccountID))
}

// exportKey derives the key of the pseudonyms in exports: whoever has those knows nothing of those in evidence bundles.
func exportKey(pseudonyms []byte) []byte {
	mac := hmac.New(sha256.New, pseudonyms)
	mac.Write([]byte("earshot: pseudonyms of exports"))
	return mac.Sum(nil)
}

// exportStatus is how the destinations do.
func (m *Monitor) exportStatus() []export.Status {
	if m.exports == nil {
		return nil
	}
	return m.exports.Status()
}

// exportReadings are the destinations' figures for rules about absence.
func (m *Monitor) exportReadings() (out []alert.Reading) {
	for _, s := range m.exportStatus() {
		behind := s.Lag
		if s.State != export.StateOK { // with a short max_backlog nothing waits long, for it is left out
			behind = max(behind, time.Since(s.Since))
		}
		text := "It takes what is sent."
		switch {
		case s.State == export.StateRefused:
			text = "It refuses what is sent: look at its credentials and address."
		case s.State != export.StateOK:
			text = "It does not take what is sent; nothing is lost for three days, unless max_backlog says otherwise."
		case s.Untried():
			text = "Nothing was sent to it yet."
		}
		out = append(out, alert.Reading{What: alert.WhatExporter, Name: s.Name, Value: behind.Minutes(), Text: text})
	}
	return out
}
