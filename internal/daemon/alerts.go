package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/config"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/receive"
)

// readAlerts reads the files of the configuration.
func readAlerts(cfg *config.Config) (*alert.Document, *deliver.Setup, error) {
	var receivers []byte
	var err error
	if cfg.Alerts.Receivers != "" {
		if receivers, err = os.ReadFile(cfg.Alerts.Receivers); err != nil {
			return nil, nil, fmt.Errorf("alerts.receivers: %w", err)
		}
	}
	setup, err := deliver.ParseSetup(receivers)
	if err != nil {
		return nil, nil, fmt.Errorf("alerts.receivers %s: %w", cfg.Alerts.Receivers, err)
	}
	doc := &alert.Document{}
	if cfg.Alerts.Rules != "" {
		text, err := os.ReadFile(cfg.Alerts.Rules)
		if err != nil {
			return nil, nil, fmt.Errorf("alerts.rules: %w", err)
		}
		if doc, err = alert.ParseDocument(text); err != nil {
			return nil, nil, fmt.Errorf("alerts.rules %s: %w", cfg.Alerts.Rules, err)
		}
	}
	if err := doc.Validate(true); err != nil {
		return nil, nil, fmt.Errorf("alerts.rules %s: %w", cfg.Alerts.Rules, err)
	}
	return doc, setup, nil
}

// CheckAlerts reads the rules and receivers that a configuration names, for what is wrong with them.
func CheckAlerts(cfg *config.Config) error {
	_, _, err := readAlerts(cfg)
	return err
}

// openAlerts puts alerts together.
func (m *Monitor) openAlerts(ctx context.Context) error {
	doc, setup, err := readAlerts(m.cfg)
	if err != nil {
		return err
	}
	m.alerts, err = watch.New(ctx, watch.Options{
		Registry: m.registry, Facts: m.facts, Live: m.live, File: doc, Setup: setup, Guard: deliver.Guard{Allow: m.cfg.Alerts.AllowNetworks},
		ExternalURL: m.cfg.Web.PublicURL, External: m.cfg.Alerts.External, Health: m.alertReadings, Querier: promQuerier{m.promql},
		Metrics: m.alertMetrics, Logger: obs.Component(m.log, "alert"),
	})
	if err != nil {
		return fmt.Errorf("open alerts: %w", err)
	}
	return nil
}

// alertReadings are the monitor's own figures for rules about absence.
func (m *Monitor) alertReadings(context.Context) []alert.Reading {
	m.ingest.mu.Lock()
	h := health{up: m.ingest.up, upAt: m.ingest.upAt, figures: m.ingest.figures, journal: m.ingest.journal}
	m.ingest.mu.Unlock()
	status := m.live.Status()
	// After five silent minutes no meeting counts as running any more: those that the silence cut off do.
	h.meetings, h.lag, h.mostBytes = max(status.Meetings, status.CutOff), max(status.Lag, m.pipeline.Stats().LagP99), m.cfg.Journal.MaxBytes
	if m.certificate != nil {
		h.webCertificateEnds = m.certificate.Expires()
	}
	return append(h.readings(time.Now()), m.exportReadings()...)
}

// health is what rules about absence look at.
type health struct {
	up                 bool
	upAt               time.Time // when the receiver answered last, or was first asked
	figures            receive.Figures
	journal            journal.Stats
	meetings           int // that run, or did when Zoom stopped sending
	lag                time.Duration
	mostBytes          int64     // that the journal may take; 0: no limit
	webCertificateEnds time.Time // zero: plain HTTP
}

// readings leaves out what is not known: a challenge that never came, the clock before the first event.
func (h *health) readings(now time.Time) []alert.Reading {
	since := func(ms int64) time.Duration { return now.Sub(time.UnixMilli(ms)) }
	f := &h.figures
	down := 0.0
	if !h.up && !h.upAt.IsZero() {
		down = now.Sub(h.upAt).Minutes()
	}
	out := []alert.Reading{{What: alert.WhatReceiver, Value: down, Text: "Look at the receiver's log."}}
	silent := 0.0
	if h.meetings > 0 && f.LastEventMs > 0 {
		silent = since(f.LastEventMs).Minutes()
	}
	out = append(out, alert.Reading{What: alert.WhatNoEvents, Value: silent, Text: "Compare with the webhook logs in Zoom's Marketplace."})
	if f.LastChallengeMs > 0 {
		out = append(out, alert.Reading{What: alert.WhatChallenge, Value: since(f.LastChallengeMs).Hours(), Text: "Zoom checks an endpoint every 72 hours. Validate it in the Marketplace."})
	}
	if h.up && f.Accepted > 0 {
		out = append(out, alert.Reading{What: alert.WhatClock, Value: math.Abs(float64(f.ClockSkewMs)) / 1000, Text: "Check time synchronisation."})
	}
	out = append(out, alert.Reading{What: alert.WhatLag, Value: h.lag.Seconds(), Text: "A store is slow, or more comes in than this machine can take."})
	full := 0.0
	if h.mostBytes > 0 {
		full = 100 * float64(h.journal.PebbleBytes+h.journal.ArchiveBytes) / float64(h.mostBytes)
	}
	if h.journal.Full != "" || h.journal.Failure != "" {
		full = 100
	}
	out = append(out, alert.Reading{What: alert.WhatJournal, Value: full, Text: h.journal.Full + h.journal.Failure})
	if !h.webCertificateEnds.IsZero() {
		out = append(out, certificateReading("web", h.webCertificateEnds, now))
	}
	if f.CertificateEndsMs > 0 {
		out = append(out, certificateReading("webhook", time.UnixMilli(f.CertificateEndsMs), now))
	}
	return out
}

func certificateReading(name string, ends, now time.Time) alert.Reading {
	return alert.Reading{What: alert.WhatCertificate, Name: name, Value: ends.Sub(now).Hours() / 24, Text: "Renew it; a new file is taken without a restart."}
}

// AlertAnswer is what an integration of a receiver said to a sample.
type AlertAnswer struct {
	Integration string
	Error       string // "": it took the sample
	Took        time.Duration
}

func (m *Monitor) sampleReceiver(ctx context.Context, receiver string) (any, error) {
	all, err := m.alerts.Sample(ctx, receiver)
	if err != nil {
		return nil, err
	}
	out := []AlertAnswer{}
	for _, a := range all {
		row := AlertAnswer{Integration: a.Integration, Took: a.Took}
		if a.Err != nil {
			row.Error = a.Err.Error()
		}
		out = append(out, row)
	}
	return out, nil
}

// SampleReceiver asks the monitor that runs on a data folder to send a sample to a receiver of alerts.
func SampleReceiver(ctx context.Context, data, receiver string) ([]AlertAnswer, error) {
	var out []AlertAnswer
	return out, asked(ctx, data, "alert-sample", receiver, &out)
}

// AlertLine is an alert that fires, in words.
type AlertLine struct {
	Severity, Title, Evidence string
	Raised                    time.Time
}

func (m *Monitor) alertList(ctx context.Context) (any, error) {
	all, err := m.alerts.Active(ctx)
	if err != nil {
		return nil, err
	}
	out := []AlertLine{}
	for i := range all {
		out = append(out, AlertLine{string(all[i].Severity), all[i].Words.Title, all[i].Words.Evidence, all[i].Raised.Time()})
	}
	return out, nil
}

// ActiveAlerts asks the monitor that runs on a data folder what fires.
func ActiveAlerts(ctx context.Context, data string) ([]AlertLine, error) {
	var out []AlertLine
	return out, asked(ctx, data, "alert-list", nil, &out)
}

// TryRequest asks what the rules of a file would have done.
type TryRequest struct {
	Rules []alert.Rule
	Days  int
}

// TryResult is what one rule would have done.
type TryResult struct {
	Rule   string
	Fired  int
	BySite []watch.SiteCount
	Took   time.Duration
	Error  string // why it cannot be tried; "": it was
}

func (m *Monitor) tryRules(ctx context.Context, r TryRequest) (any, error) {
	out := []TryResult{}
	for _, rule := range r.Rules {
		b, err := m.alerts.Try(ctx, rule, r.Days)
		var why *watch.ErrNotReplayable
		switch {
		case errors.As(err, &why):
			out = append(out, TryResult{Rule: rule.Name, Error: why.Text})
		case err != nil:
			return nil, err
		default:
			out = append(out, TryResult{Rule: rule.Name, Fired: b.Fired, BySite: b.BySite, Took: b.Took})
		}
	}
	return out, nil
}

// TryRules asks the monitor that runs on a data folder what rules would have done.
func TryRules(ctx context.Context, data string, r TryRequest) ([]TryResult, error) {
	var out []TryResult
	return out, asked(ctx, data, "alert-try", r, &out)
}

// asked asks and reads the answer.
func asked(ctx context.Context, data, action string, body, answer any) error {
	raw, err := ask(ctx, data, action, body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("read the monitor's answer: %w", err)
	}
	return nil
}
